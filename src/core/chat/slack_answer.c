/* What the Web API answers, and who may decide by what it says of them. */
#include "core/chat/slack_int.h"

enum { ERROR_MOST = 128 };

static bool is_printable(struct sl_span s, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n <= most;
}

/* Absent: empty. Of another form: nothing of the answer is believed. */
static enum sl_err take(const json_t *object, const char *key, bool (*is)(struct sl_span),
                        struct sl_span *out)
{
    if (json_object_get(object, key) == NULL)
        return SL_OK;
    *out = sl_json_str(object, key);
    return is(*out) ? SL_OK : SL_EMALFORMED;
}

static bool is_url(struct sl_span s)
{
    return s.n > 0 && is_printable(s, SL_SLACK_URL_MOST);
}

/* conversations.open answers with an object. */
static enum sl_err take_channel(const json_t *json, struct sl_span *out)
{
    const json_t *channel = json_object_get(json, "channel");

    return json_is_object(channel) ? take(channel, "id", sl_slack_is_id, out)
                                   : take(json, "channel", sl_slack_is_id, out);
}

static enum sl_err read_good(const json_t *json, struct sl_slack_answer *a)
{
    SL_TRY(take_channel(json, &a->channel));
    SL_TRY(take(json, "ts", sl_slack_is_ts, &a->ts));
    SL_TRY(take(json, "url", is_url, &a->url));
    SL_TRY(take(json, "team_id", sl_slack_is_id, &a->team));
    SL_TRY(take(json, "user_id", sl_slack_is_id, &a->user));
    return take(json, "bot_id", sl_slack_is_id, &a->bot);
}

static enum sl_err read_answer(const json_t *json, struct sl_slack_answer *a)
{
    const json_t *ok = json_object_get(json, "ok");

    if (!json_is_boolean(ok))
        return SL_EMALFORMED;
    a->ok = json_is_true(ok);
    if (a->ok)
        return read_good(json, a);
    a->error = sl_json_str(json, "error");
    return sl_slack_is_word(a->error, ERROR_MOST) ? SL_OK : SL_EMALFORMED;
}

enum sl_err sl_slack_read_answer(struct sl_span body, struct sl_slack_answer *out)
{
    struct sl_slack_answer a = {.ok = false};

    if (body.n > SL_SLACK_PAYLOAD_MOST)
        return SL_ELIMIT;
    SL_TRY(sl_json_read(body, &a.json, NULL));
    enum sl_err err = read_answer(a.json, &a);
    if (err != SL_OK) {
        json_decref(a.json);
        return err;
    }
    *out = a;
    return SL_OK;
}

/* --- users.info ------------------------------------------------------------------------------- */

static const struct {
    const char *key;
    bool said; /* Slack always says it, of who is a member */
    const char *why;
} flags[] = {
    {"deleted", true, "this Slack account is deactivated"},
    {"is_bot", true, "bots do not decide"},
    {"is_restricted", true, "guests of the Slack workspace do not decide"},
    {"is_ultra_restricted", true, "guests of the Slack workspace do not decide"},
    {"is_stranger", false, "this Slack account is of another organization"},
    {"is_invited_user", false, "this Slack account has not accepted its invitation yet"},
    {"is_workflow_bot", false, "bots do not decide"},
    {"is_connector_bot", false, "bots do not decide"},
};

static const char *flag_refuses(const json_t *user)
{
    for (size_t i = 0; i < SL_COUNT(flags); i++) {
        const json_t *value = json_object_get(user, flags[i].key);

        if (json_is_true(value))
            return flags[i].why;
        if (value == NULL ? flags[i].said : !json_is_false(value))
            return "Slack does not say clearly who this account is";
    }
    return NULL;
}

static bool is_in(const json_t *teams, struct sl_span team)
{
    for (size_t i = 0; i < json_array_size(teams); i++) {
        const json_t *one = json_array_get(teams, i);
        if (json_is_string(one) &&
            sl_span_eq(sl_span(json_string_value(one), json_string_length(one)), team))
            return true;
    }
    return false;
}

/* Of an organization with several workspaces: a member of ours. */
static bool is_of(const json_t *user, struct sl_span team)
{
    const json_t *enterprise = json_object_get(user, "enterprise_user");

    if (!sl_span_eq(sl_json_str(user, "team_id"), team))
        return false;
    if (enterprise == NULL || json_is_null(enterprise) ||
        (json_is_object(enterprise) && json_object_size(enterprise) == 0))
        return true;
    return is_in(json_object_get(enterprise, "teams"), team);
}

const char *sl_slack_user_refused(const struct sl_slack_answer *info, struct sl_span team,
                                  struct sl_span user)
{
    const json_t *told = json_object_get(info->json, "user");

    if (!info->ok || !json_is_object(told))
        return "Slack does not say who this account is";
    if (!sl_slack_is_id(user) || !sl_slack_is_id(team) || sl_span_is(user, "USLACKBOT") ||
        !sl_span_eq(sl_json_str(told, "id"), user))
        return "Slack answers for another account than the one that was asked for";
    if (!is_of(told, team))
        return "this Slack account is of another workspace";
    return flag_refuses(told);
}
