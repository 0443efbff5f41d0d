#include "role/keeper/eligible_int.h"

#include "role/keeper/approval.h"
#include "role/keeper/away.h"
#include "role/keeper/credentials.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/passkeys.h"
#include "role/keeper/people.h"

/* Before an action is held: are there people at all who could let it run? The same check that a
 * decision goes through is asked about everybody who is a reviewer, with the credential that they
 * hold today. */

static void add(struct candidates *c, struct sl_span name)
{
    for (size_t i = 0; i < c->count; i++)
        if (sl_span_eq(c->names[i], name))
            return;
    if (c->count < MAX_CANDIDATES)
        c->names[c->count++] = sl_arena_copy(c->keeper->mem, name);
}

void candidates_add(struct candidates *c, const struct sl_reviewers *r)
{
    for (size_t i = 0; i < r->identities.count; i++)
        add(c, r->identities.items[i]);
    for (size_t g = 0; g < r->groups.count; g++) {
        struct db_rows rows = db_ask(c->keeper->store.db, DB_MEMBERS_OF, "s", r->groups.items[g]);

        while (db_row(&rows))
            add(c, db_span(&rows, 0));
    }
}

/* Somebody with what they could decide with; who was there first can answer most questions. */
static bool load(struct keeper *k, struct sl_span name, const struct sl_decide_question *q,
                 bool paused_too, struct sl_decider *who, struct sl_decide_credential *with)
{
    struct person p;
    struct credential c;
    struct passkey passkey;

    if (person_get(k, name, &p) != SL_OK || !credential_deciding(k, name, q->asked_us, &c))
        return false;
    if (q->passkey_required &&
        passkey_for(k, name, q->asked_us, q->device_bound_required, &passkey))
        credential_with_passkey(&c, &passkey);
    *who = decider_of(k, &p);
    who->active = who->active || (paused_too && sl_span_is(p.status, "paused"));
    *with = decides_with(k, &c);
    return true;
}

/* The bits that this identity could vote for, 0 when it could not vote at all. */
static uint32_t could_vote(struct keeper *k, struct sl_decide_question q, struct sl_span name,
                           bool paused_too, struct sl_span *person)
{
    uint32_t may = 0;

    if (!load(k, name, &q, paused_too, &q.who, &q.with))
        return 0;
    *person = q.who.person;
    return sl_decide_check(&q, &may) == SL_DECIDE_YES ? may : 0;
}

/* More people who may vote for the same rules than those rules have slots change nothing. */
static bool useful(const struct sl_vote *votes, size_t count, uint32_t may, uint32_t slots)
{
    uint32_t alike = 0;

    for (size_t i = 0; i < count; i++)
        alike += votes[i].may == may;
    return alike < slots && count < SL_VOTES_MAX;
}

static void add_vote(struct sl_vote *votes, size_t *count, struct sl_span person, uint32_t may,
                     uint32_t slots)
{
    for (size_t i = 0; i < *count; i++)
        if (sl_span_eq(votes[i].person, person)) {
            votes[i].may |= may;
            return;
        }
    if (useful(votes, *count, may, slots))
        votes[(*count)++] = (struct sl_vote){person, may};
}

static bool is_away(const struct absence *a, struct proof_needed proof)
{
    return a != NULL && a->until_us >= proof.too_late_us;
}

/* By whose right, and who has it: themself, or while they are away until it is too late whoever
 * stands in for them. The bits that this could vote for. */
static uint32_t could_vote_now(struct keeper *k, struct sl_decide_question q, struct sl_span name,
                               const struct absences *away, struct proof_needed proof,
                               struct sl_span *person)
{
    const struct absence *absence = proof.paused_too ? NULL : absence_among(away, name);
    struct sl_stand_in lent;

    if (!is_away(absence, proof))
        return could_vote(k, q, name, proof.paused_too, person);
    if (!stand_in_of(k, absence, &lent) || is_away(absence_among(away, absence->stand_in), proof))
        return 0;
    q.in_place = &lent;
    return could_vote(k, q, absence->stand_in, false, person);
}

bool enough_people(struct keeper *k, const struct sl_reviewers *requirements, size_t count,
                   const struct sl_requester *requesters, size_t requester_count,
                   struct proof_needed proof, uint64_t now_us)
{
    struct absences away = absences_now(k, now_us);
    struct candidates c = {k, sl_arena_array(k->mem, MAX_CANDIDATES, sizeof *c.names), 0};
    uint32_t slots = sl_quorum_need(requirements, count);
    struct sl_vote votes[SL_VOTES_MAX];
    size_t vote_count = 0;
    struct sl_decide_question q = {.channel = SL_CHANNEL_HTTP,
                                   .state = SL_APPROVAL_PENDING,
                                   .asked_us = now_us,
                                   .now_us = now_us,
                                   .expires_us = UINT64_MAX,
                                   .requesters = requesters,
                                   .requester_count = requester_count,
                                   .requirements = requirements,
                                   .requirement_count = count,
                                   .passkey_required = proof.passkey,
                                   .device_bound_required = proof.device_bound,
                                   .own_right_only = proof.own_right_only};

    if (c.names == NULL || slots > SL_VOTES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        candidates_add(&c, &requirements[i]);
    for (size_t i = 0; i < c.count; i++) {
        struct sl_span person = {NULL, 0};
        uint32_t may = could_vote_now(k, q, c.names[i], &away, proof, &person);

        if (may != 0)
            add_vote(votes, &vote_count, person, may, slots);
    }
    return sl_quorum(requirements, count, votes, vote_count, NULL) == slots;
}
