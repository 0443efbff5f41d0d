#include "judge/sql/judge_int.h"

/* Inheritance and partitions: without ONLY, what happens to a table happens to its children, too.
 * They are datasets of their own, for their labels and rules are. */

/* An INSERT goes down only where the rows are spread over partitions. */
static uint32_t effects_below(const struct dataset *d)
{
    const uint32_t rows = SL_EFFECT_READ | SL_EFFECT_UPDATE | SL_EFFECT_DELETE |
                          SL_EFFECT_TRUNCATE | SL_EFFECT_EXPORT | SL_EFFECT_DDL;

    return d->relation.kind == 'p' ? rows | SL_EFFECT_INSERT | SL_EFFECT_IMPORT : rows;
}

static bool is_below(const struct dataset *d, const struct dataset *child)
{
    for (const struct below *b = d->below; b != NULL; b = b->next)
        if (b->dataset == child)
            return true;
    return d == child;
}

/* Children of children lie directly under the first: nothing is walked twice, nothing in circles.
 */
static bool take_children(struct judge *j, struct dataset *top, const struct sl_relation *r)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_parts parts = sl_catalog_parts(c, 'r', r->schema, r->name);
    bool known = true;

    for (uint32_t i = 0; i < parts.count && known; i++) {
        struct sl_part part = sl_catalog_part_at(c, parts.first + i);
        struct sl_relation child;
        if (part.kind != 'h' || !depth_enter(j))
            continue;
        known = sl_catalog_relation(c, part.about, part.text, &child);
        struct dataset *d = known ? name_listed(j, &child) : NULL;
        if (d != NULL && !is_below(top, d)) {
            struct below *b = NOTE_NEW(j, struct below);
            if (b != NULL) {
                *b = (struct below){top->below, d, effects_below(top), NULL};
                top->below = b;
            }
            known = depth_step(j, 16) && take_children(j, top, &child);
        }
        depth_leave(j);
    }
    return known;
}

static void key_of(struct judge *j, struct dataset *d, bool own, struct origin **flow)
{
    struct sl_parts parts =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);

    for (uint32_t i = 0; i < parts.count; i++) {
        struct sl_part part = sl_catalog_part_at(j->ctx->catalog, parts.first + i);
        if (part.kind != 'b' || (!own && part.num == 0))
            continue;
        note_read(j, d, part.about);
        origin_add(j, flow, d, part.about);
    }
}

void inherit_key(struct judge *j, struct dataset *d, bool own, struct origin **flow)
{
    if (d == NULL || !d->listed || j->ctx->catalog->part_count == 0)
        return;
    key_of(j, d, own, flow);
    for (const struct below *b = d->below; own && b != NULL && depth_step(j, 1); b = b->next)
        if (b->columns == NULL)
            key_of(j, b->dataset, own, flow);
}

bool inherit_children(struct judge *j, struct dataset *d, uint32_t effects)
{
    if (j->ctx->catalog->part_count == 0) /* a listing without definitions */
        return false;
    if (j->ctx->temp_objects && d->relation.kind != 'p')
        return false; /* a child may be the session's own: those are not listed */
    if (!d->has_children && !take_children(j, d, &d->relation))
        return false;
    d->has_children = true;
    for (const struct below *b = d->below; b != NULL; b = b->next) {
        if (b->columns != NULL || (b->effects & effects) == 0)
            continue;
        note_dataset(j, b->dataset, b->effects & effects);
        uint32_t checked = b->effects & effects;
        if (d->relation.kind == 'p' && (checked & SL_EFFECT_UPDATE) != 0)
            checked |= SL_EFFECT_INSERT | SL_EFFECT_DELETE; /* a row may move to another one */
        if ((effects & ~(uint32_t)SL_EFFECT_DDL) != 0)
            name_check(j, b->dataset, checked, NAME_CHILD);
    }
    return true;
}
