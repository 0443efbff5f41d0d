/* Did each action run only as it may? */
#include "core/ledger/audit_int.h"

/* What is known of an action whose end is not in the ledger yet. */
struct pending {
    bool unknown;
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

static void check_policy(struct sl_audit *a, const json_t *item)
{
    uint8_t head[8];

    if (sl_audit_hex(a, item, "policy", head, sizeof head, false) &&
        sl_map_get(a->policy_heads, sl_span(head, sizeof head)) == NULL)
        SL_FOUND(a, "an action was judged by a policy whose text is not in the ledger");
}

static void check_session(struct sl_audit *a, struct name name, const json_t *item)
{
    const struct sl_audit_session *s = sl_map_get(a->sessions, sl_map_u64(&name.session));
    struct sl_span identity = sl_json_str(item, "identity"), target = sl_json_str(item, "target");

    if (s == NULL)
        SL_FOUND(a, "action %U is of session %U, which never began", name.action, name.session);
    else if (!sl_span_eq(s->identity, identity) || !sl_span_eq(s->target, target))
        SL_FOUND(a, "action %U says '%S' on '%S', but its session is '%S' on '%S'", name.action,
                 identity, target, s->identity, s->target);
}

/* Nothing of it reached the target, or the target only watches. */
static bool did_not_run(const json_t *item)
{
    return sl_span_is(sl_json_str(item, "outcome"), "refused") || has_flag(item, "observed");
}

static struct sl_span verdict_of(const json_t *item)
{
    return sl_json_str(json_object_get(item, "facts"), "verdict");
}

static void check_one(struct sl_audit *a, struct name name, const json_t *item)
{
    check_session(a, name, item);
    check_policy(a, item);
    note_pending(a, name, item);
}

void sl_audit_actions(struct sl_audit *a, const json_t *leaf)
{
    const json_t *list = json_object_get(leaf, "actions");

    if (json_array_size(list) == 0)
        SL_FOUND(a, "a batch without actions");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct name name = name_of(a, item);
        check_one(a, name, item);
        if (!sl_span_is(verdict_of(item), "allow") && !did_not_run(item))
            SL_FOUND(a, "action %U of session %U ran, but its verdict was not allow", name.action,
                     name.session);
    }
}

/* A held action ran: its approval must have been spent, for exactly it, once. */
static void check_grant(struct sl_audit *a, struct name name, const json_t *leaf)
{
    struct sl_span id = sl_json_str(leaf, "approval");
    struct sl_audit_approval *p = sl_map_get(a->approvals, id);
    uint8_t digest[SL_SHA256];

    if (p == NULL || p->of_policy || p->state != SL_APPROVAL_SPENT) {
        SL_FOUND(a, "action %U of session %U was held and ran, but no grant was spent for it", name.action,
                 name.session);
        return;
    }
    if (p->session != name.session || p->action != name.action)
        SL_FOUND(a, "approval %S was spent for action %U of session %U, but action %U of session %U ran",
                 id, p->action, p->session, name.action, name.session);
    if (p->ran)
        SL_FOUND(a, "the grant of approval %S ran twice", id);
    p->ran = true;
    if (sl_audit_hex(a, leaf, "digest", digest, sizeof digest, true) &&
        memcmp(digest, p->digest, sizeof digest) != 0)
        SL_FOUND(a, "what ran under approval %S is not what was approved", id);
    if (!sl_span_eq(sl_json_str(leaf, "identity"), p->identity) ||
        !sl_span_eq(sl_json_str(leaf, "target"), p->target))
        SL_FOUND(a, "approval %S was for '%S' on '%S', but somebody or something else ran", id,
                 p->identity, p->target);
}

void sl_audit_action(struct sl_audit *a, const json_t *leaf)
{
    struct name name = name_of(a, leaf);
    struct sl_span verdict = verdict_of(leaf);

    check_one(a, name, leaf);
    if (did_not_run(leaf))
        return;
    if (sl_span_is(verdict, "hold") || sl_json_str(leaf, "approval").n > 0)
        check_grant(a, name, leaf);
    else if (!sl_span_is(verdict, "allow"))
        SL_FOUND(a, "action %U of session %U was denied, but ran", name.action, name.session);
}

/* The late outcome belongs to an action that is waiting for it, or to a grant whose action's own leaf
 * was lost with its gate. */
void sl_audit_outcome(struct sl_audit *a, const json_t *leaf)
{
    struct name name = name_of(a, leaf);
    struct pending *p = sl_map_get(a->pending, key_of(&name));
    struct sl_audit_approval *approval = sl_map_get(a->approvals, sl_json_str(leaf, "approval"));
    bool unknown = sl_span_is(sl_json_str(leaf, "outcome"), "unknown");

    if (p == NULL && approval != NULL && approval->state == SL_APPROVAL_SPENT &&
        approval->session == name.session && approval->action == name.action)
        return;
    if (p == NULL)
        SL_FOUND(a, "an outcome of action %U of session %U, which is not waiting for one", name.action,
                 name.session);
    else if (unknown)
        p->unknown = true;
    else
        sl_map_remove(a->pending, key_of(&name));
}

void sl_audit_txn(struct sl_audit *a, const json_t *leaf)
{
    uint64_t session = sl_audit_u64(a, leaf, "session");
    uint64_t first = sl_audit_u64(a, leaf, "first_action"), last = sl_audit_u64(a, leaf, "last_action");

    if (first > last)
        SL_FOUND(a, "a transaction ends before it begins");
    if (sl_map_get(a->sessions, sl_map_u64(&session)) == NULL)
        SL_FOUND(a, "a transaction of session %U, which never began", session);
}
