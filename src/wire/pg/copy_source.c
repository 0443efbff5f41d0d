#include "wire/pg/copy_source.h"

#include "wire/pg/lex_int.h"

static bool is_word(const struct sl_lex_token *t, const char *word)
{
    size_t n = strlen(word);

    if (t->kind != SL_LEX_WORD || t->text.n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (sl_lex_lower[t->text.p[i]] != (uint8_t)word[i])
            return false;
    return true;
}

static bool is_symbol(const struct sl_lex_token *t, char symbol)
{
    return t->kind == SL_LEX_SYMBOL && t->text.n == 1 && t->text.p[0] == (uint8_t)symbol;
}

static bool is_name(const struct sl_lex_token *t)
{
    return t->kind == SL_LEX_WORD || t->kind == SL_LEX_QUOTED;
}

/* The closing one of a parenthesis that is open; false: there is none, or something that could end
 * the statement comes before it. */
static bool skip_to_closing(struct sl_lex *l, struct sl_lex_token *closing)
{
    for (size_t depth = 1; depth > 0;) {
        *closing = sl_lex_next(l);
        if (closing->kind == SL_LEX_END || closing->kind == SL_LEX_NONE ||
            closing->kind == SL_LEX_COMMENT || is_symbol(closing, ';'))
            return false;
        depth += is_symbol(closing, '(');
        depth -= is_symbol(closing, ')');
    }
    return true;
}

/* TO, and nothing behind it that is another statement or no token of ours. */
static bool goes_out(struct sl_lex *l, struct sl_lex_token *t)
{
    bool ended = false;

    if (!is_word(t, "to"))
        return false;
    for (*t = sl_lex_next(l); t->kind != SL_LEX_END; *t = sl_lex_next(l)) {
        if (ended || t->kind == SL_LEX_NONE || t->kind == SL_LEX_COMMENT)
            return false;
        ended = is_symbol(t, ';');
    }
    return true;
}

static enum sl_copy_source query(struct sl_lex *l, struct sl_span *out)
{
    const uint8_t *from = l->at;
    struct sl_lex_token closing;

    if (!skip_to_closing(l, &closing))
        return SL_COPY_NONE;
    struct sl_span text = sl_span(from, (size_t)(closing.text.p - from));
    struct sl_lex_token t = sl_lex_next(l);
    if (!goes_out(l, &t))
        return SL_COPY_NONE;
    *out = text;
    return SL_COPY_QUERY;
}

static enum sl_copy_source table(struct sl_lex *l, struct sl_lex_token t, struct sl_span *out)
{
    const uint8_t *from = t.text.p, *end = NULL;

    for (;; t = sl_lex_next(l)) {
        if (!is_name(&t))
            return SL_COPY_NONE;
        end = t.text.p + t.text.n;
        t = sl_lex_next(l);
        if (!is_symbol(&t, '.'))
            break;
    }
    struct sl_lex_token closing;
    if (is_symbol(&t, '(')) {
        if (!skip_to_closing(l, &closing))
            return SL_COPY_NONE;
        t = sl_lex_next(l);
    }
    if (!goes_out(l, &t))
        return SL_COPY_NONE;
    *out = sl_span(from, (size_t)(end - from));
    return SL_COPY_TABLE;
}

enum sl_copy_source sl_copy_source(struct sl_span sql, struct sl_span *out)
{
    struct sl_lex l = sl_lex(sql);
    struct sl_lex_token t = sl_lex_next(&l);

    if (!is_word(&t, "copy"))
        return SL_COPY_NONE;
    t = sl_lex_next(&l);
    return is_symbol(&t, '(') ? query(&l, out) : table(&l, t, out);
}
