#include "judge/sql/code_int.h"

/* What a use of a relation sets off besides itself. Each part is walked once for each table. */

bool fires_has_part(struct judge *j, const struct dataset *d, uint8_t kind)
{
    if (!code_has_parts(j) || !d->listed)
        return false;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++)
        if (sl_catalog_part_at(j->ctx->catalog, i).kind == kind)
            return true;
    return false;
}

/* --- triggers ------------------------------------------------------------------------------- */

enum { ON_INSERT = 1 << 2, ON_DELETE = 1 << 3, ON_UPDATE = 1 << 4, ON_TRUNCATE = 1 << 5 };

static uint32_t effects_of(int events)
{
    return ((events & ON_INSERT) != 0 ? SL_EFFECT_INSERT : 0) |
           ((events & ON_DELETE) != 0 ? SL_EFFECT_DELETE : 0) |
           ((events & ON_UPDATE) != 0 ? SL_EFFECT_UPDATE : 0) |
           ((events & ON_TRUNCATE) != 0 ? SL_EFFECT_TRUNCATE : 0);
}

/* Tables that hold all rows of the statement, under names that the trigger gives. */
static struct cte *transitions(struct judge *j, struct dataset *d, const List *list)
{
    const ListCell *cell;
    struct cte *all = NULL;

    foreach (cell, list) {
        const TriggerTransition *t = NODE(j, TriggerTransition, cell);
        struct cte *c = t == NULL ? NULL : NOTE_NEW(j, struct cte);
        if (c == NULL)
            continue;
        *c = (struct cte){.next = all, .name = t->name, .outputs = body_row(j, d)};
        all = c;
    }
    return all;
}

struct fired {
    struct dataset *table;
    uint32_t effects;
};

/* One that may wait runs under the settings and definitions of then. */
static void fire(struct judge *j, const CreateTrigStmt *t, struct dataset *d)
{
    struct body b = {.trigger = NULL};
    struct trigger trigger = {.table = d, .transitions = transitions(j, d, t->transitionRels)};

    if (t->deferrable)
        note_opaque(j, "%s is a trigger that may wait for the end of its transaction", t->trigname);
    body_row_source(j, &b.scope, d, "new", true);
    body_row_source(j, &b.scope, d, "old", true);
    expr_walk(j, &b.scope, t->whenClause, NULL);
    function_fires(j, t->funcname, &trigger);
}

static void walk_trigger(struct judge *j, const struct sl_part *part, struct code *self,
                         const void *with)
{
    const struct fired *f = with;
    struct body_before before;
    struct parse p;

    (void)self;
    if (!body_enter(j, &before, part->text.n))
        return;
    const CreateTrigStmt *t = body_parse(j, "", part->text, "", &p);
    if (t != NULL && !IsA(t, CreateTrigStmt)) {
        note_opaque(j, "the definition of a trigger is none", NULL);
    } else if (t != NULL && (effects_of(t->events) & f->effects) != 0) {
        note_definition(j, "trigger", part->schema, part->name, part->text);
        fire(j, t, f->table);
    }
    parse_end(&p);
    body_leave(j, &before);
}

/* The same trigger may fire for one effect and not for another: it is read for each of them. */
static void run_trigger(struct judge *j, struct dataset *d, uint32_t index, uint32_t effects)
{
    struct fired f = {.table = d};

    for (unsigned i = 0; i < SL_EFFECT_COUNT; i++) {
        f.effects = effects & 1u << i;
        if (f.effects != 0)
            code_run_for(j, index, d, f.effects, walk_trigger, &f);
    }
}

bool fires_triggers(struct judge *j, struct dataset *d, uint32_t effects)
{
    const uint32_t writes =
        SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE;

    if (!code_has_parts(j) || !d->listed)
        return false;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != 't')
            continue;
        if (p.text.n == 0)
            return false;
        if (p.num != 'R') /* for replicas alone; the session is none */
            run_trigger(j, d, i, effects & writes);
    }
    return true;
}

/* --- rules ---------------------------------------------------------------------------------- */

static uint32_t effect_of_event(CmdType event)
{
    return event == CMD_INSERT   ? SL_EFFECT_INSERT
           : event == CMD_UPDATE ? SL_EFFECT_UPDATE
           : event == CMD_DELETE ? SL_EFFECT_DELETE
                                 : SL_EFFECT_ALL;
}

static void rule_actions(struct judge *j, const RuleStmt *r, struct dataset *d)
{
    struct body b = {.trigger = NULL};
    const ListCell *cell;

    body_row_source(j, &b.scope, d, "new", true);
    body_row_source(j, &b.scope, d, "old", true);
    expr_walk(j, &b.scope, r->whereClause, NULL);
    if (r->event == CMD_SELECT)
        note_opaque(j, "a rule changes what is selected", NULL);
    foreach (cell, r->actions)
        if (lfirst(cell) != NULL)
            body_statement(j, &b, lfirst(cell), NULL);
}

static void walk_rule(struct judge *j, const struct sl_part *part, struct code *self,
                      const void *with)
{
    const struct fired *f = with;
    struct body_before before;
    struct parse p;

    (void)self;
    if (!body_enter(j, &before, part->text.n))
        return;
    const RuleStmt *r = body_parse(j, "", part->text, "", &p);
    if (r != NULL && !IsA(r, RuleStmt)) {
        note_opaque(j, "the definition of a rule is none", NULL);
    } else if (r != NULL && (effect_of_event(r->event) & f->effects) != 0) {
        note_definition(j, "rule", part->schema, part->name, part->text);
        rule_actions(j, r, f->table);
    }
    parse_end(&p);
    body_leave(j, &before);
}

bool fires_rules(struct judge *j, struct dataset *d, uint32_t effects)
{
    struct fired f = {.table = d};

    if (!code_has_parts(j) || !d->listed)
        return false;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != 'u' || p.num == 'R')
            continue;
        if (p.text.n == 0)
            return false;
        for (unsigned k = 0; k < SL_EFFECT_COUNT; k++) {
            f.effects = effects & 1u << k;
            if (f.effects != 0)
                code_run_for(j, i, d, f.effects, walk_rule, &f);
        }
    }
    return true;
}

/* --- instead -----------------------------------------------------------------------------------
 */

enum { AT_INSTEAD = 1 << 6 };

/* The writing effects that this part takes over, whatever the row. */
static uint32_t taken_over(struct judge *j, const struct sl_part *part)
{
    struct parse p;
    uint32_t effects = 0;

    if ((part->kind != 't' && part->kind != 'u') || part->num == 'R' || part->text.n == 0)
        return 0;
    const Node *tree = body_parse(j, "", part->text, "", &p);
    if (tree == NULL)
        return 0;
    if (IsA(tree, CreateTrigStmt) && ((const CreateTrigStmt *)tree)->timing == AT_INSTEAD)
        effects = effects_of(((const CreateTrigStmt *)tree)->events);
    if (IsA(tree, RuleStmt) && ((const RuleStmt *)tree)->instead &&
        ((const RuleStmt *)tree)->whereClause == NULL)
        effects = effect_of_event(((const RuleStmt *)tree)->event);
    parse_end(&p);
    return effects;
}

bool fires_instead(struct judge *j, struct dataset *d, uint32_t effects)
{
    const uint32_t writes =
        SL_EFFECT_INSERT | SL_EFFECT_UPDATE | SL_EFFECT_DELETE | SL_EFFECT_TRUNCATE;
    uint32_t left = effects & writes;

    if (left == 0 || !code_has_parts(j) || !d->listed)
        return false;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        left &= ~taken_over(j, &p);
    }
    return left == 0;
}

/* --- cascades ------------------------------------------------------------------------------- */

static uint32_t carried_on(uint32_t action)
{
    return action == 'c' ? SL_EFFECT_DELETE : action == 'n' || action == 'd' ? SL_EFFECT_UPDATE : 0;
}

static uint32_t effects_there(const struct sl_part *p, uint32_t effects)
{
    uint32_t at_delete = p->num >> 8 & 255, at_update = p->num & 255;
    uint32_t there = (effects & SL_EFFECT_DELETE) != 0 ? carried_on(at_delete) : 0;

    if ((effects & SL_EFFECT_UPDATE) != 0 && carried_on(at_update) != 0)
        there |= SL_EFFECT_UPDATE;
    return there;
}

/* What the key is changed to comes to lie there, too. Which key a column belongs to the listing
 * does not say: any column of the name will do. */
static void carried_flows(struct judge *j, struct dataset *from, struct dataset *to)
{
    const struct sl_catalog *c = j->ctx->catalog;
    struct sl_column column;

    if (to == NULL || !to->listed)
        return;
    struct sl_parts all = sl_catalog_parts(c, 'r', to->relation.schema, to->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count && depth_step(j, 1); i++) {
        struct sl_part p = sl_catalog_part_at(c, i);
        struct origin *key = NULL;
        if (p.kind != 'w' || !sl_catalog_find_column(c, &from->relation, p.text, &column))
            continue;
        origin_add(j, &key, from, column.name);
        note_flow_into(j, key, to, sl_arena_text(j->mem, p.about), SL_EFFECT_UPDATE);
    }
}

static void walk_cascade(struct judge *j, const struct sl_part *part, struct code *self,
                         const void *with)
{
    const struct fired *f = with;
    struct dataset *there = name_of_definition(j, part->about, part->text, f->effects);

    (void)self;
    note_all_columns(j, there, f->effects);
    if ((f->effects & SL_EFFECT_UPDATE) != 0)
        carried_flows(j, f->table, there);
}

bool fires_cascades(struct judge *j, struct dataset *d, uint32_t effects)
{
    if (!fires_has_part(j, d, 'c'))
        return false;
    struct sl_parts all =
        sl_catalog_parts(j->ctx->catalog, 'r', d->relation.schema, d->relation.name);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        struct fired f = {.table = d, .effects = p.kind == 'c' ? effects_there(&p, effects) : 0};
        if (f.effects != 0)
            code_run_for(j, i, d, f.effects, walk_cascade, &f);
    }
    return true;
}

/* --- DDL ------------------------------------------------------------------------------------ */

bool fires_at_ddl(struct judge *j)
{
    struct sl_span x = SL_SPAN("x");
    struct trigger t = {.of_event = true};
    bool any = false;

    if (!code_has_parts(j))
        return false;
    struct sl_parts all = sl_catalog_parts(j->ctx->catalog, 'x', x, x);
    for (uint32_t i = all.first; i < all.first + all.count; i++) {
        struct sl_part p = sl_catalog_part_at(j->ctx->catalog, i);
        if (p.kind != 't')
            continue;
        any = true;
        String names[] = {{T_String, sl_arena_text(j->mem, p.about)},
                          {T_String, sl_arena_text(j->mem, p.text)}};
        union ListCell cells[] = {{.ptr_value = &names[0]}, {.ptr_value = &names[1]}};
        List list = {.type = T_List, .length = 2, .max_length = 2, .elements = cells};
        if (names[0].sval != NULL && names[1].sval != NULL)
            function_fires(j, &list, &t);
    }
    return any;
}
