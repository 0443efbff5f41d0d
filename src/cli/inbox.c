/* What a key does in the inbox, and what comes in. */
#include "cli/inbox.h"

#include "base/utf8.h"
#include "cli/cli.h"

#include <stdlib.h>

enum { TEXT_MAX = 64 * 1024 * 1024, NOTICE_MAX = 8192, ALONE_REASON = 160 };

void sl_inbox_init(struct sl_inbox *i)
{
    *i = (struct sl_inbox){.list = json_array(),
                           .text = sl_buf(TEXT_MAX),
                           .line = sl_buf(SL_INBOX_LINE),
                           .reason = sl_buf(SL_INBOX_LINE),
                           .notice = sl_buf(NOTICE_MAX),
                           .alone = sl_buf(NOTICE_MAX),
                           .rows = 24,
                           .columns = 80};
}

void sl_inbox_done(struct sl_inbox *i)
{
    json_decref(i->list);
    json_decref(i->open);
    sl_buf_done(&i->text);
    sl_buf_done(&i->line);
    sl_buf_done(&i->reason);
    sl_buf_done(&i->notice);
    sl_buf_done(&i->alone);
}

void sl_inbox_say(struct sl_inbox *i, struct sl_span notice)
{
    sl_buf_reset(&i->notice);
    sl_utf8_put_printable(&i->notice, notice);
}

void sl_inbox_say_alone(struct sl_inbox *i, const json_t *approval)
{
    const json_t *broken = json_object_get(approval, "break_glass");

    sl_buf_reset(&i->alone);
    sl_utf8_put_printable(&i->alone, sl_json_str(broken, "by"));
    sl_buf_put_str(&i->alone, " alone released ");
    sl_utf8_put_printable(&i->alone, sl_json_str(approval, "identity"));
    sl_buf_put_str(&i->alone, " on ");
    sl_utf8_put_printable(&i->alone, sl_json_str(approval, "target"));
    sl_buf_put_str(&i->alone, " (break-glass): ");
    sl_utf8_put_printable(&i->alone, sl_utf8_head(sl_json_str(broken, "reason"), ALONE_REASON));
    sl_buf_put_str(&i->alone, "; two others have to sign it off: sluice review ");
    sl_utf8_put_printable(&i->alone, sl_json_str(approval, "id"));
}

/* --- the list -------------------------------------------------------------------------------- */

static bool waits_for_me(const json_t *a)
{
    return json_is_true(json_object_get(a, "may_decide"));
}

static void add_those(json_t *to, const json_t *from, bool mine)
{
    size_t at;
    json_t *a;

    json_array_foreach(from, at, a) if (waits_for_me(a) == mine) json_array_append(to, a);
}

static size_t place_of(const struct sl_inbox *i)
{
    size_t at;
    json_t *a;

    json_array_foreach(i->list, at, a) if (sl_span_is(sl_json_str(a, "id"), i->id)) return at;
    return json_array_size(i->list);
}

static void point_at(struct sl_inbox *i, size_t at)
{
    struct sl_span id = sl_json_str(json_array_get(i->list, at), "id");

    if (id.n != 36)
        id.n = 0;
    if (id.n > 0)
        memcpy(i->id, id.p, id.n);
    i->id[id.n] = '\0';
}

void sl_inbox_take_list(struct sl_inbox *i, const json_t *approvals)
{
    size_t before = place_of(i);
    json_t *sorted = json_array();

    add_those(sorted, approvals, true);
    i->mine = json_array_size(sorted);
    add_those(sorted, approvals, false);
    json_decref(i->list);
    i->list = sorted;
    if (i->mode != SL_INBOX_LIST || place_of(i) < json_array_size(sorted))
        return;
    size_t count = json_array_size(sorted);
    point_at(i, before < count ? before : count > 0 ? count - 1 : 0);
}

void sl_inbox_say_passkey(struct sl_buf *b, const json_t *approval)
{
    struct sl_span link = sl_json_str(approval, "link");

    sl_buf_put_str(b, "It needs your passkey, which no terminal can use. Open it in a browser on a "
                      "device that has it");
    if (link.n > 0)
        sl_buf_say(b, ": %S", link);
    else
        sl_buf_put_str(b, "; where, the configuration does not say (public_url).");
}

/* --- one of them ----------------------------------------------------------------------------- */

static void give_up(struct sl_inbox *i, const char *why)
{
    sl_buf_reset(&i->line);
    sl_buf_reset(&i->reason);
    if (i->mode > SL_INBOX_OPEN)
        i->mode = SL_INBOX_OPEN;
    sl_inbox_say(i, sl_span_str(why));
}

void sl_inbox_take_one(struct sl_inbox *i, json_t *approval, struct sl_span text)
{
    bool same = i->open != NULL &&
                sl_span_eq(sl_json_str(i->open, "digest"), sl_json_str(approval, "digest"));

    if (i->mode == SL_INBOX_LIST) {
        i->mode = SL_INBOX_OPEN;
        i->top = 0;
    } else if (i->mode > SL_INBOX_OPEN && (!same || !waits_for_me(approval))) {
        give_up(i, "It changed meanwhile: nothing was decided.");
    }
    if (i->open == NULL && waits_for_me(approval) &&
        sl_span_is(sl_json_str(approval, "proof"), "passkey")) { /* before anybody tries */
        SL_BUF(why, NOTICE_MAX);

        sl_inbox_say_passkey(&why, approval);
        sl_inbox_say(i, sl_buf_span(&why));
    }
    json_decref(i->open);
    i->open = json_incref(approval);
    sl_buf_reset(&i->text);
    sl_buf_put(&i->text, text);
}

static void close_one(struct sl_inbox *i)
{
    json_decref(i->open);
    i->open = NULL;
    i->mode = SL_INBOX_LIST;
    i->top = 0;
    if (place_of(i) == json_array_size(i->list))
        point_at(i, 0);
}

void sl_inbox_decided(struct sl_inbox *i)
{
    sl_buf_reset(&i->line);
    sl_buf_reset(&i->reason);
    close_one(i);
}

static enum sl_inbox_do begin_decision(struct sl_inbox *i, const char *verb)
{
    SL_BUF(why, NOTICE_MAX);

    if (!waits_for_me(i->open)) {
        sl_buf_say(&why, "You may not decide this: %S", sl_json_str(i->open, "may_not_why"));
        sl_inbox_say(i, sl_buf_span(&why));
        return SL_INBOX_NOTHING;
    }
    if (sl_span_is(sl_json_str(i->open, "proof"), "passkey")) {
        sl_inbox_say_passkey(&why, i->open);
        sl_inbox_say(i, sl_buf_span(&why));
        return SL_INBOX_NOTHING;
    }
    sl_buf_reset(&i->notice);
    sl_buf_reset(&i->line);
    i->verb = verb;
    i->mode = SL_INBOX_REASON;
    return SL_INBOX_FRESH;
}

/* --- typing ---------------------------------------------------------------------------------- */

static void erase(struct sl_buf *line)
{
    while (line->n > 0 && (line->p[line->n - 1] & 0xc0) == 0x80)
        line->n--;
    if (line->n > 0)
        line->n--;
}

static bool is_blank(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != ' ')
            return false;
    return true;
}

static enum sl_inbox_do line_is_there(struct sl_inbox *i)
{
    struct sl_span line = sl_buf_span(&i->line);

    if (is_blank(line)) {
        give_up(i, "Nothing was decided.");
        return SL_INBOX_NOTHING;
    }
    if (i->mode == SL_INBOX_REASON) {
        sl_buf_reset(&i->reason);
        sl_buf_put(&i->reason, line);
        sl_buf_reset(&i->line);
        i->mode = SL_INBOX_VERB;
        return SL_INBOX_FRESH;
    }
    if (!sl_span_is(line, i->verb)) {
        give_up(i, "That was not the word: nothing was decided.");
        return SL_INBOX_NOTHING;
    }
    return SL_INBOX_DECIDE;
}

static void put_character(struct sl_buf *b, uint32_t c)
{
    uint8_t bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; c >>= 6)
        bytes[i] = (uint8_t)(0x80 | (c & 0x3f));
    bytes[0] = n == 1 ? (uint8_t)c : (uint8_t)((0xf00 >> n & 0xff) | c);
    if (b->n + n <= b->max)
        sl_buf_put(b, sl_span(bytes, n));
}

static enum sl_inbox_do type(struct sl_inbox *i, uint32_t key)
{
    if (key == SL_KEY_ESCAPE)
        give_up(i, "Nothing was decided.");
    else if (key == SL_KEY_ENTER)
        return line_is_there(i);
    else if (key == SL_KEY_ERASE || key == 8)
        erase(&i->line);
    else if (key >= ' ' && key < SL_KEY_UP)
        put_character(&i->line, key);
    return SL_INBOX_NOTHING;
}

/* --- keys ------------------------------------------------------------------------------------ */

static enum sl_inbox_do key_in_list(struct sl_inbox *i, uint32_t key)
{
    size_t at = place_of(i), count = json_array_size(i->list);

    switch (key) {
    case 'q':
        return SL_INBOX_QUIT;
    case 'j':
    case SL_KEY_DOWN:
        if (at + 1 < count)
            point_at(i, at + 1);
        return SL_INBOX_NOTHING;
    case 'k':
    case SL_KEY_UP:
        if (at > 0 && at < count)
            point_at(i, at - 1);
        return SL_INBOX_NOTHING;
    case SL_KEY_ENTER:
        sl_buf_reset(&i->notice);
        return at < count ? SL_INBOX_FETCH_ONE : SL_INBOX_NOTHING;
    default:
        return SL_INBOX_NOTHING;
    }
}

static enum sl_inbox_do key_in_text(struct sl_inbox *i, uint32_t key)
{
    size_t page = i->rows > 4 ? i->rows - 4 : 1;

    switch (key) {
    case 'q':
    case SL_KEY_ESCAPE:
        sl_buf_reset(&i->notice);
        close_one(i);
        return SL_INBOX_NOTHING;
    case 'j':
    case SL_KEY_DOWN:
        i->top++;
        return SL_INBOX_NOTHING;
    case 'k':
    case SL_KEY_UP:
        i->top -= i->top > 0;
        return SL_INBOX_NOTHING;
    case ' ':
        i->top += page;
        return SL_INBOX_NOTHING;
    case 'b':
        i->top -= i->top < page ? i->top : page;
        return SL_INBOX_NOTHING;
    case 'a':
        return begin_decision(i, "approve");
    case 'd':
        return begin_decision(i, "deny");
    default:
        return SL_INBOX_NOTHING;
    }
}

enum sl_inbox_do sl_inbox_key(struct sl_inbox *i, uint32_t key)
{
    if (key == 3) /* Ctrl-C */
        return SL_INBOX_QUIT;
    if (key == '\n')
        key = SL_KEY_ENTER;
    if (key == 'x' && i->mode <= SL_INBOX_OPEN)
        sl_buf_reset(&i->alone);
    if (i->mode == SL_INBOX_LIST)
        return key_in_list(i, key);
    return i->mode == SL_INBOX_OPEN ? key_in_text(i, key) : type(i, key);
}

/* ESC [ parameters letter, ESC O letter: arrows are keys, the rest is passed over whole. */
static size_t sequence(struct sl_span b, uint32_t *key)
{
    size_t at = 2;

    while (at < b.n && b.p[1] == '[' && b.p[at] >= 0x20 && b.p[at] < 0x40)
        at++;
    if (at >= b.n)
        return 0;
    *key = b.p[at] == 'A' ? (uint32_t)SL_KEY_UP : b.p[at] == 'B' ? (uint32_t)SL_KEY_DOWN : 0;
    return at + 1;
}

bool sl_inbox_next_key(struct sl_span *bytes, uint32_t *key)
{
    size_t at = 0;

    if (bytes->n == 0)
        return false;
    if (bytes->p[0] == SL_KEY_ESCAPE && bytes->n > 1 &&
        (bytes->p[1] == '[' || bytes->p[1] == 'O')) {
        at = sequence(*bytes, key);
        if (at == 0) /* cut off: nobody meant it */
            at = bytes->n;
    } else if (sl_utf8_next(*bytes, &at, key) != SL_OK) {
        *key = 0;
        at = 1;
    }
    *bytes = sl_span_from(*bytes, at);
    return true;
}
