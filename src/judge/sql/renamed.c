#include "judge/sql/judge_int.h"

/* Things that get another name. A label moves along between two listings of the catalog, by the
 * number of its column (role/gate/labels.c). What a text makes, fills and then renames was in none
 * of them by its first name: the label would stay behind.
 */

/* Does its value lie in something that the last listing knows by this name? */
static bool is_followed(struct judge *j, const struct dataset *d, struct sl_span column)
{
    struct sl_column found;

    return d->listed && !d->renewed &&
           sl_catalog_find_column(j->ctx->catalog, &d->relation, column, &found);
}

/* `schema`.`relation`.`column`: NULL is any. */
struct renamed {
    const char *schema, *relation, *column;
};

/* Schemas and tables may be called by less than their whole name. */
static bool is_meant(const struct renamed *r, const struct dataset *d, struct sl_span column)
{
    const struct sl_span name = d->name;

    if (r->column != NULL)
        return sl_span_is(column, r->column) || sl_span_is(column, "*");
    if (r->relation != NULL) {
        const size_t n = strlen(r->relation);
        return name.n >= n && memcmp(name.p + name.n - n, r->relation, n) == 0 &&
               (name.n == n || name.p[name.n - n - 1] == '.');
    }
    const size_t n = r->schema == NULL ? 0 : strlen(r->schema);
    return name.n > n && memcmp(name.p, r->schema == NULL ? "" : r->schema, n) == 0 &&
           (n == 0 || name.p[n] == '.');
}

static void look(struct judge *j, const struct dataset *d, const struct renamed *r)
{
    for (size_t i = 0; i < j->flow_count && depth_step(j, 1); i++) {
        const struct sl_span to = j->flows[i].destination;
        if (j->flows[i].kind != SL_FLOW_DIRECT || !sl_span_starts(to, d->name) ||
            to.n <= d->name.n || to.p[d->name.n] != '.')
            continue;
        const struct sl_span column = sl_span_from(to, d->name.n + 1);
        if (is_meant(r, d, column) && !is_followed(j, d, column))
            note_opaque(j,
                        "values that the text put into something new get another name: their "
                        "labels could not follow",
                        NULL);
    }
}

/* Without a listing nothing has a label that moves. */
static void rename_away(struct judge *j, const struct renamed *r)
{
    for (const struct dataset *d = j->ctx->catalog == NULL ? NULL : j->datasets; d != NULL;
         d = d->next)
        if (!d->system)
            look(j, d, r);
}

void renamed_statement(struct judge *j, const RenameStmt *n)
{
    switch (n->renameType) {
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE: /* of the tables OF this type, with CASCADE */
        rename_away(j, &(struct renamed){.column = n->subname});
        return;
    case OBJECT_SCHEMA:
        rename_away(j, &(struct renamed){.schema = n->subname});
        return;
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_RULE:
    case OBJECT_POLICY:
        return;
    default: /* ALTER INDEX and ALTER VIEW rename tables, too */
        if (n->relation != NULL)
            rename_away(j, &(struct renamed){.relation = n->relation->relname});
    }
}

/* Of an extension: what belongs to it. */
void renamed_schema(struct judge *j, const AlterObjectSchemaStmt *n)
{
    if (n->relation != NULL)
        rename_away(j, &(struct renamed){.relation = n->relation->relname});
    else if (n->objectType == OBJECT_EXTENSION)
        rename_away(j, &(struct renamed){0});
}
