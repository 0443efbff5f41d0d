/* What the journal is told of a session: intents, outcomes, how far it is (record.c), and how
 * transactions end (txn.c). */
#ifndef SL_ROLE_GATE_RECORD_H
#define SL_ROLE_GATE_RECORD_H

#include "role/gate/judging.h"
#include "wire/pg/pg.h"

struct session;
struct gate;
struct item;
struct held_bytes;

enum take record_intent(struct session *s, const struct judged *j, struct sl_span text,
                        uint32_t flags, const struct sl_pg_bind *bind, uint64_t *action);
/* A statement that runs goes on with this grant, as an action of its own. SL_EFULL: not now. */
enum sl_err record_continue(struct session *s, const struct judged *j,
                            const struct held_bytes *what, const uint8_t approval[16],
                            uint64_t action) SL_MUST_CHECK;
void record_refusal(struct session *s, const struct judged *j, struct sl_span text,
                    const char *approval);
/* Of what the server has just answered. */
void record_outcome(struct session *s, uint64_t action, uint8_t outcome);
struct ending {
    uint8_t outcome;
    const char *sqlstate; /* five characters; NULL: none */
    uint64_t rows, bytes;
};
void record_ending(struct session *s, uint64_t action, const struct ending *e);
/* What is written and waits for the disk does not run, or not as it is written. */
void record_withdraw(struct session *s, const char *sqlstate);
enum { TXN_COMMITTED = 1, TXN_ROLLED_BACK = 2, TXN_UNKNOWN = 4 };
void record_txn(struct session *s, uint8_t outcome);
/* How far the running statements have come since the journal said so last. */
void record_progress(struct gate *g);
/* The same of an action that waits between two portions. */
void record_portion(struct session *s, uint64_t action, uint64_t rows, uint64_t bytes);

/* txn.c: which transactions ended, and how */
bool txn_is_mixed(const struct sl_meaning *m); /* a text that may hold several */
void txn_tag(struct session *s, const struct item *item, struct sl_span command);
void txn_is_over(struct session *s, const struct item *item); /* ReadyForQuery says: in none */
void txn_goes_on(struct session *s, const struct item *item); /* ... in one */
/* At its ReadyForQuery: all that this text has changed. */
bool txn_text_is_committed(const struct session *s, const struct item *item);
bool txn_has_committed(const struct session *s); /* something of the text under way */

#endif
