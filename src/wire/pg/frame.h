/* Framing: who says what, how long it may be, and the untyped first packet.
 *
 * A message is: u8 type, u32 length (big-endian; counts itself, not the type), body. Only the five
 * byte header is read here; the caller takes the body by its length, because a DataRow of 1 GB must
 * pass without being buffered. Small messages have a small limit, and impossible lengths are
 * refused as soon as the header is there.
 *
 *     switch (sl_pg_frame(in, &f)) {
 *     case SL_STEP_NEED_MORE: wait;
 *     case SL_STEP_BROKEN:    end the connection;
 *     case SL_STEP_EVENT:     sl_pg_frontend_check(f), then read f.body_bytes behind the header
 *     }
 */
#ifndef SL_WIRE_PG_FRAME_H
#define SL_WIRE_PG_FRAME_H

#include "base/span.h"
#include "base/step.h"

enum {
    SL_PG_HEADER = 5,
    SL_PG_MAX_BODY = 0x40000000, /* 1 GiB, as PostgreSQL's own allocation limit */
    SL_PG_SMALL_BODY = 10000,    /* Describe, Execute, ...: as PostgreSQL itself has it */
    SL_PG_MAX_AUTH_BODY = 65535, /* password and SASL messages */
    SL_PG_MAX_STARTUP = 10000,   /* of a startup packet, its length word included */
    SL_PG_STARTUP_HEADER = 4,
    SL_PG_MAX_STARTUP_OPTIONS = 64,
    SL_PG_MAX_CANCEL_SECRET = 256,
};

/* clang-format off */
/*      name              type smallest  largest body                                            */
#define SL_PG_FRONTEND(X)                                                             \
    X(BIND,              'B',  8, SL_PG_MAX_BODY)                                     \
    X(CLOSE,             'C',  2, SL_PG_SMALL_BODY)                                   \
    X(COPY_DATA,         'd',  0, SL_PG_MAX_BODY)                                     \
    X(COPY_DONE,         'c',  0, 0)                                                  \
    X(COPY_FAIL,         'f',  1, SL_PG_SMALL_BODY)                                   \
    X(DESCRIBE,          'D',  2, SL_PG_SMALL_BODY)                                   \
    X(EXECUTE,           'E',  5, SL_PG_SMALL_BODY)                                   \
    X(FLUSH,             'H',  0, 0)                                                  \
    X(FUNCTION_CALL,     'F', 10, SL_PG_MAX_BODY)                                     \
    X(PARSE,             'P',  4, SL_PG_MAX_BODY)                                     \
    X(PASSWORD,          'p',  0, SL_PG_MAX_AUTH_BODY) /* SASL responses too */       \
    X(QUERY,             'Q',  1, SL_PG_MAX_BODY)                                     \
    X(SYNC,              'S',  0, 0)                                                  \
    X(TERMINATE,         'X',  0, 0)

#define SL_PG_BACKEND(X)                                                              \
    X(AUTHENTICATION,    'R',  4, SL_PG_MAX_AUTH_BODY)                                \
    X(BACKEND_KEY_DATA,  'K',  8, 4 + SL_PG_MAX_CANCEL_SECRET)                        \
    X(BIND_COMPLETE,     '2',  0, 0)                                                  \
    X(CLOSE_COMPLETE,    '3',  0, 0)                                                  \
    X(COMMAND_COMPLETE,  'C',  1, SL_PG_SMALL_BODY)                                   \
    X(COPY_DATA_OUT,     'd',  0, SL_PG_MAX_BODY)                                     \
    X(COPY_DONE_OUT,     'c',  0, 0)                                                  \
    X(COPY_IN_RESPONSE,  'G',  3, 3 + 2 * 65535)                                      \
    X(COPY_OUT_RESPONSE, 'H',  3, 3 + 2 * 65535)                                      \
    X(COPY_BOTH_RESPONSE,'W',  3, 3 + 2 * 65535)                                      \
    X(DATA_ROW,          'D',  2, SL_PG_MAX_BODY)                                     \
    X(EMPTY_QUERY,       'I',  0, 0)                                                  \
    X(ERROR_RESPONSE,    'E',  1, SL_PG_MAX_BODY)                                     \
    X(FUNCTION_RESPONSE, 'V',  4, SL_PG_MAX_BODY)                                     \
    X(NEGOTIATE_VERSION, 'v',  8, SL_PG_SMALL_BODY)                                   \
    X(NO_DATA,           'n',  0, 0)                                                  \
    X(NOTICE_RESPONSE,   'N',  1, SL_PG_MAX_BODY)                                     \
    X(NOTIFICATION,      'A',  6, SL_PG_SMALL_BODY)                                   \
    X(PARAMETER_DESCRIPTION, 't', 2, 2 + 4 * 65535)                                   \
    X(PARAMETER_STATUS,  'S',  2, SL_PG_MAX_AUTH_BODY)                                \
    X(PARSE_COMPLETE,    '1',  0, 0)                                                  \
    X(PORTAL_SUSPENDED,  's',  0, 0)                                                  \
    X(READY_FOR_QUERY,   'Z',  1, 1)                                                  \
    X(ROW_DESCRIPTION,   'T',  2, SL_PG_MAX_BODY)
/* clang-format on */

enum sl_pg_type {
#define SL_PG_TYPE(name, letter, least, most) SL_PG_##name = letter,
    SL_PG_FRONTEND(SL_PG_TYPE) SL_PG_BACKEND(SL_PG_TYPE)
#undef SL_PG_TYPE
};

struct sl_pg_frame {
    uint8_t type;
    uint32_t body_bytes;
};

/* The header at the start of `in`. BROKEN: the length is below 4 or above 4 + SL_PG_MAX_BODY. */
enum sl_step sl_pg_frame(struct sl_span in, struct sl_pg_frame *out);

/* How many whole messages of this one type stand at the start of `in`, and their bytes: for rows
 * that pass in bulk. Stops before any other type, a broken header or a message that is cut. */
struct sl_pg_run {
    size_t bytes, messages;
};
struct sl_pg_run sl_pg_run(struct sl_span in, uint8_t type);

bool sl_pg_frontend_type_known(uint8_t type);
bool sl_pg_backend_type_known(uint8_t type);

/* Type and length against the tables: SL_EUNSUPPORTED (no such type), SL_EMALFORMED (too short for
 * what it says, or a body where none belongs), SL_ELIMIT (too long). */
enum sl_err sl_pg_frontend_check(struct sl_pg_frame f) SL_MUST_CHECK;
enum sl_err sl_pg_backend_check(struct sl_pg_frame f) SL_MUST_CHECK;
/* The name in the table, "BIND"; "unknown" for anything else. For logs. */
const char *sl_pg_frontend_name(uint8_t type);
const char *sl_pg_backend_name(uint8_t type);

/* --- the first packet of a client ------------------------------------------------------------ */
/*   u32 length (counts itself) · u32 code · rest, by code:
 *     196608 (3.0) and other 3.x   name NUL value NUL ... NUL
 *     80877102 CancelRequest       u32 pid · secret
 *     80877103 SSLRequest          nothing
 *     80877104 GSSENCRequest       nothing */

enum sl_pg_startup_kind {
    SL_PG_STARTUP = 1,
    SL_PG_SSL_REQUEST,
    SL_PG_GSSENC_REQUEST,
    SL_PG_CANCEL_REQUEST,
};

struct sl_pg_option {
    struct sl_span name, value;
};

struct sl_pg_startup {
    enum sl_pg_startup_kind kind;
    uint16_t major, minor;                                  /* major is 3 */
    struct sl_pg_option options[SL_PG_MAX_STARTUP_OPTIONS]; /* `_pq_.` ones included */
    size_t option_count;
    bool negotiate; /* newer minor or `_pq_.` options: answer NegotiateProtocolVersion (3.0) */
    uint32_t cancel_pid;
    struct sl_span cancel_secret; /* 4 bytes in 3.0, up to 256 in 3.2 */
    bool cancel_long;             /* the secret is not the 4 bytes of 3.0 */
};

/* How long the packet is, once its first four bytes are there. `body_bytes` excludes them. */
enum sl_step sl_pg_startup_frame(struct sl_span in, uint32_t *body_bytes);

/* The body behind the length. SL_EMALFORMED; SL_ELIMIT: more than 64 options; SL_EUNSUPPORTED: a
 * protocol that is not 3.x. A name given twice (case ignored) is SL_EMALFORMED: which one counts
 * differs between servers. */
enum sl_err sl_pg_startup_get(struct sl_span body, struct sl_pg_startup *out) SL_MUST_CHECK;

/* The value of an option, or NULL. Exact spelling: `user`, `database`, `options`, `replication`. */
const struct sl_span *sl_pg_startup_option(const struct sl_pg_startup *s, const char *name);

#endif
