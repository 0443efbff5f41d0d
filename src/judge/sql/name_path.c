#include "judge/sql/code_int.h"

/* The search path as a session has it. */

static bool is_separator(uint8_t c)
{
    return c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
}

static uint8_t folded(uint8_t c, bool quoted)
{
    return !quoted && c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* The server cuts longer names, between two characters. */
size_t name_clipped(struct sl_span name)
{
    size_t n = name.n < NAMEDATALEN ? name.n : NAMEDATALEN - 1;

    while (n < name.n && n > 0 && (name.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* One element of search_path as SHOW prints it; false at the end or when it does not look like one.
 * What is missed is not found in the listing then, and that is opaque. */
static bool path_next(struct sl_span *rest, struct judge *j, struct sl_span *out)
{
    SL_BUF(b, 300);
    size_t i = 0;

    while (i < rest->n && is_separator(rest->p[i]))
        i++;
    bool quoted = i < rest->n && rest->p[i] == '"';
    for (i += quoted; i < rest->n; i++) {
        if (quoted && rest->p[i] == '"') {
            i++;
            if (i >= rest->n || rest->p[i] != '"')
                break;
        } else if (!quoted && is_separator(rest->p[i])) {
            break;
        }
        sl_buf_put_u8(&b, folded(rest->p[i], quoted));
    }
    b.n = name_clipped(sl_buf_span(&b));
    *rest = sl_span_from(*rest, i);
    if (sl_buf_err(&b) != SL_OK || (b.n == 0 && !quoted))
        return false;
    *out = sl_arena_copy(j->mem, b.n == 0 ? SL_SPAN("") : sl_buf_span(&b));
    return true;
}

/* Relations and types of the session itself are found before all others: the server looks for
 * nothing else there. */
bool name_may_be_temporary(const struct judge *j, const char *name)
{
    struct sl_span all = j->ctx->temp_names, wanted = sl_span_str(name);

    if (!j->ctx->temp_objects || all.n == 0 || wanted.n == 0)
        return j->ctx->temp_objects;
    for (size_t i = 0; i + wanted.n + 2 <= all.n; i++)
        if (all.p[i] == '/' && all.p[i + 1 + wanted.n] == '/' &&
            sl_span_eq(sl_span(all.p + i + 1, wanted.n), wanted))
            return true;
    return false;
}

/* True when no schema of users is searched before pg_catalog. */
bool name_catalog_first(struct judge *j)
{
    struct sl_span rest = j->ctx->search_path, one;
    bool first = true;

    while (j->path_count < SL_COUNT(j->path) && path_next(&rest, j, &one)) {
        if (sl_span_is(one, "$user")) {
            one = j->ctx->user;
            j->path_of_user = true;
        }
        if (sl_span_is(one, "pg_catalog") && j->path_count > 0)
            first = false; /* it stands behind something else */
        if (one.n > 0 && !sl_span_is(one, "pg_catalog"))
            j->path[j->path_count++] = one;
    }
    j->any_schema = rest.n > 0 && j->path_count == SL_COUNT(j->path);
    return first;
}
