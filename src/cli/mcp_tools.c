/* The tools: what they say of themselves, what they want to be given, and who does it. */
#include "cli/mcp.h"

#include "base/when.h"

#include <stddef.h>

/* --- what hosts are told ---------------------------------------------------------------------- */

#define TEXT_1000(description) \
    "{\"type\":\"string\",\"maxLength\":1000,\"description\":\"" description "\"}"
#define APPROVAL                                                                            \
    "\"approval\":{\"type\":\"string\",\"pattern\":"                                        \
    "\"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$\",\"description\":\"" \
    "the whole id of an approval\"}"
#define OBJECT(properties, required)                                                  \
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{" properties \
    "},\"required\":[" required "]}"
#define TEXTS "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define COUNT "{\"type\":\"integer\",\"minimum\":0}"

static const char query_input[] = OBJECT(
    "\"sql\":{\"type\":\"string\",\"minLength\":1,\"description\":\"one statement, "
    "or several "
    "that are judged as one\"},\"reason\":" TEXT_1000(
        "why it is needed: reviewers read it, and it is "
        "recorded") ",\"run\":" TEXT_1000("names the run or task that this belongs "
                                          "to") ",\"sink\":" TEXT_1000("where the "
                                                                       "data goes") ",\"wait_"
                                                                                    "seconds\":{"
                                                                                    "\"type\":"
                                                                                    "\"integer\","
                                                                                    "\"minimum\":1,"
                                                                                    "\"maximum\":"
                                                                                    "86400,"
                                                                                    "\"default\":"
                                                                                    "45,"
                                                                                    "\"description"
                                                                                    "\":\"how long "
                                                                                    "it may wait "
                                                                                    "for a "
                                                                                    "decision\"},"
                                                                                    "\"max_rows\":{"
                                                                                    "\"type\":"
                                                                                    "\"integer\","
                                                                                    "\"minimum\":0,"
                                                                                    "\"maximum\":"
                                                                                    "1000,"
                                                                                    "\"default\":"
                                                                                    "100,"
                                                                                    "\"description"
                                                                                    "\":\"rows to "
                                                                                    "return; the "
                                                                                    "others are "
                                                                                    "counted\"}",
    "\"sql\"");
static const char query_output[] = OBJECT(
    "\"outcome\":{\"enum\":[\"done\",\"waiting\",\"denied\",\"cancelled\",\"failed\",\"unknown\"]}"
    ",\"approval\":{\"type\":\"string\"},\"results\":{\"type\":\"array\",\"items\":" OBJECT(
        "\"command\":{\"type\":\"string\"},\"columns\":" TEXTS
        ",\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":[\"string"
        "\",\"null\"]}}},\"row_count\":" COUNT ",\"rows_left_out\":" COUNT,
        "\"command\",\"row_count\"") "},\"results_left_out\":" COUNT ",\"notices\":" TEXTS
                                     ",\"notices_left_out\":" COUNT ",\"error\":" OBJECT(
                                         "\"sqlstate\":{\"type\":\"string\"},\"message\":{\"type\":"
                                         "\"string\"},\"detail\":{"
                                         "\"type\":\"string\"},\"hint\":{\"type\":\"string\"}",
                                         "\"message\""),
    "\"outcome\"");
static const char look_input[] = OBJECT(APPROVAL, "\"approval\"");
static const char answer_input[] =
    OBJECT(APPROVAL
           ",\"text\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000,\"description\":"
           "\"what to answer; reviewers see it and it is recorded\"}",
           "\"approval\",\"text\"");
static const char cancel_input[] =
    OBJECT(APPROVAL ",\"reason\":" TEXT_1000("why it is not needed any more"), "\"approval\"");

static const struct sl_mcp_tool tools[] = {
    {.name = "query",
     .title = "Run SQL through Sluice",
     .description =
         "Runs SQL on the PostgreSQL target, on a session of its own that ends with the call. "
         "Harmless statements run at once; a risky one is held until a person approves exactly it, "
         "and the call waits. Values are text as PostgreSQL writes it; NULL is null.",
     .input = query_input,
     .output = query_output,
     .destructive = true,
     .open_world = true},
    {.name = "answer",
     .title = "Answer a reviewer's question",
     .description = "Answers what a reviewer asked about a statement of yours that is held. It may "
                    "be called while that query still waits. It decides nothing.",
     .input = answer_input,
     .open_world = true},
    {.name = "approval",
     .title = "Look at an approval",
     .description = "Says what became of a statement that was held: its state, who decided and "
                    "why, questions and answers, and its outcome.",
     .input = look_input,
     .read_only = true,
     .idempotent = true,
     .open_world = true},
    {.name = "cancel",
     .title = "Withdraw a held statement",
     .description = "Withdraws a request of yours that is not decided yet. The statement will not "
                    "run.",
     .input = cancel_input,
     .destructive = true,
     .open_world = true},
};

void mcp_tools_put(struct mcp *m, const struct sl_mcp_id *id)
{
    sl_mcp_put_tools(&m->out, id, tools, SL_COUNT(tools));
}

/* --- what they are given ---------------------------------------------------------------------- */

struct given {
    const char *sql, *reason, *run, *sink, *approval, *text;
    int64_t wait_seconds, max_rows;
};
enum kind { TEXT, ID, NUMBER };
static const struct argument {
    const char *tool, *name;
    enum kind kind;
    bool required;
    int64_t least, most; /* a number's; or bytes of a text */
    size_t offset;       /* in struct given */
} arguments[] = {
    {"query", "sql", TEXT, true, 1, SL_MCP_LINE_MOST, offsetof(struct given, sql)},
    {"query", "reason", TEXT, false, 0, 1000, offsetof(struct given, reason)},
    {"query", "run", TEXT, false, 0, 1000, offsetof(struct given, run)},
    {"query", "sink", TEXT, false, 0, 1000, offsetof(struct given, sink)},
    {"query", "wait_seconds", NUMBER, false, 1, 86400, offsetof(struct given, wait_seconds)},
    {"query", "max_rows", NUMBER, false, 0, MCP_ROWS_MOST, offsetof(struct given, max_rows)},
    {"answer", "approval", ID, true, 0, 0, offsetof(struct given, approval)},
    {"answer", "text", TEXT, true, 1, 1000, offsetof(struct given, text)},
    {"approval", "approval", ID, true, 0, 0, offsetof(struct given, approval)},
    {"cancel", "approval", ID, true, 0, 0, offsetof(struct given, approval)},
    {"cancel", "reason", TEXT, false, 0, 1000, offsetof(struct given, reason)},
};

static bool is_approval(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? s.p[i] != '-' : strchr("0123456789abcdef", s.p[i]) == NULL)
            return false;
    }
    return s.n == 36;
}

static bool take_one(const struct argument *a, const json_t *value, struct given *out)
{
    struct sl_span text = sl_span(json_string_value(value), json_string_length(value));
    char *at = (char *)out + a->offset;

    if (a->kind == NUMBER) {
        *(int64_t *)at = json_integer_value(value);
        return json_is_integer(value) && *(int64_t *)at >= a->least && *(int64_t *)at <= a->most;
    }
    *(const char **)at = json_string_value(value);
    if (a->kind == ID)
        return is_approval(text);
    return json_is_string(value) && text.n >= (size_t)a->least && text.n <= (size_t)a->most;
}

static const struct argument *find_argument(const char *tool, const char *name)
{
    for (size_t i = 0; i < SL_COUNT(arguments); i++)
        if (strcmp(arguments[i].tool, tool) == 0 && strcmp(arguments[i].name, name) == 0)
            return &arguments[i];
    return NULL;
}

static void say_wanted(const struct argument *a, struct sl_buf *why)
{
    sl_buf_say(why, "%s of %s is ", a->name, a->tool);
    if (a->kind == ID)
        sl_buf_put_str(why, "the whole id of an approval, in lower case");
    else
        sl_buf_say(why, a->kind == TEXT ? "text of %d to %d bytes" : "an integer from %d to %d",
                   (int)a->least, (int)a->most);
}

/* An argument that nobody knows is not passed over: it was meant to do something. */
static bool take_arguments(const char *tool, const json_t *object, struct given *out,
                           struct sl_buf *why)
{
    for (void *at = json_object_iter((json_t *)object); at != NULL;
         at = json_object_iter_next((json_t *)object, at)) {
        const struct argument *a = find_argument(tool, json_object_iter_key(at));

        if (a == NULL)
            sl_buf_say(why, "%s does not take all of these arguments", tool);
        else if (!take_one(a, json_object_iter_value(at), out))
            say_wanted(a, why);
        if (why->n > 0)
            return false;
    }
    for (size_t i = 0; i < SL_COUNT(arguments); i++)
        if (arguments[i].required && strcmp(arguments[i].tool, tool) == 0 &&
            json_object_get(object, arguments[i].name) == NULL) {
            sl_buf_say(why, "%s needs %s", tool, arguments[i].name);
            return false;
        }
    return true;
}

/* What the host says in _meta stands above what the model says in the arguments. */
static bool take_meta(const json_t *meta, struct mcp_asked *out, struct sl_buf *why)
{
    const struct {
        const char *name;
        const char **into;
    } rows[] = {{"sluice/reason", &out->reason},
                {"sluice/run", &out->run},
                {"sluice/sink", &out->sink},
                {"sluice/wait", &out->wait}};

    for (size_t i = 0; i < SL_COUNT(rows); i++) {
        const json_t *value = json_object_get(meta, rows[i].name);

        if (value == NULL)
            continue;
        if (!json_is_string(value) || json_string_length(value) > 1000) {
            sl_buf_say(why, "%s is text of at most 1000 bytes", rows[i].name);
            return false;
        }
        *rows[i].into = json_string_value(value);
    }
    return true;
}

/* --- calls ------------------------------------------------------------------------------------ */

static enum sl_err begin_query(struct mcp_call *c, const struct given *given, const json_t *meta,
                               struct sl_buf *why)
{
    struct mcp_asked asked = {.sql = given->sql,
                              .reason = given->reason,
                              .run = given->run,
                              .sink = given->sink,
                              .max_rows = (size_t)given->max_rows};
    SL_BUF(wait, 32);

    sl_buf_say(&wait, "%ds", (int)given->wait_seconds);
    asked.wait = sl_buf_text(&wait);
    return take_meta(meta, &asked, why) ? mcp_query_begin(c, &asked) : SL_EMALFORMED;
}

static enum sl_err begin(struct mcp_call *c, const char *tool, const struct sl_mcp_call *what,
                         struct sl_buf *why)
{
    enum { WAIT_USUAL_S = 45 }; /* hosts wait for 60, and a call that they cancel ends its hold */
    struct given given = {.wait_seconds = WAIT_USUAL_S, .max_rows = MCP_ROWS_USUAL};

    if (!take_arguments(tool, what->arguments, &given, why))
        return SL_EMALFORMED;
    if (strcmp(tool, "query") == 0)
        return begin_query(c, &given, what->meta, why);
    if (strcmp(tool, "answer") == 0)
        return mcp_approval_begin(c, MCP_ANSWER, given.approval, given.text);
    if (strcmp(tool, "cancel") == 0)
        return mcp_approval_begin(c, MCP_CANCEL, given.approval, given.reason);
    return mcp_approval_begin(c, MCP_LOOK, given.approval, NULL);
}

static const char *find_tool(struct sl_span name)
{
    for (size_t i = 0; i < SL_COUNT(tools); i++)
        if (sl_span_is(name, tools[i].name))
            return tools[i].name;
    return NULL;
}

void mcp_tools_call(struct mcp *m, const struct sl_mcp_id *id, const struct sl_mcp_call *what)
{
    const char *tool = find_tool(what->name);
    SL_BUF(why, 512);

    if (tool == NULL) {
        sl_mcp_put_error(&m->out, id, SL_MCP_INVALID_PARAMS, "there is no such tool here");
        return;
    }
    if (mcp_call_find(m, id) != NULL) {
        sl_mcp_put_error(&m->out, id, SL_MCP_INVALID_REQUEST, "a call with this id is in flight");
        return;
    }
    struct mcp_call *c = mcp_call_new(m, id, &what->token);
    if (c == NULL) {
        sl_mcp_put_tool_result(
            &m->out, id,
            SL_SPAN("16 calls are in flight already: wait until one of them has ended"), NULL,
            true);
        return;
    }
    if (begin(c, tool, what, &why) == SL_OK)
        return;
    c->cancelled = true; /* its answer is this one */
    sl_mcp_put_error(&m->out, id, why.n > 0 ? SL_MCP_INVALID_PARAMS : SL_MCP_INTERNAL,
                     why.n > 0 ? sl_buf_text(&why) : "the call could not be begun");
    mcp_call_end(c, SL_SPAN(""), NULL, true);
}
