/* The common road of both protocols: a text is judged, and policy says what happens to it
 * (judging.c, verdict.c, floor.c); what is changed meanwhile (ddl.c). */
#ifndef SL_ROLE_GATE_JUDGING_H
#define SL_ROLE_GATE_JUDGING_H

#include "role/gate/gate_int.h"

struct session;
struct meaning;
struct verdict;
struct target;

enum take { TAKE_DONE, TAKE_WAIT, TAKE_DEAD };

/* A text's meaning and what policy says to it: two references. */
struct judged {
    struct meaning *meaning;
    struct verdict *verdict;
    struct meaning
        *seen; /* what its words say, where `meaning` is opaque for what is around them */
};

/* judging.c: the common road of both protocols */
enum { ENDS_TX = SL_MEANING_TX_COMMIT | SL_MEANING_TX_ROLLBACK | SL_MEANING_TX_SAVEPOINT };
/* The target's definitions are changing, or being read, and that is worth waiting for. */
bool listing_is_due(const struct session *s);
/* TAKE_WAIT: the session waits and will come again. */
enum take action_judge(struct session *s, struct sl_span text, struct meaning *known,
                       struct judged *out);
void judged_done(struct judged *j);
/* verdict.c: the same action as it goes beyond this rule's budget (NULL: beyond what a statement
 * may return of labelled data). False: out of memory. */
bool judged_over(struct session *s, const struct judged *j, const struct sl_rule *rule,
                 struct judged *out) SL_MUST_CHECK;
/* floor.c: the text's own words (`own`, and those of what it executes) say more than the judge. */
bool floor_is_above(const struct session *s, struct sl_span text, uint32_t own,
                    const struct meaning *m);
/* Keeps what was judged for the message at the head, which is about to wait. */
void judged_keep(struct session *s, const struct judged *j);

bool action_is_quiet(const struct session *s); /* the server owes nothing */
/* Waits until it does; makes it say what it keeps back in a pipeline. */
enum take wait_for_answers(struct session *s);
/* A result that may still be stopped is under way. What would commit its transaction is not sent
 * before it is answered: when it ends with a no, nothing of it may be in force (P5). */
bool result_is_due(const struct session *s);
/* TAKE_WAIT when this text may commit; and when it takes names away that are on their way. */
enum take wait_to_commit(struct session *s, const struct sl_meaning *m);

/* ddl.c: what is changed by open transactions. ddl_closes: false when there was nothing. */
enum ddl_way { DDL_FREE, DDL_WAIT, DDL_TOO_LATE };
void ddl_opens(struct session *s, const struct sl_meaning *m);
void ddl_count(struct session *s, const struct sl_meaning *m); /* it is sent: target->ddl_sent */
bool ddl_closes(struct session *s);
/* What the session has open was rolled back, or a part of it may have been: it made nothing go. */
void ddl_undone(struct session *s);
/* Did a change that went through this gate, and has ended since the last listing, name it? */
bool ddl_named(const struct target *t, struct sl_span relation);
/* A column of it is not listed any more. The server does what it is told before it says so, and a
 * listing may come between: changes that name the relation and are under way keep the column until
 * it is known how they end. */
void ddl_keep_gone(struct target *t, struct sl_span relation, struct sl_span column);
/* What changes kept that have ended since the last listing, and were not undone. */
void ddl_each_gone(const struct target *t, void (*each)(void *context, struct sl_span column),
                   void *context);
void ddl_listed(struct target *t); /* what has ended is in the listing now */
enum ddl_way ddl_way_of(const struct session *s, const struct sl_meaning *m);

#endif
