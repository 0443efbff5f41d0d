/* Texts of strangers: what is shown is what is there, how much of it, and whether that is all. */
#include "core/chat/chat.h"

#include "base/utf8.h"
#include "tests/unit/chat_cards.h"
#include "tests/unit/tap.h"

#define L "\xe2\x9f\xa8"
#define R "\xe2\x9f\xa9"

static void shows(const char *text, size_t n, const char *want)
{
    SL_BUF(shown, 4096);

    sl_chat_put_visible(&shown, sl_span(text, n));
    SL_CHECK_TEXT(sl_buf_span(&shown), want);
}
#define SHOWS(text, want) shows(text, sizeof(text) - 1, want)

static void test_visible(void)
{
    SHOWS("", "");
    SHOWS("select 'na\xc3\xafve';\n\t-- \xf0\x9f\x98\x80",
          "select 'na\xc3\xafve';\n\t-- \xf0\x9f\x98\x80");
    SHOWS("a\xe2\x80\xae"
          "b",
          "a" L "U+202E" R "b");
    SHOWS("a\xe2\x80\x8b", "a" L "U+200B" R);
    SHOWS("\xf3\xa0\x80\xa1", L "U+E0021" R);
    SHOWS("\xf4\x8f\xbf\xbf", L "U+10FFFF" R);
    SHOWS("a\0b\r\n\x7f", "a" L "U+0000" R "b" L "U+000D" R "\n" L "U+007F" R);
    SHOWS("\xff\xc0\x80", L "0xFF" R L "0xC0" R L "0x80" R);
    SHOWS("\xc2\x80", L "U+0080" R);
    SHOWS("\xe2\x80", L "0xE2" R L "0x80" R);
    SHOWS("\xc2\xa0\xe3\x80\x80\xe3\x85\xa4", L "U+00A0" R L "U+3000" R L "U+3164" R);
    SHOWS("\xef\xb8\x8f\xef\xbf\xbf", L "U+FE0F" R L "U+FFFF" R);
    SHOWS("a\xcc\x80\xcc\x81\xcc\x82\xcc\x83z\xcc\x80",
          "a\xcc\x80\xcc\x81" L "U+0302" R L "U+0303" R "z\xcc\x80");
    SHOWS(L "U+202E" R, L "U+27E8" R "U+202E" R);
    SHOWS(L "0xFF" R, L "U+27E8" R "0xFF" R);
    SHOWS(L "a" R L, L "a" R L);
}

/* --- what is shown stands for one text -------------------------------------------------------- */

static uint32_t number_at(struct sl_span s, size_t *at)
{
    uint32_t v = 0;

    for (; *at < s.n && s.p[*at] < 0x80; (*at)++)
        v = v * 16 + (uint32_t)(s.p[*at] <= '9' ? s.p[*at] - '0' : s.p[*at] - 'A' + 10);
    *at += 3;
    return v;
}

/* The way back, by somebody who knows only the header's words. */
static void put_back(struct sl_buf *b, struct sl_span shown)
{
    for (size_t at = 0; at < shown.n;) {
        struct sl_span rest = sl_span_from(shown, at);

        if (sl_span_starts(rest, SL_SPAN(L "U+"))) {
            at += 5;
            sl_utf8_put(b, number_at(shown, &at));
        } else if (sl_span_starts(rest, SL_SPAN(L "0x"))) {
            at += 5;
            sl_buf_put_u8(b, (uint8_t)number_at(shown, &at));
        } else {
            sl_buf_put_u8(b, shown.p[at++]);
        }
    }
}

static bool is_seen(struct sl_span shown)
{
    for (size_t at = 0; at < shown.n;) {
        uint32_t code;
        if (sl_utf8_next(shown, &at, &code) != SL_OK)
            return false;
        if (code != '\n' && code != '\t' && (sl_utf8_deceives(code) || sl_utf8_unseen(code)))
            return false;
    }
    return true;
}

static void test_shown_is_what_is_there(void)
{
    struct cards c = {.random = 20261127};
    size_t wrong = 0;

    for (int i = 0; i < 3000; i++) {
        struct sl_span text = cards_text(&c);
        SL_BUF(shown, 1024 * 1024);
        SL_BUF(back, 1024 * 1024);

        sl_chat_put_visible(&shown, text);
        put_back(&back, sl_buf_span(&shown));
        wrong += !is_seen(sl_buf_span(&shown)) || !sl_span_eq(sl_buf_span(&back), text);
        cards_done(&c);
    }
    SL_CHECK_INT(wrong, 0);
}

/* --- how much --------------------------------------------------------------------------------- */

static size_t utf16(struct sl_span s)
{
    size_t n = 0, at = 0;
    uint32_t code;

    while (at < s.n && sl_utf8_next(s, &at, &code) == SL_OK)
        n += code >= 0x10000 ? 2 : 1;
    return n;
}

static void cuts(const char *text, size_t most, bool one_line, const char *want, bool all)
{
    SL_BUF(shown, 4096);

    SL_CHECK(sl_chat_put_shown(&shown, sl_span_str(text), most, one_line) == all);
    SL_CHECK(sl_chat_fits(sl_span_str(text), most, one_line) == all);
    SL_CHECK_TEXT(sl_buf_span(&shown), want);
}

static void test_cut(void)
{
    cuts("abc", 3, false, "abc", true);
    cuts("", 0, false, "", true);
    cuts("abcd", 3, false, "abc... [cut here: 1 more characters]", false);
    cuts("a\xf0\x9f\x98\x80z", 2, false, "a... [cut here: 2 more characters]", false);
    cuts("a\xf0\x9f\x98\x80", 3, false, "a\xf0\x9f\x98\x80", true);
    cuts("a\xe2\x80\xaez", 8, false, "a... [cut here: 2 more characters]", false);
    cuts("a\xe2\x80\xaez", 9, false, "a" L "U+202E" R "... [cut here: 1 more characters]", false);
    cuts("a\nb\tc", 5, false, "a\nb\tc", true);
    cuts("a\nb", 10, true, "a" L "U+000A" R "b", true);
    cuts("a\xff\xff", 7, false, "a" L "0xFF" R "... [cut here: 1 more characters]", false);
}

static void test_cut_at_every_length(void)
{
    struct cards c = {.random = 7};
    size_t wrong = 0;

    for (int i = 0; i < 2000; i++) {
        struct sl_span text = cards_text(&c);
        size_t most = cards_random(&c, 3000);
        bool line = cards_random(&c, 2) == 0;
        SL_BUF(shown, 1024 * 1024);
        bool all = sl_chat_put_shown(&shown, text, most, line);

        wrong += all != sl_chat_fits(text, most, line) || !is_seen(sl_buf_span(&shown)) ||
                 utf16(sl_buf_span(&shown)) > most + (all ? 0 : 40) ||
                 (line && sl_span_find(sl_buf_span(&shown), '\n') < shown.n);
        cards_done(&c);
    }
    SL_CHECK_INT(wrong, 0);
}

static void test_head(void)
{
    SL_CHECK_TEXT(sl_chat_head(SL_SPAN("abc"), 2), "ab");
    SL_CHECK_TEXT(sl_chat_head(SL_SPAN("a\xf0\x9f\x98\x80"), 2), "a");
    SL_CHECK_TEXT(sl_chat_head(SL_SPAN("a\xf0\x9f\x98\x80"), 3), "a\xf0\x9f\x98\x80");
    SL_CHECK_TEXT(sl_chat_head(SL_SPAN("a\xff"), 9), "a");
}

/* --- is it all -------------------------------------------------------------------------------- */

static struct sl_span long_text(size_t n, char with)
{
    static uint8_t bytes[8192];

    memset(bytes, with, n);
    return sl_span(bytes, n);
}

static void test_whole(void)
{
    struct sl_chat_card c = cards_plain();

    SL_CHECK(sl_chat_card_whole(&c));
    c.whole = false;
    SL_CHECK(!sl_chat_card_whole(&c));
    c = cards_plain();
    c.hidden = true;
    SL_CHECK(!sl_chat_card_whole(&c));
    c = cards_plain();
    c.statement = long_text(SL_CHAT_STATEMENT_MOST, 'x');
    SL_CHECK(sl_chat_card_whole(&c));
    c.statement = long_text(SL_CHAT_STATEMENT_MOST + 1, 'x');
    SL_CHECK(!sl_chat_card_whole(&c));
    c.statement = long_text(SL_CHAT_STATEMENT_MOST / 8 + 1, '\x01'); /* shown with eight each */
    SL_CHECK(!sl_chat_card_whole(&c));
    c.statement = SL_SPAN("");
    SL_CHECK(!sl_chat_card_whole(&c));
    c.statement = SL_SPAN("delete from a where b = '\xd7\x90\xd7\x91' or 1 = 1");
    SL_CHECK(!sl_chat_card_whole(&c));
}

static bool whole_with(struct sl_span statement, struct sl_span reason)
{
    struct sl_chat_card c = cards_plain();

    c.statement = statement;
    c.reason = reason;
    return sl_chat_card_whole(&c);
}

/* What lies below the fold, or far to the right, is not read. */
static void test_whole_in_sight(void)
{
    SL_BUF(lines, 4096);
    SL_BUF(gap, 4096);

    for (int i = 1; i < SL_CHAT_LINES_MOST; i++)
        sl_buf_put_str(&lines, "a\n");
    sl_buf_put_str(&lines, "b");
    SL_CHECK(whole_with(sl_buf_span(&lines), SL_SPAN("")));
    sl_buf_put_str(&lines, "\nc");
    SL_CHECK(!whole_with(sl_buf_span(&lines), SL_SPAN("")));
    SL_CHECK(!whole_with(SL_SPAN("select 1"), sl_buf_span(&lines)));
    sl_buf_put_str(&gap, "select 1;");
    for (int i = 0; i < SL_CHAT_BLANKS_MOST; i++)
        sl_buf_put_u8(&gap, " \n \t"[i % 4]);
    SL_CHECK(whole_with(sl_buf_span(&gap), SL_SPAN("")));
    sl_buf_put_str(&gap, " drop table a");
    SL_CHECK(!whole_with(sl_buf_span(&gap), SL_SPAN("")));
}

static void test_whole_in_every_state(void)
{
    static const char *const states[] = {"approved",  "running", "spent",   "denied", "expired",
                                         "cancelled", "lapsed",  "revoked", "",       "Pending"};
    struct sl_chat_card c = cards_plain();

    for (size_t i = 0; i < SL_COUNT(states); i++) {
        c.state = sl_span_str(states[i]);
        SL_CHECK(!sl_chat_card_whole(&c));
    }
}

/* Whatever is said about the action and does not fit: nobody decides by the rest. */
static void test_whole_of_every_field(void)
{
    size_t whole = 0;
#define LONG(field)                                           \
    {                                                         \
        struct sl_chat_card c = cards_plain();                \
        c.field = long_text(SL_CHAT_STATEMENT_MOST + 1, 'y'); \
        whole += sl_chat_card_whole(&c);                      \
    }
    CARD_FIELDS(LONG)
#undef LONG
    SL_CHECK_INT(whole, 2); /* outcome and decides_not_why: not of a card that lets decide */
}

static void test_verbs(void)
{
    for (int verb = SL_CHAT_APPROVE; verb <= SL_CHAT_ANSWER; verb++)
        SL_CHECK(sl_chat_verb_of(sl_span_str(sl_chat_verb_name((enum sl_chat_verb)verb))) ==
                 (enum sl_chat_verb)verb);
    SL_CHECK(sl_chat_verb_of(SL_SPAN("Approve")) == 0 && sl_chat_verb_of(SL_SPAN("")) == 0);
    SL_CHECK(sl_chat_verb_name((enum sl_chat_verb)0) == NULL);
}

int main(void)
{
    SL_RUN(test_visible);
    SL_RUN(test_shown_is_what_is_there);
    SL_RUN(test_cut);
    SL_RUN(test_cut_at_every_length);
    SL_RUN(test_head);
    SL_RUN(test_whole);
    SL_RUN(test_whole_in_sight);
    SL_RUN(test_whole_in_every_state);
    SL_RUN(test_whole_of_every_field);
    SL_RUN(test_verbs);
    return sl_tap_done();
}
