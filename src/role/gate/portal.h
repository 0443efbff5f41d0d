/* The portals of a session, and how their actions end (portal.c, portals.c). */
#ifndef SL_ROLE_GATE_PORTAL_H
#define SL_ROLE_GATE_PORTAL_H

#include "role/gate/judging.h"

struct session;
struct item;
struct meter;
struct verdict;
struct prepared;
struct ending;

/* A portal that is read in portions: one action, with one outcome when the portal ends. */
struct reading {
    size_t refs;
    uint64_t action, rows, bytes;
    bool closed; /* its portal is no more: no further portion will be asked for */
    bool ended;  /* the outcome is recorded */
};

struct portal {
    uint64_t action;
    uint16_t item_flags;
    struct meter *meter;   /* a reference: counts the rows of all its Executes */
    uint32_t serial;       /* of the Bind that made it */
    bool confirmed;        /* the server has said that it made it */
    uint64_t segment;      /* an unconfirmed one may be used in its own segment only */
    bool granted;          /* it was held: runs as often as the grant says */
    uint32_t granted_rows; /* Execute's max_rows that was shown; 0: all */
    bool executed;
    bool halted;             /* somebody stopped it: no Execute passes any more */
    struct verdict *verdict; /* a reference: see struct item */
    uint64_t described;      /* segment + 1 in which a Describe of it was sent: unless the server
                                skips both, its answer comes before that of an Execute behind it */
    struct reading *reading; /* a reference; since the first Execute that may leave rows */
    struct prepared *made;   /* a reference; whose names are known once it has run */
    /* What its Bind was judged with; bound.c compares it at each Execute. */
    struct meaning *meaning; /* a reference; NULL: nothing of it runs on the server */
    bool by_names;           /* EXECUTE, FETCH and the like: names_epoch counts */
    bool by_context;         /* code of users runs, in each portion */
    uint64_t names_epoch, context, moves, ddl_moves, label_generation;
    uint32_t listing, policy; /* generations */
};

/* portal.c: how the action of a portal ends */
enum { OUTCOME_PORTION = 0 }; /* more rows may be asked for */
/* An Execute was answered. */
void portal_outcome(struct session *s, const struct item *item, uint8_t outcome);
/* The reference for the item of an Execute that is sent now. False: without memory. */
bool portal_execute(struct portal *p, uint32_t max_rows, struct item *item);
void portal_end(struct session *s, struct portal *p, const struct ending *unexecuted);
void portals_end(struct session *s); /* with the session */
void reading_unref(struct reading *r);

/* bound.c: what a portal was bound as, and whether that holds at its Execute. bound_holds:
 * TAKE_DONE with *why set when it does not; TAKE_WAIT as action_judge. bound_sent: item_sent, where
 * what the portal does itself counts as judged. */
void bound_note(struct session *s, struct portal *p, struct meaning *m);
enum take bound_holds(struct session *s, const struct portal *p, const char **why) SL_MUST_CHECK;
void bound_sent(struct session *s, struct portal *p, struct item *item);

/* portals.c: the portals of a session, by the server's names for them ("": the unnamed one) */
struct portal *portals_find(struct session *s, struct sl_span name); /* NULL: none */
/* A fresh one; one that had the name ends. NULL: without memory. */
struct portal *portals_make(struct session *s, struct sl_span name);
/* Ends and forgets it; nothing when there is none. */
void portals_drop(struct session *s, struct sl_span name);
size_t portals_count(const struct session *s); /* of those with a name */
struct portal_walk {
    bool begun;
    size_t at;
    struct sl_span name; /* of the one that was given last, which may be dropped */
};
struct portal *portals_next(struct session *s, struct portal_walk *w); /* NULL: no more */

#endif
