/* RFC 5424, framed by octet counting (RFC 5425). */
#include "core/hooks/hooks.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "base/when.h"

/* Facility 13 is "log audit" (RFC 5424, table 1). There is no enterprise number of Sluice's own:
 * 32473 is the one that RFC 5612 keeps for examples. */
enum { FACILITY = 13, HOST_MOST = 255, MSGID_MOST = 32, PARAM_MOST = 255 };
#define SD_ID "sluice@32473"

static unsigned severity_of(const json_t *leaf)
{
    switch (sl_hook_event_of(leaf)) {
    case SL_HOOK_EXCEPTIONS:
        return 3; /* error: somebody has to look */
    case SL_HOOK_REFUSED:
        return 4;
    case SL_HOOK_HELD:
    case SL_HOOK_DECIDED:
    case SL_HOOK_SIGN_IN:
    case SL_HOOK_ADMINISTRATION:
        return 5;
    default:
        return 6;
    }
}

/* PRINTUSASCII without blanks, cut; "-" for nothing. */
static void put_word(struct sl_buf *b, struct sl_span text, size_t most)
{
    size_t n = text.n < most ? text.n : most;

    for (size_t i = 0; i < n; i++)
        sl_buf_put_u8(b, text.p[i] > ' ' && text.p[i] < 0x7f ? text.p[i] : '_');
    if (n == 0)
        sl_buf_put_u8(b, '-');
}

static void put_param(struct sl_buf *b, const char *name, struct sl_span value)
{
    if (value.n == 0)
        return;
    sl_buf_say(b, " %s=\"", name);
    value = sl_utf8_head(value, PARAM_MOST);
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '"' || value.p[i] == '\\' || value.p[i] == ']')
            sl_buf_put_u8(b, '\\');
        sl_buf_put_u8(b, value.p[i] < ' ' || value.p[i] == 0x7f ? ' ' : value.p[i]);
    }
    sl_buf_put_u8(b, '"');
}

static void put_number(struct sl_buf *b, const char *name, uint64_t value)
{
    sl_buf_say(b, " %s=\"%U\"", name, value);
}

static void put_head(struct sl_buf *b, const struct sl_hook_record *r)
{
    SL_BUF(type, 256);
    struct sl_span time = sl_json_str(r->value, "time");
    uint64_t at_us;

    sl_hook_put_type(&type, r->value);
    sl_buf_say(b, "<%u>1 ", FACILITY * 8 + severity_of(r->value));
    sl_buf_put(b, sl_when_get(time, &at_us) == SL_OK ? time : SL_SPAN("-"));
    sl_buf_put_u8(b, ' ');
    put_word(b, r->origin, HOST_MOST);
    sl_buf_put_str(b, " sluice - ");
    put_word(b, sl_buf_span(&type), MSGID_MOST);
}

static void put_data(struct sl_buf *b, const struct sl_hook_record *r)
{
    static const char *const told[] = {"approval", "identity", "approver",
                                       "target",   "decision", "outcome"};
    SL_BUF(hash, 2 * SL_HOOK_HASH);

    sl_hex_put(&hash, sl_span(r->leaf_hash, sizeof r->leaf_hash));
    sl_buf_put_str(b, " [" SD_ID);
    put_number(b, "entry", r->entry);
    put_param(b, "leafhash", sl_buf_span(&hash));
    put_param(b, "origin", r->origin);
    for (size_t i = 0; i < SL_COUNT(told); i++)
        put_param(b, told[i], sl_json_str(r->value, told[i]));
}

void sl_hook_put_syslog(struct sl_buf *b, const struct sl_hook_record *r)
{
    enum { TAIL = 48 }; /* cut="65535"], a blank and the BOM */
    SL_BUF(line, SL_HOOK_SYSLOG_MOST);

    put_head(&line, r);
    put_data(&line, r);
    size_t room = SL_HOOK_SYSLOG_MOST > line.n + TAIL ? SL_HOOK_SYSLOG_MOST - line.n - TAIL : 0;
    struct sl_span told = sl_utf8_head(r->leaf, room);
    if (told.n < r->leaf.n)
        put_number(&line, "cut", r->leaf.n - told.n);
    sl_buf_put_str(&line, "] \xef\xbb\xbf");
    sl_buf_put(&line, told);
    if (sl_buf_err(&line) != SL_OK) {
        b->why = sl_buf_err(&line);
        return;
    }
    sl_buf_say(b, "%U ", (uint64_t)line.n);
    sl_buf_put(b, sl_buf_span(&line));
}
