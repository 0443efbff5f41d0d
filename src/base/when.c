#include "base/when.h"

static const uint64_t day_us = 86400000000u;

/* Days since 1970 to a date, after Howard Hinnant's published algorithm (years from March). */
static void date_of(uint64_t days, struct sl_civil *c)
{
    uint64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    c->day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    c->month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    c->year = (int)(yoe + era * 400 + (c->month <= 2 ? 1 : 0));
    c->weekday = (unsigned)((days + 3) % 7);
}

static uint64_t days_of(uint64_t year, uint64_t month, uint64_t day)
{
    uint64_t y = year - (month <= 2 ? 1 : 0), era = y / 400, yoe = y - era * 400;
    uint64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + (yoe * 365 + yoe / 4 - yoe / 100 + doy) - 719468;
}

struct sl_civil sl_when_civil(uint64_t time_us)
{
    struct sl_civil c = {0};
    uint64_t rest = time_us % day_us;

    date_of(time_us / day_us, &c);
    c.micros = (unsigned)(rest % 1000000);
    rest /= 1000000;
    c.second = (unsigned)(rest % 60);
    c.minute = (unsigned)(rest / 60 % 60);
    c.hour = (unsigned)(rest / 3600);
    return c;
}

static void put_padded(struct sl_buf *b, uint64_t v, unsigned width)
{
    uint8_t *room = sl_buf_room(b, width);

    if (room == NULL)
        return;
    for (unsigned i = width; i > 0; i--, v /= 10)
        room[i - 1] = (uint8_t)('0' + v % 10);
    b->n += width;
}

void sl_when_put(struct sl_buf *b, uint64_t time_us)
{
    struct sl_civil c = sl_when_civil(time_us);

    put_padded(b, (uint64_t)c.year, 4);
    sl_buf_put_u8(b, '-');
    put_padded(b, c.month, 2);
    sl_buf_put_u8(b, '-');
    put_padded(b, c.day, 2);
    sl_buf_put_u8(b, 'T');
    put_padded(b, c.hour, 2);
    sl_buf_put_u8(b, ':');
    put_padded(b, c.minute, 2);
    sl_buf_put_u8(b, ':');
    put_padded(b, c.second, 2);
    sl_buf_put_u8(b, '.');
    put_padded(b, c.micros, 6);
    sl_buf_put_u8(b, 'Z');
}

enum sl_err sl_when_get(struct sl_span text, uint64_t *time_us)
{
    static const char form[] = "0000-00-00T00:00:00.000000Z";
    uint64_t field[7] = {0};
    unsigned at = 0;

    if (text.n != sizeof form - 1)
        return SL_EMALFORMED;
    for (size_t i = 0; i < text.n; i++) {
        bool digit = text.p[i] >= '0' && text.p[i] <= '9';
        if (form[i] == '0' ? !digit : text.p[i] != (uint8_t)form[i])
            return SL_EMALFORMED;
        if (form[i] == '0')
            field[at] = field[at] * 10 + (uint64_t)(text.p[i] - '0');
        else
            at++;
    }
    if (field[0] < 1970 || field[1] < 1 || field[1] > 12 || field[2] < 1 || field[2] > 31 ||
        field[3] > 23 || field[4] > 59 || field[5] > 59)
        return SL_EMALFORMED;

    uint64_t seconds =
        days_of(field[0], field[1], field[2]) * 86400 + field[3] * 3600 + field[4] * 60 + field[5];
    struct sl_civil check = sl_when_civil(seconds * 1000000);
    if (check.day != field[2]) /* 31 February */
        return SL_EMALFORMED;
    *time_us = seconds * 1000000 + field[6];
    return SL_OK;
}

enum sl_err sl_when_said(struct sl_span text, uint64_t *time_us)
{
    static const struct {
        size_t said; /* bytes that are taken */
        const char *close, *rest;
    } forms[] = {{10, "", "T00:00:00.000000Z"}, {16, "Z", ":00.000000Z"}, {19, "Z", ".000000Z"}};
    SL_BUF(whole, 64);

    for (size_t i = 0; i < SL_COUNT(forms); i++) {
        if (text.n < forms[i].said ||
            !sl_span_is(sl_span_from(text, forms[i].said), forms[i].close))
            continue;
        sl_buf_put(&whole, sl_span_head(text, forms[i].said));
        sl_buf_put_str(&whole, forms[i].rest);
        return sl_when_get(sl_buf_span(&whole), time_us);
    }
    return sl_when_get(text, time_us);
}

static const struct unit {
    const char *name;
    uint64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

enum sl_err sl_duration_get(struct sl_span text, uint64_t *ms)
{
    size_t digits = 0;
    uint64_t count;

    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
        digits++;
    SL_TRY(sl_span_u64(sl_span_head(text, digits), &count));
    for (size_t i = 0; i < SL_COUNT(units); i++)
        if (sl_span_is(sl_span_from(text, digits), units[i].name))
            return __builtin_mul_overflow(count, units[i].ms, ms) ? SL_EOVERFLOW : SL_OK;
    return SL_EMALFORMED;
}

void sl_duration_put(struct sl_buf *b, uint64_t ms)
{
    unsigned written = 0;

    for (size_t i = 0; i < SL_COUNT(units) && written < 2; i++) {
        uint64_t count = ms / units[i].ms;
        if (count == 0 || (written == 0 && ms >= 1000 && units[i].ms == 1))
            continue;
        if (written == 1 && units[i].ms == 1)
            break;
        if (written++ > 0)
            sl_buf_put_u8(b, ' ');
        sl_buf_put_decimal(b, count);
        sl_buf_put_str(b, units[i].name);
        ms %= units[i].ms;
    }
    if (written == 0)
        sl_buf_put_str(b, "0s");
}
