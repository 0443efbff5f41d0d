#include "role/keeper/keeper_int.h"

#include "base/utf8.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"
#include "role/keeper/call.h"

/* Lists of approvals, a page at a time. A page looks at SCAN_MAX of them at most, so that no
 * question keeps the keeper from its other work for long; the cursor says where the next one goes
 * on. */

enum { LIST_DEFAULT = 50, LIST_MAX = 500, SCAN_MAX = 1000 };
enum { LISTED_BYTES = 32 * 1024 }; /* LIST_MAX of them fit into an answer */
enum { LINE_BYTES = 4 * 1024, LINE_REASON_BYTES = 400 };

struct place {
    struct sl_span id;
    uint64_t sequence;
};

struct listing {
    struct call *call;
    json_t *list;
    uint64_t limit;
    bool lines, only_mine;
};

/* What every list tells, however long the rest is. */
static const char *const outline[] = {
    "id",          "identity",       "target",           "environment",    "protocol",  "state",
    "digest",      "link",           "asked_at",         "expires_at",     "closed_at", "waiting",
    "effects",     "summary",        "grant_expires_at", "client_gone",    "rule",      "reviewers",
    "mine",        "may_decide",     "may_not_why",      "may_not_reason", "alike",     "deciders",
    "break_glass", "may_break_glass"};
/* What a line tells besides, as long as it is short. */
static const char *const line[] = {"requesters",     "datasets",
                                   "statements",     "held_why",
                                   "sink",           "run",
                                   "show",           "why",
                                   "outcome",        "proof",
                                   "in_transaction", "delivered",
                                   "repeats",        "operation_hidden"};

static bool is_short(const json_t *value, size_t most)
{
    SL_BUF(text, LISTED_BYTES);

    return sl_json_canonical(&text, value) == SL_OK && sl_buf_err(&text) == SL_OK && text.n <= most;
}

static void take(json_t *out, json_t *whole, const char *const *members, size_t count, size_t most)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(whole, members[i]);

        if (value != NULL && (most == 0 || is_short(value, most)))
            json_object_set(out, members[i], value);
    }
}

/* Who asks chooses how long a question is; a list of them must still be told in one answer, and no
 * large document is read for it. */
static json_t *listed(struct listing *l, const struct approval *a)
{
    bool brief = l->lines || a->large_bytes > 0;
    json_t *whole =
        brief ? approval_json_brief_unseen(l->call, a) : approval_json_whole_unseen(l->call, a);

    if (!brief && is_short(whole, LISTED_BYTES))
        return whole;
    json_t *out = json_object();
    take(out, whole, outline, SL_COUNT(outline), 0);
    if (l->lines) {
        take(out, whole, line, SL_COUNT(line), LINE_BYTES);
        struct sl_span reason = sl_json_str(whole, "reason");
        if (reason.n > 0)
            json_put_str(out, "reason", sl_utf8_head(reason, LINE_REASON_BYTES));
    }
    json_object_set_new(out, "outline", json_true());
    json_decref(whole);
    return out;
}

static void put(struct listing *l, const struct approval *a)
{
    json_t *one = listed(l, a);

    shown_record(l->call, a, one);
    json_array_append_new(l->list, one);
}

static void list_one(void *owner, struct approval *a)
{
    struct listing *l = owner;

    if (approval_visible(l->call, a) && (!l->only_mine || approval_is_mine(l->call, a)))
        put(l, a);
}

static size_t scan(struct call *c, bool oldest, uint64_t after, struct place **out)
{
    struct sl_span state = call_str(c, "state");
    struct place *places = sl_arena_array(c->keeper->mem, SCAN_MAX, sizeof *places);
    static const enum db_sql which[2][2] = {{DB_APPROVALS_DOWN, DB_APPROVALS_DOWN_IN},
                                            {DB_APPROVALS_UP, DB_APPROVALS_UP_IN}};
    struct db_rows rows = db_ask(c->keeper->store.db, which[oldest][state.n > 0],
                                 state.n > 0 ? "iis" : "ii", after, (uint64_t)SCAN_MAX, state);
    size_t count = 0;

    while (places != NULL && db_row(&rows))
        places[count++] =
            (struct place){sl_arena_copy(c->keeper->mem, db_span(&rows, 0)), db_u64(&rows, 1)};
    db_end(&rows);
    *out = places;
    return count;
}

/* What the question says of order and place; else the answer is made. */
static bool read_cursor(struct call *c, bool *oldest, uint64_t *after)
{
    struct sl_span order = call_str(c, "order"), text = call_str(c, "after"),
                   view = call_str(c, "view"), of = call_str(c, "of");

    *oldest = sl_span_is(order, "oldest");
    *after = *oldest ? 0 : INT64_MAX;
    bool is_wrong = (order.n > 0 && !*oldest && !sl_span_is(order, "newest")) ||
                    (view.n > 0 && !sl_span_is(view, "lines") && !sl_span_is(view, "whole")) ||
                    (of.n > 0 && !sl_span_is(of, "mine")) ||
                    (text.n > 0 && (sl_span_u64(text, after) != SL_OK || *after > INT64_MAX));
    if (is_wrong)
        call_problem(c, 400, "Not a list",
                     "order is newest or oldest, view is lines or whole, of is mine, and after is "
                     "what `next` of the page before said.",
                     "");
    return !is_wrong;
}

/* Reads until the page is full; returns how many were looked at. */
static size_t fill(struct listing *l, const struct place *places, size_t count)
{
    struct sl_span *ids = sl_arena_array(l->call->keeper->mem, count + 1, sizeof *ids);
    size_t at = 0;

    for (size_t i = 0; ids != NULL && i < count; i++)
        ids[i] = places[i].id;
    while (ids != NULL && at < count && json_array_size(l->list) < l->limit) {
        size_t wanted = l->limit - json_array_size(l->list),
               some = wanted < count - at ? wanted : count - at;

        approvals_each(l->call->keeper, &ids[at], some, list_one, l);
        at += some;
    }
    return at;
}

void call_APPROVAL_LIST(struct call *c)
{
    struct listing l = {.call = c,
                        .limit = LIST_DEFAULT,
                        .lines = sl_span_is(call_str(c, "view"), "lines"),
                        .only_mine = sl_span_is(call_str(c, "of"), "mine")};
    struct place *places;
    uint64_t after;
    bool oldest;
    SL_BUF(next, 32);

    if (!read_cursor(c, &oldest, &after))
        return;
    sl_json_u64(c->body, "limit", &l.limit);
    l.limit = l.limit > LIST_MAX ? LIST_MAX : l.limit;
    l.list = json_array();
    size_t count = scan(c, oldest, after, &places), seen = fill(&l, places, count);
    c->reply = json_object();
    json_object_set_new(c->reply, "approvals", l.list);
    if (seen == 0 || (seen == count && count < SCAN_MAX))
        return;
    sl_buf_say(&next, "%U", places[seen - 1].sequence);
    json_put_str(c->reply, "next", sl_buf_span(&next));
}
