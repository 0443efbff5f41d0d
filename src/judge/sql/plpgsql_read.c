#include "judge/sql/plpgsql_int.h"

#include "pg_query.h"

/* --- tokens --------------------------------------------------------------------------------- */

/* Just enough of protocol buffers: fields that are numbers (0) or runs of bytes (2). */
struct reader {
    const uint8_t *at, *end;
};

static uint64_t number(struct reader *r)
{
    uint64_t value = 0;

    for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
        uint8_t byte = *r->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

static enum token_kind kind_of(struct sl_span s)
{
    uint8_t c = s.n == 0 ? 0 : s.p[0];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;

    if (c == '\'' || c == '$')
        return TOKEN_STRING;
    if (c == '"')
        return TOKEN_QUOTED;
    if (letter) /* E'..', U&"..", b'..' begin with a letter, too */
        return memchr(s.p, '\'', s.n) != NULL || memchr(s.p, '"', s.n) != NULL ? TOKEN_STRING
                                                                               : TOKEN_WORD;
    return (c >= '0' && c <= '9') || (c == '.' && s.n > 1 && s.p[1] >= '0' && s.p[1] <= '9')
               ? TOKEN_NUMBER
               : TOKEN_OTHER;
}

static bool is_comment(struct sl_span s)
{
    return s.n >= 2 && ((s.p[0] == '-' && s.p[1] == '-') || (s.p[0] == '/' && s.p[1] == '*'));
}

static struct token token_of(struct reader r)
{
    struct token t = {0};

    while (r.at < r.end) {
        uint64_t field = number(&r) >> 3, value = number(&r);
        if (field == 1)
            t.start = (uint32_t)value;
        else if (field == 2)
            t.end = (uint32_t)value;
    }
    return t;
}

static size_t decode(struct reader r, struct sl_span text, struct token *out, size_t room)
{
    size_t n = 0;

    while (r.at < r.end) {
        uint64_t tag = number(&r), value = number(&r);
        if ((tag & 7) != 2)
            continue;
        if (value > (uint64_t)(r.end - r.at))
            return 0;
        struct token t = token_of((struct reader){r.at, r.at + value});
        r.at += value;
        if (tag >> 3 != 2)
            continue;
        if (t.end > text.n || t.start >= t.end || n == room)
            return 0;
        struct sl_span s = sl_span(text.p + t.start, t.end - t.start);
        t.kind = kind_of(s);
        if (!is_comment(s))
            out[n++] = t;
    }
    return n;
}

/* How many tokens there may be, comments and all. */
static size_t count_tokens(struct reader r)
{
    size_t n = 0;

    while (r.at < r.end) {
        uint64_t tag = number(&r), value = number(&r);
        if ((tag & 7) != 2)
            continue;
        if (value > (uint64_t)(r.end - r.at))
            return 0;
        r.at += value;
        n++;
    }
    return n;
}

bool plpgsql_tokens(struct judge *j, const char *text, const struct token **out, size_t *count)
{
    PgQueryScanResult r = pg_query_scan(text);
    const uint8_t *bytes = (const uint8_t *)r.pbuf.data;
    bool empty =
        r.error != NULL || bytes == NULL; /* a text without any token has no bytes at all */
    struct reader all = {bytes, empty ? bytes : bytes + r.pbuf.len};
    size_t room = empty ? 0 : count_tokens(all);
    struct token *tokens = room == 0 ? NULL : note_alloc(j, room * sizeof *tokens);

    *count = tokens == NULL ? 0 : decode(all, sl_span_str(text), tokens, room);
    pg_query_free_scan_result(r);
    *out = tokens;
    return *count > 0;
}

/* --- reading on ----------------------------------------------------------------------------- */

void read_broken(struct plpgsql *p, const char *why)
{
    if (!p->broken)
        note_opaque(p->j, why, NULL);
    p->broken = true;
}

bool read_done(const struct plpgsql *p)
{
    return p->broken || p->at >= p->count || p->j->out_of_memory;
}

struct sl_span read_text(const struct plpgsql *p, size_t at)
{
    if (p->broken || at >= p->count)
        return (struct sl_span){0};
    return sl_span(p->text.p + p->tokens[at].start, p->tokens[at].end - p->tokens[at].start);
}

struct sl_span read_range(const struct plpgsql *p, size_t from, size_t to)
{
    if (p->broken || from >= to || to > p->count)
        return (struct sl_span){0};
    return sl_span(p->text.p + p->tokens[from].start,
                   p->tokens[to - 1].end - p->tokens[from].start);
}

bool read_is_at(const struct plpgsql *p, size_t at, const char *word)
{
    struct sl_span s = read_text(p, at);

    if (s.n == 0)
        return false;
    enum token_kind kind = p->tokens[at].kind;
    return (kind == TOKEN_WORD || kind == TOKEN_OTHER) && sl_span_eq_nocase(s, sl_span_str(word));
}

bool read_is(const struct plpgsql *p, const char *word)
{
    return read_is_at(p, p->at, word);
}

bool read_take(struct plpgsql *p, const char *word)
{
    bool is = read_is(p, word);

    p->at += is;
    return is;
}

void read_expect(struct plpgsql *p, const char *word)
{
    if (!read_take(p, word))
        read_broken(p, "a PL/pgSQL body that the judge cannot read");
}

const char *read_name_at(const struct plpgsql *p, size_t at)
{
    struct sl_span s = read_text(p, at);

    if (s.n == 0 || (p->tokens[at].kind != TOKEN_WORD && p->tokens[at].kind != TOKEN_QUOTED))
        return NULL;
    char *name = note_alloc(p->j, s.n + 1);
    size_t n = 0;
    bool quoted = s.p[0] == '"';
    for (size_t i = quoted; name != NULL && i + quoted < s.n; i++) {
        uint8_t c = s.p[i];
        name[n++] = (char)(!quoted && c >= 'A' && c <= 'Z' ? c + 32 : c);
        i += quoted && c == '"'; /* a doubled quote */
    }
    if (name != NULL)
        name[name_clipped(sl_span(name, n))] = 0;
    return name;
}

const char *read_name(struct plpgsql *p)
{
    const char *name = read_name_at(p, p->at);

    if (name == NULL)
        read_broken(p, "a PL/pgSQL body that the judge cannot read");
    p->at++;
    return name == NULL ? "" : name;
}

static int nesting(const struct plpgsql *p, size_t at)
{
    struct sl_span s = read_text(p, at);

    if (s.n != 1)
        return 0;
    return s.p[0] == '(' || s.p[0] == '[' ? 1 : s.p[0] == ')' || s.p[0] == ']' ? -1 : 0;
}

struct sl_span read_until(struct plpgsql *p, const char *const *words, size_t count)
{
    size_t from = p->at;
    int depth = 0;

    for (; !read_done(p); p->at++) {
        depth_step(p->j, 1);
        for (size_t i = 0; depth == 0 && i < count; i++)
            if (read_is(p, words[i]))
                return read_range(p, from, p->at);
        if (read_is(p, ";"))
            break; /* within parentheses, or before what had to come */
        depth += nesting(p, p->at);
        if (depth < 0)
            break;
    }
    read_broken(p, "a PL/pgSQL statement does not end as it should");
    return (struct sl_span){0};
}
