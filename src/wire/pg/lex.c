#include "wire/pg/lex_int.h"

enum class {
    BAD, /* no shape */
    SPACE,
    LETTER,
    DIGIT,
    QUOTE,
    NAME_QUOTE,
    DOLLAR,
    OPERATOR,
    SINGLE, /* a token of one byte, whatever follows */
    DOT,
    COLON,
};

static const uint8_t classes[256] = {
    [' '] = SPACE,         ['\t'] = SPACE,         ['\n'] = SPACE,         ['\r'] = SPACE,
    ['\f'] = SPACE,        ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['_'] = LETTER,
    ['0' ... '9'] = DIGIT, ['\''] = QUOTE,         ['"'] = NAME_QUOTE,     ['$'] = DOLLAR,
    ['.'] = DOT,           [':'] = COLON,          ['('] = SINGLE,         [')'] = SINGLE,
    ['['] = SINGLE,        [']'] = SINGLE,         [','] = SINGLE,         [';'] = SINGLE,
    ['~'] = OPERATOR,      ['!'] = OPERATOR,       ['@'] = OPERATOR,       ['#'] = OPERATOR,
    ['^'] = OPERATOR,      ['&'] = OPERATOR,       ['|'] = OPERATOR,       ['%'] = OPERATOR,
    ['+'] = OPERATOR,      ['-'] = OPERATOR,       ['*'] = OPERATOR,       ['/'] = OPERATOR,
    ['<'] = OPERATOR,      ['>'] = OPERATOR,       ['='] = OPERATOR,
};

/* Bytes that go on with a word or would glue something to a number. */
static const uint8_t goes_on[256] = {
    ['a' ... 'z'] = 1, ['A' ... 'Z'] = 1, ['0' ... '9'] = 1,
    ['_'] = 1,         ['$'] = 1,         [0x80 ... 0xff] = 1,
};

const uint8_t sl_lex_lower[256] = {
    ['$'] = '$',   ['_'] = '_', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3',
    ['4'] = '4',   ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
#define LETTERS(X)                                                                              \
    X('A'), X('B'), X('C'), X('D'), X('E'), X('F'), X('G'), X('H'), X('I'), X('J'), X('K'),     \
        X('L'), X('M'), X('N'), X('O'), X('P'), X('Q'), X('R'), X('S'), X('T'), X('U'), X('V'), \
        X('W'), X('X'), X('Y'), X('Z')
#define FOLD(letter) [letter] = (letter) + 32, [(letter) + 32] = (letter) + 32
    LETTERS(FOLD),
};

enum { LONGEST_OPERATOR = 63, LONGEST_INTEGER = 10, LONGEST_PARAMETER = 5 };

static enum class class_at(const struct sl_lex *l, const uint8_t *p) {
    return p < l->end ? classes[*p] : BAD;
}

static bool is_byte(const struct sl_lex *l, const uint8_t *p, uint8_t byte)
{
    return p < l->end && *p == byte;
}

static bool is_glued(const struct sl_lex *l, const uint8_t *p)
{
    return p < l->end && goes_on[*p];
}

/* Ends the token before `end`; NULL means that the text has no shape. */
static struct sl_lex_token token(struct sl_lex *l, enum sl_lex_kind kind, const uint8_t *end)
{
    if (end == NULL)
        return (struct sl_lex_token){.kind = SL_LEX_NONE};
    struct sl_span text = {l->at, (size_t)(end - l->at)};
    l->at = end;
    return (struct sl_lex_token){kind, text};
}

/* A word before a quote may be a prefix (E, B, X, N, date), and u& starts an escaped name. */
static const uint8_t *word_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at + 1;

    while (p < l->end && goes_on[*p] && *p < 0x80)
        p++;
    if (is_byte(l, p, '\''))
        return NULL;
    if (p == l->at + 1 && (*l->at | 0x20) == 'u' && is_byte(l, p, '&'))
        return NULL;
    return p;
}

/* Behind the closing quote; NULL for a doubled quote, none at all, a NUL or `forbidden`. */
static const uint8_t *quoted_end(const struct sl_lex *l, uint8_t quote, uint8_t forbidden)
{
    const uint8_t *p = l->at + 1;

    while (p < l->end && *p != quote) {
        if (*p == forbidden || *p == 0)
            return NULL;
        p++;
    }
    if (p == l->end || is_byte(l, p + 1, quote))
        return NULL;
    return p + 1;
}

static const uint8_t *name_end(const struct sl_lex *l)
{
    const uint8_t *end = quoted_end(l, '"', 0);

    return end == l->at + 2 ? NULL : end;
}

static bool starts_comment(const struct sl_lex *l, const uint8_t *p)
{
    return (is_byte(l, p, '-') && is_byte(l, p + 1, '-')) ||
           (is_byte(l, p, '/') && is_byte(l, p + 1, '*'));
}

/* Two strings with white space or `--` comments between may be one string. */
static const uint8_t *string_end(const struct sl_lex *l)
{
    const uint8_t *end = quoted_end(l, '\'', '\\');
    const uint8_t *p = end;

    while (p != NULL && class_at(l, p) == SPACE)
        p++;
    return p != NULL && (is_byte(l, p, '\'') || starts_comment(l, p)) ? NULL : end;
}

static const uint8_t *integer_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at;
    uint64_t value = 0;

    for (; class_at(l, p) == DIGIT; p++) {
        if (p - l->at == LONGEST_INTEGER)
            return NULL;
        value = value * 10 + (uint64_t)(*p - '0');
    }
    return value > INT32_MAX || is_glued(l, p) || is_byte(l, p, '.') ? NULL : p;
}

static const uint8_t *parameter_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at + 1;
    uint32_t value = 0;

    for (; class_at(l, p) == DIGIT; p++) {
        if (p - l->at > LONGEST_PARAMETER || is_byte(l, l->at + 1, '0'))
            return NULL;
        value = value * 10 + (uint32_t)(*p - '0');
    }
    return value == 0 || value > UINT16_MAX || is_glued(l, p) || is_byte(l, p, '.') ? NULL : p;
}

/* A + or - at the end belongs to an operator only if this holds for one of its other bytes. */
static bool lets_end_in_sign(uint8_t byte)
{
    switch (byte) {
    case '~':
    case '!':
    case '@':
    case '#':
    case '^':
    case '&':
    case '|':
    case '%':
        return true;
    default:
        return false;
    }
}

static bool is_sign(uint8_t byte)
{
    return byte == '+' || byte == '-';
}

static const uint8_t *cut_signs(const uint8_t *at, const uint8_t *end)
{
    for (const uint8_t *p = at; p < end - 1; p++)
        if (lets_end_in_sign(*p))
            return end;
    while (end - at > 1 && is_sign(end[-1]))
        end--;
    return end;
}

static const uint8_t *operator_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at;

    while (class_at(l, p) == OPERATOR && !starts_comment(l, p))
        p++;
    if (p - l->at > 1 && is_sign(p[-1]))
        p = cut_signs(l->at, p);
    return p - l->at > LONGEST_OPERATOR ? NULL : p;
}

/* Block comments nest. NULL: it never ends. */
static const uint8_t *block_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at;
    size_t depth = 0;

    while (p < l->end && *p != 0) {
        bool opens = is_byte(l, p, '/') && is_byte(l, p + 1, '*');
        bool closes = is_byte(l, p, '*') && is_byte(l, p + 1, '/');
        p += opens || closes ? 2 : 1;
        depth = depth + opens - closes;
        if (depth == 0)
            return p;
    }
    return NULL;
}

static const uint8_t *comment_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at;

    if (*p == '/')
        return block_end(l);
    while (p < l->end && *p != '\n' && *p != '\r' && *p != 0)
        p++;
    return is_byte(l, p, 0) ? NULL : p;
}

/* `.5` would be a number. */
static const uint8_t *dot_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at + 1;

    if (is_byte(l, p, '.'))
        p++;
    return class_at(l, p) == DIGIT || class_at(l, p) == DOT ? NULL : p;
}

static const uint8_t *colon_end(const struct sl_lex *l)
{
    const uint8_t *p = l->at + 1;

    return is_byte(l, p, ':') || is_byte(l, p, '=') ? p + 1 : p;
}

struct sl_lex_token sl_lex_next(struct sl_lex *l)
{
    while (l->at < l->end && classes[*l->at] == SPACE)
        l->at++;
    if (l->at == l->end)
        return (struct sl_lex_token){.kind = SL_LEX_END};
    switch ((enum class)classes[*l->at]) {
    case LETTER:
        return token(l, SL_LEX_WORD, word_end(l));
    case DIGIT:
        return token(l, SL_LEX_INTEGER, integer_end(l));
    case QUOTE:
        return token(l, SL_LEX_STRING, string_end(l));
    case NAME_QUOTE:
        return token(l, SL_LEX_QUOTED, name_end(l));
    case DOLLAR:
        return token(l, SL_LEX_PARAMETER, parameter_end(l));
    case OPERATOR:
        if (starts_comment(l, l->at))
            return token(l, SL_LEX_COMMENT, comment_end(l));
        return token(l, SL_LEX_SYMBOL, operator_end(l));
    case SINGLE:
        return token(l, SL_LEX_SYMBOL, l->at + 1);
    case DOT:
        return token(l, SL_LEX_SYMBOL, dot_end(l));
    case COLON:
        return token(l, SL_LEX_SYMBOL, colon_end(l));
    case BAD:
    case SPACE:
        break;
    }
    return token(l, SL_LEX_NONE, NULL);
}
