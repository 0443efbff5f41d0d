#include "core/webauthn/webauthn.h"

#include "base/encode.h"
#include "json/json.h"

const char *sl_webauthn_reason_text(enum sl_webauthn_reason reason)
{
    static const char *const texts[] = {
#define TEXT(name, text) text,
        SL_WEBAUTHN_REASONS(TEXT)
#undef TEXT
    };
    return (size_t)reason < SL_COUNT(texts) ? texts[reason] : "unknown reason";
}

const char *sl_webauthn_reason_name(enum sl_webauthn_reason reason)
{
    static const char *const names[] = {
#define NAME(name, text) #name,
        SL_WEBAUTHN_REASONS(NAME)
#undef NAME
    };
    return (size_t)reason < SL_COUNT(names) ? names[reason] : "UNKNOWN";
}

/* --- client data: what the browser says ------------------------------------------------------- */

static bool is_challenge(const json_t *data, struct sl_span wanted)
{
    SL_BUF(bytes, SL_WEBAUTHN_CLIENT_DATA_MAX);

    return wanted.n == SL_WEBAUTHN_CHALLENGE_BYTES &&
           sl_base64url_get(&bytes, sl_json_str(data, "challenge")) == SL_OK &&
           sl_secret_eq(sl_buf_span(&bytes), wanted);
}

bool sl_webauthn_challenge(struct sl_span client_data,
                           uint8_t challenge[SL_WEBAUTHN_CHALLENGE_BYTES])
{
    SL_BUF(bytes, SL_WEBAUTHN_CLIENT_DATA_MAX);
    json_t *data = NULL;

    if (client_data.n > SL_WEBAUTHN_CLIENT_DATA_MAX ||
        sl_json_read(client_data, &data, NULL) != SL_OK)
        return false;
    bool read = sl_base64url_get(&bytes, sl_json_str(data, "challenge")) == SL_OK &&
                bytes.n == SL_WEBAUTHN_CHALLENGE_BYTES;
    json_decref(data);
    if (read)
        memcpy(challenge, bytes.p, SL_WEBAUTHN_CHALLENGE_BYTES);
    return read;
}

static bool is_origin(struct sl_span origin, const struct sl_webauthn_wanted *wanted)
{
    if (wanted->origins == NULL)
        return sl_webauthn_origin_fits(origin, wanted->rp_id);
    for (size_t i = 0; i < wanted->origin_count; i++)
        if (origin.n > 0 && sl_span_eq(origin, wanted->origins[i]))
            return true;
    return false;
}

/* Left out, or false and nothing else; and no page around it. */
static bool is_top(const json_t *data)
{
    const json_t *cross = json_object_get(data, "crossOrigin");

    return (cross == NULL || json_is_false(cross)) && json_object_get(data, "topOrigin") == NULL;
}

static enum sl_webauthn_reason check_members(const json_t *data,
                                             const struct sl_webauthn_wanted *wanted)
{
    if (!json_is_object(data))
        return SL_WEBAUTHN_CLIENT_DATA;
    if (!sl_span_is(sl_json_str(data, "type"), "webauthn.get"))
        return SL_WEBAUTHN_TYPE;
    if (!is_challenge(data, wanted->challenge))
        return SL_WEBAUTHN_CHALLENGE;
    if (!is_origin(sl_json_str(data, "origin"), wanted))
        return SL_WEBAUTHN_ORIGIN;
    return is_top(data) ? SL_WEBAUTHN_YES : SL_WEBAUTHN_CROSS_ORIGIN;
}

static enum sl_webauthn_reason check_client_data(struct sl_span text,
                                                 const struct sl_webauthn_wanted *wanted)
{
    json_t *data = NULL;

    if (text.n == 0 || text.n > SL_WEBAUTHN_CLIENT_DATA_MAX)
        return SL_WEBAUTHN_CLIENT_DATA_SIZE;
    if (sl_json_read(text, &data, NULL) != SL_OK)
        return SL_WEBAUTHN_CLIENT_DATA;
    enum sl_webauthn_reason reason = check_members(data, wanted);

    json_decref(data);
    return reason;
}

/* --- authenticator data: what the authenticator says ------------------------------------------ */

/* rpIdHash (32) | flags (1) | counter (4, big-endian) */
enum { FLAGS_AT = 32, COUNTER_AT = 33 };
enum flag {
    FLAG_UP = 0x01, /* user present */
    FLAG_UV = 0x04, /* user verified */
    FLAG_BE = 0x08, /* backup eligible */
    FLAG_BS = 0x10, /* backed up */
};

static struct sl_webauthn_seen seen_in(struct sl_span data)
{
    const uint8_t *c = data.p + COUNTER_AT;

    return (struct sl_webauthn_seen){.backup_eligible = (data.p[FLAGS_AT] & FLAG_BE) != 0,
                                     .backed_up = (data.p[FLAGS_AT] & FLAG_BS) != 0,
                                     .counter = (uint32_t)c[0] << 24 | (uint32_t)c[1] << 16 |
                                                (uint32_t)c[2] << 8 | (uint32_t)c[3]};
}

/* AT and ED announce more bytes, which there are none of; the rest is reserved. */
static bool flags_are_known(uint8_t flags)
{
    const unsigned known = FLAG_UP | FLAG_UV | FLAG_BE | FLAG_BS;
    bool backed_up_without = (flags & FLAG_BS) != 0 && (flags & FLAG_BE) == 0;

    return (flags & ~known) == 0 && !backed_up_without;
}

static enum sl_webauthn_reason check_flags(uint8_t flags, const struct sl_webauthn_key *key)
{
    if (!flags_are_known(flags))
        return SL_WEBAUTHN_FLAGS;
    if ((flags & FLAG_UP) == 0)
        return SL_WEBAUTHN_USER_PRESENT;
    if ((flags & FLAG_UV) == 0)
        return SL_WEBAUTHN_USER_VERIFIED;
    if (!key->is_new && key->backup_eligible != ((flags & FLAG_BE) != 0))
        return SL_WEBAUTHN_BACKUP;
    return SL_WEBAUTHN_YES;
}

static enum sl_webauthn_reason check_authenticator_data(struct sl_span data,
                                                        const struct sl_webauthn_key *key,
                                                        struct sl_span rp_id)
{
    uint8_t hash[SL_SHA256];

    if (data.n != SL_WEBAUTHN_AUTHENTICATOR_DATA)
        return SL_WEBAUTHN_DATA;
    sl_sha256(rp_id, hash);
    if (rp_id.n == 0 || memcmp(data.p, hash, sizeof hash) != 0)
        return SL_WEBAUTHN_RP_ID;
    return check_flags(data.p[FLAGS_AT], key);
}

/* --- the signature, over both ------------------------------------------------------------------
 */

static enum sl_webauthn_reason check_signature(const struct sl_webauthn_key *key,
                                               const struct sl_webauthn_assertion *a)
{
    uint8_t message[SL_WEBAUTHN_AUTHENTICATOR_DATA + SL_SHA256];

    if (a->signature.n == 0 || a->signature.n > SL_WEBAUTHN_SIGNATURE_MAX)
        return SL_WEBAUTHN_SIGNATURE;
    memcpy(message, a->authenticator_data.p, SL_WEBAUTHN_AUTHENTICATOR_DATA);
    sl_sha256(a->client_data, message + SL_WEBAUTHN_AUTHENTICATOR_DATA);
    if (sl_public_key_check(key->algorithm, key->spki, sl_span(message, sizeof message),
                            a->signature))
        return SL_WEBAUTHN_YES;
    return sl_public_key_fits(key->algorithm, key->spki) ? SL_WEBAUTHN_SIGNATURE : SL_WEBAUTHN_KEY;
}

/* Two zeros: it does not count. */
static bool went_back(const struct sl_webauthn_key *key, uint32_t counter)
{
    return !key->is_new && (key->counter != 0 || counter != 0) && counter <= key->counter;
}

enum sl_webauthn_reason sl_webauthn_check(const struct sl_webauthn_key *key,
                                          const struct sl_webauthn_wanted *wanted,
                                          const struct sl_webauthn_assertion *assertion,
                                          struct sl_webauthn_seen *seen)
{
    enum sl_webauthn_reason reason = check_client_data(assertion->client_data, wanted);

    if (reason == SL_WEBAUTHN_YES)
        reason = check_authenticator_data(assertion->authenticator_data, key, wanted->rp_id);
    if (reason == SL_WEBAUTHN_YES)
        reason = check_signature(key, assertion);
    if (reason != SL_WEBAUTHN_YES)
        return reason;
    *seen = seen_in(assertion->authenticator_data);
    return went_back(key, seen->counter) ? SL_WEBAUTHN_COUNTER : SL_WEBAUTHN_YES;
}
