/* Standard Webhooks: secrets, and what is signed with them. */
#include "core/hooks/hooks.h"

#include "base/encode.h"
#include "crypto/crypto.h"

static const char prefix[] = "whsec_";

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static struct sl_span next_word(struct sl_span *text)
{
    size_t n = 0;

    while (text->n > 0 && is_blank(text->p[0]))
        *text = sl_span_from(*text, 1);
    while (n < text->n && !is_blank(text->p[n]))
        n++;
    struct sl_span word = sl_span_head(*text, n);
    *text = sl_span_from(*text, n);
    return word;
}

static const char *read_one(struct sl_span word, struct sl_hook_secrets *s)
{
    SL_BUF(key, SL_HOOK_KEY_MOST);

    if (s->count == SL_HOOK_SECRETS)
        return "there are more than two secrets";
    if (!sl_span_starts(word, sl_span_str(prefix)))
        return "the secret does not begin with whsec_";
    enum sl_err err = sl_base64_get(&key, sl_span_from(word, sizeof prefix - 1));
    bool good = err == SL_OK && sl_buf_err(&key) == SL_OK && key.n >= SL_HOOK_KEY_LEAST;
    if (good) {
        s->bytes[s->count] = key.n;
        memcpy(s->keys[s->count++], key.p, key.n);
    }
    if (key.p != NULL)
        sl_secret_wipe(key.p, key.cap);
    return good ? NULL : "behind whsec_ the secret is not base64 of 24 to 64 bytes";
}

const char *sl_hook_secrets_read(struct sl_span text, struct sl_hook_secrets *out)
{
    struct sl_hook_secrets s = {0};
    const char *why = NULL;

    for (struct sl_span word = next_word(&text); word.n > 0 && why == NULL; word = next_word(&text))
        why = read_one(word, &s);
    if (why == NULL && s.count == 0)
        why = "there is no secret in it";
    if (why == NULL)
        *out = s;
    sl_secret_wipe(&s, sizeof s);
    return why;
}

void sl_hook_secrets_wipe(struct sl_hook_secrets *s)
{
    sl_secret_wipe(s, sizeof *s);
}

void sl_hook_put_signature(struct sl_buf *b, const struct sl_hook_secrets *s, struct sl_span id,
                           uint64_t timestamp_s, struct sl_span body)
{
    SL_BUF(text, body.n + 256);
    uint8_t mac[SL_SHA256];

    sl_buf_say(&text, "%S.%U.", id, timestamp_s);
    sl_buf_put(&text, body);
    if (sl_buf_err(&text) != SL_OK) {
        b->why = sl_buf_err(&text);
        return;
    }
    for (size_t i = 0; i < s->count; i++) {
        sl_hmac_sha256(sl_span(s->keys[i], s->bytes[i]), sl_buf_span(&text), mac);
        sl_buf_put_str(b, i == 0 ? "v1," : " v1,");
        sl_base64_put(b, sl_span(mac, sizeof mac));
    }
}
