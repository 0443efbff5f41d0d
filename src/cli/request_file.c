#include "cli/request.h"

#include "base/utf8.h"
#include "cli/api_client.h"
#include "core/action/list.h"

#include <errno.h>
#include <pg_query.h>
#include <stdlib.h>

static int say_no(const char *path, const char *why)
{
    fprintf(stderr, "sluice request: %s: %s\n", path, why);
    return SL_EXIT_USAGE;
}

static int read_all(const char *path, struct sl_buf *text)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    int code = SL_API_CONTINUE;

    if (in == NULL)
        return say_no(path, strerror(errno));
    for (;;) {
        uint8_t *room = sl_buf_room(text, 64 * 1024);
        size_t n = room == NULL ? 0 : fread(room, 1, 64 * 1024, in);

        if (n == 0)
            break;
        text->n += n;
    }
    if (ferror(in) != 0)
        code = say_no(path, "it cannot be read");
    else if (sl_buf_err(text) != SL_OK || text->n > SL_LIST_MAX_BYTES)
        code = say_no(path, "a list holds at most 4 MB");
    if (in != stdin)
        (void)fclose(in);
    return code;
}

/* The place of what could not be read, for whoever wrote the file. */
static int say_where(const char *path, struct sl_span text, const char *message, int at)
{
    size_t end = at > 0 && (size_t)at <= text.n ? (size_t)at : 0, line = 1;

    for (size_t i = 0; i + 1 < end; i++)
        line += text.p[i] == '\n';
    fprintf(stderr, "sluice request: %s:%zu: ", path, line);
    sl_api_print_text(stderr, sl_span_str(message));
    fputc('\n', stderr);
    return SL_EXIT_USAGE;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct sl_span with_semicolon(struct sl_span text, size_t at, size_t n)
{
    size_t end = at + n;

    while (end < text.n && is_blank(text.p[end]))
        end++;
    return sl_span(text.p + at, end < text.n && text.p[end] == ';' ? end + 1 - at : n);
}

static int take(const char *path, struct sl_request_file *f, const PgQuerySplitResult *r)
{
    struct sl_span text = sl_buf_span(&f->text);

    f->statements = calloc((size_t)r->n_stmts + 1, sizeof *f->statements);
    if (f->statements == NULL)
        return say_no(path, "out of memory");
    for (int i = 0; i < r->n_stmts; i++) {
        size_t at = (size_t)r->stmts[i]->stmt_location, n = (size_t)r->stmts[i]->stmt_len;

        if (at > text.n || n > text.n - at)
            return say_no(path, "it cannot be split into statements");
        for (; n > 0 && is_blank(text.p[at]); at++)
            n--;
        if (n > 0 && text.p[at] == '\\')
            return say_where(path, text, "psql's own commands (\\...) cannot be part of a list",
                             (int)at + 1);
        f->statements[f->count++] = with_semicolon(text, at, n);
    }
    if (f->count == 0)
        return say_no(path, "there is no statement in it");
    if (f->count > SL_LIST_MAX)
        return say_no(path, "a list holds at most 256 statements: split it into several");
    return SL_API_CONTINUE;
}

int sl_request_read(const char *path, struct sl_request_file *out)
{
    out->text = sl_buf(SL_LIST_MAX_BYTES + 128 * 1024);
    int code = read_all(path, &out->text);

    if (code != SL_API_CONTINUE)
        return code;
    struct sl_span text = sl_buf_span(&out->text);
    if (!sl_utf8_valid(text) || sl_span_find(text, 0) < text.n)
        return say_no(path, "it is not UTF-8 text");
    PgQuerySplitResult r = pg_query_split_with_scanner(sl_buf_text(&out->text));
    code = r.error != NULL ? say_where(path, text, r.error->message, r.error->cursorpos)
                           : take(path, out, &r);
    pg_query_free_split_result(r);
    return code;
}

void sl_request_done(struct sl_request_file *f)
{
    sl_buf_done(&f->text);
    free(f->statements);
}
