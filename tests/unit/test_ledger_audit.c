#include "core/ledger/audit.h"

#include "core/action/action.h"

#include "ledger_story.h"
#include "tap.h"

struct hearing {
    struct sl_audit *audit;
    uint64_t entry;
    unsigned findings;
    struct sl_buf said;
};

static void on_finding(void *owner, uint64_t entry, struct sl_span sentence)
{
    struct hearing *h = owner;

    h->findings++;
    sl_buf_say(&h->said, "%U: %S\n", entry, sentence);
}

static void on_leaf(void *owner, struct sl_span leaf)
{
    struct hearing *h = owner;

    SL_CHECK_INT(sl_audit_leaf(h->audit, h->entry++, leaf), SL_OK);
}

static void hear(struct story s, struct hearing *h)
{
    *h = (struct hearing){.said = sl_buf(64 * 1024)};
    SL_PROMISE(sl_audit_new(on_finding, h, &h->audit) == SL_OK);
    s.put = on_leaf;
    s.owner = h;
    story_tell(&s);
    sl_audit_free(h->audit);
}

static void expect(const char *name, struct story s, const char *sentence)
{
    struct hearing h;

    hear(s, &h);
    bool found = strstr(sl_buf_text(&h.said), sentence) != NULL;
    if (!SL_CHECK(found && h.findings > 0))
        printf("# %s: wanted '%s', heard:\n# %s\n", name, sentence, sl_buf_text(&h.said));
    sl_buf_done(&h.said);
}

static void test_true_story(void)
{
    struct hearing h;

    hear((struct story){.clock = 0}, &h);
    SL_CHECK_INT(h.findings, 0);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    SL_CHECK(h.entry > 15);
    sl_buf_done(&h.said);
}

static void test_approvers(void)
{
    struct hearing h;

    hear((struct story){.decide_in = "http"}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    hear((struct story){.decide_in = "slack", .channel = "slack"}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("owner", (struct story){.approver = "alice", .credential = "c-alice"},
           "owner of the requester");
    expect("linked", (struct story){.linked_approver = true}, "another account of somebody");
    expect("agent", (struct story){.approver = "robin", .credential = "t-robin"}, "may not");
    expect("asking token", (struct story){.credential = "t-rita"}, "this token is for asking");
    expect("somebody else's credential", (struct story){.credential = "c-alice"},
           "no credential of their own");
    expect("no reviewer", (struct story){.approver_group = "cooks"}, "not among the reviewers");
    expect("disabled", (struct story){.disabled_approver = true}, "disabled or paused");
    expect("new credential", (struct story){.new_credential = true},
           "made after the action was asked");
    expect("control socket", (struct story){.channel = "control"}, "takes no decision");
    expect("a channel of no name", (struct story){.channel = "chat"}, "takes no decision");
    expect("a channel that its rule leaves out", (struct story){.decide_in = "console"},
           "a decision that comes this way does not count");
    expect("a channel that nobody knows", (struct story){.decide_in = "pigeon"},
           "a decision that comes this way does not count");
    expect("session of another", (struct story){.session_credential = "c-alice"},
           "a console session is opened with a credential that does not decide for 'rita'");
    expect("session that asks", (struct story){.session_credential = "t-rita"},
           "a console session is opened with");
    expect("session of nothing", (struct story){.session_credential = "c-none"},
           "a console session is opened with");
    expect("two votes", (struct story){.two_votes = true}, "voted already");
    expect("stranger", (struct story){.approver = "mallory"}, "was never added");
}

/* What a sign-in at a provider stands for: an account, which is a credential as any other (P4). */
static void test_accounts(void)
{
    struct hearing h;

    hear((struct story){.account = true, .credential = "a-rita"}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    /* parted from one and linked to another is a new account each time */
    hear((struct story){.account = true, .account_parted = "rita", .account_too = "robin"}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("of two", (struct story){.account = true, .account_too = "robin"},
           "an account of 'rita' is linked to 'robin' as well");
    expect("newer than the question", (struct story){.late_account = true, .credential = "a-rita"},
           "made after the action was asked");
    expect("newer, by a clock that was set back",
           (struct story){.late_account = true, .clock_set_back = true, .credential = "a-rita"},
           "made after the action was asked");
    expect("over",
           (struct story){.account = true, .account_parted = "rita", .credential = "a-rita"},
           "revoked");
    expect("an agent's",
           (struct story){.account_too = "robin", .approver = "robin", .credential = "a-too"},
           "may not");
    expect("linked by who decides",
           (struct story){.account = true, .credential = "a-rita", .account_by = "rita"}, "issued");
    expect("parted from another", (struct story){.account = true, .account_parted = "robin"},
           "an account is unlinked from 'robin' that was not linked to it");
    expect("parted by another name",
           (struct story){.account = true, .account_parted = "rita", .parted_credential = "c-rita"},
           "that was not linked to it");
    expect("parted and never linked", (struct story){.account_parted = "rita"},
           "that was not linked to it");
}

/* A person links their own: with a credential of theirs, and nobody else has to let it happen. */
static void test_own_accounts(void)
{
    static const char two[] = "{\"govern\":\"two-person\"}", own[] = "console";
    struct hearing h;

    for (int governed = 0; governed < 2; governed++) {
        hear((struct story){.account = true,
                            .credential = "a-rita",
                            .account_by = "rita",
                            .account_channel = own,
                            .account_with = "c-rita",
                            .policy_text = governed ? two : NULL},
             &h);
        if (governed) /* that policy has not the story's rule, which is found as well */
            SL_CHECK(memmem(h.said.p, h.said.n, "nobody else let it happen", 25) == NULL);
        else
            SL_CHECK_TEXT(sl_buf_span(&h.said), "");
        sl_buf_done(&h.said);
    }
    expect("with nothing",
           (struct story){.account = true, .account_by = "rita", .account_channel = own},
           "without a deciding credential of their own");
    expect("with another's",
           (struct story){.account = true,
                          .account_by = "rita",
                          .account_channel = own,
                          .account_with = "c-alice"},
           "without a deciding credential of their own");
    expect("with one that asks",
           (struct story){.account = true,
                          .account_by = "rita",
                          .account_channel = own,
                          .account_with = "t-rita"},
           "without a deciding credential of their own");
    expect("by another",
           (struct story){.account = true,
                          .account_by = "alice",
                          .account_channel = own,
                          .account_with = "c-alice",
                          .policy_text = two},
           "nobody else let it happen");
    expect("at the shell",
           (struct story){.account = true,
                          .account_by = "rita",
                          .account_channel = "control",
                          .account_with = "c-rita",
                          .policy_text = two},
           "nobody else let it happen");
}

/* Everybody behind what asked is in the requester set, or they could decide it (P4). */
static void test_P4_who_is_behind_the_credential_that_asks(void)
{
    static const struct story good[] = {{.asked_with = "t-bot"},
                                        {.asked_with = "t-bot", .token_by = "alice"},
                                        {.asked_with = "t-bot", .token_for = "alice"},
                                        {.session_for = "alice"}};
    struct hearing h;

    for (size_t i = 0; i < SL_COUNT(good); i++) {
        hear(good[i], &h);
        SL_CHECK_TEXT(sl_buf_span(&h.said), "");
        sl_buf_done(&h.said);
    }
    expect("its maker", (struct story){.asked_with = "t-bot", .token_by = "rita"},
           "leaves out 'rita', who made the credential");
    expect("acted for", (struct story){.asked_with = "t-bot", .token_for = "rita"},
           "leaves out 'rita', on whose behalf the credential");
    expect("acted for in the session", (struct story){.session_for = "rita"},
           "leaves out 'rita', on whose behalf its session");
    expect("for somebody who is off",
           (struct story){.asked_with = "t-bot", .token_for = "alice", .off_too = "alice"},
           "asks on behalf of 'alice', who is disabled or paused");
    expect("in a session for somebody who is off",
           (struct story){.asked_with = "t-bot", .session_for = "alice", .off_too = "alice"},
           "asks on behalf of 'alice', who is disabled or paused");
    expect("another's", (struct story){.asked_with = "t-robin"}, "which is somebody else's");
    expect("nobody's", (struct story){.asked_with = "t-none"}, "which is nobody's");
}

/* One status, as the keeper has it: what a provider brings back as paused is disabled no more. */
static void test_who_is_switched_off(void)
{
    static const char *const active[] = {"pr", "DE", "DPr", "pDPr", "DEpr", "pDPrDPr"};
    static const struct {
        const char *is, *sentence;
    } rows[] = {{"p", "disabled or paused"},          {"D", "disabled or paused"},
                {"pD", "disabled or paused"},         {"pDP", "disabled or paused"},
                {"r", "goes on, but was not paused"}, {"Dr", "goes on, but was not paused"},
                {"Dp", "is paused, but was disabled"}};
    struct hearing h;

    for (size_t i = 0; i < SL_COUNT(active); i++) {
        hear((struct story){.rita_is = active[i]}, &h);
        if (!SL_CHECK_TEXT(sl_buf_span(&h.said), ""))
            printf("#   %s\n", active[i]);
        sl_buf_done(&h.said);
    }
    for (size_t i = 0; i < SL_COUNT(rows); i++)
        expect(rows[i].is, (struct story){.rita_is = rows[i].is}, rows[i].sentence);
}

/* Nobody can read any more what was approved: that is in the ledger, and who let it happen. */
static void test_erasing_is_governed(void)
{
    static const char two[] = "{\"govern\":\"two-person\"}";
    struct hearing h;

    hear((struct story){.erased = 'e'}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("while it is open", (struct story){.erased = 'p'}, "is erased, but it was pending");
    expect("alone", (struct story){.erased = 'e', .policy_text = two}, "nobody else let it happen");
    expect("by a yes that nobody gave",
           (struct story){.erased = 'e',
                          .policy_text = two,
                          .erased_let_by = "01890a5d-ac96-774b-bcce-b302099a8058"},
           "which let nothing happen");
    expect("by its own",
           (struct story){.erased = 'e', .erased_let_by = "01890a5d-ac96-774b-bcce-b302099a8057"},
           "which let nothing happen");
}

/* Those whom a rule names for it decide behind the escalation alone, and that has its time. */
static void test_escalated(void)
{
    const struct story sara = {.second_voter = true,
                               .approve_without_quorum = true,
                               .escalated = 'e'};
    struct hearing h;
    struct story s = sara;

    hear(s, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("before its time", (struct story){.escalated = 'b'}, "but its time had not come");
    expect("twice", (struct story){.escalated = 't'}, "but it was escalated before");
    expect("by no rule", (struct story){.escalated = 'n'}, "but no rule says so");
    s.sara_elsewhere = true; /* no reviewer but by the escalation */
    hear(s, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    s.escalated = 'u';
    expect("never, and she decides", s, "not among the reviewers");
    s.escalated = 'b';
    expect("before its time, and she decides", s, "not among the reviewers");
}

/* Rita decides by the right of sara, who is away: each thing about it, from the leaves alone. */
static void test_away(void)
{
    static const struct {
        struct story_away away;
        const char *sentence; /* NULL: it is as it may be */
    } cases[] = {
        {{.until_s = 0}, NULL},
        {{.wait_s = 600}, NULL},
        {{.own_right = true}, "not among the reviewers"},
        {{.in_place = "robin"}, "named somebody else, or nobody"},
        {{.in_place = "nobody"}, "named somebody else, or nobody"},
        {{.nobody = true}, "named somebody else, or nobody"},
        {{.stand_in = "alice"}, "named somebody else, or nobody"},
        {{.stand_in = "stranger"}, "names 'stranger' to stand in for them, who was never added"},
        {{.after = true}, "named after the action was asked"},
        {{.from_s = 60, .wait_s = 100}, "not under way when it was asked"},
        {{.until_s = 60, .wait_s = 100}, "or is not now"},
        {{.back = true}, "named somebody else, or nobody"},
        {{.paused = true}, "could not decide this either"},
        {{.revoked = true}, "with a credential that is over"},
        {{.leaves = true}, "not among the reviewers"},
        {{.credential = "c-alice"}, "is said to be away, but not by themself"},
        {{.credential = "t-rita"}, "is said to be away, but not by themself"},
        {{.by = "operator"}, "is said to be away, but not by themself"},
        {{.who = "alice", .credential = "c-alice", .in_place = "alice"}, "in the requester set"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct story s = {.away = &cases[i].away, .approver_group = "engineers"};
        struct hearing h;

        hear(s, &h);
        bool as_said = cases[i].sentence == NULL
                           ? h.findings == 0
                           : strstr(sl_buf_text(&h.said), cases[i].sentence) != NULL;
        if (!SL_CHECK(as_said))
            printf("# case %zu, heard:\n# %s\n", i, sl_buf_text(&h.said));
        sl_buf_done(&h.said);
    }
}

static void test_away_and_others(void)
{
    const struct story_away away = {.until_s = 0};
    struct story s = {.away = &away,
                      .approver_group = "engineers",
                      .second_voter = true,
                      .approve_without_quorum = true};

    expect("the right of one for two places", s, "right has been used already");
    s = (struct story){.away = &away, .approver_group = "engineers", .requester_too = "stranger"};
    expect("somebody is not known", s, "nobody stands in for others in what is asked here");
    s.requester_too = NULL;
    s.asks_passkey = true;
    expect("one credential alone named them", s, "whose naming another person has approved");
    s.asks_passkey = false;
    s.requester_too = "sara";
    expect("whoever is away has a part in it", s, "in the requester set");
}

static void test_moves(void)
{
    expect("no vote", (struct story){.no_vote = true}, "approved with 0 of the 1 votes");
    expect("quorum", (struct story){.approve_without_quorum = true},
           "approved with 1 of the 2 votes");
    expect("a no", (struct story){.deny_vote = true}, "although somebody said no");
    expect("late yes", (struct story){.late_decision = true}, "time to decide is over");
    expect("late spend", (struct story){.late_spend = true}, "after the time to spend");
    expect("twice", (struct story){.spend_twice = true}, "is spent twice");
    expect("elsewhere", (struct story){.spender_target = "staging"},
           "is spent by 'bot' on 'staging'");
}

/* A yes that lapsed counts for nothing, and leaves its place. */
static void test_lapsed_votes(void)
{
    struct hearing h;

    hear((struct story){.lapsed = "rita", .two_votes = true}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("counted all the same", (struct story){.lapsed = "rita"},
           "approved with 0 of the 1 votes");
    expect("of somebody who said nothing", (struct story){.lapsed = "alice"}, "but none waited");
}

static void test_running(void)
{
    expect("unspent", (struct story){.no_spend = true}, "no grant was spent");
    expect("other digest", (struct story){.other_digest = true}, "not what was approved");
    expect("ran twice", (struct story){.run_twice = true}, "ran twice");
    expect("denied", (struct story){.denied_runs = true}, "was denied, but ran");
    expect("held in a batch", (struct story){.batch_held = true}, "its verdict was not allow");
    expect("no policy", (struct story){.unknown_policy = true},
           "policy whose text is not in the ledger");
    expect("no session", (struct story){.no_session = true}, "never began");
}

/* The statements of a list are actions of their own, behind the spend and no more than it has. */
static void test_lists(void)
{
    struct hearing h;

    hear((struct story){.list = 3, .list_ran = 3}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    hear((struct story){.list = 3, .list_ran = 1}, &h); /* it ended before its time */
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    hear((struct story){.list = 3, .list_ran = 3, .list_withdrawn = 2}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("not withdrawn",
           (struct story){
               .list = 3, .list_ran = 3, .list_withdrawn = 1, .list_ending = SL_OUTCOME_FAILED},
           "more than the 3 statements");
    expect("one too many", (struct story){.list = 3, .list_ran = 4}, "more than the 3 statements");
    expect("before the spend", (struct story){.list = 3, .list_ran = 1, .list_action = 2},
           "was spent by session 1, but action 2");
    expect("never spent", (struct story){.list = 3, .list_ran = 1, .no_spend = true},
           "no grant was spent");
    expect("other digest", (struct story){.list = 3, .list_ran = 1, .other_digest = true},
           "not what was approved");
}

static struct story used(const struct story_use *uses, size_t count)
{
    return (struct story){.envelope = {.times = 3, .rows = 5, .for_s = 300},
                          .uses = uses,
                          .use_count = count};
}

#define USED(...)                                 \
    used((const struct story_use[]){__VA_ARGS__}, \
         sizeof((const struct story_use[]){__VA_ARGS__}) / sizeof(struct story_use))

/* An envelope: counted, in time, of its template and run, and over at the first deviation. */
static void test_envelopes(void)
{
    struct hearing h;

    hear(USED({.nth = 1, .action = 4}, {.nth = 2, .action = 5, .ended_behind = true}), &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    hear(USED({.nth = 1, .action = 4}, {.nth = 2, .action = 5, .no_action = true},
              {.nth = 3, .action = 6, .last = true, .rows = 5}),
         &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    expect("other text", USED({.nth = 1, .action = 4, .text = "select email from c where id > 7"}),
           "not of its template");
    expect("other kind",
           USED({.nth = 1, .action = 4, .text = "select email from c where id = '7'"}),
           "not of its template");
    expect("other run", USED({.nth = 1, .action = 4, .run = "other"}), "is for run 'tickets'");
    expect("no use", USED({.action = 4, .only_action = true}), "no use was spent for it");
    expect("ran twice", USED({.nth = 1, .action = 4}, {.action = 4, .only_action = true}),
           "ran twice");
    expect("twice for one action", USED({.nth = 1, .action = 4}, {.nth = 2, .action = 4}),
           "used twice for one action");
    expect("skipped", USED({.nth = 2, .action = 4}), "used for the 2th time, but was 0 of 3");
    expect("too often",
           USED({.nth = 1, .action = 4}, {.nth = 2, .action = 5},
                {.nth = 3, .action = 6, .last = true}, {.nth = 4, .action = 7}),
           "used for the 4th time, but was 3 of 3");
    expect("not the last", USED({.nth = 1, .action = 4, .last = true}), "used for the 1th time");
    expect("over", USED({.nth = 1, .action = 4, .ended_before = true}),
           "is used, but it was revoked");
    expect("late", USED({.nth = 1, .action = 4, .late_us = UINT64_C(301000000)}),
           "used after its time");
    expect("unknown",
           USED({.nth = 1, .action = 4, .outcome = SL_OUTCOME_UNKNOWN}, {.nth = 2, .action = 5}),
           "what became of a use was not known");
    struct story longer = USED({.nth = 1, .action = 4});
    longer.envelope.for_s = 299; /* and it may be used for 300 s */
    expect("longer than asked", longer, "may be used for longer than was asked for");
    struct story unbounded = USED({.nth = 1, .action = 4});
    unbounded.envelope.times = 1001;
    expect("no bounds", unbounded, "has no bounds");
    struct story elsewhere = USED({.nth = 1, .action = 4});
    elsewhere.spender_target = "staging";
    expect("elsewhere", elsewhere, "is used by 'bot' on 'staging'");
    struct story unmade = USED({.nth = 1, .action = 4});
    unmade.no_session = true;
    expect("in no session", unmade, "is used in session 1, which never began");
    expect("no envelope", (struct story){.spend_nth = 1}, "but is no envelope");
    expect("without a yes",
           (struct story){.envelope = {3, 5, 300},
                          .no_vote = true,
                          .uses = &(struct story_use){.nth = 1, .action = 4},
                          .use_count = 1},
           "is used with 0 of the 1 votes");
}

static void clean(struct story s)
{
    struct hearing h;

    hear(s, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
}

/* A use is tied to what people saw: the template, whatever is recorded of literals, and all that
 * the leaf tells of the document. */
static void test_P3_an_envelope_is_used_for_what_was_approved(void)
{
    static const struct {
        const char *name;
        struct story_deed deed;
    } others[] = {
        {"dataset", {"tickets", .dataset = "public.salaries", .statement = "select"}},
        {"label", {"tickets", .label = "financial", .statement = "select"}},
        {"reason", {"tickets", .reason = "another", .statement = "select"}},
        {"rule", {"tickets", .rule = "another", .statement = "select"}},
        {"effect", {"tickets", .more_effects = SL_EFFECT_EXPORT, .statement = "select"}},
        {"statement", {"tickets", .statement = "copy"}},
    };
    static const char shape[] = "select email from c where id = ?",
                      odd[] = "select \"{text}\" from c where id = {integer}";

    for (size_t i = 0; i < SL_COUNT(others); i++)
        expect(others[i].name, USED({.nth = 1, .action = 4, .deed = &others[i].deed}),
               "does something else than what was approved");
    clean(USED({.nth = 1, .action = 4, .text = shape, .flags = SL_INTENT_SHAPE}));
    expect("other shape",
           USED({.nth = 1,
                 .action = 4,
                 .text = "select mail from c where id = ?",
                 .flags = SL_INTENT_SHAPE}),
           "not of its template");
    expect("no text", USED({.nth = 1, .action = 4, .text = ""}), "not of its template");
    expect("a digest",
           USED({.nth = 1,
                 .action = 4,
                 .text = "12345678901234567890123456789012",
                 .flags = SL_INTENT_TEXT_DIGEST}),
           "not of its template");
    struct story named = USED({.nth = 1,
                               .action = 4,
                               .text = "select \"{text}\" from c where id = ?",
                               .flags = SL_INTENT_SHAPE});
    named.template = odd;
    clean(named);
    struct story broken =
        USED({.nth = 1, .action = 4, .text = "select email from c where name = '\xff'"});
    broken.template = "select email from c where name = {text}";
    clean(broken);
    struct story hidden = USED({.nth = 1, .action = 4, .text = ""});
    hidden.template = "";
    expect("no template", hidden, "a template of is not in the ledger");
}

/* What may be asked as one, as far as a leaf shows it. */
static void test_P3_what_an_envelope_may_be(void)
{
    static const struct story_deed deeds[] = {
        {"tickets", .statement = "copy"},
        {"tickets", .statement = "select", .more_effects = SL_EFFECT_EXPORT},
        {"tickets", .statement = "select", .more_effects = SL_EFFECT_DELETE}};
    static const struct story_deed no_run = {"", .statement = "select"};

    for (size_t i = 0; i < SL_COUNT(deeds); i++) {
        struct story s = USED({.nth = 1, .action = 4, .deed = &deeds[i]});
        s.envelope_deed = &deeds[i];
        expect("more than a read", s, "is for more than one SELECT that reads");
    }
    struct story s = USED({.nth = 1, .action = 4, .deed = &no_run});
    s.envelope_deed = &no_run;
    expect("no run", s, "this envelope is for no run");
    s = USED({.nth = 1, .action = 4});
    s.list = 2;
    expect("a list", s, "is for more than one SELECT that reads");
    s = USED({.nth = 1, .action = 4});
    s.rule = STORY_RULE;
    expect("no rule lets one be asked", s, "that no envelope is asked for");
}

/* No use gives more rows than people let pass, the last one neither; with a yes of its own it goes
 * on, and is the last. */
static void test_rows(void)
{
    const struct story_use within = {.nth = 1, .action = 4, .rows = 5},
                           more = {.nth = 1, .action = 4, .rows = 6, .ended_behind = true};
    struct story_use u = more;

    clean(used(&within, 1));
    expect("more", used(&u, 1), "gave 6 rows, more than 5");
    u.outcome_later = true;
    expect("told later", used(&u, 1), "gave 6 rows, more than 5");
    u.on_to = 6;
    clean(used(&u, 1));
    u.rows = 7;
    expect("beyond that", used(&u, 1), "gave 7 rows, but people let it go on to 6");
    u.on_by = 1;
    expect("beyond a number", used(&u, 1), "gave 7 rows, but people let it go on to 6");
    u.rows = 6;
    clean(used(&u, 1));
    u.on_unasked = true;
    expect("another goes on", used(&u, 1), "gave 6 rows, more than 5");
    u = more;
    u.on_to = 6;
    u.ended_behind = false;
    expect("goes on and on", used(&u, 1), "and did not end it");
    const struct story_use three[] = {{.nth = 1, .action = 4},
                                      {.nth = 2, .action = 5},
                                      {.nth = 3, .action = 6, .last = true, .rows = 6}};
    expect("the last", used(three, 3), "gave 6 rows, more than 5");
    struct story lower = used(&within, 1);
    lower.voted_rows = 4;
    expect("lowered by a yes", lower, "gave 5 rows, more than 4");
    lower.voted_rows = 50;
    clean(lower);
}

#define NAMED "\"name\":\"regulated data leaves\"}"
#define BY_STEWARDS "\"reviewers\":{\"groups\":[\"data-stewards\"],\"need\":1}"
#define ESCALATED(after, who)                                                            \
    "\"escalate\":{\"after\":\"" after "\",\"reviewers\":{\"identities\":[\"" who "\"]," \
    "\"need\":1}},"

/* The leaf names its rules: what it asks for is what they say, as the policy has them. */
static void test_rules(void)
{
    static const struct {
        const char *rule, *sentence;
    } rows[] = {
        {"{\"decide_in\":[\"console\"]," NAMED, "less than that says: where it is decided"},
        {"{" ESCALATED("2m", "sara") NAMED, "the time until it is escalated"},
        {"{" ESCALATED("1m", "tom") "\"name\":\"regulated data leaves\"," BY_STEWARDS "}",
         "those who decide"},
        {"{\"expires\":\"14m\"," NAMED, "the time to decide"},
        {"{\"keys\":\"device-bound\"," NAMED, "a passkey that cannot be copied"},
        {"{" NAMED, NULL},
        {"{\"name\":\"regulated data leaves\",\"proof\":\"passkey\"}",
         "less than that says: a passkey"},
        {"{\"name\":\"regulated data leaves\",\"reason\":\"required\"}", "a reason"},
        {"{\"name\":\"regulated data leaves\",\"reviewers\":{\"groups\":[\"data-stewards\"],"
         "\"need\":3}}",
         "those who decide"},
        {"{\"name\":\"regulated data leaves\",\"reviewers\":{\"groups\":[\"chiefs\"],\"need\":1}}",
         "those who decide"},
        {"{\"name\":\"regulated data leaves\",\"reviewers\":{\"groups\":[\"data-stewards\"],"
         "\"identities\":[\"tom\"],\"need\":1}}",
         "those who decide"},
        {"{\"name\":\"another\"}", "which its policy does not have"},
    };
    static const char all[] = "{\"decide_in\":[\"http\",\"console\"]," ESCALATED(
        "1m", "sara") "\"expires\":\"15m\","
                      "\"name\":\"regulated data leaves\",\"reason\":\"required\"," BY_STEWARDS "}";
    struct story s = {.escalated = 'e', .second_voter = true, .approve_without_quorum = true};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        s.rule = rows[i].rule;
        if (rows[i].sentence == NULL)
            clean(s);
        else
            expect(rows[i].rule, s, rows[i].sentence);
    }
    s.rule = all;
    s.decide_in = "http";
    s.asked_reason = "TKT-1";
    clean(s);
    expect("other rules", (struct story){.digested_rule = "{}"}, "are not those that it names");
    expect("of no rules", (struct story){.without_rules = true}, "has no digest 'rules'");
    expect("of another name",
           (struct story){.named_rule = "another", .other_rules = "{\"name\":\"another\"},"},
           "are not those that it names");
    expect("an old policy", (struct story){.in_force_no_more = true},
           "a policy that is not in force");
}

/* What nothing speaks of is held by the target's default, and by those who decide that. */
static void test_held_by_default(void)
{
#define PEOPLE "{\"groups\":[\"data-stewards\"],\"need\":1}"
#define NOBODY "{\"default\":\"hold\",\"reviewers\":null}"
    const struct story s = {.named_rule = "default",
                            .target_text = "{\"name\":\"finance\",\"reviewers\":" PEOPLE "}",
                            .digested_default = "{\"default\":\"hold\",\"reviewers\":" PEOPLE "}"};
    struct story other = s;

    clean(s);
    other.digested_default = NOBODY;
    expect("other people's digest", other, "are not those that it names");
    other = s;
    other.target_text = "{\"name\":\"finance\",\"reviewers\":{\"groups\":[\"chiefs\"],\"need\":1}}";
    expect("other people", other, "held by default, but not by those who decide then");
    other = s; /* nobody is named: anybody who may decide anything */
    other.target_text = "{\"default\":\"hold\",\"name\":\"finance\"}";
    other.rule = "{\"name\":\"x\",\"reviewers\":{\"groups\":[\"data-stewards\",\"auditors\"],"
                 "\"need\":2},\"then\":\"hold\"}";
    other.other_rules =
        "{\"name\":\"a\",\"reviewers\":{\"groups\":[\"data-stewards\"],\"identities\":[\"tom\"],"
        "\"need\":1},\"then\":\"hold\"},{\"name\":\"l\",\"reviewers\":{\"groups\":[\"nobody\"],"
        "\"need\":1},\"then\":\"allow\"},";
    other.digested_default = "{\"default\":\"hold\",\"reviewers\":{\"groups\":[\"auditors\","
                             "\"data-stewards\"],\"identities\":[\"tom\"],\"need\":1}}";
    clean(other);
    other.rule = other.other_rules = NULL; /* nobody may decide anything */
    other.digested_default = NOBODY;
    clean(other);
    clean((struct story){.named_rule = "default", .rule = "{\"name\":\"default\"}"});
    struct story enveloped = USED({.nth = 1, .action = 4});
    enveloped.named_rule = "default";
    enveloped.digested_default = NOBODY;
    expect("an envelope", enveloped, "held by default, where no envelope is asked for");
}

/* Two accounts with a vote each, that turn out to be one person's before the grant is spent. */
static void test_one_person_is_one_vote(void)
{
    struct hearing h;
    struct story s = {.approve_without_quorum = true, .second_voter = true};

    hear(s, &h); /* two people: all is well */
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
    s.linked_voters = true;
    expect("linked voters", s, "is spent with 1 of the 2 votes");
}

/* Every word that somebody may rely on is held against where it comes from. */
static void test_said_twice(void)
{
    expect("clock set back", (struct story){.new_credential = true, .clock_set_back = true},
           "made after the action was asked");
    expect("no invitation", (struct story){.no_invitation = true}, "was never invited");
    expect("parted", (struct story){.parted = true}, "is parted from other accounts");
    expect("foreign revoke", (struct story){.foreign_revoke = true},
           "credential of 'alice' is revoked as one of 'robin'");
    expect("owner's owner", (struct story){.owner_of_owner = true}, "leaves out 'mabel'");
    expect("approver", (struct story){.named_approver = "alice"}, "names other approvers");
    expect("kind", (struct story){.session_kind = "human"}, "'bot' is called human");
    expect("owner", (struct story){.session_owner = "rita"}, "the owner of 'bot' is 'alice'");
    expect("asked elsewhere", (struct story){.asked_target = "staging"},
           "its session is 'bot' on 'finance'");
}

/* "Only watched" is the policy's word, not the leaf's. */
static void test_observed(void)
{
    struct hearing h;

    expect("observed", (struct story){.observed = true, .no_spend = true}, "no grant was spent");
    hear((struct story){.observed = true, .no_spend = true, .watched = true}, &h);
    SL_CHECK_TEXT(sl_buf_span(&h.said), "");
    sl_buf_done(&h.said);
}

static void test_form(void)
{
    expect("forged key", (struct story){.forged_key = true}, "the key in force did not sign");
    expect("kind", (struct story){.unknown_kind = true}, "of kind 'gossip'");
}

static void one_leaf(const char *text, const char *sentence)
{
    struct hearing h = {.said = sl_buf(64 * 1024)};

    SL_PROMISE(sl_audit_new(on_finding, &h, &h.audit) == SL_OK);
    SL_CHECK_INT(sl_audit_leaf(h.audit, 0, sl_span_str(text)), SL_OK);
    if (!SL_CHECK(strstr(sl_buf_text(&h.said), sentence) != NULL))
        printf("# heard: %s\n", sl_buf_text(&h.said));
    sl_audit_free(h.audit);
    sl_buf_done(&h.said);
}

/* --- what lies beside the log --- */

static enum sl_err give_document(void *owner, uint64_t entry, struct sl_buf *out)
{
    const char *text = owner;

    if (entry != 0 || text == NULL)
        return SL_ENOTFOUND;
    sl_buf_put_str(out, text);
    return SL_OK;
}

/* The leaf asks about `asked`, beside the log lies `beside`. What is said about it, and the counts.
 */
static void with_document(const char *asked, char *beside, const char *sentence, uint64_t there,
                          uint64_t gone)
{
    static const struct sl_span requesters[] = {{(const uint8_t *)"alice", 5},
                                                {(const uint8_t *)"bot", 3}};
    struct hearing h = {.said = sl_buf(64 * 1024)};
    uint8_t digest[32];
    uint64_t read = 9, erased = 9;
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_action_document_digest(sl_span_str(asked), digest);
    sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ASKED,
                                                             .time_us = 1,
                                                             .approval = STORY_ID,
                                                             .digest = digest,
                                                             .identity = SL_SPAN("bot"),
                                                             .owner = SL_SPAN("alice"),
                                                             .target = SL_SPAN("finance"),
                                                             .environment = SL_SPAN("production"),
                                                             .protocol = SL_SPAN("postgres"),
                                                             .requesters = {requesters, 2},
                                                             .expires_us = 5});
    SL_PROMISE(sl_audit_new(on_finding, &h, &h.audit) == SL_OK);
    sl_audit_documents(h.audit, give_document, beside);
    SL_CHECK_INT(sl_audit_leaf(h.audit, 0, sl_buf_span(&leaf)), SL_OK);
    sl_audit_document_counts(h.audit, &read, &erased);
    SL_CHECK(read == there && erased == gone);
    if (!SL_CHECK((strstr(sl_buf_text(&h.said), "document") != NULL) == (sentence[0] != '\0') &&
                  strstr(sl_buf_text(&h.said), sentence) != NULL))
        printf("# heard: %s\n", sl_buf_text(&h.said));
    sl_audit_free(h.audit);
    sl_buf_done(&h.said);
}

/* Columns are told where there is room; labels, effects and names always. */
static void test_datasets_of_a_document(void)
{
    static const char *const datasets[] = {
        "[{\"effects\":[\"read\"],\"labels\":[\"pii\"],\"name\":\"public.customers\"}]",
        "[{\"effects\":[\"export\"],\"labels\":[],\"name\":\"public.customers\"}]",
        "[{\"effects\":[\"export\"],\"labels\":[\"pii\"],\"name\":\"public.others\"}]",
        "[{\"effects\":[\"export\"],\"labels\":[\"pii\"],\"name\":\"public.customers\"}]"};

    for (size_t i = 0; i < SL_COUNT(datasets); i++) {
        struct hearing h = {.said = sl_buf(64 * 1024)};
        SL_BUF(text, 4096);
        uint8_t digest[32];
        SL_BUF(facts, 4096);
        SL_BUF(leaf, SL_ENTRY_MAX);
        bool last = i + 1 == SL_COUNT(datasets);

        sl_buf_say(&text,
                   "{\"datasets\":%s,\"effects\":[\"read\",\"export\"],\"statements\":[\"copy\"]}",
                   datasets[i]);
        sl_action_document_digest(sl_buf_span(&text), digest);
        sl_entry_put_approval(&leaf, &(struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ASKED,
                                                                 .time_us = 1,
                                                                 .approval = STORY_ID,
                                                                 .digest = digest,
                                                                 .facts = story_facts(&facts, 1)});
        SL_PROMISE(sl_audit_new(on_finding, &h, &h.audit) == SL_OK);
        sl_audit_documents(h.audit, give_document, (void *)sl_buf_text(&text));
        SL_CHECK_INT(sl_audit_leaf(h.audit, 0, sl_buf_span(&leaf)), SL_OK);
        if (!SL_CHECK((strstr(sl_buf_text(&h.said), "other datasets") == NULL) == last))
            printf("# %s: %s\n", datasets[i], sl_buf_text(&h.said));
        sl_audit_free(h.audit);
        sl_buf_done(&h.said);
    }
}

static void test_P3_P10_documents(void)
{
    static char right[] =
        "{\"environment\":\"production\",\"identity\":\"bot\",\"protocol\":\"postgres\","
        "\"requesters\":[\"alice\",\"bot\"],\"target\":\"finance\"}";
    static char nonsense[] = "no JSON at all";
    static char other[] =
        "{\"environment\":\"production\",\"identity\":\"rob\",\"protocol\":\"postgres\","
        "\"requesters\":[\"rob\"],\"target\":\"finance\"}";

    with_document(right, right, "", 1, 0);
    with_document(right, NULL, "", 0, 1); /* erased: nothing to say */
    with_document(nonsense, nonsense, "is not JSON", 1, 0);
    with_document(right, other, "is not the one that approval", 0, 0);
    with_document(other, other, "names another identity than its document", 1, 0);
    with_document(other, other, "names another requester set than its document", 1, 0);
}

#define DOCUMENT(before, after)                                             \
    "{" before "\"environment\":\"production\",\"identity\":\"bot\"," after \
    "\"requesters\":[\"alice\",\"bot\"],\"target\":\"finance\"}"
#define POSTGRES "\"protocol\":\"postgres\","

/* The leaf of with_document says nothing of all this. */
static void test_P3_what_a_leaf_leaves_out_of_its_document(void)
{
    static struct {
        char text[512];
        const char *sentence;
    } rows[] = {
        {DOCUMENT("", POSTGRES "\"reason\":\"TKT-1\","), "tells of other reason than its document"},
        {DOCUMENT("", POSTGRES "\"run\":\"tickets\","), "tells of other run"},
        {DOCUMENT("", POSTGRES "\"sink\":\"mail\","), "tells of other sink"},
        {DOCUMENT("\"effects\":[\"delete\"],", POSTGRES), "tells of other effects"},
        {DOCUMENT("\"statements\":[\"delete\"],", POSTGRES), "tells of other statements"},
        {DOCUMENT("\"datasets\":[{\"name\":\"public.salaries\"}],", POSTGRES),
         "tells of other datasets"},
        {DOCUMENT("", POSTGRES "\"rules\":\"00\","), "names other rules"},
        {DOCUMENT("\"operation\":{\"continues\":3},", POSTGRES), "lets something else go on"},
        {DOCUMENT("\"operation\":{\"delivered\":3},", POSTGRES), "lets something else go on"},
        {DOCUMENT("\"operation\":{\"envelope\":{\"for_s\":1,\"rows\":1,\"times\":1}},", POSTGRES),
         "has other bounds"},
        {DOCUMENT(
             "\"operation\":{\"envelope\":{\"for_s\":1,\"rows\":1,\"times\":1},\"sql\":\"x\"},",
             POSTGRES),
         "has another template"},
        {DOCUMENT("", "\"protocol\":\"external\","), "another protocol"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        with_document(rows[i].text, rows[i].text, rows[i].sentence, 1, 0);
}

static void test_bad_leaves(void)
{
    one_leaf("", "not a JSON object");
    one_leaf("[]", "not a JSON object");
    one_leaf("{\"kind\":\"stop\",  \"time\":\"2023-11-14T22:13:20.000000Z\",\"v\":1}",
             "not canonical");
    one_leaf("{\"kind\":\"stop\",\"time\":\"yesterday\",\"v\":1}", "no time 'time'");
    one_leaf("{\"kind\":\"stop\",\"time\":\"2023-11-14T22:13:20.000000Z\",\"v\":2}", "version");
    one_leaf("{\"kind\":\"stop\",\"time\":\"2023-11-14T22:13:20.000000Z\",\"v\":1}",
             "names no key");
}

/* A batch whose item names rows that are not there, as no keeper writes it. */
static void test_missing_rows(void)
{
    static const struct {
        const char *item, *sentence;
    } cases[] = {
        {"{\"action\":1,\"by\":0,\"outcome\":\"ok\",\"statement\":1}",
         "names row 1 of 'statements'"},
        {"{\"action\":1,\"by\":1,\"outcome\":\"ok\",\"statement\":0}", "names row 1 of 'sessions'"},
        {"{\"action\":1,\"by\":0,\"outcome\":\"ok\",\"statement\":4294967296}",
         "names row 4294967296 of"},
        {"{\"action\":1,\"outcome\":\"ok\",\"statement\":0}", "no number 'by'"},
        {"{\"action\":1,\"by\":0,\"outcome\":\"ok\"}", "no number 'statement'"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct hearing h = {.said = sl_buf(64 * 1024)};
        SL_BUF(leaf, 4096);
        sl_buf_say(&leaf,
                   "{\"actions\":[%s],\"kind\":\"actions\",\"sessions\":[{\"identity\":\"bot\","
                   "\"session\":1,\"target\":\"finance\"}],\"statements\":[{\"facts\":{\"effects\":"
                   "[\"read\"],"
                   "\"verdict\":\"allow\"}}],\"time\":\"2023-11-14T22:13:20.000000Z\",\"v\":1}",
                   cases[i].item);
        SL_PROMISE(sl_audit_new(on_finding, &h, &h.audit) == SL_OK);
        SL_CHECK_INT(sl_audit_leaf(h.audit, 1, sl_buf_span(&leaf)), SL_OK);
        if (!SL_CHECK(strstr(sl_buf_text(&h.said), cases[i].sentence) != NULL))
            printf("# %s\n", sl_buf_text(&h.said));
        sl_audit_free(h.audit);
        sl_buf_done(&h.said);
    }
}

int main(void)
{
    SL_RUN(test_true_story);
    SL_RUN(test_approvers);
    SL_RUN(test_accounts);
    SL_RUN(test_own_accounts);
    SL_RUN(test_P4_who_is_behind_the_credential_that_asks);
    SL_RUN(test_who_is_switched_off);
    SL_RUN(test_erasing_is_governed);
    SL_RUN(test_escalated);
    SL_RUN(test_away);
    SL_RUN(test_away_and_others);
    SL_RUN(test_moves);
    SL_RUN(test_lapsed_votes);
    SL_RUN(test_running);
    SL_RUN(test_lists);
    SL_RUN(test_envelopes);
    SL_RUN(test_P3_an_envelope_is_used_for_what_was_approved);
    SL_RUN(test_P3_what_an_envelope_may_be);
    SL_RUN(test_rows);
    SL_RUN(test_rules);
    SL_RUN(test_held_by_default);
    SL_RUN(test_P3_P10_documents);
    SL_RUN(test_datasets_of_a_document);
    SL_RUN(test_P3_what_a_leaf_leaves_out_of_its_document);
    SL_RUN(test_one_person_is_one_vote);
    SL_RUN(test_said_twice);
    SL_RUN(test_observed);
    SL_RUN(test_form);
    SL_RUN(test_bad_leaves);
    SL_RUN(test_missing_rows);
    return sl_tap_done();
}
