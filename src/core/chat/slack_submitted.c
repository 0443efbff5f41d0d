/* A filled form: what we gave along with it, and what somebody wrote. */
#include "core/chat/slack_int.h"

/* "1 <id> <digest> <verb> <channel> <message> <user>": what slack_form.c writes. */
static bool get_metadata(struct sl_span text, struct sl_chat_input *out)
{
    struct sl_span rest = text;

    if (!sl_span_is(sl_slack_next_word(&rest), "1") || !sl_slack_get_about(rest, out, &rest))
        return false;
    out->verb = sl_chat_verb_of(sl_slack_next_word(&rest));
    out->channel = sl_slack_next_word(&rest);
    out->message = sl_slack_next_word(&rest);
    return out->verb != 0 && sl_slack_is_id(out->channel) && sl_slack_is_ts(out->message) &&
           sl_span_eq(rest, out->user); /* who opened it is who sends it */
}

/* The one field of the one block that asks; null: nothing was written. */
static bool get_text(const json_t *values, struct sl_span *text)
{
    const json_t *block = json_object_get(values, SL_SLACK_BLOCK);
    const json_t *field = json_object_get(block, SL_SLACK_FIELD);
    const json_t *value = json_object_get(field, "value");

    if (json_object_size(values) != 1 || json_object_size(block) != 1 ||
        !sl_span_is(sl_json_str(field, "type"), "plain_text_input") ||
        (!json_is_string(value) && !json_is_null(value)))
        return false;
    *text = sl_json_str(field, "value");
    return sl_chat_head(*text, SL_CHAT_REASON_MOST).n == text->n;
}

enum sl_err sl_slack_read_form(const json_t *view, struct sl_span team, struct sl_chat_input *out)
{
    bool other = true;

    if (!sl_span_is(sl_json_str(view, "type"), "modal") ||
        !sl_span_is(sl_json_str(view, "callback_id"), SL_SLACK_CALLBACK) ||
        !get_metadata(sl_json_str(view, "private_metadata"), out) ||
        !get_text(json_object_get(json_object_get(view, "state"), "values"), &out->text))
        return SL_EMALFORMED;
    SL_TRY(sl_slack_other_team(view, "team_id", team, true, &other));
    out->foreign = out->foreign || other;
    return SL_OK;
}
