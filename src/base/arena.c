#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 64 * 1024 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) uint8_t bytes[];
};

struct sl_arena {
    struct block *head;
    size_t used, max;
};

enum sl_err sl_arena_new(struct sl_arena **out, size_t max_bytes)
{
    struct sl_arena *a = calloc(1, sizeof *a);

    if (a == NULL)
        return SL_EMEMORY;
    a->max = max_bytes;
    *out = a;
    return SL_OK;
}

void sl_arena_free(struct sl_arena *a)
{
    if (a == NULL)
        return;
    for (struct block *b = a->head, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void sl_arena_reset(struct sl_arena *a)
{
    while (a->head != NULL && a->head->next != NULL) {
        struct block *next = a->head->next;
        free(a->head);
        a->head = next;
    }
    if (a->head != NULL) {
        memset(a->head->bytes, 0, a->head->used);
        a->head->used = 0;
    }
    a->used = 0;
}

static struct block *add_block(struct sl_arena *a, size_t need)
{
    size_t size = a->head == NULL ? FIRST_BLOCK : a->head->size * 2;

    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
    struct block *b = calloc(1, sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    b->next = a->head;
    a->head = b;
    return b;
}

void *sl_arena_alloc(struct sl_arena *a, size_t bytes)
{
    const size_t mask = alignof(max_align_t) - 1;
    size_t need = (bytes + mask) & ~mask;

    if (need < bytes || need > a->max - a->used)
        return NULL;
    struct block *b = a->head;
    if (b == NULL || b->size - b->used < need)
        b = add_block(a, need);
    if (b == NULL)
        return NULL;
    void *p = b->bytes + b->used;
    b->used += need;
    a->used += need;
    return p;
}

void *sl_arena_array(struct sl_arena *a, size_t count, size_t bytes_each)
{
    size_t bytes;

    return __builtin_mul_overflow(count, bytes_each, &bytes) ? NULL : sl_arena_alloc(a, bytes);
}

struct sl_span sl_arena_copy(struct sl_arena *a, struct sl_span bytes)
{
    uint8_t *p = sl_arena_alloc(a, bytes.n == 0 ? 1 : bytes.n);

    if (p == NULL)
        return (struct sl_span){NULL, 0};
    if (bytes.n > 0)
        memcpy(p, bytes.p, bytes.n);
    return (struct sl_span){p, bytes.n};
}

char *sl_arena_text(struct sl_arena *a, struct sl_span text)
{
    char *p = sl_arena_alloc(a, text.n + 1);

    if (p != NULL && text.n > 0)
        memcpy(p, text.p, text.n);
    return p;
}

size_t sl_arena_used(const struct sl_arena *a)
{
    return a->used;
}
