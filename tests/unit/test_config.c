/* What a configuration means: every key, what it resolves to, and the manual that is made of it. */
#include "tests/unit/config_example.h"

#include <stdlib.h>

#define GUID "8c3e9a40-16f5-4b72-9d01-5e2a7c6b8f13"
#define TEAMS "{name: a, kind: teams, app_id: " GUID ", tenant: " GUID ", client_secret_file: c"

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
    "{user: u, password_file: p}, {name: strong, user: s, password_file: q}, {name: reads, user: "
    "r}]\n    catalog: {login: reads}\n"
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
    "device-bound\n    decide_in: [slack, console]\n    record: shape\n    "
    "sync: all\n"
    "    notify: [slack, \"slack:C0PAY\"]\n    escalate: {after: 2m, notify: [slack], reviewers: "
    "{groups: [chiefs], identities: [ann]}}\n    elevate: {login: strong}\n"
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
    "14ee3fa4-a7e2-420f-9f9a-dbc4507c3798, service_account: runner}]}\n"
    "hooks:\n  - {name: pager, url: \"https://hooks.example:8443/s3cr3t?x=1\", secret_file: s, "
    "events: "
    "[held, exceptions], from: start}\n"
    "  - {name: siem, url: \"http://127.0.0.1:9/\", format: ocsf, token_file: t, ca_file: ca.pem}\n"
    "  - {name: log, url: \"syslog+tls://log.example:6514\", format: syslog, events: [all]}\n"
    "  - {name: other, url: \"https://other.example\", secret_command: [pass, show]}\n"
    "chat:\n  - {name: slack, team: T0ACME, issuer: corp, channel: C0OPS, show: link, "
    "bot_token_file: b, app_token_file: a, ca_file: ca.pem}\n"
    "  - {name: called, kind: slack, mode: http, team: T0ACME, bot_token_file: b, "
    "signing_secret_file: s, api: \"http://127.0.0.1:9/api/\"}\n"
    "  - {name: teams, kind: teams, app_id: " GUID ", tenant: " GUID ", channel: "
    "\"19:a_b@thread.tacv2\", service: \"https://smba.trafficmanager.net/emea/\", "
    "client_secret_file: c}\n"
    "  - {name: link, kind: teams-workflow, url_file: u}\n";

static void check_every_teams(const struct sl_config *c)
{
    const struct sl_chat *teams = sl_config_chat(c, SL_SPAN("teams")),
                         *link = sl_config_chat(c, SL_SPAN("link"));
    struct sl_span channel;

    if (!SL_CHECK(teams != NULL && link != NULL))
        return;
    SL_CHECK_INT(teams->kind, SL_CHAT_TEAMS);
    SL_CHECK_TEXT(teams->app, GUID);
    SL_CHECK_TEXT(teams->whose, GUID);
    SL_CHECK_INT(teams->api.n, 0);
    SL_CHECK_TEXT(sl_chat_home(teams), "19:a_b@thread.tacv2");
    SL_CHECK_TEXT(sl_notify_chat(SL_SPAN("teams:19:x@y"), &channel), "teams");
    SL_CHECK_TEXT(channel, "19:x@y");
    SL_CHECK_INT(link->kind, SL_CHAT_TEAMS_WORKFLOW);
    SL_CHECK_TEXT(link->url_file, "u");
    SL_CHECK(sl_chat_home(link).n > 0);
}

static void check_every_chat(const struct sl_config *c)
{
    const struct sl_chat *slack = sl_config_chat(c, SL_SPAN("slack")),
                         *called = sl_config_chat(c, SL_SPAN("called"));
    struct sl_span channel;

    if (!SL_CHECK(slack != NULL && called != NULL && c->chat_count == 4))
        return;
    SL_CHECK_INT(slack->kind, SL_CHAT_SLACK);
    SL_CHECK_INT(slack->mode, SL_CHAT_SOCKET);
    SL_CHECK_INT(slack->show, SL_CHAT_SHOW_LINK);
    SL_CHECK_INT(called->mode, SL_CHAT_HTTP);
    SL_CHECK_INT(called->show, SL_CHAT_SHOW_STATEMENT);
    SL_CHECK_TEXT(slack->api, "https://slack.com/api/");
    SL_CHECK_TEXT(sl_notify_chat(SL_SPAN("slack:C0PAY"), &channel), "slack");
    SL_CHECK_TEXT(channel, "C0PAY");
    SL_CHECK_TEXT(sl_notify_chat(SL_SPAN("slack"), &channel), "slack");
    SL_CHECK_INT(channel.n, 0);
    SL_CHECK(sl_config_chat(c, SL_SPAN("nobody")) == NULL);
    SL_CHECK_TEXT(slack->whose, "T0ACME");
    check_every_teams(c);
}

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

static void check_every_hook(const struct sl_config *c)
{
    const struct sl_hook *pager = sl_config_hook(c, SL_SPAN("pager")),
                         *siem = sl_config_hook(c, SL_SPAN("siem")),
                         *log = sl_config_hook(c, SL_SPAN("log"));

    if (!SL_CHECK(pager != NULL && siem != NULL && log != NULL && c->hook_count == 4))
        return;
    SL_CHECK_INT(pager->format, SL_HOOK_CLOUDEVENTS);
    SL_CHECK_INT(pager->events, SL_HOOK_HELD | SL_HOOK_EXCEPTIONS);
    SL_CHECK_INT(pager->from, SL_HOOK_FROM_START);
    SL_CHECK_TEXT(pager->url, "https://hooks.example:8443/s3cr3t?x=1");
    SL_CHECK_TEXT(sl_hook_place(pager), "https://hooks.example:8443");
    SL_CHECK_INT(siem->format, SL_HOOK_OCSF);
    SL_CHECK_INT(siem->from, SL_HOOK_FROM_NOW);
    SL_CHECK_INT(siem->events, SL_HOOK_USUAL);
    SL_CHECK_INT(log->format, SL_HOOK_SYSLOG);
    SL_CHECK_INT(log->events, SL_HOOK_ALL);
    SL_CHECK_TEXT(sl_hook_place(log), "syslog+tls://log.example:6514");
    SL_CHECK(sl_config_hook(c, SL_SPAN("nobody")) == NULL);
}

#define HEX_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* An address may be a secret: only where it leads is recorded and shown, and that it is another. */
static void test_addresses_of_hooks_are_masked(void)
{
    SL_FREED_BY(sl_config) struct sl_config *c = load(every_key);
    SL_BUF(text, 1 << 20);
    SL_BUF(url, 4096);

    if (!SL_CHECK(c != NULL))
        return;
    sl_config_explain(c, &text);
    SL_CHECK(memmem(c->canonical.p, c->canonical.n, "s3cr3t", 6) == NULL);
    SL_CHECK(memmem(text.p, text.n, "s3cr3t", 6) == NULL);
    SL_CHECK(memmem(text.p, text.n, "https://hooks.example:8443/sha256-", 34) != NULL);
    sl_hook_put_masked(&url, SL_SPAN("https://a.example/"));
    SL_CHECK_TEXT(sl_buf_span(&url), "https://a.example/");
    sl_buf_reset(&url);
    sl_hook_put_masked(&url, SL_SPAN("https://a.example"));
    SL_CHECK_TEXT(sl_buf_span(&url), "https://a.example");
    sl_buf_reset(&url);
    sl_hook_put_masked(&url, SL_SPAN("https://a.example?token=s3cr3t"));
    SL_CHECK(memmem(url.p, url.n, "s3cr3t", 6) == NULL);
    sl_buf_reset(&url); /* what looks like a mask is an address, and another one */
    sl_hook_put_masked(&url, SL_SPAN("https://a.example/sha256-" HEX_64));
    SL_CHECK(memmem(url.p, url.n, HEX_64, 64) == NULL);
}

static void test_chats_that_are_refused(void)
{
    static const struct {
        const char *chat, *complaint;
    } rows[] = {
        {"{name: A, team: T0, bot_token_file: b, app_token_file: a}", "expected a short name"},
        {"{name: a, team: acme, bot_token_file: b, app_token_file: a}", "no id of a workspace"},
        {"{name: a, team: T0, bot_token_file: b}", "expected app_token_file, or mode: http"},
        {"{name: a, team: T0, bot_token_file: b, mode: http}", "expected signing_secret_file"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a, signing_secret_file: s}",
         "signing_secret_file is for mode: http alone"},
        {"{name: a, team: T0, bot_token_file: b, mode: http, signing_secret_file: s, "
         "app_token_file: a}",
         "app_token_file is for mode: socket alone"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a, channel: \"#ops\"}",
         "no id of a channel"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a, issuer: x}",
         "`issuer` is none of `issuers`"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a, api: "
         "\"http://slack.com/api/\"}",
         "`api` is no address to call"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a, api: \"https://slack.com\"}",
         "with a slash at the end"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a}, {name: a, team: T0, "
         "bot_token_file: b, app_token_file: a}",
         "has a name that is taken in line 1"},
        {"{name: a, bot_token_file: b, app_token_file: a}",
         "kind: slack needs `team`; expected the workspace's id"},
        {"{name: a, team: T0, app_token_file: a}",
         "kind: slack needs `bot_token_file`; expected the file with the bot's token"},
        {"{name: a, team: T0, bot_token_file: b, app_token_file: a, tenant: " GUID "}",
         "`tenant` is no key of kind: slack"},
        {"{name: a, kind: teams, tenant: " GUID ", client_secret_file: c}",
         "kind: teams needs `app_id`; expected the bot's App ID"},
        {"{name: a, kind: teams, app_id: " GUID ", client_secret_file: c}",
         "kind: teams needs `tenant`"},
        {"{name: a, kind: teams, app_id: " GUID ", tenant: " GUID "}",
         "kind: teams needs `client_secret_file`"},
        {TEAMS ", bot_token_file: b}", "`bot_token_file` is no key of kind: teams"},
        {TEAMS ", team: T0}", "`team` is no key of kind: teams"},
        {"{name: a, kind: teams, app_id: 8C3E9A40-16F5-4B72-9D01-5E2A7C6B8F13, tenant: " GUID
         ", client_secret_file: c}",
         "`app_id` is no GUID in small letters"},
        {"{name: a, kind: teams, app_id: " GUID ", tenant: acme-onmicrosoft-com-is-no-tenant-id, "
         "client_secret_file: c}",
         "`tenant` is no GUID in small letters"},
        {TEAMS ", channel: \"the general one\"}", "`channel` is no id of a conversation"},
        {TEAMS ", service: \"https://evil.example/\"}", "`service` is none of Teams'"},
        {TEAMS ", service: \"https://smba.trafficmanager.net/emea\"}",
         "`service` is none of Teams'"},
        {TEAMS ", api: \"http://10.0.0.1/\"}", "`api` is no address to call"},
        {TEAMS ", issuer: e}]\nissuers: [{name: e, issuer: \"https://e.example\", client_id: s}",
         "expected an issuer with subject_claim: oid"},
        {TEAMS ", issuer: e}]\nissuers: [{name: e, subject_claim: oid, client_id: s, issuer: "
               "\"https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0\"}",
         "its `issuer` is Entra of another tenant"},
        {"{name: a, kind: teams-workflow}",
         "kind: teams-workflow needs `url_file`; expected the file with the link that Teams gave"},
        {"{name: a, kind: teams-workflow, url_file: u, issuer: e}]\nissuers: [{name: e, issuer: "
         "\"https://e.example\", client_id: s}",
         "`issuer` is no key of kind: teams-workflow"},
        {"{name: a, kind: teams-workflow, url_file: u, channel: \"19:x\"}",
         "`channel` is no key of kind: teams-workflow"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);
        SL_BUF(complaints, 4096);
        struct sl_config *c = NULL;

        sl_buf_say(&text, "chat: [%s]\n" TARGET, rows[i].chat);
        SL_CHECK_INT(sl_config_load(sl_buf_span(&text), "t.yaml", &c, &complaints), SL_ECONFIG);
        if (!SL_CHECK(strstr(sl_buf_text(&complaints), rows[i].complaint) != NULL))
            printf("# %s\n", sl_buf_text(&complaints));
        sl_config_free(c);
    }
}

/* A route that leads nowhere is found when the file is read, not when somebody waits. */
static void test_routes_that_are_refused(void)
{
    static const struct {
        const char *route, *complaint;
    } rows[] = {{"chat", "is the name of no chat"},
                {"link:x", "leads to one channel alone"},
                {"teams", "this chat has no `channel`"},
                {"\"teams:the general one\"", "no id of a conversation"},
                {"a", "this chat has no `channel`"},
                {"\"a:#ops\"", "no id of a channel"},
                {"\"a:\"", "no id of a channel"}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);
        SL_BUF(complaints, 4096);
        struct sl_config *c = NULL;

        sl_buf_say(&text,
                   "chat: [{name: a, team: T0, bot_token_file: b, app_token_file: a}, {name: link, "
                   "kind: teams-workflow, url_file: u}, {name: teams, kind: teams, app_id: " GUID
                   ", tenant: " GUID ", client_secret_file: c}]\n" TARGET
                   "policy: [{name: r, when: {effects: [ddl]}, then: hold, reviewers: {groups: "
                   "[x]}, notify: [%s]}]\n",
                   rows[i].route);
        SL_CHECK_INT(sl_config_load(sl_buf_span(&text), "t.yaml", &c, &complaints), SL_ECONFIG);
        if (!SL_CHECK(strstr(sl_buf_text(&complaints), rows[i].complaint) != NULL))
            printf("# %s\n", sl_buf_text(&complaints));
        sl_config_free(c);
    }
}

static void test_hooks_that_are_refused(void)
{
    static const struct {
        const char *hook, *complaint;
    } rows[] = {
        {"{name: A, url: \"https://a.example\", secret_file: s}",
         "t.yaml:1:16: hook \"A\": expected a short name"},
        {"{name: a, url: \"http://a.example\", secret_file: s}", "no address to call"},
        {"{name: a, url: \"https://me:pw@a.example\", secret_file: s}", "no address to call"},
        {"{name: a, url: \"ftp://a.example\", secret_file: s}", "no address to call"},
        {"{name: a, url: \"syslog+tls://a.example:6514\", secret_file: s}", "no address to call"},
        {"{name: a, url: \"https://a.example\", format: syslog}", "no address of a syslog server"},
        {"{name: a, url: \"syslog+tls://a.example\", format: syslog}",
         "no address of a syslog server"},
        {"{name: a, url: \"syslog+tls://a.example:6514/x\", format: syslog}",
         "no address of a syslog server"},
        {"{name: a, url: \"https://a.example/sha256-" HEX_64 "\", format: ocsf}",
         "what is shown of an address"},
        {"{name: a, url: \"https://a.example?t=1\", format: ocsf}", "no address to call"},
        {"{name: a, url: \"https://a.example&t=1\", format: ocsf}", "no address to call"},
        {"{name: a, url: \"https://a.example=1/x\", format: ocsf}", "no address to call"},
        {"{name: a, url: \"https://a.example;t:8/x\", format: ocsf}", "no address to call"},
        {"{name: a, url: \"https://a%2eexample/x\", format: ocsf}", "no address to call"},
        {"{name: a, url: \"syslog+tls://a.example?t=1:6514\", format: syslog}",
         "no address of a syslog server"},
        {"{name: a, url: \"syslog+tls://a.example#t:6514\", format: syslog}",
         "no address of a syslog server"},
        {"{name: a, url: \"syslog+tls://a%2eb:6514\", format: syslog}",
         "no address of a syslog server"},
        {"{name: a, url: \"https://a.example\"}", "nothing to sign with"},
        {"{name: a, url: \"https://a.example\", secret_file: s, secret_command: [x]}",
         "expected one of them"},
        {"{name: a, url: \"https://a.example\", format: ocsf, secret_file: s}",
         "a secret signs cloudevents alone"},
        {"{name: a, url: \"https://a.example\", secret_file: s, token_file: t}",
         "a token is for ocsf alone"},
        {"{name: a, url: \"https://a.example\", secret_file: s, events: [some]}",
         "events: \"some\"; expected a list of held, decided"},
        {"{name: a, url: \"https://a.example\", format: x}", "format: "},
        {"{name: a, url: \"https://a.example\", format: ocsf}, {name: a, url: "
         "\"https://b.example\", format: ocsf}",
         "a name that is taken in line 1"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(text, 4096);
        SL_BUF(complaints, 1 << 16);
        struct sl_config *c = NULL;

        sl_buf_say(&text, "hooks: [%s]\n" TARGET, rows[i].hook);
        enum sl_err err = sl_config_load(sl_buf_span(&text), "t.yaml", &c, &complaints);
        if (!SL_CHECK_INT(err, SL_ECONFIG) ||
            !SL_CHECK(strstr(sl_buf_text(&complaints), rows[i].complaint) != NULL))
            printf("# row %zu: %s", i, sl_buf_text(&complaints));
        sl_config_free(c);
    }
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
    SL_CHECK_INT(t->login_count, 4);
    SL_CHECK_TEXT(sl_target_catalog_login(t)->user, "r");
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
             r->sync && r->notify.count == 2);
    SL_CHECK_TEXT(s->passkey_rp_id, "sluice.example");
    SL_CHECK_TEXT(s->passkey_origins.items[0], "https://desk.sluice.example:8443");
    SL_CHECK_TEXT(r->elevate.login, "strong");
    SL_CHECK_INT(m->budget.by, SL_BY_RUN);
    SL_CHECK_INT(m->budget.per_ms, 36 * 3600 * 1000);
    SL_CHECK_INT(m->budget.bytes, 1 << 30);
    check_every_issuer(c);
    check_every_hook(c);
    check_every_chat(c);
}

static void check_reads_back(const char *yaml)
{
    SL_BUF(text, 1 << 20);
    SL_BUF(again, 1 << 20);
    SL_FREED_BY(sl_config) struct sl_config *c = load(yaml);
    if (c == NULL)
        return;
    sl_config_explain(c, &text);
    SL_FREED_BY(sl_config) struct sl_config *d = NULL;
    SL_BUF(complaints, 1 << 16);
    if (!SL_CHECK_INT(sl_config_load_recorded(sl_buf_span(&text), "shown.yaml", &d, &complaints),
                      SL_OK))
        return;
    SL_CHECK(memcmp(c->digest, d->digest, sizeof c->digest) == 0);
    SL_CHECK_BYTES(d->canonical, c->canonical);
    sl_config_explain(d, &again);
    SL_CHECK_BYTES(sl_buf_span(&again), sl_buf_span(&text));
    sl_buf_reset(&again);
    sl_config_diff(c, d, &again);
    SL_CHECK_TEXT(sl_buf_span(&again), "");
}

static void test_one_rule_as_an_object(void)
{
    SL_FREED_BY(sl_config)
    struct sl_config *c = load(TARGET "policy:\n"
                                      "  - {name: one, then: deny, when: {effects: [ddl]}}\n"
                                      "  - {name: two, then: allow, budget: {rows: 7}}\n");
    if (c == NULL)
        return;
    json_t *two = sl_config_rule_json(c, SL_SPAN("two"));

    SL_CHECK_TEXT(sl_json_str(two, "then"), "allow");
    SL_CHECK_INT(json_integer_value(json_object_get(json_object_get(two, "budget"), "rows")), 7);
    SL_CHECK(json_object_get(two, "reviewers") == NULL);
    SL_CHECK(sl_config_rule_json(c, SL_SPAN("three")) == NULL);
    json_decref(two);
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
    SL_CHECK(strstr(sl_buf_text(&want), "## \n") == NULL); /* every place has a title */
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

int main(void)
{
    SL_RUN(test_the_example_of_the_manual);
    SL_RUN(test_every_key);
    SL_RUN(test_addresses_of_hooks_are_masked);
    SL_RUN(test_hooks_that_are_refused);
    SL_RUN(test_chats_that_are_refused);
    SL_RUN(test_routes_that_are_refused);
    SL_RUN(test_one_rule_as_an_object);
    SL_RUN(test_what_it_resolved_to_reads_back);
    SL_RUN(test_where_run_events_go);
    SL_RUN(test_who_reads_metrics);
    SL_RUN(test_passkeys);
    SL_RUN(test_truncation_and_flips);
    SL_RUN(test_the_manual_is_the_key_table);
    return sl_tap_done();
}
