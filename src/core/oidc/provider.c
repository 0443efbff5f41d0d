/* What a provider says about itself (OpenID Connect Discovery 1.0, section 3; RFC 8414). */
#include "core/oidc/oidc_int.h"

void sl_oidc_discovery_url(struct sl_buf *b, struct sl_span issuer)
{
    if (issuer.n > 0 && issuer.p[issuer.n - 1] == '/')
        issuer.n--;
    sl_buf_put(b, issuer);
    sl_buf_put_str(b, "/.well-known/openid-configuration");
}

static bool lists(const json_t *document, const char *member, const char *word)
{
    const json_t *list = json_object_get(document, member);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL && strcmp(text, word) == 0)
            return true;
    }
    return false;
}

static uint32_t algorithms_in(const json_t *list)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *name = json_array_get(list, i);
        bits |= sl_oidc_algorithm_of(sl_span(json_string_value(name), json_string_length(name)));
    }
    return bits;
}

/* false: it is there and no address that we would ask, or memory ran out. */
static bool take_address(const json_t *document, const char *member, bool plain,
                         struct sl_arena *mem, struct sl_span *out)
{
    struct sl_span url = sl_json_str(document, member);

    if (json_object_get(document, member) == NULL)
        return true;
    return sl_oidc_is_address(url, plain) && sl_oidc_take_text(document, member, mem, out);
}

static bool take_addresses(const json_t *document, bool plain, struct sl_arena *mem,
                           struct sl_oidc_provider *p)
{
    return take_address(document, "jwks_uri", plain, mem, &p->keys_url) && p->keys_url.n > 0 &&
           take_address(document, "authorization_endpoint", plain, mem, &p->authorization_url) &&
           take_address(document, "token_endpoint", plain, mem, &p->token_url) &&
           take_address(document, "device_authorization_endpoint", plain, mem, &p->device_url);
}

static void take_abilities(const json_t *document, struct sl_oidc_provider *p)
{
    static const char ways[] = "token_endpoint_auth_methods_supported";
    const json_t *algorithms = json_object_get(document, "id_token_signing_alg_values_supported");

    p->names_itself =
        json_is_true(json_object_get(document, "authorization_response_iss_parameter_supported"));
    p->secret_in_body = lists(document, ways, "client_secret_post") &&
                        !lists(document, ways, "client_secret_basic");
    p->algorithms = algorithms == NULL ? UINT32_MAX : algorithms_in(algorithms);
    p->lists_pkce = json_object_get(document, "code_challenge_methods_supported") != NULL;
    p->lists_s256 = lists(document, "code_challenge_methods_supported", "S256");
}

static enum sl_oidc_reason read_document(const json_t *document, struct sl_span issuer,
                                         struct sl_arena *mem, struct sl_oidc_provider *p)
{
    bool plain = sl_span_starts(issuer, SL_SPAN("http://"));

    if (!json_is_object(document))
        return SL_OIDC_PROVIDER;
    if (issuer.n == 0 || !sl_span_eq(sl_json_str(document, "issuer"), issuer))
        return SL_OIDC_PROVIDER_ISSUER;
    if (!take_addresses(document, plain, mem, p))
        return SL_OIDC_PROVIDER_ADDRESS;
    take_abilities(document, p);
    p->issuer = sl_arena_copy(mem, issuer);
    return p->issuer.p == NULL ? SL_OIDC_MEMORY : SL_OIDC_YES;
}

enum sl_oidc_reason sl_oidc_provider_read(struct sl_span document, struct sl_span issuer,
                                          struct sl_arena *mem, struct sl_oidc_provider *out)
{
    struct sl_oidc_provider p = {0};
    json_t *value = NULL;

    if (document.n > SL_OIDC_DOCUMENT_MAX || sl_json_read(document, &value, NULL) != SL_OK)
        return SL_OIDC_PROVIDER;
    enum sl_oidc_reason reason = read_document(value, issuer, mem, &p);
    json_decref(value);
    if (reason == SL_OIDC_YES)
        *out = p;
    return reason;
}

static enum sl_oidc_reason able(bool can)
{
    return can ? SL_OIDC_YES : SL_OIDC_PROVIDER_ABILITY;
}

enum sl_oidc_reason sl_oidc_provider_can_browse(const struct sl_oidc_provider *p,
                                                uint32_t algorithms)
{
    return able(p->authorization_url.n > 0 && p->token_url.n > 0 &&
                (p->lists_s256 || !p->lists_pkce) && (p->algorithms & algorithms) != 0);
}

enum sl_oidc_reason sl_oidc_provider_can_device(const struct sl_oidc_provider *p,
                                                uint32_t algorithms)
{
    return able(p->device_url.n > 0 && p->token_url.n > 0 && (p->algorithms & algorithms) != 0);
}
