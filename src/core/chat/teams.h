/* Microsoft Teams: Adaptive Cards 1.5 out, activities of the Bot Framework in, what proves that
 * they came from its Connector, and what we say to it. Pure.
 *
 * Out. Whatever a stranger wrote is in TextRun elements, which no client reads as Markdown (a
 * TextBlock or a fact would be), each line of it in a block of its own, so that nothing runs into
 * the comment of the line before it, and with every "{{" in two runs, so that no {{DATE(...)}} of
 * theirs is turned into other words. There is no `refresh` in a card: copies are replaced by
 * updating their messages, so that looking at one asks us nothing.
 *
 * In. The order is: sl_teams_check_token (nothing of the body is looked at), sl_teams_read with the
 * service address that the token names, the keeper's own question whether that message is one of
 * ours, sl_teams_member_refused, and then the one decision path. An invoke whose trigger is
 * "automatic", or that has no verb of ours, is never a decision.
 *
 * Not here: the clouds of governments and of 21Vianet (they have other issuers and hosts), bots of
 * many tenants, the emulator, skills. What comes from them is refused.
 */
#ifndef SL_CORE_CHAT_TEAMS_H
#define SL_CORE_CHAT_TEAMS_H

#include "core/chat/chat.h"
#include "core/oidc/oidc.h"

enum {
    SL_TEAMS_MESSAGE_MOST = 28000,   /* octets of a message, in UTF-16 as Teams counts them */
    SL_TEAMS_BODY_MOST = 128 * 1024, /* of what comes in */
    SL_TEAMS_SKEW_S = 300,           /* that the Connector's clock may differ */
    SL_TEAMS_TOKEN_MOST = 16 * 1024,
    SL_TEAMS_ID_MOST = 512, /* bytes of a conversation's, message's or member's id */
};

/* Who we are there. `api` empty: Microsoft's public cloud. Else everything that it has three hosts
 * for (tokens, keys, the Connector) is below this address, which ends in a slash. */
struct sl_teams_us {
    struct sl_span app, tenant; /* UUIDs in lower case */
    struct sl_span api;
};

/* An id of theirs: printable ASCII without blanks, at most SL_TEAMS_ID_MOST. */
bool sl_teams_is_id(struct sl_span text);
/* 8-4-4-4-12 hexadecimal digits in lower case: who they and we are. */
bool sl_teams_is_uuid(struct sl_span text);

/* --- messages ---------------------------------------------------------------------------------
 * Activities as JSON text, for POST and for PUT alike; `message`: the id of the one that a PUT
 * replaces, else empty. They fit in SL_TEAMS_MESSAGE_MOST whatever is in the card: what does not
 * fit is cut and says so, and then the message only links.
 */

/* true: a click on this message may decide. The buttons follow card->decides and
 * sl_chat_card_whole(card), and whether all of it fits. A card in state "approved" has Revoke; one
 * that is "running" or "open" has Stop. */
bool sl_teams_put_card(struct sl_buf *b, struct sl_span message, const struct sl_chat_card *card);
/* Links only: for a channel where too much waits, and for a Workflows webhook. */
void sl_teams_put_group(struct sl_buf *b, struct sl_span message, const struct sl_chat_line *lines,
                        size_t count, size_t more, struct sl_span inbox_link);
/* What reviewers ask, to one who may answer it: true: the message takes their answer. It does while
 * a question waits (card->asks) that is told, and all of it fits; else it only links. */
bool sl_teams_put_question(struct sl_buf *b, struct sl_span message,
                           const struct sl_chat_card *card);
/* Plain text: an answer in a thread, or to a person. */
void sl_teams_put_text(struct sl_buf *b, struct sl_span text);
/* The message of a Workflows webhook ("when a Teams webhook request is received"). Nothing comes
 * back from there, so it notifies and links. */
void sl_teams_put_workflow(struct sl_buf *b, const struct sl_chat_card *card);

/* --- answers to an invoke ---------------------------------------------------------------------
 * Bodies of our answer, whose HTTP status is 200 in each case; only the person who clicked sees
 * them. The card is of that person's copy and as good as any other: true as above. */
bool sl_teams_put_invoke_card(struct sl_buf *b, const struct sl_chat_card *card);
void sl_teams_put_invoke_question(struct sl_buf *b, const struct sl_chat_card *card);
/* A sentence. Characters that Markdown or HTML know come out as their wide forms. */
void sl_teams_put_invoke_text(struct sl_buf *b, struct sl_span text);
/* status: 400, 401, 403, 404, 409, 500; anything else is 500. */
void sl_teams_put_invoke_error(struct sl_buf *b, unsigned status, struct sl_span text);

/* --- activities ------------------------------------------------------------------------------- */
enum sl_teams_kind {
    SL_TEAMS_NOTHING, /* understood, and nothing for us: say 200 */
    SL_TEAMS_INPUT,   /* `input`: a form that somebody sent */
    SL_TEAMS_REFRESH, /* a client wants the card of `input` anew; nobody clicked */
    SL_TEAMS_ADDED,   /* we are in `conversation` from now on: remember it and service_url */
    SL_TEAMS_REMOVED, /* and are not any more */
};
struct sl_teams_activity {
    enum sl_teams_kind kind;
    bool invoke;                /* it waits for the body of our answer; a message does not */
    struct sl_chat_input input; /* team and user: tenant and object id; event: FORM or NOTHING */
    struct sl_span id;          /* of the activity */
    struct sl_span service_url;
    struct sl_span conversation;      /* without its ";messageid=": what messages are posted to */
    struct sl_span conversation_type; /* "personal", "groupChat", "channel"; may be empty */
    struct sl_span from;              /* their id in this conversation ("29:...") */
    struct sl_span
        roster;   /* whose members to ask for them: the team of a channel, else the conversation */
    json_t *json; /* the caller lets it go, in any case */
};
/* service_url: of the token that came with it; another one in the activity is SL_EDENIED.
 * SL_EMALFORMED: not an activity, or about us and not understood; SL_ELIMIT: too large. What
 * another tenant, a program, or one without an object id does is `input.foreign`, and adds and
 * removes nothing. Texts live as long as out->json. */
enum sl_err sl_teams_read(struct sl_span body, const struct sl_teams_us *us,
                          struct sl_span service_url, struct sl_teams_activity *out) SL_MUST_CHECK;

/* May the one whom the Connector describes so (GET .../members/{id}) decide here? NULL: yes; else
 * why not, for people. Refused: guests, people of another tenant (shared channels), anonymous ones,
 * whoever is not `user`, and an answer that leaves any of that open. */
const char *sl_teams_member_refused(struct sl_span body, const struct sl_teams_us *us,
                                    struct sl_span user) SL_MUST_CHECK;

/* --- the Connector's tokens (Bot Connector authentication 3.1) ---------------------------------
 */

/* Where its metadata is; it is read with the issuer's own name, whatever `api` says. */
void sl_teams_put_metadata_url(struct sl_buf *b, const struct sl_teams_us *us);
/* PROVIDER, PROVIDER_ISSUER, PROVIDER_ADDRESS (the keys must be where the metadata is), MEMORY. */
enum sl_oidc_reason sl_teams_read_metadata(struct sl_span document, const struct sl_teams_us *us,
                                           struct sl_arena *mem, struct sl_span *keys_url)
    SL_MUST_CHECK;
/* Only those keys that are endorsed for "msteams": no other one signs for Teams. KEYS, MEMORY. */
enum sl_oidc_reason sl_teams_read_keys(struct sl_span jwks, struct sl_oidc_keys **out)
    SL_MUST_CHECK;

struct sl_teams_token {
    struct sl_span service_url; /* in the arena; allowed (sl_teams_service_allowed) */
    uint64_t expires_s;
};
/* Of the header Authorization, without "Bearer ". Signed with RS256 by a key that it names and that
 * we have (KEY_UNKNOWN: read the keys anew, and not oftener than once in a while), by
 * https://api.botframework.com and no other, for our app alone, within its time. A service address
 * that is missing or not allowed: TEXT. keys may be NULL. */
enum sl_oidc_reason sl_teams_check_token(struct sl_span token, const struct sl_oidc_keys *keys,
                                         const struct sl_teams_us *us, uint64_t now_s,
                                         struct sl_arena *mem, struct sl_teams_token *out)
    SL_MUST_CHECK;

/* https, at smba.trafficmanager.net or below botframework.com, no port, nothing but a plain path;
 * with `api`: that address or one below it. */
bool sl_teams_service_allowed(struct sl_span url, const struct sl_teams_us *us);

/* --- what we say to the Connector --------------------------------------------------------------
 */

/* Our own token (client credentials): a POST of this form there. The form holds the secret. */
void sl_teams_put_token_url(struct sl_buf *b, const struct sl_teams_us *us);
void sl_teams_put_token_call(struct sl_buf *b, const struct sl_teams_us *us, struct sl_span secret);
struct sl_teams_grant {
    struct sl_span token; /* a secret of ours */
    uint64_t expires_in_s;
    struct sl_span error; /* a word: "invalid_client" */
};
/* YES; ANSWER_ERROR with `error`; ANSWER: not understood; MEMORY. */
enum sl_oidc_reason sl_teams_read_grant(unsigned status, struct sl_span body, struct sl_arena *mem,
                                        struct sl_teams_grant *out) SL_MUST_CHECK;

/* .../v3/conversations/{conversation}/activities: POST a message. With a message: PUT replaces it,
 * POST answers it in its thread. */
void sl_teams_put_message_url(struct sl_buf *b, struct sl_span service_url,
                              struct sl_span conversation, struct sl_span message);
/* .../v3/conversations/{conversation}/members/{user}: GET; user: `from` or an object id. */
void sl_teams_put_member_url(struct sl_buf *b, struct sl_span service_url,
                             struct sl_span conversation, struct sl_span user);
/* .../v3/conversations: POST the next one: the conversation of us two. Its answer's id is the
 * conversation. */
void sl_teams_put_conversations_url(struct sl_buf *b, struct sl_span service_url);
void sl_teams_put_conversation(struct sl_buf *b, const struct sl_teams_us *us, struct sl_span user);

/* What the Connector answers to any of these. */
struct sl_teams_answer {
    bool ok;
    struct sl_span id;    /* of a message or a conversation; may be empty */
    struct sl_span error; /* its word, printable: "ConversationNotFound"; empty: it has none */
    json_t *json;         /* the caller lets it go, in any case; may be NULL */
};
/* SL_EMALFORMED: it says yes, but not what. A no with whatever body is understood. */
enum sl_err sl_teams_read_answer(unsigned status, struct sl_span body, struct sl_teams_answer *out)
    SL_MUST_CHECK;

#endif
