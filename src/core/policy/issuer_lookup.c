/* Small questions about an issuer. */
#include "core/policy/policy_int.h"

const struct sl_issuer *sl_config_issuer(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_span_eq(c->issuers[i].name, name))
            return &c->issuers[i];
    return NULL;
}

const struct sl_issuer *sl_config_issuer_of(const struct sl_config *c, struct sl_span iss)
{
    for (size_t i = 0; i < c->issuer_count; i++)
        if (sl_span_eq(c->issuers[i].issuer, iss))
            return &c->issuers[i];
    return NULL;
}

bool sl_issuer_signs_in(const struct sl_issuer *i)
{
    return i->kind == SL_ISSUER_OIDC && i->client_id.n > 0;
}

bool sl_issuer_takes_tokens(const struct sl_issuer *i)
{
    return i->audiences.count > 0;
}

void sl_issuer_wanted(const struct sl_issuer *i, enum sl_token_use use, struct sl_oidc_wanted *out)
{
    *out = (struct sl_oidc_wanted){.issuer = i->issuer,
                                   .algorithms = i->algorithms,
                                   .subject_claim = sl_span_is(i->subject_claim, "sub")
                                                        ? sl_span(NULL, 0)
                                                        : i->subject_claim,
                                   .name_claim = i->name_claim,
                                   .groups_claim = i->groups_claim};
    if (use == SL_TOKEN_SIGN_IN) {
        out->type = SL_OIDC_JWT;
        out->client_id = i->client_id;
        out->audiences = &i->client_id;
        out->audience_count = sl_issuer_signs_in(i) ? 1 : 0;
        return;
    }
    out->type = i->token_type;
    out->audiences = i->audiences.items;
    out->audience_count = i->audiences.count;
    out->max_lifetime_s = i->max_lifetime_ms / 1000;
    out->actors = i->act == SL_ACT_TAKE;
}

bool sl_issuer_put_group(struct sl_buf *b, const struct sl_issuer *i, struct sl_span theirs)
{
    for (size_t j = 0; j < i->group_count; j++)
        if (sl_span_eq(i->groups[j].theirs, theirs)) {
            sl_buf_put(b, i->groups[j].ours);
            return true;
        }
    if (i->group_prefix.n == 0)
        return false;
    sl_buf_put(b, i->group_prefix);
    sl_buf_put(b, theirs);
    return true;
}

/* A name is for readers of the file; where it is given, a token that says another one is of
 * something that was renamed, and somebody should look. */
static bool has_its_name(const struct sl_issuer *i, const struct sl_job *j,
                         const struct sl_oidc_job *job)
{
    struct sl_span name = i->kind == SL_ISSUER_GITHUB   ? j->repository
                          : i->kind == SL_ISSUER_GITLAB ? j->project_path
                                                        : j->service_account;

    if (i->kind != SL_ISSUER_KUBERNETES)
        return name.n == 0 || sl_span_eq(name, job->name);
    size_t colon = sl_span_find(job->name, ':'); /* "namespace:name" */
    return name.n == 0 || sl_span_eq(name, sl_span_from(job->name, colon + 1));
}

static bool fits(struct sl_span pattern, struct sl_span value)
{
    return pattern.n == 0 || (value.n > 0 && sl_span_glob(pattern, value));
}

const struct sl_job *sl_issuer_job(const struct sl_issuer *i, const struct sl_oidc_job *job)
{
    for (size_t n = 0; n < i->job_count && i->kind == job->kind; n++) {
        const struct sl_job *j = &i->jobs[n];
        if (sl_span_eq(j->id, job->id) && has_its_name(i, j, job) && fits(j->ref, job->ref) &&
            fits(j->environment, job->environment) && fits(j->workflow, job->workflow))
            return j;
    }
    return NULL;
}

void sl_issuer_put_scope(struct sl_buf *b, const struct sl_issuer *i)
{
    for (size_t j = 0; j < i->scopes.count; j++) {
        sl_buf_put_str(b, j == 0 ? "" : " ");
        sl_buf_put(b, i->scopes.items[j]);
    }
}
