/* libraries: core_chat, json, crypto, base */
/* What comes through the socket: what is to be acknowledged can be, and a payload that is refused
 * says nothing. */
#include "core/chat/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void acknowledge(struct sl_span id)
{
    SL_BUF(ack, 4096);
    json_t *value = NULL;

    sl_slack_put_ack(&ack, id, SL_SPAN("{}"));
    SL_PROMISE(sl_buf_err(&ack) == SL_OK && sl_json_read(sl_buf_span(&ack), &value, NULL) == SL_OK);
    SL_PROMISE(sl_span_eq(sl_json_str(value, "envelope_id"), id));
    json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_slack_envelope e = {.type = SL_SLACK_OTHER};

    if (sl_slack_read_envelope(sl_span(data, size), SL_SPAN("T0123ABCD"), &e) != SL_OK)
        return 0;
    SL_PROMISE(e.type != SL_SLACK_INTERACTIVE || e.id.n > 0);
    SL_PROMISE(!e.input_refused || e.input.event == SL_CHAT_NOTHING);
    SL_PROMISE(e.type == SL_SLACK_INTERACTIVE || e.input.event == SL_CHAT_NOTHING);
    SL_PROMISE(e.input.event != SL_CHAT_CHALLENGE);
    acknowledge(e.id);
    sl_slack_envelope_done(&e);
    return 0;
}
