/* Slack: messages of Block Kit out, interactions in, and what proves that they came from Slack.
 *
 * Limits are those that Slack documents: 50 blocks, 3,000 characters of a section, 150 of a header,
 * 75 of a button, 2,000 of its value, 3,000 of private_metadata, 24 of a modal's title. No text of
 * a card is ever read as mrkdwn. Pure.
 */
#ifndef SL_CORE_CHAT_SLACK_H
#define SL_CORE_CHAT_SLACK_H

#include "core/chat/chat.h"

/* Bodies of Web API calls, as JSON text. `thread`: empty, or the ts of the message that this
 * answers. SL_ELIMIT never happens for want of room in the message: what does not fit is cut, and
 * then the message only links. */
void sl_slack_put_card(struct sl_buf *b, struct sl_span channel, struct sl_span ts /* update */,
                       const struct sl_chat_card *card);
void sl_slack_put_group(struct sl_buf *b, struct sl_span channel, struct sl_span ts,
                        const struct sl_chat_line *lines, size_t count, size_t more,
                        struct sl_span inbox_link);
/* To whoever may answer, alone: the card's questions, and a button where one of them waits. */
void sl_slack_put_question(struct sl_buf *b, struct sl_span channel, struct sl_span ts /* update */,
                           const struct sl_chat_card *card);
/* Plain text, in a thread or to a person. */
void sl_slack_put_text(struct sl_buf *b, struct sl_span channel, struct sl_span thread,
                       struct sl_span text);
/* chat.postEphemeral: plain text for one person. */
void sl_slack_put_aside(struct sl_buf *b, struct sl_span channel, struct sl_span user,
                        struct sl_span text);
/* views.open: asks for the reason of this decision, for a question or its answer. What it is about
 * goes along in private_metadata: approval, digest, verb, channel, message. */
void sl_slack_put_form(struct sl_buf *b, struct sl_span trigger, const struct sl_chat_input *click,
                       const struct sl_chat_card *card);
/* What a form is answered with: `errors` under its field, or a last page with this text. */
void sl_slack_put_form_error(struct sl_buf *b, struct sl_span text);
void sl_slack_put_form_done(struct sl_buf *b, struct sl_span title, struct sl_span text);

/* An interaction's payload (JSON). Fields that are not understood make it SL_EMALFORMED: nobody
 * decides by something that we do not know. `team` is ours. The caller lets out->json go in any
 * case.
 */
enum sl_err sl_slack_read(struct sl_span payload, struct sl_span team, struct sl_chat_input *out)
    SL_MUST_CHECK;
/* The body of a request: "payload=..." url-encoded, or JSON (url_verification). */
enum sl_err sl_slack_read_request(struct sl_span body, struct sl_span team,
                                  struct sl_chat_input *out) SL_MUST_CHECK;

/* Of an ID token of "Sign in with Slack" that was verified: is its person `subject`, of this
 * workspace? Slack says so in claims of its own; whatever says less is not. */
bool sl_slack_identity_is_of(struct sl_span payload, struct sl_span team, struct sl_span subject)
    SL_MUST_CHECK;

/* Socket Mode: an envelope. */
enum sl_slack_envelope_type {
    SL_SLACK_HELLO = 1,
    SL_SLACK_DISCONNECT, /* it will close: open another one first */
    SL_SLACK_INTERACTIVE,
    SL_SLACK_OTHER, /* acknowledged and not looked at */
};
struct sl_slack_envelope {
    enum sl_slack_envelope_type type;
    struct sl_span id, reason;
    bool takes_answer; /* accepts_response_payload */
    uint64_t retry;
    struct sl_chat_input input; /* of INTERACTIVE; input.event NOTHING when it is not for us */
    bool input_refused;         /* its payload is not understood: acknowledge, do nothing */
    json_t *json;
};
enum sl_err sl_slack_read_envelope(struct sl_span text, struct sl_span team,
                                   struct sl_slack_envelope *out) SL_MUST_CHECK;
void sl_slack_envelope_done(struct sl_slack_envelope *e);
/* The acknowledgement; answer: JSON text, or empty. */
void sl_slack_put_ack(struct sl_buf *b, struct sl_span envelope, struct sl_span answer);

/* X-Slack-Signature of a request: "v0=" and the HMAC-SHA-256 of "v0:<timestamp>:<body>" in lower
 * case; within 300 s of now. SL_EMALFORMED: no such header; SL_ETIMEOUT: too old or of the future;
 * SL_EDENIED: signed with another secret, or there is none. Who wants no request twice remembers
 * the signature for 600 s. */
enum sl_err sl_slack_verify(struct sl_span secret, struct sl_span timestamp, struct sl_span body,
                            struct sl_span signature, uint64_t now_s) SL_MUST_CHECK;

/* What the Web API answers. */
struct sl_slack_answer {
    bool ok;
    struct sl_span error;           /* "channel_not_found" */
    struct sl_span channel, ts;     /* of a message that is there now */
    struct sl_span url;             /* apps.connections.open */
    struct sl_span team, user, bot; /* auth.test */
    json_t *json;
};
enum sl_err sl_slack_read_answer(struct sl_span body, struct sl_slack_answer *out) SL_MUST_CHECK;
/* users.info: may this person decide here at all? NULL: yes; else why not, for people. */
const char *sl_slack_user_refused(const struct sl_slack_answer *info, struct sl_span team,
                                  struct sl_span user);

#endif
