/* libraries: core_chat, json, crypto, base */
/* Whatever comes as an interaction: what is taken for a click or a form has everything that counts,
 * in its form. */
#include "core/chat/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool only(struct sl_span s, const char *extra)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
            (s.p[i] == 0 || strchr(extra, s.p[i]) == NULL))
            return false;
    return s.n > 0;
}

static void look(const struct sl_chat_input *in)
{
    bool acts = in->event == SL_CHAT_CLICK || in->event == SL_CHAT_FORM;

    if (!acts)
        return;
    SL_PROMISE(sl_chat_verb_name(in->verb) != NULL);
    SL_PROMISE(only(in->user, "") && only(in->channel, "") && only(in->message, "."));
    SL_PROMISE(in->approval.n == 36 && only(in->approval, "abcdef-"));
    SL_PROMISE(in->foreign || sl_span_is(in->team, "T0123ABCD"));
    SL_PROMISE(in->event == SL_CHAT_FORM || in->trigger.n > 0);
    SL_PROMISE(sl_chat_head(in->text, SL_CHAT_REASON_MOST).n == in->text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_chat_input in;
    enum sl_err err = sl_slack_read(sl_span(data, size), SL_SPAN("T0123ABCD"), &in);

    SL_PROMISE(err == SL_OK || (in.event == SL_CHAT_NOTHING && in.user.n == 0));
    look(&in);
    json_decref(in.json);
    return 0;
}
