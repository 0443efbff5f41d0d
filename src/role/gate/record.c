/* Writing the journal: the intent before the bytes go out (P6), the outcome when the answer is
 * there. */
#include "role/gate/list.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "os/clock.h"
#include "role/gate/hold.h"
#include "role/gate/item.h"
#include "role/gate/judging.h"
#include "role/gate/portal.h"
#include "role/gate/record.h"

enum { TEXT_HEAD = 1024, KICK_EVERY_MS = 50, SALT_BYTES = 16, PROGRESS_EVERY_MS = 300 };

static void kick(struct gate *g, bool now)
{
    uint64_t ms = sl_loop_now_ms(g->loop);

    if (g->keeper == NULL || (!now && ms - g->last_kick_ms < KICK_EVERY_MS))
        return;
    g->last_kick_ms = ms;
    SL_SEND(g->keeper, journal_kick, .position = g->journal.head);
}

/* The keeper sleeps while nothing happens: the first record after a pause wakes it, and so does a
 * ring that fills. */
static void kick_if_needed(struct gate *g, uint64_t pending_before)
{
    if (pending_before == 0)
        kick(g, false);
    else if (pending_before > g->journal.size / 2)
        kick(g, false);
}

static void put_part(struct sl_buf *b, struct sl_span s)
{
    sl_buf_put_le16(b, (uint16_t)s.n);
    sl_buf_put(b, s);
}

/* Fresh from the kernel, asked for many at a time. */
static void next_salt(struct gate *g, uint8_t salt[SALT_BYTES])
{
    if (g->salts_left == 0) {
        sl_random(g->salts, sizeof g->salts);
        g->salts_left = sizeof g->salts / SALT_BYTES;
    }
    g->salts_left--;
    memcpy(salt, g->salts + g->salts_left * SALT_BYTES, SALT_BYTES);
}

/* What is committed to, gathered: each call of the digest costs more than the few bytes of a value.
 */
struct commitment {
    struct sl_sha256_state *sha;
    size_t n;
    uint8_t bytes[512];
};

/* Begins with a salt of its own, that the record keeps. */
static void commit_begin(struct commitment *c, struct gate *g, struct sl_intent *r)
{
    next_salt(g, r->salt);
    memcpy(c->bytes, r->salt, SALT_BYTES);
    c->n = SALT_BYTES;
    c->sha = g->sha;
}

static void commit_add(struct commitment *c, struct sl_span part)
{
    if (part.n > sizeof c->bytes - c->n) {
        sl_sha256_add(c->sha, sl_span(c->bytes, c->n));
        c->n = 0;
    }
    if (part.n > sizeof c->bytes) {
        sl_sha256_add(c->sha, part);
    } else if (part.n > 0) {
        memcpy(c->bytes + c->n, part.p, part.n);
        c->n += part.n;
    }
}

static void commit_end(struct commitment *c, uint8_t digest[SL_SHA256])
{
    sl_sha256_add(c->sha, sl_span(c->bytes, c->n));
    sl_sha256_end(c->sha, digest);
}

/* Salted commitment over the bind values: SHA-256(salt || (length, format, bytes) of each). */
static void commit_values(struct gate *g, const struct sl_pg_bind *bind, struct sl_intent *r)
{
    struct commitment c;
    struct sl_pg_values values = bind->values;
    struct sl_pg_value v;

    commit_begin(&c, g, r);
    while (sl_pg_values_next(&values, &v)) {
        uint32_t head[2] = {v.null ? UINT32_MAX : (uint32_t)v.bytes.n, v.format};
        commit_add(&c, sl_span(head, sizeof head));
        commit_add(&c, v.bytes);
    }
    commit_end(&c, r->commitment);
}

static void commit_literals(struct gate *g, struct sl_span text, struct sl_intent *r)
{
    struct commitment c;
    struct sl_shape_walk walk = sl_shape_walk(text);
    struct sl_span literal;

    commit_begin(&c, g, r);
    while (sl_shape_next_literal(&walk, &literal)) {
        uint32_t n = (uint32_t)literal.n;
        commit_add(&c, sl_span(&n, sizeof n));
        commit_add(&c, literal);
    }
    commit_end(&c, r->commitment);
}

/* A long text by digest and head; a text whose literals may not be recorded by its shape. */
static void set_text(struct gate *g, const struct judged *j, struct sl_span text,
                     struct sl_intent *r, struct sl_buf *scratch)
{
    if (j->verdict->answer.record_shape) {
        r->flags |= SL_INTENT_SHAPE;
        if (sl_shape_put(scratch, text) == SL_OK && scratch->n <= SL_JOURNAL_MAX_TEXT) {
            if ((r->flags & SL_INTENT_EXTENDED) == 0)
                commit_literals(g, text, r);
            r->text = sl_buf_span(scratch);
            return;
        }
        sl_buf_reset(scratch); /* without a shape: by digest alone */
    }
    if (text.n <= SL_JOURNAL_MAX_TEXT && !j->verdict->answer.record_shape) {
        r->text = text;
    } else {
        uint8_t digest[SL_SHA256];
        sl_sha256(text, digest);
        sl_buf_put(scratch, sl_span(digest, sizeof digest));
        if (!j->verdict->answer.record_shape)
            sl_buf_put(scratch, sl_utf8_head(text, TEXT_HEAD));
        r->flags |= SL_INTENT_TEXT_DIGEST;
        r->text = sl_buf_span(scratch);
    }
}

static bool has_story(const struct session *s)
{
    return s->run.n > 0 || s->reason.n > 0 || s->sink.n > 0;
}

static struct sl_span facts_of(struct session *s, const struct verdict *v, struct sl_buf *scratch)
{
    static const uint8_t none[6];

    if (!has_story(s)) {
        sl_buf_put(scratch, sl_buf_span(&v->facts));
        sl_buf_put(scratch, sl_span(none, sizeof none));
        return sl_buf_span(scratch);
    }
    sl_buf_put(scratch, sl_buf_span(&v->facts));
    put_part(scratch, s->run);
    put_part(scratch, s->reason);
    put_part(scratch, s->sink);
    return sl_buf_span(scratch);
}

static void fill(struct session *s, const struct judged *j, struct sl_span text, uint32_t flags,
                 struct sl_intent *r)
{
    struct gate *g = s->gate;

    sl_buf_reset(&g->facts);
    sl_buf_reset(&g->text);

    r->session = s->keeper_session;
    r->started_us = sl_clock_us();
    r->asked_us = r->started_us;
    r->flags |= flags;
    if (j->verdict->answer.enforced != j->verdict->answer.verdict)
        r->flags |= SL_INTENT_OBSERVED;
    /* A BEGIN may be under way; whatever is marked is resolved at a ReadyForQuery (answer.c). */
    if (s->tx == 'T' || s->tx_first != 0 || (j->meaning->m.flags & SL_MEANING_TX_BEGIN) != 0 ||
        txn_is_mixed(&j->meaning->m))
        r->flags |= SL_INTENT_IN_TX;
    memcpy(r->policy_digest, g->config->digest, sizeof r->policy_digest);
    if (hold_approval_uuid(s) != NULL)
        memcpy(r->approval, hold_approval_uuid(s), sizeof r->approval);
    else if (list_approval(s) != NULL)
        memcpy(r->approval, list_approval(s), sizeof r->approval);
    set_text(g, j, text, r, &g->text);
    if ((r->flags & SL_INTENT_TEXT_DIGEST) == 0 && !sl_utf8_valid(r->text))
        r->flags |= SL_INTENT_TEXT_BYTES;
    r->facts = facts_of(s, j->verdict, &g->facts);
}

void record_withdraw(struct session *s, const char *sqlstate)
{
    if (s->intent != 0)
        record_ending(s, s->intent,
                      &(struct ending){.outcome = SL_OUTCOME_REFUSED, .sqlstate = sqlstate});
    s->intent = 0;
    verdict_unref(s->intent_verdict);
    s->intent_verdict = NULL;
}

/* While it waited for the disk, policy, labels or definitions may have moved: then what is written
 * is not what would run. A grant that is spent stays what it is. */
static bool is_written(struct session *s, const struct judged *j)
{
    if (s->intent != 0 && s->intent_verdict != j->verdict && s->intent != hold_action(s))
        record_withdraw(s, "42501");
    return s->intent != 0;
}

static enum take wait_for_sync(struct session *s, const struct judged *j, uint64_t action)
{
    struct gate *g = s->gate;

    s->intent = action;
    s->intent_verdict = verdict_ref(j->verdict);
    s->sync_position = g->journal.head;
    s->wait = WAIT_SYNC;
    if (g->keeper != NULL)
        SL_SEND(g->keeper, journal_sync, .position = s->sync_position);
    return TAKE_WAIT;
}

static void note_in_transaction(struct session *s, uint64_t action, uint32_t flags)
{
    if ((flags & SL_INTENT_IN_TX) == 0)
        return;
    if (s->tx_first == 0)
        s->tx_first = action;
    s->tx_last = action;
}

enum take record_intent(struct session *s, const struct judged *j, struct sl_span text,
                        uint32_t flags, const struct sl_pg_bind *bind, uint64_t *action)
{
    struct gate *g = s->gate;
    struct sl_intent r = {0};

    if (is_written(s, j)) { /* and now synced */
        *action = s->intent;
        s->intent = 0;
        verdict_unref(s->intent_verdict);
        s->intent_verdict = NULL;
        return TAKE_DONE;
    }
    r.action = hold_action(s) != 0 ? hold_action(s) : ++g->next_action;
    fill(s, j, text, flags, &r);
    if (bind != NULL && bind->values.count > 0)
        commit_values(g, bind, &r);
    uint64_t pending = sl_journal_pending(&g->journal);
    enum sl_err e = sl_journal_intent(&g->journal, &r);
    if (e == SL_EFULL) {
        kick(g, true);
        client_flush(s);
        s->wait = WAIT_JOURNAL;
        g->journal_full = true;
        return TAKE_WAIT;
    }
    if (e != SL_OK) {
        session_fatal(s, "58030", "Sluice cannot record this statement, so it did not run",
                      sl_err_text(e));
        return TAKE_DEAD;
    }
    hold_recorded(s);
    kick_if_needed(g, pending);
    note_in_transaction(s, r.action, r.flags);
    *action = r.action;
    if (g->config->settings.ledger_sync_all || j->verdict->answer.sync) {
        client_flush(s);
        return wait_for_sync(s, j, r.action);
    }
    return TAKE_DONE;
}

enum sl_err record_continue(struct session *s, const struct judged *j,
                            const struct held_bytes *what, const uint8_t approval[16],
                            uint64_t action)
{
    struct gate *g = s->gate;
    struct sl_intent r = {.action = action};

    fill(s, j, what->text, what->extended ? SL_INTENT_EXTENDED : 0, &r);
    memcpy(r.approval, approval, sizeof r.approval);
    if (what->bind != NULL && what->bind->values.count > 0)
        commit_values(g, what->bind, &r);
    uint64_t pending = sl_journal_pending(&g->journal);
    enum sl_err e = sl_journal_intent(&g->journal, &r);
    if (e == SL_EFULL)
        kick(g, true);
    if (e != SL_OK)
        return e;
    kick_if_needed(g, pending);
    note_in_transaction(s, action, r.flags);
    return SL_OK;
}

/* A denied action is history too; it never ran, so a full journal does not change the answer. */
void record_refusal(struct session *s, const struct judged *j, struct sl_span text,
                    const char *approval)
{
    struct gate *g = s->gate;
    struct sl_intent r = {.action = ++g->next_action};

    (void)approval;
    fill(s, j, text, 0, &r);
    r.flags &= ~(uint32_t)SL_INTENT_IN_TX;
    uint64_t pending = sl_journal_pending(&g->journal);
    enum sl_err e = sl_journal_intent(&g->journal, &r);
    if (e != SL_OK)
        sl_log(SL_LOG_ERROR, "refusal_not_recorded", SL_NUM("session", s->id),
               SL_CSTR("why", sl_err_text(e)));
    else
        record_outcome(s, r.action, SL_OUTCOME_REFUSED);
    kick_if_needed(g, pending);
}

void record_ending(struct session *s, uint64_t action, const struct ending *e)
{
    struct sl_outcome_record r = {
        .session = s->keeper_session,
        .action = action,
        .ended_us = sl_clock_us(),
        .rows = e->rows,
        .bytes = e->bytes,
        .outcome = e->outcome,
    };

    if (e->sqlstate != NULL)
        memcpy(r.sqlstate, e->sqlstate, sizeof r.sqlstate);
    if (sl_journal_outcome(&s->gate->journal, &r) != SL_OK)
        sl_log(SL_LOG_ERROR, "outcome_not_recorded", SL_NUM("session", s->id),
               SL_NUM("action", action));
}

void record_outcome(struct session *s, uint64_t action, uint8_t outcome)
{
    record_ending(s, action,
                  &(struct ending){.outcome = outcome,
                                   .sqlstate = s->sqlstate[0] == 0 ? NULL : (char *)s->sqlstate,
                                   .rows = s->tag_rows > s->rows ? s->tag_rows : s->rows,
                                   .bytes = s->bytes});
}

void record_txn(struct session *s, uint8_t outcome)
{
    struct sl_txn_record r = {
        .session = s->keeper_session,
        .ended_us = sl_clock_us(),
        .first_action = s->tx_first,
        .last_action = s->tx_last,
        .outcome = outcome,
    };

    if (sl_journal_txn(&s->gate->journal, &r) != SL_OK)
        sl_log(SL_LOG_ERROR, "transaction_not_recorded", SL_NUM("session", s->id));
}

/* --- progress: usage grows while a statement still streams --- */

static bool put_progress(struct session *s, uint64_t action, uint64_t rows, uint64_t bytes)
{
    struct sl_progress_record r = {
        .session = s->keeper_session, .action = action, .rows = rows, .bytes = bytes};

    return sl_journal_progress(&s->gate->journal, &r) == SL_OK;
}

/* When the ring is full, the next portion or the outcome says it. */
void record_portion(struct session *s, uint64_t action, uint64_t rows, uint64_t bytes)
{
    (void)put_progress(s, action, rows, bytes);
}

static void progress_of(struct session *s)
{
    const struct item *item = item_head(s);

    if (s->bytes == s->told_bytes || item == NULL || item->action == 0)
        return;
    const struct reading *r = item->kind == ITEM_EXECUTE ? item->reading : NULL;
    uint64_t rows = s->rows + (r == NULL ? 0 : r->rows);
    uint64_t bytes = s->bytes + (r == NULL ? 0 : r->bytes);
    if (put_progress(s, item->action, rows, bytes))
        s->told_bytes = s->bytes;
    else
        s->gate->streaming = true; /* at the next tick, when the keeper has made room */
}

void record_progress(struct gate *g)
{
    uint64_t now_ms;

    if (!g->streaming)
        return;
    now_ms = sl_loop_now_ms(g->loop);
    if (now_ms - g->told_progress_ms < PROGRESS_EVERY_MS)
        return;
    g->told_progress_ms = now_ms;
    g->streaming = false;
    gate_each_session(g, progress_of);
}
