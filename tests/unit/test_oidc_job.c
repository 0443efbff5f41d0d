/* CI systems' tokens, as their documentation shows them, and jobs of a configuration that they
 * fit. */
#include "core/policy/policy.h"
#include "tap.h"

static struct sl_arena *mem;

/* From GitHub's page on OpenID Connect; run_attempt is the first. */
#define GITHUB_HEAD "{\"jti\":\"example-id\",\"sub\":\"repo:octo-org/octo-repo:environment:prod\","
#define GITHUB_TAIL                                                                               \
    "\"environment\":\"prod\",\"aud\":\"sluice\",\"ref\":\"refs/heads/main\",\"sha\":\"example-"  \
    "sha\",\"repository\":\"octo-org/octo-repo\",\"repository_owner\":\"octo-org\","              \
    "\"repository_visibility\":\"private\",\"repository_owner_id\":\"65\",\"run_id\":"            \
    "\"1839246537\",\"run_number\":\"10\",\"runner_environment\":\"github-hosted\",\"workflow\":" \
    "\"example-workflow\",\"head_ref\":\"\",\"base_ref\":\"\",\"event_name\":"                    \
    "\"workflow_dispatch\",\"ref_type\":\"branch\",\"job_workflow_ref\":\"octo-org/"              \
    "octo-automation/.github/workflows/oidc.yml@refs/heads/main\",\"iss\":"                       \
    "\"https://token.actions.githubusercontent.com\",\"nbf\":1632492967,\"exp\":1632493867,"      \
    "\"iat\":1632493567}"
#define GITHUB(ids) GITHUB_HEAD ids "," GITHUB_TAIL
#define OCTO "\"repository_id\":\"74\",\"actor_id\":\"12\",\"actor\":\"octocat\""

/* From GitLab's page on ID tokens. */
#define GITLAB(ids)                                                                                \
    "{\"namespace_id\":\"72\",\"namespace_path\":\"my-group\"," ids ",\"project_path\":"           \
    "\"my-group/my-project\",\"user_login\":\"sample-user\",\"user_email\":"                       \
    "\"sample-user@example.com\",\"user_identities\":[{\"provider\":\"github\",\"extern_uid\":"    \
    "\"2435223452345\"}],\"pipeline_id\":\"574\",\"pipeline_source\":\"push\",\"job_id\":\"302\"," \
    "\"ref\":\"feature-branch-1\",\"ref_type\":\"branch\",\"ref_path\":"                           \
    "\"refs/heads/feature-branch-1\",\"ref_protected\":\"false\",\"groups_direct\":"               \
    "[\"mygroup/mysubgroup\"],\"environment\":\"test-environment2\",\"environment_protected\":"    \
    "\"false\",\"deployment_tier\":\"testing\",\"environment_action\":\"start\",\"runner_id\":1,"  \
    "\"runner_environment\":\"self-hosted\",\"sha\":\"714a629c0b401fdce83e847fc9589983fc6f46bc\"," \
    "\"project_visibility\":\"public\",\"ci_config_ref_uri\":"                                     \
    "\"gitlab.example.com/my-group/my-project//.gitlab-ci.yml@refs/heads/main\",\"jti\":"          \
    "\"235b3a54-b797-45c7-ae9a-f72d7bc6ef5b\",\"iss\":\"https://gitlab.example.com\",\"iat\":"     \
    "1681395193,\"nbf\":1681395188,\"exp\":1681398793,\"sub\":"                                    \
    "\"project_path:my-group/"                                                                     \
    "my-project:ref_type:branch:ref:feature-branch-1\",\"aud\":\"sluice\"}"

/* From Kubernetes' page on managing service accounts. */
#define KUBERNETES(account)                                                                      \
    "{\"aud\":[\"sluice\"],\"exp\":1731613413,\"iat\":1700077413,\"iss\":"                       \
    "\"https://kubernetes.default.svc\",\"jti\":\"ea28ed49-2e11-4280-9ec5-bc3d1d84661a\","       \
    "\"kubernetes.io\":{\"namespace\":\"kube-system\",\"node\":{\"name\":\"127.0.0.1\",\"uid\":" \
    "\"58456cb0-dd00-45ed-b797-5578fdceaced\"},\"pod\":{\"name\":"                               \
    "\"coredns-69cbfb9798-jv9gn\",\"uid\":\"778a530c-b3f4-47c0-9cd5-ab018fb64f33\"},"            \
    "\"serviceaccount\":{" account "},\"warnafter\":1700081020},\"nbf\":1700077413,\"sub\":"     \
    "\"system:serviceaccount:kube-system:coredns\"}"
#define COREDNS "\"name\":\"coredns\",\"uid\":\"a087d5a0-e1dd-43ec-93ac-f13d89cd13af\""

#define GITHUB_ISSUER "https://token.actions.githubusercontent.com"
#define SERVICE_ACCOUNT "system:serviceaccount:kube-system:coredns"

static enum sl_oidc_reason job_of(enum sl_issuer_kind kind, const char *issuer, const char *payload,
                                  struct sl_oidc_job *job)
{
    struct sl_oidc_claims c = {.issuer = sl_span_str(issuer),
                               .subject = SL_SPAN(SERVICE_ACCOUNT),
                               .payload = sl_span_str(payload)};

    return sl_oidc_job_read(kind, &c, mem, job);
}

static void test_jobs(void)
{
    static const struct {
        enum sl_issuer_kind kind;
        const char *issuer, *payload;
        const char *id, *name, *person, *person_name, *run, *link;
        bool has_people, unsure;
    } cases[] = {
        {SL_ISSUER_GITHUB, GITHUB_ISSUER, GITHUB(OCTO ",\"run_attempt\":\"1\""), "repository_id:74",
         "octo-org/octo-repo", "actor_id:12", "octocat", "1839246537/1",
         "https://github.com/octo-org/octo-repo/actions/runs/1839246537/attempts/1", true, false},
        /* somebody started it again, and the token does not say who */
        {SL_ISSUER_GITHUB, GITHUB_ISSUER, GITHUB(OCTO ",\"run_attempt\":\"2\""), "repository_id:74",
         "octo-org/octo-repo", "actor_id:12", "octocat", "1839246537/2",
         "https://github.com/octo-org/octo-repo/actions/runs/1839246537/attempts/2", true, true},
        {SL_ISSUER_GITHUB, GITHUB_ISSUER, GITHUB(OCTO), "repository_id:74", "octo-org/octo-repo",
         "actor_id:12", "octocat", "1839246537",
         "https://github.com/octo-org/octo-repo/actions/runs/1839246537", true, true},
        {SL_ISSUER_GITHUB, GITHUB_ISSUER,
         GITHUB("\"repository_id\":\"74\",\"actor_id\":\"49699333\",\"actor\":\"dependabot[bot]\","
                "\"run_attempt\":\"1\""),
         "repository_id:74", "octo-org/octo-repo", "actor_id:49699333", "dependabot[bot]",
         "1839246537/1", "https://github.com/octo-org/octo-repo/actions/runs/1839246537/attempts/1",
         true, true},
        {SL_ISSUER_GITHUB, GITHUB_ISSUER,
         GITHUB("\"repository_id\":74,\"actor\":\"octocat\",\"run_attempt\":\"1\""),
         "repository_id:74", "octo-org/octo-repo", "", "octocat", "1839246537/1",
         "https://github.com/octo-org/octo-repo/actions/runs/1839246537/attempts/1", true, true},
        {SL_ISSUER_GITHUB, "https://ghe.example/_services/token",
         GITHUB(OCTO ",\"run_attempt\":\"1\""), "repository_id:74", "octo-org/octo-repo",
         "actor_id:12", "octocat", "1839246537/1",
         "https://ghe.example/octo-org/octo-repo/actions/runs/1839246537/attempts/1", true, false},
        {SL_ISSUER_GITLAB, "https://gitlab.example.com",
         GITLAB("\"project_id\":\"20\",\"user_id\":\"1\""), "project_id:20", "my-group/my-project",
         "user_id:1", "sample-user", "574/302",
         "https://gitlab.example.com/my-group/my-project/-/jobs/302", true, false},
        {SL_ISSUER_GITLAB, "https://gitlab.example.com", GITLAB("\"project_id\":\"20\""),
         "project_id:20", "my-group/my-project", "", "sample-user", "574/302",
         "https://gitlab.example.com/my-group/my-project/-/jobs/302", true, true},
        {SL_ISSUER_KUBERNETES, "https://kubernetes.default.svc", KUBERNETES(COREDNS),
         "kube-system:a087d5a0-e1dd-43ec-93ac-f13d89cd13af", "kube-system:coredns", "", "",
         "coredns-69cbfb9798-jv9gn/778a530c-b3f4-47c0-9cd5-ab018fb64f33", "", false, false},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_job j = {0};
        SL_CHECK_INT(job_of(cases[i].kind, cases[i].issuer, cases[i].payload, &j), SL_OIDC_YES);
        SL_CHECK_TEXT(j.id, cases[i].id);
        SL_CHECK_TEXT(j.name, cases[i].name);
        SL_CHECK_TEXT(j.person, cases[i].person);
        SL_CHECK_TEXT(j.person_name, cases[i].person_name);
        SL_CHECK_TEXT(j.run, cases[i].run);
        SL_CHECK_TEXT(j.link, cases[i].link);
        if (!SL_CHECK(j.has_people == cases[i].has_people && j.person_unsure == cases[i].unsure))
            printf("# case %zu\n", i);
    }
}

/* A tag may have the name of a branch. */
static void test_refs(void)
{
    static const char *const cases[][3] = {
        {"github", "\"ref\":\"refs/heads/main\"", "refs/heads/main"},
        {"", "\"ref\":\"main\",\"ref_type\":\"branch\",\"ref_path\":\"refs/heads/main\"",
         "refs/heads/main"},
        {"", "\"ref\":\"main\",\"ref_type\":\"branch\"", "refs/heads/main"},
        {"", "\"ref\":\"main\",\"ref_type\":\"tag\"", "refs/tags/main"},
        {"", "\"ref\":\"main\"", ""},
        {"", "\"ref\":\"refs/heads/main\",\"ref_type\":\"tag\"", "refs/tags/refs/heads/main"},
        {"", "\"ref\":\"main\",\"ref_path\":\"refs/merge-requests/1/head\"",
         "refs/merge-requests/1/head"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        bool github = cases[i][0][0] != '\0';
        SL_BUF(payload, 500);
        struct sl_oidc_job j = {0};
        sl_buf_say(&payload, "{\"%s\":\"74\",%s}", github ? "repository_id" : "project_id",
                   cases[i][1]);
        SL_CHECK_INT(job_of(github ? SL_ISSUER_GITHUB : SL_ISSUER_GITLAB, GITHUB_ISSUER,
                            sl_buf_text(&payload), &j),
                     SL_OIDC_YES);
        SL_CHECK_TEXT(j.ref, cases[i][2]);
    }
}

static void test_no_jobs(void)
{
    static const struct {
        enum sl_issuer_kind kind;
        const char *payload;
    } cases[] = {
        {SL_ISSUER_GITHUB, GITHUB("\"actor_id\":\"12\"")}, /* a name alone */
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":\"\"")},
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":\"074\"")},
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":\"74 \"")},
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":\"7/4\"")},
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":[\"74\"]")},
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":-74")},
        {SL_ISSUER_GITHUB, GITHUB("\"repository_id\":\"123456789012345678901\"")},
        {SL_ISSUER_GITHUB, GITLAB("\"project_id\":\"20\"")},
        {SL_ISSUER_GITLAB, GITHUB(OCTO)},
        {SL_ISSUER_GITLAB, GITLAB("\"user_id\":\"1\"")},
        {SL_ISSUER_KUBERNETES, GITHUB(OCTO)},
        {SL_ISSUER_KUBERNETES, KUBERNETES("\"name\":\"coredns\"")},
        {SL_ISSUER_KUBERNETES, KUBERNETES("\"name\":\"coredns\",\"uid\":\"a:b\"")},
        {SL_ISSUER_KUBERNETES, KUBERNETES("\"name\":\"other\",\"uid\":\"a087\"")}, /* not its sub */
        {SL_ISSUER_KUBERNETES, "{\"kubernetes.io\":7}"},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_oidc_job j = {0};
        if (!SL_CHECK_INT(job_of(cases[i].kind, GITHUB_ISSUER, cases[i].payload, &j),
                          SL_OIDC_JOB_UNKNOWN))
            printf("# %s\n", cases[i].payload);
        SL_CHECK(j.id.p == NULL);
    }
}

/* What would make a link lead elsewhere leaves it out; the job is still the job. */
static void test_odd_names_make_no_links(void)
{
    struct sl_oidc_job j = {0};

    SL_CHECK_INT(
        job_of(SL_ISSUER_GITHUB, GITHUB_ISSUER,
               "{\"repository_id\":\"74\",\"repository\":\"a/b?x=\\\"c\",\"run_id\":\"1\"}", &j),
        SL_OIDC_YES);
    SL_CHECK_TEXT(j.link, "");
    SL_CHECK_INT(job_of(SL_ISSUER_GITHUB, "https://somewhere.example",
                        "{\"repository_id\":\"74\",\"repository\":\"a/b\",\"run_id\":\"1\"}", &j),
                 SL_OIDC_YES);
    SL_CHECK_TEXT(j.link, "");
    SL_CHECK_INT(job_of(SL_ISSUER_GITHUB, GITHUB_ISSUER,
                        "{\"repository_id\":\"74\",\"ref\":\"refs/heads/\\u202egnp\"}", &j),
                 SL_OIDC_JOB_UNKNOWN);
}

/* --- the configuration's jobs ----------------------------------------------------------------- */

static const char config[] =
    "targets: [{name: t, address: /run, database: d, login: {user: u}}]\n"
    "issuers:\n"
    "  - name: github\n"
    "    issuer: " GITHUB_ISSUER "\n"
    "    kind: github-actions\n"
    "    audiences: [sluice]\n"
    "    jobs:\n"
    "      - {identity: deploy, repository_id: \"74\", environment: prod, ref: \"refs/heads/m*\"}\n"
    "      - {identity: named, repository_id: \"75\", repository: octo-org/other}\n"
    "      - {identity: flow, repository_id: \"76\", workflow: \"octo-org/octo-automation/*\"}\n"
    "      - {identity: any, repository_id: \"74\"}\n"
    "  - name: corp\n"
    "    issuer: https://i.example\n"
    "    client_id: sluice\n"
    "    groups_claim: groups\n"
    "    groups: [{theirs: \"5f3a\", ours: dba}]\n"
    "  - {name: old, issuer: \"https://j.example\", audiences: [a], groups_claim: g, group_prefix: "
    "\"j-\"}\n";

static struct sl_config *load(void)
{
    SL_BUF(complaints, 64 * 1024);
    struct sl_config *c = NULL;

    if (sl_config_load(sl_span_str(config), "t.yaml", &c, &complaints) != SL_OK)
        printf("# %s", sl_buf_text(&complaints));
    SL_PROMISE(c != NULL);
    return c;
}

static void test_which_job(void)
{
    static const struct {
        struct sl_oidc_job job;
        const char *identity; /* NULL: none */
    } cases[] = {
#define S(text) {(const uint8_t *)(text), sizeof(text) - 1}
#define ID(number) .kind = SL_ISSUER_GITHUB, .id = S("repository_id:" number)
        {{ID("74"), .environment = S("prod"), .ref = S("refs/heads/main")}, "deploy"},
        {{ID("74"), .environment = S("prod"), .ref = S("refs/heads/x")}, "any"},
        {{ID("74"), .ref = S("refs/heads/main")}, "any"},
        {{ID("7")}, NULL},
        {{ID("75"), .name = S("octo-org/other")}, "named"},
        {{ID("75"), .name = S("octo-org/renamed")}, NULL},
        {{ID("76"), .workflow = S("octo-org/octo-automation/a.yml@refs/heads/main")}, "flow"},
        {{ID("76"), .workflow = S("evil/octo-org/octo-automation/a.yml")}, NULL},
        {{ID("76")}, NULL},
        {{.kind = SL_ISSUER_GITLAB, .id = S("repository_id:74")}, NULL},
    };
    SL_FREED_BY(sl_config) struct sl_config *c = load();

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        const struct sl_job *j = sl_issuer_job(&c->issuers[0], &cases[i].job);
        SL_CHECK_TEXT(j == NULL ? SL_SPAN("") : j->identity,
                      cases[i].identity == NULL ? "" : cases[i].identity);
    }
}

static void test_group_names(void)
{
    SL_FREED_BY(sl_config) struct sl_config *c = load();
    SL_BUF(name, 100);

    SL_CHECK(sl_issuer_put_group(&name, &c->issuers[1], SL_SPAN("5f3a")));
    SL_CHECK_TEXT(sl_buf_span(&name), "dba");
    sl_buf_reset(&name);
    SL_CHECK(!sl_issuer_put_group(&name, &c->issuers[1], SL_SPAN("dba"))); /* theirs, not ours */
    SL_CHECK_INT(name.n, 0);
    SL_CHECK(sl_issuer_put_group(&name, &c->issuers[2], SL_SPAN("dba")));
    SL_CHECK_TEXT(sl_buf_span(&name), "j-dba");
}

static void test_what_a_token_must_be(void)
{
    SL_FREED_BY(sl_config) struct sl_config *c = load();
    struct sl_oidc_wanted w;

    sl_issuer_wanted(&c->issuers[1], SL_TOKEN_SIGN_IN, &w);
    SL_CHECK_TEXT(w.client_id, "sluice");
    SL_CHECK(w.audience_count == 1 && sl_span_is(w.audiences[0], "sluice"));
    SL_CHECK(w.type == SL_OIDC_JWT && w.algorithms == SL_OIDC_RS256 && w.max_lifetime_s == 0);
    sl_issuer_wanted(&c->issuers[1], SL_TOKEN_ASK, &w);
    SL_CHECK(w.audience_count == 0 && w.client_id.n == 0 && w.type == SL_OIDC_AT_JWT);
    SL_CHECK(sl_issuer_signs_in(&c->issuers[1]) && !sl_issuer_takes_tokens(&c->issuers[1]));
    sl_issuer_wanted(&c->issuers[0], SL_TOKEN_ASK, &w);
    SL_CHECK(w.type == SL_OIDC_JWT && w.max_lifetime_s == 86400);
    sl_issuer_wanted(&c->issuers[0], SL_TOKEN_SIGN_IN, &w);
    SL_CHECK_INT(w.audience_count, 0); /* nobody signs in there */
    SL_CHECK(!sl_issuer_signs_in(&c->issuers[0]) && sl_issuer_takes_tokens(&c->issuers[0]));
}

int main(void)
{
    SL_CHECK_INT(sl_arena_new(&mem, 1 << 20), SL_OK);
    SL_RUN(test_jobs);
    SL_RUN(test_refs);
    SL_RUN(test_no_jobs);
    SL_RUN(test_odd_names_make_no_links);
    SL_RUN(test_which_job);
    SL_RUN(test_group_names);
    SL_RUN(test_what_a_token_must_be);
    sl_arena_free(mem);
    return sl_tap_done();
}
