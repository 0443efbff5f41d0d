#include "role/keeper/keeper_int.h"

#include "base/encode.h"
#include "role/keeper/approval.h"
#include "role/keeper/approval_json.h"

/* Requests that differ in literals only are shown together: SQL in quoted texts and numbers, what
 * programs ask for in numbers. This is for eyes alone: each is decided by itself, so a text that is
 * taken for another one here harms nobody. Of a quoted literal, a number and white space nothing
 * counts but that it is there. What comes after the first SHAPE_BYTES counts as it stands. */

enum { SHAPE_BYTES = 64 * 1024 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
    return is_digit(c) || c == '_' || c == '$' || c >= 0x80 || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t past_quoted(struct sl_span s, size_t i)
{
    uint8_t quote = s.p[i];

    for (i++; i < s.n; i++)
        if (s.p[i] == quote && (i + 1 >= s.n || s.p[i + 1] != quote))
            return i + 1;
        else if (s.p[i] == quote)
            i++;
    return s.n;
}

static size_t past(struct sl_span s, size_t i, bool (*is)(uint8_t))
{
    while (i < s.n && is(s.p[i]))
        i++;
    return i;
}

static void put_shape(struct sl_buf *b, struct sl_span text)
{
    struct sl_span s = sl_span_head(text, SHAPE_BYTES);

    for (size_t i = 0; i < s.n;) {
        size_t next = s.p[i] == '\'' || s.p[i] == '"' ? past_quoted(s, i)
                      : is_digit(s.p[i])              ? past(s, i, is_digit)
                      : is_blank(s.p[i])              ? past(s, i, is_blank)
                      : is_word(s.p[i])               ? past(s, i, is_word)
                                                      : i + 1;
        if (s.p[i] == '\'' || is_digit(s.p[i]))
            sl_buf_put_str(b, "?");
        else if (is_blank(s.p[i]))
            sl_buf_put_str(b, " ");
        else
            sl_buf_put(b, sl_span_head(sl_span_from(s, i), next - i));
        i = next;
    }
    if (s.n < text.n) {
        uint8_t rest[SL_SHA256];

        sl_sha256(sl_span_from(text, s.n), rest);
        sl_buf_put(b, sl_span(rest, sizeof rest));
    }
}

static void put_part(struct sl_buf *b, struct sl_span s)
{
    sl_buf_say(b, "%U:%S", (uint64_t)s.n, s);
}

void approval_alike(const struct approval *a, const json_t *operation, struct sl_buf *hex)
{
    struct sl_span sql = sl_json_str(operation, "sql"),
                   coded = sl_json_str(operation, "sql_base64");
    uint8_t digest[SL_SHA256];
    SL_BUF(text, 4 * SHAPE_BYTES);
    SL_BUF(other, SL_ACTION_MAX_BYTES);

    put_part(&text, a->identity);
    put_part(&text, a->target);
    put_part(&text, sl_json_str(a->detail, "rule"));
    if (sql.n + coded.n > 0)
        put_shape(&text, sql.n > 0 ? sql : coded);
    else if (sl_json_canonical(&other, operation) == SL_OK)
        put_shape(&text, sl_buf_span(&other)); /* of a program: numbers may differ, texts not */
    sl_sha256(sl_buf_span(&text), digest);
    sl_hex_put(hex, sl_span(digest, 8));
}
