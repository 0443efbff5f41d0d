/* An action that waits for people, until its grant is spent (hold.c, hold_digest.c, hold_keeper.c).
 */
#ifndef SL_ROLE_GATE_HOLD_H
#define SL_ROLE_GATE_HOLD_H

#include "ipc/messages.h"
#include "role/gate/judging.h"
#include "wire/pg/pg.h"

struct session;
struct prepared;
struct list;
struct sl_channel;

/* What a held action goes beyond (hold_digest.c puts it into the operation). */
struct over_budget {
    bool is;
    struct sl_span rule; /* whose budget; empty: the limit of labelled data */
    uint64_t continues;  /* the action that runs already; 0: it has not begun */
    uint64_t delivered;  /* rows of it */
    uint64_t before;     /* rows that lie before these and count; SL_ROWS_UNKNOWN: who knows */
};

/* hold.c: TAKE_DONE when the grant is spent and the bytes may go now. */
struct held_bytes {
    bool extended;
    struct sl_span text;
    const struct sl_pg_bind *bind;
    const struct prepared *prepared;
    uint32_t max_rows;
    struct sl_span bind_body; /* the Bind message that `bind` was read from */
    struct over_budget over;
    const struct list *list;     /* a whole list is held, `text` is its first statement */
    const struct list *envelope; /* `text` is of its template, which is what is held */
    bool list_asks;              /* ... until there is an approval, not until it may run */
};
enum take hold_take(struct session *s, const struct judged *j, const struct held_bytes *what);
void hold_keeper(struct session *s, enum sl_message type, struct sl_span body);
/* ACTION_NOTE: what a reviewer asks, as a NOTICE. */
void hold_note(struct session *s, struct sl_channel *c, struct sl_span body);
void hold_again(struct session *s);        /* a new keeper: ask again */
void hold_propose_late(struct session *s); /* what its channel had no room for */
void hold_judge_again(struct session *s, const char *why);
void hold_leave(struct session *s, uint8_t how, const char *why);
void hold_cancel(struct session *s);
/* Stopped when its grant is spent and nothing of it is sent. False: there is no such. */
bool hold_halt(struct session *s, uint64_t action);
void hold_moot(
    struct session *s); /* judged again, and it is not held any more: its approval is void */
/* A grant that may be spent, and for which no intent is in the journal, is recorded as refused: a
 * spent grant always has an outcome. */
void hold_free(struct session *s);
void hold_recorded(struct session *s); /* the intent is in the journal */
/* The message at the head ends without having run: so does whatever waits for it. */
void hold_end(struct session *s, const char *why);
bool hold_is_held(const struct session *s);
bool hold_waits(const struct session *s); /* for people: nothing is granted yet */
bool hold_is_granted(const struct session *s);
const char *hold_approval(const struct session *s);
const uint8_t *hold_approval_uuid(const struct session *s); /* NULL: none */
uint64_t hold_action(const struct session *s);              /* 0: none */
uint64_t hold_rows(const struct session *s); /* that the grant lets pass; 0: as policy says */

/* The action of a grant that is spent fails before it ran: what its outcome will say. */
void hold_fails(struct session *s, const char *sqlstate);

#endif
