/* What one person did alone, as an auditor finds it years later: break-glass, administration past
 * `govern: two-person`, and who was bound to the requester. */
#include "core/ledger/audit.h"

#include "core/action/action.h"

#include "ledger_story.h"
#include "tap.h"

#define MINUTE UINT64_C(60000000)

static const char glass_policy[] =
    "{\"break_glass\":{\"groups\":[\"oncall\"],\"review_within\":\"1h\"},"
    "\"policy\":[{\"name\":\"regulated data leaves\"}]}";
#define TWO_RULE "{\"name\":\"regulated data leaves\",\"reviewers\":{\"groups\":[\"data-stewards\"]}}"
static const char two_policy[] =
    "{\"govern\":\"two-person\",\"policy\":[" TWO_RULE "],\"roles\":{\"admins\":{\"groups\":["
    "\"admins\"]}}}";
static const char other_policy[] = "{\"govern\":\"two-person\",\"policy\":[]}";

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

static void begin(struct story *s, struct hearing *h, const char *policy, uint8_t digest[32])
{
    *h = (struct hearing){.said = sl_buf(64 * 1024)};
    SL_PROMISE(sl_audit_new(on_finding, h, &h->audit) == SL_OK);
    *s = (struct story){.put = on_leaf, .owner = h, .policy_text = policy};
    story_begin(s, digest);
}

/* NULL: nothing is found. */
static void end(struct hearing *h, const char *name, const char *sentence)
{
    sl_audit_end(h->audit);
    bool right =
        sentence == NULL ? h->findings == 0 : strstr(sl_buf_text(&h->said), sentence) != NULL;
    if (!SL_CHECK(right))
        printf("# %s: wanted '%s', heard:\n# %s\n", name, sentence == NULL ? "nothing" : sentence,
               sl_buf_text(&h->said));
    sl_audit_free(h->audit);
    sl_buf_done(&h->said);
}

static void enrolled(struct story *s, const char *name, const char *group, const char *credential)
{
    story_person(s, name, "human", NULL, group);
    story_roster(s, SL_ENTRY_ROSTER_INVITE, name, NULL, NULL);
    story_roster(s, SL_ENTRY_ROSTER_ENROL, name, credential, NULL);
}

/* --- break-glass --- */

struct glass {
    const char *name, *found;
    const char *policy, *by, *credential, *reviewers[3], *credentials[3];
    bool no_leaf, no_reason, late, newcomer, other_digest;
};

static void put_session(struct story *s)
{
    const struct sl_span requesters[] = {SL_SPAN("alice"), SL_SPAN("bot")};
    struct sl_entry_session session = {.time_us = s->clock,
                                       .session = 1,
                                       .identity = SL_SPAN("bot"),
                                       .identity_kind = SL_SPAN("agent"),
                                       .owner = SL_SPAN("alice"),
                                       .target = SL_SPAN("finance"),
                                       .address = SL_SPAN("127.0.0.1:50000"),
                                       .requesters = {requesters, 2}};
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_session(&leaf, &session);
    story_leaf(s, &leaf);
}

static void put_broken(struct story *s, const struct glass *g)
{
    const struct sl_span group = SL_SPAN("oncall");
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_break_glass(
        &leaf, &(struct sl_entry_break_glass){
                   .time_us = s->clock,
                   .review_by_us = s->clock + 60 * MINUTE,
                   .approval = STORY_ID,
                   .approver = sl_span_str(g->by == NULL ? "olly" : g->by),
                   .credential = sl_span_str(g->credential == NULL ? "c-olly" : g->credential),
                   .channel = SL_SPAN("cli"),
                   .reason = g->no_reason ? SL_SPAN("") : SL_SPAN("the shop is down"),
                   .digest = g->other_digest ? story_other_digest : story_digest,
                   .groups = {&group, 1}});
    story_leaf(s, &leaf);
}

static void put_review(struct story *s, struct sl_span id, const char *who, const char *credential)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_review(&leaf, &(struct sl_entry_review){.time_us = s->clock,
                                                         .id = id,
                                                         .identity = sl_span_str(who),
                                                         .credential = sl_span_str(credential),
                                                         .channel = SL_SPAN("cli"),
                                                         .reason = SL_SPAN("looked")});
    story_leaf(s, &leaf);
}

static void tell_glass(const struct glass *g)
{
    struct story s;
    struct hearing h;
    uint8_t policy[32];

    begin(&s, &h, g->policy == NULL ? glass_policy : g->policy, policy);
    enrolled(&s, "alice", "oncall", "c-alice");
    enrolled(&s, "olly", "oncall", "c-olly");
    enrolled(&s, "rita", "data-stewards", "c-rita");
    enrolled(&s, "sara", "data-stewards", "c-sara");
    story_person(&s, "bot", "agent", "alice", "agents");
    put_session(&s);
    story_asked(&s, policy);
    if (!g->no_leaf)
        put_broken(&s, g);
    story_approval(&s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_APPROVED,
                                                  .expires_us = s.clock + 5 * MINUTE});
    story_approval(&s, (struct sl_entry_approval){
                           .event = SL_ENTRY_APPROVAL_SPENT, .session = 1, .action = 3});
    s.named_approver = g->by == NULL ? "olly" : g->by;
    story_ran(&s, policy);
    if (g->newcomer)
        enrolled(&s, "nina", "data-stewards", "c-nina");
    for (size_t i = 0; i < SL_COUNT(g->reviewers) && g->reviewers[i] != NULL; i++)
        put_review(&s, STORY_ID, g->reviewers[i], g->credentials[i]);
    if (g->late)
        s.clock += 61 * MINUTE;
    story_roster(&s, SL_ENTRY_ROSTER_PAUSE, "bot", NULL, NULL);
    end(&h, g->name, g->found);
}

static void test_break_glass(void)
{
    static const struct glass rows[] = {
        {"in time", NULL, .by = NULL},
        {"no leaf of it", "approved with 0 of the 1 votes", .no_leaf = true},
        {"not in the group", "not among the reviewers", .by = "rita", .credential = "c-rita"},
        {"the owner, who is in the group", "owner of the requester", .by = "alice",
         .credential = "c-alice"},
        {"somebody else's credential", "no credential of their own", .credential = "c-rita"},
        {"not configured", "lets nobody do that", .policy = story_policy},
        {"no reason", "they gave no reason", .no_reason = true},
        {"another action", "about another action here", .other_digest = true},
        {"over, nobody looked", "its time to be reviewed is over: 0 of two", .late = true},
        {"over, one looked", "its time to be reviewed is over: 1 of two", .late = true,
         .reviewers = {"rita"}, .credentials = {"c-rita"}},
        {"signed off by two", NULL, .late = true, .reviewers = {"rita", "sara"},
         .credentials = {"c-rita", "c-sara"}},
        {"signed off by who did it", "but had a part in it", .reviewers = {"olly"},
         .credentials = {"c-olly"}},
        {"signed off by the owner", "but had a part in it", .reviewers = {"alice"},
         .credentials = {"c-alice"}},
        {"signed off twice by one", "have done so already", .reviewers = {"rita", "rita"},
         .credentials = {"c-rita", "c-rita"}},
        {"signed off with another's credential", "no deciding credential of their own",
         .reviewers = {"rita"}, .credentials = {"c-sara"}},
        {"signed off by one who came later", "1 of two", .late = true, .newcomer = true,
         .reviewers = {"rita", "nina"}, .credentials = {"c-rita", "c-nina"}},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        tell_glass(&rows[i]);
}

/* --- administration --- */

static void add_nina(struct story *s, const char *channel, struct sl_span approval)
{
    struct sl_span group = SL_SPAN("data-stewards");
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_ADD,
                                                         .time_us = s->clock,
                                                         .identity = SL_SPAN("nina"),
                                                         .identity_kind = SL_SPAN("human"),
                                                         .groups = {&group, 1},
                                                         .by = SL_SPAN("operator"),
                                                         .approval = approval,
                                                         .channel = sl_span_str(channel)});
    story_leaf(s, &leaf);
}

static void story_linked(struct story *s, const char *name, const char *other, const char *channel)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_LINK,
                                                         .time_us = s->clock,
                                                         .identity = sl_span_str(name),
                                                         .other = sl_span_str(other),
                                                         .by = SL_SPAN("operator"),
                                                         .channel = sl_span_str(channel)});
    story_leaf(s, &leaf);
}

static void story_roster_by(struct story *s, enum sl_entry_roster_event event, const char *name,
                            const char *channel)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = event,
                                                         .time_us = s->clock,
                                                         .identity = sl_span_str(name),
                                                         .by = SL_SPAN("operator"),
                                                         .channel = sl_span_str(channel)});
    story_leaf(s, &leaf);
}

static void put_bypass(struct story *s, const char *channel)
{
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_bypass(&leaf,
                        &(struct sl_entry_bypass){.time_us = s->clock,
                                                  .review_by_us = s->clock + MINUTE,
                                                  .id = STORY_ID,
                                                  .by = SL_SPAN("operator"),
                                                  .os_user = SL_SPAN("0"),
                                                  .channel = sl_span_str(channel),
                                                  .what = SL_SPAN("add the human \"nina\"")});
    story_leaf(s, &leaf);
}

static void two_people(struct story *s, struct hearing *h)
{
    uint8_t policy[32];

    begin(s, h, two_policy, policy);
    story_person(s, "rita", "human", NULL, "admins");
    story_person(s, "sara", "human", NULL, "admins");
    story_roster(s, SL_ENTRY_ROSTER_INVITE, "rita", NULL, NULL);
    story_roster(s, SL_ENTRY_ROSTER_INVITE, "sara", NULL, NULL);
    story_roster(s, SL_ENTRY_ROSTER_ENROL, "rita", "c-rita", NULL);
    story_roster(s, SL_ENTRY_ROSTER_ENROL, "sara", "c-sara", NULL);
}

static void put_start(struct story *s, const char *text)
{
    uint8_t digest[32];
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_sha256(sl_span_str(text), digest);
    sl_entry_put_policy(&leaf, s->clock, sl_span_str(text), 0);
    story_leaf(s, &leaf);
    sl_entry_put_start(&leaf, &(struct sl_entry_start){.time_us = s->clock,
                                                       .version = SL_SPAN("0.1.0"),
                                                       .policy_digest = digest});
    story_leaf(s, &leaf);
}

static void test_govern(void)
{
    struct story s;
    struct hearing h;
    uint8_t policy[32];

    begin(&s, &h, two_policy, policy); /* the first people need nobody */
    add_nina(&s, "control", SL_SPAN(""));
    end(&h, "before two could decide", NULL);

    two_people(&s, &h);
    add_nina(&s, "control", SL_SPAN(""));
    end(&h, "nobody asked", "nobody else let it happen");

    two_people(&s, &h);
    add_nina(&s, "offline", SL_SPAN(""));
    end(&h, "offline, and not said", "nobody else let it happen");

    two_people(&s, &h);
    add_nina(&s, "control", STORY_ID);
    end(&h, "by an approval that never was", "which let nothing happen");

    two_people(&s, &h);
    story_roster(&s, SL_ENTRY_ROSTER_PAUSE, "rita", NULL, NULL);
    end(&h, "what takes rights away needs nobody", NULL);

    two_people(&s, &h);
    story_roster(&s, SL_ENTRY_ROSTER_PAUSE, "rita", NULL, NULL);
    story_roster_by(&s, SL_ENTRY_ROSTER_RESUME, "rita", "control");
    end(&h, "who goes on again", "'rita' changes under govern: two-person");

    two_people(&s, &h); /* one of two makes them one, to be the first again */
    put_bypass(&s, "offline");
    story_linked(&s, "rita", "sara", "offline");
    add_nina(&s, "control", SL_SPAN(""));
    end(&h, "linking the two makes nobody the first", "'nina' changes under govern: two-person");
}

/* Naming somebody who decides in one's place waits for another person; to be away does not. */
static void test_govern_stand_in(void)
{
    static const struct story_away alone = {.nobody = true}, lends = {.until_s = 60};
    struct story s;
    struct hearing h;

    two_people(&s, &h);
    s.away = &alone;
    story_away(&s);
    end(&h, "away, and nobody stands in", NULL);

    two_people(&s, &h);
    s.away = &lends;
    story_away(&s);
    end(&h, "somebody stands in", "'sara' changes under govern: two-person");
}

/* --- a stand-in counts by the yes of whoever let them be named --- */

#define LET_ID SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8060")

struct let {
    const char *name, *found, *voter, *credential;
    const char *requester_too;     /* of what is decided */
    const char *linked, *linked_to; /* one person, from the start */
};

static void everybody_of_let(struct story *s, const struct let *l)
{
    static const char *const names[] = {"alice", "rita", "sara", "adi", "ada"};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        story_person(s, names[i], "human", NULL,
                     i == 2   ? "data-stewards"
                     : i >= 3 ? "admins"
                              : "engineers");
    story_person(s, "bot", "agent", "alice", "agents");
    if (l->linked != NULL)
        story_linked(s, l->linked, l->linked_to, "control");
    for (size_t i = 0; i < SL_COUNT(names); i++)
        story_roster(s, SL_ENTRY_ROSTER_INVITE, names[i], NULL, NULL);
    for (size_t i = 0; i < SL_COUNT(names); i++) {
        char credential[32];

        snprintf(credential, sizeof credential, "c-%s", names[i]);
        story_roster(s, SL_ENTRY_ROSTER_ENROL, names[i], credential, NULL);
    }
}

/* That rita stands in for sara: asked, let, done. The set leaves the stand-in out, as a forger
 * would. */
static void put_let(struct story *s, const struct let *l, const uint8_t policy[32])
{
    const struct sl_span set[] = {SL_SPAN("sara")}, groups[] = {SL_SPAN("admins")};
    const struct sl_entry_need need = {.rule = SL_SPAN("govern"), .need = 1, .groups = {groups, 1}};
    SL_BUF(facts, 4096);

    story_approval(
        s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_ASKED,
                                      .approval = LET_ID,
                                      .identity = SL_SPAN("sara"),
                                      .target = SL_SPAN("sluice"),
                                      .protocol = SL_SPAN("sluice"),
                                      .requesters = {set, 1},
                                      .facts = story_deed(&facts, 1, &(struct story_deed){0}),
                                      .text = SL_SPAN("rita stands in"),
                                      .needs = &need,
                                      .need_count = 1,
                                      .policy_digest = policy,
                                      .expires_us = s->clock + 60 * MINUTE});
    story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_DECIDED,
                                                 .approval = LET_ID,
                                                 .approver = sl_span_str(l->voter),
                                                 .credential = sl_span_str(l->credential),
                                                 .channel = SL_SPAN("cli"),
                                                 .proof = SL_SPAN("token"),
                                                 .decision = SL_SPAN("approve")});
    story_approval(s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_APPROVED,
                                                 .approval = LET_ID,
                                                 .expires_us = s->clock + 5 * MINUTE});
    story_approval(
        s, (struct sl_entry_approval){.event = SL_ENTRY_APPROVAL_SPENT, .approval = LET_ID});
}

static void tell_let(const struct let *l)
{
    const struct story_away away = {.let_by = LET_ID};
    struct story s;
    struct hearing h;
    uint8_t policy[32];

    begin(&s, &h, two_policy, policy);
    everybody_of_let(&s, l);
    put_let(&s, l, policy);
    s.away = &away;
    s.digested_rule = TWO_RULE;
    s.requester_too = l->requester_too;
    story_away(&s);
    put_session(&s);
    story_asked(&s, policy);
    story_decided(&s);
    end(&h, l->name, l->found);
}

/* Who asks for it has not picked who decides it, nor has either of the two said yes to themself. */
static void test_P4_a_stand_in_let_by_whom(void)
{
    static const char part[] = "or let by somebody with a part in this";
    const struct let rows[] = {
        {"by an admin who has no part in it", NULL, "adi", "c-adi", "ada", NULL, NULL},
        {"by who triggered it", part, "adi", "c-adi", "adi", NULL, NULL},
        {"by the owner's other account", part, "adi", "c-adi", NULL, "adi", "alice"},
        {"by the stand-in's other account", part, "adi", "c-adi", NULL, "adi", "rita"},
        {"by the other account of whoever is away", "another account of somebody", "adi", "c-adi",
         NULL, "adi", "sara"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        tell_let(&rows[i]);
}

static void test_bypass(void)
{
    struct story s;
    struct hearing h;

    two_people(&s, &h);
    put_bypass(&s, "offline");
    add_nina(&s, "offline", SL_SPAN(""));
    end(&h, "not looked at", "went past govern: two-person (add the human \"nina\")");

    two_people(&s, &h);
    put_bypass(&s, "offline");
    add_nina(&s, "offline", SL_SPAN(""));
    put_review(&s, STORY_ID, "rita", "c-rita");
    put_review(&s, STORY_ID, "sara", "c-sara");
    end(&h, "two have looked", NULL);

    two_people(&s, &h);
    put_bypass(&s, "offline");
    add_nina(&s, "offline", SL_SPAN(""));
    story_roster_by(&s, SL_ENTRY_ROSTER_INVITE, "rita", "offline");
    end(&h, "one act covers one change", "'rita' changes under govern: two-person");

    two_people(&s, &h);
    put_bypass(&s, "offline");
    story_roster(&s, SL_ENTRY_ROSTER_PAUSE, "rita", NULL, NULL);
    add_nina(&s, "offline", SL_SPAN(""));
    end(&h, "and the very next one", "'nina' changes under govern: two-person");

    two_people(&s, &h);
    story_roster(&s, SL_ENTRY_ROSTER_PAUSE, "rita", NULL, NULL);
    put_bypass(&s, "offline");
    story_roster_by(&s, SL_ENTRY_ROSTER_RESUME, "rita", "offline");
    put_review(&s, STORY_ID, "rita", "c-rita");
    put_review(&s, STORY_ID, "sara", "c-sara");
    end(&h, "going on again is said", NULL);

    two_people(&s, &h);
    put_bypass(&s, "start");
    put_review(&s, STORY_ID, "rita", "c-rita");
    put_review(&s, STORY_ID, "sara", "c-sara");
    add_nina(&s, "offline", SL_SPAN(""));
    end(&h, "another file lets nobody in", "'nina' changes under govern: two-person");

    two_people(&s, &h);
    put_start(&s, two_policy);
    end(&h, "the same policy", NULL);

    two_people(&s, &h);
    put_start(&s, other_policy);
    story_roster(&s, SL_ENTRY_ROSTER_PAUSE, "rita", NULL, NULL);
    end(&h, "another, and not said", "the policy changed while nothing ran");

    two_people(&s, &h);
    put_start(&s, other_policy);
    put_bypass(&s, "start");
    put_review(&s, STORY_ID, "rita", "c-rita");
    put_review(&s, STORY_ID, "sara", "c-sara");
    end(&h, "another, said and looked at", NULL);
}

/* --- bound to the requester --- */

static void tell_bond(const char *name, bool delegate, bool same_user, bool over, const char *found)
{
    struct story s;
    struct hearing h;
    uint8_t policy[32];
    SL_BUF(leaf, SL_ENTRY_MAX);

    begin(&s, &h, story_policy, policy);
    enrolled(&s, "alice", "engineers", "c-alice");
    enrolled(&s, "rita", "data-stewards", "c-rita");
    story_person(&s, "bot", "agent", "alice", "agents");
    put_session(&s);
    story_asked(&s, policy);
    for (int i = 0; i < 2 && same_user; i++) {
        sl_entry_put_roster(&leaf, &(struct sl_entry_roster){
                                       .event = SL_ENTRY_ROSTER_LINK,
                                       .time_us = s.clock,
                                       .identity = i == 0 ? SL_SPAN("alice") : SL_SPAN("rita"),
                                       .other = i == 0 ? SL_SPAN("alice") : SL_SPAN("rita"),
                                       .os_user = SL_SPAN("4711"),
                                       .by = SL_SPAN("operator")});
        story_leaf(&s, &leaf);
    }
    if (delegate)
        story_roster(&s, SL_ENTRY_ROSTER_DELEGATE_ADD, "alice", NULL, "rita");
    if (over)
        story_roster(&s, SL_ENTRY_ROSTER_DELEGATE_REMOVE, "alice", NULL, "rita");
    story_decided(&s);
    end(&h, name, found);
}

static void signed_in(struct story *s, const char *name, const char *credential, uint8_t device)
{
    const uint8_t head[8] = {device};
    SL_BUF(leaf, SL_ENTRY_MAX);

    sl_entry_put_roster(&leaf, &(struct sl_entry_roster){.event = SL_ENTRY_ROSTER_SESSION_OPEN,
                                                         .time_us = s->clock,
                                                         .identity = sl_span_str(name),
                                                         .credential = sl_span_str(credential),
                                                         .device = sl_span(head, 8),
                                                         .by = sl_span_str(name),
                                                         .channel = SL_SPAN("console")});
    story_leaf(s, &leaf);
}

/* The owner's browser is number 1; rita's yes comes when `days` have gone by since. */
static void tell_browser(const char *name, uint8_t ritas, uint64_t days, const char *found)
{
    struct story s;
    struct hearing h;
    uint8_t policy[32];

    begin(&s, &h, story_policy, policy);
    enrolled(&s, "alice", "engineers", "c-alice");
    enrolled(&s, "rita", "data-stewards", "c-rita");
    story_person(&s, "bot", "agent", "alice", "agents");
    signed_in(&s, "alice", "c-alice", 1);
    s.clock += days * 24 * 60 * MINUTE;
    signed_in(&s, "rita", "c-rita", ritas);
    put_session(&s);
    story_asked(&s, policy);
    story_decided(&s);
    end(&h, name, found);
}

static void test_P4_the_same_browser(void)
{
    tell_browser("each in their own", 2, 0, NULL);
    tell_browser("in the owner's", 1, 0, "signed in from a browser that a requester");
    tell_browser("four weeks later", 1, 28, "signed in from a browser that a requester");
    tell_browser("five weeks later", 1, 35, NULL);
}

static void test_bonds(void)
{
    tell_bond("nothing binds them", false, false, false, NULL);
    tell_bond("she acts for the owner", true, false, false, "acts for somebody");
    tell_bond("she did, and does not any more", true, false, true, NULL);
    tell_bond("at the owner's account of the machine", false, true, false,
              "account of the machine");
}

int main(void)
{
    SL_RUN(test_break_glass);
    SL_RUN(test_govern);
    SL_RUN(test_govern_stand_in);
    SL_RUN(test_P4_a_stand_in_let_by_whom);
    SL_RUN(test_bypass);
    SL_RUN(test_bonds);
    SL_RUN(test_P4_the_same_browser);
    return sl_tap_done();
}
