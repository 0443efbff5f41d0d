/* The tools that ask the API: what became of an approval, an answer to its reviewer, withdrawing
 * it.
 */
#include "cli/mcp.h"

#include <stdlib.h>

enum { SHOWN_BYTES = 64 * 1024 };

struct mcp_request {
    struct sl_api_exchange *exchange;
    enum mcp_verb verb;
};

enum sl_err mcp_approval_begin(struct mcp_call *c, enum mcp_verb verb, const char *approval,
                               const char *text)
{
    static const char *const paths[] = {"", "/answer", "/cancel"};
    struct mcp_request *r = calloc(1, sizeof *r);
    SL_BUF(path, 128);

    if (r == NULL)
        return SL_EMEMORY;
    c->request = r; /* and goes with the call, also after an error here */
    r->verb = verb;
    sl_buf_say(&path, "/v1/approvals/%s%s", approval, paths[verb]);
    json_t *body = verb == MCP_LOOK ? NULL : json_object();
    if (text != NULL)
        json_object_set_new(body, verb == MCP_ANSWER ? "text" : "reason", json_string(text));
    r->exchange = sl_api_exchange_new(&c->mcp->api, sl_buf_text(&path), body);
    json_decref(body);
    return r->exchange == NULL ? SL_EMEMORY : mcp_http_begin(c->mcp, c, r->exchange);
}

void mcp_request_free(struct mcp_call *c)
{
    mcp_http_drop(c->mcp, c->request->exchange);
    free(c->request);
    c->request = NULL;
}

/* --- what is shown ---------------------------------------------------------------------------- */

/* The texts in it are other people's. Recursion is bounded by the reader. */
static json_t *plain(const json_t *value)
{
    SL_BUF(text, 8 * MCP_TEXT_MOST);
    json_t *copy = NULL;

    if (json_is_string(value)) {
        sl_mcp_put_plain(&text, sl_span(json_string_value(value), json_string_length(value)),
                         MCP_TEXT_MOST);
        return json_stringn((const char *)text.p, text.n);
    }
    if (json_is_array(value)) {
        copy = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(copy, plain(json_array_get(value, i)));
    } else if (json_is_object(value)) {
        copy = json_object();
        for (void *at = json_object_iter((json_t *)value); at != NULL;
             at = json_object_iter_next((json_t *)value, at))
            json_object_set_new(copy, json_object_iter_key(at), plain(json_object_iter_value(at)));
    }
    return copy != NULL ? copy : json_deep_copy(value);
}

/* What the requester needs of an approval; who it is in full is for people. */
static void put_approval(struct sl_buf *b, const json_t *approval)
{
    static const char *const members[] = {
        "id",        "state",      "why",     "held_why", "reason",           "run",
        "sink",      "reviewers",  "votes",   "messages", "asked_at",         "expires_at",
        "closed_at", "may_answer", "outcome", "link",     "grant_expires_at", "repeats"};
    json_t *shown = json_object();
    SL_BUF(canonical, SL_MCP_OUT_MOST);

    for (size_t i = 0; i < SL_COUNT(members); i++) {
        const json_t *value = json_object_get(approval, members[i]);

        if (value != NULL)
            json_object_set_new(shown, members[i], plain(value));
    }
    if (sl_json_canonical(&canonical, shown) == SL_OK && canonical.n <= SHOWN_BYTES)
        sl_mcp_put_visible(b, sl_buf_span(&canonical));
    else
        sl_buf_put_str(b, "it is too long to be shown here: sluice show ID");
    json_decref(shown);
}

static void put_problem(struct sl_buf *b, long status, const json_t *problem)
{
    struct sl_span detail = sl_json_str(problem, "detail"), hint = sl_json_str(problem, "hint");

    if (status == 0) {
        sl_buf_put_str(b, "the gateway's API cannot be reached");
        return;
    }
    sl_mcp_put_plain(b, detail.n > 0 ? detail : sl_json_str(problem, "title"), MCP_TEXT_MOST);
    if (hint.n > 0) {
        sl_buf_put_str(b, "\nhint: ");
        sl_mcp_put_plain(b, hint, MCP_TEXT_MOST);
    }
    sl_buf_say(b, " (%d)", (int)status);
}

void mcp_request_over(struct mcp_call *c, bool reached)
{
    static const char *const done[] = {"", "Answered. ", "Withdrawn. "};
    struct mcp_request *r = c->request;
    json_t *answer = NULL;
    SL_BUF(text, SL_MCP_OUT_MOST);
    long status = sl_api_exchange_answer(r->exchange, &answer);
    bool fine = reached && status >= 200 && status <= 299 && json_is_object(answer);

    if (fine) {
        sl_buf_put_str(&text, done[r->verb]);
        put_approval(&text, answer);
    } else {
        put_problem(&text, reached ? status : 0, answer);
    }
    json_decref(answer);
    mcp_call_end(c, sl_buf_span(&text), NULL, !fine);
}
