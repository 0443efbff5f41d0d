/* The conversation in which a listing is read: a fingerprint, then all questions in one
 * transaction. Where a locked table or the sheer size stands against it, it is read without the
 * texts. */
#include "os/clock.h"

#include "base/utf8.h"
#include "role/gate/catalog_int.h"
#include "role/gate/judging.h"
#include "role/gate/list.h"

static bool ask(struct catalog_reader *r, enum asking what, const char *sql)
{
    SL_BUF(b, 64 * 1024);

    r->asking = what;
    sl_pg_put_query(&b, sl_span_str(sql));
    return sl_buf_err(&b) == SL_OK && stream_write(&r->stream, sl_buf_span(&b));
}

static bool ask_next(struct catalog_reader *r)
{
    bool settings = r->query == 1;
    const char *sql =
        settings && !r->texts ? sl_catalog_without_texts : sl_catalog_queries[r->query];

    return ask(r, ASKING_LISTING, sql);
}

static bool list(struct catalog_reader *r, bool texts)
{
    sl_catalog_builder_free(r->builder);
    r->builder = NULL;
    r->query = 0;
    r->texts = texts;
    r->too_large = false;
    return sl_catalog_builder_new(&r->builder) == SL_OK && ask_next(r);
}

/* The fingerprint comes first, and from before the listing's own snapshot: what changes between the
 * two is seen at the next poll. */
bool listing_begin(struct catalog_reader *r, bool changed)
{
    r->changed = changed;
    r->again = r->locked = false;
    r->fingerprint_n = 0;
    r->last_ms = sl_loop_now_ms(r->gate->loop);
    r->asked_us = sl_clock_us();
    r->labels = labels_passed(r->gate);
    return ask(r, ASKING_FINGERPRINT, sl_catalog_fingerprint_query);
}

static bool same_fingerprint(const struct catalog_reader *r)
{
    return r->fingerprint_n > 0 &&
           sl_span_eq(sl_span(r->fingerprint, r->fingerprint_n), sl_span(r->listed, r->listed_n));
}

static void adopt(struct target *t, const struct sl_buf *fresh, const struct sl_catalog *catalog)
{
    sl_buf_done(&t->snapshot);
    t->snapshot = *fresh;
    t->catalog = *catalog;
    t->generation++;
    sl_log(SL_LOG_INFO, "catalog_read", SL_TEXT("target", t->config->name),
           SL_NUM("generation", t->generation), SL_NUM("bytes", t->snapshot.n),
           SL_NUM("server", sl_catalog_server_version(catalog)));
}

static bool rest(struct catalog_reader *r)
{
    r->asking = ASKING_NOTHING;
    return !r->again || listing_begin(r, true);
}

static bool ask_sizes(struct catalog_reader *r)
{
    if (r->sized_ms != 0 && r->last_ms - r->sized_ms < SIZES_EVERY_MS)
        return true;
    r->sized_ms = r->last_ms;
    return sl_map_new(&r->sizes, r->gate->seed[0]) == SL_OK &&
           ask(r, ASKING_SIZES, sl_catalog_sizes_query);
}

static bool adopt_sizes(struct catalog_reader *r)
{
    sl_map_free(r->target->sizes);
    r->target->sizes = r->sizes;
    r->sizes = NULL;
    return rest(r);
}

static bool is_current(struct catalog_reader *r)
{
    struct target *t = r->target;

    if (r->again)
        return rest(r);
    r->asking = ASKING_NOTHING;
    labels_dropped_meanwhile(r->gate, t, r->labels);
    ddl_listed(t);
    t->stale = false;
    t->checked_us = r->asked_us;
    r->gate->told_ms = 0;
    t->stale_why[0] = '\0';
    labels_vouch(r->gate, t, r->labels);
    gate_each_session(r->gate, list_base_listed);
    gate_wake(r->gate, WAIT_CATALOG);
    return ask_sizes(r);
}

static void note_problem(struct catalog_reader *r, struct sl_span why)
{
    struct sl_span head = sl_utf8_head(why, sizeof r->problem - 1);

    memcpy(r->problem, head.p, head.n);
    r->problem[head.n] = '\0';
}

static bool does_not_fit(struct catalog_reader *r)
{
    note_problem(r, SL_SPAN("its listing is too large"));
    return false;
}

/* The same bytes mean that nothing moved: every cached meaning stays. */
static bool finish(struct catalog_reader *r)
{
    struct target *t = r->target;
    struct sl_buf fresh = sl_buf(SL_CATALOG_MAX_BYTES);
    struct sl_catalog catalog;

    if (sl_catalog_finish(r->builder, &fresh) != SL_OK ||
        sl_catalog_open(sl_buf_span(&fresh), &catalog) != SL_OK) {
        sl_buf_done(&fresh);
        return r->texts ? list(r, false) : does_not_fit(r);
    }
    bool moved = t->generation == 0 || !sl_span_eq(sl_buf_span(&fresh), sl_buf_span(&t->snapshot));
    if ((moved && !labels_listing(r->gate, t, &catalog, r->labels)) ||
        !labels_inherit(r->gate, t, &catalog)) {
        note_problem(r, SL_SPAN("labels of renamed columns, or of partitions, cannot be kept"));
        sl_buf_done(&fresh);
        return false;
    }
    if (moved) {
        adopt(t, &fresh, &catalog);
        r->sized_ms = 0; /* other tables have other sizes */
    } else {
        sl_buf_done(&fresh);
    }
    sl_catalog_builder_free(r->builder);
    r->builder = NULL;
    r->incomplete = !r->texts && r->locked;
    memcpy(r->listed, r->fingerprint, r->fingerprint_n);
    r->listed_n = r->fingerprint_n;
    return is_current(r);
}

static bool take_listed(struct catalog_reader *r, const struct sl_span *fields, size_t count)
{
    if (r->too_large)
        return true;
    enum sl_err err = sl_catalog_row(r->builder, fields, count);
    r->too_large = err == SL_ELIMIT && r->texts;
    if (err == SL_EMALFORMED)
        note_problem(r, SL_SPAN("it has a name or a text that is not UTF-8"));
    return err == SL_OK || r->too_large || (err == SL_ELIMIT && does_not_fit(r));
}

static bool take_row(struct catalog_reader *r, struct sl_span body)
{
    enum { FIELDS_MAX = 16 };
    struct sl_span fields[FIELDS_MAX];
    struct sl_pg_values row;
    struct sl_pg_value v;
    size_t n = 0;

    if (r->asking == ASKING_NOTHING || sl_pg_row_get(body, &row) != SL_OK || row.count > FIELDS_MAX)
        return false;
    while (sl_pg_values_next(&row, &v))
        fields[n++] =
            v.null ? sl_span(NULL, 0) : sl_span(v.bytes.p == NULL ? body.p : v.bytes.p, v.bytes.n);
    if (r->asking == ASKING_LISTING)
        return take_listed(r, fields, n);
    if (r->asking == ASKING_SIZES)
        return sizes_take(r->sizes, fields, n);
    if (n != 1 || fields[0].n == 0 || fields[0].n > FINGERPRINT_MAX)
        return false;
    memcpy(r->fingerprint, fields[0].p, fields[0].n);
    r->fingerprint_n = fields[0].n;
    return true;
}

/* Somebody keeps a table locked, whose name a definition needs: then without those texts. */
static bool take_error(struct catalog_reader *r, struct sl_span body)
{
    SL_BUF(why, 1024);
    struct sl_pg_notice n;

    if (sl_pg_notice_get(body, &n) != SL_OK)
        return false;
    r->locked = r->asking == ASKING_LISTING && r->texts && sl_span_is(n.sqlstate, "55P03");
    if (r->locked) {
        r->asking = ASKING_ROLLBACK;
        return true;
    }
    sl_buf_say(&why, "%S: ", n.sqlstate);
    sl_utf8_put_printable(&why, sl_span_head(n.message, 100));
    note_problem(r, sl_buf_span(&why));
    return false;
}

/* The listing without texts comes after it. */
static bool roll_back(struct catalog_reader *r)
{
    r->texts = false;
    return ask(r, ASKING_ROLLBACK, "ROLLBACK");
}

static bool take_ready(struct catalog_reader *r)
{
    switch (r->asking) {
    case ASKING_NOTHING:
        return true;
    case ASKING_FINGERPRINT:
        if (!r->changed && !r->incomplete && same_fingerprint(r))
            return is_current(r);
        return list(r, true);
    case ASKING_ROLLBACK:
        return r->texts ? roll_back(r) : list(r, false);
    case ASKING_LISTING:
        if (r->too_large)
            return roll_back(r);
        r->query++;
        return r->query < sl_catalog_query_count ? ask_next(r) : finish(r);
    case ASKING_SIZES:
        return adopt_sizes(r);
    }
    return false;
}

bool listing_message(struct catalog_reader *r, uint8_t type, struct sl_span body)
{
    switch (type) {
    case SL_PG_DATA_ROW:
        return take_row(r, body);
    case SL_PG_ERROR_RESPONSE:
        return take_error(r, body);
    case SL_PG_READY_FOR_QUERY:
        return take_ready(r);
    default:
        return true;
    }
}
