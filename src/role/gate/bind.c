/* Bind: with its values a statement becomes an action. What it is to do is judged, held and
 * recorded here, ahead of its Execute (P1). */
#include "role/gate/extended_int.h"

#include "role/gate/budget.h"
#include "role/gate/elevate.h"
#include "role/gate/gate_int.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"
#include "role/gate/session.h"
#include "role/gate/settings.h"
#include "role/gate/stream.h"
#include "role/gate/witness.h"

/* The statement that the server will have under this name when the Bind arrives. */
static enum take find_statement(struct session *s, struct sl_span name, struct prepared **out)
{
    struct statement_name *n = s->statements == NULL ? NULL : sl_map_get(s->statements, name);

    *out = NULL;
    if (n == NULL)
        return TAKE_DONE;
    if (n->tentative == NULL) {
        *out = n->confirmed;
        return TAKE_DONE;
    }
    if (n->tentative_segment == s->segment) {
        *out = n->tentative;
        return TAKE_DONE;
    }
    return wait_for_answers(
        s); /* sent before an earlier Sync and not confirmed: what says the server? */
}

static enum follow look_ahead(struct sl_span rest, struct sl_span portal, uint32_t *max_rows)
{
    for (;;) {
        struct sl_pg_frame f;
        struct sl_pg_execute e;
        if (sl_pg_frame(rest, &f) != SL_STEP_EVENT || rest.n < SL_PG_HEADER + (size_t)f.body_bytes)
            return FOLLOW_UNKNOWN;
        if (f.type == SL_PG_EXECUTE &&
            sl_pg_execute_get(sl_span(rest.p + SL_PG_HEADER, f.body_bytes), &e) == SL_OK &&
            sl_span_eq(e.portal, portal)) {
            *max_rows = e.max_rows;
            return FOLLOW_EXECUTE;
        }
        if (f.type != SL_PG_DESCRIBE)
            return FOLLOW_NONE;
        rest = sl_span_from(rest, SL_PG_HEADER + (size_t)f.body_bytes);
    }
}

/* What the Bind that is sent now makes, and the item for the server's word about it. */
static struct portal *open_portal(struct session *s, struct sl_span name)
{
    struct portal *p = portals_make(s, name);

    if (p == NULL) {
        session_kill(s, "out of memory");
        return NULL;
    }
    names_forget_cursor(s, name);
    s->names_epoch += name.n > 0; /* a FETCH may read from it now */
    p->serial = ++s->bind_serial;
    p->segment = s->segment;
    struct item *item = item_push(s, ITEM_BIND);
    item->serial = p->serial;
    item->name = name_copy(name);
    if (item->name == NULL)
        session_kill(s, "out of memory");
    return s->dead ? NULL : p;
}

/* Is what follows its Execute and a Sync, and nothing else? Only what was received can be looked
 * at.
 */
static bool is_alone(struct sl_span rest)
{
    bool executed = false;
    struct sl_pg_frame f;

    while (sl_pg_frame(rest, &f) == SL_STEP_EVENT &&
           rest.n >= SL_PG_HEADER + (size_t)f.body_bytes) {
        if (f.type == SL_PG_SYNC)
            return executed;
        if (executed || (f.type != SL_PG_DESCRIBE && f.type != SL_PG_EXECUTE))
            return false;
        executed = f.type == SL_PG_EXECUTE;
        rest = sl_span_from(rest, SL_PG_HEADER + (size_t)f.body_bytes);
    }
    return false;
}

/* It is complete before its Sync commits it: what fails until then undoes it. What may commit by
 * itself is not marked; nor, to spare a record, a change into which no data flows and behind which
 * its Sync comes at once: there only a deferred check can fail. */
static uint32_t ends_with_sync(const struct sl_meaning *m, struct sl_span rest)
{
    const uint32_t by_itself =
        SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM | SL_EFFECT_ADMIN;
    const uint32_t rows = SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE |
                          SL_EFFECT_TRUNCATE | SL_EFFECT_IMPORT;
    bool flows = (m->effects & (rows | SL_EFFECT_DDL)) != 0 && m->flow_count > 0;

    if ((m->effects & by_itself) != 0)
        return 0;
    return flows || ((m->effects & rows) != 0 && !is_alone(rest)) ? (uint32_t)SL_INTENT_IN_TX : 0;
}

static enum take send_bind(struct session *s, const struct judged *j, const struct held_bytes *what,
                           struct sl_span whole, struct sl_span rest)
{
    const struct sl_pg_bind *m = what->bind;
    const struct prepared *p = what->prepared;
    struct meter *meter;
    bool granted = hold_is_granted(s);
    uint64_t action;
    uint32_t flags = SL_INTENT_EXTENDED | ends_with_sync(&j->meaning->m, rest);
    enum take t = record_intent(s, j, p->text, flags, m, &action);

    if (t != TAKE_DONE)
        return t;
    if (!labels_spread(s, j, action))
        return TAKE_DEAD;
    bool metered = meter_make(s, j, action, what, &meter);
    hold_free(s);
    extended_forget(s, &j->meaning->m); /* its own portal is not among what it forgets */
    struct portal *portal = open_portal(s, m->portal);
    if (portal == NULL || !metered) {
        meter_unref(meter);
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    portal->meter = meter;
    struct item filled = {0};
    item_fill(s, &filled, j, action);
    if ((filled.flags & ITEM_ENDS_DDL) != 0 && s->tx == 'I') { /* it commits with the next Sync */
        filled.flags &= (uint16_t)~ITEM_ENDS_DDL;
        if (!s->ddl_unsynced)
            ddl_begins(s);
        s->ddl_unsynced = true;
    }
    portal->action = action;
    portal->item_flags = filled.flags;
    portal->verdict = j->verdict->witness ? verdict_ref(j->verdict) : NULL;
    portal->granted = granted;
    portal->granted_rows = what->max_rows;
    if (names_are_made(&j->meaning->m))
        portal->made = names_ticket(s, p->text, j->meaning);
    portal->by_names = (j->meaning->m.flags & (SL_MEANING_PREPARED | SL_MEANING_CURSOR)) != 0;
    portal->names_epoch = s->names_epoch;
    portal->by_context = meaning_has_code(&j->meaning->m);
    portal->context = s->context_unknown ? 0 : s->context;
    portal->moves = s->context_moves;
    s->items[(s->item_head + s->item_count - 1) & (s->item_room - 1)].flags =
        filled.flags & (ITEM_LABELLED | ITEM_DDL);
    ddl_opens(s, &j->meaning->m);
    s->unsynced = true;
    s->unsynced_unsure =
        s->unsynced_unsure ||
        (s->tx != 'T' &&
         (j->meaning->m.effects & (SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM)) != 0);
    s->unsynced_changes = s->unsynced_changes ||
                          (j->meaning->m.effects &
                           ~(uint32_t)(SL_EFFECT_READ | SL_EFFECT_EXPORT | SL_EFFECT_SESSION)) != 0;
    client_forward(s, whole);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take bind_set(struct session *s, const struct sl_pg_bind *m, const struct prepared *p,
                          struct sl_span whole)
{
    SL_BUF(complaint, 512);

    if (!settings_apply(s, p->text, &complaint))
        return extended_refuse(s, "22023", sl_buf_text(&complaint), NULL);
    struct portal *portal = open_portal(s, m->portal);
    if (portal == NULL)
        return TAKE_DEAD;
    portal->item_flags = ITEM_IS_SET;
    s->unsynced = true;
    client_forward(s, whole);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take hold_bind(struct session *s, const struct judged *j, struct held_bytes *what,
                           struct sl_span rest)
{
    SL_BUF(flush, 16);
    enum follow follow = look_ahead(rest, what->bind->portal, &what->max_rows);

    if (s->hold == NULL && follow == FOLLOW_UNKNOWN)
        return TAKE_WAIT; /* without a wait: the pump comes again with more bytes */
    if (s->hold == NULL && s->item_count > 0) {
        client_flush(s); /* let the client have what came before, while this waits */
        sl_pg_put_flush(&flush);
        if (!stream_write(&s->server, sl_buf_span(&flush))) {
            session_kill(s, "the server does not take what it is sent");
            return TAKE_DEAD;
        }
    }
    return hold_take(s, j, what);
}

static enum take bind_by_verdict(struct session *s, const struct judged *j, struct held_bytes *what,
                                 struct sl_span whole, struct sl_span rest)
{
    enum sl_verdict enforced = j->verdict->answer.enforced;

    if (enforced != SL_HOLD)
        hold_moot(s);
    if (enforced == SL_DENY) {
        extended_refuse_by_policy(s, j, what->text);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    if (enforced == SL_HOLD && what->prepared->settings != 0 &&
        what->prepared->settings != s->settings_hash)
        return extended_refuse(
            s, "42501",
            "the session's settings changed since this statement was prepared, and what "
            "its literals mean with them",
            "prepare it again");
    if (enforced == SL_HOLD) {
        enum take t = TAKE_DONE;
        if (!elevate_may(s, j, what, &t))
            return t;
        t = hold_bind(s, j, what, rest);
        if (t != TAKE_DONE || !hold_is_granted(s))
            return t;
    }
    return send_bind(s, j, what, whole, rest);
}

/* What policy allows may still be more than a budget has left. */
static enum take bind_by_budget(struct session *s, const struct judged *j, struct held_bytes *what,
                                struct sl_span whole, struct sl_span rest)
{
    struct judged over = {0};

    if (j->verdict->answer.verdict == SL_ALLOW && !s->target->config->observe) {
        enum take t = budget_take(s, j, &over, &what->over);
        if (t != TAKE_DONE)
            return t;
    }
    enum take t = bind_by_verdict(s, over.verdict != NULL ? &over : j, what, whole, rest);
    judged_done(&over);
    return t;
}

/* What EXECUTE and FETCH do is what the names that they use stand for now. */
static bool depends_on_names(const struct meaning *m)
{
    return m != NULL && (m->m.flags & (SL_MEANING_PREPARED | SL_MEANING_CURSOR)) != 0;
}

enum take bind_take(struct session *s, struct sl_span body, struct sl_span whole,
                    struct sl_span rest)
{
    struct sl_pg_bind m;
    struct prepared *p;
    struct judged j;

    if (sl_pg_bind_get(body, &m) != SL_OK) {
        session_fatal(s, "08P01", "a Bind message that does not follow the protocol", NULL);
        return TAKE_DEAD;
    }
    if (extended_is_too_long(m.statement) || extended_is_too_long(m.portal))
        return extended_refuse_name(s);
    enum take t = find_statement(s, m.statement, &p);
    if (t != TAKE_DONE)
        return t;
    if (p == NULL)
        return extended_refuse(s, "26000",
                               "Sluice knows no prepared statement of this name in this session",
                               "prepare it with a Parse message first");
    if (s->prepared_bytes > PREPARED_BYTES_MAX || portals_count(s) > NAMES_MAX)
        return extended_refuse(s, "54000", "this session has too many open portals",
                               "close some of them");
    if (p->is_set)
        return bind_set(s, &m, p, whole);
    bool fresh = p->user_types || (p->generation == s->target->generation &&
                                   p->context == s->context && !depends_on_names(p->meaning));
    prepared_ref(p);
    t = action_judge(s, p->text, fresh ? p->meaning : NULL, &j);
    if (t == TAKE_DONE) {
        struct held_bytes what = {
            .extended = true, .text = p->text, .bind = &m, .prepared = p, .bind_body = body};
        t = wait_to_commit(s, &j.meaning->m);
        if (t == TAKE_DONE)
            t = bind_by_budget(s, &j, &what, whole, rest);
        if (t == TAKE_WAIT)
            judged_keep(s, &j);
        judged_done(&j);
    }
    prepared_unref(p);
    return t;
}
