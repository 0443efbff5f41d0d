/* From the parser's events to a request that is in order, or the reason why it is not. */
#include "role/desk/desk_int.h"

#include "base/utf8.h"
#include "os/log.h"

#include <stdlib.h>

static void wipe(struct sl_buf *b)
{
    if (b->p != NULL)
        explicit_bzero(b->p, b->n);
}

void sl_desk_request_free(struct sl_desk_request *r)
{
    if (r == NULL)
        return;
    wipe(&r->credential);
    wipe(&r->vouch);
    wipe(&r->flow);
    wipe(&r->device);
    wipe(&r->query); /* a provider's code */
    wipe(&r->body);  /* an enrolment code */
    *r->all_bodies -= r->body.n;
    json_decref(r->export_question);
    sl_buf_done(&r->allowed);
    sl_buf_done(&r->credential);
    sl_buf_done(&r->vouch);
    sl_buf_done(&r->flow);
    sl_buf_done(&r->device);
    sl_buf_done(&r->query);
    sl_buf_done(&r->body);
    free(r);
}

static void refuse(struct sl_desk_request *r, unsigned status, const char *why)
{
    if (r->refusal == 0) {
        r->refusal = status;
        r->why = why;
    }
}

static bool is_file(const struct sl_desk_request *r)
{
    return r->route != NULL && (r->route->kind == SL_DESK_PAGE || r->route->kind == SL_DESK_FILE);
}

static bool is_return(const struct sl_desk_request *r)
{
    return r->route != NULL && r->route->kind == SL_DESK_RETURN;
}

/* A link in a chat leads to a page from another site, and the page tells nobody anything. */
static void check_place(struct sl_desk_conn *c, const struct sl_http1_head *h)
{
    if (!sl_desk_host_ours(&c->desk->place, h->host))
        refuse(c->request, 421,
               "this Host is not served here: use the address that Sluice listens on, or its "
               "public_url");
    if (is_return(c->request) ? !sl_desk_is_visit(h)
                              : !is_file(c->request) && !sl_desk_origin_ours(&c->desk->place, h))
        refuse(c->request, 403, "requests from pages of other origins are not accepted");
}

static void find_route(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span id;

    r->route = sl_desk_route(h->method, h->path, &id, &r->allowed);
    if (r->route != NULL) {
        if (strstr(r->route->path, "{id}") == NULL && id.n > 0)
            memcpy(r->file, id.p, id.n); /* shorter than its room: the router saw to it */
        else
            memcpy(r->id, id.p == NULL ? (const uint8_t *)"" : id.p, id.n);
        sl_buf_put(&r->query, h->query);
    } else if (r->allowed.n == 0) {
        refuse(r, 404, "there is nothing at this path");
    } else if (h->method == SL_HTTP1_METHOD_OPTIONS) {
        refuse(r, 204, "");
    } else {
        refuse(r, 405, "this path does not know this method");
    }
}

static bool is_open(const struct sl_desk *d, const struct sl_desk_route *route)
{
    return !route->credential ||
           (route->kind == SL_DESK_METRICS && sl_config_metrics_open(d->config));
}

static void take_credential(struct sl_desk_request *r, struct sl_span secret)
{
    sl_buf_put(&r->credential, secret);
    if (sl_buf_err(&r->credential) != SL_OK)
        refuse(r, 503, "there is no memory for this request");
}

/* A browser sends the cookie by itself, wherever the request comes from. */
static void check_session(struct sl_desk_conn *c, const struct sl_http1_head *h,
                          struct sl_span session)
{
    struct sl_desk_request *r = c->request;

    take_credential(r, session);
    r->by_cookie = true;
    if (r->route->method == SL_HTTP1_METHOD_GET)
        return;
    if (!sl_desk_origin_said(&c->desk->place, h))
        refuse(r, 403, "a change with the console's cookie needs its own Origin");
    if (!sl_desk_mark_said(h, session))
        refuse(r, 403, "a change with the console's cookie needs the session's Sluice-CSRF");
}

/* A way there and back is one of a browser; whoever only looks (HEAD) must not use it up. */
static void check_journey(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span flow;

    if (r->is_head && (is_return(r) || r->route->kind == SL_DESK_DEPART)) {
        sl_buf_put_str(&r->allowed, "GET, OPTIONS");
        refuse(r, 405, "this path does not know this method");
    }
    if (is_return(r) && sl_desk_flow_cookie(h, &flow) == SL_OK)
        sl_buf_put(&r->flow, flow);
}

/* Whoever signs in here must have come from here: nobody is signed in as somebody else by a page
 * elsewhere. */
static void check_sign_in(struct sl_desk_conn *c, const struct sl_http1_head *h)
{
    if (c->request->route->kind == SL_DESK_SIGN_IN && !sl_desk_origin_said(&c->desk->place, h))
        refuse(c->request, 403, "one signs in to the console from its own page");
}

/* Only where somebody signs in; a cookie that is none of ours is none. */
static void take_device(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span device;

    if ((r->route->kind == SL_DESK_SIGN_IN || r->route->kind == SL_DESK_DEPART) &&
        sl_desk_device_cookie(h, &device) == SL_OK)
        sl_buf_put(&r->device, device);
}

static void check_credential(struct sl_desk_conn *c, const struct sl_http1_head *h)
{
    struct sl_desk_request *r = c->request;
    struct sl_span token, session;

    if (r->route == NULL)
        return;
    take_device(r, h);
    check_sign_in(c, h);
    check_journey(r, h);
    if (is_open(c->desk, r->route))
        return;
    enum sl_err by_token = sl_desk_bearer(h, &token), by_cookie = sl_desk_cookie(h, &session);
    if (by_token != SL_ENOTFOUND && by_cookie != SL_ENOTFOUND)
        refuse(r, 400, "either a token or the console's cookie, not both");
    else if (by_token == SL_OK)
        take_credential(r, token);
    else if (by_cookie == SL_OK)
        check_session(c, h, session);
    else if (by_token == SL_EMALFORMED)
        refuse(r, 401, "the Authorization header is not 'Bearer ' and a token");
    else
        refuse(r, 401,
               by_cookie == SL_EMALFORMED
                   ? "the console's cookie is not one of ours"
                   : "a credential is needed: Authorization: Bearer sld_... or slt_..., or "
                     "a token of a configured issuer");
}

static bool is_json(struct sl_span type, bool scim)
{
    struct sl_span parameter = sl_span_from(type, sl_span_find(type, ';'));
    struct sl_span plain = sl_span_head(type, type.n - parameter.n);

    return (sl_span_eq_nocase(plain, SL_SPAN("application/json")) ||
            (scim && sl_span_eq_nocase(plain, SL_SPAN("application/scim+json")))) &&
           (parameter.n == 0 || sl_span_eq_nocase(parameter, SL_SPAN("; charset=utf-8")) ||
            sl_span_eq_nocase(parameter, SL_SPAN(";charset=utf-8")));
}

/* A chat's bytes are signed as they are: nobody reads them here. */
static bool is_form(const struct sl_desk_request *r, struct sl_span type)
{
    return r->route != NULL && r->route->kind == SL_DESK_CHAT &&
           sl_span_eq_nocase(sl_span_head(type, sl_span_find(type, ';')),
                             SL_SPAN("application/x-www-form-urlencoded"));
}

/* The Connector of Teams sends one along; whose it is, the keeper finds out. It is no credential.
 */
static void keep_token(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span value = sl_http1_header(h, "Authorization");

    if (r->route != NULL && r->route->kind == SL_DESK_CHAT && value.p != NULL &&
        sl_span_eq_nocase(sl_span_head(value, 7), SL_SPAN("Bearer ")) && sl_utf8_valid(value))
        sl_buf_put(&r->vouch, sl_span_from(value, 7));
}

/* One that is too long is none of theirs, and so is its signature. */
static void keep_signature(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span stamp = sl_http1_header(h, "X-Slack-Request-Timestamp"),
                   signature = sl_http1_header(h, "X-Slack-Signature");

    if (stamp.p != NULL && stamp.n < sizeof r->stamp)
        memcpy(r->stamp, stamp.p, stamp.n);
    if (signature.p != NULL && signature.n < sizeof r->signature)
        memcpy(r->signature, signature.p, signature.n);
    keep_token(r, h);
}

static void check_type(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span coding = sl_http1_header(h, "Content-Encoding");

    if (r->has_body && !is_form(r, sl_http1_header(h, "Content-Type")) &&
        !is_json(sl_http1_header(h, "Content-Type"),
                 r->route != NULL && r->route->kind == SL_DESK_SCIM))
        refuse(r, 415, "a body must have Content-Type: application/json");
    if (coding.p != NULL)
        refuse(r, 415, "a content coding is not accepted");
}

static void check_query(struct sl_desk_request *r)
{
    struct sl_span rest = sl_buf_span(&r->query), name, value;
    bool must;

    while (r->route != NULL && !is_return(r) && sl_http1_query_next(&rest, &name, &value)) {
        if (!sl_desk_named(r->route->query, name, &must)) {
            refuse(r, 400, "the query has a field that this path does not know");
            return;
        }
    }
}

static void keep_last_event(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span last = sl_http1_header(h, "Last-Event-ID");

    if (last.n <
        sizeof r->last_event) /* a longer one was never ours: the stream then begins with a reset */
        memcpy(r->last_event, last.p == NULL ? (const uint8_t *)"" : last.p, last.n);
    else
        r->last_event[0] = '?';
}

/* A longer one is no word that the keeper knows. A cookie is the console's, whatever it says. */
static void keep_channel(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span word = r->by_cookie ? SL_SPAN("console") : sl_http1_header(h, "Sluice-Channel");

    if (word.p != NULL && word.n < sizeof r->channel)
        memcpy(r->channel, word.p, word.n);
}

/* What a browser knows of a file, and whether it unpacks gzip: a plain list of words is looked for
 * it, and a weight ("gzip;q=0") means no. */
static void keep_caching(struct sl_desk_request *r, const struct sl_http1_head *h)
{
    struct sl_span known = sl_http1_header(h, "If-None-Match"),
                   rest = sl_http1_header(h, "Accept-Encoding");

    if (known.p != NULL && known.n < sizeof r->etag)
        memcpy(r->etag, known.p, known.n);
    while (rest.n > 0) {
        struct sl_span word = sl_span_head(rest, sl_span_find(rest, ','));

        rest = sl_span_from(rest, word.n + 1);
        while (word.n > 0 && word.p[0] == ' ')
            word = sl_span_from(word, 1);
        r->gzip = r->gzip || sl_span_is(word, "gzip");
    }
}

/* What was sent goes into no log: it is a stranger's, and once a connection is enough. */
static void complain_of_proxy(struct sl_desk_conn *c)
{
    if (!c->forwarded_badly)
        sl_log(SL_LOG_WARN, "forwarded_not_understood", SL_CSTR("address", c->address),
               SL_CSTR("what", "its X-Forwarded-For is no list of addresses; the request counts as "
                               "the proxy's own"));
    c->forwarded_badly = true;
}

static void keep_client(struct sl_desk_conn *c, const struct sl_http1_head *h)
{
    struct sl_ip ip;
    SL_BUF(text, sizeof c->request->client);
    enum sl_desk_forwarded said =
        sl_desk_forwarded(&c->desk->proxies, sl_span_str(c->address), h, &ip);

    memcpy(c->request->client, c->address, sizeof c->address);
    if (said == SL_DESK_FORWARDED_UNKNOWN)
        complain_of_proxy(c);
    if (said != SL_DESK_FORWARDED)
        return;
    sl_ip_put(&text, &ip);
    if (sl_buf_err(&text) == SL_OK) /* SL_IP_TEXT at most */
        memcpy(c->request->client, sl_buf_text(&text), text.n + 1);
}

static struct sl_desk_request *request_new(struct sl_desk *d, const struct sl_http1_head *h)
{
    struct sl_desk_request *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->all_bodies = &d->body_bytes;
    r->is_head = h->method == SL_HTTP1_METHOD_HEAD;
    r->keep_alive = h->keep_alive;
    r->has_body = h->chunked || h->body_bytes > 0;
    r->allowed = sl_buf(256);
    r->credential = sl_buf(SL_DESK_MAX_TOKEN);
    r->vouch = sl_buf(SL_DESK_MAX_TOKEN);
    r->flow = sl_buf(SL_DESK_MAX_CREDENTIAL);
    r->device = sl_buf(SL_DESK_MAX_CREDENTIAL);
    r->query = sl_buf(SL_DESK_MAX_TARGET);
    r->body = sl_buf(SL_DESK_MAX_BODY);
    return r;
}

static void answer_refusal(struct sl_desk_conn *c)
{
    struct sl_desk_request *r = c->request;

    if (r->refusal == 204)
        sl_desk_answer(c, &(struct sl_desk_answer){.status = 204,
                                                   .allowed = sl_buf_span(&r->allowed)});
    else
        sl_desk_problem(c, r->refusal, r->why);
}

static void on_head(struct sl_desk_conn *c, const struct sl_http1_head *h)
{
    struct sl_desk_request *r = c->request = request_new(c->desk, h);

    if (r == NULL) {
        sl_desk_conn_end(c);
        return;
    }
    r->keep_alive &= !c->desk->draining;
    keep_client(c, h);
    find_route(r, h);
    check_place(c, h);
    check_credential(c, h);
    check_type(r, h);
    check_query(r);
    keep_last_event(r, h);
    keep_channel(r, h);
    keep_signature(r, h);
    keep_caching(r, h);
    if (r->refusal != 0 && r->has_body) { /* the body is not read: the connection ends */
        r->keep_alive = false;
        answer_refusal(c);
    } else if (r->has_body) {
        sl_desk_conn_deadline(c, SL_DESK_BODY_MS);
        if (h->expect_continue)
            sl_buf_put_str(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
    }
}

/* Strangers that send large bodies slowly must not take the memory that others need. */
static void on_body(struct sl_desk_conn *c, struct sl_span bytes)
{
    struct sl_desk_request *r = c->request;
    size_t before = r->body.n;

    if (bytes.n <= SL_DESK_MAX_BODIES - *r->all_bodies)
        sl_buf_put(&r->body, bytes);
    *r->all_bodies += r->body.n - before;
    if (r->body.n - before == bytes.n)
        return;
    r->keep_alive = false;
    sl_desk_problem(c, 503, "too much is being sent at the moment");
}

static void on_end(struct sl_desk_conn *c)
{
    c->phase = SL_DESK_ANSWERING;
    sl_desk_conn_deadline(c, 0);
    if (c->request->refusal != 0)
        answer_refusal(c);
    else
        sl_desk_handle(c);
}

void sl_desk_request_event(struct sl_desk_conn *c, const struct sl_http1_event *ev)
{
    if (ev->type == SL_HTTP1_HEAD)
        on_head(c, &ev->head);
    else if (ev->type == SL_HTTP1_BODY)
        on_body(c, ev->body);
    else
        on_end(c);
}
