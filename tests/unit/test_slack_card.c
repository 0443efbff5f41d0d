/* Slack's messages: nothing of a stranger is ever read as more than text, and buttons that decide
 * are there only where they may be. */
#include "core/chat/slack.h"

#include "base/utf8.h"
#include "tests/unit/chat_cards.h"
#include "tests/unit/tap.h"

enum { ROOM = 1024 * 1024 };

#define MARK "Zq7Zq"
static const char evil[] =
    MARK "<!channel> <@U0123ABCD> <https://evil.example|x> *b* _i_ ~s~ `c` :boom: & &lt;"
         "\xe2\x80\xae\xe2\x80\x8b\xef\xbb\xbf\x01\xff @here #general https://evil.example " MARK;

static json_t *message_of(const struct sl_chat_card *card, const char *ts)
{
    SL_BUF(out, ROOM);
    json_t *message = NULL;

    sl_slack_put_card(&out, SL_SPAN("C0123"), sl_span_str(ts), card);
    SL_PROMISE(sl_buf_err(&out) == SL_OK &&
               sl_json_read(sl_buf_span(&out), &message, NULL) == SL_OK);
    return message;
}

/* --- inert ------------------------------------------------------------------------------------ */

struct found {
    size_t marks;    /* texts with a stranger's words, where they may be */
    size_t wrong;    /* ... and elsewhere; or of another type than ours */
    size_t shown[8]; /* characters of all texts */
};

static bool has(struct sl_span s, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= s.n; i++)
        if (memcmp(s.p + i, what, n) == 0)
            return true;
    return false;
}

static bool is_clean(struct sl_span s)
{
    for (size_t at = 0; at < s.n;) {
        uint32_t code;
        if (sl_utf8_next(s, &at, &code) != SL_OK ||
            (code != '\n' && code != '\t' && (sl_utf8_deceives(code) || sl_utf8_unseen(code))))
            return false;
    }
    return true;
}

static bool is_known(struct sl_span type)
{
    static const char *const types[] = {"header",
                                        "rich_text",
                                        "rich_text_section",
                                        "rich_text_preformatted",
                                        "rich_text_quote",
                                        "text",
                                        "date",
                                        "link",
                                        "context",
                                        "plain_text",
                                        "actions",
                                        "button",
                                        "modal",
                                        "input",
                                        "plain_text_input"};

    for (size_t i = 0; i < SL_COUNT(types); i++)
        if (sl_span_is(type, types[i]))
            return true;
    return false;
}

/* inert: a string here is the text of a rich_text element. */
static void look_string(const char *key, struct sl_span s, bool inert, struct found *f)
{
    f->wrong += !is_clean(s);
    if (strcmp(key, "type") == 0)
        f->wrong += !is_known(s);
    if (strcmp(key, "url") == 0)
        f->wrong += !sl_span_starts(s, SL_SPAN("https://sluice.example/"));
    if (has(s, MARK) || has(s, "evil")) {
        f->marks += inert;
        f->wrong += !inert;
    }
}

static void look(const json_t *value, struct found *f)
{
    const char *key;
    json_t *member;
    bool inert = sl_span_is(sl_json_str(value, "type"), "text");

    for (size_t i = 0; i < json_array_size(value); i++)
        look(json_array_get(value, i), f);
    json_object_foreach((json_t *)value, key, member)
    {
        if (json_is_string(member))
            look_string(key, sl_span(json_string_value(member), json_string_length(member)),
                        inert && strcmp(key, "text") == 0, f);
        look(member, f);
    }
}

/* The notification: Slack may read mrkdwn in it. */
static bool is_plain_notice(struct sl_span s)
{
    size_t colons = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (strchr("<>&*~`@#/|[]{}\"", s.p[i]) != NULL)
            return false;
        colons += s.p[i] == ':';
    }
    return colons <= 2 && is_clean(s) && s.n > 0; /* ours, between title and names */
}

/* Takes it: the top-level text is looked at by itself. */
static bool is_inert(json_t *message, size_t *marks)
{
    struct found f = {.wrong = 0};
    bool plain =
        json_object_get(message, "text") == NULL || is_plain_notice(sl_json_str(message, "text"));

    json_object_del(message, "text");
    look(message, &f);
    json_decref(message);
    *marks = f.marks;
    return plain && f.wrong == 0;
}

static void field_is_inert(const char *name, struct sl_chat_card *card)
{
    static const char *const states[] = {"pending", "approved", "denied"};
    size_t all = 0, marks;

    for (size_t i = 0; i < SL_COUNT(states); i++) {
        card->state = sl_span_str(states[i]);
        for (int decides = 0; decides < 2; decides++) {
            card->decides = decides != 0;
            if (!SL_CHECK(is_inert(message_of(card, ""), &marks)))
                printf("# %s\n", name);
            all += marks;
        }
    }
    if (!SL_CHECK(all > 0))
        printf("# %s is not told at all\n", name);
}

static void test_every_field_is_inert(void)
{
#define EVIL(field)                                  \
    {                                                \
        struct sl_chat_card card = cards_plain();    \
        card.field = sl_span(evil, sizeof evil - 1); \
        field_is_inert(#field, &card);               \
    }
    CARD_FIELDS(EVIL)
#undef EVIL
}

static void test_votes_are_inert(void)
{
    struct sl_chat_card card = cards_plain();
    struct sl_span text = sl_span(evil, sizeof evil - 1);

    card.vote_count = 1;
    card.votes[0] = (struct sl_chat_vote){text, text, text, text};
    field_is_inert("a vote", &card);
}

static void test_talk_is_inert(void)
{
    struct sl_chat_card card = cards_plain();
    struct sl_span text = sl_span(evil, sizeof evil - 1);

    card.talk_count = 1;
    card.talk[0] = (struct sl_chat_talk){text, text, text, true};
    field_is_inert("an answer", &card);
}

static void test_notice_tells_no_statement(void)
{
    struct sl_chat_card card = cards_plain();
    card.statement = card.reason = card.datasets = card.run = card.session = SL_SPAN(MARK);
    json_t *message = message_of(&card, "");

    SL_CHECK_TEXT(sl_json_str(message, "text"), "Approval needed: agent-7 on finance");
    SL_CHECK(json_is_false(json_object_get(message, "mrkdwn")) &&
             sl_span_is(sl_json_str(message, "parse"), "none") &&
             json_is_false(json_object_get(message, "unfurl_links")));
    json_decref(message);
}

/* --- buttons ---------------------------------------------------------------------------------- */

/* "sluice.approve sluice.deny ..." */
static void buttons_of(const json_t *message, struct sl_buf *out)
{
    const json_t *blocks = json_object_get(message, "blocks");

    sl_buf_reset(out);
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        const json_t *block = json_array_get(blocks, i),
                     *elements = json_object_get(block, "elements");
        for (size_t k = 0;
             sl_span_is(sl_json_str(block, "type"), "actions") && k < json_array_size(elements);
             k++)
            sl_buf_say(out, "%s%S", out->n > 0 ? " " : "",
                       sl_json_str(json_array_get(elements, k), "action_id"));
    }
}

static void check_buttons(const struct sl_chat_card *card, const char *want)
{
    SL_BUF(got, 4096);
    json_t *message = message_of(card, "");

    buttons_of(message, &got);
    SL_CHECK_TEXT(sl_buf_span(&got), want);
    json_decref(message);
}

#define ALL "sluice.approve sluice.deny sluice.ask sluice.open"

static void test_buttons(void)
{
    static const struct {
        const char *state, *want;
    } rows[] = {
        {"pending", ALL},
        {"approved", "sluice.revoke sluice.open"},
        {"open", "sluice.stop sluice.open"},
        {"running", "sluice.stop sluice.open"},
        {"spent", "sluice.open"},
        {"denied", "sluice.open"},
        {"expired", "sluice.open"},
        {"cancelled", "sluice.open"},
        {"lapsed", "sluice.open"},
        {"revoked", "sluice.open"},
        {"of next year", "sluice.open"},
    };
    struct sl_chat_card card = cards_plain();

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        card.state = sl_span_str(rows[i].state);
        check_buttons(&card, rows[i].want);
    }
}

static bool is_headed(const struct sl_chat_card *card, const char *words)
{
    json_t *message = message_of(card, "1.2");
    const json_t *head = json_object_get(json_array_get(json_object_get(message, "blocks"), 0), "text");
    bool yes = has(sl_json_str(head, "text"), words) && has(sl_json_str(message, "text"), words);

    json_decref(message);
    return yes;
}

/* What one person released is under a heading that nobody takes for a yes of its reviewers; what
 * nobody released has none of it. */
static void test_released_alone(void)
{
    static const char *const states[] = {"approved", "running", "spent", "lapsed", "revoked"};
    static const char *const others[] = {"pending", "denied", "expired", "cancelled"};
    struct sl_chat_card card = cards_plain();

    for (size_t i = 0; i < SL_COUNT(states); i++) {
        card.state = sl_span_str(states[i]);
        card.alone = false;
        SL_CHECK(!is_headed(&card, "alone"));
        card.alone = true;
        SL_CHECK(is_headed(&card, "Released by one person alone"));
    }
    for (size_t i = 0; i < SL_COUNT(others); i++) {
        card.state = sl_span_str(others[i]);
        SL_CHECK(!is_headed(&card, "alone"));
    }
}

static void test_buttons_only_of_what_is_whole(void)
{
    struct sl_chat_card card = cards_plain();

    card.decides = false;
    check_buttons(&card, "sluice.open");
    card = cards_plain();
    card.hidden = true;
    check_buttons(&card, "sluice.open");
    card = cards_plain();
    card.whole = false;
    check_buttons(&card, "sluice.open");
    card.link = SL_SPAN("javascript:alert(1)");
    check_buttons(&card, "");
}

static bool any_cut(const json_t *value)
{
    const char *key;
    json_t *member;

    if (json_is_string(value) &&
        has(sl_span(json_string_value(value), json_string_length(value)), "[cut here: "))
        return true;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (any_cut(json_array_get(value, i)))
            return true;
    json_object_foreach((json_t *)value, key, member) if (any_cut(member)) return true;
    return false;
}

/* The text between the bars; every block of that kind. */
static void preformatted_of(const json_t *value, struct sl_buf *out)
{
    const char *key;
    json_t *member;

    if (sl_span_is(sl_json_str(value, "type"), "rich_text_preformatted"))
        sl_buf_put(out, sl_json_str(json_array_get(json_object_get(value, "elements"), 0), "text"));
    for (size_t i = 0; i < json_array_size(value); i++)
        preformatted_of(json_array_get(value, i), out);
    json_object_foreach((json_t *)value, key, member) preformatted_of(member, out);
}

/* All of what would run is on the message that lets decide about it. */
static bool shows_all(const json_t *message, const struct sl_chat_card *card)
{
    SL_BUF(shown, ROOM);
    SL_BUF(visible, ROOM);

    preformatted_of(message, &shown);
    sl_chat_put_visible(&visible, card->statement);
    return sl_span_eq(sl_buf_span(&shown), sl_buf_span(&visible));
}

static void test_hostile_cards(void)
{
    struct cards c = {.random = 4711};
    size_t inert = 0, decide = 0, wrong = 0, marks;

    for (int i = 0; i < 1500; i++) {
        struct sl_chat_card card = cards_next(&c);
        SL_BUF(buttons, 4096);
        json_t *message = message_of(&card, i % 2 == 0 ? "" : "1700000000.000100");
        bool decides;

        if (i % 3 == 0) /* more that may decide */
            card.state = SL_SPAN("pending"), card.whole = card.decides = true;
        buttons_of(message, &buttons);
        decides = has(sl_buf_span(&buttons), "sluice.approve");
        decide += decides;
        wrong += decides && (!card.decides || !sl_chat_card_whole(&card));
        wrong += decides && card.vote_count + card.talk_count == 0 && any_cut(message);
        wrong += decides && !shows_all(message, &card);
        inert += is_inert(message, &marks);
        cards_done(&c);
    }
    SL_CHECK_INT(wrong, 0);
    SL_CHECK(decide > 20);
    printf("# %zu of 1500 may decide\n", decide);
    SL_CHECK_INT(inert, 1500);
}

/* --- the others ------------------------------------------------------------------------------- */

static json_t *read_back(struct sl_buf *out)
{
    json_t *value = NULL;

    SL_PROMISE(sl_buf_err(out) == SL_OK && sl_json_read(sl_buf_span(out), &value, NULL) == SL_OK);
    return value;
}

static void test_group(void)
{
    struct sl_span text = sl_span(evil, sizeof evil - 1);
    struct sl_chat_line lines[25];
    SL_BUF(out, ROOM);
    SL_BUF(buttons, 4096);
    size_t marks;

    for (size_t i = 0; i < SL_COUNT(lines); i++)
        lines[i] =
            (struct sl_chat_line){SL_SPAN(CARD_ID), text, text, text, SL_SPAN(CARD_LINK), text};
    sl_slack_put_group(&out, SL_SPAN("C0123"), SL_SPAN(""), lines, SL_COUNT(lines), 975,
                       SL_SPAN("https://sluice.example/inbox"));
    json_t *message = read_back(&out);
    buttons_of(message, &buttons);
    SL_CHECK_TEXT(sl_buf_span(&buttons), "sluice.open");
    SL_CHECK_TEXT(sl_json_str(message, "text"), "1,000 approvals");
    SL_CHECK(has(sl_buf_span(&out), "And 980 more."));
    SL_CHECK(is_inert(message, &marks) && marks > 0);
}

static void test_text(void)
{
    SL_BUF(out, ROOM);
    size_t marks;

    sl_slack_put_text(&out, SL_SPAN("D0123"), SL_SPAN("1700000000.000100"),
                      sl_span(evil, sizeof evil - 1));
    json_t *message = read_back(&out);
    SL_CHECK_TEXT(sl_json_str(message, "thread_ts"), "1700000000.000100");
    SL_CHECK(is_inert(message, &marks) && marks == 1);
}

static void test_aside(void)
{
    SL_BUF(out, ROOM);
    size_t marks;

    sl_slack_put_aside(&out, SL_SPAN("C0123"), SL_SPAN("U0123"), sl_span(evil, sizeof evil - 1));
    json_t *message = read_back(&out);
    SL_CHECK_TEXT(sl_json_str(message, "user"), "U0123");
    SL_CHECK(is_inert(message, &marks) && marks == 1);
}

static void check_question(const struct sl_chat_card *card, const char *ts, const char *want)
{
    SL_BUF(out, ROOM);
    SL_BUF(buttons, 4096);
    size_t marks;

    sl_slack_put_question(&out, SL_SPAN("D0123"), sl_span_str(ts), card);
    json_t *message = read_back(&out);
    buttons_of(message, &buttons);
    SL_CHECK_TEXT(sl_buf_span(&buttons), want);
    SL_CHECK_TEXT(sl_json_str(message, "ts"), ts);
    SL_CHECK(is_inert(message, &marks) && marks == 3 * card->talk_count);
}

/* Who may answer reads what is asked, and has a button as long as it waits; but none to decide by.
 */
static void test_question(void)
{
    struct sl_chat_card card = cards_plain();
    struct sl_span text = SL_SPAN(MARK "<!channel> *why*\n\nthe fourth?");

    card.talk_count = 2;
    card.talk[0] = card.talk[1] = (struct sl_chat_talk){text, text, text, false};
    card.asks = true;
    check_question(&card, "", "sluice.answer sluice.open");
    card.asks = false;
    check_question(&card, "1700000000.000100", "sluice.open");
    card.asks = true;
    card.talk_count = 0; /* not told here: nothing to answer to, either */
    check_question(&card, "", "sluice.open");
    card.link = SL_SPAN("javascript:alert(1)");
    check_question(&card, "", "");
}

static const struct sl_chat_input *a_click(void)
{
    static struct sl_chat_input click = {.event = SL_CHAT_CLICK, .verb = SL_CHAT_DENY};

    click.team = SL_SPAN("T0123");
    click.user = SL_SPAN("U0123");
    click.channel = SL_SPAN("C0123");
    click.message = SL_SPAN("1700000000.000100");
    click.approval = SL_SPAN(CARD_ID);
    return &click;
}

static void test_form(void)
{
    struct sl_chat_card card = cards_plain();
    SL_BUF(out, ROOM);
    size_t marks;

    card.statement = card.identity = card.datasets = sl_span(evil, sizeof evil - 1);
    sl_slack_put_form(&out, SL_SPAN("1.2.abc"), a_click(), &card);
    json_t *body = read_back(&out);
    const json_t *view = json_object_get(body, "view");
    SL_CHECK_TEXT(sl_json_str(view, "callback_id"), "sluice.decide");
    SL_CHECK_TEXT(sl_json_str(json_object_get(view, "title"), "text"), "Deny");
    SL_CHECK_TEXT(sl_json_str(view, "private_metadata"),
                  "1 " CARD_ID " 0000000000000000000000000000000000000000000000000000000000000000"
                  " deny C0123 1700000000.000100 U0123");
    SL_CHECK(is_inert(body, &marks) && marks == 3);
}

/* It shows what is asked, and its answer is asked for. */
static void test_form_of_an_answer(void)
{
    struct sl_chat_card card = cards_plain();
    struct sl_chat_input click = *a_click();
    SL_BUF(out, ROOM);

    click.verb = SL_CHAT_ANSWER;
    card.talk_count = 1;
    card.talk[0] = (struct sl_chat_talk){.who = SL_SPAN("rita"), .text = SL_SPAN("why now?")};
    sl_slack_put_form(&out, SL_SPAN("1.2.abc"), &click, &card);
    json_t *body = read_back(&out);
    const json_t *view = json_object_get(body, "view");
    SL_CHECK_TEXT(sl_json_str(json_object_get(view, "submit"), "text"), "Answer");
    SL_CHECK(has(sl_json_str(view, "private_metadata"), " answer C0123 1700000000.000100 U0123"));
    SL_CHECK(has(sl_buf_span(&out), "why now?") && has(sl_buf_span(&out), "What you answer"));
    json_decref(body);
}

static void test_form_answers(void)
{
    SL_BUF(error, ROOM);
    SL_BUF(done, ROOM);
    size_t marks;

    sl_slack_put_form_error(&error, SL_SPAN("no\xe2\x80\xae"));
    SL_CHECK_TEXT(sl_buf_span(&error),
                  "{\"errors\":{\"sluice.text\":\"no\xe2\x9f\xa8U+202E\xe2\x9f\xa9\"},"
                  "\"response_action\":\"errors\"}");
    sl_slack_put_form_done(&done, SL_SPAN("Approved"), sl_span(evil, sizeof evil - 1));
    json_t *answer = read_back(&done);
    SL_CHECK_TEXT(sl_json_str(answer, "response_action"), "update");
    SL_CHECK(is_inert(answer, &marks) && marks == 1);
}

int main(void)
{
    SL_RUN(test_every_field_is_inert);
    SL_RUN(test_votes_are_inert);
    SL_RUN(test_talk_is_inert);
    SL_RUN(test_notice_tells_no_statement);
    SL_RUN(test_buttons);
    SL_RUN(test_released_alone);
    SL_RUN(test_buttons_only_of_what_is_whole);
    SL_RUN(test_hostile_cards);
    SL_RUN(test_group);
    SL_RUN(test_text);
    SL_RUN(test_aside);
    SL_RUN(test_question);
    SL_RUN(test_form);
    SL_RUN(test_form_of_an_answer);
    SL_RUN(test_form_answers);
    return sl_tap_done();
}
