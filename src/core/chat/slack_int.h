/* Inside core/chat: the words of Block Kit that our messages are made of, and the forms of Slack's
 * ids.
 *
 * A stranger's text goes into `text` elements of rich_text alone: Slack shows these as they are.
 * What is plain_text is ours; Slack replaces entities there.
 */
#ifndef SL_CORE_CHAT_SLACK_INT_H
#define SL_CORE_CHAT_SLACK_INT_H

#include "core/chat/slack.h"

enum {
    SL_SLACK_TEXT_ROOM = 64 * 1024,     /* bytes of one shown text: always enough */
    SL_SLACK_NOTICE_MOST = 150,         /* characters of a notification */
    SL_SLACK_URL_MOST = 3000,           /* of a button's address */
    SL_SLACK_TITLE_MOST = 24,           /* of a modal's */
    SL_SLACK_TALK_MOST = 1000,          /* of a question or an answer, where it is the subject */
    SL_SLACK_LINES_MOST = 20,           /* of a message for many */
    SL_SLACK_PAYLOAD_MOST = 256 * 1024, /* bytes of anything that is read */
};

#define SL_SLACK_CALLBACK "sluice.decide"
#define SL_SLACK_BLOCK "sluice.text"
#define SL_SLACK_FIELD "text"
#define SL_SLACK_ACTION "sluice."
#define SL_SLACK_OPEN "sluice.open"

/* --- out (slack_put.c) ------------------------------------------------------------------------ */

void sl_slack_pair(struct sl_jw *w, const char *key, struct sl_span text);
void sl_slack_plain(struct sl_jw *w, struct sl_span ours); /* a plain_text object */
void sl_slack_pair_plain(struct sl_jw *w, const char *key, struct sl_span ours);
/* Opens and closes "blocks" in a body for chat.postMessage (`ts` empty) or chat.update: the members
 * before and after it in the order of their names. */
void sl_slack_message_begin(struct sl_jw *w);
void sl_slack_message_end(struct sl_jw *w, struct sl_span channel, struct sl_span ts,
                          struct sl_span thread, struct sl_span notice);
void sl_slack_header(struct sl_jw *w, struct sl_span ours);
/* What has `elements`: a block of rich_text or actions; in rich_text sections, quotes and
 * preformatted texts; in these again elements. */
void sl_slack_begin(struct sl_jw *w);
void sl_slack_end(struct sl_jw *w, const char *type); /* "rich_text_section" */
void sl_slack_ours(struct sl_jw *w, const char *text, bool bold);
void sl_slack_theirs(struct sl_jw *w, struct sl_span text, size_t most, bool one_line);
void sl_slack_link(struct sl_jw *w, struct sl_span url, const char *text);
void sl_slack_date(struct sl_jw *w, uint64_t time_us);
/* "Label: text" as a section of its own; nothing where the text is empty. */
void sl_slack_fact(struct sl_jw *w, const char *label, struct sl_span text, size_t most);
/* A section of our words. */
void sl_slack_say(struct sl_jw *w, const char *text);
void sl_slack_button_url(struct sl_jw *w, const char *text, struct sl_span url, const char *style);
bool sl_slack_is_url(struct sl_span url);
/* Names in a notification, where Slack may read mrkdwn: what means something to it is replaced. */
void sl_slack_put_notice(struct sl_buf *b, struct sl_span text, size_t most);

/* --- of a card (slack_words.c) -----------------------------------------------------------------
 */

/* Sections: who wants to do what; the exact text. */
void sl_slack_sentence(struct sl_jw *w, const struct sl_chat_card *card);
void sl_slack_statement(struct sl_jw *w, const struct sl_chat_card *card);
/* What was asked and answered, each text of at most `most` characters. (slack_question.c) */
void sl_slack_talk(struct sl_jw *w, const struct sl_chat_card *card, size_t most);
/* A button of this verb (`style`: NULL, "primary", "danger"); the block of digest and id. */
void sl_slack_button(struct sl_jw *w, const struct sl_chat_card *card, enum sl_chat_verb verb,
                     const char *text, const char *style);
void sl_slack_context(struct sl_jw *w, const struct sl_chat_card *card);
void sl_slack_put_about(struct sl_buf *b, struct sl_span id, const uint8_t digest[SL_CHAT_DIGEST]);

/* --- in (slack_id.c) -------------------------------------------------------------------------- */

bool sl_slack_is_id(struct sl_span s);                /* [A-Z0-9]{2,32} */
bool sl_slack_is_ts(struct sl_span s);                /* "1700000000.123456" */
bool sl_slack_is_uuid(struct sl_span s);              /* as we write them: lower case */
bool sl_slack_is_word(struct sl_span s, size_t most); /* letters, digits, _ - . */
/* The head of *rest up to a blank, which goes; all of it where there is none. */
struct sl_span sl_slack_next_word(struct sl_span *rest);
/* "<id> <digest>", or with more behind it where `rest` is given. */
bool sl_slack_get_about(struct sl_span value, struct sl_chat_input *out, struct sl_span *rest);

/* An interaction that was read as JSON; `out` takes no share of it (slack_read.c). */
enum sl_err sl_slack_read_value(const json_t *payload, struct sl_span team,
                                struct sl_chat_input *out) SL_MUST_CHECK;
/* The same for its form (slack_submitted.c): user, team and foreign are read by the caller. */
enum sl_err sl_slack_read_form(const json_t *view, struct sl_span team, struct sl_chat_input *out)
    SL_MUST_CHECK;
/* Does this member name another team than ours? Absent or null: `unless`. SL_EMALFORMED: no id. */
enum sl_err sl_slack_other_team(const json_t *object, const char *key, struct sl_span team,
                                bool unless, bool *other) SL_MUST_CHECK;
/* An absent, null or false member: false. SL_EMALFORMED: no boolean. */
enum sl_err sl_slack_flag(const json_t *object, const char *key, bool *out) SL_MUST_CHECK;

#endif
