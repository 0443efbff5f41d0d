/* One DO with a dollar-quoted body: the one kind of text whose string is known although the lexer
 * does not read it. What the body does is for the judge to say; the text says DO. */
#include "wire/pg/floor_int.h"

static bool is_word(const struct sl_lex_token *t, const char *word)
{
    return t->kind == SL_LEX_WORD && sl_span_eq_nocase(t->text, sl_span_str(word));
}

static struct sl_lex_token next(struct sl_lex *l)
{
    struct sl_lex_token t;

    do
        t = sl_lex_next(l);
    while (t.kind == SL_LEX_COMMENT);
    return t;
}

static bool is_tag_byte(uint8_t byte, bool first)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (!first && byte >= '0' && byte <= '9');
}

/* The `$tag$` that begins here; empty when there is none. */
static struct sl_span delimiter(struct sl_span text)
{
    size_t n = 1;

    if (text.n == 0 || text.p[0] != '$')
        return (struct sl_span){0};
    while (n < text.n && is_tag_byte(text.p[n], n == 1))
        n++;
    return n < text.n && text.p[n] == '$' ? sl_span_head(text, n + 1) : (struct sl_span){0};
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Goes behind the string that begins at `l`. */
static bool skip_string(struct sl_lex *l)
{
    while (l->at < l->end && is_blank(*l->at))
        l->at++;
    const struct sl_span text = sl_span(l->at, (size_t)(l->end - l->at));
    const struct sl_span quote = delimiter(text);
    for (size_t i = quote.n; quote.n > 0 && i + quote.n <= text.n; i++)
        if (text.p[i] == '$' && sl_span_eq(sl_span(text.p + i, quote.n), quote)) {
            l->at += i + quote.n;
            return true;
        }
    return false;
}

/* DO, LANGUAGE, its name, comments: up to the string, which the lexer does not read. */
static bool skip_head(struct sl_lex *l)
{
    struct sl_lex at;
    struct sl_lex_token t = next(l);
    unsigned words = 0;

    if (!is_word(&t, "do"))
        return false;
    for (at = *l, t = sl_lex_next(l); t.kind != SL_LEX_NONE; at = *l, t = sl_lex_next(l)) {
        if (t.kind == SL_LEX_COMMENT)
            continue;
        if (t.kind != SL_LEX_WORD || words == 2 || (words == 0 && !is_word(&t, "language")))
            return false;
        words++;
    }
    *l = at;
    return words != 1;
}

static bool ends(struct sl_lex *l)
{
    struct sl_lex_token t = next(l);

    if (is_word(&t, "language")) {
        t = next(l);
        if (t.kind != SL_LEX_WORD)
            return false;
        t = next(l);
    }
    while (t.kind == SL_LEX_SYMBOL && t.text.n == 1 && t.text.p[0] == ';')
        t = next(l);
    return t.kind == SL_LEX_END;
}

bool sl_floor_is_one_do(struct sl_span sql)
{
    struct sl_lex l = sl_lex(sql);

    return skip_head(&l) && skip_string(&l) && ends(&l);
}
