/* Which groups a token says that somebody is in, and whether it says all of them. */
#include "core/oidc/oidc_int.h"

/* A member by its name, or by a path: "/realm_access/roles". */
static const json_t *claim_at(const json_t *claims, struct sl_span claim)
{
    const json_t *at = claims;

    if (claim.p[0] != '/')
        return json_object_getn(claims, (const char *)claim.p, claim.n);
    while (claim.n > 0 && at != NULL) {
        claim = sl_span_from(claim, 1);
        struct sl_span name = sl_span_head(claim, sl_span_find(claim, '/'));
        at = name.n == 0 ? NULL : json_object_getn(at, (const char *)name.p, name.n);
        claim = sl_span_from(claim, name.n);
    }
    return at;
}

/* The member of the token itself that the claim is in. */
static struct sl_span top_of(struct sl_span claim)
{
    if (claim.p[0] != '/')
        return claim;
    claim = sl_span_from(claim, 1);
    return sl_span_head(claim, sl_span_find(claim, '/'));
}

/* A claim that is elsewhere (OpenID Connect Core, section 5.6.2), as Entra ID does it when there
 * are too many groups, and its `hasgroups` for tokens that have even less room. Not knowing is not
 * the same as none. */
static bool is_elsewhere(const json_t *claims, struct sl_span claim)
{
    const json_t *names = json_object_get(claims, "_claim_names");
    const json_t *has = json_object_get(claims, "hasgroups");
    struct sl_span top = top_of(claim);

    if (has != NULL && !json_is_false(has))
        return true;
    if (names == NULL)
        return false;
    return !json_is_object(names) || json_object_getn(names, (const char *)top.p, top.n) != NULL;
}

enum sl_oidc_reason sl_oidc_groups(const json_t *claims, struct sl_span claim, struct sl_arena *mem,
                                   struct sl_oidc_claims *out)
{
    if (claim.n == 0)
        return SL_OIDC_YES;
    if (is_elsewhere(claims, claim))
        return SL_OIDC_OVERAGE;
    const json_t *list = claim_at(claims, claim);
    if (list == NULL)
        return SL_OIDC_YES; /* in none: providers leave the claim out then */
    if (json_array_size(list) > SL_OIDC_GROUPS_MAX)
        return SL_OIDC_OVERAGE;
    if (!sl_oidc_take_list(list, SL_OIDC_GROUPS_MAX, mem, &out->groups, &out->group_count))
        return SL_OIDC_GROUPS;
    out->has_groups = true;
    return SL_OIDC_YES;
}
