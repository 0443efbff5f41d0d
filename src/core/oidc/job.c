/* CI systems' tokens: which job, who set it going, where to read about it. */
#include "core/oidc/job.h"
#include "core/oidc/oidc_int.h"

struct reading {
    const json_t *claims;
    const struct sl_oidc_claims *token;
    struct sl_arena *mem;
    struct sl_oidc_job *job;
};

static bool is_digits(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0 && s.n <= 20 && s.p[0] != '0';
}

/* Nothing that would mean something in an address or between our own words. */
static bool is_name(struct sl_span s, const char *more)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '.';
        if (!word && strchr(more, c) == NULL)
            return false;
    }
    return s.n > 0 && s.n <= 400;
}

static bool keep(const struct reading *r, struct sl_buf *b, struct sl_span *out)
{
    struct sl_span kept =
        sl_buf_err(b) == SL_OK ? sl_arena_copy(r->mem, sl_buf_span(b)) : sl_span(NULL, 0);

    if (kept.p != NULL)
        *out = kept;
    return kept.p != NULL;
}

/* "repository_id:74", of a claim that is a number, as text or as one. */
static bool take_id(const struct reading *r, const char *claim, struct sl_span *out)
{
    SL_BUF(text, 100);
    SL_BUF(number, 30);
    uint64_t value;

    if (sl_json_u64(r->claims, claim, &value))
        sl_buf_put_decimal(&number, value);
    else
        sl_buf_put(&number, sl_span_head(sl_json_str(r->claims, claim), 30));
    if (!is_digits(sl_buf_span(&number)))
        return false;
    sl_buf_say(&text, "%s:%S", claim, sl_buf_span(&number));
    return keep(r, &text, out);
}

static bool take(const struct reading *r, const char *claim, struct sl_span *out)
{
    return sl_oidc_take_text(r->claims, claim, r->mem, out);
}

/* What is there for people and for links only: odd ones are left out. */
static struct sl_span name_in(const json_t *object, const char *claim, const char *more)
{
    struct sl_span text = sl_json_str(object, claim);

    return is_name(text, more) ? text : sl_span(NULL, 0);
}

static struct sl_span digits_in(const json_t *object, const char *claim)
{
    struct sl_span text = sl_json_str(object, claim);

    return is_digits(text) ? text : sl_span(NULL, 0);
}

static bool put_run(const struct reading *r, struct sl_span first, struct sl_span second)
{
    SL_BUF(run, 100);

    if (first.n == 0)
        return true;
    sl_buf_say(&run, second.n > 0 ? "%S/%S" : "%S", first, second);
    return keep(r, &run, &r->job->run);
}

/* --- GitHub Actions --------------------------------------------------------------------------- */

/* The site of the issuer: github.com, or an Enterprise Server at its own address. */
static void put_github_site(struct sl_buf *b, struct sl_span issuer)
{
    static const char own[] = "/_services/token";
    struct sl_span hosted = SL_SPAN("https://token.actions.githubusercontent.com");

    if (sl_span_starts(issuer, hosted))
        sl_buf_put_str(b, "https://github.com");
    else if (issuer.n > strlen(own) &&
             sl_span_is(sl_span_from(issuer, issuer.n - strlen(own)), own))
        sl_buf_put(b, sl_span_head(issuer, issuer.n - strlen(own)));
}

static bool put_github_link(const struct reading *r, struct sl_span repository, struct sl_span run,
                            struct sl_span attempt)
{
    SL_BUF(link, SL_OIDC_URL_MAX);

    put_github_site(&link, r->token->issuer);
    if (link.n == 0 || repository.n == 0 || run.n == 0)
        return true;
    sl_buf_say(&link, "/%S/actions/runs/%S", repository, run);
    if (attempt.n > 0)
        sl_buf_say(&link, "/attempts/%S", attempt);
    return keep(r, &link, &r->job->link);
}

static bool is_bot(struct sl_span actor)
{
    return actor.n > 5 && sl_span_is(sl_span_from(actor, actor.n - 5), "[bot]");
}

static bool read_github(const struct reading *r)
{
    struct sl_span repository = name_in(r->claims, "repository", "/");
    struct sl_span run = digits_in(r->claims, "run_id");
    struct sl_span attempt = digits_in(r->claims, "run_attempt");
    struct sl_oidc_job *j = r->job;

    j->has_people = true;
    if (!take_id(r, "repository_id", &j->id) || !take(r, "repository", &j->name) ||
        !take(r, "ref", &j->ref) || !take(r, "environment", &j->environment) ||
        !take(r, "job_workflow_ref", &j->workflow) || !take(r, "actor", &j->person_name) ||
        !put_run(r, run, attempt) || !put_github_link(r, repository, run, attempt))
        return false;
    j->person_unsure =
        !take_id(r, "actor_id", &j->person) || is_bot(j->person_name) || !sl_span_is(attempt, "1");
    return true;
}

/* --- GitLab CI -------------------------------------------------------------------------------- */

static bool put_gitlab_link(const struct reading *r, struct sl_span path, struct sl_span job)
{
    SL_BUF(link, SL_OIDC_URL_MAX);

    if (path.n == 0 || job.n == 0)
        return true;
    sl_buf_say(&link, "%S/%S/-/jobs/%S", r->token->issuer, path, job);
    return keep(r, &link, &r->job->link);
}

/* As GitHub has it, "refs/heads/main": a tag may have the name of a branch. Old servers leave
 * `ref_path` out. */
static bool take_gitlab_ref(const struct reading *r)
{
    struct sl_span name = sl_json_str(r->claims, "ref"), type = sl_json_str(r->claims, "ref_type");
    const char *head = sl_span_is(type, "branch") ? "heads" : sl_span_is(type, "tag") ? "tags" : "";
    SL_BUF(path, SL_OIDC_TEXT_MAX);

    if (json_object_get(r->claims, "ref_path") != NULL)
        return take(r, "ref_path", &r->job->ref);
    if (name.n == 0 || head[0] == '\0')
        return true;
    sl_buf_say(&path, "refs/%s/%S", head, name);
    return sl_oidc_is_text(sl_buf_span(&path), SL_OIDC_TEXT_MAX) && keep(r, &path, &r->job->ref);
}

static bool read_gitlab(const struct reading *r)
{
    struct sl_span path = name_in(r->claims, "project_path", "/");
    struct sl_span job = digits_in(r->claims, "job_id");
    struct sl_oidc_job *j = r->job;

    j->has_people = true;
    if (!take_id(r, "project_id", &j->id) || !take(r, "project_path", &j->name) ||
        !take_gitlab_ref(r) || !take(r, "environment", &j->environment) ||
        !take(r, "ci_config_ref_uri", &j->workflow) || !take(r, "user_login", &j->person_name) ||
        !put_run(r, digits_in(r->claims, "pipeline_id"), job) || !put_gitlab_link(r, path, job))
        return false;
    j->person_unsure = !take_id(r, "user_id", &j->person);
    return true;
}

/* --- Kubernetes service accounts -------------------------------------------------------------- */

static bool read_kubernetes(const struct reading *r)
{
    const json_t *kubernetes = json_object_get(r->claims, "kubernetes.io");
    const json_t *account = json_object_get(kubernetes, "serviceaccount");
    struct sl_span space = name_in(kubernetes, "namespace", "");
    struct sl_span uid = name_in(account, "uid", ""), name = name_in(account, "name", "");
    struct sl_span pod = name_in(json_object_get(kubernetes, "pod"), "name", "");
    struct sl_span pod_uid = name_in(json_object_get(kubernetes, "pod"), "uid", "");
    SL_BUF(subject, SL_OIDC_TEXT_MAX);
    SL_BUF(id, SL_OIDC_TEXT_MAX);
    SL_BUF(called, SL_OIDC_TEXT_MAX);

    sl_buf_say(&subject, "system:serviceaccount:%S:%S", space, name);
    if (space.n == 0 || uid.n == 0 || name.n == 0 ||
        !sl_span_eq(sl_buf_span(&subject), r->token->subject))
        return false;
    sl_buf_say(&id, "%S:%S", space, uid);
    sl_buf_say(&called, "%S:%S", space, name);
    return keep(r, &id, &r->job->id) && keep(r, &called, &r->job->name) && put_run(r, pod, pod_uid);
}

enum sl_oidc_reason sl_oidc_job_read(enum sl_issuer_kind kind, const struct sl_oidc_claims *claims,
                                     struct sl_arena *mem, struct sl_oidc_job *out)
{
    struct sl_oidc_job job = {.kind = kind};
    json_t *payload = NULL;

    SL_PROMISE(kind != SL_ISSUER_OIDC);
    if (sl_json_read(claims->payload, &payload, NULL) != SL_OK)
        return SL_OIDC_CLAIMS;
    struct reading r = {payload, claims, mem, &job};
    bool known = kind == SL_ISSUER_GITHUB   ? read_github(&r)
                 : kind == SL_ISSUER_GITLAB ? read_gitlab(&r)
                                            : read_kubernetes(&r);
    json_decref(payload);
    if (!known)
        return SL_OIDC_JOB_UNKNOWN;
    *out = job;
    return SL_OIDC_YES;
}
