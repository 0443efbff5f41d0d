/* HTTP/1.1 requests in, events out; responses out (RFC 9110, RFC 9112).
 *
 * The parser refuses what it would have to repair. Two readers of the same bytes must never see two
 * different messages, so whatever the standard lets a recipient mend, ignore or guess is refused
 * here: line folding, bare LF, blanks before the colon, a second Host, a Content-Length beside
 * chunked, chunk extensions, trailers, dot segments, encoded slashes, other versions. Each refusal
 * has its own reason with a status and a sentence (SL_HTTP1_REFUSALS).
 *
 * Pull style. The caller owns the bytes and presents all that it has not yet been told to drop:
 *
 *   while ((step = sl_http1_step(&p, &in, &event)) == SL_HTTP1_EVENT)
 *       ...                        in has moved past what the event used up
 *   NEED_MORE: keep `in` as it is, append what comes, call again.   BROKEN: p.refusal says why.
 *
 * One request gives HEAD, then BODY any number of times, then END; the next request follows in the
 * same bytes. Any split of the bytes gives the same events (BODY pieces join to the same bytes) and
 * the same refusal. Views in an event point into the caller's bytes. The parser owns no memory,
 * socket or clock; broken stays broken. It knows origin-form targets only (no CONNECT, no `*`, no
 * absolute form).
 */
#ifndef SL_WIRE_HTTP1_HTTP1_H
#define SL_WIRE_HTTP1_HTTP1_H

#include "base/buf.h"

/* clang-format off */
#define SL_HTTP1_REFUSALS(X)                                                                              \
    X(NONE,               200, "nothing is wrong")                                                        \
    X(BARE_LF,            400, "a line ends in LF without CR")                                            \
    X(BARE_CR,            400, "a CR is not followed by LF")                                              \
    X(CONTROL_BYTE,       400, "a control character stands in the head of the request")                   \
    X(NOT_ASCII,          400, "a byte outside ASCII stands in the head of the request")                  \
    X(HEAD_TOO_LARGE,     431, "the head of the request is too large")                                    \
    X(EMPTY_LINE,         400, "the request begins with an empty line")                                   \
    X(REQUEST_LINE,       400, "the request line is not 'METHOD /path HTTP/1.1'")                         \
    X(METHOD_SYNTAX,      400, "the method is not a token of upper-case letters")                         \
    X(METHOD_UNKNOWN,     501, "this method is not served")                                               \
    X(VERSION,            505, "only HTTP/1.1 is spoken here")                                            \
    X(TARGET_TOO_LONG,    414, "the request target is too long")                                          \
    X(TARGET_FORM,        400, "the request target does not begin with one '/'")                          \
    X(TARGET_CHARACTER,   400, "the request target holds a character that must be percent-encoded")       \
    X(TARGET_ESCAPE,      400, "a percent sign in the request target is not followed by two hexadecimal digits") \
    X(TARGET_HIDDEN,      400, "the request target hides a control character, a slash or a backslash")    \
    X(TARGET_DOTS,        400, "the request target has a '.' or '..' segment")                            \
    X(TARGET_EMPTY_SEGMENT, 400, "the request target has an empty segment")                               \
    X(FOLDED,             400, "a header line is folded")                                                 \
    X(HEADER_NO_COLON,    400, "a header line has no colon")                                              \
    X(HEADER_NAME,        400, "a header name is empty, or is not a token right up to the colon")         \
    X(TOO_MANY_HEADERS,   431, "there are too many header lines")                                         \
    X(DUPLICATE_HEADER,   400, "a header that may stand once stands twice")                               \
    X(HOST_MISSING,       400, "there is no Host header")                                                 \
    X(HOST_INVALID,       400, "the Host header is not a host name with an optional port")                \
    X(LENGTH_INVALID,     400, "the Content-Length is not a plain decimal number")                        \
    X(LENGTH_AND_CHUNKED, 400, "both Content-Length and Transfer-Encoding are given")                     \
    X(CODING_UNKNOWN,     501, "the only transfer coding that is understood is 'chunked'")                \
    X(TRAILER,            400, "trailers are not accepted")                                               \
    X(CONNECTION,         400, "the Connection header names something other than 'close' or 'keep-alive'") \
    X(UPGRADE,            400, "no other protocol can be switched to")                                    \
    X(EXPECTATION,        417, "the only expectation that can be met is '100-continue'")                  \
    X(BODY_UNEXPECTED,    400, "a request with this method carries no body")                              \
    X(BODY_TOO_LARGE,     413, "the body is too large")                                                   \
    X(CHUNK_SIZE,         400, "a chunk size is not a plain hexadecimal number")                          \
    X(CHUNK_EXTENSION,    400, "chunk extensions are not accepted")                                       \
    X(CHUNK_END,          400, "a chunk is not followed by CRLF")

#define SL_HTTP1_METHODS(X) /* name, may carry a body */ \
    X(GET, false) X(HEAD, false) X(POST, true) X(PUT, true) X(PATCH, true) X(DELETE, false) X(OPTIONS, false)
/* clang-format on */

enum sl_http1_refusal {
#define SL_HTTP1_REFUSAL_NAME(name, status, text) SL_HTTP1_##name,
    SL_HTTP1_REFUSALS(SL_HTTP1_REFUSAL_NAME)
#undef SL_HTTP1_REFUSAL_NAME
        SL_HTTP1_REFUSAL_COUNT
};
/* The status to answer with, and a sentence for people. */
unsigned sl_http1_refusal_status(enum sl_http1_refusal r);
const char *sl_http1_refusal_text(enum sl_http1_refusal r);

enum sl_http1_method {
#define SL_HTTP1_METHOD_NAME(name, body) SL_HTTP1_METHOD_##name,
    SL_HTTP1_METHODS(SL_HTTP1_METHOD_NAME)
#undef SL_HTTP1_METHOD_NAME
};
const char *sl_http1_method_name(enum sl_http1_method m);

enum { SL_HTTP1_HEADERS = 64 }; /* room for header lines; a limit above it counts as it */

struct sl_http1_limits {
    size_t head_bytes, target_bytes, headers;
    uint64_t body_bytes;
};

struct sl_http1_header {
    struct sl_span name, value; /* value without blanks around it */
};

struct sl_http1_head {
    enum sl_http1_method method;
    struct sl_span target, path, query; /* as sent; escapes are valid; query without the '?' */
    struct sl_span host;                /* "name" or "name:port", valid */
    struct sl_http1_header headers[SL_HTTP1_HEADERS];
    size_t header_count;
    bool chunked; /* else the body has body_bytes bytes */
    uint64_t body_bytes;
    bool expect_continue; /* the client waits for 100 before it sends the body */
    bool keep_alive;
};
/* The value of a header, or an empty span with p == NULL when it is absent. With several, the
 * first. */
struct sl_span sl_http1_header(const struct sl_http1_head *h, const char *name);

enum sl_http1_event_type { SL_HTTP1_HEAD, SL_HTTP1_BODY, SL_HTTP1_END };
struct sl_http1_event {
    enum sl_http1_event_type type;
    struct sl_http1_head head; /* of HEAD */
    struct sl_span body;       /* of BODY, never empty */
};

enum sl_http1_step { SL_HTTP1_EVENT, SL_HTTP1_NEED_MORE, SL_HTTP1_BROKEN };

enum sl_http1_phase {
    SL_HTTP1_IN_HEAD,
    SL_HTTP1_IN_BODY,
    SL_HTTP1_IN_CHUNK_SIZE,
    SL_HTTP1_IN_CHUNK,
    SL_HTTP1_IN_CHUNK_END,
    SL_HTTP1_IN_LAST_CHUNK,
    SL_HTTP1_AT_END,
};

struct sl_http1 {
    const struct sl_http1_limits *limits; /* outlives the parser */
    enum sl_http1_phase phase;
    enum sl_http1_refusal refusal;
    size_t scanned;      /* bytes of an unfinished head that were looked at already */
    uint64_t left;       /* of the body or of the chunk */
    uint64_t body_total; /* of all chunks so far */
};

struct sl_http1 sl_http1(const struct sl_http1_limits *limits);
enum sl_http1_step sl_http1_step(struct sl_http1 *p, struct sl_span *in, struct sl_http1_event *ev);
/* Between two requests: nothing of the next one was seen. */
bool sl_http1_idle(const struct sl_http1 *p);

/* --- targets -------------------------------------------------------------------------------- */
/* Splits and checks an origin-form target; SL_HTTP1_NONE when it is in order. */
enum sl_http1_refusal sl_http1_target(struct sl_span target, struct sl_span *path,
                                      struct sl_span *query);
/* Appends with escapes decoded. The text must have passed sl_http1_target. */
void sl_http1_unescape(struct sl_buf *b, struct sl_span text);
/* The raw value of a query field ("a=1&b=2"). SL_ENOTFOUND; SL_EMALFORMED when it is there twice.
 */
enum sl_err sl_http1_query(struct sl_span query, const char *name, struct sl_span *value)
    SL_MUST_CHECK;
/* The n-th "name=value" of a query; false past the end. For callers that refuse names they do not
 * know. */
bool sl_http1_query_next(struct sl_span *rest, struct sl_span *name, struct sl_span *value);
/* Is this "host" or "host:port" with a valid name, IPv4 or [IPv6] address? */
bool sl_http1_host_valid(struct sl_span host);

/* --- writing -------------------------------------------------------------------------------- */
/* Header values with control characters set SL_EMALFORMED in the buffer: nobody forges a line. */
void sl_http1_put_status(struct sl_buf *b, unsigned status);
void sl_http1_put_header(struct sl_buf *b, const char *name, struct sl_span value);
void sl_http1_put_length(struct sl_buf *b, uint64_t body_bytes);
void sl_http1_put_head_end(struct sl_buf *b);
/* A body of unknown length: after the header Transfer-Encoding: chunked. An empty chunk is not
 * written. */
void sl_http1_put_chunk(struct sl_buf *b, struct sl_span bytes);
void sl_http1_put_last_chunk(struct sl_buf *b);
/* "Not Found"; "" for a status without a name here. */
const char *sl_http1_reason(unsigned status);
/* The request line and header lines of a head that was parsed, as a strict sender writes them. */
void sl_http1_put_request(struct sl_buf *b, const struct sl_http1_head *h);

#endif
