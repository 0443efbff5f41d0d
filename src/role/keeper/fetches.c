#include "role/keeper/issuers.h"

#include <stdlib.h>

/* Calls that are on their way through the courier. Each ends once: answered, lost with the courier,
 * or given up after its time and a little more, which only a courier that lies would let pass. */

/* Strangers may begin sign-ins: what those ask for leaves room for the issuers' keys. */
enum {
    ANSWER_WITHIN_MS = 10 * 1000,
    HOOK_WITHIN_MS = 20 * 1000, /* what receivers of webhooks are told to keep to is 15 s */
    GRACE_MS = 3000,
    SIGN_INS_MAX = 40,
    HEADER_MAX = 8192,
    CHAT_HEADER_MAX = 24 * 1024, /* tokens of Teams may have 16 kB */
    CHAT_ANSWER_MAX = 256 * 1024,
    HOOK_ANSWER_MAX = 64 * 1024, /* nobody reads it: beyond that it is a receiver that lies */
};

struct fetch {
    struct fetch *next;
    uint64_t call, of, until_us;
    uint32_t courier;
    fetch_fn *fn;
    bool lost; /* nobody will answer it */
};

static void end(struct keeper *k, struct fetch *f, const struct fetched *got)
{
    for (struct fetch **at = &k->fetches; *at != NULL; at = &(*at)->next)
        if (*at == f) {
            *at = f->next;
            break;
        }
    f->fn(k, f->of, got);
    free(f);
}

static void send(struct peer *courier, const struct fetch *f, const struct fetch_request *r)
{
    struct sl_ipc_list headers = {0};
    SL_BUF(header_bytes, HEADER_MAX);
    SL_BUF(line, HEADER_MAX);

    if (r->authorization.n > 0) {
        sl_buf_say(&line, "Authorization: %S", r->authorization);
        sl_ipc_list_add(&header_bytes, &headers, sl_buf_span(&line));
    }
    ANSWER(courier, fetch, .call = f->call, .issuer = r->issuer,
           .method = r->form.n > 0 ? SL_SPAN("POST") : SL_SPAN("GET"), .url = r->url,
           .content_type =
               r->form.n > 0 ? SL_SPAN("application/x-www-form-urlencoded") : sl_span(NULL, 0),
           .headers = headers, .body = r->form, .max_bytes = SL_OIDC_DOCUMENT_MAX,
           .timeout_ms = ANSWER_WITHIN_MS);
    sl_secret_wipe(line.p, line.cap);
    sl_secret_wipe(header_bytes.p, header_bytes.cap);
}

static void send_to_chat(struct peer *courier, const struct fetch *f, const struct fetch_request *r)
{
    struct sl_ipc_list headers = {0};
    SL_BUF(header_bytes, CHAT_HEADER_MAX);
    SL_BUF(line, CHAT_HEADER_MAX);

    if (r->authorization.n > 0) {
        sl_buf_say(&line, "Authorization: %S", r->authorization);
        sl_ipc_list_add(&header_bytes, &headers, sl_buf_span(&line));
    }
    ANSWER(courier, fetch, .call = f->call, .issuer = r->issuer,
           .method = r->method.n > 0         ? r->method
                     : r->content_type.n > 0 ? SL_SPAN("POST")
                                             : SL_SPAN("GET"),
           .url = r->url, .content_type = r->content_type, .headers = headers, .body = r->body,
           .max_bytes = CHAT_ANSWER_MAX, .timeout_ms = ANSWER_WITHIN_MS);
    sl_secret_wipe(line.p, line.cap);
    sl_secret_wipe(header_bytes.p, header_bytes.cap);
}

static void send_to_hook(struct peer *courier, const struct fetch *f, const struct fetch_request *r)
{
    struct sl_ipc_list headers = {0};
    SL_BUF(header_bytes, HEADER_MAX);

    for (size_t i = 0; i < SL_COUNT(r->headers); i++)
        if (r->headers[i].n > 0)
            sl_ipc_list_add(&header_bytes, &headers, r->headers[i]);
    ANSWER(courier, fetch, .call = f->call, .issuer = r->issuer,
           .method = r->content_type.n > 0 ? SL_SPAN("POST") : SL_SPAN("SEND"), .url = r->url,
           .content_type = r->content_type, .headers = headers, .body = r->body,
           .max_bytes = HOOK_ANSWER_MAX, .timeout_ms = HOOK_WITHIN_MS);
    sl_secret_wipe(header_bytes.p, header_bytes.cap);
}

static size_t under_way(const struct keeper *k)
{
    size_t count = 0;

    for (const struct fetch *f = k->fetches; f != NULL; f = f->next)
        count += f->courier == COURIER_ISSUERS;
    return count;
}

void fetch_begin(struct keeper *k, const struct fetch_request *r, fetch_fn *fn, uint64_t of)
{
    bool to_hook = r->courier == COURIER_HOOKS;
    struct peer *courier = peer_find(k, SL_ROLE_COURIER, r->courier);
    uint64_t within_ms = to_hook ? HOOK_WITHIN_MS : ANSWER_WITHIN_MS;
    struct fetch *f = calloc(1, sizeof *f);

    if (f == NULL)
        keeper_die("a call could not be noted", SL_EMEMORY);
    *f = (struct fetch){
        .next = k->fetches,
        .call = ++k->next_call,
        .of = of,
        .fn = fn,
        .courier = r->courier,
        .until_us = sl_clock_monotonic_us() + (within_ms + GRACE_MS) * 1000,
        .lost = courier == NULL || (r->form.n > 0 && under_way(k) >= SIGN_INS_MAX),
    };
    k->fetches = f;
    if (f->lost)
        return;
    if (to_hook)
        send_to_hook(courier, f, r);
    else if (r->courier == COURIER_CHAT)
        send_to_chat(courier, f, r);
    else
        send(courier, f, r);
}

void on_fetched(struct peer *p, const struct sl_msg_fetched *m)
{
    struct keeper *k = p->keeper;
    const struct fetched got = {m->status,  m->body,        m->why,
                                m->max_age, m->retry_after, m->status == 0 && m->retry_after != 0};

    for (struct fetch *f = k->fetches; f != NULL; f = f->next)
        if (f->call == m->call && f->courier == p->index && !f->lost) {
            end(k, f, &got);
            return;
        }
}

void fetches_lost(struct keeper *k, uint32_t courier)
{
    for (struct fetch *f = k->fetches; f != NULL; f = f->next)
        f->lost = f->lost || f->courier == courier;
}

/* Taken out first: the end of one may begin another. */
static struct fetch *take_over(struct keeper *k, uint64_t now_us)
{
    struct fetch *over = NULL;

    for (struct fetch **at = &k->fetches; *at != NULL;) {
        struct fetch *f = *at;

        if (!f->lost && f->until_us > now_us) {
            at = &f->next;
            continue;
        }
        *at = f->next;
        f->next = over;
        over = f;
    }
    return over;
}

void fetches_sweep(struct keeper *k)
{
    struct fetched none = {
        .why = SL_SPAN("the courier, which calls for us, is away or has too much to do")};
    struct fetch *over = k->fetches == NULL ? NULL : take_over(k, sl_clock_monotonic_us());

    while (over != NULL) {
        struct fetch *f = over;

        over = f->next;
        none.uncalled = f->lost;
        f->fn(k, f->of, &none);
        free(f);
    }
}

void fetches_free(struct keeper *k)
{
    while (k->fetches != NULL) {
        struct fetch *f = k->fetches;

        k->fetches = f->next;
        free(f);
    }
}
