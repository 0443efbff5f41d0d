/* The inbox as lines of a terminal. */
#include "cli/inbox.h"

#include "base/utf8.h"

struct canvas {
    struct sl_buf *out;
    size_t columns, rows, row;
};

/* One row of printable text; what does not fit ends in "~". */
static void put_row(struct canvas *c, struct sl_span text)
{
    if (c->row >= c->rows)
        return;
    struct sl_span head = sl_utf8_head_columns(text, c->columns);
    if (head.n < text.n) {
        head = sl_utf8_head_columns(text, c->columns - 1);
        sl_buf_put(c->out, head);
        sl_buf_put_str(c->out, "~");
    } else {
        sl_buf_put(c->out, head);
    }
    sl_buf_put_str(c->out, "\033[K");
    if (++c->row < c->rows)
        sl_buf_put_str(c->out, "\r\n");
}

static void fill_up(struct canvas *c, size_t to)
{
    while (c->row < to)
        put_row(c, sl_span(NULL, 0));
}

/* --- the list -------------------------------------------------------------------------------- */

static void put_first_line(struct sl_buf *b, const json_t *a, bool cursor,
                           void (*left)(struct sl_buf *b, const json_t *approval))
{
    sl_buf_put_str(b, cursor ? "> " : "  ");
    sl_utf8_put_printable(b, sl_json_str(a, "identity"));
    sl_buf_put_str(b, " on ");
    sl_utf8_put_printable(b, sl_json_str(a, "target"));
    sl_buf_put_str(b, ", ");
    if (sl_span_is(sl_json_str(a, "state"), "pending"))
        left(b, a);
    else
        sl_utf8_put_printable(b, sl_json_str(a, "state"));
}

static void put_second_line(struct sl_buf *b, const json_t *a)
{
    struct sl_span summary = sl_json_str(a, "summary"), why = sl_json_str(a, "may_not_why");

    sl_buf_put_str(b, "    ");
    sl_utf8_put_printable(b, sl_span_head(summary, sl_span_find(summary, '\n')));
    if (sl_span_find(summary, '\n') < summary.n)
        sl_buf_put_str(b, " ...");
    if (why.n > 0 && sl_span_is(sl_json_str(a, "state"), "pending")) {
        sl_buf_reset(b);
        sl_buf_put_str(b, "    not you: ");
        sl_utf8_put_printable(b, why);
    }
}

static void put_approval(struct canvas *c, const struct sl_inbox *i, const json_t *a,
                         void (*left)(struct sl_buf *b, const json_t *approval))
{
    SL_BUF(first, 64 * 1024);
    SL_BUF(second, 1024 * 1024);

    put_first_line(&first, a, sl_span_is(sl_json_str(a, "id"), i->id), left);
    put_second_line(&second, a);
    put_row(c, sl_buf_span(&first));
    put_row(c, sl_buf_span(&second));
}

static size_t cursor_of(const struct sl_inbox *i)
{
    size_t at;
    json_t *a;

    json_array_foreach(i->list, at, a) if (sl_span_is(sl_json_str(a, "id"), i->id)) return at;
    return 0;
}

static void put_list(struct canvas *c, const struct sl_inbox *i, size_t end,
                     void (*left)(struct sl_buf *b, const json_t *approval))
{
    SL_BUF(title, 256);
    size_t count = json_array_size(i->list), at = cursor_of(i);
    size_t fit = end > c->row ? (end - c->row - 1) / 2 : 0;
    size_t from = fit > 0 && at >= fit ? at - fit + 1 : 0;

    sl_buf_say(&title, "Sluice: %U for you, %U for others", (uint64_t)i->mine,
               (uint64_t)(count - i->mine));
    put_row(c, sl_buf_span(&title));
    if (count == 0)
        put_row(c, SL_SPAN("Nothing waits."));
    for (; from < count && c->row + 2 <= end; from++)
        put_approval(c, i, json_array_get(i->list, from), left);
    fill_up(c, end);
}

/* --- one of them ----------------------------------------------------------------------------- */

static bool is_quoted(struct sl_span line)
{
    return sl_span_starts(line, SL_SPAN("  | "));
}

/* A stranger's line that is too long goes on behind a mark of its own, as `sluice show` has it. */
static size_t put_wrapped(struct canvas *c, struct sl_span line, size_t skip, size_t end)
{
    struct sl_span mark = is_quoted(line) ? SL_SPAN("  > ") : SL_SPAN("    ");
    struct sl_span head = sl_utf8_head_columns(line, c->columns), rest = sl_span_from(line, head.n);
    size_t rows = 1;

    if (skip == 0 && c->row < end)
        put_row(c, head);
    for (; rest.n > 0; rows++) {
        SL_BUF(b, 4096);

        head = sl_utf8_head_columns(rest, c->columns - mark.n);
        rest = sl_span_from(rest, head.n);
        sl_buf_put(&b, mark);
        sl_buf_put(&b, head);
        if (rows >= skip && c->row < end)
            put_row(c, sl_buf_span(&b));
    }
    return rows;
}

static void put_text(struct canvas *c, const struct sl_inbox *i, size_t end)
{
    struct sl_span text = sl_buf_span(&i->text);
    size_t skip = i->top;
    bool whole = true;

    while (text.n > 0 && whole) {
        struct sl_span line = sl_span_head(text, sl_span_find(text, '\n'));
        size_t rows = put_wrapped(c, line, skip, end);

        skip -= rows < skip ? rows : skip;
        text = sl_span_from(text, line.n + 1);
        whole = c->row < end;
    }
    fill_up(c, end);
}

/* --- below ----------------------------------------------------------------------------------- */

static void put_question(struct canvas *c, const struct sl_inbox *i)
{
    SL_BUF(question, 4096);
    SL_BUF(line, 8 * SL_INBOX_LINE);

    if (i->mode == SL_INBOX_REASON) {
        sl_buf_say(&question, "Why do you %s? Enter goes on, Esc back.", i->verb);
    } else {
        sl_buf_say(&question, "Type %s: ", i->verb);
        sl_utf8_put_printable(&question, sl_json_str(i->open, "identity"));
        sl_buf_put_str(&question, " on ");
        sl_utf8_put_printable(&question, sl_json_str(i->open, "target"));
    }
    put_row(c, sl_buf_span(&question));
    sl_utf8_put_printable(&line, sl_buf_span(&i->line));
    struct sl_span typed = sl_buf_span(&line);
    while (typed.n > 0 &&
           sl_utf8_head_columns(typed, c->columns - 3).n < typed.n) /* its end is what counts */
        typed = sl_span_from(typed, sl_utf8_head_columns(typed, 1).n > 0
                                        ? sl_utf8_head_columns(typed, 1).n
                                        : sl_utf8_head_columns(typed, 2).n);
    SL_BUF(shown, 8 * SL_INBOX_LINE);
    sl_buf_say(&shown, "> %S", typed);
    put_row(c, sl_buf_span(&shown));
}

/* It has an address in it that somebody must be able to copy: it goes on in the next row. */
static size_t notice_rows(const struct canvas *c, struct sl_span notice, size_t most)
{
    size_t rows = 1;

    for (struct sl_span rest = notice; rows < most; rows++) {
        rest = sl_span_from(rest, sl_utf8_head_columns(rest, c->columns).n);
        if (rest.n == 0)
            break;
    }
    return rows;
}

static void put_notice(struct canvas *c, struct sl_span notice, size_t rows)
{
    for (; rows > 1; rows--) {
        struct sl_span head = sl_utf8_head_columns(notice, c->columns);

        put_row(c, head);
        notice = sl_span_from(notice, head.n);
    }
    put_row(c, notice);
}

/* What one person did alone stands above whatever is on the screen. */
static void put_alone(struct canvas *c, const struct sl_inbox *i)
{
    struct sl_span alone = sl_buf_span(&i->alone);

    if (alone.n > 0)
        put_notice(c, alone, notice_rows(c, alone, c->rows / 3));
}

static const char *keys_of(const struct sl_inbox *i)
{
    if (i->mode != SL_INBOX_LIST)
        return i->alone.n > 0 ? "a approve, d deny, j k scroll, x hides the top, q back"
                              : "a approve, d deny, j k scroll, q back";
    return i->alone.n > 0 ? "j k move, Enter opens, x hides the top, q quits"
                          : "j k move, Enter opens, q quits";
}

void sl_inbox_render(const struct sl_inbox *i,
                     void (*left)(struct sl_buf *b, const json_t *approval), struct sl_buf *out)
{
    struct canvas c = {out,
                       i->columns < SL_INBOX_LEAST_COLUMNS ? SL_INBOX_LEAST_COLUMNS : i->columns,
                       i->rows < SL_INBOX_LEAST_ROWS ? SL_INBOX_LEAST_ROWS : i->rows, 0};
    size_t notice = i->mode > SL_INBOX_OPEN
                        ? 1
                        : notice_rows(&c, sl_buf_span(&i->notice), c.rows / 2),
           end = c.rows - 1 - notice;

    put_alone(&c, i);
    if (i->mode == SL_INBOX_LIST)
        put_list(&c, i, end, left);
    else
        put_text(&c, i, end);
    if (i->mode > SL_INBOX_OPEN) {
        put_question(&c, i);
        return;
    }
    put_notice(&c, sl_buf_span(&i->notice), notice);
    put_row(&c, sl_span_str(keys_of(i)));
}
