#include "core/catalog/catalog.h"

/* Every name is written with its schema and every operator between built-in types, so that nothing
 * in a search_path can stand in for it; the search_path is emptied first all the same. Objects with
 * an oid from 16384 on were made by users (FirstNormalObjectId). */

#define BUILTIN "OPERATOR(pg_catalog.<) 16384"
#define IS "OPERATOR(pg_catalog.=)"
#define USERS "OPERATOR(pg_catalog.>=) 16384"

/* Letters of enum sl_column_type for the type with this oid: its own, or that of its elements. */
#define TYPE_LETTERS                                                                             \
    "SELECT t.oid, CASE"                                                                         \
    " WHEN t.oid IN (24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191) THEN 'r'"   \
    " WHEN t.oid IN (1008, 2207, 2208, 2209, 2210, 2211, 3735, 3770, 4090, 4097, 4192) THEN 'r'" \
    " WHEN t.typtype " IS " 'c' OR e.typtype " IS " 'c' THEN 'u'"                                \
    " WHEN t.oid " BUILTIN " THEN 'b'"                                                           \
    " WHEN t.typtype " IS " 'e' OR (t.typcategory " IS " 'A' AND e.typtype " IS " 'e') THEN 'e'" \
    " WHEN t.typtype " IS " 'd' AND t.typbasetype " BUILTIN " THEN 'd'"                          \
    " ELSE 'u' END AS letter"                                                                    \
    " FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid " IS " t.typelem"

/* Things of users that an expression of `classid` `objid` uses. Enum types run no code. */
#define USES_CODE(classid, objid)                                                                \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_depend d LEFT JOIN pg_catalog.pg_type dt"               \
    " ON d.refclassid " IS " 'pg_catalog.pg_type'::pg_catalog.regclass AND dt.oid " IS           \
    " d.refobjid"                                                                                \
    " WHERE d.classid " IS " 'pg_catalog." classid "'::pg_catalog.regclass AND d.objid " IS      \
    " " objid " AND d.refobjid " USERS                                                           \
    " AND d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,"                           \
    " 'pg_catalog.pg_operator'::pg_catalog.regclass, "                                           \
    "'pg_catalog.pg_opclass'::pg_catalog.regclass,"                                              \
    " 'pg_catalog.pg_opfamily'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass)" \
    " AND (dt.typtype IS NULL OR dt.typtype OPERATOR(pg_catalog.<>) 'e'))"

/* What a session keeps for itself would change the listing all the time. */
#define NOT_TEMPORARY "n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast_)?temp_'"

#define OUR_RELATIONS                                                                              \
    "c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence OPERATOR(pg_catalog.<>) 't'" \
    " AND (n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') OR c.oid " USERS ")"

const char *const sl_catalog_queries[] = {
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL search_path = pg_catalog",

    /* R schema name kind problems: the letters of builder.c, in any order */
    "SELECT 'R', n.nspname, c.relname, c.relkind::pg_catalog.text,"
    " pg_catalog.concat(CASE WHEN c.relrowsecurity THEN 's' END, CASE WHEN c.relhasrules THEN 'u' "
    "END,"
    " CASE WHEN c.relispartition THEN 'p' END,"
    " CASE WHEN c.relhassubclass OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i"
    "  WHERE i.inhrelid " IS " c.oid) THEN 'h' END,"
    " CASE WHEN c.relkind " IS " 'r' AND c.relam " USERS " THEN 'k' END,"
    " CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class xc"
    "  ON xc.oid " IS " x.indexrelid WHERE x.indrelid " IS " c.oid AND (xc.relam " USERS
    "  OR EXISTS (SELECT 1 FROM pg_catalog.unnest(x.indclass) o WHERE o " USERS ")"
    "  OR " USES_CODE(
        "pg_class",
        "x.indexrelid") "))"
                        "  OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid " IS
                        " c.oid AND " USES_CODE(
                            "pg_constraint",
                            "k.oid") ")"
                                     "  OR EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext s "
                                     "WHERE s.stxrelid " IS " c.oid AND " USES_CODE(
                                         "pg_statistic_ext",
                                         "s.oid") ") THEN 'i' END,"
                                                  " CASE WHEN EXISTS (SELECT 1 FROM "
                                                  "pg_catalog.pg_attrdef a WHERE a.adrelid " IS
                                                  " c.oid AND " USES_CODE(
                                                      "pg_attrdef",
                                                      "a.oid") ") THEN 'd' END,"
                                                               " CASE WHEN EXISTS (SELECT 1 FROM "
                                                               "pg_catalog.pg_trigger t WHERE "
                                                               "t.tgrelid " IS " c.oid"
                                                               "  AND NOT t.tgisinternal) THEN 't' "
                                                               "END,"
                                                               " CASE WHEN EXISTS (SELECT 1 FROM "
                                                               "pg_catalog.pg_constraint k WHERE "
                                                               "k.confrelid " IS " c.oid"
                                                               "  AND k.contype " IS
                                                               " 'f' AND (k.confupdtype IN ('c', "
                                                               "'n', 'd') OR k.confdeltype IN "
                                                               "('c', 'n', 'd')))"
                                                               "  THEN 'c' END), "
                                                               "c.oid::pg_catalog.text"
                                                               " FROM pg_catalog.pg_class c JOIN "
                                                               "pg_catalog.pg_namespace n ON "
                                                               "n.oid " IS " c.relnamespace"
                                                               " WHERE " OUR_RELATIONS,

    /* C schema relation number column type */
    "SELECT 'C', n.nspname, c.relname, a.attnum::pg_catalog.text, a.attname, l.letter"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid " IS " a.attrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid " IS " c.relnamespace"
    " JOIN (" TYPE_LETTERS ") l ON l.oid " IS " a.atttypid"
    " WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND " OUR_RELATIONS,

    /* N kind schema name */
    "SELECT DISTINCT 'N', 'f', n.nspname, p.proname FROM pg_catalog.pg_proc p"
    " JOIN pg_catalog.pg_namespace n ON n.oid " IS " p.pronamespace WHERE p.oid " USERS
    " AND " NOT_TEMPORARY,
    "SELECT DISTINCT 'N', 'o', n.nspname, o.oprname FROM pg_catalog.pg_operator o"
    " JOIN pg_catalog.pg_namespace n ON n.oid " IS " o.oprnamespace WHERE o.oid " USERS
    " AND " NOT_TEMPORARY,
    "SELECT DISTINCT 'N', CASE WHEN t.typtype " IS
    " 'e' THEN 'e' ELSE 't' END, n.nspname, t.typname"
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid " IS " t.typnamespace"
    " WHERE t.oid " USERS " AND t.typcategory OPERATOR(pg_catalog.<>) 'A' AND " NOT_TEMPORARY,

    "SELECT 'N', 's', n.nspname, n.nspname FROM pg_catalog.pg_namespace n WHERE " NOT_TEMPORARY,

    /* X fact */
    "SELECT 'X', 'user_casts' WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_cast k JOIN (" TYPE_LETTERS
    ") a"
    " ON a.oid " IS " k.castsource JOIN (" TYPE_LETTERS ") b ON b.oid " IS " k.casttarget"
    " WHERE k.oid " USERS " AND a.letter OPERATOR(pg_catalog.<>) 'u' AND b.letter"
    " OPERATOR(pg_catalog.<>) 'u')"
    " OR EXISTS (SELECT 1 FROM pg_catalog.pg_opclass o JOIN (" TYPE_LETTERS ") l ON l.oid " IS
    " o.opcintype"
    " WHERE o.oid " USERS " AND o.opcdefault AND o.opcmethod IN (403, 405) AND l.letter"
    " OPERATOR(pg_catalog.<>) 'u')",
    "SELECT 'X', 'event_triggers' WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_event_trigger e"
    " WHERE e.evtenabled OPERATOR(pg_catalog.<>) 'D')",
    "COMMIT",
};
const size_t sl_catalog_query_count = SL_COUNT(sl_catalog_queries);

const char sl_catalog_session_query[] =
    "SELECT pg_catalog.current_setting('search_path'), CURRENT_USER::pg_catalog.text,"
    " SESSION_USER::pg_catalog.text, pg_catalog.current_setting('standard_conforming_strings'),"
    " pg_catalog.current_setting('client_encoding'),"
    " pg_catalog.current_setting('session_replication_role'), "
    "pg_catalog.current_setting('row_security'),"
    " CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace "
    "OPERATOR(pg_catalog.=)"
    " pg_catalog.pg_my_temp_schema()) OR EXISTS (SELECT 1 FROM pg_catalog.pg_type t WHERE"
    " t.typnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()) THEN 't' ELSE 'f' END,"
    " pg_catalog.current_setting('role'), pg_catalog.pg_backend_pid()::pg_catalog.text";
