/* The floor of a text that the lexer does not read: dollar quotes, odd strings, decimals.
 *
 * Nobody here knows what is a string and what is a comment, so nothing is skipped. What is used is
 * weaker and holds anyway: where a statement starts, the last byte that is not white space is `;`,
 * or the end of a comment, or of EXPLAIN's options, or there is none. Of one DO alone it is known
 * what is a string: there the words of its body say nothing (select ... into a variable).
 */
#include "wire/pg/floor_int.h"

struct raw {
    const uint8_t *at, *end;
    uint8_t last;        /* last byte that is not white space; 0 at the start */
    bool dashes;         /* `--` was seen in this line */
    bool comment_ended;  /* such a line ended just before, so the next word may be the first */
    bool explain;        /* the word was seen anywhere */
    bool behind_explain; /* the word before was explain, analyze or verbose */
    bool spaced;         /* the word before stood behind a blank or `)`, only blanks since */
    enum sl_floor_before before;
    uint32_t bits;
};

static bool is_letter(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

/* `$` and high bytes end a word here, although they may go on with one: then more is found. */
static struct sl_span take_word(struct raw *r)
{
    const uint8_t *from = r->at;

    while (r->at < r->end && (is_letter(*r->at) || (*r->at >= '0' && *r->at <= '9')))
        r->at++;
    return sl_span(from, (size_t)(r->at - from));
}

static bool may_start(const struct raw *r)
{
    if (r->last == 0 || r->last == ';' || r->last == '/' || r->comment_ended || r->behind_explain)
        return true;
    return r->last == ')' && r->explain;
}

/* `for update` counts as a lock only where both words surely stand in the same string, comment or
 * code: nothing but blanks between them, and a blank or `)` before. */
static enum sl_floor_before lock_before(const struct raw *r)
{
    return r->spaced || r->before == SL_FLOOR_INSERT ? r->before : SL_FLOOR_OTHER;
}

static void see_word(struct raw *r, bool spaced)
{
    struct sl_span word = take_word(r);
    enum sl_floor_word kind = sl_floor_word(word);

    if (may_start(r)) {
        uint32_t first = sl_floor_first_word(word);
        bool surely_first = r->last == 0;
        r->bits |= first == SL_FLOOR_UNKNOWN && !surely_first ? 0 : first;
    }
    r->bits |= sl_floor_word_bits(kind, lock_before(r));
    r->before = sl_floor_word_before(kind, lock_before(r));
    r->behind_explain = (r->behind_explain && sl_floor_is_explain_word(word)) ||
                        sl_span_eq_nocase(word, SL_SPAN("explain"));
    r->explain |= r->behind_explain;
    r->spaced = spaced;
    r->comment_ended = false;
    r->last = word.p[word.n - 1];
}

static void see_newline(struct raw *r)
{
    r->comment_ended |= r->dashes;
    r->dashes = false;
    r->spaced = false;
}

static void see_other(struct raw *r, uint8_t byte)
{
    r->dashes |= byte == '-' && r->last == '-';
    r->comment_ended = false;
    r->spaced = false;
    r->last = byte;
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

uint32_t sl_floor_raw(struct sl_span sql)
{
    struct raw r = {.at = sql.p, .end = sql.n == 0 ? sql.p : sql.p + sql.n};

    if (sl_floor_is_one_do(sql))
        return SL_FLOOR_DO;
    while (r.at < r.end) {
        uint8_t byte = *r.at;
        if (is_letter(byte)) {
            bool spaced = r.at > sql.p && (is_blank(r.at[-1]) || r.at[-1] == ')');
            see_word(&r, spaced);
            continue;
        }
        r.at++;
        if (byte == '\n' || byte == '\r')
            see_newline(&r);
        else if (byte == '\f' || byte == '\v')
            r.spaced = false;
        else if (byte != ' ' && byte != '\t')
            see_other(&r, byte);
    }
    return r.bits;
}
