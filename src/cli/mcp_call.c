/* Calls in flight: each is told what happens to it, and answered once. */
#include "cli/mcp.h"

#include <stdlib.h>

struct mcp_call *mcp_call_new(struct mcp *m, const struct sl_mcp_id *id,
                              const struct sl_mcp_id *token)
{
    for (size_t i = 0; i < MCP_CALLS_MOST; i++)
        if (m->calls[i] == NULL) {
            struct mcp_call *c = calloc(1, sizeof *c);

            if (c != NULL)
                *c = (struct mcp_call){.mcp = m, .id = *id, .token = *token};
            m->calls[i] = c;
            return c;
        }
    return NULL;
}

struct mcp_call *mcp_call_find(struct mcp *m, const struct sl_mcp_id *id)
{
    for (size_t i = 0; i < MCP_CALLS_MOST; i++)
        if (m->calls[i] != NULL && sl_mcp_id_eq(&m->calls[i]->id, id))
            return m->calls[i];
    return NULL;
}

void mcp_call_tell(struct mcp_call *c, enum sl_mcp_level level, struct sl_span text)
{
    struct mcp *m = c->mcp;

    if (c->cancelled)
        return;
    if (c->token.n > 0)
        sl_mcp_put_progress(&m->out, &c->token, ++c->progress, text);
    else if (level >= m->level)
        sl_mcp_put_log(&m->out, level, "sluice", text);
}

static void forget(struct mcp_call *c)
{
    struct mcp *m = c->mcp;
    bool any = false;

    for (size_t i = 0; i < MCP_CALLS_MOST; i++) {
        if (m->calls[i] == c)
            m->calls[i] = NULL;
        any = any || m->calls[i] != NULL;
    }
    if (m->ending && !any)
        sl_loop_stop(m->loop);
    free(c);
}

void mcp_call_end(struct mcp_call *c, struct sl_span text, const json_t *structured, bool is_error)
{
    if (!c->cancelled)
        sl_mcp_put_tool_result(&c->mcp->out, &c->id, text, structured, is_error);
    mcp_query_free(c->query);
    if (c->request != NULL)
        mcp_request_free(c);
    forget(c);
}

/* What the API was asked is let happen: it is done already, as likely as not. */
void mcp_call_cancel(struct mcp_call *c)
{
    c->cancelled = true;
    if (c->query != NULL)
        mcp_query_cancel(c);
}
