/* Budgets: what is left and what is lent (budget.c), and what goes beyond (over.c).
 */
#ifndef SL_ROLE_KEEPER_BUDGET_H
#define SL_ROLE_KEEPER_BUDGET_H

#include "core/policy/policy.h"
#include "ipc/messages.h"
#include "json/json.h"

struct keeper;
struct peer;
struct person;
struct session;

void on_budget_ask(struct peer *p, const struct sl_msg_budget_ask *m);
void on_budget_return(struct peer *p, const struct sl_msg_budget_return *m);
/* What has been used of this rule's budget by this identity (or its owner), lent included. */
struct sl_budget_use budget_used(struct keeper *k, const struct person *who,
                                 const struct sl_target *target, const struct sl_rule *r);
/* Nobody will say any more what was used of its leases: all of it counts as used. */
void budgets_close(struct keeper *k, const struct session *s);
/* "500 of 500 rows in 1h", as it stands now. */
void budget_say_use(struct keeper *k, const struct session *s, const struct sl_rule *r,
                    struct sl_span run, struct sl_buf *out);

/* --- over.c: what goes beyond a budget
 * ----------------------------------------------------------
 */
struct over {
    bool is;             /* else nothing below counts */
    struct sl_span rule; /* whose budget; empty: the limit of labelled data */
    uint64_t continues;  /* the action that runs, and has delivered this much; 0: none does */
    uint64_t delivered;
    uint64_t before;   /* rows that lie before these and count; SL_ROWS_UNKNOWN */
    uint64_t estimate; /* rows that the server expects in all, as reviewers see it; 0: none */
    uint64_t cap;      /* rows that a yes without a number lets pass, in all */
};
/* What an operation (canonical JSON) says about it, with what the gate shows beside it.
 * SL_EMALFORMED.
 */
enum sl_err over_read(struct keeper *k, const json_t *operation, struct sl_span show,
                      struct over *out) SL_MUST_CHECK;
/* "500 of about 48,000 rows delivered": for reviewers, or without the estimate. */
void over_say(const struct over *over, bool reviewer, struct sl_buf *text);

#endif
