/* What each kind of route does. */
#include "role/desk/desk_int.h"

#include "base/utf8.h"
#include "os/log.h"
#include "json/json.h"

enum { MAX_QUERY_VALUE = 1024 };

/* --- the body of a question ----------------------------------------------------------------- */

/* Each member is known and each needed one is there; else a sentence. */
static const char *check_fields(const json_t *object, const char *fields)
{
    struct sl_span rest = sl_span_str(fields);
    const char *name;
    json_t *value;
    bool must;

    json_object_foreach((json_t *)object, name, value) if (
        !sl_desk_named(fields, sl_span_str(name),
                       &must)) return "the body has a member that this path does not know";
    while (rest.n > 0) {
        struct sl_span word = sl_span_head(rest, sl_span_find(rest, ' '));

        rest = sl_span_from(rest, word.n + 1);
        if (word.p[word.n - 1] == '!' &&
            json_object_getn(object, (const char *)word.p, word.n - 1) == NULL)
            return "the body lacks a member that this path needs";
    }
    return NULL;
}

/* The body as an object; NULL after it has answered why not. No body is an empty object. */
static json_t *read_body(struct sl_desk_conn *c)
{
    struct sl_desk_request *r = c->request;
    struct sl_span text = r->body.n > 0 ? sl_buf_span(&r->body) : SL_SPAN("{}");
    json_t *object = NULL;
    SL_BUF(why, 512);

    if (sl_json_read(text, &object, &why) != SL_OK) {
        SL_BUF(detail, 1024);
        sl_buf_say(&detail, "the body is not JSON as it must be: %S", sl_buf_span(&why));
        sl_desk_problem(c, 400, sl_buf_text(&detail));
        return NULL;
    }
    const char *fault = json_is_object(object) ? check_fields(object, r->route->fields)
                                               : "the body must be a JSON object";
    if (fault == NULL)
        return object;
    sl_desk_problem(c, 400, fault);
    json_decref(object);
    return NULL;
}

static int add_query(json_t *object, struct sl_span name, struct sl_span value)
{
    SL_BUF(key, 64);
    SL_BUF(text, SL_DESK_MAX_TARGET);
    uint64_t number;

    sl_buf_put(&key, name);
    sl_http1_unescape(&text, value);
    if (json_object_get(object, sl_buf_text(&key)) != NULL)
        return -1; /* there twice */
    if (!sl_span_is(name, "limit"))
        return json_object_set_new(object, sl_buf_text(&key),
                                   json_stringn((const char *)text.p, text.n));
    if (sl_span_u64(value, &number) != SL_OK || number == 0 || number > 1000)
        return -1;
    return json_object_set_new(object, sl_buf_text(&key), json_integer((json_int_t)number));
}

/* Query fields become members of the question; which there may be, the route said already. */
static bool add_query_fields(json_t *object, struct sl_span query)
{
    struct sl_span name, value;

    while (sl_http1_query_next(&query, &name, &value))
        if (value.n == 0 || value.n > MAX_QUERY_VALUE || add_query(object, name, value) != 0)
            return false;
    return true;
}

static bool add_id(const struct sl_desk_request *r, json_t *object)
{
    return r->id[0] == '\0' ||
           json_object_set_new(object, "id", json_stringn(r->id, sizeof r->id)) == 0;
}

void sl_desk_ask_object(struct sl_desk_conn *c, const json_t *object, sl_desk_reply_fn *fn)
{
    SL_BUF(body, 2 * SL_DESK_MAX_BODY);

    if (sl_json_canonical(&body, object) != SL_OK)
        sl_desk_problem(c, 400, "numbers in the body must be whole");
    else
        sl_desk_ask(c, c->request->route->call, sl_buf_span(&body), fn);
    if (body.p != NULL)
        explicit_bzero(body.p, body.n);
}

static void handle_call(struct sl_desk_conn *c)
{
    json_t *object = read_body(c);

    if (object == NULL)
        return;
    if (!add_query_fields(object, sl_buf_span(&c->request->query)))
        sl_desk_problem(c, 400,
                        "a field of the query is empty, too long, there twice, or no number from 1 "
                        "to 1000 (limit)");
    else if (!add_id(c->request, object))
        sl_desk_problem(c, 503, "out of memory");
    else if (c->request->route->kind == SL_DESK_SIGN_IN)
        sl_desk_sign_in(c, object);
    else if (c->request->route->kind == SL_DESK_EXPORT)
        sl_desk_export(c, json_incref(object));
    else if (c->request->route->kind == SL_DESK_DEPART)
        sl_desk_depart(c, object);
    else if (c->request->route->kind == SL_DESK_LINK)
        sl_desk_ask_object(c, object, sl_desk_on_link);
    else
        sl_desk_ask_object(c, object, sl_desk_pass_on);
    json_decref(object);
}

/* --- SCIM ----------------------------------------------------------------------------------- */

/* Its errors are resources of their own kind; what is not the keeper's word is a problem as ever.
 */
static void on_scim(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    if (status == 401 || status == 429 || body.n == 0)
        sl_desk_pass_on(c, status, body);
    else if (status == 204)
        sl_desk_answer(c, &(struct sl_desk_answer){.status = 204});
    else
        sl_desk_answer(c, &(struct sl_desk_answer){
                              .status = status, .type = "application/scim+json", .body = body});
}

/* "Users" of "/scim/v2/Users/{resource}" */
static struct sl_span scim_what(const struct sl_desk_route *route)
{
    struct sl_span rest = sl_span_from(sl_span_str(route->path), sizeof "/scim/v2/" - 1);

    return sl_span_head(rest, sl_span_find(rest, '/'));
}

/* What it says goes to the keeper whole, for it to read. */
static void handle_scim(struct sl_desk_conn *c)
{
    struct sl_desk_request *r = c->request;
    json_t *resource = NULL, *query = json_object(), *question;
    struct sl_span what = scim_what(r->route);
    SL_BUF(why, 512);

    if (r->body.n > 0 && sl_json_read(sl_buf_span(&r->body), &resource, &why) != SL_OK) {
        sl_desk_problem(c, 400, "the body is not JSON as it must be");
    } else if (!add_query_fields(query, sl_buf_span(&r->query))) {
        sl_desk_problem(c, 400, "a field of the query is empty, too long or there twice");
    } else {
        question = json_pack("{s:s, s:s%, s:O}", "method", sl_http1_method_name(r->route->method),
                             "what", (const char *)what.p, what.n, "query", query);
        if (r->file[0] != '\0')
            json_object_set_new(question, "id", json_string(r->file));
        if (resource != NULL)
            json_object_set(question, "resource", resource);
        sl_desk_ask_object(c, question, on_scim);
        json_decref(question);
    }
    json_decref(query);
    json_decref(resource);
}

/* --- chats ---------------------------------------------------------------------------------- */

/* The keeper's `answer` is what the chat is told. */
static void on_chat(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;
    SL_BUF(text, SL_DESK_MAX_BODY);

    if (status != 200 || sl_json_read(body, &told, NULL) != SL_OK) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    const json_t *answer = json_object_get(told, "answer");
    bool is_said = answer != NULL && sl_json_canonical(&text, answer) == SL_OK;
    sl_desk_answer(c, &(struct sl_desk_answer){.status = 200,
                                               .type = is_said ? "application/json" : NULL,
                                               .body = sl_buf_span(&text)});
    json_decref(told);
}

/* Its bytes go to the keeper as they came, for it to verify. */
static void handle_chat(struct sl_desk_conn *c)
{
    struct sl_desk_request *r = c->request;
    json_t *question = NULL;

    if (sl_utf8_valid(sl_buf_span(&r->body)))
        question = json_pack("{s:s, s:s, s:s, s:s%, s:s%}", "chat", r->file, "timestamp", r->stamp,
                             "signature", r->signature, "token",
                             r->vouch.n > 0 ? (const char *)r->vouch.p : "", r->vouch.n, "body",
                             r->body.n > 0 ? (const char *)r->body.p : "", r->body.n);
    if (question == NULL)
        sl_desk_problem(c, 400, "the body is no text");
    else
        sl_desk_ask_object(c, question, on_chat);
    json_decref(question);
}

/* --- long poll ------------------------------------------------------------------------------ */

/* States in which nothing more happens of its own. */
static bool is_final(struct sl_span state)
{
    static const char *const finals[] = {"denied", "expired", "cancelled",
                                         "spent",  "lapsed",  "revoked"};

    for (size_t i = 0; i < SL_COUNT(finals); i++)
        if (sl_span_is(state, finals[i]))
            return true;
    return false;
}

/* There is no time, or none any more. */
static bool is_time_over(const struct sl_desk_conn *c)
{
    return sl_loop_now_ms(c->desk->loop) >= c->request->wait_until_ms || c->desk->draining;
}

/* True when the answer can wait: the state is the one that the client knows already. */
static bool may_wait(struct sl_desk_conn *c, struct sl_span body)
{
    struct sl_desk_request *r = c->request;
    json_t *approval = NULL;

    if (is_time_over(c) || sl_json_read(body, &approval, NULL) != SL_OK)
        return false;
    struct sl_span state = sl_json_str(approval, "state");
    if (r->known_state[0] == '\0' && state.n < sizeof r->known_state)
        memcpy(r->known_state, state.p, state.n);
    bool waits = sl_span_is(state, r->known_state) && !is_final(state);
    json_decref(approval);
    return waits;
}

static void ask_one(struct sl_desk_conn *c, bool brief, sl_desk_reply_fn *fn)
{
    json_t *object = json_object();

    if (object == NULL || !add_id(c->request, object) ||
        (brief && json_object_set_new(object, "brief", json_true()) != 0))
        sl_desk_problem(c, 503, "out of memory");
    else
        sl_desk_ask_object(c, object, fn);
    json_decref(object);
}

static void on_polled(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    c->request->waiting = status == 200 && may_wait(c, body);
    if (c->request->waiting)
        return;
    if (status == 200)
        ask_one(c, false, sl_desk_pass_on);
    else
        sl_desk_pass_on(c, status, body);
}

/* Each time with the caller's own credential: what he may no longer see he is not told. A statement
 * may be long and those who wait for it many: whole it is asked for once, when it is told. */
static void poll(struct sl_desk_conn *c)
{
    c->request->waiting = false;
    if (is_time_over(c))
        ask_one(c, false, sl_desk_pass_on);
    else
        ask_one(c, true, on_polled);
}

void sl_desk_poll_again(struct sl_desk_conn *c)
{
    poll(c);
    sl_desk_conn_go_on(c);
}

static bool read_wait(struct sl_desk_request *r, uint64_t now_ms)
{
    struct sl_span query = sl_buf_span(&r->query), value;
    uint64_t seconds = 0;
    enum sl_err err = sl_http1_query(query, "wait", &value);

    if (err != SL_ENOTFOUND &&
        (err != SL_OK || sl_span_u64(value, &seconds) != SL_OK || seconds > SL_DESK_MAX_WAIT_S))
        return false;
    r->wait_until_ms = r->is_head ? 0 : seconds == 0 ? 0 : now_ms + seconds * 1000;
    err = sl_http1_query(query, "state", &value);
    if (err == SL_ENOTFOUND)
        return true;
    if (err != SL_OK || value.n == 0 || value.n >= sizeof r->known_state)
        return false;
    memcpy(r->known_state, value.p, value.n);
    return true;
}

static void handle_watch(struct sl_desk_conn *c)
{
    if (read_wait(c->request, sl_loop_now_ms(c->desk->loop)))
        poll(c);
    else
        sl_desk_problem(c, 400,
                        "wait must be a number of seconds from 0 to 60, and state a state's name");
}

/* --- the rest ------------------------------------------------------------------------------- */

/* Anybody may ask, so nobody learns more than yes or no. */
static void on_health(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    (void)body;
    if (status == 200)
        sl_desk_pass_on(c, status, SL_SPAN("{\"status\":\"ok\"}"));
    else
        sl_desk_problem(c, 503, "the keeper does not answer");
}

static void on_metrics(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;

    if (status != 200 || sl_json_read(body, &told, NULL) != SL_OK) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    sl_desk_answer(c, &(struct sl_desk_answer){.status = 200,
                                               .type = "text/plain; version=0.0.4; charset=utf-8",
                                               .body = sl_json_str(told, "text")});
    json_decref(told);
}

/* The keeper looks at the configuration too: it is its word that opens them. */
static void handle_metrics(struct sl_desk_conn *c)
{
    bool is_open = sl_config_metrics_open(c->desk->config);

    sl_desk_ask(c, is_open ? "metrics.open" : "metrics", SL_SPAN("{}"), on_metrics);
}

void sl_desk_handle(struct sl_desk_conn *c)
{
    switch (c->request->route->kind) {
    case SL_DESK_PAGE:
    case SL_DESK_FILE:
        sl_desk_serve(c);
        break;
    case SL_DESK_HEALTH:
        sl_desk_ask(c, c->request->route->call, SL_SPAN("{}"), on_health);
        break;
    case SL_DESK_METRICS:
        handle_metrics(c);
        break;
    case SL_DESK_CALL:
    case SL_DESK_SIGN_IN:
    case SL_DESK_EXPORT:
    case SL_DESK_DEPART:
    case SL_DESK_LINK:
        handle_call(c);
        break;
    case SL_DESK_SCIM:
        handle_scim(c);
        break;
    case SL_DESK_CHAT:
        handle_chat(c);
        break;
    case SL_DESK_RETURN:
        sl_desk_return(c);
        break;
    case SL_DESK_SESSION:
        sl_desk_session(c);
        break;
    case SL_DESK_SIGN_OUT:
        sl_desk_sign_out(c);
        break;
    case SL_DESK_WATCH:
        handle_watch(c);
        break;
    case SL_DESK_LEDGER:
        sl_desk_ledger(c);
        break;
    case SL_DESK_EVENTS:
        sl_desk_events_begin(c);
        break;
    }
}
