#include "core/policy/policy_int.h"

#include "tests/unit/tap.h"

#include <stdlib.h>

static const char example[] =
    "state: ./state\n"
    "listen: {postgres: 127.0.0.1:6432, http: 127.0.0.1:8080}\n"
    "targets:\n"
    "  - name: finance\n"
    "    protocol: postgres\n"
    "    address: 127.0.0.1:5432\n"
    "    database: shop\n"
    "    environment: production\n"
    "    login: {user: app, password_file: app.pass}\n"
    "    access: {groups: [engineers, agents]}\n"
    "    mode: enforce\n"
    "    default: allow\n"
    "    labels:\n"
    "      - {columns: [public.customers.email, \"*.ssn\"], label: pii}\n"
    "      - {tables: [public.payments], label: financial}\n"
    "policy:\n"
    "  - name: regulated data leaves\n"
    "    when: {effects: [export], labels: [pii, financial]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [data-stewards], need: 1}\n"
    "    expires: 15m\n"
    "  - name: schema and privileges in production\n"
    "    when: {effects: [ddl, privilege, admin, program], environment: [production]}\n"
    "    then: hold\n"
    "    reviewers: {groups: [dba], need: 1}\n"
    "  - name: agents never drop\n"
    "    when: {identity_kind: [agent], statements: [drop, truncate]}\n"
    "    then: deny\n"
    "  - name: agents read people's data in small bites\n"
    "    when: {identity_kind: [agent], effects: [read], labels: [pii]}\n"
    "    then: allow\n"
    "    budget: {rows: 500, per: 1h, by: owner}\n";

static struct sl_config *load(const char *yaml)
{
    SL_BUF(complaints, 64 * 1024);
    struct sl_config *c = NULL;

    if (!SL_CHECK_INT(sl_config_load(sl_span_str(yaml), "t.yaml", &c, &complaints), SL_OK))
        printf("# %s", sl_buf_text(&complaints));
    return c;
}

static void test_the_example_of_the_manual(void)
{
    SL_FREED_BY(sl_config) struct sl_config *c = load(example);

    if (!SL_CHECK(c != NULL))
        return;
    const struct sl_target *t = sl_config_target(c, SL_SPAN("finance"));
    SL_CHECK(t != NULL);
    SL_CHECK_TEXT(t->host, "127.0.0.1");
    SL_CHECK_TEXT(t->port, "5432");
    SL_CHECK_INT(t->tls, SL_TLS_OFF);
    SL_CHECK(t->has_default && t->default_verdict == SL_ALLOW && !t->observe);
    SL_CHECK_INT(c->rule_count, 4);
    SL_CHECK_INT(c->labels.count, 2);
    SL_CHECK_TEXT(c->labels.items[0], "financial");
    SL_CHECK_INT(c->rules[0].effects, SL_EFFECT_EXPORT);
    SL_CHECK_INT(c->rules[0].expires_ms, 900000);
    SL_CHECK_INT(c->rules[3].budget.per, SL_PER_TIME);
    SL_CHECK_TEXT(sl_span_head(c->rules[2].text, 23), "name: agents never drop");
    SL_CHECK_TEXT(c->settings.public_url, "http://127.0.0.1:8080");
    SL_CHECK_TEXT(c->settings.postgres_port, "6432");
    SL_CHECK_INT(c->settings.judges, 2);
}

/* --- what is refused, where, and what was expected ----------------------------------------------
 */
#define TARGET "targets: [{name: t, address: /run, database: d, login: {user: u}}]\n"

#define LINEAGE(keys) "lineage: {openlineage: {" keys "}}\n" TARGET

/* What is behind `name: i` of an issuer, and of a CI system with one job. */
#define ISSUER(keys) "issuers: [{name: i, issuer: \"https://i.example\", " keys "}]\n" TARGET
#define CI(kind, job) ISSUER("kind: " kind ", audiences: [s], jobs: [{identity: a" job "}]")
#define IN_ISSUER "t.yaml:1:11: issuer \"i\""

static const struct refusal {
    const char *yaml, *says; /* the first complaint starts so */
} refusals[] = {
    {"", "t.yaml:1:1: the file is empty; expected"},
    {"- a\n", "t.yaml:1:1: the file is not a mapping; expected"},
    {"a: [\n", "t.yaml:2:1: this is not YAML: "},
    {"stat: x\n" TARGET, "t.yaml:1:1: unknown key \"stat\"; did you mean \"state\"?"},
    {"nonsense: x\n" TARGET,
     "t.yaml:1:1: unknown key \"nonsense\"; expected one of: state, runtime, listen"},
    {"state: x\nstate: y\n" TARGET,
     "t.yaml:2:1: the key \"state\" is given twice (first in line 1)"},
    {"state: &a x\n" TARGET, "t.yaml:1:8: an anchor (&name)"},
    {"state: *a\n" TARGET, "t.yaml:1:8: an alias (*name)"},
    {"state: !!str x\n" TARGET, "t.yaml:1:8: a tag (!type)"},
    {"listen:\n  <<: {http: x}\n" TARGET, "t.yaml:2:3: merge keys are not taken"},
    {"? [a]\n: b\n", "t.yaml:1:3: a list or mapping as a key"},
    {TARGET "---\nstate: x\n", "t.yaml:2:1: a second document"},
    {"%YAML 1.1\n---\n" TARGET, "t.yaml:1:1: a directive"},
    {"\xef\xbb\xbf" TARGET, "t.yaml:1:1: the file is not plain UTF-8 text"},
    {"state: \xff\n" TARGET, "t.yaml:1:1: the file is not plain UTF-8 text"},
    {"state:\n" TARGET, "t.yaml:1:7: state: nothing; expected text"},
    {"state: \"\"\n" TARGET, "t.yaml:1:8: state: a text of 0 bytes"},
    {"state: \"a\\nb\"\n" TARGET, "t.yaml:1:8: state: control characters"},
    {"state: [a]\n" TARGET, "t.yaml:1:8: state: a list; expected text"},
    {"passkeys: {rp_id: sluice.example}\n" TARGET,
     "t.yaml:1:11: \"http://127.0.0.1:8080\" is no origin of the rp_id \"sluice.example\"; "
     "expected"},
    {"passkeys: {rp_id: sluice.example, origins: [\"https://evil.example\"]}\n" TARGET,
     "t.yaml:1:11: \"https://evil.example\" is no origin of the rp_id"},
    {"passkeys: {origins: [\"https://sluice.example\"]}\n" TARGET,
     "t.yaml:1:11: \"https://sluice.example\" is no origin of the rp_id \"\""},
    {"passkeys: {origins: []}\n" TARGET, "t.yaml:1:21: origins: out of bounds"},
    {TARGET "policy: [{name: a, then: hold, keys: device-bound}]\n",
     "t.yaml:2:10: rule \"a\": keys says which passkeys count; expected proof: passkey"},
    {ISSUER("kind: oidc"), IN_ISSUER ": nothing of it is taken; expected client_id"},
    {ISSUER("client_id: s, audiences: [s]"), IN_ISSUER ": audiences has the client_id, so that a"},
    {ISSUER("client_id: s, client_secret_file: a, client_secret_command: [b]"),
     IN_ISSUER ": client_secret_file and client_secret_command; expected one of them"},
    {ISSUER("audiences: [s], client_secret_file: a"), IN_ISSUER ": a secret of no client"},
    {ISSUER("audiences: [s], provision: people"), IN_ISSUER ": provision: people, and nobody"},
    {ISSUER("client_id: s, algorithms: [none]"), "t.yaml:1:77: algorithms: \"none\"; expected a l"},
    {ISSUER("client_id: s, algorithms: [HS256]"), "t.yaml:1:77: algorithms: \"HS256\"; expected"},
    {ISSUER("client_id: s, algorithms: [rs256]"), "t.yaml:1:77: algorithms: \"rs256\"; expected"},
    {ISSUER("client_id: s, algorithms: []"), "t.yaml:1:76: algorithms: out of bounds; expected 1"},
    {ISSUER("client_id: s, scopes: [profile]"), IN_ISSUER ": scopes lacks openid; expected it"},
    {ISSUER("client_id: s, scopes: [openid, a b]"), IN_ISSUER ": a blank inside an item of scopes"},
    {ISSUER("client_id: s, groups_claim: g"), IN_ISSUER ": groups_claim, and nothing says what"},
    {ISSUER("client_id: s, groups_claim: g, group_prefix: p, groups: [{theirs: a, ours: b}]"),
     IN_ISSUER ": group_prefix and groups; expected one of them"},
    {ISSUER("client_id: s, groups_claim: g, groups: [{theirs: a, ours: b}, {theirs: a, ours: c}]"),
     IN_ISSUER ": a group is named twice"},
    {ISSUER("client_id: s, jobs: [{identity: a, repository_id: \"1\"}]"),
     IN_ISSUER ": jobs are of CI systems; expected kind"},
    {ISSUER("kind: github-actions, audiences: [s]"), IN_ISSUER ": none of its jobs is let in"},
    {ISSUER("kind: gitlab-ci, client_id: s, audiences: [t], jobs: [{identity: a, project_id: "
            "\"1\"}]"),
     IN_ISSUER ": nobody signs in at a CI system"},
    {ISSUER("kind: gitlab-ci, token_type: at+jwt, audiences: [t], jobs: [{identity: a, project_id: "
            "\"1\"}]"),
     IN_ISSUER ": tokens of CI systems are no at+jwt"},
    {CI("github-actions", ", repository: a/b"),
     IN_ISSUER ": a job is known by a name alone, or by nothing: names are given to others when "
               "they are free again, and whoever gets one would be let in; expected repository_id, "
               "a number"},
    {CI("github-actions", ", repository_id: \"07\""), IN_ISSUER ": a job is known by a name alone"},
    {CI("github-actions", ", repository_id: \"*\""), IN_ISSUER ": a job is known by a name alone"},
    {CI("gitlab-ci", ", project_path: a/b"), IN_ISSUER ": a job is known by a name alone, or by n"},
    {CI("kubernetes", ", namespace: a, service_account: b"),
     IN_ISSUER ": a job is known by a name"},
    {ISSUER("client_id: s, act: take"), IN_ISSUER ": act: take, and no token of one"},
    {ISSUER("kind: gitlab-ci, audiences: [x], act: take"), IN_ISSUER ": act: take, and no token"},
    {ISSUER("client_id: s, act: maybe"), "t.yaml:1:69: act: \"maybe\"; expected one of refuse"},
    {ISSUER("client_id: s, subject_claim: email"), IN_ISSUER ": subject_claim is a name or an add"},
    {ISSUER("client_id: s, subject_claim: preferred_username"), IN_ISSUER ": subject_claim is a"},
    {ISSUER("client_id: s, audiences: [x], act: take, subject_claim: oid"),
     IN_ISSUER ": subject_claim, where jobs or those who act"},
    {ISSUER("client_id: s, scim_subject: email"),
     "t.yaml:1:78: scim_subject: \"email\"; expected one of externalId"},
    {CI("kubernetes", ", service_account_uid: b"),
     IN_ISSUER ": a job is known by a name alone, or"},
    {CI("kubernetes", ", namespace: a, service_account_uid: b, ref: c"),
     IN_ISSUER ": ref, environment and workflow are not in tokens of kubernetes"},
    {CI("gitlab-ci", ", project_id: \"1\", repository: a/b"), IN_ISSUER ": a job has keys of anot"},
    {CI("gitlab-ci", ", project_id: \"1\"}, {identity: b, project_id: \"1\""),
     IN_ISSUER ": the same job twice"},
    {"issuers: [{name: I I, issuer: \"https://i.example\", client_id: s}]\n" TARGET,
     "t.yaml:1:11: issuer \"I I\": expected a short name of a-z"},
    {"issuers: [{name: i, issuer: \"http://i.example\", client_id: s}]\n" TARGET,
     IN_ISSUER ": `issuer` is no address of one; expected https://"},
    {"issuers: [{name: i, issuer: \"https://i.example/?a=b\", client_id: s}]\n" TARGET,
     IN_ISSUER ": `issuer` is no address of one; expected https://"},
    {"issuers: [{name: j, issuer: \"https://i.example\", client_id: s}, {name: i, issuer: "
     "\"https://i.example\", client_id: s}]\n" TARGET,
     "t.yaml:1:65: issuer \"i\" is the same as in line 1; expected each issuer once"},
    {"issuers: [{name: i, issuer: \"https://j.example\", client_id: s}, {name: i, issuer: "
     "\"https://i.example\", client_id: s}]\n" TARGET,
     "t.yaml:1:65: issuer \"i\" has a name that is taken in line 1"},
    {LINEAGE("file: a/b"), "t.yaml:1:31: file: \"a/b\"; expected a file's name (no slash, no dot"},
    {LINEAGE("file: .b"), "t.yaml:1:31: file: \".b\"; expected a file's name"},
    {LINEAGE("file: rejected.ndjson"), "t.yaml:1:31: file: \"rejected.ndjson\"; expected"},
    {LINEAGE(""), "t.yaml:1:24: openlineage: events go nowhere; expected file, url, or both"},
    {LINEAGE("file: a, token_file: b"), "t.yaml:1:24: openlineage: token_file and ca_file"},
    {LINEAGE("url: \"http://example.org/\""),
     "t.yaml:1:30: url: \"http://example.org/\"; expected an address that is https"},
    {LINEAGE("url: \"http://127.0.0.1.example/\""), "t.yaml:1:30: url: "},
    {LINEAGE("url: \"http://localhost:80@example.org/\""), "t.yaml:1:30: url: "},
    {LINEAGE("url: \"https://a:b@example.org/\""), "t.yaml:1:30: url: "},
    {LINEAGE("url: \"https://example.org:0/\""), "t.yaml:1:30: url: "},
    {LINEAGE("url: \"https:///x\""), "t.yaml:1:30: url: "},
    {LINEAGE("url: \"ftp://127.0.0.1/\""), "t.yaml:1:30: url: "},
    {LINEAGE("url: \"http://127.0.0.1/a b\""), "t.yaml:1:30: url: "},
    {"listen: x\n" TARGET, "t.yaml:1:9: listen: \"x\"; expected a mapping"},
    {"listen: {http: \":8080\"}\n" TARGET, "t.yaml:1:16: http: \":8080\"; expected host:port"},
    {"listen: {http: \"a:70000\"}\n" TARGET, "t.yaml:1:16: http: \"a:70000\"; expected host:port"},
    {"gates: 0\n" TARGET, "t.yaml:1:8: gates: \"0\" is out of bounds; expected 1 to 16 programs"},
    {"gates: two\n" TARGET, "t.yaml:1:8: gates: \"two\"; expected a whole number"},
    {"gates: 99999999999999999999\n" TARGET,
     "t.yaml:1:8: gates: \"99999999999999999999\" is out of bounds"},
    {"max_held: 1TB\n" TARGET, "t.yaml:1:11: max_held: \"1TB\"; expected a size such as"},
    {"max_held: 99GB\n" TARGET, "t.yaml:1:11: max_held: \"99GB\" is out of bounds"},
    {"timeouts: {login: 30}\n" TARGET, "t.yaml:1:19: login: \"30\"; expected a duration such as"},
    {"tls: {certificate: a}\n" TARGET, "t.yaml:1:6: tls lacks the key \"key\""},
    {"sandbox: no\n" TARGET, "t.yaml:1:10: sandbox: \"no\"; expected one of enforce, best-effort"},
    {"state: x\n", "t.yaml:1:1: the file lacks the key \"targets\""},
    {"targets: []\n", "t.yaml:1:10: targets: 0 items; expected 1 to 256"},
    {"targets: [a]\n", "t.yaml:1:11: targets: expected a mapping for each item"},
    {"targets: [{name: t, address: /run, database: d, login: {user: u, password: x}}]\n",
     "t.yaml:1:66: unknown key \"password\"; did you mean \"password_file\"?"},
    {"targets: [{name: t, address: /run, database: d, login: {user: \"{name}\"}}]\n",
     "t.yaml:1:11: login.user: only {identity}"},
    {"targets: [{name: t, address: /run, database: d, login: [{user: a}, {user: b}]}]\n",
     "t.yaml:1:11: target \"t\": two logins for the same group"},
    {"targets: [{name: t, address: /run, database: d, login: {user: a, password_file: b, "
     "password_command: [c]}}]\n",
     "t.yaml:1:11: target \"t\": a login has password_file and password_command"},
    {"targets: [{name: t, address: /run, database: d, login: [{user: a}, {user: b, name: n, group: "
     "g}]}]\n",
     "t.yaml:1:11: target \"t\": a login has a name and a group"},
    {"targets: [{name: t, address: /run, database: d, login: [{user: b, name: n}, {user: a, name: "
     "n}]}]\n",
     "t.yaml:1:11: target \"t\": two logins for the same group or of one name"},
    {TARGET "policy: [{name: p, then: hold, elevate: {login: n}}]\n",
     "t.yaml:1:11: target \"t\": the rule \"p\" elevates to a login that it lacks; expected a "
     "login "
     "with the name \"n\""},
    {"targets: [{name: t, address: /run, database: d, login: [{user: a, group: n}]}]\n"
     "policy: [{name: p, then: hold, elevate: {login: n}}]\n",
     "t.yaml:1:11: target \"t\": the rule \"p\" elevates to a login that it lacks"}, /* a group is
                                                                                        no name */
    {"targets: [{name: t, address: /run, database: d, login: [{user: a}, {user: b, name: n}]}]\n"
     "policy: [{name: p, then: allow, elevate: {login: n}}]\n",
     "t.yaml:2:10: rule \"p\": elevate needs somebody's yes; expected then: hold"},
    {TARGET "policy: [{name: p, then: hold, elevate: {}}]\n",
     "t.yaml:2:41: policy[].elevate lacks the key \"login\""},
    {"targets: [{name: t, address: /run, database: d, login: {user: a}, tls: {mode: require}}]\n",
     "t.yaml:1:11: target \"t\": TLS over a Unix socket"},
    {"targets: [{name: t, address: /run, database: d, login: {user: a}, labels: [{label: x}]}]\n",
     "t.yaml:1:11: target \"t\": a label without columns and tables"},
    {"targets: [{name: t, address: /run, database: d, login: {user: a}, labels: [{columns: "
     "[a.b.c], label: x}], "
     "declassify: [{columns: [d.*], labels: [x], aggregates: [max], reason: r}]}]\n",
     "t.yaml:1:11: declassify: the aggregate \"max\" is none that makes one number of many values"},
    {"targets: [{name: t, address: /run, database: d, login: {user: a}, labels: [{columns: [a.b], "
     "label: x}]}]\n",
     "t.yaml:1:87: columns: \"a.b\" does not say which table"},
    {"targets: [{name: t, address: /r, database: d, login: {user: a}},\n {name: t, address: /r, "
     "database: d, login: "
     "{user: a}}]\n",
     "t.yaml:2:2: the target name \"t\" is taken in line 1"},
    {TARGET "policy: [{name: a, then: allow},\n {name: a, then: deny}]\n",
     "t.yaml:3:2: the rule name \"a\" is taken in line 2"},
    {TARGET "policy: [{name: a}]\n",
     "t.yaml:2:10: policy[] lacks the key \"then\"; expected one of allow, hold, deny"},
    {TARGET "policy: [{name: a, then: deny, reviewers: {groups: [x]}}]\n",
     "t.yaml:2:10: rule \"a\": reviewers decide nothing"},
    {TARGET "policy: [{name: a, then: hold, reviewers: {need: 2}}]\n",
     "t.yaml:2:10: rule \"a\": reviewers names nobody"},
    {TARGET "policy: [{name: a, then: hold, budget: {rows: 5}}]\n",
     "t.yaml:2:10: rule \"a\": a budget limits what is allowed"},
    {TARGET "policy: [{name: a, then: allow, budget: {per: 1h}}]\n",
     "t.yaml:2:10: rule \"a\": a budget of nothing"},
    {TARGET "policy: [{name: a, then: deny, when: {groups: []}}]\n",
     "t.yaml:2:47: groups: out of bounds; expected 1 to"},
    {TARGET "policy: [{name: a, then: deny, when: {datasets: [t]}}]\n",
     "t.yaml:2:50: datasets: \"t\" does not say which schema"},
    {TARGET "policy: [{name: a, then: deny, when: {hours: [\"25:00-26:00\"]}}]\n",
     "t.yaml:2:47: hours: \"25:00-26:00\""},
    {TARGET "policy: [{name: a, then: deny, when: {effects: [write]}}]\n",
     "t.yaml:2:49: effects: \"write\"; expected a list of read"},
    {TARGET "policy: [{name: \" a\", then: deny}]\n",
     "t.yaml:2:17: name: control characters, or blanks at the ends"},
    {TARGET "a: [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]\n", "t.yaml:2:15: nested too deeply"},
};

static void test_refusals(void)
{
    for (size_t i = 0; i < SL_COUNT(refusals); i++) {
        SL_BUF(complaints, 64 * 1024);
        struct sl_config *c = NULL;
        enum sl_err err = sl_config_load(sl_span_str(refusals[i].yaml), "t.yaml", &c, &complaints);
        struct sl_span got = sl_span_head(sl_buf_span(&complaints), strlen(refusals[i].says));
        SL_CHECK_INT(err, SL_ECONFIG);
        SL_CHECK(c == NULL);
        if (!SL_CHECK_TEXT(got, refusals[i].says))
            printf("# %s# for %s", sl_buf_text(&complaints), refusals[i].yaml);
        sl_config_free(c);
    }
}

static void test_complaints_have_a_ceiling(void)
{
    SL_BUF(yaml, 1 << 20);
    SL_BUF(complaints, 1 << 20);
    struct sl_config *c = NULL;
    size_t lines = 0;

    for (unsigned i = 0; i < 60; i++)
        sl_buf_say(&yaml, "wrong%u: 1\n", i);
    SL_CHECK_INT(sl_config_load(sl_buf_span(&yaml), "t.yaml", &c, &complaints), SL_ECONFIG);
    for (size_t i = 0; i < complaints.n; i++)
        lines += complaints.p[i] == '\n';
    SL_CHECK_INT(lines, 21); /* twenty, and how many more there are */
}

/* --- every key of the table is taken, its default reads, and what it resolved to reads back --- */
static const char every_key[] =
    "state: /var/lib/sluice\nruntime: /run/sluice\nlisten: {postgres: \"[::1]:6432\", http: "
    "\"0.0.0.0:80\"}\n"
    "public_url: https://sluice.example\npasskeys: {rp_id: sluice.example, origins: "
    "[\"https://desk.sluice.example:8443\"]}\ntls: {certificate: a.pem, key: b.pem}\nclient_auth: "
    "token\n"
    "sandbox: best-effort\npolicy_changes: hold\nledger: {sync: all, origin: "
    "example.org/log}\ngates: 4\njudges: 3\n"
    "max_connections: 5\nmax_statement: 64kB\nmax_held: 1MB\ntimeouts: {login: 1s, connect: 250ms, "
    "judge: 100ms, "
    "drain: 1h}\nlineage: {openlineage: {file: events.ndjson, rotate: 1MB, url: "
    "\"https://[::1]:5000/api/v1/lineage\", token_file: t, ca_file: ca.pem}}\n"
    "targets:\n  - name: one\n    protocol: postgres\n    address: db.example:5433\n    database: "
    "d\n"
    "    environment: test\n    tls: {mode: require, ca_file: ca.pem}\n"
    "    login: [{group: g, user: \"x_{identity}\", password_command: [pass, show, \"a b\"]}, "
    "{user: u, password_file: p}, {name: strong, user: s, password_file: q}]\n"
    "    access: {groups: [a], identities: [\"b*\"]}\n    mode: observe\n    default: deny\n"
    "    reviewers: {groups: [r], identities: [ann], need: 2}\n    startup_parameters: "
    "[DateStyle]\n"
    "    labels: [{columns: [\"*.c\"], tables: [a.b], label: [l1, l2]}]\n"
    "policy:\n  - name: everything\n    when: {identities: [i], groups: [g], identity_kind: "
    "[human, agent, service],\n"
    "      targets: [one], environment: [test], protocol: [postgres], effects: [\"*e*\"], "
    "statements: [select],\n"
    "      datasets: [a.b], labels: [\"l?\"], hours: [\"mon,wed-fri 22:00-06:00\"]}\n"
    "    then: hold\n    reviewers: {groups: [x]}\n    expires: 1d\n    grant_ttl: 90s\n    "
    "max_wait: 10m\n"
    "    in_transaction: refuse\n    reason: required\n    proof: passkey\n    keys: "
    "device-bound\n    record: shape\n    "
    "sync: all\n"
    "    notify: [chat]\n    elevate: {login: strong}\n"
    "  - name: measured\n    then: allow\n    reviewers: {identities: [ann]}\n"
    "    budget: {rows: 7, bytes: 1GB, statements: 9, per: 36h, by: run}\n"
    "issuers:\n  - name: corp\n    issuer: https://login.example/tenant/\n    kind: oidc\n"
    "    client_id: sluice\n    client_secret_file: s\n    algorithms: [PS256, EdDSA]\n"
    "    audiences: [\"sluice:ask\"]\n    token_type: jwt\n    max_lifetime: 1h\n"
    "    act: take\n    scim_subject: userName\n"
    "    scopes: [openid, groups]\n    name_claim: preferred_username\n"
    "    groups_claim: /realm_access/roles\n    groups: [{theirs: \"5f3a\", ours: dba}]\n"
    "    mfa_acr: [\"urn:mfa\"]\n    provision: people\n    ca_file: ca.pem\n"
    "    keys_max_stale: 2h\n"
    "  - {name: other, issuer: \"http://localhost:9000\", client_id: x, client_secret_command: "
    "[pass, show], subject_claim: oid, groups_claim: groups, group_prefix: \"other-\"}\n"
    "  - {name: github, issuer: \"https://token.actions.githubusercontent.com\", kind: "
    "github-actions, audiences: [sluice], jobs: [{identity: deploy, repository_id: \"74\", "
    "repository: octo-org/octo-repo, ref: \"refs/heads/*\", environment: prod, workflow: "
    "\"octo-org/*\"}]}\n"
    "  - {name: gitlab, issuer: \"https://gitlab.example\", kind: gitlab-ci, audiences: [sluice], "
    "jobs: [{identity: deploy, project_id: \"22\", project_path: my/project}]}\n"
    "  - {name: k8s, issuer: \"https://k8s.example\", kind: kubernetes, audiences: [sluice], jobs: "
    "[{identity: batch, namespace: jobs, service_account_uid: "
    "14ee3fa4-a7e2-420f-9f9a-dbc4507c3798, service_account: runner}]}\n";

static void check_every_issuer(const struct sl_config *c)
{
    const struct sl_issuer *corp = sl_config_issuer(c, SL_SPAN("corp"));
    const struct sl_issuer *other = sl_config_issuer_of(c, SL_SPAN("http://localhost:9000"));
    const struct sl_issuer *k8s = sl_config_issuer(c, SL_SPAN("k8s"));

    if (!SL_CHECK(corp != NULL && other != NULL && k8s != NULL && c->issuer_count == 5))
        return;
    SL_CHECK_INT(corp->kind, SL_ISSUER_OIDC);
    SL_CHECK_INT(corp->algorithms, SL_OIDC_PS256 | SL_OIDC_EDDSA);
    SL_CHECK_INT(corp->token_type, SL_OIDC_JWT);
    SL_CHECK_INT(corp->max_lifetime_ms, 3600000);
    SL_CHECK_INT(corp->keys_max_stale_ms, 7200000);
    SL_CHECK_INT(corp->provision, SL_PROVISION_PEOPLE);
    SL_CHECK_INT(corp->act, SL_ACT_TAKE);
    SL_CHECK_INT(other->act, SL_ACT_REFUSE);
    SL_CHECK_INT(corp->scim_subject, SL_SCIM_SUBJECT_USER_NAME);
    SL_CHECK_INT(other->scim_subject, SL_SCIM_SUBJECT_EXTERNAL_ID);
    SL_CHECK_TEXT(corp->subject_claim, "sub");
    SL_CHECK_TEXT(other->subject_claim, "oid");
    SL_CHECK_INT(other->algorithms, SL_OIDC_RS256);
    SL_CHECK_INT(other->token_type, SL_OIDC_AT_JWT);
    SL_CHECK_INT(other->scopes.count, 2);
    SL_CHECK_INT(k8s->token_type, SL_OIDC_JWT);
    SL_CHECK_TEXT(k8s->jobs[0].id, "jobs:14ee3fa4-a7e2-420f-9f9a-dbc4507c3798");
    SL_CHECK(sl_config_issuer(c, SL_SPAN("nobody")) == NULL);
    SL_CHECK(sl_config_issuer_of(c, SL_SPAN("https://login.example/tenant")) == NULL);
}

static void test_every_key(void)
{
    SL_FREED_BY(sl_config) struct sl_config *c = load(every_key);

    if (!SL_CHECK(c != NULL))
        return;
    const struct sl_settings *s = &c->settings;
    const struct sl_target *t = &c->targets[0];
    const struct sl_rule *r = &c->rules[0], *m = &c->rules[1];
    SL_CHECK_TEXT(s->postgres_host, "::1");
    SL_CHECK(s->sandbox_best_effort && s->policy_changes_hold && s->ledger_sync_all);
    SL_CHECK_INT(s->client_auth, SL_AUTH_TOKEN);
    SL_CHECK_INT(s->max_statement_bytes, 65536);
    SL_CHECK_INT(s->connect_timeout_ms, 250);
    SL_CHECK_INT(s->drain_ms, 3600000);
    SL_CHECK_TEXT(s->openlineage_file, "events.ndjson");
    SL_CHECK_TEXT(s->openlineage_url, "https://[::1]:5000/api/v1/lineage");
    SL_CHECK_INT(s->openlineage_rotate_bytes, 1 << 20);
    SL_CHECK_INT(t->tls, SL_TLS_REQUIRE);
    SL_CHECK_INT(t->login_count, 3);
    SL_CHECK_TEXT(t->logins[0].password_command.items[2], "a b");
    SL_CHECK(t->observe && t->has_default && t->default_verdict == SL_DENY &&
             t->reviewers.need == 2);
    SL_CHECK_INT(r->named, SL_WHEN_HOURS * 2 - 1); /* each key of `when` has its bit */
    SL_CHECK_INT(r->kinds, 1 << SL_HUMAN | 1 << SL_AGENT | 1 << SL_SERVICE);
    SL_CHECK_INT(r->effects, SL_EFFECT_READ | SL_EFFECT_INSERT | SL_EFFECT_UPDATE |
                                 SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE | SL_EFFECT_EXPORT |
                                 SL_EFFECT_PRIVILEGE | SL_EFFECT_SESSION | SL_EFFECT_OPAQUE);
    SL_CHECK_INT(r->hours[0].days, 1 << 0 | 7 << 2);
    SL_CHECK_INT(r->label_bits, 3);
    SL_CHECK_INT(r->reviewers.need, 1);
    SL_CHECK_INT(r->in_transaction, SL_TX_REFUSE);
    SL_CHECK(r->reason_required && r->proof_passkey && r->keys_device_bound && r->record_shape &&
             r->sync && r->notify.count == 1);
    SL_CHECK_TEXT(s->passkey_rp_id, "sluice.example");
    SL_CHECK_TEXT(s->passkey_origins.items[0], "https://desk.sluice.example:8443");
    SL_CHECK_TEXT(r->elevate.login, "strong");
    SL_CHECK_INT(m->budget.by, SL_BY_RUN);
    SL_CHECK_INT(m->budget.per_ms, 36 * 3600 * 1000);
    SL_CHECK_INT(m->budget.bytes, 1 << 30);
    check_every_issuer(c);
}

static void check_reads_back(const char *yaml)
{
    SL_BUF(text, 1 << 20);
    SL_BUF(again, 1 << 20);
    SL_FREED_BY(sl_config) struct sl_config *c = load(yaml);
    if (c == NULL)
        return;
    sl_config_explain(c, &text);
    SL_FREED_BY(sl_config) struct sl_config *d = load(sl_buf_text(&text));
    if (!SL_CHECK(d != NULL))
        return;
    SL_CHECK(memcmp(c->digest, d->digest, sizeof c->digest) == 0);
    SL_CHECK_BYTES(d->canonical, c->canonical);
    sl_config_explain(d, &again);
    SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&text));
    sl_buf_reset(&again);
    sl_config_diff(c, d, &again);
    SL_CHECK_TEXT(sl_buf_span(&again), "");
}

static void test_what_it_resolved_to_reads_back(void)
{
    check_reads_back(example);
    check_reads_back(every_key);
    check_reads_back(TARGET);
}

static void test_where_run_events_go(void)
{
    static const char *const good[] = {"https://example.org", "https://example.org:5000/api?x=1",
                                       "http://localhost:1/", "http://127.0.0.1:5000/api",
                                       "http://[::1]:5000/api"};

    for (size_t i = 0; i < SL_COUNT(good); i++) {
        SL_BUF(text, 4096);
        sl_buf_say(&text, "lineage: {openlineage: {url: \"%s\"}}\n" TARGET, good[i]);
        SL_FREED_BY(sl_config) struct sl_config *c = load(sl_buf_text(&text));
        if (!SL_CHECK(c != NULL))
            continue;
        SL_CHECK_TEXT(c->settings.openlineage_url, good[i]);
        SL_CHECK_TEXT(c->settings.openlineage_file, SL_OPENLINEAGE_SPOOL);
        check_reads_back(sl_buf_text(&text));
    }
    SL_FREED_BY(sl_config) struct sl_config *none = load(TARGET);
    SL_CHECK(none != NULL && none->settings.openlineage_file.n == 0);
}

static void test_order_does_not_change_the_digest(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *a = load(TARGET "policy: [{name: a, then: hold}, {name: b, then: deny}]\n");
    SL_FREED_BY(sl_config)
    struct sl_config *b = load("policy: [{then: deny, name: b}, {then: hold, name: a}]\n" TARGET);
    SL_FREED_BY(sl_config)
    struct sl_config *c = load(TARGET "policy: [{name: a, then: hold}, {name: c, then: deny}]\n");

    if (a == NULL || b == NULL || c == NULL)
        return;
    SL_CHECK(memcmp(a->digest, b->digest, 32) == 0);
    SL_CHECK(memcmp(a->digest, c->digest, 32) != 0);
    SL_CHECK(memcmp(a->rules[0].digest, b->rules[1].digest, 32) == 0);
}

static void test_differences(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *a =
        load("gates: 1\n" TARGET "policy: [{name: a, then: hold}, {name: b, then: deny}]\n");
    SL_FREED_BY(sl_config)
    struct sl_config *b = load("gates: 2\n" TARGET "policy: [{name: a, then: deny, when: "
                               "{groups: [x]}}, {name: c, then: deny}]\n");
    SL_BUF(got, 64 * 1024);

    if (a == NULL || b == NULL)
        return;
    sl_config_diff(a, b, &got);
    const char *text = sl_buf_text(&got);
    SL_CHECK(strstr(text, "- rule \"b\": {name: b, then: deny,") != NULL);
    SL_CHECK(strstr(text, "+ rule \"c\": {name: c, then: deny,") != NULL);
    SL_CHECK(strstr(text, "~ rule \"a\" when: (none) -> {groups: [x]}\n") != NULL);
    SL_CHECK(strstr(text, "~ rule \"a\" then: hold -> deny\n") != NULL);
    SL_CHECK(strstr(text, "~ setting gates: 1 -> 2\n") != NULL);
}

static void test_what_needs_a_restart(void)
{
    SL_FREED_BY(sl_config) struct sl_config *a = load("gates: 1\nmax_held: 1MB\n" TARGET);
    SL_FREED_BY(sl_config)
    struct sl_config *b =
        load("gates: 2\nmax_held: 2MB\nlisten: {http: \"127.0.0.1:81\"}\n" TARGET);
    SL_BUF(got, 4096);

    if (a == NULL || b == NULL)
        return;
    SL_CHECK_INT(sl_config_frozen(a, a, &got), 0);
    SL_CHECK_INT(sl_config_frozen(a, b, &got), 2);
    SL_CHECK_TEXT(sl_buf_span(&got),
                  "listen.http changed; it is read at start only, so a restart is needed\n"
                  "gates changed; it is read at start only, so a restart is needed\n");
}

/* --- footguns -----------------------------------------------------------------------------------
 */
/* Closed to strangers, unless nobody else can come, or the file says so. */
static void test_who_reads_metrics(void)
{
    static const struct {
        const char *head;
        bool open;
    } rows[] = {{"", true},
                {"listen: {http: \"[::1]:8080\"}\n", true},
                {"listen: {http: localhost:8080}\n", true},
                {"listen: {http: 0.0.0.0:8080}\n", false},
                {"listen: {http: 10.1.2.3:8080}\n", false},
                {"public_url: https://sluice.example\n", false},
                {"public_url: http://localhost:9000\n", true},
                {"public_url: http://localhost.example:9000\n", false},
                {"public_url: http://127.0.0.1.example\n", false},
                {"metrics: {access: token}\n", false},
                {"metrics: {access: off}\n", false},
                {"listen: {http: 0.0.0.0:8080}\nmetrics: {access: local}\n", false},
                {"listen: {http: 0.0.0.0:8080}\nmetrics: {access: open}\n", true}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);

        sl_buf_say(
            &text,
            "%stargets: [{name: t, address: 127.0.0.1:5432, database: d, login: {user: u}}]\n",
            rows[i].head);
        SL_FREED_BY(sl_config) struct sl_config *c = load(sl_buf_text(&text));
        if (!SL_CHECK(c != NULL && sl_config_metrics_open(c) == rows[i].open))
            printf("#   %s", rows[i].head);
    }
}

/* Whose passkeys, and on which pages: made from public_url, where browsers would make any. */
static void test_passkeys(void)
{
    static const struct {
        const char *head, *rp_id, *origin;
    } rows[] = {
        {"", "", ""},
        {"public_url: https://sluice.example\n", "sluice.example", "https://sluice.example"},
        {"public_url: https://sluice.example:8443/desk/\n", "sluice.example",
         "https://sluice.example:8443"},
        {"public_url: http://localhost:8080\n", "localhost", "http://localhost:8080"},
        {"listen: {http: localhost:8080}\n", "localhost", "http://localhost:8080"},
        {"public_url: http://sluice.example\n", "", ""},
        {"public_url: https://10.0.0.7\n", "", ""},
        {"public_url: https://desk.sluice.example\npasskeys: {rp_id: sluice.example}\n",
         "sluice.example", "https://desk.sluice.example"},
        {"passkeys: {rp_id: localhost, origins: [\"http://localhost:1\"]}\n", "localhost",
         "http://localhost:1"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);

        sl_buf_say(&text, "%s%s", rows[i].head, TARGET);
        SL_FREED_BY(sl_config) struct sl_config *c = load(sl_buf_text(&text));
        if (!SL_CHECK(c != NULL))
            continue;
        const struct sl_settings *s = &c->settings;
        SL_CHECK_TEXT(s->passkey_rp_id, rows[i].rp_id);
        SL_CHECK_INT(s->passkey_origins.count, rows[i].origin[0] != '\0');
        if (s->passkey_origins.count == 1)
            SL_CHECK_TEXT(s->passkey_origins.items[0], rows[i].origin);
    }
}

static void test_warnings(void)
{
#define OPEN(more)                                                                              \
    "targets: [{name: t, address: /run, database: d, login: {user: u}, access: {groups: [g]}, " \
    "environment: test, reviewers: {groups: [r]}" more "}]\n"
    static const struct {
        const char *yaml, *says;
    } rows[] = {
        {OPEN(""), ""},
        {"sandbox: best-effort\n" OPEN(""), "sandbox: best-effort"},
        {"client_auth: token\nlisten: {postgres: \"0.0.0.0:6432\"}\n" OPEN(""),
         "client_auth: token without tls"},
        {"client_auth: oauth\nlisten: {postgres: \"0.0.0.0:6432\"}\n" OPEN(""),
         "OAUTHBEARER is not offered there"},
        {"issuers: [{name: i, issuer: \"https://i.example\", client_id: s, audiences: "
         "[sluice]}]\n" OPEN(""),
         ""},
        {"issuers: [{name: i, issuer: \"http://localhost:9\", client_id: s}]\n" OPEN(""),
         "issuer \"i\" is asked over http"},
        {"issuers: [{name: i, issuer: \"https://i.example\", audiences: "
         "[\"https://kubernetes.default.svc\"]}]\n" OPEN(""),
         "is one that tokens for other services have too"},
        {"issuers: [{name: i, issuer: \"https://i.example\", kind: github-actions, audiences: [s], "
         "jobs: [{identity: d, repository_id: \"7\"}]}]\n" OPEN(""),
         "the job of \"d\" is taken from any branch"},
        {"issuers: [{name: i, issuer: \"https://i.example\", kind: github-actions, audiences: [s], "
         "jobs: [{identity: d, repository_id: \"7\", environment: prod}]}]\n" OPEN(""),
         ""},
        {"listen: {http: \"0.0.0.0:80\"}\n" OPEN(""), "deciding credentials cross"},
        {OPEN(", mode: observe"), "mode: observe holds and denies nothing"},
        {OPEN(", address: \"db:5432\", tls: {mode: off}"),
         ""}, /* given twice: an error, no warning */
        {"targets: [{name: t, address: \"db:5432\", database: d, login: {user: u}, access: "
         "{groups: [g]}, tls: {mode: "
         "off}, reviewers: {groups: [r]}}]\n",
         "tls is off on the way to another host"},
        {"targets: [{name: t, address: \"127.evil.example:5432\", database: d, login: {user: u}, "
         "access: {groups: [g]}, "
         "tls: {mode: off}, reviewers: {groups: [r]}}]\n",
         "tls is off on the way to another host"},
        {"targets: [{name: t, address: /run, database: d, login: {user: postgres}, access: "
         "{groups: [g]}, reviewers: "
         "{groups: [r]}}]\n",
         "looks like a superuser"},
        {"targets: [{name: t, address: /run, database: d, login: [{user: u}, {name: n, user: "
         "postgres}], access: {groups: [g]}, reviewers: {groups: [r]}}]\n",
         "it only serves statements that somebody approved under a rule with elevate"},
        {"targets: [{name: t, address: /run, database: d, login: {user: u}, access: {identities: "
         "[\"*\"]}, reviewers: "
         "{groups: [r]}}]\n",
         "access to everybody"},
        {TARGET, "nobody may connect"},
        {TARGET, "nobody could approve what the default holds"},
        {"targets: [{name: t, address: /run, database: d, login: {user: u}, access: {groups: [g]}, "
         "default: allow}]\n",
         "default: allow in production"},
        {TARGET "policy: [{name: a, then: hold}]\n", "holds what nobody could approve"},
        {OPEN("") "policy: [{name: a, then: hold}]\n", "names no reviewers"},
        {OPEN("") "policy: [{name: a, then: hold, reviewers: {identities: [x], need: 2}}]\n",
         "needs more people than it names"},
        {OPEN("") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, proof: passkey}]\n",
         "no browser makes any at \"http://127.0.0.1:8080\""},
        {"public_url: http://sluice.example\n" OPEN(
             "") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, proof: passkey}]\n",
         "what it holds is denied at once"},
        {"public_url: http://localhost:9\n" OPEN(
             "") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, proof: passkey}]\n",
         ""},
        {OPEN("") "policy: [{name: a, then: allow, when: {effects: [opaque]}}]\n", "allows opaque"},
        {OPEN("") "policy: [{name: a, then: allow}]\n", "allows everything but opaque"},
        {OPEN("") "policy: [{name: a, then: allow, when: {groups: [x]}, budget: {rows: 1, per: "
                  "run}}]\n",
         "a client names its runs itself"},
        {OPEN("") "policy: [{name: a, then: deny, when: {targets: [x]}}]\n",
         "can never match: no target"},
        {OPEN("") "policy: [{name: a, then: deny, when: {labels: [x]}}]\n",
         "can never match: no target gives any"},
        {OPEN("") "policy: [{name: a, then: deny, when: {labels: [x]}}]\n",
         "names the label \"x\", which no target gives"},
        {OPEN(", labels: [{tables: [a.b], label: x}]"), "label \"x\" is in no rule"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(out, 64 * 1024);
        struct sl_config *c = NULL;
        if (sl_config_load(sl_span_str(rows[i].yaml), "t.yaml", &c, &out) == SL_OK)
            SL_CHECK((sl_config_warn(c, "t.yaml", &out) == 0) == (rows[i].says[0] == '\0'));
        if (!SL_CHECK(strstr(sl_buf_text(&out), rows[i].says) != NULL))
            printf("#   %s#   says: %s", rows[i].yaml, sl_buf_text(&out));
        sl_config_free(c);
    }
}

/* --- no bytes stop it --- */
static void survives(struct sl_span yaml)
{
    SL_BUF(complaints, 1 << 20);
    struct sl_config *c = NULL;
    enum sl_err err = sl_config_load(yaml, "t.yaml", &c, &complaints);

    SL_CHECK(err == SL_OK ? c != NULL && complaints.n == 0 : c == NULL && complaints.n > 0);
    sl_config_free(c);
}

static void test_truncation_and_flips(void)
{
    uint8_t bytes[sizeof every_key];

    for (size_t n = 0; n < sizeof every_key; n++)
        survives(sl_span(every_key, n));
    for (size_t i = 0; i + 1 < sizeof every_key; i++) {
        memcpy(bytes, every_key, sizeof every_key);
        bytes[i] ^= (uint8_t)(1u << i % 8);
        survives(sl_span(bytes, sizeof every_key - 1));
    }
}

/* --- the manual --- */
static void test_the_manual_is_the_key_table(void)
{
    SL_BUF(want, 1 << 20);
    SL_BUF(path, 4096);
    static char got[1 << 20];
    size_t here = strlen(__FILE__), tail = strlen("tests/unit/test_config.c");

    sl_config_manual(&want);
    sl_buf_put(&path, sl_span(__FILE__, here - tail));
    sl_buf_put_str(&path, "docs/config.md");
    FILE *file = fopen(sl_buf_text(&path), "r");
    if (!SL_CHECK(file != NULL))
        return;
    size_t n = fread(got, 1, sizeof got, file);
    fclose(file);
    if (!SL_CHECK(sl_span_eq(sl_span(got, n), sl_buf_span(&want))))
        printf("#   write it again: sluice check --keys > docs/config.md\n");
}

/* --- what the digest covers --- */

/* Each setting with another value than the one that the head of the file has. */
static const struct {
    enum sl_place place;
    const char *name, *before, *after;
} weights[] = {
    {SL_PLACE_TOP, "state", "", "state: ./other\n"},
    {SL_PLACE_TOP, "runtime", "", "runtime: ./run\n"},
    {SL_PLACE_LISTEN, "postgres", "", "listen: {postgres: 127.0.0.1:1}\n"},
    {SL_PLACE_LISTEN, "http", "", "listen: {http: 127.0.0.1:1}\n"},
    {SL_PLACE_TOP, "public_url", "", "public_url: http://sluice.example\n"},
    {SL_PLACE_PASSKEYS, "rp_id",
     "passkeys: {rp_id: a.example, origins: [\"https://x.a.example\"]}\n",
     "passkeys: {rp_id: x.a.example, origins: [\"https://x.a.example\"]}\n"},
    {SL_PLACE_PASSKEYS, "origins",
     "passkeys: {rp_id: a.example, origins: [\"https://x.a.example\"]}\n",
     "passkeys: {rp_id: a.example, origins: [\"https://y.a.example\"]}\n"},
    {SL_PLACE_PASSKEYS, "by_default", "", "passkeys: {by_default: off}\n"},
    {SL_PLACE_PASSKEYS, "second_person", "", "passkeys: {second_person: lost}\n"},
    {SL_PLACE_TOP, "tls", "", "tls: {certificate: a, key: b}\n"},
    {SL_PLACE_TLS, "certificate", "tls: {certificate: a, key: b}\n",
     "tls: {certificate: c, key: b}\n"},
    {SL_PLACE_TLS, "key", "tls: {certificate: a, key: b}\n", "tls: {certificate: a, key: c}\n"},
    {SL_PLACE_TOP, "client_auth", "", "client_auth: token\n"},
    {SL_PLACE_TOP, "sandbox", "", "sandbox: best-effort\n"},
    {SL_PLACE_TOP, "policy_changes", "", "policy_changes: hold\n"},
    {SL_PLACE_TOP, "govern", "", "govern: two-person\n"},
    {SL_PLACE_ROLES, "admins", "", "roles: {admins: {groups: [x]}}\n"},
    {SL_PLACE_ROLES, "auditors", "", "roles: {auditors: {groups: [x]}}\n"},
    {SL_PLACE_MEMBERS, "groups", "roles: {auditors: {groups: [x]}}\n",
     "roles: {auditors: {groups: [y]}}\n"},
    {SL_PLACE_MEMBERS, "identities", "", "roles: {auditors: {identities: [x]}}\n"},
    {SL_PLACE_BREAK_GLASS, "groups", "", "break_glass: {groups: [x]}\n"},
    {SL_PLACE_BREAK_GLASS, "review_within", "break_glass: {groups: [x]}\n",
     "break_glass: {groups: [x], review_within: 4d}\n"},
    {SL_PLACE_LEDGER, "sync", "", "ledger: {sync: all}\n"},
    {SL_PLACE_LEDGER, "origin", "", "ledger: {origin: other.example}\n"},
    {SL_PLACE_METRICS, "access", "", "metrics: {access: open}\n"},
    {SL_PLACE_TOP, "gates", "", "gates: 2\n"},
    {SL_PLACE_TOP, "judges", "", "judges: 3\n"},
    {SL_PLACE_TOP, "max_connections", "", "max_connections: 7\n"},
    {SL_PLACE_TOP, "max_statement", "", "max_statement: 2MB\n"},
    {SL_PLACE_TOP, "max_held", "", "max_held: 2MB\n"},
    {SL_PLACE_TIMEOUTS, "login", "", "timeouts: {login: 1s}\n"},
    {SL_PLACE_TIMEOUTS, "connect", "", "timeouts: {connect: 1s}\n"},
    {SL_PLACE_TIMEOUTS, "judge", "", "timeouts: {judge: 1s}\n"},
    {SL_PLACE_TIMEOUTS, "drain", "", "timeouts: {drain: 1s}\n"},
    {SL_PLACE_USAGE, "retention", "", "usage: {retention: 30d}\n"},
    {SL_PLACE_OPENLINEAGE, "file", "", "lineage: {openlineage: {file: a}}\n"},
    {SL_PLACE_OPENLINEAGE, "rotate", "lineage: {openlineage: {file: a}}\n",
     "lineage: {openlineage: {file: a, rotate: 1MB}}\n"},
    {SL_PLACE_OPENLINEAGE, "max_spool", "lineage: {openlineage: {file: a}}\n",
     "lineage: {openlineage: {file: a, max_spool: 1GB}}\n"},
    {SL_PLACE_OPENLINEAGE, "url", "lineage: {openlineage: {file: a}}\n",
     "lineage: {openlineage: {file: a, url: \"http://127.0.0.1:1/x\"}}\n"},
    {SL_PLACE_OPENLINEAGE, "token_file",
     "lineage: {openlineage: {file: a, url: \"http://127.0.0.1:1/x\"}}\n",
     "lineage: {openlineage: {file: a, url: \"http://127.0.0.1:1/x\", token_file: t}}\n"},
    {SL_PLACE_OPENLINEAGE, "ca_file",
     "lineage: {openlineage: {file: a, url: \"https://127.0.0.1:1/x\"}}\n",
     "lineage: {openlineage: {file: a, url: \"https://127.0.0.1:1/x\", ca_file: t}}\n"},
};

static struct sl_config *with_head(const char *head)
{
    SL_BUF(text, 8192);

    sl_buf_say(&text, "%s%s%s", strstr(head, "state:") == NULL ? "state: ./state\n" : "", head,
               strstr(example, "targets:"));
    return load(sl_buf_text(&text));
}

static void test_P4_what_changes_the_digest(void)
{
    for (size_t i = 0; i < SL_COUNT(weights); i++) {
        const struct sl_key *k = sl_key_find(weights[i].place, sl_span_str(weights[i].name));
        SL_FREED_BY(sl_config) struct sl_config *a = with_head(weights[i].before);
        SL_FREED_BY(sl_config) struct sl_config *b = with_head(weights[i].after);

        if (!SL_CHECK(k != NULL && a != NULL && b != NULL))
            continue;
        bool moved = memcmp(a->digest, b->digest, sizeof a->digest) != 0;
        if (!SL_CHECK_INT(moved, sl_key_weight_of(k) == SL_WEIGHT_IN))
            printf("#   %s.%s\n", sl_place_path(k->place), k->name);
    }
}

/* Whoever adds a key says whether it counts, and here what another value does. */
static void test_P4_every_key_is_weighed(void)
{
    for (size_t i = 0; i < sl_key_count; i++) {
        const struct sl_key *k = &sl_keys[i];
        bool is_value = k->inner == 0 && !sl_key_is_of_a_list(k->place), played = !is_value;

        for (size_t w = 0; w < SL_COUNT(weights); w++)
            played = played || sl_key_find(weights[w].place, sl_span_str(weights[w].name)) == k;
        if (!SL_CHECK(sl_key_weight_of(k) != SL_WEIGHT_UNKNOWN) || !SL_CHECK(played))
            printf("#   %s.%s\n", sl_place_path(k->place), k->name);
    }
}

int main(void)
{
    SL_RUN(test_the_example_of_the_manual);
    SL_RUN(test_refusals);
    SL_RUN(test_complaints_have_a_ceiling);
    SL_RUN(test_every_key);
    SL_RUN(test_what_it_resolved_to_reads_back);
    SL_RUN(test_where_run_events_go);
    SL_RUN(test_order_does_not_change_the_digest);
    SL_RUN(test_P4_what_changes_the_digest);
    SL_RUN(test_P4_every_key_is_weighed);
    SL_RUN(test_differences);
    SL_RUN(test_what_needs_a_restart);
    SL_RUN(test_who_reads_metrics);
    SL_RUN(test_passkeys);
    SL_RUN(test_warnings);
    SL_RUN(test_truncation_and_flips);
    SL_RUN(test_the_manual_is_the_key_table);
    return sl_tap_done();
}
