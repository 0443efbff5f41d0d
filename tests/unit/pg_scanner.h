/* PostgreSQL's own scanner (libpg_query), for tests that compare ours with it. */
#ifndef SL_TESTS_PG_SCANNER_H
#define SL_TESTS_PG_SCANNER_H

#include "base/span.h"

enum pg_token_class {
    PG_TOKEN_OTHER, /* operators, punctuation */
    PG_TOKEN_NAME,  /* identifier or keyword, quoted or not */
    PG_TOKEN_STRING,
    PG_TOKEN_INTEGER,
    PG_TOKEN_PARAMETER,
    PG_TOKEN_COMMENT,
    PG_TOKEN_ODD, /* other strings, other numbers */
};

struct pg_token {
    uint32_t start, end;
    enum pg_token_class class;
};

enum { PG_MAX_TOKENS = 4096 };

/* False when the scanner refuses the text (or there are more tokens than that). No NUL inside. */
bool pg_scanner_tokens(struct sl_span sql, struct pg_token *out, size_t *count);

/* The promise of wire/pg/shape.h: the narrow lexer gives the same tokens (comments included), or
 * none. `has_tokens` tells which. */
bool pg_scanner_agrees(struct sl_span sql, bool *has_tokens);

/* The promise of the floor: whatever PostgreSQL's grammar finds in the text that is more than a
 * read has its bit. True for a text that the grammar refuses; `parsed` tells. */
bool pg_parser_agrees(struct sl_span sql, bool *parsed);

/* A number below `below`, the same ones in each run for the same start of `state` (not 0). */
static inline uint32_t next_random(uint64_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 11) % below;
}

#endif
