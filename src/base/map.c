#include "base/map.h"

#include <stdlib.h>

struct slot {
    uint64_t hash;
    uint8_t *key; /* NULL: free; TOMB: removed */
    size_t key_n;
    void *value;
};

struct sl_map {
    struct slot *slots;
    struct slot *last;         /* put last: small maps are asked for the same key again and again */
    size_t cap, count, filled; /* filled counts tombs too */
    uint64_t seed;
};

static uint8_t tomb_mark;
#define TOMB (&tomb_mark)

static uint64_t rotl(uint64_t v, unsigned bits)
{
    return v << bits | v >> (64 - bits);
}

struct sip {
    uint64_t a, b, c, d;
};

/* In registers: a call for each round would cost more than the round. */
static inline __attribute__((always_inline)) struct sip sip_round(struct sip v)
{
    v.a += v.b, v.b = rotl(v.b, 13) ^ v.a, v.a = rotl(v.a, 32);
    v.c += v.d, v.d = rotl(v.d, 16) ^ v.c;
    v.a += v.d, v.d = rotl(v.d, 21) ^ v.a;
    v.c += v.b, v.b = rotl(v.b, 17) ^ v.c, v.c = rotl(v.c, 32);
    return v;
}

/* SipHash-1-3 (Aumasson and Bernstein), the seed serving as both key halves. */
uint64_t sl_hash(struct sl_span bytes, uint64_t seed)
{
    uint64_t other = rotl(seed, 29) ^ 0x9e3779b97f4a7c15u;
    struct sip v = {seed ^ 0x736f6d6570736575u, other ^ 0x646f72616e646f6du,
                    seed ^ 0x6c7967656e657261u, other ^ 0x7465646279746573u};
    uint64_t tail = (uint64_t)bytes.n << 56;
    size_t at = 0;

    for (; at + 8 <= bytes.n; at += 8) {
        uint64_t word;
        memcpy(&word, bytes.p + at, 8);
        v.d ^= word;
        v = sip_round(v);
        v.a ^= word;
    }
    for (unsigned shift = 0; at < bytes.n; at++, shift += 8)
        tail |= (uint64_t)bytes.p[at] << shift;
    v.d ^= tail;
    v = sip_round(v);
    v.a ^= tail;
    v.c ^= 0xff;
    v = sip_round(sip_round(sip_round(v)));
    return v.a ^ v.b ^ v.c ^ v.d;
}

enum sl_err sl_map_new(struct sl_map **out, uint64_t seed)
{
    struct sl_map *m = calloc(1, sizeof *m);

    if (m == NULL)
        return SL_EMEMORY;
    m->seed = seed;
    *out = m;
    return SL_OK;
}

static bool is_live(const struct slot *s)
{
    return s->key != NULL && s->key != TOMB;
}

void sl_map_free(struct sl_map *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->cap; i++)
        if (is_live(&m->slots[i]))
            free(m->slots[i].key);
    free(m->slots);
    free(m);
}

static bool is_of(const struct slot *s, struct sl_span key)
{
    return sl_span_eq(sl_span(s->key, s->key_n), key);
}

static struct slot *search(const struct sl_map *m, struct sl_span key, uint64_t hash)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct slot *s = &m->slots[i];
        if (s->key == NULL)
            return NULL;
        if (s->key != TOMB && s->hash == hash && is_of(s, key))
            return s;
    }
}

static bool is_last(const struct sl_map *m, struct sl_span key)
{
    return m->last != NULL && is_live(m->last) && is_of(m->last, key);
}

static struct slot *find(const struct sl_map *m, struct sl_span key)
{
    if (m->count == 0)
        return NULL;
    return is_last(m, key) ? m->last : search(m, key, sl_hash(key, m->seed));
}

void *sl_map_get(const struct sl_map *m, struct sl_span key)
{
    struct slot *s = find(m, key);

    return s == NULL ? NULL : s->value;
}

static void place(struct sl_map *m, struct slot fresh)
{
    size_t i = fresh.hash & (m->cap - 1);

    while (m->slots[i].key != NULL)
        i = (i + 1) & (m->cap - 1);
    m->slots[i] = fresh;
    m->last = &m->slots[i];
    m->filled++;
}

static enum sl_err grow(struct sl_map *m)
{
    size_t cap = 16;
    struct slot *old = m->slots;
    size_t old_cap = m->cap;

    while (cap < m->count * 2 + 2)
        cap *= 2;
    struct slot *slots = calloc(cap, sizeof *slots);
    if (slots == NULL)
        return SL_EMEMORY;
    m->slots = slots;
    m->last = NULL;
    m->cap = cap;
    m->filled = 0;
    for (size_t i = 0; i < old_cap; i++)
        if (is_live(&old[i]))
            place(m, old[i]);
    free(old);
    return SL_OK;
}

enum sl_err sl_map_put(struct sl_map *m, struct sl_span key, void *value)
{
    struct slot *s = find(m, key);

    SL_PROMISE(value != NULL);
    if (s != NULL) {
        s->value = value;
        return SL_OK;
    }
    if (m->filled + 1 > m->cap / 4 * 3)
        SL_TRY(grow(m));
    uint8_t *copy = malloc(key.n == 0 ? 1 : key.n);
    if (copy == NULL)
        return SL_EMEMORY;
    if (key.n > 0)
        memcpy(copy, key.p, key.n);
    place(m, (struct slot){
                 .hash = sl_hash(key, m->seed), .key = copy, .key_n = key.n, .value = value});
    m->count++;
    return SL_OK;
}

/* A slot with nothing behind it ends every search: neither it nor the tombs before it are needed.
 */
static void vacate(struct sl_map *m, struct slot *s)
{
    size_t i = (size_t)(s - m->slots), mask = m->cap - 1;

    *s = (struct slot){.key = TOMB};
    for (; m->slots[(i + 1) & mask].key == NULL && m->slots[i].key == TOMB; i = (i - 1) & mask) {
        m->slots[i].key = NULL;
        m->filled--;
    }
}

void *sl_map_remove(struct sl_map *m, struct sl_span key)
{
    struct slot *s = find(m, key);

    if (s == NULL)
        return NULL;
    void *value = s->value;
    free(s->key);
    vacate(m, s);
    m->count--;
    return value;
}

size_t sl_map_count(const struct sl_map *m)
{
    return m->count;
}

bool sl_map_next(const struct sl_map *m, size_t *at, struct sl_span *key, void **value)
{
    for (; *at < m->cap; (*at)++) {
        const struct slot *s = &m->slots[*at];
        if (!is_live(s))
            continue;
        *key = sl_span(s->key, s->key_n);
        *value = s->value;
        (*at)++;
        return true;
    }
    return false;
}
