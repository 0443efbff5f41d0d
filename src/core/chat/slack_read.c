/* What Slack says of a click or a filled form. */
#include "core/chat/slack_int.h"

/* Whether anything says that it is of another workspace, or nothing says that it is of ours. */
static enum sl_err is_foreign(const json_t *p, struct sl_span team, bool *foreign)
{
    static const struct {
        const char *in, *key;
        bool needed; /* foreign where it is missing */
    } teams[] = {
        {"user", "team_id", true},
        {"team", "id", true},
        {"view", "app_installed_team_id", false},
        {"message", "team", false},
        {"message", "source_team", false},
        {"message", "user_team", false},
        {"channel", "context_team_id", false},
    };
    static const char *const shared[] = {"is_ext_shared", "is_pending_ext_shared", "is_org_shared",
                                         "is_shared"};
    const json_t *channel = json_object_get(p, "channel");
    bool found, all = false;

    SL_TRY(sl_slack_flag(p, "is_enterprise_install", &all));
    for (size_t i = 0; i < SL_COUNT(teams); i++) {
        SL_TRY(sl_slack_other_team(json_object_get(p, teams[i].in), teams[i].key, team,
                                   teams[i].needed, &found));
        all = all || found;
    }
    for (size_t i = 0; i < SL_COUNT(shared); i++) {
        SL_TRY(sl_slack_flag(channel, shared[i], &found));
        all = all || found;
    }
    *foreign = all;
    return SL_OK;
}

static enum sl_err read_who(const json_t *p, struct sl_span team, struct sl_chat_input *out)
{
    const json_t *user = json_object_get(p, "user");

    out->user = sl_json_str(user, "id");
    if (!sl_slack_is_id(out->user))
        return SL_EMALFORMED;
    SL_TRY(is_foreign(p, team, &out->foreign));
    out->team = sl_json_str(user, "team_id");
    return SL_OK;
}

/* --- a click ---------------------------------------------------------------------------------- */

/* Where a member repeats what the container says, it says the same. */
static bool agrees(const json_t *object, const char *key, struct sl_span with)
{
    const json_t *value = json_object_get(object, key);

    return value == NULL || sl_span_eq(sl_json_str(object, key), with);
}

static enum sl_err read_where(const json_t *p, struct sl_chat_input *out)
{
    const json_t *container = json_object_get(p, "container");
    bool ephemeral = true;

    SL_TRY(sl_slack_flag(container, "is_ephemeral", &ephemeral));
    out->channel = sl_json_str(container, "channel_id");
    out->message = sl_json_str(container, "message_ts");
    if (ephemeral || !sl_span_is(sl_json_str(container, "type"), "message") ||
        !sl_slack_is_id(out->channel) || !sl_slack_is_ts(out->message))
        return SL_EMALFORMED;
    return agrees(json_object_get(p, "channel"), "id", out->channel) &&
                   agrees(json_object_get(p, "message"), "ts", out->message)
               ? SL_OK
               : SL_EMALFORMED;
}

static enum sl_err read_action(const json_t *action, struct sl_chat_input *out)
{
    struct sl_span id = sl_json_str(action, "action_id");

    if (!sl_span_starts(id, SL_SPAN(SL_SLACK_ACTION)) ||
        !sl_span_is(sl_json_str(action, "type"), "button"))
        return SL_EMALFORMED;
    out->verb = sl_chat_verb_of(sl_span_from(id, sizeof SL_SLACK_ACTION - 1));
    return out->verb != 0 && sl_slack_get_about(sl_json_str(action, "value"), out, NULL)
               ? SL_OK
               : SL_EMALFORMED;
}

/* One action: of two nobody knows which one was meant. A link tells us too, and says nothing. */
static enum sl_err read_click(const json_t *p, struct sl_span team, struct sl_chat_input *out)
{
    const json_t *actions = json_object_get(p, "actions");
    const json_t *action = json_array_get(actions, 0);

    if (json_array_size(actions) != 1)
        return SL_EMALFORMED;
    if (sl_span_is(sl_json_str(action, "action_id"), SL_SLACK_OPEN))
        return SL_OK;
    SL_TRY(read_who(p, team, out));
    SL_TRY(read_where(p, out));
    SL_TRY(read_action(action, out));
    out->trigger = sl_json_str(p, "trigger_id");
    if (!sl_slack_is_word(out->trigger, 256))
        return SL_EMALFORMED;
    out->event = SL_CHAT_CLICK;
    return SL_OK;
}

/* --- which one it is -------------------------------------------------------------------------- */

static enum sl_err read_submitted(const json_t *p, struct sl_span team, struct sl_chat_input *out)
{
    SL_TRY(read_who(p, team, out));
    SL_TRY(sl_slack_read_form(json_object_get(p, "view"), team, out));
    out->event = SL_CHAT_FORM;
    return SL_OK;
}

static enum sl_err read_challenge(const json_t *p, struct sl_chat_input *out)
{
    out->challenge = sl_json_str(p, "challenge");
    if (!sl_slack_is_word(out->challenge, 256))
        return SL_EMALFORMED;
    out->event = SL_CHAT_CHALLENGE;
    return SL_OK;
}

/* They come where an app has more than messages; nothing of ours is in them. */
static bool is_not_ours(struct sl_span type)
{
    static const char *const types[] = {"view_closed",      "shortcut",       "message_action",
                                        "block_suggestion", "event_callback", "app_rate_limited"};

    for (size_t i = 0; i < SL_COUNT(types); i++)
        if (sl_span_is(type, types[i]))
            return true;
    return false;
}

enum sl_err sl_slack_read_value(const json_t *payload, struct sl_span team,
                                struct sl_chat_input *out)
{
    struct sl_span type = sl_json_str(payload, "type");

    if (sl_span_is(type, "block_actions"))
        return read_click(payload, team, out);
    if (sl_span_is(type, "view_submission"))
        return read_submitted(payload, team, out);
    if (sl_span_is(type, "url_verification"))
        return read_challenge(payload, out);
    return is_not_ours(type) ? SL_OK : SL_EMALFORMED;
}

enum sl_err sl_slack_read(struct sl_span payload, struct sl_span team, struct sl_chat_input *out)
{
    json_t *json = NULL;

    *out = (struct sl_chat_input){.event = SL_CHAT_NOTHING};
    if (payload.n > SL_SLACK_PAYLOAD_MOST)
        return SL_ELIMIT;
    SL_TRY(sl_json_read(payload, &json, NULL));
    struct sl_chat_input in = {.event = SL_CHAT_NOTHING};
    enum sl_err err = sl_slack_read_value(json, team, &in);
    if (err == SL_OK)
        *out = in;
    out->json = json;
    return err;
}
