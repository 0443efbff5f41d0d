#include "role/gate/gate_int.h"

#include <stdlib.h>

enum { MEMORY = 512 * 1024 };

struct meaning *meaning_ref(struct meaning *m)
{
    m->refs++;
    return m;
}

void meaning_unref(struct meaning *m)
{
    if (m == NULL || --m->refs > 0)
        return;
    for (unsigned i = 0; i < GATE_VERDICTS_EACH; i++)
        verdict_unref(m->verdicts[i]);
    sl_arena_free(m->mem);
}

struct meaning *meaning_new(struct sl_span bytes, const char *why_opaque)
{
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;

    if (bytes.n > SL_MEANING_MAX_BYTES) { /* a judge that says so much is not believed at all */
        bytes = sl_span(NULL, 0);
        why_opaque = "the judge's answer was too large";
    }
    if (sl_arena_new(&mem, MEMORY) != SL_OK)
        return NULL;
    struct meaning *m = SL_ARENA_NEW(mem, struct meaning);
    struct sl_span copy = sl_arena_copy(mem, bytes);
    if (m == NULL || copy.p == NULL)
        return NULL;
    m->bytes = copy;
    if (why_opaque != NULL || sl_meaning_get(mem, copy, &m->m) != SL_OK) {
        m->m = sl_meaning_opaque(
            sl_span_str(why_opaque != NULL ? why_opaque : "the judge's answer was not valid"));
        m->m.flags = SL_MEANING_UNSHAPED | SL_MEANING_CONTEXT;
        m->bytes = sl_span(NULL, 0);
    }
    m->refs = 1;
    m->mem = sl_arena_take(&mem);
    return m;
}

static struct sl_span key_bytes(const struct meaning_key *key)
{
    return sl_span(key, sizeof *key);
}

struct meaning *meaning_get(struct gate *g, const struct meaning_key *key)
{
    return sl_map_get(g->meanings, key_bytes(key));
}

/* A full cache is emptied: simple, and what is in use comes back within one judgement each. */
void meaning_forget_all(struct gate *g)
{
    struct sl_span key;
    void *value;
    size_t at = 0;

    while (sl_map_next(g->meanings, &at, &key, &value)) {
        sl_map_remove(g->meanings, key);
        meaning_unref(value);
    }
}

void meaning_put(struct gate *g, const struct meaning_key *key, struct meaning *m)
{
    if (sl_map_count(g->meanings) >= GATE_CACHE_ENTRIES)
        meaning_forget_all(g);
    struct meaning *before = sl_map_get(g->meanings, key_bytes(key));
    if (sl_map_put(g->meanings, key_bytes(key), m) != SL_OK)
        return; /* not cached: it will be judged again */
    meaning_ref(m);
    meaning_unref(before);
}
