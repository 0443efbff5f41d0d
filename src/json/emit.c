/* Strings, and the direct emitter. */
#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"
#include "json/json_int.h"

static bool needs_escape(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void put_escape(struct sl_buf *b, uint8_t c)
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    uint8_t letter = c < 0x20 ? (uint8_t)letters[c] : c;

    if (letter != 0) {
        sl_buf_put_u8(b, '\\');
        sl_buf_put_u8(b, letter);
        return;
    }
    sl_buf_put_str(b, "\\u00");
    sl_hex_put(b, sl_span(&c, 1));
}

void sl_json_put_string(struct sl_buf *b, struct sl_span text)
{
    size_t from = 0;

    if (!sl_utf8_valid(text)) {
        sl_json_fail(b, SL_EMALFORMED);
        return;
    }
    sl_buf_put_u8(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (!needs_escape(text.p[i]))
            continue;
        sl_buf_put(b, sl_span(text.p + from, i - from));
        put_escape(b, text.p[i]);
        from = i + 1;
    }
    sl_buf_put(b, sl_span_from(text, from));
    sl_buf_put_u8(b, '"');
}

/* What a level is and what it waits for next. */
enum { OBJECT = 'o', ARRAY = 'a', MEMBER = 'v' /* an object after a key: one value */ };

struct sl_jw sl_jw(struct sl_buf *b)
{
    return (struct sl_jw){.b = b};
}

/* A value may stand here; writes the comma of an array. */
static bool value_begins(struct sl_jw *w)
{
    if (w->depth == 0)
        return true;
    unsigned level = w->depth - 1;
    if (w->kind[level] == OBJECT) {
        sl_json_fail(w->b, SL_ESTATE); /* a value without a key */
        return false;
    }
    if (w->kind[level] == ARRAY && !w->first[level])
        sl_buf_put_u8(w->b, ',');
    w->first[level] = false;
    if (w->kind[level] == MEMBER)
        w->kind[level] = OBJECT;
    return true;
}

static void open_level(struct sl_jw *w, uint8_t kind, char bracket)
{
    if (w->depth >= SL_COUNT(w->kind)) {
        sl_json_fail(w->b, SL_ELIMIT);
        return;
    }
    if (!value_begins(w))
        return;
    sl_buf_put_u8(w->b, (uint8_t)bracket);
    w->kind[w->depth] = kind;
    w->first[w->depth] = true;
    w->last_key[w->depth].n = 0;
    w->depth++;
}

void sl_jw_object(struct sl_jw *w)
{
    open_level(w, OBJECT, '{');
}

void sl_jw_array(struct sl_jw *w)
{
    open_level(w, ARRAY, '[');
}

void sl_jw_end(struct sl_jw *w)
{
    if (w->depth == 0 || w->kind[w->depth - 1] == MEMBER) {
        sl_json_fail(w->b, SL_ESTATE);
        return;
    }
    w->depth--;
    sl_buf_put_u8(w->b, w->kind[w->depth] == OBJECT ? '}' : ']');
}

static bool is_plain(struct sl_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (needs_escape(name.p[i]) || name.p[i] >= 0x7f)
            return false;
    return true;
}

/* In ascending order, each once: what the caller writes is canonical or nothing. */
static bool key_may_follow(const struct sl_jw *w, struct sl_span name)
{
    if (w->depth == 0 || w->kind[w->depth - 1] != OBJECT || !is_plain(name))
        return false;
    unsigned level = w->depth - 1;
    if (w->first[level])
        return true;
    struct sl_span last = sl_span(w->b->p + w->last_key[level].at, w->last_key[level].n);
    return sl_span_cmp(last, name) < 0;
}

void sl_jw_key(struct sl_jw *w, const char *key)
{
    struct sl_span name = sl_span_str(key);

    if (w->b->why != SL_OK)
        return;
    if (!key_may_follow(w, name)) {
        sl_json_fail(w->b, SL_ESTATE);
        return;
    }
    unsigned level = w->depth - 1;
    sl_buf_put_str(w->b, w->first[level] ? "\"" : ",\"");
    w->last_key[level].at = w->b->n;
    w->last_key[level].n = name.n;
    sl_buf_put(w->b, name);
    sl_buf_put_str(w->b, "\":");
    w->kind[level] = MEMBER;
    w->first[level] = false;
}

void sl_jw_str(struct sl_jw *w, struct sl_span text)
{
    if (value_begins(w))
        sl_json_put_string(w->b, text);
}

void sl_jw_u64(struct sl_jw *w, uint64_t v)
{
    if (v > SL_JSON_MAX_INTEGER)
        sl_json_fail(w->b, SL_EOVERFLOW);
    else if (value_begins(w))
        sl_buf_put_decimal(w->b, v);
}

void sl_jw_bool(struct sl_jw *w, bool v)
{
    if (value_begins(w))
        sl_buf_put_str(w->b, v ? "true" : "false");
}

void sl_jw_null(struct sl_jw *w)
{
    if (value_begins(w))
        sl_buf_put_str(w->b, "null");
}

static bool quoted_begins(struct sl_jw *w)
{
    if (!value_begins(w))
        return false;
    sl_buf_put_u8(w->b, '"');
    return true;
}

void sl_jw_hex(struct sl_jw *w, struct sl_span bytes)
{
    if (!quoted_begins(w))
        return;
    sl_hex_put(w->b, bytes);
    sl_buf_put_u8(w->b, '"');
}

void sl_jw_time(struct sl_jw *w, uint64_t time_us)
{
    if (!quoted_begins(w))
        return;
    sl_when_put(w->b, time_us);
    sl_buf_put_u8(w->b, '"');
}

void sl_jw_raw(struct sl_jw *w, struct sl_span canonical_json)
{
    if (value_begins(w))
        sl_buf_put(w->b, canonical_json);
}
