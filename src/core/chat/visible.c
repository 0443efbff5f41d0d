/* Text of strangers: what is seen is what is there, and how much of it there is room for. */
#include "core/chat/chat.h"

#include "base/utf8.h"

#define OPENING "\xe2\x9f\xa8" /* U+27E8 */
#define CLOSING "\xe2\x9f\xa9" /* U+27E9 */

enum { BRACKET = 0x27e8, PIECE_MOST = 16, MARKS_MOST = 2 };

/* How many units of UTF-16 a code point is. */
static size_t units(uint32_t code)
{
    return code >= 0x10000 ? 2 : 1;
}

struct sl_span sl_chat_head(struct sl_span s, size_t most)
{
    size_t at = 0, n = 0;

    while (at < s.n) {
        size_t next = at;
        uint32_t code = 0;

        if (sl_utf8_next(s, &next, &code) != SL_OK)
            return sl_span_head(s, at);
        n += units(code);
        if (n > most)
            return sl_span_head(s, at);
        at = next;
    }
    return s;
}

/* Marks that sit on the letter before them: a pile of them covers other lines. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x489) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

/* One piece of a text after the other: a character as it is, or what stands for it. */
struct walk {
    struct sl_span in;
    bool one_line;
    size_t at, marks;
    uint8_t written[PIECE_MOST]; /* what stands for the last one */
};

static bool looks_like_ours(struct sl_span rest)
{
    return sl_span_starts(rest, SL_SPAN("U+")) || sl_span_starts(rest, SL_SPAN("0x"));
}

static bool is_odd(struct walk *w, uint32_t code)
{
    w->marks = is_mark(code) ? w->marks + 1 : 0;
    if (code == '\n' || code == '\t')
        return w->one_line;
    if (code == BRACKET)
        return looks_like_ours(sl_span_from(w->in, w->at));
    return w->marks > MARKS_MOST || sl_utf8_deceives(code) || sl_utf8_unseen(code);
}

static void add(struct walk *w, struct sl_span *piece, struct sl_span more)
{
    memcpy(w->written + piece->n, more.p, more.n);
    *piece = sl_span(w->written, piece->n + more.n);
}

static struct sl_span write_number(struct walk *w, const char *prefix, uint32_t v, unsigned digits)
{
    struct sl_span piece = {w->written, 0};

    while (digits < 6 && v >> (4 * digits) != 0)
        digits++;
    add(w, &piece, SL_SPAN(OPENING));
    add(w, &piece, sl_span_str(prefix));
    while (digits-- > 0)
        add(w, &piece, sl_span(&"0123456789ABCDEF"[v >> (4 * digits) & 15], 1));
    add(w, &piece, SL_SPAN(CLOSING));
    return piece;
}

/* The next piece, which lives until the one after it, and how many units of UTF-16 it has. */
static bool next_piece(struct walk *w, struct sl_span *piece, size_t *n)
{
    size_t from = w->at;
    uint32_t code = 0;

    if (w->at >= w->in.n)
        return false;
    if (sl_utf8_next(w->in, &w->at, &code) != SL_OK) {
        *piece = write_number(w, "0x", w->in.p[w->at++], 2);
        w->marks = 0;
    } else if (is_odd(w, code)) {
        *piece = write_number(w, "U+", code, 4);
    } else {
        *piece = sl_span(w->in.p + from, w->at - from);
        *n = units(code);
        return true;
    }
    *n = piece->n - 4; /* each bracket is three bytes and one unit */
    return true;
}

/* Where the text has to end to have at most `most` units; its end: it fits. */
static size_t shown_end(struct walk w, size_t most)
{
    struct sl_span piece;
    size_t end = 0, n = 0, more;

    while (next_piece(&w, &piece, &more) && more <= most - n) {
        n += more;
        end = w.at;
    }
    return end;
}

static void put_until(struct sl_buf *b, struct walk w, size_t end)
{
    struct sl_span piece;
    size_t n;

    while (w.at < end && next_piece(&w, &piece, &n))
        sl_buf_put(b, piece);
}

static uint64_t characters(struct sl_span s)
{
    uint64_t n = 0;

    for (size_t at = 0; at < s.n; n++) {
        uint32_t code;
        if (sl_utf8_next(s, &at, &code) != SL_OK)
            at++;
    }
    return n;
}

void sl_chat_put_visible(struct sl_buf *b, struct sl_span s)
{
    put_until(b, (struct walk){.in = s}, s.n);
}

bool sl_chat_put_shown(struct sl_buf *b, struct sl_span s, size_t most, bool one_line)
{
    struct walk w = {.in = s, .one_line = one_line};
    size_t end = shown_end(w, most);

    put_until(b, w, end);
    if (end == s.n)
        return true;
    sl_buf_put_str(b, "... [cut here: ");
    sl_buf_put_grouped(b, characters(sl_span_from(s, end)));
    sl_buf_put_str(b, " more characters]");
    return false;
}

bool sl_chat_fits(struct sl_span s, size_t most, bool one_line)
{
    return shown_end((struct walk){.in = s, .one_line = one_line}, most) == s.n;
}

/* Letters that are read from right to left: around them a chat moves what stands beside. */
static bool runs_backwards(struct sl_span s)
{
    for (size_t at = 0; at < s.n;) {
        uint32_t c = 0;
        if (sl_utf8_next(s, &at, &c) != SL_OK)
            at++;
        if ((c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
            (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff) ||
            (c >= 0x1e800 && c <= 0x1efff))
            return true;
    }
    return false;
}

/* Blanks that move the rest out of sight, or more lines than somebody reads in a chat. */
static bool is_stretched(struct sl_span s)
{
    size_t lines = 1, blanks = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool blank = s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t';

        lines += s.p[i] == '\n';
        blanks = blank ? blanks + 1 : 0;
        if (lines > SL_CHAT_LINES_MOST || blanks > SL_CHAT_BLANKS_MOST)
            return true;
    }
    return false;
}

bool sl_chat_card_whole(const struct sl_chat_card *c)
{
    const struct {
        struct sl_span text;
        size_t most;
        bool one_line;
    } parts[] = {
        {c->statement, SL_CHAT_STATEMENT_MOST, false},
        {c->reason, SL_CHAT_SAID_MOST, false},
        {c->why, SL_CHAT_LIST_MOST, true},
        {c->datasets, SL_CHAT_LIST_MOST, true},
        {c->labels, SL_CHAT_LIST_MOST, true},
        {c->effects, SL_CHAT_NAME_MOST, true},
        {c->identity, SL_CHAT_NAME_MOST, true},
        {c->kind, SL_CHAT_NAME_MOST, true},
        {c->owner, SL_CHAT_NAME_MOST, true},
        {c->target, SL_CHAT_NAME_MOST, true},
        {c->environment, SL_CHAT_NAME_MOST, true},
        {c->protocol, SL_CHAT_NAME_MOST, true},
        {c->run, SL_CHAT_NAME_MOST, true},
        {c->session, SL_CHAT_LIST_MOST, true},
        {c->rows, SL_CHAT_NAME_MOST, true},
        {c->reviewers, SL_CHAT_LIST_MOST, true},
    };

    if (!c->whole || c->hidden || c->statement.n == 0 || !sl_span_is(c->state, "pending"))
        return false;
    for (size_t i = 0; i < SL_COUNT(parts); i++)
        if (!sl_chat_fits(parts[i].text, parts[i].most, parts[i].one_line) ||
            runs_backwards(parts[i].text) || is_stretched(parts[i].text))
            return false;
    return true;
}
