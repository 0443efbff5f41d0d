#include "wire/pg/scram.h"

#include "base/encode.h"
#include "wire/pg/scram_int.h"

enum { MAX_BINDING_NAME = 64 };

bool sl_scram_is_nonce(struct sl_span s)
{
    if (s.n == 0 || s.n > SL_SCRAM_MAX_NONCE)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x21 || s.p[i] > 0x7e || s.p[i] == ',')
            return false;
    return true;
}

bool sl_scram_is_user(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        struct sl_span rest = sl_span_from(s, i);
        if (s.p[i] == ',' || s.p[i] == 0)
            return false;
        if (s.p[i] == '=' && !sl_span_starts(rest, SL_SPAN("=2C")) &&
            !sl_span_starts(rest, SL_SPAN("=3D")))
            return false;
    }
    return true;
}

enum sl_err sl_scram_attribute(struct sl_span message, size_t *at, char letter, bool more,
                               struct sl_span *value)
{
    struct sl_span rest = sl_span_from(message, *at);
    size_t end = sl_span_find(rest, ',');
    bool has_more = end < rest.n;

    if (message.n > SL_SCRAM_MAX_MESSAGE || rest.p == NULL || end < 2 || has_more != more)
        return SL_EMALFORMED;
    if (rest.p[0] != (uint8_t)letter || rest.p[1] != '=')
        return SL_EMALFORMED;
    *value = sl_span_from(sl_span_head(rest, end), 2);
    *at += end + (has_more ? 1 : 0);
    return SL_OK;
}

bool sl_scram_nonce_extends(struct sl_span whole, struct sl_span client)
{
    return client.n > 0 && whole.n > client.n && sl_span_starts(whole, client);
}

static bool is_binding_name(struct sl_span s)
{
    if (s.n == 0 || s.n > MAX_BINDING_NAME)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool letter = (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z';
        bool digit = s.p[i] >= '0' && s.p[i] <= '9';
        if (!letter && !digit && s.p[i] != '.' && s.p[i] != '-')
            return false;
    }
    return true;
}

/* "n,,"  "y,,"  "p=name,," */
static enum sl_err get_gs2_header(struct sl_span message, struct sl_scram_client_first *m)
{
    size_t comma = sl_span_find(message, ',');

    if (comma == 0 || comma + 1 >= message.n || message.p[comma + 1] != ',')
        return SL_EMALFORMED; /* an authzid is refused as well */
    m->gs2_header = sl_span_head(message, comma + 2);
    m->binding = message.p[0];
    switch (message.p[0]) {
    case SL_SCRAM_NO_BINDING:
    case SL_SCRAM_BINDING_NOT_SEEN:
        return comma == 1 ? SL_OK : SL_EMALFORMED;
    case SL_SCRAM_BINDING:
        m->binding_name = sl_span_from(sl_span_head(message, comma), 2);
        return message.p[1] == '=' && is_binding_name(m->binding_name) ? SL_OK : SL_EMALFORMED;
    default:
        return SL_EMALFORMED;
    }
}

enum sl_err sl_scram_client_first_get(struct sl_span message, struct sl_scram_client_first *out)
{
    struct sl_scram_client_first m = {0};
    size_t at = 0;

    if (message.n > SL_SCRAM_MAX_MESSAGE)
        return SL_EMALFORMED;
    SL_TRY(get_gs2_header(message, &m));
    m.bare = sl_span_from(message, m.gs2_header.n);
    SL_TRY(sl_scram_attribute(m.bare, &at, 'n', true, &m.user));
    SL_TRY(sl_scram_attribute(m.bare, &at, 'r', false, &m.nonce));
    if (!sl_scram_is_user(m.user) || !sl_scram_is_nonce(m.nonce))
        return SL_EMALFORMED;
    *out = m;
    return SL_OK;
}

/* Decodes into at most `max` bytes. */
static enum sl_err get_base64(struct sl_span text, uint8_t *out, size_t max, size_t *bytes)
{
    SL_BUF(b, SL_SCRAM_MAX_MESSAGE);

    SL_TRY(sl_base64_get(&b, text));
    if (b.n > max)
        return SL_EMALFORMED;
    if (b.n > 0)
        memcpy(out, b.p, b.n);
    *bytes = b.n;
    return SL_OK;
}

static enum sl_err get_digest(struct sl_span text, uint8_t out[SL_SCRAM_DIGEST])
{
    uint8_t digest[SL_SCRAM_DIGEST];
    size_t bytes;

    SL_TRY(get_base64(text, digest, sizeof digest, &bytes));
    if (bytes != sizeof digest)
        return SL_EMALFORMED;
    memcpy(out, digest, sizeof digest);
    return SL_OK;
}

static enum sl_err get_iterations(struct sl_span text, uint32_t *out)
{
    uint64_t value;

    SL_TRY(sl_span_u64(text, &value));
    if (value < SL_SCRAM_LEAST_ITERATIONS || value > SL_SCRAM_MOST_ITERATIONS || text.p[0] == '0')
        return SL_EMALFORMED;
    *out = (uint32_t)value;
    return SL_OK;
}

enum sl_err sl_scram_server_first_get(struct sl_span message, struct sl_scram_server_first *out)
{
    struct sl_scram_server_first m = {0};
    struct sl_span salt, iterations;
    size_t at = 0;

    SL_TRY(sl_scram_attribute(message, &at, 'r', true, &m.nonce));
    SL_TRY(sl_scram_attribute(message, &at, 's', true, &salt));
    SL_TRY(sl_scram_attribute(message, &at, 'i', false, &iterations));
    SL_TRY(get_base64(salt, m.salt, sizeof m.salt, &m.salt_bytes));
    SL_TRY(get_iterations(iterations, &m.iterations));
    if (!sl_scram_is_nonce(m.nonce) || m.salt_bytes == 0)
        return SL_EMALFORMED;
    *out = m;
    return SL_OK;
}

static bool is_base64(struct sl_span text)
{
    SL_BUF(b, SL_SCRAM_MAX_MESSAGE);

    return text.n > 0 && sl_base64_get(&b, text) == SL_OK;
}

enum sl_err sl_scram_client_final_get(struct sl_span message, struct sl_scram_client_final *out)
{
    struct sl_scram_client_final m = {0};
    struct sl_span proof;
    size_t at = 0;

    SL_TRY(sl_scram_attribute(message, &at, 'c', true, &m.binding_base64));
    SL_TRY(sl_scram_attribute(message, &at, 'r', true, &m.nonce));
    m.without_proof = sl_span_head(message, at - 1);
    SL_TRY(sl_scram_attribute(message, &at, 'p', false, &proof));
    SL_TRY(get_digest(proof, m.proof));
    if (!sl_scram_is_nonce(m.nonce) || !is_base64(m.binding_base64))
        return SL_EMALFORMED;
    *out = m;
    return SL_OK;
}

enum sl_err sl_scram_server_final_get(struct sl_span message, struct sl_scram_server_final *out)
{
    struct sl_scram_server_final m = {.refused = sl_span_starts(message, SL_SPAN("e="))};
    struct sl_span value;
    size_t at = 0;

    SL_TRY(sl_scram_attribute(message, &at, m.refused ? 'e' : 'v', false, &value));
    if (m.refused)
        m.error = value;
    else
        SL_TRY(get_digest(value, m.signature));
    if (m.refused && value.n == 0)
        return SL_EMALFORMED;
    *out = m;
    return SL_OK;
}
