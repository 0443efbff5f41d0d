/* Running a list: its first statement spends the grant, each next one must be the next of it. */
#include "role/gate/list.h"

#include "base/utf8.h"
#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/login.h"
#include "role/gate/meter.h"
#include "role/gate/query.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/settings.h"

static const char open_pipeline[] = "a pipeline without its Sync is open";
static const char changed_by_others[] =
    "what its statements use was changed by somebody else since it was approved";
static const char stopped[] = "it was stopped";
static const char again_hint[] = "nothing of this message ran; ask anew for what is left";

const uint8_t *list_approval(const struct session *s)
{
    return s->list != NULL && s->list->phase == LIST_RUNNING ? s->list->uuid : NULL;
}

/* Of a list of which a part ran: failed. Of one that spent its grant and ran nothing: refused. */
static uint8_t outcome_of(const struct list *l)
{
    return l->ran > 0 || l->under_way ? SL_OUTCOME_FAILED : SL_OUTCOME_REFUSED;
}

static enum take refuse(struct session *s, const char *sqlstate, const char *why)
{
    struct list *l = s->list;
    SL_BUF(message, 1024);
    SL_BUF(detail, 512);
    SL_BUF(state, 8); /* what was given may go with the list */
    struct refusal r = {.hint = again_hint};

    sl_buf_put_str(&state, sqlstate);
    r.sqlstate = sl_buf_text(&state);

    sl_buf_say(&message, "the list of statements ended: %s", why);
    if (l->approval[0] != '\0')
        sl_buf_say(&detail, "approval %s; %U of %U statements ran", l->approval, (uint64_t)l->ran,
                   (uint64_t)l->count);
    r.message = sl_buf_text(&message);
    r.detail = detail.n == 0 ? NULL : sl_buf_text(&detail);
    if (l->phase == LIST_OVER)
        list_free(s);
    else
        list_end(s, outcome_of(l), r.sqlstate, why, false);
    refuse_simple(s, &r);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* --- noting ---------------------------------------------------------------------------------- */

static enum take note(struct session *s, struct sl_span text)
{
    SL_BUF(b, 64);

    if (s->item_count > 0)
        return wait_for_answers(s);
    if (s->unsynced)
        return refuse(s, "25001", open_pipeline);
    if (!sl_utf8_valid(text))
        return refuse(s, "22021", "a statement of it is not valid UTF-8");
    switch (list_add(s->list, text)) {
    case SL_OK:
        break;
    case SL_ELIMIT:
        return refuse(s, "54000", "a list holds at most 256 statements and 4 MB");
    default:
        session_kill(s, "out of memory");
        return TAKE_DEAD;
    }
    sl_pg_put_tag(&b, "LISTED");
    sl_pg_put_ready(&b, (enum sl_pg_ready)s->tx);
    server_say(s, sl_buf_span(&b));
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* --- spending -------------------------------------------------------------------------------- */

static void begin(struct session *s)
{
    struct list *l = s->list;
    struct hold *h = s->hold;

    memcpy(l->approval, h->approval, sizeof l->approval);
    memcpy(l->uuid, h->uuid, sizeof l->uuid);
    l->action = h->action;
    l->idle_ms = l->whole.verdict->answer.grant_ttl_ms;
    l->phase = LIST_RUNNING;
    hold_recorded(s); /* from here on the list's own end is the outcome of the spend */
    hold_free(s);
    sl_timer_arm(l->timer, l->idle_ms);
}

/* TAKE_DONE with the list RUNNING: its grant is spent. */
static enum take spend(struct session *s, struct sl_span text)
{
    struct list *l = s->list;
    struct held_bytes what = {.text = text, .list = l};

    enum take t = list_judge(s);
    if (t != TAKE_DONE || s->list == NULL)
        return t;
    enum sl_verdict enforced = l->whole.verdict->answer.enforced;
    if (enforced != SL_HOLD)
        hold_moot(s);
    if (enforced == SL_DENY)
        return refuse(s, "42501", "policy denies it now");
    if (enforced == SL_ALLOW)
        return refuse(s, "SL003", "nothing of it is held any more: it needs no approval");
    t = hold_take(s, &l->whole, &what);
    if (t == TAKE_DONE && hold_is_granted(s))
        begin(s);
    else if (t == TAKE_DONE)
        list_free(s); /* refused, and its client was told */
    return t;
}

/* --- each statement -------------------------------------------------------------------------- */

static bool same_meaning(const struct list_item *shown, const struct judged *now)
{
    return sl_span_eq(shown->judged.meaning->bytes, now->meaning->bytes) &&
           memcmp(shown->judged.verdict->answer.rules_digest, now->verdict->answer.rules_digest,
                  sizeof now->verdict->answer.rules_digest) == 0;
}

static bool has_rule(const struct sl_answer *a, const struct sl_rule *rule)
{
    for (size_t i = 0; i < a->rule_count; i++)
        if (a->rules[i] == rule)
            return true;
    return false;
}

/* What nobody could understand when the list was asked, and what now turns out to be held by
 * somebody whom nobody asked. */
static bool asks_more(const struct sl_answer *whole, const struct sl_answer *now)
{
    if (now->enforced != SL_HOLD)
        return false;
    for (size_t i = 0; i < now->rule_count; i++)
        if (!has_rule(whole, now->rules[i]))
            return true;
    return (now->from_default && !whole->from_default) || (now->passkey && !whole->passkey) ||
           (now->device_bound && !whole->device_bound) || (now->shut & ~whole->shut) != 0;
}

/* What was not understood was approved for its text, under the definitions that it stood on: those
 * may have moved by the list's own statements alone (P3). What they changed and committed counted
 * when the rest was judged again (list_base.c); what they have not committed nobody sees. */
static bool unclear_moved(const struct list *l, const struct judged *j)
{
    struct sl_list_item items[SL_LIST_MAX];
    const struct meaning *now = j->seen != NULL ? j->seen : j->meaning;
    struct sl_list_changes session;

    list_items(l, items);
    return sl_list_changes(NULL, items, l->at, l->at, &session) != SL_OK ||
           sl_list_moved(&l->items[l->at].judged.meaning->m, &now->m, &session);
}

/* Why this statement may not run although the list says so; NULL: it may. */
static const char *objection(const struct session *s, const struct judged *j)
{
    const struct list *l = s->list;
    const struct list_item *shown = &l->items[l->at];
    struct refusal own;

    if (settings_are_misspelt(j, &own))
        return "its next statement is about a setting of Sluice's own";
    if (s->gate->generation != l->generation)
        return "policy changed while it ran";
    if (j->verdict->answer.enforced == SL_DENY)
        return "policy denies its next statement";
    if (shown->unclear.n == 0 && !same_meaning(shown, j))
        return "its next statement means something else now than what was approved";
    if (shown->unclear.n > 0 && unclear_moved(l, j))
        return changed_by_others;
    if (asks_more(&l->whole.verdict->answer, &j->verdict->answer))
        return "its next statement is held by rules that nobody was asked about";
    if ((j->meaning->m.flags & SL_MEANING_COPY_IN) != 0)
        return "COPY ... FROM STDIN cannot be part of a list: nobody saw the data";
    return NULL;
}

static enum take send_next(struct session *s, const struct judged *j, struct sl_span text,
                           struct sl_span whole)
{
    struct held_bytes what = {.text = text};
    struct judged over = {0};
    struct over_budget said = {0};

    enum take t = wait_to_commit(s, &j->meaning->m);
    if (t == TAKE_DONE && j->verdict->answer.verdict == SL_ALLOW)
        t = budget_take(s, j, &over, &said);
    if (t != TAKE_DONE)
        return t;
    if (over.verdict != NULL) {
        record_refusal(s, &over, text, NULL);
        judged_done(&over);
        return refuse(s, "42501", "its next statement goes beyond a budget");
    }
    s->list->under_way = true;
    uint64_t sent = s->target->ddl_sent, moves = s->ddl_moves;
    t = query_send(s, j, &what, whole);
    list_base_sent(s, sent, moves);
    if (t == TAKE_WAIT && s->item_count == 0)
        s->list->under_way = false; /* it waits for the journal or the disk, and comes again */
    return t;
}

static enum take next(struct session *s, struct sl_span text, struct sl_span whole)
{
    struct list *l = s->list;
    struct judged j = {0};

    if (!sl_span_eq(text, l->items[l->at].text))
        return refuse(s, "SL003", "this is not its next statement");
    sl_timer_disarm(l->timer);
    bool moved;
    enum take t = list_base(s, &moved);
    if (t == TAKE_DONE)
        t = action_judge(s, text, NULL, &j);
    if (t != TAKE_DONE)
        return t;
    const char *why = moved ? changed_by_others : objection(s, &j);
    if (why != NULL)
        record_refusal(s, &j, text, NULL);
    t = why != NULL ? refuse(s, "SL002", why) : send_next(s, &j, text, whole);
    if (t == TAKE_WAIT && s->wait != WAIT_INTERNAL)
        judged_keep(s, &j);
    judged_done(&j);
    return t;
}

/* A statement of ours, or nothing that can be a query of a list. */
static bool is_about_lists(struct sl_span text)
{
    return settings_is_set(text) || settings_is_show(text);
}

enum take list_take(struct session *s, struct sl_span text, struct sl_span whole, bool *taken)
{
    struct list *l = s->list;

    if (l == NULL || (l->phase < LIST_RUNNING && is_about_lists(text)))
        return TAKE_DONE;
    if (envelope_is(s))
        return envelope_take(s, text, whole, taken);
    *taken = true;
    if (l->phase == LIST_NOTING)
        return note(s, text);
    if (s->item_count > 0)
        return wait_for_answers(s); /* an error in them ends the list */
    if (s->unsynced)
        return refuse(s, "25001", open_pipeline);
    if (l->phase == LIST_OVER)
        return refuse(s, l->sqlstate, l->why);
    if (l->phase == LIST_ARMED) {
        if (s->tx != 'I')
            return refuse(s, "25001", "it begins outside of a transaction");
        if (!sl_span_eq(text, l->items[0].text))
            return refuse(s, "SL003", "this is not its first statement");
        enum take t = spend(s, text);
        if (t != TAKE_DONE || s->list == NULL || s->list->phase != LIST_RUNNING)
            return t;
    }
    return next(s, text, whole);
}

void list_answered(struct session *s, bool failed, const char *sqlstate)
{
    struct list *l = s->list;

    if (l == NULL || l->phase != LIST_RUNNING) /* stopped meanwhile: the outcome is said */
        return;
    l->under_way = false;
    if (failed) {
        list_end(s, SL_OUTCOME_FAILED, sqlstate, "the server refused a statement of it", false);
        return;
    }
    list_base_answered(s);
    l->ran++;
    l->at++;
    if (l->stopped && l->at < l->count)
        list_end(s, SL_OUTCOME_FAILED, "57014", stopped, true);
    else if (l->at == l->count)
        list_end(s, SL_OUTCOME_OK, NULL, "all of it ran", false);
    else
        sl_timer_arm(l->timer, l->idle_ms);
}

/* --- ends from elsewhere --------------------------------------------------------------------- */

void list_drop(struct session *s, const char *why)
{
    if (envelope_is(s)) {
        envelope_end(s, why);
        return;
    }
    if (list_approval(s) != NULL)
        list_end(s, outcome_of(s->list), "SL003", why, false);
    list_free(s);
}

bool list_breaks(struct session *s)
{
    static const struct refusal r = {
        .sqlstate = "SL003",
        .message = "the list of statements ended: a list is asked for, and run, by simple queries",
        .hint = again_hint,
    };

    if (s->list == NULL)
        return false;
    if (envelope_is(s)) { /* the message itself is judged as any other */
        envelope_end(s, "a message that is no simple query");
        return false;
    }
    list_drop(s, "a message that is no simple query");
    refuse_extended(s, &r);
    return true;
}

void list_lost(struct session *s)
{
    struct list *l = s->list;

    if (l != NULL && l->phase == LIST_RUNNING)
        list_end(s, l->under_way ? SL_OUTCOME_UNKNOWN : outcome_of(l), "08006",
                 "its connection ended", false);
    list_free(s);
}

void list_keeper_lost(struct session *s)
{
    if (list_approval(s) != NULL)
        list_end(s, SL_OUTCOME_UNKNOWN, "08007", "Sluice's keeper ended while it ran", true);
    else if (envelope_is(s) && s->list->phase == LIST_ARMED)
        list_end(s, 0, "08007", "Sluice's keeper ended, and every envelope with it", true);
}

bool list_stop(struct session *s, uint64_t action)
{
    if (list_approval(s) == NULL || s->list->action != action)
        return false;
    s->list->stopped = true;
    if (s->list->under_way)
        upstream_cancel_until_end(s); /* how that statement ended is known when it is answered */
    else
        list_end(s, outcome_of(s->list), "57014", stopped, true);
    return true;
}
