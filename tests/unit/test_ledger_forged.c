/* Each check of the audit has a ledger that nothing else is wrong with: a true story in which
 * somebody changed, left out, doubled or put in one leaf. */
#include "core/ledger/audit.h"

#include "ledger_story.h"
#include "tap.h"
#include "json/json.h"

#include <string.h>

enum { MOST_LEAVES = 64 };

struct leaves {
    json_t *items[MOST_LEAVES];
    size_t count;
};

static void on_leaf(void *owner, struct sl_span text)
{
    struct leaves *l = owner;

    SL_PROMISE(l->count < MOST_LEAVES);
    SL_PROMISE(sl_json_read(text, &l->items[l->count++], NULL) == SL_OK);
}

enum how {
    SET,    /* `member` becomes `value`; NULL: it is left out */
    TWICE,  /* it stands there once more */
    BEFORE, /* `value` is put in before it, at its time */
    AFTER,
    SWAP, /* it and the next */
};

/* Of the leaf of this kind and event ("": it has none), the nth. */
struct forgery {
    enum how how;
    const char *kind, *event;
    size_t nth;
    const char *member, *value, *sentence;
    struct story story;
};

static size_t place_of(const struct leaves *l, const struct forgery *f)
{
    size_t seen = 0;

    for (size_t i = 0; i < l->count; i++)
        if (sl_span_is(sl_json_str(l->items[i], "kind"), f->kind) &&
            sl_span_is(sl_json_str(l->items[i], "event"), f->event) && seen++ == f->nth)
            return i;
    printf("# there is no %s %s\n", f->kind, f->event);
    SL_PROMISE(false);
    return 0;
}

static json_t *read_json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    SL_PROMISE(value != NULL);
    return value;
}

/* "facts.rules": a member of a member. */
static void set(json_t *leaf, const char *member, const char *value)
{
    const char *dot = strchr(member, '.');

    if (dot != NULL) {
        leaf = json_object_get(leaf, "facts");
        member = dot + 1;
    }
    if (value == NULL)
        json_object_del(leaf, member);
    else
        json_object_set_new(leaf, member, read_json(value));
}

static void put_in(struct leaves *l, size_t at, json_t *leaf)
{
    SL_PROMISE(l->count < MOST_LEAVES);
    memmove(&l->items[at + 1], &l->items[at], (l->count - at) * sizeof(json_t *));
    l->items[at] = leaf;
    l->count++;
}

static json_t *beside(const json_t *leaf, const char *text)
{
    json_t *made = read_json(text);

    json_object_set(made, "time", json_object_get(leaf, "time"));
    json_object_set_new(made, "v", json_integer(1));
    return made;
}

static void forge(struct leaves *l, const struct forgery *f)
{
    size_t at = place_of(l, f);
    json_t *leaf = l->items[at];

    switch (f->how) {
    case SET:
        set(leaf, f->member, f->value);
        break;
    case TWICE:
        put_in(l, at, json_incref(leaf));
        break;
    case BEFORE:
        put_in(l, at, beside(leaf, f->value));
        break;
    case AFTER:
        put_in(l, at + 1, beside(leaf, f->value));
        break;
    case SWAP:
        l->items[at] = l->items[at + 1];
        l->items[at + 1] = leaf;
        break;
    }
}

static void on_finding(void *owner, uint64_t entry, struct sl_span sentence)
{
    sl_buf_say(owner, "%U: %S\n", entry, sentence);
}

static void hear(struct leaves *l, struct sl_buf *said)
{
    struct sl_audit *audit;

    SL_PROMISE(sl_audit_new(on_finding, said, &audit) == SL_OK);
    for (size_t i = 0; i < l->count; i++) {
        SL_BUF(text, SL_ENTRY_MAX);

        SL_PROMISE(sl_json_canonical(&text, l->items[i]) == SL_OK);
        SL_CHECK_INT(sl_audit_leaf(audit, i, sl_buf_span(&text)), SL_OK);
        json_decref(l->items[i]);
    }
    sl_audit_end(audit);
    sl_audit_free(audit);
}

static void expect(const struct forgery *f)
{
    struct leaves l = {0};
    struct story s = f->story;
    SL_BUF(said, 64 * 1024);

    s.put = on_leaf;
    s.owner = &l;
    story_tell(&s);
    forge(&l, f);
    hear(&l, &said);
    if (!SL_CHECK(strstr(sl_buf_text(&said), f->sentence) != NULL))
        printf("# %s %s: wanted '%s', heard:\n# %s\n", f->kind, f->event, f->sentence,
               sl_buf_text(&said));
}

#define EXPECT(...)                                  \
    do {                                             \
        const struct forgery rows[] = {__VA_ARGS__}; \
        for (size_t i = 0; i < SL_COUNT(rows); i++)  \
            expect(&rows[i]);                        \
    } while (0)

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define DIGEST "0102030000000000000000000000000000000000000000000000000000000000"
#define OF_IT "\"approval\":\"" ID "\",\"digest\":\"" DIGEST "\",\"kind\":\"approval\""
#define APPROVAL(event, more) "{" OF_IT ",\"event\":\"" event "\"" more "}"
#define ROSTER(name, event, more) \
    "{\"identity\":\"" name "\",\"kind\":\"roster\",\"event\":\"" event "\"" more "}"

static void test_the_program(void)
{
    EXPECT({SET, "policy", "", 0, "part", "5", "part 5 of a policy comes out of turn"},
           {SET, "policy", "", 0, "text", "\"[]\"", "does not have the digest that the leaf says"},
           {SET, "policy", "", 0, "text", "\"[]\"", "the policy's text is not a JSON object"},
           {SET, "start", "", 0, "policy", "\"" ZEROS "\"",
            "a policy is in force whose text is not in the ledger"},
           {AFTER, "key", "", 0, NULL, "{\"kind\":\"key\",\"new_key\":\"x\"}",
            "names no key that can be read"},
           {SWAP, "key", "", 0, NULL, NULL, "the ledger has no first key"});
}

static void test_sessions(void)
{
    EXPECT({AFTER, "session", "open", 0, NULL,
            "{\"kind\":\"session\",\"event\":\"close\",\"session\":77}",
            "session 77 ends, but never began"},
           {TWICE, "session", "open", 0, NULL, NULL, "session 1 begins twice"},
           {SET, "session", "open", 0, "identity", "\"ghost\"",
            "'ghost' opens a session, but was never added"},
           {BEFORE, "session", "open", 0, NULL, ROSTER("bot", "disable", ""),
            "'bot' opens a session while disabled or paused"},
           {AFTER, "session", "open", 0, NULL,
            "{\"kind\":\"txn\",\"session\":1,\"first_action\":3,\"last_action\":2}",
            "a transaction ends before it begins"},
           {AFTER, "session", "open", 0, NULL,
            "{\"kind\":\"txn\",\"session\":9,\"first_action\":3,\"last_action\":3}",
            "a transaction of session 9, which never began"});
}

static void test_actions(void)
{
    EXPECT({SET, "actions", "", 0, "actions", "[]", "a batch without actions"},
           {SET, "action", "", 0, "session", "9", "action 3 is of session 9, which never began"},
           {SET, "action", "", 0, "target", "\"staging\"",
            "action 3 says 'bot' on 'staging', but its session is 'bot' on 'finance'"},
           {SET, "action", "", 0, "target", "\"staging\"",
            "was for 'bot' on 'finance', but somebody or something else ran"},
           {SET, "action", "", 0, "action", "8",
            "was spent for action 3 of session 1, but action 8 of session 1 ran"},
           {SET, "action", "", 0, "digest", NULL, "the leaf has no digest 'digest'"},
           {AFTER, "action", "", 0, NULL,
            "{\"kind\":\"outcome\",\"session\":1,\"action\":99,\"outcome\":\"ok\"}",
            "an outcome of action 99 of session 1, which is not waiting for one"});
}

static void test_asking(void)
{
    EXPECT({TWICE, "approval", "asked", 0, NULL, NULL, "is asked twice"},
           {SET, "approval", "asked", 0, "requesters", "[\"bot\"]",
            "leaves out who asked, or its owner"},
           {SET, "approval", "asked", 0, "requesters", "[\"alice\"]",
            "leaves out who asked, or its owner"},
           {SET, "approval", "asked", 0, "identity", "\"ghost\"",
            "'ghost' asks, but was never added"},
           {SET, "approval", "asked", 0, "owner", "\"rita\"",
            "the owner of 'bot' is 'alice', but the approval says 'rita'"},
           {SET, "approval", "asked", 0, "needs", "[]", "does not say how many people it needs"},
           {SET, "approval", "asked", 0, "facts.rules", "[]", "is held by no rule"},
           {SET, "approval", "asked", 0, "continues", "4", "but is not asked as that"},
           {SET, "approval", "asked", 0, "session", "9",
            "the leaf names session 9, which never began"});
}

static void test_moves(void)
{
    EXPECT({SET, "approval", "decided", 0, "approver", NULL, "the leaf has no 'approver'"},
           {SET, "approval", "decided", 0, "decision", "\"maybe\"", "neither approve nor deny"},
           {SET, "approval", "decided", 0, "approval", "\"" ZEROS "\"", "was never asked"},
           {SET, "approval", "decided", 0, "digest", "\"" ZEROS "\"",
            "is about another action here than when it was asked"},
           {SET, "approval", "approved", 0, "time", "\"2030-01-01T00:00:00.000000Z\"",
            "is approved after the time to decide was over"},
           {SET, "approval", "spent", 0, "session", "9",
            "is spent in session 9, which never began"},
           {SET, "approval", "spent", 0, "event", "\"vanished\"", "something happens to approval"},
           {AFTER, "approval", "spent", 0, NULL, APPROVAL("cancelled", ""),
            "becomes cancelled, but it was spent"},
           {AFTER, "approval", "spent", 0, NULL, APPROVAL("joined", ""),
            "is joined, but it was over: spent"},
           {AFTER, "approval", "spent", 0, NULL, APPROVAL("left", ""),
            "is left, but it was over: spent"},
           {BEFORE, "approval", "decided", 0, NULL, APPROVAL("shown", ",\"approver\":\"ghost\""),
            "was shown to 'ghost', who was never added"},
           {AFTER, "approval", "approved", 0, NULL, APPROVAL("question", ""),
            "is talked about, but it was approved"},
           {AFTER, "approval", "approved", 0, NULL, APPROVAL("answer", ""),
            "is talked about, but it was approved"},
           {BEFORE, "approval", "decided", 0, NULL, APPROVAL("granted", ""),
            "is granted, but it was pending"},
           {BEFORE, "approval", "decided", 0, NULL, APPROVAL("denied", ""),
            "is denied, but nobody said no"},
           {BEFORE, "approval", "decided", 0, NULL, APPROVAL("expired", ""),
            "expires before its time"},
           {BEFORE, "approval", "decided", 0, NULL, APPROVAL("revoked", ""),
            "becomes revoked, but it was pending"},
           {BEFORE, "approval", "decided", 0, NULL, APPROVAL("lapsed", ""),
            "becomes lapsed, but it was pending"});
}

/* A channel may be left out, and who escalates: what one rule says binds where it is decided. */
static void test_decide_in_and_escalation(void)
{
    const struct story narrow = {.decide_in = "http"}, late = {.second_voter = true,
                                                               .approve_without_quorum = true,
                                                               .sara_elsewhere = true,
                                                               .escalated = 'e'};

    EXPECT({SET, "approval", "decided", 0, "channel", "\"slack\"",
            "a decision that comes this way does not count", narrow},
           {SET, "approval", "asked", 0, "decide_in", "[]",
            "a decision that comes this way does not count", narrow},
           {SET, "approval", "asked", 0, "escalate_at", "\"2030-01-01T00:00:00.000000Z\"",
            "but its time had not come", late},
           {SET, "approval", "asked", 0, "escalate_at", NULL, "but no rule says so", late},
           {AFTER, "approval", "decided", 1, NULL, APPROVAL("escalated", ""),
            "but it was escalated before", late},
           {AFTER, "approval", "spent", 0, NULL, APPROVAL("escalated", ""),
            "is escalated, but it was", narrow});
}

static void test_people(void)
{
    EXPECT(
        {SET, "roster", "add", 0, "identity_kind", NULL, "neither as human nor agent nor service"},
        {TWICE, "roster", "add", 0, NULL, NULL, "is added twice"},
        {TWICE, "roster", "enrol", 0, NULL, NULL, "credential c-rita is made twice"},
        {AFTER, "roster", "enrol", 0, NULL, ROSTER("rita", "link", ",\"other\":\"ghost\""),
         "'rita' is linked to 'ghost', who was never added"},
        {AFTER, "roster", "enrol", 0, NULL,
         ROSTER("bot", "token_create",
                ",\"by\":\"operator\",\"credential\":\"t\",\"on_behalf_of\":[\"ghost\"]"),
         "credential t acts for somebody who was never added"},
        {AFTER, "roster", "enrol", 0, NULL,
         ROSTER("robin", "enrol", ",\"by\":\"operator\",\"credential\":\"c-robin\""),
         "'robin' gets a deciding credential, but is no human"},
        {AFTER, "roster", "enrol", 0, NULL,
         ROSTER("rita", "credential_revoke", ",\"credential\":\"c-none\""),
         "a credential is revoked that was never made"},
        {AFTER, "roster", "enrol", 0, NULL,
         ROSTER("rita", "account_link",
                ",\"credential\":\"c-rita\",\"issuer\":\"https://idp.example\",\"subject\":\"u\""),
         "credential c-rita is made twice"},
        {AFTER, "roster", "enrol", 0, NULL, ROSTER("rita", "vanish", ""),
         "the roster changes in a way that is not known here"},
        {AFTER, "roster", "enrol", 0, NULL, ROSTER("ghost", "pause", ""),
         "'ghost' changes, but was never added"},
        {AFTER, "roster", "enrol", 0, NULL,
         "{\"kind\":\"passkey\",\"event\":\"enrolled\",\"identity\":\"ghost\"}",
         "a passkey of 'ghost', who was never added"},
        {AFTER, "roster", "enrol", 0, NULL,
         "{\"kind\":\"passkey\",\"event\":\"vanished\",\"identity\":\"rita\"}",
         "something happens to a passkey that is not known here"},
        {AFTER, "roster", "enrol", 0, NULL,
         "{\"kind\":\"passkey\",\"event\":\"removed\",\"identity\":\"rita\",\"key\":\"AAAA\"}",
         "'rita' loses a passkey that was not theirs"});
}

static void test_what_one_did_alone(void)
{
    EXPECT({AFTER, "approval", "asked", 0, NULL,
            "{\"approval\":\"" ZEROS "\",\"approver\":\"rita\",\"kind\":\"break_glass\"}",
            "releases approval " ZEROS " alone, which was never asked"},
           {AFTER, "approval", "asked", 0, NULL,
            "{\"id\":\"" ZEROS "\",\"identity\":\"rita\",\"kind\":\"review\"}",
            "signs off " ZEROS ", which nobody did alone"});
}

/* One approval of administration lets one change happen. */
static void test_let_twice(void)
{
    static const char *const changes[] = {
        ROSTER("robin", "group_add", ",\"approval\":\"" ID "\",\"groups\":[\"g\"]"),
        ROSTER("rita", "group_add", ",\"approval\":\"" ID "\",\"groups\":[\"g\"]")};
    struct leaves l = {0};
    struct story s = {.put = on_leaf,
                      .owner = &l,
                      .policy_text = "{\"policy\":[{\"name\":\"regulated data leaves\","
                                     "\"reviewers\":{\"groups\":[\"g\"]}}]}"};
    SL_BUF(said, 64 * 1024);

    story_tell(&s);
    const struct forgery asked = {.kind = "approval", .event = "asked"},
                         spent = {.kind = "approval", .event = "spent"};
    set(l.items[place_of(&l, &asked)], "protocol", "\"sluice\"");
    size_t at = place_of(&l, &spent);
    for (size_t i = 0; i < SL_COUNT(changes); i++)
        put_in(&l, at + 1 + i, beside(l.items[at], changes[i]));
    hear(&l, &said);
    SL_CHECK(strstr(sl_buf_text(&said), "let one change happen, and is named by two") != NULL);
}

int main(void)
{
    SL_RUN(test_the_program);
    SL_RUN(test_sessions);
    SL_RUN(test_actions);
    SL_RUN(test_asking);
    SL_RUN(test_moves);
    SL_RUN(test_decide_in_and_escalation);
    SL_RUN(test_people);
    SL_RUN(test_what_one_did_alone);
    SL_RUN(test_let_twice);
    return sl_tap_done();
}
