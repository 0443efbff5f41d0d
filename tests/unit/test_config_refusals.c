/* What is refused, where, and what was expected. */
#include "tests/unit/config_example.h"

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
    {"trusted_proxies: [0.0.0.0/0]\n" TARGET,
     "t.yaml:1:19: trusted_proxies: \"0.0.0.0/0\" is no address"},
    {"trusted_proxies: [10.0.0.0/8, 10.0.0.7/8]\n" TARGET, "t.yaml:1:31: trusted_proxies: "},
    {"trusted_proxies: [proxy.example]\n" TARGET, "t.yaml:1:19: trusted_proxies: "},
    {"trusted_proxies: 10.0.0.1\n" TARGET, "t.yaml:1:18: trusted_proxies: \"10.0.0.1\"; expected a "
                                           "list of addresses and networks"},
    {"passkeys: {origins: []}\n" TARGET, "t.yaml:1:21: origins: out of bounds"},
    {TARGET "policy: [{name: a, then: hold, keys: device-bound}]\n",
     "t.yaml:2:10: rule \"a\": keys says which passkeys count; expected proof: passkey"},
    {TARGET
     "policy: [{name: a, then: hold, reviewers: {groups: [x]}, escalate: {reviewers: {groups: "
     "[y]}}}]\n",
     "t.yaml:2:68: policy[].escalate lacks the key \"after\"; expected a duration"},
    {TARGET
     "policy: [{name: a, then: hold, expires: 5m, reviewers: {groups: [x]}, escalate: {after: "
     "5m, reviewers: {groups: [y]}}}]\n",
     "t.yaml:2:10: rule \"a\": escalate comes when the time to decide is over"},
    {TARGET "policy: [{name: a, then: hold, escalate: {after: 5m}}]\n",
     "t.yaml:2:10: rule \"a\": escalate to nobody; expected notify, reviewers, or both"},
    {TARGET "policy: [{name: a, then: hold, escalate: {after: 5m, reviewers: {groups: [y]}}}]\n",
     "t.yaml:2:10: rule \"a\": escalate's reviewers decide beside the rule's, which has none"},
    {TARGET "policy: [{name: a, then: hold, reviewers: {groups: [x]}, escalate: {after: 5m, "
            "reviewers: {need: 1}}}]\n",
     "t.yaml:2:10: rule \"a\": escalate's reviewers name nobody"},
    {TARGET "policy: [{name: a, then: hold, reviewers: {groups: [x]}, escalate: {after: 5m, "
            "reviewers: {groups: [y], need: 2}}}]\n",
     "t.yaml:2:10: rule \"a\": escalate asks for no more people than before"},
    {TARGET "policy: [{name: a, then: deny, escalate: {after: 5m, reviewers: {groups: [y]}}}]\n",
     "t.yaml:2:10: rule \"a\": nothing is decided here; escalate expected then: hold"},
    {TARGET
     "policy: [{name: a, then: hold, reviewers: {groups: [x]}, escalate: {after: 5m, notify: "
     "[slack]}}]\n",
     "t.yaml:2:10: rule \"a\": notify \"slack\" is the name of no chat"},
    {TARGET "policy: [{name: a, then: hold, decide_in: [chat]}]\n",
     "t.yaml:2:44: decide_in: \"chat\"; expected a list of http, cli, console, slack, teams"},
    {TARGET "policy: [{name: a, then: hold, decide_in: [control]}]\n",
     "t.yaml:2:44: decide_in: \"control\"; expected"},
    {TARGET "policy: [{name: a, then: hold, decide_in: []}]\n",
     "t.yaml:2:43: decide_in: out of bounds; expected 1 to 5"},
    {TARGET "policy: [{name: a, then: deny, decide_in: [console]}]\n",
     "t.yaml:2:10: rule \"a\": nothing is decided here; decide_in expected then: hold"},
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
    {"targets: [{name: t, address: /run, database: d, login: {user: a}, catalog: {login: n}}]\n",
     "t.yaml:1:11: target \"t\": catalog.login \"n\" is none of its logins"},
    {"targets: [{name: t, address: /run, database: d, login: [{user: a, group: n}], catalog: "
     "{login: n}}]\n",
     "t.yaml:1:11: target \"t\": catalog.login \"n\" is none of its logins"},
    {"targets: [{name: t, address: /run, database: d, login: [{user: a}, {name: n, user: "
     "\"x_{identity}\"}], catalog: {login: n}}]\n",
     "t.yaml:1:11: target \"t\": catalog.login \"n\" is somebody's own"},
    {"targets: [{name: t, address: /run, database: d, login: [{user: a}, {user: b, name: n}], "
     "catalog: {login: n}}]\npolicy: [{name: p, then: hold, elevate: {login: n}}]\n",
     "t.yaml:1:11: target \"t\": catalog.login \"n\" is one that a rule elevates to"},
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
    {TARGET "policy: [{name: p, then: allow, envelope: yes}]\n",
     "t.yaml:2:10: rule \"p\": envelope is about what is held; expected then: hold"},
    {TARGET "policy: [{name: p, then: hold, envelope: perhaps}]\n", "t.yaml:2:42: "},
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

int main(void)
{
    SL_RUN(test_refusals);
    SL_RUN(test_complaints_have_a_ceiling);
    return sl_tap_done();
}
