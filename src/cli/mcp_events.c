/* What happens to an approval while its statement waits, and no notice tells: who answered a
 * reviewer, that one yes of several is there, that it is approved. */
#include "cli/mcp.h"

#include <stdlib.h>

enum { PAUSE_MS = 2000 };

struct mcp_events {
    struct mcp *mcp;
    struct sl_api_exchange *exchange;
    struct sl_timer *timer; /* until it is tried again */
    char id[64];            /* of the last event, so that none is missed */
};

static void put_event(struct sl_buf *b, const json_t *e)
{
    struct sl_span kind = sl_json_str(e, "kind");
    const json_t *said = json_object_get(e, "said");

    if (sl_span_is(kind, "answer")) {
        sl_buf_put_str(b, "answered by ");
        sl_mcp_put_plain(b, sl_json_str(said, "identity"), MCP_TEXT_MOST);
        sl_buf_say(b, ", about approval %S: ", sl_json_str(e, "id"));
        sl_mcp_put_plain(b, sl_json_str(said, "text"), MCP_TEXT_MOST);
    } else if (sl_span_is(kind, "voted")) {
        sl_buf_say(b, "one more decided on approval %S; it still needs a yes from ",
                   sl_json_str(e, "id"));
        sl_mcp_put_plain(b, sl_json_str(e, "reviewers"), MCP_TEXT_MOST);
    } else if (sl_span_is(kind, "approved")) {
        sl_buf_say(b, "approved: approval %S", sl_json_str(e, "id"));
    }
}

static void take_event(struct mcp *m, const json_t *e)
{
    SL_BUF(text, 64 * 1024);

    put_event(&text, e);
    if (text.n == 0 || sl_buf_err(&text) != SL_OK)
        return;
    for (size_t i = 0; i < MCP_CALLS_MOST; i++)
        if (m->calls[i] != NULL && mcp_query_waits_for(m->calls[i]->query, sl_json_str(e, "id")))
            mcp_call_tell(m->calls[i], SL_MCP_NOTICE, sl_buf_span(&text));
}

static bool keep(char *out, size_t room, struct sl_span value)
{
    if (value.n >= room)
        return false;
    memcpy(out, value.n == 0 ? (const uint8_t *)"" : value.p, value.n);
    out[value.n] = '\0';
    return true;
}

static bool on_line(void *owner, struct sl_span line)
{
    struct mcp_events *events = owner;
    size_t colon = sl_span_find(line, ':');
    struct sl_span name = sl_span_head(line, colon), value = sl_span_from(line, colon + 1);
    json_t *e = NULL;

    if (value.n > 0 && value.p[0] == ' ')
        value = sl_span_from(value, 1);
    if (sl_span_is(name, "id"))
        return keep(events->id, sizeof events->id, value);
    if (sl_span_is(name, "data") && sl_json_read(value, &e, NULL) == SL_OK)
        take_event(events->mcp, e);
    json_decref(e);
    return true;
}

static void drop(struct mcp_events *events)
{
    if (events->exchange != NULL)
        mcp_http_drop(events->mcp, events->exchange);
    events->exchange = NULL;
}

static void connect_again(void *owner)
{
    struct mcp_events *events = owner;
    struct mcp *m = events->mcp;

    events->exchange = sl_api_exchange_stream(&m->api, "/v1/events", events->id, on_line, events);
    if (events->exchange != NULL && mcp_http_begin(m, NULL, events->exchange) != SL_OK)
        drop(events);
}

void mcp_events_begin(struct mcp *m)
{
    struct mcp_events *events = m->events == NULL ? calloc(1, sizeof *events) : NULL;

    if (events == NULL)
        return;
    events->mcp = m;
    if (sl_timer_new(m->loop, connect_again, events, &events->timer) != SL_OK) {
        free(events);
        return;
    }
    m->events = events;
    connect_again(events);
}

/* A token that is over stays so. */
static bool is_refused(struct mcp_events *events)
{
    json_t *none = NULL;
    long status = sl_api_exchange_answer(events->exchange, &none);

    json_decref(none);
    return status == 401 || status == 403;
}

void mcp_events_over(struct mcp *m)
{
    bool refused = is_refused(m->events);

    drop(m->events);
    if (!refused)
        sl_timer_arm(m->events->timer, PAUSE_MS);
}

void mcp_events_free(struct mcp *m)
{
    if (m->events == NULL)
        return;
    drop(m->events);
    sl_timer_free(m->events->timer);
    free(m->events);
    m->events = NULL;
}
