#include "role/keeper/chat_teams.h"

/* The keys that the Connector signs with, as Microsoft publishes them: asked for at the start, each
 * hour, and when a token names one that is not there, but for such tokens at most once in 30 s.
 * Keys that could not be read for a day are not believed any more, and then nothing that comes is.
 */

enum {
    AGAIN_S = 30,
    DUE_LEAST_S = 300,
    DUE_MOST_S = 3600,
    BELIEVED_S = 24 * 3600,
};
static const uint64_t second_us = 1000 * 1000;

bool chat_teams_has_keys(const struct chat *h)
{
    return h->teams->keys != NULL && sl_clock_monotonic_us() < h->teams->keys_until_us;
}

void chat_teams_keys_free(struct chat *h)
{
    sl_oidc_keys_free(h->teams->keys);
    h->teams->keys = NULL;
}

static void failed(struct keeper *k, struct chat *h, const struct fetched *got,
                   enum sl_oidc_reason reason)
{
    SL_BUF(why, 512);

    sl_buf_put_str(&why, "the Connector's keys: ");
    if (got->status == 0)
        sl_buf_put(&why, sl_span_head(got->why, 200));
    else if (got->status != 200)
        sl_buf_say(&why, "status %u", (unsigned)got->status);
    else
        sl_buf_put_str(&why, sl_oidc_reason_text(reason));
    if (!sl_span_eq(sl_buf_span(&why), sl_span_str(h->deaf_why)))
        sl_log(SL_LOG_WARN, "chat_keys", SL_TEXT("chat", h->config->name),
               SL_TEXT("why", sl_buf_span(&why)));
    chat_put_why(h->deaf_why, sl_buf_span(&why));
    h->teams->keys_asked = false;
    h->teams->keys_due_us = sl_clock_monotonic_us() + AGAIN_S * second_us;
    chat_teams_settled(k, h);
}

static void take(struct keeper *k, struct chat *h, struct sl_oidc_keys *fresh, uint64_t max_age_s)
{
    struct chat_teams *t = h->teams;
    uint64_t due_s = max_age_s < DUE_LEAST_S  ? (uint64_t)DUE_LEAST_S
                     : max_age_s > DUE_MOST_S ? (uint64_t)DUE_MOST_S
                                              : max_age_s;
    uint64_t now_us = sl_clock_monotonic_us();

    chat_teams_keys_free(h);
    t->keys = fresh;
    t->keys_asked = false;
    t->keys_until_us = now_us + BELIEVED_S * second_us;
    t->keys_due_us = now_us + (max_age_s == 0 ? (uint64_t)DUE_MOST_S : due_s) * second_us;
    h->deaf_why[0] = '\0';
    sl_log(SL_LOG_INFO, "chat_keys", SL_TEXT("chat", h->config->name),
           SL_NUM("keys", sl_oidc_keys_count(fresh)));
    chat_teams_settled(k, h);
}

static void on_keys(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat *h = chat_by_id(k, of);
    struct sl_oidc_keys *fresh = NULL;

    if (h == NULL || h->teams == NULL)
        return;
    enum sl_oidc_reason reason =
        got->status == 200 ? sl_teams_read_keys(got->body, &fresh) : SL_OIDC_KEYS;
    if (reason == SL_OIDC_YES)
        take(k, h, fresh, got->max_age_s);
    else
        failed(k, h, got, reason);
}

static void fetch(struct keeper *k, const struct chat *h, struct sl_span url, fetch_fn *fn)
{
    fetch_begin(
        k, &(struct fetch_request){.courier = COURIER_CHAT, .issuer = h->config->name, .url = url},
        fn, h->id);
}

static void on_metadata(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat *h = chat_by_id(k, of);
    struct sl_span url;

    if (h == NULL || h->teams == NULL)
        return;
    const struct sl_teams_us us = chat_teams_us(h);
    enum sl_oidc_reason reason = got->status == 200
                                     ? sl_teams_read_metadata(got->body, &us, k->mem, &url)
                                     : SL_OIDC_PROVIDER;
    if (reason == SL_OIDC_YES)
        fetch(k, h, url, on_keys);
    else
        failed(k, h, got, reason);
    sl_arena_reset(k->mem);
}

static void ask(struct keeper *k, struct chat *h)
{
    const struct sl_teams_us us = chat_teams_us(h);
    SL_BUF(url, 8192);

    h->teams->keys_asked = true;
    sl_teams_put_metadata_url(&url, &us);
    fetch(k, h, sl_buf_span(&url), on_metadata);
}

void chat_teams_keys_tick(struct keeper *k, struct chat *h)
{
    if (!h->teams->keys_asked && h->teams->keys_due_us <= sl_clock_monotonic_us())
        ask(k, h);
}

bool chat_teams_keys_anew(struct keeper *k, struct chat *h)
{
    struct chat_teams *t = h->teams;
    uint64_t now_us = sl_clock_monotonic_us();

    if (t->keys_asked)
        return true;
    if (t->keys_unknown_us != 0 && now_us < t->keys_unknown_us + AGAIN_S * second_us)
        return false;
    t->keys_unknown_us = now_us;
    ask(k, h);
    return true;
}
