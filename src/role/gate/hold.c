/* An action that waits for people.
 *
 *   PROPOSED   the keeper was asked
 *   HELD       an approval exists; the client was told; its bytes lie in session->in
 *   CHECKING   approved: the digest over the held bytes must be computed again
 *   OFFERED    it was the same, and was sent with SPEND
 *   GRANTED    the keeper has recorded the spend: the bytes may go, once
 *   REFUSED    the answer is no, in `refusal`
 */
#include "role/gate/list.h"

#include "os/clock.h"
#include "role/gate/hold.h"
#include "role/gate/inner.h"
#include "role/gate/judging.h"
#include "role/gate/meter.h"
#include "role/gate/names.h"
#include "role/gate/record.h"
#include "role/gate/refuse.h"
#include "role/gate/sizes.h"

#include <stdlib.h>

enum {
    SHOW_BYTES = 128 * 1024,
    WORDS_BYTES = 256 * 1024, /* more than context, reason, run and sink of a proposal */
};

bool hold_is_granted(const struct session *s)
{
    return s->hold != NULL && s->hold->phase == PHASE_GRANTED;
}

const char *hold_approval(const struct session *s)
{
    return s->hold == NULL ? "" : s->hold->approval;
}

const uint8_t *hold_approval_uuid(const struct session *s)
{
    return hold_is_granted(s) ? s->hold->uuid : NULL;
}

uint64_t hold_action(const struct session *s)
{
    return hold_is_granted(s) ? s->hold->action : 0;
}

void hold_recorded(struct session *s)
{
    if (s->hold != NULL)
        s->hold->spending = false;
}

void hold_fails(struct session *s, const char *sqlstate)
{
    if (s->hold != NULL)
        memcpy(s->hold->sqlstate, sqlstate, 5);
}

/* Its grant is spent, or the keeper is about to spend it, and nothing of it ran or will run. */
static void record_unused(struct session *s, const struct hold *h)
{
    const char *sqlstate = h->sqlstate[0] != '\0' ? h->sqlstate
                           : s->dead              ? "08006"
                           : s->skip_to_sync      ? "25P02"
                                                  : "42501";

    record_ending(s, h->action,
                  &(struct ending){.outcome = SL_OUTCOME_REFUSED, .sqlstate = sqlstate});
}

uint64_t hold_rows(const struct session *s)
{
    return hold_is_granted(s) ? s->hold->rows : 0;
}

void hold_drop(struct session *s, struct hold *h)
{
    if (h == NULL)
        return;
    if (h->spending)
        record_unused(s, h);
    sl_map_remove(s->gate->by_action, sl_map_u64(&h->action));
    sl_timer_free(h->timer);
    judged_done(&h->judged);
    sl_buf_done(&h->operation);
    sl_buf_done(&h->requesters);
    sl_buf_done(&h->message);
    sl_buf_done(&h->detail);
    sl_buf_done(&h->hint);
    free(h);
}

void hold_free(struct session *s)
{
    struct hold *h = s->hold;

    sl_buf_done(&s->show); /* which may be there before the hold is */
    s->show_known = s->cancelled = false;
    if (h == NULL)
        return;
    s->hold = NULL;
    hold_drop(s, h);
}

/* --- asking --- */

void hold_propose(struct session *s, struct hold *h)
{
    SL_BUF(meaning, SL_MEANING_MAX_BYTES);
    SL_BUF(show, SHOW_BYTES);

    h->unproposed = false;
    if (s->gate->keeper == NULL)
        return; /* asked as soon as there is one again */
    if (!sl_channel_has_room(s->gate->keeper,
                             h->operation.n + SL_MEANING_MAX_BYTES + SHOW_BYTES + WORDS_BYTES)) {
        h->unproposed = s->gate->unproposed = true;
        return;
    }
    sizes_show(&show, s->target->sizes, &h->judged.meaning->m,
               h == s->hold ? sl_buf_span(&s->show) : stop_show(s));
    sl_meaning_put(&meaning, &h->judged.meaning->m);
    SL_SEND(s->gate->keeper, action_propose, .session = s->keeper_session, .action = h->action,
            .generation = s->gate->generation, .asked_us = sl_clock_us(),
            .operation = sl_buf_span(&h->operation), .meaning = sl_buf_span(&meaning),
            .context_user = h->context.user, .context_database = h->context.database,
            .context_role = h->context.role, .context_search_path = h->context.search_path,
            .context_encoding = h->context.client_encoding, .context_settings = h->context.settings,
            .reason = s->reason, .run = s->run, .sink = s->sink, .wait_ms = s->wait_ms,
            .in_transaction = s->tx == 'T' || s->unsynced, .show = sl_buf_span(&show),
            .only = sl_span_str(h->only));
}

static void wait_over(void *owner)
{
    struct session *s = owner;
    struct hold *h = s->hold;
    SL_BUF(text, 512);

    if (h->phase == PHASE_CHECKING || h->phase == PHASE_OFFERED ||
        h->phase == PHASE_GRANTED) /* it runs within the moment */
        return;
    if (h->approval[0] == '\0')
        sl_buf_put_str(
            &text,
            "the wait ended before there was an approval: Sluice's keeper has not answered yet");
    else
        sl_buf_say(&text, "still waiting for a decision on approval %s", h->approval);
    hold_leave(s, 2, "the client's wait ended");
    h->phase = PHASE_REFUSED;
    memcpy(h->sqlstate, "SL001", 6);
    sl_buf_put(&h->message, sl_buf_span(&text));
    sl_buf_put_str(
        &h->hint,
        "run the same statement again: it joins this approval, or runs once it is approved");
    session_resume(s, WAIT_HOLD);
}

static uint64_t shorter(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a == 0 ? b : a;
    return a < b ? a : b;
}

/* P3: a grant is for the meaning that the settings gave to what was shown. Parameters of users
 * ("app.tenant") cannot be read back: where any was set the action is this session's alone. */
static struct sl_span settings_of(struct session *s, bool unsure)
{
    SL_BUF(text, 4096);

    if (s->context_odd)
        return SL_SPAN("changed");
    if (s->custom_moves == 0 && !unsure)
        return s->settings;
    sl_buf_say(&text, "%S; %s in session %U (%U, %U)", s->settings,
               unsure ? "perhaps others, for they were being changed" : "and others, set",
               s->keeper_session, s->custom_moves, unsure ? s->context_moves : 0);
    span_set(&s->settings_shown, sl_buf_span(&text));
    return s->settings_shown;
}

enum sl_err hold_new(struct session *s, const struct judged *j, const struct held_bytes *what,
                     void (*over)(void *owner), struct hold **out)
{
    struct gate *g = s->gate;
    struct hold *h = calloc(1, sizeof *h);

    if (h == NULL)
        return SL_EMEMORY;
    *out = h;
    h->action = ++g->next_action;
    h->operation = sl_buf(OPERATION_MAX);
    h->requesters = sl_buf(SL_IPC_INLINE);
    h->message = h->detail = h->hint = sl_buf(TEXT_MAX);
    h->generation = g->generation;
    h->listing = s->target->generation;
    h->judged = (struct judged){meaning_ref(j->meaning), verdict_ref(j->verdict), NULL};
    h->context = (struct sl_action_context){
        .user = s->role,
        .database = s->target->config->database,
        .role = s->role,
        .search_path = s->search_path,
        .client_encoding = SL_SPAN("UTF8"),
        .settings = settings_of(s, s->context_unknown ||
                                       (what->prepared != NULL && what->prepared->settings == 0)),
    };
    h->is_list = what->list != NULL;
    h->list_asks = what->list_asks;
    h->is_envelope = what->envelope != NULL;
    if (h->is_list)
        memcpy(h->only, what->list->approval, sizeof h->only);
    if (h->is_envelope)
        memcpy(h->only, what->envelope->approval, sizeof h->only);
    memcpy(h->rules_digest, j->verdict->answer.rules_digest, sizeof h->rules_digest);
    SL_TRY(sl_map_put(g->by_action, sl_map_u64(&h->action), s));
    SL_TRY(hold_put_operation(&h->operation, what));
    sl_sha256(sl_buf_span(&h->operation), h->operation_digest);
    SL_TRY(sl_timer_new(g->loop, over, s, &h->timer));
    uint64_t wait_ms = shorter(s->wait_ms, j->verdict->answer.max_wait_ms);
    if (wait_ms > 0)
        sl_timer_arm(h->timer, wait_ms);
    return SL_OK;
}

/* --- the answer to the client --- */

static void refuse_now(struct session *s, bool extended)
{
    struct hold *h = s->hold;
    struct refusal r = {
        .sqlstate = h->sqlstate,
        .message = sl_buf_text(&h->message),
        .detail = h->detail.n == 0 ? NULL : sl_buf_text(&h->detail),
        .hint = h->hint.n == 0 ? NULL : sl_buf_text(&h->hint),
    };

    s->hold = NULL; /* its texts are used until the refusal is out */

    if (extended)
        refuse_extended(s, &r);
    else
        refuse_simple(s, &r);
    s->hold = h;
    hold_free(s);
}

void hold_refused(struct hold *h, const char *sqlstate, const char *message, const char *hint)
{
    h->phase = PHASE_REFUSED;
    memcpy(h->sqlstate, sqlstate, 5);
    sl_buf_put_str(&h->message, message);
    sl_buf_put_str(&h->hint, hint);
}

/* Policy or catalog moved while it waited: another meaning voids the approval, and says so (P3). */
static bool means_the_same(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    struct hold *h = s->hold;
    SL_BUF(operation, OPERATION_MAX);
    uint8_t digest[SL_SHA256];

    if (hold_put_operation(&operation, what) != SL_OK)
        return false;
    if (hold_digest(s, h, j, sl_buf_span(&operation), digest) != SL_OK)
        return false;
    return memcmp(digest, h->digest, sizeof digest) == 0;
}

/* Before the grant is spent, and once more before the bytes go. */
static enum take take_approved(struct session *s, const struct judged *j,
                               const struct held_bytes *what)
{
    struct hold *h = s->hold;

    if (means_the_same(s, j, what)) {
        if (h->phase == PHASE_GRANTED)
            return TAKE_DONE;
        h->phase = PHASE_OFFERED;
        s->wait = WAIT_HOLD;
        h->spending = s->gate->keeper != NULL;
        if (h->spending)
            SL_SEND(s->gate->keeper, action_spend, .action = h->action,
                    .approval = sl_span_str(h->approval),
                    .digest = sl_span(h->digest, sizeof h->digest));
        return TAKE_WAIT;
    }
    hold_refused(s->hold, "SL002",
                 "this statement means something else now than what was approved; it did not run",
                 "definitions, policy or session settings changed while it waited; run it again to "
                 "ask anew");
    hold_leave(s, 3, "the action means something else now");
    refuse_now(s, what->extended);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* The reviewer of an action inside a transaction is told which locks it holds, and of any other how
 * many rows the planner expects. */
static enum take ask_show(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    if (s->show_known || what->list != NULL || what->envelope != NULL)
        return TAKE_DONE;
    if (s->tx != 'T' || s->unsynced)
        return estimate_take(s, j, what);
    if (!action_is_quiet(s)) {
        return wait_for_answers(s);
    }
    inner_locks(s);
    return s->dead ? TAKE_DEAD : TAKE_WAIT;
}

enum take hold_take(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    static const struct refusal cancelled = {
        .sqlstate = "57014",
        .message = "canceling statement due to user request",
        .hint = "it was about to be held and never ran",
    };
    struct hold *h = s->hold;

    if (h != NULL && (h->phase == PHASE_GRANTED || h->phase == PHASE_CHECKING))
        return take_approved(s, j, what);
    if (h != NULL && h->phase == PHASE_REFUSED) {
        refuse_now(s, what->extended);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    if (h == NULL) {
        record_withdraw(s, "42501"); /* of when nothing held it yet */
        enum take t = ask_show(s, j, what);
        if (t != TAKE_DONE)
            return t;
        if (s->cancelled) {
            refuse_simple(s, &cancelled);
            return s->dead ? TAKE_DEAD : TAKE_DONE;
        }
        if (hold_new(s, j, what, wait_over, &s->hold) != SL_OK) {
            hold_free(s);
            session_kill(s, "out of memory");
            return TAKE_DEAD;
        }
        hold_propose(s, s->hold);
    }
    client_flush(s);
    s->wait = WAIT_HOLD;
    return TAKE_WAIT;
}

bool hold_is_outdated(const struct session *s, const struct hold *h)
{
    const struct verdict *v = h->judged.verdict;

    return v->generation != s->gate->generation || v->label_generation != s->gate->label_generation;
}

/* Asked again with what counts now, it joins what was made. */
void hold_judge_again(struct session *s, const char *why)
{
    hold_leave(s, 0, why);
    hold_free(s);
    judged_done(&s->kept);
    session_resume(s, WAIT_HOLD);
}

/* A keeper that was restarted knows the approval, but not that somebody waits here. */
void hold_again(struct session *s)
{
    struct hold *h = s->hold;

    if (h == NULL || h->phase == PHASE_GRANTED || h->phase == PHASE_REFUSED)
        return;
    if (h->phase ==
        PHASE_OFFERED) { /* spent or not: we cannot know, so it must be asked anew (P11) */
        hold_refused(h, "08007",
                     "the approval may have been spent when Sluice's keeper ended; the statement "
                     "did not run",
                     "look at the approval, then run the statement again to ask anew");
        session_resume(s, WAIT_HOLD);
        return;
    }
    if (hold_is_outdated(s, h)) {
        hold_judge_again(s, "policy or labels changed while Sluice's keeper was away");
        return;
    }
    h->phase = PHASE_PROPOSED;
    hold_propose(s, h);
}

void hold_propose_late(struct session *s)
{
    if (s->hold != NULL && s->hold->unproposed)
        hold_again(s);
    stop_propose_late(s);
}

void hold_leave(struct session *s, uint8_t how, const char *why)
{
    hold_leave_of(s, s->hold, how, why);
}

void hold_leave_of(struct session *s, struct hold *h, uint8_t how, const char *why)
{
    if (h == NULL || h->action == 0 || s->gate->keeper == NULL)
        return;
    SL_SEND(s->gate->keeper, action_left, .action = h->action, .how = how, .why = sl_span_str(why));
}

/* Under a new policy or catalog it is denied or allowed: nobody's yes or no counts for it now (P3).
 */
void hold_moot(struct session *s)
{
    if (hold_is_granted(s))
        return;
    hold_leave(s, 3, "policy or definitions changed: it is not held any more");
    hold_free(s);
}

bool hold_is_held(const struct session *s)
{
    return s->hold != NULL && s->hold->phase == PHASE_HELD;
}

bool hold_waits(const struct session *s)
{
    return s->hold != NULL && (s->hold->phase == PHASE_PROPOSED || s->hold->phase == PHASE_HELD);
}

void hold_end(struct session *s, const char *why)
{
    hold_leave(s, 3, why);
    hold_free(s);
}

/* The client's CancelRequest: the approval ends with the wait. */
void hold_cancel(struct session *s)
{
    SL_PROMISE(s->hold != NULL);
    hold_leave(s, 1, "cancelled by the client");
    hold_refused(s->hold, "57014", "canceling statement due to user request",
                 "it was held and never ran");
    session_resume(s, WAIT_HOLD);
}

/* What asks the server something itself, or makes a connection, goes on by itself. */
bool hold_halt(struct session *s, uint64_t action)
{
    if (hold_action(s) != action)
        return false;
    if (s->intent == action)
        record_withdraw(s, "57014");
    hold_refused(s->hold, "57014", "canceling statement due to user request",
                 "it was stopped before it ran");
    if (s->wait == WAIT_HOLD || s->wait == WAIT_SYNC || s->wait == WAIT_JOURNAL)
        session_resume(s, s->wait);
    return true;
}
