/* Activities that come in (Bot Framework, Activity 1.0), after their token was found good. */
#include "base/encode.h"
#include "core/chat/teams_int.h"

/* A member that is there and no text is not understood; left out it is empty. */
static bool take(const json_t *object, const char *key, struct sl_span *out)
{
    const json_t *value = json_object_get(object, key);

    *out = sl_json_str(object, key);
    return value == NULL || json_is_string(value);
}

/* The same of an id. */
static bool take_id(const json_t *object, const char *key, struct sl_span *out)
{
    return take(object, key, out) && (out->n == 0 || sl_teams_is_id(*out));
}

static bool is_object_or_none(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return value == NULL || json_is_object(value);
}

/* --- who, and where ----------------------------------------------------------------------------
 */

/* Whatever says another tenant than ours, or does not say that it is ours. */
static bool is_foreign(const json_t *activity, const struct sl_teams_us *us)
{
    const json_t *conversation = json_object_get(activity, "conversation");
    const json_t *tenant = json_object_get(json_object_get(activity, "channelData"), "tenant");
    const json_t *from = json_object_get(activity, "from");
    struct sl_span role = sl_json_str(from, "role");

    return !sl_span_eq(sl_json_str(conversation, "tenantId"), us->tenant) ||
           !sl_span_eq(sl_json_str(tenant, "id"), us->tenant) ||
           (json_object_get(from, "tenantId") != NULL &&
            !sl_span_eq(sl_json_str(from, "tenantId"), us->tenant)) ||
           (json_object_get(from, "role") != NULL && !sl_span_is(role, "user"));
}

static bool take_conversation(const json_t *activity, struct sl_teams_activity *out)
{
    static const struct sl_span thread = SL_SPAN(";messageid=");
    const json_t *conversation = json_object_get(activity, "conversation");
    struct sl_span id;

    if (!json_is_object(conversation) || !take_id(conversation, "id", &id) || id.n == 0 ||
        !take_id(conversation, "conversationType", &out->conversation_type))
        return false;
    for (size_t i = 0; i < id.n; i++)
        if (sl_span_starts(sl_span_from(id, i), thread))
            id = sl_span_head(id, i);
    out->conversation = id;
    return id.n > 0;
}

/* A channel has no members of its own: they are its team's. */
static bool take_roster(const json_t *activity, struct sl_teams_activity *out)
{
    const json_t *team = json_object_get(json_object_get(activity, "channelData"), "team");

    if (team != NULL && !json_is_object(team))
        return false;
    if (!take_id(team, "id", &out->roster))
        return false;
    if (out->roster.n == 0)
        out->roster = out->conversation;
    return true;
}

static bool take_person(const json_t *activity, const struct sl_teams_us *us,
                        struct sl_teams_activity *out)
{
    const json_t *from = json_object_get(activity, "from");
    struct sl_span person;

    if (!json_is_object(from) || !take_id(from, "id", &out->from) ||
        !take(from, "aadObjectId", &person))
        return false;
    if (person.n > 0 && !sl_teams_is_uuid(person))
        return false;
    out->input.team = us->tenant;
    out->input.user = person;
    out->input.foreign = is_foreign(activity, us);
    return true;
}

/* --- what somebody pressed ---------------------------------------------------------------------
 */

static bool takes_only(const json_t *data)
{
    static const char *const known[] = {"approval", "digest", "reason", "sluice"};
    size_t found = 0;

    for (size_t i = 0; i < SL_COUNT(known); i++)
        found += json_object_get(data, known[i]) != NULL;
    return json_object_size(data) == found;
}

/* The data of a button of ours, with what was typed. */
static bool take_data(const json_t *data, struct sl_chat_input *in)
{
    struct sl_span text;

    if (!json_is_object(data) || !takes_only(data) || !take(data, "reason", &text))
        return false;
    in->verb = sl_teams_verb_of(sl_json_str(data, "sluice"));
    in->approval = sl_json_str(data, "approval");
    in->text = text;
    return in->verb != 0 && sl_teams_is_uuid(in->approval) &&
           sl_hex_fixed(in->digest, sizeof in->digest, sl_json_str(data, "digest")) == SL_OK &&
           sl_span_eq(text, sl_chat_head(text, SL_CHAT_REASON_MOST));
}

static bool take_form(const json_t *activity, const json_t *data, struct sl_teams_activity *out)
{
    struct sl_chat_input *in = &out->input;

    if (!take_data(data, in) || !take_id(activity, "replyToId", &in->message) || in->message.n == 0)
        return false;
    in->channel = out->conversation;
    in->foreign = in->foreign || in->user.n == 0;
    return true;
}

static enum sl_err read_execute(const json_t *activity, struct sl_teams_activity *out)
{
    const json_t *value = json_object_get(activity, "value");
    const json_t *action = json_object_get(value, "action");
    struct sl_span trigger, verb;

    if (!json_is_object(value) || !json_is_object(action) || !take(value, "trigger", &trigger) ||
        !take(action, "verb", &verb))
        return SL_EMALFORMED;
    if (!sl_span_starts(verb, SL_SPAN("sluice."))) /* of a card of somebody else's making */
        return SL_OK;
    if (sl_teams_verb_of(verb) == 0 || !sl_span_is(sl_json_str(action, "type"), "Action.Execute") ||
        !take_form(activity, json_object_get(action, "data"), out) ||
        out->input.verb != sl_teams_verb_of(verb))
        return SL_EMALFORMED;
    if (json_object_get(value, "trigger") != NULL && !sl_span_is(trigger, "manual")) {
        out->kind = SL_TEAMS_REFRESH;
        return SL_OK;
    }
    out->kind = SL_TEAMS_INPUT;
    out->input.event = SL_CHAT_FORM;
    return SL_OK;
}

static enum sl_err read_invoke(const json_t *activity, struct sl_teams_activity *out)
{
    out->invoke = true;
    return sl_span_is(sl_json_str(activity, "name"), "adaptiveCard/action")
               ? read_execute(activity, out)
               : SL_OK;
}

/* An Action.Submit comes as a message with a value; people's words to us have none. */
static enum sl_err read_message(const json_t *activity, struct sl_teams_activity *out)
{
    const json_t *value = json_object_get(activity, "value");

    if (json_object_get(value, "sluice") == NULL)
        return SL_OK;
    if (!take_form(activity, value, out))
        return SL_EMALFORMED;
    out->kind = SL_TEAMS_INPUT;
    out->input.event = SL_CHAT_FORM;
    return SL_OK;
}

/* --- where we are ------------------------------------------------------------------------------
 */

static bool names_us(const json_t *activity, const char *list)
{
    struct sl_span us = sl_json_str(json_object_get(activity, "recipient"), "id");
    const json_t *members = json_object_get(activity, list);

    for (size_t i = 0; us.n > 0 && i < json_array_size(members); i++)
        if (sl_span_eq(sl_json_str(json_array_get(members, i), "id"), us))
            return true;
    return false;
}

static void read_update(const json_t *activity, struct sl_teams_activity *out)
{
    if (names_us(activity, "membersRemoved"))
        out->kind = SL_TEAMS_REMOVED;
    else if (names_us(activity, "membersAdded"))
        out->kind = SL_TEAMS_ADDED;
}

static void read_installation(const json_t *activity, struct sl_teams_activity *out)
{
    struct sl_span action = sl_json_str(activity, "action");

    if (sl_span_is(action, "add") || sl_span_is(action, "add-upgrade"))
        out->kind = SL_TEAMS_ADDED;
    else if (sl_span_is(action, "remove"))
        out->kind = SL_TEAMS_REMOVED;
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static enum sl_err read_type(const json_t *activity, struct sl_teams_activity *out)
{
    struct sl_span type = sl_json_str(activity, "type");

    if (sl_span_is(type, "invoke"))
        return read_invoke(activity, out);
    if (sl_span_is(type, "message"))
        return read_message(activity, out);
    if (out->input.foreign)
        return SL_OK;
    if (sl_span_is(type, "conversationUpdate"))
        read_update(activity, out);
    else if (sl_span_is(type, "installationUpdate"))
        read_installation(activity, out);
    return type.n == 0 ? SL_EMALFORMED : SL_OK;
}

static enum sl_err read(const struct sl_teams_us *us, struct sl_span service_url,
                        struct sl_teams_activity *out)
{
    const json_t *activity = out->json;

    if (!take_id(activity, "serviceUrl", &out->service_url) || !take_id(activity, "id", &out->id) ||
        !is_object_or_none(activity, "channelData"))
        return SL_EMALFORMED;
    if (service_url.n == 0 || !sl_span_eq(out->service_url, service_url) ||
        !sl_teams_service_allowed(service_url, us) ||
        !sl_span_is(sl_json_str(activity, "channelId"), "msteams"))
        return SL_EDENIED;
    if (!take_conversation(activity, out) || !take_roster(activity, out) ||
        !take_person(activity, us, out))
        return SL_EMALFORMED;
    return read_type(activity, out);
}

enum sl_err sl_teams_read(struct sl_span body, const struct sl_teams_us *us,
                          struct sl_span service_url, struct sl_teams_activity *out)
{
    struct sl_teams_activity a = {0};

    *out = a;
    if (body.n > SL_TEAMS_BODY_MOST)
        return SL_ELIMIT;
    a.json = sl_teams_object(body, SL_TEAMS_BODY_MOST);
    if (a.json == NULL)
        return SL_EMALFORMED;
    enum sl_err err = read(us, service_url, &a);
    if (err != SL_OK) /* nothing of it is believed */
        a = (struct sl_teams_activity){.invoke = a.invoke, .json = a.json};
    *out = a;
    return err;
}
