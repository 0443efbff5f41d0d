/* Compact JWS (RFC 7515), and everything that is looked at before a single claim counts. */
#include "base/encode.h"
#include "core/oidc/oidc_int.h"

static bool next_part(struct sl_span *rest, struct sl_span *part)
{
    size_t dot = sl_span_find(*rest, '.');

    *part = sl_span_head(*rest, dot);
    if (dot == rest->n)
        return false;
    *rest = sl_span_from(*rest, dot + 1);
    return true;
}

enum sl_oidc_reason sl_oidc_split(struct sl_span token, struct sl_oidc_parts *out)
{
    struct sl_span rest = token;

    if (token.n == 0 || token.n > SL_OIDC_TOKEN_MAX)
        return SL_OIDC_SIZE;
    if (!next_part(&rest, &out->header) || !next_part(&rest, &out->payload))
        return SL_OIDC_FORM;
    out->signature = rest;
    if (sl_span_find(rest, '.') < rest.n || out->header.n == 0 || out->payload.n == 0)
        return SL_OIDC_FORM;
    out->signed_text = sl_span_head(token, out->header.n + 1 + out->payload.n);
    return SL_OIDC_YES;
}

json_t *sl_oidc_object(struct sl_span encoded, struct sl_buf *text)
{
    SL_BUF(own, SL_OIDC_TOKEN_MAX);
    struct sl_buf *bytes = text == NULL ? &own : text;
    json_t *value = NULL;

    if (sl_base64url_get(bytes, encoded) != SL_OK ||
        sl_json_read(sl_buf_span(bytes), &value, NULL) != SL_OK)
        return NULL;
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

/* Media types compare without case (RFC 2045), and "application/" may be left out (RFC 7515). */
static bool is_type(const json_t *header, enum sl_oidc_type wanted)
{
    struct sl_span type = sl_json_str(header, "typ");

    if (wanted == SL_OIDC_AT_JWT)
        return sl_span_eq_nocase(type, SL_SPAN("at+jwt")) ||
               sl_span_eq_nocase(type, SL_SPAN("application/at+jwt"));
    return json_object_get(header, "typ") == NULL || sl_span_eq_nocase(type, SL_SPAN("JWT")) ||
           sl_span_eq_nocase(type, SL_SPAN("application/jwt"));
}

/* `b64` is an extension that `crit` must name; `cty` is of tokens inside tokens, `enc` and `zip` of
 * encrypted ones. What brings a key along (`jwk`, `jku`, `x5c`, `x5u`) is not looked at. */
static enum sl_oidc_reason check_header(const json_t *header, const struct sl_oidc_wanted *wanted,
                                        uint32_t *algorithm)
{
    if (json_object_get(header, "crit") != NULL || json_object_get(header, "b64") != NULL)
        return SL_OIDC_CRITICAL;
    *algorithm = sl_oidc_algorithm_of(sl_json_str(header, "alg"));
    if ((*algorithm & wanted->algorithms) == 0)
        return SL_OIDC_ALGORITHM;
    if (json_object_get(header, "enc") != NULL || json_object_get(header, "zip") != NULL ||
        json_object_get(header, "cty") != NULL || !is_type(header, wanted->type))
        return SL_OIDC_TYPE;
    return SL_OIDC_YES;
}

static bool is_signed(const struct sl_public_key *key, uint32_t algorithm,
                      const struct sl_oidc_parts *parts)
{
    SL_BUF(bytes, 1024);
    SL_BUF(der, 128);

    if (sl_base64url_get(&bytes, parts->signature) != SL_OK)
        return false;
    if (algorithm != SL_OIDC_ES256)
        return sl_public_key_verify(key, parts->signed_text, sl_buf_span(&bytes));
    return sl_es256_put_der(&der, sl_buf_span(&bytes)) == SL_OK &&
           sl_public_key_verify(key, parts->signed_text, sl_buf_span(&der));
}

static enum sl_oidc_reason verify(const json_t *header, const struct sl_oidc_parts *parts,
                                  const struct sl_oidc_keys *keys,
                                  const struct sl_oidc_wanted *wanted)
{
    struct sl_span id = sl_json_str(header, "kid");
    const struct sl_public_key *key = NULL;
    uint32_t algorithm = 0;
    enum sl_oidc_reason reason = check_header(header, wanted, &algorithm);

    if (reason != SL_OIDC_YES)
        return reason;
    if (json_object_get(header, "kid") != NULL && id.n == 0)
        return SL_OIDC_KEY_ID;
    reason = sl_oidc_keys_find(keys, id, algorithm, &key);
    if (reason != SL_OIDC_YES)
        return reason;
    return is_signed(key, algorithm, parts) ? SL_OIDC_YES : SL_OIDC_SIGNATURE;
}

enum sl_oidc_reason sl_oidc_verify(const struct sl_oidc_parts *parts,
                                   const struct sl_oidc_keys *keys,
                                   const struct sl_oidc_wanted *wanted)
{
    json_t *header = sl_oidc_object(parts->header, NULL);

    if (header == NULL)
        return SL_OIDC_HEADER;
    enum sl_oidc_reason reason = verify(header, parts, keys, wanted);
    json_decref(header);
    return reason;
}

enum sl_oidc_reason sl_oidc_open(struct sl_span token, const struct sl_oidc_keys *keys,
                                 uint32_t algorithms, enum sl_oidc_type type,
                                 struct sl_buf *payload)
{
    struct sl_oidc_wanted wanted = {.algorithms = algorithms, .type = type};
    struct sl_oidc_parts parts;
    enum sl_oidc_reason reason = sl_oidc_split(token, &parts);

    if (reason == SL_OIDC_YES)
        reason = sl_oidc_verify(&parts, keys, &wanted);
    if (reason != SL_OIDC_YES)
        return reason;
    return sl_base64url_get(payload, parts.payload) == SL_OK ? SL_OIDC_YES : SL_OIDC_CLAIMS;
}
