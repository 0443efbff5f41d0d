/* The insides of a hold, shared by hold.c, hold_digest.c and hold_keeper.c. */
#ifndef SL_ROLE_GATE_HOLD_INT_H
#define SL_ROLE_GATE_HOLD_INT_H

#include "crypto/crypto.h"
#include "role/gate/hold.h"
#include "role/gate/judging.h"
#include "role/gate/session.h"

enum { OPERATION_MAX = 32 * 1024 * 1024, TEXT_MAX = 8192 };

enum hold_phase {
    PHASE_PROPOSED,
    PHASE_HELD,
    PHASE_CHECKING,
    PHASE_OFFERED,
    PHASE_GRANTED,
    PHASE_REFUSED
};

struct hold {
    enum hold_phase phase;
    uint64_t action;
    char approval[37];
    uint8_t uuid[16];
    struct sl_buf operation; /* canonical, from the bytes as they were proposed */
    uint8_t operation_digest[SL_SHA256];
    uint8_t salt[SL_ACTION_SALT_BYTES], digest[SL_SHA256];
    uint8_t rules_digest[32];
    uint32_t generation, listing;
    struct sl_buf requesters; /* encoded list */
    struct sl_ipc_list requester_list;
    struct sl_action_context context; /* views into the session: it cannot change while it waits */
    struct judged judged;
    uint64_t wait_deadline_ms; /* 0: as long as the approval lives */
    struct sl_timer *timer;
    char sqlstate[6];
    struct sl_buf message, detail, hint;
    bool told;
    bool is_list, list_asks; /* of held_bytes */
    bool is_envelope;
    char only[37];   /* the approval that it must join, or empty */
    uint64_t rows;   /* granted: how many rows may pass in all; 0: as policy says */
    bool spending;   /* SPEND was sent, and no intent is in the journal yet */
    bool unproposed; /* the keeper has to read others first: the tick proposes it */
};

/* Makes one and notes its action; `wait_over` comes when the client's wait ends. */
enum sl_err hold_new(struct session *s, const struct judged *j, const struct held_bytes *what,
                     void (*wait_over)(void *owner), struct hold **out) SL_MUST_CHECK;
void hold_drop(struct session *s, struct hold *h); /* NULL is fine */
/* Asks the keeper, or has the tick do it: there may be no keeper, or no room in its channel for
 * another statement of 16 MB. */
void hold_propose(struct session *s, struct hold *h);
/* Policy or labels are others than it was judged with: its digest cannot be the keeper's. */
bool hold_is_outdated(const struct session *s, const struct hold *h);
void hold_leave_of(struct session *s, struct hold *h, uint8_t how, const char *why);
enum sl_err hold_take_held(struct session *s, struct hold *h, struct sl_span body) SL_MUST_CHECK;
/* Its words. */
enum sl_err hold_take_refused(struct hold *h, struct sl_span body) SL_MUST_CHECK;

/* The canonical operation of what is held, from its bytes. */
enum sl_err hold_put_operation(struct sl_buf *b, const struct held_bytes *what) SL_MUST_CHECK;
/* The digest of the whole action document with this operation, as the keeper computes it too. */
enum sl_err hold_digest(const struct session *s, const struct hold *h, const struct judged *j,
                        struct sl_span operation, uint8_t out[SL_SHA256]) SL_MUST_CHECK;
/* The answer will be no. */
void hold_refused(struct hold *h, const char *sqlstate, const char *message, const char *hint);

#endif
