#include "role/keeper/issuers.h"

#include "role/keeper/call.h"
#include "role/keeper/sessions.h"

#include <stdlib.h>

/* What providers say about themselves, and their keys: asked for at the start, again when their
 * time is over, and when a token names a key that is not there. */

enum {
    ASK_AGAIN_S = 30,    /* not more often */
    KEYS_LEAST_S = 30,   /* however short the provider lets them be kept */
    KEYS_UNSAID_S = 300, /* where it does not say */
    KEYS_MOST_S = 3600,  /* however long: keys that it takes back must go */
    WAITING_MAX = 128,
    WAITING_MAX_BYTES = 256 * 1024, /* of each */
    PROVIDER_BYTES = 256 * 1024,
    SECRET_MAX_BYTES = 4096,
};
static const uint64_t second_us = 1000 * 1000;

struct waiting {
    struct waiting *next;
    uint64_t peer;
    enum sl_message type;
    struct sl_buf body;
};

static void note(struct issuer *i, struct sl_span why)
{
    SL_BUF(text, sizeof i->why - 1);
    struct sl_span head = sl_span_head(why, sizeof i->why - 1);

    for (size_t n = 0; n < head.n; n++)
        sl_buf_put_u8(&text, head.p[n] < 0x20 || head.p[n] > 0x7e ? '?' : head.p[n]);
    memset(i->why, 0, sizeof i->why);
    if (text.n > 0)
        memcpy(i->why, text.p, text.n);
}

/* --- life --------------------------------------------------------------------------------------
 */

static void wipe_secret(struct issuer *i)
{
    sl_secret_wipe(i->secret.p, i->secret.cap);
    sl_buf_done(&i->secret);
    i->secret = sl_buf(SECRET_MAX_BYTES);
    i->secret_known = false;
    i->secret_call = 0;
}

static void waiting_free(struct waiting *w)
{
    sl_secret_wipe(w->body.p, w->body.cap); /* a token is in it */
    sl_buf_done(&w->body);
    free(w);
}

static void issuer_free(struct issuer *i)
{
    while (i->waiting != NULL) {
        struct waiting *w = i->waiting;

        i->waiting = w->next;
        waiting_free(w);
    }
    wipe_secret(i);
    sl_oidc_keys_free(i->keys);
    sl_arena_free(i->mem);
    sl_buf_done(&i->url);
    free(i);
}

void issuers_free(struct keeper *k)
{
    while (k->issuers != NULL) {
        struct issuer *i = k->issuers;

        k->issuers = i->next;
        issuer_free(i);
    }
}

static struct issuer *issuer_new(struct keeper *k, const struct sl_issuer *config)
{
    struct issuer *i = calloc(1, sizeof *i);

    if (i == NULL)
        keeper_die("an issuer could not be noted", SL_EMEMORY);
    i->id = ++k->next_issuer;
    i->url = sl_buf(SL_OIDC_URL_MAX);
    i->secret = sl_buf(SECRET_MAX_BYTES);
    sl_buf_put(&i->url, config->issuer);
    return i;
}

/* What is known of one that is still there stays: its provider may be down just now. */
static struct issuer *taken_over(struct issuer **before, const struct sl_issuer *config)
{
    for (struct issuer **at = before; *at != NULL; at = &(*at)->next)
        if (sl_span_eq(sl_buf_span(&(*at)->url), config->issuer)) {
            struct issuer *i = *at;

            *at = i->next;
            return i;
        }
    return NULL;
}

static void drop(struct keeper *k, struct issuer *i);

void issuers_take(struct keeper *k)
{
    struct issuer *before = k->issuers;

    k->issuers = NULL;
    tokens_forget(k);
    for (size_t n = k->config->issuer_count; n-- > 0;) {
        const struct sl_issuer *config = &k->config->issuers[n];
        struct issuer *i = taken_over(&before, config);

        if (i == NULL)
            i = issuer_new(k, config);
        i->config = config;
        i->next = k->issuers;
        k->issuers = i;
        wipe_secret(i);
        issuer_secret_ask(k, i, false);
    }
    while (before != NULL) {
        struct issuer *i = before;

        before = i->next;
        drop(k, i);
    }
}

/* --- finding -----------------------------------------------------------------------------------
 */

struct issuer *issuer_named(struct keeper *k, struct sl_span name)
{
    struct issuer *found = NULL;

    for (struct issuer *i = k->issuers; i != NULL; i = i->next) {
        if (name.n > 0 && sl_span_eq(i->config->name, name))
            return i;
        if (name.n > 0 || !sl_issuer_signs_in(i->config))
            continue;
        if (found != NULL)
            return NULL; /* which of them? */
        found = i;
    }
    return found;
}

struct issuer *issuer_by_id(struct keeper *k, uint64_t id)
{
    for (struct issuer *i = k->issuers; i != NULL; i = i->next)
        if (i->id == id)
            return i;
    return NULL;
}

struct issuer *issuer_of_iss(struct keeper *k, struct sl_span iss)
{
    for (struct issuer *i = k->issuers; i != NULL; i = i->next)
        if (sl_span_eq(i->config->issuer, iss))
            return i;
    return NULL;
}

bool issuer_ready(const struct issuer *i)
{
    return i->known && i->keys != NULL &&
           sl_clock_monotonic_us() < i->fresh_us + i->config->keys_max_stale_ms * 1000;
}

void issuer_say_why(const struct issuer *i, struct sl_buf *text)
{
    sl_buf_say(text, "The identity provider \"%S\" ", i->config->name);
    if (i->keys != NULL)
        sl_buf_put_str(text, "has not answered for longer than its keys may be believed");
    else
        sl_buf_put_str(text, i->known ? "has not told its keys yet" : "is not known yet");
    if (i->why[0] != '\0')
        sl_buf_say(text, ": %s", i->why);
    sl_buf_put_str(text, ".");
}

/* --- messages that wait ------------------------------------------------------------------------
 */

bool issuer_wait(struct keeper *k, struct issuer *i, const struct peer *p, enum sl_message type,
                 const struct sl_buf *message)
{
    bool fits = i->waiting_count < WAITING_MAX && message->n <= WAITING_MAX_BYTES;
    struct waiting *w = fits ? calloc(1, sizeof *w) : NULL;
    struct waiting **end = &i->waiting;

    if (w == NULL || sl_buf_err(message) != SL_OK) {
        free(w);
        return false;
    }
    *w = (struct waiting){.peer = p->serial, .type = type, .body = sl_buf(message->n)};
    sl_buf_put(&w->body, sl_span_from(sl_buf_span(message), SL_IPC_HEADER));
    while (*end != NULL)
        end = &(*end)->next;
    *end = w;
    i->waiting_count++;
    issuer_ask(k, i);
    return true;
}

static void handle_again(struct keeper *k, const struct waiting *w)
{
    struct peer *p = peer_by_serial(k, w->peer);
    union {
        struct sl_msg_login_token login;
        struct sl_msg_call call;
    } m;

    if (p == NULL)
        return; /* whoever asked is gone */
    if (w->type == SL_MESSAGE_LOGIN_TOKEN &&
        sl_msg_login_token_get(sl_buf_span(&w->body), &m.login) == SL_OK)
        on_login_token(p, &m.login);
    else if (w->type == SL_MESSAGE_CALL && sl_msg_call_get(sl_buf_span(&w->body), &m.call) == SL_OK)
        on_call(p, &m.call);
}

static void let_go(struct keeper *k, struct issuer *i)
{
    struct waiting *list = i->waiting;

    i->waiting = NULL;
    i->waiting_count = 0;
    k->settled = true;
    while (list != NULL) {
        struct waiting *w = list;

        list = w->next;
        handle_again(k, w);
        waiting_free(w);
    }
    k->settled = false;
}

/* Whether it went well or not: those who wait look again. */
static void settle(struct keeper *k, struct issuer *i, bool well)
{
    uint64_t now_us = sl_clock_monotonic_us();

    i->asking = false;
    if (!well) {
        i->due_us = now_us + ASK_AGAIN_S * second_us;
        sl_log(SL_LOG_WARN, "issuer_unreachable", SL_TEXT("issuer", i->config->name),
               SL_CSTR("why", i->why), SL_NUM("usable", issuer_ready(i)));
    }
    let_go(k, i);
    flows_settled(k, i);
}

static void drop(struct keeper *k, struct issuer *i)
{
    static const struct sl_issuer gone = {.name = {(const uint8_t *)"", 0}};

    i->config = &gone;
    let_go(k, i); /* they find that there is no such issuer */
    flows_settled(k, i);
    issuer_free(i);
}

/* --- asking ------------------------------------------------------------------------------------
 */

static void say_status(struct issuer *i, const char *what, const struct fetched *got)
{
    SL_BUF(why, 1024);

    if (got->status == 0)
        sl_buf_say(&why, "%s: %S", what, got->why);
    else
        sl_buf_say(&why, "%s: the answer has status %u", what, (unsigned)got->status);
    note(i, sl_buf_span(&why));
}

static void say_reason(struct issuer *i, enum sl_oidc_reason reason)
{
    note(i, sl_span_str(sl_oidc_reason_text(reason)));
}

/* As long as the provider lets them be kept, within bounds; and who wants keys believed for seconds
 * only when it does not answer wants to know soon that it does not. */
static uint64_t keys_life_us(const struct issuer *i, uint64_t max_age_s)
{
    uint64_t s = max_age_s == 0 ? KEYS_UNSAID_S : max_age_s;
    uint64_t stale_s = i->config->keys_max_stale_ms / 1000;
    uint64_t most_s = stale_s < KEYS_MOST_S ? stale_s : KEYS_MOST_S;

    s = s < most_s ? s : most_s;
    return (s < KEYS_LEAST_S ? KEYS_LEAST_S : s) * second_us;
}

static void take_keys(struct keeper *k, struct issuer *i, struct sl_oidc_keys *fresh,
                      uint64_t max_age_s)
{
    if (i->keys == NULL || !sl_oidc_keys_eq(i->keys, fresh)) {
        tokens_forget(k);
        sl_log(SL_LOG_INFO, "issuer_keys", SL_TEXT("issuer", i->config->name),
               SL_NUM("keys", sl_oidc_keys_count(fresh)));
    }
    sl_oidc_keys_free(i->keys);
    i->keys = fresh;
    i->fetched_us = sl_clock_us();
    i->due_us = i->fresh_us = sl_clock_monotonic_us() + keys_life_us(i, max_age_s);
    i->why[0] = '\0';
}

static void on_keys(struct keeper *k, uint64_t id, const struct fetched *got)
{
    struct issuer *i = issuer_by_id(k, id);
    struct sl_oidc_keys *fresh = NULL;

    if (i == NULL)
        return;
    if (got->status != 200) {
        say_status(i, "its keys", got);
        settle(k, i, false);
        return;
    }
    enum sl_oidc_reason reason = sl_oidc_keys_read(got->body, &fresh);
    if (reason == SL_OIDC_YES)
        take_keys(k, i, fresh, got->max_age_s);
    else
        say_reason(i, reason);
    settle(k, i, reason == SL_OIDC_YES);
}

static void ask_keys(struct keeper *k, struct issuer *i)
{
    fetch_begin(k, &(struct fetch_request){.issuer = i->config->name, .url = i->provider.keys_url},
                on_keys, i->id);
}

static bool take_provider(struct issuer *i, struct sl_span document)
{
    struct sl_arena *mem = NULL;
    struct sl_oidc_provider provider = {0};
    enum sl_oidc_reason reason = SL_OIDC_MEMORY;

    if (sl_arena_new(&mem, PROVIDER_BYTES * 8) == SL_OK)
        reason = sl_oidc_provider_read(document, i->config->issuer, mem, &provider);
    if (reason != SL_OIDC_YES) {
        say_reason(i, reason);
        sl_arena_free(mem);
        return false;
    }
    sl_arena_free(i->mem);
    i->mem = mem;
    i->provider = provider;
    i->known = true;
    return true;
}

/* One that cannot be read now is no reason to forget what it said before. */
static void on_discovery(struct keeper *k, uint64_t id, const struct fetched *got)
{
    struct issuer *i = issuer_by_id(k, id);

    if (i == NULL)
        return;
    if (got->status != 200)
        say_status(i, "its discovery document", got);
    else if (!take_provider(i, got->body))
        sl_log(SL_LOG_WARN, "issuer_document", SL_TEXT("issuer", i->config->name),
               SL_CSTR("why", i->why));
    if (i->known)
        ask_keys(k, i);
    else
        settle(k, i, false);
}

static void ask_all(struct keeper *k, struct issuer *i)
{
    SL_BUF(url, SL_OIDC_URL_MAX + 100);

    sl_oidc_discovery_url(&url, i->config->issuer);
    fetch_begin(k, &(struct fetch_request){.issuer = i->config->name, .url = sl_buf_span(&url)},
                on_discovery, i->id);
}

static void begin(struct keeper *k, struct issuer *i, bool keys_only)
{
    if (i->asking)
        return;
    i->asking = true;
    i->asked_us = sl_clock_monotonic_us();
    if (keys_only && i->known)
        ask_keys(k, i);
    else
        ask_all(k, i);
}

bool issuer_may_ask(const struct keeper *k, const struct issuer *i)
{
    return !k->offline && (i->asking || i->asked_us == 0 ||
                           sl_clock_monotonic_us() - i->asked_us >= ASK_AGAIN_S * second_us);
}

void issuer_ask(struct keeper *k, struct issuer *i)
{
    begin(k, i, true);
}

void issuers_tick(struct keeper *k)
{
    uint64_t now_us = sl_clock_monotonic_us();

    if (peer_find(k, SL_ROLE_COURIER, 0) == NULL)
        return;
    for (struct issuer *i = k->issuers; i != NULL; i = i->next)
        if (i->due_us <= now_us)
            begin(k, i, false);
}

/* It may have been the courier that was missing, not the provider. */
void issuers_courier_here(struct keeper *k)
{
    for (struct issuer *i = k->issuers; i != NULL; i = i->next)
        if (!i->asking && (i->keys == NULL || i->why[0] != '\0'))
            i->due_us = i->asked_us = 0;
    issuers_tick(k);
}

/* --- our secret there --------------------------------------------------------------------------
 */

void issuer_secret_ask(struct keeper *k, struct issuer *i, bool again)
{
    if (k->super == NULL || i->secret_call != 0 ||
        (i->config->client_secret_file.n == 0 && i->config->client_secret_command.count == 0))
        return;
    i->secret_call = ++k->next_call;
    ANSWER(k->super, secret_ask, .call = i->secret_call, .issuer = i->config->name, .again = again);
}

bool issuer_secret_came(struct keeper *k, const struct sl_msg_secret *m)
{
    for (struct issuer *i = k->issuers; i != NULL; i = i->next) {
        if (i->secret_call == 0 || i->secret_call != m->call)
            continue;
        wipe_secret(i);
        if (m->found != 0)
            sl_buf_put(&i->secret, m->secret);
        i->secret_known = m->found != 0 && sl_buf_err(&i->secret) == SL_OK;
        return true;
    }
    return false;
}
