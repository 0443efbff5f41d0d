/* What the files of the desk share. One process, one loop, no threads.
 *
 * A connection reads one request at a time, hands it to its route, and writes the answer; what
 * takes longer (a question to the keeper, a long poll, a stream of events) refers to the connection
 * by its id, never by pointer: connections end whenever their client likes. A connection that ended
 * is freed by sl_desk_bury, before the loop sleeps, so that no callback finds it gone under its
 * feet.
 */
#ifndef SL_ROLE_DESK_DESK_INT_H
#define SL_ROLE_DESK_DESK_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "core/policy/policy.h"
#include "os/channel.h"
#include "os/net.h"
#include "os/tls.h"
#include "role/desk/files.h"
#include "role/desk/forwarded.h"
#include "role/desk/guard.h"
#include "role/desk/routes.h"
#include "json/json.h"

enum {
    SL_DESK_MAX_CONNS = 8192,
    SL_DESK_MAX_CONNS_AN_ADDRESS = 4096,
    SL_DESK_MAX_STREAMS = 256,        /* a quarter of them for tokens that ask */
    SL_DESK_STREAMS_OF_ONE = 8,       /* of one identity that asks */
    SL_DESK_STREAMS_OF_A_PERSON = 32, /* of one that decides, in whatever browsers */
    SL_DESK_EXPORTS_OF_ONE = 2,
    SL_DESK_MAX_HEAD = 16 * 1024,
    SL_DESK_MAX_TARGET = 6 * 1024, /* some providers' codes have more than a thousand letters */
    SL_DESK_MAX_BODY = 1024 * 1024,
    SL_DESK_MAX_BODIES = 64 * 1024 * 1024, /* of all connections together */
    SL_DESK_MAX_OUT = SL_IPC_MAX_BODY + 64 * 1024,
    SL_DESK_MAX_OUTS =
        256 * 1024 * 1024, /* of all connections together; then what is large waits */
    SL_DESK_LARGE_ANSWER = 64 * 1024,
    SL_DESK_MAX_WAIT_S = 60,
    SL_DESK_EVENTS_KEPT = 1024,

    SL_DESK_IDLE_MS = 75 * 1000, /* between two requests */
    SL_DESK_HEAD_MS = 10 * 1000, /* from a head's first byte to its last, and for a TLS handshake */
    SL_DESK_BODY_MS = 30 * 1000, /* for the whole body */
    SL_DESK_WRITE_MS = 30 * 1000, /* without any progress */
    SL_DESK_LINGER_MS = 2 * 1000, /* reading on after the last answer, so that it is not reset */
    SL_DESK_CALL_MS = 30 * 1000,  /* for the keeper's answer */
    SL_DESK_HEARTBEAT_MS = 15 * 1000, /* a comment in a stream of events */
};

struct sl_desk;

enum sl_desk_phase {
    SL_DESK_SHAKING,   /* TLS handshake */
    SL_DESK_READING,   /* waits for a request, or is in the middle of one */
    SL_DESK_ANSWERING, /* somebody works on the answer */
    SL_DESK_STREAMING, /* events */
    SL_DESK_EXPORTING, /* pieces of a file */
    SL_DESK_FLUSHING,  /* the last answer goes out */
    SL_DESK_LINGERING, /* waits for the client's end */
    SL_DESK_ENDED,
};

struct sl_desk_request {
    const struct sl_desk_route *route;
    bool is_head, keep_alive, has_body;
    unsigned refusal; /* a status to answer with once the request was read; 0: none */
    const char *why;
    struct sl_buf allowed; /* for 405 and OPTIONS */
    char id[SL_DESK_ID_BYTES];
    struct sl_buf credential;      /* what the caller shows: ours, or a provider's token */
    struct sl_buf flow;            /* of the cookie that a way back from a provider needs */
    struct sl_buf device;          /* of the cookie that names the browser, where one signs in */
    bool by_cookie;                /* it is a session of the console */
    char file[SL_DESK_MAX_FILE];   /* of a path with {file}, {issuer}, {entry} or {tile} */
    char etag[48];                 /* If-None-Match */
    char stamp[24], signature[96]; /* of what a chat sends */
    struct sl_buf vouch;           /* or the token that comes with it; the keeper looks at it */
    bool gzip;                     /* may be answered with it */
    char channel[16];              /* what the caller says it is; the keeper knows the words */
    char client[64];               /* its address, which a proxy of ours may have said */
    struct sl_buf query, body;
    size_t *all_bodies; /* the desk's count, which `body` is part of */
    /* a long poll: the state that the client knows (empty: the first one that was read) */
    char known_state[16];
    uint64_t wait_until_ms; /* 0: answer at once */
    bool waiting;           /* no question is under way; an EVENT or the time asks again */
    /* a stream of events */
    char last_event[48];
    uint64_t next_event, asked_event, heartbeat_ms;
    uint64_t rest_until_ms; /* the keeper is asked nothing before */
    bool looking;           /* a question is under way whether its credential is still good */
    /* an export: what is asked next, NULL: nothing more */
    json_t *export_question;
    uint64_t export_lines;
    bool export_asked, export_csv;
    uint8_t streams_for[32]; /* of a stream or an export: SHA-256 of the identity that has it */
};

struct sl_desk_conn {
    struct sl_desk *desk;
    struct sl_desk_conn *next, *previous;
    uint64_t id, deadline_ms;
    int fd;
    struct sl_watch *watch;
    struct sl_tls *tls; /* NULL without TLS */
    enum sl_desk_phase phase;
    bool tls_wants_write, head_begun;
    struct sl_http1 parser;
    struct sl_buf in, out;
    size_t out_counted; /* of `out`, in the desk's count */
    struct sl_desk_request *request;
    char address[64];     /* of the other end, without the port */
    bool forwarded_badly; /* said in the log already */
};

/* The answer of the keeper. status 503 or 504 with an empty body: there was none. */
typedef void sl_desk_reply_fn(struct sl_desk_conn *c, unsigned status, struct sl_span body);

struct sl_desk_event {
    uint64_t number; /* our own, from 1, without gaps */
    char approval[SL_DESK_ID_BYTES], kind[32], state[16];
};

struct sl_desk_listener {
    int fd;
    struct sl_watch *watch;
};

struct sl_desk {
    struct sl_loop *loop;
    struct sl_channel *super, *keeper;
    int sign_fd; /* -1 until it came */
    struct sl_config *config;
    struct sl_desk_place place;
    struct sl_desk_proxies proxies;
    struct sl_tls_context *tls;
    struct sl_desk_listener listeners[4];
    size_t listener_count;
    bool resting; /* out of descriptors: accepts again at the next tick */

    struct sl_desk_conn *conns, *graves;
    size_t conn_count, stream_count;
    size_t body_bytes;                      /* of all requests */
    size_t out_bytes;                       /* memory of answers that are not sent yet */
    struct sl_map *conns_by_id, *addresses; /* addresses: "127.0.0.1" -> count */
    uint64_t next_conn;

    struct sl_map *calls;
    uint64_t next_call;

    struct sl_desk_event events[SL_DESK_EVENTS_KEPT];
    uint64_t last_event; /* number of the newest, 0: none */
    char epoch[9];       /* changes with each keeper: numbers of another one mean nothing */

    struct sl_timer *tick;
    bool draining, drained, failed;
    uint64_t drain_until_ms;
};

/* --- conn.c: bytes in and out --------------------------------------------------------------- */
void sl_desk_conn_open(struct sl_desk *d, int fd, const struct sl_net_address *peer);
void sl_desk_conn_end(struct sl_desk_conn *c);
struct sl_desk_conn *sl_desk_conn_find(struct sl_desk *d, uint64_t id);
/* Writes what is in `out`, then goes on with what the client sent meanwhile. */
void sl_desk_conn_go_on(struct sl_desk_conn *c);
void sl_desk_conn_deadline(struct sl_desk_conn *c, uint64_t after_ms);
/* The deadline of a connection that waits for its next request, with or without an answer unsent.
 */
void sl_desk_conn_between(struct sl_desk_conn *c);
void sl_desk_bury(struct sl_desk *d);

/* --- listen.c: who may connect -------------------------------------------------------------- */
enum sl_err sl_desk_listen(struct sl_desk *d, int fd) SL_MUST_CHECK;
void sl_desk_listen_stop(struct sl_desk *d);
void sl_desk_address_leave(struct sl_desk *d, const char *address);
/* Each second: deadlines, heartbeats, drain. */
void sl_desk_tick(void *desk);

/* --- request.c: from events of the parser to a request that is in order --------------------- */
void sl_desk_request_event(struct sl_desk_conn *c, const struct sl_http1_event *ev);
void sl_desk_request_free(struct sl_desk_request *r);

/* --- answer.c ------------------------------------------------------------------------------- */
struct sl_desk_answer {
    unsigned status;
    const char *type; /* media type; NULL: no body */
    struct sl_span body;
    struct sl_span allowed; /* the Allow header, when not empty */
    unsigned retry_after_s; /* the Retry-After header, when not 0 */
    bool close;
    struct sl_span cookie, second_cookie, third_cookie; /* Set-Cookie headers, when not empty */
    struct sl_span location;                            /* the Location header, when not empty */
    bool page;                                          /* HTML of ours, with the console's looks */
    /* of the console's files: */
    const char *etag; /* NULL: it is none of them, and nobody keeps it */
    enum sl_desk_caching { SL_DESK_CACHE_ASK, SL_DESK_CACHE_FOREVER } caching;
    bool gzip;
};
/* The whole answer; the connection is then READING again or FLUSHING. */
void sl_desk_answer(struct sl_desk_conn *c, const struct sl_desk_answer *a);
void sl_desk_problem(struct sl_desk_conn *c, unsigned status, const char *detail);
/* A body of unknown length; `disposition` (may be NULL): the header that makes a file of it. */
void sl_desk_stream_begin(struct sl_desk_conn *c, enum sl_desk_phase phase, const char *type,
                          const char *disposition);
/* The body is whole: what is in `out` goes out, then the connection ends. */
void sl_desk_stream_end(struct sl_desk_conn *c);
/* May this request begin one (an export, or else a stream of events) for the identity that the
 * keeper's answer names? False: it is answered why not. */
bool sl_desk_stream_has_room(struct sl_desk_conn *c, const json_t *told, bool is_export);

/* --- keeper.c: questions to the keeper ------------------------------------------------------ */
enum sl_err sl_desk_keeper_new(struct sl_desk *d, int fd) SL_MUST_CHECK;
/* Asks for this connection; `fn` runs once, with an answer or 503/504, unless the connection ended.
 */
void sl_desk_ask(struct sl_desk_conn *c, const char *method, struct sl_span body,
                 sl_desk_reply_fn *fn);
void sl_desk_calls_overdue(struct sl_desk *d, uint64_t now_ms);
/* Passes a reply on as the answer; 503 and 504 in our own words. */
void sl_desk_pass_on(struct sl_desk_conn *c, unsigned status, struct sl_span body);

/* --- ledger.c: the ledger's files, and exports ------------------------------------------------ */
void sl_desk_ledger(struct sl_desk_conn *c);
void sl_desk_export(struct sl_desk_conn *c, json_t *question); /* takes the reference */
void sl_desk_export_pump(struct sl_desk_conn *c);

/* --- handle.c: what each kind of route does ------------------------------------------------- */
void sl_desk_handle(struct sl_desk_conn *c);
void sl_desk_poll_again(struct sl_desk_conn *c);
void sl_desk_ask_object(struct sl_desk_conn *c, const json_t *object, sl_desk_reply_fn *fn);

/* --- serve.c, session.c: the console -------------------------------------------------------- */
void sl_desk_serve(struct sl_desk_conn *c);
void sl_desk_sign_in(struct sl_desk_conn *c, json_t *object);
void sl_desk_session(struct sl_desk_conn *c);
void sl_desk_sign_out(struct sl_desk_conn *c);
/* "__Host-sluice=SECRET; ..." for a Set-Cookie header. */
void sl_desk_put_session_cookie(struct sl_buf *b, struct sl_span secret, const char *more);
void sl_desk_put_device_cookie(struct sl_buf *b, struct sl_span secret); /* empty: nothing */
/* "device" of what the keeper is asked: the browser's cookie, and nothing that a body says. */
bool sl_desk_add_device(struct sl_desk_conn *c, json_t *object);

/* --- signin.c: by way of an identity provider ------------------------------------------------ */
void sl_desk_depart(struct sl_desk_conn *c, json_t *object);
void sl_desk_return(struct sl_desk_conn *c);
sl_desk_reply_fn sl_desk_on_link; /* where the page sends the browser, and the cookie for it */

/* --- events.c ------------------------------------------------------------------------------- */
void sl_desk_events_begin(struct sl_desk_conn *c);
void sl_desk_event_came(struct sl_desk *d, const struct sl_msg_event *m);
void sl_desk_events_pump(struct sl_desk_conn *c);
void sl_desk_events_new_epoch(struct sl_desk *d);
void sl_desk_events_heartbeat(struct sl_desk_conn *c, uint64_t now_ms);

/* --- super.c: setting up, reload, drain ----------------------------------------------------- */
enum sl_err sl_desk_start(struct sl_desk *d, struct sl_msg_setup *setup) SL_MUST_CHECK;
void sl_desk_super_packet(void *desk, struct sl_channel *ch, struct sl_packet *packet);
void sl_desk_super_end(void *desk, struct sl_channel *ch, enum sl_err why);
void sl_desk_drain_check(struct sl_desk *d);

#endif
