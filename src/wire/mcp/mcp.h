/* The Model Context Protocol, as a server over stdio: one line in, one message; messages out.
 *
 * Specification revision 2025-06-18 (modelcontextprotocol.io), which is JSON-RPC 2.0 with names;
 * 2025-03-26 and 2024-11-05 are spoken too. A client that asks for another one is answered with our
 * newest, and may leave.
 *
 * Strict: a line is one JSON object without duplicate members, not over SL_MCP_LINE_MOST bytes; an
 * id is a string or an integer and comes back as it was; a batch is refused (the newest revision
 * has none). What is refused has a reason and JSON-RPC's code for it (SL_MCP_REFUSALS), and the id
 * that the refusal answers, where there is one.
 *
 *   struct sl_mcp_message m;
 *   if (sl_mcp_read(line, &m) == SL_MCP_NONE)
 *       ...                                          m.kind, m.id, m.method, m.params
 *   else
 *       sl_mcp_put_refusal(&out, &m.id, why);
 *   sl_mcp_message_done(&m);
 *
 * Pure: no input or output, no clock. The writers append one whole line, or (when it cannot be
 * built) an internal error for the same id: never half of one.
 */
#ifndef SL_WIRE_MCP_MCP_H
#define SL_WIRE_MCP_MCP_H

#include "base/buf.h"
#include "json/json.h"

enum {
    SL_MCP_LINE_MOST = 4 * 1024 * 1024,
    SL_MCP_OUT_MOST = 8 * 1024 * 1024, /* bytes of one line of ours */
    SL_MCP_ID_MOST = 256,              /* bytes of an id as JSON */
    SL_MCP_METHOD_MOST = 128,
};

/* clang-format off */
#define SL_MCP_REFUSALS(X) /* name, JSON-RPC's code, text */                                        \
    X(NONE,       0,      "nothing is wrong")                                                       \
    X(TOO_LONG,   -32600, "the line is longer than 4 MiB")                                          \
    X(NOT_JSON,   -32700, "the line is not JSON, or names a member twice")                          \
    X(DEEP,       -32700, "the JSON is nested too deeply")                                          \
    X(NUMBER,     -32700, "a number beyond 2^53 cannot be carried exactly")                         \
    X(BATCH,      -32600, "batches are not supported: send one message a line")                     \
    X(NOT_OBJECT, -32600, "the message is not an object")                                           \
    X(VERSION,    -32600, "jsonrpc is not \"2.0\"")                                                 \
    X(ID,         -32600, "the id is not a string or an integer, or is longer than 256 bytes")      \
    X(METHOD,     -32600, "the method is not a string of 1 to 128 bytes")                           \
    X(PARAMS,     -32600, "params is not an object")                                                \
    X(NEITHER,    -32600, "a message without a method has an id and one of result and error")
/* clang-format on */

enum sl_mcp_refusal {
#define SL_MCP_REFUSAL_NAME(name, code, text) SL_MCP_##name,
    SL_MCP_REFUSALS(SL_MCP_REFUSAL_NAME)
#undef SL_MCP_REFUSAL_NAME
        SL_MCP_REFUSAL_COUNT
};
const char *sl_mcp_refusal_text(enum sl_mcp_refusal why); /* never NULL */

enum sl_mcp_code {
    SL_MCP_INVALID_REQUEST = -32600,
    SL_MCP_NO_METHOD = -32601,
    SL_MCP_INVALID_PARAMS = -32602,
    SL_MCP_INTERNAL = -32603,
};

/* --- in --------------------------------------------------------------------------------------- */
/* A string or an integer as canonical JSON; it is compared byte by byte. n == 0: there is none. */
struct sl_mcp_id {
    uint8_t json[SL_MCP_ID_MOST];
    size_t n;
};
static inline bool sl_mcp_id_eq(const struct sl_mcp_id *a, const struct sl_mcp_id *b)
{
    return sl_span_eq(sl_span(a->json, a->n), sl_span(b->json, b->n));
}
/* SL_EMALFORMED: it is neither; SL_ELIMIT: it is too long. */
enum sl_err sl_mcp_id_read(const json_t *value, struct sl_mcp_id *out) SL_MUST_CHECK;

enum sl_mcp_kind {
    SL_MCP_REQUEST,      /* wants an answer with its id */
    SL_MCP_NOTIFICATION, /* wants none */
    SL_MCP_RESPONSE,     /* to a request of ours */
};
struct sl_mcp_message {
    enum sl_mcp_kind kind;
    struct sl_mcp_id id;
    struct sl_span method; /* lives as long as the message */
    const json_t *params;  /* an object, or NULL */
    json_t *document;
};
/* Of what is refused `out` has an id where a client could wait for an answer to it. Either way it
 * is to be given to sl_mcp_message_done. */
enum sl_mcp_refusal sl_mcp_read(struct sl_span line, struct sl_mcp_message *out) SL_MUST_CHECK;
void sl_mcp_message_done(struct sl_mcp_message *m);

/* The parameters of tools/call. Views live as long as the message. */
struct sl_mcp_call {
    struct sl_span name;
    const json_t *arguments; /* an object, or NULL */
    const json_t *meta;      /* an object, or NULL */
    struct sl_mcp_id token;  /* for progress; n == 0: nobody asked for any */
};
enum sl_err sl_mcp_call_read(const json_t *params, struct sl_mcp_call *out) SL_MUST_CHECK;

#define SL_MCP_LEVELS(X) /* of RFC 5424, the least first */ \
    X(DEBUG, "debug")                                       \
    X(INFO, "info")                                         \
    X(NOTICE, "notice")                                     \
    X(WARNING, "warning")                                   \
    X(ERROR, "error")                                       \
    X(CRITICAL, "critical")                                 \
    X(ALERT, "alert")                                       \
    X(EMERGENCY, "emergency")
enum sl_mcp_level {
#define SL_MCP_LEVEL_NAME(name, text) SL_MCP_##name,
    SL_MCP_LEVELS(SL_MCP_LEVEL_NAME)
#undef SL_MCP_LEVEL_NAME
        SL_MCP_LEVEL_COUNT
};
const char *sl_mcp_level_text(enum sl_mcp_level level); /* never NULL */
enum sl_err sl_mcp_level_read(struct sl_span text, enum sl_mcp_level *out) SL_MUST_CHECK;

/* The revision to answer with. */
const char *sl_mcp_version(struct sl_span asked);

/* --- out: one line each ----------------------------------------------------------------------- */
struct sl_mcp_tool {
    const char *name, *title, *description;
    const char *input, *output;                          /* JSON Schemas, output may be NULL */
    bool read_only, destructive, idempotent, open_world; /* hints: nobody has to believe them */
};
struct sl_mcp_server {
    const char *version, *instructions;
};

void sl_mcp_put_initialized(struct sl_buf *b, const struct sl_mcp_id *id, const char *version,
                            const struct sl_mcp_server *server);
void sl_mcp_put_tools(struct sl_buf *b, const struct sl_mcp_id *id, const struct sl_mcp_tool *tools,
                      size_t count);
void sl_mcp_put_empty(struct sl_buf *b, const struct sl_mcp_id *id);
/* `text` is for the model. structured (may be NULL) is what it means for programs. */
void sl_mcp_put_tool_result(struct sl_buf *b, const struct sl_mcp_id *id, struct sl_span text,
                            const json_t *structured, bool is_error);
void sl_mcp_put_error(struct sl_buf *b, const struct sl_mcp_id *id, enum sl_mcp_code code,
                      const char *text);
void sl_mcp_put_refusal(struct sl_buf *b, const struct sl_mcp_id *id, enum sl_mcp_refusal why);
/* progress: larger each time. */
void sl_mcp_put_progress(struct sl_buf *b, const struct sl_mcp_id *token, uint64_t progress,
                         struct sl_span text);
void sl_mcp_put_log(struct sl_buf *b, enum sl_mcp_level level, const char *logger,
                    struct sl_span text);

/* --- text ------------------------------------------------------------------------------------- */
/* A stranger's text as plain data: its lines are kept, what deceives in them is escaped
 * (sl_utf8_put_printable), and of more than max_bytes it says that there was more. */
void sl_mcp_put_plain(struct sl_buf *b, struct sl_span text, size_t max_bytes);
/* Canonical JSON in which what deceives stands as \u....: the same value, visible to people too. */
void sl_mcp_put_visible(struct sl_buf *b, struct sl_span canonical_json);

#endif
