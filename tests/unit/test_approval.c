/* States, quorum and the join key of approvals. */
#include "core/approval/approval.h"
#include "tests/unit/tap.h"
#include "json/json.h"

static void test_only_listed_moves(void)
{
    size_t moves = 0;

    for (int from = 0; from <= SL_APPROVAL_REVOKED + 1; from++)
        for (int on = 0; on <= SL_APPROVAL_ON_BREAK + 1; on++) {
            enum sl_approval_state to = SL_APPROVAL_NONE;
            const char *sentence = NULL;
            enum sl_err err = sl_approval_move((enum sl_approval_state)from,
                                               (enum sl_approval_event)on, &to, &sentence);

            if (err == SL_OK) {
                moves++;
                SL_CHECK(from == SL_APPROVAL_PENDING || from == SL_APPROVAL_APPROVED);
                SL_CHECK(to != SL_APPROVAL_PENDING && sentence != NULL);
            } else {
                SL_CHECK_INT(err, SL_ESTATE);
                SL_CHECK(to == SL_APPROVAL_NONE && sentence == NULL);
            }
        }
#define COUNT_MOVE(from, on, to, sentence) +1
    SL_CHECK_INT(moves, 0 SL_APPROVAL_MOVES(COUNT_MOVE));
#undef COUNT_MOVE
}

/* P2: however long the sequence of events, an approval is spent at most once, and only when
 * approved. */
static void test_spent_once(void)
{
    uint32_t seed = 12345;

    for (int round = 0; round < 20000; round++) {
        enum sl_approval_state state = SL_APPROVAL_PENDING;
        int spent = 0;

        for (int step = 0; step < 12; step++) {
            seed = seed * 1664525u + 1013904223u;
            enum sl_approval_event on = (enum sl_approval_event)((seed >> 16) % 8);
            enum sl_approval_state before = state;

            if (sl_approval_move(state, on, &state, NULL) != SL_OK)
                continue;
            spent += state == SL_APPROVAL_SPENT;
            SL_CHECK(state != SL_APPROVAL_SPENT || before == SL_APPROVAL_APPROVED);
        }
        SL_CHECK(spent <= 1);
    }
}

static void test_state_names(void)
{
    for (int s = SL_APPROVAL_PENDING; s <= SL_APPROVAL_REVOKED; s++)
        SL_CHECK_INT(sl_approval_state_of(
                         sl_span_str(sl_approval_state_name((enum sl_approval_state)s))),
                     s);
    SL_CHECK_INT(sl_approval_state_of(SL_SPAN("granted")), SL_APPROVAL_NONE);
    SL_CHECK(sl_approval_state_name((enum sl_approval_state)99) == NULL);
}

/* --- quorum -------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    uint32_t need[3];
    size_t rules;
    uint32_t may[5];
    size_t votes;
    uint32_t filled;
} quorums[] = {
    {"one rule, one vote", {1}, 1, {1}, 1, 1},
    {"one rule needs two", {2}, 1, {1}, 1, 1},
    {"two people for two", {2}, 1, {1, 1}, 2, 2},
    {"no vote", {1}, 1, {0}, 0, 0},
    {"a vote that may not", {1}, 1, {0}, 1, 0},
    {"one person in both groups counts for one rule", {1, 1}, 2, {3}, 1, 1},
    {"the flexible person moves over", {1, 1}, 2, {3, 1}, 2, 2},
    {"and in the other order", {1, 1}, 2, {1, 3}, 2, 2},
    {"three rules, a chain of moves", {1, 1, 1}, 3, {3, 6, 1}, 3, 3},
    {"a chain with nobody for the last", {1, 1, 1}, 3, {3, 3, 3}, 3, 2},
    {"more votes than needed", {1}, 1, {1, 1, 1}, 3, 1},
    {"needs add up", {2, 1}, 2, {3, 3, 1}, 3, 3},
};

static void test_quorum(void)
{
    static const char *const people[] = {"a", "b", "c", "d", "e"};

    for (size_t i = 0; i < SL_COUNT(quorums); i++) {
        struct sl_reviewers rules[3] = {{{0}, {0}, 0}};
        struct sl_vote votes[5];
        uint32_t have[3], sum = 0;

        for (size_t r = 0; r < quorums[i].rules; r++)
            rules[r].need = quorums[i].need[r];
        for (size_t v = 0; v < quorums[i].votes; v++)
            votes[v] = (struct sl_vote){sl_span_str(people[v]), quorums[i].may[v]};
        if (!SL_CHECK_INT(sl_quorum(rules, quorums[i].rules, votes, quorums[i].votes, have),
                          quorums[i].filled))
            printf("#   %s\n", quorums[i].name);
        for (size_t r = 0; r < quorums[i].rules; r++)
            sum += have[r];
        SL_CHECK_INT(sum, quorums[i].filled);
    }
}

/* The order in which people vote never decides whether an action is approved. */
static void test_quorum_has_no_order(void)
{
    uint32_t seed = 7;

    for (int round = 0; round < 3000; round++) {
        struct sl_reviewers rules[4] = {{{0}, {0}, 0}};
        struct sl_vote votes[6], turned[6];
        char names[6] = "abcdef";

        for (size_t r = 0; r < 4; r++) {
            seed = seed * 1664525u + 1013904223u;
            rules[r].need = 1 + (seed >> 20) % 2;
        }
        for (size_t v = 0; v < 6; v++) {
            seed = seed * 1664525u + 1013904223u;
            votes[v] = (struct sl_vote){sl_span(&names[v], 1), (seed >> 16) & 15};
            turned[5 - v] = votes[v];
        }
        SL_CHECK_INT(sl_quorum(rules, 4, votes, 6, NULL), sl_quorum(rules, 4, turned, 6, NULL));
    }
}

static void test_quorum_counts_people(void)
{
    struct sl_reviewers rule = {{0}, {0}, 2};
    struct sl_vote twice[] = {{SL_SPAN("alice"), 1}, {SL_SPAN("alice"), 1}};

    SL_CHECK_INT(sl_quorum(&rule, 1, twice, 2, NULL), 1);
}

static void test_absurd_needs_are_never_met(void)
{
    struct sl_reviewers rules[SL_REQUIREMENTS_MAX + 1] = {{{0}, {0}, 0}};
    struct sl_vote vote = {SL_SPAN("alice"), 1};

    SL_CHECK(sl_quorum_need(rules, 0) > SL_VOTES_MAX);
    SL_CHECK(sl_quorum_need(rules, 1) > SL_VOTES_MAX); /* a need of zero */
    rules[0].need = SL_VOTES_MAX + 1;
    SL_CHECK(sl_quorum_need(rules, 1) > SL_VOTES_MAX);
    SL_CHECK_INT(sl_quorum(rules, 1, &vote, 1, NULL), 0);
    rules[0].need = UINT32_MAX;
    SL_CHECK(sl_quorum_need(rules, 1) > SL_VOTES_MAX);
    SL_CHECK(sl_quorum_need(rules, SL_REQUIREMENTS_MAX + 1) > SL_VOTES_MAX);
}

/* --- join key ------------------------------------------------------------------------------------
 */

static struct sl_action action_of(const struct sl_meaning *meaning, const char *sql,
                                  const char *identity)
{
    static struct sl_span requesters[1];
    static uint8_t operation[256];
    struct sl_buf b = {.p = operation, .cap = sizeof operation, .max = sizeof operation};

    requesters[0] = sl_span_str(identity);
    sl_action_put_simple(&b, sl_span_str(sql));
    return (struct sl_action){.identity = sl_span_str(identity),
                              .requesters = requesters,
                              .requester_count = 1,
                              .target = SL_SPAN("t"),
                              .protocol = SL_SPAN("postgres"),
                              .operation = sl_buf_span(&b),
                              .meaning = meaning};
}

static void test_join_key(void)
{
    struct sl_meaning meaning = sl_meaning_opaque(SL_SPAN("why"));
    struct sl_span secret = SL_SPAN("secret"), other_secret = SL_SPAN("other");
    uint8_t one[32], two[32];

    struct sl_action a = action_of(&meaning, "drop table x", "bot");
    SL_CHECK_INT(sl_approval_join_key(secret, &a, one), SL_OK);
    memset(a.salt, 7, sizeof a.salt); /* the salt does not count */
    SL_CHECK_INT(sl_approval_join_key(secret, &a, two), SL_OK);
    SL_CHECK(memcmp(one, two, 32) == 0);
    SL_CHECK_INT(sl_approval_join_key(other_secret, &a, two), SL_OK);
    SL_CHECK(memcmp(one, two, 32) != 0);
    a = action_of(&meaning, "drop table y", "bot");
    SL_CHECK_INT(sl_approval_join_key(secret, &a, two), SL_OK);
    SL_CHECK(memcmp(one, two, 32) != 0);
    a = action_of(&meaning, "drop table x", "bob");
    SL_CHECK_INT(sl_approval_join_key(secret, &a, two), SL_OK);
    SL_CHECK(memcmp(one, two, 32) != 0);
    a = action_of(&meaning, "drop table x", "bot");
    a.reason = SL_SPAN("because");
    SL_CHECK_INT(sl_approval_join_key(secret, &a, two), SL_OK);
    SL_CHECK(memcmp(one, two, 32) != 0);
}

int main(void)
{
    SL_RUN(test_only_listed_moves);
    SL_RUN(test_spent_once);
    SL_RUN(test_state_names);
    SL_RUN(test_quorum);
    SL_RUN(test_quorum_has_no_order);
    SL_RUN(test_quorum_counts_people);
    SL_RUN(test_absurd_needs_are_never_met);
    SL_RUN(test_join_key);
    return sl_tap_done();
}
