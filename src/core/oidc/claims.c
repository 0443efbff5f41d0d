/* What a token that is signed says, and whether that is for us, now. */
#include "base/encode.h"
#include "core/oidc/oidc_int.h"

enum { AMR_MAX = 32 };

static bool is_one_of(struct sl_span value, const struct sl_span *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (value.n > 0 && sl_span_eq(value, items[i]))
            return true;
    return false;
}

static struct sl_span text_of(const json_t *value)
{
    return sl_span(json_string_value(value), json_string_length(value));
}

/* --- for whom --------------------------------------------------------------------------------- */

static bool is_for_us(const json_t *audience, const struct sl_oidc_wanted *w)
{
    bool found = false;

    if (json_is_string(audience))
        return is_one_of(text_of(audience), w->audiences, w->audience_count);
    for (size_t i = 0; i < json_array_size(audience); i++) {
        const json_t *one = json_array_get(audience, i);
        if (!json_is_string(one))
            return false;
        found = found || is_one_of(text_of(one), w->audiences, w->audience_count);
    }
    return found;
}

/* OpenID Connect Core, section 3.1.3.7, points 3 to 5. */
static bool is_of_our_client(const json_t *claims, const struct sl_oidc_wanted *w)
{
    bool several = json_array_size(json_object_get(claims, "aud")) > 1;

    if (json_object_get(claims, "azp") == NULL)
        return !several;
    return sl_span_eq(sl_json_str(claims, "azp"), w->client_id);
}

static enum sl_oidc_reason check_parties(const json_t *claims, const struct sl_oidc_wanted *w)
{
    struct sl_span issuer = sl_json_str(claims, "iss");

    if (issuer.n == 0 || !sl_span_eq(issuer, w->issuer))
        return SL_OIDC_ISSUER;
    if (!sl_oidc_is_text(sl_json_str(claims, "sub"), SL_OIDC_SUBJECT_MAX))
        return SL_OIDC_SUBJECT;
    if (!is_for_us(json_object_get(claims, "aud"), w))
        return SL_OIDC_AUDIENCE;
    if (w->client_id.n > 0 && !is_of_our_client(claims, w))
        return SL_OIDC_PARTY;
    return json_object_get(claims, "cnf") != NULL ? SL_OIDC_BOUND : SL_OIDC_YES;
}

/* --- when ------------------------------------------------------------------------------------- */

/* Left out, or whole seconds. */
static bool is_time(const json_t *claims, const char *name)
{
    uint64_t seconds;

    return json_object_get(claims, name) == NULL || sl_json_u64(claims, name, &seconds);
}

static enum sl_oidc_reason check_times(const json_t *claims, const struct sl_oidc_wanted *w,
                                       struct sl_oidc_claims *out)
{
    uint64_t not_before = 0;

    if (!is_time(claims, "exp") || !is_time(claims, "nbf") || !is_time(claims, "iat") ||
        !is_time(claims, "auth_time"))
        return SL_OIDC_CLAIMS;
    if (!sl_json_u64(claims, "exp", &out->expires_s))
        return SL_OIDC_EXPIRES;
    if (!sl_json_u64(claims, "iat", &out->issued_s))
        return SL_OIDC_ISSUED;
    (void)sl_json_u64(claims, "nbf", &not_before);
    (void)sl_json_u64(claims, "auth_time", &out->auth_time_s);
    if (w->now_s >= out->expires_s + SL_OIDC_SKEW_S)
        return SL_OIDC_EXPIRED;
    if (not_before > w->now_s + SL_OIDC_SKEW_S || out->issued_s > w->now_s + SL_OIDC_SKEW_S)
        return SL_OIDC_NOT_YET;
    if (w->max_lifetime_s > 0 && out->expires_s > out->issued_s + w->max_lifetime_s)
        return SL_OIDC_LIFETIME;
    return SL_OIDC_YES;
}

static bool is_recent(const struct sl_oidc_claims *c, const struct sl_oidc_wanted *w)
{
    return w->max_age_s == 0 ||
           (c->auth_time_s > 0 && c->auth_time_s <= w->now_s + SL_OIDC_SKEW_S &&
            w->now_s <= c->auth_time_s + w->max_age_s + SL_OIDC_SKEW_S);
}

/* --- how the person signed in ----------------------------------------------------------------- */

static enum sl_oidc_reason check_sign_in(const json_t *claims, const struct sl_oidc_wanted *w,
                                         const struct sl_oidc_claims *c)
{
    if (w->nonce.n > 0 && !sl_secret_eq(sl_json_str(claims, "nonce"), w->nonce))
        return SL_OIDC_NONCE;
    if (w->acr_count > 0 && !is_one_of(c->acr, w->acr_values, w->acr_count))
        return SL_OIDC_ACR;
    return is_recent(c, w) ? SL_OIDC_YES : SL_OIDC_AUTH_TIME;
}

/* --- what is handed on ------------------------------------------------------------------------ */

/* A name that plays tricks on a screen is no reason to keep somebody out: there is none then. */
static void take_name(const json_t *claims, struct sl_span claim, struct sl_arena *mem,
                      struct sl_oidc_claims *out)
{
    const json_t *name =
        claim.n == 0 ? NULL : json_object_getn(claims, (const char *)claim.p, claim.n);

    if (json_is_string(name) && sl_oidc_is_text(text_of(name), SL_OIDC_TEXT_MAX))
        out->name = sl_arena_copy(mem, text_of(name));
}

static enum sl_oidc_reason take_subject(const json_t *claims, struct sl_span claim,
                                        struct sl_arena *mem, struct sl_oidc_claims *out)
{
    const json_t *subject = json_object_getn(claims, (const char *)claim.p, claim.n);

    if (!json_is_string(subject) || !sl_oidc_is_text(text_of(subject), SL_OIDC_SUBJECT_MAX))
        return SL_OIDC_SUBJECT;
    out->subject = sl_arena_copy(mem, text_of(subject));
    return out->subject.p == NULL ? SL_OIDC_MEMORY : SL_OIDC_YES;
}

static enum sl_oidc_reason take(const json_t *claims, struct sl_arena *mem,
                                struct sl_oidc_claims *out)
{
    const char *client = json_object_get(claims, "client_id") != NULL ? "client_id" : "azp";
    bool taken =
        sl_oidc_take_text(claims, "iss", mem, &out->issuer) &&
        sl_oidc_take_text(claims, "sub", mem, &out->subject) &&
        sl_oidc_take_text(claims, "jti", mem, &out->token_id) &&
        sl_oidc_take_text(claims, "sid", mem, &out->session_id) &&
        sl_oidc_take_text(claims, client, mem, &out->client) &&
        sl_oidc_take_text(claims, "acr", mem, &out->acr) &&
        sl_oidc_take_list(json_object_get(claims, "amr"), AMR_MAX, mem, &out->amr, &out->amr_count);

    return taken ? SL_OIDC_YES : SL_OIDC_TEXT;
}

static enum sl_oidc_reason check(const json_t *claims, const struct sl_oidc_wanted *w,
                                 struct sl_arena *mem, struct sl_oidc_claims *out)
{
    enum sl_oidc_reason reason = check_parties(claims, w);

    if (reason == SL_OIDC_YES)
        reason = sl_oidc_actors(claims, w->actors, mem, out);
    if (reason == SL_OIDC_YES)
        reason = check_times(claims, w, out);
    if (reason == SL_OIDC_YES)
        reason = take(claims, mem, out);
    if (reason == SL_OIDC_YES && w->subject_claim.n > 0)
        reason = take_subject(claims, w->subject_claim, mem, out);
    if (reason == SL_OIDC_YES)
        reason = check_sign_in(claims, w, out);
    if (reason == SL_OIDC_YES)
        reason = sl_oidc_groups(claims, w->groups_claim, mem, out);
    if (reason == SL_OIDC_YES)
        take_name(claims, w->name_claim, mem, out);
    return reason;
}

enum sl_oidc_reason sl_oidc_check(struct sl_span token, const struct sl_oidc_keys *keys,
                                  const struct sl_oidc_wanted *wanted, struct sl_arena *mem,
                                  struct sl_oidc_claims *out)
{
    SL_BUF(payload, SL_OIDC_TOKEN_MAX);
    struct sl_oidc_claims found = {0};
    struct sl_oidc_parts parts;
    enum sl_oidc_reason reason = sl_oidc_split(token, &parts);

    if (reason == SL_OIDC_YES)
        reason = sl_oidc_verify(&parts, keys, wanted);
    if (reason != SL_OIDC_YES)
        return reason;
    json_t *claims = sl_oidc_object(parts.payload, &payload);
    if (claims == NULL)
        return SL_OIDC_CLAIMS;
    reason = check(claims, wanted, mem, &found);
    json_decref(claims);
    if (reason != SL_OIDC_YES)
        return reason;
    found.payload = sl_arena_copy(mem, sl_buf_span(&payload));
    if (found.payload.p == NULL)
        return SL_OIDC_MEMORY;
    *out = found;
    return SL_OIDC_YES;
}

bool sl_oidc_issuer_of(struct sl_span token, struct sl_arena *mem, struct sl_span *issuer)
{
    struct sl_oidc_parts parts;

    if (sl_oidc_split(token, &parts) != SL_OIDC_YES)
        return false;
    json_t *claims = sl_oidc_object(parts.payload, NULL);
    struct sl_span found = {0};
    bool taken = claims != NULL && sl_oidc_take_text(claims, "iss", mem, &found) && found.n > 0;

    json_decref(claims);
    if (taken)
        *issuer = found;
    return taken;
}
