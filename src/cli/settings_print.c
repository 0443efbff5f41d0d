#include "cli/settings_print.h"

#include "cli/api_client.h"

/* console/src/settings.ts has the same table. */
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

static struct sl_span next_piece(struct sl_span *rest)
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

/* Returns how many there are of this kind. */
static size_t print_pieces(FILE *out, struct sl_span settings, bool as_usual, const char **head)
{
    size_t count = 0;

    for (struct sl_span rest = settings; rest.n > 0;) {
        struct sl_span piece = next_piece(&rest);

        if (sl_setting_is_usual(piece) != as_usual)
            continue;
        count++;
        if (out == NULL)
            continue;
        fprintf(out, "%-12s", *head);
        sl_api_print_text(out, piece);
        fputc('\n', out);
        *head = "";
    }
    return count;
}

void sl_settings_print(FILE *out, struct sl_span settings, bool everything)
{
    const char *head = "Settings";

    (void)print_pieces(out, settings, false, &head);
    size_t count = print_pieces(everything ? out : NULL, settings, true, &head);
    if (count > 0 && !everything)
        fprintf(out, "%-12s(%zu as usual: sluice show --all lists them)\n", head, count);
}
