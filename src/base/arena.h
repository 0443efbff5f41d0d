/* Memory that is freed all at once, with a ceiling.
 *
 * Three lifetimes exist in Sluice: the process, the connection and the action; an arena is one of
 * them. What it hands out is aligned for any type and zeroed. There is no free of a single piece:
 * do not keep things in an arena that come and go more often than it is reset.
 */
#ifndef SL_BASE_ARENA_H
#define SL_BASE_ARENA_H

#include "base/span.h"

struct sl_arena;

/* SL_EMEMORY when even the arena itself cannot be had. */
enum sl_err sl_arena_new(struct sl_arena **out, size_t max_bytes) SL_MUST_CHECK;
void sl_arena_free(struct sl_arena *a); /* NULL is fine */
SL_DEFINE_CLEANUP(struct sl_arena, sl_arena)

/* Gives the arena to the caller and leaves NULL behind: ownership leaves a SL_FREED_BY scope. */
static inline struct sl_arena *sl_arena_take(struct sl_arena **a)
{
    struct sl_arena *taken = *a;

    *a = NULL;
    return taken;
}

/* Forgets everything, keeps the first block. */
void sl_arena_reset(struct sl_arena *a);

/* Zeroed memory, or NULL past the ceiling or when memory ran out. */
void *sl_arena_alloc(struct sl_arena *a, size_t bytes);
void *sl_arena_array(struct sl_arena *a, size_t count, size_t bytes_each);
/* A copy; p == NULL with n > 0 asked means that there was no room. */
struct sl_span sl_arena_copy(struct sl_arena *a, struct sl_span bytes);
/* A terminated copy, or NULL. */
char *sl_arena_text(struct sl_arena *a, struct sl_span text);

size_t sl_arena_used(const struct sl_arena *a);

#define SL_ARENA_NEW(arena, type) ((type *)sl_arena_alloc((arena), sizeof(type)))

#endif
