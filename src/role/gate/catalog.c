/* Keeping the catalog listing of each target: read at start, after DDL, and when the fingerprint
 * that is asked for every few seconds is another one.
 *
 * The gate's own connection logs in as the target's general login and stays open. While a listing
 * is stale, statements of all sessions wait; when it cannot be read in time they are opaque. */
#include "role/gate/session.h"

#include "base/utf8.h"
#include "core/catalog/catalog.h"
#include "json/json.h"

#include <stdlib.h>

enum { RETRY_MS = 1000, TELL_MS = 2000, INPUT_MAX = 8 * 1024 * 1024, FINGERPRINT_MAX = 64 };

enum asking {
    ASKING_NOTHING,
    ASKING_FINGERPRINT,
    ASKING_LISTING,
    ASKING_ROLLBACK, /* of a listing that met a locked table */
};

struct catalog_reader {
    struct gate *gate;
    struct target *target;
    struct dial *dial;
    struct stream stream;
    struct sl_buf in;
    struct sl_catalog_builder *builder;
    enum asking asking;
    size_t query;    /* of the listing */
    bool changed;    /* the listing is read whatever the fingerprint says */
    bool again;      /* became stale while it was being read */
    bool texts;      /* it is read with the texts that need locks */
    bool incomplete; /* the last one was read without them: tried again at each poll */
    uint64_t last_ms;
    uint8_t fingerprint[FINGERPRINT_MAX], listed[FINGERPRINT_MAX]; /* now; of the last listing */
    size_t fingerprint_n, listed_n;
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
    return sl_catalog_builder_new(&r->builder) == SL_OK && ask_next(r);
}

/* The fingerprint comes first, and from before the listing's own snapshot: what changes between the
 * two is seen at the next poll. */
static bool begin_reading(struct catalog_reader *r, bool changed)
{
    r->changed = changed;
    r->again = false;
    r->fingerprint_n = 0;
    r->last_ms = sl_loop_now_ms(r->gate->loop);
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

static bool is_current(struct catalog_reader *r)
{
    struct target *t = r->target;

    r->asking = ASKING_NOTHING;
    if (r->again)
        return begin_reading(r, true);
    t->stale = false;
    t->stale_why[0] = '\0';
    gate_wake(r->gate, WAIT_CATALOG);
    return true;
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
        return false;
    }
    if (t->generation == 0 || !sl_span_eq(sl_buf_span(&fresh), sl_buf_span(&t->snapshot)))
        adopt(t, &fresh, &catalog);
    else
        sl_buf_done(&fresh);
    sl_catalog_builder_free(r->builder);
    r->builder = NULL;
    r->incomplete = !r->texts;
    memcpy(r->listed, r->fingerprint, r->fingerprint_n);
    r->listed_n = r->fingerprint_n;
    return is_current(r);
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
        return sl_catalog_row(r->builder, fields, n) == SL_OK;
    if (n != 1 || fields[0].n == 0 || fields[0].n > FINGERPRINT_MAX)
        return false;
    memcpy(r->fingerprint, fields[0].p, fields[0].n);
    r->fingerprint_n = fields[0].n;
    return true;
}

/* Somebody keeps a table locked, whose name a definition needs: then without those texts. */
static bool take_error(struct catalog_reader *r, struct sl_span body)
{
    struct sl_pg_notice n;

    if (r->asking != ASKING_LISTING || !r->texts || sl_pg_notice_get(body, &n) != SL_OK ||
        !sl_span_is(n.sqlstate, "55P03"))
        return false;
    r->asking = ASKING_ROLLBACK;
    return true;
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
        if (!r->texts)
            return list(r, false);
        r->texts = false;
        return ask(r, ASKING_ROLLBACK, "ROLLBACK");
    case ASKING_LISTING:
        r->query++;
        return r->query < sl_catalog_query_count ? ask_next(r) : finish(r);
    }
    return false;
}

static bool take_message(struct catalog_reader *r, uint8_t type, struct sl_span body)
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
    if (!begin_reading(r, true))
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
    if (r->asking != ASKING_NOTHING)
        r->again = true;
    else if (!begin_reading(r, true))
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
    if (r->dial != NULL || r->asking != ASKING_NOTHING || now - r->last_ms < t->config->poll_ms)
        return;
    if (!begin_reading(r, t->stale))
        give_up(r, "the connection is lost");
}

/* "17.10", or "18.1, untested" */
static void put_server(const struct target *t, struct sl_buf *out)
{
    uint32_t version = t->generation == 0 ? 0 : sl_catalog_server_version(&t->catalog);

    if (version == 0)
        return;
    sl_buf_say(out, "%u.%u%s", version / 10000, version % 10000,
               sl_catalog_tested(version) ? "" : ", untested");
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
        SL_BUF(server, 64);
        put_server(t, &server);
        sl_jw_object(&w);
        sl_jw_key(&w, "listing");
        sl_jw_str(&w, t->generation == 0 ? SL_SPAN("none")
                      : t->stale         ? SL_SPAN("stale")
                                         : SL_SPAN("current"));
        sl_jw_key(&w, "name");
        sl_jw_str(&w, t->config->name);
        sl_jw_key(&w, "server");
        sl_jw_str(&w, sl_buf_span(&server));
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
