#include "judge/sql/judge_int.h"

/* Which code and types a change of definitions names: they are no datasets, so accesses do not
 * tell. The last part of each name alone is noted: a list of statements asks whether it may have
 * changed them itself (core/action/list.h). */

static void one(struct judge *j, const char *name)
{
    if (name != NULL)
        note_name(j, SL_NAME_CHANGED, name);
}

static void last_of(struct judge *j, const List *names)
{
    if (names != NIL)
        one(j, name_text(llast(names)));
}

/* f, f(int), or a type. */
static void object(struct judge *j, const Node *n)
{
    if (n == NULL)
        return;
    if (IsA(n, ObjectWithArgs))
        last_of(j, ((const ObjectWithArgs *)n)->objname);
    else if (IsA(n, TypeName))
        last_of(j, ((const TypeName *)n)->names);
}

static bool is_named_alone(ObjectType type)
{
    return type == OBJECT_DOMAIN || type == OBJECT_TYPE;
}

static void renamed(struct judge *j, const RenameStmt *n)
{
    if (n->object != NULL && IsA(n->object, ObjectWithArgs)) {
        object(j, n->object);
        one(j, n->newname);
    } else if (n->object != NULL && IsA(n->object, List) && is_named_alone(n->renameType)) {
        last_of(j, (const List *)n->object);
        one(j, n->newname);
    }
}

void changed_code(struct judge *j, const Node *n)
{
    const ListCell *cell;

    switch (nodeTag(n)) {
    case T_CreateFunctionStmt:
        last_of(j, ((const CreateFunctionStmt *)n)->funcname);
        return;
    case T_AlterFunctionStmt:
        object(j, (const Node *)((const AlterFunctionStmt *)n)->func);
        return;
    case T_DefineStmt:
        last_of(j, ((const DefineStmt *)n)->defnames);
        return;
    case T_CreateDomainStmt:
        last_of(j, ((const CreateDomainStmt *)n)->domainname);
        return;
    case T_AlterDomainStmt:
        last_of(j, ((const AlterDomainStmt *)n)->typeName);
        return;
    case T_DropStmt:
        foreach (cell, ((const DropStmt *)n)->objects)
            object(j, lfirst(cell));
        return;
    case T_RenameStmt:
        renamed(j, (const RenameStmt *)n);
        return;
    case T_AlterObjectSchemaStmt:
        object(j, ((const AlterObjectSchemaStmt *)n)->object);
        return;
    case T_AlterOwnerStmt:
        object(j, ((const AlterOwnerStmt *)n)->object);
        return;
    default:
        return;
    }
}
