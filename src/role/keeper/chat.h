/* Chats in which people are told of what is held, and may decide (`chat` in the configuration).
 *
 * Messages follow the view: what should be there (open approvals, where their rules send them, how
 * they stand) is compared with what is there (chat_message), and the difference is a job. So a
 * crash, a limit of the chat's or an hour without it loses nothing and tells nothing twice but what
 * was under way; and a decision never waits for a chat.
 *
 * A click decides nothing: it opens a form. The form's answer becomes a call like any other, with
 * the account's credential, and goes through call_DECISION (P4). Which messages are ours is known;
 * a click on another one, or on one that did not show the whole action, is refused.
 *
 * Who clicked is the chat's word: over a socket that the courier holds, or signed, through the
 * desk.
 */
#ifndef SL_ROLE_KEEPER_CHAT_H
#define SL_ROLE_KEEPER_CHAT_H

#include "core/chat/chat.h"
#include "role/keeper/approval.h"
#include "role/keeper/call.h"
#include "role/keeper/issuers.h"

enum {
    CHAT_SECRET_BYTES = 4096,
    CHAT_ID_BYTES = 513, /* of a channel, a person or a message, with its NUL */
    CHAT_USER_BYTES = 41,
    CHAT_WHY_BYTES = 240,
    CHAT_GROUP_MOST = 200, /* in one message */
    CHAT_JOBS_MOST = 4096, /* more have to wait until these are told */
    CHAT_SOCKETS = 2,      /* the new one is there before the old one goes */
};

enum chat_secret {
    CHAT_BOT_TOKEN,
    CHAT_APP_TOKEN,
    CHAT_SIGNING_SECRET,
    CHAT_CLIENT_SECRET, /* teams */
    CHAT_LINK,          /* teams-workflow: all of its address */
    CHAT_SECRETS,
};
enum chat_what {
    CHAT_CARD = 1, /* an approval's message in a channel */
    CHAT_GROUP,    /* one message for many */
    CHAT_NOTE,     /* in the card's thread: what became of it */
    CHAT_DIRECT,   /* the same to whoever asked */
    CHAT_ASIDE,    /* to one person, in private; `body` is ready */
    CHAT_FORM,     /* opens a form; the same */
    CHAT_QUESTION, /* what reviewers ask, to whoever asked or owns it; recorded: add at the end */
    CHAT_WORD,     /* to one person, about no approval; `body` is ready; not recorded */
};

struct chat_job {
    struct chat_job *next;
    uint64_t id, due_us, begun_us; /* monotonic; when the call under way was begun */
    enum chat_what what;
    char approval[37];      /* empty: of none, or of many */
    uint8_t who[SL_SHA256]; /* of a new card: a hash of who asks */
    char channel[CHAT_ID_BYTES], ts[CHAT_ID_BYTES];
    char at[CHAT_ID_BYTES]; /* Teams: the conversation that it was posted to */
    unsigned attempts;
    bool person;             /* of a new card: the channel is somebody's account */
    bool busy, brief;        /* brief: the chat did not take the whole of it */
    bool decides, final;     /* of what is under way; final: nothing more will be said */
    uint8_t hash[SL_SHA256]; /* the same */
    struct sl_buf body;
    char (*many)[37]; /* of a new group */
    size_t many_count;
};

struct chat_place { /* a channel, and how much it takes */
    struct chat_place *next;
    char channel[CHAT_ID_BYTES];
    uint64_t shut_us;         /* monotonic: it takes nothing before */
    uint64_t group_us;        /* nor what changes a message for many */
    uint64_t spent_us;        /* the messages of a moment ago are forgotten then */
    char why[CHAT_WHY_BYTES]; /* why nothing is told there; empty: nothing is wrong */
    bool busy;
};

struct chat_socket {
    uint64_t stream; /* 0: there is none */
    bool opened, hello, leaving;
};

struct chat_kind; /* chat_kind.h */
struct chat {
    struct chat *next_chat;
    uint64_t id; /* never given to another */
    const struct sl_chat *config;
    const struct chat_kind *kind;
    struct sl_buf name, api, whose; /* the same chat after a reload? */
    enum sl_chat_mode mode;
    struct sl_buf secrets[CHAT_SECRETS];
    bool known[CHAT_SECRETS];
    uint64_t secret_calls[CHAT_SECRETS], secrets_due_us;
    struct chat_job *jobs, **jobs_end;
    size_t job_count;
    bool overflow; /* not all that should be told has a job */
    struct {
        char user[CHAT_USER_BYTES];
        uint64_t at_us;
    } asides[16]; /* who was told something in private lately */
    size_t aside_at;
    struct chat_place *places;
    size_t under_way;
    uint64_t due_us; /* monotonic: nothing is called before */
    unsigned failures;
    struct chat_socket sockets[CHAT_SOCKETS];
    uint64_t socket_due_us;
    unsigned socket_failures;
    bool socket_asked;             /* for its address */
    struct chat_checked *checked;  /* people, as the chat says they are */
    struct chat_asked *asked;      /* decisions that wait for that */
    struct chat_seen *seen;        /* what came already */
    uint64_t told, failed;         /* calls, since the keeper started */
    uint64_t delay_us;             /* from the last hold that was told to its answer; 0: none yet */
    struct chat_teams *teams;      /* chat_teams.h; of that kind alone */
    char why[CHAT_WHY_BYTES];      /* what went wrong last; empty: nothing */
    char deaf_why[CHAT_WHY_BYTES]; /* why nothing is heard */
};

/* --- chats.c: life ------------------------------------------------------------------------------
 */
void chats_take(struct keeper *k); /* as k->config names them; at the start and after a reload */
void chats_free(struct keeper *k);
void chats_tick(struct keeper *k); /* ten times a second */
void chats_courier_here(struct keeper *k);
void chats_courier_gone(struct keeper *k);
/* Something about this approval changed. */
void chats_touch(struct keeper *k, struct sl_span approval);
void chats_wake(struct keeper *k);       /* there is something to do */
void chats_look_again(struct keeper *k); /* at everything that is open */
struct chat *chats_first(const struct keeper *k);
struct chat *chat_named(struct keeper *k, struct sl_span name); /* NULL: none */
struct chat *chat_by_id(struct keeper *k, uint64_t id);         /* NULL: gone */

/* --- chat_show.c: how it stands, for people -----------------------------------------------------
 */
void chat_note(struct chat *h, struct sl_span why);              /* printable, cut */
void chat_put_why(char out[CHAT_WHY_BYTES], struct sl_span why); /* the same */
const char *chat_state(struct keeper *k, const struct chat *h);
json_t *chats_json(struct keeper *k);

/* --- chat_secret.c: what it is called with ------------------------------------------------------
 */
bool chat_is_ready(const struct chat *h);                           /* all of them are known */
void chat_secrets_ask(struct keeper *k, struct chat *h, bool anew); /* anew: known ones too */
void chat_secret_again(struct keeper *k, struct chat *h, enum chat_secret which); /* this one */
bool chat_secret_came(struct keeper *k, const struct sl_msg_secret *m); /* false: not ours */
void chat_secrets_free(struct chat *h);

/* --- chat_plan.c: what should be there ----------------------------------------------------------
 */
void chat_plan(struct keeper *k, struct approval *a);
bool chat_is_final(const struct approval *a); /* nothing more will become of it */
/* Tells this person something that is about no approval, in each chat in which their account is
 * linked. It waits while a chat is away, and is not said again after a restart of the keeper. */
void chats_tell(struct keeper *k, struct sl_span name, struct sl_span text);
/* metrics_told.c: this one has just been told. */
void chat_note_delay(struct keeper *k, struct chat *h, const struct chat_job *job);
struct chat_job *chat_job_new(struct keeper *k, struct chat *h, enum chat_what what,
                              struct sl_span channel, struct sl_span approval, struct sl_span ts);
void chat_job_end(struct chat *h, struct chat_job *job);

/* --- chat_turn.c: telling it ---------------------------------------------------------------------
 */
/* Sends what is due; true: more is left. From the loop alone: it empties k->mem. */
bool chat_turn(struct keeper *k, struct chat *h);

/* --- chat_card.c: an approval in words -----------------------------------------------------------
 */
/* Lies in k->mem. `brief`: without the statement. Where the chat has `show: link`, all of this
 * tells who asks and where, and nothing of what, why, or what people said about it. */
void chat_card_make(struct keeper *k, const struct chat *h, const struct approval *a, bool brief,
                    struct sl_chat_card *card);
struct sl_chat_line chat_line_make(struct keeper *k, const struct chat *h,
                                   const struct approval *a);
/* "approved by bob: fine; it ran: 3 rows" */
void chat_put_outcome(struct sl_buf *b, const struct chat *h, const struct approval *a);
/* Of one that nobody has decided yet: who may, and where. */
void chat_put_waiting(struct keeper *k, struct sl_buf *b, const struct approval *a);

/* --- chat_talk.c ---
 * Does a question wait there for an answer? `hash`: of how far its questions and answers have come,
 * and whether they may be told. */
bool chat_asks(struct keeper *k, const struct approval *a, uint8_t hash[SL_SHA256]);

/* --- chat_socket.c: clicks over a socket ---------------------------------------------------------
 */
void chat_sockets_end(struct keeper *k, struct chat *h);
void on_stream_opened(struct peer *p, const struct sl_msg_stream_opened *m);
void on_stream_text(struct peer *p, const struct sl_msg_stream_text *m);
void on_stream_closed(struct peer *p, const struct sl_msg_stream_closed *m);

/* --- chat_input.c: what people did ---------------------------------------------------------------
 */
struct chat_way {    /* how it came, and so how it is answered */
    uint64_t stream; /* 0: over HTTP */
    struct sl_span envelope;
    uint8_t delivery[SL_SHA256]; /* of what came: chat_is_new */
    bool takes_answer;
    bool invoke; /* Teams: somebody waits for the answer's body */
    struct sl_span service,
        roster; /* the same: who says who they are; as long as the input's json */
    struct late late;
};
/* Takes over in->json. `answer` goes back now or later, once. */
void chat_input(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                const struct chat_way *way);
/* False: this came before (`id`: of an envelope or a signature); what it asked for was done.
 * `delivery`: what chat_act records. */
bool chat_is_new(struct keeper *k, struct chat *h, struct sl_span id, uint8_t delivery[SL_SHA256]);
void chat_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                 struct sl_span answer);
void chat_answer_http(struct keeper *k, const struct chat_way *way, struct sl_span answer);
/* "Nothing was decided", and why; `link`: and how one becomes somebody here. */
void chat_refuse_form(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                      const struct chat_way *way, const char *why, bool link);
/* To this person alone; not on and on. */
void chat_tell_aside(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     struct sl_span text);
/* Where the button was: NULL, one of our messages, and one that lets people decide. */
const char *chat_message_refused(struct keeper *k, const struct chat *h,
                                 const struct sl_chat_input *in);
/* 0: it is none of ours. */
enum chat_what chat_message_what(struct keeper *k, const struct chat *h,
                                 const struct sl_chat_input *in);
void chat_input_free(struct keeper *k, struct chat *h);

/* chat_record.c: what this asks for is about to be done. */
void chat_record_heard(struct keeper *k, const struct chat *h, const struct chat_way *way);

/* --- chat_form.c: it becomes a call --- */
void chat_form(struct keeper *k, struct chat *h, struct sl_chat_input *in,
               const struct chat_way *way);
/* Everything is asked once more: the form may have lain there for an hour. */
void chat_act(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
              const struct chat_way *way);

/* --- chat_asked.c: decisions that wait for what the chat says of the person --- */
void chat_ask_person(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                     const struct chat_way *way);
void chat_asked_sweep(struct keeper *k, struct chat *h); /* what took too long */
void chat_asked_free(struct keeper *k, struct chat *h);

/* --- chat_person.c: who it was -------------------------------------------------------------------
 */
/* NULL: whom this account is here, with the credential that it stands for. Else why nobody, for
 * people; `link` tells how to be somebody, where that is what is missing. */
const char *chat_person(struct keeper *k, const struct chat *h, const struct sl_chat_input *in,
                        struct person *who, struct credential *with, bool *link);
/* What the chat itself says of them: NULL yes; *known false: it has to be asked. */
const char *chat_checked(const struct chat *h, struct sl_span user, bool fresh, bool *known);
void chat_check_note(struct chat *h, struct sl_span user, const char *why);
void chat_checked_free(struct chat *h);

#endif
