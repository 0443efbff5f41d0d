#include "role/keeper/keeper_int.h"

/* Before an action is held: are there people at all who could let it run? The same check that a
 * decision goes through is asked about everybody who is a reviewer, with the credential that they
 * hold today. */

enum { MAX_CANDIDATES = 2000 };

struct candidates {
    struct keeper *keeper;
    struct sl_span *names;
    size_t count;
};

static void add(struct candidates *c, struct sl_span name)
{
    for (size_t i = 0; i < c->count; i++)
        if (sl_span_eq(c->names[i], name))
            return;
    if (c->count < MAX_CANDIDATES)
        c->names[c->count++] = sl_arena_copy(c->keeper->mem, name);
}

static void collect(struct candidates *c, const struct sl_reviewers *r)
{
    for (size_t i = 0; i < r->identities.count; i++)
        add(c, r->identities.items[i]);
    for (size_t g = 0; g < r->groups.count; g++) {
        struct db_rows rows = db_ask(c->keeper->store.db, DB_MEMBERS_OF, "s", r->groups.items[g]);

        while (db_row(&rows))
            add(c, db_span(&rows, 0));
    }
}

/* The bits that this identity could vote for, 0 when it could not vote at all. */
static uint32_t could_vote(struct keeper *k, struct sl_decide_question q, struct sl_span name,
                           struct sl_span *person)
{
    struct person who;
    struct credential with;
    uint32_t may = 0;

    if (person_get(k, name, &who) != SL_OK || !credential_deciding(k, name, q.asked_us, &with))
        return 0;
    q.who = (struct sl_decider){.name = who.name,
                                .person = who.person,
                                .kind = who.kind,
                                .active = person_active(&who),
                                .since_us = who.since_us,
                                .memberships = who.memberships,
                                .membership_count = who.groups.count};
    struct passkey passkey;
    bool signs =
        q.passkey_required && passkey_for(k, name, q.asked_us, q.device_bound_required, &passkey);
    q.with = (struct sl_decide_credential){.deciding = true,
                                           .passkey = signs,
                                           .device_bound = signs && !passkey.backup_eligible,
                                           .passkey_since_us = signs ? passkey.since_us : 0,
                                           .since_us = with.since_us,
                                           .issuer = with.issuer,
                                           .issuer_person = with.issuer.n == 0
                                                                ? with.issuer
                                                                : person_of(k, with.issuer)};
    *person = who.person;
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

bool enough_people(struct keeper *k, const struct sl_reviewers *requirements, size_t count,
                   const struct sl_requester *requesters, size_t requester_count,
                   struct proof_needed proof, uint64_t now_us)
{
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
                                   .device_bound_required = proof.device_bound};

    if (c.names == NULL || slots > SL_VOTES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        collect(&c, &requirements[i]);
    for (size_t i = 0; i < c.count; i++) {
        struct sl_span person = {NULL, 0};
        uint32_t may = could_vote(k, q, c.names[i], &person);

        if (may != 0)
            add_vote(votes, &vote_count, person, may, slots);
    }
    return sl_quorum(requirements, count, votes, vote_count, NULL) == slots;
}
