/* The listing: names, columns, what is not plain (rows R, C, N, X); the order of all questions. */
#include "core/catalog/queries_int.h"

/* clang-format off */


/* Things of users that an expression of `classid` `objid` uses. Enum types run no code. */
#define USES_CODE(classid, objid)                                                                  \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_depend d LEFT JOIN pg_catalog.pg_type dt"                 \
    " ON d.refclassid" EQ "'pg_catalog.pg_type'::pg_catalog.regclass AND dt.oid" EQ "d.refobjid"   \
    " WHERE d.classid" EQ "'pg_catalog." classid "'::pg_catalog.regclass AND d.objid" EQ objid     \
    " AND d.refobjid" OF_USERS                                                                     \
    " AND d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,"                             \
    " 'pg_catalog.pg_operator'::pg_catalog.regclass, "                                             \
    "'pg_catalog.pg_opclass'::pg_catalog.regclass,"                                                \
    " 'pg_catalog.pg_opfamily'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass)"   \
    " AND (dt.typtype IS NULL OR dt.typtype" NE "'e'))"

/* The problems of a relation: letters of build_rows.c, in any order */
#define HAS_RULES                                                                                  \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite w WHERE w.ev_class" EQ "c.oid"                    \
    " AND w.rulename" NE "'_RETURN' AND w.ev_enabled" NE "'D')"
#define INHERITS                                                                                   \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i"                                               \
    " WHERE i.inhrelid" EQ "c.oid OR i.inhparent" EQ "c.oid)"
#define INDEX_RUNS_CODE                                                                            \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class xc"                      \
    " ON xc.oid" EQ "x.indexrelid WHERE x.indrelid" EQ "c.oid AND (xc.relam" OF_USERS              \
    " OR EXISTS (SELECT 1 FROM pg_catalog.unnest(x.indclass) o WHERE o" OF_USERS ")"               \
    " OR " USES_CODE("pg_class", "x.indexrelid") "))"
#define CONSTRAINT_RUNS_CODE                                                                       \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid" EQ "c.oid"                 \
    " AND " USES_CODE("pg_constraint", "k.oid") ")"
#define STATISTICS_RUN_CODE                                                                        \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid" EQ "c.oid"              \
    " AND " USES_CODE("pg_statistic_ext", "s.oid") ")"
#define DEFAULT_RUNS_CODE                                                                          \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_attrdef a WHERE a.adrelid" EQ "c.oid"                     \
    " AND " USES_CODE("pg_attrdef", "a.oid") ")"
#define HAS_TRIGGERS                                                                               \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid" EQ "c.oid"                     \
    " AND NOT t.tgisinternal AND t.tgenabled" NE "'D')"
#define IS_CASCADED_FROM                                                                           \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.confrelid" EQ "c.oid"                \
    " AND k.contype" EQ "'f'"                                                                      \
    " AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('c', 'n', 'd')))"

/* Which partition a row is in: the planner asks, too, and for a partition itself its bounds */
#define PARTITIONS_RUN_CODE                                                                        \
    "EXISTS (SELECT 1 FROM pg_catalog.pg_partitioned_table b"                                      \
    " WHERE (b.partrelid" EQ "c.oid OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i"             \
    "  WHERE i.inhrelid" EQ "c.oid AND i.inhparent" EQ "b.partrelid))"                             \
    " AND (EXISTS (SELECT 1 FROM pg_catalog.unnest(b.partclass) o WHERE o" OF_USERS ")"            \
    "  OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend d"                                            \
    "   WHERE d.classid" EQ "'pg_catalog.pg_class'::pg_catalog.regclass"                           \
    "   AND d.objid" EQ "b.partrelid AND d.refobjid" OF_USERS                                      \
    "   AND d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,"                           \
    "   'pg_catalog.pg_operator'::pg_catalog.regclass))))"

/* R schema name kind problems oid */
static const char relations[] =
    "SELECT 'R', n.nspname, c.relname, c.relkind::pg_catalog.text, pg_catalog.concat("
    " CASE WHEN c.relrowsecurity THEN 's' END,"
    " CASE WHEN " HAS_RULES " THEN 'u' END,"
    " CASE WHEN c.relispartition THEN 'p' END,"
    " CASE WHEN " INHERITS " THEN 'h' END,"
    " CASE WHEN (c.relkind" EQ "'r' AND c.relam" OF_USERS ") OR " PARTITIONS_RUN_CODE
    "  THEN 'k' END,"
    " CASE WHEN " INDEX_RUNS_CODE " OR " CONSTRAINT_RUNS_CODE " OR " STATISTICS_RUN_CODE
    "  THEN 'i' END,"
    " CASE WHEN " DEFAULT_RUNS_CODE " THEN 'd' END,"
    " CASE WHEN " HAS_TRIGGERS " THEN 't' END,"
    " CASE WHEN " IS_CASCADED_FROM " THEN 'c' END),"
    " c.oid::pg_catalog.text"
    FROM_RELATIONS
    " WHERE " OUR_RELATIONS;

/* C schema relation number column type */
static const char columns[] =
    "SELECT 'C', n.nspname, c.relname, a.attnum::pg_catalog.text, a.attname, l.letter"
    FROM_RELATIONS
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "c.oid"
    " JOIN (" TYPE_LETTERS ") l ON l.oid" EQ "a.atttypid"
    " WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND " OUR_RELATIONS;

/* N kind schema name */
static const char function_names[] =
    "SELECT DISTINCT 'N', 'f', n.nspname, p.proname FROM pg_catalog.pg_proc p"
    " JOIN pg_catalog.pg_namespace n ON n.oid" EQ "p.pronamespace"
    " WHERE p.oid" OF_USERS " AND " NOT_TEMPORARY;
static const char operator_names[] =
    "SELECT DISTINCT 'N', 'o', n.nspname, o.oprname FROM pg_catalog.pg_operator o"
    " JOIN pg_catalog.pg_namespace n ON n.oid" EQ "o.oprnamespace"
    " WHERE (o.oid" OF_USERS " OR o.oprnegate" OF_USERS " OR o.oprcom" OF_USERS ") AND " NOT_TEMPORARY;
static const char type_names[] =
    "SELECT DISTINCT 'N', CASE WHEN t.typtype" EQ "'e' THEN 'e' ELSE 't' END, n.nspname, t.typname"
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid" EQ "t.typnamespace"
    " WHERE t.oid" OF_USERS " AND t.typcategory" NE "'A' AND " NOT_TEMPORARY;
static const char schema_names[] =
    "SELECT 'N', 's', n.nspname, n.nspname FROM pg_catalog.pg_namespace n WHERE " NOT_TEMPORARY;

/* X fact */
static const char user_casts[] =
    "SELECT 'X', 'user_casts' WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_cast k"
    " JOIN (" TYPE_LETTERS ") a ON a.oid" EQ "k.castsource"
    " JOIN (" TYPE_LETTERS ") b ON b.oid" EQ "k.casttarget"
    " WHERE k.oid" OF_USERS " AND a.letter" NE "'u' AND b.letter" NE "'u')"
    " OR EXISTS (SELECT 1 FROM pg_catalog.pg_opclass o"
    " JOIN (" TYPE_LETTERS ") l ON l.oid" EQ "o.opcintype"
    " WHERE o.oid" OF_USERS " AND o.opcdefault AND o.opcmethod IN (403, 405)"
    " AND l.letter" NE "'u')";
static const char event_triggers[] =
    "SELECT 'X', 'event_triggers' WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_event_trigger e"
    " WHERE e.evtenabled" NE "'D')";

/* How the server writes values into definitions does not depend on the login's own settings, and a
 * locked table or a slow server does not keep the reader for long. */
#define SETTINGS(texts)                                                                            \
    "SET LOCAL search_path = pg_catalog; SET LOCAL sluice.texts = '" texts "';"                    \
    " SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = '20s';"                      \
    " SET LOCAL jit = off; SET LOCAL quote_all_identifiers = off;"                                 \
    " SET LOCAL standard_conforming_strings = on; SET LOCAL DateStyle = 'ISO, YMD';"               \
    " SET LOCAL IntervalStyle = postgres; SET LOCAL TimeZone = 'UTC';"                             \
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex"
const char sl_catalog_without_texts[] = SETTINGS("off");

const char *const sl_catalog_queries[] = {
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    SETTINGS("on"),
    relations,
    columns,
    function_names,
    operator_names,
    type_names,
    schema_names,
    user_casts,
    event_triggers,
    sl_catalog_query_views,
    sl_catalog_query_defaults,
    sl_catalog_query_constraints,
    sl_catalog_query_indexes,
    sl_catalog_query_index_functions,
    sl_catalog_query_statistics,
    sl_catalog_query_triggers,
    sl_catalog_query_policies,
    sl_catalog_query_rules,
    sl_catalog_query_children,
    sl_catalog_query_partition_keys,
    sl_catalog_query_cascades,
    sl_catalog_query_carried,
    sl_catalog_query_foreign_tables,
    sl_catalog_query_bodies,
    sl_catalog_query_arguments,
    sl_catalog_query_extension_functions,
    sl_catalog_query_aggregates,
    sl_catalog_query_operators,
    sl_catalog_query_casts,
    sl_catalog_query_operator_classes,
    sl_catalog_query_event_triggers,
    sl_catalog_query_version,
    sl_catalog_query_types,
    sl_catalog_query_domain_checks,
    sl_catalog_query_base_types,
    sl_catalog_query_type_functions,
    "COMMIT",
};
const size_t sl_catalog_query_count = SL_COUNT(sl_catalog_queries);
/* clang-format on */

/* clang-format off */
/* What decides how a literal is read, how values compare, and which rows are seen. */
#define SAID(name) "'" name "=', pg_catalog.current_setting('" name "')"
#define NEXT ", '; ',"
#define WHAT_VALUES_MEAN                                                                           \
    "pg_catalog.concat(" SAID("DateStyle") NEXT SAID("IntervalStyle") NEXT \
    SAID("TimeZone") NEXT SAID("timezone_abbreviations") NEXT \
    SAID("transform_null_equals") NEXT SAID("row_security") NEXT \
    SAID("array_nulls") NEXT SAID("backslash_quote") NEXT \
    SAID("bytea_output") NEXT SAID("extra_float_digits") NEXT \
    SAID("default_text_search_config") NEXT SAID("lc_monetary") NEXT \
    SAID("lc_numeric") NEXT SAID("lc_time") NEXT \
    SAID("xmloption") NEXT SAID("xmlbinary") ")"

/* What the session has in its own schema may stand in for relations and types of these names, never
 * for functions or operators. Names that are not plain ASCII are not spelt out: a client encoding
 * may not have them. */
#define OWN_NAMES                                                                                  \
    "CASE WHEN pg_catalog.pg_my_temp_schema()" EQ "'0'::pg_catalog.oid THEN '' ELSE (SELECT"       \
    " CASE WHEN pg_catalog.count(*)" EQ "0 THEN ''"                                                \
    "  WHEN pg_catalog.count(*) OPERATOR(pg_catalog.>) 256 OR pg_catalog.bool_or(x.name"           \
    "   COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.!~) '^[ -.0-~]+$') THEN '*'"                  \
    "  ELSE pg_catalog.concat('/', pg_catalog.string_agg(x.name, '/'), '/') END"                   \
    " FROM (SELECT c.relname::pg_catalog.text AS name FROM pg_catalog.pg_class c"                  \
    "  WHERE c.relnamespace" EQ "pg_catalog.pg_my_temp_schema()"                                   \
    " UNION SELECT t.typname::pg_catalog.text FROM pg_catalog.pg_type t"                           \
    "  WHERE t.typnamespace" EQ "pg_catalog.pg_my_temp_schema()) x) END"
/* clang-format on */
const char sl_catalog_session_query[] =
    "SELECT pg_catalog.current_setting('search_path'), CURRENT_USER::pg_catalog.text,"
    " SESSION_USER::pg_catalog.text, pg_catalog.current_setting('standard_conforming_strings'),"
    " pg_catalog.current_setting('client_encoding'),"
    " pg_catalog.current_setting('session_replication_role'), " WHAT_VALUES_MEAN ","
    " " OWN_NAMES ","
    " pg_catalog.current_setting('role'), pg_catalog.pg_backend_pid()::pg_catalog.text";
