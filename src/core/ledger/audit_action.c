/* Did each action run only as it may? */
#include "core/ledger/audit_int.h"

/* What is known of an action whose end is not in the ledger yet. */
struct pending {
    bool unknown;
    struct sl_audit_approval *listed; /* it counts as one of this list's statements; or NULL */
};

struct name {
    uint64_t session, action;
};

static struct sl_span key_of(const struct name *n)
{
    return sl_span(n, sizeof *n);
}

static struct name name_of(struct sl_audit *a, const json_t *item)
{
    return (struct name){sl_audit_u64(a, item, "session"), sl_audit_u64(a, item, "action")};
}

static bool has_flag(const json_t *item, const char *flag)
{
    const json_t *flags = json_object_get(item, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *text = json_string_value(json_array_get(flags, i));
        if (text != NULL && strcmp(text, flag) == 0)
            return true;
    }
    return false;
}

static void note_pending(struct sl_audit *a, struct name name, const json_t *item)
{
    struct pending *p;

    if (!sl_span_is(sl_json_str(item, "outcome"), "pending"))
        return;
    p = sl_audit_alloc(a, sizeof *p);
    if (p != NULL)
        sl_audit_put(a, a->pending, key_of(&name), p);
}

static void check_policy(struct sl_audit *a, const json_t *statement)
{
    uint8_t head[8];

    if (sl_audit_hex(a, statement, "policy", head, sizeof head, false) &&
        sl_map_get(a->policy_heads, sl_span(head, sizeof head)) == NULL)
        SL_FOUND(a, "an action was judged by a policy whose text is not in the ledger");
}

static void check_session(struct sl_audit *a, struct name name, const json_t *who)
{
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&name.session));
    struct sl_span identity = sl_json_str(who, "identity"), target = sl_json_str(who, "target");

    if (s == NULL)
        SL_FOUND(a, "action %U is of session %U, which never began", name.action, name.session);
    else if (!sl_span_eq(s->identity, identity) || !sl_span_eq(s->target, target))
        SL_FOUND(a, "action %U says '%S' on '%S', but its session is '%S' on '%S'", name.action,
                 identity, target, s->identity, s->target);
}

/* An action: what is its own, who did it on what, and what it is. They are one object in a leaf of
 * its own, and an item with a row of each table in a batch. */
struct told {
    const json_t *item, *who, *statement;
};

/* The policy that judged it says that Sluice only watches this target. */
static bool is_watched(struct sl_audit *a, const struct told *t)
{
    struct sl_span target = sl_json_str(t->who, "target");
    uint8_t head[8];

    if (!sl_audit_hex(a, t->statement, "policy", head, sizeof head, false))
        return false;
    const struct sl_audit_policy *p = sl_map_get(a->policy_heads, sl_span(head, sizeof head));
    for (size_t i = 0; p != NULL && i < p->only_watched.count; i++)
        if (sl_span_eq(p->only_watched.items[i], target))
            return true;
    return false;
}

/* Nothing of it reached the target, or the target only watches. */
static bool did_not_run(struct sl_audit *a, const struct told *t)
{
    return sl_span_is(sl_json_str(t->item, "outcome"), "refused") ||
           (has_flag(t->statement, "observed") && is_watched(a, t));
}

static struct sl_span verdict_of(const struct told *t)
{
    return sl_json_str(json_object_get(t->statement, "facts"), "verdict");
}

static void check_one(struct sl_audit *a, struct name name, const struct told *t)
{
    check_session(a, name, t->who);
    check_policy(a, t->statement);
    note_pending(a, name, t->item);
    sl_audit_rows_ended(a, name.session, name.action, t->item);
}

static const json_t *row_of(struct sl_audit *a, const json_t *leaf, const char *table,
                            const json_t *item, const char *place)
{
    uint64_t row = sl_audit_u64(a, item, place);
    const json_t *found = json_array_get(json_object_get(leaf, table), row);

    if (!json_is_object(found))
        SL_FOUND(a, "an action names row %U of '%s', which its leaf does not have", row, table);
    return found;
}

static void check_item(struct sl_audit *a, const json_t *leaf, const json_t *item)
{
    const struct told t = {item, row_of(a, leaf, "sessions", item, "by"),
                           row_of(a, leaf, "statements", item, "statement")};
    struct name name = {sl_audit_u64(a, t.who, "session"), sl_audit_u64(a, item, "action")};

    check_one(a, name, &t);
    if (!sl_span_is(verdict_of(&t), "allow") && !did_not_run(a, &t))
        SL_FOUND(a, "action %U of session %U ran, but its verdict was not allow", name.action,
                 name.session);
}

void sl_audit_actions(struct sl_audit *a, const json_t *leaf)
{
    const json_t *list = json_object_get(leaf, "actions");

    if (json_array_size(list) == 0)
        SL_FOUND(a, "a batch without actions");
    for (size_t i = 0; i < json_array_size(list); i++)
        check_item(a, leaf, json_array_get(list, i));
}

/* A statement of a list: in the session that spent its grant, behind the spend, and no more of them
 * than were asked for. */
static void check_listed(struct sl_audit *a, struct name name, struct sl_span id,
                         struct sl_audit_approval *p)
{
    if (p->session != name.session || name.action <= p->action)
        SL_FOUND(a, "approval %S was spent by session %U, but action %U of session %U ran with it",
                 id, p->session, name.action, name.session);
    struct pending *open = sl_map_get(a->pending, key_of(&name));
    if (open != NULL)
        open->listed = p;
    if (++p->listed > p->list)
        SL_FOUND(a, "more than the %U statements of approval %S ran", p->list, id);
}

/* A held action ran: its approval must have been spent, for exactly it, once. */
static void check_grant(struct sl_audit *a, struct name name, const json_t *leaf)
{
    struct sl_span id = sl_json_str(leaf, "approval");
    struct sl_audit_approval *p = sl_map_get(a->approvals, id);
    uint8_t digest[SL_SHA256];

    bool is_envelope = p != NULL && p->envelope.times > 0; /* which may have ended meanwhile */
    if (p == NULL || p->of_policy || (p->state != SL_APPROVAL_SPENT && !is_envelope)) {
        SL_FOUND(a, "action %U of session %U was held and ran, but no grant was spent for it",
                 name.action, name.session);
        return;
    }
    if (is_envelope)
        sl_audit_envelope_ran(a, p, id, leaf);
    else if (p->list > 0)
        check_listed(a, name, id, p);
    else if (p->session != name.session || p->action != name.action)
        SL_FOUND(
            a, "approval %S was spent for action %U of session %U, but action %U of session %U ran",
            id, p->action, p->session, name.action, name.session);
    if (p->ran && p->list == 0 && !is_envelope)
        SL_FOUND(a, "the grant of approval %S ran twice", id);
    p->ran = true;
    if (sl_audit_hex(a, leaf, "digest", digest, sizeof digest, true) &&
        memcmp(digest, p->digest, sizeof digest) != 0)
        SL_FOUND(a, "what ran under approval %S is not what was approved", id);
    sl_audit_said_approvers(a, p, id, leaf);
    if (!sl_span_eq(sl_json_str(leaf, "identity"), p->identity) ||
        !sl_span_eq(sl_json_str(leaf, "target"), p->target))
        SL_FOUND(a, "approval %S was for '%S' on '%S', but somebody or something else ran", id,
                 p->identity, p->target);
}

void sl_audit_action(struct sl_audit *a, const json_t *leaf)
{
    struct name name = name_of(a, leaf);
    const struct told t = {leaf, leaf, leaf};
    struct sl_span verdict = verdict_of(&t);

    check_one(a, name, &t);
    sl_audit_said_person(a, sl_json_str(leaf, "identity"), leaf);
    if (did_not_run(a, &t))
        return;
    if (sl_span_is(verdict, "hold") || sl_json_str(leaf, "approval").n > 0)
        check_grant(a, name, leaf);
    else if (!sl_span_is(verdict, "allow"))
        SL_FOUND(a, "action %U of session %U was denied, but ran", name.action, name.session);
}

/* One of a list that was written down, and did not run after all (the definitions moved while it
 * waited for the disk), is written down once more. */
static void end_pending(struct sl_audit *a, struct name name, const struct pending *p,
                        struct sl_span outcome)
{
    if (p->listed != NULL && sl_span_is(outcome, "refused"))
        p->listed->listed--;
    sl_map_remove(a->pending, key_of(&name));
}

/* The late outcome belongs to an action that is waiting for it, or to a grant whose action has no
 * leaf: it was lost with its gate, or nothing was run. */
void sl_audit_outcome(struct sl_audit *a, const json_t *leaf)
{
    struct name name = name_of(a, leaf);
    struct pending *p = sl_map_get(a->pending, key_of(&name));
    struct sl_audit_approval *approval = sl_map_get(a->approvals, sl_json_str(leaf, "approval"));
    bool unknown = sl_span_is(sl_json_str(leaf, "outcome"), "unknown");
    sl_audit_rows_ended(a, name.session, name.action, leaf);
    bool is_use = approval != NULL && sl_audit_use_of(approval, name.session, name.action) != NULL;

    if (is_use)
        sl_audit_envelope_ended(a, approval, sl_json_str(leaf, "approval"), leaf);
    if (p == NULL && is_use)
        return;

    if (p == NULL && approval != NULL && approval->state == SL_APPROVAL_SPENT &&
        approval->session == name.session && approval->action == name.action)
        return;
    if (p == NULL)
        SL_FOUND(a, "an outcome of action %U of session %U, which is not waiting for one",
                 name.action, name.session);
    else if (unknown)
        p->unknown = true;
    else
        end_pending(a, name, p, sl_json_str(leaf, "outcome"));
}

void sl_audit_txn(struct sl_audit *a, const json_t *leaf)
{
    uint64_t session = sl_audit_u64(a, leaf, "session");
    uint64_t first = sl_audit_u64(a, leaf, "first_action"),
             last = sl_audit_u64(a, leaf, "last_action");

    if (first > last)
        SL_FOUND(a, "a transaction ends before it begins");
    if (sl_map_get(a->sessions, sl_map_u64(&session)) == NULL)
        SL_FOUND(a, "a transaction of session %U, which never began", session);
}
