/* Definitions of relations: rows P with owner 'r'. */
#include "core/catalog/queries_int.h"

/* clang-format off */

/* 'v': views and materialized views */
const char sl_catalog_query_views[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'v', '0', '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_viewdef(c.oid)")
    FROM_RELATIONS
    THEIR_RELATIONS " AND c.relkind IN ('v', 'm')";

/* 'd': defaults and generation expressions */
const char sl_catalog_query_defaults[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'd',"
    " CASE WHEN a.attgenerated" NE "'' THEN '1' ELSE '0' END, a.attname,"
    " " LOCKING_TEXT("pg_catalog.pg_get_expr(d.adbin, d.adrelid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_attrdef d ON d.adrelid" EQ "c.oid"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "c.oid AND a.attnum" EQ "d.adnum"
    THEIR_RELATIONS;

/* 'k': CHECK and EXCLUDE */
const char sl_catalog_query_constraints[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'k', '0', '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_constraintdef(k.oid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_constraint k ON k.conrelid" EQ "c.oid AND k.contype IN ('c', 'x')"
    THEIR_RELATIONS;

/* 'i': indexes that compute something, or compare by a class or an access method of users */
const char sl_catalog_query_indexes[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'i', '0', '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_indexdef(x.indexrelid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_index x ON x.indrelid" EQ "c.oid"
    " JOIN pg_catalog.pg_class xc ON xc.oid" EQ "x.indexrelid"
    THEIR_RELATIONS " AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL OR xc.relam" OF_USERS
    "  OR EXISTS (SELECT 1 FROM pg_catalog.unnest(x.indclass) o WHERE o" OF_USERS "))";

/* 'm': what the operator classes of users run that its indexes compare by */
const char sl_catalog_query_index_functions[] =
    "SELECT DISTINCT 'P', 'r', n.nspname, c.relname, 'm', '0', fn.nspname, f.proname"
    FROM_RELATIONS
    " JOIN pg_catalog.pg_index x ON x.indrelid" EQ "c.oid"
    " JOIN pg_catalog.pg_opclass o ON o.oid" EQ "ANY (x.indclass) AND o.oid" OF_USERS
    " CROSS JOIN LATERAL (" FUNCTIONS_OF_FAMILY("o.opcfamily") ") part (function)"
    NAMED_FUNCTION("part.function")
    THEIR_RELATIONS;

/* 'i' too: extended statistics */
const char sl_catalog_query_statistics[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'i', '0', '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_statisticsobjdef(s.oid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid" EQ "c.oid"
    THEIR_RELATIONS;

/* 't': triggers that fire; also those of partitions, made after their parent's */
const char sl_catalog_query_triggers[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 't', " CODE_OF("t.tgenabled") "::pg_catalog.text, '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_triggerdef(t.oid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_trigger t ON t.tgrelid" EQ "c.oid"
    THEIR_RELATIONS " AND NOT t.tgisinternal AND t.tgenabled" NE "'D'";

/* 'p': row policies, USING and CHECK each one row; for whom they are does not matter */
const char sl_catalog_query_policies[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'p', " CODE_OF("p.polcmd") "::pg_catalog.text, '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_expr(e.tree, p.polrelid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_policy p ON p.polrelid" EQ "c.oid"
    " CROSS JOIN LATERAL (VALUES (p.polqual), (p.polwithcheck)) e (tree)"
    THEIR_RELATIONS " AND e.tree IS NOT NULL";

/* 'u': rules, but not those that make a view */
const char sl_catalog_query_rules[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'u', " CODE_OF("w.ev_enabled") "::pg_catalog.text, '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_ruledef(w.oid)")
    FROM_RELATIONS
    " JOIN pg_catalog.pg_rewrite w ON w.ev_class" EQ "c.oid"
    THEIR_RELATIONS " AND w.rulename" NE "'_RETURN' AND w.ev_enabled" NE "'D'";

/* 'h': partitions and children by inheritance */
const char sl_catalog_query_children[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'h', '0', hn.nspname, h.relname"
    FROM_RELATIONS
    " JOIN pg_catalog.pg_inherits i ON i.inhparent" EQ "c.oid"
    " JOIN pg_catalog.pg_class h ON h.oid" EQ "i.inhrelid AND h.relpersistence" NE "'t'"
    " JOIN pg_catalog.pg_namespace hn ON hn.oid" EQ "h.relnamespace"
    THEIR_RELATIONS;

/* 'b': the columns that its partition key is made of (the server keeps them as a part of the table);
 * 1: of a key above it, which decided that a row is here */
const char sl_catalog_query_partition_keys[] =
    "SELECT DISTINCT 'P', 'r', n.nspname, c.relname, 'b',"
    " CASE WHEN p.relid" EQ "c.oid THEN '0' ELSE '1' END, a.attname, ''"
    FROM_RELATIONS
    " CROSS JOIN LATERAL pg_catalog.pg_partition_ancestors(c.oid) p (relid)"
    " JOIN pg_catalog.pg_depend d ON d.classid" EQ "'pg_catalog.pg_class'::pg_catalog.regclass"
    "  AND d.objid" EQ "p.relid AND d.objsubid" NE "0 AND d.deptype" EQ "'i'"
    "  AND d.refclassid" EQ "d.classid AND d.refobjid" EQ "p.relid AND d.refobjsubid" EQ "0"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "p.relid AND a.attnum" EQ "d.objsubid"
    THEIR_RELATIONS;

/* 'w': its columns that get what is written to columns of another table, by ON UPDATE CASCADE */
const char sl_catalog_query_carried[] =
    "SELECT DISTINCT 'P', 'r', n.nspname, c.relname, 'w', '0', a.attname, ra.attname"
    FROM_RELATIONS
    " JOIN pg_catalog.pg_constraint k ON k.conrelid" EQ "c.oid AND k.contype" EQ "'f'"
    "  AND k.confupdtype" EQ "'c'"
    " CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) x (own, other)"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "k.conrelid AND a.attnum" EQ "x.own"
    " JOIN pg_catalog.pg_attribute ra ON ra.attrelid" EQ "k.confrelid AND ra.attnum" EQ "x.other"
    THEIR_RELATIONS;

/* 'c': what cascades from here */
const char sl_catalog_query_cascades[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'c',"
    " (" CODE_OF("k.confdeltype") TIMES "256" ADD CODE_OF("k.confupdtype") ")::pg_catalog.text,"
    " hn.nspname, h.relname"
    FROM_RELATIONS
    " JOIN pg_catalog.pg_constraint k ON k.confrelid" EQ "c.oid AND k.contype" EQ "'f'"
    " JOIN pg_catalog.pg_class h ON h.oid" EQ "k.conrelid"
    " JOIN pg_catalog.pg_namespace hn ON hn.oid" EQ "h.relnamespace"
    THEIR_RELATIONS " AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))";

/* 'x': foreign tables */
const char sl_catalog_query_foreign_tables[] =
    "SELECT 'P', 'r', n.nspname, c.relname, 'x', '0', s.srvname, ''"
    FROM_RELATIONS
    " JOIN pg_catalog.pg_foreign_table t ON t.ftrelid" EQ "c.oid"
    " JOIN pg_catalog.pg_foreign_server s ON s.oid" EQ "t.ftserver"
    THEIR_RELATIONS;
/* clang-format on */
