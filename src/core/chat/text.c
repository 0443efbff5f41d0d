/* Text of strangers, for people to read in a chat. */
#include "core/chat/chat.h"

#include "base/utf8.h"

#include <string.h>

static const struct {
    enum sl_chat_verb verb;
    const char *name;
} verbs[] = {{SL_CHAT_APPROVE, "approve"},
             {SL_CHAT_DENY, "deny"},
             {SL_CHAT_ASK, "ask"},
             {SL_CHAT_REVOKE, "revoke"},
             {SL_CHAT_STOP, "stop"}};

const char *sl_chat_verb_name(enum sl_chat_verb verb)
{
    for (size_t i = 0; i < SL_COUNT(verbs); i++)
        if (verbs[i].verb == verb)
            return verbs[i].name;
    return NULL;
}

enum sl_chat_verb sl_chat_verb_of(struct sl_span word)
{
    for (size_t i = 0; i < SL_COUNT(verbs); i++)
        if (sl_span_is(word, verbs[i].name))
            return verbs[i].verb;
    return 0;
}

/* How many units of UTF-16 a code point is. */
static size_t units(uint32_t code)
{
    return code >= 0x10000 ? 2 : 1;
}

struct sl_span sl_chat_head(struct sl_span s, size_t most)
{
    size_t at = 0, n = 0;

    while (at < s.n) {
        size_t next = at;
        uint32_t code = 0;

        if (sl_utf8_next(s, &next, &code) != SL_OK)
            return sl_span_head(s, at);
        n += units(code);
        if (n > most)
            return sl_span_head(s, at);
        at = next;
    }
    return s;
}

bool sl_chat_card_whole(const struct sl_chat_card *c)
{
    return c->whole && !c->hidden && sl_span_is(c->state, "pending") &&
           sl_span_eq(c->statement, sl_chat_head(c->statement, SL_CHAT_STATEMENT_MOST));
}
