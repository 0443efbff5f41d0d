#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"

/* Which identities signed in to the console from which browser. Each browser has a long-lived
 * random secret of its own in a cookie that no script reads; here is its hash, beside who signed in
 * with it and when last. Two identities of one browser are taken for one person, when it comes to
 * deciding: neither decides what the other had a part in (P4, people.c). Whoever clears cookies, or
 * takes another browser, is not recognised: docs/threat-model.md says so. */

enum { SECRET_LENGTH = sizeof DEVICE_PREFIX - 1 + 43 };

static bool is_ours(struct sl_span secret)
{
    return secret.n == SECRET_LENGTH && sl_span_starts(secret, SL_SPAN(DEVICE_PREFIX));
}

void device_take(struct call *c, uint8_t hash[SL_SHA256], struct sl_buf *made)
{
    struct sl_span secret = call_str(c, "device");

    if (!is_ours(secret)) {
        secret_make(made, DEVICE_PREFIX);
        secret = sl_buf_span(made);
    }
    sl_sha256(secret, hash);
}

void device_tell(struct call *c, const struct sl_buf *made)
{
    if (made->n > 0)
        json_put_str(c->reply, "device", sl_buf_span(made));
}
