/* Text from strangers on a terminal: escaped, and each of its lines stands behind a mark, so that
 * no statement can pretend to be something that Sluice says. */
#include "cli/api_client.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MAX_TEXT = 64 * 1024 * 1024, MARK_COLUMNS = 4, LEAST_COLUMNS = 20, USUAL_COLUMNS = 80 };

void sl_api_print_json(const json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

    if (text != NULL)
        puts(text);
    free(text);
}

void sl_api_print_text(FILE *out, struct sl_span text)
{
    SL_BUF(safe, MAX_TEXT);

    sl_utf8_put_printable(&safe, text);
    fputs(sl_buf_text(&safe), out);
}

/* Columns of the terminal behind `out`, 0 when there is none: nothing wraps then. */
static size_t columns_of(FILE *out)
{
    struct winsize size;

    if (!isatty(fileno(out)))
        return 0;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return USUAL_COLUMNS;
    return size.ws_col < LEAST_COLUMNS ? LEAST_COLUMNS : size.ws_col;
}

void sl_api_print_head(FILE *out, struct sl_span text, size_t columns)
{
    SL_BUF(safe, MAX_TEXT);

    sl_utf8_put_printable(&safe, sl_span_head(text, sl_span_find(text, '\n')));
    struct sl_span head = sl_utf8_head_columns(sl_buf_span(&safe), columns);
    fprintf(out, "%.*s%s", (int)head.n, head.p == NULL ? "" : (const char *)head.p,
            head.n < safe.n || sl_span_find(text, '\n') < text.n ? " ..." : "");
}

/* A terminal that wraps a long line would begin the next one without a mark: we wrap it, with '>'.
 */
static void print_line(FILE *out, struct sl_span line, size_t columns)
{
    SL_BUF(safe, MAX_TEXT);
    const char *mark = "  | ";

    sl_utf8_put_printable(&safe, line);
    struct sl_span rest = sl_buf_span(&safe);
    do {
        struct sl_span head =
            columns == 0 ? rest : sl_utf8_head_columns(rest, columns - MARK_COLUMNS);

        fprintf(out, "%s%.*s\n", mark, (int)head.n, head.p == NULL ? "" : (const char *)head.p);
        rest = sl_span_from(rest, head.n);
        mark = "  > ";
    } while (rest.n > 0);
    if (sl_buf_err(&safe) != SL_OK)
        fputs("  ! the rest of this line is too long to be shown here\n", out);
}

void sl_api_print_lines(FILE *out, struct sl_span text)
{
    size_t columns = columns_of(out);

    do {
        struct sl_span line = sl_span_head(text, sl_span_find(text, '\n'));

        print_line(out, line, columns);
        text = sl_span_from(text, line.n + 1);
    } while (text.n > 0);
}

void sl_api_print_behind(const char *before, const json_t *one, const char *key)
{
    if (sl_json_str(one, key).n == 0)
        return;
    fputs(before, stdout);
    sl_api_print_text(stdout, sl_json_str(one, key));
}

uint64_t sl_api_number(const json_t *one, const char *key)
{
    uint64_t value = 0;

    (void)sl_json_u64(one, key, &value);
    return value;
}
