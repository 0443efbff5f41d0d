#include "role/keeper/issuers.h"

#include "role/keeper/ask.h"
#include "role/keeper/budget.h"
#include "role/keeper/call.h"
#include "role/keeper/chat.h"
#include "role/keeper/control.h"
#include "role/keeper/hooks.h"
#include "role/keeper/journals.h"
#include "role/keeper/labels.h"
#include "role/keeper/policy_change.h"
#include "role/keeper/questions.h"
#include "role/keeper/sessions.h"
#include "role/keeper/stats.h"
#include "role/keeper/tries.h"
#include "role/keeper/upstream.h"

#include <poll.h>
#include <stdlib.h>

static void on_peer(struct peer *p, const struct sl_msg_peer *m, struct sl_packet *packet);

enum {
    FLUSH_AGAIN_MS = 5,              /* when a peer has to read first */
    OUTBOX_KEPT_BYTES = 1024 * 1024, /* memory that an empty outbox keeps */
};

_Noreturn void keeper_die(const char *what, enum sl_err why)
{
    sl_log(SL_LOG_ERROR, "keeper_ends", SL_CSTR("what", what), SL_CSTR("why", sl_err_text(why)));
    exit(1);
}

/* --- the life of a peer ------------------------------------------------------------------------
 */

/* One that broke the rules runs on until the supervisor has ended it: what it does until then is in
 * its journal, and its sessions are over when the next one comes (on_journal). */
static void drop_gate(struct keeper *k, struct peer *p, bool dead)
{
    exchanges_free(k, p);
    secrets_forget_peer(k, p);
    if (p->signing)
        return;
    stats_forget_gate(k, p->index);
    if (dead)
        journal_gone(k, p->index);
}

/* Asks the supervisor for another: one that broke the rules has nobody to talk to any more. A gate
 * that is not configured has no program behind it. */
void peer_accuse(struct keeper *k, enum sl_role role, uint32_t index, const char *why)
{
    if (k->super == NULL || k->super->ended || (role == SL_ROLE_GATE && index >= k->gates))
        return;
    const struct journal *j = role == SL_ROLE_GATE ? &k->journals[index] : NULL;

    ANSWER(k->super, peer_bad, .role = (uint32_t)role, .index = index, .why = sl_span_str(why),
           .life = j == NULL ? 0 : j->life, .journal = j != NULL && j->bad);
}

static void on_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct peer *p = owner;
    struct keeper *k = p->keeper;

    (void)c;
    if (p->ended)
        return;
    p->ended = true;
    if (why != SL_EGONE) {
        sl_log(SL_LOG_WARN, "peer_broke_the_rules", SL_CSTR("peer", sl_role_name(p->role)),
               SL_NUM("index", p->index), SL_CSTR("why", sl_err_text(why)));
        if (p->role == SL_ROLE_GATE || p->role == SL_ROLE_DESK || p->role == SL_ROLE_COURIER)
            peer_accuse(k, p->role, p->index, sl_err_text(why));
    }
    if (p->role == SL_ROLE_GATE)
        drop_gate(k, p, why == SL_EGONE);
    if (p->role == SL_ROLE_COURIER)
        fetches_lost(k, p->index);
    if (p->role == SL_ROLE_COURIER && p->index == COURIER_CHAT)
        chats_courier_gone(k);
    if (p == k->super)
        sl_loop_stop(k->loop);
}

enum sl_err peer_new(struct keeper *k, int fd, enum sl_role role, uint32_t index, struct peer **out)
{
    struct peer *p = calloc(1, sizeof *p);

    if (p == NULL)
        return SL_EMEMORY;
    *p = (struct peer){.keeper = k,
                       .role = role,
                       .index = index,
                       .serial = ++k->next_peer,
                       .outbox = sl_buf(512 * 1024 * 1024),
                       .next = k->peers};
    enum sl_err err =
        sl_channel_new(k->loop, fd, role, SL_CONN_OPEN, keeper_packet, on_end, p, &p->channel);
    if (err != SL_OK) {
        free(p);
        return err;
    }
    k->peers = p;
    *out = p;
    return SL_OK;
}

struct peer *peer_find(struct keeper *k, enum sl_role role, uint32_t index)
{
    for (struct peer *p = k->peers; p != NULL; p = p->next)
        if (p->role == role && p->index == index && !p->ended && !p->signing)
            return p;
    return NULL;
}

struct peer *peer_by_serial(struct keeper *k, uint64_t serial)
{
    for (struct peer *p = k->peers; p != NULL; p = p->next)
        if (p->serial == serial && !p->ended)
            return p;
    return NULL;
}

static void peer_free(struct peer *p)
{
    sl_channel_free(p->channel);
    sl_buf_done(&p->outbox);
    free(p);
}

void peers_free(struct keeper *k)
{
    while (k->peers != NULL) {
        struct peer *p = k->peers;

        k->peers = p->next;
        peer_free(p);
    }
}

static void reap(struct keeper *k)
{
    for (struct peer **at = &k->peers; *at != NULL;) {
        struct peer *p = *at;

        if (!p->ended) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        if (k->offered == p)
            k->offered = NULL;
        peer_free(p);
    }
}

/* --- the end of a batch ------------------------------------------------------------------------
 */

static size_t next_message(const struct peer *p, size_t at)
{
    struct sl_ipc_head head;

    SL_PROMISE(sl_ipc_head_get(sl_span_from(sl_buf_span(&p->outbox), at), &head) == SL_OK);
    return SL_IPC_HEADER + (size_t)head.body_bytes;
}

/* What the channel has no room for stays, in its order: that a peer has not read yet what we gave
 * it all at once is no fault of the peer's. */
static void flush(struct peer *p)
{
    size_t at = 0;

    if (p->outbox.n == 0 || p->ended)
        return;
    if (sl_buf_err(&p->outbox) != SL_OK) { /* it asks on and on, and reads nothing */
        sl_channel_break(p->channel, SL_EFULL);
        sl_buf_done(&p->outbox);
        return;
    }
    while (at < p->outbox.n && !p->ended) {
        size_t n = next_message(p, at);
        struct sl_span message = sl_span_head(sl_span_from(sl_buf_span(&p->outbox), at), n);

        if (!sl_channel_has_room(p->channel, n))
            break;
        if (sl_channel_send(p->channel, message, NULL, 0) != SL_OK) {
            at = p->outbox.n; /* it ended, or broke: on_end says which, and nobody hears the rest */
            break;
        }
        at += n;
    }
    sl_buf_drop(&p->outbox, at);
    if (p->outbox.n > 0)
        sl_timer_arm(p->keeper->backlog_timer, FLUSH_AGAIN_MS);
    else if (p->outbox.cap > OUTBOX_KEPT_BYTES)
        sl_buf_done(&p->outbox);
}

/* The flush before the loop sleeps again is what this is for. */
void keeper_on_backlog(void *owner)
{
    (void)owner;
}

/* A decision and its spend are a moment apart: when the spend comes in time, both share one sync.
 */
static bool spend_is_here(struct keeper *k)
{
    struct pollfd wait = {.fd = sl_channel_fd(k->offered->channel), .events = POLLIN};
    struct timespec limit = {.tv_nsec = OFFER_WAIT_US * 1000L};

    k->offered = NULL;
    return ppoll(&wait, 1, &limit, NULL) == 1 && (wait.revents & POLLIN) != 0;
}

void keeper_before_sleep(void *owner)
{
    struct keeper *k = owner;

    if (k->offered != NULL && !k->offered->ended && spend_is_here(k))
        return; /* the loop will not sleep: the spend is handled first */
    enum sl_err err = store_commit(&k->store);
    if (err != SL_OK)
        keeper_die(err == SL_EFULL ? "the disk is full: nothing may run unrecorded"
                                   : "the store failed",
                   err);
    journals_release(k);
    for (struct peer *p = k->peers; p != NULL; p = p->next)
        flush(p);
    reap(k);
    if (k->important) {
        k->important = false;
        sl_timer_arm(k->checkpoint_timer, 20);
    }
}

void keeper_event(struct keeper *k, const char *kind, struct sl_span approval,
                  enum sl_approval_state state)
{
    struct peer *desk = peer_find(k, SL_ROLE_DESK, 0);

    chats_touch(k, approval);
    if (desk != NULL)
        ANSWER(desk, event, .event = ++k->next_event, .kind = sl_span_str(kind),
               .approval = approval,
               .state = state == SL_APPROVAL_NONE ? sl_span(NULL, 0)
                                                  : sl_span_str(sl_approval_state_name(state)));
}

/* --- messages in -------------------------------------------------------------------------------
 */

static void on_drain(struct peer *p, const struct sl_msg_drain *m)
{
    (void)m;
    p->keeper->draining = true;
    journals_drain(p->keeper);
    ANSWER(p, drained, .left = 0);
}

/* clang-format off */
#define PLAIN_MESSAGES(X) \
    X(LOGIN_TOKEN, login_token) X(LOGIN_SCRAM, login_scram) X(LOGIN_PROOF, login_proof) \
    X(SESSION_CLOSED, session_closed) X(UPSTREAM_SCRAM, upstream_scram) \
    X(UPSTREAM_MD5, upstream_md5) X(SECRET, secret) X(SIGN, sign) \
    X(ACTION_PROPOSE, action_propose) X(ACTION_SPEND, action_spend) \
    X(ACTION_LEFT, action_left) X(JOURNAL_KICK, journal_kick) \
    X(ACTION_ANSWER, action_answer) X(JOURNAL_SYNC, journal_sync) X(CALL, call) \
    X(POLICY_PROPOSE, policy_propose) X(RELOAD, reload) X(DRAIN, drain) X(STATS, stats) \
    X(LABEL_FLOW, label_flow) X(LABEL_GONE, label_gone) X(LABEL_STOPPED, label_stopped) \
    X(BUDGET_ASK, budget_ask) X(BUDGET_RETURN, budget_return) X(FETCHED, fetched) \
    X(LIST_ASK, list_ask) X(ENVELOPE_END, envelope_end) X(JUDGE_TRIED, judge_tried) X(STREAM_OPENED, stream_opened) \
    X(STREAM_TEXT, stream_text) X(STREAM_CLOSED, stream_closed)
/* clang-format on */

/* What people click comes with the courier of chats alone: the others call other strangers. */
static bool is_of_another_courier(const struct peer *p, enum sl_message type)
{
    return p->index != COURIER_CHAT &&
           (type == SL_MESSAGE_STREAM_OPENED || type == SL_MESSAGE_STREAM_TEXT ||
            type == SL_MESSAGE_STREAM_CLOSED);
}

/* What lets statements run, or says that they are recorded, is for gates alone whose journal is
 * read (P6). */
static bool is_unrecorded(const struct peer *p, enum sl_message type)
{
    return p->role == SL_ROLE_GATE && !p->keeper->journals[p->index].open &&
           (type == SL_MESSAGE_LOGIN_TOKEN || type == SL_MESSAGE_LOGIN_SCRAM ||
            type == SL_MESSAGE_LOGIN_PROOF || type == SL_MESSAGE_ACTION_SPEND ||
            type == SL_MESSAGE_BUDGET_ASK || type == SL_MESSAGE_JOURNAL_SYNC);
}

static enum sl_err dispatch(struct peer *p, struct sl_packet *packet)
{
    if ((p->signing && packet->type != SL_MESSAGE_SIGN) || is_of_another_courier(p, packet->type) ||
        is_unrecorded(p, packet->type))
        return SL_EDENIED;
    switch (packet->type) {
#define CASE(NAME, name)                               \
    case SL_MESSAGE_##NAME: {                          \
        struct sl_msg_##name m;                        \
        SL_TRY(sl_msg_##name##_get(packet->body, &m)); \
        on_##name(p, &m);                              \
        return SL_OK;                                  \
    }
        PLAIN_MESSAGES(CASE)
#undef CASE
    case SL_MESSAGE_PEER: {
        struct sl_msg_peer m;
        SL_TRY(sl_msg_peer_get(packet->body, &m));
        on_peer(p, &m, packet);
        return SL_OK;
    }
    default:
        return SL_EDENIED;
    }
}

void keeper_packet(void *owner, struct sl_channel *c, struct sl_packet *packet)
{
    struct peer *p = owner;

    if (p->ended)
        return;
    store_call_begins(&p->keeper->store);
    enum sl_err err = dispatch(p, packet);
    if (err != SL_OK)
        sl_channel_break(c, err);
    sl_arena_reset(p->keeper->mem);
}

/* --- new ends of channels, from the supervisor --------------------------------------------------
 */

static void end_earlier(struct keeper *k, enum sl_role role, uint32_t index, bool signing)
{
    for (struct peer *p = k->peers; p != NULL; p = p->next)
        if (p->role == role && p->index == index && p->signing == signing && !p->ended)
            on_end(p, p->channel, SL_EGONE);
}

static void on_channel(struct keeper *k, const struct sl_msg_peer *m, int fd, bool signing)
{
    struct peer *fresh;

    end_earlier(k, (enum sl_role)m->role, m->index, signing);
    if (peer_new(k, fd, (enum sl_role)m->role, m->index, &fresh) != SL_OK)
        keeper_die("a channel could not be opened", SL_EMEMORY);
    fresh->signing = signing;
    if (m->role == SL_ROLE_GATE && !signing) {
        journal_gate_lives(k, m->index, m->life);
        labels_greet(k, fresh);
    }
    if (m->role == SL_ROLE_COURIER && m->index == COURIER_ISSUERS)
        issuers_courier_here(k);
    if (m->role == SL_ROLE_COURIER && m->index == COURIER_HOOKS)
        hooks_courier_here(k);
    if (m->role == SL_ROLE_COURIER && m->index == COURIER_CHAT)
        chats_courier_here(k);
}

/* The gate before this one has ended, though its channel's end may not have been noticed yet. That
 * comes first: it lets go of the journal that is attached, and must not let go of this one. */
static void on_journal(struct keeper *k, uint32_t gate, int fd)
{
    end_earlier(k, SL_ROLE_GATE, gate, false);
    journal_gone(k, gate);
    journal_attach(k, gate, fd);
}

static void on_peer(struct peer *p, const struct sl_msg_peer *m, struct sl_packet *packet)
{
    struct keeper *k = p->keeper;
    bool gate = m->role == SL_ROLE_GATE && m->index < MAX_GATES;

    if (packet->fd_count != 1) {
        sl_channel_break(p->channel, SL_EMALFORMED);
        return;
    }
    int fd = packet->fds[0];
    packet->fds[0] = -1;
    if (gate && sl_span_is(m->purpose, "journal"))
        on_journal(k, m->index, fd);
    else if (sl_span_is(m->purpose, "control"))
        control_listen(k, fd);
    else if ((gate || m->role == SL_ROLE_DESK || m->role == SL_ROLE_COURIER) && m->purpose.n == 0)
        on_channel(k, m, fd, false);
    else if ((gate || m->role == SL_ROLE_DESK) && sl_span_is(m->purpose, "sign"))
        on_channel(k, m, fd, true);
    else
        packet->fds[0] = fd; /* not for us: closed by the channel */
}
