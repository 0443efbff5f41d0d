/* Lines out. Each is built aside and appended whole. */
#include "base/encode.h"
#include "base/utf8.h"
#include "wire/mcp/mcp.h"

static const char *const levels[] = {
#define SL_MCP_LEVEL_TEXT(name, text) text,
    SL_MCP_LEVELS(SL_MCP_LEVEL_TEXT)
#undef SL_MCP_LEVEL_TEXT
};

const char *sl_mcp_level_text(enum sl_mcp_level level)
{
    return levels[level];
}

static void put_text(struct sl_jw *w, const char *key, const char *text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, sl_span_str(text));
}

static void put_flag(struct sl_jw *w, const char *key, bool value)
{
    sl_jw_key(w, key);
    sl_jw_bool(w, value);
}

static void put_raw(struct sl_jw *w, const char *key, struct sl_span json)
{
    sl_jw_key(w, key);
    sl_jw_raw(w, json);
}

static void put_id(struct sl_jw *w, const char *key, const struct sl_mcp_id *id)
{
    put_raw(w, key, id->n == 0 ? SL_SPAN("null") : sl_span(id->json, id->n));
}

static void put_frame(struct sl_jw *w, const struct sl_mcp_id *id)
{
    put_id(w, "id", id);
    put_text(w, "jsonrpc", "2.0");
}

/* --- errors ----------------------------------------------------------------------------------- */

static void put_code(struct sl_jw *w, enum sl_mcp_code code)
{
    SL_BUF(text, 16);

    sl_buf_say(&text, "%d", (int)code);
    put_raw(w, "code", sl_buf_span(&text));
}

void sl_mcp_put_error(struct sl_buf *b, const struct sl_mcp_id *id, enum sl_mcp_code code,
                      const char *text)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = sl_jw(&line);

    sl_jw_object(&w);
    sl_jw_key(&w, "error");
    sl_jw_object(&w);
    put_code(&w, code);
    put_text(&w, "message", text);
    sl_jw_end(&w);
    put_frame(&w, id);
    sl_jw_end(&w);
    sl_buf_put_u8(&line, '\n');
    if (sl_buf_err(&line) == SL_OK)
        sl_buf_put(b, sl_buf_span(&line));
}

/* --- results ---------------------------------------------------------------------------------- */

static struct sl_jw begin_result(struct sl_buf *line, const struct sl_mcp_id *id)
{
    struct sl_jw w = sl_jw(line);

    sl_jw_object(&w);
    put_frame(&w, id);
    sl_jw_key(&w, "result");
    sl_jw_object(&w);
    return w;
}

static void end_result(struct sl_buf *b, const struct sl_mcp_id *id, struct sl_jw *w)
{
    sl_jw_end(w);
    sl_jw_end(w);
    sl_buf_put_u8(w->b, '\n');
    if (sl_buf_err(w->b) == SL_OK)
        sl_buf_put(b, sl_buf_span(w->b));
    else
        sl_mcp_put_error(b, id, SL_MCP_INTERNAL, "the answer could not be written");
}

void sl_mcp_put_empty(struct sl_buf *b, const struct sl_mcp_id *id)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = begin_result(&line, id);

    end_result(b, id, &w);
}

void sl_mcp_put_initialized(struct sl_buf *b, const struct sl_mcp_id *id, const char *version,
                            const struct sl_mcp_server *server)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = begin_result(&line, id);

    put_raw(&w, "capabilities", SL_SPAN("{\"logging\":{},\"tools\":{\"listChanged\":false}}"));
    put_text(&w, "instructions", server->instructions);
    put_text(&w, "protocolVersion", version);
    sl_jw_key(&w, "serverInfo");
    sl_jw_object(&w);
    put_text(&w, "name", "sluice");
    put_text(&w, "title", "Sluice");
    put_text(&w, "version", server->version);
    sl_jw_end(&w);
    end_result(b, id, &w);
}

static void put_tool(struct sl_jw *w, const struct sl_mcp_tool *t)
{
    sl_jw_object(w);
    sl_jw_key(w, "annotations");
    sl_jw_object(w);
    put_flag(w, "destructiveHint", t->destructive);
    put_flag(w, "idempotentHint", t->idempotent);
    put_flag(w, "openWorldHint", t->open_world);
    put_flag(w, "readOnlyHint", t->read_only);
    put_text(w, "title", t->title);
    sl_jw_end(w);
    put_text(w, "description", t->description);
    put_raw(w, "inputSchema", sl_span_str(t->input));
    put_text(w, "name", t->name);
    if (t->output != NULL)
        put_raw(w, "outputSchema", sl_span_str(t->output));
    put_text(w, "title", t->title);
    sl_jw_end(w);
}

void sl_mcp_put_tools(struct sl_buf *b, const struct sl_mcp_id *id, const struct sl_mcp_tool *tools,
                      size_t count)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = begin_result(&line, id);

    sl_jw_key(&w, "tools");
    sl_jw_array(&w);
    for (size_t i = 0; i < count; i++)
        put_tool(&w, &tools[i]);
    sl_jw_end(&w);
    end_result(b, id, &w);
}

static void put_structured(struct sl_jw *w, const json_t *structured)
{
    SL_BUF(json, SL_MCP_OUT_MOST);

    if (sl_json_canonical(&json, structured) != SL_OK)
        w->b->why = SL_ELIMIT;
    put_raw(w, "structuredContent", sl_buf_span(&json));
}

void sl_mcp_put_tool_result(struct sl_buf *b, const struct sl_mcp_id *id, struct sl_span text,
                            const json_t *structured, bool is_error)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = begin_result(&line, id);

    sl_jw_key(&w, "content");
    sl_jw_array(&w);
    sl_jw_object(&w);
    sl_jw_key(&w, "text");
    sl_jw_str(&w, text);
    put_text(&w, "type", "text");
    sl_jw_end(&w);
    sl_jw_end(&w);
    put_flag(&w, "isError", is_error);
    if (structured != NULL)
        put_structured(&w, structured);
    end_result(b, id, &w);
}

/* --- notifications ---------------------------------------------------------------------------- */

static struct sl_jw begin_notification(struct sl_buf *line, const char *method)
{
    struct sl_jw w = sl_jw(line);

    sl_jw_object(&w);
    put_text(&w, "jsonrpc", "2.0");
    put_text(&w, "method", method);
    sl_jw_key(&w, "params");
    sl_jw_object(&w);
    return w;
}

/* One that cannot be written is left out: nobody waits for it. */
static void end_notification(struct sl_buf *b, struct sl_jw *w)
{
    sl_jw_end(w);
    sl_jw_end(w);
    sl_buf_put_u8(w->b, '\n');
    if (sl_buf_err(w->b) == SL_OK)
        sl_buf_put(b, sl_buf_span(w->b));
}

void sl_mcp_put_progress(struct sl_buf *b, const struct sl_mcp_id *token, uint64_t progress,
                         struct sl_span text)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = begin_notification(&line, "notifications/progress");

    sl_jw_key(&w, "message");
    sl_jw_str(&w, text);
    sl_jw_key(&w, "progress");
    sl_jw_u64(&w, progress);
    put_id(&w, "progressToken", token);
    end_notification(b, &w);
}

void sl_mcp_put_log(struct sl_buf *b, enum sl_mcp_level level, const char *logger,
                    struct sl_span text)
{
    SL_BUF(line, SL_MCP_OUT_MOST);
    struct sl_jw w = begin_notification(&line, "notifications/message");

    sl_jw_key(&w, "data");
    sl_jw_str(&w, text);
    put_text(&w, "level", levels[level]);
    put_text(&w, "logger", logger);
    end_notification(b, &w);
}

/* --- text ------------------------------------------------------------------------------------- */

void sl_mcp_put_plain(struct sl_buf *b, struct sl_span text, size_t max_bytes)
{
    struct sl_span rest = sl_utf8_head(text, max_bytes);
    bool cut = rest.n < text.n;

    while (rest.n > 0) {
        size_t end = sl_span_find(rest, '\n');

        sl_utf8_put_printable(b, sl_span_head(rest, end));
        if (end < rest.n)
            sl_buf_put_u8(b, '\n');
        rest = sl_span_from(rest, end + 1);
    }
    if (cut)
        sl_buf_put_str(b, " [... cut]");
}

static void put_unit(struct sl_buf *b, uint32_t unit)
{
    const uint8_t bytes[] = {(uint8_t)(unit >> 8), (uint8_t)unit};

    sl_buf_put_str(b, "\\u");
    sl_hex_put(b, sl_span(bytes, sizeof bytes));
}

static void put_escaped(struct sl_buf *b, uint32_t code)
{
    if (code < 0x10000) {
        put_unit(b, code);
        return;
    }
    put_unit(b, 0xd800 + ((code - 0x10000) >> 10));
    put_unit(b, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

void sl_mcp_put_visible(struct sl_buf *b, struct sl_span canonical_json)
{
    size_t from = 0;
    uint32_t code;

    for (size_t at = 0; at < canonical_json.n;) {
        size_t begin = at;

        if (sl_utf8_next(canonical_json, &at, &code) != SL_OK) {
            b->why = SL_EMALFORMED;
            return;
        }
        if (!sl_utf8_deceives(code))
            continue;
        sl_buf_put(b, sl_span(canonical_json.p + from, begin - from));
        put_escaped(b, code);
        from = at;
    }
    sl_buf_put(b, sl_span_from(canonical_json, from));
}
