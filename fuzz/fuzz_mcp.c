/* libraries: wire_mcp, json, base */
/* Any line: what is read answers with its own id, in one line that is JSON again; and a stranger's
 * text is plain whatever it is. */
#include "base/utf8.h"
#include "wire/mcp/mcp.h"

static void check_line(const struct sl_buf *b)
{
    struct sl_span text = sl_buf_span(b);
    json_t *value = NULL;

    SL_PROMISE(sl_buf_err(b) == SL_OK && text.n > 0);
    SL_PROMISE(sl_span_find(text, '\n') + 1 == text.n);
    SL_PROMISE(sl_json_read(text, &value, NULL) == SL_OK && json_is_object(value));
    json_decref(value);
}

/* The same value, whatever of it was escaped. */
static void check_visible(struct sl_span canonical)
{
    json_t *again = NULL;
    SL_BUF(out, 2 * SL_MCP_OUT_MOST);
    SL_BUF(twice, SL_MCP_OUT_MOST);

    sl_mcp_put_visible(&out, canonical);
    SL_PROMISE(sl_json_read(sl_buf_span(&out), &again, NULL) == SL_OK);
    SL_PROMISE(sl_json_canonical(&twice, again) == SL_OK);
    SL_PROMISE(sl_span_eq(sl_buf_span(&twice), canonical));
    json_decref(again);
}

static void check_answer(const struct sl_mcp_message *m, struct sl_span line)
{
    struct sl_mcp_call call = {0};
    SL_BUF(out, 2 * SL_MCP_OUT_MOST);
    SL_BUF(plain, SL_MCP_OUT_MOST);
    SL_BUF(visible, SL_MCP_OUT_MOST);

    sl_mcp_put_plain(&plain, line, 512);
    sl_mcp_put_tool_result(&out, &m->id, sl_buf_span(&plain), m->params, false);
    check_line(&out);
    if (m->params != NULL && sl_mcp_call_read(m->params, &call) == SL_OK && call.token.n > 0) {
        sl_buf_reset(&out);
        sl_mcp_put_progress(&out, &call.token, 1, sl_buf_span(&plain));
        check_line(&out);
    }
    if (m->params != NULL && sl_json_canonical(&visible, m->params) == SL_OK)
        check_visible(sl_buf_span(&visible));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_mcp_message m;
    SL_BUF(out, SL_MCP_OUT_MOST);
    enum sl_mcp_refusal why = sl_mcp_read(sl_span(data, size), &m);

    if (why == SL_MCP_NONE) {
        check_answer(&m, sl_span(data, size));
    } else {
        sl_mcp_put_refusal(&out, &m.id, why);
        check_line(&out);
    }
    sl_mcp_message_done(&m);
    return 0;
}
