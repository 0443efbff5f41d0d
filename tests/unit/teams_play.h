/* Cards that hostile agents and careless keepers might make; always the same ones for a number. */
#ifndef SL_TESTS_TEAMS_PLAY_H
#define SL_TESTS_TEAMS_PLAY_H

#include "core/chat/teams.h"

#include <stdio.h>

struct luck {
    uint64_t x;
};

static inline uint64_t luck(struct luck *l, uint64_t below)
{
    l->x ^= l->x << 13;
    l->x ^= l->x >> 7;
    l->x ^= l->x << 17;
    return l->x % below;
}

static const char *const hostile_texts[] = {
    "",
    "agent-7",
    "**approved** by [bob](https://evil.example) _now_",
    "<at>everyone</at> <b>bold</b> &lt;script&gt; <script>alert(1)</script>",
    "{{DATE(2030-01-01T00:00:00Z, SHORT)}} {{TIME(2030-01-01T00:00:00Z)}}",
    "{{{{{{{{{{{{{{{{DATE(2030-01-01T00:00:00Z)}}}}",
    "${if(true, 'x', 'y')} {name} {{name}}",
    "\xe2\x80\xaetxet desrever\xe2\x80\xac \xe2\x80\x8bzero\xe2\x80\x8dwidth\xef\xbb\xbf",
    "broken \xff\xfe \xc3( bytes \x01\x02\x1b[31m",
    "\"quotes\" \\back\\slashes\\ \"\"\"\"\"\"\"\" \\\\\\\\\\\\\\\\",
    "select 1 -- harmless\ndelete from public.payments;\n\n\tand\ttabs\r\nmore",
    "# head\n- item\n1. one\n> quote\n```\ncode\n```\n---\n| a | b |",
    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 \xe6\xbc\xa2\xe5\xad\x97 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
    "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
};

enum { PLAY_SPANS = 20, PLAY_TEXT = 40000 };
struct play {
    struct luck luck;
    struct sl_buf texts[PLAY_SPANS + 4 * SL_CHAT_VOTES_MOST + 3 * SL_CHAT_TALK_MOST];
    size_t used;
    struct sl_chat_card card;
};

/* hostile: always; else one in twenty is. */
static inline struct sl_span play_text(struct play *p, bool hostile)
{
    struct sl_buf *b = &p->texts[p->used++];
    const char *text = hostile_texts[luck(&p->luck, SL_COUNT(hostile_texts))];
    uint64_t times = luck(&p->luck, 80) == 0 ? luck(&p->luck, 300) : luck(&p->luck, 3);

    b->max = PLAY_TEXT;
    if (!hostile && luck(&p->luck, 20) != 0)
        times = 0, text = luck(&p->luck, 2) == 0 ? "*short*" : "";
    for (uint64_t i = 0; i <= times && b->n + strlen(text) < PLAY_TEXT; i++)
        sl_buf_put_str(b, text);
    return sl_buf_span(b);
}

static inline void play_texts(struct play *p)
{
    struct sl_chat_card *c = &p->card;
    struct sl_span *texts[] = {&c->identity,       &c->kind,     &c->owner,     &c->target,
                               &c->environment,    &c->protocol, &c->statement, &c->why,
                               &c->reason,         &c->run,      &c->effects,   &c->datasets,
                               &c->labels,         &c->rows,     &c->reviewers, &c->outcome,
                               &c->decides_not_why};

    for (size_t i = 0; i < SL_COUNT(texts); i++)
        *texts[i] = play_text(p, texts[i] == &c->statement);
    c->vote_count = luck(&p->luck, 4) == 0 ? luck(&p->luck, SL_CHAT_VOTES_MOST + 1) : 0;
    for (size_t i = 0; i < c->vote_count; i++)
        c->votes[i] = (struct sl_chat_vote){play_text(p, false), play_text(p, true),
                                            play_text(p, false), play_text(p, true)};
    c->talk_count = luck(&p->luck, SL_CHAT_TALK_MOST + 1);
    c->talk_before = luck(&p->luck, 2);
    c->asks = luck(&p->luck, 2) == 0;
    for (size_t i = 0; i < c->talk_count; i++)
        c->talk[i] = (struct sl_chat_talk){play_text(p, false), play_text(p, false),
                                           play_text(p, true), i == 1};
}

static inline void play_begin(struct play *p, uint64_t number)
{
    static const char *const states[] = {"pending", "pending", "pending",  "pending",  "pending",
                                         "pending", "pending", "approved", "denied",   "spent",
                                         "expired", "revoked", "lapsed",   "cancelled"};
    struct sl_chat_card *c = &p->card;

    *p = (struct play){.luck = {number * 0x9e3779b97f4a7c15u + 1}};
    for (int i = 0; i < 8; i++)
        (void)luck(&p->luck, 2);
    c->id = SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8057");
    c->state = sl_span_str(states[luck(&p->luck, SL_COUNT(states))]);
    c->link = SL_SPAN("https://sluice.example/approvals/01890a5d-ac96-774b-bcce-b302099a8057");
    for (size_t i = 0; i < sizeof c->digest; i++)
        c->digest[i] = (uint8_t)luck(&p->luck, 256);
    c->whole = luck(&p->luck, 4) != 0;
    c->hidden = luck(&p->luck, 6) == 0;
    c->decides = luck(&p->luck, 4) != 0;
    c->client_waits = luck(&p->luck, 2) == 0;
    c->escalated = luck(&p->luck, 2) == 0;
    c->need = (uint32_t)luck(&p->luck, 4);
    c->asked_us = 1800000000123456 * luck(&p->luck, 2);
    c->expires_us = 1800000900654321 * luck(&p->luck, 2);
    play_texts(p);
}

static inline void play_end(struct play *p)
{
    for (size_t i = 0; i < SL_COUNT(p->texts); i++)
        sl_buf_done(&p->texts[i]);
}

#endif
