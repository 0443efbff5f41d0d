/* What people in Teams are told: complete or only a link, small enough, and inert. */
#include "teams_play.h"

#include "tap.h"

static json_t *parsed(const struct sl_buf *b)
{
    json_t *value = NULL;

    SL_CHECK_INT(sl_buf_err(b), SL_OK);
    SL_CHECK_INT(sl_json_read(sl_buf_span(b), &value, NULL), SL_OK);
    return value;
}

static const json_t *card_of(const json_t *message)
{
    return json_object_get(json_array_get(json_object_get(message, "attachments"), 0), "content");
}

/* --- walking a card ----------------------------------------------------------------------------
 */

struct seen {
    struct sl_buf text; /* of all runs of boxes, lines with a feed between */
    size_t executes, submits, links, inputs, bad, runs;
    bool strangers; /* a stranger's text is where it may not be */
};

static void check_block(const json_t *element, struct seen *s)
{
    struct sl_span text = sl_json_str(element, "text");

    /* Markdown is read there: nobody's words but ours. */
    if (strstr((const char *)text.p, "evil") != NULL || strchr((const char *)text.p, '<') != NULL)
        s->strangers = true;
}

static void check_run(const json_t *run, struct seen *s)
{
    struct sl_span text = sl_json_str(run, "text");

    s->runs++;
    s->bad += !sl_span_is(sl_json_str(run, "type"), "TextRun") || text.n == 0;
    for (size_t i = 0; i + 1 < text.n; i++)
        s->bad += text.p[i] == '{' && text.p[i + 1] == '{';
    for (size_t i = 0; i < text.n; i++)
        s->bad += text.p[i] == '\n' || (text.p[i] < ' ' && text.p[i] != '\t');
}

static void check_line(const json_t *line, struct seen *s, bool mono)
{
    const json_t *inlines = json_object_get(line, "inlines");

    for (size_t i = 0; i < json_array_size(inlines); i++) {
        const json_t *run = json_array_get(inlines, i);

        check_run(run, s);
        if (mono && sl_span_is(sl_json_str(run, "fontType"), "Monospace"))
            sl_buf_put(&s->text, sl_json_str(run, "text"));
    }
    if (mono)
        sl_buf_put_str(&s->text, "\n");
}

static void check_element(const json_t *element, struct seen *s)
{
    struct sl_span type = sl_json_str(element, "type");
    const json_t *items = json_object_get(element, "items");

    if (sl_span_is(type, "TextBlock"))
        check_block(element, s);
    else if (sl_span_is(type, "RichTextBlock"))
        check_line(element, s, false);
    else if (sl_span_is(type, "Input.Text"))
        s->inputs++;
    else if (!sl_span_is(type, "Container"))
        s->bad++;
    for (size_t i = 0; i < json_array_size(items); i++)
        check_line(json_array_get(items, i), s, true);
}

static void check_action(const json_t *action, struct seen *s)
{
    struct sl_span type = sl_json_str(action, "type");

    s->executes += sl_span_is(type, "Action.Execute");
    s->links += sl_span_is(type, "Action.OpenUrl");
    s->submits +=
        sl_span_is(sl_json_str(json_object_get(action, "fallback"), "type"), "Action.Submit");
}

static void walk(const json_t *card, struct seen *s)
{
    const json_t *body = json_object_get(card, "body"), *actions = json_object_get(card, "actions");

    *s = (struct seen){.text = {.max = 1 << 20}};
    for (size_t i = 0; i < json_array_size(body); i++)
        check_element(json_array_get(body, i), s);
    for (size_t i = 0; i < json_array_size(actions); i++)
        check_action(json_array_get(actions, i), s);
    SL_CHECK(sl_span_is(sl_json_str(card, "version"), "1.5"));
    SL_CHECK(json_object_get(card, "refresh") == NULL);
}

static size_t utf16_octets(struct sl_span s)
{
    size_t units = 0;

    for (size_t i = 0; i < s.n; i++)
        units += (s.p[i] & 0xc0) == 0x80 ? 0 : (s.p[i] >= 0xf0 ? 2 : 1);
    return 2 * units;
}

/* --- one card ----------------------------------------------------------------------------------
 */

static struct sl_chat_card usual(void)
{
    return (struct sl_chat_card){.id = SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8057"),
                                 .state = SL_SPAN("pending"),
                                 .digest = {0xab, 0xcd},
                                 .identity = SL_SPAN("agent-7"),
                                 .kind = SL_SPAN("agent"),
                                 .owner = SL_SPAN("alice"),
                                 .target = SL_SPAN("finance"),
                                 .environment = SL_SPAN("production"),
                                 .statement = SL_SPAN("delete from public.payments"),
                                 .whole = true,
                                 .effects = SL_SPAN("delete"),
                                 .datasets = SL_SPAN("public.payments"),
                                 .link = SL_SPAN("https://sluice.example/approvals/1"),
                                 .decides = true};
}

static bool made(const struct sl_chat_card *c, struct seen *s)
{
    SL_BUF(b, 1 << 20);
    bool decides = sl_teams_put_card(&b, SL_SPAN(""), c);
    json_t *message = parsed(&b);

    walk(card_of(message), s);
    SL_CHECK(utf16_octets(sl_buf_span(&b)) <= SL_TEAMS_MESSAGE_MOST);
    SL_CHECK_INT(s->bad, 0);
    SL_CHECK_INT(s->executes, s->submits);
    json_decref(message);
    return decides;
}

/* What a client does with blanks: several are one, and at the beginning of a line there are none.
 */
static struct sl_span as_a_client_shows(struct sl_span s, struct sl_buf *out)
{
    bool blank = true;

    for (size_t i = 0; i < s.n; i++) {
        bool is_blank = s.p[i] == ' ' || s.p[i] == '\t';

        if (!is_blank)
            sl_buf_put_u8(out, s.p[i]);
        else if (!blank)
            sl_buf_put_u8(out, ' ');
        blank = is_blank || s.p[i] == '\n';
    }
    return sl_buf_span(out);
}

/* P3: no two statements that differ look alike on a card that decides. */
static void test_blanks_are_seen(void)
{
    static const char *const statements[] = {
        "delete from t where a = 'x y'",
        "delete from t where a = 'x  y'",
        "delete from t where a = 'x   y'",
        "delete from t where a = 'x\ty'",
        "delete from t where a = 'x \ty'",
        "delete from t where a = 'x\xc2\xa0y'",
        "delete from t where a = 'x \xc2\xa0y'",
        "delete from t where a = 'x\n y'",
        "delete from t where a = 'x\ny'",
        "delete from t where a = 'x\n\ty'",
        "delete from t where a = 'x\n  y'",
        "delete from t where a = 'x{{  y'",
        "delete from t where a = 'x{{ y'",
        "delete from t where a = 'x{ {  y'",
        "delete from t where a = 'x\xe2\x80\x83y'",
        "delete from t where a = 'x\xe3\x80\x80y'",
    };
    enum { COUNT = SL_COUNT(statements) };
    struct sl_buf shown[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        struct sl_chat_card c = usual();
        struct seen s;

        c.statement = sl_span_str(statements[i]);
        shown[i] = sl_buf(1 << 16);
        SL_CHECK(made(&c, &s));
        as_a_client_shows(sl_buf_span(&s.text), &shown[i]);
        sl_buf_done(&s.text);
        for (size_t j = 0; j < i; j++)
            if (!SL_CHECK(!sl_span_eq(sl_buf_span(&shown[i]), sl_buf_span(&shown[j]))))
                printf("#   %s\n#   %s\n", statements[j], statements[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        sl_buf_done(&shown[i]);
}

static void test_one_that_decides(void)
{
    struct sl_chat_card c = usual();
    struct seen s;

    SL_CHECK(made(&c, &s));
    SL_CHECK_INT(s.executes, 3);
    SL_CHECK_INT(s.links, 1);
    SL_CHECK_INT(s.inputs, 1);
    SL_CHECK_TEXT(sl_buf_span(&s.text), "delete from public.payments\n");
    sl_buf_done(&s.text);
}

static void test_buttons_say_all(void)
{
    struct sl_chat_card c = usual();
    SL_BUF(b, 1 << 20);

    SL_CHECK(sl_teams_put_card(&b, SL_SPAN("1:x"), &c));
    json_t *message = parsed(&b);
    const json_t *deny = json_array_get(json_object_get(card_of(message), "actions"), 1);
    const json_t *data = json_object_get(deny, "data");
    SL_CHECK_TEXT(sl_json_str(message, "id"), "1:x");
    SL_CHECK_TEXT(sl_json_str(deny, "verb"), "sluice.deny");
    SL_CHECK_TEXT(sl_json_str(data, "sluice"), "sluice.deny");
    SL_CHECK_TEXT(sl_json_str(data, "approval"), "01890a5d-ac96-774b-bcce-b302099a8057");
    SL_CHECK_TEXT(sl_json_str(data, "digest"),
                  "abcd000000000000000000000000000000000000000000000000000000000000");
    SL_CHECK(json_equal(data, json_object_get(json_object_get(deny, "fallback"), "data")) == 1);
    json_decref(message);
}

static void test_what_does_not_decide(void)
{
    static char longer[SL_CHAT_STATEMENT_MOST + 2];
    struct sl_chat_card cards[6];
    struct seen s;

    memset(longer, 'x', sizeof longer - 1);
    for (size_t i = 0; i < SL_COUNT(cards); i++)
        cards[i] = usual();
    cards[0].decides = false;
    cards[1].whole = false;
    cards[2].hidden = true;
    cards[3].state = SL_SPAN("expired");
    cards[4].state = SL_SPAN("sleeping"); /* nobody knows what that is */
    cards[5].statement = sl_span_str(longer);
    for (size_t i = 0; i < SL_COUNT(cards); i++) {
        if (!SL_CHECK(!made(&cards[i], &s) && s.executes == 0 && s.inputs == 0 && s.links == 1))
            printf("# card %zu\n", i);
        if (cards[i].hidden)
            SL_CHECK_INT(s.text.n, 0);
        sl_buf_done(&s.text);
    }
}

static size_t buttons(const char *state, const char *outcome)
{
    struct sl_chat_card c = usual();
    struct seen s;

    c.state = sl_span_str(state);
    c.outcome = sl_span_str(outcome);
    SL_CHECK(!made(&c, &s));
    sl_buf_done(&s.text);
    return s.executes;
}

static void test_afterwards(void)
{
    SL_CHECK_INT(buttons("approved", "approved by bob"), 1); /* revoke */
    SL_CHECK_INT(buttons("running", "approved by bob"), 1);  /* stop */
    SL_CHECK_INT(buttons("open", "approved by bob"), 1);     /* stop */
    SL_CHECK_INT(buttons("spent", "approved by bob, ran"), 0);
    SL_CHECK_INT(buttons("denied", "denied by bob"), 0);
}

static bool is_headed(const struct sl_chat_card *c, const char *words)
{
    SL_BUF(text, 64 * 1024);

    SL_CHECK_INT(sl_teams_put_card(&text, SL_SPAN(""), c), sl_span_is(c->state, "pending"));
    return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

/* What one person released is under a heading that nobody takes for a yes of its reviewers; what
 * nobody released has none of it. */
static void test_released_alone(void)
{
    static const char *const states[] = {"approved", "running", "spent", "lapsed", "revoked"};
    static const char *const others[] = {"pending", "denied", "expired", "cancelled"};
    struct sl_chat_card card = usual();

    for (size_t i = 0; i < SL_COUNT(states); i++) {
        card.state = sl_span_str(states[i]);
        card.alone = false;
        SL_CHECK(!is_headed(&card, "one person alone"));
        card.alone = true;
        SL_CHECK(is_headed(&card, "Released by one person alone"));
    }
    for (size_t i = 0; i < SL_COUNT(others); i++) {
        card.state = sl_span_str(others[i]);
        SL_CHECK(!is_headed(&card, "one person alone"));
    }
}

/* Each line of a text is a line of its own; nothing is joined, nothing left out. */
static void test_lines(void)
{
    struct sl_chat_card c = usual();
    struct seen s;

    c.statement = SL_SPAN("select 1 -- {{DATE(2030-01-01T00:00:00Z)}}\n\ndelete from t");
    SL_CHECK(made(&c, &s));
    SL_CHECK_TEXT(sl_buf_span(&s.text),
                  "select 1 -- {{DATE(2030-01-01T00:00:00Z)}}\n \ndelete from t\n");
    sl_buf_done(&s.text);
}

/* What is longest to write down, in every field: still a message, and one that only links. */
static void test_nothing_is_too_large(void)
{
    static const char *const worst[] = {"{{",  "\"\\", "\xe2\x80\xae", "\n", "\xf0\x9f\x98\x80",
                                        "\xff"};
    struct seen s;

    for (size_t i = 0; i < SL_COUNT(worst); i++) {
        SL_BUF(text, 100000);
        while (text.n < 50000)
            sl_buf_put_str(&text, worst[i]);
        struct sl_span t = sl_buf_span(&text);
        struct sl_chat_card c = {.id = SL_SPAN("i"),
                                 .state = SL_SPAN("pending"),
                                 .identity = t,
                                 .kind = t,
                                 .owner = t,
                                 .target = t,
                                 .environment = t,
                                 .protocol = t,
                                 .statement = t,
                                 .why = t,
                                 .reason = t,
                                 .run = t,
                                 .session = t,
                                 .effects = t,
                                 .datasets = t,
                                 .labels = t,
                                 .rows = t,
                                 .reviewers = t,
                                 .outcome = t,
                                 .decides_not_why = t,
                                 .whole = true,
                                 .decides = true,
                                 .link = SL_SPAN("https://sluice.example/"),
                                 .vote_count = SL_CHAT_VOTES_MOST};
        for (size_t v = 0; v < SL_CHAT_VOTES_MOST; v++)
            c.votes[v] = (struct sl_chat_vote){t, t, t, t};
        SL_CHECK(!made(&c, &s));
        SL_CHECK_INT(s.links, 1);
        sl_buf_done(&s.text);
    }
}

/* A statement of more lines than anybody sees, whose message would be too large as well. */
static void test_too_large_only_links(void)
{
    struct sl_chat_card c = usual();
    SL_BUF(text, 100000);
    struct seen s;

    for (int i = 0; i < 1400; i++)
        sl_buf_put_str(&text, "x\n");
    c.statement = sl_buf_span(&text);
    SL_CHECK(!made(&c, &s));
    SL_CHECK_INT(s.executes, 0);
    sl_buf_done(&s.text);
}

/* --- many --------------------------------------------------------------------------------------
 */

static void check_shown(const struct play *p, const struct seen *s)
{
    SL_BUF(visible, 1 << 20);
    SL_BUF(want, 1 << 20);

    sl_chat_put_visible(&visible, p->card.statement);
    for (size_t i = 0; i < visible.n; i++) {
        uint8_t c = visible.p[i], before = i == 0 ? '\n' : visible.p[i - 1];

        if (c == '\n' && before == '\n') /* an empty line is shown as a blank */
            sl_buf_put_str(&want, " ");
        if (c == ' ' && (before == '\n' || before == ' '))
            sl_buf_put_str(&want, "\u00a0");
        else if (c == '\t')
            sl_buf_put_str(&want, "\u27e8U+0009\u27e9");
        else
            sl_buf_put_u8(&want, c);
    }
    if (visible.n > 0 && visible.p[visible.n - 1] == '\n')
        sl_buf_put_str(&want, " ");
    if (visible.n > 0)
        sl_buf_put_str(&want, "\n");
    SL_CHECK_BYTES(sl_span_head(sl_buf_span(&s->text), want.n), sl_buf_span(&want));
}

static void test_hostile_cards(void)
{
    size_t deciding = 0;

    for (uint64_t i = 1; i <= 600; i++) {
        struct play p;
        struct seen s;

        play_begin(&p, i);
        bool decides = made(&p.card, &s);
        SL_CHECK(!s.strangers);
        SL_CHECK_INT(decides, s.inputs == 1);
        SL_CHECK(!decides || (p.card.decides && sl_chat_card_whole(&p.card)));
        SL_CHECK(s.links == 1);
        if (decides)
            check_shown(&p, &s);
        deciding += decides;
        sl_buf_done(&s.text);
        play_end(&p);
    }
    SL_CHECK(deciding > 50);
    printf("# %zu of 600 decide\n", deciding);
}

static void test_workflow_never_decides(void)
{
    struct sl_chat_card c = usual();
    SL_BUF(b, 1 << 20);
    struct seen s;

    for (int i = 0; i < 2; i++) {
        sl_buf_reset(&b);
        sl_teams_put_workflow(&b, &c);
        json_t *message = parsed(&b);
        walk(card_of(message), &s);
        SL_CHECK_INT(s.executes + s.inputs, 0);
        SL_CHECK_INT(s.links, 1);
        SL_CHECK_TEXT(sl_json_str(message, "type"), "message");
        sl_buf_done(&s.text);
        json_decref(message);
        c.state = SL_SPAN("approved");
    }
}

static void test_group(void)
{
    static char wide[5000];
    struct sl_chat_line lines[100];
    SL_BUF(b, 1 << 20);
    struct seen s;

    memset(wide, '"', sizeof wide - 1);
    for (size_t i = 0; i < SL_COUNT(lines); i++)
        lines[i] = (struct sl_chat_line){SL_SPAN("i"),
                                         sl_span_str(wide),
                                         sl_span_str(wide),
                                         SL_SPAN("{{DATE("),
                                         SL_SPAN("https://s.example/a"),
                                         SL_SPAN("pending")};
    sl_teams_put_group(&b, SL_SPAN(""), lines, SL_COUNT(lines), 900, SL_SPAN("https://s.example/"));
    SL_CHECK(utf16_octets(sl_buf_span(&b)) <= SL_TEAMS_MESSAGE_MOST);
    json_t *message = parsed(&b);
    walk(card_of(message), &s);
    SL_CHECK_INT(s.executes + s.inputs + s.bad, 0);
    size_t n = json_array_size(json_object_get(card_of(message), "body"));
    SL_CHECK(n > 5 && n < 62);
    SL_BUF(rest, 64);
    sl_buf_say(&rest, "and %U more", (uint64_t)(1000 - (n - 2)));
    SL_CHECK_BYTES(sl_json_str(json_array_get(json_object_get(card_of(message), "body"), n - 1),
                               "text"),
                   sl_buf_span(&rest));
    sl_buf_done(&s.text);
    json_decref(message);
}

/* --- questions ---------------------------------------------------------------------------------
 */

/* Whether it takes an answer; what it says is in `text`. */
static bool asked(const struct sl_chat_card *c, struct sl_buf *text)
{
    struct seen s;

    sl_buf_reset(text);
    bool answers = sl_teams_put_question(text, SL_SPAN("1:x"), c);
    json_t *message = parsed(text);
    walk(card_of(message), &s);
    SL_CHECK(utf16_octets(sl_buf_span(text)) <= SL_TEAMS_MESSAGE_MOST);
    SL_CHECK_INT(s.bad, 0);
    SL_CHECK(!s.strangers);
    SL_CHECK_INT(s.executes, answers);
    SL_CHECK_INT(s.submits, answers);
    SL_CHECK_INT(s.inputs, answers);
    SL_CHECK_INT(s.links, 1);
    SL_CHECK_INT(strstr(sl_buf_text(text), "\"verb\":\"sluice.answer\"") != NULL, answers);
    SL_CHECK(!answers || (c->asks && c->talk_count > 0));
    sl_buf_done(&s.text);
    json_decref(message);
    return answers;
}

/* Who may answer reads what is asked, and answers as long as it waits; nothing is decided there. */
static void test_question(void)
{
    struct sl_chat_card c = usual();
    SL_BUF(b, 1 << 20);

    c.talk_count = 2;
    c.talk[0] = (struct sl_chat_talk){SL_SPAN("olga"), SL_SPAN("cli"), SL_SPAN("as told"), true};
    c.talk[1] = (struct sl_chat_talk){SL_SPAN("rita"), SL_SPAN("teams"),
                                      SL_SPAN("**why** the\nfourth\xe2\x80\xae?"), false};
    c.asks = true;
    SL_CHECK(asked(&c, &b));
    SL_CHECK(strstr(sl_buf_text(&b), "A question to you") != NULL);
    SL_CHECK(strstr(sl_buf_text(&b), "**why** the\u27e8U+000A\u27e9fourth\u27e8U+202E\u27e9?") !=
             NULL);
    SL_CHECK(strstr(sl_buf_text(&b), "as told") != NULL);
    SL_CHECK(strstr(sl_buf_text(&b), "delete from") == NULL);
    c.asks = false;
    SL_CHECK(!asked(&c, &b));
    SL_CHECK(strstr(sl_buf_text(&b), "No answer is needed any more") != NULL);
    c.asks = true;
    c.talk_count = 0; /* not told here: nothing to answer to, either */
    SL_CHECK(!asked(&c, &b));
    SL_CHECK(strstr(sl_buf_text(&b), "What is asked is not told here") != NULL);
}

/* What does not show all of a question takes no answer to it. */
static void test_a_question_too_large(void)
{
    static char wide[20001];
    struct sl_chat_card c = usual();
    SL_BUF(b, 1 << 20);

    memset(wide, '"', sizeof wide - 1);
    c.asks = true;
    c.talk_count = 1;
    c.talk[0] = (struct sl_chat_talk){SL_SPAN("rita"), SL_SPAN("cli"), sl_span_str(wide), false};
    SL_CHECK(!asked(&c, &b));
    SL_CHECK(strstr(sl_buf_text(&b), "cannot show all of it") != NULL);
    c.talk[0].text = SL_SPAN("why?");
    SL_CHECK(asked(&c, &b));
    c.identity = c.target = c.owner = c.environment = sl_span_str(wide);
    SL_CHECK(!asked(&c, &b));
}

static void test_hostile_questions(void)
{
    size_t answering = 0;
    SL_BUF(b, 1 << 20);

    for (uint64_t i = 1; i <= 600; i++) {
        struct play p;

        play_begin(&p, i);
        answering += asked(&p.card, &b);
        play_end(&p);
    }
    SL_CHECK(answering > 100);
}

static void test_invoke_question(void)
{
    struct sl_chat_card c = usual();
    SL_BUF(b, 1 << 20);

    sl_teams_put_invoke_question(&b, &c);
    json_t *answer = parsed(&b);
    SL_CHECK_TEXT(sl_json_str(answer, "type"), "application/vnd.microsoft.card.adaptive");
    SL_CHECK_INT(json_integer_value(json_object_get(answer, "statusCode")), 200);
    SL_CHECK(strstr(sl_buf_text(&b), "No answer is needed any more") != NULL);
    json_decref(answer);
}

/* --- answers and texts -------------------------------------------------------------------------
 */

static void test_invoke_answers(void)
{
    struct sl_chat_card c = usual();
    SL_BUF(b, 1 << 20);

    SL_CHECK(sl_teams_put_invoke_card(&b, &c));
    json_t *answer = parsed(&b);
    SL_CHECK_TEXT(sl_json_str(answer, "type"), "application/vnd.microsoft.card.adaptive");
    SL_CHECK_INT(json_integer_value(json_object_get(answer, "statusCode")), 200);
    json_decref(answer);
    sl_buf_reset(&b);
    sl_teams_put_invoke_text(&b, SL_SPAN("not you: [a](https://e) <b>*x*\xe2\x80\xae"));
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"statusCode\":200,\"type\":\"application/vnd.microsoft.activity.message\","
                  "\"value\":\"not you: \uff3ba\uff3d(https\uff1a//e) \uff1cb\uff1e\uff0ax\uff0a"
                  "\u27e8U+202E\u27e9\"}");
    sl_buf_reset(&b);
    sl_teams_put_invoke_error(&b, 403, SL_SPAN("no"));
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"statusCode\":403,\"type\":\"application/vnd.microsoft.error\","
                  "\"value\":{\"code\":\"Forbidden\",\"message\":\"no\"}}");
    sl_buf_reset(&b);
    sl_teams_put_invoke_error(&b, 200, SL_SPAN("x"));
    SL_CHECK(strstr(sl_buf_text(&b), "InternalServerError") != NULL);
}

static void test_text_and_conversation(void)
{
    struct sl_teams_us us = {.app = SL_SPAN("a"), .tenant = SL_SPAN("t")};
    SL_BUF(b, 1 << 20);

    sl_teams_put_text(&b, SL_SPAN("**hi**\n\"\xe2\x80\x8b"));
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"text\":\"**hi**\\n\\\"\u27e8U+200B\u27e9\","
                                   "\"textFormat\":\"plain\",\"type\":\"message\"}");
    sl_buf_reset(&b);
    sl_teams_put_conversation(&b, &us, SL_SPAN("29:u"));
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"bot\":{\"id\":\"28:a\"},\"channelData\":{\"tenant\":{\"id\":\"t\"}},"
                  "\"isGroup\":false,\"members\":[{\"id\":\"29:u\"}],\"tenantId\":\"t\"}");
}

int main(void)
{
    SL_RUN(test_blanks_are_seen);
    SL_RUN(test_one_that_decides);
    SL_RUN(test_buttons_say_all);
    SL_RUN(test_what_does_not_decide);
    SL_RUN(test_afterwards);
    SL_RUN(test_released_alone);
    SL_RUN(test_lines);
    SL_RUN(test_nothing_is_too_large);
    SL_RUN(test_too_large_only_links);
    SL_RUN(test_hostile_cards);
    SL_RUN(test_workflow_never_decides);
    SL_RUN(test_group);
    SL_RUN(test_question);
    SL_RUN(test_a_question_too_large);
    SL_RUN(test_hostile_questions);
    SL_RUN(test_invoke_question);
    SL_RUN(test_invoke_answers);
    SL_RUN(test_text_and_conversation);
    return sl_tap_done();
}
