/* WebSockets (RFC 6455), the client's side: the opening handshake, frames out, frames in.
 *
 * Strict: what the standard lets a client mend or negotiate is refused. No extension and no
 * subprotocol is offered, so none is accepted; binary messages are not understood; a length has its
 * shortest form; a text is UTF-8 from its first byte on. Each refusal has its own reason, with the
 * code that the peer is told (section 7.4.1) and a sentence for people (SL_WS_REFUSALS).
 *
 * Pure: no socket, no clock, no memory of its own, no randomness: the key of the handshake and the
 * mask of each frame are the caller's, and have to be fresh and not to be guessed (sections 4.1
 * and 5.3).
 *
 *   sl_ws_put_request(&out, host, target, key);
 *   while ((step = sl_ws_answer(&in, key, &status, &why)) == SL_STEP_NEED_MORE)
 *       ...                        append what comes to `in`, call again
 *   struct sl_ws_in p = sl_ws_in(max_message);
 *   while ((step = sl_ws_step(&p, &in, &event)) == SL_STEP_EVENT)
 *       ...                        `in` has moved past what the event used up
 *   NEED_MORE: keep what is left of `in`, append what comes, call again.   BROKEN: p.why says why.
 */
#ifndef SL_WIRE_WS_WS_H
#define SL_WIRE_WS_WS_H

#include "base/buf.h"
#include "base/step.h"
#include "base/utf8.h"

/* clang-format off */
#define SL_WS_REFUSALS(X) /* name, close code (0: before there is anything to close), text */               \
    X(NONE,               0,    "nothing is wrong")                                                        \
    X(HEAD_TOO_LARGE,     0,    "the answer's head is too large")                                          \
    X(HEAD_SYNTAX,        0,    "the answer is not HTTP/1.1, or a line of its head is not in order")       \
    X(STATUS,             0,    "the server does not switch to a WebSocket")                               \
    X(UPGRADE,            0,    "the answer has not exactly one 'Upgrade: websocket'")                     \
    X(CONNECTION,         0,    "the answer has not exactly one 'Connection: Upgrade'")                    \
    X(ACCEPT,             0,    "the answer's Sec-WebSocket-Accept does not belong to this request")       \
    X(EXTENSION,          0,    "the server wants an extension that nobody offered")                       \
    X(SUBPROTOCOL,        0,    "the server wants a subprotocol that nobody offered")                      \
    X(BODY,               0,    "the answer announces a body")                                             \
    X(RESERVED,           1002, "a frame has a reserved bit set")                                          \
    X(OPCODE,             1002, "a frame has an unknown opcode")                                           \
    X(MASKED,             1002, "a frame of the server is masked")                                         \
    X(LENGTH,             1002, "a frame's length is not in its shortest form")                            \
    X(CONTROL_FRAGMENTED, 1002, "a control frame is fragmented")                                           \
    X(CONTROL_LENGTH,     1002, "a control frame has more than 125 bytes")                                 \
    X(CONTINUATION,       1002, "a frame continues a message that was not begun")                          \
    X(INTERLEAVED,        1002, "a message begins within another")                                         \
    X(CLOSE_BODY,         1002, "a close frame has a body of one byte")                                    \
    X(CLOSE_CODE,         1002, "a close frame has a code that may not be sent")                           \
    X(CLOSE_REASON,       1007, "a close frame's reason is not UTF-8")                                     \
    X(BINARY,             1003, "a message is binary")                                                     \
    X(UTF8,               1007, "a text message is not UTF-8")                                             \
    X(FRAGMENTS,          1008, "a message has too many fragments")                                        \
    X(TOO_LARGE,          1009, "a message is too large")
/* clang-format on */

enum sl_ws_refusal {
#define SL_WS_REFUSAL_NAME(name, code, text) SL_WS_##name,
    SL_WS_REFUSALS(SL_WS_REFUSAL_NAME)
#undef SL_WS_REFUSAL_NAME
        SL_WS_REFUSAL_COUNT
};
uint16_t sl_ws_refusal_code(enum sl_ws_refusal r);
const char *sl_ws_refusal_text(enum sl_ws_refusal r); /* never NULL */

enum {
    SL_WS_KEY = 16,             /* bytes of the handshake's key */
    SL_WS_MASK = 4,             /* bytes of a frame's mask */
    SL_WS_HEAD_MOST = 8 * 1024, /* bytes of the answer's head, with its last empty line */
    SL_WS_CONTROL_MOST = 125,   /* bytes in a control frame */
    SL_WS_FRAGMENTS_MOST = 4096,
    SL_WS_IN_MOST = SL_WS_CONTROL_MOST + 14, /* bytes that a step may leave when it needs more */
};

/* --- the opening handshake (section 4.1) ------------------------------------------------------ */
/* host: "name" or "name:port"; target: "/path?query". A byte in them that is not visible ASCII, or
 * a target without its slash, sets SL_EMALFORMED in the buffer: nobody forges a line. */
void sl_ws_put_request(struct sl_buf *b, struct sl_span host, struct sl_span target,
                       const uint8_t key[SL_WS_KEY]);
/* `in`: all that has come. EVENT: the server agrees, and `in` begins with its first frame. BROKEN:
 * `why`. status: what it answered (403), 0 where that cannot be read; set with EVENT and BROKEN. */
enum sl_step sl_ws_answer(struct sl_span *in, const uint8_t key[SL_WS_KEY], unsigned *status,
                          enum sl_ws_refusal *why);

/* --- frames out (section 5.2) ----------------------------------------------------------------- */
enum sl_ws_opcode {
    SL_WS_OP_CONTINUATION = 0,
    SL_WS_OP_TEXT = 1,
    SL_WS_OP_BINARY = 2,
    SL_WS_OP_CLOSE = 8,
    SL_WS_OP_PING = 9,
    SL_WS_OP_PONG = 10,
};
/* One whole message, or a control frame (more than 125 bytes in it: SL_ELIMIT in the buffer). */
void sl_ws_put(struct sl_buf *b, enum sl_ws_opcode opcode, struct sl_span bytes,
               const uint8_t mask[SL_WS_MASK]);
void sl_ws_put_close(struct sl_buf *b, uint16_t code, const uint8_t mask[SL_WS_MASK]);

/* --- frames in (sections 5.2 to 5.6) ---------------------------------------------------------- */
enum sl_ws_event_type {
    SL_WS_TEXT, /* a part of a message; `last`: with it the message is whole. It may be empty */
    SL_WS_PING, /* answer it with a pong of the same bytes */
    SL_WS_PONG,
    SL_WS_CLOSE, /* answer it, and end. Whatever comes behind it is passed over */
};
struct sl_ws_event {
    enum sl_ws_event_type type;
    struct sl_span bytes; /* a view into the caller's bytes; of a close frame its reason */
    bool last;
    uint16_t code; /* of a close frame; 1005: it gave none */
};

/* Any split of the bytes gives the same messages and the same refusal; only the parts of a message
 * may be cut elsewhere. A message that is announced larger than max_message breaks before any byte
 * of that frame is given out: the caller never holds more. */
struct sl_ws_in {
    uint64_t max_message;
    uint64_t message_bytes; /* of the message so far, with what its frame announces */
    uint64_t left;          /* of the frame */
    unsigned fragments;
    bool in_message, in_frame, last, closed;
    struct sl_utf8_stream text;
    enum sl_ws_refusal why; /* broken stays broken */
};
struct sl_ws_in sl_ws_in(uint64_t max_message);
enum sl_step sl_ws_step(struct sl_ws_in *p, struct sl_span *in, struct sl_ws_event *event);

#endif
