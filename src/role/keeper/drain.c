#include "role/keeper/keeper_int.h"
#include "role/keeper/view.h"

#include <stdlib.h>

/* One pass over a gate's journal. Nothing is allocated for a record and no query is made: intents are
 * copied side by side into one buffer, outcomes find theirs by the low bits of the action's number, and
 * up to 100 allowed actions share a leaf. The state that says how far was read goes with the last leaf
 * of the pass, so that leaves and position stand or fall together. */

enum {
    MAX_ENTRIES = 8192,
    SLOTS = 2 * MAX_ENTRIES,
    FACTS_SLOTS = 512,
    MAX_LISTED = MAX_ENTRIES + 1,
};

struct entry {
    struct sl_intent intent; /* spans: offsets into `bytes`, resolved at the end */
    size_t facts_at, text_at;
    uint64_t ended_us, rows, bytes;
    uint8_t outcome, sqlstate[5], body_digest[32];
};

struct drain {
    struct entry entries[MAX_ENTRIES];
    size_t count;
    uint32_t slot[SLOTS]; /* action number -> entry + 1 */
    struct sl_buf bytes;  /* facts and texts of the entries */
    struct sl_buf scratch;
    struct action_key opened[MAX_LISTED], ended[MAX_LISTED];
    size_t opened_count, ended_count;
    struct sl_txn_record txns[MAX_ENTRIES];
    size_t txn_count;
    struct cached_facts {
        struct sl_buf journal, json;
    } facts[FACTS_SLOTS];
    struct sl_buf leaf, last; /* `last` waits for the next, or for the state */
    bool have_last;
    struct entry *parts[SL_ENTRY_MAX_BATCH], *last_parts[SL_ENTRY_MAX_BATCH];
    unsigned part_count, last_part_count;
};

static struct drain *drain_get(struct keeper *k)
{
    if (k->drain != NULL)
        return k->drain;
    struct drain *d = calloc(1, sizeof *d);

    if (d == NULL)
        keeper_die("journals cannot be read", SL_EMEMORY);
    d->bytes = sl_buf((size_t)MAX_ENTRIES * SL_JOURNAL_MAX_RECORD);
    d->scratch = sl_buf(4 * SL_JOURNAL_MAX_RECORD);
    d->leaf = d->last = sl_buf(2 * SL_ENTRY_MAX);
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
    sl_buf_done(&d->leaf);
    sl_buf_done(&d->last);
    for (size_t i = 0; i < FACTS_SLOTS; i++) {
        sl_buf_done(&d->facts[i].journal);
        sl_buf_done(&d->facts[i].json);
    }
    free(d);
}

void drained_state(struct sl_buf *b, uint32_t gate, const struct journal *j, const struct action_key *opened,
                   size_t opened_count, const struct action_key *ended, size_t ended_count)
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

/* --- leaves ------------------------------------------------------------------------------------- */

static void put_openings(struct keeper *k, uint64_t index, struct entry **parts, unsigned count)
{
    static const uint8_t none[32];

    for (unsigned i = 0; i < count; i++) {
        const struct sl_intent *in = &parts[i]->intent;

        if (memcmp(in->commitment, none, sizeof none) == 0)
            continue;
        enum sl_err err = sl_ledger_append_opening(k->store.ledger, index, i, SL_OPENING_SALT,
                                                   sl_span(in->salt, sizeof in->salt));
        if (err != SL_OK && k->store.why == SL_OK)
            k->store.why = err;
    }
}

static void append_last(struct keeper *k, struct drain *d, struct sl_span state)
{
    uint64_t index = 0;

    if (!d->have_last)
        return;
    enum sl_err err = sl_buf_err(&d->last);
    if (err == SL_OK)
        err = sl_ledger_append(k->store.ledger, sl_buf_span(&d->last), state, &index);
    if (err != SL_OK && k->store.why == SL_OK)
        k->store.why = err;
    if (err == SL_OK)
        put_openings(k, index, d->last_parts, d->last_part_count);
    k->store.needs_write = true;
    d->have_last = false;
}

/* The leaf that was just built becomes the last one; the one before it goes to the ledger. */
static void push_leaf(struct keeper *k, struct drain *d)
{
    struct sl_buf swap = d->last;

    append_last(k, d, sl_span(NULL, 0));
    d->last = d->leaf;
    d->leaf = swap;
    sl_buf_reset(&d->leaf);
    memcpy(d->last_parts, d->parts, d->part_count * sizeof d->parts[0]);
    d->last_part_count = d->part_count;
    d->part_count = 0;
    d->have_last = true;
}

static struct sl_span facts_json(struct drain *d, struct sl_span journal_facts)
{
    struct cached_facts *c = &d->facts[sl_hash(journal_facts, 0) % FACTS_SLOTS];

    if (sl_span_eq(sl_buf_span(&c->journal), journal_facts))
        return sl_buf_span(&c->json);
    sl_buf_reset(&c->journal);
    sl_buf_reset(&c->json);
    sl_entry_put_facts(&c->json, journal_facts);
    if (sl_buf_err(&c->json) != SL_OK)
        return sl_span(NULL, 0);
    sl_buf_put(&c->journal, journal_facts);
    return sl_buf_span(&c->json);
}

static bool empty(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

static struct sl_entry_action action_of(const struct entry *e, const struct session *s, struct sl_span facts)
{
    const struct sl_intent *in = &e->intent;

    return (struct sl_entry_action){
        .session = in->session, .action = in->action, .identity = s->identity, .target = s->target,
        .asked_us = in->asked_us, .started_us = in->started_us, .ended_us = e->ended_us,
        .flags = in->flags, .outcome = e->outcome, .facts = facts, .text = in->text,
        .policy_digest = in->policy_digest,
        .commitment = empty(in->commitment, sizeof in->commitment) ? NULL : in->commitment,
        .rows = e->rows, .bytes = e->bytes,
        .sqlstate = e->sqlstate[0] == 0 ? sl_span(NULL, 0) : sl_span(e->sqlstate, sizeof e->sqlstate)};
}

static bool held(const struct entry *e)
{
    return !empty(e->intent.approval, sizeof e->intent.approval);
}

/* facts: u32 effects, u8 verdict, ... */
static uint8_t verdict_of(const struct entry *e)
{
    return e->intent.facts.n > 4 ? e->intent.facts.p[4] : SL_DENY;
}

static bool batched(const struct entry *e)
{
    bool flowed = verdict_of(e) == SL_ALLOW || (e->intent.flags & SL_INTENT_OBSERVED) != 0;

    return flowed && !held(e) && e->outcome != SL_OUTCOME_REFUSED;
}

static void put_uuid(struct sl_buf *b, const uint8_t id[16])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            sl_buf_put_u8(b, '-');
        sl_buf_put_u8(b, (uint8_t)digits[id[i] >> 4]);
        sl_buf_put_u8(b, (uint8_t)digits[id[i] & 15]);
    }
}

/* A held, denied or refused action in a leaf of its own, with who said yes. */
static void put_one(struct keeper *k, struct drain *d, struct entry *e, const struct session *s,
                    struct sl_span facts)
{
    SL_BUF(id, 64);
    APPROVAL(a);
    struct sl_names approvers = {0}, requesters = {0};
    struct sl_entry_one one = {.time_us = sl_clock_us(), .action = action_of(e, s, facts),
                               .environment = s->environment, .protocol = s->protocol, .owner = s->owner};

    put_uuid(&id, e->intent.approval);
    if (held(e) && approval_get(k, sl_buf_span(&id), &a) == SL_OK) {
        for (size_t i = 0; i < a.vote_count; i++) {
            if (sl_span_is(a.votes[i].decision, "approve"))
                names_add(k->mem, &approvers, a.votes[i].identity);
            one.decided_us = a.votes[i].at_us > one.decided_us ? a.votes[i].at_us : one.decided_us;
        }
        requesters = requester_names(k, a.requesters, a.requester_count);
        one.approval = a.id;
        one.digest = a.digest;
    }
    one.approvers = entry_list(approvers);
    one.requesters = entry_list(requesters);
    if (!empty(e->body_digest, sizeof e->body_digest))
        one.body_digest = e->body_digest;
    sl_entry_put_action(&d->leaf, &one);
    d->parts[d->part_count++] = e;
    push_leaf(k, d);
}

/* --- the entries of a pass, in order -------------------------------------------------------------- */

static void resolve(struct drain *d, struct entry *e)
{
    e->intent.facts.p = d->bytes.p + e->facts_at;
    e->intent.text.p = d->bytes.p + e->text_at;
}

static void end_batch(struct keeper *k, struct drain *d, struct sl_entry_batch *batch)
{
    if (batch->count == 0)
        return;
    sl_entry_batch_end(batch, sl_clock_us());
    push_leaf(k, d);
    *batch = (struct sl_entry_batch){0};
}

static bool add_to_batch(struct keeper *k, struct drain *d, struct sl_entry_batch *batch, struct entry *e,
                         const struct sl_entry_action *action)
{
    enum sl_err err = SL_ELIMIT;

    if (batch->count > 0 && batch->count < SL_ENTRY_MAX_BATCH)
        err = sl_entry_batch_add(batch, action);
    if (err == SL_ELIMIT) {
        end_batch(k, d, batch);
        sl_entry_batch_begin(batch, &d->leaf);
        err = sl_entry_batch_add(batch, action);
    }
    if (err == SL_OK)
        d->parts[d->part_count++] = e;
    return err == SL_OK;
}

static void remember_open(struct keeper *k, struct drain *d, uint32_t gate, struct action_key key)
{
    d->opened[d->opened_count++] = key;
    if (sl_map_put(k->open, key_span(&key), (void *)((uintptr_t)gate + 1)) != SL_OK)
        keeper_die("open actions could not be noted", SL_EMEMORY);
}

static bool write_entries(struct keeper *k, struct drain *d, uint32_t gate)
{
    struct sl_entry_batch batch = {0};

    for (size_t i = 0; i < d->count; i++) {
        struct entry *e = &d->entries[i];
        struct session *s = session_get(k, gate, e->intent.session);

        resolve(d, e);
        struct sl_span facts = facts_json(d, e->intent.facts);
        if (s == NULL || facts.n == 0)
            return false;
        if (e->outcome == 0 && verdict_of(e) == SL_DENY && (e->intent.flags & SL_INTENT_OBSERVED) == 0)
            e->outcome = SL_OUTCOME_REFUSED;
        if (e->outcome == 0)
            remember_open(k, d, gate, (struct action_key){e->intent.session, e->intent.action});
        if (!batched(e)) {
            end_batch(k, d, &batch);
            put_one(k, d, e, s, facts);
            continue;
        }
        struct sl_entry_action action = action_of(e, s, facts);
        if (!add_to_batch(k, d, &batch, e, &action))
            return false;
    }
    end_batch(k, d, &batch);
    return true;
}

/* --- reading -------------------------------------------------------------------------------------- */

static void take_intent(struct drain *d, const struct sl_intent *in)
{
    struct entry *e = &d->entries[d->count];

    memset((uint8_t *)e + offsetof(struct entry, ended_us), 0, sizeof *e - offsetof(struct entry, ended_us));
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

/* An outcome whose intent was recorded in an earlier pass. */
static bool late_outcome(struct keeper *k, struct drain *d, const struct sl_outcome_record *r)
{
    struct action_key key = {r->session, r->action};
    const char *approval = sl_map_get(k->running, key_span(&key));
    struct sl_entry_outcome o = {
        .time_us = sl_clock_us(), .session = r->session, .action = r->action, .ended_us = r->ended_us,
        .rows = r->rows, .bytes = r->bytes, .outcome = r->outcome, .approval = sl_span_str(approval),
        .sqlstate = r->sqlstate[0] == 0 ? sl_span(NULL, 0) : sl_span(r->sqlstate, sizeof r->sqlstate),
        .body_digest = empty(r->body_digest, sizeof r->body_digest) ? NULL : r->body_digest};

    if (sl_map_remove(k->open, key_span(&key)) == NULL)
        return r->outcome == SL_OUTCOME_REFUSED; /* the intent said so already */
    sl_entry_put_outcome(&d->leaf, &o);
    push_leaf(k, d);
    d->ended[d->ended_count++] = key;
    outcome_of_held(k, r, NULL);
    return true;
}

static bool take_outcome(struct keeper *k, struct drain *d, const struct sl_outcome_record *r)
{
    struct entry *e = entry_of(d, r->session, r->action);

    if (r->outcome < SL_OUTCOME_OK || r->outcome > SL_OUTCOME_UNKNOWN)
        return false;
    if (e == NULL)
        return late_outcome(k, d, r);
    e->outcome = r->outcome;
    e->ended_us = r->ended_us;
    e->rows = r->rows;
    e->bytes = r->bytes;
    memcpy(e->sqlstate, r->sqlstate, sizeof e->sqlstate);
    memcpy(e->body_digest, r->body_digest, sizeof e->body_digest);
    if (held(e))
        outcome_of_held(k, r, NULL);
    return true;
}

/* The ends of transactions come after the actions that they end. */
static bool write_txns(struct keeper *k, struct drain *d, uint32_t gate)
{
    for (size_t i = 0; i < d->txn_count; i++) {
        const struct sl_txn_record *r = &d->txns[i];

        if (session_get(k, gate, r->session) == NULL)
            return false;
        sl_entry_put_txn(&d->leaf, &(struct sl_entry_txn){
            .time_us = sl_clock_us(), .session = r->session, .ended_us = r->ended_us,
            .first_action = r->first_action, .last_action = r->last_action, .outcome = r->outcome});
        push_leaf(k, d);
    }
    return true;
}

static bool take(struct keeper *k, struct drain *d, const struct sl_journal_record *r)
{
    switch (r->type) {
    case SL_JOURNAL_INTENT:
        take_intent(d, &r->intent);
        return true;
    case SL_JOURNAL_OUTCOME:
        return take_outcome(k, d, &r->outcome);
    case SL_JOURNAL_TXN:
        d->txns[d->txn_count++] = r->txn;
        return true;
    }
    return false;
}

/* Everything read so far becomes leaves, the last of them with the state. */
static bool finish(struct keeper *k, struct drain *d, uint32_t gate)
{
    SL_BUF(state, SL_WAL_MAX_STATE);
    bool right = sl_buf_err(&d->bytes) == SL_OK && write_entries(k, d, gate) && write_txns(k, d, gate);

    drained_state(&state, gate, &k->journals[gate], d->opened, d->opened_count, d->ended, d->ended_count);
    if (!d->have_last) {
        store_drained(&k->store, sl_buf_span(&state));
        return right;
    }
    append_last(k, d, sl_buf_span(&state));
    enum sl_err err = view_drained(k->store.db, sl_buf_span(&state));
    if (err != SL_OK && k->store.why == SL_OK)
        k->store.why = err;
    return right;
}

static void begin(struct drain *d)
{
    memset(d->slot, 0, sizeof d->slot);
    d->count = d->opened_count = d->ended_count = d->txn_count = 0;
    d->have_last = false;
    d->part_count = 0;
    sl_buf_reset(&d->bytes);
    sl_buf_reset(&d->leaf);
}

bool drain_pass(struct keeper *k, uint32_t gate)
{
    struct journal *j = &k->journals[gate];
    struct drain *d = drain_get(k);
    struct sl_journal_record r;
    enum sl_err err = SL_OK;
    bool right = true;

    while (right && err == SL_OK) {
        size_t read = 0;

        begin(d);
        for (; right && read < MAX_ENTRIES - 1; read++) {
            err = sl_journal_read(&j->ring, &j->at, &d->scratch, &r);
            if (err != SL_OK)
                break;
            right = take(k, d, &r);
        }
        k->drained_actions += read;
        if (read > 0)
            right = finish(k, d, gate) && right;
    }
    return right && err == SL_ENOTFOUND;
}
