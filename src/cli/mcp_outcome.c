/* What came of a statement: for the model in words, for programs by the tool's output schema. */
#include "cli/mcp_query_int.h"

static void set_field(json_t *error, const char *name, const char *text)
{
    SL_BUF(plain, 8 * MCP_TEXT_MOST);

    if (text == NULL || text[0] == '\0')
        return;
    sl_mcp_put_plain(&plain, sl_span_str(text), MCP_TEXT_MOST);
    while (plain.n > 0 && plain.p[plain.n - 1] == '\n') /* libpq's own have one */
        plain.n--;
    json_object_set_new(error, name, json_stringn((const char *)plain.p, plain.n));
}

static void set_error(struct mcp_query *q, const char *outcome, const char *sqlstate,
                      const char *message)
{
    if (q->error != NULL) /* the first counts */
        return;
    q->failed = true;
    q->outcome = outcome;
    q->error = json_object();
    set_field(q->error, "sqlstate", sqlstate);
    set_field(q->error, "message", message);
}

/* By the gate's codes; what the server says is a failure of the statement. */
static const char *outcome_of(const PGresult *r)
{
    static const struct {
        const char *sqlstate, *outcome;
    } gates[] = {{"42501", "denied"}, {"SL001", "waiting"}, {"57014", "cancelled"}};
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

    for (size_t i = 0; i < SL_COUNT(gates); i++)
        if (state != NULL && !mcp_is_servers(r) && strcmp(state, gates[i].sqlstate) == 0)
            return gates[i].outcome;
    return "failed";
}

void mcp_query_failed(struct mcp_query *q, const PGresult *r)
{
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

    if (q->error != NULL)
        return;
    if (message == NULL) { /* libpq's own: the connection broke */
        set_error(q, q->sent ? "unknown" : "failed", NULL, PQresultErrorMessage(r));
        return;
    }
    if (q->step == 0) { /* nothing was sent that a server could run */
        set_error(q, "failed", NULL, "what listens at this address is no Sluice gate");
        set_field(q->error, "detail", message);
        return;
    }
    set_error(q, outcome_of(r), PQresultErrorField(r, PG_DIAG_SQLSTATE), message);
    set_field(q->error, "detail", PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL));
    set_field(q->error, "hint", PQresultErrorField(r, PG_DIAG_MESSAGE_HINT));
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void set_count(json_t *object, const char *name, uint64_t count)
{
    if (count > 0)
        json_object_set_new(object, name, json_integer((json_int_t)count));
}

static json_t *structured(const struct mcp_query *q)
{
    json_t *out = json_object();

    json_object_set_new(out, "outcome", json_string(q->outcome != NULL ? q->outcome : "done"));
    if (q->notices.approval[0] != '\0')
        json_object_set_new(out, "approval", json_string(q->notices.approval));
    if (json_array_size(q->notices.said) > 0)
        json_object_set(out, "notices", q->notices.said);
    set_count(out, "notices_left_out", q->notices.left_out);
    if (q->error != NULL)
        json_object_set(out, "error", q->error);
    else
        json_object_set(out, "results", q->rows.results);
    set_count(out, "results_left_out", q->rows.results_left_out);
    return out;
}

/* --- in words --------------------------------------------------------------------------------- */

static const struct {
    const char *outcome, *before, *after;
} words[] = {
    {"denied", "Denied: it did not run. ", "Do not try it in other words; ask whom you work for."},
    {"waiting", "It has not run yet: ",
     "Call query again with exactly the same sql, reason, run and sink: it joins this approval, or "
     "runs once it is approved."},
    {"cancelled", "Cancelled. ", ""},
    {"failed", "It failed. ", ""},
    {"unknown", "The answer was lost, so it may or may not have run: ",
     "Do not repeat it blindly. Look whether it ran; of one that was held the tool `approval` "
     "says what became of it."},
};

static void put_member(struct sl_buf *b, const char *before, const json_t *error, const char *name)
{
    struct sl_span text = sl_json_str(error, name);

    if (text.n > 0)
        sl_buf_say(b, "%s%S", before, text);
}

static void put_words(struct sl_buf *b, const struct mcp_query *q)
{
    const char *after = "";

    for (size_t i = 0; i < SL_COUNT(words); i++)
        if (strcmp(words[i].outcome, q->outcome) == 0) {
            sl_buf_put_str(b, words[i].before);
            after = words[i].after;
        }
    put_member(b, "", q->error, "message");
    put_member(b, "\nSQLSTATE: ", q->error, "sqlstate");
    put_member(b, "\nDetail: ", q->error, "detail");
    if (after[0] == '\0' || strcmp(q->outcome, "denied") == 0)
        put_member(b, "\nHint: ", q->error, "hint");
    if (q->notices.approval[0] != '\0')
        sl_buf_say(b, "\nApproval: %s", q->notices.approval);
    if (after[0] != '\0')
        sl_buf_say(b, "\n%s", after);
}

/* Rows stand as JSON in the text, too: some hosts show a model nothing else. */
static void put_json(struct sl_buf *b, const json_t *value)
{
    SL_BUF(canonical, SL_MCP_OUT_MOST);

    if (sl_json_canonical(&canonical, value) != SL_OK)
        b->why = SL_ELIMIT;
    sl_mcp_put_visible(b, sl_buf_span(&canonical));
}

/* --- the end ---------------------------------------------------------------------------------- */

void mcp_query_over(struct mcp_query *q)
{
    SL_BUF(text, SL_MCP_OUT_MOST);
    json_t *answer = structured(q);

    if (q->error != NULL)
        put_words(&text, q);
    else
        put_json(&text, answer);
    mcp_call_end(q->call, sl_buf_span(&text), answer, q->error != NULL);
    json_decref(answer);
}

void mcp_query_lost(struct mcp_query *q)
{
    const char *why = q->conn == NULL ? "" : PQerrorMessage(q->conn);

    set_error(q, q->sent ? "unknown" : "failed", NULL,
              why[0] != '\0'  ? why
              : q->connecting ? "the gate did not answer in time"
                              : "the connection to the gate was lost");
    mcp_query_over(q);
}
