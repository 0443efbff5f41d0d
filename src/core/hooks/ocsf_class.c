/* Which class an entry is, and what the class asks for. An entry that does not name what a class
 * demands is a base event: nothing is made up. */
#include "core/hooks/ocsf_int.h"

#include "base/utf8.h"

enum { TEXT_MOST = 1024, QUERY_MOST = 1000 };

static json_t *user_json(struct sl_span name)
{
    json_t *user = json_object();

    sl_ocsf_str(user, "name", name);
    return user;
}

static void put_actor(json_t *out, struct sl_span name)
{
    if (name.n > 0)
        json_object_set_new(out, "actor", json_pack("{s:o}", "user", user_json(name)));
}

static void set_class(json_t *out, int class_uid, int activity)
{
    sl_ocsf_int(out, "class_uid", class_uid);
    sl_ocsf_int(out, "activity_id", activity);
}

static void set_other_name(json_t *out, const json_t *leaf)
{
    SL_BUF(type, TEXT_MOST);

    sl_hook_put_type(&type, leaf);
    if (sl_buf_err(&type) == SL_OK)
        sl_ocsf_str(out, "activity_name", sl_buf_span(&type));
}

/* --- Datastore Activity ----------------------------------------------------------------------- */

static bool has_effect(const json_t *facts, const char *name)
{
    const json_t *effects = json_object_get(facts, "effects");

    for (size_t i = 0; i < json_array_size(effects); i++) {
        const char *effect = json_string_value(json_array_get(effects, i));
        if (effect != NULL && strcmp(effect, name) == 0)
            return true;
    }
    return false;
}

/* The strongest of its effects: 6 Create, 7 Delete, 2 Update, 5 Write, 1 Read. */
static int activity_of(const json_t *facts)
{
    static const struct {
        const char *effect;
        int activity;
    } known[] = {{"ddl", 6},    {"delete", 7}, {"truncate", 7}, {"update", 2},
                 {"insert", 5}, {"import", 5}, {"read", 1},     {"export", 1}};

    for (size_t i = 0; i < SL_COUNT(known); i++)
        if (has_effect(facts, known[i].effect))
            return known[i].activity;
    return SL_OCSF_OTHER;
}

/* Denied and Blocked; Observed and Logged, where the target only watches; Allowed and Allowed. */
static void put_outcome(json_t *out, const json_t *item, const json_t *statement)
{
    struct sl_span outcome = sl_json_str(item, "outcome");
    bool denied = sl_hook_was_refused(item, statement),
         observed = !denied && sl_hook_was_observed(statement);

    sl_ocsf_int(out, "action_id", denied ? 2 : observed ? 3 : 1);
    sl_ocsf_int(out, "disposition_id", denied ? 2 : observed ? 17 : 1);
    if (denied || sl_span_is(outcome, "failed"))
        sl_ocsf_int(out, "status_id", SL_OCSF_FAILURE);
    else
        sl_ocsf_int(out, "status_id", sl_span_is(outcome, "ok") ? SL_OCSF_SUCCESS : 0);
    sl_ocsf_str(out, "status", outcome);
    sl_ocsf_str(out, "status_code", sl_json_str(item, "sqlstate"));
    sl_ocsf_str(out, "status_detail", sl_json_str(item, "why"));
}

/* The name of its session stands for the client's end: its address is in the session's entry. */
static void put_where(json_t *out, struct sl_span target, uint64_t session)
{
    SL_BUF(end, 64);
    json_t *from = json_object();

    sl_buf_say(&end, "session/%U", session);
    sl_ocsf_str(from, "uid", sl_buf_span(&end));
    json_object_set_new(out, "src_endpoint", from);
    json_t *database = json_pack("{s:i}", "type_id", 1);
    sl_ocsf_str(database, "name", target);
    json_object_set_new(out, "database", database);
}

/* A hundred statements go into one message: of a long one its beginning. */
static void put_query(json_t *out, struct sl_span text, uint64_t session, uint64_t action)
{
    SL_BUF(uid, 64);
    json_t *query = json_object();

    if (text.n == 0) {
        json_decref(query);
        return;
    }
    sl_buf_say(&uid, "%U/%U", session, action);
    sl_ocsf_str(query, "uid", sl_buf_span(&uid));
    sl_ocsf_str(query, "query_string", sl_utf8_head(text, QUERY_MOST));
    json_object_set_new(out, "query_info", query);
}

void sl_ocsf_action(json_t *out, const json_t *item, const json_t *session, const json_t *statement)
{
    const json_t *facts = json_object_get(statement, "facts");
    struct sl_span identity = sl_json_str(session, "identity"), text = sl_json_str(item, "text");
    uint64_t number = 0, action = 0;

    (void)sl_json_u64(session, "session", &number);
    (void)sl_json_u64(item, "action", &action);
    set_class(out, SL_OCSF_DATASTORE, activity_of(facts));
    put_actor(out, identity.n > 0 ? identity : SL_SPAN("unknown"));
    put_where(out, sl_json_str(session, "target"), number);
    put_query(out, text.n > 0 ? text : sl_json_str(statement, "text"), number, action);
    put_outcome(out, item, statement);
}

/* --- Entity Management: approvals, and what Sluice itself goes by -------------------------------
 */

static void put_entity(json_t *out, const char *type, struct sl_span uid, struct sl_span name)
{
    json_t *entity = json_object();

    sl_ocsf_str(entity, "type", sl_span_str(type));
    sl_ocsf_int(entity, "type_id", SL_OCSF_OTHER);
    sl_ocsf_str(entity, "uid", uid);
    sl_ocsf_str(entity, "name", name.n == 0 && uid.n == 0 ? SL_SPAN("Sluice") : name);
    json_object_set_new(out, "entity", entity);
}

/* 1 Create, 3 Update, 10 Activate, 11 Deactivate. */
static int life_of(struct sl_span event)
{
    static const char *const ends[] = {"denied",  "expired", "cancelled",
                                       "revoked", "spent",   "lapsed"};

    if (sl_span_is(event, "asked"))
        return 1;
    if (sl_span_is(event, "approved"))
        return 10;
    for (size_t i = 0; i < SL_COUNT(ends); i++)
        if (sl_span_is(event, ends[i]))
            return 11;
    return 3;
}

static void put_approval(json_t *out, const json_t *leaf)
{
    struct sl_span who = sl_json_str(leaf, "approver");

    set_class(out, SL_OCSF_ENTITY, life_of(sl_json_str(leaf, "event")));
    set_other_name(out, leaf);
    put_actor(out, who.n > 0 ? who : sl_json_str(leaf, "identity"));
    put_entity(out, "Approval", sl_json_str(leaf, "approval"), sl_json_str(leaf, "target"));
    sl_ocsf_str(out, "comment", sl_json_str(leaf, "reason"));
    sl_ocsf_int(out, "status_id",
                sl_span_is(sl_json_str(leaf, "event"), "refused") ? SL_OCSF_FAILURE
                                                                  : SL_OCSF_SUCCESS);
}

static void put_own(json_t *out, const json_t *leaf)
{
    struct sl_span kind = sl_json_str(leaf, "kind"), by = sl_json_str(leaf, "by"),
                   uid = sl_json_str(leaf, "approval"), what = sl_json_str(leaf, "what");
    int activity = sl_span_is(kind, "start") ? 10 : sl_span_is(kind, "stop") ? 11 : 3;

    if (by.n == 0)
        by = sl_json_str(leaf, "approver");
    if (uid.n == 0)
        uid = sl_json_str(leaf, "id");
    set_class(out, SL_OCSF_ENTITY, activity);
    set_other_name(out, leaf);
    put_actor(out, by.n > 0 ? by : sl_json_str(leaf, "identity"));
    put_entity(out, "Sluice", uid, what.n > 0 ? what : kind);
    sl_ocsf_str(out, "comment", sl_json_str(leaf, "reason"));
}

/* --- Authentication --------------------------------------------------------------------------- */

/* 1 Logon, 2 Logoff. */
static void put_sign_in(json_t *out, const json_t *leaf, bool on, bool failed)
{
    struct sl_span target = sl_json_str(leaf, "target"), identity = sl_json_str(leaf, "identity");
    json_t *service = json_object();

    set_class(out, SL_OCSF_AUTHENTICATION, on ? 1 : 2);
    sl_ocsf_str(service, "name", target.n > 0 ? target : SL_SPAN("Sluice"));
    json_object_set_new(out, "service", service);
    json_object_set_new(out, "user", user_json(identity.n > 0 ? identity : SL_SPAN("unknown")));
    sl_ocsf_int(out, "status_id", failed ? SL_OCSF_FAILURE : SL_OCSF_SUCCESS);
    sl_ocsf_str(out, "status_detail", sl_json_str(leaf, "why"));
    if (sl_json_str(leaf, "address").n > 0) {
        json_t *from = json_object();
        sl_ocsf_str(from, "name", sl_json_str(leaf, "address"));
        json_object_set_new(out, "src_endpoint", from);
    }
    uint64_t count = 0;
    if (sl_json_u64(leaf, "count", &count))
        sl_ocsf_int(out, "count", (int64_t)count);
}

/* --- Account Change --------------------------------------------------------------------------- */

/* 1 Create, 2 Enable, 5 Disable, 9 Lock, 10 and 11 MFA Factor Enable and Disable, 12 Unlock. */
static int change_of(struct sl_span event)
{
    static const struct {
        const char *event;
        int activity;
    } known[] = {{"add", 1},     {"enable", 2},    {"disable", 5}, {"pause", 9},
                 {"resume", 12}, {"enrolled", 10}, {"removed", 11}};

    for (size_t i = 0; i < SL_COUNT(known); i++)
        if (sl_span_is(event, known[i].event))
            return known[i].activity;
    return SL_OCSF_OTHER;
}

static void put_account(json_t *out, const json_t *leaf)
{
    struct sl_span event = sl_json_str(leaf, "event"), identity = sl_json_str(leaf, "identity");

    set_class(out, SL_OCSF_ACCOUNT_CHANGE, change_of(event));
    set_other_name(out, leaf);
    put_actor(out, sl_json_str(leaf, "by"));
    json_object_set_new(out, "user", user_json(identity.n > 0 ? identity : SL_SPAN("unknown")));
    sl_ocsf_int(out, "status_id", SL_OCSF_SUCCESS);
    sl_ocsf_str(out, "status_detail", sl_json_str(leaf, "reason"));
}

/* --- which of them ---------------------------------------------------------------------------- */

static void put_base(json_t *out, const json_t *leaf)
{
    set_class(out, SL_OCSF_BASE, SL_OCSF_OTHER);
    set_other_name(out, leaf);
    sl_ocsf_str(out, "status", sl_json_str(leaf, "outcome"));
    sl_ocsf_str(out, "status_detail", sl_json_str(leaf, "why"));
}

static bool is_one_of(struct sl_span word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sl_span_is(word, words[i]))
            return true;
    return false;
}

void sl_ocsf_class(json_t *out, const json_t *leaf)
{
    static const char *const own[] = {"start", "stop",        "reload", "policy",
                                      "key",   "break_glass", "bypass", "review"};
    struct sl_span kind = sl_json_str(leaf, "kind"), event = sl_json_str(leaf, "event");
    bool console = sl_span_is(event, "session_open") || sl_span_is(event, "session_end");

    if (sl_span_is(kind, "action"))
        sl_ocsf_action(out, leaf, leaf, leaf);
    else if (sl_span_is(kind, "approval"))
        put_approval(out, leaf);
    else if (sl_span_is(kind, "session"))
        put_sign_in(out, leaf, sl_span_is(event, "open"), false);
    else if (sl_span_is(kind, "sign_in_failure"))
        put_sign_in(out, leaf, true, true);
    else if (sl_span_is(kind, "roster") && console)
        put_sign_in(out, leaf, sl_span_is(event, "session_open"), false);
    else if (sl_span_is(kind, "roster") || sl_span_is(kind, "passkey"))
        put_account(out, leaf);
    else if (is_one_of(kind, own, SL_COUNT(own)))
        put_own(out, leaf);
    else
        put_base(out, leaf);
}
