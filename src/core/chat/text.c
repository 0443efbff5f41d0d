/* Text of strangers, for people to read in a chat. */
#include "core/chat/chat.h"

#include "base/utf8.h"

#include <string.h>

static const struct {
    enum sl_chat_verb verb;
    const char *name;
} verbs[] = {{SL_CHAT_APPROVE, "approve"}, {SL_CHAT_DENY, "deny"}, {SL_CHAT_ASK, "ask"},
             {SL_CHAT_REVOKE, "revoke"},   {SL_CHAT_STOP, "stop"}, {SL_CHAT_ANSWER, "answer"}};

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
