/* The server as second witness: before the first row of a result goes on, what the server says
 * about its columns (table oid and column number of each) is compared with what the judge said.
 *
 * A labelled column that the judge did not name stops the answer: the judge was fooled, or the
 * catalog moved. So does a table of users that the listing does not know. Only plain columns have a
 * table there; what is computed has none, and stays the judge's word alone. */
#include "role/gate/witness.h"

#include "role/gate/item.h"
#include "role/gate/login.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"
#include "role/gate/session.h"

#include <stdlib.h>

enum { FIRST_OF_USERS = 16384 };

/* --- what the judge said, kept with the verdict --- */

static enum sl_err copy_access(struct sl_arena *mem, const struct sl_meaning_access *from,
                               struct sl_meaning_access *to)
{
    *to = *from;
    to->above = NULL; /* of the same rows; only rules ask for it */
    to->above_count = 0;
    to->dataset = sl_arena_copy(mem, from->dataset);
    to->columns = sl_arena_array(mem, from->column_count + 1, sizeof *to->columns);
    if (to->dataset.p == NULL || to->columns == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < from->column_count; i++) {
        to->columns[i] = sl_arena_copy(mem, from->columns[i]);
        if (to->columns[i].p == NULL)
            return SL_EMEMORY;
    }
    return SL_OK;
}

enum sl_err witness_prepare(const struct gate *g, const struct target *t,
                            const struct sl_meaning *m, struct sl_arena *mem, struct verdict *v)
{
    bool labelled =
        t->config->label_count > 0 || sl_label_map_has_target(g->labels, t->config->name);

    if (!labelled || !t->has_oids || (m->effects & SL_EFFECT_OPAQUE) != 0)
        return SL_OK;
    v->accesses = sl_arena_array(mem, m->access_count + 1, sizeof *v->accesses);
    if (v->accesses == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < m->access_count; i++)
        SL_TRY(copy_access(mem, &m->accesses[i], &v->accesses[i]));
    v->access_count = m->access_count;
    v->witness = true;
    return SL_OK;
}

/* --- comparing --- */

/* Did the judge say that this action reads it? */
static bool is_named(const struct verdict *v, struct sl_span dataset, struct sl_span column)
{
    size_t dot = sl_span_find(dataset, '.');

    for (size_t i = 0; i < v->access_count; i++) {
        const struct sl_meaning_access *a = &v->accesses[i];
        if ((a->effects & (SL_EFFECT_READ | SL_EFFECT_EXPORT)) == 0 ||
            (!sl_span_eq(a->dataset, dataset) &&
             !sl_span_eq(a->dataset, sl_span_from(dataset, dot + 1))))
            continue;
        if (a->all_columns)
            return true;
        for (size_t c = 0; c < a->column_count; c++)
            if (sl_span_eq(a->columns[c], column))
                return true;
    }
    return false;
}

/* The server names a view's column by the view; the judge says what lies behind it. */
static bool is_covered_view(const struct sl_relation *r, const struct verdict *v, uint64_t labels)
{
    uint64_t seen = 0;

    if (r->kind != 'v' && r->kind != 'm')
        return false;
    for (size_t i = 0; i < v->access_count; i++)
        seen |= v->labels[i];
    return (labels & ~seen) == 0;
}

static bool find_column(const struct sl_catalog *c, const struct sl_relation *r, int16_t number,
                        struct sl_column *out)
{
    for (uint32_t i = 0; i < r->column_count; i++) {
        *out = sl_catalog_column(c, r, i);
        if (out->number == (uint16_t)number)
            return true;
    }
    return false;
}

/* Fills `column` with its name, and `why` when it may not pass. */
static bool passes(const struct session *s, const struct verdict *v,
                   const struct sl_pg_column *field, struct sl_buf *column, struct sl_buf *why)
{
    const struct target *t = s->target;
    struct sl_relation r;
    struct sl_column c;

    if (field->table_oid < FIRST_OF_USERS || field->number <= 0)
        return true;
    if (!sl_catalog_relation_by_oid(&t->catalog, field->table_oid, &r)) {
        if (s->temp_objects) /* names of temporary tables are opaque wherever one could be meant */
            return true;
        sl_buf_say(why, "the server answers from a table (oid %u) that is not in the listing",
                   field->table_oid);
        return false;
    }
    bool known = find_column(&t->catalog, &r, field->number, &c);
    sl_buf_say(column, "%S.%S.%S", r.schema, r.name, known ? c.name : SL_SPAN("*"));
    uint64_t labels =
        sl_labels_of_column(s->gate->config, t->config, sl_buf_span(column), s->gate->labels);
    if (labels == 0 || is_covered_view(&r, v, labels))
        return true;
    struct sl_span dataset = sl_span(column->p, r.schema.n + 1 + r.name.n);
    if (known && is_named(v, dataset, c.name))
        return true;
    sl_buf_say(why,
               "the server answers with %S, which is labelled and was not seen in the statement",
               sl_buf_span(column));
    return false;
}

/* Its outcome is recorded: the portal records none. */
static void forget_in_portals(struct session *s, uint64_t action)
{
    struct portal_walk w = {0};
    struct portal *p;

    while ((p = portals_next(s, &w)) != NULL) {
        if (p->action != action)
            continue;
        p->action = 0;
        if (p->reading != NULL)
            p->reading->ended = true;
    }
}

/* The server may have done it before it heard of the end. */
static bool changes(const struct verdict *v)
{
    for (size_t i = 0; i < v->access_count; i++)
        if ((v->accesses[i].effects & ~(uint32_t)(SL_EFFECT_READ | SL_EFFECT_EXPORT)) != 0)
            return true;
    return false;
}

/* A read ends as failed; whatever else the session has under way ends with it. */
static void end_action(struct session *s, const struct verdict *v, uint64_t action)
{
    memcpy(s->sqlstate, "42501", sizeof s->sqlstate);
    s->failed = true;
    if (action == 0)
        return;
    record_outcome(s, action, changes(v) ? SL_OUTCOME_UNKNOWN : SL_OUTCOME_FAILED);
    forget_in_portals(s, action);
    for (uint32_t i = 0; i < s->item_count; i++) {
        struct item *item = &s->items[(s->item_head + i) & (s->item_room - 1)];
        if (item->action == action)
            item->action = 0;
    }
}

static void stop(struct session *s, const struct verdict *v, uint64_t action, struct sl_buf *column,
                 struct sl_buf *why)
{
    SL_BUF(text, 2048);

    sl_log(SL_LOG_ERROR, "answer_stopped", SL_NUM("session", s->keeper_session),
           SL_TEXT("why", sl_buf_span(why)));
    if (s->gate->keeper != NULL)
        SL_SEND(s->gate->keeper, label_stopped, .session = s->keeper_session, .action = action,
                .column = sl_buf_span(column), .why = sl_buf_span(why));
    upstream_cancel(s);
    end_action(s, v, action);
    meaning_forget_all(s->gate); /* what was said about other texts may be no better */
    sl_buf_say(&text, "stopped before its first row: %S", sl_buf_span(why));
    session_fatal(
        s, "42501", sl_buf_text(&text),
        "the definitions moved under the statement, or Sluice misread it: connect and try "
        "again; if it happens again, tell whoever runs Sluice");
}

static bool compare(const struct session *s, const struct verdict *v, struct sl_span description,
                    struct sl_buf *name, struct sl_buf *why)
{
    struct sl_pg_columns columns;
    struct sl_pg_column field;

    if (sl_pg_columns_get(description, &columns) != SL_OK) {
        sl_buf_put_str(why, "the server's description of the answer cannot be read");
        return false;
    }
    while (sl_pg_columns_next(&columns, &field)) {
        sl_buf_reset(name);
        if (!passes(s, v, &field, name, why))
            return false;
    }
    return true;
}

static uint64_t hash_of(const struct session *s, struct sl_span description)
{
    return sl_hash(description, s->gate->seed[0]) | 1;
}

bool witness_has_seen(const struct session *s, const struct item *item, struct sl_span description)
{
    const struct verdict *v = item->verdict;

    return v->witnessed == hash_of(s, description) && v->witnessed_listing == s->target->generation;
}

bool witness_sees(struct session *s, const struct item *item, struct sl_span description)
{
    struct verdict *v = item->verdict;
    uint64_t action = item->kind == ITEM_DESCRIBE ? item->bound : item->action;
    SL_BUF(name, 1024);
    SL_BUF(why, 2048);

    if (!compare(s, v, description, &name, &why)) {
        stop(s, v, action, &name, &why);
        return false;
    }
    v->witnessed = hash_of(s, description);
    v->witnessed_listing = s->target->generation;
    return true;
}

/* It returns no rows. */
void witness_sees_nothing(const struct session *s, const struct item *item)
{
    item->verdict->witnessed = 1;
    item->verdict->witnessed_listing = s->target->generation;
}

/* --- the extended protocol --- */

/* Its client did not ask what the portal returns, and nobody has looked at this meaning yet. */
void witness_ask(struct session *s, struct portal *p, struct sl_span name)
{
    SL_BUF(b, 1024);
    const struct verdict *v = p->verdict;

    if (v == NULL || p->described == s->segment + 1 ||
        (v->witnessed != 0 && v->witnessed_listing == s->target->generation))
        return;
    client_flush(s);
    if (s->dead)
        return;
    struct item *item = item_push(s, ITEM_DESCRIBE);
    item->flags = ITEM_OURS;
    witness_attach(s, item, p);
    sl_pg_put_describe(&b, 'P', name);
    if (sl_buf_err(&b) != SL_OK || !stream_write(&s->server, sl_buf_span(&b)))
        session_kill(s, "the server does not take what it is sent");
}

/* This Describe says what the portal returns. */
void witness_attach(const struct session *s, struct item *item, struct portal *p)
{
    if (p->verdict == NULL)
        return;
    item->verdict = verdict_ref(p->verdict);
    item->bound = p->action;
    p->described = s->segment + 1;
}
