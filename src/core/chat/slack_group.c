/* Many approvals in one message, and plain texts: links and words, nothing that decides. */
#include "core/chat/slack_int.h"

enum { LINE_NAME = 80, LINE_SAID = 150 };

static void put_line(struct sl_jw *w, const struct sl_chat_line *line)
{
    sl_slack_begin(w);
    sl_slack_theirs(w, line->identity, LINE_NAME, true);
    sl_slack_ours(w, " on ", false);
    sl_slack_theirs(w, line->target, LINE_NAME, true);
    if (line->summary.n > 0) {
        sl_slack_ours(w, ": ", false);
        sl_slack_theirs(w, line->summary, LINE_SAID, true);
    }
    if (line->state.n > 0) {
        sl_slack_ours(w, " - ", false);
        sl_slack_theirs(w, line->state, LINE_NAME, true);
    }
    if (sl_slack_is_url(line->link)) {
        sl_slack_ours(w, " - ", false);
        sl_slack_link(w, line->link, "Open");
    }
    sl_slack_end(w, "rich_text_section");
}

static void put_rest(struct sl_jw *w, size_t more)
{
    SL_BUF(text, 128);

    if (more == 0)
        return;
    sl_buf_put_str(&text, "And ");
    sl_buf_put_grouped(&text, more);
    sl_buf_put_str(&text, " more.");
    sl_slack_say(w, sl_buf_text(&text));
}

static void put_inbox(struct sl_jw *w, struct sl_span link)
{
    if (!sl_slack_is_url(link))
        return;
    sl_slack_begin(w);
    sl_slack_button_url(w, "Open the inbox", link, "primary");
    sl_slack_end(w, "actions");
}

/* Links of this length leave room for all lines (SL_SLACK_LINES_MOST). */
static size_t lines_shown(const struct sl_chat_line *lines, size_t count)
{
    size_t shown = 0, bytes = 0;

    while (shown < count && shown < SL_SLACK_LINES_MOST) {
        bytes += lines[shown].link.n;
        if (bytes > SL_SLACK_URL_MOST)
            break;
        shown++;
    }
    return shown;
}

void sl_slack_put_group(struct sl_buf *b, struct sl_span channel, struct sl_span ts,
                        const struct sl_chat_line *lines, size_t count, size_t more,
                        struct sl_span inbox_link)
{
    size_t shown = lines_shown(lines, count);
    struct sl_jw w = sl_jw(b);
    SL_BUF(title, 128);

    sl_buf_put_grouped(&title, count + more);
    sl_buf_put_str(&title, count + more == 1 ? " approval" : " approvals");
    sl_slack_message_begin(&w);
    sl_slack_header(&w, sl_buf_span(&title));
    sl_slack_begin(&w);
    for (size_t i = 0; i < shown; i++)
        put_line(&w, &lines[i]);
    put_rest(&w, count + more - shown);
    sl_slack_say(&w, "Each is decided on its own page.");
    sl_slack_end(&w, "rich_text");
    put_inbox(&w, inbox_link);
    sl_slack_message_end(&w, channel, ts, sl_span(NULL, 0), sl_buf_span(&title));
}

/* Slack wants some text. */
static struct sl_span said(struct sl_span text)
{
    return text.n > 0 ? text : SL_SPAN("Nothing more is known.");
}

static void put_words(struct sl_jw *w, struct sl_span text)
{
    sl_slack_begin(w);
    sl_slack_begin(w);
    sl_slack_theirs(w, said(text), SL_CHAT_STATEMENT_MOST, false);
    sl_slack_end(w, "rich_text_section");
    sl_slack_end(w, "rich_text");
}

void sl_slack_put_text(struct sl_buf *b, struct sl_span channel, struct sl_span thread,
                       struct sl_span text)
{
    struct sl_jw w = sl_jw(b);
    SL_BUF(notice, 4096);

    sl_slack_put_notice(&notice, said(text), SL_SLACK_NOTICE_MOST);
    sl_slack_message_begin(&w);
    put_words(&w, text);
    sl_slack_message_end(&w, channel, sl_span(NULL, 0), thread, sl_buf_span(&notice));
}

void sl_slack_put_aside(struct sl_buf *b, struct sl_span channel, struct sl_span user,
                        struct sl_span text)
{
    struct sl_jw w = sl_jw(b);
    SL_BUF(notice, 4096);

    sl_slack_put_notice(&notice, said(text), SL_SLACK_NOTICE_MOST);
    sl_slack_message_begin(&w);
    put_words(&w, text);
    sl_jw_end(&w);
    sl_slack_pair(&w, "channel", channel);
    sl_jw_key(&w, "link_names");
    sl_jw_bool(&w, false);
    sl_slack_pair(&w, "parse", SL_SPAN("none"));
    sl_slack_pair(&w, "text", sl_buf_span(&notice));
    sl_slack_pair(&w, "user", user);
    sl_jw_end(&w);
}
