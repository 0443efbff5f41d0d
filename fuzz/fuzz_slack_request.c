/* libraries: core_chat, json, crypto, base */
/* Bodies of requests: a challenge comes as JSON alone, and a click or form never does. */
#include "core/chat/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span body = sl_span(data, size), signature = sl_span_head(body, 67);
    struct sl_chat_input in;
    enum sl_err err = sl_slack_read_request(body, SL_SPAN("T0123ABCD"), &in);
    bool is_json = size > 0 && data[0] == '{';

    SL_PROMISE(err == SL_OK || in.event == SL_CHAT_NOTHING);
    SL_PROMISE(is_json ? in.event == SL_CHAT_NOTHING || in.event == SL_CHAT_CHALLENGE
                       : in.event != SL_CHAT_CHALLENGE);
    for (size_t i = 0; i < in.challenge.n; i++)
        SL_PROMISE(strchr("<>&\"' ", in.challenge.p[i]) == NULL);
    json_decref(in.json);
    SL_PROMISE(sl_slack_verify(SL_SPAN("secret"), SL_SPAN("1700000000"), body, signature,
                               1700000000) != SL_OK);
    return 0;
}
