/* Modals: why somebody decides so, or what they ask; and what a filled one is answered with. */
#include "core/chat/slack_int.h"

enum { ERROR_MOST = 300 };

static const struct {
    enum sl_chat_verb verb;
    const char *title, *label;
} forms[] = {
    {SL_CHAT_APPROVE, "Approve", "Why you approve it"},
    {SL_CHAT_DENY, "Deny", "Why you deny it"},
    {SL_CHAT_ASK, "Ask", "What you ask the requester"},
    {SL_CHAT_REVOKE, "Revoke", "Why you take it back"},
    {SL_CHAT_STOP, "Stop", "Why you stop it"},
    {SL_CHAT_ANSWER, "Answer", "What you answer"},
};

/* Every verb has one. */
static size_t form_of(enum sl_chat_verb verb)
{
    size_t i = 0;

    while (i < SL_COUNT(forms) && forms[i].verb != verb)
        i++;
    SL_PROMISE(i < SL_COUNT(forms));
    return i;
}

/* "1 <id> <digest> <verb> <channel> <message> <user>": what slack_submitted.c reads. */
static void put_metadata(struct sl_buf *b, const struct sl_chat_input *click)
{
    sl_buf_put_str(b, "1 ");
    sl_slack_put_about(b, click->approval, click->digest);
    sl_buf_say(b, " %s %S %S %S", sl_chat_verb_name(click->verb), click->channel, click->message,
               click->user);
}

static void put_field(struct sl_jw *w)
{
    sl_jw_key(w, "element");
    sl_jw_object(w);
    sl_slack_pair(w, "action_id", SL_SPAN(SL_SLACK_FIELD));
    sl_jw_key(w, "max_length");
    sl_jw_u64(w, SL_CHAT_REASON_MOST);
    sl_jw_key(w, "min_length");
    sl_jw_u64(w, 1);
    sl_jw_key(w, "multiline");
    sl_jw_bool(w, true);
    sl_slack_pair(w, "type", SL_SPAN("plain_text_input"));
    sl_jw_end(w);
}

static void put_input(struct sl_jw *w, const char *label)
{
    sl_jw_object(w);
    sl_slack_pair(w, "block_id", SL_SPAN(SL_SLACK_BLOCK));
    put_field(w);
    sl_slack_pair_plain(w, "label", sl_span_str(label));
    sl_jw_key(w, "optional");
    sl_jw_bool(w, false);
    sl_slack_pair(w, "type", SL_SPAN("input"));
    sl_jw_end(w);
}

static void put_view(struct sl_jw *w, const struct sl_chat_input *click,
                     const struct sl_chat_card *card)
{
    size_t form = form_of(click->verb);
    SL_BUF(metadata, 3000);

    put_metadata(&metadata, click);
    sl_jw_object(w);
    sl_jw_key(w, "blocks");
    sl_jw_array(w);
    sl_slack_begin(w);
    sl_slack_sentence(w, card);
    sl_slack_statement(w, card);
    if (click->verb == SL_CHAT_ANSWER)
        sl_slack_talk(w, card, SL_SLACK_TALK_MOST);
    sl_slack_end(w, "rich_text");
    put_input(w, forms[form].label);
    sl_jw_end(w);
    sl_slack_pair(w, "callback_id", SL_SPAN(SL_SLACK_CALLBACK));
    sl_slack_pair_plain(w, "close", SL_SPAN("Back"));
    sl_slack_pair(w, "private_metadata", sl_buf_span(&metadata));
    sl_slack_pair_plain(w, "submit", sl_span_str(forms[form].title));
    sl_slack_pair_plain(w, "title", sl_span_str(forms[form].title));
    sl_slack_pair(w, "type", SL_SPAN("modal"));
    sl_jw_end(w);
}

void sl_slack_put_form(struct sl_buf *b, struct sl_span trigger, const struct sl_chat_input *click,
                       const struct sl_chat_card *card)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_slack_pair(&w, "trigger_id", trigger);
    sl_jw_key(&w, "view");
    put_view(&w, click, card);
    sl_jw_end(&w);
}

/* Slack shows it under the field as it is. */
void sl_slack_put_form_error(struct sl_buf *b, struct sl_span text)
{
    struct sl_jw w = sl_jw(b);
    SL_BUF(shown, SL_SLACK_TEXT_ROOM);

    (void)sl_chat_put_shown(&shown, text.n > 0 ? text : SL_SPAN("It was refused."), ERROR_MOST,
                            true);
    sl_jw_object(&w);
    sl_jw_key(&w, "errors");
    sl_jw_object(&w);
    sl_slack_pair(&w, SL_SLACK_BLOCK, sl_buf_span(&shown));
    sl_jw_end(&w);
    sl_slack_pair(&w, "response_action", SL_SPAN("errors"));
    sl_jw_end(&w);
}

static void put_page(struct sl_jw *w, struct sl_span title, struct sl_span text)
{
    SL_BUF(head, 1024);

    sl_slack_put_notice(&head, title.n > 0 ? title : SL_SPAN("Sluice"), SL_SLACK_TITLE_MOST);
    sl_jw_object(w);
    sl_jw_key(w, "blocks");
    sl_jw_array(w);
    sl_slack_begin(w);
    sl_slack_begin(w);
    sl_slack_theirs(w, text.n > 0 ? text : SL_SPAN("-"), SL_CHAT_STATEMENT_MOST, false);
    sl_slack_end(w, "rich_text_section");
    sl_slack_end(w, "rich_text");
    sl_jw_end(w);
    sl_slack_pair_plain(w, "close", SL_SPAN("Close"));
    sl_slack_pair_plain(w, "title", sl_buf_span(&head));
    sl_slack_pair(w, "type", SL_SPAN("modal"));
    sl_jw_end(w);
}

void sl_slack_put_form_done(struct sl_buf *b, struct sl_span title, struct sl_span text)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_slack_pair(&w, "response_action", SL_SPAN("update"));
    sl_jw_key(&w, "view");
    put_page(&w, title, text);
    sl_jw_end(&w);
}
