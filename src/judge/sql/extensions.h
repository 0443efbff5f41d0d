/* Extensions whose C functions were reviewed, one line for each pattern of function names with the
 * reason; the first line that fits counts. Only code in C is believed by this table: what an
 * extension brings in SQL or PL/pgSQL is read like any other body, for whoever owns an extension
 * may add functions to it, but not functions in C.
 *
 * An extension or function without a line is opaque.
 */
#ifndef SL_JUDGE_SQL_EXTENSIONS_H
#define SL_JUDGE_SQL_EXTENSIONS_H

#include "base/span.h"

struct review {
    uint32_t effects; /* of enum sl_effect; none: it only computes */
};

/* NULL: not reviewed. */
const struct review *extension_review(struct sl_span extension, struct sl_span function);
/* Operator classes of these extensions, and built-in ones. Only a superuser can make one, so the
 * name is enough. */
bool extension_operator_class(struct sl_span name);

/* clang-format off */
#define SL_EXTENSIONS(X)                                                                                          \
    X("adminpack",        "*",             PROGRAM,          "writes, renames and lists files of the server")     \
    X("amcheck",          "*",             ADMIN,            "reads whole tables and indexes to check them")      \
    X("autoinc",          "*",             UPDATE,           "its trigger advances the sequence it is given")     \
    X("bloom",            "*",             PURE,             "an index access method")                            \
    X("btree_gin",        "*",             PURE,             "compares values in an index")                       \
    X("btree_gist",       "*",             PURE,             "compares values in an index")                       \
    X("citext",           "*",             PURE,             "compares text without case")                        \
    X("cube",             "*",             PURE,             "computes with cubes")                               \
    X("dblink",           "*",             PROGRAM | OPAQUE, "runs any SQL on any server")                        \
    X("dict_int",         "*",             PURE,             "a text search dictionary")                          \
    X("dict_xsyn",        "*",             PURE,             "a text search dictionary of the server's own files") \
    X("earthdistance",    "*",             PURE,             "computes distances")                                \
    X("file_fdw",         "*",             PROGRAM,          "reads files and runs programs of the server")       \
    X("fuzzystrmatch",    "*",             PURE,             "compares text by its sound")                        \
    X("hstore",           "populate_record", OPAQUE,         "makes values of any type, whose checks run")        \
    X("hstore",           "*",             PURE,             "computes with key/value pairs")                     \
    X("insert_username",  "*",             PURE,             "its trigger puts the user's name into the row")     \
    X("intagg",           "*",             PURE,             "gathers and unfolds arrays")                        \
    X("intarray",         "*",             PURE,             "computes with arrays of integers")                  \
    X("isn",              "isn_weak",      SESSION,          "sets how strictly numbers are read")                \
    X("isn",              "*",             PURE,             "checks and formats product numbers")                \
    X("lo",               "*",             UPDATE,           "its trigger unlinks large objects")                 \
    X("ltree",            "*",             PURE,             "computes with label paths")                         \
    X("moddatetime",      "*",             PURE,             "its trigger puts the time into the row")            \
    X("old_snapshot",     "*",             ADMIN,            "shows the server's snapshots")                      \
    X("pageinspect",      "*",             ADMIN | OPAQUE,   "shows the raw pages of any table")                  \
    X("pg_buffercache",   "*",             ADMIN,            "shows the server's memory")                         \
    X("pg_freespacemap",  "*",             ADMIN,            "shows the free space of any table")                 \
    X("pg_prewarm",       "*",             ADMIN,            "loads any table into memory")                       \
    X("pg_stat_statements", "*",           ADMIN | OPAQUE,   "shows what other sessions run")                     \
    X("pg_surgery",       "*",             ADMIN | OPAQUE,   "changes rows behind every check")                   \
    X("pg_trgm",          "set_limit",     SESSION,          "sets a threshold of the session")                   \
    X("pg_trgm",          "*",             PURE,             "compares text by trigrams")                         \
    X("pg_visibility",    "*",             ADMIN,            "shows and empties the visibility map")              \
    X("pg_walinspect",    "*",             ADMIN | OPAQUE,   "shows what others wrote")                           \
    X("pgcrypto",         "*",             PURE,             "hashes, encrypts, makes random bytes")              \
    X("pgrowlocks",       "*",             ADMIN,            "shows who locks which rows")                        \
    X("pgstattuple",      "*",             ADMIN,            "reads whole tables to count")                       \
    X("postgis",          "st_estimatedextent", OPAQUE,      "shows statistics of any table")                     \
    X("postgis",          "_postgis_*",    OPAQUE,           "shows statistics of any table")                     \
    X("postgis",          "st_fromflatgeobuf*", OPAQUE,      "makes values of any type, whose checks run")        \
    X("postgis",          "st_*",          PURE,             "computes with shapes")                              \
    X("postgis",          "_st_*",         PURE,             "computes with shapes")                              \
    X("postgis",          "pgis_*",        PURE,             "steps of aggregates over shapes")                   \
    X("postgis",          "geometry*",     PURE,             "the type: input, output, operators, index support") \
    X("postgis",          "geography*",    PURE,             "the type: input, output, operators, index support") \
    X("postgis",          "geom?d_brin_*", PURE,             "index support of the type")                         \
    X("postgis",          "geog_*",        PURE,             "index support of the type")                         \
    X("postgis",          "gserialized_*", PURE,             "index support of the type")                         \
    X("postgis",          "box2d*",        PURE,             "the type: input, output, operators")                \
    X("postgis",          "box3d*",        PURE,             "the type: input, output, operators")                \
    X("postgis",          "box2df_*",      PURE,             "the type: input, output, operators")                \
    X("postgis",          "gidx_*",        PURE,             "the type: input and output")                        \
    X("postgis",          "spheroid_*",    PURE,             "the type: input and output")                        \
    X("postgis",          "overlaps_*",    PURE,             "compares boxes")                                    \
    X("postgis",          "contains_2d",   PURE,             "compares boxes")                                    \
    X("postgis",          "is_contained_2d", PURE,           "compares boxes")                                    \
    X("postgis",          "postgis_*",     PURE,             "versions, and support of types")                    \
    X("postgres_fdw",     "postgres_fdw_handler",   PURE,    "names the wrapper's routines")                      \
    X("postgres_fdw",     "postgres_fdw_validator", PURE,    "checks options")                                    \
    X("postgres_fdw",     "*",             PROGRAM,          "shows and closes connections to other servers")     \
    X("refint",           "*",             OPAQUE,           "its triggers run SQL made of their arguments")      \
    X("seg",              "*",             PURE,             "computes with line segments")                       \
    X("sslinfo",          "*",             PURE,             "shows the session's own certificate")               \
    X("tablefunc",        "normal_rand",   PURE,             "random numbers")                                    \
    X("tablefunc",        "*",             OPAQUE,           "runs the SQL text of its argument")                 \
    X("tcn",              "*",             SESSION | EXPORT, "its trigger sends keys of changed rows to listeners") \
    X("tsm_system_rows",  "*",             PURE,             "a sampling method")                                 \
    X("tsm_system_time",  "*",             PURE,             "a sampling method")                                 \
    X("unaccent",         "*",             PURE,             "takes accents off, by the server's own files")      \
    X("uuid-ossp",        "*",             PURE,             "makes identifiers")                                 \
    X("vector",           "*",             PURE,             "computes with vectors; index access methods")       \
    X("xml2",             "xslt_process",  PROGRAM,          "runs a stylesheet, which may reach files")          \
    X("xml2",             "xpath_table",   OPAQUE,           "runs SQL made of its arguments")                    \
    X("xml2",             "*",             PURE,             "looks into XML")

#define SL_EXTENSION_OPERATOR_CLASSES                                                                             \
    "gin_trgm_ops", "gist_trgm_ops", "gin__int_ops", "gist__int_ops", "gist__intbig_ops", "gist_ltree_ops",       \
    "gist__ltree_ops", "gin_hstore_ops", "gist_hstore_ops", "gist_cube_ops", "gist_seg_ops", "citext_ops",        \
    "citext_pattern_ops", "vector_l2_ops", "vector_ip_ops", "vector_cosine_ops", "vector_l1_ops",                 \
    "halfvec_l2_ops", "halfvec_ip_ops", "halfvec_cosine_ops", "gist_geometry_ops_2d", "gist_geometry_ops_nd",     \
    "gist_geography_ops", "brin_geometry_inclusion_ops_2d", "spgist_geometry_ops_2d", "uuid_ops",                 \
    "array_ops", "bpchar_pattern_ops", "date_ops", "inet_ops", "int2_ops", "int4_ops", "int8_ops", "jsonb_ops",   \
    "jsonb_path_ops", "name_ops", "numeric_ops", "range_ops", "text_ops", "text_pattern_ops", "timestamp_ops",    \
    "timestamptz_ops", "tsvector_ops", "varchar_ops", "varchar_pattern_ops"
/* clang-format on */

#endif
