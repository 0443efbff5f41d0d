/* Definitions of what runs: rows P with owner 'f' (functions), 'o' (operators), 'x' (whatever the
 * database runs by itself). */
#include "core/catalog/queries_int.h"

/* clang-format off */

/* Overloads are numbered by the text of their arguments: the same on every server, however they
 * came about. "C" is the order of the bytes. */
#define NUMBERED_FUNCTIONS                                                                         \
    "(SELECT p.*, n.nspname, pg_catalog.row_number() OVER (PARTITION BY n.nspname, p.proname"      \
    "   ORDER BY pg_catalog.pg_get_function_identity_arguments(p.oid) COLLATE pg_catalog.\"C\")"   \
    SUB "1 AS overload"                                                                            \
    " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid" EQ "p.pronamespace"       \
    " WHERE p.oid" OF_USERS " AND " NOT_TEMPORARY ") p"
#define OVERLOAD "p.overload" TIMES "65536"

/* Languages whose bodies a judge can read: they must be the real ones. A server that was upgraded
 * has made its plpgsql itself, so its oid says nothing. */
#define READABLE_LANGUAGE                                                                          \
    "(l.oid" EQ "14 OR (l.lanname" EQ "'plpgsql' AND EXISTS (SELECT 1 FROM pg_catalog.pg_proc h"   \
    " WHERE h.oid" EQ "l.lanplcallfoid AND h.probin" EQ "'$libdir/plpgsql'"                        \
    " AND h.prosrc" EQ "'plpgsql_call_handler')))"

/* 'f': bodies; bits of enum sl_code_flag. A planner's helper of users runs besides the body. */
const char sl_catalog_query_bodies[] =
    "SELECT 'P', 'f', p.nspname, p.proname, 'f', (" OVERLOAD
    ADD "CASE WHEN p.prosecdef THEN 1 ELSE 0 END"
    ADD "CASE WHEN p.proconfig IS NOT NULL THEN 2 ELSE 0 END"
    ADD "CASE p.prokind WHEN 'a' THEN 4 WHEN 'p' THEN 8 WHEN 'w' THEN 16 ELSE 0 END"
    ADD "CASE WHEN p.proretset THEN 32 ELSE 0 END"
    ADD "CASE WHEN p.prorettype IN (2279, 3838) THEN 64 ELSE 0 END"
    ADD "CASE p.provolatile WHEN 'v' THEN 128 WHEN 's' THEN 256 ELSE 0 END)::pg_catalog.text,"
    " l.lanname,"
    " CASE WHEN p.prokind IN ('f', 'p') AND p.prosupport" BUILT_IN " AND " READABLE_LANGUAGE
    "  THEN " LOCKING_TEXT("pg_catalog.pg_get_functiondef(p.oid)") " ELSE '' END"
    " FROM " NUMBERED_FUNCTIONS " JOIN pg_catalog.pg_language l ON l.oid" EQ "p.prolang";

/* 'n': how many arguments a call gives. To CALL, OUT arguments are given too; the columns of a
 * RETURNS TABLE are never. A function has at most 100. */
#define GIVEN_ARGUMENTS                                                                            \
    "CASE WHEN p.prokind" NE "'p' OR p.proargmodes IS NULL THEN p.pronargs::pg_catalog.int4"       \
    " ELSE (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.unnest(p.proargmodes) m"   \
    "  WHERE m" NE "'t') END"
const char sl_catalog_query_arguments[] =
    "SELECT 'P', 'f', p.nspname, p.proname, 'n', (" OVERLOAD
    ADD "((given.n" SUB "p.pronargdefaults)" TIMES "256)"
    ADD "CASE WHEN p.provariadic" NE "0 THEN 255 ELSE given.n END)::pg_catalog.text, '', ''"
    " FROM " NUMBERED_FUNCTIONS " CROSS JOIN LATERAL (SELECT " GIVEN_ARGUMENTS ") given (n)";

/* 'e': functions that came with an extension */
const char sl_catalog_query_extension_functions[] =
    "SELECT 'P', 'f', p.nspname, p.proname, 'e', (" OVERLOAD ")::pg_catalog.text, e.extname, ''"
    " FROM " NUMBERED_FUNCTIONS
    " JOIN pg_catalog.pg_depend d ON d.classid" EQ "'pg_catalog.pg_proc'::pg_catalog.regclass"
    "  AND d.objid" EQ "p.oid AND d.deptype" EQ "'e'"
    " JOIN pg_catalog.pg_extension e ON e.oid" EQ "d.refobjid"
    " WHERE d.refclassid" EQ "'pg_catalog.pg_extension'::pg_catalog.regclass";

/* 'g': what an aggregate calls, also the function behind its sort operator (min and max) */
const char sl_catalog_query_aggregates[] =
    "SELECT 'P', 'f', p.nspname, p.proname, 'g', (" OVERLOAD ")::pg_catalog.text,"
    " fn.nspname, f.proname"
    " FROM " NUMBERED_FUNCTIONS
    " JOIN pg_catalog.pg_aggregate a ON a.aggfnoid" EQ "p.oid"
    " LEFT JOIN pg_catalog.pg_operator o ON o.oid" EQ "a.aggsortop"
    " CROSS JOIN LATERAL (VALUES (a.aggtransfn), (a.aggfinalfn), (a.aggcombinefn), (a.aggserialfn),"
    "  (a.aggdeserialfn), (a.aggmtransfn), (a.aggminvtransfn), (a.aggmfinalfn), (o.oprcode))"
    "  part (function)"
    NAMED_FUNCTION("part.function");

/* 'o': the function behind an operator, and those that the server may call in its place: NOT a < b
 * is a >= b, b > a is a < b, and who sorts, hashes or merges by it runs the functions of its families.
 * Whether the planner calls functions of users for it, and whether it takes values of users' own types
 * alone */
const char sl_catalog_query_operators[] =
    "SELECT DISTINCT 'P', 'o', n.nspname, o.oprname, 'o', (CASE o.oprkind WHEN 'l' THEN 1 ELSE 2 END"
    ADD "CASE WHEN o.oprrest" OF_USERS " OR o.oprjoin" OF_USERS " THEN 16 ELSE 0 END"
    ADD "CASE WHEN r.letter" EQ "'u' AND (o.oprkind" EQ "'l' OR l.letter" EQ "'u')"
    "  THEN 32 ELSE 0 END)::pg_catalog.text, fn.nspname, f.proname"
    " FROM pg_catalog.pg_operator o"
    " JOIN pg_catalog.pg_namespace n ON n.oid" EQ "o.oprnamespace"
    " LEFT JOIN (" TYPE_LETTERS ") l ON l.oid" EQ "o.oprleft"
    " LEFT JOIN (" TYPE_LETTERS ") r ON r.oid" EQ "o.oprright"
    " LEFT JOIN pg_catalog.pg_operator opposite ON opposite.oid" EQ "o.oprnegate"
    " LEFT JOIN pg_catalog.pg_operator turned ON turned.oid" EQ "o.oprcom"
    " CROSS JOIN LATERAL (VALUES (o.oprcode), (opposite.oprcode), (turned.oprcode)"
    "  UNION ALL SELECT m.function FROM pg_catalog.pg_amop a"
    "  CROSS JOIN LATERAL (" FUNCTIONS_OF_FAMILY("a.amopfamily") ") m (function)"
    "  WHERE a.amopopr IN (o.oid, o.oprnegate, o.oprcom) AND a.amopmethod IN (403, 405)"
    "  ) part (function)"
    NAMED_FUNCTION("part.function")
    " WHERE (o.oid" OF_USERS " OR o.oprnegate" OF_USERS " OR o.oprcom" OF_USERS ") AND " NOT_TEMPORARY;

/* 'a': functions of casts; 256: one of its types is users' own */
const char sl_catalog_query_casts[] =
    "SELECT 'P', 'x', 'x', 'x', 'a', (" CODE_OF("k.castcontext")
    ADD "CASE WHEN a.letter" EQ "'u' OR b.letter" EQ "'u' THEN 256 ELSE 0 END)::pg_catalog.text,"
    " fn.nspname, f.proname"
    " FROM pg_catalog.pg_cast k"
    " JOIN (" TYPE_LETTERS ") a ON a.oid" EQ "k.castsource"
    " JOIN (" TYPE_LETTERS ") b ON b.oid" EQ "k.casttarget"
    NAMED_FUNCTION("k.castfunc")
    " WHERE k.oid" OF_USERS;

/* 'o': what sorts and hashes values by default: support functions and the functions behind the
 * operators, of default classes of users and of what users put into built-in ones. The classes of
 * other access methods run only where an index names them (queries_relation.c). */
const char sl_catalog_query_operator_classes[] =
    "SELECT DISTINCT 'P', 'x', 'x', 'x', 'o',"
    " CASE WHEN a.letter" EQ "'u' OR b.letter" EQ "'u' THEN '256' ELSE '0' END,"
    " fn.nspname, f.proname"
    " FROM (SELECT s.oid, s.amprocfamily, s.amproc::pg_catalog.oid, s.amproclefttype,"
    "   s.amprocrighttype FROM pg_catalog.pg_amproc s"
    "  UNION ALL SELECT s.oid, s.amopfamily, o.oprcode::pg_catalog.oid, s.amoplefttype,"
    "   s.amoprighttype FROM pg_catalog.pg_amop s"
    "  JOIN pg_catalog.pg_operator o ON o.oid" EQ "s.amopopr) m (oid, family, function, \"left\", \"right\")"
    " JOIN (" TYPE_LETTERS ") a ON a.oid" EQ "m.\"left\""
    " JOIN (" TYPE_LETTERS ") b ON b.oid" EQ "m.\"right\""
    " JOIN pg_catalog.pg_opfamily y ON y.oid" EQ "m.family AND y.opfmethod IN (403, 405)"
    NAMED_FUNCTION("m.function")
    " WHERE m.oid" OF_USERS " AND (y.oid" BUILT_IN
    "  OR EXISTS (SELECT 1 FROM pg_catalog.pg_opclass c WHERE c.oid" OF_USERS
    "  AND c.opcdefault AND c.opcfamily" EQ "y.oid))";

/* 't': what DDL runs */
const char sl_catalog_query_event_triggers[] =
    "SELECT 'P', 'x', 'x', 'x', 't', " CODE_OF("e.evtenabled") "::pg_catalog.text,"
    " fn.nspname, f.proname"
    " FROM pg_catalog.pg_event_trigger e"
    NAMED_FUNCTION("e.evtfoid")
    " WHERE e.evtenabled" NE "'D'";

/* 'v': the server's version */
const char sl_catalog_query_version[] =
    "SELECT 'P', 'x', 'x', 'x', 'v', pg_catalog.current_setting('server_version_num'), '', ''";
/* clang-format on */
