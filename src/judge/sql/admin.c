#include "judge/sql/code_int.h"

/* Rights, publications and maintenance: which relations they are about. */

/* --- rights ----------------------------------------------------------------------------------- */

void admin_grant(struct judge *j, const GrantStmt *n)
{
    const ListCell *cell;

    j->tag = n->is_grant ? "grant" : "revoke";
    foreach (cell, n->objects) {
        const Node *o = lfirst(cell);
        if (IsA(o, RangeVar))
            ddl_touch(j, (const RangeVar *)o, SL_EFFECT_PRIVILEGE);
        else if (n->targtype == ACL_TARGET_ALL_IN_SCHEMA || n->objtype == OBJECT_SCHEMA)
            ddl_touch_schema(j, name_text(o), SL_EFFECT_PRIVILEGE);
    }
}

void admin_publication(struct judge *j, const List *objects, bool all)
{
    const ListCell *cell;

    if (all)
        note_opaque(j, "all tables are published, also later ones", NULL);
    foreach (cell, objects) {
        const PublicationObjSpec *o = NODE(j, PublicationObjSpec, cell);
        if (o == NULL)
            continue;
        if (o->pubtable != NULL)
            ddl_touch(j, o->pubtable->relation, SL_EFFECT_EXPORT);
        else if (o->pubobjtype == PUBLICATIONOBJ_TABLES_IN_SCHEMA)
            ddl_touch_schema(j, o->name, SL_EFFECT_EXPORT);
        else
            note_opaque(j, "a schema is published that is not named", NULL);
    }
}

/* --- maintenance ------------------------------------------------------------------------------ */

void admin_vacuum(struct judge *j, const VacuumStmt *n)
{
    const ListCell *cell;

    j->tag = n->is_vacuumcmd ? "vacuum" : "analyze";
    foreach (cell, n->rels) {
        const VacuumRelation *r = NODE(j, VacuumRelation, cell);
        if (r == NULL)
            continue;
        if (r->relation != NULL)
            fires_when_rebuilt(j, name_object(j, r->relation, SL_EFFECT_ADMIN, false));
    }
}

enum { ACCESS_SHARE = 1, ROW_SHARE = 2 }; /* storage/lockdefs.h */

void admin_lock(struct judge *j, const LockStmt *n)
{
    const ListCell *cell;
    bool as_reading = n->mode == ACCESS_SHARE || n->mode == ROW_SHARE;
    uint32_t effect = as_reading ? SL_EFFECT_READ : SL_EFFECT_ADMIN;

    if (as_reading) /* and it holds: others wait for it, until its transaction ends */
        note_effect(j, SL_EFFECT_SESSION);
    foreach (cell, n->relations)
        if (IsA(lfirst(cell), RangeVar))
            name_object(j, lfirst(cell), effect, false);
}

void admin_truncate(struct judge *j, const TruncateStmt *n)
{
    const ListCell *cell;

    foreach (cell, n->relations)
        note_all_columns(j, name_relation(j, NODE(j, RangeVar, cell), SL_EFFECT_TRUNCATE),
                         SL_EFFECT_TRUNCATE);
    if (n->behavior == DROP_CASCADE)
        note_opaque(j, "TRUNCATE CASCADE empties tables that are not named", NULL);
}
