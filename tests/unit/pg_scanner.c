#include "pg_scanner.h"

#include "wire/pg/lex_int.h"
#include "wire/pg/shape.h"

#include <pg_query.h>
#include <stdlib.h>

/* The few token numbers of pg_query.proto that matter here. */
enum {
    IDENT = 258,
    UIDENT = 259,
    FCONST = 260,
    SCONST = 261,
    USCONST = 262,
    BCONST = 263,
    XCONST = 264,
    ICONST = 266,
    PARAM = 267,
    SQL_COMMENT = 275,
    C_COMMENT = 276,
    FIRST_KEYWORD = 277,
};

static enum pg_token_class class_of(uint64_t token)
{
    if (token == IDENT || token >= FIRST_KEYWORD)
        return PG_TOKEN_NAME;
    if (token == SCONST)
        return PG_TOKEN_STRING;
    if (token == ICONST)
        return PG_TOKEN_INTEGER;
    if (token == PARAM)
        return PG_TOKEN_PARAMETER;
    if (token == SQL_COMMENT || token == C_COMMENT)
        return PG_TOKEN_COMMENT;
    if (token >= UIDENT && token <= XCONST)
        return PG_TOKEN_ODD;
    return PG_TOKEN_OTHER;
}

/* Just enough of protocol buffers: fields that are numbers (0) or runs of bytes (2). */
struct reader {
    const uint8_t *at, *end;
};

static uint64_t number(struct reader *r)
{
    uint64_t value = 0;

    for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
        uint8_t byte = *r->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

static struct pg_token token(struct reader r)
{
    struct pg_token t = {0};

    while (r.at < r.end) {
        uint64_t field = number(&r) >> 3, value = number(&r);
        if (field == 1)
            t.start = (uint32_t)value;
        else if (field == 2)
            t.end = (uint32_t)value;
        else if (field == 4)
            t.class = class_of(value);
    }
    return t;
}

static bool tokens(struct reader r, struct pg_token *out, size_t *count)
{
    *count = 0;
    while (r.at < r.end) {
        uint64_t tag = number(&r), value = number(&r);
        if ((tag & 7) == 0)
            continue;
        if ((tag & 7) != 2 || value > (uint64_t)(r.end - r.at) || *count == PG_MAX_TOKENS)
            return false;
        out[(*count)++] = token((struct reader){r.at, r.at + value});
        r.at += value;
    }
    return true;
}

static char *terminated(struct sl_span sql)
{
    char *text = malloc(sql.n + 1);

    if (text == NULL)
        abort();
    if (sql.n > 0)
        memcpy(text, sql.p, sql.n);
    text[sql.n] = '\0';
    return text;
}

bool pg_scanner_tokens(struct sl_span sql, struct pg_token *out, size_t *count)
{
    char *text = terminated(sql);
    PgQueryScanResult scan = pg_query_scan(text);
    const uint8_t *data = (const uint8_t *)scan.pbuf.data;
    bool fine =
        scan.error == NULL && tokens((struct reader){data, data + scan.pbuf.len}, out, count);
    pg_query_free_scan_result(scan);
    free(text);
    return fine;
}

static enum pg_token_class class_of_ours(enum sl_lex_kind kind)
{
    switch (kind) {
    case SL_LEX_WORD:
    case SL_LEX_QUOTED:
        return PG_TOKEN_NAME;
    case SL_LEX_STRING:
        return PG_TOKEN_STRING;
    case SL_LEX_INTEGER:
        return PG_TOKEN_INTEGER;
    case SL_LEX_PARAMETER:
        return PG_TOKEN_PARAMETER;
    case SL_LEX_COMMENT:
        return PG_TOKEN_COMMENT;
    default:
        return PG_TOKEN_OTHER;
    }
}

/* Our tokens; false when the text has none. One place too many tells that there were too many. */
static bool our_tokens(struct sl_span sql, struct pg_token *out, size_t *count)
{
    struct sl_lex l = sl_lex(sql);

    for (*count = 0;; (*count)++) {
        struct sl_lex_token t = sl_lex_next(&l);
        if (t.kind == SL_LEX_END)
            return true;
        if (t.kind == SL_LEX_NONE || *count == PG_MAX_TOKENS)
            return false;
        uint32_t start = (uint32_t)(t.text.p - sql.p);
        out[*count] = (struct pg_token){start, start + (uint32_t)t.text.n, class_of_ours(t.kind)};
    }
}

bool pg_scanner_agrees(struct sl_span sql, bool *has_tokens)
{
    static struct pg_token ours[PG_MAX_TOKENS], theirs[PG_MAX_TOKENS];
    size_t our_count, their_count;

    *has_tokens = our_tokens(sql, ours, &our_count);
    if (!*has_tokens)
        return true;
    if (!pg_scanner_tokens(sql, theirs, &their_count) || our_count != their_count)
        return false;
    for (size_t i = 0; i < our_count; i++)
        if (ours[i].start != theirs[i].start || ours[i].end != theirs[i].end ||
            ours[i].class != theirs[i].class)
            return false;
    return true;
}

/* Which bit each kind of statement must at least have; those in CREATE, PREPARE and EXPLAIN too. */
static uint32_t bits_of_statement(struct sl_span name)
{
    static const struct {
        const char *name;
        uint32_t bits;
    } known[] = {
        {"SelectStmt", 0},
        {"ExplainStmt", 0},
        {"VariableShowStmt", 0},
        {"RawStmt", 0},
        {"InsertStmt", SL_FLOOR_WRITE},
        {"UpdateStmt", SL_FLOOR_WRITE},
        {"DeleteStmt", SL_FLOOR_WRITE},
        {"MergeStmt", SL_FLOOR_WRITE},
        {"TruncateStmt", SL_FLOOR_WRITE},
        {"CopyStmt", SL_FLOOR_COPY},
        {"CallStmt", SL_FLOOR_CALL},
        {"DoStmt", SL_FLOOR_DO},
        {"TransactionStmt", SL_FLOOR_TRANSACTION | SL_FLOOR_EXECUTE},
        {"DeclareCursorStmt", SL_FLOOR_CURSOR},
        {"FetchStmt", SL_FLOOR_CURSOR},
        {"ClosePortalStmt", SL_FLOOR_CURSOR},
    };

    for (size_t i = 0; i < SL_COUNT(known); i++)
        if (sl_span_is(name, known[i].name))
            return known[i].bits;
    return SL_FLOOR_NOT_READ;
}

/* Each "...Stmt": in the parse tree, and intoClause, against the floor: has it one of its bits? */
static bool floor_holds(const char *json, uint32_t floor)
{
    for (const char *p = json; (p = strchr(p, '"')) != NULL;) {
        size_t n = strcspn(++p, "\"\\");
        if (p[n] != '"' || p[n + 1] != ':') {
            p += n + (p[n] == '\\' ? 2 : p[n] == '"');
            continue;
        }
        struct sl_span name = sl_span(p, n);
        uint32_t wanted = n > 4 && memcmp(p + n - 4, "Stmt", 4) == 0 ? bits_of_statement(name) : 0;
        if (sl_span_is(name, "intoClause"))
            wanted = SL_FLOOR_DDL | SL_FLOOR_WRITE;
        if (wanted != 0 && (floor & wanted) == 0)
            return false;
        p += n + 1;
    }
    return true;
}

bool pg_parser_agrees(struct sl_span sql, bool *parsed)
{
    char *text = terminated(sql);
    PgQueryParseResult parse = pg_query_parse(text);

    *parsed = parse.error == NULL;
    bool holds = !*parsed || floor_holds(parse.parse_tree, sl_floor_of(sql));
    pg_query_free_parse_result(parse);
    free(text);
    return holds;
}
