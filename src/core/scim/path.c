/* Paths and filters: a small reader, without recursion, that says no to what it does not know. */
#include "core/scim/scim_int.h"

#include "base/encode.h"

struct reader {
    struct sl_arena *mem;
    struct sl_span rest;
};

static bool is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '$' || c == '.' || c == ':';
}

/* A name with its URN and sub-attribute; empty: there is none. */
static struct sl_span name(struct reader *r)
{
    size_t n = 0;

    while (n < r->rest.n && is_name_byte(r->rest.p[n]))
        n++;
    struct sl_span found = sl_span_head(r->rest, n);
    r->rest = sl_span_from(r->rest, n);
    return found;
}

static size_t blanks(struct reader *r)
{
    size_t n = 0;

    while (n < r->rest.n && r->rest.p[n] == ' ')
        n++;
    r->rest = sl_span_from(r->rest, n);
    return n;
}

static bool word(struct reader *r, const char *text)
{
    struct sl_span rest = r->rest, found = name(r);

    if (sl_span_eq_nocase(found, sl_span_str(text)))
        return true;
    r->rest = rest;
    return false;
}

/* A JSON string, as RFC 7644 has it, or true or false; its end is where the quote is not escaped.
 */
static enum sl_scim_reason literal(struct reader *r, struct sl_scim_term *t)
{
    json_t *value = NULL;
    SL_BUF(wrapped, 8 * SL_SCIM_TEXT_MAX);
    size_t end = 1;

    bool is_true = word(r, "true");
    if (is_true || word(r, "false")) {
        t->text = is_true ? SL_SPAN("true") : SL_SPAN("false");
        return SL_SCIM_OK;
    }
    if (r->rest.n < 2 || r->rest.p[0] != '"')
        return SL_SCIM_FILTER;
    while (end < r->rest.n && r->rest.p[end] != '"')
        end += r->rest.p[end] == '\\' ? 2 : 1;
    if (end >= r->rest.n)
        return SL_SCIM_FILTER;
    sl_buf_say(&wrapped, "[%S]", sl_span_head(r->rest, end + 1));
    if (sl_buf_err(&wrapped) != SL_OK || sl_json_read(sl_buf_span(&wrapped), &value, NULL) != SL_OK)
        return SL_SCIM_FILTER;
    t->text = sl_arena_copy(r->mem, sl_scim_string(json_array_get(value, 0)));
    bool fits = t->text.n <= SL_SCIM_TEXT_MAX;
    json_decref(value);
    r->rest = sl_span_from(r->rest, end + 1);
    return fits ? SL_SCIM_OK : SL_SCIM_FILTER;
}

/* NAME eq LITERAL */
static enum sl_scim_reason comparison(struct reader *r, struct sl_span *left,
                                      struct sl_scim_term *t)
{
    *left = name(r);
    if (left->n == 0 || blanks(r) == 0 || !word(r, "eq") || blanks(r) == 0)
        return SL_SCIM_FILTER;
    return literal(r, t);
}

static enum sl_scim_reason term(struct reader *r, struct sl_scim_term *t)
{
    struct sl_span left;
    bool has_sub = false;
    enum sl_scim_reason why = comparison(r, &left, t);

    if (why != SL_SCIM_OK)
        return why;
    t->attribute = sl_scim_name_of(left, &has_sub);
    if (t->attribute == SL_SCIM_OTHER ||
        (has_sub && (t->attribute != SL_SCIM_MEMBERS ||
                     !sl_span_eq_nocase(sl_span_from(left, left.n - 6), SL_SPAN(".value")))))
        return SL_SCIM_FILTER;
    if (t->attribute != SL_SCIM_ACTIVE)
        return t->text.n > 0 ? SL_SCIM_OK : SL_SCIM_FILTER;
    if (!sl_span_eq_nocase(t->text, SL_SPAN("true")) &&
        !sl_span_eq_nocase(t->text, SL_SPAN("false")))
        return SL_SCIM_FILTER;
    t->flag = sl_span_eq_nocase(t->text, SL_SPAN("true"));
    return SL_SCIM_OK;
}

enum sl_scim_reason sl_scim_filter(struct sl_arena *mem, struct sl_span text,
                                   struct sl_scim_filter *out)
{
    struct reader r = {mem, text};
    struct sl_scim_filter f = {0};

    do {
        blanks(&r);
        if (f.count == SL_SCIM_TERMS_MAX)
            return SL_SCIM_FILTER;
        enum sl_scim_reason why = term(&r, &f.terms[f.count++]);
        if (why != SL_SCIM_OK)
            return why;
    } while (blanks(&r) > 0 && word(&r, "and"));
    if (r.rest.n > 0)
        return SL_SCIM_FILTER;
    *out = f;
    return SL_SCIM_OK;
}

/* Behind "attribute[": one comparison and "]". */
static enum sl_scim_reason choice(struct reader *r, struct sl_scim_path *p)
{
    struct sl_scim_term t = {0};
    struct sl_span left;

    blanks(r);
    if (comparison(r, &left, &t) != SL_SCIM_OK)
        return SL_SCIM_PATH;
    blanks(r);
    if (r->rest.n == 0 || r->rest.p[0] != ']')
        return SL_SCIM_PATH;
    r->rest = sl_span_from(r->rest, 1);
    p->chosen = true;
    if (sl_span_eq_nocase(left, SL_SPAN("value")))
        p->value = t.text;
    return SL_SCIM_OK;
}

enum sl_scim_reason sl_scim_path(struct sl_arena *mem, struct sl_span text,
                                 struct sl_scim_path *out)
{
    struct reader r = {mem, text};
    struct sl_scim_path p = {0};
    struct sl_span head = name(&r);

    if (head.n == 0 || text.n > 4 * SL_SCIM_TEXT_MAX || head.p[0] == '.' ||
        head.p[head.n - 1] == '.' || head.p[head.n - 1] == ':')
        return SL_SCIM_PATH;
    p.attribute = sl_scim_name_of(head, &p.has_sub);
    if (r.rest.n > 0 && r.rest.p[0] == '[') {
        r.rest = sl_span_from(r.rest, 1);
        enum sl_scim_reason why = choice(&r, &p);
        if (why != SL_SCIM_OK)
            return why;
        if (r.rest.n > 1 && r.rest.p[0] == '.') {
            r.rest = sl_span_from(r.rest, 1);
            p.has_sub = name(&r).n > 0;
        }
    }
    if (r.rest.n > 0)
        return SL_SCIM_PATH;
    *out = p;
    return SL_SCIM_OK;
}
