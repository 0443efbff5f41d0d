/* The inbox of `sluice watch`: keys, lines, and that no single key decides. */
#include "cli/inbox.h"

#include "base/utf8.h"
#include "tap.h"

#define ID_A "01890a5d-ac96-774b-bcce-b302099a8057"
#define ID_B "01890a5d-ac96-774b-bcce-b302099a8058"

static json_t *approval(const char *id, bool mine, const char *summary)
{
    json_t *a = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "id", id, "identity", "agent-7",
                          "target", "finance", "state", "pending", "summary", summary, "may_decide",
                          mine, "digest", "d1");

    if (!mine)
        json_object_set_new(a, "may_not_why", json_string("you own this agent"));
    return a;
}

static void put_left(struct sl_buf *b, const json_t *a)
{
    (void)a;
    sl_buf_put_str(b, "14m left");
}

static void begin(struct sl_inbox *i)
{
    json_t *list = json_array();

    sl_inbox_init(i);
    json_array_append_new(list, approval(ID_B, false, "select 1"));
    json_array_append_new(list, approval(ID_A, true, "delete from t\nwhere true"));
    sl_inbox_take_list(i, list);
    json_decref(list);
}

/* As the terminal shows it, without the erasing to the end of each line. */
static void shown(const struct sl_inbox *i, struct sl_buf *out)
{
    SL_BUF(b, 1024 * 1024);

    sl_inbox_render(i, put_left, &b);
    sl_buf_reset(out);
    for (struct sl_span rest = sl_buf_span(&b); rest.n > 0;) {
        if (sl_span_starts(rest, SL_SPAN("\033[K"))) {
            rest = sl_span_from(rest, 3);
            continue;
        }
        if (rest.p[0] != '\r')
            sl_buf_put_u8(out, rest.p[0]);
        rest = sl_span_from(rest, 1);
    }
}

static void check_shows(const struct sl_inbox *i, const char *text)
{
    SL_BUF(b, 1024 * 1024);

    shown(i, &b);
    if (!SL_CHECK(strstr(sl_buf_text(&b), text) != NULL))
        printf("# no '%s' in\n# %s\n", text, sl_buf_text(&b));
}

static enum sl_inbox_do type(struct sl_inbox *i, const char *text)
{
    enum sl_inbox_do last = SL_INBOX_NOTHING;

    for (; *text != '\0'; text++)
        last = sl_inbox_key(i, *text == '\n' ? (uint32_t)SL_KEY_ENTER : (uint8_t)*text);
    return last;
}

static void open_it(struct sl_inbox *i, bool mine, const char *text)
{
    json_t *a = approval(ID_A, mine, "x");

    SL_CHECK_INT(sl_inbox_key(i, SL_KEY_ENTER), SL_INBOX_FETCH_ONE);
    sl_inbox_take_one(i, a, sl_span_str(text));
    json_decref(a);
}

static void test_what_waits_for_me_comes_first(void)
{
    struct sl_inbox i;

    begin(&i);
    SL_CHECK_INT(i.mine, 1);
    check_shows(&i, "Sluice: 1 for you, 1 for others\n> agent-7 on finance, 14m left\n"
                    "    delete from t ...\n  agent-7 on finance, 14m left\n"
                    "    not you: you own this agent\n");
    sl_inbox_key(&i, 'j');
    check_shows(&i, "  agent-7 on finance, 14m left\n    delete from t ...\n> agent-7");
    json_t *less = json_array(); /* the one at the cursor is over */
    json_array_append_new(less, approval(ID_A, true, "a"));
    sl_inbox_take_list(&i, less);
    json_decref(less);
    SL_CHECK_TEXT(sl_span_str(i.id), ID_A);
    sl_inbox_done(&i);
}

static void test_a_decision_is_typed(void)
{
    struct sl_inbox i;

    begin(&i);
    open_it(&i, true, "the statement\n");
    SL_CHECK_INT(type(&i, "a"), SL_INBOX_FRESH);
    check_shows(&i, "Why do you approve?");
    SL_CHECK_INT(type(&i, "looked at it\n"), SL_INBOX_FRESH);
    check_shows(&i, "Type approve: agent-7 on finance");
    SL_CHECK_INT(type(&i, "approve"), SL_INBOX_NOTHING);
    SL_CHECK_INT(type(&i, "\n"), SL_INBOX_DECIDE);
    SL_CHECK_TEXT(sl_buf_span(&i.reason), "looked at it");
    SL_CHECK_TEXT(sl_span_str(i.verb), "approve");
    sl_inbox_done(&i);
}

/* Every key by itself, in each mode, and what is near to a decision but is none. */
static void test_nothing_less_decides(void)
{
    static const char *const lines[] = {
        "a\n",      "awhy\ndeny\n", "dwhy\napprove\n", "awhy\nApprove\n", "awhy\n approve\n",
        "awhy\n\n", "a   \n",       "awhy\ny\n"};

    for (uint32_t key = 0; key < 0x110002; key = key < 0x200 ? key + 1 : key + 0x1000) {
        struct sl_inbox i;

        begin(&i);
        SL_CHECK(sl_inbox_key(&i, key) != SL_INBOX_DECIDE);
        sl_inbox_done(&i);
        begin(&i);
        open_it(&i, true, "x\n");
        SL_CHECK(sl_inbox_key(&i, key) != SL_INBOX_DECIDE);
        sl_inbox_done(&i);
    }
    for (size_t n = 0; n < SL_COUNT(lines); n++) {
        struct sl_inbox i;

        begin(&i);
        open_it(&i, true, "x\n");
        SL_CHECK(type(&i, lines[n]) != SL_INBOX_DECIDE);
        SL_CHECK_INT(i.mode, SL_INBOX_OPEN);
        sl_inbox_done(&i);
    }
}

static void test_who_may_not(void)
{
    struct sl_inbox i;

    begin(&i);
    open_it(&i, false, "x\n");
    SL_CHECK_INT(type(&i, "a"), SL_INBOX_NOTHING);
    check_shows(&i, "You may not decide this: you own this agent");
    sl_inbox_done(&i);
}

/* Where the rule asks for a passkey it is said before anybody tries, with the page's whole address
 * however narrow the terminal is; and nothing can be typed. */
static void test_passkey_is_for_a_browser(void)
{
    static const char link[] = "https://sluice.example/approvals/" ID_A;
    json_t *a = approval(ID_A, true, "x");

    json_object_set_new(a, "proof", json_string("passkey"));
    json_object_set_new(a, "link", json_string(link));
    for (size_t columns = 20; columns < 200; columns += 30) {
        struct sl_inbox i;
        SL_BUF(b, 1024 * 1024);
        SL_BUF(joined, 1024 * 1024);

        begin(&i);
        i.columns = columns;
        SL_CHECK_INT(sl_inbox_key(&i, SL_KEY_ENTER), SL_INBOX_FETCH_ONE);
        sl_inbox_take_one(&i, a, SL_SPAN("x\n"));
        shown(&i, &b);
        for (size_t n = 0; n < b.n; n++)
            if (b.p[n] != '\n')
                sl_buf_put_u8(&joined, b.p[n]);
        SL_CHECK(strstr(sl_buf_text(&joined), "It needs your passkey") != NULL);
        SL_CHECK(strstr(sl_buf_text(&joined), link) != NULL);
        SL_CHECK_INT(type(&i, "a"), SL_INBOX_NOTHING);
        SL_CHECK_INT(type(&i, "d"), SL_INBOX_NOTHING);
        SL_CHECK_INT(i.mode, SL_INBOX_OPEN);
        sl_inbox_done(&i);
    }
    json_decref(a);
}

static void test_it_changes_meanwhile(void)
{
    struct sl_inbox i;
    json_t *other = approval(ID_A, true, "y");

    begin(&i);
    open_it(&i, true, "x\n");
    type(&i, "awhy\nappro");
    json_object_set_new(other, "digest", json_string("d2"));
    sl_inbox_take_one(&i, other, SL_SPAN("y\n"));
    check_shows(&i, "It changed meanwhile: nothing was decided.");
    SL_CHECK(type(&i, "ve\n") != SL_INBOX_DECIDE);
    json_decref(other);
    sl_inbox_done(&i);
}

/* No line is wider than the terminal, whatever is in it; a quoted line goes on behind its mark. */
static void test_lines_fit(void)
{
    struct sl_inbox i;
    SL_BUF(b, 1024 * 1024);

    begin(&i);
    open_it(&i, true,
            "  | \xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2 0123456789012345678901234567890123456789\n"
            "plain 0123456789012345678901234567890123456789\n");
    for (i.columns = 1; i.columns < 90; i.columns += 7) {
        size_t width = i.columns < SL_INBOX_LEAST_COLUMNS ? SL_INBOX_LEAST_COLUMNS : i.columns;

        shown(&i, &b);
        for (struct sl_span rest = sl_buf_span(&b); rest.n > 0;) {
            struct sl_span line = sl_span_head(rest, sl_span_find(rest, '\n'));
            size_t at = 0, columns = 0;

            while (at < line.n) {
                uint32_t c = 0;
                SL_PROMISE(sl_utf8_next(line, &at, &c) == SL_OK);
                columns += c < 0x80 ? 1 : 2;
            }
            SL_CHECK(columns <= width);
            rest = sl_span_from(rest, line.n + 1);
        }
    }
    i.columns = 24;
    check_shows(&i, "\n  > 34567890123456789012\n  > 3456789\n");
    sl_inbox_done(&i);
}

static void test_keys(void)
{
    struct sl_span bytes = SL_SPAN("\033[A\033OB\033[1;5C\xc3\xb6q\033");
    static const uint32_t wanted[] = {SL_KEY_UP, SL_KEY_DOWN, 0, 0xf6, 'q', SL_KEY_ESCAPE};
    uint32_t key = 0;

    for (size_t n = 0; n < SL_COUNT(wanted); n++) {
        SL_CHECK(sl_inbox_next_key(&bytes, &key));
        SL_CHECK_INT(key, wanted[n]);
    }
    SL_CHECK(!sl_inbox_next_key(&bytes, &key));
    for (unsigned first = 0; first < 256; first++) { /* any bytes come to an end */
        uint8_t any[] = {(uint8_t)first, '[', 0xff, 0x1b, '[', '1'};
        size_t count = 0;

        for (bytes = sl_span(any, sizeof any); sl_inbox_next_key(&bytes, &key); count++)
            SL_CHECK(count < sizeof any);
    }
}

static void test_typing(void)
{
    struct sl_inbox i;

    begin(&i);
    open_it(&i, true, "x\n");
    type(&i, "d");
    sl_inbox_key(&i, 0xf6);
    sl_inbox_key(&i, 'k');
    sl_inbox_key(&i, 0x1f600);
    SL_CHECK_TEXT(sl_buf_span(&i.line), "\xc3\xb6k\xf0\x9f\x98\x80");
    sl_inbox_key(&i, SL_KEY_ERASE);
    sl_inbox_key(&i, SL_KEY_ERASE);
    sl_inbox_key(&i, 7); /* no character */
    SL_CHECK_TEXT(sl_buf_span(&i.line), "\xc3\xb6");
    for (unsigned n = 0; n < 2 * SL_INBOX_LINE; n++)
        sl_inbox_key(&i, 'x');
    SL_CHECK_INT(i.line.n, SL_INBOX_LINE);
    SL_CHECK_INT(sl_buf_err(&i.line), SL_OK);
    sl_inbox_key(&i, SL_KEY_ESCAPE);
    check_shows(&i, "Nothing was decided.");
    sl_inbox_done(&i);
}

/* What one person did alone is above everything, also while somebody types, until it was read; and
 * what a stranger wrote into it stays text. */
static void test_what_was_done_alone(void)
{
    struct sl_inbox i;
    json_t *a = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "id", ID_B, "identity", "agent-7",
                          "target", "finance", "break_glass", "by", "erin", "reason",
                          "the shop \033[2J is down");

    begin(&i);
    i.columns = 200;
    sl_inbox_say_alone(&i, a);
    json_decref(a);
    check_shows(&i, "erin alone released agent-7 on finance (break-glass): the shop ");
    check_shows(&i, "two others have to sign it off: sluice review " ID_B "\nSluice: 1 for you");
    check_shows(&i, "x hides");
    SL_CHECK(memchr(i.alone.p, 033, i.alone.n) == NULL);
    open_it(&i, true, "text\n");
    check_shows(&i, "erin alone released");
    SL_CHECK_INT(type(&i, "a"), SL_INBOX_FRESH);
    type(&i, "x");
    check_shows(&i, "erin alone released"); /* an x of the reason hides nothing */
    type(&i, "\033");
    type(&i, "x");
    SL_CHECK_INT(i.alone.n, 0);
    for (i.rows = 1; i.rows < 20; i.rows++) {
        SL_BUF(b, 64 * 1024);
        size_t lines = 1, least = i.rows < SL_INBOX_LEAST_ROWS ? SL_INBOX_LEAST_ROWS : i.rows;

        sl_buf_put_str(&i.alone, "0123456789012345678901234567890123456789");
        i.columns = 20;
        shown(&i, &b);
        for (size_t at = 0; at < b.n; at++)
            lines += b.p[at] == '\n';
        SL_CHECK_INT(lines, least);
    }
    sl_inbox_done(&i);
}

int main(void)
{
    SL_RUN(test_what_waits_for_me_comes_first);
    SL_RUN(test_a_decision_is_typed);
    SL_RUN(test_nothing_less_decides);
    SL_RUN(test_who_may_not);
    SL_RUN(test_passkey_is_for_a_browser);
    SL_RUN(test_it_changes_meanwhile);
    SL_RUN(test_lines_fit);
    SL_RUN(test_keys);
    SL_RUN(test_typing);
    SL_RUN(test_what_was_done_alone);
    return sl_tap_done();
}
