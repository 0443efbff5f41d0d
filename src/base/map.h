/* A hash map from bytes to a pointer.
 *
 * Open addressing, keyed SipHash-like mixing with a seed that the owner chooses (programs pass
 * random bytes, so that a stranger cannot aim for collisions; tests pass zero). Keys are copied
 * into the map; values are the caller's and never freed here. Not for iteration order: it is
 * unspecified and changes with growth.
 */
#ifndef SL_BASE_MAP_H
#define SL_BASE_MAP_H

#include "base/span.h"

struct sl_map;

enum sl_err sl_map_new(struct sl_map **out, uint64_t seed) SL_MUST_CHECK;
void sl_map_free(struct sl_map *m); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_map, sl_map)

/* NULL when the key is absent. */
void *sl_map_get(const struct sl_map *m, struct sl_span key);
/* Adds or replaces; value must not be NULL. */
enum sl_err sl_map_put(struct sl_map *m, struct sl_span key, void *value) SL_MUST_CHECK;
/* Returns what was there, or NULL. */
void *sl_map_remove(struct sl_map *m, struct sl_span key);
size_t sl_map_count(const struct sl_map *m);
/* Walks all entries: start with *at = 0; false at the end. Removing the entry just returned is
 * allowed; adding is not. */
bool sl_map_next(const struct sl_map *m, size_t *at, struct sl_span *key, void **value);

uint64_t sl_hash(struct sl_span bytes, uint64_t seed);

/* Keys that are numbers. */
static inline struct sl_span sl_map_u64(const uint64_t *key)
{
    return sl_span(key, sizeof *key);
}

#endif
