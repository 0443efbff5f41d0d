#include "role/keeper/chat_teams.h"

/* Our own token for the Connector: asked for with the client secret, again before it ends, and when
 * the Connector would not have it. */

enum {
    EARLY_S = 300, /* so long before its end it is asked for anew; of a short one at half of it */
    AGAIN_MS = 1000,
    AGAIN_MOST_MS = 60 * 1000,
    YOUNG_S = 10, /* one that is refused at this age will not get better by another one */
};
static const uint64_t second_us = 1000 * 1000;

bool chat_teams_has_token(const struct chat *h)
{
    return h->teams->token.n > 0 && sl_clock_monotonic_us() < h->teams->token_until_us;
}

static void forget(struct chat_teams *t)
{
    if (t->token.p != NULL)
        sl_secret_wipe(t->token.p, t->token.cap);
    sl_buf_done(&t->token);
    t->token = sl_buf(SL_TEAMS_TOKEN_MOST + 1);
}

void chat_teams_token_free(struct chat *h)
{
    forget(h->teams);
}

static void failed(struct keeper *k, struct chat *h, struct sl_span why, bool secret_is_bad)
{
    struct chat_teams *t = h->teams;
    uint64_t ms = AGAIN_MS;
    SL_BUF(text, 512);

    for (unsigned i = 0; i < t->token_failures && ms < AGAIN_MOST_MS; i++)
        ms *= 2;
    t->token_failures++;
    t->token_due_us =
        sl_clock_monotonic_us() + (ms < AGAIN_MOST_MS ? ms : AGAIN_MOST_MS) * UINT64_C(1000);
    sl_buf_say(&text, "no token for it: %S", sl_span_head(why, 200));
    if (!sl_span_eq(sl_buf_span(&text), sl_span_str(h->why)))
        sl_log(SL_LOG_WARN, "chat_token", SL_TEXT("chat", h->config->name),
               SL_TEXT("why", sl_buf_span(&text)));
    chat_note(h, sl_buf_span(&text));
    if (!secret_is_bad)
        return;
    t->secret_asked = true; /* somebody may have put a new one there */
    chat_secret_again(k, h, CHAT_CLIENT_SECRET);
}

static void take(struct chat *h, const struct sl_teams_grant *grant)
{
    struct chat_teams *t = h->teams;
    uint64_t for_s = grant->expires_in_s;
    uint64_t early_s = for_s > 2 * EARLY_S ? (uint64_t)EARLY_S : for_s / 2;

    forget(t);
    sl_buf_put(&t->token, grant->token);
    t->token_since_us = sl_clock_monotonic_us();
    t->token_until_us = t->token_since_us + for_s * second_us;
    t->token_due_us = t->token_until_us - early_s * second_us;
    t->token_failures = 0;
    if (sl_span_starts(sl_span_str(h->why), SL_SPAN("no token for it: ")))
        h->why[0] = '\0';
}

static void on_token(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct chat *h = chat_by_id(k, of);
    struct sl_teams_grant grant = {0};
    SL_BUF(why, 512);

    if (h == NULL || h->teams == NULL)
        return;
    h->teams->token_asked = false;
    enum sl_oidc_reason reason = got->status == 0
                                     ? SL_OIDC_ANSWER
                                     : sl_teams_read_grant(got->status, got->body, k->mem, &grant);
    if (got->status == 0)
        sl_buf_put(&why, sl_span_head(got->why, 200));
    else if (reason == SL_OIDC_ANSWER_ERROR)
        sl_buf_say(&why, "Entra says \"%S\" (status %u)", grant.error, (unsigned)got->status);
    else
        sl_buf_say(&why, "the answer is not understood (status %u)", (unsigned)got->status);
    if (reason == SL_OIDC_YES)
        take(h, &grant);
    else
        failed(k, h, sl_buf_span(&why), reason == SL_OIDC_ANSWER_ERROR);
    chats_wake(k);
    sl_arena_reset(k->mem);
}

static void ask(struct keeper *k, struct chat *h)
{
    const struct sl_teams_us us = chat_teams_us(h);
    SL_BUF(url, 8192);
    SL_BUF(form, 32 * 1024);

    h->teams->token_asked = true;
    sl_teams_put_token_url(&url, &us);
    sl_teams_put_token_call(&form, &us, sl_buf_span(&h->secrets[CHAT_CLIENT_SECRET]));
    fetch_begin(k,
                &(struct fetch_request){.courier = COURIER_CHAT,
                                        .issuer = h->config->name,
                                        .url = sl_buf_span(&url),
                                        .body = sl_buf_span(&form),
                                        .content_type =
                                            SL_SPAN("application/x-www-form-urlencoded")},
                on_token, h->id);
    sl_secret_wipe(form.p, form.cap);
}

void chat_teams_token_tick(struct keeper *k, struct chat *h)
{
    struct chat_teams *t = h->teams;

    if (chat_is_ready(h) && !t->token_asked && t->token_due_us <= sl_clock_monotonic_us())
        ask(k, h);
}

/* One that was read because the last one was refused keeps to the pace of refusals. */
void chat_teams_token_secret_came(struct chat *h)
{
    struct chat_teams *t = h->teams;

    if (!t->secret_asked && t->token_failures > 0)
        t->token_due_us = 0;
    t->secret_asked = false;
}

bool chat_teams_token_refused(struct chat *h, uint64_t begun_us)
{
    struct chat_teams *t = h->teams;
    bool was_young = sl_clock_monotonic_us() < t->token_since_us + YOUNG_S * second_us;

    if (begun_us < t->token_since_us)
        return true; /* it was the one before */
    forget(t);
    t->token_due_us = sl_clock_monotonic_us() + (was_young ? YOUNG_S * second_us : 0);
    return !was_young;
}

void chat_teams_call(struct keeper *k, struct chat *h, struct sl_span method, struct sl_span url,
                     struct sl_span body, fetch_fn *fn, uint64_t of)
{
    SL_BUF(bearer, SL_TEAMS_TOKEN_MOST + 16);

    sl_buf_say(&bearer, "Bearer %S", sl_buf_span(&h->teams->token));
    fetch_begin(k,
                &(struct fetch_request){.courier = COURIER_CHAT,
                                        .issuer = h->config->name,
                                        .method = method,
                                        .url = url,
                                        .authorization = sl_buf_span(&bearer),
                                        .body = body,
                                        .content_type = body.n > 0 ? SL_SPAN("application/json; "
                                                                             "charset=utf-8")
                                                                   : sl_span(NULL, 0)},
                fn, of);
    sl_secret_wipe(bearer.p, bearer.cap);
}
