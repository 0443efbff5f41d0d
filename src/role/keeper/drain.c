#include "role/keeper/drain_int.h"

#include "role/keeper/journals.h"
#include "role/keeper/labels.h"
#include "role/keeper/sessions.h"
#include "role/keeper/view.h"
#include "role/keeper/waiters.h"

#include <stdlib.h>

/* One pass over a gate's journal. Nothing is allocated for a record and no query is made: intents
 * are copied side by side into one buffer, outcomes find theirs by the low bits of the action's
 * number, and up to 100 allowed actions share a leaf. The state that says how far was read goes
 * with the last leaf of the pass, so that leaves and position stand or fall together. */

static struct drain *drain_get(struct keeper *k)
{
    if (k->drain != NULL)
        return k->drain;
    struct drain *d = calloc(1, sizeof *d);

    if (d == NULL)
        keeper_die("journals cannot be read", SL_EMEMORY);
    d->bytes = sl_buf((size_t)MAX_ENTRIES * SL_JOURNAL_MAX_RECORD);
    d->scratch = d->masked = sl_buf(4 * SL_JOURNAL_MAX_RECORD);
    d->leaf = d->last = sl_buf(2 * SL_ENTRY_MAX);
    d->tables = sl_buf(4 * SL_ENTRY_MAX);
    for (size_t i = 0; i < FACTS_SLOTS; i++)
        d->facts[i].journal = d->facts[i].json = sl_buf(2 * SL_JOURNAL_MAX_RECORD);
    k->drain = d;
    return d;
}

void drain_free(struct drain *d)
{
    if (d == NULL)
        return;
    sl_buf_done(&d->bytes);
    sl_buf_done(&d->scratch);
    sl_buf_done(&d->masked);
    sl_buf_done(&d->tables);
    sl_buf_done(&d->leaf);
    sl_buf_done(&d->last);
    for (size_t i = 0; i < FACTS_SLOTS; i++) {
        sl_buf_done(&d->facts[i].journal);
        sl_buf_done(&d->facts[i].json);
        lineage_story_unref(d->facts[i].story);
        usage_facts_unref(d->facts[i].usage);
        trail_facts_unref(d->facts[i].trail);
    }
    free(d);
}

void drained_state(struct sl_buf *b, uint32_t gate, const struct journal *j,
                   const struct action_key *opened, size_t opened_count,
                   const struct action_key *ended, size_t ended_count)
{
    sl_buf_put_u8(b, 1);
    sl_buf_put_le32(b, gate);
    sl_buf_put_le64(b, j->generation);
    sl_buf_put_le64(b, j->at);
    sl_buf_put_le32(b, (uint32_t)opened_count);
    for (size_t i = 0; i < opened_count; i++) {
        sl_buf_put_le64(b, opened[i].session);
        sl_buf_put_le64(b, opened[i].action);
    }
    sl_buf_put_le32(b, (uint32_t)ended_count);
    for (size_t i = 0; i < ended_count; i++) {
        sl_buf_put_le64(b, ended[i].session);
        sl_buf_put_le64(b, ended[i].action);
    }
}

/* --- reading --- */

static void take_intent(struct drain *d, const struct sl_intent *in)
{
    struct entry *e = &d->entries[d->count];

    memset((uint8_t *)e + offsetof(struct entry, ended_us), 0,
           sizeof *e - offsetof(struct entry, ended_us));
    e->intent = *in;
    e->facts_at = d->bytes.n;
    sl_buf_put(&d->bytes, in->facts);
    e->text_at = d->bytes.n;
    sl_buf_put(&d->bytes, in->text);
    d->slot[in->action % SLOTS] = (uint32_t)++d->count;
}

static struct entry *entry_of(struct drain *d, uint64_t session, uint64_t action)
{
    uint32_t at = d->slot[action % SLOTS];

    if (at == 0 || at > d->count)
        return NULL;
    struct entry *e = &d->entries[at - 1];
    return e->intent.action == action && e->intent.session == session ? e : NULL;
}

/* What a list did, its statements' own records say. One that is not running any more ended with the
 * keeper before this one, or was said to be unknown. */
static bool of_list(const struct running *running)
{
    return running != NULL && running->list;
}

/* An outcome whose intent was recorded in an earlier pass, or that never had one. */
static bool late_outcome(struct keeper *k, struct drain *d, uint32_t gate,
                         const struct sl_outcome_record *r)
{
    struct action_key key = {r->session, r->action};
    struct session *s = session_get(k, gate, r->session);
    const struct running *running = running_of(k, r->session, r->action);
    struct sl_entry_outcome o = {
        .time_us = sl_clock_us(),
        .session = r->session,
        .action = r->action,
        .ended_us = r->ended_us,
        .rows = r->rows,
        .bytes = r->bytes,
        .outcome = r->outcome,
        .approval = sl_span_str(running == NULL ? NULL : running->approval),
        .sqlstate =
            r->sqlstate[0] == 0 ? sl_span(NULL, 0) : sl_span(r->sqlstate, sizeof r->sqlstate),
        .body_digest = drain_empty(r->body_digest, sizeof r->body_digest) ? NULL : r->body_digest};

    if (s != NULL)
        labels_saw_outcome(s, r->action, r->outcome);
    if ((uintptr_t)sl_map_get(k->open, key_span(&key)) == (uintptr_t)gate + 1) {
        sl_map_remove(k->open, key_span(&key));
        d->ended[d->ended_count++] = key;
    } else if (s == NULL || (r->outcome != SL_OUTCOME_REFUSED && !of_list(running))) {
        return false;
    } else if (running == NULL) { /* said already, or its SPEND is still on its way */
        waiter_withdraw(k, gate, r->action);
        return true;
    } /* else a grant that was spent, and then nothing was run with it */
    sl_entry_put_outcome(&d->leaf, &o);
    lineage_outcome(k->store.lineage, &o);
    usage_outcome(k->store.usage, &o);
    d->told.kind = o.approval.n == 0 ? "outcome" : NULL; /* else the leaf says more */
    d->told.time_us = o.time_us;
    drain_push_leaf(k, d);
    outcome_of_held(k, r, NULL);
    return true;
}

static bool take_outcome(struct keeper *k, struct drain *d, uint32_t gate,
                         const struct sl_outcome_record *r)
{
    struct entry *e = entry_of(d, r->session, r->action);

    if (r->outcome < SL_OUTCOME_OK || r->outcome > SL_OUTCOME_UNKNOWN)
        return false;
    labels_outcome(k, gate, r->session, r->action, r->outcome);
    if (e == NULL)
        return late_outcome(k, d, gate, r);
    e->outcome = r->outcome;
    e->ended_us = r->ended_us;
    e->rows = r->rows;
    e->bytes = r->bytes;
    memcpy(e->sqlstate, r->sqlstate, sizeof e->sqlstate);
    memcpy(e->body_digest, r->body_digest, sizeof e->body_digest);
    if (drain_held(e))
        outcome_of_held(k, r, NULL);
    return true;
}

/* The ends of transactions come after the actions that they end. */
static bool write_txns(struct keeper *k, struct drain *d, uint32_t gate)
{
    for (size_t i = 0; i < d->txn_count; i++) {
        const struct sl_txn_record *r = &d->txns[i];

        struct session *s = session_get(k, gate, r->session);
        if (s == NULL)
            return false;
        labels_saw_txn(s, r);
        struct sl_entry_txn txn = {.time_us = sl_clock_us(),
                                   .session = r->session,
                                   .ended_us = r->ended_us,
                                   .first_action = r->first_action,
                                   .last_action = r->last_action,
                                   .outcome = r->outcome};
        sl_entry_put_txn(&d->leaf, &txn);
        lineage_ended(k->store.lineage, &txn);
        usage_ended(k->store.usage, &txn);
        d->told.kind = "txn";
        d->told.time_us = txn.time_us;
        drain_push_leaf(k, d);
        labels_txn(k, r);
    }
    return true;
}

/* A newer one of the same action takes the place of the one before. */
static void take_progress(struct drain *d, const struct sl_progress_record *r)
{
    for (size_t i = d->progress_count; i > 0 && i + 16 > d->progress_count; i--) {
        struct sl_progress_record *before = &d->progress[i - 1];

        if (before->action == r->action && before->session == r->session) {
            *before = *r;
            return;
        }
    }
    if (d->progress_count < MAX_PROGRESS)
        d->progress[d->progress_count++] = *r;
}

/* After the leaves of the pass: the intent may be in one of them. */
static bool tell_progress(struct keeper *k, struct drain *d, uint32_t gate, struct sl_buf *state)
{
    size_t right = 0;

    while (right < d->progress_count && session_get(k, gate, d->progress[right].session) != NULL)
        right++;
    if (right > 0)
        view_progress_put(state, d->progress, right);
    for (size_t i = 0; i < right; i++)
        usage_progress(k->store.usage, d->progress[i].session, d->progress[i].action,
                       d->progress[i].rows, d->progress[i].bytes);
    return right == d->progress_count;
}

static bool take(struct keeper *k, struct drain *d, uint32_t gate,
                 const struct sl_journal_record *r)
{
    switch (r->type) {
    case SL_JOURNAL_INTENT:
        take_intent(d, &r->intent);
        labels_recover(k, gate, &r->intent);
        return true;
    case SL_JOURNAL_OUTCOME:
        return take_outcome(k, d, gate, &r->outcome);
    case SL_JOURNAL_TXN:
        d->txns[d->txn_count++] = r->txn;
        return true;
    case SL_JOURNAL_PROGRESS:
        take_progress(d, &r->progress);
        return true;
    }
    return false;
}

/* Everything read so far becomes leaves, the last of them with the state. */
static bool finish(struct keeper *k, struct drain *d, uint32_t gate)
{
    SL_BUF(state, SL_WAL_MAX_STATE);
    bool right =
        sl_buf_err(&d->bytes) == SL_OK && drain_write_entries(k, d, gate) && write_txns(k, d, gate);

    right = tell_progress(k, d, gate, &state) && right;
    drained_state(&state, gate, &k->journals[gate], d->opened, d->opened_count, d->ended,
                  d->ended_count);
    if (!d->have_last) {
        store_drained(&k->store, sl_buf_span(&state));
        return right;
    }
    drain_append_last(k, d, sl_buf_span(&state));
    enum sl_err err = view_drained(k->store.db, sl_buf_span(&state));
    if (err != SL_OK && k->store.why == SL_OK)
        k->store.why = err;
    return right;
}

static void begin(struct drain *d)
{
    memset(d->slot, 0, sizeof d->slot);
    d->count = d->opened_count = d->ended_count = d->txn_count = d->progress_count = 0;
    d->have_last = false;
    d->part_count = d->batch.count = 0;
    sl_buf_reset(&d->bytes);
    sl_buf_reset(&d->leaf);
}

/* A pass is short enough that what it makes of the texts, six times as long where they are made of
 * control characters, has room beside what waits to be written. Between two passes that may go out:
 * each takes its leaves and its position along, whole. */
bool drain_pass(struct keeper *k, uint32_t gate)
{
    struct journal *j = &k->journals[gate];
    struct drain *d = drain_get(k);
    struct sl_journal_record r;
    enum sl_err err = SL_OK;
    bool right = true;

    while (right && err == SL_OK) {
        size_t read = 0;

        store_call_begins(&k->store);
        begin(d);
        for (; right && read < MAX_ENTRIES - 1 && d->bytes.n < PASS_BYTES; read++) {
            err = sl_journal_read(&j->ring, &j->at, &d->scratch, &r);
            if (err != SL_OK)
                break;
            right = take(k, d, gate, &r);
        }
        k->drained_actions += read;
        if (read > 0)
            right = finish(k, d, gate) && right;
    }
    return right && err == SL_ENOTFOUND;
}
