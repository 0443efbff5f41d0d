/* What people can press. Each button is an Action.Execute, and an Action.Submit where the client is
 * too old for that: its data says the verb as well, since a Submit has none of its own. */
#include "core/chat/teams_int.h"

struct button {
    enum sl_chat_verb verb;
    const char *title, *style; /* style NULL: the usual one */
};

static void put(struct sl_jw *w, const char *key, const char *text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, sl_span_str(text));
}

static void put_verb(struct sl_jw *w, const char *key, enum sl_chat_verb verb)
{
    SL_BUF(name, 32);

    sl_buf_say(&name, "sluice.%s", sl_chat_verb_name(verb));
    sl_jw_key(w, key);
    sl_jw_str(w, sl_buf_span(&name));
}

static void put_data(struct sl_jw *w, const struct sl_chat_card *card, enum sl_chat_verb verb)
{
    sl_jw_key(w, "data");
    sl_jw_object(w);
    sl_jw_key(w, "approval");
    sl_jw_str(w, card->id);
    sl_jw_key(w, "digest");
    sl_jw_hex(w, sl_span(card->digest, sizeof card->digest));
    put_verb(w, "sluice", verb);
    sl_jw_end(w);
}

static void put_looks(struct sl_jw *w, const struct button *b, const char *type)
{
    if (b->style != NULL)
        put(w, "style", b->style);
    put(w, "title", b->title);
    put(w, "type", type);
}

static void put_button(struct sl_teams_page *p, const struct sl_chat_card *card,
                       const struct button *b)
{
    struct sl_jw *w = &p->w;

    sl_jw_object(w);
    put_data(w, card, b->verb);
    sl_jw_key(w, "fallback");
    sl_jw_object(w);
    put_data(w, card, b->verb);
    put_looks(w, b, "Action.Submit");
    sl_jw_end(w);
    put_looks(w, b, "Action.Execute");
    put_verb(w, "verb", b->verb);
    sl_jw_end(w);
}

void sl_teams_put_link(struct sl_teams_page *p, const char *title, struct sl_span url)
{
    if (url.n == 0)
        return;
    sl_jw_object(&p->w);
    put(&p->w, "title", title);
    put(&p->w, "type", "Action.OpenUrl");
    sl_jw_key(&p->w, "url");
    sl_jw_str(&p->w, url);
    sl_jw_end(&p->w);
}

void sl_teams_put_answer(struct sl_teams_page *p, const struct sl_chat_card *card)
{
    static const struct button answer = {SL_CHAT_ANSWER, "Answer", "positive"};

    put_button(p, card, &answer);
}

void sl_teams_put_buttons(struct sl_teams_page *p, const struct sl_chat_card *card, bool decides)
{
    static const struct button deciding[] = {{SL_CHAT_APPROVE, "Approve", "positive"},
                                             {SL_CHAT_DENY, "Deny", "destructive"},
                                             {SL_CHAT_ASK, "Ask", NULL}};
    static const struct button revoke = {SL_CHAT_REVOKE, "Revoke", "destructive"};
    static const struct button stop = {SL_CHAT_STOP, "Stop", "destructive"};
    bool pending = sl_span_is(card->state, "pending");

    for (size_t i = 0; decides && i < SL_COUNT(deciding); i++)
        put_button(p, card, &deciding[i]);
    if (!p->links && sl_span_is(card->state, "approved"))
        put_button(p, card, &revoke);
    if (!p->links && (sl_span_is(card->state, "running") || sl_span_is(card->state, "open")))
        put_button(p, card, &stop);
    sl_teams_put_link(p, pending && !decides ? "Open to decide" : "Open", card->link);
}
