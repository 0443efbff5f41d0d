/* What an entry is, in the words of a hook. */
#include "core/hooks/hooks.h"

#include "base/encode.h"
#include "crypto/crypto.h"

uint32_t sl_hook_event_bits(struct sl_span word)
{
    static const char *const words[] = {
#define WORD(NAME, word) word,
        SL_HOOK_EVENTS(WORD)
#undef WORD
    };

    for (unsigned i = 0; i < SL_COUNT(words); i++)
        if (sl_span_is(word, words[i]))
            return 1u << i;
    return sl_span_is(word, "all") ? SL_HOOK_ALL : 0;
}

static const struct {
    const char *kind, *event; /* event NULL: whatever it is */
    uint32_t bit;
} known[] = {
    {"actions", NULL, SL_HOOK_ACTIONS},          {"txn", NULL, SL_HOOK_ACTIONS},
    {"approval", "asked", SL_HOOK_HELD},         {"approval", "joined", SL_HOOK_HELD},
    {"approval", "left", SL_HOOK_HELD},          {"approval", "question", SL_HOOK_HELD},
    {"approval", "escalated", SL_HOOK_HELD},     {"approval", "answer", SL_HOOK_HELD},
    {"approval", "shown", SL_HOOK_HELD},         {"approval", "granted", SL_HOOK_SPENT},
    {"approval", "spent", SL_HOOK_SPENT},        {"approval", "lapsed", SL_HOOK_SPENT},
    {"approval", "refused", SL_HOOK_REFUSED},    {"approval", NULL, SL_HOOK_DECIDED},
    {"break_glass", NULL, SL_HOOK_EXCEPTIONS},   {"bypass", NULL, SL_HOOK_EXCEPTIONS},
    {"review", NULL, SL_HOOK_EXCEPTIONS},        {"canary", NULL, SL_HOOK_EXCEPTIONS},
    {"session", NULL, SL_HOOK_SESSIONS},         {"sign_in_failure", NULL, SL_HOOK_SIGN_IN},
    {"roster", "session_open", SL_HOOK_SIGN_IN}, {"roster", "session_end", SL_HOOK_SIGN_IN},
    {"label", "stopped", SL_HOOK_REFUSED},       {"label", NULL, SL_HOOK_ACTIONS},
};

bool sl_hook_was_observed(const json_t *statement)
{
    const json_t *flags = json_object_get(statement, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *flag = json_string_value(json_array_get(flags, i));
        if (flag != NULL && strcmp(flag, "observed") == 0)
            return true;
    }
    return false;
}

bool sl_hook_was_refused(const json_t *item, const json_t *statement)
{
    bool deny = sl_span_is(sl_json_str(json_object_get(statement, "facts"), "verdict"), "deny");

    return sl_span_is(sl_json_str(item, "outcome"), "refused") ||
           (deny && !sl_hook_was_observed(statement));
}

/* Held ones have an approval; the others are as many as allowed actions are. */
static uint32_t of_action(const json_t *leaf, struct sl_span kind)
{
    if (sl_span_is(kind, "action") && sl_hook_was_refused(leaf, leaf))
        return SL_HOOK_REFUSED;
    if (sl_span_is(kind, "action"))
        return sl_hook_was_observed(leaf) ? SL_HOOK_ACTIONS : SL_HOOK_OUTCOME;
    return sl_json_str(leaf, "approval").n > 0 ? SL_HOOK_OUTCOME : SL_HOOK_ACTIONS;
}

uint32_t sl_hook_event_of(const json_t *leaf)
{
    struct sl_span kind = sl_json_str(leaf, "kind"), event = sl_json_str(leaf, "event");

    if (sl_span_is(kind, "action") || sl_span_is(kind, "outcome"))
        return of_action(leaf, kind);
    for (size_t i = 0; i < SL_COUNT(known); i++)
        if (sl_span_is(kind, known[i].kind) &&
            (known[i].event == NULL || sl_span_is(event, known[i].event)))
            return known[i].bit;
    return SL_HOOK_ADMINISTRATION;
}

void sl_hook_put_id(struct sl_buf *b, const struct sl_hook_record *r)
{
    uint8_t digest[SL_SHA256];

    sl_sha256(r->origin, digest);
    sl_buf_put_str(b, "msg_");
    sl_hex_put(b, sl_span(digest, 8));
    sl_buf_say(b, "_%U", r->entry);
}

void sl_hook_put_type(struct sl_buf *b, const json_t *leaf)
{
    struct sl_span kind = sl_json_str(leaf, "kind"), event = sl_json_str(leaf, "event");

    sl_buf_put(b, kind.n > 0 ? kind : SL_SPAN("entry"));
    if (event.n > 0)
        sl_buf_say(b, ".%S", event);
}
