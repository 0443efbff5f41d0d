/* Sessions come and go. A session that ends is only marked; it is freed from the loop, when nothing
 * of it is on the stack any more. */
#include "role/gate/list.h"

#include "base/utf8.h"
#include "crypto/crypto.h"
#include "os/clock.h"
#include "role/gate/elevate.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/login.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"

#include <stdlib.h>
#include <unistd.h>

enum { INPUT_MAX = 64 * 1024 * 1024, SERVER_INPUT_MAX = 2 * 1024 * 1024, LAST_WORDS_MS = 10000 };

void span_set(struct sl_span *owned, struct sl_span value)
{
    uint8_t *copy = malloc(value.n + 1);

    if (copy != NULL && value.n > 0)
        memcpy(copy, value.p, value.n);
    free((void *)owned->p);
    *owned = copy == NULL ? sl_span(NULL, 0) : sl_span(copy, value.n);
}

struct session *gate_session(struct gate *g, uint64_t id)
{
    struct session *s = sl_map_get(g->sessions, sl_map_u64(&id));

    return s == NULL || s->dead ? NULL : s;
}

void gate_each_session(struct gate *g, void (*fn)(struct session *s))
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->sessions, &at, &key, &value))
        if (!((struct session *)value)->dead)
            fn(value);
}

void gate_wake(struct gate *g, int wait)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->sessions, &at, &key, &value))
        session_resume(value, (enum wait)wait);
}

void gate_wake_late(struct gate *g)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->sessions, &at, &key, &value)) {
        struct session *s = value;
        if (s->wait == WAIT_CATALOG || s->wait == WAIT_KEEPER)
            session_resume(s, s->wait); /* looks again, and waits again if it must */
    }
}

static void on_client(void *owner, int fd, unsigned ready)
{
    struct session *s = owner;

    (void)fd;
    if (s->dead)
        return;
    if ((ready & SL_WRITABLE) != 0 && s->phase != PHASE_TLS) {
        bool was_full = stream_is_full(&s->client);
        if (!stream_flush(&s->client) || (s->phase == PHASE_CLOSING && s->client.out.n == 0)) {
            session_left(s, "the client went away");
            return;
        }
        if (was_full && !stream_is_full(&s->client) && s->stop == NULL)
            stream_pause(&s->server, false);
    }
    if (s->phase == PHASE_READY && (ready & SL_READABLE) != 0)
        client_input(s);
    else if (s->phase < PHASE_KEEPER)
        login_input(s);
    else if (s->phase != PHASE_READY && (ready & SL_READABLE) != 0)
        session_kill(s, "the client spoke or went while its login was under way");
}

static void on_server(void *owner, int fd, unsigned ready)
{
    struct session *s = owner;

    (void)fd;
    if (s->dead)
        return;
    if ((ready & SL_WRITABLE) != 0) {
        if (!stream_flush(&s->server)) {
            session_fatal(s, "08006", "the database server closed the connection", NULL);
            return;
        }
        if (!stream_is_full(&s->server) && s->phase == PHASE_READY)
            stream_pause(&s->client, false);
    }
    if ((ready & SL_READABLE) != 0)
        server_input(s);
}

enum sl_err session_take_server(struct session *s, struct stream *stream)
{
    return stream_move(&s->server, stream, s->gate->loop, on_server, s);
}

void session_ready(struct session *s)
{
    s->phase = PHASE_READY;
    s->tx = 'I';
    s->context_unknown = true; /* read at the first statement */
    if (s->in.n > 0)
        session_kill(s, "the client spoke before it was told that it may");
}

/* --- the end --- */

/* Its COMMIT may be under way, or anything that may hold one: then nobody knows (P11). */
static uint8_t txn_at_the_end(const struct session *s)
{
    for (uint32_t i = 0; i < s->item_count; i++)
        if ((s->items[(s->item_head + i) & (s->item_room - 1)].flags &
             (ITEM_ENDS_TX | ITEM_CONTEXT)) != 0)
            return TXN_UNKNOWN;
    return s->item_count > 0 && s->tx == 'I' ? TXN_UNKNOWN : TXN_ROLLED_BACK;
}

void txn_lost(struct session *s)
{
    if (s->tx_first != 0)
        record_txn(s, txn_at_the_end(s));
    s->tx_first = 0;
}

static void close_items(struct session *s)
{
    struct item *item;

    txn_lost(s);
    while ((item = item_head(s)) != NULL) {
        if (item->action != 0)
            portal_outcome(s, item, SL_OUTCOME_UNKNOWN);
        if (item->meter != NULL)
            meter_settle(s, item->meter, SL_OUTCOME_UNKNOWN);
        if ((item->flags & ITEM_ENDS_DDL) != 0 && s->target->ddl_under_way > 0) {
            s->target->ddl_under_way--;
            catalog_stale(s->gate, s->target);
        }
        extended_drop(s, item);
        item_pop(s);
    }
    if (s->ddl_unsynced && s->target->ddl_under_way > 0) {
        s->target->ddl_under_way--;
        catalog_stale(s->gate, s->target);
    }
    s->ddl_unsynced = false;
    record_withdraw(s, "08006"); /* it waited for the disk */
    portals_end(s);
    ddl_undone(s);
    if (ddl_closes(s)) /* rolled back, or its COMMIT was under way */
        catalog_stale(s->gate, s->target);
}

static void free_texts(struct session *s)
{
    struct sl_span *texts[] = {&s->search_path,    &s->role,       &s->settings,
                               &s->settings_shown, &s->temp_names, &s->upstream_user,
                               &s->reason,         &s->run,        &s->sink};

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        free((void *)texts[i]->p);
}

static void session_free(struct session *s)
{
    sl_timer_free(s->end_timer);
    sl_timer_free(s->cut_timer);
    sl_timer_free(s->again_timer);
    sl_timer_free(s->gather_timer);
    sl_buf_done(&s->cut);
    sl_map_remove(s->gate->sessions, sl_map_u64(&s->id));
    extended_free(s);
    judged_done(&s->kept);
    meaning_unref(s->meaning);
    identity_unref(s->gate, s->who);
    free_texts(s);
    free(s->items);
    sl_buf_done(&s->in);
    sl_buf_done(&s->server_in);
    sl_buf_done(&s->internal);
    sl_buf_done(&s->show);
    sl_buf_done(&s->estimate_query);
    free(s);
}

static void log_refusal(struct session *s, const char *why)
{
    if (s->keeper_session == 0 && !s->end_told)
        refusals_note(&s->gate->refusals, s->short_address, why);
    s->end_told = true;
}

void session_kill(struct session *s, const char *why)
{
    if (s->dead)
        return;
    s->dead = true;
    if (s->keeper_session != 0)
        sl_log(SL_LOG_INFO, "session_close", SL_NUM("session", s->keeper_session),
               SL_CSTR("why", why));
    log_refusal(s, why);
    hold_leave(s, 0, why);
    hold_free(s);
    list_lost(s);
    stop_free(s, why);
    lease_drop(s);
    if (s->target != NULL && s->keeper_session != 0)
        close_items(s);
    elevate_free(s);
    stream_close(&s->client);
    stream_close(&s->server);
    login_free(s);
    if (s->keeper_session != 0) {
        sl_map_remove(s->gate->by_keeper, sl_map_u64(&s->keeper_session));
        gone_note(s->gate, s->keeper_session);
    }
    sl_timer_arm(s->end_timer, 0);
}

void session_left(struct session *s, const char *why)
{
    s->end_told = true;
    session_kill(s, why);
}

static void on_end_timer(void *owner)
{
    struct session *s = owner;

    if (s->dead)
        session_free(s);
    else
        session_kill(s, "the client did not take its last message in time");
}

void session_fatal(struct session *s, const char *sqlstate, const char *message, const char *hint)
{
    SL_BUF(b, 8192);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("FATAL"),
        .sqlstate = sl_span_str(sqlstate),
        .message = sl_span_str(message),
        .hint = sl_span_str(hint),
    };

    if (s->dead)
        return;
    log_refusal(s, message);
    sl_pg_put_error(&b, &n);
    if (sl_buf_err(&b) == SL_OK && s->server_left == 0 &&
        !stream_write(&s->client, sl_buf_span(&b)))
        s->client.out.n = 0;
    if (s->client.out.n == 0) {
        session_kill(s, message);
        return;
    }
    s->phase = PHASE_CLOSING; /* the client is slow: what it is owed still goes out */
    sl_timer_arm(s->end_timer, LAST_WORDS_MS);
    stream_close(&s->server);
    elevate_free(s);
    stream_pause(&s->client, true);
}

/* --- the beginning --- */

static void set_keys(struct session *s)
{
    sl_random(&s->cancel_secret, sizeof s->cancel_secret);
    sl_random(&s->cancel_pid, sizeof s->cancel_pid);
    s->cancel_pid &= (1u << GATE_PID_BITS) - 1;
    s->cancel_pid |= s->gate->index
                     << GATE_PID_BITS; /* positive: clients show it as a process id */
}

static void refuse_busy(struct session *s)
{
    session_fatal(s, "53300", "too many connections", "raise max_connections, or close some");
}

bool session_accept(struct gate *g, int listening)
{
    struct sl_net_address peer;
    SL_BUF(text, 64);
    int fd;

    if (sl_net_accept(listening, &fd, &peer) != SL_OK)
        return false;
    sl_net_settle(fd);
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL) {
        close(fd);
        return false;
    }
    *s = (struct session){.gate = g, .id = ++g->next_session, .tx = 'I'};
    s->in = sl_buf(INPUT_MAX);
    s->server_in = sl_buf(SERVER_INPUT_MAX);
    s->server.fd = -1;
    s->client_is_loopback = sl_net_is_loopback(&peer);
    set_keys(s);
    sl_net_put_host(&text, &peer);
    memcpy(s->short_address, sl_buf_text(&text),
           text.n < sizeof s->short_address ? text.n : sizeof s->short_address - 1);
    if (sl_timer_new(g->loop, on_end_timer, s, &s->end_timer) != SL_OK ||
        sl_map_put(g->sessions, sl_map_u64(&s->id), s) != SL_OK ||
        stream_open(&s->client, g->loop, fd, on_client, s) != SL_OK) {
        close(fd);
        sl_timer_free(s->end_timer);
        sl_map_remove(g->sessions, sl_map_u64(&s->id));
        free(s);
        return true;
    }
    login_begin(s);
    if (!s->dead && sl_map_count(g->sessions) > g->config->settings.max_connections)
        refuse_busy(s);
    return true;
}
