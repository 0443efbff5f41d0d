/* P4: nobody in the requester set decides. Every channel is played with every reason. */
#include "core/approval/approval.h"
#include "tests/unit/stand_in_cases.h"
#include "tests/unit/tap.h"

enum { ASKED = 1000, EXPIRES = 5000, NOW = 2000, BEFORE = 500, AFTER = 1500 };

static struct sl_span group_names[] = {{(const uint8_t *)"dba", 3}};
static struct sl_span identity_names[] = {{(const uint8_t *)"named", 5}};
static const struct sl_reviewers rule = {.groups = {group_names, 1},
                                         .identities = {identity_names, 1},
                                         .need = 1};
static const struct sl_requester requesters[] = {
    {{(const uint8_t *)"bot", 3}, {(const uint8_t *)"bot", 3}, SL_REQUESTER_SELF},
    {{(const uint8_t *)"olga", 4}, {(const uint8_t *)"olga", 4}, SL_REQUESTER_OWNER},
    {{(const uint8_t *)"olga.work", 9}, {(const uint8_t *)"olga", 4}, SL_REQUESTER_LINKED},
    {{(const uint8_t *)"tom", 3}, {(const uint8_t *)"tom", 3}, SL_REQUESTER_TRIGGER},
    {{(const uint8_t *)"dora", 4}, {(const uint8_t *)"dora", 4}, SL_REQUESTER_DELEGATE},
    {{(const uint8_t *)"paula", 5}, {(const uint8_t *)"paula", 5}, SL_REQUESTER_ON_BEHALF},
    {{(const uint8_t *)"shell", 5}, {(const uint8_t *)"shell", 5}, SL_REQUESTER_SAME_USER},
    {{(const uint8_t *)"tab", 3}, {(const uint8_t *)"tab", 3}, SL_REQUESTER_SAME_DEVICE},
    {{(const uint8_t *)"mint", 4}, {(const uint8_t *)"mint", 4}, SL_REQUESTER_TOKEN_MAKER},
    {{(const uint8_t *)"later", 5}, {(const uint8_t *)"later", 5}, (enum sl_requester_role)99},
};
static const struct sl_membership old_member = {{(const uint8_t *)"dba", 3}, BEFORE};
static const struct sl_membership new_member = {{(const uint8_t *)"dba", 3}, AFTER};
static const struct sl_membership same_moment = {{(const uint8_t *)"dba", 3}, ASKED};
static const struct sl_membership elsewhere = {{(const uint8_t *)"ops", 3}, BEFORE};

static struct sl_decide_question good(void)
{
    return (struct sl_decide_question){.channel = SL_CHANNEL_HTTP,
                                       .state = SL_APPROVAL_PENDING,
                                       .asked_us = ASKED,
                                       .expires_us = EXPIRES,
                                       .now_us = NOW,
                                       .requesters = requesters,
                                       .requester_count = SL_COUNT(requesters),
                                       .requirements = &rule,
                                       .requirement_count = 1,
                                       .who = {.name = SL_SPAN("rita"),
                                               .person = SL_SPAN("rita"),
                                               .kind = SL_HUMAN,
                                               .active = true,
                                               .since_us = BEFORE,
                                               .memberships = &old_member,
                                               .membership_count = 1},
                                       .with = {.deciding = true, .since_us = BEFORE}};
}

/* Each spoils one thing about a decision that would count. */
static void yes(struct sl_decide_question *q)
{
    (void)q;
}
static void control(struct sl_decide_question *q)
{
    q->channel = SL_CHANNEL_CONTROL;
}
static void unknown_channel(struct sl_decide_question *q)
{
    q->channel = (enum sl_decide_channel)77;
}
static void decided(struct sl_decide_question *q)
{
    q->state = SL_APPROVAL_APPROVED;
}
static void no_state(struct sl_decide_question *q)
{
    q->state = SL_APPROVAL_NONE;
}
static void late(struct sl_decide_question *q)
{
    q->now_us = EXPIRES;
}
static void shut(struct sl_decide_question *q)
{
    q->shut = SL_DECIDE_IN_ALL;
}
static void shut_and_passkey(struct sl_decide_question *q)
{
    q->shut = SL_DECIDE_IN_ALL;
    q->passkey_required = true;
}
static void shut_to_an_outsider(struct sl_decide_question *q)
{
    q->shut = SL_DECIDE_IN_ALL;
    q->who.membership_count = 0;
}
static void asking(struct sl_decide_question *q)
{
    q->with.deciding = false;
}
static void over(struct sl_decide_question *q)
{
    q->with.over = true;
}
static void paused(struct sl_decide_question *q)
{
    q->who.active = false;
}
static void agent(struct sl_decide_question *q)
{
    q->who.kind = SL_AGENT;
}
static void service(struct sl_decide_question *q)
{
    q->who.kind = SL_SERVICE;
}
static void no_kind(struct sl_decide_question *q)
{
    q->who.kind = (enum sl_identity_kind)0;
}
static void self(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("bot");
}
static void owner(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("olga");
}
static void trigger(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("tom");
}
static void linked(struct sl_decide_question *q)
{
    q->who.name = SL_SPAN("olga.work");
    q->who.person = SL_SPAN("olga");
}
static void linked_later(struct sl_decide_question *q)
{
    q->who.person = SL_SPAN("olga");
}
static void delegate(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("dora");
}
static void on_behalf(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("paula");
}
static void same_user(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("shell");
}
static void same_device(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("tab");
}
static void token_maker(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("mint");
}
static void unknown_role(struct sl_decide_question *q)
{
    q->who.name = q->who.person = SL_SPAN("later");
}
static void same_credential(struct sl_decide_question *q)
{
    q->asked_with = q->with.id = SL_SPAN("0123456789abcdef");
}
static void other_credential(struct sl_decide_question *q)
{
    q->asked_with = SL_SPAN("fedcba9876543210");
    q->with.id = SL_SPAN("0123456789abcdef");
}
static void auditor(struct sl_decide_question *q)
{
    q->who.auditor = true;
}
static void new_identity(struct sl_decide_question *q)
{
    q->who.since_us = AFTER;
}
static void same_moment_identity(struct sl_decide_question *q)
{
    q->who.since_us = ASKED;
}
static void new_credential(struct sl_decide_question *q)
{
    q->with.since_us = AFTER;
}
static void own_issue(struct sl_decide_question *q)
{
    q->with.issuer = q->with.issuer_person = SL_SPAN("rita");
}
static void own_issue_linked(struct sl_decide_question *q)
{
    q->with.issuer = SL_SPAN("rita.admin");
    q->with.issuer_person = SL_SPAN("rita");
}
static void owner_issued(struct sl_decide_question *q)
{
    q->with.issuer = q->with.issuer_person = SL_SPAN("olga");
}
static void owner_issued_linked(struct sl_decide_question *q)
{
    q->with.issuer = SL_SPAN("olga.third");
    q->with.issuer_person = SL_SPAN("olga");
}
static void admin_issued(struct sl_decide_question *q)
{
    q->with.issuer = q->with.issuer_person = SL_SPAN("adam");
}
static void outsider(struct sl_decide_question *q)
{
    q->who.memberships = &elsewhere;
}
static void no_groups(struct sl_decide_question *q)
{
    q->who.membership_count = 0;
}
static void by_name(struct sl_decide_question *q)
{
    q->who.membership_count = 0;
    q->who.name = q->who.person = SL_SPAN("named");
}
static void joined_later(struct sl_decide_question *q)
{
    q->who.memberships = &new_member;
}
static void joined_same_moment(struct sl_decide_question *q)
{
    q->who.memberships = &same_moment;
}
static void no_rules(struct sl_decide_question *q)
{
    q->requirement_count = 0;
}
static void voted(struct sl_decide_question *q)
{
    static const struct sl_vote vote = {{(const uint8_t *)"rita", 4}, 0};

    q->votes = &vote;
    q->vote_count = 1;
}
static void full(struct sl_decide_question *q)
{
    static const struct sl_vote vote = {{(const uint8_t *)"paul", 4}, 1};

    q->votes = &vote;
    q->vote_count = 1;
}
static void passkey(struct sl_decide_question *q)
{
    q->passkey_required = true;
}
static void with_passkey(struct sl_decide_question *q)
{
    q->passkey_required = q->with.passkey = true;
}

static void with_synced_passkey(struct sl_decide_question *q)
{
    with_passkey(q);
    q->device_bound_required = true;
}
static void with_bound_passkey(struct sl_decide_question *q)
{
    with_synced_passkey(q);
    q->with.device_bound = true;
}
static void bound_without_passkey(struct sl_decide_question *q)
{
    passkey(q);
    q->device_bound_required = true;
}
static void new_passkey(struct sl_decide_question *q)
{
    with_passkey(q);
    q->with.passkey_since_us = q->asked_us + 1;
}
static void same_moment_passkey(struct sl_decide_question *q)
{
    with_passkey(q);
    q->with.passkey_since_us = q->asked_us;
}
static void new_passkey_that_nobody_asked_for(struct sl_decide_question *q)
{
    new_passkey(q);
    q->passkey_required = false;
}

static const struct {
    const char *name;
    void (*spoil)(struct sl_decide_question *q);
    enum sl_decide_reason reason;
} cases[] = {
    {"everything right", yes, SL_DECIDE_YES},
    {"control socket", control, SL_DECIDE_CONTROL_SOCKET},
    {"unknown channel", unknown_channel, SL_DECIDE_CONTROL_SOCKET},
    {"already decided", decided, SL_DECIDE_NOT_PENDING},
    {"no such state", no_state, SL_DECIDE_NOT_PENDING},
    {"expired", late, SL_DECIDE_TOO_LATE},
    {"asking token", asking, SL_DECIDE_ASKING_TOKEN},
    {"revoked credential", over, SL_DECIDE_CREDENTIAL_OVER},
    {"paused", paused, SL_DECIDE_NOT_ACTIVE},
    {"an agent in the reviewer group", agent, SL_DECIDE_NOT_HUMAN},
    {"a service in the reviewer group", service, SL_DECIDE_NOT_HUMAN},
    {"no kind at all", no_kind, SL_DECIDE_NOT_HUMAN},
    {"the requester", self, SL_DECIDE_IS_REQUESTER},
    {"its owner", owner, SL_DECIDE_IS_OWNER},
    {"who triggered it", trigger, SL_DECIDE_IS_TRIGGER},
    {"the owner's other account", linked, SL_DECIDE_IS_LINKED},
    {"an account linked to the owner later on", linked_later, SL_DECIDE_IS_LINKED},
    {"who acts for the owner", delegate, SL_DECIDE_IS_DELEGATE},
    {"on whose behalf it was asked", on_behalf, SL_DECIDE_IS_ON_BEHALF},
    {"the same account of the machine", same_user, SL_DECIDE_IS_SAME_USER},
    {"who made the token", token_maker, SL_DECIDE_IS_TOKEN_MAKER},
    {"the same browser", same_device, SL_DECIDE_IS_SAME_DEVICE},
    {"in the set for a reason that is not known", unknown_role, SL_DECIDE_IS_LINKED},
    {"the credential that asked", same_credential, SL_DECIDE_SAME_CREDENTIAL},
    {"another credential than the one that asked", other_credential, SL_DECIDE_YES},
    {"an auditor who is a reviewer too", auditor, SL_DECIDE_IS_AUDITOR},
    {"added after asking", new_identity, SL_DECIDE_NEW_IDENTITY},
    {"added in the same moment", same_moment_identity, SL_DECIDE_NEW_IDENTITY},
    {"credential made after asking", new_credential, SL_DECIDE_NEW_CREDENTIAL},
    {"issued by oneself", own_issue, SL_DECIDE_ISSUED_BY_SELF},
    {"issued by one's other account", own_issue_linked, SL_DECIDE_ISSUED_BY_SELF},
    {"issued by the owner of the requester", owner_issued, SL_DECIDE_ISSUED_BY_REQUESTER},
    {"issued by the owner's other account", owner_issued_linked, SL_DECIDE_ISSUED_BY_REQUESTER},
    {"issued by an uninvolved admin", admin_issued, SL_DECIDE_YES},
    {"in another group", outsider, SL_DECIDE_NOT_REVIEWER},
    {"in no group", no_groups, SL_DECIDE_NOT_REVIEWER},
    {"named in the rule", by_name, SL_DECIDE_YES},
    {"joined the group after asking", joined_later, SL_DECIDE_NEW_MEMBERSHIP},
    {"joined in the same moment", joined_same_moment, SL_DECIDE_NEW_MEMBERSHIP},
    {"no rule at all", no_rules, SL_DECIDE_NOT_REVIEWER},
    {"voted before", voted, SL_DECIDE_VOTED_ALREADY},
    {"enough votes already", full, SL_DECIDE_NOT_NEEDED},
    {"a channel that the rule leaves out", shut, SL_DECIDE_WRONG_CHANNEL},
    {"left out, and no passkey", shut_and_passkey, SL_DECIDE_WRONG_CHANNEL},
    {"left out, and no reviewer", shut_to_an_outsider, SL_DECIDE_NOT_REVIEWER},
    {"passkey asked for", passkey, SL_DECIDE_NEEDS_PASSKEY},
    {"passkey given", with_passkey, SL_DECIDE_YES},
    {"one device asked for, no passkey", bound_without_passkey, SL_DECIDE_NEEDS_PASSKEY},
    {"one device asked for, a synced one", with_synced_passkey, SL_DECIDE_NEEDS_DEVICE_BOUND},
    {"one device asked for and given", with_bound_passkey, SL_DECIDE_YES},
    {"passkey enrolled after asking", new_passkey, SL_DECIDE_NEW_PASSKEY},
    {"passkey enrolled in the same moment", same_moment_passkey, SL_DECIDE_NEW_PASSKEY},
    {"a new passkey where none is asked for", new_passkey_that_nobody_asked_for,
     SL_DECIDE_NEW_PASSKEY},
    STAND_IN_CASES,
};

static void test_each_reason(void)
{
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_decide_question q = good();

        cases[i].spoil(&q);
        if (!SL_CHECK_INT(sl_decide_check(&q, NULL), cases[i].reason))
            printf("#   %s\n", cases[i].name);
    }
}

/* No channel opens what another keeps shut: the answer never depends on it, but for the control
 * socket, which always says no. */
static void test_each_channel(void)
{
    for (int channel = 0; channel < SL_DECIDE_CHANNEL_COUNT; channel++)
        for (size_t i = 0; i < SL_COUNT(cases); i++) {
            struct sl_decide_question q = good();

            cases[i].spoil(&q);
            if (cases[i].reason == SL_DECIDE_CONTROL_SOCKET)
                continue;
            q.channel = (enum sl_decide_channel)channel;
            SL_CHECK_INT(sl_decide_check(&q, NULL), channel == SL_CHANNEL_CONTROL
                                                        ? SL_DECIDE_CONTROL_SOCKET
                                                        : cases[i].reason);
        }
}

/* Each of the channels, with each set of those that its rule leaves out, and every other reason. */
static void test_each_channel_that_a_rule_leaves_out(void)
{
    for (unsigned channel = 0; channel < SL_CHANNEL_CONTROL; channel++)
        for (uint32_t out = 0; out <= SL_DECIDE_IN_ALL; out++)
            for (size_t i = 0; i < SL_COUNT(cases); i++) {
                struct sl_decide_question q = good();
                bool is_last = cases[i].reason == SL_DECIDE_YES ||
                               cases[i].reason == SL_DECIDE_NEEDS_PASSKEY ||
                               cases[i].reason == SL_DECIDE_NEEDS_DEVICE_BOUND;

                cases[i].spoil(&q);
                if (cases[i].reason == SL_DECIDE_CONTROL_SOCKET || q.shut != 0)
                    continue;
                q.channel = (enum sl_decide_channel)channel;
                q.shut = out;
                SL_CHECK_INT(sl_decide_check(&q, NULL), is_last && (out >> channel & 1) != 0
                                                            ? SL_DECIDE_WRONG_CHANNEL
                                                            : cases[i].reason);
            }
}

/* The words of `decide_in`, of records and of callers are the same, in the same order. */
static void test_channels_and_their_words(void)
{
    SL_BUF(all, 128);
    SL_BUF(some, 128);

    for (unsigned channel = 0; channel < SL_DECIDE_CHANNEL_COUNT; channel++)
        SL_CHECK_INT(sl_decide_channel_of(
                         sl_span_str(sl_decide_channel_name((enum sl_decide_channel)channel))),
                     channel);
    for (unsigned channel = 0; channel < SL_CHANNEL_CONTROL; channel++)
        sl_buf_say(&all, "%s%s", channel > 0 ? "|" : "",
                   sl_decide_channel_name((enum sl_decide_channel)channel));
    SL_CHECK_TEXT(sl_buf_span(&all), SL_DECIDE_IN_WORDS);
    SL_CHECK_INT(sl_decide_channel_of(SL_SPAN("chat")), SL_DECIDE_CHANNEL_COUNT);
    SL_CHECK_INT(sl_decide_channel_of(SL_SPAN("")), SL_DECIDE_CHANNEL_COUNT);
    sl_decide_channels_put(&some, 1u << SL_CHANNEL_HTTP | 1u << SL_CHANNEL_TEAMS);
    SL_CHECK_TEXT(sl_buf_span(&some), "cli, console, slack");
    SL_CHECK_INT(sl_decide_channel_open(0), SL_CHANNEL_HTTP);
    SL_CHECK_INT(sl_decide_channel_open(0x07), SL_CHANNEL_SLACK);
    SL_CHECK_INT(sl_decide_channel_open(SL_DECIDE_IN_ALL), SL_CHANNEL_CONTROL);
}

/* Two things wrong are never one right: spoiling a refused decision further does not let it pass.
 */
static void test_no_two_wrongs(void)
{
    for (size_t i = 0; i < SL_COUNT(cases); i++)
        for (size_t j = 0; j < SL_COUNT(cases); j++) {
            struct sl_decide_question q = good();

            if (cases[i].reason == SL_DECIDE_YES || cases[j].reason == SL_DECIDE_YES)
                continue;
            if (cases[i].spoil == own_issue || cases[i].spoil == owner_issued ||
                cases[i].spoil == own_issue_linked || cases[i].spoil == owner_issued_linked)
                continue; /* a later issuer takes the place of the earlier */
            if (cases[i].spoil == in_place_of_who_voted || cases[i].spoil == in_place_and_voted)
                continue; /* so does a later vote */
            cases[i].spoil(&q);
            cases[j].spoil(&q);
            if (!SL_CHECK(sl_decide_check(&q, NULL) != SL_DECIDE_YES))
                printf("#   %s, then %s\n", cases[i].name, cases[j].name);
        }
}

static void test_every_reason_is_played(void)
{
    for (int reason = 0; reason < SL_DECIDE_REASON_COUNT; reason++) {
        bool played = false;

        for (size_t i = 0; i < SL_COUNT(cases); i++)
            played = played || cases[i].reason == (enum sl_decide_reason)reason;
        if (!SL_CHECK(played))
            printf("#   %s\n", sl_decide_reason_name((enum sl_decide_reason)reason));
        SL_CHECK(strlen(sl_decide_reason_text((enum sl_decide_reason)reason)) > 5);
    }
}

/* Whom a rule names for it may decide once it is escalated, and not before; all else holds for them
 * as for everybody, what they are in too: it was so before it was asked. */
static void test_escalated(void)
{
    static struct sl_span managers[] = {{(const uint8_t *)"managers", 8}};
    const struct sl_reviewers more = {.groups = {managers, 1}, .need = 1};
    struct sl_membership in = {{(const uint8_t *)"managers", 8}, BEFORE};
    struct sl_decide_question q = good();
    uint32_t may = 0;

    q.escalations = &more;
    SL_CHECK_INT(sl_decide_check(&q, NULL), SL_DECIDE_YES); /* those of the rule, as ever */
    q.who.name = q.who.person = SL_SPAN("mona");
    q.who.memberships = &in;
    SL_CHECK_INT(sl_decide_check(&q, &may), SL_DECIDE_NOT_REVIEWER);
    SL_CHECK_INT(may, 0);
    q.escalated_us = NOW + 1; /* said to be later than now */
    SL_CHECK_INT(sl_decide_check(&q, NULL), SL_DECIDE_NOT_REVIEWER);
    q.escalated_us = AFTER;
    SL_CHECK_INT(sl_decide_check(&q, &may), SL_DECIDE_YES);
    SL_CHECK_INT(may, 1);
    in.since_us = ASKED; /* a member since then, and before the escalation: too new */
    SL_CHECK_INT(sl_decide_check(&q, NULL), SL_DECIDE_NEW_MEMBERSHIP);
    in.since_us = BEFORE;
    q.escalations = NULL;
    SL_CHECK_INT(sl_decide_check(&q, NULL), SL_DECIDE_NOT_REVIEWER);
    q.escalations = &more;
    for (size_t i = 0; i < SL_COUNT(requesters); i++) { /* nobody in the requester set */
        q.who.name = requesters[i].name;
        q.who.person = requesters[i].person;
        SL_CHECK(sl_decide_check(&q, NULL) != SL_DECIDE_YES);
    }
}

/* One person, two accounts in two groups: one vote, for one rule. */
static void test_one_vote_per_person(void)
{
    static struct sl_span ops[] = {{(const uint8_t *)"ops", 3}};
    const struct sl_reviewers two[] = {rule, {.groups = {ops, 1}, .need = 1}};
    const struct sl_vote first = {SL_SPAN("rita"), 1};
    struct sl_decide_question q = good();

    q.requirements = two;
    q.requirement_count = 2;
    q.votes = &first;
    q.vote_count = 1;
    q.who.name = SL_SPAN("rita.ops"); /* her other account, in the other group */
    q.who.memberships = &elsewhere;
    SL_CHECK_INT(sl_decide_check(&q, NULL), SL_DECIDE_VOTED_ALREADY);
    q.who.person = q.who.name = SL_SPAN("otto");
    SL_CHECK_INT(sl_decide_check(&q, NULL), SL_DECIDE_YES);
}

/* A right that is not lent shows nobody what its owner could decide. */
static void test_a_right_that_is_not_lent(void)
{
    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_decide_question q = good();
        uint32_t may = 77;
        const char *name = sl_decide_reason_name(cases[i].reason);

        cases[i].spoil(&q);
        (void)!sl_decide_check(&q, &may);
        if (strncmp(name, "STAND_IN_", 9) == 0 && !SL_CHECK_INT(may, 0))
            printf("#   %s\n", cases[i].name);
    }
}

/* need: 2, and the right of one: whoever is away and their stand-in fill one place, in any order,
 * also where a later link makes them so; two who are away and one stand-in fill one, too. */
static void test_the_right_of_one_fills_one_place(void)
{
    static const struct sl_span carol = {(const uint8_t *)"carol", 5},
                                dave = {(const uint8_t *)"dave", 4},
                                bob = {(const uint8_t *)"bob", 3};
    const struct sl_reviewers two = {.groups = {group_names, 1}, .need = 2};
    const struct sl_vote own = {carol, 1, {NULL, 0}}, lent_to_bob = {bob, 1, carol};
    const struct sl_vote cases_of_one[][2] = {{own, lent_to_bob},
                                              {lent_to_bob, own},
                                              {lent_to_bob, {dave, 1, carol}},
                                              {lent_to_bob, {bob, 1, dave}},
                                              {{bob, 1, bob}, lent_to_bob}};
    const struct sl_vote both[] = {lent_to_bob, {dave, 1, {NULL, 0}}};

    for (size_t i = 0; i < SL_COUNT(cases_of_one); i++)
        SL_CHECK_INT(sl_quorum(&two, 1, cases_of_one[i], 2, NULL), 1);
    SL_CHECK_INT(sl_quorum(&two, 1, both, 2, NULL), 2);
}

int main(void)
{
    SL_RUN(test_each_reason);
    SL_RUN(test_each_channel);
    SL_RUN(test_each_channel_that_a_rule_leaves_out);
    SL_RUN(test_channels_and_their_words);
    SL_RUN(test_no_two_wrongs);
    SL_RUN(test_every_reason_is_played);
    SL_RUN(test_escalated);
    SL_RUN(test_one_vote_per_person);
    SL_RUN(test_a_right_that_is_not_lent);
    SL_RUN(test_the_right_of_one_fills_one_place);
    return sl_tap_done();
}
