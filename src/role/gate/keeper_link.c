/* The keeper's messages, each to the session that it is about; and a new keeper after an old one.
 */
#include "role/gate/list.h"

#include "role/gate/halt.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/login.h"
#include "role/gate/meter.h"
#include "role/gate/settings.h"

#include <stdlib.h>
#include <unistd.h>

static void keeper_action(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_cursor cursor = sl_cursor(p->body);
    uint64_t action = sl_cursor_le64(&cursor); /* the first field of each of these messages */
    struct session *s = sl_map_get(g->by_action, sl_map_u64(&action));

    if (cursor.short_read)
        sl_channel_break(c, SL_EMALFORMED);
    else if (s != NULL && !s->dead && p->type == SL_MESSAGE_ACTION_NOTE)
        hold_note(s, c, p->body);
    else if (s != NULL && !s->dead && stop_is_of(s, action))
        stop_keeper(s, p->type, p->body);
    else if (s != NULL && !s->dead)
        hold_keeper(s, p->type, p->body);
}

static void keeper_login(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_cursor cursor = sl_cursor(p->body);
    uint64_t conn = sl_cursor_le64(&cursor);
    struct session *s = gate_session(g, conn);

    if (cursor.short_read)
        sl_channel_break(c, SL_EMALFORMED);
    else if (s != NULL)
        login_keeper(s, p->type, p->body);
}

static void keeper_proof(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_upstream_proof m;

    if (sl_msg_upstream_proof_get(p->body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    struct dial *d = sl_map_get(g->by_call, sl_map_u64(&m.call));
    if (d != NULL)
        dial_proof(d, &m);
}

static void keeper_end(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_session_end m;
    SL_BUF(why, 512);

    if (sl_msg_session_end_get(p->body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    struct session *s = sl_map_get(g->by_keeper, sl_map_u64(&m.session));
    if (s == NULL)
        return;
    if (s->phase == PHASE_READY && item_head(s) != NULL)
        upstream_cancel_left(
            s); /* the server would go on with it, not noticing that nobody listens */
    sl_buf_say(&why, "this session was ended: %S", m.why);
    session_fatal(s, "57P01", sl_buf_text(&why), NULL);
}

/* A running statement is stopped where it runs. */
static void keeper_stop(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_action_stop m;

    if (sl_msg_action_stop_get(p->body, &m) != SL_OK)
        sl_channel_break(c, SL_EMALFORMED);
    else
        halt_action(g, m.action, m.who);
}

static void keeper_synced(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    struct sl_msg_journal_synced m;
    struct sl_span key;
    void *value;
    size_t at = 0;

    if (sl_msg_journal_synced_get(p->body, &m) != SL_OK) {
        sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    while (sl_map_next(g->sessions, &at, &key, &value)) {
        struct session *s = value;
        if (!s->dead && s->wait == WAIT_SYNC && s->sync_position <= m.position)
            session_resume(s, WAIT_SYNC);
    }
}

void keeper_message(struct gate *g, struct sl_channel *c, struct sl_packet *p)
{
    switch (p->type) {
    case SL_MESSAGE_LOGIN_CHALLENGE:
    case SL_MESSAGE_LOGIN_OK:
    case SL_MESSAGE_LOGIN_REFUSED:
        keeper_login(g, c, p);
        return;
    case SL_MESSAGE_UPSTREAM_PROOF:
        keeper_proof(g, c, p);
        return;
    case SL_MESSAGE_SESSION_END:
        keeper_end(g, c, p);
        return;
    case SL_MESSAGE_ACTION_STOP:
        keeper_stop(g, c, p);
        return;
    case SL_MESSAGE_JOURNAL_SYNCED:
        keeper_synced(g, c, p);
        return;
    case SL_MESSAGE_LABELS: {
        enum sl_err e = labels_take(g, p->body);
        if (e != SL_OK)
            sl_channel_break(c, e);
        return;
    }
    case SL_MESSAGE_JUDGE_TRY: {
        struct sl_msg_judge_try m;
        if (sl_msg_judge_try_get(p->body, &m) == SL_OK)
            judges_try(g, &m);
        else
            sl_channel_break(c, SL_EMALFORMED);
        return;
    }
    case SL_MESSAGE_ACTION_ANSWERED: {
        enum sl_err e = settings_answered(g, p->body);
        if (e != SL_OK)
            sl_channel_break(c, e);
        return;
    }
    case SL_MESSAGE_ACTION_NOTE:
    case SL_MESSAGE_ACTION_HELD:
    case SL_MESSAGE_ACTION_REFUSED:
    case SL_MESSAGE_ACTION_STALE:
    case SL_MESSAGE_ACTION_OFFER:
    case SL_MESSAGE_ACTION_GO:
        keeper_action(g, c, p);
        return;
    case SL_MESSAGE_LIST:
        list_keeper(g, c, p);
        return;
    case SL_MESSAGE_BUDGET_LEASE:
    case SL_MESSAGE_BUDGET_RETURNED:
        leases_keeper(g, c, p);
        return;
    default:
        sl_channel_break(c, SL_EUNSUPPORTED);
    }
}

static void keeper_lost(struct gate *g)
{
    g->keeper = NULL;
    gate_each_session(g, login_keeper_lost);
    gate_each_session(g, list_keeper_lost);
}

/* A channel that we broke, for what came or for what did not fit, is not made again while the
 * keeper runs: it would read no journal of ours, and nothing may run unrecorded (P6). The
 * supervisor starts another gate. */
static void on_keeper_end(void *owner, struct sl_channel *c, enum sl_err why)
{
    struct gate *g = owner;

    sl_log(SL_LOG_WARN, "keeper_lost", SL_CSTR("why", sl_err_text(why)));
    if (why != SL_EGONE)
        exit(1);
    sl_channel_free(c);
    keeper_lost(g);
}

static void ask_sync_again(struct session *s)
{
    if (s->wait == WAIT_SYNC)
        SL_SEND(s->gate->keeper, journal_sync, .position = s->sync_position);
}

void keeper_connect(struct gate *g, int fd)
{
    if (g->keeper != NULL) { /* whose end we have not noticed yet */
        sl_channel_free(g->keeper);
        keeper_lost(g);
    }
    if (sl_channel_new(g->loop, fd, SL_ROLE_KEEPER, SL_CONN_OPEN, gate_on_packet, on_keeper_end, g,
                       &g->keeper) != SL_OK) {
        close(fd);
        return;
    }
    labels_tell_again(g);
    leases_again(g);
    gone_tell_again(g);
    gate_each_session(g, hold_again);
    gate_each_session(g, list_ask_again);
    gate_each_session(g, stop_again);
    gate_each_session(g, ask_sync_again);
    gate_each_session(g, settings_keeper_new);
}
