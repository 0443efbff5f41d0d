/* Where labels go when an action runs, and when columns get other names. */
#include "core/policy/labels.h"

#include "base/map.h"
#include "core/policy/policy_int.h"

enum {
    WRITES =
        SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_IMPORT | SL_EFFECT_DDL | SL_EFFECT_OPAQUE,
};

/* What this action brings to one column. */
struct brought {
    uint64_t labels, counting; /* counting: those that no rule declassifies there */
};

struct spreading {
    const struct sl_config *c;
    const struct sl_target *t;
    const struct sl_meaning *m;
    const struct sl_label_map *derived;
    struct sl_arena *mem;
    struct sl_map *so_far; /* column -> struct brought */
    struct sl_spread *out;
    size_t count, room;
};

static bool is_stored(struct sl_span column)
{
    return !sl_span_starts(column, SL_SPAN("result.")) && sl_span_find(column, '.') < column.n;
}

/* Those of `labels` that the destination does not hold for good. */
static uint64_t lacking(const struct spreading *s, struct sl_span column, uint64_t labels)
{
    uint64_t missing = labels & ~sl_labels_of_column(s->c, s->t, column, NULL);
    struct sl_derived d;

    for (size_t i = 0; i < s->c->labels.count && i < 64; i++)
        if ((missing >> i & 1) != 0 &&
            sl_label_map_find(s->derived, s->t->name, column, s->c->labels.items[i], &d) &&
            d.settled)
            missing &= ~(UINT64_C(1) << i);
    return missing;
}

static uint64_t counting(const struct spreading *s, struct sl_span column, uint64_t labels)
{
    for (size_t i = 0; i < s->c->labels.count && i < 64; i++)
        if ((labels >> i & 1) != 0 && sl_declassify_of(s->t, column, s->c->labels.items[i]) != NULL)
            labels &= ~(UINT64_C(1) << i);
    return labels;
}

static enum sl_err add(struct spreading *s, struct sl_span column, struct sl_span source,
                       uint64_t labels, bool *changed)
{
    struct brought *brought = sl_map_get(s->so_far, column);

    labels = lacking(s, column, brought == NULL ? labels : labels & ~brought->labels);
    if (labels == 0)
        return SL_OK;
    if (brought == NULL) {
        brought = SL_ARENA_NEW(s->mem, struct brought);
        if (brought == NULL)
            return SL_EMEMORY;
        SL_TRY(sl_map_put(s->so_far, column, brought));
    }
    if (s->count == s->room) {
        struct sl_spread *more = sl_arena_array(s->mem, s->room * 2 + 8, sizeof *more);
        if (more == NULL)
            return SL_EMEMORY;
        if (s->count > 0)
            memcpy(more, s->out, s->count * sizeof *more);
        s->out = more;
        s->room = s->room * 2 + 8;
    }
    brought->labels |= labels;
    brought->counting |= counting(s, column, labels);
    s->out[s->count++] = (struct sl_spread){column, source, labels};
    *changed = true;
    return SL_OK;
}

/* Those that an aggregate on the way takes off, by a rule. */
static uint64_t left_behind(const struct spreading *s, const struct sl_meaning_flow *f,
                            uint64_t labels)
{
    uint64_t off = 0;

    for (size_t i = 0; f->via.n > 0 && i < s->c->labels.count && i < 64; i++)
        if ((labels >> i & 1) != 0 &&
            sl_declassify_via(s->t, f->destination, s->c->labels.items[i], f->via))
            off |= UINT64_C(1) << i;
    return off;
}

static enum sl_err along_flows(struct spreading *s, bool *changed)
{
    for (size_t i = 0; i < s->m->flow_count; i++) {
        const struct sl_meaning_flow *f = &s->m->flows[i];
        if (f->kind != SL_FLOW_DIRECT || !is_stored(f->destination))
            continue;
        const struct brought *brought = sl_map_get(s->so_far, f->source);
        uint64_t labels = sl_labels_of_column(s->c, s->t, f->source, s->derived);
        labels |= brought == NULL ? 0 : brought->counting;
        labels &= ~left_behind(s, f, labels);
        if (labels != 0)
            SL_TRY(add(s, f->destination, f->source, labels, changed));
    }
    return SL_OK;
}

static enum sl_err everywhere(struct spreading *s)
{
    const struct sl_meaning *m = s->m;
    struct sl_span source = {NULL, 0};
    uint64_t labels = 0;
    bool changed;

    for (size_t i = 0; i < m->access_count; i++) {
        uint64_t of_this = sl_labels_of(s->c, s->t, &m->accesses[i], s->derived);
        if (of_this != 0)
            source = m->accesses[i].dataset;
        labels |= of_this;
    }
    for (size_t i = 0; i < m->access_count && labels != 0; i++) {
        SL_BUF(name, 2 * SL_LABEL_MAX_NAME);
        if ((m->accesses[i].effects & WRITES) == 0)
            continue;
        sl_buf_say(&name, "%S.*", m->accesses[i].dataset);
        struct sl_span column = sl_arena_copy(s->mem, sl_buf_span(&name));
        if (column.p == NULL)
            return SL_EMEMORY;
        SL_TRY(add(s, column, source, labels, &changed));
    }
    return SL_OK;
}

static enum sl_err spread(struct spreading *s)
{
    bool inexact =
        (s->m->effects & SL_EFFECT_OPAQUE) != 0 || (s->m->flags & SL_MEANING_FLOWS_CUT) != 0;
    bool changed = s->m->flow_count > 0;

    SL_TRY(sl_map_new(&s->so_far, 0));
    /* A later statement of the same text reads what an earlier one wrote, and so do triggers and
     * generated columns, in any order. */
    for (size_t pass = 0; changed && pass <= s->m->flow_count; pass++) {
        changed = false;
        SL_TRY(along_flows(s, &changed));
    }
    return inexact ? everywhere(s) : SL_OK;
}

enum sl_err sl_labels_spread(const struct sl_config *c, const struct sl_target *t,
                             const struct sl_meaning *m, const struct sl_label_map *derived,
                             struct sl_arena *mem, struct sl_spread **out, size_t *count)
{
    struct spreading s = {.c = c, .t = t, .m = m, .derived = derived, .mem = mem};

    enum sl_err err = spread(&s);
    sl_map_free(s.so_far);
    SL_TRY(err);
    *out = s.out;
    *count = s.count;
    return SL_OK;
}
