/* What reviewers ask back while an action waits, and what is answered: it changes nothing about the
 * action (call_questions.c).
 */
#ifndef SL_ROLE_KEEPER_QUESTIONS_H
#define SL_ROLE_KEEPER_QUESTIONS_H

#include "ipc/messages.h"
#include "json/json.h"

struct keeper;
struct call;
struct peer;
struct approval;

enum { SAID_BYTES = 1000, SAID_MOST = 20 }; /* one text; of one approval */
/* "messages", and whether the caller may add one. */
void said_put(struct call *c, json_t *out, const struct approval *a);
/* An answer of somebody in the requester set, who came by this channel with this credential. NULL,
 * or why not. */
struct speaker {
    struct sl_span name, credential, channel;
};
const char *answer_give(struct keeper *k, const struct approval *a, const struct speaker *who,
                        struct sl_span text) SL_MUST_CHECK;
/* NULL: this person may answer now, and a question waits for it; else why not. */
const char *answer_refused(struct keeper *k, const struct approval *a, struct sl_span name)
    SL_MUST_CHECK;
/* Nothing was said after the last question. */
bool question_waits(struct keeper *k, struct sl_span approval);
void on_action_answer(struct peer *p, const struct sl_msg_action_answer *m);

#endif
