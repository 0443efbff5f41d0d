#include "judge/sql/judge_int.h"

/* The words of command tags for kinds of objects: what lies on a table is an ALTER or DROP of
 * itself. */
static const struct {
    ObjectType type;
    const char *word;
} objects[] = {
    {OBJECT_TABLE, "table"},
    {OBJECT_COLUMN, "table"},
    {OBJECT_TABCONSTRAINT, "table"},
    {OBJECT_DEFAULT, "table"},
    {OBJECT_VIEW, "view"},
    {OBJECT_MATVIEW, "materialized view"},
    {OBJECT_FOREIGN_TABLE, "foreign table"},
    {OBJECT_INDEX, "index"},
    {OBJECT_SEQUENCE, "sequence"},
    {OBJECT_SCHEMA, "schema"},
    {OBJECT_FUNCTION, "function"},
    {OBJECT_PROCEDURE, "procedure"},
    {OBJECT_ROUTINE, "routine"},
    {OBJECT_AGGREGATE, "aggregate"},
    {OBJECT_OPERATOR, "operator"},
    {OBJECT_TYPE, "type"},
    {OBJECT_ATTRIBUTE, "type"},
    {OBJECT_DOMAIN, "domain"},
    {OBJECT_DOMCONSTRAINT, "domain"},
    {OBJECT_TRIGGER, "trigger"},
    {OBJECT_RULE, "rule"},
    {OBJECT_POLICY, "policy"},
    {OBJECT_ROLE, "role"},
    {OBJECT_DATABASE, "database"},
    {OBJECT_EXTENSION, "extension"},
    {OBJECT_EVENT_TRIGGER, "event trigger"},
    {OBJECT_PUBLICATION, "publication"},
    {OBJECT_SUBSCRIPTION, "subscription"},
    {OBJECT_FOREIGN_SERVER, "server"},
    {OBJECT_FDW, "foreign data wrapper"},
    {OBJECT_CAST, "cast"},
    {OBJECT_COLLATION, "collation"},
    {OBJECT_CONVERSION, "conversion"},
    {OBJECT_LANGUAGE, "language"},
    {OBJECT_LARGEOBJECT, "large object"},
    {OBJECT_TABLESPACE, "tablespace"},
    {OBJECT_STATISTIC_EXT, "statistics"},
    {OBJECT_ACCESS_METHOD, "access method"},
    {OBJECT_OPCLASS, "operator class"},
    {OBJECT_OPFAMILY, "operator family"},
    {OBJECT_TRANSFORM, "transform"},
    {OBJECT_TSCONFIGURATION, "text search configuration"},
    {OBJECT_TSDICTIONARY, "text search dictionary"},
    {OBJECT_TSPARSER, "text search parser"},
    {OBJECT_TSTEMPLATE, "text search template"},
    {OBJECT_USER_MAPPING, "user mapping"},
};

const char *object_word(ObjectType type)
{
    for (size_t i = 0; i < SL_COUNT(objects); i++)
        if (objects[i].type == type)
            return objects[i].word;
    return "object";
}
