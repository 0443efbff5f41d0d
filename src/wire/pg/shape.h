/* The gate's own eyes on SQL: the shape of a statement, and the floor under its effects.
 *
 * Neither understands SQL; the judge does that. The shape says that two texts differ only in
 * literals, so that a meaning that the judge called shared (SHAPE_SHARED) holds for both.
 * The floor is a promise about the text that no judge can talk away: a text with one of the bits of
 * SL_FLOOR_NOT_READ is never only `read`.
 *
 * The lexer is narrow on purpose. It gives exactly the tokens that PostgreSQL's own scanner gives,
 * or says SL_EUNSUPPORTED ("this text has no shape"). It takes:
 *   white space      space, tab, newline, carriage return, form feed
 *   words            [A-Za-z_][A-Za-z0-9_$]*, folded to lower case
 *   quoted names     "..." without a doubled quote and not empty
 *   strings          '...' without backslash and without a doubled quote, not followed (white space
 *                    aside) by another string or by a `--` comment
 *   integers         decimal digits below 2^31, not followed by a letter, digit, _ . or $
 *   parameters       $1 ... $65535, their number is part of the shape
 *   operators        runs of ~ ! @ # ^ & | + - * / % < > = cut as PostgreSQL cuts them, and
 *                    ( ) [ ] , ; . : :: := ..
 * Everything else has no shape: comments, backslashes, doubled quotes, a word directly before a
 * quote (E'' U&"" B'' X'' N'' and date''), dollar quotes, 1.5, 1e3, 0x1F, ` and ?, NUL, and bytes
 * above 0x7e outside quotes.
 *
 * What the caller must keep true for a shape to mean anything: the session's client_encoding is one
 * in which no byte below 0x80 is part of another character (UTF8, LATIN*, SQL_ASCII, EUC_*; not
 * SJIS, BIG5, GBK, UHC, GB18030, JOHAB). standard_conforming_strings does not matter here (no
 * backslash is ever accepted) but matters to the judge. A minus sign is an operator, not part of
 * the literal. String and integer literals have different shapes, as their types differ. From the
 * word OFFSET on literals are part of the shape: how many rows are skipped is a part of the
 * meaning.
 */
#ifndef SL_WIRE_PG_SHAPE_H
#define SL_WIRE_PG_SHAPE_H

#include "base/buf.h"

/* Chosen at random by each process: without it nobody can aim for a collision. */
struct sl_shape_key {
    uint64_t a, b;
};

struct sl_shape {
    uint64_t hash[2];  /* SipHash-2-4-128 over the tokens, literals replaced by their kind */
    uint32_t literals; /* strings and integers */
    uint32_t highest_parameter; /* 0: none */
    uint32_t floor;             /* the same bits as sl_floor_of */
};

/* One pass over the text. SL_EUNSUPPORTED: no shape; `out` is untouched, ask sl_floor_of. */
enum sl_err sl_shape_of(struct sl_span sql, const struct sl_shape_key *key, struct sl_shape *out)
    SL_MUST_CHECK;

/* Texts that come again and again with other integers are remembered as they stood, with the places
 * of these: of the next one only the places are read. Programs send few texts, so a few are kept,
 * the newest of those that begin alike. Zeroed, it is empty; one key for all its life. */
enum { SL_SHAPES_KEPT = 32, SL_SHAPE_KEPT_BYTES = 228, SL_SHAPE_KEPT_GAPS = 7 };
struct sl_shape_kept {
    struct sl_shape shape;
    uint8_t bytes, gaps; /* bytes of text; no text: nothing is kept here */
    struct sl_shape_gap {
        uint8_t from, to; /* an integer of the text that is not part of the shape */
    } gap[SL_SHAPE_KEPT_GAPS];
    uint8_t text[SL_SHAPE_KEPT_BYTES];
};
struct sl_shape_memory {
    struct sl_shape_kept kept[SL_SHAPES_KEPT];
};

/* What sl_shape_of says, sooner for a text whose like came before. */
enum sl_err sl_shape_again(struct sl_shape_memory *m, struct sl_span sql,
                           const struct sl_shape_key *key, struct sl_shape *out) SL_MUST_CHECK;

/* Appends the readable shape for `record: shape`: tokens with single spaces, literals as `?`, words
 * in lower case, parameters as $n. SL_EUNSUPPORTED appends nothing. For people, not to compare. */
enum sl_err sl_shape_put(struct sl_buf *b, struct sl_span sql) SL_MUST_CHECK;

/* The literals of a text that has a shape, in order, as they stand (strings with their quotes). */
struct sl_shape_walk {
    struct sl_span sql;
    size_t at;
};
static inline struct sl_shape_walk sl_shape_walk(struct sl_span sql)
{
    return (struct sl_shape_walk){.sql = sql};
}
bool sl_shape_next_literal(struct sl_shape_walk *w, struct sl_span *literal);

/* --- the floor -------------------------------------------------------------------------------- */

#define SL_FLOORS(X)                                                                            \
    X(WRITE, "write") /* insert update delete merge truncate */                                 \
    X(DDL, "ddl")     /* create alter drop comment security import refresh into */              \
    X(COPY, "copy")                                                                             \
    X(CALL, "call")                                                                             \
    X(DO, "do")                                                                                 \
    X(EXECUTE, "execute")         /* prepare execute deallocate */                              \
    X(SET, "set")                 /* set reset discard */                                       \
    X(PRIVILEGE, "privilege")     /* grant revoke reassign */                                   \
    X(LOCK, "lock")               /* lock table */                                              \
    X(ADMIN, "admin")             /* vacuum analyze cluster reindex checkpoint load */          \
    X(NOTIFY, "notify")           /* listen unlisten notify */                                  \
    X(TRANSACTION, "transaction") /* begin start commit end rollback abort savepoint release */ \
    X(CURSOR, "cursor")           /* declare fetch move close */                                \
    X(UNKNOWN, "unknown")         /* a statement that starts with no word known here */

enum sl_floor_index {
#define SL_FLOOR_INDEX(name, text) SL_FLOOR_INDEX_##name,
    SL_FLOORS(SL_FLOOR_INDEX)
#undef SL_FLOOR_INDEX
        SL_FLOOR_COUNT
};
enum sl_floor {
#define SL_FLOOR_BIT(name, text) SL_FLOOR_##name = 1 << SL_FLOOR_INDEX_##name,
    SL_FLOORS(SL_FLOOR_BIT)
#undef SL_FLOOR_BIT
        SL_FLOOR_ALL = (1 << SL_FLOOR_COUNT) - 1,
    /* Controls a transaction or a cursor (whose query was judged when it was declared). */
    SL_FLOOR_CONTROL = SL_FLOOR_TRANSACTION | SL_FLOOR_CURSOR,
    /* Any of these: the text is never only `read`. */
    SL_FLOOR_NOT_READ = SL_FLOOR_ALL & ~SL_FLOOR_CONTROL,
};
const char *sl_floor_name(unsigned index); /* NULL out of range */

/* Never misses a statement that writes; may see one where there is none. Precisely:
 *
 * A text that the lexer above can read, comments aside, which it reads too and skips here:
 *   - the first word of each statement (at the start, after `;`, inside leading parentheses, and
 *     behind EXPLAIN and its options) gives its bit; `select with values table show` give none; any
 *     other first token gives UNKNOWN;
 *   - insert, update, delete, merge and truncate give WRITE anywhere, because a CTE may hold one.
 *     Not counted: a word behind `.` (a column), and UPDATE behind FOR or FOR NO KEY (a row lock);
 *   - into anywhere gives DDL (SELECT INTO makes a table) unless it is behind insert or merge.
 * Utility statements cannot stand elsewhere except inside CREATE and PREPARE, which have a bit. So
 * `select comment from posts`, `select "update" from t` and `select 'please delete'` have none.
 *
 * Any other text (dollar quotes, odd strings, decimals): words in the raw bytes, wherever they are.
 *   - insert, update, delete, merge, truncate, into as whole words anywhere, except `for update`
 *     with only blanks between;
 *   - a utility word as a whole word wherever a statement could start: first, behind `;`, behind
 *     the end of a comment, behind EXPLAIN and its options. A word not known here gives
 *     UNKNOWN as the very first, else nothing.
 * Quotes are not looked at: a string with "; drop" in it has DDL, once the text also has, say, 1.5.
 *
 * The floor knows words, not functions: `select nextval('s')` has none. What functions do is for
 * the judge, for which every function outside its list is opaque.
 */
uint32_t sl_floor_of(struct sl_span sql);

#endif
