#include "core/action/settings.h"

static const char *const usual[] = {
    "DateStyle=ISO, MDY",
    "IntervalStyle=postgres",
    "TimeZone=UTC",
    "TimeZone=Etc/UTC",
    "TimeZone=GMT",
    "timezone_abbreviations=Default",
    "transform_null_equals=off",
    "row_security=on",
    "array_nulls=on",
    "backslash_quote=safe_encoding",
    "bytea_output=hex",
    "extra_float_digits=1",
    "default_text_search_config=pg_catalog.english",
    "default_text_search_config=pg_catalog.simple",
    "lc_monetary=C",
    "lc_monetary=C.UTF-8",
    "lc_monetary=en_US.UTF-8",
    "lc_numeric=C",
    "lc_numeric=C.UTF-8",
    "lc_numeric=en_US.UTF-8",
    "lc_time=C",
    "lc_time=C.UTF-8",
    "lc_time=en_US.UTF-8",
    "xmloption=content",
    "xmlbinary=base64",
};

bool sl_setting_is_usual(struct sl_span piece)
{
    for (size_t i = 0; i < SL_COUNT(usual); i++)
        if (sl_span_is(piece, usual[i]))
            return true;
    return false;
}

struct sl_span sl_setting_next(struct sl_span *rest)
{
    for (size_t i = 0; i + 1 < rest->n; i++)
        if (rest->p[i] == ';' && rest->p[i + 1] == ' ') {
            struct sl_span piece = sl_span_head(*rest, i);

            *rest = sl_span_from(*rest, i + 2);
            return piece;
        }
    struct sl_span last = *rest;
    *rest = sl_span_from(last, last.n);
    return last;
}

static void put_one(struct sl_buf *b, size_t before, struct sl_span piece)
{
    if (b->n > before)
        sl_buf_put_str(b, "; ");
    sl_buf_put(b, piece);
}

void sl_settings_put_unusual(struct sl_buf *b, struct sl_span settings, struct sl_span search_path)
{
    size_t before = b->n;

    for (struct sl_span rest = settings; rest.n > 0;) {
        struct sl_span piece = sl_setting_next(&rest);

        if (!sl_setting_is_usual(piece))
            put_one(b, before, piece);
    }
    if (search_path.n == 0 || sl_span_is(search_path, "\"$user\", public"))
        return;
    put_one(b, before, SL_SPAN("search_path="));
    sl_buf_put(b, search_path);
}
