/* The narrow lexer: PostgreSQL's tokens, or SL_LEX_NONE from some place on. See shape.h. */
#ifndef SL_WIRE_PG_LEX_INT_H
#define SL_WIRE_PG_LEX_INT_H

#include "base/span.h"

enum sl_lex_kind {
    SL_LEX_END,
    SL_LEX_NONE, /* this text has no shape; the lexer says nothing else from here on */
    SL_LEX_WORD,
    SL_LEX_QUOTED, /* with its quotes */
    SL_LEX_STRING, /* with its quotes */
    SL_LEX_INTEGER,
    SL_LEX_PARAMETER, /* $1 */
    SL_LEX_SYMBOL,    /* operators and punctuation */
    SL_LEX_COMMENT,   /* for the floor, which skips it; a text with comments has no shape */
};

struct sl_lex {
    const uint8_t *at, *end;
};

struct sl_lex_token {
    enum sl_lex_kind kind;
    struct sl_span text;
};

static inline struct sl_lex sl_lex(struct sl_span sql)
{
    return (struct sl_lex){.at = sql.p, .end = sql.n == 0 ? sql.p : sql.p + sql.n};
}

struct sl_lex_token sl_lex_next(struct sl_lex *l);

/* A to Z become a to z. */
extern const uint8_t sl_lex_lower[256];

#endif
