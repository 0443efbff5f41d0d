/* A granted statement that runs as another login: what its rules call `elevate`.
 *
 * The session's standing connection stays where it is, untouched. Once the grant is spent a fresh
 * one is made with a proof that the keeper gives for this one action, the statement takes its place
 * as the session's server until it is answered, and then it is closed. So what the standing login
 * may not do, the server refuses, whoever was fooled before it.
 *
 *   ASKING    the session's settings are read, so that literals mean there what they mean here
 *   ASKED
 *   DIALLING  the connection is being made
 *   READY     ... and waits in the dial for the intent to be recorded
 *   ON        it is session->server; the standing one is kept here
 *   FAILED    the statement will be refused, for the reason in `problem`
 */
#include "role/gate/elevate.h"

#include "role/gate/hold.h"
#include "role/gate/inner.h"
#include "role/gate/judging.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/session.h"

#include <stdlib.h>

enum { SETTINGS_MAX = 32, TEXT_MAX = 4096, ROWS_MAX = 64 * 1024 };

struct elevated {
    enum {
        ELEVATE_ASKING,
        ELEVATE_ASKED,
        ELEVATE_DIALLING,
        ELEVATE_READY,
        ELEVATE_ON,
        ELEVATE_FAILED
    } phase;
    struct dial *dial;
    struct sl_buf settings; /* rows as inner.c keeps them */
    char sqlstate[6];
    struct sl_buf problem;
    struct stream standing;
    struct sl_buf standing_in;
    uint32_t standing_pid, standing_secret;
};

bool elevate_is_on(const struct session *s)
{
    return s->elevated != NULL && s->elevated->phase == ELEVATE_ON;
}

void elevate_free(struct session *s)
{
    struct elevated *e = s->elevated;

    if (e == NULL)
        return;
    s->elevated = NULL;
    dial_free(e->dial);
    stream_close(&e->standing);
    sl_buf_done(&e->standing_in);
    sl_buf_done(&e->settings);
    sl_buf_done(&e->problem);
    free(e);
}

void elevate_forget(struct session *s)
{
    if (!elevate_is_on(s))
        elevate_free(s);
}

static void fail(struct elevated *e, const char *sqlstate, const char *problem)
{
    e->phase = ELEVATE_FAILED;
    memcpy(e->sqlstate, sqlstate, 5);
    sl_buf_reset(&e->problem);
    sl_buf_put_str(&e->problem, problem);
}

/* --- before it is held --- */

/* Why this cannot run on a connection of its own; NULL when it can. */
static const char *obstacle(const struct session *s, const struct sl_meaning *m, bool extended)
{
    const uint32_t bound = ENDS_TX | SL_MEANING_TX_BEGIN | SL_MEANING_CONTEXT |
                           SL_MEANING_PREPARED | SL_MEANING_CURSOR | SL_MEANING_LISTEN |
                           SL_MEANING_COPY_IN;

    if (extended)
        return "it came in the extended protocol";
    if (s->tx != SL_PG_IDLE || s->unsynced)
        return "it is part of a transaction";
    if ((m->effects & SL_EFFECT_OPAQUE) != 0 && (m->flags & SL_MEANING_CONTEXT) != 0)
        return "Sluice cannot know what it does to its session";
    if ((m->flags & bound) != 0)
        return "it controls a transaction, settings, names or notifications of its session, or "
               "reads COPY data";
    if (s->context_odd)
        return "this session's settings change what text means";
    return s->temp_objects ? "this session has temporary objects, which no other connection sees"
                           : NULL;
}

static void refuse(struct session *s, const char *why, bool extended)
{
    SL_BUF(text, TEXT_MAX);

    hold_end(s, why);
    sl_buf_say(&text,
               "by rule this runs as another login, on a connection of its own, and cannot: %s",
               why);
    struct refusal r = {.sqlstate = "0A000",
                        .message = sl_buf_text(&text),
                        .hint = "send it alone, as a simple query, outside a transaction"};
    if (extended)
        refuse_extended(s, &r);
    else
        refuse_simple(s, &r);
}

/* What a budget holds is allowed by itself: it goes on as the standing login. */
static enum sl_err wanted_login(const struct judged *j, const struct held_bytes *what,
                                struct sl_span *login)
{
    return what->over.is ? SL_OK : sl_policy_elevates(&j->verdict->answer, login);
}

bool elevate_may(struct session *s, const struct judged *j, const struct held_bytes *what,
                 enum take *t)
{
    struct sl_span login = {NULL, 0};
    const char *why = NULL;
    bool extended = what->extended;

    if (wanted_login(j, what, &login) != SL_OK)
        why = "the rules that hold it name different logins";
    else if (login.n == 0)
        return true;
    if (!extended && s->item_count > 0) { /* is there a transaction? */
        *t = wait_for_answers(s);
        return false;
    }
    if (why == NULL)
        why = obstacle(s, &j->meaning->m, extended);
    if (why == NULL)
        return true;
    record_refusal(s, j, what->text, NULL);
    refuse(s, why, extended);
    *t = s->dead ? TAKE_DEAD : TAKE_DONE;
    return false;
}

/* --- making the connection --- */

static void put_quoted(struct sl_buf *b, struct sl_span name)
{
    sl_buf_put_u8(b, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            sl_buf_put_u8(b, '"');
        sl_buf_put_u8(b, name.p[i]);
    }
    sl_buf_put_u8(b, '"');
}

/* The length of the item at the start of a search_path: up to the comma that is not quoted. */
static size_t item_length(struct sl_span path)
{
    bool quoted = false;
    size_t n = 0;

    while (n < path.n && (quoted || path.p[n] != ',')) {
        quoted ^= path.p[n] == '"';
        n++;
    }
    return n;
}

static struct sl_span trimmed(struct sl_span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
        s = sl_span_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || (s.p[s.n - 1] >= '\t' && s.p[s.n - 1] <= '\r')))
        s.n--;
    return s;
}

/* Unqualified names mean what was shown: "$user" is the role that the session has here (P3). */
void elevate_put_search_path(struct sl_buf *b, const struct session *s)
{
    struct sl_span left = s->search_path;

    while (left.n > 0) {
        struct sl_span whole = sl_span_head(left, item_length(left)), item = trimmed(whole);
        sl_buf_put_str(b, b->n > 0 ? ", " : "");
        if (sl_span_is(item, "\"$user\"") || sl_span_eq_nocase(item, SL_SPAN("$user")))
            put_quoted(b, s->role);
        else
            sl_buf_put(b, item);
        left = sl_span_from(left, whole.n < left.n ? whole.n + 1 : whole.n);
    }
}

static size_t put_settings(const struct elevated *e, struct sl_pg_option *options)
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&e->settings));
    struct sl_pg_values row;
    struct sl_pg_value name, value;
    size_t count = 0;

    while (count < SETTINGS_MAX && inner_row(&c, &row))
        if (sl_pg_values_next(&row, &name) && sl_pg_values_next(&row, &value))
            options[count++] = (struct sl_pg_option){name.bytes, value.bytes};
    return count;
}

static void dialled(void *owner, struct dial *d, const char *sqlstate, const char *problem)
{
    struct session *s = owner;
    struct elevated *e = s->elevated;
    SL_BUF(text, TEXT_MAX);

    (void)d;
    if (problem == NULL) {
        e->phase = ELEVATE_READY;
    } else {
        sl_log(SL_LOG_WARN, "elevation_failed", SL_TEXT("target", s->target->config->name),
               SL_NUM("session", s->keeper_session), SL_CSTR("why", problem));
        sl_buf_say(&text, "this was approved, but the login that it runs as has no connection: %s",
                   problem);
        fail(e, sqlstate, sl_buf_text(&text));
    }
    session_resume(s, WAIT_ELEVATE);
}

static void dial(struct session *s, const struct sl_login *login)
{
    struct elevated *e = s->elevated;
    struct sl_pg_option options[SETTINGS_MAX + 6];
    SL_BUF(user, 1024);
    SL_BUF(app, 256);
    SL_BUF(path, 16 * 1024);

    sl_login_put_user(&user, login, s->who->name);
    sl_buf_say(&app, "sluice:%S:%U", s->who->name, s->keeper_session);
    elevate_put_search_path(&path, s);
    size_t count = put_settings(e, options);
    options[count++] = (struct sl_pg_option){SL_SPAN("user"), sl_buf_span(&user)};
    options[count++] = (struct sl_pg_option){SL_SPAN("database"), s->target->config->database};
    options[count++] = (struct sl_pg_option){SL_SPAN("client_encoding"), SL_SPAN("UTF8")};
    options[count++] = (struct sl_pg_option){SL_SPAN("standard_conforming_strings"), SL_SPAN("on")};
    options[count++] =
        (struct sl_pg_option){SL_SPAN("application_name"), sl_span_head(sl_buf_span(&app), 63)};
    options[count++] = (struct sl_pg_option){SL_SPAN("search_path"), sl_buf_span(&path)};
    e->phase = ELEVATE_DIALLING;
    if (sl_buf_err(&user) != SL_OK || sl_buf_err(&app) != SL_OK || sl_buf_err(&path) != SL_OK ||
        dial_new(s->gate, s->target, s->keeper_session, hold_action(s), options, count, dialled, s,
                 &e->dial) != SL_OK)
        fail(e, "53200", "the connection that this runs on could not be prepared");
}

void elevate_settings(struct session *s, struct sl_span rows, bool ok)
{
    struct elevated *e = s->elevated;

    if (e == NULL || e->phase != ELEVATE_ASKING)
        return;
    sl_buf_put(&e->settings, rows);
    if (ok && sl_buf_err(&e->settings) == SL_OK)
        e->phase = ELEVATE_ASKED;
    else
        fail(e, "58000", "Sluice could not read the settings that this session has");
}

static enum take ask_settings(struct session *s)
{
    struct elevated *e = calloc(1, sizeof *e);

    if (e == NULL) {
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    e->standing.fd = -1;
    e->settings = sl_buf(ROWS_MAX);
    e->problem = sl_buf(2 * TEXT_MAX);
    s->elevated = e;
    inner_settings(s);
    return s->dead ? TAKE_DEAD : TAKE_WAIT;
}

/* The grant is spent, and stays so: its outcome says that nothing ran. */
static enum take refuse_granted(struct session *s)
{
    struct elevated *e = s->elevated;
    struct refusal r = {.sqlstate = e->sqlstate,
                        .message = sl_buf_text(&e->problem),
                        .hint =
                            "nothing of it ran, and its approval is used up; run it again to ask "
                            "anew"};

    hold_fails(s, e->sqlstate);
    refuse_simple(s, &r);
    elevate_free(s);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

enum take elevate_take(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    struct sl_span name = {NULL, 0};
    bool agreed = wanted_login(j, what, &name) == SL_OK;

    if (agreed && name.n == 0)
        return TAKE_DONE;
    if (s->elevated == NULL)
        return ask_settings(s);
    const struct sl_login *login = sl_target_named_login(s->target->config, name);
    if (!agreed || login == NULL)
        fail(s->elevated, "0A000", "the login that this runs as is gone from the configuration");
    if (s->elevated->phase == ELEVATE_ASKED)
        dial(s, login);
    if (s->elevated->phase == ELEVATE_FAILED)
        return refuse_granted(s);
    if (s->elevated->phase == ELEVATE_READY)
        return TAKE_DONE;
    s->wait = WAIT_ELEVATE;
    return TAKE_WAIT;
}

bool elevate_cancel(struct session *s, uint64_t action)
{
    struct elevated *e = s->elevated;

    if (e == NULL || e->phase == ELEVATE_ON || e->phase == ELEVATE_FAILED ||
        (action != 0 && hold_action(s) != action))
        return false;
    dial_free(e->dial);
    e->dial = NULL;
    fail(e, "57014", "canceling statement due to user request");
    session_resume(s, WAIT_ELEVATE);
    return true;
}

/* --- while it runs --- */

/* Nothing is owed on the standing connection; what it may say by itself waits in its socket. */
static void on_standing(void *owner, int fd, unsigned ready)
{
    struct session *s = owner;

    (void)fd;
    if ((ready & SL_WRITABLE) != 0)
        (void)stream_flush(&s->elevated->standing); /* a dead one is noticed when it is back */
    if ((ready & SL_READABLE) != 0)
        stream_pause(&s->elevated->standing, true);
}

static bool swap(struct session *s)
{
    struct elevated *e = s->elevated;
    struct dial_result *r = dial_result(e->dial);

    if (stream_move(&e->standing, &s->server, s->gate->loop, on_standing, s) != SL_OK)
        return false;
    e->standing.paused = false;
    stream_pause(&e->standing, true);
    e->standing_in = s->server_in;
    s->server_in = sl_buf(e->standing_in.max);
    e->standing_pid = s->server_pid;
    e->standing_secret = s->server_secret;
    s->server_pid = r->pid;
    s->server_secret = r->secret;
    if (session_take_server(s, &r->stream) != SL_OK)
        return false;
    dial_free(e->dial);
    e->dial = NULL;
    e->phase = ELEVATE_ON;
    return true;
}

bool elevate_begin(struct session *s, uint64_t action)
{
    if (s->elevated == NULL)
        return true;
    SL_PROMISE(s->elevated->phase == ELEVATE_READY && hold_is_granted(s));
    client_flush(s); /* what came before belongs to the standing connection */
    if (!s->dead && swap(s))
        return true;
    record_ending(s, action, &(struct ending){.outcome = SL_OUTCOME_REFUSED, .sqlstate = "08006"});
    session_kill(s, "an elevated connection could not be taken");
    return false;
}

void elevate_end(struct session *s)
{
    struct elevated *e = s->elevated;
    SL_BUF(b, 16);

    if (!elevate_is_on(s))
        return;
    sl_pg_put_terminate(&b);
    (void)stream_write(&s->server, sl_buf_span(&b)); /* it is closed in any case */
    stream_close(&s->server);
    sl_buf_done(&s->server_in);
    s->server_in = e->standing_in;
    e->standing_in = sl_buf(0);
    s->server_pid = e->standing_pid;
    s->server_secret = e->standing_secret;
    s->context_unknown = true; /* what was assumed about it may be true of the other only */
    if (session_take_server(s, &e->standing) != SL_OK) {
        session_kill(s, "out of memory");
        return;
    }
    s->server.paused = false;
    elevate_free(s);
}
