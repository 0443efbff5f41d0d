/* `sluice mcp`: an agent's host on stdin and stdout, the gate and the API behind.
 *
 *   mcp_host.c       lines in and out
 *   mcp_methods.c    which method is whose
 *   mcp_call.c       calls in flight: what they are told, and their one answer
 *   mcp_tools.c      the tools: their schemas, and what they want to be given
 *   mcp_query.c      one statement on a session of its own, without waiting for it
 *   mcp_notice.c     what the gate and the server say meanwhile
 *   mcp_rows.c       what came of it, as JSON
 *   mcp_approval.c   the tools that ask the API
 *   mcp_events.c     what happens to approvals meanwhile, by the API's stream of events
 *   mcp_http.c       requests to the API, on the loop
 *
 * Everything happens on one loop, so that a question can be answered while its statement is held.
 * A call is freed by mcp_call_end and by nothing else. */
#ifndef SL_CLI_MCP_H
#define SL_CLI_MCP_H

#include "cli/api_client.h"
#include "os/loop.h"
#include "os/transfers.h"
#include "wire/mcp/mcp.h"

#include <libpq-fe.h>

enum {
    MCP_CALLS_MOST = 16,
    MCP_TEXT_MOST = 4096,        /* bytes of one text of somebody else */
    MCP_ROWS_BYTES = 256 * 1024, /* of the values that an answer carries */
    MCP_ROWS_USUAL = 100,
    MCP_ROWS_MOST = 1000,
};

struct mcp_call;
struct mcp_events;

struct mcp {
    struct sl_loop *loop;
    struct sl_api api; /* with the asking token, which is the gate's password, too */
    const char *dsn, *target;
    struct sl_buf identity; /* whose token it is */

    struct sl_watch *in_watch, *out_watch;
    struct sl_buf in, out;
    size_t scanned; /* of `in`: there is no newline before */
    bool skipping;  /* the rest of a line that is too long */
    bool initialized, ending, broken, failed;
    enum sl_mcp_level level; /* the least that is told */
    struct sl_signal *terminate, *interrupt;
    struct sl_timer *end_timer;

    struct mcp_call *calls[MCP_CALLS_MOST];
    struct sl_transfers *transfers;
    struct mcp_events *events;
};

/* Serves until stdin ends. Exit code. */
int mcp_serve(struct mcp *m);
void mcp_dispatch(struct mcp *m, const struct sl_mcp_message *in);

/* --- calls ------------------------------------------------------------------------------------ */
struct mcp_query;
struct mcp_request;

struct mcp_call {
    struct mcp *mcp;
    struct sl_mcp_id id, token;
    uint64_t progress;
    bool cancelled; /* nobody waits for its answer */
    struct mcp_query *query;
    struct mcp_request *request;
};

/* NULL: there are too many, or there is no memory. */
struct mcp_call *mcp_call_new(struct mcp *m, const struct sl_mcp_id *id,
                              const struct sl_mcp_id *token);
struct mcp_call *mcp_call_find(struct mcp *m, const struct sl_mcp_id *id);
/* As progress where the client asked for it, else as a log message. `text` is plain already. */
void mcp_call_tell(struct mcp_call *c, enum sl_mcp_level level, struct sl_span text);
/* Answers and frees the call. structured may be NULL; it stays the caller's. */
void mcp_call_end(struct mcp_call *c, struct sl_span text, const json_t *structured, bool is_error);
void mcp_call_cancel(struct mcp_call *c);
/* The client went away: what is in flight is cancelled, then the loop stops. */
void mcp_end(struct mcp *m);

/* --- tools ------------------------------------------------------------------------------------ */
void mcp_tools_put(struct mcp *m, const struct sl_mcp_id *id);
void mcp_tools_call(struct mcp *m, const struct sl_mcp_id *id, const struct sl_mcp_call *what);

/* --- a statement ------------------------------------------------------------------------------ */
struct mcp_asked {
    const char *sql, *reason, *run, *sink, *wait; /* wait: a duration; NULL: not said */
    size_t max_rows;
};
enum sl_err mcp_query_begin(struct mcp_call *c, const struct mcp_asked *asked) SL_MUST_CHECK;
void mcp_query_cancel(struct mcp_call *c);
void mcp_query_free(struct mcp_query *q);
/* Is this call's statement the one that waits for this approval? */
bool mcp_query_waits_for(const struct mcp_query *q, struct sl_span approval);

/* What was said while it waited and ran. */
struct mcp_notices {
    json_t *said; /* texts, in order */
    size_t left_out;
    char approval[37]; /* that the gate named; "" */
};
void mcp_notice_take(struct mcp_call *c, struct mcp_notices *n, const PGresult *notice);
/* Made by the server, not by the gate: the server says where in its source, and cannot leave it
 * out. */
bool mcp_is_servers(const PGresult *r);

/* What came of it. */
struct mcp_rows {
    json_t *results, *current;
    size_t max_rows, bytes;
    uint64_t count, results_left_out;
};
enum sl_err mcp_rows_init(struct mcp_rows *r, size_t max_rows) SL_MUST_CHECK;
void mcp_rows_done(struct mcp_rows *r);
void mcp_rows_take(struct mcp_rows *r, const PGresult *result);
void mcp_rows_copy_begin(struct mcp_rows *r);
void mcp_rows_copy_line(struct mcp_rows *r, struct sl_span line);

/* --- the API ---------------------------------------------------------------------------------- */
enum mcp_verb { MCP_LOOK, MCP_ANSWER, MCP_CANCEL };
enum sl_err mcp_approval_begin(struct mcp_call *c, enum mcp_verb verb, const char *approval,
                               const char *text) SL_MUST_CHECK;
void mcp_request_over(struct mcp_call *c, bool reached); /* what mcp_http_begin began */
void mcp_request_free(struct mcp_call *c);

/* From the first hold on: a host whose statements are all harmless needs no stream. Without it
 * nobody hears less of its own statement than any client does. */
void mcp_events_begin(struct mcp *m);
void mcp_events_over(struct mcp *m); /* the connection ended: it is made again */
void mcp_events_free(struct mcp *m);

enum sl_err mcp_http_new(struct mcp *m) SL_MUST_CHECK;
void mcp_http_free(struct mcp *m);
/* c: whose it is; NULL: the stream of events. */
enum sl_err mcp_http_begin(struct mcp *m, struct mcp_call *c, struct sl_api_exchange *x)
    SL_MUST_CHECK;
/* Takes it out of the multi handle and frees it. */
void mcp_http_drop(struct mcp *m, struct sl_api_exchange *x);

#endif
