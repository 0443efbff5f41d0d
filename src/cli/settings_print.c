#include "cli/settings_print.h"

#include "cli/api_client.h"
#include "core/action/settings.h"

/* Returns how many there are of this kind. */
static size_t print_pieces(FILE *out, struct sl_span settings, bool as_usual, const char **head)
{
    size_t count = 0;

    for (struct sl_span rest = settings; rest.n > 0;) {
        struct sl_span piece = sl_setting_next(&rest);

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
