#include "os/log.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/when.h"
#include "os/clock.h"

#include <stdlib.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static const char *log_role = "sluice";
static bool log_debug;

void sl_log_init(const char *role)
{
    const char *wanted = getenv("SLUICE_LOG");

    log_role = role;
    log_debug = wanted != NULL && strcmp(wanted, "debug") == 0;
}

static const char *level_name(enum sl_log_level level)
{
    switch (level) {
    case SL_LOG_DEBUG:
        return "debug";
    case SL_LOG_INFO:
        return "info";
    case SL_LOG_WARN:
        return "warn";
    case SL_LOG_ERROR:
        return "error";
    }
    return "error";
}

/* Plain words stand bare; anything else is quoted. */
static bool is_plain(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '=')
            return false;
    return s.n > 0;
}

/* The escaped form cannot end the quotes or the line: a backslash stands before `"` and `\`, and
 * sl_utf8_put_printable leaves no control character. */
static void put_quoted(struct sl_buf *line, struct sl_span s)
{
    sl_buf_put_u8(line, '"');
    while (s.n > 0) {
        size_t run = 0;
        while (run < s.n && s.p[run] != '"' && s.p[run] != '\\')
            run++;
        sl_utf8_put_printable(line, sl_span_head(s, run));
        if (run < s.n) {
            sl_buf_put_u8(line, '\\');
            sl_buf_put_u8(line, s.p[run++]);
        }
        s = sl_span_from(s, run);
    }
    sl_buf_put_u8(line, '"');
}

static void put_field(struct sl_buf *line, const struct sl_log_field *f)
{
    sl_buf_say(line, " %s=", f->name);
    if (f->is_number)
        sl_buf_put_decimal(line, f->number);
    else if (is_plain(f->text))
        sl_buf_put(line, f->text);
    else
        put_quoted(line, f->text);
}

/* One write, so that lines of several programs do not mix. A log that cannot be written is no
 * reason to stop: what must be kept is in the ledger. */
static void write_line(struct sl_buf *line)
{
    static const char cut[] = " cut=true\n";

    if (sl_buf_err(line) == SL_OK && line->n < LINE_BYTES) {
        sl_buf_put_u8(line, '\n');
    } else {
        size_t n = line->n < LINE_BYTES - sizeof cut ? line->n : LINE_BYTES - sizeof cut;
        struct sl_span head = sl_utf8_head(sl_buf_span(line), n);
        line->why = SL_OK;
        line->n = head.n;
        sl_buf_put(line, sl_span(cut, sizeof cut - 1));
    }
    ssize_t ignored = write(STDERR_FILENO, line->p, line->n);
    (void)ignored;
}

void sl_log_event(enum sl_log_level level, const char *event, const struct sl_log_field *fields,
                  size_t count)
{
    if (level == SL_LOG_DEBUG && !log_debug)
        return;

    SL_BUF(line, 2 * LINE_BYTES);
    if (sl_buf_room(&line, LINE_BYTES) == NULL)
        return;
    sl_when_put(&line, sl_clock_us());
    sl_buf_say(&line, " level=%s role=%s event=%s", level_name(level), log_role, event);
    for (size_t i = 0; i < count && line.n < LINE_BYTES && sl_buf_err(&line) == SL_OK; i++)
        put_field(&line, &fields[i]);
    write_line(&line);
}
