/* The insides of a dial, shared by dial.c and dial_auth.c. */
#ifndef SL_ROLE_GATE_DIAL_INT_H
#define SL_ROLE_GATE_DIAL_INT_H

#include "crypto/crypto.h"
#include "role/gate/dial.h"

enum { INPUT_MAX = 64 * 1024, SERVER_TEXT_MAX = 300, ATTEMPTS = 2 };

enum dial_phase { DIAL_CONNECT, DIAL_TLS_ASK, DIAL_TLS, DIAL_LOGIN, DIAL_PROOF, DIAL_OVER };

struct dial {
    struct gate *gate;
    struct target *target;
    uint64_t session, elevated;
    dial_fn *fn;
    void *owner;
    enum dial_phase phase;
    size_t next_address;
    uint8_t attempt;
    struct dial_result result;
    struct sl_buf in, startup;
    struct sl_timer *timer;
    uint64_t call;
    bool plus; /* SCRAM-SHA-256-PLUS was chosen */
    bool was_sasl, proved, authenticated, ready, no_binding_seen;
    uint8_t server_signature[SL_SHA256];
    struct sl_buf first_bare, server_first, without_proof;
    struct sl_buf binding; /* tls-server-end-point data */
    char nonce[33];
    struct sl_buf problem;
    char sqlstate[6];
};

/* The dial is over; its owner hears `problem` from the loop. */
void dial_fail(struct dial *d, const char *sqlstate, const char *problem);
void dial_send(struct dial *d, struct sl_buf *b);
/* One Authentication message of the server. */
void dial_take_auth(struct dial *d, struct sl_span body);

#endif
