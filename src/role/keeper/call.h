/* A CALL from the desk, the control socket or the command line while stopped, on its way through
 * one method; its answer may come later (calls.c, later.c, costly.c). The methods: methods.h.
 */
#ifndef SL_ROLE_KEEPER_CALL_H
#define SL_ROLE_KEEPER_CALL_H

#include "core/approval/approval.h"
#include "ipc/messages.h"
#include "role/keeper/credentials.h"
#include "role/keeper/methods.h"
#include "json/json.h"

struct keeper;
struct peer;
struct issuer;

struct call {
    const char *method; /* on the wire */
    struct keeper *keeper;
    struct sl_span provisions; /* with a provisioning credential: its issuer's `iss` */
    struct peer *peer;         /* NULL: offline */
    struct person who;
    struct credential with;
    struct asked_for others; /* by the word of its token */
    struct sl_span address;
    enum sl_decide_channel channel; /* how it came; from the desk: as the caller says */
    struct maker maker;             /* control: who sits there */
    const json_t *body;
    json_t *reply;
    uint32_t status;
    uint64_t number;         /* the caller's, of this call */
    bool deferred;           /* answered later: late_call */
    bool its_turn, queued;   /* costly.c */
    uint64_t costs_since_us; /* when it began, being one of those; else 0 */
    struct issuer *wait_for; /* handle the call again when this one is settled */
};
/* What a call that is answered later leaves behind. */
struct late {
    uint64_t peer, number;
    enum sl_decide_channel channel;
    char address[80];
};
void call_defer(struct call *c, struct late *late);
/* The call to be answered now; without a peer when the caller is gone. late_done answers it. */
struct call late_call(struct keeper *k, const struct late *late);
void late_done(struct call *c);
void on_call(struct peer *p, const struct sl_msg_call *m);
/* costly.c: questions that take long, and those that may be asked on and on, have their turn, one
 * after another, with time between them for everything else; a person has so many under way (429).
 */
enum sl_err costlies_new(struct keeper *k) SL_MUST_CHECK;
void costlies_free(struct keeper *k);
bool costly_is(const struct call *c);
bool costly_may_run(const struct call *c); /* nobody waits, and the rest after the last is over */
void costly_ran(const struct call *c, uint64_t took_us); /* with what its answer took */
bool costly_wait(struct call *c, const struct sl_msg_call *m); /* false: the answer is made */
void call_at_its_turn(struct peer *p, const struct sl_msg_call *m);
/* Runs one method; c->reply is set afterwards in any case. */
void call_run(struct call *c, enum sl_role role, struct sl_span method, struct sl_span credential);
void call_problem(struct call *c, uint32_t status, const char *title, const char *detail,
                  const char *hint);
/* The secret that was shown is unknown, so it is a guess: may this address make one more? Else the
 * answer is made. Asked after the secret was looked for: one of ours has 256 bits, so whoever has
 * it did not guess it, and nobody else at the same address keeps them from using it. */
bool call_may_guess(struct call *c, struct sl_span door);
struct sl_span call_str(struct call *c, const char *key); /* optional */
struct sl_span call_channel(const struct call *c);        /* for the record */
/* What becomes of a call that is answered later: takes the reply; problem details from 400 on. */
void late_answer(struct keeper *k, const struct late *late, uint32_t status, json_t *reply);
void late_problem(struct keeper *k, const struct late *late, uint32_t status, const char *title,
                  const char *detail);
/* oversight.c: may this caller see what is nobody's own? Else the answer is made. */
bool may_oversee(struct call *c);
#define CALL_DECLARE(NAME, wire, roles, needs) void call_##NAME(struct call *c);
SL_METHODS(CALL_DECLARE)
#undef CALL_DECLARE
void json_put_str(json_t *object, const char *key, struct sl_span value);
void json_put_number(json_t *object, const char *key, uint64_t value);
void json_put_time(json_t *object, const char *key, uint64_t at_us);

#endif
