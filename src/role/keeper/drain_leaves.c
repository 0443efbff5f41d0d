#include "role/keeper/drain_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/journals.h"
#include "role/keeper/labels.h"
#include "role/keeper/mask.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* --- leaves -------------------------------------------------------------------------------------
 */

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

void drain_append_last(struct keeper *k, struct drain *d, struct sl_span state)
{
    uint64_t index = 0;

    if (!d->have_last)
        return;
    enum sl_err err = sl_buf_err(&d->last);
    if (err == SL_OK)
        err = sl_ledger_append(k->store.ledger, sl_buf_span(&d->last), state, &index);
    if (err != SL_OK && k->store.why == SL_OK)
        k->store.why = err;
    if (err == SL_OK) {
        trail_batch(k->store.trail, index, sl_buf_span(&d->last), &d->last_told);
        put_openings(k, index, d->last_parts, d->last_part_count);
    }
    k->store.needs_write = true;
    d->have_last = false;
}

/* As much of it as is used: the rest is thousands of bytes of nothing. */
static void take_told(struct drain *d)
{
    d->last_told.kind = d->told.kind;
    d->last_told.time_us = d->told.time_us;
    d->last_told.count = d->told.count;
    memcpy(d->last_told.items, d->told.items, d->told.count * sizeof d->told.items[0]);
    d->told.kind = NULL;
    d->told.count = 0;
}

void drain_push_leaf(struct keeper *k, struct drain *d)
{
    struct sl_buf swap = d->last;

    drain_append_last(k, d, sl_span(NULL, 0));
    d->last = d->leaf;
    d->leaf = swap;
    sl_buf_reset(&d->leaf);
    take_told(d);
    memcpy(d->last_parts, d->parts, d->part_count * sizeof d->parts[0]);
    d->last_part_count = d->part_count;
    d->part_count = 0;
    d->have_last = true;
}

static struct sl_span facts_json(struct keeper *k, struct drain *d, struct sl_span journal_facts)
{
    struct cached_facts *c = &d->facts[d->last_facts];

    if (c->journal.n > 0 && sl_span_eq(sl_buf_span(&c->journal), journal_facts))
        return sl_buf_span(&c->json); /* most often they are those of the action before */
    d->last_facts = sl_hash(journal_facts, 0) % FACTS_SLOTS;
    c = &d->facts[d->last_facts];
    if (c->journal.n > 0 && sl_span_eq(sl_buf_span(&c->journal), journal_facts))
        return sl_buf_span(&c->json);
    sl_buf_reset(&c->journal);
    sl_buf_reset(&c->json);
    sl_entry_put_facts(&c->json, journal_facts);
    if (sl_buf_err(&c->json) != SL_OK)
        return sl_span(NULL, 0);
    sl_buf_put(&c->journal, journal_facts);
    lineage_story_unref(c->story);
    c->story = lineage_story(k->store.lineage, sl_buf_span(&c->json));
    usage_facts_unref(c->usage);
    c->usage = usage_facts(k->store.usage, sl_buf_span(&c->json));
    trail_facts_unref(c->trail);
    c->trail = trail_facts(k->store.trail, sl_buf_span(&c->json));
    return sl_buf_span(&c->json);
}

bool drain_empty(const uint8_t *p, size_t n)
{
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++) /* to the end, so that it is sixteen bytes at a time */
        any = (uint8_t)(any | p[i]);
    return any == 0;
}

static struct sl_entry_action action_of(const struct entry *e, const struct session *s,
                                        struct sl_span facts)
{
    const struct sl_intent *in = &e->intent;

    return (struct sl_entry_action){
        .session = in->session,
        .action = in->action,
        .identity = s->identity,
        .target = s->target,
        .asked_us = in->asked_us,
        .started_us = in->started_us,
        .ended_us = e->ended_us,
        .flags = in->flags,
        .outcome = e->outcome,
        .facts = facts,
        .text = in->text,
        .policy_digest = in->policy_digest,
        .commitment = drain_empty(in->commitment, sizeof in->commitment) ? NULL : in->commitment,
        .rows = e->rows,
        .bytes = e->bytes,
        .sqlstate =
            e->sqlstate[0] == 0 ? sl_span(NULL, 0) : sl_span(e->sqlstate, sizeof e->sqlstate)};
}

bool drain_held(const struct entry *e)
{
    return !drain_empty(e->intent.approval, sizeof e->intent.approval);
}

/* facts: u32 effects, u8 verdict, ... */
static uint8_t verdict_of(const struct entry *e)
{
    return e->intent.facts.n > 4 ? e->intent.facts.p[4] : SL_DENY;
}

static bool batched(const struct entry *e)
{
    bool flowed = verdict_of(e) == SL_ALLOW || (e->intent.flags & SL_INTENT_OBSERVED) != 0;

    return flowed && !drain_held(e) && e->outcome != SL_OUTCOME_REFUSED;
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
    struct sl_entry_one one = {.time_us = sl_clock_us(),
                               .action = action_of(e, s, facts),
                               .environment = s->environment,
                               .protocol = s->protocol,
                               .owner = s->owner};

    put_uuid(&id, e->intent.approval);
    if (drain_held(e) && approval_get(k, sl_buf_span(&id), &a) == SL_OK) {
        for (size_t i = 0; i < a.vote_count; i++) {
            if (sl_span_is(a.votes[i].decision, "lapsed"))
                continue;
            if (!sl_span_is(a.votes[i].decision, "deny"))
                names_add(k->mem, &approvers, a.votes[i].identity);
            one.decided_us = a.votes[i].at_us > one.decided_us ? a.votes[i].at_us : one.decided_us;
        }
        requesters = requester_names(k, a.requesters, a.requester_count);
        one.approval = a.id;
        one.digest = a.digest;
    }
    one.approvers = entry_list(approvers);
    one.requesters = entry_list(requesters);
    if (!drain_empty(e->body_digest, sizeof e->body_digest))
        one.body_digest = e->body_digest;
    sl_entry_put_action(&d->leaf, &one);
    lineage_leaf(k->store.lineage, sl_buf_span(&d->leaf));
    usage_leaf(k->store.usage, sl_buf_span(&d->leaf));
    d->parts[d->part_count++] = e;
    drain_push_leaf(k, d);
}

/* --- the entries of a pass, in order --- */

static void resolve(struct drain *d, struct entry *e)
{
    e->intent.facts.p = d->bytes.p + e->facts_at;
    e->intent.text.p = d->bytes.p + e->text_at;
}

/* Password literals do not reach the ledger (P10). The masked text lives until the next entry. */
static void mask(struct drain *d, struct entry *e)
{
    size_t digest = (e->intent.flags & SL_INTENT_TEXT_DIGEST) != 0 ? SL_SHA256 : 0;
    struct sl_span sql = sl_span_from(e->intent.text, digest);

    if (!mask_needed(sql))
        return;
    sl_buf_reset(&d->masked);
    sl_buf_put(&d->masked, sl_span_head(e->intent.text, digest));
    mask_passwords(&d->masked, sql);
    e->intent.text = sl_buf_span(&d->masked);
}

static void end_batch(struct keeper *k, struct drain *d)
{
    if (d->batch.count == 0)
        return;
    d->told.kind = "actions";
    d->told.time_us = sl_clock_us();
    sl_entry_batch_end(&d->batch, d->told.time_us);
    drain_push_leaf(k, d);
    d->batch.count = 0;
}

static bool add_to_batch(struct keeper *k, struct drain *d, struct entry *e,
                         const struct sl_entry_action *action)
{
    enum sl_err err = SL_ELIMIT;

    if (d->batch.count > 0)
        err = sl_entry_batch_add(&d->batch, action);
    if (err == SL_ELIMIT) {
        end_batch(k, d);
        sl_entry_batch_begin(&d->batch, &d->leaf, &d->tables);
        err = sl_entry_batch_add(&d->batch, action);
    }
    if (err != SL_OK)
        return false;
    d->parts[d->part_count++] = e;
    if (d->facts[d->last_facts].story != NULL)
        lineage_item(k->store.lineage, d->facts[d->last_facts].story, action);
    if (d->facts[d->last_facts].usage != NULL)
        usage_item(k->store.usage, d->facts[d->last_facts].usage, action);
    trail_batch_add(k->store.trail, &d->told, d->facts[d->last_facts].trail, action);
    return true;
}

static void remember_open(struct keeper *k, struct drain *d, uint32_t gate, struct action_key key)
{
    d->opened[d->opened_count++] = key;
    if (sl_map_put(k->open, key_span(&key), (void *)((uintptr_t)gate + 1)) != SL_OK)
        keeper_die("open actions could not be noted", SL_EMEMORY);
}

bool drain_write_entries(struct keeper *k, struct drain *d, uint32_t gate)
{
    for (size_t i = 0; i < d->count; i++) {
        struct entry *e = &d->entries[i];
        struct session *s = session_get(k, gate, e->intent.session);

        resolve(d, e);
        mask(d, e);
        struct sl_span facts = facts_json(k, d, e->intent.facts);
        if (s == NULL || facts.n == 0) {
            end_batch(k, d); /* what came before the lie stays recorded */
            return false;
        }
        if (e->outcome == 0 && verdict_of(e) == SL_DENY &&
            (e->intent.flags & SL_INTENT_OBSERVED) == 0)
            e->outcome = SL_OUTCOME_REFUSED;
        if (e->outcome != 0)
            labels_saw_outcome(s, e->intent.action, e->outcome);
        else
            remember_open(k, d, gate, (struct action_key){e->intent.session, e->intent.action});
        if (!batched(e)) {
            end_batch(k, d);
            put_one(k, d, e, s, facts);
            continue;
        }
        struct sl_entry_action action = action_of(e, s, facts);
        if (!add_to_batch(k, d, e, &action)) {
            end_batch(k, d);
            return false;
        }
    }
    end_batch(k, d);
    return true;
}
