#include "role/keeper/chat_int.h"

#include "role/keeper/ask.h"
#include "role/keeper/questions.h"

/* Questions and answers about an approval (questions.h), in words for a chat. */

static size_t said_count(struct keeper *k, const struct approval *a)
{
    struct db_rows rows = db_ask(k->store.db, DB_SAID_OF, "s", a->id);
    size_t count = 0;

    while (db_row(&rows))
        count++;
    db_end(&rows);
    return count;
}

bool chat_asks(struct keeper *k, const struct approval *a, uint8_t hash[SL_SHA256])
{
    bool asks = a->state == SL_APPROVAL_PENDING && question_waits(k, a->id);
    SL_BUF(text, 64);

    sl_buf_say(&text, "%U %u %u", (uint64_t)said_count(k, a), (unsigned)asks,
               (unsigned)approval_erased(a));
    sl_sha256(sl_buf_span(&text), hash);
    return asks;
}

void chat_tell_talk(struct keeper *k, const struct approval *a, struct sl_chat_card *card)
{
    size_t count = said_count(k, a);
    struct db_rows rows = db_ask(k->store.db, DB_SAID_OF, "s", a->id);

    card->talk_before = count > SL_CHAT_TALK_MOST ? count - SL_CHAT_TALK_MOST : 0;
    for (size_t i = 0; db_row(&rows); i++) {
        bool answer = !sl_span_is(db_span(&rows, 0), "question");

        card->asks = !answer && a->state == SL_APPROVAL_PENDING;
        if (i < card->talk_before || card->talk_count == SL_CHAT_TALK_MOST)
            continue;
        card->talk[card->talk_count++] =
            (struct sl_chat_talk){.who = sl_arena_copy(k->mem, db_span(&rows, 1)),
                                  .channel = sl_arena_copy(k->mem, db_span(&rows, 2)),
                                  .text = sl_arena_copy(k->mem, db_span(&rows, 3)),
                                  .answer = answer};
    }
    db_end(&rows);
    if (card->hidden)
        card->talk_count = card->talk_before = 0;
}
