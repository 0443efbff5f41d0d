/* Deciding in the place of somebody who is away: each spoils one thing about one that would count.
 * For test_requester_set.c, whose question it is about: rita, who is no reviewer here, stands in
 * for carol, who is. */
#ifndef SL_TESTS_UNIT_STAND_IN_CASES_H
#define SL_TESTS_UNIT_STAND_IN_CASES_H

#include "core/approval/approval.h"

static struct sl_stand_in lent;

static struct sl_stand_in *stands_in(struct sl_decide_question *q)
{
    static const struct sl_membership reviewer = {{(const uint8_t *)"dba", 3}, 500};

    lent = (struct sl_stand_in){.away = {.name = SL_SPAN("carol"),
                                         .person = SL_SPAN("carol"),
                                         .kind = SL_HUMAN,
                                         .active = true,
                                         .since_us = 500,
                                         .memberships = &reviewer,
                                         .membership_count = 1},
                                .with = {.deciding = true, .since_us = 500},
                                .name = SL_SPAN("rita"),
                                .said_us = 600,
                                .from_us = 700,
                                .until_us = 4000};
    q->who.membership_count = 0;
    q->in_place = &lent;
    return &lent;
}

static void in_place(struct sl_decide_question *q)
{
    stands_in(q);
}
static void in_place_here_nobody(struct sl_decide_question *q)
{
    stands_in(q);
    q->own_right_only = true;
}
static void in_place_named_other(struct sl_decide_question *q)
{
    stands_in(q)->name = SL_SPAN("ritas");
}
static void in_place_named_nobody(struct sl_decide_question *q)
{
    stands_in(q)->name = SL_SPAN("");
}
static void in_place_said_later(struct sl_decide_question *q)
{
    stands_in(q)->said_us = q->asked_us + 1;
}
static void in_place_said_same_moment(struct sl_decide_question *q)
{
    stands_in(q)->said_us = q->asked_us;
}
static void in_place_from_later(struct sl_decide_question *q)
{
    stands_in(q)->from_us = q->asked_us + 1;
}
static void in_place_over_before_asking(struct sl_decide_question *q)
{
    stands_in(q)->until_us = q->asked_us;
}
static void in_place_over_since(struct sl_decide_question *q)
{
    stands_in(q)->until_us = q->now_us;
}
static void in_place_of_owner(struct sl_decide_question *q)
{
    stands_in(q)->away.name = SL_SPAN("olga");
    lent.away.person = lent.away.name;
}
static void in_place_of_owners_account(struct sl_decide_question *q)
{
    stands_in(q)->away.person = SL_SPAN("olga");
}
static void in_place_of_delegate(struct sl_decide_question *q)
{
    stands_in(q)->away.name = SL_SPAN("dora");
}
static void in_place_of_paused(struct sl_decide_question *q)
{
    stands_in(q)->away.active = false;
}
static void in_place_of_agent(struct sl_decide_question *q)
{
    stands_in(q)->away.kind = SL_AGENT;
}
static void in_place_of_auditor(struct sl_decide_question *q)
{
    stands_in(q)->away.auditor = true;
}
static void in_place_of_newcomer(struct sl_decide_question *q)
{
    stands_in(q)->away.since_us = q->asked_us;
}
static void in_place_by_token(struct sl_decide_question *q)
{
    stands_in(q)->with.deciding = false;
}
static void in_place_by_revoked(struct sl_decide_question *q)
{
    stands_in(q)->with.over = true;
}
static void in_place_by_own_issue(struct sl_decide_question *q)
{
    stands_in(q)->with.issuer = SL_SPAN("rita");
    lent.with.issuer_person = lent.with.issuer;
}
static void in_place_by_other_account(struct sl_decide_question *q)
{
    stands_in(q)->with.issuer = SL_SPAN("rita.ops");
    lent.with.issuer_person = SL_SPAN("rita");
}
static void in_place_by_their_issue(struct sl_decide_question *q)
{
    stands_in(q)->with.issuer = SL_SPAN("carol");
    lent.with.issuer_person = lent.with.issuer;
}
static void in_place_by_requesters(struct sl_decide_question *q)
{
    stands_in(q)->with.issuer = SL_SPAN("tom");
    lent.with.issuer_person = lent.with.issuer;
}
static void in_place_by_admin(struct sl_decide_question *q)
{
    stands_in(q)->with.issuer = SL_SPAN("admin");
    lent.with.issuer_person = lent.with.issuer;
}
static void in_place_of_outsider(struct sl_decide_question *q)
{
    stands_in(q)->away.membership_count = 0;
}
static void in_place_of_new_member(struct sl_decide_question *q)
{
    static const struct sl_membership since = {{(const uint8_t *)"dba", 3}, 1000};

    stands_in(q)->away.memberships = &since;
}
static void in_place_by_agent(struct sl_decide_question *q)
{
    stands_in(q);
    q->who.kind = SL_AGENT;
}
static void in_place_by_requester(struct sl_decide_question *q)
{
    stands_in(q)->name = SL_SPAN("tom");
    q->who.name = lent.name;
}
/* The last of those who let them be named. */
static struct sl_voucher let_by[2] = {{{(const uint8_t *)"adam", 4}, {(const uint8_t *)"adam", 4}}};

static void let_be_named_by(struct sl_decide_question *q, const char *name, const char *person)
{
    stands_in(q)->let_by = let_by;
    lent.let_by_count = 2;
    let_by[1] = (struct sl_voucher){sl_span_str(name), sl_span_str(person)};
}
static void in_place_let_by_admins(struct sl_decide_question *q)
{
    let_be_named_by(q, "adele", "adele");
}
static void in_place_let_by_requester(struct sl_decide_question *q)
{
    let_be_named_by(q, "tom", "tom");
}
static void in_place_let_by_linked(struct sl_decide_question *q)
{
    let_be_named_by(q, "olga.third", "olga");
}
static void in_place_let_by_itself(struct sl_decide_question *q)
{
    let_be_named_by(q, "rita", "rita");
}
static void in_place_let_by_own_account(struct sl_decide_question *q)
{
    let_be_named_by(q, "rita.ops", "rita");
}
static void in_place_let_by_away(struct sl_decide_question *q)
{
    let_be_named_by(q, "carol.ops", "carol");
}
static void in_place_without_passkey(struct sl_decide_question *q)
{
    let_be_named_by(q, "adele", "adele");
    lent.with.passkey = true; /* theirs, and not the stand-in's */
    q->passkey_required = true;
    q->with.passkey = false;
}
static void in_place_with_passkey(struct sl_decide_question *q)
{
    in_place_without_passkey(q);
    q->with.passkey = true;
}
static void in_place_named_alone(struct sl_decide_question *q)
{
    in_place_with_passkey(q);
    lent.let_by_count = 0;
}
static void in_place_of_who_voted(struct sl_decide_question *q)
{
    static const struct sl_vote vote = {{(const uint8_t *)"carol", 5}, 0, {NULL, 0}};

    stands_in(q);
    q->votes = &vote;
    q->vote_count = 1;
}
static void voted_by_stand_in(struct sl_decide_question *q)
{
    static const struct sl_vote vote = {{(const uint8_t *)"bob", 3},
                                        0,
                                        {(const uint8_t *)"rita", 4}};

    q->votes = &vote;
    q->vote_count = 1;
}
static void in_place_and_voted(struct sl_decide_question *q)
{
    static const struct sl_vote vote = {{(const uint8_t *)"rita", 4},
                                        0,
                                        {(const uint8_t *)"dave", 4}};

    stands_in(q); /* of another who is away: still one vote */
    q->votes = &vote;
    q->vote_count = 1;
}

#define STAND_IN_CASES                                                                            \
    {"in the place of somebody who is away", in_place, SL_DECIDE_YES},                            \
        {"where nobody stands in", in_place_here_nobody, SL_DECIDE_STAND_IN_NOT_HERE},            \
        {"another was named", in_place_named_other, SL_DECIDE_STAND_IN_NOT_NAMED},                \
        {"nobody was named", in_place_named_nobody, SL_DECIDE_STAND_IN_NOT_NAMED},                \
        {"named after asking", in_place_said_later, SL_DECIDE_STAND_IN_NEW},                      \
        {"named in the same moment", in_place_said_same_moment, SL_DECIDE_STAND_IN_NEW},          \
        {"away since a later time", in_place_from_later, SL_DECIDE_STAND_IN_NOT_NOW},             \
        {"back before asking", in_place_over_before_asking, SL_DECIDE_STAND_IN_NOT_NOW},          \
        {"back since", in_place_over_since, SL_DECIDE_STAND_IN_NOT_NOW},                          \
        {"away: the owner", in_place_of_owner, SL_DECIDE_STAND_IN_FOR_REQUESTER},                 \
        {"away: another account of the owner", in_place_of_owners_account,                        \
         SL_DECIDE_STAND_IN_FOR_REQUESTER},                                                       \
        {"away: who acts for the owner", in_place_of_delegate, SL_DECIDE_STAND_IN_FOR_REQUESTER}, \
        {"away: paused", in_place_of_paused, SL_DECIDE_STAND_IN_FOR_NOBODY},                      \
        {"away: an agent", in_place_of_agent, SL_DECIDE_STAND_IN_FOR_NOBODY},                     \
        {"away: an auditor", in_place_of_auditor, SL_DECIDE_STAND_IN_FOR_NOBODY},                 \
        {"away: somebody new", in_place_of_newcomer, SL_DECIDE_STAND_IN_FOR_NOBODY},              \
        {"said with an asking token", in_place_by_token, SL_DECIDE_STAND_IN_BY_OTHERS},           \
        {"said with what is revoked", in_place_by_revoked, SL_DECIDE_STAND_IN_BY_OTHERS},         \
        {"said with what the stand-in issued", in_place_by_own_issue,                             \
         SL_DECIDE_STAND_IN_BY_OTHERS},                                                           \
        {"... by another account", in_place_by_other_account, SL_DECIDE_STAND_IN_BY_OTHERS},      \
        {"... that whoever is away issued", in_place_by_their_issue,                              \
         SL_DECIDE_STAND_IN_BY_OTHERS},                                                           \
        {"... that a requester issued", in_place_by_requesters, SL_DECIDE_STAND_IN_BY_OTHERS},    \
        {"... that an admin issued", in_place_by_admin, SL_DECIDE_YES},                           \
        {"let be named by two admins", in_place_let_by_admins, SL_DECIDE_YES},                    \
        {"... of whom one triggered it", in_place_let_by_requester,                               \
         SL_DECIDE_STAND_IN_BY_OTHERS},                                                           \
        {"... of whom one is the owner by another account", in_place_let_by_linked,               \
         SL_DECIDE_STAND_IN_BY_OTHERS},                                                           \
        {"... of whom one is the stand-in", in_place_let_by_itself,                               \
         SL_DECIDE_STAND_IN_BY_OTHERS},                                                           \
        {"... by another account", in_place_let_by_own_account, SL_DECIDE_STAND_IN_BY_OTHERS},    \
        {"... of whom one is away, by another account", in_place_let_by_away,                     \
         SL_DECIDE_STAND_IN_BY_OTHERS},                                                           \
        {"away: no reviewer", in_place_of_outsider, SL_DECIDE_NOT_REVIEWER},                      \
        {"away: a reviewer since later", in_place_of_new_member, SL_DECIDE_NEW_MEMBERSHIP},       \
        {"the stand-in is an agent", in_place_by_agent, SL_DECIDE_NOT_HUMAN},                     \
        {"the stand-in triggered it", in_place_by_requester, SL_DECIDE_IS_TRIGGER},               \
        {"a passkey, and not the stand-in's", in_place_without_passkey, SL_DECIDE_NEEDS_PASSKEY}, \
        {"the stand-in's own passkey", in_place_with_passkey, SL_DECIDE_YES},                     \
        {"a passkey, of one whom nobody else let be named", in_place_named_alone,                 \
         SL_DECIDE_STAND_IN_ALONE},                                                               \
        {"whoever is away has voted", in_place_of_who_voted, SL_DECIDE_RIGHT_USED},               \
        {"one's own stand-in has voted", voted_by_stand_in, SL_DECIDE_RIGHT_USED},                \
    {                                                                                             \
        "voted in the place of another", in_place_and_voted, SL_DECIDE_VOTED_ALREADY              \
    }

#endif
