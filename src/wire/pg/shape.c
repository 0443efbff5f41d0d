#include "wire/pg/shape.h"

#include "wire/pg/floor_int.h"
#include "wire/pg/shape_int.h"

/* SipHash-2-4 with a 128-bit result (Aumasson and Bernstein), fed byte by byte.
 *
 * What it reads is each token followed by a NUL: words in lower case, quoted names, parameters and
 * symbols as they stand, a string as 1, an integer as 2. No token holds a NUL and none but these
 * two starts with 1 or 2, so two different rows of tokens never make the same bytes. */
struct sip {
    uint64_t v[4];
    uint64_t word;
    uint64_t bytes;
};

enum { A_STRING = 1, AN_INTEGER = 2, TOKEN_ENDS = 0 };

static inline uint64_t rotate(uint64_t v, unsigned bits)
{
    return v << bits | v >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);
    v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);
}

static struct sip sip_start(const struct sl_shape_key *key)
{
    return (struct sip){.v = {key->a ^ 0x736f6d6570736575u, key->b ^ 0x646f72616e646f6du ^ 0xee,
                              key->a ^ 0x6c7967656e657261u, key->b ^ 0x7465646279746573u}};
}

static void sip_take(struct sip *s, uint64_t word)
{
    s->v[3] ^= word;
    sip_round(s->v);
    sip_round(s->v);
    s->v[0] ^= word;
}

static inline void sip_byte(struct sip *s, uint8_t byte)
{
    s->word |= (uint64_t)byte << (8 * (s->bytes & 7));
    if ((++s->bytes & 7) != 0)
        return;
    sip_take(s, s->word);
    s->word = 0;
}

static uint64_t sip_result(struct sip *s)
{
    for (int i = 0; i < 4; i++)
        sip_round(s->v);
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

static void sip_end(struct sip *s, uint64_t hash[2])
{
    sip_take(s, s->word | s->bytes << 56);
    s->v[2] ^= 0xee;
    hash[0] = sip_result(s);
    s->v[1] ^= 0xdd;
    hash[1] = sip_result(s);
}

static void hash_word(struct sip *s, struct sl_span word)
{
    for (size_t i = 0; i < word.n; i++)
        sip_byte(s, sl_lex_lower[word.p[i]]);
}

static void hash_exact(struct sip *s, struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        sip_byte(s, text.p[i]);
}

/* exact: literals as they stand, too. Those begin with neither 1 nor 2. */
static void hash_token(struct sip *s, const struct sl_lex_token *t, bool exact)
{
    if (t->kind == SL_LEX_WORD)
        hash_word(s, t->text);
    else if (t->kind == SL_LEX_STRING && !exact)
        sip_byte(s, A_STRING);
    else if (t->kind == SL_LEX_INTEGER && !exact)
        sip_byte(s, AN_INTEGER);
    else
        hash_exact(s, t->text);
    sip_byte(s, TOKEN_ENDS);
}

static bool is_literal(const struct sl_lex_token *t)
{
    return t->kind == SL_LEX_STRING || t->kind == SL_LEX_INTEGER;
}

/* $1 -> 1; the lexer has checked the digits and the size. */
static uint32_t parameter_number(struct sl_span text)
{
    uint32_t number = 0;

    for (size_t i = 1; i < text.n; i++)
        number = number * 10 + (uint32_t)(text.p[i] - '0');
    return number;
}

static void count(struct sl_shape *shape, const struct sl_lex_token *t)
{
    shape->literals += is_literal(t);
    if (t->kind != SL_LEX_PARAMETER)
        return;
    uint32_t number = parameter_number(t->text);
    if (number > shape->highest_parameter)
        shape->highest_parameter = number;
}

/* The word OFFSET, where it is no column's name (t.offset). */
static bool begins_offset(const struct sl_lex_token *before, const struct sl_lex_token *t)
{
    static const char word[] = "offset";

    if (t->kind != SL_LEX_WORD || t->text.n != sizeof word - 1 || sl_span_is(before->text, "."))
        return false;
    for (size_t i = 0; i < t->text.n; i++)
        if (sl_lex_lower[t->text.p[i]] != (uint8_t)word[i])
            return false;
    return true;
}

enum sl_err sl_shape_read(struct sl_span sql, const struct sl_shape_key *key, struct sl_shape *out,
                          sl_shape_integer_fn *integer, void *owner)
{
    struct sl_lex l = sl_lex(sql);
    struct sip s = sip_start(key);
    struct sl_floor_watch w = {0};
    struct sl_shape shape = {0};
    struct sl_lex_token before = {0};
    bool exact = false;

    for (;;) {
        struct sl_lex_token t = sl_lex_next(&l);
        if (t.kind == SL_LEX_NONE || t.kind == SL_LEX_COMMENT)
            return SL_EUNSUPPORTED;
        if (t.kind == SL_LEX_END)
            break;
        exact = exact || begins_offset(&before, &t);
        hash_token(&s, &t, exact);
        sl_floor_see(&w, &t);
        count(&shape, &t);
        if (integer != NULL && t.kind == SL_LEX_INTEGER && !exact)
            integer(owner, t.text);
        before = t;
    }
    sip_end(&s, shape.hash);
    shape.floor = w.bits;
    *out = shape;
    return SL_OK;
}

enum sl_err sl_shape_of(struct sl_span sql, const struct sl_shape_key *key, struct sl_shape *out)
{
    return sl_shape_read(sql, key, out, NULL, NULL);
}

static void put_token(struct sl_buf *b, const struct sl_lex_token *t)
{
    if (is_literal(t)) {
        sl_buf_put_u8(b, '?');
        return;
    }
    uint8_t *room = sl_buf_room(b, t->text.n);
    if (room == NULL)
        return;
    for (size_t i = 0; i < t->text.n; i++)
        room[i] = t->kind == SL_LEX_WORD ? sl_lex_lower[t->text.p[i]] : t->text.p[i];
    b->n += t->text.n;
}

enum sl_err sl_shape_put(struct sl_buf *b, struct sl_span sql)
{
    struct sl_lex l = sl_lex(sql);
    size_t before = b->n;

    for (;;) {
        struct sl_lex_token t = sl_lex_next(&l);
        if (t.kind == SL_LEX_END)
            return sl_buf_err(b);
        if (t.kind == SL_LEX_NONE || t.kind == SL_LEX_COMMENT) {
            b->n = before;
            return SL_EUNSUPPORTED;
        }
        if (b->n > before)
            sl_buf_put_u8(b, ' ');
        put_token(b, &t);
    }
}

bool sl_shape_next_literal(struct sl_shape_walk *w, struct sl_span *literal)
{
    struct sl_lex l = sl_lex(sl_span_from(w->sql, w->at));

    for (;;) {
        struct sl_lex_token t = sl_lex_next(&l);
        if (t.kind == SL_LEX_END || t.kind == SL_LEX_NONE || t.kind == SL_LEX_COMMENT)
            return false;
        if (!is_literal(&t))
            continue;
        w->at = (size_t)(l.at - w->sql.p);
        *literal = t.text;
        return true;
    }
}
