/* The Connector's word: whose keys count, and what its token must say. */
#include "base/encode.h"
#include "core/chat/teams_int.h"

static const char *const keys_host = "https://login.botframework.com/";

/* --- where the keys are ------------------------------------------------------------------------
 */

static struct sl_span keys_base(const struct sl_teams_us *us)
{
    return us->api.n > 0 ? us->api : sl_span_str(keys_host);
}

void sl_teams_put_metadata_url(struct sl_buf *b, const struct sl_teams_us *us)
{
    sl_buf_put(b, keys_base(us));
    sl_buf_put_str(b, "v1/.well-known/openidconfiguration");
}

enum sl_oidc_reason sl_teams_read_metadata(struct sl_span document, const struct sl_teams_us *us,
                                           struct sl_arena *mem, struct sl_span *keys_url)
{
    json_t *metadata = sl_teams_object(document, SL_OIDC_DOCUMENT_MAX);
    struct sl_span url = sl_json_str(metadata, "jwks_uri"), copy = {0};
    enum sl_oidc_reason reason = SL_OIDC_YES;

    if (metadata == NULL)
        return SL_OIDC_PROVIDER;
    if (!sl_span_is(sl_json_str(metadata, "issuer"), SL_TEAMS_ISSUER))
        reason = SL_OIDC_PROVIDER_ISSUER;
    else if (!sl_teams_is_below(url, keys_base(us)))
        reason = SL_OIDC_PROVIDER_ADDRESS;
    else if ((copy = sl_arena_copy(mem, url)).p == NULL)
        reason = SL_OIDC_MEMORY;
    json_decref(metadata);
    if (reason == SL_OIDC_YES)
        *keys_url = copy;
    return reason;
}

/* --- keys --------------------------------------------------------------------------------------
 */

static bool is_endorsed(const json_t *key)
{
    const json_t *list = json_object_get(key, "endorsements");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *word = json_array_get(list, i);
        if (sl_span_is(sl_span(json_string_value(word), json_string_length(word)), "msteams"))
            return true;
    }
    return false;
}

/* The set without those that sign for other channels. NULL: out of memory. */
static json_t *endorsed(const json_t *list)
{
    json_t *keys = json_array(), *set = json_object();

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *key = json_array_get(list, i);
        if (is_endorsed(key))
            json_array_append(keys, key);
    }
    json_object_set_new(set, "keys", keys);
    return set;
}

enum sl_oidc_reason sl_teams_read_keys(struct sl_span jwks, struct sl_oidc_keys **out)
{
    SL_BUF(text, SL_OIDC_DOCUMENT_MAX);
    json_t *set = sl_teams_object(jwks, SL_OIDC_DOCUMENT_MAX), *ours;
    const json_t *list = json_object_get(set, "keys");
    enum sl_err err = SL_EMALFORMED;

    if (json_is_array(list)) {
        ours = endorsed(list);
        err = sl_json_canonical(&text, ours);
        json_decref(ours);
    }
    json_decref(set);
    return err == SL_OK ? sl_oidc_keys_read(sl_buf_span(&text), out) : SL_OIDC_KEYS;
}

/* --- tokens ------------------------------------------------------------------------------------
 */

static bool names_a_key(struct sl_span token)
{
    SL_BUF(text, SL_TEAMS_TOKEN_MOST);
    json_t *header;
    bool named;

    if (sl_base64url_get(&text, sl_span_head(token, sl_span_find(token, '.'))) != SL_OK)
        return false;
    header = sl_teams_object(sl_buf_span(&text), SL_TEAMS_TOKEN_MOST);
    named = sl_json_str(header, "kid").n > 0;
    json_decref(header);
    return named;
}

static enum sl_oidc_reason check_times(const json_t *claims, uint64_t now_s, uint64_t *expires_s)
{
    uint64_t not_before = 0;

    if (!sl_json_u64(claims, "exp", expires_s))
        return SL_OIDC_EXPIRES;
    if (!sl_json_u64(claims, "nbf", &not_before))
        return SL_OIDC_CLAIMS;
    if (now_s >= *expires_s + SL_TEAMS_SKEW_S)
        return SL_OIDC_EXPIRED;
    return not_before > now_s + SL_TEAMS_SKEW_S ? SL_OIDC_NOT_YET : SL_OIDC_YES;
}

static enum sl_oidc_reason check(const json_t *claims, const struct sl_teams_us *us, uint64_t now_s,
                                 struct sl_arena *mem, struct sl_teams_token *out)
{
    struct sl_span url = sl_json_str(claims, "serviceurl");
    enum sl_oidc_reason reason;

    if (!sl_span_is(sl_json_str(claims, "iss"), SL_TEAMS_ISSUER))
        return SL_OIDC_ISSUER;
    if (us->app.n == 0 || !sl_span_eq(sl_json_str(claims, "aud"), us->app))
        return SL_OIDC_AUDIENCE;
    reason = check_times(claims, now_s, &out->expires_s);
    if (reason != SL_OIDC_YES)
        return reason;
    if (!sl_teams_service_allowed(url, us))
        return SL_OIDC_TEXT;
    out->service_url = sl_arena_copy(mem, url);
    return out->service_url.p == NULL ? SL_OIDC_MEMORY : SL_OIDC_YES;
}

enum sl_oidc_reason sl_teams_check_token(struct sl_span token, const struct sl_oidc_keys *keys,
                                         const struct sl_teams_us *us, uint64_t now_s,
                                         struct sl_arena *mem, struct sl_teams_token *out)
{
    SL_BUF(payload, SL_TEAMS_TOKEN_MOST);
    struct sl_teams_token found = {0};
    json_t *claims;
    enum sl_oidc_reason reason = sl_oidc_open(token, keys, SL_OIDC_RS256, SL_OIDC_JWT, &payload);

    if (reason != SL_OIDC_YES)
        return reason;
    if (!names_a_key(token))
        return SL_OIDC_KEY_ID;
    claims = sl_teams_object(sl_buf_span(&payload), SL_TEAMS_TOKEN_MOST);
    if (claims == NULL)
        return SL_OIDC_CLAIMS;
    reason = check(claims, us, now_s, mem, &found);
    json_decref(claims);
    if (reason == SL_OIDC_YES)
        *out = found;
    return reason;
}
