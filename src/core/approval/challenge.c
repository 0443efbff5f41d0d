#include "core/approval/challenge.h"

#include "base/encode.h"
#include "json/json.h"

static const struct algorithm {
    int64_t number;
    const char *name;
} algorithms[] = {{SL_ALGORITHM_ES256, "ES256"},
                  {SL_ALGORITHM_EDDSA, "EdDSA"},
                  {SL_ALGORITHM_RS256, "RS256"}};

const char *sl_passkey_algorithm_name(int64_t algorithm)
{
    for (size_t i = 0; i < SL_COUNT(algorithms); i++)
        if (algorithms[i].number == algorithm)
            return algorithms[i].name;
    return NULL;
}

int64_t sl_passkey_algorithm_of(struct sl_span name)
{
    for (size_t i = 0; i < SL_COUNT(algorithms); i++)
        if (sl_span_is(name, algorithms[i].name))
            return algorithms[i].number;
    return 0;
}

/* --- members: in ascending order of their names, and none without something to say -------------
 */

static void put_str(struct sl_jw *w, const char *key, struct sl_span text)
{
    if (text.n == 0)
        return;
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

static void put_base64url(struct sl_jw *w, const char *key, struct sl_span bytes)
{
    SL_BUF(text, 4096);

    sl_base64url_put(&text, bytes);
    put_str(w, key, sl_buf_span(&text));
}

static void put_hex(struct sl_jw *w, const char *key, const uint8_t bytes[32])
{
    sl_jw_key(w, key);
    sl_jw_hex(w, sl_span(bytes, 32));
}

static void put_expires(struct sl_jw *w, const struct sl_challenge_frame *f)
{
    sl_jw_key(w, "expires");
    sl_jw_time(w, f->expires_us);
}

static void put_log(struct sl_jw *w, const struct sl_challenge_frame *f)
{
    sl_jw_key(w, "log");
    sl_jw_object(w);
    put_str(w, "origin", f->origin);
    put_hex(w, "root", f->root);
    sl_jw_key(w, "size");
    sl_jw_u64(w, f->size);
    sl_jw_end(w);
}

void sl_approval_challenge_put(struct sl_buf *document, const struct sl_approval_challenge *c)
{
    struct sl_jw w = sl_jw(document);

    sl_jw_object(&w);
    put_hex(&w, "action_digest", c->action_digest);
    put_str(&w, "approval", c->approval);
    put_str(&w, "approver", c->approver);
    put_str(&w, "decision", c->decision);
    put_expires(&w, &c->frame);
    put_log(&w, &c->frame);
    put_hex(&w, "nonce", c->frame.nonce);
    put_str(&w, "reason", c->reason);
    if (c->rows > 0) {
        sl_jw_key(&w, "rows");
        sl_jw_u64(&w, c->rows);
    }
    sl_jw_end(&w);
}

void sl_passkey_challenge_put(struct sl_buf *document, const struct sl_passkey_challenge *c)
{
    struct sl_jw w = sl_jw(document);

    sl_jw_object(&w);
    put_str(&w, "algorithm", c->algorithm);
    put_expires(&w, &c->frame);
    put_str(&w, "identity", c->identity);
    put_str(&w, "issuer", c->issuer);
    put_base64url(&w, "key", c->key);
    put_log(&w, &c->frame);
    put_hex(&w, "nonce", c->frame.nonce);
    put_base64url(&w, "public_key", c->public_key);
    put_str(&w, "purpose", c->purpose);
    put_str(&w, "rp_id", c->rp_id);
    put_str(&w, "subject", c->subject);
    sl_jw_end(&w);
}

static void hash(struct sl_span domain, struct sl_span document, uint8_t challenge[SL_SHA256])
{
    const struct sl_span parts[] = {domain, document};

    sl_sha256_parts(parts, SL_COUNT(parts), challenge);
}

void sl_approval_challenge_of(struct sl_span document, uint8_t challenge[SL_SHA256])
{
    hash(SL_SPAN("sluice/approval/v1\n"), document, challenge);
}

void sl_passkey_challenge_of(struct sl_span document, uint8_t challenge[SL_SHA256])
{
    hash(SL_SPAN("sluice/passkey/v1\n"), document, challenge);
}
