#include "core/approval/approval.h"

/* Votes are matched to slots (one slot for each yes that a requirement needs) by augmenting paths:
 * a vote takes a free slot that it may fill, or moves the votes before it along to make one free.
 */

enum { NOBODY = -1 };

struct matching {
    const struct sl_vote *votes;
    size_t vote_count, slot_count;
    uint8_t slot_rule[SL_VOTES_MAX]; /* which requirement a slot belongs to */
    int slot_vote[SL_VOTES_MAX];     /* who fills it */
};

uint32_t sl_quorum_need(const struct sl_reviewers *requirements, size_t requirement_count)
{
    uint32_t slots = 0;

    if (requirement_count == 0 || requirement_count > SL_REQUIREMENTS_MAX)
        return SL_VOTES_MAX + 1;
    for (size_t i = 0; i < requirement_count; i++) {
        if (requirements[i].need == 0 || requirements[i].need > SL_VOTES_MAX)
            return SL_VOTES_MAX + 1;
        slots += requirements[i].need;
    }
    return slots > SL_VOTES_MAX ? SL_VOTES_MAX + 1 : slots;
}

static void make_slots(struct matching *m, const struct sl_reviewers *requirements, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < requirements[i].need; k++) {
            m->slot_rule[m->slot_count] = (uint8_t)i;
            m->slot_vote[m->slot_count++] = NOBODY;
        }
}

/* Moves every vote on the path one slot on, from the free slot back to where the search began. */
static void shift(struct matching *m, int slot, const int *came_from_vote, const int *vote_slot)
{
    while (slot != NOBODY) {
        int vote = came_from_vote[slot];

        m->slot_vote[slot] = vote;
        slot = vote_slot[vote];
    }
}

/* Breadth first over slots; the queue holds votes that look for a place. */
static bool place(struct matching *m, int vote)
{
    int came_from_vote[SL_VOTES_MAX], vote_slot[SL_VOTES_MAX], queue[SL_VOTES_MAX + 1];
    bool seen[SL_VOTES_MAX] = {false};
    size_t head = 0, tail = 0;

    for (size_t v = 0; v < SL_VOTES_MAX; v++)
        vote_slot[v] = NOBODY;
    for (size_t s = 0; s < m->slot_count; s++)
        if (m->slot_vote[s] != NOBODY)
            vote_slot[m->slot_vote[s]] = (int)s;
    queue[tail++] = vote;
    while (head < tail) {
        int v = queue[head++];

        for (size_t s = 0; s < m->slot_count; s++) {
            if (seen[s] || (m->votes[v].may & 1u << m->slot_rule[s]) == 0)
                continue;
            seen[s] = true;
            came_from_vote[s] = v;
            if (m->slot_vote[s] == NOBODY) {
                shift(m, (int)s, came_from_vote, vote_slot);
                return true;
            }
            queue[tail++] = m->slot_vote[s];
        }
    }
    return false;
}

struct sl_span sl_vote_right(const struct sl_vote *v)
{
    return v->right.n > 0 ? v->right : v->person;
}

/* A person votes once, and a right is used once: a second vote of the same person, or by the same
 * person's right, is not counted. */
static bool doubled(const struct sl_vote *votes, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (sl_span_eq(votes[i].person, votes[at].person) ||
            sl_span_eq(sl_vote_right(&votes[i]), sl_vote_right(&votes[at])))
            return true;
    return false;
}

uint32_t sl_quorum(const struct sl_reviewers *requirements, size_t requirement_count,
                   const struct sl_vote *votes, size_t vote_count, uint32_t *have)
{
    struct matching m = {.votes = votes, .vote_count = vote_count};
    uint32_t filled = 0;

    for (size_t i = 0; have != NULL && i < requirement_count; i++)
        have[i] = 0;
    if (sl_quorum_need(requirements, requirement_count) > SL_VOTES_MAX || vote_count > SL_VOTES_MAX)
        return 0;
    make_slots(&m, requirements, requirement_count);
    for (size_t v = 0; v < vote_count; v++)
        if (!doubled(votes, v) && place(&m, (int)v))
            filled++;
    for (size_t s = 0; have != NULL && s < m.slot_count; s++)
        if (m.slot_vote[s] != NOBODY)
            have[m.slot_rule[s]]++;
    return filled;
}
