/* `hours`: "mon-fri 09:00-17:30", "sat,sun 00:00-24:00", "22:00-06:00". All in UTC. A span over
 * midnight belongs to the day on which it starts. */
#include "core/policy/policy_int.h"

#include "base/when.h"

enum { ALL_DAYS = 0x7f, DAY_MINUTES = 24 * 60 };

static const char days[] = "mon|tue|wed|thu|fri|sat|sun";

static bool read_days(struct sl_span text, uint8_t *out)
{
    uint8_t bits = 0;

    for (;;) {
        struct sl_span part = sl_span_head(text, sl_span_find(text, ','));
        size_t dash = sl_span_find(part, '-');
        int from = sl_choice_index(days, sl_span_head(part, dash));
        int to = dash == part.n ? from : sl_choice_index(days, sl_span_from(part, dash + 1));
        if (from < 0 || to < 0)
            return false;
        for (int day = from;; day = (day + 1) % 7) {
            bits = (uint8_t)(bits | 1u << day);
            if (day == to)
                break;
        }
        if (part.n == text.n)
            break;
        text = sl_span_from(text, part.n + 1);
    }
    *out = bits;
    return true;
}

static bool read_minute(struct sl_span text, uint16_t *out)
{
    uint64_t hour, minute;

    if (text.n != 5 || text.p[2] != ':' || sl_span_u64(sl_span_head(text, 2), &hour) != SL_OK ||
        sl_span_u64(sl_span_from(text, 3), &minute) != SL_OK || minute > 59 ||
        hour * 60 + minute > DAY_MINUTES)
        return false;
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

bool sl_hours_read(struct sl_span text, struct sl_hours *out)
{
    struct sl_hours h = {.days = ALL_DAYS};
    size_t blank = sl_span_find(text, ' ');

    if (blank < text.n) {
        if (!read_days(sl_span_head(text, blank), &h.days))
            return false;
        text = sl_span_from(text, blank + 1);
    }
    size_t dash = sl_span_find(text, '-');
    if (!read_minute(sl_span_head(text, dash), &h.from_minute) ||
        !read_minute(sl_span_from(text, dash + 1), &h.to_minute) || h.from_minute == h.to_minute ||
        h.from_minute == DAY_MINUTES)
        return false;
    *out = h;
    return true;
}

bool sl_hours_match(const struct sl_hours *h, uint64_t now_us)
{
    struct sl_civil now = sl_when_civil(now_us);
    unsigned minute = now.hour * 60 + now.minute;
    bool today = (h->days >> now.weekday & 1) != 0;
    bool yesterday = (h->days >> ((now.weekday + 6) % 7) & 1) != 0;

    if (h->from_minute < h->to_minute)
        return today && minute >= h->from_minute && minute < h->to_minute;
    return (today && minute >= h->from_minute) || (yesterday && minute < h->to_minute);
}

static void put_two(struct sl_buf *b, unsigned v)
{
    sl_buf_say(b, v < 10 ? "0%u" : "%u", v);
}

static void put_minute(struct sl_buf *b, unsigned minute)
{
    put_two(b, minute / 60);
    sl_buf_put_u8(b, ':');
    put_two(b, minute % 60);
}

void sl_hours_put(struct sl_buf *b, const struct sl_hours *h)
{
    const char *comma = "";

    for (size_t day = 0; day < 7 && h->days != ALL_DAYS; day++) {
        if ((h->days >> day & 1) == 0)
            continue;
        sl_buf_say(b, "%s%S", comma, sl_choice(days, day));
        comma = ",";
    }
    if (h->days != ALL_DAYS)
        sl_buf_put_u8(b, ' ');
    put_minute(b, h->from_minute);
    sl_buf_put_u8(b, '-');
    put_minute(b, h->to_minute);
}
