/* wire/mcp: what is a message, what is refused and with which id, and that each line out is whole.
 */
#include "wire/mcp/mcp.h"

#include "tests/unit/tap.h"

#include <stdlib.h>

static const struct sl_mcp_id seven = {.json = "7", .n = 1};

/* --- in --- */

static void test_messages(void)
{
    static const struct {
        const char *line;
        enum sl_mcp_kind kind;
        const char *id, *method;
    } rows[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}", SL_MCP_REQUEST, "7", "ping"},
        {"{\"jsonrpc\":\"2.0\",\"id\":-7,\"method\":\"ping\"}", SL_MCP_REQUEST, "-7", "ping"},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"method\":\"tools/call\",\"params\":{}}",
         SL_MCP_REQUEST, "\"a\\\"b\"", "tools/call"},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"\",\"method\":\"ping\"}\r", SL_MCP_REQUEST, "\"\"", "ping"},
        {"{\"jsonrpc\":\"2.0\",\"id\":9007199254740992,\"method\":\"ping\"}", SL_MCP_REQUEST,
         "9007199254740992", "ping"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\",\"more\":[1.5]}",
         SL_MCP_NOTIFICATION, "", "notifications/initialized"},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}", SL_MCP_RESPONSE, "7", ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{}}", SL_MCP_RESPONSE, "7", ""},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_mcp_message m;

        SL_CHECK_INT(sl_mcp_read(sl_span_str(rows[i].line), &m), SL_MCP_NONE);
        SL_CHECK_INT(m.kind, rows[i].kind);
        SL_CHECK_TEXT(sl_span(m.id.json, m.id.n), rows[i].id);
        SL_CHECK_TEXT(m.method, rows[i].method);
        sl_mcp_message_done(&m);
    }
}

static void test_refusals(void)
{
    static const struct {
        const char *line;
        enum sl_mcp_refusal why;
        const char *id; /* that the refusal is for */
    } rows[] = {
        {"", SL_MCP_NOT_JSON, ""},
        {"hello", SL_MCP_NOT_JSON, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"} {}", SL_MCP_NOT_JSON, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"id\":8,\"method\":\"ping\"}", SL_MCP_NOT_JSON, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"a\\u0000\"}", SL_MCP_NOT_JSON, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\xff\"}", SL_MCP_NOT_JSON, ""},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", SL_MCP_DEEP, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":9007199254740993,\"method\":\"p\"}", SL_MCP_NUMBER, ""},
        {"[{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}]", SL_MCP_BATCH, ""},
        {"[]", SL_MCP_BATCH, ""},
        {"7", SL_MCP_NOT_OBJECT, ""},
        {"{\"id\":7,\"method\":\"ping\"}", SL_MCP_VERSION, "7"},
        {"{\"jsonrpc\":2.0,\"id\":7,\"method\":\"ping\"}", SL_MCP_VERSION, "7"},
        {"{\"jsonrpc\":\"1.0\",\"id\":\"x\",\"method\":\"ping\"}", SL_MCP_VERSION, "\"x\""},
        {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", SL_MCP_ID, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", SL_MCP_ID, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":[7],\"method\":\"ping\"}", SL_MCP_ID, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\"}", SL_MCP_METHOD, "7"},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":1}", SL_MCP_METHOD, "7"},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"params\":[]}", SL_MCP_PARAMS, "7"},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"params\":null}", SL_MCP_PARAMS, "7"},
        {"{\"jsonrpc\":\"2.0\"}", SL_MCP_NEITHER, ""},
        {"{\"jsonrpc\":\"2.0\",\"id\":7}", SL_MCP_NEITHER, "7"},
        {"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1,\"error\":{}}", SL_MCP_NEITHER, "7"},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_mcp_message m;

        SL_CHECK_INT(sl_mcp_read(sl_span_str(rows[i].line), &m), rows[i].why);
        SL_CHECK_TEXT(sl_span(m.id.json, m.id.n), rows[i].id);
        SL_CHECK(sl_mcp_refusal_text(rows[i].why)[0] != '\0');
        sl_mcp_message_done(&m);
    }
}

static void test_long_ids_and_lines(void)
{
    SL_BUF(line, SL_MCP_LINE_MOST + 64);
    struct sl_mcp_message m;

    sl_buf_put_str(&line, "{\"jsonrpc\":\"2.0\",\"id\":\"");
    for (int i = 0; i < SL_MCP_ID_MOST; i++)
        sl_buf_put_u8(&line, 'x');
    sl_buf_put_str(&line, "\",\"method\":\"ping\"}");
    SL_CHECK_INT(sl_mcp_read(sl_buf_span(&line), &m), SL_MCP_ID);
    SL_CHECK_INT(m.id.n, 0);
    sl_mcp_message_done(&m);
    while (line.n <= SL_MCP_LINE_MOST)
        sl_buf_put_u8(&line, ' ');
    SL_CHECK_INT(sl_mcp_read(sl_buf_span(&line), &m), SL_MCP_TOO_LONG);
    sl_mcp_message_done(&m);
}

static void test_calls(void)
{
    static const struct {
        const char *params;
        bool fine;
        const char *name, *token;
    } rows[] = {
        {"{\"name\":\"query\"}", true, "query", ""},
        {"{\"name\":\"query\",\"arguments\":{},\"_meta\":{\"progressToken\":3}}", true, "query",
         "3"},
        {"{\"name\":\"q\",\"_meta\":{\"progressToken\":\"t\"}}", true, "q", "\"t\""},
        {"{\"name\":\"q\",\"_meta\":{\"progressToken\":null}}", false, "", ""},
        {"{\"name\":\"q\",\"_meta\":[]}", false, "", ""},
        {"{\"name\":\"q\",\"arguments\":\"select 1\"}", false, "", ""},
        {"{\"name\":7}", false, "", ""},
        {"{}", false, "", ""},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        struct sl_mcp_call call = {0};
        json_t *params = NULL;

        SL_CHECK_INT(sl_json_read(sl_span_str(rows[i].params), &params, NULL), SL_OK);
        SL_CHECK_INT(sl_mcp_call_read(params, &call) == SL_OK, rows[i].fine);
        SL_CHECK_TEXT(call.name, rows[i].name);
        SL_CHECK_TEXT(sl_span(call.token.json, call.token.n), rows[i].token);
        json_decref(params);
    }
    struct sl_mcp_call call = {0};
    SL_CHECK_INT(sl_mcp_call_read(NULL, &call), SL_EMALFORMED);
}

static void test_versions_and_levels(void)
{
    enum sl_mcp_level level = SL_MCP_DEBUG;

    SL_CHECK_TEXT(sl_span_str(sl_mcp_version(SL_SPAN("2024-11-05"))), "2024-11-05");
    SL_CHECK_TEXT(sl_span_str(sl_mcp_version(SL_SPAN("2025-03-26"))), "2025-03-26");
    SL_CHECK_TEXT(sl_span_str(sl_mcp_version(SL_SPAN("2099-01-01"))), "2025-06-18");
    SL_CHECK_TEXT(sl_span_str(sl_mcp_version(SL_SPAN(""))), "2025-06-18");
    SL_CHECK_INT(sl_mcp_level_read(SL_SPAN("warning"), &level), SL_OK);
    SL_CHECK_INT(level, SL_MCP_WARNING);
    SL_CHECK_INT(sl_mcp_level_read(SL_SPAN("Warning"), &level), SL_ENOTFOUND);
    SL_CHECK_INT(level, SL_MCP_WARNING);
}

/* --- out --- */

/* One line, JSON, and nothing behind its newline. */
static void check_line(const struct sl_buf *b)
{
    struct sl_span text = sl_buf_span(b);
    json_t *value = NULL;

    SL_CHECK_INT(sl_span_find(text, '\n') + 1, text.n);
    SL_CHECK_INT(sl_json_read(text, &value, NULL), SL_OK);
    json_decref(value);
}

static void test_lines(void)
{
    SL_BUF(b, SL_MCP_OUT_MOST);

    sl_mcp_put_empty(&b, &seven);
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"id\":7,\"jsonrpc\":\"2.0\",\"result\":{}}\n");
    sl_buf_reset(&b);
    sl_mcp_put_error(&b, &(struct sl_mcp_id){0}, SL_MCP_NO_METHOD, "no");
    SL_CHECK_TEXT(
        sl_buf_span(&b),
        "{\"error\":{\"code\":-32601,\"message\":\"no\"},\"id\":null,\"jsonrpc\":\"2.0\"}\n");
    sl_buf_reset(&b);
    sl_mcp_put_progress(&b, &seven, 2, SL_SPAN("held\nhere"));
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
                  "\"message\":\"held\\nhere\",\"progress\":2,\"progressToken\":7}}\n");
    sl_buf_reset(&b);
    sl_mcp_put_log(&b, SL_MCP_NOTICE, "sluice", SL_SPAN("x"));
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{"
                  "\"data\":\"x\",\"level\":\"notice\",\"logger\":\"sluice\"}}\n");
}

static void test_results(void)
{
    static const struct sl_mcp_tool tool = {
        .name = "query", .title = "Q", .description = "d", .input = "{\"type\":\"object\"}"};
    SL_BUF(b, SL_MCP_OUT_MOST);
    json_t *structured = json_pack("{s:n}", "x");

    sl_mcp_put_tool_result(&b, &seven, SL_SPAN("a\nb"), structured, true);
    SL_CHECK_TEXT(sl_buf_span(&b),
                  "{\"id\":7,\"jsonrpc\":\"2.0\",\"result\":{\"content\":[{\"text\":\"a\\nb\","
                  "\"type\":\"text\"}],\"isError\":true,\"structuredContent\":{\"x\":null}}}\n");
    json_decref(structured);
    sl_buf_reset(&b);
    sl_mcp_put_tools(&b, &seven, &tool, 1);
    check_line(&b);
    sl_buf_reset(&b);
    sl_mcp_put_initialized(&b, &seven, "2025-06-18", &(struct sl_mcp_server){"1.0", "hear\nme"});
    check_line(&b);
}

/* What cannot be written is an internal error for the same id, never half of a line. */
static void test_what_cannot_be_written(void)
{
    SL_BUF(b, SL_MCP_OUT_MOST);

    sl_mcp_put_tool_result(&b, &seven, SL_SPAN("\xff"), NULL, false);
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"error\":{\"code\":-32603,\"message\":\"the answer could not "
                                   "be written\"},\"id\":7,\"jsonrpc\":\"2.0\"}\n");
    sl_buf_reset(&b);
    sl_mcp_put_progress(&b, &seven, 1, SL_SPAN("\xff"));
    SL_CHECK_INT(b.n, 0);
    SL_CHECK_INT(sl_buf_err(&b), SL_OK);
}

/* --- text --- */

static void test_plain(void)
{
    static const struct {
        const char *text;
        size_t most;
        const char *want;
    } rows[] = {
        {"two\nlines\n", 100, "two\nlines\n"},
        {"\x1b[2Jgone", 100, "\\u{1b}[2Jgone"},
        {"a\r\nb", 100, "a\\u{0d}\nb"},
        {"ab\xe2\x80\xae"
         "cd",
         100, "ab\\u{202e}cd"},
        {"\xff", 100, "\\xff"},
        {"abcdef", 3, "abc [... cut]"},
        {"ab\xc3\xa4", 3, "ab [... cut]"},
        {"", 3, ""},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        SL_BUF(b, 1024);
        sl_mcp_put_plain(&b, sl_span_str(rows[i].text), rows[i].most);
        SL_CHECK_TEXT(sl_buf_span(&b), rows[i].want);
    }
}

static void test_visible(void)
{
    SL_BUF(b, 1024);

    sl_mcp_put_visible(&b, SL_SPAN("{\"a\":\"\xe2\x80\xae x \xf3\xa0\x81\x81 \xc3\xa4 \\n\"}"));
    SL_CHECK_TEXT(sl_buf_span(&b), "{\"a\":\"\\u202e x \\udb40\\udc41 \xc3\xa4 \\n\"}");
}

int main(void)
{
    SL_RUN(test_messages);
    SL_RUN(test_refusals);
    SL_RUN(test_long_ids_and_lines);
    SL_RUN(test_calls);
    SL_RUN(test_versions_and_levels);
    SL_RUN(test_lines);
    SL_RUN(test_results);
    SL_RUN(test_what_cannot_be_written);
    SL_RUN(test_plain);
    SL_RUN(test_visible);
    return sl_tap_done();
}
