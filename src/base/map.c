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
    size_t cap, count, filled; /* filled counts tombs too */
    uint64_t seed;
};

static uint8_t tomb_mark;
#define TOMB (&tomb_mark)

static uint64_t rotl(uint64_t v, unsigned bits)
{
    return v << bits | v >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = rotl(v[1], 13) ^ v[0], v[0] = rotl(v[0], 32);
    v[2] += v[3], v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotl(v[1], 17) ^ v[2], v[2] = rotl(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein), the seed serving as both key halves. */
uint64_t sl_hash(struct sl_span bytes, uint64_t seed)
{
    uint64_t other = rotl(seed, 29) ^ 0x9e3779b97f4a7c15u;
    uint64_t v[4] = {seed ^ 0x736f6d6570736575u, other ^ 0x646f72616e646f6du,
                     seed ^ 0x6c7967656e657261u, other ^ 0x7465646279746573u};
    uint64_t tail = (uint64_t)bytes.n << 56;
    size_t at = 0;

    for (; at + 8 <= bytes.n; at += 8) {
        uint64_t word;
        memcpy(&word, bytes.p + at, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    for (unsigned shift = 0; at < bytes.n; at++, shift += 8)
        tail |= (uint64_t)bytes.p[at] << shift;
    v[3] ^= tail;
    sip_round(v);
    v[0] ^= tail;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
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

static struct slot *find(const struct sl_map *m, struct sl_span key, uint64_t hash)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct slot *s = &m->slots[i];
        if (s->key == NULL)
            return NULL;
        if (s->key != TOMB && s->hash == hash && sl_span_eq(sl_span(s->key, s->key_n), key))
            return s;
    }
}

void *sl_map_get(const struct sl_map *m, struct sl_span key)
{
    struct slot *s = m->cap == 0 ? NULL : find(m, key, sl_hash(key, m->seed));

    return s == NULL ? NULL : s->value;
}

static void place(struct sl_map *m, struct slot fresh)
{
    size_t i = fresh.hash & (m->cap - 1);

    while (m->slots[i].key != NULL)
        i = (i + 1) & (m->cap - 1);
    m->slots[i] = fresh;
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
    uint64_t hash = sl_hash(key, m->seed);
    struct slot *s = m->cap == 0 ? NULL : find(m, key, hash);

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
    place(m, (struct slot){.hash = hash, .key = copy, .key_n = key.n, .value = value});
    m->count++;
    return SL_OK;
}

void *sl_map_remove(struct sl_map *m, struct sl_span key)
{
    struct slot *s = m->cap == 0 ? NULL : find(m, key, sl_hash(key, m->seed));

    if (s == NULL)
        return NULL;
    void *value = s->value;
    free(s->key);
    *s = (struct slot){.key = TOMB};
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
