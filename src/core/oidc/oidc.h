/* Signing in by an identity provider's word: OpenID Connect Core and Discovery 1.0, JWS (RFC 7515),
 * JWK (RFC 7517), PKCE (RFC 7636), device grant (RFC 8628), access tokens as JWT (RFC 9068), issuer
 * in the answer (RFC 9207). Pure: bytes in, a reason or bytes out; no network, no clock, no state.
 *
 * Four things live here, in the order in which a sign-in meets them:
 *   1. discovery: what the provider says about itself (sl_oidc_provider_read)
 *   2. what we say to it: the address to send a browser to, the calls of the token endpoint
 *   3. what it answers: the browser's way back, token endpoint, device endpoint
 *   4. its keys, and the one function that says what a token is worth (sl_oidc_check)
 * and a cache for answers of the fourth.
 *
 * What holds after SL_OIDC_YES of sl_oidc_check: the holder of one of the issuer's keys, with an
 * algorithm that our configuration names for it, signed exactly these claims; they were made by
 * this issuer, for one of the audiences we asked for, are inside their time, and no part of the
 * token was left unread that would change what it means. Nothing in a token chooses how it is
 * verified: `alg` must be one of ours and fit the key, `jku`, `x5u`, `jwk` and `x5c` are never
 * looked at, `crit` refuses. A person is (issuer, subject) and nothing else: names and addresses in
 * it are for people to read.
 *
 * Strict where others are lenient: compact serialization only, base64url without padding or stray
 * bits, no duplicate keys at any depth, whole numbers for times, sizes. What we cannot hold the
 * caller to is refused as well: tokens that are bound to a key (`cnf`), and tokens of one acting
 * for another (`act`).
 *
 * Memory: results lie in the arena that the caller brings, until it resets or frees it; keys and
 * caches own theirs. Secrets (codes, verifiers, client secrets, tokens) go in and come back in
 * those same places only: no reason and no text of a reason quotes any.
 *
 * Disadvantages: no encrypted tokens, no ES384 and up, no keys by certificate, no `at_hash` (we use
 * no access token), no logout tokens.
 */
#ifndef SL_CORE_OIDC_OIDC_H
#define SL_CORE_OIDC_OIDC_H

#include "base/arena.h"
#include "base/buf.h"
#include "crypto/crypto.h"

enum {
    SL_OIDC_TOKEN_MAX = 16 * 1024,     /* bytes of a token */
    SL_OIDC_DOCUMENT_MAX = 256 * 1024, /* of a key set, a discovery document, an answer */
    SL_OIDC_SUBJECT_MAX = 255,         /* OpenID Connect Core, section 2 */
    SL_OIDC_TEXT_MAX = 1024,           /* of any other text that we take out of a token */
    SL_OIDC_URL_MAX = 2000,
    SL_OIDC_KEYS_MAX = 64,    /* in a set; more are refused */
    SL_OIDC_GROUPS_MAX = 200, /* in a token; providers end there, more is an overage */
    SL_OIDC_SKEW_S = 60,      /* that clocks may differ */
    SL_OIDC_CACHED_MAX = 160, /* bytes of a cached answer */
    SL_OIDC_VERIFIER = 43,    /* characters: 32 random bytes in base64url */
};

/* Why not, for the ledger (by name) and for people (the text). The first part is what
 * sl_oidc_check says; the second what the other readers say; the third is for the keeper, which
 * knows accounts and the flow, so that there is one list of names. */
#define SL_OIDC_REASONS(X)                                                                        \
    X(YES, "the token is good")                                                                   \
    X(SIZE, "the token is empty or larger than 16 kB")                                            \
    X(FORM, "the token is not three parts of base64url with dots between")                        \
    X(HEADER, "the token's header is not a JSON object without doubt")                            \
    X(CRITICAL, "the token demands an extension that Sluice does not have (crit)")                \
    X(ALGORITHM, "the token is signed with an algorithm that is not configured for this issuer")  \
    X(TYPE, "the token is of another type than the one that is taken here (typ)")                 \
    X(KEY_ID, "the token does not say which of the issuer's keys signed it")                      \
    X(KEY_UNKNOWN, "the issuer has no such key")                                                  \
    X(KEY_USE, "the issuer's key of that name is not for signatures with this algorithm")         \
    X(SIGNATURE, "the token's signature is wrong")                                                \
    X(CLAIMS, "the token's claims are not a JSON object without doubt")                           \
    X(ISSUER, "the token is of another issuer")                                                   \
    X(SUBJECT, "the token's subject is missing, too long or not plain text")                      \
    X(AUDIENCE, "the token is for somebody else (aud)")                                           \
    X(PARTY, "the token was issued to another client (azp)")                                      \
    X(EXPIRES, "the token does not say when it ends")                                             \
    X(EXPIRED, "the token has expired")                                                           \
    X(NOT_YET, "the token is not valid yet, or from the future")                                  \
    X(ISSUED, "the token does not say when it was made")                                          \
    X(LIFETIME, "the token is valid for longer than is allowed")                                  \
    X(NONCE, "the token was made for another sign-in, or used before")                            \
    X(ACR, "the sign-in was not as strong as this asks for (acr)")                                \
    X(AUTH_TIME, "the sign-in is too long ago, or the token does not say when it was")            \
    X(BOUND, "the token is bound to a key (cnf), and whether its holder has that key nobody can " \
             "show here: have the issuer make one without, for Sluice alone")                     \
    X(ACTOR, "the token is of one who acts for another (act); `act: take` of the issuer in the "  \
             "configuration lets such tokens in")                                                 \
    X(ACTORS, "the token does not say who acts for whom without doubt (act)")                     \
    X(TEXT, "a claim that is needed is not plain text of a sensible length")                      \
    X(GROUPS, "the claim of groups is not a list of plain names")                                 \
    X(OVERAGE, "the person is in more groups than the token can list")                            \
    X(MEMORY, "out of memory")                                                                    \
    /* other readers */                                                                           \
    X(KEYS, "the issuer's key set is not one without doubt")                                      \
    X(PROVIDER, "the provider's discovery document is not a JSON object without doubt")           \
    X(PROVIDER_ISSUER, "the discovery document is of another issuer")                             \
    X(PROVIDER_ADDRESS, "an address of the discovery document is missing or not https")           \
    X(PROVIDER_ABILITY, "the provider lacks what this sign-in needs")                             \
    X(ANSWER, "the provider's answer is not one without doubt")                                   \
    X(ANSWER_ERROR, "the provider said no")                                                       \
    X(RESPONSE, "what came back from the browser is not an answer without doubt")                 \
    X(RESPONSE_ISSUER, "what came back from the browser is of another issuer")                    \
    /* the keeper's own */                                                                        \
    X(STATE, "the sign-in is not known here: it is over, was used before, or began elsewhere")    \
    X(ISSUER_UNKNOWN, "no such issuer is configured")                                             \
    X(ISSUER_DOWN, "the issuer does not answer, and its keys are too old to be believed")         \
    X(ACCOUNT_UNKNOWN, "no identity has this account")                                            \
    X(ACCOUNT_DISABLED, "the account's identity is not active")                                   \
    X(ACCOUNT_KIND, "the account is not one for this")                                            \
    X(OLDER, "a newer token of this account was seen already")                                    \
    X(ACTOR_UNKNOWN, "no identity has the account of whoever acts (act)")                         \
    X(JOB_UNKNOWN, "no identity is configured for this job")                                      \
    X(TEAM, "this account is not of the workspace whose people decide here")                      \
    X(LINKED, "this account is, or was, somebody else's here; only an operator moves one")        \
    X(TOO_MANY, "too many sign-ins are under way")

enum sl_oidc_reason {
#define SL_OIDC_REASON(name, text) SL_OIDC_##name,
    SL_OIDC_REASONS(SL_OIDC_REASON)
#undef SL_OIDC_REASON
        SL_OIDC_REASON_COUNT
};
const char *sl_oidc_reason_text(enum sl_oidc_reason reason);
const char *sl_oidc_reason_name(enum sl_oidc_reason reason); /* "AUDIENCE", for records */

/* --- algorithms -------------------------------------------------------------------------------
 * Bits, as the configuration lists them. There is no `none` and no HMAC: they have no name here. */
enum sl_oidc_algorithm {
    SL_OIDC_RS256 = 1 << 0,
    SL_OIDC_PS256 = 1 << 1,
    SL_OIDC_ES256 = 1 << 2,
    SL_OIDC_EDDSA = 1 << 3,
};
/* Of its name in `alg`, exactly; 0 for anything else. */
uint32_t sl_oidc_algorithm_of(struct sl_span name);

/* --- 4a. keys ---------------------------------------------------------------------------------
 * A JWK set. Keys that are of no use to us (another type, curve or algorithm, `use` that is not
 * sig, `key_ops` without verify, too short) are left out, as RFC 7517 section 5 has it; what is not
 * a set at all, or has two usable keys of one `kid` and type, is refused whole. Symmetric
 * keys are never used, nor is one whose private half lies in the set for everybody to read. */
struct sl_oidc_keys;
enum sl_oidc_reason sl_oidc_keys_read(struct sl_span jwks, struct sl_oidc_keys **out)
    SL_MUST_CHECK;                              /* KEYS, MEMORY */
void sl_oidc_keys_free(struct sl_oidc_keys *k); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_oidc_keys, sl_oidc_keys)
size_t sl_oidc_keys_count(const struct sl_oidc_keys *k); /* usable ones */
/* The same keys under the same names, in whatever order? A set that changed makes caches old. */
bool sl_oidc_keys_eq(const struct sl_oidc_keys *a, const struct sl_oidc_keys *b);

/* --- 4b. tokens ------------------------------------------------------------------------------- */
enum sl_oidc_type {
    SL_OIDC_AT_JWT = 1, /* `typ` at+jwt or application/at+jwt (RFC 9068); nothing else */
    SL_OIDC_JWT,        /* `typ` JWT or none: ID tokens, and CI systems' tokens */
};

struct sl_oidc_wanted {
    struct sl_span issuer; /* exactly */
    uint32_t algorithms;   /* bits; 0 accepts nothing */
    enum sl_oidc_type type;
    /* `aud` must name one of these. Where `client_id` is set (a sign-in by our own client): it is
     * the only audience, `azp` must be it where there is one, and must be there where `aud` has
     * several. */
    const struct sl_span *audiences;
    size_t audience_count;
    struct sl_span client_id;
    struct sl_span nonce;             /* empty: none was sent, it is not looked at */
    const struct sl_span *acr_values; /* one of these, where there are any */
    size_t acr_count;
    uint64_t now_s;
    uint64_t max_age_s;      /* of `auth_time`; 0: it is not looked at */
    uint64_t max_lifetime_s; /* from `iat` to `exp`; 0: as long as the issuer likes */
    /* Stands in the place of `sub`, which must be there all the same; empty: sub. */
    struct sl_span subject_claim;
    struct sl_span name_claim; /* "name"; empty: none */
    /* "groups"; "/realm_access/roles" is a path of members; empty: groups are not looked at. */
    struct sl_span groups_claim;
    bool actors; /* tokens of one who acts for another are taken */
};

enum { SL_OIDC_ACTORS_MAX = 8 };
/* One of the chain of `act` (RFC 8693, section 4.1). issuer empty: the token's. */
struct sl_oidc_actor {
    struct sl_span issuer, subject;
};

/* All in the arena. Empty spans and zeros for what the token does not say. */
struct sl_oidc_claims {
    struct sl_span issuer, subject;              /* the person, together */
    struct sl_span name;                         /* for people to read; may be the same for two */
    struct sl_span token_id, session_id, client; /* jti; sid; client_id or azp */
    struct sl_span acr;
    const struct sl_span *amr;
    size_t amr_count;
    uint64_t issued_s, expires_s, auth_time_s; /* seconds since 1970; the first two are set */
    bool has_groups;                           /* the claim is there, with as many as it has */
    const struct sl_span *groups;              /* as the provider calls them, in its order */
    size_t group_count;
    /* Who acts for the subject; the first one acts now. */
    const struct sl_oidc_actor *actors;
    size_t actor_count;
    struct sl_span payload; /* the claims as JSON, as they were signed */
};

/* Who says to have made it, so that the caller finds its keys: nothing is verified. Points into
 * `mem`. false: it is no token, or says nothing. */
bool sl_oidc_issuer_of(struct sl_span token, struct sl_arena *mem, struct sl_span *issuer)
    SL_MUST_CHECK;

/* YES fills *out; anything else leaves it alone. keys NULL: KEY_UNKNOWN at the earliest, after what
 * can be said without: fetch the set and ask again. */
enum sl_oidc_reason sl_oidc_check(struct sl_span token, const struct sl_oidc_keys *keys,
                                  const struct sl_oidc_wanted *wanted, struct sl_arena *mem,
                                  struct sl_oidc_claims *out) SL_MUST_CHECK;

/* The signature alone, for tokens whose claims are not OpenID's (the Bot Framework's, which have no
 * `sub` and no `iat`): YES appends the claims as JSON text to *payload. Whoever calls it checks
 * issuer, audience and times himself. */
enum sl_oidc_reason sl_oidc_open(struct sl_span token, const struct sl_oidc_keys *keys,
                                 uint32_t algorithms, enum sl_oidc_type type,
                                 struct sl_buf *payload) SL_MUST_CHECK;

/* --- 1. discovery ----------------------------------------------------------------------------- */
/* `<issuer>/.well-known/openid-configuration`; a slash at the issuer's end does not double. */
void sl_oidc_discovery_url(struct sl_buf *b, struct sl_span issuer);

struct sl_oidc_provider {
    struct sl_span issuer, keys_url; /* always there */
    /* Empty where the provider names none (CI systems have keys and nothing else). */
    struct sl_span authorization_url, token_url, device_url;
    bool names_itself;   /* RFC 9207: its answers carry `iss`, and must */
    bool secret_in_body; /* it takes client_secret_post and not client_secret_basic */
    uint32_t algorithms; /* that it says it signs ID tokens with, as bits; unknown ones left out */
    bool lists_s256;     /* code_challenge_methods_supported has S256 */
    bool lists_pkce;     /* it has that member at all */
};
/* `issuer` must be what the document says, byte for byte. Addresses must be https; http to this
 * machine is taken where the issuer itself is that. PROVIDER, PROVIDER_ISSUER, PROVIDER_ADDRESS,
 * MEMORY. */
enum sl_oidc_reason sl_oidc_provider_read(struct sl_span document, struct sl_span issuer,
                                          struct sl_arena *mem, struct sl_oidc_provider *out)
    SL_MUST_CHECK;
/* Can people sign in there with a browser (authorization code, PKCE S256, one of `algorithms`), or
 * with a device? PROVIDER_ABILITY where not. A provider that lists no PKCE methods may still do it;
 * one that lists them without S256 does not. */
enum sl_oidc_reason sl_oidc_provider_can_browse(const struct sl_oidc_provider *p,
                                                uint32_t algorithms) SL_MUST_CHECK;
enum sl_oidc_reason sl_oidc_provider_can_device(const struct sl_oidc_provider *p,
                                                uint32_t algorithms) SL_MUST_CHECK;

/* --- 2. what we say --------------------------------------------------------------------------- */
/* A text that nobody guesses: base64url of the caller's random bytes (32 make SL_OIDC_VERIFIER
 * characters). For `state`, `nonce` and the PKCE verifier. */
void sl_oidc_put_random(struct sl_buf *b, struct sl_span random);
/* The S256 challenge of a verifier (RFC 7636, section 4.2). */
void sl_oidc_put_challenge(struct sl_buf *b, struct sl_span verifier);

struct sl_oidc_authorization {
    struct sl_span client_id, redirect_uri;
    struct sl_span scope; /* "openid profile": names with a blank between */
    struct sl_span state, nonce, verifier;
    struct sl_span acr_values; /* with a blank between; empty: none */
    bool fresh;                /* the person signs in anew: prompt=login and max_age=0 */
};
/* The address to send a browser to. */
void sl_oidc_put_authorization_url(struct sl_buf *b, const struct sl_oidc_provider *p,
                                   const struct sl_oidc_authorization *a);

/* A POST with Content-Type application/x-www-form-urlencoded. `authorization` is the value of the
 * header of that name; it stays empty where there is no secret, or the secret goes into the body.
 * Both buffers hold secrets: sl_secret_wipe them. */
struct sl_oidc_client {
    struct sl_span client_id, secret; /* empty: a public client */
};
void sl_oidc_put_code_call(struct sl_buf *body, struct sl_buf *authorization,
                           const struct sl_oidc_provider *p, const struct sl_oidc_client *client,
                           struct sl_span code, struct sl_span redirect_uri,
                           struct sl_span verifier);
void sl_oidc_put_device_call(struct sl_buf *body, struct sl_buf *authorization,
                             const struct sl_oidc_provider *p, const struct sl_oidc_client *client,
                             struct sl_span scope);
void sl_oidc_put_device_poll(struct sl_buf *body, struct sl_buf *authorization,
                             const struct sl_oidc_provider *p, const struct sl_oidc_client *client,
                             struct sl_span device_code);

/* --- 3. what it answers ----------------------------------------------------------------------- */
/* The query of the browser's way back, without its "?". */
struct sl_oidc_response {
    struct sl_span state, code, issuer; /* issuer: `iss`, RFC 9207 */
    struct sl_span error;               /* "access_denied"; a word, safe to show */
};
/* RESPONSE: a name given twice, a bad escape, neither or both of code and error. The caller finds
 * its flow by `state`, then asks sl_oidc_response_is_of. */
enum sl_oidc_reason sl_oidc_response_read(struct sl_span query, struct sl_arena *mem,
                                          struct sl_oidc_response *out) SL_MUST_CHECK;
/* Mix-up (RFC 9207): `iss` must be this issuer where it is given, and be given where the provider
 * says so. */
bool sl_oidc_response_is_of(const struct sl_oidc_response *r, const struct sl_oidc_provider *p);

struct sl_oidc_answer {
    struct sl_span id_token; /* to be checked as any other */
    struct sl_span error;    /* a word: "invalid_grant" */
    /* Of a device: try again, and with 5 s more between. The device grant's only good errors. */
    bool pending, slow_down;
};
/* YES: there is an ID token. ANSWER_ERROR: *out says which (`pending` is one). ANSWER: not
 * understood, or no token and no error. `http_status` 200 goes with a token, any other with an
 * error. */
enum sl_oidc_reason sl_oidc_answer_read(unsigned http_status, struct sl_span body,
                                        struct sl_arena *mem, struct sl_oidc_answer *out)
    SL_MUST_CHECK;

struct sl_oidc_device {
    struct sl_span device_code;        /* a secret of ours */
    struct sl_span user_code, url;     /* what the person types, and where; printable */
    struct sl_span complete_url;       /* with the code in it; may be empty */
    uint64_t expires_in_s, interval_s; /* interval 5 where it says none; 1 to 60 */
};
enum sl_oidc_reason sl_oidc_device_read(unsigned http_status, struct sl_span body,
                                        const struct sl_oidc_provider *p, struct sl_arena *mem,
                                        struct sl_oidc_device *out) SL_MUST_CHECK;

/* --- a cache of good answers ------------------------------------------------------------------
 * By the SHA-256 of the whole token, so nothing of it is kept. Bounded: what is put in when it is
 * full throws out what ends first of those in its way. `generation` is the caller's: any change of
 * keys, configuration or accounts makes another one, and what was put in under an older one is not
 * found again. `value` is copied, at most SL_OIDC_CACHED_MAX bytes (longer ones are not kept). */
struct sl_oidc_cache;
enum sl_err sl_oidc_cache_new(struct sl_oidc_cache **out, size_t entries) SL_MUST_CHECK;
void sl_oidc_cache_free(struct sl_oidc_cache *c); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_oidc_cache, sl_oidc_cache)
/* *value is valid until the next put. Nothing is found from expires_s on: the caller may subtract
 * no skew, a cached answer ends when the token says. */
bool sl_oidc_cache_get(struct sl_oidc_cache *c, const uint8_t digest[SL_SHA256],
                       uint64_t generation, uint64_t now_s, struct sl_span *value) SL_MUST_CHECK;
void sl_oidc_cache_put(struct sl_oidc_cache *c, const uint8_t digest[SL_SHA256],
                       uint64_t generation, uint64_t expires_s, struct sl_span value);

#endif
