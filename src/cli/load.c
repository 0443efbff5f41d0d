#include "cli/load.h"

#include "base/utf8.h"
#include "cli/cli.h"
#include "os/file.h"

#include <stdio.h>

int sl_cli_read_config(const char *path, struct sl_buf *text)
{
    enum sl_err err = sl_file_read(path, text);

    if (err == SL_OK)
        return SL_EXIT_FINE;
    if (err == SL_ELIMIT)
        fprintf(stderr, "%s:1:1: the file is too long; expected at most 1 MiB\n", path);
    else
        fprintf(stderr, "%s:1:1: cannot be read: %s; expected a file\n", path, sl_err_text(err));
    return SL_EXIT_REFUSED;
}

static struct sl_span take_line(struct sl_span *left)
{
    size_t end = sl_span_find(*left, '\n');
    struct sl_span line = sl_span_head(*left, end);

    *left = sl_span_from(*left, end + 1);
    return line;
}

/* "PATH:12:7: ..." -> 12 and 7. */
static bool read_place(struct sl_span line, const char *path, uint64_t *row, uint64_t *column)
{
    struct sl_span rest = sl_span_from(line, strlen(path) + 1);
    size_t colon = sl_span_find(rest, ':');

    if (sl_span_u64(sl_span_head(rest, colon), row) != SL_OK)
        return false;
    rest = sl_span_from(rest, colon + 1);
    return sl_span_u64(sl_span_head(rest, sl_span_find(rest, ':')), column) == SL_OK;
}

static void print_caret(struct sl_span text, uint64_t row, uint64_t column)
{
    SL_BUF(out, 4096);
    struct sl_span line = {NULL, 0};

    for (uint64_t i = 0; i < row && text.n > 0; i++)
        line = take_line(&text);
    if (line.n == 0 || line.n > 200 || column > line.n + 1)
        return;
    sl_buf_put_str(&out, "    ");
    sl_utf8_put_printable(&out, line);
    sl_buf_put_str(&out, "\n    ");
    for (uint64_t i = 1; i < column; i++)
        sl_buf_put_u8(&out, ' ');
    fprintf(stderr, "%s^\n", sl_buf_text(&out));
}

void sl_cli_print_complaints(struct sl_span complaints, const char *path, struct sl_span text)
{
    uint64_t row, column;

    while (complaints.n > 0) {
        struct sl_span line = take_line(&complaints);
        fprintf(stderr, "%.*s\n", (int)line.n, (const char *)line.p);
        if (read_place(line, path, &row, &column))
            print_caret(text, row, column);
    }
}

int sl_cli_load_config(const char *path, struct sl_config **out)
{
    SL_BUF(text, SL_CLI_MAX_CONFIG);
    SL_BUF(complaints, 1024 * 1024);

    if (sl_cli_read_config(path, &text) != SL_EXIT_FINE)
        return SL_EXIT_REFUSED;
    if (sl_config_load(sl_buf_span(&text), path, out, &complaints) == SL_OK)
        return SL_EXIT_FINE;
    sl_cli_print_complaints(sl_buf_span(&complaints), path, sl_buf_span(&text));
    return SL_EXIT_REFUSED;
}
