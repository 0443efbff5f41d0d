#include "role/keeper/keeper_int.h"

#include "base/utf8.h"

/* Reading approvals, and ending one's own. */

enum { LIST_DEFAULT = 50, LIST_MAX = 500, SCAN_MAX = 1000, REASON_BYTES = 2000 };
enum { LISTED_BYTES = 32 * 1024 }; /* LIST_MAX of them fit into an answer */

struct listing {
    struct call *call;
    json_t *list;
    uint64_t limit;
};

/* The approval that the body names, if the caller may see it; else the answer is made. What one may
 * not see does not exist. */
static bool named(struct call *c, struct approval *a)
{
    struct sl_span id = call_str(c, "id");

    if (id.n > 0 && approval_get(c->keeper, id, a) == SL_OK && approval_visible(c, a))
        return true;
    call_problem(c, 404, "No such approval", "There is no approval with this id that you may see.",
                 "");
    return false;
}

void call_APPROVAL_GET(struct call *c)
{
    APPROVAL(a);

    if (!named(c, &a))
        return;
    c->reply = approval_json(c, &a);
    approval_put_rules(c, c->reply, &a);
    approval_put_lineage(c, c->reply, &a);
}

static size_t scan(struct call *c, struct sl_span state, struct sl_span **out)
{
    struct sl_span *ids = sl_arena_array(c->keeper->mem, SCAN_MAX, sizeof *ids);
    struct db_rows rows =
        db_ask(c->keeper->store.db, DB_APPROVAL_LIST, "si", state, (uint64_t)SCAN_MAX);
    size_t count = 0;

    while (ids != NULL && db_row(&rows))
        ids[count++] = sl_arena_copy(c->keeper->mem, db_span(&rows, 0));
    db_end(&rows);
    *out = ids;
    return count;
}

/* Who asks chooses how long a question is; a list of them must still be told in one answer. */
static json_t *listed(struct call *c, const struct approval *a)
{
    static const char *const outline[] = {"id",
                                          "identity",
                                          "target",
                                          "environment",
                                          "protocol",
                                          "state",
                                          "digest",
                                          "link",
                                          "asked_at",
                                          "expires_at",
                                          "closed_at",
                                          "grant_expires_at",
                                          "waiting",
                                          "client_gone",
                                          "effects",
                                          "summary",
                                          "rule",
                                          "reviewers",
                                          "mine",
                                          "may_decide",
                                          "may_not_why",
                                          "may_not_reason",
                                          "deciders",
                                          "break_glass",
                                          "may_break_glass"};
    json_t *whole = approval_json(c, a), *out;
    SL_BUF(text, LISTED_BYTES);

    if (sl_json_canonical(&text, whole) == SL_OK && sl_buf_err(&text) == SL_OK)
        return whole;
    out = json_object();
    for (size_t i = 0; i < SL_COUNT(outline); i++)
        if (json_object_get(whole, outline[i]) != NULL)
            json_object_set(out, outline[i], json_object_get(whole, outline[i]));
    json_object_set_new(out, "outline", json_true());
    json_decref(whole);
    return out;
}

static void list_one(void *owner, struct approval *a)
{
    struct listing *l = owner;

    if (json_array_size(l->list) < l->limit && approval_visible(l->call, a))
        json_array_append_new(l->list, listed(l->call, a));
}

void call_APPROVAL_LIST(struct call *c)
{
    struct sl_span state = call_str(c, "state"), *ids;
    struct listing l = {c, json_array(), LIST_DEFAULT};

    sl_json_u64(c->body, "limit", &l.limit);
    l.limit = l.limit > LIST_MAX ? LIST_MAX : l.limit;
    size_t count = scan(c, state, &ids);
    approvals_each(c->keeper, ids, count, list_one, &l);
    c->reply = json_object();
    json_object_set_new(c->reply, "approvals", l.list);
}

/* --- ending --- */

static bool is_requester(const struct call *c, const struct approval *a)
{
    for (size_t i = 0; i < a->barred_count; i++)
        if (sl_span_eq(a->barred[i].person, c->who.person))
            return true;
    return false;
}

static bool is_reviewer(struct call *c, const struct approval *a)
{
    uint32_t may = 0;

    approval_may(c->keeper, a, &c->who, &c->with, SL_CHANNEL_HTTP, &may);
    return may != 0 && c->who.kind == SL_HUMAN && c->with.deciding;
}

static void wrong_state(struct call *c, const struct approval *a)
{
    SL_BUF(text, 256);

    sl_buf_say(&text, "This approval is %s.", sl_approval_state_name(a->state));
    call_problem(c, 409, "Not possible now", sl_buf_text(&text), "");
}

static void end(struct call *c, struct approval *a, enum sl_approval_event on, const char *word)
{
    enum sl_approval_state to;
    SL_BUF(reason, 4096);

    if (sl_approval_move(a->state, on, &to, NULL) != SL_OK) {
        wrong_state(c, a);
        return;
    }
    sl_buf_say(&reason, "%s by %S", word, c->who.name);
    if (call_str(c, "reason").n > 0)
        sl_buf_say(&reason, ": %S", sl_utf8_head(call_str(c, "reason"), REASON_BYTES));
    approval_end(c->keeper, a,
                 &(struct move){.on = on,
                                .by = c->who.name,
                                .channel = call_channel(c),
                                .reason = sl_buf_span(&reason)});
    APPROVAL(after);
    if (approval_get(c->keeper, a->id, &after) == SL_OK)
        c->reply = approval_json(c, &after);
}

static void not_yours(struct call *c)
{
    call_problem(c, 403, "Not yours",
                 "Only the requester, its owner or a reviewer with a deciding "
                 "credential may do this.",
                 "");
}

void call_CANCEL(struct call *c)
{
    APPROVAL(a);

    if (auditor_refused(c) || !named(c, &a))
        return;
    if (is_requester(c, &a))
        end(c, &a, SL_APPROVAL_ON_CANCEL, "cancelled");
    else
        not_yours(c);
}

void call_REVOKE(struct call *c)
{
    APPROVAL(a);

    if (auditor_refused(c) || !named(c, &a))
        return;
    if (is_requester(c, &a) || is_reviewer(c, &a))
        end(c, &a, SL_APPROVAL_ON_REVOKE, "revoked");
    else
        not_yours(c);
}

/* Stops the statement that is running with this approval; its outcome comes through the journal. */
void call_STOP(struct call *c)
{
    APPROVAL(a);

    if (auditor_refused(c) || !named(c, &a))
        return;
    if (!is_requester(c, &a) && !is_reviewer(c, &a)) {
        not_yours(c);
        return;
    }
    struct sl_span why = sl_utf8_head(call_str(c, "reason"), REASON_BYTES);
    struct session *s = sl_map_get(c->keeper->sessions, sl_map_u64(&a.session));
    if (a.state != SL_APPROVAL_SPENT || a.outcome.n > 0 || s == NULL) {
        call_problem(c, 409, "Nothing runs", "No statement is running with this approval.", "");
        return;
    }
    ANSWER_GATE(c->keeper, s->gate, action_stop, .action = a.gate_action, .who = c->who.name,
                .why = why.n > 0 ? why : SL_SPAN("stopped"));
    c->reply = approval_json(c, &a);
}
