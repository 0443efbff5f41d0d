#include "tests/unit/policy_ask.h"

#include "base/when.h"

/* A target whose default and rules each case gives. */
static const char head[] =
    "targets:\n"
    "  - {name: shop, address: 127.0.0.1:5432, database: shop, environment: production,\n"
    "     login: {user: app}, access: {groups: [all]},\n"
    "     labels: [{columns: [public.customers.email, \"*.ssn\"], label: pii},\n"
    "              {tables: [public.payments], label: financial}]";

static struct sl_config *config(const char *more_of_target, const char *policy)
{
    SL_BUF(yaml, 64 * 1024);

    sl_buf_say(&yaml, "%s%s}\npolicy: [%s]\n", head, more_of_target, policy);
    return ask_load(sl_buf_span(&yaml));
}

struct row {
    const char *target, *policy;
    struct ask ask;
    const char *want; /* "hold: rule, rule, default" */
};

static void put_answer(struct sl_buf *b, const struct sl_answer *a)
{
    sl_buf_put_str(b, sl_verdict_name(a->verdict));
    for (size_t i = 0; i < a->rule_count; i++)
        sl_buf_say(b, "%s%S", i == 0 ? ": " : ", ", a->rules[i]->name);
    if (a->from_default)
        sl_buf_put_str(b, a->rule_count == 0 ? ": default" : ", default");
}

static void play(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
        SL_FREED_BY(sl_config) struct sl_config *c = config(rows[i].target, rows[i].policy);
        SL_BUF(got, 4096);
        struct sl_answer a;
        if (c == NULL || !SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK))
            return;
        struct sl_question q = ask_question(mem, c, &rows[i].ask);
        sl_policy_judge(c, &q, mem, &a);
        put_answer(&got, &a);
        if (!SL_CHECK_TEXT(sl_buf_span(&got), rows[i].want))
            printf("#   policy %s\n", rows[i].policy), ask_print(&rows[i].ask);
    }
}

#define BOT(...)                                   \
    {                                              \
        "bot", SL_AGENT, "all,agents", __VA_ARGS__ \
    }
#define ANN(...)                                   \
    {                                              \
        "ann", SL_HUMAN, "all,people", __VA_ARGS__ \
    }
#define READ_T "select=read", "public.t=read(a)"
#define READ_MAIL "select=read", "public.customers=read(email)"

static void test_defaults(void)
{
    static const struct row rows[] = {
        {"", "", BOT(READ_T), "hold: default"},
        {", default: hold", "", BOT(READ_T), "hold: default"},
        {", default: allow", "", BOT(READ_T), "allow: default"},
        {", default: deny", "", BOT(READ_T), "deny: default"},
        {", default: allow", "", BOT("do=opaque", ""), "hold: default"},
        {", default: deny", "", BOT("do=opaque", ""), "deny: default"},
        {", default: deny", "", BOT("", ""), "allow"},
    };
    play(rows, SL_COUNT(rows));
}

static void test_the_strictest_wins(void)
{
    static const struct row rows[] = {
        {"", "{name: a, then: allow}, {name: h, then: hold}, {name: d, then: deny}", BOT(READ_T),
         "deny: d"},
        {"", "{name: a, then: allow}, {name: h, then: hold}", BOT(READ_T), "hold: h"},
        {"", "{name: a, then: allow}", BOT(READ_T), "allow: a"},
        {"", "{name: h2, then: hold}, {name: h1, then: hold}", BOT(READ_T),
         "hold: h1, h2, default"},
        {", default: deny", "{name: h, then: hold}", BOT(READ_T), "deny: default"},
        {", default: allow", "{name: h, then: hold}", BOT(READ_T), "hold: h"},
        {"", "{name: a, when: {effects: [read]}, then: allow}",
         BOT("select=read;delete=delete", "public.t=read(a);public.u=delete(*)"), "hold: default"},
    };
    play(rows, SL_COUNT(rows));
}

static void test_each_key_of_when(void)
{
#define DENIES(when) ", default: allow", "{name: d, when: {" when "}, then: deny}"
    static const struct row rows[] = {
        {DENIES("identities: [bot]"), BOT(READ_T), "deny: d"},
        {DENIES("identities: [\"b*\"]"), BOT(READ_T), "deny: d"},
        {DENIES("identities: [bots]"), BOT(READ_T), "allow: default"},
        {DENIES("groups: [agents]"), BOT(READ_T), "deny: d"},
        {DENIES("groups: [agents]"), ANN(READ_T), "allow: default"},
        {DENIES("identity_kind: [agent, service]"), BOT(READ_T), "deny: d"},
        {DENIES("identity_kind: [agent, service]"), ANN(READ_T), "allow: default"},
        {DENIES("targets: [shop]"), BOT(READ_T), "deny: d"},
        {DENIES("targets: [store]"), BOT(READ_T), "allow: default"},
        {DENIES("environment: [\"prod*\"]"), BOT(READ_T), "deny: d"},
        {DENIES("environment: [test]"), BOT(READ_T), "allow: default"},
        {DENIES("protocol: [postgres]"), BOT(READ_T), "deny: d"},
        {DENIES("protocol: [mcp]"), BOT(READ_T), "allow: default"},
        {DENIES("effects: [read]"), BOT(READ_T), "deny: d"},
        {DENIES("effects: [delete]"), BOT(READ_T), "allow: default"},
        {DENIES("effects: [\"*\"]"), BOT("do=opaque", ""), "deny: d"},
        {DENIES("statements: [drop]"), BOT("drop table=ddl", "public.t=ddl(*)"), "deny: d"},
        {DENIES("statements: [drop table]"), BOT("drop table=ddl", "public.t=ddl(*)"), "deny: d"},
        {DENIES("statements: [DROP]"), BOT("drop table=ddl", "public.t=ddl(*)"), "deny: d"},
        {DENIES("statements: [\"*table\"]"), BOT("drop table=ddl", "public.t=ddl(*)"), "deny: d"},
        {DENIES("statements: [drop view]"), BOT("drop table=ddl", "public.t=ddl(*)"),
         "allow: default"},
        {DENIES("statements: [drop]"), BOT("select=read;drop table=ddl", ""), "deny: d"},
        {DENIES("datasets: [public.t]"), BOT(READ_T), "deny: d"},
        {DENIES("datasets: [PUBLIC.T]"), BOT(READ_T), "deny: d"},
        {DENIES("datasets: [\"public.*\"]"), BOT(READ_T), "deny: d"},
        {DENIES("datasets: [other.t]"), BOT(READ_T), "allow: default"},
        {DENIES("datasets: [public.t]"), BOT("select=read", "public.p=read(a)<public.q,public.t"),
         "deny: d"},
        {DENIES("datasets: [public.t]"), BOT("select=read", "public.p=read(a)<public.q"),
         "allow: default"},
        {DENIES("datasets: [public.t]"), BOT("select=read", "t=read(a)"), "deny: d"},
        {DENIES("datasets: [\"pub*\"]"), BOT("select=read", "t=read(a)"), "deny: d"},
        {DENIES("datasets: [public.t]"), BOT("select=read", "at=read(a)"), "allow: default"},
        {DENIES("labels: [pii]"), BOT(READ_MAIL), "deny: d"},
        {DENIES("labels: [\"p*\"]"), BOT(READ_MAIL), "deny: d"},
        {DENIES("labels: [financial]"), BOT(READ_MAIL), "allow: default"},
        {DENIES("labels: [pii], effects: [delete]"), BOT(READ_MAIL), "allow: default"},
    };
    play(rows, SL_COUNT(rows));
}

static void test_allow_covers_only_what_it_names(void)
{
#define ALLOWS(when) "", "{name: a, when: {" when "}, then: allow}"
    static const struct row rows[] = {
        {ALLOWS("datasets: [public.t]"), BOT(READ_T), "allow: a"},
        {ALLOWS("datasets: [PUBLIC.T]"), BOT(READ_T), "hold: default"},
        {ALLOWS("datasets: [public.t]"), BOT("select=read", "t=read(a)"), "hold: default"},
        {ALLOWS("datasets: [\"*.t\"]"), BOT("select=read", "t=read(a)"), "allow: a"},
        {ALLOWS("datasets: [\"*\"]"), BOT("select=read", "t=read(a)"), "allow: a"},
        {ALLOWS("datasets: [\"t*\"]"), BOT("select=read", "t=read(a)"), "hold: default"},
        {ALLOWS("datasets: [public.t]"), BOT("select=read", "public.t=read(a);public.u=read(a)"),
         "hold: default"},
        {ALLOWS("datasets: [public.t]"), BOT("select=read+call", "public.t=read(a)"),
         "hold: default"},
        {ALLOWS("effects: [read]"), BOT("select=read+call", "public.t=read(a)"), "hold: default"},
        {ALLOWS("effects: [read, call]"), BOT("select=read+call", "public.t=read(a)"), "allow: a"},
        {ALLOWS("labels: [pii]"), BOT(READ_MAIL), "allow: a"},
        {ALLOWS("labels: [pii]"), BOT(READ_T), "hold: default"},
        {ALLOWS("labels: [pii]"), BOT("select=read", "public.payments=read(ssn)"), "hold: default"},
        {ALLOWS("labels: [pii, financial]"), BOT("select=read", "public.payments=read(ssn)"),
         "allow: a"},
        {ALLOWS("statements: [select]"), BOT(READ_T), "allow: a"},
        {ALLOWS("statements: [select]"), BOT("select=read;table=read", "public.t=read(a)"),
         "hold: default"},
        {ALLOWS("statements: [select]"), BOT("select=read;drop table=ddl", "public.t=read(a)"),
         "hold: default"},
        /* one DROP of a named table does not carry another DDL along */
        {ALLOWS("effects: [ddl], datasets: [public.t]"), BOT("drop table=ddl", "public.t=ddl(*)"),
         "allow: a"},
        {ALLOWS("effects: [ddl], datasets: [public.t]"),
         BOT("drop table=ddl;create schema=ddl", "public.t=ddl(*)"), "hold: default"},
        {"",
         "{name: a, when: {effects: [read]}, then: allow}, {name: b, when: {effects: [delete], "
         "datasets: [public.u]}, then: allow}",
         BOT("select=read;delete=delete", "public.t=read(a);public.u=delete(*)"), "allow: a, b"},
        {"",
         "{name: a, when: {effects: [read]}, then: allow}, {name: b, when: {effects: [delete], "
         "datasets: [public.u]}, then: allow}",
         BOT("select=read;delete=delete", "public.t=read(a);public.v=delete(*)"), "hold: default"},
        {"",
         "{name: a, when: {datasets: [public.t]}, then: allow}, {name: b, when: {datasets: "
         "[public.u]}, "
         "then: allow}",
         BOT("select=read", "public.t=read(a);public.u=read(a);public.v=read(a)"), "hold: default"},
    };
    play(rows, SL_COUNT(rows));
}

static void test_only_its_name_allows_opaque(void)
{
    static const struct row rows[] = {
        {ALLOWS("effects: [opaque]"), BOT("do=opaque", ""), "allow: a"},
        {ALLOWS("effects: [\"*\"]"), BOT("do=opaque", ""), "hold: default"},
        {ALLOWS("effects: [\"o*\", read]"), BOT("do=opaque", ""), "hold: default"},
        {ALLOWS("identities: [bot]"), BOT("do=opaque", ""), "hold: default"},
        {ALLOWS("effects: [opaque], datasets: [public.t]"), BOT("do=opaque", ""), "hold: default"},
        {ALLOWS("effects: [opaque]"), BOT("do=opaque+read", "public.t=read(a)"), "hold: default"},
        {", default: allow", "{name: a, when: {effects: [opaque]}, then: allow}",
         BOT("do=opaque+read", "public.t=read(a)"), "allow: a, default"},
    };
    play(rows, SL_COUNT(rows));
}

static uint64_t rows_for(const char *policy, struct ask ask)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config) struct sl_config *c = config(", default: allow", policy);
    struct sl_answer a;

    if (c == NULL || sl_arena_new(&mem, 1 << 20) != SL_OK)
        return UINT64_MAX;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, mem, &a);
    return a.row_limit;
}

/* "rows bytes statements: rules that are counted" */
static void limits_are(const char *policy, struct ask ask, const char *want)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config) struct sl_config *c = config(", default: allow", policy);
    struct sl_answer a;
    SL_BUF(got, 512);

    if (!SL_CHECK(c != NULL) || !SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK))
        return;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, mem, &a);
    sl_buf_say(&got, "%U %U %U:", a.row_limit, a.byte_limit, a.statement_limit);
    for (size_t i = 0; i < a.budget_count; i++)
        sl_buf_say(&got, " %S", a.budgets[i]->name);
    if (!SL_CHECK_TEXT(sl_buf_span(&got), want))
        printf("#   %s\n", policy);
}

/* Every budget of a rule that covers something counts. */
static void test_budgets(void)
{
#define BUDGET(words) "{name: a, then: allow, budget: {" words "}}"
    static const struct ask mail = BOT(READ_MAIL), plain = BOT(READ_T);

    limits_are(BUDGET("rows: 10, per: statement"), plain, "10 0 0:");
    limits_are(BUDGET("rows: 10, bytes: 1MB, statements: 3"), plain, "10 1048576 3:");
    limits_are(BUDGET("rows: 10, per: 1h"), plain, "0 0 0: a");
    limits_are(BUDGET("rows: 10, per: 1h"), mail, "0 0 0: a");
    limits_are(BUDGET("statements: 10, per: 1h"), mail, "1000 0 0: a");
    limits_are(BUDGET("rows: 10, per: run") ", {name: b, then: allow, budget: {rows: 7}}", plain,
               "7 0 0: a");
    limits_are("{name: a, when: {datasets: [public.other]}, then: allow, budget: {rows: 1, per: "
               "1h}}",
               plain, "0 0 0:");
}

/* "verdict: rules" of what goes beyond the budget of rule `a` (or of labelled data). */
static void over_is(const char *target, const char *policy, struct ask ask, const char *want)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config) struct sl_config *c = config(target, policy);
    struct sl_answer a;
    SL_BUF(got, 512);

    if (!SL_CHECK(c != NULL) || !SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK))
        return;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_add_export((struct sl_meaning *)q.meaning, q.labels);
    sl_policy_judge_over(c, &q, sl_config_rule(c, SL_SPAN("a")), mem, &a);
    sl_buf_say(&got, "%s:", sl_verdict_name(a.verdict));
    for (size_t i = 0; i < a.rule_count; i++)
        sl_buf_say(&got, " %S", a.rules[i]->name);
    if (a.from_default)
        sl_buf_put_str(&got, " default");
    if (!SL_CHECK_TEXT(sl_buf_span(&got), want))
        printf("#   %s\n", policy);
}

static void test_beyond_a_budget(void)
{
#define BITES "{name: a, then: allow, budget: {rows: 10, per: 1h}}"
    static const struct ask mail = BOT(READ_MAIL), plain = BOT(READ_T);

    over_is(", default: allow", BITES, plain, "hold: a");
    over_is(", default: deny", BITES, plain, "hold: a");
    over_is(", default: allow", "{name: b, then: allow}", mail, "hold: default");
    /* labelled data that goes beyond is an export too; other data is not */
    over_is("", BITES ", {name: e, when: {effects: [export]}, then: hold}", mail, "hold: e");
    over_is("", BITES ", {name: e, when: {effects: [export]}, then: hold}", plain, "hold: a");
    over_is("", BITES ", {name: e, when: {effects: [export]}, then: deny}", mail, "deny: e");
    over_is("", BITES ", {name: e, when: {effects: [export]}, then: deny}", plain, "hold: a");
}

static void test_row_limits(void)
{
    static const struct ask mail = BOT(READ_MAIL), plain = BOT(READ_T);
    static const struct ask both =
        BOT("select=read", "public.customers=read(email);public.t=read(a)");
    static const struct ask star = BOT("select=read", "public.customers=read(*)");
    static const struct ask write = BOT("insert=insert", "public.customers=insert(email)");

    SL_CHECK_INT(rows_for("", plain), 0);
    SL_CHECK_INT(rows_for("", mail), 1000);
    SL_CHECK_INT(rows_for("", star), 1000);
    SL_CHECK_INT(rows_for("", write), 0);
    SL_CHECK_INT(rows_for("{name: a, then: allow}", mail), 1000);
    SL_CHECK_INT(rows_for("{name: a, then: allow, budget: {rows: 5000}}", mail), 5000);
    SL_CHECK_INT(
        rows_for("{name: a, then: allow, budget: {rows: 50}}, {name: b, then: allow, budget: "
                 "{rows: 70}}",
                 mail),
        50);
    /* a budget for other data says nothing about the labelled */
    SL_CHECK_INT(
        rows_for("{name: a, when: {datasets: [public.t]}, then: allow, budget: {rows: 5000}}",
                 both),
        1000);
    SL_CHECK_INT(
        rows_for("{name: a, when: {datasets: [public.t]}, then: allow, budget: {rows: 50}}", both),
        50);
    SL_CHECK_INT(rows_for("{name: a, then: allow, budget: {rows: 50}}", plain), 50);
}

static void test_labels(void)
{
    static const struct {
        const char *touches;
        const char *labels;
    } rows[] = {
        {"public.customers=read(email)", "pii"},
        {"public.customers=read(name)", ""},
        {"public.customers=read(name,EMAIL)", "pii"},
        {"public.customers=read(*)", "pii"},
        {"customers=read(email)", "pii"},
        {"customers=read(name)", ""},
        {"customers=read(*)", "pii"},
        {"staging.customers=read(email)", ""},
        {"staging.customers=read(ssn)", "pii"},
        {"staging.any=read(*)", "pii"},
        {"any=read(ssn)", "pii"},
        {"public.payments=read(amount)", "financial"},
        {"payments=read(amount)", "financial"},
        {"Public.Payments=read(amount)", "financial"},
        {"public.payments=read(*)", "financial,pii"},
        {"old.payments=read(amount)", ""},
    };
    SL_FREED_BY(sl_config) struct sl_config *c = config("", "");

    for (size_t i = 0; i < SL_COUNT(rows) && c != NULL; i++) {
        SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
        SL_BUF(got, 1000);
        if (sl_arena_new(&mem, 1 << 20) != SL_OK)
            return;
        struct ask ask = BOT("select=read", rows[i].touches);
        struct sl_question q = ask_question(mem, c, &ask);
        for (size_t bit = 0; bit < c->labels.count; bit++)
            if ((q.labels[0] >> bit & 1) != 0)
                sl_buf_say(&got, "%s%S", got.n > 0 ? "," : "", c->labels.items[bit]);
        if (!SL_CHECK_TEXT(sl_buf_span(&got), rows[i].labels))
            printf("#   %s\n", rows[i].touches);
    }
}

static void test_hours(void)
{
    static const struct {
        const char *hours, *now;
        bool denied;
    } rows[] = {
        {"mon-fri 09:00-17:30", "2026-11-23T09:00:00.000000Z", true}, /* a Monday */
        {"mon-fri 09:00-17:30", "2026-11-23T08:59:59.000000Z", false},
        {"mon-fri 09:00-17:30", "2026-11-23T17:30:00.000000Z", false},
        {"mon-fri 09:00-17:30", "2026-11-22T12:00:00.000000Z", false},
        {"sat,sun 00:00-24:00", "2026-11-22T23:59:59.000000Z", true},
        {"sat-mon 00:00-24:00", "2026-11-23T12:00:00.000000Z", true},
        {"22:00-06:00", "2026-11-23T23:00:00.000000Z", true},
        {"22:00-06:00", "2026-11-23T05:59:00.000000Z", true},
        {"22:00-06:00", "2026-11-23T06:00:00.000000Z", false},
        {"fri 22:00-06:00", "2026-11-21T05:00:00.000000Z", true}, /* Saturday morning */
        {"fri 22:00-06:00", "2026-11-20T05:00:00.000000Z", false},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
        SL_BUF(policy, 1000);
        struct ask ask = BOT(READ_T);
        struct sl_answer a;
        sl_buf_say(&policy, "{name: d, when: {hours: [\"%s\"]}, then: deny}", rows[i].hours);
        SL_FREED_BY(sl_config)
        struct sl_config *c = config(", default: allow", sl_buf_text(&policy));
        if (c == NULL || sl_arena_new(&mem, 1 << 20) != SL_OK ||
            !SL_CHECK_INT(sl_when_get(sl_span_str(rows[i].now), &ask.now_us), SL_OK))
            return;
        struct sl_question q = ask_question(mem, c, &ask);
        sl_policy_judge(c, &q, mem, &a);
        SL_CHECK(a.time_dependent);
        if (!SL_CHECK((a.verdict == SL_DENY) == rows[i].denied))
            printf("#   %s at %s\n", rows[i].hours, rows[i].now);
    }
}

static size_t reviewers_for(const char *target, const char *policy, struct ask ask,
                            struct sl_buf *out)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config) struct sl_config *c = config(target, policy);
    const struct sl_reviewers *r[8];
    struct sl_answer a;

    if (c == NULL || sl_arena_new(&mem, 1 << 20) != SL_OK)
        return 0;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, mem, &a);
    size_t count = sl_policy_reviewers(c, &q, &a, r, SL_COUNT(r));
    for (size_t i = 0; i < count; i++) {
        sl_buf_say(out, "%s%u of", i > 0 ? "; " : "", (unsigned)r[i]->need);
        for (size_t j = 0; j < r[i]->groups.count; j++)
            sl_buf_say(out, " %S", r[i]->groups.items[j]);
    }
    return count;
}

static void test_who_decides(void)
{
#define BY(name, group) \
    "{name: " name ", when: {effects: [read]}, then: hold, reviewers: {groups: [" group "]}}"
    static const char other[] =
        "{name: z, when: {effects: [ddl]}, then: hold, reviewers: {groups: [dba, ops]}}";
    static const struct {
        const char *target, *policy, *want;
    } rows[] = {
        {", default: allow", BY("a", "x"), "1 of x"},
        {", default: allow", BY("a", "x") ", " BY("b", "y"), "1 of x; 1 of y"},
        {"", BY("a", "x"), "1 of x"}, /* whoever decides the rule may decide the default */
        {", reviewers: {groups: [own], need: 2}", BY("a", "x"), "1 of x; 2 of own"},
        {"", other, "1 of dba ops"},
        {", reviewers: {groups: [own]}", other, "1 of own"},
        {", default: allow", "{name: a, then: hold}, {name: b, then: hold}", "0 of"},
        {"", "", "0 of"},
        {", default: deny", BY("a", "x"), ""},
        {", default: allow", BY("a", "x") ", {name: b, then: hold}", "1 of x"},
        {", default: allow, reviewers: {groups: [own]}", BY("a", "x") ", {name: b, then: hold}",
         "1 of x; 1 of own"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(got, 1000);
        struct ask ask = BOT(READ_T);
        reviewers_for(rows[i].target, rows[i].policy, ask, &got);
        if (!SL_CHECK_TEXT(sl_buf_span(&got), rows[i].want))
            printf("#   %s | %s\n", rows[i].target, rows[i].policy);
    }
}

static void test_times_and_wishes(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_FREED_BY(sl_config)
    struct sl_config *c =
        config("", "{name: a, then: hold, expires: 10m, grant_ttl: 1m, reason: "
                   "required, decide_in: [cli, console, slack]}, {name: b, then: hold, "
                   "expires: 20m, max_wait: 30s, in_transaction: refuse, proof: "
                   "passkey, decide_in: [console, teams, slack]}, {name: c, then: allow, "
                   "record: shape, sync: all}");
    struct ask ask = BOT(READ_T);
    struct sl_answer a;

    if (c == NULL || sl_arena_new(&mem, 1 << 20) != SL_OK)
        return;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, mem, &a);
    SL_CHECK_INT(a.expires_ms, 600000);
    SL_CHECK_INT(a.grant_ttl_ms, 60000);
    SL_CHECK_INT(a.max_wait_ms, 30000);
    SL_CHECK_INT(a.in_transaction, SL_TX_REFUSE);
    SL_CHECK_INT(a.shut, 0x13); /* what is left is console and slack */
    SL_CHECK(a.reason_required && a.passkey && a.record_shape && a.sync && !a.time_dependent);
}

/* By default the worst in production asks for a passkey, and nothing else does. */
static void test_what_prefers_a_passkey(void)
{
    static const uint32_t top[] = {SL_EFFECT_EXPORT,
                                   SL_EFFECT_PRIVILEGE,
                                   SL_EFFECT_PROGRAM,
                                   SL_EFFECT_ADMIN,
                                   SL_EFFECT_READ | SL_EFFECT_EXPORT,
                                   SL_EFFECT_OPAQUE};
    static const uint32_t others[] = {SL_EFFECT_READ, SL_EFFECT_DELETE, SL_EFFECT_DDL, 0};
    SL_FREED_BY(sl_config) struct sl_config *c = config("", "");

    if (c == NULL)
        return;
    for (size_t i = 0; i < SL_COUNT(top); i++) {
        SL_CHECK(sl_policy_prefers_passkey(c, SL_SPAN("production"), top[i]));
        SL_CHECK(!sl_policy_prefers_passkey(c, SL_SPAN("staging"), top[i]));
    }
    for (size_t i = 0; i < SL_COUNT(others); i++)
        SL_CHECK(!sl_policy_prefers_passkey(c, SL_SPAN("production"), others[i]));
    c->settings.passkey_default_off = true;
    SL_CHECK(!sl_policy_prefers_passkey(c, SL_SPAN("production"), SL_EFFECT_EXPORT));
}

/* Who has passkeys: whoever is named here. */
static bool has_passkey(void *group, const struct sl_reviewers *r)
{
    bool named = false;

    for (size_t i = 0; i < r->groups.count; i++)
        named = named || sl_span_is(r->groups.items[i], group);
    return named && r->need == 1;
}

static bool signs(const char *policy, const char *target, const char *says, char *who)
{
    struct ask ask = {.identity = "bot",
                      .kind = SL_AGENT,
                      .groups = "agents",
                      .says = says,
                      .touches = strstr(says, "delete") != NULL ? "public.b=delete(*)" : ""};
    SL_FREED_BY(sl_config) struct sl_config *c = NULL;
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    const struct sl_reviewers *found[8];
    struct sl_reviewers signers[8];
    struct sl_answer a;
    SL_BUF(yaml, 4096);

    sl_buf_say(&yaml,
               "targets: [{name: shop, address: /run, database: d, environment: production, "
               "login: {user: u}, access: {groups: [a]}%s}]\npolicy:\n%s",
               target, policy);
    c = ask_load(sl_buf_span(&yaml));
    if (c == NULL || sl_arena_new(&mem, 1 << 20) != SL_OK)
        return false;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, mem, &a);
    SL_CHECK_INT(a.verdict, SL_HOLD);
    size_t count = sl_policy_signers(c, &q, &a, found, SL_COUNT(found));
    for (size_t i = 0; i < count; i++)
        signers[i] = *found[i];
    return sl_policy_signs_by_default(c, SL_SPAN("production"), q.meaning, &a, signers, count,
                                      has_passkey, who);
}

/* P4: what is added to a question never takes the default's signature away. */
static void test_signs_by_default(void)
{
    static const char exports[] = "  - {name: e, when: {effects: [export]}, then: hold, "
                                  "reviewers: {groups: [stewards]}%s}\n"
                                  "  - {name: d, when: {effects: [delete]}, then: hold, "
                                  "reviewers: {groups: [dba]%s}%s}\n";
    static const struct {
        const char *e, *need, *d, *target, *says, *who;
        bool signs;
    } rows[] = {
        {"", "", "", ", default: allow", "copy to=export", "stewards", true},
        {"", "", "", ", default: allow", "copy to=export", "dba", false},
        {"", "", "", ", default: allow", "delete=delete", "dba", false}, /* not of the worst */
        /* a further statement: others have none, or decide elsewhere, or are more */
        {"", "", "", ", default: allow", "copy to=export;delete=delete", "stewards", true},
        {"", ", need: 2", "", ", default: allow", "copy to=export;delete=delete", "stewards", true},
        {"", "", ", decide_in: [cli]", ", default: allow", "copy to=export;delete=delete",
         "stewards", true},
        /* each of them elsewhere */
        {", decide_in: [slack]", "", "", ", default: allow", "copy to=export", "stewards", false},
        {", decide_in: [slack]", "", ", decide_in: [cli]", ", default: allow",
         "copy to=export;delete=delete", "stewards", false},
        {", decide_in: [slack, http]", "", "", ", default: allow", "copy to=export", "stewards",
         true},
        {", decide_in: [slack]", "", "", "", "copy to=export", "stewards", true}, /* the default */
        /* the default's reviewers count also where a rule's take their place */
        {"", "", "", "", "drop=privilege", "stewards", true},
        {"", "", "", "", "drop=privilege;delete=delete", "stewards", true},
        {"", "", "", ", reviewers: {groups: [own]}", "drop=privilege;delete=delete", "stewards",
         false},
        {"", "", "", ", reviewers: {groups: [own]}", "drop=privilege;delete=delete", "own", true},
        /* nobody knows what it is */
        {"", "", "", ", default: allow", "select=opaque", "stewards", true},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(policy, 2048);

        sl_buf_say(&policy, exports, rows[i].e, rows[i].need, rows[i].d);
        bool said = signs(sl_buf_text(&policy), rows[i].target, rows[i].says, (char *)rows[i].who);
        if (!SL_CHECK_INT(said, rows[i].signs))
            printf("#   row %zu: %s\n", i, rows[i].says);
    }
}

static bool is_top(const char *policy, const char *name, const char *group)
{
    SL_FREED_BY(sl_config) struct sl_config *c = config("", policy);
    struct sl_span groups[] = {sl_span_str(group)};
    struct sl_names names = {groups, 1};

    return c != NULL && sl_policy_is_top_reviewer(c, sl_span_str(name), &names);
}

/* The top tier: rules that take passkeys alone, and bound ones or those of two people. */
static void test_who_reviews_for_the_top_tier(void)
{
#define RULE(more) \
    "{name: a, when: {effects: [export]}, then: hold, reviewers: {groups: [dba], " more "}"
    SL_CHECK(!is_top(RULE("need: 2}"), "rita", "dba"));
    SL_CHECK(!is_top(RULE("need: 1}, proof: passkey"), "rita", "dba"));
    SL_CHECK(is_top(RULE("need: 2}, proof: passkey"), "rita", "dba"));
    SL_CHECK(is_top(RULE("need: 1}, proof: passkey, keys: device-bound"), "rita", "dba"));
    SL_CHECK(!is_top(RULE("need: 2}, proof: passkey"), "rita", "engineers"));
    SL_CHECK(is_top(RULE("identities: [rita], need: 2}, proof: passkey"), "rita", "engineers"));
    SL_CHECK(is_top("{name: a, when: {effects: [export]}, then: hold, proof: passkey, "
                    "keys: device-bound}, {name: b, when: {effects: [ddl]}, then: hold, "
                    "reviewers: {groups: [dba], need: 1}}",
                    "rita", "dba"));
#undef RULE
}

static void test_no_memory_is_a_deny(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL, *none = NULL;
    SL_FREED_BY(sl_config)
    struct sl_config *c = config(", mode: observe", "{name: a, then: allow}");
    struct ask ask = BOT(READ_T);
    struct sl_answer a;

    if (c == NULL || sl_arena_new(&mem, 1 << 20) != SL_OK || sl_arena_new(&none, 0) != SL_OK)
        return;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, none, &a);
    SL_CHECK(a.verdict == SL_DENY && a.enforced == SL_DENY && a.rule_count == 0);
}

static void test_who_may_enter_and_as_whom(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *c = ask_load(sl_span_str(
        "targets: [{name: shop, address: /run/pg, database: shop, access: {groups: [\"eng*\"], "
        "identities: "
        "[ann]}, login: [{user: app}, {group: dba, user: owner}, {group: ops, user: ops}]}]\n"));
    struct sl_span dba[] = {SL_SPAN("eng"), SL_SPAN("dba")}, none[] = {SL_SPAN("engines")};
    struct sl_names staff = {dba, 2}, others = {none, 1}, nobody = {NULL, 0};

    if (c == NULL)
        return;
    const struct sl_target *t = &c->targets[0];
    SL_CHECK(t->host_is_unix);
    SL_CHECK_TEXT(t->port, "5432");
    SL_CHECK(sl_target_admits(t, SL_SPAN("ann"), &nobody));
    SL_CHECK(sl_target_admits(t, SL_SPAN("bob"), &others));
    SL_CHECK(!sl_target_admits(t, SL_SPAN("bob"), &nobody));
    SL_CHECK(!sl_target_admits(t, SL_SPAN("anna"), &nobody));
    SL_CHECK_TEXT(sl_target_login(t, &staff)->user, "owner");
    SL_CHECK_TEXT(sl_target_login(t, &others)->user, "app");
}

/* --- elevation --- */

static const char elevating[] =
    "targets: [{name: shop, address: 127.0.0.1:5432, database: shop, access: {groups: [all]},\n"
    "  login: [{name: dba, user: \"d_{identity}\"}, {group: ops, user: o}, {user: app},\n"
    "          {name: auditor, user: x}]}]\n"
    "policy: [{name: a, then: hold, when: {effects: [ddl]}, elevate: {login: dba}},\n"
    "         {name: b, then: hold, when: {effects: [read]}},\n"
    "         {name: c, then: hold, when: {effects: [admin]}, elevate: {login: auditor}},\n"
    "         {name: d, then: hold, when: {effects: [privilege]}, elevate: {login: dba}},\n"
    "         {name: e, then: deny, when: {effects: [program]}}]\n";

static void test_elevation(void)
{
    static const struct {
        const char *says, *login; /* login NULL: two of them */
    } rows[] = {
        {"x=ddl", "dba"},           {"x=read", ""},        {"x=ddl+read", "dba"},
        {"x=ddl+privilege", "dba"}, {"x=ddl+admin", NULL}, {"x=ddl+program", ""}, /* denied */
    };
    SL_FREED_BY(sl_config) struct sl_config *c = ask_load(sl_span_str(elevating));

    if (c == NULL)
        return;
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
        struct ask ask = BOT(rows[i].says, "");
        struct sl_span login = SL_SPAN("untouched");
        struct sl_answer a;
        if (!SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK))
            return;
        struct sl_question q = ask_question(mem, c, &ask);
        sl_policy_judge(c, &q, mem, &a);
        SL_CHECK_INT(sl_policy_elevates(&a, &login), rows[i].login == NULL ? SL_ESTATE : SL_OK);
        SL_CHECK_TEXT(login, rows[i].login == NULL ? "untouched" : rows[i].login);
    }
}

/* --- envelopes --- */

#define ENVELOPING(by_default)                                                                   \
    "targets: [{name: shop, address: 127.0.0.1:5432, database: shop, access: {groups: [all]},\n" \
    "  login: {user: app}, default: " by_default "}]\n"                                          \
    "policy: [{name: a, then: hold, when: {effects: [read]}, envelope: yes},\n"                  \
    "         {name: b, then: hold, when: {effects: [ddl]}},\n"                                  \
    "         {name: c, then: hold, when: {effects: [insert]}, envelope: yes},\n"                \
    "         {name: e, then: deny, when: {effects: [program]}}]\n"

static void may_envelope(const char *yaml, const char *says, bool may)
{
    SL_FREED_BY(sl_config) struct sl_config *c = ask_load(sl_span_str(yaml));
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    struct ask ask = BOT(says, "");
    struct sl_answer a;

    if (c == NULL || !SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK))
        return;
    struct sl_question q = ask_question(mem, c, &ask);
    sl_policy_judge(c, &q, mem, &a);
    if (!SL_CHECK(a.envelope == may))
        printf("# %s\n", says);
}

/* Only where each rule that holds says so; the target's default never does. */
static void test_P7_envelopes(void)
{
    may_envelope(ENVELOPING("allow"), "x=read", true);
    may_envelope(ENVELOPING("allow"), "x=read+insert", true);
    may_envelope(ENVELOPING("allow"), "x=read+ddl", false);
    may_envelope(ENVELOPING("allow"), "x=ddl", false);
    may_envelope(ENVELOPING("allow"), "x=update", false);  /* allowed */
    may_envelope(ENVELOPING("allow"), "x=program", false); /* denied */
    may_envelope(ENVELOPING("hold"), "x=read", false);
    may_envelope(ENVELOPING("hold"), "x=update", false);
}

static void test_a_named_login_is_nobodys(void)
{
    SL_FREED_BY(sl_config) struct sl_config *c = ask_load(sl_span_str(elevating));
    struct sl_span names[] = {SL_SPAN("dba"), SL_SPAN("auditor"), SL_SPAN("")};
    struct sl_names groups = {names, SL_COUNT(names)};
    SL_BUF(user, 64);

    if (c == NULL)
        return;
    const struct sl_target *t = &c->targets[0];
    SL_CHECK_TEXT(sl_target_login(t, &groups)->user, "app"); /* not even for a group of its name */
    SL_CHECK(sl_target_named_login(t, SL_SPAN("dba")) == &t->logins[0]);
    SL_CHECK(sl_target_named_login(t, SL_SPAN("ops")) == NULL);
    SL_CHECK(sl_target_named_login(t, SL_SPAN("")) == NULL);
    sl_login_put_user(&user, &t->logins[0], SL_SPAN("ann"));
    SL_CHECK_TEXT(sl_buf_span(&user), "d_ann");
}

int main(void)
{
    SL_RUN(test_defaults);
    SL_RUN(test_the_strictest_wins);
    SL_RUN(test_each_key_of_when);
    SL_RUN(test_allow_covers_only_what_it_names);
    SL_RUN(test_only_its_name_allows_opaque);
    SL_RUN(test_budgets);
    SL_RUN(test_beyond_a_budget);
    SL_RUN(test_row_limits);
    SL_RUN(test_labels);
    SL_RUN(test_hours);
    SL_RUN(test_who_decides);
    SL_RUN(test_times_and_wishes);
    SL_RUN(test_what_prefers_a_passkey);
    SL_RUN(test_signs_by_default);
    SL_RUN(test_who_reviews_for_the_top_tier);
    SL_RUN(test_no_memory_is_a_deny);
    SL_RUN(test_who_may_enter_and_as_whom);
    SL_RUN(test_elevation);
    SL_RUN(test_P7_envelopes);
    SL_RUN(test_a_named_login_is_nobodys);
    return sl_tap_done();
}
