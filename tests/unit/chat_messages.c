/* Prints what Slack would be sent, a line of JSON each: {"kind":"Post","body":{...}}. Cards as a
 * hostile agent would have them, at their limits, decided, for many, forms and their answers.
 * tests/e2e/e2e_slack_messages.py has every line validated. usage: chat_messages SEED COUNT
 */
#include "core/chat/slack.h"

#include "tests/unit/chat_cards.h"

#include <stdio.h>

enum { ROOM = 1024 * 1024 };

static void print_line(const char *kind, struct sl_buf *body)
{
    SL_PROMISE(sl_buf_err(body) == SL_OK);
    printf("{\"kind\":\"%s\",\"body\":%s}\n", kind, sl_buf_text(body));
    sl_buf_reset(body);
}

static void print_card(const struct sl_chat_card *card, bool update)
{
    SL_BUF(body, ROOM);

    sl_slack_put_card(&body, SL_SPAN("C0123ABCD"),
                      update ? SL_SPAN("1700000000.000100") : SL_SPAN(""), card);
    print_line(update ? "Update" : "Post", &body);
}

static void print_question(const struct sl_chat_card *card, bool update)
{
    SL_BUF(body, ROOM);

    sl_slack_put_question(&body, SL_SPAN("D0123ABCD"),
                          update ? SL_SPAN("1700000000.000100") : SL_SPAN(""), card);
    print_line(update ? "Update" : "Post", &body);
}

static void print_form(struct cards *c, const struct sl_chat_card *card)
{
    SL_BUF(body, ROOM);
    struct sl_chat_input click = {.event = SL_CHAT_CLICK,
                                  .verb = (enum sl_chat_verb)(1 + cards_random(c, SL_CHAT_ANSWER)),
                                  .team = SL_SPAN("T0123ABCD"),
                                  .user = SL_SPAN("U0123ABCD"),
                                  .channel = SL_SPAN("C0123ABCD"),
                                  .message = SL_SPAN("1700000000.000100"),
                                  .approval = card->id};

    sl_slack_put_form(&body, SL_SPAN("12.34.abcdef"), &click, card);
    print_line("Open", &body);
    sl_slack_put_form_error(&body, card->reason);
    print_line("Errors", &body);
    sl_slack_put_form_done(&body, card->target, card->reason);
    print_line("Done", &body);
}

static void print_group(struct cards *c, const struct sl_chat_card *card)
{
    static char link[3000] = CARD_LINK "?";
    struct sl_chat_line lines[32];
    SL_BUF(body, ROOM);
    size_t count = cards_random(c, SL_COUNT(lines) + 1);

    memset(link + sizeof CARD_LINK, 'x', cards_random(c, 2800));
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct sl_chat_line){card->id,        card->identity,    card->target,
                                         card->statement, sl_span_str(link), card->why};
    sl_slack_put_group(&body, SL_SPAN("C0123ABCD"),
                       cards_random(c, 2) == 0 ? SL_SPAN("") : SL_SPAN("1700000000.000100"), lines,
                       count, cards_random(c, 2000),
                       cards_random(c, 3) == 0 ? SL_SPAN("") : SL_SPAN(CARD_LINK));
    print_line(memmem(body.p, body.n, "\"ts\":", 5) == NULL ? "Post" : "Update", &body);
    memset(link + sizeof CARD_LINK, 0, sizeof link - sizeof CARD_LINK);
}

static void print_text(const struct sl_chat_card *card)
{
    SL_BUF(body, ROOM);

    sl_slack_put_text(&body, SL_SPAN("D0123ABCD"), SL_SPAN("1700000000.000100"), card->reason);
    print_line("Post", &body);
    sl_slack_put_text(&body, SL_SPAN("U0123ABCD"), SL_SPAN(""), card->statement);
    print_line("Post", &body);
    sl_slack_put_aside(&body, SL_SPAN("C0123ABCD"), SL_SPAN("U0123ABCD"), card->why);
    print_line("Aside", &body);
}

/* Every field as long as it may be, and one character longer. */
static void print_limits(void)
{
    static uint8_t bytes[SL_CHAT_STATEMENT_MOST + 1];

    memset(bytes, '&', sizeof bytes);
    for (size_t more = 0; more < 2; more++) {
        struct sl_chat_card card = cards_plain();

        card.effects = SL_SPAN("read,delete");
#define FILL(field) card.field = sl_span(bytes, SL_CHAT_NAME_MOST + more);
        CARD_FIELDS(FILL)
#undef FILL
        card.statement = sl_span(bytes, SL_CHAT_STATEMENT_MOST + more);
        card.reason = sl_span(bytes, SL_CHAT_SAID_MOST + more);
        card.why = card.datasets = card.labels = card.reviewers =
            sl_span(bytes, SL_CHAT_LIST_MOST + more);
        card.outcome = card.decides_not_why = card.why;
        card.vote_count = SL_CHAT_VOTES_MOST;
        for (size_t i = 0; i < card.vote_count; i++)
            card.votes[i] = (struct sl_chat_vote){card.statement, card.statement, card.statement,
                                                  card.statement};
        card.asks = true;
        card.talk_count = SL_CHAT_TALK_MOST;
        card.talk_before = 17;
        for (size_t i = 0; i < card.talk_count; i++)
            card.talk[i] = (struct sl_chat_talk){.who = card.statement,
                                                 .channel = card.statement,
                                                 .text = card.statement,
                                                 .answer = i == 1};
        print_card(&card, false);
        print_question(&card, false);
        card.state = SL_SPAN("denied");
        print_card(&card, true);
    }
}

int main(int argc, char **argv)
{
    struct cards c = {.random = argc > 1 ? strtoull(argv[1], NULL, 10) : 1};
    long count = argc > 2 ? strtol(argv[2], NULL, 10) : 100;
    struct sl_chat_card plain = cards_plain();

    if (c.random == 0)
        c.random = 1;
    print_card(&plain, false);
    print_limits();
    for (long i = 0; i < count; i++) {
        struct sl_chat_card card = cards_next(&c);
        print_card(&card, i % 2 == 1);
        print_form(&c, &card);
        print_question(&card, i % 2 == 1);
        print_group(&c, &card);
        print_text(&card);
        cards_done(&c);
    }
    return 0;
}
