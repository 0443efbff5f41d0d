#include "role/keeper/mask.h"

static bool word_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 128;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '=';
}

/* "password" as a word, or as the end of one (libpq options: sslpassword=...). */
static bool password_ends_at(struct sl_span sql, size_t at)
{
    static const char word[] = "password";
    size_t n = sizeof word - 1;

    return at >= n && sl_span_eq_nocase(sl_span(sql.p + at - n, n), sl_span_str(word)) &&
           (at == sql.n || !word_byte(sql.p[at]));
}

bool mask_needed(struct sl_span sql)
{
    for (size_t at = 4; at + 4 <= sql.n; at++)
        if ((sql.p[at] | 0x20) == 'w' && password_ends_at(sql, at + 4))
            return true;
    return false;
}

/* Where the literal that begins at `at` ends: '...' with doubled quotes and, to be safe, backslashes;
 * $tag$...$tag$. `at` itself when there is none. */
static size_t literal_end(struct sl_span sql, size_t at)
{
    if (at < sql.n && sql.p[at] == '\'') {
        for (size_t i = at + 1; i < sql.n; i++) {
            if (sql.p[i] == '\\')
                i++;
            else if (sql.p[i] == '\'' && !(i + 1 < sql.n && sql.p[i + 1] == '\''))
                return i + 1;
            else if (sql.p[i] == '\'')
                i++;
        }
        return sql.n;
    }
    if (at < sql.n && sql.p[at] == '$') {
        size_t tag = at + 1 + sl_span_find(sl_span_from(sql, at + 1), '$') + 1 - at;

        for (size_t i = at + tag; i + tag <= sql.n; i++)
            if (memcmp(sql.p + i, sql.p + at, tag) == 0)
                return i + tag;
        return sql.n;
    }
    return at;
}

/* Where a comment that begins at `at` ends; `at` when there is none. Comments nest: the last end counts. */
static size_t comment_end(struct sl_span sql, size_t at)
{
    unsigned depth = 0;

    if (at + 1 >= sql.n || (memcmp(sql.p + at, "--", 2) != 0 && memcmp(sql.p + at, "/*", 2) != 0))
        return at;
    if (sql.p[at] == '-')
        return at + sl_span_find(sl_span_from(sql, at), '\n');
    for (size_t i = at; i + 1 < sql.n; i++) {
        if (memcmp(sql.p + i, "/*", 2) == 0)
            depth++, i++;
        else if (memcmp(sql.p + i, "*/", 2) == 0 && (i++, --depth == 0))
            return i + 1;
    }
    return sql.n;
}

static size_t space_end(struct sl_span sql, size_t at)
{
    for (size_t next = at;; at = next) {
        while (next < sql.n && blank(sql.p[next]))
            next++;
        next = comment_end(sql, next);
        if (next == at)
            return at;
    }
}

/* Blanks, comments, `=` and the letters of E'' U&'' N'' between the word and its literal. */
static size_t literal_start(struct sl_span sql, size_t at)
{
    at = space_end(sql, at);
    size_t quote = at;

    while (quote < sql.n && quote < at + 2 && (word_byte(sql.p[quote]) || sql.p[quote] == '&'))
        quote++;
    return quote < sql.n && sql.p[quote] == '\'' ? quote : at;
}

/* `password = value` inside a literal, as libpq's connection strings have it: where the value ends. `start`
 * when this is none. Its own quotes are doubled there: ''two words''. */
static size_t setting_end(struct sl_span sql, size_t word_end, size_t start, bool quoted)
{
    size_t i = start;
    bool doubled = start + 1 < sql.n && sql.p[start] == '\'' && sql.p[start + 1] == '\'';

    if (!quoted || sl_span_find(sl_span(sql.p + word_end, start - word_end), '=') == start - word_end)
        return start;
    if (doubled) {
        for (i += 2; i + 1 < sql.n; i++)
            if (sql.p[i] == '\'' && sql.p[i + 1] == '\'')
                return i + 2;
        return sql.n;
    }
    while (i < sql.n && sql.p[i] != '\'' && (sql.p[i] == '=' || !blank(sql.p[i])))
        i++;
    return i;
}

/* Inside '...'? Each quote turns it, a doubled one twice. A backslash makes that unsure: then yes. */
static bool turns(struct sl_span sql, size_t from, size_t to, bool quoted)
{
    for (size_t i = from; i < to; i++)
        quoted = sql.p[i] == '\\' || (sql.p[i] == '\'' ? !quoted : quoted);
    return quoted;
}

void mask_passwords(struct sl_buf *out, struct sl_span sql)
{
    size_t done = 0, seen = 0;
    bool quoted = false;

    for (size_t at = 0; at <= sql.n; at++) {
        if (!password_ends_at(sql, at))
            continue;
        quoted = turns(sql, seen, at, quoted);
        seen = at;
        size_t start = literal_start(sql, at), end = setting_end(sql, at, start, quoted);

        if (end == start)
            end = literal_end(sql, start);
        if (end == start)
            continue;
        quoted = quoted && turns(sql, start, end, quoted);
        seen = end;
        sl_buf_put(out, sl_span(sql.p + done, at - done));
        sl_buf_put_str(out, quoted ? " ***" : " '***'");
        done = end;
        at = end - 1;
    }
    sl_buf_put(out, sl_span_from(sql, done));
}
