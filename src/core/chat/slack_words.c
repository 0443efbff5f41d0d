/* What a card says of the action: who wants to do what where, and the exact text. */
#include "core/chat/slack_int.h"

#include "base/encode.h"

enum { DIGEST_SHOWN = 6 /* bytes */ };

/* What an effect is called where it is the only one, and what stands before its datasets. */
static const struct {
    const char *effect, *verb, *before;
} phrases[] = {
    {"read", "read", " "},
    {"insert", "insert", " into "},
    {"update", "update", " "},
    {"delete", "delete", " from "},
    {"truncate", "truncate", " "},
    {"export", "export", " from "},
    {"import", "import", " into "},
    {"ddl", "change definitions", ": "},
    {"privilege", "change privileges", ": "},
    {"admin", "administer the server", ": "},
    {"program", "reach outside the database", ": "},
    {"call", "call", " "},
    {"session", "change the session", ": "},
    {"opaque", "do something that Sluice does not understand", ": "},
};

static void put_verb(struct sl_jw *w, struct sl_span effects, const char **before)
{
    *before = ": ";
    if (effects.n == 0) {
        sl_slack_ours(w, "do something", false);
        return;
    }
    for (size_t i = 0; i < SL_COUNT(phrases); i++)
        if (sl_span_is(effects, phrases[i].effect)) {
            *before = phrases[i].before;
            sl_slack_ours(w, phrases[i].verb, false);
            return;
        }
    sl_slack_theirs(w, effects, SL_CHAT_NAME_MOST, true);
}

static void put_name(struct sl_jw *w, const char *before, struct sl_span name, const char *after)
{
    if (name.n == 0)
        return;
    sl_slack_ours(w, before, false);
    sl_slack_theirs(w, name, SL_CHAT_NAME_MOST, true);
    if (after != NULL)
        sl_slack_ours(w, after, false);
}

static void put_who(struct sl_jw *w, const struct sl_chat_card *c)
{
    sl_slack_theirs(w, c->identity.n > 0 ? c->identity : SL_SPAN("Somebody"), SL_CHAT_NAME_MOST,
                    true);
    if (c->owner.n > 0) {
        sl_slack_ours(w, " (", false);
        sl_slack_theirs(w, c->kind.n > 0 ? c->kind : SL_SPAN("agent"), SL_CHAT_NAME_MOST, true);
        put_name(w, " of ", c->owner, ")");
    } else {
        put_name(w, " (", c->kind, ")");
    }
}

/* "agent-7 (agent of alice) wants to delete from public.payments on finance, production." */
void sl_slack_sentence(struct sl_jw *w, const struct sl_chat_card *c)
{
    const char *before;

    sl_slack_begin(w);
    put_who(w, c);
    sl_slack_ours(w, " wants to ", false);
    put_verb(w, c->effects, &before);
    if (c->datasets.n > 0) {
        sl_slack_ours(w, before, false);
        sl_slack_theirs(w, c->datasets, SL_CHAT_LIST_MOST, true);
    }
    put_name(w, " on ", c->target, NULL);
    put_name(w, ", ", c->environment, NULL);
    sl_slack_ours(w, ".", false);
    sl_slack_end(w, "rich_text_section");
}

void sl_slack_statement(struct sl_jw *w, const struct sl_chat_card *c)
{
    if (c->hidden || c->statement.n == 0) {
        sl_slack_say(w, "What exactly would run is not told here: open the request to read it.");
        return;
    }
    if (!c->whole)
        sl_slack_say(w,
                     "Only a part of what would run is here: open the request to read all of it.");
    sl_slack_begin(w);
    sl_slack_theirs(w, c->statement, SL_CHAT_STATEMENT_MOST, false);
    sl_slack_end(w, "rich_text_preformatted");
}

void sl_slack_put_about(struct sl_buf *b, struct sl_span id, const uint8_t digest[SL_CHAT_DIGEST])
{
    sl_buf_put(b, id);
    sl_buf_put_u8(b, ' ');
    sl_hex_put(b, sl_span(digest, SL_CHAT_DIGEST));
}

void sl_slack_button(struct sl_jw *w, const struct sl_chat_card *c, enum sl_chat_verb verb,
                     const char *text, const char *style)
{
    SL_BUF(value, 256);
    SL_BUF(action, 64);

    sl_slack_put_about(&value, c->id, c->digest);
    sl_buf_say(&action, SL_SLACK_ACTION "%s", sl_chat_verb_name(verb));
    sl_jw_object(w);
    sl_slack_pair(w, "action_id", sl_buf_span(&action));
    if (style != NULL)
        sl_slack_pair(w, "style", sl_span_str(style));
    sl_slack_pair_plain(w, "text", sl_span_str(text));
    sl_slack_pair(w, "type", SL_SPAN("button"));
    sl_slack_pair(w, "value", sl_buf_span(&value));
    sl_jw_end(w);
}

/* What is ours alone: it is plain_text. */
void sl_slack_context(struct sl_jw *w, const struct sl_chat_card *c)
{
    SL_BUF(text, 256);

    sl_buf_put_str(&text, "Digest ");
    sl_hex_put(&text, sl_span(c->digest, DIGEST_SHOWN));
    sl_buf_say(&text, " - approval %S", c->id);
    sl_slack_begin(w);
    sl_slack_plain(w, sl_buf_span(&text));
    sl_slack_end(w, "context");
}
