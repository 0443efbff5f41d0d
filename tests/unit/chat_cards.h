/* Cards as a hostile agent would have them: every field of a stranger with everything that a chat
 * could read, of every length. The same seed makes the same cards. */
#ifndef SL_TESTS_CHAT_CARDS_H
#define SL_TESTS_CHAT_CARDS_H

#include "core/chat/chat.h"

#include <stdlib.h>

enum { CARD_TEXTS = 64, CARD_TEXT_ROOM = 64 * 1024 };

#define CARD_ID "01a20708-a7e6-74b8-9e63-1103356c8918"
#define CARD_LINK "https://sluice.example/approvals/" CARD_ID

/* Every field that somebody else writes. */
#define CARD_FIELDS(X)                                                                           \
    X(identity)                                                                                  \
    X(kind)                                                                                      \
    X(owner)                                                                                     \
    X(target)                                                                                    \
    X(environment)                                                                               \
    X(protocol)                                                                                  \
    X(statement)                                                                                 \
    X(why)                                                                                       \
    X(reason) X(run) X(session) X(effects) X(datasets) X(labels) X(rows) X(reviewers) X(outcome) \
        X(decides_not_why)

static const char *const hostile[] = {
    "<!channel>",
    "<!here|x>",
    "<@U0123ABCD>",
    "<#C0123ABCD>",
    "<!subteam^S012>",
    "<https://evil.example|Open>",
    " https://evil.example/ ",
    "evil.example",
    "@channel",
    "#general",
    "*bold*",
    "_it_",
    "~gone~",
    "`code`",
    "```\nblock\n```",
    "&lt;!channel&gt;",
    "&amp;",
    "& < >",
    ":boom:",
    "[x](https://evil.example)",
    "\xe2\x80\xae"
    "drow",
    "\xe2\x80\x8b",
    "\xe2\x81\xa6",
    "\xef\xbb\xbf",
    "\xf3\xa0\x80\xa1",
    "\xc2\xad",
    "\xc2\x85",
    "\x01",
    "\x1b[2J",
    "\x7f",
    "\r\n",
    "\n",
    "\t",
    "\n\nData classes: none",
    "\xff",
    "\xc0\x80",
    "\xed\xa0\x80",
    "\xe2\x80",
    "\xe2\x9f\xa8U+202E\xe2\x9f\xa9",
    "\xe2\x9f\xa8"
    "0xFF\xe2\x9f\xa9",
    "\xe2\x9f\xa8",
    "\xf0\x9f\x98\x80",
    "\xd7\x90\xd7\x91",
    "a"
    "\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84",
    "\xe3\x85\xa4",
    "\xc2\xa0",
    "\\",
    "\"",
    "{date}",
    "<!date^1^{date}^https://evil.example|x>",
    "select 1",
    "plain words ",
    "0",
    "\xef\xbf\xbf",
};

struct cards {
    uint64_t random;
    struct sl_buf texts[CARD_TEXTS];
    size_t used;
};

static inline uint64_t cards_random(struct cards *c, uint64_t below)
{
    c->random ^= c->random << 13; /* xorshift64 */
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return c->random % below;
}

static inline struct sl_buf *cards_buf(struct cards *c)
{
    SL_PROMISE(c->used < CARD_TEXTS);
    struct sl_buf *b = &c->texts[c->used++];
    *b = sl_buf(CARD_TEXT_ROOM);
    return b;
}

static inline void cards_done(struct cards *c)
{
    while (c->used > 0)
        sl_buf_done(&c->texts[--c->used]);
}

/* Nothing, a few pieces, or so many that it has to be cut. */
static inline struct sl_span cards_text(struct cards *c)
{
    struct sl_buf *b = cards_buf(c);
    uint64_t kind = cards_random(c, 24),
             pieces = kind == 0 ? 0 : cards_random(c, kind == 1 ? 900 : 6);

    for (uint64_t i = 0; i < pieces; i++)
        sl_buf_put_str(b, hostile[cards_random(c, SL_COUNT(hostile))]);
    return sl_buf_span(b);
}

static inline struct sl_span cards_state(struct cards *c)
{
    static const char *const states[] = {"pending", "pending", "pending", "approved",  "running",
                                         "spent",   "denied",  "expired", "cancelled", "lapsed",
                                         "revoked", "open",    "?"};

    return sl_span_str(states[cards_random(c, SL_COUNT(states))]);
}

static inline void cards_votes(struct cards *c, struct sl_chat_card *card)
{
    card->vote_count = cards_random(c, SL_CHAT_VOTES_MOST / 2 + 1) * cards_random(c, 3);
    for (size_t i = 0; i < card->vote_count && i < SL_CHAT_VOTES_MOST; i++) {
        struct sl_span text = i < 4 ? cards_text(c) : SL_SPAN("a reason");
        card->votes[i] = (struct sl_chat_vote){.who = text,
                                               .decision = SL_SPAN("approve"),
                                               .reason = text,
                                               .channel = SL_SPAN("slack")};
    }
}

static inline void cards_talk(struct cards *c, struct sl_chat_card *card)
{
    card->talk_count = cards_random(c, SL_CHAT_TALK_MOST + 1);
    card->talk_before = cards_random(c, 2);
    card->asks = cards_random(c, 2) == 0;
    for (size_t i = 0; i < card->talk_count; i++)
        card->talk[i] = (struct sl_chat_talk){.who = cards_text(c),
                                              .channel = SL_SPAN("slack"),
                                              .text = cards_text(c),
                                              .answer = i % 2 == 1};
}

static inline struct sl_chat_card cards_next(struct cards *c)
{
    struct sl_chat_card card = {.id = SL_SPAN(CARD_ID),
                                .state = cards_state(c),
                                .link = SL_SPAN(CARD_LINK)};

    for (size_t i = 0; i < SL_CHAT_DIGEST; i++)
        card.digest[i] = (uint8_t)cards_random(c, 256);
#define CARD_FILL(field) card.field = cards_text(c);
    CARD_FIELDS(CARD_FILL)
#undef CARD_FILL
    cards_votes(c, &card);
    cards_talk(c, &card);
    if (cards_random(c, 4) == 0)
        card.effects = SL_SPAN("delete");
    card.whole = cards_random(c, 8) != 0;
    card.hidden = cards_random(c, 8) == 0;
    card.decides = cards_random(c, 4) != 0;
    card.escalated = cards_random(c, 2) == 0;
    card.client_waits = cards_random(c, 2) == 0;
    card.asked_us = cards_random(c, 2) * 1790000000000000;
    card.expires_us =
        cards_random(c, 4) == 0 ? 0 : card.asked_us + cards_random(c, 100000) * 1000000;
    card.have = (uint32_t)cards_random(c, 3);
    card.need = (uint32_t)cards_random(c, 3);
    return card;
}

/* The one of the design: what a person sees on an ordinary day. */
static inline struct sl_chat_card cards_plain(void)
{
    struct sl_chat_card card = {.id = SL_SPAN(CARD_ID),
                                .state = SL_SPAN("pending"),
                                .identity = SL_SPAN("agent-7"),
                                .kind = SL_SPAN("agent"),
                                .owner = SL_SPAN("alice"),
                                .target = SL_SPAN("finance"),
                                .environment = SL_SPAN("production"),
                                .protocol = SL_SPAN("postgres"),
                                .statement = SL_SPAN("delete from payments where id = 7"),
                                .whole = true,
                                .why = SL_SPAN("regulated data leaves (delete)"),
                                .reason = SL_SPAN("a double booking"),
                                .run = SL_SPAN("nightly-12"),
                                .effects = SL_SPAN("delete"),
                                .datasets = SL_SPAN("public.payments"),
                                .labels = SL_SPAN("financial"),
                                .rows = SL_SPAN("about 1 row"),
                                .reviewers = SL_SPAN("1 of rita, tom"),
                                .link = SL_SPAN(CARD_LINK),
                                .asked_us = 1790000000000000,
                                .expires_us = 1790000900000000,
                                .need = 1,
                                .decides = true};

    memset(card.digest, 0xab, sizeof card.digest);
    return card;
}

#endif
