/* What is taken and may not be meant so. */
#include "tests/unit/config_example.h"

static void test_warnings(void)
{
#define OPEN(more)                                                                              \
    "targets: [{name: t, address: /run, database: d, login: {user: u}, access: {groups: [g]}, " \
    "environment: test, reviewers: {groups: [r]}" more "}]\n"
#define PRODUCTION                                                                              \
    "govern: two-person\nroles: {admins: {groups: [x]}}\n"                                       \
    "targets: [{name: t, address: /run, database: d, login: {user: u}, access: {groups: [g]}, " \
    "reviewers: {groups: [r]}}]\n"
#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define TEAMS(more)                                                                               \
    "public_url: https://sluice.example\n"                                                        \
    "issuers: [{name: entra, issuer: \"https://login.microsoftonline.com/" TENANT                 \
    "/v2.0\", subject_claim: oid, client_id: sluice, client_secret_file: e}]\n"                   \
    "chat: [{name: teams, kind: teams, app_id: c9e8c047-2a34-40a1-b28a-b162d5f5327c, tenant: "    \
    "" TENANT ", client_secret_file: c, issuer: entra, channel: \"19:ops@thread.tacv2\"" more "}]\n"
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
        {"targets: [{name: t, address: /run, database: d, login: [{group: g, user: u}], access: "
         "{groups: [g]}, reviewers: {groups: [r]}}]\n",
         "there is no login to read the catalog with"},
        {"targets: [{name: t, address: /run, database: d, login: {user: \"a_{identity}\"}, access: "
         "{groups: [g]}, reviewers: {groups: [r]}}]\n",
         "there is no login to read the catalog with"},
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
        {"public_url: http://localhost:9\n" OPEN(
             "") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, proof: passkey, "
                 "decide_in: [slack, cli]}]\n",
         "decide_in leaves out where people have them"},
        {"public_url: http://localhost:9\n" OPEN(
             "") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, proof: passkey, "
                 "decide_in: [console]}]\n",
         ""},
        {OPEN("") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, decide_in: [slack]}]\n",
         "there is no `chat`"},
        {OPEN("") "policy: [{name: a, then: hold, reviewers: {groups: [x]}, decide_in: [console, "
                  "cli]}]\n",
         "which of the two it is, the caller says"},
        {TEAMS("") PRODUCTION "policy: [{name: a, then: hold, reviewers: {groups: [x]}}]\n",
         "rule \"a\" can be decided in Teams, whose tokens are bound to no message"},
        {TEAMS("") PRODUCTION "policy: [{name: a, then: hold, reviewers: {groups: [x]}, decide_in: "
                              "[teams, console]}]\n",
         "can be decided in Teams"},
        {TEAMS("") PRODUCTION "policy: [{name: a, then: hold, reviewers: {groups: [x]}, decide_in: "
                              "[console]}]\n",
         ""},
        {TEAMS("") PRODUCTION
         "policy: [{name: a, then: hold, reviewers: {groups: [x]}, proof: passkey}]\n",
         ""},
        {TEAMS("") PRODUCTION "policy: [{name: a, then: deny}]\n", ""},
        {TEAMS(", show: link") PRODUCTION
         "policy: [{name: a, then: hold, reviewers: {groups: [x]}}]\n",
         ""}, /* nothing is decided there */
        {PRODUCTION "policy: [{name: a, then: hold, reviewers: {groups: [x]}}]\n", ""},
        {TEAMS("") OPEN("") "policy: [{name: a, then: hold, reviewers: {groups: [x]}}]\n", ""},
        {TEAMS("") OPEN("") "policy: [{name: a, when: {effects: [read, export]}, then: hold, "
                            "reviewers: {groups: [x]}}]\n",
         "can be decided in Teams"},
        {TEAMS("") OPEN("") "policy: [{name: a, when: {effects: [privilege]}, then: hold, "
                            "reviewers: {groups: [x]}}]\n",
         "can be decided in Teams"},
        {TEAMS("") OPEN("") "policy: [{name: a, when: {effects: [program]}, then: hold, "
                            "reviewers: {groups: [x]}}]\n",
         "can be decided in Teams"},
        {TEAMS("") OPEN("") "policy: [{name: a, when: {effects: [admin]}, then: hold, "
                            "reviewers: {groups: [x]}}]\n",
         "can be decided in Teams"},
        {TEAMS("") OPEN("") "policy: [{name: a, when: {effects: [ddl]}, then: hold, "
                            "reviewers: {groups: [x]}}]\n",
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
        bool as_said = true;
        if (sl_config_load(sl_span_str(rows[i].yaml), "t.yaml", &c, &out) == SL_OK)
            as_said = (sl_config_warn(c, "t.yaml", &out) == 0) == (rows[i].says[0] == '\0');
        if (!SL_CHECK(as_said && strstr(sl_buf_text(&out), rows[i].says) != NULL))
            printf("#   %s#   says: %s", rows[i].yaml, sl_buf_text(&out));
        sl_config_free(c);
    }
}

int main(void)
{
    SL_RUN(test_warnings);
    return sl_tap_done();
}
