/* Which changes of the configuration pass without anybody's yes: each that is called tighter is,
 * and what cannot be proved is not. */
#include "core/policy/policy.h"

#include "tap.h"

static const char head[] = "state: ./state\n";
static const char target[] = "targets:\n"
                             "  - name: finance\n"
                             "    address: 127.0.0.1:5432\n"
                             "    database: shop\n"
                             "    login: {user: app, password_file: p}\n"
                             "    labels: [{columns: [\"*.mail\"], label: pii}]\n";
static const char bare[] = "targets:\n"
                           "  - name: finance\n"
                           "    address: 127.0.0.1:5432\n"
                           "    database: shop\n"
                           "    login: {user: app, password_file: p}\n";
static const char usual[] = "    access: {groups: [engineers, agents]}\n    default: allow\n";
static const char rules[] = "policy:\n"
                            "  - name: ddl\n"
                            "    when: {effects: [ddl]}\n"
                            "    then: hold\n"
                            "    reviewers: {groups: [dba], need: 1}\n";
static const char free_[] = "  - {name: free, when: {datasets: [public.x]}, then: allow}\n";
static const char small[] = "  - {name: small, when: {datasets: [public.y]}, then: allow, "
                            "budget: {rows: 5}}\n";
static const char why[] = "  - {name: why, when: {datasets: [public.z]}, then: allow, reason: "
                          "required}\n";

static const char other_list[] =
    "  - {name: b, when: {effects: [admin]}, then: hold, reviewers: {groups: [b]}, "
    "decide_in: [http, slack]}\n";

static struct sl_config *load(const char *const parts[6])
{
    struct sl_config *c = NULL;
    SL_BUF(text, 16 * 1024);
    SL_BUF(complaints, 16 * 1024);

    for (size_t i = 0; i < 6 && parts[i] != NULL; i++)
        sl_buf_put_str(&text, parts[i]);
    if (!SL_CHECK_INT(sl_config_load(sl_buf_span(&text), "t.yaml", &c, &complaints), SL_OK))
        printf("# %s", sl_buf_text(&complaints));
    return c;
}

static const struct {
    const char *name;
    const char *before[6], *after[6];
    bool tighter;
} rows[] = {
    {"nothing", {head, target, usual, rules}, {head, target, usual, rules}, true},
    {"a comment", {head, target, usual, rules}, {head, target, usual, "# hello\n", rules}, true},
    {"a deny rule more",
     {head, target, usual, rules},
     {head, target, usual, rules, "  - {name: no, when: {effects: [program]}, then: deny}\n"},
     true},
    {"a hold rule more: its reviewers may take the place of others",
     {head, target, usual, rules},
     {head, target, usual, rules,
      "  - {name: h, when: {effects: [program]}, then: hold, reviewers: {groups: [b]}}\n"},
     false},
    {"an allow rule more",
     {head, target, usual, rules},
     {head, target, usual, rules, free_},
     false},
    {"an allow rule less", {head, target, usual, rules, free_}, {head, target, usual, rules}, true},
    {"a budget less", {head, target, usual, rules, small}, {head, target, usual, rules}, false},
    {"a demand less", {head, target, usual, rules, why}, {head, target, usual, rules}, false},
    {"the hold rule less",
     {head, target, usual, rules, free_},
     {head, target, usual, "policy:\n", free_},
     false},
    {"two people instead of one: with one passkey among them nobody signs any more",
     {head, target, usual, rules},
     {head, target, usual,
      "policy:\n  - {name: ddl, when: {effects: [ddl]}, then: hold, reviewers: {groups: [dba], "
      "need: 2}}\n"},
     false},
    {"two people instead of one, who sign anyway",
     {head, target, usual, rules, "    proof: passkey\n"},
     {head, target, usual,
      "policy:\n  - {name: ddl, when: {effects: [ddl]}, then: hold, reviewers: {groups: [dba], "
      "need: 2}, proof: passkey}\n"},
     true},
    {"two people instead of one, where nothing but a rule makes them sign",
     {head, "passkeys: {by_default: off}\n", target, usual, rules},
     {head, "passkeys: {by_default: off}\n", target, usual,
      "policy:\n  - {name: ddl, when: {effects: [ddl]}, then: hold, reviewers: {groups: [dba], "
      "need: 2}}\n"},
     true},
    {"one person instead of two",
     {head, target, usual,
      "policy:\n  - {name: ddl, when: {effects: [ddl]}, then: hold, reviewers: {groups: [dba], "
      "need: 2}}\n"},
     {head, target, usual, rules},
     false},
    {"escalated to others",
     {head, target, usual, rules},
     {head, target, usual, rules, "    escalate: {after: 5m, reviewers: {groups: [b]}}\n"},
     false},
    {"escalated later",
     {head, target, usual, rules, "    escalate: {after: 5m, reviewers: {groups: [b]}}\n"},
     {head, target, usual, rules, "    escalate: {after: 6m, reviewers: {groups: [b]}}\n"},
     false},
    {"decided in fewer channels",
     {head, target, usual, rules},
     {head, target, usual, rules, "    decide_in: [console, cli, http]\n"},
     true},
    {"decided in fewer of those",
     {head, target, usual, rules, "    decide_in: [console, cli, slack]\n"},
     {head, target, usual, rules, "    decide_in: [console]\n"},
     true},
    {"decided in fewer, and not in one where a passkey can sign",
     {head, target, usual, rules},
     {head, target, usual, rules, "    decide_in: [console, cli]\n"},
     false},
    {"the same, and the other one stays",
     {head, target, usual, rules},
     {head, target, usual, rules, "    decide_in: [http, cli]\n"},
     false},
    {"decided in fewer, and where no passkey can sign", /* the default then asks for none */
     {head, target, usual, rules},
     {head, target, usual, rules, "    decide_in: [cli]\n"},
     false},
    {"two lists that overlap where no passkey signs",
     {head, target, usual, rules, other_list},
     {head, target, usual, rules, "    decide_in: [console, slack]\n", other_list},
     false},
    {"the same from some",
     {head, target, usual, rules, "    decide_in: [console, slack]\n"},
     {head, target, usual, rules, "    decide_in: [slack]\n"},
     false},
    {"in fewer of those where none could sign before",
     {head, target, usual, rules, "    decide_in: [cli, slack]\n"},
     {head, target, usual, rules, "    decide_in: [cli]\n"},
     true},
    {"decided in one more",
     {head, target, usual, rules, "    decide_in: [console]\n"},
     {head, target, usual, rules, "    decide_in: [console, slack]\n"},
     false},
    {"decided anywhere again",
     {head, target, usual, rules, "    decide_in: [console]\n"},
     {head, target, usual, rules},
     false},
    {"an allow rule less that said where its budget is decided",
     {head, target, usual, rules,
      "  - {name: x, then: allow, budget: {rows: 5}, decide_in: [console]}\n"},
     {head, target, usual, rules},
     false},
    {"other reviewers",
     {head, target, usual, rules},
     {head, target, usual,
      "policy:\n  - {name: ddl, when: {effects: [ddl]}, then: hold, reviewers: {groups: [dba, "
      "b]}}\n"},
     false},
    {"a rule that matches less",
     {head, target, usual, rules},
     {head, target, usual,
      "policy:\n  - {name: ddl, when: {effects: [ddl], groups: [agents]}, then: hold, reviewers: "
      "{groups: [dba]}}\n"},
     false},
    {"access for fewer",
     {head, target, usual, rules},
     {head, target, "    access: {groups: [agents]}\n    default: allow\n", rules},
     true},
    {"access for more",
     {head, target, usual, rules},
     {head, target, "    access: {groups: [engineers, agents, all]}\n    default: allow\n", rules},
     false},
    {"a stricter default",
     {head, target, usual, rules},
     {head, target, "    access: {groups: [engineers, agents]}\n    default: deny\n", rules},
     true},
    {"the strict default, unsaid",
     {head, target, usual, rules},
     {head, target, "    access: {groups: [engineers, agents]}\n", rules},
     true},
    {"a laxer default",
     {head, target, "    access: {groups: [engineers, agents]}\n    default: deny\n", rules},
     {head, target, usual, rules},
     false},
    {"enforced again",
     {head, target, usual, "    mode: observe\n", rules},
     {head, target, usual, rules},
     true},
    {"only watched",
     {head, target, usual, rules},
     {head, target, usual, "    mode: observe\n", rules},
     false},
    {"declassified",
     {head, target, usual, rules},
     {head, target, usual,
      "    declassify: [{columns: [stats.x.mail], labels: [pii], reason: few}]\n", rules},
     false},
    {"a label taken away", {head, target, usual, rules}, {head, bare, usual, rules}, false},
    {"a label's pattern narrowed",
     {head, target, usual, rules},
     {head, bare, "    labels: [{columns: [public.x.mail], label: pii}]\n", usual, rules},
     false},
    {"another label in its place",
     {head, target, usual, rules},
     {head, bare, "    labels: [{columns: [\"*.mail\"], label: internal}]\n", usual, rules},
     false},
    {"aggregates declassified",
     {head, target, usual, rules},
     {head, target, usual,
      "    declassify: [{columns: [public.x.mail], aggregates: [count], labels: [pii], reason: "
      "few}]\n",
      rules},
     false},
    {"govern on",
     {head, target, usual, rules},
     {head, "govern: two-person\n", target, usual, rules},
     true},
    {"govern off",
     {head, "govern: two-person\n", target, usual, rules},
     {head, target, usual, rules},
     false},
    {"a receiver of what the ledger says more",
     {head, target, usual, rules},
     {head, "hooks: [{name: siem, url: \"https://a.example/x\", format: ocsf}]\n", target, usual,
      rules},
     false},
    {"a receiver less",
     {head, "hooks: [{name: siem, url: \"https://a.example/x\", format: ocsf}]\n", target, usual,
      rules},
     {head, target, usual, rules},
     false},
    {"another address of the same host for a receiver",
     {head, "hooks: [{name: siem, url: \"https://a.example/x\", format: ocsf}]\n", target, usual,
      rules},
     {head, "hooks: [{name: siem, url: \"https://a.example/y\", format: ocsf}]\n", target, usual,
      rules},
     false},
    {"a receiver that is told less",
     {head, "hooks: [{name: siem, url: \"https://a.example/x\", format: ocsf}]\n", target, usual,
      rules},
     {head, "hooks: [{name: siem, url: \"https://a.example/x\", format: ocsf, events: [held]}]\n",
      target, usual, rules},
     false},
    {"the same receiver",
     {head, "hooks: [{name: siem, url: \"https://a.example/x\", format: ocsf}]\n", target, usual,
      rules},
     {head, "hooks: [{format: ocsf, name: siem, url: \"https://a.example/x\"}]\n", target, usual,
      rules},
     true},
    {"an auditor more",
     {head, target, usual, rules},
     {head, "roles: {auditors: {identities: [rita]}}\n", target, usual, rules},
     false},
    {"break-glass for somebody",
     {head, target, usual, rules},
     {head, "break_glass: {groups: [oncall]}\n", target, usual, rules},
     false},
    {"another address to sign in at",
     {head, target, usual, rules},
     {head, "public_url: https://elsewhere.example\n", target, usual, rules},
     false},
};

static void test_each_change(void)
{
    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_config *before = load(rows[i].before), *after = load(rows[i].after);

        if (before != NULL && after != NULL &&
            !SL_CHECK_INT(sl_config_tightens(before, after), rows[i].tighter))
            printf("#   %s\n", rows[i].name);
        sl_config_free(before);
        sl_config_free(after);
    }
}

/* P3: what does not fit is known not to be all, and what governs stands before it. */
static void test_a_diff_that_does_not_fit(void)
{
    const char *before[6] = {head, "govern: two-person\n", target, usual, rules};
    const char *after[6] = {head, target, usual, rules, free_};
    struct sl_config *a = load(before), *b = load(after);
    SL_BUF(whole, 64 * 1024);
    SL_BUF(cut, 100);

    if (a != NULL && b != NULL) {
        sl_config_diff(a, b, &whole);
        SL_CHECK_INT(sl_buf_err(&whole), SL_OK);
        SL_CHECK(sl_span_starts(sl_buf_span(&whole), SL_SPAN("~ setting govern")));
        sl_config_diff(a, b, &cut);
        SL_CHECK_INT(sl_buf_err(&cut), SL_ELIMIT);
    }
    sl_config_free(a);
    sl_config_free(b);
}

/* What a group means something for. */
static void test_groups_that_count(void)
{
    const char *parts[6] = {head,
                            "roles: {admins: {groups: [chiefs]}, auditors: {groups: [books]}}\n"
                            "break_glass: {groups: [oncall]}\n",
                            target,
                            usual,
                            rules,
                            "  - {name: n, when: {groups: [\"night*\"]}, then: deny}\n"};
    static const char *const named[] = {"engineers", "dba", "chiefs", "books", "oncall", "nightly"};
    static const char *const others[] = {"choir", "admins", "db"};
    struct sl_config *c = load(parts);

    if (c == NULL)
        return;
    for (size_t i = 0; i < SL_COUNT(named); i++)
        SL_CHECK(sl_config_names_group(c, sl_span_str(named[i])));
    for (size_t i = 0; i < SL_COUNT(others); i++)
        SL_CHECK(!sl_config_names_group(c, sl_span_str(others[i])));
    sl_config_free(c);
}

/* A policy that says nothing of government has the digest that it had before there was any. */
static void test_government_is_part_of_the_digest(void)
{
    const char *plain[6] = {head, target, usual, rules};
    const char *two[6] = {head, "govern: two-person\n", target, usual, rules};
    const char *off[6] = {head, "govern: off\n", target, usual, rules};
    struct sl_config *a = load(plain), *b = load(two), *c = load(off);

    if (a != NULL && b != NULL && c != NULL) {
        SL_CHECK(memcmp(a->digest, b->digest, sizeof a->digest) != 0);
        SL_CHECK(memcmp(a->digest, c->digest, sizeof a->digest) == 0);
        SL_CHECK(memmem(a->canonical.p, a->canonical.n, "govern", 6) == NULL);
        SL_CHECK(memmem(a->canonical.p, a->canonical.n, "break_glass", 11) == NULL);
        SL_CHECK(memmem(a->canonical.p, a->canonical.n, "roles", 5) == NULL);
    }
    sl_config_free(a);
    sl_config_free(b);
    sl_config_free(c);
}

int main(void)
{
    SL_RUN(test_each_change);
    SL_RUN(test_a_diff_that_does_not_fit);
    SL_RUN(test_groups_that_count);
    SL_RUN(test_government_is_part_of_the_digest);
    return sl_tap_done();
}
