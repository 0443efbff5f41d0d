/* The insides of a login, shared by login*.c and startup.c. */
#ifndef SL_ROLE_GATE_LOGIN_INT_H
#define SL_ROLE_GATE_LOGIN_INT_H

#include "role/gate/login_way.h"
#include "role/gate/session.h"

enum { INPUT_MAX = 80 * 1024, OPTIONS_MAX = 32, VALUE_MAX = 256 };

enum login_step {
    STEP_STARTUP,
    STEP_TOKEN,
    STEP_SASL_FIRST,
    STEP_SASL_FINAL,
    STEP_OAUTH_LAST, /* told why not; its answer to that ends the session */
    STEP_KEEPER,
};

struct login {
    enum login_step step;
    struct sl_timer *timer;
    struct sl_arena *mem;
    struct sl_pg_option options[OPTIONS_MAX]; /* for the server */
    size_t option_count;
    struct sl_span user, database, upstream_user, app_name;
    bool tls_asked;
    struct sl_span server_signature;
    struct sl_span nonce;      /* the whole one: client's and keeper's */
    struct sl_span gs2_header; /* what the client said about channel binding */
    bool used_scram;
    enum login_wish wish;
    struct sl_span wanted_issuer; /* startup option `sluice.issuer`; its name */
    bool uses_oauth;
    struct {
        struct sl_span sqlstate, text, hint;
    } refusal; /* told last */
    struct dial *dial;
};

/* An option for the server's startup packet; false when there is no room. */
bool startup_add(struct session *s, struct sl_span name, struct sl_span value);
/* Takes the client's options, or ends the session with a sentence (false). */
bool startup_take(struct session *s, const struct sl_pg_startup *m);

/* login_startup.c: a startup packet's body. login_proof.c: a message that proves something. Both
 * end the session where it is not what may come now. */
void startup_packet(struct session *s, struct sl_span body);
void login_proof(struct session *s, uint8_t type, struct sl_span body);

/* Its proof goes to the keeper, which answers later (login_keeper). */
bool login_keeper_is_there(struct session *s); /* false: the session was ended */
void login_wait(struct session *s);
void login_send_token(struct session *s, struct sl_span token);
void login_end(struct session *s, struct sl_span sqlstate, struct sl_span text,
               struct sl_span hint);

/* --- login_oauth.c: OAUTHBEARER --- */
/* How this client may prove who it is. */
struct login_way login_way_of(struct session *s);
void oauth_first(struct session *s, struct sl_span response);
/* The keeper's no, or ours. */
void oauth_refuse(struct session *s, struct sl_span sqlstate, struct sl_span text,
                  struct sl_span hint);
void oauth_last(struct session *s, struct sl_span response);

/* To the client; a client that is gone ends the session. */
void login_say(struct session *s, struct sl_buf *b);

#endif
