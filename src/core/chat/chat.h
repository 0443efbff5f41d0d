/* What people in chats are told of an approval, and what their clicks say.
 *
 * A card is an approval in the words of its readers; the files of each kind of chat make a message
 * of it and read what comes back. Whatever is in a card may have been written by a hostile agent:
 * it goes only where a chat shows it as plain text, and characters that nobody would see, or that
 * turn the direction of what follows, are written so that they are seen (sl_chat_put_visible).
 *
 * Pure: bytes in, bytes out; no clock, no secrets of its own.
 */
#ifndef SL_CORE_CHAT_CHAT_H
#define SL_CORE_CHAT_CHAT_H

#include "json/json.h"

enum sl_chat_kind { SL_CHAT_SLACK = 1, SL_CHAT_TEAMS, SL_CHAT_TEAMS_WORKFLOW };
#define SL_CHAT_KIND_WORDS "slack|teams|teams-workflow"

enum {
    SL_CHAT_STATEMENT_MOST = 2900, /* characters, as shown; a longer one is not shown whole */
    SL_CHAT_NAME_MOST = 100,       /* of a name, in the same way: who, where, run */
    SL_CHAT_LIST_MOST = 400,       /* of a list or a sentence */
    SL_CHAT_SAID_MOST = 600,       /* of what the requester says */
    SL_CHAT_LINES_MOST = 80,       /* of a text that somebody decides by */
    SL_CHAT_BLANKS_MOST = 100,     /* blanks and empty lines in a row */
    SL_CHAT_DIGEST = 32,
    SL_CHAT_VOTES_MOST = 16,
    SL_CHAT_REASON_MOST = 2000, /* characters of a person's reason */
    SL_CHAT_TALK_MOST = 2,      /* the last questions and answers */
    SL_CHAT_GROUP_FROM = 6,     /* so many of one asker's that wait go into one message */
    SL_CHAT_ROOM = 9,           /* messages that a channel takes in about 10 s */
};

struct sl_chat_vote {
    struct sl_span who, decision, reason, channel;
};

/* A question of a reviewer's, or an answer to it. */
struct sl_chat_talk {
    struct sl_span who, channel, text;
    bool answer;
};

/* Everything is UTF-8 and the caller's. Empty spans and zeros: there is nothing to say. */
struct sl_chat_card {
    /* Of the approval: UUID; "pending" and the like, "running": spent, not over, "open": an
     * envelope that may be used */
    struct sl_span id, state;
    uint8_t digest[SL_CHAT_DIGEST];
    struct sl_span identity, kind, owner; /* who asks; "agent" */
    struct sl_span target, environment, protocol;
    struct sl_span statement; /* passwords masked; `whole`: it is all that would run */
    bool whole;
    bool hidden;           /* the statement is not told here at all */
    struct sl_span why;    /* why it is held, in the words of the rules */
    struct sl_span reason; /* what the requester says */
    struct sl_span run;
    struct sl_span
        session; /* settings that change what values and names mean: "TimeZone=Asia/.." */
    struct sl_span effects, datasets, labels; /* lists with commas */
    struct sl_span rows;                      /* "at most 500" */
    struct sl_span reviewers;                 /* "1 of rita, tom" */
    struct sl_span link;                      /* https://.../approvals/ID */
    uint64_t asked_us, expires_us;
    uint32_t have, need; /* votes */
    struct sl_chat_vote votes[SL_CHAT_VOTES_MOST];
    size_t vote_count;
    struct sl_chat_talk talk[SL_CHAT_TALK_MOST]; /* the last ones, in their order */
    size_t talk_count, talk_before;              /* of these; earlier ones that are not here */
    bool asks;                                   /* the last one is a question, and still open */
    struct sl_span outcome;         /* once it is over: "approved by bob, ran: 3 rows" */
    bool decides;                   /* a click on this message may decide; false: it links */
    struct sl_span decides_not_why; /* "decisions are signed with a passkey, in the console" */
    bool client_waits;              /* somebody's connection waits for it */
    bool escalated;
    bool alone; /* one person released it, past its rules (break-glass) */
};

struct sl_chat_line { /* of a message that tells of many approvals */
    struct sl_span id, identity, target, summary, link, state;
};

/* One that waits to be told in a channel. `who`: a hash of who asks; `at`: the caller's number for
 * it, in the order in which they came. The rest is set here. */
struct sl_chat_waiter {
    uint8_t who[SL_CHAT_DIGEST];
    size_t at, of_asker, nth; /* how many its asker has there; how many of these came before */
};
/* One of each asker's first, and first of whoever has least: so nobody is out of sight behind
 * another's many. */
void sl_chat_in_turn(struct sl_chat_waiter *all, size_t count);
/* Which are told in one message with `at`: they are moved to the front, in turn, and counted; 0: it
 * is told alone. Whoever has SL_CHAT_GROUP_FROM has one message for all of them; who has fewer, one
 * for each. Only where the channel would not take these messages within about 10 s are several
 * askers' told together: those with few apart from those with many, and of those with few the ones
 * with least still alone, as far as the channel takes it. */
size_t sl_chat_gather(struct sl_chat_waiter *all, size_t count, size_t at);

/* A stranger's text, for people to read. What base/utf8.h lists as deceiving or unseen (but line
 * feed and tab), and the third and further marks on one letter, are written as U+202E between the
 * brackets U+27E8 and U+27E9, broken bytes as 0xFF between them; such a bracket of the stranger's
 * own before "U+" or "0x" is written in the same way. So the text that is shown stands for one text
 * alone. Always UTF-8. */
void sl_chat_put_visible(struct sl_buf *b, struct sl_span s);
/* The same of at most `most` characters as shown; what is left out is counted at the end. Whether
 * nothing was. `one_line`: line feeds and tabs are written visibly, too. */
bool sl_chat_put_shown(struct sl_buf *b, struct sl_span s, size_t most, bool one_line);
/* Would sl_chat_put_shown show all of it? */
bool sl_chat_fits(struct sl_span s, size_t most, bool one_line);
/* The longest head of at most `most` characters as UTF-16 counts them (so do Slack and Teams). */
struct sl_span sl_chat_head(struct sl_span s, size_t most);
/* Is all of the action and of what is said about it shown, and is it still to be decided? A message
 * lets people decide if `decides` is set and this is true; its makers ask nothing else. Not where
 * letters run from right to left (a chat would show them in another order than they run in), nor
 * where blanks or lines beyond the limits above move the rest of it out of sight. Votes, questions
 * and answers are no part of the action: where they are cut, that is said and nothing more. */
bool sl_chat_card_whole(const struct sl_chat_card *c);

/* What a click or a filled form says. Texts live as long as `json`. */
enum sl_chat_event {
    SL_CHAT_NOTHING,   /* understood, and nothing for us */
    SL_CHAT_CLICK,     /* a button of a message */
    SL_CHAT_FORM,      /* a filled form: with it somebody decides, or asks */
    SL_CHAT_CHALLENGE, /* the provider tries our address: answer `challenge` */
};
enum sl_chat_verb {
    SL_CHAT_APPROVE = 1,
    SL_CHAT_DENY,
    SL_CHAT_ASK,
    SL_CHAT_REVOKE,
    SL_CHAT_STOP,
    SL_CHAT_ANSWER,
};
#define SL_CHAT_VERB_WORDS "approve|deny|ask|revoke|stop|answer"
const char *sl_chat_verb_name(enum sl_chat_verb verb);  /* "approve" */
enum sl_chat_verb sl_chat_verb_of(struct sl_span word); /* 0: none */
struct sl_chat_input {
    enum sl_chat_event event;
    enum sl_chat_verb verb;
    struct sl_span team, user; /* who did it: the workspace or tenant, and their id in it */
    bool foreign;              /* of another workspace or tenant, or through a shared channel */
    struct sl_span channel, message; /* where the button was */
    struct sl_span approval;
    uint8_t digest[SL_CHAT_DIGEST];
    struct sl_span text;    /* of the form: reason, question or answer */
    struct sl_span trigger; /* lets us open a form; of a click */
    struct sl_span challenge;
    json_t *json; /* the caller lets it go */
};

#endif
