/* Keeping the catalog listing of each target: read at start, after DDL, and when the fingerprint
 * that is asked for every few seconds is another one.
 *
 * The gate's own connection logs in as the target's login for that and stays open. While a listing
 * is stale, statements of all sessions wait; when it cannot be read in time they are opaque. */
#include "role/gate/catalog_int.h"

#include "base/utf8.h"
#include "json/json.h"

#include <stdlib.h>

static const char no_login[] = "no login to read the catalog with: the target's logins are by "
                               "group or by identity alone; name one in catalog.login";

enum { RETRY_MS = 1000, TELL_MS = 2000, INPUT_MAX = 8 * 1024 * 1024 };

static void on_ready(void *owner, int fd, unsigned ready);

static void reader_free(struct catalog_reader *r)
{
    if (r == NULL)
        return;
    dial_free(r->dial);
    stream_close(&r->stream);
    sl_buf_done(&r->in);
    sl_catalog_builder_free(r->builder);
    sl_map_free(r->sizes);
    free(r);
}

static void not_read(struct gate *g, struct target *t, const char *why)
{
    sl_log(SL_LOG_WARN, "catalog_not_read", SL_TEXT("target", t->config->name),
           SL_CSTR("why", why));
    struct sl_span head = sl_utf8_head(sl_span_str(why), sizeof t->stale_why - 1);
    memcpy(t->stale_why, head.p, head.n);
    t->stale_why[head.n] = '\0';
    g->told_ms = 0;
    if (!t->stale)
        t->stale_since_ms = sl_loop_now_ms(g->loop);
    t->stale = true;
    t->retry_at_ms = sl_loop_now_ms(g->loop) + RETRY_MS;
}

static void give_up(struct catalog_reader *r, const char *why)
{
    not_read(r->gate, r->target, why);
    r->target->reader = NULL;
    reader_free(r);
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
            !listing_message(r, f.type, sl_span(left.p + SL_PG_HEADER, f.body_bytes)))
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
            give_up(r,
                    r->problem[0] != '\0' ? r->problem : "the server did not answer as expected");
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
    if (!listing_begin(r, true))
        give_up(r, "the server does not take the questions");
}

void catalog_start(struct gate *g, struct target *t)
{
    const struct sl_login *login = sl_target_catalog_login(t->config);
    struct catalog_reader *r = login == NULL ? NULL : calloc(1, sizeof *r);

    if (r == NULL) {
        not_read(g, t, login == NULL ? no_login : "out of memory");
        if (login == NULL) { /* until another configuration comes: nobody waits for it */
            t->retry_at_ms = UINT64_MAX;
            t->stale_since_ms = 0;
        }
        return;
    }
    if (!t->stale)
        t->stale_since_ms = sl_loop_now_ms(g->loop);
    t->stale = true;
    t->retry_at_ms = sl_loop_now_ms(g->loop) + RETRY_MS;
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
    if (dial_new(g, t, 0, 0, options, SL_COUNT(options), dialled, r, &r->dial) != SL_OK)
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
    else if (!listing_begin(r, true))
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
    if (!listing_begin(r, t->stale))
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
        if (t->checked_us > 0) {
            sl_jw_key(&w, "checked");
            sl_jw_time(&w, t->checked_us);
        }
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
