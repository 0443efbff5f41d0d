/* Who is told what the ledger says: what one key of a hook cannot say. */
#include "core/policy/policy_int.h"

#include "base/encode.h"
#include "crypto/crypto.h"

static const char digest_path[] = "/sha256-";

static struct sl_buf *about(struct sl_load *l, const struct sl_node *at, const struct sl_hook *h)
{
    struct sl_buf *b = sl_load_complain(l, at);

    sl_buf_put_str(b, "hook ");
    sl_load_quote(b, h->name);
    return b;
}

/* Where a key of it stands, else the hook itself. */
static const struct sl_node *key_of(const struct sl_node *at, const char *name)
{
    for (const struct sl_node *n = at == NULL ? NULL : at->first; n != NULL; n = n->next)
        if (n->key != NULL && sl_span_is(n->key->text, name))
            return n;
    return at;
}

static void check_name(struct sl_load *l, const struct sl_node *at, const struct sl_config *c,
                       size_t index)
{
    const struct sl_hook *h = &c->hooks[index];

    if (!sl_is_short_name(h->name))
        sl_buf_put_str(about(l, key_of(at, "name"), h),
                       ": expected a short name of a-z, 0-9, -, _ and dots\n");
    for (size_t j = 0; j < index; j++)
        if (sl_span_eq(c->hooks[j].name, h->name))
            sl_buf_say(about(l, key_of(at, "name"), h),
                       " has a name that is taken in line %u; expected its own\n",
                       (unsigned)c->hooks[j].line);
}

static struct sl_span place_of(struct sl_span url)
{
    size_t scheme = sl_span_find(url, ':') + 3; /* "://" */
    struct sl_span rest = sl_span_from(url, scheme);

    return sl_span_head(url,
                        scheme + sl_span_find(sl_span_head(rest, sl_span_find(rest, '?')), '/'));
}

/* What is recorded and shown of an address (sl_hook_put_masked). */
static bool is_masked(struct sl_span url)
{
    struct sl_span path = sl_span_from(url, place_of(url).n);
    struct sl_span hex = sl_span_from(path, sizeof digest_path - 1);
    uint8_t digest[SL_SHA256];

    return sl_span_starts(path, sl_span_str(digest_path)) &&
           sl_hex_fixed(digest, sizeof digest, hex) == SL_OK;
}

static void check_url(struct sl_load *l, const struct sl_node *at, const struct sl_hook *h)
{
    if (!l->recorded && is_masked(h->url))
        sl_buf_put_str(about(l, key_of(at, "url"), h),
                       ": `url` is what is shown of an address, and nobody could see that it "
                       "changed; expected the address itself\n");
    if (h->format == SL_HOOK_SYSLOG && !sl_is_syslog_endpoint(h->url))
        sl_buf_put_str(about(l, key_of(at, "url"), h),
                       ": `url` is no address of a syslog server; expected "
                       "syslog+tls://host:6514\n");
    if (h->format != SL_HOOK_SYSLOG && !sl_is_endpoint(h->url))
        sl_buf_put_str(about(l, key_of(at, "url"), h),
                       ": `url` is no address to call; expected https://, or http:// to this "
                       "machine, without a user in it\n");
}

static void check_secrets(struct sl_load *l, const struct sl_node *at, const struct sl_hook *h)
{
    bool file = h->secret_file.n > 0, command = h->secret_command.count > 0;

    if (file && command)
        sl_buf_put_str(about(l, key_of(at, "secret_command"), h),
                       ": secret_file and secret_command; expected one of them\n");
    if (h->format == SL_HOOK_CLOUDEVENTS && !file && !command)
        sl_buf_put_str(about(l, at, h),
                       ": nothing to sign with, so that its receiver could believe anybody; "
                       "expected secret_file or secret_command\n");
    if (h->format != SL_HOOK_CLOUDEVENTS && (file || command))
        sl_buf_put_str(about(l, key_of(at, file ? "secret_file" : "secret_command"), h),
                       ": a secret signs cloudevents alone; expected none\n");
    if (h->format != SL_HOOK_OCSF && h->token_file.n > 0)
        sl_buf_put_str(about(l, key_of(at, "token_file"), h),
                       ": a token is for ocsf alone; expected none\n");
}

void sl_config_resolve_hook(struct sl_load *l, struct sl_config *c, size_t index,
                            const struct sl_node *at)
{
    struct sl_hook *h = &c->hooks[index];

    check_name(l, at, c, index);
    check_url(l, at, h);
    check_secrets(l, at, h);
    h->masked = l->recorded && is_masked(h->url);
    if (h->events == 0)
        h->events = SL_HOOK_USUAL;
}

const struct sl_hook *sl_config_hook(const struct sl_config *c, struct sl_span name)
{
    for (size_t i = 0; i < c->hook_count; i++)
        if (sl_span_eq(c->hooks[i].name, name))
            return &c->hooks[i];
    return NULL;
}

/* --- what of an address may be seen -------------------------------------------------------------
 */

struct sl_span sl_hook_place(const struct sl_hook *h)
{
    return place_of(h->url);
}

void sl_hook_put_masked(struct sl_buf *b, struct sl_span url)
{
    struct sl_span place = place_of(url), path = sl_span_from(url, place.n);
    uint8_t digest[SL_SHA256];

    sl_buf_put(b, place);
    if (path.n <= 1) {
        sl_buf_put(b, path);
        return;
    }
    sl_sha256(url, digest);
    sl_buf_put_str(b, digest_path);
    sl_hex_put(b, sl_span(digest, sizeof digest));
}
