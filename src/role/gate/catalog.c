/* Keeping the catalog listing of each target: read at start, after DDL, and every few seconds.
 *
 * The gate's own connection logs in as the target's general login and stays open. While a listing
 * is stale, statements of all sessions wait; when it cannot be read in time they are opaque. */
#include "role/gate/session.h"

#include "base/utf8.h"
#include "core/catalog/catalog.h"
#include "json/json.h"

#include <stdlib.h>

enum { POLL_MS = 2000, RETRY_MS = 1000, TELL_MS = 2000, INPUT_MAX = 8 * 1024 * 1024 };

struct catalog_reader {
    struct gate *gate;
    struct target *target;
    struct dial *dial;
    struct stream stream;
    struct sl_buf in;
    struct sl_catalog_builder *builder;
    size_t query; /* the one under way, or the number of queries when idle */
    bool again;   /* became stale while it was being read */
    uint64_t last_ms;
};

static void on_ready(void *owner, int fd, unsigned ready);

static void reader_free(struct catalog_reader *r)
{
    if (r == NULL)
        return;
    dial_free(r->dial);
    stream_close(&r->stream);
    sl_buf_done(&r->in);
    sl_catalog_builder_free(r->builder);
    free(r);
}

static void give_up(struct catalog_reader *r, const char *why)
{
    struct target *t = r->target;

    sl_log(SL_LOG_WARN, "catalog_not_read", SL_TEXT("target", t->config->name),
           SL_CSTR("why", why));
    struct sl_span head = sl_utf8_head(sl_span_str(why), sizeof t->stale_why - 1);
    memcpy(t->stale_why, head.p, head.n);
    t->stale_why[head.n] = '\0';
    r->gate->told_ms = 0;
    if (!t->stale)
        t->stale_since_ms = sl_loop_now_ms(r->gate->loop);
    t->stale = true;
    t->retry_at_ms = sl_loop_now_ms(r->gate->loop) + RETRY_MS;
    t->reader = NULL;
    reader_free(r);
}

static bool send_query(struct catalog_reader *r)
{
    SL_BUF(b, 64 * 1024);

    sl_pg_put_query(&b, sl_span_str(sl_catalog_queries[r->query]));
    return sl_buf_err(&b) == SL_OK && stream_write(&r->stream, sl_buf_span(&b));
}

static bool begin_reading(struct catalog_reader *r)
{
    sl_catalog_builder_free(r->builder);
    r->builder = NULL;
    r->query = 0;
    r->again = false;
    r->last_ms = sl_loop_now_ms(r->gate->loop);
    return sl_catalog_builder_new(&r->builder) == SL_OK && send_query(r);
}

/* Labels go with columns that have another name now, before anything is judged by the new listing.
 */
static bool take_listing(struct catalog_reader *r, const struct sl_buf *fresh)
{
    struct target *t = r->target;
    struct sl_catalog catalog;

    if (sl_catalog_open(sl_buf_span(fresh), &catalog) != SL_OK ||
        !labels_listing(r->gate, t, &catalog))
        return false;
    sl_buf_done(&t->snapshot);
    t->snapshot = *fresh;
    t->catalog = catalog;
    return true;
}

/* The same bytes mean that nothing moved: every cached meaning stays. */
static bool finish(struct catalog_reader *r)
{
    struct target *t = r->target;
    struct sl_buf fresh = sl_buf(SL_CATALOG_MAX_BYTES);

    if (sl_catalog_finish(r->builder, &fresh) != SL_OK) {
        sl_buf_done(&fresh);
        return false;
    }
    if (t->generation == 0 || !sl_span_eq(sl_buf_span(&fresh), sl_buf_span(&t->snapshot))) {
        if (!take_listing(r, &fresh)) {
            sl_buf_done(&fresh);
            return false;
        }
        t->generation++;
        sl_log(SL_LOG_INFO, "catalog_read", SL_TEXT("target", t->config->name),
               SL_NUM("generation", t->generation), SL_NUM("bytes", t->snapshot.n));
    } else {
        sl_buf_done(&fresh);
    }
    if (r->again)
        return begin_reading(r);
    t->stale = false;
    t->stale_why[0] = '\0';
    gate_wake(r->gate, WAIT_CATALOG);
    return true;
}

static bool take_row(struct catalog_reader *r, struct sl_span body)
{
    enum { FIELDS_MAX = 16 };
    struct sl_span fields[FIELDS_MAX];
    struct sl_pg_values row;
    struct sl_pg_value v;
    size_t n = 0;

    if (sl_pg_row_get(body, &row) != SL_OK || row.count > FIELDS_MAX)
        return false;
    while (sl_pg_values_next(&row, &v))
        fields[n++] =
            v.null ? sl_span(NULL, 0) : sl_span(v.bytes.p == NULL ? body.p : v.bytes.p, v.bytes.n);
    return sl_catalog_row(r->builder, fields, n) == SL_OK;
}

static bool take_ready(struct catalog_reader *r)
{
    if (r->query >= sl_catalog_query_count)
        return true;
    r->query++;
    return r->query < sl_catalog_query_count ? send_query(r) : finish(r);
}

static bool take_message(struct catalog_reader *r, uint8_t type, struct sl_span body)
{
    switch (type) {
    case SL_PG_DATA_ROW:
        return r->query < sl_catalog_query_count && take_row(r, body);
    case SL_PG_ERROR_RESPONSE:
        return false;
    case SL_PG_READY_FOR_QUERY:
        return take_ready(r);
    default:
        return true;
    }
}

static bool pump(struct catalog_reader *r)
{
    size_t at = 0;
    struct sl_pg_frame f;

    for (;;) {
        struct sl_span left = sl_span_from(sl_buf_span(&r->in), at);
        enum sl_step step = sl_pg_frame(left, &f);
        if (step == SL_STEP_BROKEN)
            return false;
        size_t n = SL_PG_HEADER + (size_t)f.body_bytes;
        if (step == SL_STEP_NEED_MORE || left.n < n)
            break;
        if (sl_pg_backend_check(f) != SL_OK ||
            !take_message(r, f.type, sl_span(left.p + SL_PG_HEADER, f.body_bytes)))
            return false;
        at += n;
    }
    sl_buf_drop(&r->in, at);
    return true;
}

static bool read_input(struct catalog_reader *r)
{
    enum { PART = 32 * 1024 };
    size_t got = 0;
    uint8_t *room = sl_buf_room(&r->in, PART);

    if (room == NULL)
        return false;
    switch (stream_read(&r->stream, room, PART, &got)) {
    case STREAM_AGAIN:
        return true;
    case STREAM_END:
    case STREAM_FAILED:
        return false;
    case STREAM_DATA:
        break;
    }
    r->in.n += got;
    bool ok = pump(r);
    if (r->in.n == 0)
        sl_buf_done(&r->in);
    return ok;
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    struct catalog_reader *r = owner;

    (void)fd;
    if ((ready & SL_WRITABLE) != 0 && !stream_flush(&r->stream)) {
        give_up(r, "the connection is lost");
        return;
    }
    do {
        if ((ready & SL_READABLE) != 0 && !read_input(r)) {
            give_up(r, "the server did not answer as expected");
            return;
        }
    } while (stream_has_hidden_input(&r->stream));
}

static void dialled(void *owner, struct dial *d, const char *sqlstate, const char *problem)
{
    struct catalog_reader *r = owner;

    (void)sqlstate;
    if (problem != NULL) {
        give_up(r, problem);
        return;
    }
    if (stream_move(&r->stream, &dial_result(d)->stream, r->gate->loop, on_ready, r) != SL_OK) {
        give_up(r, "out of memory");
        return;
    }
    dial_free(d);
    r->dial = NULL;
    if (!begin_reading(r))
        give_up(r, "the server does not take the questions");
}

void catalog_start(struct gate *g, struct target *t)
{
    struct catalog_reader *r = calloc(1, sizeof *r);
    const struct sl_login *login = NULL;

    if (!t->stale)
        t->stale_since_ms = sl_loop_now_ms(g->loop);
    t->stale = true;
    t->retry_at_ms = sl_loop_now_ms(g->loop) + RETRY_MS;
    for (size_t i = 0; i < t->config->login_count; i++)
        if (t->config->logins[i].group.n == 0 &&
            sl_span_find(t->config->logins[i].user, '{') == t->config->logins[i].user.n)
            login = &t->config->logins[i];
    if (r == NULL || login == NULL) {
        free(r);
        return;
    }
    *r = (struct catalog_reader){.gate = g, .target = t, .in = sl_buf(INPUT_MAX)};
    r->stream.fd = -1;
    struct sl_pg_option options[] = {
        {SL_SPAN("user"), login->user},
        {SL_SPAN("database"), t->config->database},
        {SL_SPAN("client_encoding"), SL_SPAN("UTF8")},
        {SL_SPAN("application_name"), SL_SPAN("sluice:catalog")},
        {SL_SPAN("default_transaction_read_only"), SL_SPAN("on")},
    };
    t->reader = r;
    if (dial_new(g, t, 0, options, SL_COUNT(options), dialled, r, &r->dial) != SL_OK)
        give_up(r, "out of memory");
}

void catalog_stale(struct gate *g, struct target *t)
{
    if (!t->stale)
        t->stale_since_ms = sl_loop_now_ms(g->loop);
    t->stale = true;
    struct catalog_reader *r = t->reader;
    if (r == NULL || r->dial != NULL)
        return;
    if (r->query < sl_catalog_query_count)
        r->again = true;
    else if (!begin_reading(r))
        give_up(r, "the connection is lost");
}

void catalog_stop(struct target *t)
{
    reader_free(t->reader);
    t->reader = NULL;
}

static void tick_target(struct gate *g, struct target *t, uint64_t now)
{
    struct catalog_reader *r = t->reader;

    if (r == NULL) {
        if (now >= t->retry_at_ms && g->keeper != NULL)
            catalog_start(g, t);
        return;
    }
    if (r->dial != NULL || r->query < sl_catalog_query_count || now - r->last_ms < POLL_MS)
        return;
    if (!begin_reading(r))
        give_up(r, "the connection is lost");
}

/* For `sluice status`: while a listing is not current, statements wait or are opaque. */
static void tell_keeper(struct gate *g, uint64_t now)
{
    SL_BUF(json, SL_IPC_INLINE);
    struct sl_jw w = sl_jw(&json);

    if (g->keeper == NULL || (g->told_ms != 0 && now - g->told_ms < TELL_MS))
        return;
    g->told_ms = now;
    sl_jw_object(&w);
    sl_jw_key(&w, "targets");
    sl_jw_array(&w);
    for (size_t i = 0; i < g->target_count; i++) {
        const struct target *t = g->targets[i];
        sl_jw_object(&w);
        sl_jw_key(&w, "listing");
        sl_jw_str(&w, t->generation == 0 ? SL_SPAN("none")
                      : t->stale         ? SL_SPAN("stale")
                                         : SL_SPAN("current"));
        sl_jw_key(&w, "name");
        sl_jw_str(&w, t->config->name);
        sl_jw_key(&w, "why");
        sl_jw_str(&w, sl_span_str(t->stale_why));
        sl_jw_end(&w);
    }
    sl_jw_end(&w);
    sl_jw_end(&w);
    if (sl_buf_err(&json) == SL_OK)
        SL_SEND(g->keeper, stats, .json = sl_buf_span(&json));
}

void catalog_tick(struct gate *g)
{
    uint64_t now = sl_loop_now_ms(g->loop);

    for (size_t i = 0; i < g->target_count; i++)
        tick_target(g, g->targets[i], now);
    tell_keeper(g, now);
}
