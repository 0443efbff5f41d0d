/* The simple protocol: one message, one action. And what a message that is sent does to the
 * session, in both. */
#include "role/gate/list.h"

#include "role/gate/elevate.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/query.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/settings.h"
#include "role/gate/witness.h"

static void refuse_by_policy(struct session *s, const struct judged *j, struct sl_span text)
{
    SL_BUF(message, 2048);
    SL_BUF(detail, 2048);
    SL_BUF(hint, 1024);

    record_refusal(s, j, text, NULL);
    refuse_denied(s, j, &message, &detail, &hint);
    struct refusal r = {"42501", sl_buf_text(&message), sl_buf_text(&detail), sl_buf_text(&hint)};
    refuse_simple(s, &r);
}

/* Checks that wait for the end of their transaction speak of rows that others wrote in it. */
static bool runs_deferred_checks(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->statement_count; i++)
        if (sl_span_is(m->statements[i].tag, "set constraints"))
            return true;
    return (m->flags & SL_MEANING_TX_COMMIT) != 0;
}

/* Until its answer is there and the server has been asked (end_item): whatever DDL says, in a
 * session whose search path begins with pg_temp it may make a temporary object. */
static void assume_temp_objects(struct session *s)
{
    if (s->temp_objects && s->temp_names.n == 0)
        return;
    s->temp_objects = true;
    span_set(&s->temp_names, sl_span(NULL, 0));
    s->context ^= 1; /* another context: what was cached without them does not hold */
}

static uint16_t item_flags_of(struct session *s, const struct judged *j)
{
    const struct sl_meaning *m = &j->meaning->m;
    const uint32_t unsure = SL_EFFECT_OPAQUE | SL_EFFECT_CALL | SL_EFFECT_PROGRAM;
    uint16_t flags = 0;

    s->labelled_open = s->labelled_open || j->verdict->labelled_read;
    if (j->verdict->labelled_read || (s->labelled_open && runs_deferred_checks(m)))
        flags |= ITEM_LABELLED;
    if ((m->flags & SL_MEANING_COPY_IN) != 0)
        flags |= ITEM_COPY_IN;
    if ((m->flags & SL_MEANING_CONTEXT) != 0 || (m->effects & unsure) != 0)
        flags |= ITEM_CONTEXT;
    if ((m->flags & ENDS_TX) != 0)
        flags |= ITEM_ENDS_TX;
    bool ends_tx = (m->flags & (SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK)) != 0;
    if (ends_tx && m->statement_count == 1 && (m->effects & unsure) == 0)
        flags |= ITEM_ENDS_ALL;
    bool ddl = (m->effects & unsure) != 0 ||
               ((m->effects & SL_EFFECT_DDL) != 0 && (m->flags & SL_MEANING_DDL_NEUTRAL) == 0);
    if (ddl)
        assume_temp_objects(s);
    if ((ddl && s->tx != 'T') || (s->ddl_in_tx && ends_tx))
        flags |= ITEM_ENDS_DDL;
    if (ddl)
        flags |= ITEM_DDL;
    return flags;
}

void ddl_begins(struct session *s)
{
    if (s->target->ddl_under_way++ == 0)
        s->target->ddl_since_ms = sl_loop_now_ms(s->gate->loop);
}

void item_sent(struct session *s, struct item *item)
{
    if ((item->flags & ITEM_ENDS_TX) != 0 && s->context_touched)
        item->flags |= ITEM_CONTEXT;
    if ((item->flags & ITEM_CONTEXT) != 0)
        s->context_touched = s->context_unknown = true;
    if ((item->flags & ITEM_DDL) != 0) /* what it made or dropped may come and go with its end */
        s->context_touched = true;
    s->context_moves += (item->flags & ITEM_CONTEXT) != 0;
    s->ddl_moves += (item->flags & ITEM_DDL) != 0;
    if ((item->flags & ITEM_ENDS_DDL) != 0)
        ddl_begins(s);
    /* A transaction may have been begun by what is under way. */
    if ((item->flags & ITEM_DDL) != 0 && (s->tx == 'T' || s->unsynced || s->item_count > 1))
        s->ddl_in_tx = s->opaque_since_ddl = true;
}

static bool names_custom_setting(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->name_count; i++)
        if (m->names[i].kind == SL_NAME_SETTING &&
            (m->names[i].name.n == 0 || sl_span_find(m->names[i].name, '.') < m->names[i].name.n))
            return true;
    return false;
}

void item_fill(struct session *s, struct item *item, const struct judged *j, uint64_t action)
{
    item->flags = item_flags_of(s, j);
    item->action = action;
    s->custom_moves += names_custom_setting(&j->meaning->m);
}

enum take query_send(struct session *s, const struct judged *j, const struct held_bytes *what,
                     struct sl_span whole)
{
    struct sl_span text = what->text;
    struct meter *meter;
    uint64_t action;
    enum take t = record_intent(s, j, text, 0, NULL, &action);

    if (t != TAKE_DONE)
        return t;
    if (!labels_spread(s, j, action))
        return TAKE_DEAD;
    if (!elevate_begin(s, action))
        return TAKE_DEAD;
    bool metered = meter_make(s, j, action, what, &meter);
    hold_free(s);
    struct item *item = item_push(s, ITEM_QUERY);
    item_fill(s, item, j, action);
    item->verdict = j->verdict->witness ? verdict_ref(j->verdict) : NULL;
    if (list_approval(s) != NULL)
        item->flags |= ITEM_LISTED;
    item->meter = meter;
    item->mixed = txn_is_mixed(&j->meaning->m) ? meaning_ref(j->meaning) : NULL;
    if (!metered)
        session_kill(s, "out of memory");
    item_sent(s, item);
    ddl_count(s, &j->meaning->m);
    ddl_opens(s, &j->meaning->m);
    s->segment++;
    s->unsynced = false;
    extended_forget(s, &j->meaning->m);
    if (names_are_made(&j->meaning->m))
        item->prepared = names_ticket(s, text, j->meaning);
    client_forward(s, whole);
    if ((item->flags & ITEM_COPY_IN) != 0) {
        s->wait = WAIT_COPY;
        client_flush(s);
    }
    if (elevate_is_on(s)) { /* nothing else may reach that connection */
        s->wait = WAIT_ANSWERS;
        client_flush(s);
    }
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

static enum take by_verdict(struct session *s, const struct judged *j, struct held_bytes *what,
                            struct sl_span whole)
{
    enum sl_verdict enforced = j->verdict->answer.enforced;

    if (enforced != SL_HOLD) {
        hold_moot(s);
        elevate_forget(s);
    }
    if (enforced == SL_DENY) {
        refuse_by_policy(s, j, what->text);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    if (enforced == SL_HOLD) {
        enum take t = TAKE_DONE;
        if (s->hold == NULL && !elevate_may(s, j, what, &t))
            return t;
        t = hold_take(s, j, what);
        if (t == TAKE_DONE && hold_is_granted(s))
            t = elevate_take(s, j, what);
        if (t != TAKE_DONE || !hold_is_granted(s))
            return t; /* waits, or was refused and has been told so */
    }
    return query_send(s, j, what, whole);
}

/* What policy allows may still be more than a budget has left. */
static enum take by_budget(struct session *s, const struct judged *j, struct sl_span text,
                           struct sl_span whole)
{
    struct held_bytes what = {.text = text};
    struct judged over = {0};

    if (j->verdict->answer.verdict == SL_ALLOW && !s->target->config->observe) {
        enum take t = budget_take(s, j, &over, &what.over);
        if (t != TAKE_DONE)
            return t;
    }
    enum take t = by_verdict(s, over.verdict != NULL ? &over : j, &what, whole);
    judged_done(&over);
    return t;
}

enum take query_take(struct session *s, struct sl_span body, struct sl_span whole)
{
    struct sl_span text;
    struct judged j;
    bool was_ours = false;

    if (sl_pg_query_get(body, &text) != SL_OK) {
        session_fatal(s, "08P01", "a Query message without a proper end", NULL);
        return TAKE_DEAD;
    }
    if (s->unsynced &&
        s->item_count > 0) /* if any of it fails, the server skips this message too */
        return wait_for_answers(s);
    enum take t = list_take(s, text, whole, &was_ours);
    if (!was_ours)
        t = settings_take(s, text, whole, &was_ours);
    if (was_ours)
        return t;
    t = action_judge(s, text, NULL, &j);
    if (t != TAKE_DONE)
        return t;
    struct refusal r;
    if (settings_are_misspelt(&j, &r)) {
        hold_moot(s);
        record_refusal(s, &j, text, NULL); /* whatever else it may have tried */
        judged_done(&j);
        refuse_simple(s, &r);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    t = wait_to_commit(s, &j.meaning->m);
    if (t == TAKE_DONE)
        t = by_budget(s, &j, text, whole);
    if (t == TAKE_WAIT && s->wait != WAIT_INTERNAL) /* what is asked there may change the meaning */
        judged_keep(s, &j);
    judged_done(&j);
    return t;
}
