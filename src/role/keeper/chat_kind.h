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

/* What an answer means for the message that was told. */
enum chat_meaning {
    CHAT_IS_TAKEN = 1,
    CHAT_IS_LIMITED,  /* this channel takes nothing for retry_after_s */
    CHAT_IS_TOO_MUCH, /* not the whole of it; refused, if it was brief */
    CHAT_IS_GONE,     /* the message that was to change */
    CHAT_IS_REFUSED,  /* it will not have it in this channel */
    CHAT_IS_AWAY,     /* about the chat as a whole: everything waits */
};
struct chat_said {
    enum chat_meaning means;
    char ts[CHAT_ID_BYTES]; /* of a message that is there now; empty: it does not say */
    struct sl_buf why;      /* the chat's word, or of CHAT_IS_AWAY what to note */
};

struct chat_kind {
    const char *word;    /* in the configuration and for the record: "slack" */
    const char *product; /* for people: "Slack" */
    enum sl_decide_channel channel;
    const char *shut_why;      /* a rule that takes no decision by this channel */
    uint32_t answer_within_ms; /* so long somebody who pressed a button waits */

    /* Bodies, into job->body, for job->channel and, of one that is there, job->ts. */
    bool (*put_card)(const struct chat *h, struct chat_job *job,
                     const struct sl_chat_card *card); /* true: a click on it may decide */
    void (*put_group)(const struct chat *h, struct chat_job *job, const struct sl_chat_line *lines,
                      size_t count, size_t more, struct sl_span inbox_link);
    void (*put_text)(const struct chat *h, struct chat_job *job, struct sl_span text);
    /* To this person alone, where they clicked. */
    void (*put_aside)(const struct chat *h, struct chat_job *job, const struct sl_chat_input *in,
                      struct sl_span text);

    /* Calls. */
    void (*send)(struct keeper *k, struct chat *h, const struct chat_job *job, fetch_fn *fn);
    void (*read)(struct chat *h, const struct chat_job *job, const struct fetched *got,
                 struct chat_said *said);
    void (*tick)(struct keeper *k, struct chat *h); /* what listens, and what it needs to call */
    bool (*listens)(const struct chat *h);

    /* People. */
    void (*ask_person)(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       fetch_fn *fn, uint64_t of);
    /* May they decide at all? NULL: yes. *known: it is the chat's word, and not that it has none.
     */
    const char *(*person_refused)(const struct chat *h, const struct fetched *got,
                                  struct sl_span user, bool *known);
    /* A button that asks for words first; NULL: there is none such. */
    void (*open_form)(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                      const struct approval *a);
    /* What somebody who sent a form is answered: nothing was done, or it was. */
    void (*put_refused)(struct sl_buf *b, struct sl_span text);
    void (*put_done)(struct sl_buf *b, struct sl_span text);
    void (*answer)(struct keeper *k, struct chat *h, const struct chat_way *way,
                   struct sl_span answer);
};
extern const struct chat_kind chat_slack;

#endif
