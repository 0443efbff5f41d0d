/* Between mcp_query.c, which speaks with the gate, and mcp_outcome.c, which says what came of it.
 */
#ifndef SL_CLI_MCP_QUERY_INT_H
#define SL_CLI_MCP_QUERY_INT_H

#include "cli/mcp.h"

enum { MCP_STEPS_MOST = 6 };

struct mcp_query {
    struct mcp_call *call;
    PGconn *conn;
    struct sl_watch *watch;
    struct sl_timer *timer; /* until there is a connection; then for whoever waits */
    struct sl_buf steps[MCP_STEPS_MOST];
    size_t step_count, step;
    bool connecting, sent /* the statement itself */, copying, failed;
    struct mcp_notices notices;
    struct mcp_rows rows;
    json_t *error; /* sqlstate, message, detail, hint */
    const char *outcome;
};

/* An error came; the end of the statement follows. */
void mcp_query_failed(struct mcp_query *q, const PGresult *r);
/* Both end the call, and free the query with it. */
void mcp_query_over(struct mcp_query *q);
void mcp_query_lost(struct mcp_query *q);

#endif
