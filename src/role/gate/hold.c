/* An action that waits for people.
 *
 *   PROPOSED   the keeper was asked
 *   HELD       an approval exists; the client was told; its bytes lie in session->in
 *   CHECKING   approved: the digest over the held bytes must be computed again
 *   OFFERED    it was the same, and was sent with SPEND
 *   GRANTED    the keeper has recorded the spend: the bytes may go, once
 *   REFUSED    the answer is no, in `refusal`
 */
#include "role/gate/session.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"
#include "crypto/crypto.h"
#include "os/clock.h"

#include <stdlib.h>

enum { OPERATION_MAX = 32 * 1024 * 1024, TEXT_MAX = 8192 };

enum hold_phase { PHASE_PROPOSED, PHASE_HELD, PHASE_CHECKING, PHASE_OFFERED, PHASE_GRANTED, PHASE_REFUSED };

struct hold {
    enum hold_phase phase;
    uint64_t action;
    char approval[37];
    uint8_t uuid[16];
    struct sl_buf operation; /* canonical, from the bytes as they were proposed */
    uint8_t operation_digest[SL_SHA256];
    uint8_t salt[SL_ACTION_SALT_BYTES], digest[SL_SHA256];
    uint8_t rules_digest[32];
    uint32_t generation, listing;
    struct sl_buf requesters; /* encoded list */
    struct sl_ipc_list requester_list;
    struct sl_action_context context; /* views into the session: it cannot change while it waits */
    struct judged judged;
    uint64_t wait_deadline_ms; /* 0: as long as the approval lives */
    struct sl_timer *timer;
    char sqlstate[6];
    struct sl_buf message, detail, hint;
    bool told;
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

void hold_free(struct session *s)
{
    struct hold *h = s->hold;

    if (h == NULL)
        return;
    s->hold = NULL;
    sl_map_remove(s->gate->by_action, sl_map_u64(&h->action));
    sl_timer_free(h->timer);
    judged_done(&h->judged);
    sl_buf_done(&h->operation);
    sl_buf_done(&h->requesters);
    sl_buf_done(&h->message);
    sl_buf_done(&h->detail);
    sl_buf_done(&h->hint);
    sl_buf_done(&s->locks);
    s->locks_known = false;
    free(h);
}

/* --- the operation, from the bytes themselves ------------------------------------------------------ */

static enum sl_err put_extended(struct sl_buf *b, const struct held_bytes *what)
{
    struct sl_pg_values values = what->bind->values;
    struct sl_pg_value v;
    size_t n = 0, formats = what->bind->result_format_count;
    struct sl_pg_parameter *parameters = calloc(values.count + 1u, sizeof *parameters);
    uint16_t *results = calloc(formats + 1, sizeof *results);
    bool ok = parameters != NULL && results != NULL;

    while (ok && sl_pg_values_next(&values, &v)) {
        uint32_t type = n < what->prepared->type_count ? what->prepared->types[n] : 0;
        parameters[n++] =
            (struct sl_pg_parameter){.type = type, .format = v.format, .null = v.null, .value = v.bytes};
    }
    for (size_t i = 0; ok && i < formats; i++)
        results[i] = sl_pg_bind_result_format(what->bind, i);
    if (ok)
        sl_action_put_extended(b, what->text, parameters, n, results, formats, what->max_rows);
    free(parameters);
    free(results);
    return ok ? sl_buf_err(b) : SL_EMEMORY;
}

static enum sl_err put_operation(struct sl_buf *b, const struct held_bytes *what)
{
    if (what->extended)
        return put_extended(b, what);
    sl_action_put_simple(b, what->text);
    return sl_buf_err(b);
}

/* --- the action document, as the keeper builds it too ---------------------------------------------- */

static size_t label_names(const struct sl_config *c, uint64_t bits, struct sl_span *out)
{
    size_t n = 0;

    for (size_t i = 0; i < c->labels.count && i < 64; i++)
        if ((bits & UINT64_C(1) << i) != 0)
            out[n++] = c->labels.items[i];
    return n;
}

static enum sl_err fill_datasets(struct sl_arena *mem, const struct session *s, const struct judged *j,
                                 struct sl_action *a)
{
    const struct sl_meaning *m = &j->meaning->m;
    struct sl_action_dataset *datasets = sl_arena_array(mem, m->access_count + 1, sizeof *datasets);

    if (datasets == NULL)
        return SL_EMEMORY;
    for (size_t i = 0; i < m->access_count; i++) {
        datasets[i].access = &m->accesses[i];
        datasets[i].labels = sl_arena_array(mem, 64, sizeof *datasets[i].labels);
        if (datasets[i].labels == NULL)
            return SL_EMEMORY;
        datasets[i].label_count = label_names(s->gate->config, j->verdict->labels[i], datasets[i].labels);
    }
    a->datasets = datasets;
    return SL_OK;
}

static enum sl_err fill_requesters(struct sl_arena *mem, const struct hold *h, struct sl_action *a)
{
    struct sl_span item;
    size_t at = 0;

    a->requesters = sl_arena_array(mem, h->requester_list.count + 1u, sizeof *a->requesters);
    if (a->requesters == NULL)
        return SL_EMEMORY;
    while (sl_ipc_list_next(&h->requester_list, &at, &item))
        a->requesters[a->requester_count++] = item;
    return SL_OK;
}

static enum sl_err digest_of(const struct session *s, const struct judged *j, struct sl_span operation,
                             uint8_t out[SL_SHA256])
{
    const struct hold *h = s->hold;
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct sl_action a = {
        .identity = s->who->name,
        .target = s->target->config->name,
        .environment = s->target->config->environment,
        .protocol = SL_SPAN("postgres"),
        .operation = operation,
        .context = h->context,
        .reason = s->reason,
        .run = s->run,
        .sink = s->sink,
        .meaning = &j->meaning->m,
    };

    SL_TRY(sl_arena_new(&mem, 4 * 1024 * 1024));
    SL_TRY(fill_datasets(mem, s, j, &a));
    SL_TRY(fill_requesters(mem, h, &a));
    memcpy(a.rules_digest, j->verdict->answer.rules_digest, sizeof a.rules_digest);
    memcpy(a.salt, h->salt, sizeof a.salt);
    return sl_action_digest(&a, out);
}

/* --- asking ---------------------------------------------------------------------------------------- */

static void propose(struct session *s)
{
    struct hold *h = s->hold;
    SL_BUF(meaning, SL_MEANING_MAX_BYTES);

    if (s->gate->keeper == NULL)
        return; /* asked as soon as there is one again */
    sl_meaning_put(&meaning, &h->judged.meaning->m);
    SL_SEND(s->gate->keeper, action_propose, .session = s->keeper_session, .action = h->action,
            .generation = s->gate->generation, .asked_us = sl_clock_us(),
            .operation = sl_buf_span(&h->operation), .meaning = sl_buf_span(&meaning),
            .context_user = h->context.user, .context_database = h->context.database,
            .context_role = h->context.role, .context_search_path = h->context.search_path,
            .context_encoding = h->context.client_encoding, .context_settings = h->context.settings,
            .reason = s->reason, .run = s->run, .sink = s->sink, .wait_ms = s->wait_ms,
            .in_transaction = s->tx == 'T' || s->unsynced, .show = sl_buf_span(&s->locks));
}

static void wait_over(void *owner)
{
    struct session *s = owner;
    struct hold *h = s->hold;
    SL_BUF(text, 512);

    if (h->phase == PHASE_CHECKING || h->phase == PHASE_OFFERED || h->phase == PHASE_GRANTED) /* it runs within the moment */
        return;
    sl_buf_say(&text, "still waiting for a decision on approval %s", h->approval);
    hold_leave(s, 2, "the client's wait ended");
    h->phase = PHASE_REFUSED;
    memcpy(h->sqlstate, "SL001", 6);
    sl_buf_put(&h->message, sl_buf_span(&text));
    sl_buf_put_str(&h->hint, "run the same statement again: it joins this approval, or runs once it is approved");
    session_resume(s, WAIT_HOLD);
}

static uint64_t shorter(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a == 0 ? b : a;
    return a < b ? a : b;
}

static enum sl_err begin(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    struct gate *g = s->gate;
    struct hold *h = calloc(1, sizeof *h);

    if (h == NULL)
        return SL_EMEMORY;
    s->hold = h;
    h->action = ++g->next_action;
    h->operation = sl_buf(OPERATION_MAX);
    h->requesters = sl_buf(SL_IPC_INLINE);
    h->message = h->detail = h->hint = sl_buf(TEXT_MAX);
    h->generation = g->generation;
    h->listing = s->target->generation;
    h->judged = (struct judged){meaning_ref(j->meaning), verdict_ref(j->verdict)};
    h->context = (struct sl_action_context){
        .user = s->role,
        .database = s->target->config->database,
        .role = s->role,
        .search_path = s->search_path,
        .client_encoding = SL_SPAN("UTF8"),
        .settings = s->context_odd ? SL_SPAN("changed") : SL_SPAN(""),
    };
    memcpy(h->rules_digest, j->verdict->answer.rules_digest, sizeof h->rules_digest);
    SL_TRY(sl_map_put(g->by_action, sl_map_u64(&h->action), s));
    SL_TRY(put_operation(&h->operation, what));
    sl_sha256(sl_buf_span(&h->operation), h->operation_digest);
    SL_TRY(sl_timer_new(g->loop, wait_over, s, &h->timer));
    uint64_t wait_ms = shorter(s->wait_ms, j->verdict->answer.max_wait_ms);
    if (wait_ms > 0)
        sl_timer_arm(h->timer, wait_ms);
    return SL_OK;
}

/* --- the answer to the client ---------------------------------------------------------------------- */

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

static void refused(struct hold *h, const char *sqlstate, const char *message, const char *hint)
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

    if (put_operation(&operation, what) != SL_OK)
        return false;
    if (digest_of(s, j, sl_buf_span(&operation), digest) != SL_OK)
        return false;
    return memcmp(digest, h->digest, sizeof digest) == 0;
}

/* Before the grant is spent, and once more before the bytes go. */
static enum take take_approved(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    struct hold *h = s->hold;

    if (means_the_same(s, j, what)) {
        if (h->phase == PHASE_GRANTED)
            return TAKE_DONE;
        h->phase = PHASE_OFFERED;
        s->wait = WAIT_HOLD;
        if (s->gate->keeper != NULL)
            SL_SEND(s->gate->keeper, action_spend, .action = h->action, .approval = sl_span_str(h->approval),
                    .digest = sl_span(h->digest, sizeof h->digest));
        return TAKE_WAIT;
    }
    refused(s->hold, "SL002", "this statement means something else now than what was approved; it did not run",
            "definitions, policy or session settings changed while it waited; run it again to ask anew");
    hold_leave(s, 3, "the action means something else now");
    refuse_now(s, what->extended);
    return s->dead ? TAKE_DEAD : TAKE_DONE;
}

/* The reviewer of an action inside a transaction is told which locks it holds. */
static enum take ask_locks(struct session *s)
{
    if (s->locks_known || s->tx != 'T' || s->unsynced)
        return TAKE_DONE;
    if (!action_is_quiet(s)) {
        return wait_for_answers(s);
    }
    inner_locks(s);
    return s->dead ? TAKE_DEAD : TAKE_WAIT;
}

enum take hold_take(struct session *s, const struct judged *j, const struct held_bytes *what)
{
    struct hold *h = s->hold;

    if (h != NULL && (h->phase == PHASE_GRANTED || h->phase == PHASE_CHECKING))
        return take_approved(s, j, what);
    if (h != NULL && h->phase == PHASE_REFUSED) {
        refuse_now(s, what->extended);
        return s->dead ? TAKE_DEAD : TAKE_DONE;
    }
    if (h == NULL) {
        enum take t = ask_locks(s);
        if (t != TAKE_DONE)
            return t;
        if (begin(s, j, what) != SL_OK) {
            hold_free(s);
            session_kill(s, "out of memory");
            return TAKE_DEAD;
        }
        propose(s);
    }
    client_flush(s);
    s->wait = WAIT_HOLD;
    return TAKE_WAIT;
}

/* --- the keeper's messages ------------------------------------------------------------------------- */

static void tell_client(struct session *s, const struct sl_msg_action_held *m)
{
    SL_BUF(b, TEXT_MAX * 2);
    SL_BUF(message, TEXT_MAX);
    SL_BUF(detail, TEXT_MAX);
    SL_BUF(hint, 1024);
    SL_BUF(left, 64);
    uint64_t now = sl_clock_us();

    sl_duration_put(&left, m->expires_us > now ? (m->expires_us - now) / 1000 : 0);
    sl_buf_say(&message, "%s: approval %S, %S to decide", m->joined ? "held, joining an open request" : "held",
               m->approval, sl_buf_span(&left));
    sl_buf_say(&detail, "%S (rule \"%S\"); may be approved by %S", m->why, m->rule, m->reviewers);
    sl_buf_say(&hint, "%S", m->link);
    struct sl_pg_notice n = {
        .severity = SL_SPAN("NOTICE"),
        .sqlstate = SL_SPAN("00000"),
        .message = sl_buf_span(&message),
        .detail = sl_buf_span(&detail),
        .hint = sl_buf_span(&hint),
    };
    sl_pg_put_notice(&b, &n);
    if (sl_buf_err(&b) == SL_OK)
        server_say(s, sl_buf_span(&b));
}

static enum sl_err take_uuid(struct hold *h, struct sl_span text)
{
    SL_BUF(hex, 64);

    if (text.n != 36)
        return SL_EMALFORMED;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '-')
            sl_buf_put_u8(&hex, text.p[i]);
    SL_TRY(sl_hex_fixed(h->uuid, sizeof h->uuid, sl_buf_span(&hex)));
    memcpy(h->approval, text.p, 36);
    return SL_OK;
}

static enum sl_err take_held(struct session *s, struct sl_span body)
{
    struct hold *h = s->hold;
    struct sl_msg_action_held m;
    uint8_t digest[SL_SHA256];

    SL_TRY(sl_msg_action_held_get(body, &m));
    if (m.salt.n != sizeof h->salt || m.digest.n != sizeof h->digest)
        return SL_EMALFORMED;
    SL_TRY(take_uuid(h, m.approval));
    memcpy(h->salt, m.salt.p, sizeof h->salt);
    memcpy(h->digest, m.digest.p, sizeof h->digest);
    sl_buf_reset(&h->requesters);
    sl_buf_put(&h->requesters, m.requester.items);
    h->requester_list = (struct sl_ipc_list){m.requester.count, sl_buf_span(&h->requesters)};
    SL_TRY(digest_of(s, &h->judged, sl_buf_span(&h->operation), digest));
    if (memcmp(digest, h->digest, sizeof digest) != 0)
        return SL_ECORRUPT;
    h->phase = PHASE_HELD;
    if (!h->told)
        tell_client(s, &m);
    h->told = true;
    return SL_OK;
}

static enum sl_err take_offer(struct session *s, struct sl_span body)
{
    struct hold *h = s->hold;
    struct sl_msg_action_offer m;

    SL_TRY(sl_msg_action_offer_get(body, &m));
    if (h->phase != PHASE_HELD || !sl_span_is(m.approval, h->approval))
        return SL_ESTATE;
    h->phase = PHASE_CHECKING;
    session_resume(s, WAIT_HOLD);
    return SL_OK;
}

static enum sl_err take_go(struct session *s, struct sl_span body)
{
    struct hold *h = s->hold;
    struct sl_msg_action_go m;

    SL_TRY(sl_msg_action_go_get(body, &m));
    if (h->phase != PHASE_OFFERED || !sl_span_is(m.approval, h->approval))
        return SL_ESTATE;
    h->phase = PHASE_GRANTED;
    session_resume(s, WAIT_HOLD);
    return SL_OK;
}

static enum sl_err take_refused(struct session *s, struct sl_span body)
{
    struct hold *h = s->hold;
    struct sl_msg_action_refused m;

    SL_TRY(sl_msg_action_refused_get(body, &m));
    h->phase = PHASE_REFUSED;
    memcpy(h->sqlstate, m.sqlstate.n == 5 ? (const char *)m.sqlstate.p : "42501", 5);
    if (m.why.n == 0)
        sl_buf_put_str(&h->message, "refused");
    sl_utf8_put_printable(&h->message, m.why);
    if (m.rule.n > 0)
        sl_buf_say(&h->detail, "rule \"%S\"", m.rule);
    if (m.who.n > 0)
        sl_buf_say(&h->detail, "%sdecided by %S", h->detail.n > 0 ? "; " : "", m.who);
    if (m.approval.n > 0)
        sl_buf_say(&h->detail, "%sapproval %S", h->detail.n > 0 ? "; " : "", m.approval);
    sl_buf_put(&h->hint, m.hint);
    session_resume(s, WAIT_HOLD);
    return SL_OK;
}

static void take_stale(struct session *s)
{
    struct gate *g = s->gate;
    struct hold *h = s->hold;

    bool older = h->generation == g->generation; /* ours is: the new policy is on its way */
    hold_free(s); /* judged and evaluated again from the start */
    judged_done(&s->kept);
    if (older)
        s->wait = WAIT_KEEPER; /* until the reload, or a tick later */
    else
        session_resume(s, WAIT_HOLD);
}

void hold_keeper(struct session *s, enum sl_message type, struct sl_span body)
{
    struct hold *h = s->hold;
    enum sl_err e = SL_EUNSUPPORTED;

    if (h == NULL)
        return;
    if (type == SL_MESSAGE_ACTION_HELD)
        e = take_held(s, body);
    else if (type == SL_MESSAGE_ACTION_OFFER)
        e = take_offer(s, body);
    else if (type == SL_MESSAGE_ACTION_GO)
        e = take_go(s, body);
    else if (type == SL_MESSAGE_ACTION_REFUSED)
        e = take_refused(s, body);
    else if (type == SL_MESSAGE_ACTION_STALE) {
        take_stale(s);
        return;
    }
    if (e == SL_OK || s->hold != h)
        return;
    sl_log(SL_LOG_ERROR, "hold_refused", SL_NUM("session", s->id), SL_CSTR("message", sl_ipc_name(type)),
           SL_CSTR("why", sl_err_text(e)));
    refused(h, "XX000", "Sluice's own check of this approval failed; the statement did not run",
            "this is a fault in Sluice: tell whoever runs it");
    hold_leave(s, 3, "the gate's check failed");
    session_resume(s, WAIT_HOLD);
}

/* A keeper that was restarted knows the approval, but not that somebody waits here. */
void hold_again(struct session *s)
{
    struct hold *h = s->hold;

    if (h == NULL || h->phase == PHASE_GRANTED || h->phase == PHASE_REFUSED)
        return;
    if (h->phase == PHASE_OFFERED) { /* spent or not: we cannot know, so it must be asked anew (P11) */
        refused(h, "08007", "the approval may have been spent when Sluice's keeper ended; the statement did not run",
                "look at the approval, then run the statement again to ask anew");
        session_resume(s, WAIT_HOLD);
        return;
    }
    h->phase = PHASE_PROPOSED;
    propose(s);
}

void hold_leave(struct session *s, uint8_t how, const char *why)
{
    struct hold *h = s->hold;

    if (h == NULL || h->action == 0 || s->gate->keeper == NULL)
        return;
    SL_SEND(s->gate->keeper, action_left, .action = h->action, .how = how, .why = sl_span_str(why));
}

/* Under a new policy or catalog it is denied or allowed: nobody's yes or no counts for it now (P3). */
void hold_moot(struct session *s)
{
    if (s->hold == NULL || hold_is_granted(s))
        return;
    hold_leave(s, 3, "policy or definitions changed: it is not held any more");
    hold_free(s);
}

/* The client's CancelRequest: the approval ends with the wait. */
void hold_cancel(struct session *s)
{
    hold_leave(s, 1, "cancelled by the client");
    refused(s->hold, "57014", "canceling statement due to user request", "it was held and never ran");
    session_resume(s, WAIT_HOLD);
}
