#include "role/keeper/flows.h"

#include "role/keeper/credentials.h"

#include <stdlib.h>

enum { FLOWS_MAX = 1024, FLOWS_OF_ADDRESS = 24, BACK_MAX = 2000 };

static void link_free(struct flow_link *l)
{
    if (l == NULL)
        return;
    sl_buf_done(&l->session);
    sl_buf_done(&l->identity);
    sl_buf_done(&l->subject);
    sl_buf_done(&l->name);
    sl_buf_done(&l->team);
    free(l);
}

static void flow_free(struct flow *f)
{
    sl_secret_wipe(f->device_code.p, f->device_code.cap);
    sl_secret_wipe(f->token.p, f->token.cap);
    sl_buf_done(&f->device_code);
    sl_buf_done(&f->token);
    sl_buf_done(&f->back);
    sl_buf_done(&f->device_made);
    link_free(f->link);
    sl_secret_wipe(f, sizeof *f);
    free(f);
}

void flow_end(struct keeper *k, struct flow *f)
{
    struct flow **at = &k->flows;

    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    flow_free(f);
}

void flows_free(struct keeper *k)
{
    while (k->flows != NULL)
        flow_end(k, k->flows);
}

/* One whose answer is on its way ends with it. */
void flows_sweep(struct keeper *k)
{
    uint64_t now_us = k->flows == NULL ? 0 : sl_clock_monotonic_us();

    for (struct flow *f = k->flows, *next; f != NULL; f = next) {
        next = f->next;
        if (f->expires_us <= now_us && !f->waits)
            flow_end(k, f);
    }
}

static void random_text(char out[FLOW_TEXT])
{
    uint8_t bytes[32];
    SL_BUF(text, FLOW_TEXT);

    sl_random(bytes, sizeof bytes);
    sl_oidc_put_random(&text, sl_span(bytes, sizeof bytes));
    SL_PROMISE(text.n < FLOW_TEXT);
    memcpy(out, text.p, text.n);
    sl_secret_wipe(bytes, sizeof bytes);
    sl_secret_wipe(text.p, text.n);
}

static bool has_room(const struct keeper *k, struct sl_span address)
{
    size_t all = 0, here = 0;

    for (const struct flow *f = k->flows; f != NULL; f = f->next) {
        all++;
        here += sl_span_is(address, f->address);
    }
    return all < FLOWS_MAX && here < FLOWS_OF_ADDRESS;
}

struct flow *flow_new(struct keeper *k, const struct issuer *i, enum flow_kind kind,
                      struct sl_span address, struct sl_buf *secret)
{
    SL_BUF(place, 256);

    limits_put_place(&place, address);
    struct sl_span head = sl_span_head(sl_buf_span(&place), FLOW_ADDRESS - 1);
    flows_sweep(k);
    struct flow *f = has_room(k, head) ? calloc(1, sizeof *f) : NULL;
    if (f == NULL)
        return NULL;
    *f = (struct flow){.next = k->flows,
                       .id = ++k->next_flow,
                       .issuer = i->id,
                       .kind = kind,
                       .expires_us = sl_clock_monotonic_us() + FLOW_LIFE_S * 1000ull * 1000,
                       .back = sl_buf(BACK_MAX),
                       .device_code = sl_buf(SL_OIDC_DOCUMENT_MAX),
                       .token = sl_buf(SL_OIDC_TOKEN_MAX)};
    if (head.n > 0)
        memcpy(f->address, head.p, head.n);
    secret_make(secret, FLOW_PREFIX);
    sl_sha256(sl_buf_span(secret), f->hash);
    random_text(f->state);
    random_text(f->nonce);
    random_text(f->verifier);
    k->flows = f;
    return f;
}

struct flow *flow_of(struct keeper *k, struct sl_span secret, enum flow_kind kind)
{
    uint8_t hash[SL_SHA256];
    uint64_t now_us = sl_clock_monotonic_us();

    sl_sha256(secret, hash);
    for (struct flow *f = k->flows; f != NULL; f = f->next)
        if (f->kind == kind && f->expires_us > now_us && memcmp(f->hash, hash, sizeof hash) == 0)
            return f;
    return NULL;
}

struct flow *flow_by_id(struct keeper *k, uint64_t id)
{
    for (struct flow *f = k->flows; f != NULL; f = f->next)
        if (f->id == id)
            return f;
    return NULL;
}

struct flow *flow_shown_to(struct keeper *k, struct sl_span session)
{
    uint64_t now_us = sl_clock_monotonic_us();

    for (struct flow *f = k->flows; f != NULL; f = f->next)
        if (f->link != NULL && f->phase == FLOW_SHOWN && f->expires_us > now_us &&
            sl_span_eq(sl_buf_span(&f->link->session), session))
            return f;
    return NULL;
}

void flows_end_links(struct keeper *k, struct sl_span session)
{
    for (struct flow *f = k->flows, *next; f != NULL; f = next) {
        next = f->next;
        if (f->link != NULL && !f->waits && sl_span_eq(sl_buf_span(&f->link->session), session))
            flow_end(k, f);
    }
}

static struct flow *next_waiting(struct keeper *k, uint64_t issuer)
{
    for (struct flow *f = k->flows; f != NULL; f = f->next)
        if (f->phase == FLOW_KEYS && f->issuer == issuer)
            return f;
    return NULL;
}

/* Its last look: what it finds now it tells. */
void flows_settled(struct keeper *k, const struct issuer *i)
{
    struct flow *f;

    k->settled = true;
    while ((f = next_waiting(k, i->id)) != NULL)
        flow_check_token(k, f);
    k->settled = false;
}
