#include "base/cursor.h"
#include "wire/pg/frame.h"

enum {
    CODE_CANCEL = 80877102,
    CODE_SSL = 80877103,
    CODE_GSSENC = 80877104,
    OUR_MAJOR = 3,
};

enum sl_step sl_pg_startup_frame(struct sl_span in, uint32_t *body_bytes)
{
    struct sl_cursor c = sl_cursor(in);
    uint32_t length = sl_cursor_be32(&c);

    if (c.short_read)
        return SL_STEP_NEED_MORE;
    if (length < SL_PG_STARTUP_HEADER + 4 || length > SL_PG_MAX_STARTUP)
        return SL_STEP_BROKEN;
    *body_bytes = length - SL_PG_STARTUP_HEADER;
    return SL_STEP_EVENT;
}

static bool has_option(const struct sl_pg_startup *s, struct sl_span name)
{
    for (size_t i = 0; i < s->option_count; i++)
        if (sl_span_eq_nocase(s->options[i].name, name))
            return true;
    return false;
}

static enum sl_err add_option(struct sl_pg_startup *s, struct sl_span name, struct sl_span value)
{
    if (has_option(s, name))
        return SL_EMALFORMED;
    if (s->option_count == SL_PG_MAX_STARTUP_OPTIONS)
        return SL_ELIMIT;
    if (sl_span_starts(name, SL_SPAN("_pq_.")))
        s->negotiate = true;
    s->options[s->option_count++] = (struct sl_pg_option){name, value};
    return SL_OK;
}

/* name NUL value NUL ... NUL, and nothing behind the last NUL */
static enum sl_err get_options(struct sl_cursor *c, struct sl_pg_startup *s)
{
    for (;;) {
        struct sl_span name = sl_cursor_cstr(c);
        if (c->short_read)
            return SL_EMALFORMED;
        if (name.n == 0)
            return sl_cursor_done(c) ? SL_OK : SL_EMALFORMED;
        struct sl_span value = sl_cursor_cstr(c);
        if (c->short_read)
            return SL_EMALFORMED;
        SL_TRY(add_option(s, name, value));
    }
}

static enum sl_err get_cancel(struct sl_cursor *c, struct sl_pg_startup *s)
{
    s->cancel_pid = sl_cursor_be32(c);
    s->cancel_secret = sl_cursor_rest(c);
    s->cancel_long = s->cancel_secret.n != 4;
    if (c->short_read || s->cancel_secret.n < 4)
        return SL_EMALFORMED;
    return s->cancel_secret.n > SL_PG_MAX_CANCEL_SECRET ? SL_EMALFORMED : SL_OK;
}

static enum sl_err get_by_code(struct sl_cursor *c, uint32_t code, struct sl_pg_startup *s)
{
    switch (code) {
    case CODE_SSL:
        s->kind = SL_PG_SSL_REQUEST;
        return sl_cursor_done(c) ? SL_OK : SL_EMALFORMED;
    case CODE_GSSENC:
        s->kind = SL_PG_GSSENC_REQUEST;
        return sl_cursor_done(c) ? SL_OK : SL_EMALFORMED;
    case CODE_CANCEL:
        s->kind = SL_PG_CANCEL_REQUEST;
        return get_cancel(c, s);
    default:
        s->kind = SL_PG_STARTUP;
        s->major = (uint16_t)(code >> 16);
        s->minor = (uint16_t)(code & 0xffff);
        s->negotiate = s->minor > 0;
        return s->major == OUR_MAJOR ? get_options(c, s) : SL_EUNSUPPORTED;
    }
}

enum sl_err sl_pg_startup_get(struct sl_span body, struct sl_pg_startup *out)
{
    struct sl_cursor c = sl_cursor(body);
    uint32_t code = sl_cursor_be32(&c);
    struct sl_pg_startup s = {0};

    if (c.short_read)
        return SL_EMALFORMED;
    SL_TRY(get_by_code(&c, code, &s));
    *out = s;
    return SL_OK;
}

const struct sl_span *sl_pg_startup_option(const struct sl_pg_startup *s, const char *name)
{
    for (size_t i = 0; i < s->option_count; i++)
        if (sl_span_is(s->options[i].name, name))
            return &s->options[i].value;
    return NULL;
}
