/* The floor as a watcher of tokens, so that shape and floor need one pass only. */
#ifndef SL_WIRE_PG_FLOOR_INT_H
#define SL_WIRE_PG_FLOOR_INT_H

#include "wire/pg/lex_int.h"
#include "wire/pg/shape.h"

enum sl_floor_place {
    SL_FLOOR_AT_START,       /* the next word says what the statement is */
    SL_FLOOR_AT_EXPLAIN,     /* behind EXPLAIN: options, or the statement */
    SL_FLOOR_AT_PARENTHESIS, /* behind EXPLAIN ( : options, or a query */
    SL_FLOOR_IN_OPTIONS,     /* inside EXPLAIN ( ... ) */
    SL_FLOOR_IN_BODY,
};
/* What the token before was, as far as it matters. */
enum sl_floor_before {
    SL_FLOOR_OTHER,
    SL_FLOOR_DOT,
    SL_FLOOR_FOR,
    SL_FLOOR_FOR_NO,
    SL_FLOOR_FOR_NO_KEY,
    SL_FLOOR_INSERT,
};

/* Zero-initialised memory is a watcher at the start of a text. */
struct sl_floor_watch {
    enum sl_floor_place place;
    enum sl_floor_before before;
    uint32_t depth; /* of parentheses in EXPLAIN's options */
    uint32_t bits;
};
void sl_floor_see(struct sl_floor_watch *w, const struct sl_lex_token *t);

/* The bit of a word that starts a statement; 0 for select, with, values, table, show, explain;
 * SL_FLOOR_UNKNOWN for any other word. */
uint32_t sl_floor_first_word(struct sl_span word);
/* What a word is that counts anywhere. */
enum sl_floor_word {
    SL_FLOOR_WORD_PLAIN,
    SL_FLOOR_WORD_INSERT, /* insert, merge: may stand before into */
    SL_FLOOR_WORD_UPDATE,
    SL_FLOOR_WORD_DELETE, /* delete, truncate */
    SL_FLOOR_WORD_INTO,
    SL_FLOOR_WORD_FOR,
    SL_FLOOR_WORD_NO,
    SL_FLOOR_WORD_KEY,
};
enum sl_floor_word sl_floor_word(struct sl_span word);
/* What that word adds behind `before`, and what it is for the next one. */
uint32_t sl_floor_word_bits(enum sl_floor_word word, enum sl_floor_before before);
enum sl_floor_before sl_floor_word_before(enum sl_floor_word word, enum sl_floor_before before);

bool sl_floor_is_explain_word(struct sl_span word); /* analyze, analyse, verbose */

/* The floor of bytes that have no tokens. */
uint32_t sl_floor_raw(struct sl_span sql);

/* Is the text surely one DO and nothing else: DO [LANGUAGE x] $tag$ ... $tag$ [LANGUAGE x] [;],
 * with comments where they may stand? Its body is a string, whatever words are in it. */
bool sl_floor_is_one_do(struct sl_span sql);

#endif
