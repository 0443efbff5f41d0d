#include "core/action/envelope.h"

#include "base/when.h"
#include "wire/pg/shape.h"
#include "json/json.h"

bool sl_envelope_is_bounded(const struct sl_envelope *e)
{
    return e->times >= 1 && e->times <= SL_ENVELOPE_MAX_TIMES && e->rows >= 1 &&
           e->rows <= SL_ENVELOPE_MAX_ROWS && e->for_s >= 1 && e->for_s <= SL_ENVELOPE_MAX_SECONDS;
}

/* --- bounds in words ------------------------------------------------------------------------- */

static struct sl_span next_word(struct sl_span *rest)
{
    while (rest->n > 0 && rest->p[0] == ' ')
        *rest = sl_span_from(*rest, 1);
    struct sl_span word = sl_span_head(*rest, sl_span_find(*rest, ' '));

    *rest = sl_span_from(*rest, word.n);
    return word;
}

static enum sl_err take_count(struct sl_span *rest, const char *unit, uint64_t *out)
{
    SL_TRY(sl_span_u64(next_word(rest), out));
    return sl_span_is(next_word(rest), unit) ? SL_OK : SL_EMALFORMED;
}

enum sl_err sl_envelope_get(struct sl_span text, struct sl_envelope *out)
{
    struct sl_envelope e = {0};
    struct sl_span rest = text;
    uint64_t ms;

    SL_TRY(take_count(&rest, "times", &e.times));
    SL_TRY(take_count(&rest, "rows", &e.rows));
    SL_TRY(sl_duration_get(next_word(&rest), &ms));
    if (next_word(&rest).n > 0 || ms % 1000 != 0)
        return SL_EMALFORMED;
    e.for_s = ms / 1000;
    if (!sl_envelope_is_bounded(&e))
        return SL_ELIMIT;
    *out = e;
    return SL_OK;
}

/* --- the template ---------------------------------------------------------------------------- */

/* At most, as JSON has it. */
static size_t escaped_bytes(struct sl_span sql)
{
    size_t n = 0;

    for (size_t i = 0; i < sql.n; i++)
        n += sql.p[i] < 0x20 ? 6 : sql.p[i] == '"' || sql.p[i] == '\\' ? 2 : 1;
    return n;
}

static enum sl_err check_shape(struct sl_span sql)
{
    static const struct sl_shape_key any = {0}; /* nothing is looked up by it */
    struct sl_shape shape;
    SL_BUF(shown, SL_ENVELOPE_MAX_SHOWN);

    if (sql.n > SL_ENVELOPE_MAX_TEMPLATE || escaped_bytes(sql) > SL_ENVELOPE_MAX_SHOWN)
        return SL_ELIMIT;
    SL_TRY(sl_shape_of(sql, &any, &shape));
    SL_TRY(sl_shape_put(&shown, sql));
    return shape.highest_parameter == 0 ? SL_OK : SL_EUNSUPPORTED;
}

enum sl_err sl_envelope_put_template(struct sl_buf *b, struct sl_span sql)
{
    struct sl_shape_walk walk = sl_shape_walk(sql);
    struct sl_span literal;
    size_t at = 0;
    SL_BUF(template, SL_ENVELOPE_MAX_TEMPLATE);

    SL_TRY(check_shape(sql));
    while (sl_shape_next_literal(&walk, &literal)) {
        size_t begin = (size_t)(literal.p - sql.p);

        sl_buf_put(&template, sl_span(sql.p + at, begin - at));
        sl_buf_put_str(&template, literal.p[0] == '\'' ? "{text}" : "{integer}");
        at = begin + literal.n;
    }
    sl_buf_put(&template, sl_span_from(sql, at));
    if (sl_buf_err(&template) != SL_OK)
        return SL_ELIMIT;
    sl_buf_put(b, sl_buf_span(&template));
    return sl_buf_err(b);
}

/* A quoted name may hold what a literal of a template looks like. */
static size_t quoted_bytes(struct sl_span rest)
{
    size_t end = rest.n > 0 && rest.p[0] == '"' ? 1 : 0;

    while (end > 0 && end < rest.n && rest.p[end] != '"')
        end++;
    return end == 0 || end == rest.n ? end : end + 1;
}

enum sl_err sl_envelope_put_shape(struct sl_buf *b, struct sl_span template)
{
    SL_BUF(sql, SL_ENVELOPE_MAX_TEMPLATE);

    for (struct sl_span rest = template; rest.n > 0;) {
        size_t quoted = quoted_bytes(rest), took = quoted > 0 ? quoted : 1;

        if (quoted == 0 && sl_span_starts(rest, SL_SPAN("{integer}"))) {
            sl_buf_put_str(&sql, "0");
            took = sizeof "{integer}" - 1;
        } else if (quoted == 0 && sl_span_starts(rest, SL_SPAN("{text}"))) {
            sl_buf_put_str(&sql, "''");
            took = sizeof "{text}" - 1;
        } else {
            sl_buf_put(&sql, sl_span_head(rest, took));
        }
        rest = sl_span_from(rest, took);
    }
    SL_TRY(sl_buf_err(&sql));
    return sl_shape_put(b, sl_buf_span(&sql));
}

/* One row then holds as many values as there are. */
static bool gathers_values(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->flow_count; i++)
        if (m->flows[i].via.n > 0)
            return true;
    return (m->flags & (SL_MEANING_FLOWS_CUT | SL_MEANING_GATHERS)) != 0;
}

static bool skips_rows(const struct sl_meaning *m)
{
    for (size_t i = 0; i < m->name_count; i++)
        if (m->names[i].kind == SL_NAME_OFFSET)
            return true;
    return false;
}

const char *sl_envelope_objection(const struct sl_meaning *m)
{
    if ((m->effects & SL_EFFECT_OPAQUE) != 0)
        return "Sluice cannot know what it does";
    if (m->statement_count != 1 || !sl_span_is(m->statements[0].tag, "select") ||
        m->effects != SL_EFFECT_READ)
        return "it is more than one SELECT that reads: how much a write changes, or what an export "
               "or a function returns, no number of rows bounds";
    if ((m->flags & SL_MEANING_SHAPE_SHARED) == 0)
        return "what it means may depend on its literals";
    if (gathers_values(m))
        return "it puts values of several rows into one (an aggregate, a window, a join of a table "
               "with itself): no number of rows bounds how many";
    if (skips_rows(m))
        return "it skips rows (OFFSET)";
    return NULL;
}

/* --- what is approved ------------------------------------------------------------------------ */

void sl_envelope_put_operation(struct sl_buf *b, const struct sl_envelope *e,
                               struct sl_span template)
{
    sl_buf_say(b, "{\"envelope\":{\"for_s\":%U,\"rows\":%U,\"times\":%U},\"sql\":", e->for_s,
               e->rows, e->times);
    sl_json_put_string(b, template);
    sl_buf_put_str(b, "}");
}
