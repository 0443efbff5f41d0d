/* One WebSocket from the inside: socket.c begins and ends it, socket_talk.c hears and answers,
 * socket_io.c moves the bytes. */
#ifndef SL_ROLE_COURIER_SOCKET_INT_H
#define SL_ROLE_COURIER_SOCKET_INT_H

#include "role/courier/courier_int.h"
#include "wire/ws/ws.h"

enum {
    SL_SOCKET_QUEUE_MOST = 256 * 1024, /* bytes that wait to go out */
    SL_SOCKET_MESSAGE_MOST = 1024 * 1024,
    SL_SOCKET_BLOCK = 16 * 1024,
};

enum sl_socket_state {
    SL_SOCKET_CONNECTING,
    SL_SOCKET_SHAKING, /* the request is out, the answer is not here */
    SL_SOCKET_OPEN,
    SL_SOCKET_CLOSING, /* a close frame goes out, or is; what comes is passed over */
};

struct sl_courier_socket {
    struct sl_courier *courier;
    struct sl_courier_socket *next;
    uint64_t stream;
    enum sl_socket_state state;
    struct sl_buf host, target;
    bool tls;
    CURL *easy;
    struct sl_watch *watch; /* once it is connected */
    struct sl_timer *timer; /* of whatever is due next */
    struct sl_timer *more;  /* TLS may hold bytes that make no descriptor readable */
    uint64_t deadline_ms;   /* to be open, or to be closed; 0: none */
    uint64_t heard_ms, ping_ms;
    uint8_t key[SL_WS_KEY];
    struct sl_ws_in parser;
    struct sl_buf in, message, out;
    uint8_t block[SL_SOCKET_BLOCK]; /* what a write was begun with: it is repeated as it was */
    size_t block_bytes, block_sent;
    char why[CURL_ERROR_SIZE]; /* libcurl's */
    struct sl_buf ended;       /* why, for the keeper: the first reason counts */
};

/* --- socket.c --------------------------------------------------------------------------------- */
/* The end: tells the keeper why, and frees it. Nothing may touch it after that. */
void sl_socket_end(struct sl_courier_socket *s, const char *why);

/* --- socket_talk.c ---------------------------------------------------------------------------- */
/* Takes in what has come. false: it is over. */
bool sl_socket_take(struct sl_courier_socket *s);
/* Says close, and ends when the other side has ended it too, or in a moment. The first reason is
 * the reason. false: it is over. */
bool sl_socket_begin_closing(struct sl_courier_socket *s, uint16_t code, const char *why);
/* It ends because too much waits to go out; always false. */
bool sl_socket_full(struct sl_courier_socket *s);
/* The timer, for whatever is due next. */
void sl_socket_arm(struct sl_courier_socket *s);
void sl_socket_on_time(void *owner);

/* --- socket_io.c ------------------------------------------------------------------------------ */
/* Watches the connection from now on. */
enum sl_err sl_socket_watch(struct sl_courier_socket *s) SL_MUST_CHECK;
/* Sends what waits, as far as there is room. false: it is over. */
bool sl_socket_push(struct sl_courier_socket *s);
/* Frames into the queue; the masks are fresh. SL_EFULL: it takes no more. */
enum sl_err sl_socket_put(struct sl_courier_socket *s, enum sl_ws_opcode opcode,
                          struct sl_span bytes) SL_MUST_CHECK;

#endif
