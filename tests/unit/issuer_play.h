/* An identity provider for a test of the keeper: its key, its tokens, and the courier that brings
 * its words. The including file has defined KEEPER_PLAY_RULES with its `issuers`. */
#ifndef SL_TESTS_ISSUER_PLAY_H
#define SL_TESTS_ISSUER_PLAY_H

#include "tests/unit/keeper_play.h"

#include "base/encode.h"
#include "crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

static struct idp {
    EVP_PKEY *key;
    const char *kid;
    int courier;
    uint64_t call; /* of the last FETCH */
    char url[512], method[8], issuer[64], authorization[512], form[8192];
} idp;

/* --- its key --- */

static inline void new_key(const char *kid)
{
    EVP_PKEY_free(idp.key);
    idp.key = EVP_EC_gen("P-256");
    idp.kid = kid;
}

static inline void put_jwks(struct sl_buf *out)
{
    uint8_t point[65];
    size_t n = 0;

    SL_PROMISE(EVP_PKEY_get_octet_string_param(idp.key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                               sizeof point, &n) == 1 &&
               n == sizeof point);
    sl_buf_say(out,
               "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
               "\"kid\":\"%s\",\"x\":\"",
               idp.kid);
    sl_base64url_put(out, sl_span(point + 1, 32));
    sl_buf_put_str(out, "\",\"y\":\"");
    sl_base64url_put(out, sl_span(point + 33, 32));
    sl_buf_put_str(out, "\"}]}");
}

/* --- its tokens --- */

static inline void sign_with(EVP_PKEY *key, struct sl_span text, uint8_t out[64])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    uint8_t der[128];
    size_t n = sizeof der;
    const uint8_t *at = der;

    SL_PROMISE(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
               EVP_DigestSign(md, der, &n, text.p, text.n) == 1);
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)n);
    SL_PROMISE(BN_bn2binpad(ECDSA_SIG_get0_r(s), out, 32) == 32 &&
               BN_bn2binpad(ECDSA_SIG_get0_s(s), out + 32, 32) == 32);
    ECDSA_SIG_free(s);
    EVP_MD_CTX_free(md);
}

static inline void put_quoted(struct sl_buf *b, const char *text) /* ' for " */
{
    for (; *text != '\0'; text++)
        sl_buf_put_u8(b, *text == '\'' ? '"' : (uint8_t)*text);
}

/* header and claims with ' for ". */
static inline const char *make_token(const char *header, const char *claims)
{
    static char made[8192];
    uint8_t signature[64];
    SL_BUF(part, 4096);
    SL_BUF(token, sizeof made);

    put_quoted(&part, header);
    sl_base64url_put(&token, sl_buf_span(&part));
    sl_buf_put_u8(&token, '.');
    sl_buf_reset(&part);
    put_quoted(&part, claims);
    sl_base64url_put(&token, sl_buf_span(&part));
    sign_with(idp.key, sl_buf_span(&token), signature);
    sl_buf_put_u8(&token, '.');
    sl_base64url_put(&token, sl_span(signature, sizeof signature));
    memset(made, 0, sizeof made);
    memcpy(made, sl_buf_text(&token), token.n);
    return made;
}

static inline uint64_t now_s(void)
{
    return sl_clock_us() / 1000000;
}

/* A token of idp.example; `more` are further claims, each with a comma before it. */
static inline const char *token_at(const char *subject, const char *audience, uint64_t issued_s,
                                   const char *more)
{
    SL_BUF(header, 256);
    SL_BUF(claims, 4096);

    sl_buf_say(&header, "{'alg':'ES256','typ':'JWT','kid':'%s'}", idp.kid);
    sl_buf_say(&claims, "{'iss':'https://idp.example','sub':'%s','aud':'%s','iat':%U,'exp':%U%s}",
               subject, audience, issued_s, issued_s + 600, more);
    return make_token(sl_buf_text(&header), sl_buf_text(&claims));
}

static inline const char *token(const char *subject, const char *more)
{
    return token_at(subject, "sluice-api", now_s(), more);
}

/* --- the courier --- */

/* The next thing that the keeper wants fetched, within `ms`. */
static inline bool asked_within(int ms)
{
    struct sl_msg_fetch m;
    struct sl_span header;
    size_t at = 0;

    if (hear_within(idp.courier, ms) != SL_MESSAGE_FETCH || !HEARD(fetch, &m))
        return false;
    idp.call = m.call;
    keep_span(idp.url, sizeof idp.url, m.url);
    keep_span(idp.method, sizeof idp.method, m.method);
    keep_span(idp.issuer, sizeof idp.issuer, m.issuer);
    keep_span(idp.form, sizeof idp.form, m.body);
    keep_span(idp.authorization, sizeof idp.authorization, SL_SPAN(""));
    if (sl_ipc_list_next(&m.headers, &at, &header))
        keep_span(idp.authorization, sizeof idp.authorization, header);
    return true;
}

static inline bool asked(const char *url)
{
    return SL_CHECK(asked_within(PATIENCE_MS)) && SL_CHECK_TEXT(sl_span_str(idp.url), url);
}

static inline void tell_call(uint64_t call, uint32_t status, const char *body, const char *why)
{
    SL_BUF(text, 64 * 1024);

    put_quoted(&text, body);
    TELL(idp.courier, fetched, .call = call, .status = status, .body = sl_buf_span(&text),
         .max_age = 300, .why = sl_span_str(why));
}

static inline void tell(uint32_t status, const char *body)
{
    tell_call(idp.call, status, body, "");
}

static inline void tell_keys(void)
{
    SL_BUF(jwks, 4096);

    put_jwks(&jwks);
    TELL(idp.courier, fetched, .call = idp.call, .status = 200, .body = sl_buf_span(&jwks),
         .max_age = 300);
}

static const char discovery[] =
    "{'issuer':'https://idp.example','authorization_endpoint':'https://idp.example/auth',"
    "'token_endpoint':'https://idp.example/token','jwks_uri':'https://idp.example/jwks',"
    "'device_authorization_endpoint':'https://idp.example/device',"
    "'response_types_supported':['code'],'subject_types_supported':['public'],"
    "'id_token_signing_alg_values_supported':['ES256'],'code_challenge_methods_supported':['S256'],"
    "'authorization_response_iss_parameter_supported':true,"
    "'token_endpoint_auth_methods_supported':['client_secret_basic']}";

/* After the keeper has ended: the ledger says the same to an auditor. */
static inline void ledger_verifies(const char *sluice)
{
    SL_BUF(command, 1024);

    sl_buf_say(&command,
               "%s ledger verify %s/state/ledger --key %s/state/ledger/key.pub --decisions > "
               "%s/said 2>&1",
               sluice, play.folder, play.folder, play.folder);
    int code = system(sl_buf_text(&command));
    if (!SL_CHECK_INT(code, 0)) {
        sl_buf_reset(&command);
        sl_buf_say(&command, "sed 's/^/# /' %s/said", play.folder);
        code = system(sl_buf_text(&command));
    }
}

static inline void courier_comes(void)
{
    idp.courier = new_peer(SL_ROLE_COURIER, "");
}

static inline void courier_goes(void)
{
    close(idp.courier);
    idp.courier = -1;
}

/* The keeper learns whom it is to believe. */
static inline void introduce(void)
{
    if (asked("https://idp.example/.well-known/openid-configuration"))
        tell(200, discovery);
    if (asked("https://idp.example/jwks"))
        tell_keys();
}

#endif
