#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/encode.h"
#include "base/ip.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/when.h"

#include "tests/unit/tap.h"

static void test_globs(void)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"*", "", true},
        {"*.ssn", "public.people.ssn", true},
        {"a*c", "abbc", true},
        {"a*c", "abbd", false},
        {"a?c", "abc", true},
        {"", "", true},
        {"", "a", false},
        {"**a**", "bab", true},
        {"drop", "drop table", false},
        {"a*b*c", "a-b-b-c", true},
        {"*ab", "aab", true},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        if (!SL_CHECK(sl_span_glob(sl_span_str(cases[i].pattern), sl_span_str(cases[i].text)) ==
                      cases[i].matches))
            printf("#   pattern %s, text %s\n", cases[i].pattern, cases[i].text);
}

static void test_globs_without_case(void)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"*.SSN", "public.People.ssn", true},
        {"a*C", "AbbC", true},
        {"a?c", "A.C", true},
        {"[", "{", false},
        {"\xc3\x84", "\xc3\xa4", false}, /* ASCII only */
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        if (!SL_CHECK(sl_span_glob_nocase(sl_span_str(cases[i].pattern),
                                          sl_span_str(cases[i].text)) == cases[i].matches))
            printf("#   pattern %s, text %s\n", cases[i].pattern, cases[i].text);
}

static void test_cursor_stops_at_the_end(void)
{
    struct sl_cursor c = sl_cursor(SL_SPAN("\x01\x02\x03"));

    SL_CHECK_INT(sl_cursor_be16(&c), 0x0102);
    SL_CHECK_INT(sl_cursor_be16(&c), 0);
    SL_CHECK(c.short_read);
    SL_CHECK_INT(sl_cursor_u8(&c), 0); /* a short read stays short */
}

static void test_buffer_has_a_ceiling(void)
{
    SL_BUF(b, 8);

    sl_buf_put_str(&b, "12345678");
    SL_CHECK_INT(sl_buf_err(&b), SL_OK);
    sl_buf_put_u8(&b, '9');
    SL_CHECK_INT(sl_buf_err(&b), SL_ELIMIT);
    SL_CHECK_TEXT(sl_buf_span(&b), "12345678");
}

static void test_say(void)
{
    SL_BUF(b, 200);

    sl_buf_say(&b, "%s %S %u %U %d%%", "a", SL_SPAN("b"), 3u, UINT64_MAX, -7);
    SL_CHECK_TEXT(sl_buf_span(&b), "a b 3 18446744073709551615 -7%");
    const uint64_t numbers[] = {0, 999, 1000, 48000, 1234567, UINT64_MAX};
    sl_buf_reset(&b);
    for (size_t i = 0; i < SL_COUNT(numbers); i++) {
        sl_buf_put_grouped(&b, numbers[i]);
        sl_buf_put_u8(&b, ' ');
    }
    SL_CHECK_TEXT(sl_buf_span(&b), "0 999 1,000 48,000 1,234,567 18,446,744,073,709,551,615 ");
}

static void test_arena_refuses_past_its_ceiling(void)
{
    SL_FREED_BY(sl_arena) struct sl_arena *a = NULL;

    SL_CHECK_INT(sl_arena_new(&a, 4096), SL_OK);
    SL_CHECK(sl_arena_alloc(a, 4096) != NULL);
    SL_CHECK(sl_arena_alloc(a, 1) == NULL);
    sl_arena_reset(a);
    SL_CHECK(sl_arena_array(a, SIZE_MAX / 2, 16) == NULL);
    SL_CHECK(sl_arena_alloc(a, 100) != NULL);
}

static void test_map_against_a_plain_array(void)
{
    enum { KEYS = 5000 };
    static uint64_t values[KEYS];
    SL_FREED_BY(sl_map) struct sl_map *m = NULL;
    uint64_t key;

    SL_CHECK_INT(sl_map_new(&m, 1), SL_OK);
    for (key = 0; key < KEYS; key++)
        SL_CHECK_INT(sl_map_put(m, sl_map_u64(&key), &values[key]), SL_OK);
    for (key = 0; key < KEYS; key += 3)
        SL_CHECK(sl_map_remove(m, sl_map_u64(&key)) == &values[key]);
    for (key = 0; key < KEYS; key++)
        SL_CHECK(sl_map_get(m, sl_map_u64(&key)) == (key % 3 == 0 ? NULL : &values[key]));

    size_t at = 0, seen = 0;
    struct sl_span k;
    void *v;
    while (sl_map_next(m, &at, &k, &v))
        seen++;
    SL_CHECK_INT(seen, sl_map_count(m));
}

/* Few keys, put and removed again and again: what was put last, what is gone, and slots that are
 * used anew. */
static void test_map_through_many_changes(void)
{
    enum { KEYS = 40, STEPS = 200000 };
    static uint64_t values[KEYS];
    bool there[KEYS] = {false};
    size_t count = 0;
    uint32_t chance = 1;
    SL_FREED_BY(sl_map) struct sl_map *m = NULL;

    SL_CHECK_INT(sl_map_new(&m, 7), SL_OK);
    for (int step = 0; step < STEPS; step++) {
        chance = chance * 1664525 + 1013904223;
        size_t key = (chance >> 8) % (step / 1000 % 2 == 0 ? KEYS : 3);
        struct sl_span name = sl_span("0123456789012345678901234567890123456789", key);
        if ((chance >> 28) % 3 == 0) {
            SL_CHECK_INT(sl_map_put(m, name, &values[key]), SL_OK);
            count += !there[key];
            there[key] = true;
        } else if ((chance >> 28) % 3 == 1) {
            SL_CHECK(sl_map_remove(m, name) == (there[key] ? &values[key] : NULL));
            count -= there[key];
            there[key] = false;
        }
        SL_CHECK(sl_map_get(m, name) == (there[key] ? &values[key] : NULL));
    }
    SL_CHECK_INT(sl_map_count(m), count);
    for (size_t key = 0; key < KEYS; key++)
        SL_CHECK(sl_map_get(m, sl_span("0123456789012345678901234567890123456789", key)) ==
                 (there[key] ? &values[key] : NULL));
}

static void test_encodings(void)
{
    static const struct {
        const char *plain, *base64, *url;
    } cases[] = {{"", "", ""},
                 {"f", "Zg==", "Zg"},
                 {"fo", "Zm8=", "Zm8"},
                 {"foo", "Zm9v", "Zm9v"},
                 {"\xff\xfe\xfd", "//79", "__79"}};

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        SL_BUF(b, 100);
        sl_base64_put(&b, sl_span_str(cases[i].plain));
        SL_CHECK_TEXT(sl_buf_span(&b), cases[i].base64);
        sl_buf_reset(&b);
        SL_CHECK_INT(sl_base64url_get(&b, sl_span_str(cases[i].url)), SL_OK);
        SL_CHECK_TEXT(sl_buf_span(&b), cases[i].plain);
        sl_buf_reset(&b);
        SL_CHECK_INT(sl_base64_get(&b, sl_span_str(cases[i].base64)), SL_OK);
        SL_CHECK_TEXT(sl_buf_span(&b), cases[i].plain);
    }
    SL_BUF(b, 100);
    SL_CHECK_INT(sl_base64_get(&b, SL_SPAN("Zh==")), SL_EMALFORMED); /* stray bits */
    SL_CHECK_INT(sl_base64_get(&b, SL_SPAN("Zg=")), SL_EMALFORMED);
    SL_CHECK_INT(sl_base64_get(&b, SL_SPAN("Z===")), SL_EMALFORMED);
    SL_CHECK_INT(sl_hex_get(&b, SL_SPAN("0G")), SL_EMALFORMED);
    SL_CHECK_INT(sl_hex_get(&b, SL_SPAN("0aF")), SL_EMALFORMED);
    SL_CHECK_INT(b.n, 0);
}

static void test_utf8(void)
{
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {{"grün", true},
                 {"\xc0\x80", false},
                 {"\xed\xa0\x80", false},
                 {"\xf4\x90\x80\x80", false},
                 {"\xf0\x9f\x98\x80", true},
                 {"\xe2\x82", false}};
    SL_BUF(b, 100);

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        SL_CHECK(sl_utf8_valid(sl_span_str(cases[i].text)) == cases[i].valid);
    sl_utf8_put_printable(&b, SL_SPAN("a\x1b[31m\xe2\x80\xae"
                                      "b\xff"));
    SL_CHECK_TEXT(sl_buf_span(&b), "a\\u{1b}[31m\\u{202e}b\\xff");
    SL_CHECK_INT(sl_utf8_head(SL_SPAN("a\xc3\xbc"), 2).n, 1);
}

/* Cut anywhere: as good or bad as the whole. */
static void test_utf8_in_pieces(void)
{
    static const char *const texts[] = {"",
                                        "plain",
                                        "gr\xc3\xbc\xc3\x9f",
                                        "\xe2\x82\xac\xf0\x9f\x98\x80x",
                                        "\xf4\x8f\xbf\xbf",
                                        "\xc3",
                                        "a\xf0\x9f\x98",
                                        "\xf4\x90\x80\x80",
                                        "\xed\xa0\x80",
                                        "\xe0\x80\x80",
                                        "\xc3\x41",
                                        "\x80",
                                        "a\xff"};

    for (size_t i = 0; i < SL_COUNT(texts); i++) {
        struct sl_span s = sl_span_str(texts[i]);
        for (size_t first = 0; first <= s.n; first++)
            for (size_t second = first; second <= s.n; second++) {
                struct sl_utf8_stream stream = {0};
                bool good = sl_utf8_stream_take(&stream, sl_span_head(s, first)) &&
                            sl_utf8_stream_take(&stream, sl_span(s.p + first, second - first)) &&
                            sl_utf8_stream_take(&stream, sl_span_from(s, second)) &&
                            sl_utf8_stream_whole(&stream);
                SL_CHECK_INT(good, sl_utf8_valid(s));
            }
    }
}

static void test_columns(void)
{
    static const struct {
        const char *text;
        size_t columns, bytes;
    } cases[] = {
        {"", 3, 0},
        {"abc", 0, 0},
        {"abc", 2, 2},
        {"abc", 3, 3},
        {"abc", 9, 3},
        {"\xc3\xbc", 1, 0}, /* maybe wide: never half of it */
        {"\xc3\xbc", 2, 2},
        {"a\xc3\xbc"
         "b",
         2, 1},
        {"a\xc3\xbc"
         "b",
         3, 3},
        {"\xe6\xbc\xa2\xe5\xad\x97", 3, 3},
        {"\xf0\x9f\x98\x80x", 2, 4},
        {"\xff\xff"
         "a",
         2, 2},              /* broken bytes are one column each */
        {"a\xe2\x82", 2, 2}, /* cut in the middle of a character */
        {"\x7f\x01", 2, 2},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++)
        SL_CHECK_INT(sl_utf8_head_columns(sl_span_str(cases[i].text), cases[i].columns).n,
                     cases[i].bytes);
}

static void test_times(void)
{
    SL_BUF(b, 100);
    uint64_t us, ms;

    sl_when_put(&b, 1795405512123456u);
    SL_CHECK_TEXT(sl_buf_span(&b), "2026-11-23T03:45:12.123456Z");
    SL_CHECK_INT(sl_when_get(sl_buf_span(&b), &us), SL_OK);
    SL_CHECK_INT(us, 1795405512123456u);
    SL_CHECK_INT(sl_when_civil(us).weekday, 0);
    SL_CHECK_INT(sl_when_get(SL_SPAN("2026-02-30T00:00:00.000000Z"), &us), SL_EMALFORMED);
    SL_CHECK_INT(sl_duration_get(SL_SPAN("15m"), &ms), SL_OK);
    SL_CHECK_INT(ms, 900000);
    SL_CHECK_INT(sl_duration_get(SL_SPAN("15"), &ms), SL_EMALFORMED);
    SL_CHECK_INT(sl_duration_get(SL_SPAN("99999999999999999d"), &ms), SL_EOVERFLOW);
    sl_buf_reset(&b);
    sl_duration_put(&b, 843000);
    SL_CHECK_TEXT(sl_buf_span(&b), "14m 3s");
}

static void test_when_said(void)
{
    static const char *const right[] = {"2026-11-23T00:00:00.000000Z", "2026-11-23T00:00:00Z",
                                        "2026-11-23T00:00Z", "2026-11-23"};
    static const char *const wrong[] = {"",
                                        "2026",
                                        "2026-11",
                                        "2026-11-2",
                                        "2026-11-23 ",
                                        "2026-11-23T",
                                        "2026-11-23Z",
                                        "2026-11-23T00:00",
                                        "2026-11-23T00:00:00",
                                        "2026-11-23T24:00Z",
                                        "2026-11-23T00:00+01:00",
                                        "2026-02-30",
                                        "23.11.2026",
                                        "2026-11-23T00:00:00.000Z"};
    uint64_t us = 0, first;

    SL_CHECK_INT(sl_when_get(sl_span_str(right[0]), &first), SL_OK);
    for (size_t i = 0; i < SL_COUNT(right); i++, us = 0)
        SL_CHECK(sl_when_said(sl_span_str(right[i]), &us) == SL_OK && us == first);
    for (size_t i = 0; i < SL_COUNT(wrong); i++)
        if (!SL_CHECK(sl_when_said(sl_span_str(wrong[i]), &us) != SL_OK && us == 0))
            printf("# '%s'\n", wrong[i]);
}

/* NULL: refused. */
static void test_addresses(void)
{
    static const struct {
        const char *text, *spelled;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"255.255.255.255", "255.255.255.255"},
        {"::1", "::1"},
        {"::", "::"},
        {"1::", "1::"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"},
        {"2001:0db8:0000:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"::ffff:c000:207", "192.0.2.7"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"", NULL},
        {" 127.0.0.1", NULL},
        {"127.0.0.1 ", NULL},
        {"127.0.0", NULL},
        {"127.0.0.1.", NULL},
        {"127.0.0.1.2", NULL},
        {"127.0..1", NULL},
        {"127.0.0.01", NULL},
        {"127.0.0.256", NULL},
        {"0x7f.0.0.1", NULL},
        {"2130706433", NULL},
        {"-1.0.0.1", NULL},
        {"localhost", NULL},
        {"unknown", NULL},
        {"_hidden", NULL},
        {":", NULL},
        {":::", NULL},
        {"1:::2", NULL},
        {"1::2::3", NULL},
        {"::1:", NULL},
        {":1::", NULL},
        {"1:2:3:4:5:6:7", NULL},
        {"1:2:3:4:5:6:7:8:9", NULL},
        {"1:2:3:4:5:6:7:8::", NULL},
        {"12345::", NULL},
        {"g::", NULL},
        {"::1%eth0", NULL},
        {"[::1]", NULL},
        {"::127.0.0.1:1", NULL},
        {"127.0.0.1::", NULL},
        {"1:2:3:4:5:6:7:127.0.0.1", NULL},
        {"127.0.0.1/32", NULL},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_ip ip;
        SL_BUF(text, 64);
        enum sl_err err = sl_ip_get(sl_span_str(cases[i].text), &ip);

        if (!SL_CHECK((err == SL_OK) == (cases[i].spelled != NULL)))
            printf("#   %s\n", cases[i].text);
        if (err != SL_OK || cases[i].spelled == NULL)
            continue;
        sl_ip_put(&text, &ip);
        SL_CHECK_TEXT(sl_buf_span(&text), cases[i].spelled);
        SL_CHECK(text.n < SL_IP_TEXT);
    }
}

static void test_networks(void)
{
    static const struct {
        const char *net, *in, *out; /* in NULL: it is refused */
    } cases[] = {
        {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
        {"192.0.2.7", "::ffff:192.0.2.7", "::192.0.2.7"},
        {"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
        {"10.0.0.0/8", "10.0.0.0", "a00::"},
        {"192.168.4.0/22", "192.168.7.255", "192.168.8.0"},
        {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
        {"fd00::/8", "fdff::1", "fe00::"},
        {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
        {"::1/128", "::1", "::2"},
        {"0.0.0.0/1", "127.0.0.1", "128.0.0.1"},
        {"0.0.0.0/0", NULL, NULL},
        {"::/0", NULL, NULL},
        {"10.0.0.7/8", NULL, NULL},
        {"fd00::1/64", NULL, NULL},
        {"10.0.0.0/33", NULL, NULL},
        {"::1/129", NULL, NULL},
        {"10.0.0.0/", NULL, NULL},
        {"10.0.0.0/08", NULL, NULL},
        {"10.0.0.0/8/8", NULL, NULL},
        {"10.0.0.0/-8", NULL, NULL},
        {"10.0.0.0/255.0.0.0", NULL, NULL},
        {"*", NULL, NULL},
        {"loopback", NULL, NULL},
        {"", NULL, NULL},
    };

    for (size_t i = 0; i < SL_COUNT(cases); i++) {
        struct sl_ip_net net;
        struct sl_ip in, out;
        enum sl_err err = sl_ip_net_get(sl_span_str(cases[i].net), &net);

        if (!SL_CHECK((err == SL_OK) == (cases[i].in != NULL)))
            printf("#   %s\n", cases[i].net);
        if (err != SL_OK || cases[i].in == NULL)
            continue;
        SL_CHECK_INT(sl_ip_get(sl_span_str(cases[i].in), &in), SL_OK);
        SL_CHECK_INT(sl_ip_get(sl_span_str(cases[i].out), &out), SL_OK);
        if (!SL_CHECK(sl_ip_in(&in, &net) && !sl_ip_in(&out, &net)))
            printf("#   %s\n", cases[i].net);
    }
}

int main(void)
{
    SL_RUN(test_globs);
    SL_RUN(test_globs_without_case);
    SL_RUN(test_cursor_stops_at_the_end);
    SL_RUN(test_buffer_has_a_ceiling);
    SL_RUN(test_say);
    SL_RUN(test_arena_refuses_past_its_ceiling);
    SL_RUN(test_map_against_a_plain_array);
    SL_RUN(test_map_through_many_changes);
    SL_RUN(test_encodings);
    SL_RUN(test_utf8);
    SL_RUN(test_utf8_in_pieces);
    SL_RUN(test_columns);
    SL_RUN(test_times);
    SL_RUN(test_when_said);
    SL_RUN(test_addresses);
    SL_RUN(test_networks);
    return sl_tap_done();
}
