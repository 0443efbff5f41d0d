/* Budgets in flight: what of a result may pass, and what happens where that ends.
 *
 *   lease   what one statement has borrowed of the budgets that the keeper counts (lease.c)
 *   pages   what lies before the rows of a statement, and counts with them: other FETCHes of its
 *           cursor, rows that its OFFSET skips (paging.c)
 *   meter   a running statement whose rows are counted against limits, leases and grants (meter.c)
 *   stop    a result that may not go on: the server is not read until the keeper has lent more, or
 *           people have said yes to an action that continues this one, or it is ended (stop.c)
 *
 * A statement that nothing limits has no meter, and its rows pass as fast as ever.
 */
#ifndef SL_ROLE_GATE_BUDGET_H
#define SL_ROLE_GATE_BUDGET_H

#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/names.h"
#include "role/gate/session.h"

/* --- lease.c --- */
struct lease {
    uint64_t id, keeper_session;
    struct gate *gate;
    struct session *session;                         /* NULL once the statement has ended */
    struct verdict *verdict;                         /* whose budgets: a reference */
    struct sl_span run;                              /* malloc'd: as it was when it began */
    uint64_t rows, bytes;                            /* may still pass */
    uint64_t used_rows, used_bytes, used_statements; /* not told to the keeper yet */
    struct sl_budget_use need;                       /* of the question that is open */
    uint64_t asked_rows, asked_bytes;                /* told with the question that is open */
    bool asked, used_up, stale, told;                /* told: the keeper may know of it */
    struct sl_buf rule;                              /* used_up: whose budget */
};

/* NULL without memory. */
struct lease *lease_new(struct session *s, const struct judged *j);
/* The answer comes to budget_answered. Without a keeper it is asked as soon as there is one. */
void lease_ask(struct lease *l, const struct sl_budget_use *need, const struct sl_budget_use *want);
/* Gives back what is left. The lease is gone for the caller. NULL is fine. */
void lease_end(struct lease *l);

/* --- paging.c --- */
struct tally;
struct pages {
    struct tally **tallies; /* references: of the cursors that it fetches from */
    size_t count;
    uint64_t skipped; /* SL_ROWS_UNKNOWN: its OFFSET is more than a number */
};

/* False: out of memory. */
bool pages_make(struct session *s, const struct sl_meaning *m, const struct sl_pg_bind *bind,
                struct pages *out) SL_MUST_CHECK;
void pages_done(struct pages *p);
void pages_add(struct pages *p, uint64_t rows, uint64_t bytes);
/* `own`: what the statement itself has delivered. */
uint64_t pages_rows(const struct pages *p, uint64_t own);
uint64_t pages_bytes(const struct pages *p, uint64_t own);

/* --- meter.c --- */
struct meter {
    size_t refs;
    struct judged judged; /* what runs, as it was judged when it was sent */
    struct lease *lease;  /* NULL: nothing is borrowed now */
    bool extended;
    uint32_t max_rows;
    struct sl_span message;    /* malloc'd: the text of a Query, the body of a Bind */
    size_t *account;           /* the session's bytes of texts, of which these are a part */
    struct prepared *prepared; /* extended: a reference */
    struct pages pages;        /* of what a statement may return this is used up already */
    uint32_t listing;          /* of the target, when it was sent */
    uint64_t action;
    uint64_t rows, bytes; /* delivered; of a portal by all its Executes */
    uint64_t granted; /* rows in all that a yes to going beyond lets pass, whatever the budgets */
    uint64_t most;    /* rows in all that the approval says, within the budgets; 0: it does not */
    struct sl_buf grants; /* u64 each: actions that continued it, whose outcome is due */
    struct sl_buf rule;   /* whose budget was held last */
    char envelope[37];    /* the approval, while `most` is the rows of an envelope; or empty */
    bool withdrawn;       /* the policy of now does not allow it */
};

bool meter_is_counted(const struct meter *m); /* by the keeper */
/* Where in its result it is: what counts against the limits of one statement. */
uint64_t meter_rows(const struct meter *m);
uint64_t meter_bytes(const struct meter *m);
/* Is what the approval says used up? */
bool meter_is_full(const struct meter *m);
/* Would meter_take let them pass? */
bool meter_lets(const struct meter *m, uint64_t rows, uint64_t bytes);
/* What would have to be asked for: the statement as it was sent, and that this goes beyond. */
enum sl_err meter_say(const struct meter *m, struct sl_pg_bind *bind, struct held_bytes *out)
    SL_MUST_CHECK;

/* --- stop.c --- */
void stop_answered(struct session *s); /* the lease that it waits for */

#endif
