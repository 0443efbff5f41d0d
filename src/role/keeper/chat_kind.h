/* The seam between what a chat is to the keeper (chat.h) and how one kind of chat does it. All that
 * one product alone has (its API, its errors, its forms, who its people are) is behind this table;
 * what should be told, to whom and how often, what is recorded, which messages are ours and who
 * decides is in front of it, once for all kinds.
 *
 * A function of a kind makes a body, begins a call, or says what an answer means. It records
 * nothing, ends no job and decides nothing.
 */
#ifndef SL_ROLE_KEEPER_CHAT_KIND_H
#define SL_ROLE_KEEPER_CHAT_KIND_H

#include "role/keeper/chat.h"
#include "role/keeper/limits.h"

/* What an answer means for the message that was told. */
enum chat_meaning {
    CHAT_IS_TAKEN = 1,
    CHAT_IS_LIMITED,  /* this channel takes nothing for retry_after_s */
    CHAT_IS_TOO_MUCH, /* not the whole of it; refused, if it was brief */
    CHAT_IS_GONE,     /* the message that was to change */
    CHAT_IS_REFUSED,  /* it will not have it in this channel */
    CHAT_IS_SHUT,     /* nor anything else there */
    CHAT_IS_AGAIN,    /* to be told once more, at once: it was our fault */
    CHAT_IS_AWAY,     /* about the chat as a whole: everything waits */
};
struct chat_said {
    enum chat_meaning means;
    char ts[CHAT_ID_BYTES];      /* of a message that is there now; empty: it does not say */
    char channel[CHAT_ID_BYTES]; /* where it is: of what goes to a person, another one than named */
    struct sl_buf why;           /* what to note */
};

struct chat_kind {
    const char *word;    /* in the configuration and for the record: "slack" */
    const char *product; /* for people: "Slack" */
    enum sl_decide_channel channel;
    const char *never_why;     /* nobody ever decides here; NULL: they may */
    const char *shut_why;      /* a rule that takes no decision by this channel */
    const char *foreign_why;   /* somebody of another team, or tenant */
    const char *remedy;        /* where it takes nothing: what people do about it */
    bool tells_after;          /* what became of it, in the card's thread and to who asked */
    uint32_t answer_within_ms; /* so long somebody who pressed a button waits */

    /* Bodies, into job->body, for job->channel and, of one that is there, job->ts. */
    bool (*put_card)(const struct chat *h, struct chat_job *job,
                     const struct sl_chat_card *card); /* true: a click on it may decide */
    void (*put_group)(const struct chat *h, struct chat_job *job, const struct sl_chat_line *lines,
                      size_t count, size_t more, struct sl_span inbox_link);
    /* A question, to one who may answer; NULL: none is told there. */
    void (*put_question)(const struct chat *h, struct chat_job *job,
                         const struct sl_chat_card *card);
    void (*put_text)(const struct chat *h, struct chat_job *job, struct sl_span text);
    /* To this person alone, where they clicked. */
    void (*put_aside)(const struct chat *h, struct chat_job *job, const struct sl_chat_input *in,
                      struct sl_span text);

    /* Calls. */
    bool (*may_call)(const struct chat *h); /* beside its secrets, all that it takes is there */
    void (*send)(struct keeper *k, struct chat *h, struct chat_job *job); /* answer: chat_told */
    void (*read)(struct chat *h, const struct chat_job *job, const struct fetched *got,
                 struct chat_said *said);

    /* Life. NULL where there is nothing to do. */
    void (*begin)(struct chat *h);
    void (*end)(struct keeper *k, struct chat *h);
    void (*secret_came)(struct chat *h);
    void (*courier_here)(struct chat *h);           /* what could not be called can be now */
    void (*tick)(struct keeper *k, struct chat *h); /* what listens, and what it needs to call */
    bool (*listens)(const struct chat *h);
    void (*describe)(struct keeper *k, const struct chat *h, json_t *out);

    /* People. NULL: nobody does anything there. */
    void (*incoming)(struct call *c,
                     struct chat *h); /* over HTTP; makes the answer, or defers it */
    void (*ask_person)(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       const struct chat_way *way, fetch_fn *fn, uint64_t of);
    /* May they decide at all? NULL: yes. *known: it is the chat's word, and not that it has none.
     */
    const char *(*person_refused)(struct chat *h, const struct fetched *got, struct sl_span user,
                                  bool *known);
    /* A button that asks for words first; NULL: there is none such. */
    void (*open_form)(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                      const struct approval *a);
    /* What somebody who sent a form is answered: nothing was done, or it was. */
    void (*refuse)(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                   const struct chat_way *way, struct sl_span text);
    void (*done)(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                 const struct chat_way *way, struct sl_span text);
    void (*answer)(struct keeper *k, struct chat *h, const struct chat_way *way,
                   struct sl_span answer);
};
/* Where guesses at what a chat proves itself by are counted. */
#define CHAT_DOOR LIMITS_DOOR "chat"

extern const struct chat_kind chat_slack, chat_teams, chat_workflow;

#endif
