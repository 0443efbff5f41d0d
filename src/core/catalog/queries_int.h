/* What the listing's questions share. Private to core/catalog.
 *
 * Every name is written with its schema and every operator between built-in types, so that nothing
 * in a search_path can stand in for it; the search_path is emptied first all the same. Objects with
 * an oid from 16384 on were made by users (FirstNormalObjectId).
 *
 * One line of SQL is one line here, one question one paragraph: clang-format stays away.
 */
#ifndef SL_CORE_CATALOG_QUERIES_INT_H
#define SL_CORE_CATALOG_QUERIES_INT_H

#include "core/catalog/catalog.h"

/* clang-format off */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "
#define ADD " OPERATOR(pg_catalog.+) "
#define SUB " OPERATOR(pg_catalog.-) "
#define TIMES " OPERATOR(pg_catalog.*) "
#define OF_USERS " OPERATOR(pg_catalog.>=) 16384"
#define BUILT_IN " OPERATOR(pg_catalog.<) 16384"
#define CODE_OF(letter) "pg_catalog.ascii((" letter ")::pg_catalog.text)"

/* What a session keeps for itself would change the listing all the time. */
#define NOT_TEMPORARY "n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast_)?temp_'"

#define OUR_RELATIONS                                                                              \
    "c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence" NE "'t'"                    \
    " AND (n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') OR c.oid" OF_USERS ")"

/* To see some texts the server locks the tables that they speak of. Where somebody keeps one locked
 * (DDL in an open transaction), the listing is read without such texts. What is longer than
 * SL_CATALOG_MAX_TEXT does not even leave the server. */
#define TEXTS_WANTED "pg_catalog.current_setting('sluice.texts')" EQ "'on'"
#define LOCKING_TEXT(text)                                                                         \
    "CASE WHEN " TEXTS_WANTED " THEN (SELECT CASE WHEN pg_catalog.octet_length(x.t)"               \
    " OPERATOR(pg_catalog.>) 1048576 THEN '' ELSE x.t END FROM (SELECT " text " OFFSET 0) x (t))"  \
    " ELSE '' END"

/* The beginning of every definition of a relation `c` in schema `n`. */
#define FROM_RELATIONS                                                                             \
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace"
#define THEIR_RELATIONS " WHERE c.oid" OF_USERS " AND " OUR_RELATIONS

/* Schema and name of the function with the oid `function`, as the last two fields of a row. */
#define NAMED_FUNCTION(function)                                                                   \
    " JOIN pg_catalog.pg_proc f ON f.oid" EQ function                                              \
    " JOIN pg_catalog.pg_namespace fn ON fn.oid" EQ "f.pronamespace"
/* What users put into operator families: support functions, and the functions behind the operators. */
#define FUNCTIONS_OF_FAMILY(family)                                                                \
    "SELECT s.amproc FROM pg_catalog.pg_amproc s"                                                  \
    " WHERE s.amprocfamily" EQ family " AND s.oid" OF_USERS                                        \
    " UNION ALL SELECT p.oprcode FROM pg_catalog.pg_amop y"                                        \
    " JOIN pg_catalog.pg_operator p ON p.oid" EQ "y.amopopr"                                       \
    " WHERE y.amopfamily" EQ family " AND y.oid" OF_USERS

/* Letters of enum sl_column_type for the type with this oid: its own, or that of its elements. */
#define TYPE_LETTERS                                                                               \
    "SELECT t.oid, CASE"                                                                           \
    " WHEN t.oid IN (24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191) THEN 'r'"     \
    " WHEN t.oid IN (1008, 2207, 2208, 2209, 2210, 2211, 3735, 3770, 4090, 4097, 4192) THEN 'r'"   \
    " WHEN t.typtype" EQ "'c' OR e.typtype" EQ "'c' THEN 'u'"                                      \
    " WHEN t.oid" BUILT_IN " THEN 'b'"                                                             \
    " WHEN t.typtype" EQ "'e' OR (t.typcategory" EQ "'A' AND e.typtype" EQ "'e') THEN 'e'"         \
    " WHEN t.typtype" EQ "'d' AND t.typbasetype" BUILT_IN " THEN 'd'"                              \
    " ELSE 'u' END AS letter"                                                                      \
    " FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid" EQ "t.typelem"
/* clang-format on */

extern const char sl_catalog_query_views[], sl_catalog_query_defaults[],
    sl_catalog_query_constraints[], sl_catalog_query_indexes[], sl_catalog_query_statistics[],
    sl_catalog_query_triggers[], sl_catalog_query_policies[], sl_catalog_query_rules[],
    sl_catalog_query_children[], sl_catalog_query_cascades[], sl_catalog_query_foreign_tables[],
    sl_catalog_query_index_functions[], sl_catalog_query_partition_keys[],
    sl_catalog_query_carried[];
extern const char sl_catalog_query_bodies[], sl_catalog_query_arguments[],
    sl_catalog_query_extension_functions[], sl_catalog_query_aggregates[],
    sl_catalog_query_operators[], sl_catalog_query_casts[], sl_catalog_query_operator_classes[],
    sl_catalog_query_event_triggers[], sl_catalog_query_version[];
extern const char sl_catalog_query_types[], sl_catalog_query_domain_checks[],
    sl_catalog_query_base_types[], sl_catalog_query_type_functions[];

#endif
