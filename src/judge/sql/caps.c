#include "judge/sql/judge_int.h"

#include "base/utf8.h"

/* A rough scanner that only counts: it must never count less than PostgreSQL's scanner nests, so
 * what it skips (strings, quoted names) it skips only where the scanner surely does. Quotes are not
 * skipped at all: a parenthesis inside a string counts, which refuses a little too much and never
 * too little. */

struct count {
    unsigned comment, deepest_comment, parentheses, deepest, tokens;
};

static bool is_word(uint8_t c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Returns how many bytes are done. Openings count wherever they stand; a closing counts only after
 * an opening, and both take their two bytes: in slash-star-slash-star-slash the scanner sees two
 * openings. */
static size_t count_comment(struct count *c, uint8_t a, uint8_t b)
{
    if (a == '/' && b == '*') {
        if (++c->comment > c->deepest_comment)
            c->deepest_comment = c->comment;
        return 2;
    }
    if (a == '*' && b == '/' && c->comment > 0) {
        c->comment--;
        return 2;
    }
    return 1;
}

static struct count count_text(struct sl_span text)
{
    struct count c = {0};

    for (size_t i = 0, step; i < text.n; i += step) {
        uint8_t here = text.p[i], before = i > 0 ? text.p[i - 1] : ' ';
        step = count_comment(&c, here, i + 1 < text.n ? text.p[i + 1] : ' ');
        if ((here == '(' || here == '[') && ++c.parentheses > c.deepest)
            c.deepest = c.parentheses;
        if ((here == ')' || here == ']') && c.parentheses > 0)
            c.parentheses--;
        if (is_word(here) ? !is_word(before) : !is_blank(here))
            c.tokens++;
    }
    return c;
}

const char *caps_refuse(const struct sl_sql_context *ctx, struct sl_span text)
{
    size_t max = ctx->max_bytes == 0 ? SL_SQL_MAX_BYTES : ctx->max_bytes;

    if (text.n > max || text.n > 16 * 1024 * 1024)
        return "the text is longer than the judge reads";
    if (memchr(text.p == NULL ? (const uint8_t *)"" : text.p, 0, text.n) != NULL)
        return "the text holds a NUL byte";
    if (!sl_utf8_valid(text))
        return "the text is not valid UTF-8";
    if (!ctx->standard_strings &&
        memchr(text.p == NULL ? (const uint8_t *)"" : text.p, '\'', text.n) != NULL)
        return "standard_conforming_strings is off";
    struct count c = count_text(text);
    if (c.deepest_comment > SL_SQL_MAX_COMMENT_DEPTH)
        return "comments are nested too deeply";
    if (c.deepest > SL_SQL_MAX_PARENTHESES)
        return "parentheses are nested too deeply";
    if (c.tokens > SL_SQL_MAX_TOKENS)
        return "the text has too many tokens";
    return NULL;
}
