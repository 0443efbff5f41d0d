#include "role/keeper/call_lineage_int.h"

#include "base/when.h"
#include "role/keeper/call.h"
#include "role/keeper/sight.h"

#include <stdlib.h>

/* Questions about lineage. A reviewer sees the whole graph; everybody else the acts of their own
 * accounts and of those that they own, and only the edges that those made: what one may not see
 * does not exist. */

enum { WHO_DEFAULT = 50, WHO_MAX = 1000 };

/* What is told step by step costs most in the telling. */
static const struct sl_lineage_bounds bounds = {.depth = 50, .steps = 1000, .edges = 20000};
const struct sl_lineage_bounds lineage_wide = {.depth = 50, .steps = 20000, .edges = 50000};

/* --- who may see what --- */

/* Empty: everything; else a JSON array of names. */
struct sl_span lineage_only(struct call *c)
{
    struct keeper *k = c->keeper;

    if (sight_of(c, READ_LINEAGE) == SIGHT_ALL)
        return sl_span(NULL, 0);
    struct db_rows rows = db_ask(k->store.db, DB_IDENTITIES_UNDER, "s", c->who.person);
    struct sl_span names =
        db_row(&rows) ? sl_arena_copy(k->mem, db_span(&rows, 0)) : sl_span(NULL, 0);
    db_end(&rows);
    return names.n > 0 ? names : SL_SPAN("[]");
}

/* --- what a question is about --- */

bool lineage_question(struct call *c, const char *member, struct lineage_question *q)
{
    q->name = call_str(c, member);
    if (q->name.n == 0) {
        call_problem(c, 400, "No name", "Name a dataset, or one of its columns.", "");
        return false;
    }
    if (lineage_flush(c->keeper->store.lineage) != SL_OK) {
        call_problem(c, 500, "Not known", "The lineage graph could not be read.", "");
        return false;
    }
    q->count =
        lineage_find(c->keeper->store.db, call_str(c, "target"), q->name, q->from, LINEAGE_STARTS);
    return true;
}

/* --- nodes and acts as JSON --- */

static void put_some(json_t *object, const char *key, struct sl_span value)
{
    if (value.n > 0)
        json_put_str(object, key, value);
}

/* "public.customers.email": as the statements say it. */
void lineage_put_node(struct call *c, json_t *out, const char *key, uint64_t id, bool whole)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_NODE_BY_ID, "i", id);
    SL_BUF(name, 16 * 1024);

    if (!db_row(&rows))
        return;
    sl_buf_put(&name, db_span(&rows, 2));
    if (db_span(&rows, 3).n > 0)
        sl_buf_say(&name, ".%S", db_span(&rows, 3));
    json_put_str(out, key, sl_buf_span(&name));
    if (whole) {
        put_some(out, "target", db_span(&rows, 0));
        json_put_str(out, "kind",
                     sl_span_str(
                         sl_lineage_node_kind_name((enum sl_lineage_node_kind)db_u64(&rows, 1))));
    }
    db_end(&rows);
}

json_t *lineage_act_json(const struct db_rows *rows)
{
    json_t *act = json_object();

    put_some(act, "target", db_span(rows, 1));
    put_some(act, "identity", db_span(rows, 2));
    put_some(act, "owner", db_span(rows, 3));
    put_some(act, "run", db_span(rows, 4));
    put_some(act, "reason", db_span(rows, 5));
    put_some(act, "sink", db_span(rows, 6));
    put_some(act, "statements", db_span(rows, 7));
    put_some(act, "rules", db_span(rows, 8));
    put_some(act, "verdict", db_span(rows, 9));
    json_put_str(act, "standing",
                 sl_span_str(lineage_standing_name((enum lineage_standing)db_u64(rows, 10))));
    if (db_u64(rows, 11) != 0)
        json_object_set_new(act, "observed", json_true());
    put_some(act, "approval", db_span(rows, 12));
    put_some(act, "approvers", db_span(rows, 13));
    put_some(act, "why", db_span(rows, 14));
    json_put_number(act, "session", db_u64(rows, 15));
    json_put_number(act, "action", db_u64(rows, 16));
    json_put_time(act, "first_at", db_u64(rows, 17));
    json_put_time(act, "last_at", db_u64(rows, 18));
    json_put_number(act, "count", db_u64(rows, 19));
    json_put_number(act, "rows", db_u64(rows, 20));
    json_put_number(act, "bytes", db_u64(rows, 21));
    return act;
}

static void put_act(struct call *c, json_t *out, uint64_t id)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_ACT_BY_ID, "i", id);

    if (db_row(&rows))
        json_object_set_new(out, "act", lineage_act_json(&rows));
    db_end(&rows);
}

static json_t *step_json(struct call *c, struct lineage_graph *g, const struct sl_lineage_found *f,
                         size_t at)
{
    const struct sl_lineage_step *s = &f->steps[at];
    json_t *out = json_object();

    lineage_put_node(c, out, "name", s->node, true);
    json_put_number(out, "depth", s->depth);
    if (s->parent == SL_LINEAGE_ROOT) {
        lineage_put_labels(c, out, s->node);
        return out;
    }
    json_put_number(out, "parent", s->parent);
    if (s->from != f->steps[s->parent].node)
        lineage_put_node(c, out, "from", s->from, false);
    json_put_str(out, "flow", sl_span_str(sl_lineage_kind_name(s->kind)));
    if (s->again)
        json_object_set_new(out, "again", json_true());
    lineage_put_labels(c, out, s->node);
    put_act(c, out, lineage_latest_act(g, s));
    return out;
}

static void answer_steps(struct call *c, struct lineage_graph *g, const struct sl_lineage_found *f)
{
    json_t *steps = json_array();

    for (size_t i = 0; i < f->count; i++)
        json_array_append_new(steps, step_json(c, g, f, i));
    c->reply = json_object();
    put_some(c->reply, "of", call_str(c, "of"));
    json_object_set_new(c->reply, "steps", steps);
    json_object_set_new(c->reply, "more", json_boolean(f->more));
}

void lineage_too_large(struct call *c)
{
    call_problem(c, 500, "Too large", "The answer takes more memory than there is for it.", "");
}

/* --- up, down --- */

static void answer_walk(struct call *c, enum sl_lineage_way way)
{
    struct lineage_question q;
    struct sl_lineage_found found;

    if (!lineage_question(c, "of", &q))
        return;
    struct lineage_graph g = {.db = c->keeper->store.db, .only = lineage_only(c)};
    struct sl_lineage_graph graph = lineage_graph(&g);
    if (sl_lineage_walk(c->keeper->mem, &graph, way, q.from, q.count, &bounds, &found) == SL_OK)
        answer_steps(c, &g, &found);
    else
        lineage_too_large(c);
}

void call_LINEAGE_UP(struct call *c)
{
    answer_walk(c, SL_LINEAGE_UP);
}

void call_LINEAGE_DOWN(struct call *c)
{
    answer_walk(c, SL_LINEAGE_DOWN);
}

/* --- path --- */

void call_LINEAGE_PATH(struct call *c)
{
    struct sl_lineage_found found = {0};
    struct lineage_question from, to;

    if (!lineage_question(c, "from", &from) || !lineage_question(c, "to", &to))
        return;
    struct lineage_graph g = {.db = c->keeper->store.db, .only = lineage_only(c)};
    struct sl_lineage_graph graph = lineage_graph(&g);
    enum sl_err err = sl_lineage_path(c->keeper->mem, &graph, from.from, from.count, to.from,
                                      to.count, &lineage_wide, &found);
    if (err == SL_OK || err == SL_ENOTFOUND)
        answer_steps(c, &g, &found);
    else
        lineage_too_large(c);
}

/* --- who --- */

struct since {
    uint64_t hour, us, limit;
};

static bool read_since(struct call *c, struct since *out)
{
    enum { HOUR_US = 3600 * 1000000ull };
    struct sl_span text = call_str(c, "since");
    uint64_t ms = 0, now_us = sl_clock_us();

    *out = (struct since){.limit = WHO_DEFAULT};
    sl_json_u64(c->body, "limit", &out->limit);
    out->limit = out->limit > WHO_MAX ? WHO_MAX : out->limit;
    if (text.n == 0)
        return true;
    if (sl_duration_get(text, &ms) != SL_OK || ms > now_us / 1000) {
        call_problem(c, 400, "Not a duration", "`since` is a duration such as 7d, 12h or 30m.", "");
        return false;
    }
    out->us = now_us - ms * 1000;
    out->hour = out->us / HOUR_US;
    return true;
}

static json_t *effects_json(uint64_t effects)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++)
        if ((effects >> i & 1) != 0)
            json_array_append_new(list, json_string(sl_effect_name(i)));
    return list;
}

struct touch {
    uint64_t last_us, act;
    json_t *json;
};

struct touches {
    struct touch *items;
    size_t count;
    bool more;
};

/* A column is touched by what names it, and by what may have touched any column of its dataset. */
static void add_touches(struct call *c, uint64_t node, uint64_t all_columns_only,
                        const struct since *since, struct sl_span only, struct touches *out)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_TOUCHES_OF, "iiiisi", node, since->hour,
                                 since->us, all_columns_only, only, since->limit + 1);
    uint64_t count = 0;

    while (db_row(&rows)) {
        if (count++ == since->limit) {
            out->more = true;
            continue;
        }
        struct touch t = {db_u64(&rows, 18), db_u64(&rows, 0), lineage_act_json(&rows)};
        json_object_set_new(t.json, "effects", effects_json(db_u64(&rows, 22)));
        lineage_put_node(c, t.json, "name", node, false);
        out->items[out->count++] = t;
    }
}

static int newest_first(const void *a, const void *b)
{
    const struct touch *x = a, *y = b;

    if (x->last_us != y->last_us)
        return x->last_us > y->last_us ? -1 : 1;
    return x->act > y->act ? -1 : x->act < y->act;
}

static uint64_t whole_of(struct call *c, uint64_t node)
{
    struct db_rows rows = db_ask(c->keeper->store.db, DB_WHOLE_OF, "i", node);
    uint64_t whole = db_row(&rows) ? db_u64(&rows, 0) : 0;

    db_end(&rows);
    return whole;
}

static void answer_touches(struct call *c, struct touches *t, uint64_t limit)
{
    json_t *acts = json_array();

    qsort(t->items, t->count, sizeof *t->items, newest_first);
    for (size_t i = 0; i < t->count; i++)
        if (i < limit)
            json_array_append_new(acts, t->items[i].json);
        else
            json_decref(t->items[i].json);
    c->reply = json_object();
    put_some(c->reply, "of", call_str(c, "of"));
    json_object_set_new(c->reply, "acts", acts);
    json_object_set_new(c->reply, "more", json_boolean(t->more || t->count > limit));
}

void call_LINEAGE_WHO(struct call *c)
{
    struct lineage_question q;
    struct since since;
    struct touches t = {0};

    if (!lineage_question(c, "of", &q) || !read_since(c, &since))
        return;
    struct sl_span only = lineage_only(c);
    t.items = sl_arena_array(c->keeper->mem, 2 * q.count * since.limit + 1, sizeof *t.items);
    if (t.items == NULL) {
        lineage_too_large(c);
        return;
    }
    for (size_t i = 0; i < q.count; i++) {
        uint64_t whole = whole_of(c, q.from[i]);

        add_touches(c, q.from[i], 0, &since, only, &t);
        if (whole > 0)
            add_touches(c, whole, 1, &since, only, &t);
    }
    answer_touches(c, &t, since.limit);
}
