/* What gates recorded: reading their journals, and what is spent and due (journals.c, drain.c).
 */
#ifndef SL_ROLE_KEEPER_JOURNALS_H
#define SL_ROLE_KEEPER_JOURNALS_H

#include "core/ledger/journal.h"
#include "ipc/messages.h"

struct keeper;
struct peer;
struct drain;
struct journal;

/* An approval that is spent and whose outcome is due. */
struct running {
    char approval[37];
    uint8_t proofs; /* for its elevated login, so far */
    bool list;      /* its statements have intents of their own, it has an outcome alone */
};

void journal_attach(struct keeper *k, uint32_t gate, int fd);
void journals_drain(struct keeper *k);
void journal_drain(struct keeper *k, uint32_t gate);
/* No gate of this number runs: what it had under way is unknown, its sessions are over. */
void journal_gone(struct keeper *k, uint32_t gate);
void journals_close(struct keeper *k);
void journals_accuse(struct keeper *k); /* what was found bad before the supervisor could be told */
/* The gate of this number is the one of this life (PEER): sessions of others are over, and what
 * they had under way is unknown. No clock says so: clocks are set back. */
void journal_gate_lives(struct keeper *k, uint32_t gate, uint64_t life);
void on_journal_kick(struct peer *p, const struct sl_msg_journal_kick *m);
void on_journal_sync(struct peer *p, const struct sl_msg_journal_sync *m);
void running_add(struct keeper *k, uint64_t session, uint64_t action, struct sl_span approval,
                 bool list);
struct running *running_of(struct keeper *k, uint64_t session, uint64_t action); /* NULL: not */
/* Has the gates stop whatever runs with this approval: the uses of an envelope run side by side.
 * How many that is. What became of each comes through its gate's journal. */
size_t running_stop(struct keeper *k, struct sl_span approval, struct sl_span who,
                    struct sl_span why);
/* What became of an action that was held; nothing when it was not. `leaf` (may be NULL) tells the
 * world. */
bool outcome_of_held(struct keeper *k, const struct sl_outcome_record *r,
                     const struct sl_buf *leaf);
enum sl_err running_load(struct keeper *k) SL_MUST_CHECK;
void running_free(struct keeper *k);
/* The session is over, and its journal is read: what was spent and not said to have ended. */
void running_unknown_of(struct keeper *k, uint64_t session);
void journals_release(struct keeper *k); /* after the commit: what was read may be overwritten */

/* drain.c: one pass over what a gate has written since. False: the journal is damaged. */
bool drain_pass(struct keeper *k, uint32_t gate);
void drain_free(struct drain *d);
struct action_key {
    uint64_t session, action;
};
static inline struct sl_span key_span(const struct action_key *key)
{
    return sl_span(key, sizeof *key);
}
/* The compact state of a drain (view.h). */
void drained_state(struct sl_buf *b, uint32_t gate, const struct journal *j,
                   const struct action_key *opened, size_t opened_count,
                   const struct action_key *ended, size_t ended_count);

#endif
