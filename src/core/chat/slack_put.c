/* Block Kit: the few elements that our messages are made of. */
#include "core/chat/slack_int.h"

#include "base/utf8.h"
#include "base/when.h"

void sl_slack_pair(struct sl_jw *w, const char *key, struct sl_span text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

void sl_slack_plain(struct sl_jw *w, struct sl_span ours)
{
    sl_jw_object(w);
    sl_jw_key(w, "emoji");
    sl_jw_bool(w, false);
    sl_slack_pair(w, "text", ours);
    sl_slack_pair(w, "type", SL_SPAN("plain_text"));
    sl_jw_end(w);
}

void sl_slack_pair_plain(struct sl_jw *w, const char *key, struct sl_span ours)
{
    sl_jw_key(w, key);
    sl_slack_plain(w, ours);
}

static void pair_no(struct sl_jw *w, const char *key)
{
    sl_jw_key(w, key);
    sl_jw_bool(w, false);
}

/* --- the message ------------------------------------------------------------------------------ */

void sl_slack_message_begin(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "blocks");
    sl_jw_array(w);
}

void sl_slack_message_end(struct sl_jw *w, struct sl_span channel, struct sl_span ts,
                          struct sl_span thread, struct sl_span notice)
{
    sl_jw_end(w);
    sl_slack_pair(w, "channel", channel);
    pair_no(w, "link_names");
    if (ts.n == 0)
        pair_no(w, "mrkdwn"); /* chat.update does not know it */
    sl_slack_pair(w, "parse", SL_SPAN("none"));
    sl_slack_pair(w, "text", notice);
    if (thread.n > 0)
        sl_slack_pair(w, "thread_ts", thread);
    if (ts.n > 0) {
        sl_slack_pair(w, "ts", ts);
    } else {
        pair_no(w, "unfurl_links");
        pair_no(w, "unfurl_media");
    }
    sl_jw_end(w);
}

void sl_slack_header(struct sl_jw *w, struct sl_span ours)
{
    sl_jw_object(w);
    sl_slack_pair_plain(w, "text", ours);
    sl_slack_pair(w, "type", SL_SPAN("header"));
    sl_jw_end(w);
}

/* --- rich text -------------------------------------------------------------------------------- */

void sl_slack_begin(struct sl_jw *w)
{
    sl_jw_object(w);
    sl_jw_key(w, "elements");
    sl_jw_array(w);
}

void sl_slack_end(struct sl_jw *w, const char *type)
{
    sl_jw_end(w);
    sl_slack_pair(w, "type", sl_span_str(type));
    sl_jw_end(w);
}

static void put_element(struct sl_jw *w, struct sl_span text, bool bold)
{
    sl_jw_object(w);
    if (bold) {
        sl_jw_key(w, "style");
        sl_jw_object(w);
        sl_jw_key(w, "bold");
        sl_jw_bool(w, true);
        sl_jw_end(w);
    }
    sl_slack_pair(w, "text", text);
    sl_slack_pair(w, "type", SL_SPAN("text"));
    sl_jw_end(w);
}

void sl_slack_ours(struct sl_jw *w, const char *text, bool bold)
{
    put_element(w, sl_span_str(text), bold);
}

void sl_slack_theirs(struct sl_jw *w, struct sl_span text, size_t most, bool one_line)
{
    SL_BUF(shown, SL_SLACK_TEXT_ROOM);

    (void)sl_chat_put_shown(&shown, text, most, one_line);
    if (shown.n > 0) /* Slack refuses an element without text */
        put_element(w, sl_buf_span(&shown), false);
}

bool sl_slack_is_url(struct sl_span url)
{
    if (url.n > SL_SLACK_URL_MOST ||
        (!sl_span_starts(url, SL_SPAN("https://")) && !sl_span_starts(url, SL_SPAN("http://"))))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] >= 0x7f)
            return false;
    return true;
}

void sl_slack_link(struct sl_jw *w, struct sl_span url, const char *text)
{
    if (!sl_slack_is_url(url))
        return;
    sl_jw_object(w);
    sl_slack_pair(w, "text", sl_span_str(text));
    sl_slack_pair(w, "type", SL_SPAN("link"));
    sl_slack_pair(w, "url", url);
    sl_jw_end(w);
}

/* In the reader's time zone; in UTC where that cannot be shown. */
void sl_slack_date(struct sl_jw *w, uint64_t time_us)
{
    SL_BUF(utc, 64);

    sl_when_put(&utc, time_us - time_us % 1000000);
    sl_jw_object(w);
    sl_slack_pair(w, "fallback", sl_buf_span(&utc));
    sl_slack_pair(w, "format", SL_SPAN("{date_short_pretty} at {time_secs}"));
    sl_jw_key(w, "timestamp");
    sl_jw_u64(w, time_us / 1000000);
    sl_slack_pair(w, "type", SL_SPAN("date"));
    sl_jw_end(w);
}

void sl_slack_fact(struct sl_jw *w, const char *label, struct sl_span text, size_t most)
{
    if (text.n == 0)
        return;
    sl_slack_begin(w);
    sl_slack_ours(w, label, true);
    sl_slack_ours(w, ": ", false);
    sl_slack_theirs(w, text, most, true);
    sl_slack_end(w, "rich_text_section");
}

void sl_slack_say(struct sl_jw *w, const char *text)
{
    sl_slack_begin(w);
    sl_slack_ours(w, text, false);
    sl_slack_end(w, "rich_text_section");
}

/* --- buttons ---------------------------------------------------------------------------------- */

void sl_slack_button_url(struct sl_jw *w, const char *text, struct sl_span url, const char *style)
{
    sl_jw_object(w);
    sl_slack_pair(w, "action_id", SL_SPAN(SL_SLACK_OPEN));
    if (style != NULL)
        sl_slack_pair(w, "style", sl_span_str(style));
    sl_slack_pair_plain(w, "text", sl_span_str(text));
    sl_slack_pair(w, "type", SL_SPAN("button"));
    sl_slack_pair(w, "url", url);
    sl_jw_end(w);
}

/* --- notifications ---------------------------------------------------------------------------- */

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* An underscore within a word does not begin anything: names have them. */
static bool may_stay(struct sl_span text, size_t i)
{
    uint8_t c = text.p[i];

    if (c == '_')
        return i > 0 && i + 1 < text.n && is_letter(text.p[i - 1]) && is_letter(text.p[i + 1]);
    return is_letter(c) || c >= 0x80 || (c != 0 && strchr(" .,;()'-+", c) != NULL);
}

void sl_slack_put_notice(struct sl_buf *b, struct sl_span text, size_t most)
{
    SL_BUF(shown, SL_SLACK_TEXT_ROOM);

    sl_chat_put_visible(&shown, sl_utf8_head(text, 4 * most));
    struct sl_span head = sl_chat_head(sl_buf_span(&shown), most);
    for (size_t i = 0; i < head.n; i++)
        sl_buf_put_u8(b, may_stay(head, i) ? head.p[i] : '-');
}
