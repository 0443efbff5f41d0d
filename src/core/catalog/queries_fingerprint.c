/* One question that tells, in one row, whether anything moved that the listing holds. */
#include "core/catalog/queries_int.h"

/* clang-format off */

/* A row of a system catalog that is changed has another place and another xmin afterwards, so the
 * two stand for the whole row: how many rows there are, and all of them mixed. What VACUUM and
 * ANALYZE write in place moves neither, and the listing takes nothing from it. */
#define MARK(catalog, rows)                                                                        \
    " SELECT '" catalog "', pg_catalog.count(*),"                                                  \
    " pg_catalog.bit_xor(pg_catalog.hash_record_extended(ROW(x.xmin, x.ctid), 0))"                 \
    " FROM pg_catalog." catalog " x " rows
#define MARK_OF_USERS(catalog) MARK(catalog, "WHERE x.oid" OF_USERS)

/* Sessions' own tables come and go all the time. */
#define LASTING(key)                                                                               \
    "JOIN pg_catalog.pg_class c ON c.oid" EQ key " AND c.relpersistence" NE "'t'"                  \
    " WHERE " key OF_USERS
#define LASTING_TYPES                                                                              \
    "LEFT JOIN pg_catalog.pg_class c ON c.oid" EQ "x.typrelid"                                     \
    " LEFT JOIN pg_catalog.pg_type e ON e.oid" EQ "x.typelem"                                      \
    " LEFT JOIN pg_catalog.pg_class ec ON ec.oid" EQ "e.typrelid"                                  \
    " WHERE x.oid" OF_USERS " AND c.relpersistence IS DISTINCT FROM 't'"                           \
    " AND ec.relpersistence IS DISTINCT FROM 't'"

const char sl_catalog_fingerprint_query[] =
    "SELECT pg_catalog.md5(pg_catalog.string_agg(ROW(m.*)::pg_catalog.text, ' '"
    " ORDER BY m.catalog COLLATE pg_catalog.\"C\")) FROM ("
    MARK("pg_class", "WHERE x.oid" OF_USERS " AND x.relpersistence" NE "'t'"
         " AND x.relkind" NE "'t'")
    " UNION ALL" MARK("pg_attribute", LASTING("x.attrelid")
                      " AND x.attnum OPERATOR(pg_catalog.>) 0")
    " UNION ALL" MARK("pg_attrdef", LASTING("x.adrelid"))
    " UNION ALL" MARK("pg_index", LASTING("x.indrelid"))
    " UNION ALL" MARK("pg_inherits", LASTING("x.inhrelid"))
    " UNION ALL" MARK("pg_rewrite", LASTING("x.ev_class"))
    " UNION ALL" MARK("pg_trigger", LASTING("x.tgrelid"))
    " UNION ALL" MARK("pg_constraint", "LEFT JOIN pg_catalog.pg_class c ON c.oid" EQ "x.conrelid"
                      " WHERE x.oid" OF_USERS " AND c.relpersistence IS DISTINCT FROM 't'")
    " UNION ALL" MARK("pg_type", LASTING_TYPES)
    " UNION ALL" MARK("pg_namespace", "WHERE x.nspname"
                      " OPERATOR(pg_catalog.!~) '^pg_(toast_)?temp_'")
    " UNION ALL" MARK("pg_depend", "WHERE x.deptype" EQ "'e'")
    " UNION ALL" MARK("pg_aggregate", "WHERE x.aggfnoid::pg_catalog.oid" OF_USERS)
    " UNION ALL" MARK("pg_foreign_table", "")
    " UNION ALL" MARK("pg_range", "WHERE x.rngtypid" OF_USERS)
    " UNION ALL" MARK_OF_USERS("pg_policy")
    " UNION ALL" MARK_OF_USERS("pg_statistic_ext")
    " UNION ALL" MARK_OF_USERS("pg_foreign_server")
    " UNION ALL" MARK_OF_USERS("pg_event_trigger")
    " UNION ALL" MARK_OF_USERS("pg_proc")
    " UNION ALL" MARK_OF_USERS("pg_operator")
    " UNION ALL" MARK_OF_USERS("pg_cast")
    " UNION ALL" MARK_OF_USERS("pg_opclass")
    " UNION ALL" MARK_OF_USERS("pg_opfamily")
    " UNION ALL" MARK_OF_USERS("pg_amproc")
    " UNION ALL" MARK_OF_USERS("pg_amop")
    " UNION ALL" MARK_OF_USERS("pg_am")
    " UNION ALL" MARK_OF_USERS("pg_collation")
    " UNION ALL" MARK_OF_USERS("pg_ts_config")
    " UNION ALL" MARK_OF_USERS("pg_language")
    " UNION ALL" MARK("pg_extension", "")
    ") m (catalog, n, mixed)";

const char sl_catalog_sizes_query[] =
    "SELECT pg_catalog.concat(n.nspname, '.', c.relname), c.reltuples::pg_catalog.int8"
    FROM_RELATIONS " WHERE c.oid" OF_USERS " AND c.relkind IN ('r', 'p', 'm')"
    " AND c.relpersistence" NE "'t' AND c.reltuples OPERATOR(pg_catalog.>=) 0::pg_catalog.float4"
    " ORDER BY c.reltuples DESC LIMIT 100000";
/* clang-format on */
