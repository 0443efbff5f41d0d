/* Definitions of types: rows P with owner 't'. Arrays are of the type of their elements. */
#include "core/catalog/queries_int.h"

/* clang-format off */
#define FROM_TYPES                                                                                 \
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid" EQ "t.typnamespace"
#define THEIR_TYPES                                                                                \
    " WHERE t.oid" OF_USERS " AND t.typcategory" NE "'A' AND " NOT_TEMPORARY
#define FROM_RANGES                                                                                \
    " JOIN pg_catalog.pg_range r ON t.oid" EQ "r.rngtypid OR t.oid" EQ "r.rngmultitypid"

/* 'y': what it is, and whether it came with an extension */
const char sl_catalog_query_types[] =
    "SELECT 'P', 't', n.nspname, t.typname, 'y', '0', t.typtype::pg_catalog.text,"
    " COALESCE((SELECT e.extname FROM pg_catalog.pg_depend d"
    "  JOIN pg_catalog.pg_extension e ON e.oid" EQ "d.refobjid"
    "  WHERE d.classid" EQ "'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid" EQ "t.oid"
    "  AND d.refclassid" EQ "'pg_catalog.pg_extension'::pg_catalog.regclass"
    "  AND d.deptype" EQ "'e' LIMIT 1), '')"
    FROM_TYPES
    THEIR_TYPES;

/* 'k': CHECK of a domain */
const char sl_catalog_query_domain_checks[] =
    "SELECT 'P', 't', n.nspname, t.typname, 'k', '0', '',"
    " " LOCKING_TEXT("pg_catalog.pg_get_constraintdef(k.oid)")
    FROM_TYPES
    " JOIN pg_catalog.pg_constraint k ON k.contypid" EQ "t.oid AND k.contype" EQ "'c'"
    THEIR_TYPES;

/* 'b': what a domain or a range (and its multirange) is made over */
const char sl_catalog_query_base_types[] =
    "SELECT 'P', 't', n.nspname, t.typname, 'b', '0', bn.nspname, b.typname"
    FROM_TYPES
    " LEFT" FROM_RANGES
    " JOIN pg_catalog.pg_type b ON b.oid" EQ "COALESCE(r.rngsubtype, t.typbasetype)"
    " JOIN pg_catalog.pg_namespace bn ON bn.oid" EQ "b.typnamespace"
    THEIR_TYPES " AND t.typtype IN ('d', 'r', 'm')";

/* 'f': functions of users that every use of the type runs, those that compare a range's bounds
 * included */
const char sl_catalog_query_type_functions[] =
    "SELECT DISTINCT 'P', 't', n.nspname, t.typname, 'f', '0', fn.nspname, f.proname"
    FROM_TYPES
    " LEFT" FROM_RANGES
    " LEFT JOIN pg_catalog.pg_opclass o ON o.oid" EQ "r.rngsubopc"
    " CROSS JOIN LATERAL (VALUES (t.typinput), (t.typoutput), (t.typreceive), (t.typsend),"
    "  (t.typmodin), (t.typmodout), (t.typanalyze), (t.typsubscript), (r.rngcanonical),"
    "  (r.rngsubdiff)"
    "  UNION ALL SELECT s.amproc FROM pg_catalog.pg_amproc s WHERE s.amprocfamily" EQ "o.opcfamily"
    "  ) part (function)"
    NAMED_FUNCTION("part.function")
    THEIR_TYPES " AND f.oid" OF_USERS;
/* clang-format on */
