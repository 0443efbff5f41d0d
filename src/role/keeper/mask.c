#include "role/keeper/mask.h"

/* A narrow lexer of SQL: it knows where literals are, and never replaces anything but the inside of
 * one. What a reviewer reads is therefore every word that runs, and what is masked is only ever
 * data. */

enum { DEPTH_MAX = 4, TEXT_MAX = 64 * 1024 * 1024 };

static bool word_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c >= 128;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* "password" as a word, or as the end of one (options: sslpassword). */
static bool ends_in_password(struct sl_span word)
{
    static const char password[] = "password";
    size_t n = sizeof password - 1;

    return word.n >= n && sl_span_eq_nocase(sl_span_from(word, word.n - n), sl_span_str(password));
}

bool mask_needed(struct sl_span sql)
{
    for (size_t at = 0; at < sql.n; at++) {
        if ((sql.p[at] | 0x20) == 'd' && ends_in_password(sl_span_head(sql, at + 1)))
            return true;
        if (sql.p[at] == ':' && at + 2 < sql.n && sql.p[at + 1] == '/' && sql.p[at + 2] == '/')
            return true;
    }
    return false;
}

/* --- literals --- */

/* A literal of the text: [at, end), of which `inside` is the content. */
struct literal {
    size_t end;
    struct sl_span inside;
    bool backslashes, dollar;
};

static struct literal quoted(struct sl_span sql, size_t at, bool backslashes)
{
    size_t i = at + 1;

    for (; i < sql.n; i++) {
        if (backslashes && sql.p[i] == '\\')
            i++;
        else if (sql.p[i] == '\'' && i + 1 < sql.n && sql.p[i + 1] == '\'')
            i++;
        else if (sql.p[i] == '\'')
            break;
    }
    size_t close = i < sql.n ? i : sql.n;
    return (struct literal){close < sql.n ? close + 1 : sql.n,
                            sl_span(sql.p + at + 1, close - at - 1), backslashes, false};
}

/* $tag$...$tag$; end == at when this is none ($1, a$b). */
static struct literal dollar_quoted(struct sl_span sql, size_t at)
{
    size_t tag = at + 1;

    while (tag < sql.n && word_byte(sql.p[tag]))
        tag++;
    if (tag >= sql.n || sql.p[tag] != '$' || (sql.p[at + 1] >= '0' && sql.p[at + 1] <= '9') ||
        (at > 0 && word_byte(sql.p[at - 1])))
        return (struct literal){.end = at};
    size_t n = tag + 1 - at, i = at + n;

    while (i + n <= sql.n && memcmp(sql.p + i, sql.p + at, n) != 0)
        i++;
    if (i + n > sql.n)
        return (struct literal){sql.n, sl_span_from(sql, at + n), false, true};
    return (struct literal){i + n, sl_span(sql.p + at + n, i - at - n), false, true};
}

/* The content as the server reads it, near enough to find a password in it. */
static void decode(struct sl_buf *out, const struct literal *l)
{
    for (size_t i = 0; i < l->inside.n; i++) {
        if (!l->dollar && i + 1 < l->inside.n &&
            (l->inside.p[i] == '\'' || (l->backslashes && l->inside.p[i] == '\\')))
            i++;
        sl_buf_put_u8(out, l->inside.p[i]);
    }
}

static void encode(struct sl_buf *out, const struct literal *l, struct sl_span content)
{
    for (size_t i = 0; i < content.n; i++) {
        if (!l->dollar && (content.p[i] == '\'' || (l->backslashes && content.p[i] == '\\')))
            sl_buf_put_u8(out, content.p[i]);
        sl_buf_put_u8(out, content.p[i]);
    }
}

/* --- what a literal may hold --- */

static size_t skip_blanks(struct sl_span s, size_t at)
{
    while (at < s.n && blank(s.p[at]))
        at++;
    return at;
}

/* Where `key =` ends that begins at `at`; `at` when there is none. */
static size_t key_end(struct sl_span s, size_t at, struct sl_span *key)
{
    size_t end = at;

    while (end < s.n && word_byte(s.p[end]))
        end++;
    *key = sl_span(s.p + at, end - at);
    size_t equals = skip_blanks(s, end);
    return end > at && equals < s.n && s.p[equals] == '=' ? equals + 1 : at;
}

static size_t value_end(struct sl_span s, size_t at)
{
    bool in_quotes = at < s.n && s.p[at] == '\'';

    for (size_t i = in_quotes ? at + 1 : at; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (in_quotes ? s.p[i] == '\'' : blank(s.p[i]))
            return in_quotes ? i + 1 : i;
    }
    return s.n;
}

/* host=... password=...: no statement begins like that, so none can hide in it. */
static void mask_settings(struct sl_buf *out, struct sl_span s)
{
    size_t done = 0;
    struct sl_span key;

    for (size_t at = skip_blanks(s, 0); at < s.n;) {
        size_t value = key_end(s, at, &key);
        if (value == at)
            break;
        value = skip_blanks(s, value);
        at = value_end(s, value);
        if (ends_in_password(key)) {
            sl_buf_put(out, sl_span(s.p + done, value - done));
            sl_buf_put_str(out, "***");
            done = at;
        }
        at = skip_blanks(s, at);
    }
    sl_buf_put(out, sl_span_from(s, done));
}

/* postgres://user:PASSWORD@host/database?sslpassword=... */
static void mask_address(struct sl_buf *out, struct sl_span s)
{
    size_t from = sl_span_find(s, ':') + 3, at, end = from;

    while (end < s.n && s.p[end] != '/' && s.p[end] != '?' && !blank(s.p[end]))
        end++;
    for (at = end; at > from && s.p[at - 1] != '@'; at--) {
    }
    size_t colon = from + sl_span_find(sl_span(s.p + from, at - from), ':');
    if (at > from && colon < at) {
        sl_buf_put(out, sl_span_head(s, colon + 1));
        sl_buf_put_str(out, "***");
        end = at - 1;
    } else
        end = 0;
    for (size_t i = end; i < s.n; i++) {
        sl_buf_put_u8(out, s.p[i]);
        if (s.p[i] != '=' || !ends_in_password(sl_span_head(s, i)))
            continue;
        sl_buf_put_str(out, "***");
        i += sl_span_find(sl_span_from(s, i + 1), '&');
    }
}

static void mask_at(struct sl_buf *out, struct sl_span sql, unsigned depth);

static void mask_content(struct sl_buf *out, struct sl_span content, unsigned depth)
{
    struct sl_span key;

    if (sl_span_starts(content, SL_SPAN("postgres://")) ||
        sl_span_starts(content, SL_SPAN("postgresql://")))
        mask_address(out, content);
    else if (key_end(content, skip_blanks(content, 0), &key) != skip_blanks(content, 0))
        mask_settings(out, content);
    else
        mask_at(out, content, depth);
}

/* A literal that is no password may hold a statement or a connection string with one. */
static void put_literal(struct sl_buf *out, struct sl_span sql, size_t at, const struct literal *l,
                        unsigned depth)
{
    SL_BUF(content, TEXT_MAX);
    SL_BUF(masked, TEXT_MAX);

    if (depth < DEPTH_MAX && mask_needed(l->inside)) {
        decode(&content, l);
        mask_content(&masked, sl_buf_span(&content), depth + 1);
    }
    if (sl_span_eq(sl_buf_span(&masked), sl_buf_span(&content))) {
        sl_buf_put(out, sl_span(sql.p + at, l->end - at));
        return;
    }
    size_t before = (size_t)(l->inside.p - sql.p), after = before + l->inside.n;
    sl_buf_put(out, sl_span(sql.p + at, before - at));
    encode(out, l, sl_buf_span(&masked));
    sl_buf_put(out, sl_span(sql.p + after, l->end - after));
}

/* --- the text --- */

static size_t comment_end(struct sl_span sql, size_t at)
{
    unsigned depth = 0;

    if (sql.p[at] == '-')
        return at + sl_span_find(sl_span_from(sql, at), '\n');
    for (size_t i = at; i + 1 < sql.n; i++) {
        if (sql.p[i] == '/' && sql.p[i + 1] == '*')
            depth++, i++;
        else if (sql.p[i] == '*' && sql.p[i + 1] == '/' && (i++, --depth == 0))
            return i + 1;
    }
    return sql.n;
}

static bool comment_begins(struct sl_span sql, size_t at)
{
    return at + 1 < sql.n && ((sql.p[at] == '-' && sql.p[at + 1] == '-') ||
                              (sql.p[at] == '/' && sql.p[at + 1] == '*'));
}

static size_t name_end(struct sl_span sql, size_t at)
{
    size_t end = at + 1;

    if (sql.p[at] == '"') {
        end += sl_span_find(sl_span_from(sql, end), '"');
        return end < sql.n ? end + 1 : sql.n;
    }
    while (end < sql.n && (word_byte(sql.p[end]) || sql.p[end] == '$'))
        end++;
    return end;
}

/* The literal that begins at `at`, with its E, N, B, X or U& in front; end == at when there is
 * none. */
static struct literal literal_at(struct sl_span sql, size_t at)
{
    uint8_t letter = sql.p[at] | 0x20;
    size_t quote = at;

    if (sql.p[at] == '$')
        return dollar_quoted(sql, at);
    if (letter == 'e' || letter == 'n' || letter == 'b' || letter == 'x')
        quote = at + 1;
    else if (letter == 'u' && at + 1 < sql.n && sql.p[at + 1] == '&')
        quote = at + 2;
    if (quote >= sql.n || sql.p[quote] != '\'')
        return (struct literal){.end = at};
    return quoted(sql, quote, letter == 'e' && quote > at);
}

/* `secret`: the word before was PASSWORD. Statements inside a literal may be of a language where
 * `=` gives a variable its value; there only a literal right behind the word is a password. */
static void mask_at(struct sl_buf *out, struct sl_span sql, unsigned depth)
{
    bool secret = false;

    for (size_t at = 0, end; at < sql.n; at = end) {
        struct literal l = literal_at(sql, at);
        end = l.end;
        if (end > at) {
            if (secret)
                sl_buf_put_str(out, "'***'"); /* and what continues it on the next line */
            else
                put_literal(out, sql, at, &l, depth);
            continue;
        }
        end = at + 1;
        if (comment_begins(sql, at))
            end = comment_end(sql, at);
        else if (word_byte(sql.p[at]) || sql.p[at] == '"') {
            end = name_end(sql, at);
            size_t quotes = sql.p[at] == '"' && end - at > 1;
            secret = ends_in_password(sl_span(sql.p + at + quotes, end - at - 2 * quotes));
        } else if (!blank(sql.p[at]) && (sql.p[at] != '=' || depth > 0))
            secret = false;
        sl_buf_put(out, sl_span(sql.p + at, end - at));
    }
}

void mask_passwords(struct sl_buf *out, struct sl_span sql)
{
    mask_at(out, sql, 0);
}
