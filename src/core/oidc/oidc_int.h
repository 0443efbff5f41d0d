/* Inside core/oidc: keys as they were read, and what its files share. */
#ifndef SL_CORE_OIDC_OIDC_INT_H
#define SL_CORE_OIDC_OIDC_INT_H

#include "core/oidc/oidc.h"
#include "json/json.h"

enum { SL_OIDC_ALGORITHMS = 4 };

struct sl_oidc_key {
    struct sl_span id;   /* `kid`; empty: it has none */
    uint32_t algorithms; /* bits: what it may be used with */
    struct sl_span spki;
    struct sl_public_key *with[SL_OIDC_ALGORITHMS]; /* NULL where its bit is not set */
};

struct sl_oidc_keys {
    struct sl_arena *mem;
    size_t count;
    struct sl_oidc_key keys[SL_OIDC_KEYS_MAX];
};

/* Which key signed: KEY_ID, KEY_UNKNOWN, KEY_USE, or YES with *out. `algorithm` is one bit. */
enum sl_oidc_reason sl_oidc_keys_find(const struct sl_oidc_keys *keys, struct sl_span id,
                                      uint32_t algorithm, const struct sl_public_key **out);

/* The three parts of a compact serialization (RFC 7515, section 3.1), still encoded. */
struct sl_oidc_parts {
    struct sl_span header, payload, signature, signed_text;
};
/* SIZE, FORM, or YES. */
enum sl_oidc_reason sl_oidc_split(struct sl_span token, struct sl_oidc_parts *out);
/* An object out of base64url; NULL: it is none without doubt. The caller owns it. `text` (may be
 * NULL) keeps the bytes that it was read from. */
json_t *sl_oidc_object(struct sl_span encoded, struct sl_buf *text);
/* The signature is of one of our keys: everything before the claims. */
enum sl_oidc_reason sl_oidc_verify(const struct sl_oidc_parts *parts,
                                   const struct sl_oidc_keys *keys,
                                   const struct sl_oidc_wanted *wanted);

/* Groups (groups.c): GROUPS, OVERAGE, MEMORY, or YES. */
enum sl_oidc_reason sl_oidc_groups(const json_t *claims, struct sl_span claim, struct sl_arena *mem,
                                   struct sl_oidc_claims *out);

/* `act` (actors.c): ACTOR where it is there and not `taken`, ACTORS, MEMORY, or YES. */
enum sl_oidc_reason sl_oidc_actors(const json_t *claims, bool taken, struct sl_arena *mem,
                                   struct sl_oidc_claims *out);

/* One line of printable text of 1 to `most` bytes: nothing that hides or moves on a screen. */
bool sl_oidc_is_text(struct sl_span text, size_t most);
/* A text member, copied; empty where there is none. false: it is there and not such a text, or
 * memory ran out. */
bool sl_oidc_take_text(const json_t *object, const char *key, struct sl_arena *mem,
                       struct sl_span *out);
/* A list of texts, or a text alone; at most `most`. The same. */
bool sl_oidc_take_list(const json_t *value, size_t most, struct sl_arena *mem,
                       const struct sl_span **items, size_t *count);

/* An https address (http to this machine too, where `plain`), without user, fragment or anything
 * that two readers could read differently. */
bool sl_oidc_is_address(struct sl_span url, bool plain);
/* application/x-www-form-urlencoded: "&name=value", without the & where `b` was empty or ends in
 * a question mark. */
void sl_oidc_put_pair(struct sl_buf *b, const char *name, struct sl_span value);
void sl_oidc_put_escaped(struct sl_buf *b, struct sl_span text);

#endif
