/* Whose word about people and jobs counts: what one key of an issuer cannot say, and what a token
 * of it must be. */
#include "core/policy/policy_int.h"

static struct sl_buf *about(struct sl_load *l, const struct sl_node *at, const struct sl_issuer *i)
{
    struct sl_buf *b = sl_load_complain(l, at);

    sl_buf_put_str(b, "issuer ");
    sl_load_quote(b, i->name);
    return b;
}

static bool is_ci(const struct sl_issuer *i)
{
    return i->kind != SL_ISSUER_OIDC;
}

static void check_names(struct sl_load *l, const struct sl_node *at, const struct sl_config *c,
                        size_t index)
{
    const struct sl_issuer *i = &c->issuers[index];

    if (!sl_is_short_name(i->name))
        sl_buf_put_str(about(l, at, i), ": expected a short name of a-z, 0-9, -, _ and dots\n");
    if (!sl_is_endpoint(i->issuer) || sl_span_find(i->issuer, '?') < i->issuer.n)
        sl_buf_put_str(about(l, at, i), ": `issuer` is no address of one; expected https://, or "
                                        "http:// to this machine, without a query\n");
    for (size_t j = 0; j < index; j++) {
        if (sl_span_eq(c->issuers[j].name, i->name))
            sl_buf_say(about(l, at, i), " has a name that is taken in line %u; expected its own\n",
                       (unsigned)c->issuers[j].line);
        if (sl_span_eq(c->issuers[j].issuer, i->issuer))
            sl_buf_say(about(l, at, i),
                       " is the same as in line %u; expected each issuer once, for its word "
                       "would count in two ways\n",
                       (unsigned)c->issuers[j].line);
    }
}

static void check_client(struct sl_load *l, const struct sl_node *at, const struct sl_issuer *i)
{
    bool secret = i->client_secret_file.n > 0 || i->client_secret_command.count > 0;

    if (i->client_secret_file.n > 0 && i->client_secret_command.count > 0)
        sl_buf_put_str(about(l, at, i), ": client_secret_file and client_secret_command; expected "
                                        "one of them\n");
    if (secret && i->client_id.n == 0)
        sl_buf_put_str(about(l, at, i), ": a secret of no client; expected client_id\n");
    if (i->client_id.n == 0 && i->audiences.count == 0)
        sl_buf_put_str(about(l, at, i), ": nothing of it is taken; expected client_id (people sign "
                                        "in) or audiences (tokens are shown)\n");
    if (i->client_id.n > 0 && sl_names_has(&i->audiences, i->client_id))
        sl_buf_put_str(about(l, at, i),
                       ": audiences has the client_id, so that a token of somebody's sign-in "
                       "would be one to ask with; expected a name for Sluice's own tokens\n");
    if (i->act == SL_ACT_TAKE && (is_ci(i) || i->audiences.count == 0))
        sl_buf_put_str(about(l, at, i), ": act: take, and no token of one who acts for another is "
                                        "shown; expected kind: oidc and audiences\n");
    if (i->provision == SL_PROVISION_PEOPLE && i->client_id.n == 0)
        sl_buf_put_str(about(l, at, i), ": provision: people, and nobody signs in; expected "
                                        "client_id\n");
}

/* What people change, or what the next one gets: no word for who somebody is. */
static bool is_of_a_name(struct sl_span claim)
{
    static const char *const names[] = {"email",
                                        "emails",
                                        "mail",
                                        "upn",
                                        "name",
                                        "unique_name",
                                        "nickname",
                                        "given_name",
                                        "family_name",
                                        "phone_number",
                                        "preferred_username",
                                        "verified_primary_email"};

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (sl_span_is(claim, names[i]))
            return true;
    return false;
}

static void check_subject(struct sl_load *l, const struct sl_node *at, const struct sl_issuer *i)
{
    bool is_sub = sl_span_is(i->subject_claim, "sub");

    if (is_of_a_name(i->subject_claim))
        sl_buf_put_str(about(l, at, i),
                       ": subject_claim is a name or an address, which the next one may get, and "
                       "with it the account; expected an id that never changes hands\n");
    if (!is_sub && (is_ci(i) || i->act == SL_ACT_TAKE))
        sl_buf_put_str(about(l, at, i), ": subject_claim, where jobs or those who act are known "
                                        "by `sub`; expected sub\n");
}

static void check_groups(struct sl_load *l, const struct sl_node *at, const struct sl_issuer *i)
{
    bool named = i->group_prefix.n > 0 || i->group_count > 0;

    if (i->group_prefix.n > 0 && i->group_count > 0)
        sl_buf_put_str(about(l, at, i), ": group_prefix and groups; expected one of them\n");
    if (i->groups_claim.n > 0 && !named) /* without a claim they may be pushed (SCIM) */
        sl_buf_put_str(about(l, at, i),
                       ": groups_claim, and nothing says what its groups are called here; "
                       "expected group_prefix or groups\n");
    for (size_t j = 0; j < i->group_count; j++)
        for (size_t k = 0; k < j; k++)
            if (sl_span_eq(i->groups[j].theirs, i->groups[k].theirs))
                sl_buf_put_str(about(l, at, i), ": a group is named twice; expected one name\n");
}

static bool has_blank(const struct sl_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (sl_span_find(names->items[i], ' ') < names->items[i].n)
            return true;
    return false;
}

static struct sl_names usual_scopes(struct sl_load *l)
{
    struct sl_names names = {sl_arena_array(l->mem, 2, sizeof *names.items), 2};

    l->out_of_memory |= names.items == NULL;
    if (names.items == NULL)
        return (struct sl_names){NULL, 0};
    names.items[0] = SL_SPAN("openid");
    names.items[1] = SL_SPAN("profile");
    return names;
}

static void resolve_scopes(struct sl_load *l, const struct sl_node *at, struct sl_issuer *i)
{
    if (i->scopes.count == 0 && !is_ci(i) && i->client_id.n > 0)
        i->scopes = usual_scopes(l);
    if (i->scopes.count > 0 && !sl_names_has(&i->scopes, SL_SPAN("openid")))
        sl_buf_put_str(about(l, at, i), ": scopes lacks openid; expected it, or no ID token "
                                        "would come\n");
    if (has_blank(&i->scopes) || has_blank(&i->mfa_acr))
        sl_buf_put_str(about(l, at, i), ": a blank inside an item of scopes or mfa_acr; expected "
                                        "one item for each\n");
}

/* --- jobs ----------------------------------------------------------------------------------- */

static bool is_digits(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0 && s.p[0] != '0';
}

static bool has_keys_of(const struct sl_job *j, enum sl_issuer_kind kind)
{
    switch (kind) {
    case SL_ISSUER_GITHUB:
        return j->repository_id.n + j->repository.n > 0;
    case SL_ISSUER_GITLAB:
        return j->project_id.n + j->project_path.n > 0;
    default:
        return j->k8s_namespace.n + j->service_account_uid.n + j->service_account.n > 0;
    }
}

/* Which key holds the stable id, and is it there? */
static const char *missing_id(const struct sl_job *j, enum sl_issuer_kind kind)
{
    if (kind == SL_ISSUER_GITHUB)
        return is_digits(j->repository_id) ? NULL : "repository_id, a number";
    if (kind == SL_ISSUER_GITLAB)
        return is_digits(j->project_id) ? NULL : "project_id, a number";
    return j->k8s_namespace.n > 0 && j->service_account_uid.n > 0
               ? NULL
               : "namespace and service_account_uid";
}

static void put_job_id(struct sl_buf *b, const struct sl_job *j, enum sl_issuer_kind kind)
{
    if (kind == SL_ISSUER_GITHUB)
        sl_buf_say(b, "repository_id:%S", j->repository_id);
    else if (kind == SL_ISSUER_GITLAB)
        sl_buf_say(b, "project_id:%S", j->project_id);
    else
        sl_buf_say(b, "%S:%S", j->k8s_namespace, j->service_account_uid);
}

static bool is_same_job(const struct sl_job *a, const struct sl_job *b)
{
    return sl_span_eq(a->id, b->id) && sl_span_eq(a->ref, b->ref) &&
           sl_span_eq(a->environment, b->environment) && sl_span_eq(a->workflow, b->workflow);
}

static void check_job_kind(struct sl_load *l, const struct sl_node *at, const struct sl_issuer *i,
                           const struct sl_job *j)
{
    const char *missing = missing_id(j, i->kind);

    for (unsigned kind = SL_ISSUER_GITHUB; kind <= SL_ISSUER_KUBERNETES; kind++)
        if (kind != (unsigned)i->kind && has_keys_of(j, (enum sl_issuer_kind)kind))
            sl_buf_put_str(about(l, at, i), ": a job has keys of another kind of issuer; expected "
                                            "those of its own\n");
    if (missing != NULL)
        sl_buf_say(about(l, at, i),
                   ": a job is known by a name alone, or by nothing: names are given to others "
                   "when they are free again, and whoever gets one would be let in; expected "
                   "%s\n",
                   missing);
    if (i->kind == SL_ISSUER_KUBERNETES && j->ref.n + j->environment.n + j->workflow.n > 0)
        sl_buf_put_str(about(l, at, i), ": ref, environment and workflow are not in tokens of "
                                        "kubernetes; expected none of them\n");
}

static void resolve_job(struct sl_load *l, const struct sl_node *at, struct sl_issuer *i,
                        size_t index)
{
    struct sl_job *j = &i->jobs[index];
    SL_BUF(id, 200);

    check_job_kind(l, at, i, j);
    put_job_id(&id, j, i->kind);
    j->id = sl_load_keep(l, sl_buf_span(&id));
    for (size_t k = 0; k < index; k++)
        if (is_same_job(j, &i->jobs[k]))
            sl_buf_put_str(about(l, at, i), ": the same job twice; expected it once, or with "
                                            "another ref, environment or workflow\n");
}

static void check_ci(struct sl_load *l, const struct sl_node *at, const struct sl_issuer *i)
{
    bool for_people = i->client_id.n + i->scopes.count + i->groups_claim.n + i->mfa_acr.count > 0 ||
                      i->provision == SL_PROVISION_PEOPLE;

    if (!is_ci(i) && i->job_count > 0)
        sl_buf_put_str(about(l, at, i), ": jobs are of CI systems; expected kind: github-actions, "
                                        "gitlab-ci or kubernetes\n");
    if (is_ci(i) && for_people)
        sl_buf_put_str(about(l, at, i), ": nobody signs in at a CI system; expected no client_id, "
                                        "scopes, groups_claim, mfa_acr and provision\n");
    if (is_ci(i) && (i->job_count == 0 || i->audiences.count == 0))
        sl_buf_put_str(about(l, at, i), ": none of its jobs is let in; expected jobs and "
                                        "audiences\n");
    if (is_ci(i) && i->token_type == SL_OIDC_AT_JWT)
        sl_buf_put_str(about(l, at, i), ": tokens of CI systems are no at+jwt; expected jwt\n");
}

void sl_config_resolve_issuer(struct sl_load *l, struct sl_config *c, size_t index,
                              const struct sl_node *at)
{
    struct sl_issuer *i = &c->issuers[index];

    check_names(l, at, c, index);
    check_client(l, at, i);
    check_subject(l, at, i);
    check_groups(l, at, i);
    check_ci(l, at, i);
    resolve_scopes(l, at, i);
    if (i->algorithms == 0)
        i->algorithms = SL_OIDC_RS256;
    if (i->token_type == 0)
        i->token_type = is_ci(i) ? SL_OIDC_JWT : SL_OIDC_AT_JWT;
    for (size_t j = 0; j < i->job_count && is_ci(i); j++)
        resolve_job(l, at, i, j);
}
