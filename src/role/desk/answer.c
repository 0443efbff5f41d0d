/* Answers: a status, the headers that every answer has, and the body. */
#include "role/desk/desk_int.h"

#include "base/when.h"
#include "crypto/crypto.h"
#include "os/clock.h"
#include "json/json.h"

/* Nothing here is to be kept, framed, sniffed, or used by another origin's page. */
static const struct {
    const char *name, *value;
} guards[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

/* What holds data allows nothing; a page of ours without a script may look like the console; the
 * console's page may run its own files and talk to us. */
static const char csp_nothing[] =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
static const char csp_page[] = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; "
                               "base-uri 'none'; form-action 'none'";
static const char csp_console[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

static void put_two(struct sl_buf *b, unsigned v)
{
    sl_buf_say(b, v < 10 ? "0%u" : "%u", v);
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static void put_date(struct sl_buf *b)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct sl_civil t = sl_when_civil(sl_clock_us());

    sl_buf_say(b, "Date: %s, ", days[t.weekday]);
    put_two(b, t.day);
    sl_buf_say(b, " %s %d ", months[t.month - 1], t.year);
    put_two(b, t.hour);
    sl_buf_put_u8(b, ':');
    put_two(b, t.minute);
    sl_buf_put_u8(b, ':');
    put_two(b, t.second);
    sl_buf_put_str(b, " GMT\r\n");
}

static void put_caching(struct sl_buf *b, const struct sl_desk_answer *a)
{
    bool is_file = a != NULL && a->etag != NULL;

    bool is_page = a != NULL && a->page;

    sl_http1_put_header(b, "Content-Security-Policy",
                        sl_span_str(is_file   ? csp_console
                                    : is_page ? csp_page
                                              : csp_nothing));
    if (!is_file) {
        sl_http1_put_header(b, "Cache-Control", SL_SPAN("no-store"));
        return;
    }
    sl_http1_put_header(b, "Cache-Control",
                        a->caching == SL_DESK_CACHE_FOREVER
                            ? SL_SPAN("public, max-age=31536000, immutable")
                            : SL_SPAN("no-cache"));
    sl_http1_put_header(b, "ETag", sl_span_str(a->etag));
    sl_http1_put_header(b, "Vary", SL_SPAN("Accept-Encoding"));
    if (a->gzip)
        sl_http1_put_header(b, "Content-Encoding", SL_SPAN("gzip"));
}

static void put_common(struct sl_desk_conn *c, unsigned status, const struct sl_desk_answer *a)
{
    struct sl_buf *b = &c->out;

    sl_http1_put_status(b, status);
    put_date(b);
    put_caching(b, a);
    for (size_t i = 0; i < SL_COUNT(guards); i++)
        sl_http1_put_header(b, guards[i].name, sl_span_str(guards[i].value));
    if (c->desk->place.tls)
        sl_http1_put_header(b, "Strict-Transport-Security", SL_SPAN("max-age=31536000"));
}

static void put_headers(struct sl_desk_conn *c, const struct sl_desk_answer *a, bool keep)
{
    struct sl_buf *b = &c->out;

    put_common(c, a->status, a);
    if (a->type != NULL)
        sl_http1_put_header(b, "Content-Type", sl_span_str(a->type));
    if (a->status == 401)
        sl_http1_put_header(b, "WWW-Authenticate", SL_SPAN("Bearer realm=\"sluice\""));
    if (a->cookie.n > 0)
        sl_http1_put_header(b, "Set-Cookie", a->cookie);
    if (a->second_cookie.n > 0)
        sl_http1_put_header(b, "Set-Cookie", a->second_cookie);
    if (a->third_cookie.n > 0)
        sl_http1_put_header(b, "Set-Cookie", a->third_cookie);
    if (a->location.n > 0)
        sl_http1_put_header(b, "Location", a->location);
    if (a->allowed.n > 0)
        sl_http1_put_header(b, "Allow", a->allowed);
    if (a->retry_after_s > 0)
        sl_buf_say(b, "Retry-After: %u\r\n", a->retry_after_s);
    if (!keep)
        sl_http1_put_header(b, "Connection", SL_SPAN("close"));
    if (a->status != 204 && a->status != 304)
        sl_http1_put_length(b, a->body.n);
    sl_http1_put_head_end(b);
}

/* Too many do not read what they asked for. */
static bool is_too_much_now(const struct sl_desk_conn *c, const struct sl_desk_answer *a)
{
    bool is_head = c->request != NULL && c->request->is_head;

    return !is_head && a->body.n > SL_DESK_LARGE_ANSWER &&
           c->desk->out_bytes + a->body.n > SL_DESK_MAX_OUTS;
}

void sl_desk_answer(struct sl_desk_conn *c, const struct sl_desk_answer *a)
{
    const struct sl_desk_request *r = c->request;
    bool keep = r != NULL && r->keep_alive && !a->close && !c->desk->draining;

    if (is_too_much_now(c, a)) {
        sl_desk_problem(
            c, 503,
            "too many large answers are on their way: what was asked for is done, where "
            "it changes anything, and can be read again in a moment");
        return;
    }
    put_headers(c, a, keep);
    if (r == NULL || !r->is_head)
        sl_buf_put(&c->out, a->body);
    sl_desk_request_free(c->request);
    c->request = NULL;
    c->phase = keep ? SL_DESK_READING : SL_DESK_FLUSHING;
    if (keep)
        sl_desk_conn_between(c);
    else
        sl_desk_conn_deadline(c, SL_DESK_WRITE_MS);
    if (sl_buf_err(&c->out) != SL_OK)
        sl_desk_conn_end(c);
}

void sl_desk_problem(struct sl_desk_conn *c, unsigned status, const char *detail)
{
    SL_BUF(body, 4096);
    SL_BUF(allowed, 256);
    struct sl_jw w = sl_jw(&body);

    sl_jw_object(&w);
    sl_jw_key(&w, "detail");
    sl_jw_str(&w, sl_span_str(detail));
    sl_jw_key(&w, "status");
    sl_jw_u64(&w, status);
    sl_jw_key(&w, "title");
    sl_jw_str(&w, sl_span_str(sl_http1_reason(status)));
    sl_jw_key(&w, "type");
    sl_jw_str(&w, SL_SPAN("about:blank"));
    sl_jw_end(&w);
    if (c->request != NULL)
        sl_buf_put(&allowed, sl_buf_span(&c->request->allowed));
    sl_desk_answer(c, &(struct sl_desk_answer){.status = status,
                                               .type = "application/problem+json",
                                               .body = sl_buf_span(&body),
                                               .allowed = sl_buf_span(&allowed),
                                               .retry_after_s =
                                                   status == 503 || status == 429 ? 1 : 0});
}

void sl_desk_stream_begin(struct sl_desk_conn *c, enum sl_desk_phase phase, const char *type,
                          const char *disposition)
{
    put_common(c, 200, NULL);
    sl_http1_put_header(&c->out, "Content-Type", sl_span_str(type));
    if (disposition != NULL)
        sl_http1_put_header(&c->out, "Content-Disposition", sl_span_str(disposition));
    sl_http1_put_header(&c->out, "Connection", SL_SPAN("close"));
    sl_http1_put_header(&c->out, "Transfer-Encoding", SL_SPAN("chunked"));
    sl_http1_put_head_end(&c->out);
    c->phase = phase;
    c->desk->stream_count++;
}

/* What asks, asks for itself: an agent that opens streams by the hundred must not keep reviewers
 * from theirs. */
static bool is_to_ask_with(struct sl_span credential)
{
    return !sl_span_starts(credential, SL_SPAN("sld_")) &&
           !sl_span_starts(credential, SL_SPAN("sls_")) &&
           !sl_span_starts(credential, SL_SPAN("sll_"));
}

static bool is_streaming(const struct sl_desk_conn *c)
{
    return (c->phase == SL_DESK_STREAMING || c->phase == SL_DESK_EXPORTING) && c->request != NULL;
}

struct streams {
    size_t asking, same, same_exports;
};

static struct streams count_streams(const struct sl_desk_conn *c)
{
    struct streams n = {0};

    for (const struct sl_desk_conn *o = c->desk->conns; o != NULL; o = o->next) {
        if (o == c || !is_streaming(o))
            continue;
        bool same = memcmp(o->request->streams_for, c->request->streams_for,
                           sizeof c->request->streams_for) == 0;

        n.asking += is_to_ask_with(sl_buf_span(&o->request->credential));
        n.same += same;
        n.same_exports += same && o->phase == SL_DESK_EXPORTING;
    }
    return n;
}

/* NULL, or why not; *status is 429 where it is the caller's own doing. */
static const char *no_room(const struct sl_desk_conn *c, bool is_export, unsigned *status)
{
    bool asks = is_to_ask_with(sl_buf_span(&c->request->credential));
    struct streams n = count_streams(c);

    *status = 429;
    if (is_export && n.same_exports >= SL_DESK_EXPORTS_OF_ONE)
        return "two exports of yours are being sent already: wait for one to end";
    if (n.same >= (asks ? SL_DESK_STREAMS_OF_ONE : SL_DESK_STREAMS_OF_A_PERSON))
        return "too many streams and exports of yours are open already: close some";
    *status = 503;
    if (c->desk->stream_count >= SL_DESK_MAX_STREAMS ||
        (asks && n.asking >= SL_DESK_MAX_STREAMS / 4))
        return "too many listen to events, or export, already";
    return NULL;
}

bool sl_desk_stream_has_room(struct sl_desk_conn *c, const json_t *told, bool is_export)
{
    unsigned status;

    sl_sha256(sl_json_str(told, "identity"), c->request->streams_for);
    const char *why = no_room(c, is_export, &status);
    if (why != NULL)
        sl_desk_problem(c, status, why);
    return why == NULL;
}

void sl_desk_stream_end(struct sl_desk_conn *c)
{
    sl_http1_put_last_chunk(&c->out);
    c->desk->stream_count--;
    sl_desk_request_free(c->request);
    c->request = NULL;
    c->phase = SL_DESK_FLUSHING;
    sl_desk_conn_deadline(c, SL_DESK_WRITE_MS);
}
