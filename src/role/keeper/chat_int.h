/* Inside the files of chats: telling, in pieces. */
#ifndef SL_ROLE_KEEPER_CHAT_INT_H
#define SL_ROLE_KEEPER_CHAT_INT_H

#include "crypto/crypto.h"
#include "role/keeper/chat_kind.h"

enum {
    CHAT_PACE_MS = 1100, /* of new messages in one channel: Slack takes about one a second, */
    CHAT_BURST_MS = 2 * CHAT_PACE_MS, /* and a few more at once: three, of which one is kept for a
                                         hold */
    CHAT_GROUP_PACE_MS = 3000,        /* a message for many changes as often as each of them does */
};

/* --- chat_turn.c --- */
struct chat_place *chat_place_of(struct chat *h, const char *channel);
/* Those that somebody waits for at this moment come first, and keep to no pace. */
bool chat_is_aside(const struct chat_job *job);

/* --- chat_body.c --- */
/* What the job tells, into job->body. False: there is nothing to tell (any more). */
bool chat_body_make(struct keeper *k, struct chat *h, struct chat_job *job);

/* --- chat_outcome.c: how it stands --- */
bool chat_tells_only_where(const struct chat *h); /* nothing of what is said, by anybody */
/* Who released it alone; NULL: it went as its rules say. */
const struct vote_row *chat_alone_by(const struct approval *a);
/* "bob", "bob, standing in for carol" */
void chat_put_who(struct sl_buf *b, const struct vote_row *vote);

/* --- chat_talk.c: questions and answers --- */
/* The last of them; where the statement is not told, neither is what is said about it. */
void chat_tell_talk(struct keeper *k, const struct approval *a, struct sl_chat_card *card);

/* --- chat_record.c: which messages are there, and what they last said --- */
void chat_record_posted(struct keeper *k, const struct chat *h, const struct chat_job *job,
                        struct sl_span ts);
void chat_record_updated(struct keeper *k, const struct chat *h, const struct chat_job *job);
/* The channel in which this person is told. */
void chat_record_direct(struct keeper *k, const struct chat *h, const struct chat_job *job,
                        struct sl_span channel);
void chat_record_gone(struct keeper *k, const struct chat *h, const struct chat_job *job);
/* False: the message says what is in job->hash already. */
bool chat_says_something_new(struct keeper *k, const struct chat *h, const struct chat_job *job,
                             struct sl_span approval);
/* The chat did not take the whole of it once. */
bool chat_was_brief(struct keeper *k, const struct chat *h, const struct chat_job *job);
/* The approvals of a group that is there already, into job->many. */
void chat_read_many(struct keeper *k, const struct chat *h, struct chat_job *job);

/* --- chat_told.c --- */
struct chat_job *chat_job_find(struct keeper *k, uint64_t id, struct chat **h); /* NULL: gone */
void chat_place_open(struct chat *h, const char *channel); /* it takes things again */
void chat_told(struct keeper *k, uint64_t of, const struct fetched *got); /* a fetch_fn */

#endif
