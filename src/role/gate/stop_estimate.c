/* How many rows the planner expects of a result that stopped: asked on a connection beside it.
 *
 * The statement was allowed, and the server has its text; the session's own connection is busy with
 * the result. So a fresh one is made with the session's own login, role and search path, the plan
 * is asked for in a transaction that can only read, and the connection is closed. Whatever goes
 * wrong there is no estimate; after two seconds nobody waits for it any more. */
#include "role/gate/estimate.h"

#include "role/gate/elevate.h"
#include "role/gate/hold.h"

#include <stdlib.h>

/* AT_ONCE: a crowd of stopped results takes no more of the server's connections than that. */
enum {
    AT_ONCE = 8,
    PATIENCE_MS = 2000,
    ROWS_MAX = 256 * 1024,
    INPUT_MAX = 512 * 1024,
    READ_BYTES = 16 * 1024
};

struct aside {
    struct session *s;
    struct sl_buf *show;
    sl_timer_fn *done;
    struct dial *dial;
    struct stream stream;
    struct sl_buf in, rows, question;
    struct sl_timer *timer;
    enum { ASIDE_BEGUN, ASIDE_PLANNED, ASIDE_OVER } step;
    bool failed; /* the server has said an error since its last ReadyForQuery */
};

static void hang_up(struct aside *a)
{
    dial_free(a->dial);
    a->dial = NULL;
    stream_close(&a->stream);
}

void estimate_aside_free(struct aside *a)
{
    if (a == NULL)
        return;
    a->s->gate->asides--;
    hang_up(a);
    sl_timer_free(a->timer);
    sl_buf_done(&a->in);
    sl_buf_done(&a->rows);
    sl_buf_done(&a->question);
    free(a);
}

/* Its owner hears of it from the loop, when nothing of it is on the stack any more. */
static void over(struct aside *a, const char *why_none)
{
    if (a->step == ASIDE_OVER)
        return;
    a->step = ASIDE_OVER;
    if (why_none != NULL)
        estimate_show_none(a->show, why_none);
    hang_up(a);
    sl_timer_arm(a->timer, 0);
}

static const char too_late[] = "the server gave none in time";

static void on_timer(void *owner)
{
    struct aside *a = owner;

    if (a->step == ASIDE_OVER)
        a->done(a->s);
    else
        over(a, too_late);
}

/* --- the conversation --- */

static void ask(struct aside *a, struct sl_span sql)
{
    SL_BUF(b, sql.n + 64);

    sl_pg_put_query(&b, sql);
    if (sl_buf_err(&b) != SL_OK || !stream_write(&a->stream, sl_buf_span(&b)))
        over(a, too_late);
}

/* The connection ends right behind these, and with it the transaction in any case. */
static void say_goodbye(struct aside *a)
{
    SL_BUF(b, 128);

    sl_pg_put_query(&b, sl_span_str(estimate_end));
    sl_pg_put_terminate(&b);
    (void)stream_write(&a->stream, sl_buf_span(&b));
}

static void planned(struct aside *a)
{
    uint64_t rows = 0;

    say_goodbye(a);
    if (a->failed || sl_buf_err(&a->rows) != SL_OK ||
        !estimate_read(sl_buf_span(&a->rows), &rows)) {
        over(a, too_late);
        return;
    }
    estimate_show(a->show, rows);
    over(a, NULL);
}

static void take_ready(struct aside *a, struct sl_span body)
{
    enum sl_pg_ready ready;
    bool fine = sl_pg_ready_get(body, &ready) == SL_OK && (char)ready == 'T' && !a->failed;

    if (a->step == ASIDE_PLANNED) {
        planned(a);
    } else if (fine) {
        a->step = ASIDE_PLANNED;
        ask(a, sl_buf_span(&a->question));
    } else {
        over(a, too_late);
    }
}

static void take_message(struct aside *a, uint8_t type, struct sl_span body)
{
    if (type == SL_PG_DATA_ROW && a->step == ASIDE_PLANNED) {
        sl_buf_put_le32(&a->rows, (uint32_t)body.n);
        sl_buf_put(&a->rows, body);
    } else if (type == SL_PG_ERROR_RESPONSE) {
        a->failed = true;
    } else if (type == SL_PG_READY_FOR_QUERY) {
        take_ready(a, body);
    }
}

static void pump(struct aside *a)
{
    struct sl_pg_frame f;

    while (a->step != ASIDE_OVER) {
        struct sl_span in = sl_buf_span(&a->in);
        enum sl_step step = sl_pg_frame(in, &f);

        if (step == SL_STEP_BROKEN || (step == SL_STEP_EVENT && (sl_pg_backend_check(f) != SL_OK ||
                                                                 f.body_bytes > INPUT_MAX / 2))) {
            over(a, too_late);
            return;
        }
        if (step == SL_STEP_NEED_MORE || in.n < SL_PG_HEADER + (size_t)f.body_bytes)
            return;
        take_message(a, f.type, sl_span(in.p + SL_PG_HEADER, f.body_bytes));
        sl_buf_drop(&a->in, SL_PG_HEADER + (size_t)f.body_bytes);
    }
}

static void read_some(struct aside *a)
{
    size_t got = 0;
    uint8_t *room = sl_buf_room(&a->in, READ_BYTES);
    enum stream_result r =
        room == NULL ? STREAM_FAILED : stream_read(&a->stream, room, READ_BYTES, &got);

    if (r == STREAM_DATA) {
        a->in.n += got;
        pump(a);
    } else if (r != STREAM_AGAIN) {
        over(a, too_late);
    }
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    struct aside *a = owner;

    (void)fd;
    if (a->step == ASIDE_OVER)
        return;
    if ((ready & SL_WRITABLE) != 0 && !stream_flush(&a->stream)) {
        over(a, too_late);
        return;
    }
    if ((ready & SL_READABLE) == 0)
        return;
    do
        read_some(a);
    while (a->step != ASIDE_OVER && stream_has_hidden_input(&a->stream));
}

/* --- its beginning --- */

static void dialled(void *owner, struct dial *d, const char *sqlstate, const char *problem)
{
    struct aside *a = owner;

    (void)sqlstate;
    if (problem != NULL) {
        sl_log(SL_LOG_INFO, "no_estimate", SL_TEXT("target", a->s->target->config->name),
               SL_NUM("session", a->s->keeper_session), SL_CSTR("why", problem));
        over(a, "there was no connection to ask on");
        return;
    }
    if (stream_move(&a->stream, &dial_result(d)->stream, a->s->gate->loop, on_ready, a) != SL_OK) {
        over(a, too_late);
        return;
    }
    dial_free(a->dial);
    a->dial = NULL;
    ask(a, sl_span_str(estimate_begin));
}

static enum sl_err dial(struct aside *a)
{
    struct session *s = a->s;
    struct sl_pg_option options[8];
    size_t count = 0;
    SL_BUF(app, 256);
    SL_BUF(path, 16 * 1024);

    sl_buf_say(&app, "sluice:%S:%U", s->who->name, s->keeper_session);
    elevate_put_search_path(&path, s);
    SL_TRY(sl_buf_err(&app));
    SL_TRY(sl_buf_err(&path));
    options[count++] = (struct sl_pg_option){SL_SPAN("user"), s->upstream_user};
    options[count++] = (struct sl_pg_option){SL_SPAN("database"), s->target->config->database};
    options[count++] = (struct sl_pg_option){SL_SPAN("client_encoding"), SL_SPAN("UTF8")};
    options[count++] = (struct sl_pg_option){SL_SPAN("standard_conforming_strings"), SL_SPAN("on")};
    options[count++] =
        (struct sl_pg_option){SL_SPAN("application_name"), sl_span_head(sl_buf_span(&app), 63)};
    options[count++] = (struct sl_pg_option){SL_SPAN("search_path"), sl_buf_span(&path)};
    if (!sl_span_eq(s->role, s->upstream_user))
        options[count++] = (struct sl_pg_option){SL_SPAN("role"), s->role};
    return dial_new(s->gate, s->target, s->keeper_session, 0, options, count, dialled, a, &a->dial);
}

/* Definitions that moved since it was judged may run other code now, and what is under way may. */
static const char *obstacle(const struct session *s, const struct held_bytes *what,
                            const struct sl_meaning *m, uint32_t listing)
{
    const struct target *t = s->target;

    if (t->config->estimate == SL_ESTIMATE_NEVER)
        return "this target does not ask for any";
    if (listing != t->generation || t->stale || t->ddl_under_way > 0 || s->ddl_in_tx ||
        s->context_unknown || s->context_odd)
        return "definitions or settings may have changed since it began";
    if (s->gate->asides >= AT_ONCE)
        return "the server is being asked for many others";
    return estimate_obstacle(s, m, what);
}

struct aside *estimate_aside(struct session *s, const struct sl_meaning *m,
                             const struct held_bytes *what, uint32_t listing, struct sl_buf *show,
                             sl_timer_fn *done)
{
    const char *why = obstacle(s, what, m, listing);
    struct aside *a = why != NULL ? NULL : calloc(1, sizeof *a);

    if (a == NULL) {
        estimate_show_none(show, why != NULL ? why : too_late);
        return NULL;
    }
    s->gate->asides++;
    *a = (struct aside){.s = s, .show = show, .done = done, .stream = {.fd = -1}};
    a->in = sl_buf(INPUT_MAX);
    a->rows = sl_buf(ROWS_MAX);
    a->question = sl_buf(ROWS_MAX);
    estimate_put_question(&a->question, what->text);
    if (sl_buf_err(&a->question) == SL_OK &&
        sl_timer_new(s->gate->loop, on_timer, a, &a->timer) == SL_OK && dial(a) == SL_OK) {
        sl_timer_arm(a->timer, PATIENCE_MS);
        return a;
    }
    estimate_aside_free(a);
    estimate_show_none(show, too_late);
    return NULL;
}
