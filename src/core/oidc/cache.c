/* Good answers by the digest of their token: sets of WAYS places each, so that a look-up compares
 * a few and nothing is ever moved. */
#include "core/oidc/oidc_int.h"

#include <stdlib.h>

enum { WAYS = 8 };

struct place {
    uint8_t digest[SL_SHA256];
    uint64_t generation, expires_s; /* 0: empty */
    size_t n;
    uint8_t value[SL_OIDC_CACHED_MAX];
};

struct sl_oidc_cache {
    size_t sets;
    struct place places[];
};

enum sl_err sl_oidc_cache_new(struct sl_oidc_cache **out, size_t entries)
{
    size_t sets = entries < WAYS ? 1 : entries / WAYS, bytes;

    if (__builtin_mul_overflow(sets, WAYS * sizeof(struct place), &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct sl_oidc_cache), &bytes))
        return SL_EOVERFLOW;
    struct sl_oidc_cache *c = calloc(1, bytes);
    if (c == NULL)
        return SL_EMEMORY;
    c->sets = sets;
    *out = c;
    return SL_OK;
}

void sl_oidc_cache_free(struct sl_oidc_cache *c)
{
    free(c);
}

/* Digests are as good as random: their first bytes choose the set. */
static struct place *set_of(struct sl_oidc_cache *c, const uint8_t digest[SL_SHA256])
{
    uint64_t number;

    memcpy(&number, digest, sizeof number);
    return &c->places[number % c->sets * WAYS];
}

bool sl_oidc_cache_get(struct sl_oidc_cache *c, const uint8_t digest[SL_SHA256],
                       uint64_t generation, uint64_t now_s, struct sl_span *value)
{
    struct place *set = set_of(c, digest);

    for (size_t i = 0; i < WAYS; i++)
        if (set[i].generation == generation && set[i].expires_s > now_s &&
            memcmp(set[i].digest, digest, SL_SHA256) == 0) {
            *value = sl_span(set[i].value, set[i].n);
            return true;
        }
    return false;
}

/* The same token's old place, else one of an older generation, else the one that ends first. */
static struct place *victim(struct place *set, const uint8_t digest[SL_SHA256], uint64_t generation)
{
    struct place *worst = &set[0];

    for (size_t i = 0; i < WAYS; i++) {
        uint64_t ends = set[i].generation == generation ? set[i].expires_s : 0;
        uint64_t worst_ends = worst->generation == generation ? worst->expires_s : 0;
        if (memcmp(set[i].digest, digest, SL_SHA256) == 0)
            return &set[i];
        if (ends < worst_ends)
            worst = &set[i];
    }
    return worst;
}

void sl_oidc_cache_put(struct sl_oidc_cache *c, const uint8_t digest[SL_SHA256],
                       uint64_t generation, uint64_t expires_s, struct sl_span value)
{
    if (value.n > SL_OIDC_CACHED_MAX)
        return;
    struct place *place = victim(set_of(c, digest), digest, generation);
    memcpy(place->digest, digest, SL_SHA256);
    place->generation = generation;
    place->expires_s = expires_s;
    place->n = value.n;
    if (value.n > 0)
        memcpy(place->value, value.p, value.n);
}
