/* A line in: JSON-RPC's frame, and the parameters that every tool has. */
#include "wire/mcp/mcp.h"

static const struct {
    int code;
    const char *text;
} refusals[] = {
#define SL_MCP_REFUSAL_ROW(name, code, text) {code, text},
    SL_MCP_REFUSALS(SL_MCP_REFUSAL_ROW)
#undef SL_MCP_REFUSAL_ROW
};

const char *sl_mcp_refusal_text(enum sl_mcp_refusal why)
{
    return refusals[why].text;
}

void sl_mcp_put_refusal(struct sl_buf *b, const struct sl_mcp_id *id, enum sl_mcp_refusal why)
{
    sl_mcp_put_error(b, id, (enum sl_mcp_code)refusals[why].code, refusals[why].text);
}

/* --- ids -------------------------------------------------------------------------------------- */

enum sl_err sl_mcp_id_read(const json_t *value, struct sl_mcp_id *out)
{
    SL_BUF(text, SL_MCP_ID_MOST);

    if (!json_is_string(value) && !json_is_integer(value))
        return SL_EMALFORMED;
    SL_TRY(sl_json_canonical(&text, value));
    memcpy(out->json, text.p, text.n);
    out->n = text.n;
    return SL_OK;
}

/* --- a message -------------------------------------------------------------------------------- */

static enum sl_mcp_refusal parse(struct sl_span line, struct sl_mcp_message *m)
{
    if (line.n > SL_MCP_LINE_MOST)
        return SL_MCP_TOO_LONG;
    switch (sl_json_read(line, &m->document, NULL)) {
    case SL_OK:
        break;
    case SL_ELIMIT:
        return SL_MCP_DEEP;
    case SL_EOVERFLOW:
        return SL_MCP_NUMBER;
    default:
        return SL_MCP_NOT_JSON;
    }
    if (json_is_array(m->document))
        return SL_MCP_BATCH;
    return json_is_object(m->document) ? SL_MCP_NONE : SL_MCP_NOT_OBJECT;
}

static enum sl_mcp_refusal read_id(struct sl_mcp_message *m)
{
    const json_t *id = json_object_get(m->document, "id");

    return id == NULL || sl_mcp_id_read(id, &m->id) == SL_OK ? SL_MCP_NONE : SL_MCP_ID;
}

/* An error that answers nothing we asked may have the id null; we ask nothing. */
static enum sl_mcp_refusal read_response(struct sl_mcp_message *m)
{
    bool result = json_object_get(m->document, "result") != NULL,
         error = json_object_get(m->document, "error") != NULL;

    m->kind = SL_MCP_RESPONSE;
    return m->id.n > 0 && result != error ? SL_MCP_NONE : SL_MCP_NEITHER;
}

static enum sl_mcp_refusal read_method(struct sl_mcp_message *m)
{
    const json_t *method = json_object_get(m->document, "method");

    m->method = sl_json_str(m->document, "method");
    m->params = json_object_get(m->document, "params");
    m->kind = m->id.n > 0 ? SL_MCP_REQUEST : SL_MCP_NOTIFICATION;
    if (!json_is_string(method) || m->method.n == 0 || m->method.n > SL_MCP_METHOD_MOST)
        return SL_MCP_METHOD;
    return m->params == NULL || json_is_object(m->params) ? SL_MCP_NONE : SL_MCP_PARAMS;
}

enum sl_mcp_refusal sl_mcp_read(struct sl_span line, struct sl_mcp_message *out)
{
    *out = (struct sl_mcp_message){.kind = SL_MCP_NOTIFICATION};
    enum sl_mcp_refusal why = parse(line, out);

    if (why == SL_MCP_NONE)
        why = read_id(out);
    if (why == SL_MCP_NONE && !sl_span_is(sl_json_str(out->document, "jsonrpc"), "2.0"))
        why = SL_MCP_VERSION;
    if (why != SL_MCP_NONE)
        return why;
    return json_object_get(out->document, "method") == NULL ? read_response(out) : read_method(out);
}

void sl_mcp_message_done(struct sl_mcp_message *m)
{
    json_decref(m->document);
    *m = (struct sl_mcp_message){0};
}

/* --- parameters ------------------------------------------------------------------------------- */

static bool object_or_none(const json_t *value)
{
    return value == NULL || json_is_object(value);
}

enum sl_err sl_mcp_call_read(const json_t *params, struct sl_mcp_call *out)
{
    struct sl_mcp_call call = {
        .name = sl_json_str(params, "name"),
        .arguments = json_object_get(params, "arguments"),
        .meta = json_object_get(params, "_meta"),
    };
    const json_t *token = json_object_get(call.meta, "progressToken");

    if (call.name.n == 0 || !object_or_none(call.arguments) || !object_or_none(call.meta))
        return SL_EMALFORMED;
    if (token != NULL)
        SL_TRY(sl_mcp_id_read(token, &call.token));
    *out = call;
    return SL_OK;
}

enum sl_err sl_mcp_level_read(struct sl_span text, enum sl_mcp_level *out)
{
    for (size_t i = 0; i < SL_MCP_LEVEL_COUNT; i++)
        if (sl_span_is(text, sl_mcp_level_text((enum sl_mcp_level)i))) {
            *out = (enum sl_mcp_level)i;
            return SL_OK;
        }
    return SL_ENOTFOUND;
}

const char *sl_mcp_version(struct sl_span asked)
{
    static const char *const spoken[] = {"2025-06-18", "2025-03-26", "2024-11-05"};

    for (size_t i = 0; i < SL_COUNT(spoken); i++)
        if (sl_span_is(asked, spoken[i]))
            return spoken[i];
    return spoken[0];
}
