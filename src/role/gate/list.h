/* One approval for an exact, ordered list of statements (docs/lists.md).
 *
 *   NOTING    `SET sluice.request = 'new'`: queries are noted, not run
 *   ARMED     `... = 'ask'` had it held, or `... = 'ID'` fetched it from the keeper: the first
 *             statement of the list spends the grant (waiting for it, like any held statement)
 *   RUNNING   the spend is synced: each next message must be byte-equal to the next statement
 *   OVER      it ended, and its client does not know it yet: its next message is refused
 *
 * What ends a list: another text, a message of the extended protocol, an error of the server, a
 * statement that means something else than was shown, another policy, silence for as long as the
 * grant was good (`grant_ttl`), `sluice stop`, the end of the session, the loss of the keeper.
 * What is left of it then never runs under its approval. Each statement is recorded as an action of
 * its own that names the approval; the outcome of the list, whose rows are the statements that ran,
 * is that of the action that spent it.
 */
#ifndef SL_ROLE_GATE_LIST_H
#define SL_ROLE_GATE_LIST_H

#include "core/action/envelope.h"
#include "core/action/list.h"
#include "role/gate/hold_int.h"
#include "role/gate/judging.h"

enum list_phase { LIST_NOTING, LIST_ARMED, LIST_RUNNING, LIST_OVER };

struct refusal;

struct list_item {
    struct sl_span text;  /* malloc'd */
    struct judged judged; /* by itself, before anything of the list ran */
    struct sl_span unclear;
};

struct list {
    enum list_phase phase;
    struct list_item *items;
    size_t count, room, bytes;
    size_t judged_count;
    uint32_t listing, generation; /* under which they were judged */
    uint64_t label_generation, context;
    struct judged whole;
    char approval[37]; /* empty: any that is the very same */
    uint8_t uuid[16];
    uint64_t action; /* that spent it */
    size_t at, ran;
    /* list_base.c: its own changes of definitions since what is left was last judged */
    bool changed;
    size_t changed_from;    /* statements before this one excuse nothing any more */
    uint64_t others_before; /* target->ddl_sent before the first of them ... */
    uint64_t own_sent;      /* ... and how many of it since are the list's */
    uint32_t listed;        /* the first generation that has them; 0: none yet */
    struct judged *fresh;   /* from `at` on, while it is judged; NULL: it is not */
    size_t fresh_count;
    uint32_t fresh_listing;
    bool stopped;   /* somebody said stop */
    bool under_way; /* the server has statement `at` */
    uint64_t idle_ms;
    struct sl_timer *timer;
    /* envelope.c: one approval for many runs of a template; never RUNNING */
    struct sl_envelope bounds; /* times 0: it is none */
    struct sl_span template;   /* malloc'd; empty: it is not known yet */
    char why[256];             /* it ended */
    char sqlstate[6];
};

/* list.c */
enum sl_err list_new(struct session *s) SL_MUST_CHECK; /* instead of the one before */
enum sl_err list_add(struct list *l, struct sl_span text) SL_MUST_CHECK;
void list_free(struct session *s);
/* Ends it; what of it ran is recorded, if any of it may run. `tell`: its next message is refused.
 */
void list_end(struct session *s, uint8_t outcome, const char *sqlstate, const char *why, bool tell);
/* Judges all of it under what counts now. TAKE_WAIT as action_judge. */
enum take list_judge(struct session *s);
/* Its statements as core/action has them; `out` has SL_LIST_MAX places. */
size_t list_items(const struct list *l, struct sl_list_item *out);
void list_put_operation(struct sl_buf *b, const struct list *l);

/* list_base.c: before the next statement. TAKE_DONE with *moved: what is left stands on something
 * that somebody else changed. */
enum take list_base(struct session *s, bool *moved);
/* A statement of the list was sent, perhaps: before it target->ddl_sent and s->ddl_moves were this.
 */
void list_base_sent(struct session *s, uint64_t sent, uint64_t moves);
void list_base_answered(struct session *s);
void list_base_listed(struct session *s); /* a listing is current */
void list_base_free(struct list *l);

/* list_run.c: a simple query while there is a list. *taken false: it has nothing to do with it. */
enum take list_take(struct session *s, struct sl_span text, struct sl_span whole, bool *taken);
/* Messages that never belong to a list end it. False: there is none. */
bool list_breaks(struct session *s);
void list_drop(struct session *s, const char *why); /* another message does; NULL: nothing */
void list_answered(struct session *s, bool failed, const char *sqlstate);
void list_lost(struct session *s);                  /* the session ends */
void list_keeper_lost(struct session *s);           /* not before a new keeper says what is spent */
bool list_stop(struct session *s, uint64_t action); /* false: it is not of this list */
const uint8_t *list_approval(const struct session *s); /* that runs; NULL: none */

/* envelope.c: the same when it is an envelope. A statement of its template waits for its grant as
 * any held one; any other but transaction control ends it, and is then judged as usual. */
enum take envelope_take(struct session *s, struct sl_span text, struct sl_span whole, bool *taken);
/* TAKE_WAIT: it is being asked; TAKE_DONE: `no` says why not, as list_set.c refuses. */
enum take envelope_ask(struct session *s, struct refusal *no);
bool envelope_is(const struct session *s); /* one is taken up, or was and its end is not said */
/* The first deviation: told to the keeper and to the client. */
void envelope_end(struct session *s, const char *why);
/* The result at hand goes beyond what was approved, or beyond a budget; nothing where it is no use
 * of one. */
void envelope_exceeded(struct session *s, const char *why);

/* list_set.c: SET and SHOW sluice.request */
enum take list_set(struct session *s, struct sl_span value);
struct sl_span list_show(const struct session *s);
void list_keeper(struct gate *g, struct sl_channel *c, struct sl_packet *p);
void list_ask_again(struct session *s); /* a new keeper */

#endif
