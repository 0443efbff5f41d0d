/* The planner's row estimate for the reviewer of a held statement (design: section 7).
 *
 * Planning runs functions that are not volatile, so the server is asked only where all that could
 * run is the server's own; inside a transaction that can only read and is always rolled back, and
 * for 200 ms at most. One number is kept of the plan. Whatever goes wrong there is no estimate, and
 * the session is as before or ends. */
#include "role/gate/estimate.h"

#include "core/catalog/catalog.h"
#include "role/gate/hold.h"
#include "role/gate/inner.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"
#include "wire/pg/copy_source.h"
#include "json/json.h"

enum { TEXT_MAX = 64 * 1024 };

/* --- where one may be asked for --- */

static bool is_row_statement(const struct sl_meaning *m)
{
    static const char *const tags[] = {"select", "insert", "update", "delete", "merge", "copy to"};

    for (size_t i = 0; i < SL_COUNT(tags); i++)
        if (sl_span_is(m->statements[0].tag, tags[i]))
            return true;
    return false;
}

static bool is_copy(const struct sl_meaning *m)
{
    return sl_span_is(m->statements[0].tag, "copy to");
}

static bool is_system(struct sl_span schema)
{
    return sl_span_is(schema, "pg_catalog") || sl_span_is(schema, "information_schema");
}

/* Of the other kinds the planner looks at what the listing does not have, such as the keys of
 * partitions. Triggers and cascades it does not look at. */
static bool is_plain(const struct sl_catalog *c, struct sl_span dataset)
{
    const uint32_t fine = 1u << SL_CATALOG_PLAIN | 1u << SL_CATALOG_VIEW |
                          1u << SL_CATALOG_MATVIEW | 1u << SL_CATALOG_TRIGGERS |
                          1u << SL_CATALOG_CASCADES;
    const uint8_t *dot = dataset.n == 0 ? NULL : memchr(dataset.p, '.', dataset.n);
    struct sl_relation r;

    if (dot == NULL)
        return false;
    struct sl_span schema = sl_span_head(dataset, (size_t)(dot - dataset.p));
    struct sl_span name = sl_span_from(dataset, schema.n + 1);
    if (name.n == 0 || memchr(name.p, '.', name.n) != NULL) /* could be read in two ways */
        return false;
    if (is_system(schema))
        return true;
    return sl_catalog_relation(c, schema, name, &r) && (r.problems & ~fine) == 0;
}

const char *estimate_obstacle(const struct session *s, const struct sl_meaning *m,
                              const struct held_bytes *what)
{
    const uint32_t rows =
        SL_EFFECT_READ | SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_EXPORT;
    struct sl_span source;

    if (m->statement_count != 1)
        return "it is more than one statement, or none";
    if (!is_row_statement(m) || (m->effects & ~rows) != 0)
        return "only what does nothing but read or change rows, or copies them to its client, has "
               "one";
    if (what->extended)
        return "it came with the values of its parameters apart";
    if (meaning_has_code(m))
        return "it may run code that is not the server's own";
    if (s->temp_objects)
        return "the session may have temporary objects, which nobody else sees";
    for (size_t i = 0; i < m->access_count; i++)
        if (!is_plain(&s->target->catalog, m->accesses[i].dataset))
            return "it uses more than plain tables and views";
    if (what->text.n > TEXT_MAX)
        return "it is too long";
    if (is_copy(m) && sl_copy_source(what->text, &source) == SL_COPY_NONE)
        return "what it copies cannot be told from its text without reading all of SQL";
    return NULL;
}

static const char *why_none(const struct session *s, const struct sl_meaning *m,
                            const struct held_bytes *what)
{
    if (s->target->config->estimate != SL_ESTIMATE_PLAN)
        return "this target does not ask for any";
    if (!what->extended && (!action_is_quiet(s) || s->tx != 'I'))
        return "it is inside a transaction, or other statements were still running";
    return estimate_obstacle(s, m, what);
}

/* --- what is shown --- */

static void show_member(struct sl_buf *show, const char *member, const char *why, uint64_t rows)
{
    sl_buf_done(show);
    *show = sl_buf(1024);
    struct sl_jw w = sl_jw(show);
    sl_jw_object(&w);
    sl_jw_key(&w, member);
    if (why != NULL)
        sl_jw_str(&w, sl_span_str(why));
    else
        sl_jw_u64(&w, rows);
    sl_jw_end(&w);
}

void estimate_show(struct sl_buf *show, uint64_t rows)
{
    show_member(show, "rows_estimate", NULL, rows);
}

void estimate_show_none(struct sl_buf *show, const char *why)
{
    show_member(show, "no_estimate", why, 0);
}

static void show_none(struct session *s, const char *why)
{
    s->show_known = true;
    estimate_show_none(&s->show, why);
}

static void show_rows(struct session *s, uint64_t rows)
{
    s->show_known = true;
    estimate_show(&s->show, rows);
}

/* --- the answer --- */

/* What changes rows returns none: those that it gets are the ones that it changes. */
static const json_t *node_of_rows(const json_t *plan)
{
    const json_t *parts = json_object_get(plan, "Plans"), *found = NULL;

    if (!sl_span_is(sl_json_str(plan, "Node Type"), "ModifyTable"))
        return plan;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *part = json_array_get(parts, i);
        if (sl_span_is(sl_json_str(part, "Parent Relationship"), "Outer"))
            found = part;
    }
    return found;
}

static bool read_plan(struct sl_span text, uint64_t *rows)
{
    json_t *all = NULL;

    if (sl_json_read(text, &all, NULL) != SL_OK)
        return false;
    const json_t *plan = json_object_get(json_array_get(all, 0), "Plan");
    bool ok = json_array_size(all) == 1 && sl_json_u64(node_of_rows(plan), "Plan Rows", rows);
    json_decref(all);
    return ok;
}

bool estimate_read(struct sl_span rows, uint64_t *out)
{
    struct sl_cursor c = sl_cursor(rows);
    struct sl_pg_values row;
    struct sl_pg_value text;

    return inner_row(&c, &row) && row.count == 1 && sl_pg_values_next(&row, &text) && !text.null &&
           sl_cursor_left(&c) == 0 && read_plan(text.bytes, out);
}

/* --- the questions --- */

const char estimate_begin[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; "
                              "SET LOCAL statement_timeout = 200";
const char estimate_end[] = "ROLLBACK AND NO CHAIN";

/* The text last, so that it can neither end nor hide anything. EXPLAIN knows no COPY: of one it is
 * asked what it reads, its own query or, as the server makes one of a name, that table without what
 * inherits from it. Each is a part of a text that was judged. */
void estimate_put_question(struct sl_buf *b, struct sl_span text)
{
    struct sl_span source = text;
    bool table = sl_copy_source(text, &source) == SL_COPY_TABLE;

    sl_buf_say(b, "EXPLAIN (FORMAT JSON, COSTS ON) %s%S", table ? "SELECT FROM ONLY " : "", source);
}

/* --- the conversation: each step begins where the one before has ended --- */

static void rolled_back(struct session *s, bool ok)
{
    s->estimating = false;
    sl_buf_done(&s->estimate_query);
    if (!ok || s->tx != 'I')
        session_fatal(s, "58000", "Sluice could not end its own transaction in this session", NULL);
}

static void planned(struct session *s, bool ok)
{
    uint64_t rows = 0;

    if (ok && estimate_read(sl_buf_span(&s->internal), &rows))
        show_rows(s, rows);
    else
        show_none(s, "the server gave none in time");
    inner_ask(s, sl_span_str(estimate_end), rolled_back);
}

static void begun(struct session *s, bool ok)
{
    if (ok && s->tx == 'T')
        inner_ask(s, sl_buf_span(&s->estimate_query), planned);
    else
        planned(s, false);
}

enum take estimate_take(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    const char *why = why_none(s, &j->meaning->m, what);

    if (why != NULL) {
        show_none(s, why);
        return TAKE_DONE;
    }
    s->estimate_query = sl_buf(TEXT_MAX + 100);
    estimate_put_question(&s->estimate_query, what->text);
    if (sl_buf_err(&s->estimate_query) != SL_OK) {
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    s->estimating = true;
    inner_ask(s, sl_span_str(estimate_begin), begun);
    return s->dead ? TAKE_DEAD : TAKE_WAIT;
}
