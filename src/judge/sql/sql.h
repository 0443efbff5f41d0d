/* SQL text in, meaning out: what a PostgreSQL 15 text would do (design: section 7).
 *
 * The text is parsed once with PostgreSQL's own grammar (libpg_query's raw tree) and walked by our
 * own walker, which knows each node type and counts its depth. Whatever it does not know ends in
 * `opaque` with a sentence: this function never fails to answer. It keeps nothing between two
 * calls.
 *
 * Limits come before the grammar, because the grammar has none: bytes, NUL bytes, UTF-8, comment
 * nesting (quadratic in the scanner), parentheses, tokens. Time is the caller's business: a judge
 * that is late is killed. Names that users made are believed only as far as the catalog listing
 * goes.
 *
 * What it decides where the design leaves it open:
 *   - SELECT ... FOR UPDATE or SHARE is an `update` of what it locks, LOCK above ROW SHARE is
 * `admin`, up to it `session` beside `read`: it shows nothing, and keeps its transaction's word.
 *   - DELETE, TRUNCATE and DROP touch every column of their table.
 *   - nextval and setval of a sequence named by a literal are an `update` of that sequence.
 *   - ARRAY(SELECT column ...) exports like array_agg does.
 *   - Waiting is no effect: pg_sleep is harmless, as a slow join is.
 *   - Transaction control has no effect at all; SHOW is `read`; advisory locks and NOTIFY are
 * `session`.
 */
#ifndef SL_JUDGE_SQL_SQL_H
#define SL_JUDGE_SQL_SQL_H

#include "core/action/meaning.h"
#include "core/catalog/catalog.h"

enum {
    SL_SQL_MAX_BYTES = 1024 * 1024,
    SL_SQL_MAX_COMMENT_DEPTH = 32,
    SL_SQL_MAX_PARENTHESES = 200,
    SL_SQL_MAX_TOKENS = 200 * 1000,
    SL_SQL_MAX_DEPTH = 1500,             /* of the tree, as the walker goes down */
    SL_SQL_MAX_VALUES = 64,              /* of one column in one row: more is `export` */
    SL_SQL_MAX_STEPS = 10 * 1000 * 1000, /* of the walker: well under a second */
};

/* Instead of oids, for relations out of sl_sql_schema: did the DDL write their schema? */
enum { SL_SQL_DDL_BARE = 1, SL_SQL_DDL_WITH_SCHEMA = 2 };

struct sl_sql_prepared {
    struct sl_span name; /* of the statement, as SL_NAME_PREPARE gave it */
    struct sl_span text; /* the whole text that held PREPARE name AS ... */
};

struct sl_sql_context {
    const struct sl_catalog
        *catalog;               /* NULL: nothing is known, every name of a relation is opaque */
    struct sl_span search_path; /* as SHOW search_path prints it */
    struct sl_span user;        /* what "$user" stands for */
    bool standard_strings;      /* standard_conforming_strings is on; off makes any quote opaque */
    bool temp_objects;          /* unqualified names may be the session's own: opaque, ... */
    struct sl_span temp_names;  /* ... but only these ("/a/b/"), unless it is empty: then all */
    bool as_written;   /* a listing out of sl_sql_schema: names as SQL and DDL wrote them */
    bool assume_plain; /* a what-if: a relation that is not listed is a plain table */
    size_t max_bytes;  /* 0: SL_SQL_MAX_BYTES; never above 16 MB */
    const struct sl_sql_prepared *prepared;
    size_t prepared_count;
    const struct sl_span *cursors; /* declared and judged in this session */
    size_t cursor_count;
};

/* Parses known texts and compares known fields of the trees: SL_EUNSUPPORTED when the installed
 * grammar library does not lay out its nodes as our headers say. Call once before the first
 * judgement. */
enum sl_err sl_sql_self_test(void) SL_MUST_CHECK;

/* The meaning lives in `mem`. SL_EMEMORY (the arena's ceiling, 4 MB are plenty) is the only error;
 * out is then untouched and the caller says opaque. What came out always fits the limits of
 * core/action. */
enum sl_err sl_sql_judge(const struct sl_sql_context *ctx, struct sl_span text,
                         struct sl_arena *mem, struct sl_meaning *out) SL_MUST_CHECK;

/* The statements of a text, as views into it: for reports that go statement by statement.
 * SL_EMALFORMED when it does not parse or is over a cap. */
enum sl_err sl_sql_split(const struct sl_sql_context *ctx, struct sl_span text,
                         struct sl_arena *mem, struct sl_span **out, size_t *count) SL_MUST_CHECK;

/* A listing out of DDL text (`sluice judge --schema`): tables, views, functions, operators and
 * types that it creates, unqualified names in `public`. SL_EMALFORMED when it does not parse. */
enum sl_err sl_sql_schema(struct sl_span ddl, struct sl_catalog_builder *out) SL_MUST_CHECK;

#endif
