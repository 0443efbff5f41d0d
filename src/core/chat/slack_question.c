/* What reviewers ask and what is answered: on a card, and as a message to whoever may answer. */
#include "core/chat/slack_int.h"

enum { NAME_SHOWN = 80, CHANNEL_SHOWN = 24 };

/* Its words stand behind a bar and on one line: nothing of it looks like a line of ours, or moves
 * the buttons out of sight. */
static void put_one(struct sl_jw *w, const struct sl_chat_talk *t, size_t most)
{
    sl_slack_begin(w);
    sl_slack_theirs(w, t->who.n > 0 ? t->who : SL_SPAN("Somebody"), NAME_SHOWN, true);
    sl_slack_ours(w, t->answer ? " answers" : " asks", true);
    if (t->channel.n > 0) {
        sl_slack_ours(w, ", by ", false);
        sl_slack_theirs(w, t->channel, CHANNEL_SHOWN, true);
    }
    sl_slack_ours(w, ":", false);
    sl_slack_end(w, "rich_text_section");
    sl_slack_begin(w);
    sl_slack_theirs(w, t->text.n > 0 ? t->text : SL_SPAN("-"), most, true);
    sl_slack_end(w, "rich_text_quote");
}

void sl_slack_talk(struct sl_jw *w, const struct sl_chat_card *c, size_t most)
{
    if (c->talk_before > 0)
        sl_slack_say(w, "More was asked and answered before: open the request to read it.");
    for (size_t i = 0; i < c->talk_count && i < SL_CHAT_TALK_MOST; i++)
        put_one(w, &c->talk[i], most);
}

static const char *title_of(const struct sl_chat_card *c)
{
    return c->asks ? "A question to you" : "No answer is needed any more";
}

static void put_talk(struct sl_jw *w, const struct sl_chat_card *c)
{
    if (c->talk_count == 0)
        sl_slack_say(w, "What is asked is not told here: open the request to read it.");
    sl_slack_talk(w, c, SL_SLACK_TALK_MOST);
    if (c->asks)
        sl_slack_say(w, "Your answer stands with the request, for whoever decides. Nothing runs by "
                        "it.");
}

/* An answer is given where the question is read. */
static void put_buttons(struct sl_jw *w, const struct sl_chat_card *c)
{
    bool answers = c->asks && c->talk_count > 0, opens = sl_slack_is_url(c->link);

    if (!answers && !opens)
        return;
    sl_slack_begin(w);
    if (answers)
        sl_slack_button(w, c, SL_CHAT_ANSWER, "Answer", "primary");
    if (opens)
        sl_slack_button_url(w, "Open", c->link, NULL);
    sl_slack_end(w, "actions");
}

void sl_slack_put_question(struct sl_buf *b, struct sl_span channel, struct sl_span ts,
                           const struct sl_chat_card *c)
{
    struct sl_jw w = sl_jw(b);
    SL_BUF(notice, 4096);

    sl_slack_message_begin(&w);
    sl_slack_header(&w, sl_span_str(title_of(c)));
    sl_slack_begin(&w);
    sl_slack_sentence(&w, c);
    put_talk(&w, c);
    sl_slack_end(&w, "rich_text");
    sl_slack_context(&w, c);
    put_buttons(&w, c);
    sl_buf_say(&notice, "%s: what ", title_of(c));
    sl_slack_put_notice(&notice, c->identity, SL_SLACK_NOTICE_MOST);
    sl_buf_put_str(&notice, " asked for");
    sl_slack_message_end(&w, channel, ts, sl_span(NULL, 0), sl_buf_span(&notice));
}
