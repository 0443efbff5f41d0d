/* Signing in by way of an identity provider, as the browser meets it: a redirect there with a
 * cookie that ties the way back to this browser, and the way back, which ends in a session or in a
 * page that says why not. No address in a redirect is a stranger's: one is the provider's, from the
 * keeper, the other one of our own pages. */
#include "role/desk/desk_int.h"

#include "base/utf8.h"
#include "json/json.h"

enum { FLOW_SECONDS = 600, MAX_PAGE = 16 * 1024 };

#define NOT_SIGNED_IN "You are not signed in"

/* Lax: it must come along when the provider sends the browser back. */
static void put_flow_cookie(struct sl_buf *b, struct sl_span flow, unsigned seconds)
{
    sl_buf_say(b, "%s=%S; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%u", SL_DESK_FLOW_COOKIE,
               flow, seconds);
}

/* --- a page that says why nobody is signed in ----------------------------------------------- */

static void put_html(struct sl_buf *b, struct sl_span text)
{
    SL_BUF(safe, MAX_PAGE);

    sl_utf8_put_printable(&safe, text);
    for (size_t i = 0; i < safe.n; i++) {
        char c = (char)safe.p[i];

        if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
            sl_buf_say(b, "&#%u;", (unsigned)c);
        else
            sl_buf_put_u8(b, (uint8_t)c);
    }
}

/* The console's style sheet, whose name changes with its content. */
static void put_looks(struct sl_buf *b)
{
    for (size_t i = 0; i < sl_desk_file_count; i++)
        if (sl_span_starts(sl_span_str(sl_desk_files[i].type), SL_SPAN("text/css")))
            sl_buf_say(b, "<link rel=\"stylesheet\" href=\"%s\">", sl_desk_files[i].path);
}

static void put_page(struct sl_buf *b, struct sl_span title, struct sl_span detail,
                     struct sl_span hint)
{
    sl_buf_put_str(b, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                      "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    put_html(b, title);
    sl_buf_put_str(b, ": Sluice</title>");
    put_looks(b);
    sl_buf_put_str(b, "</head><body><main id=\"main\" class=\"signin\"><h1>");
    put_html(b, title);
    sl_buf_put_str(b, "</h1><p role=\"alert\">");
    put_html(b, detail);
    sl_buf_put_str(b, "</p><p>");
    put_html(b, hint);
    sl_buf_put_str(b, "</p><p><a href=\"/\">Back to Sluice</a></p></main></body></html>\n");
}

static void say_no_to(struct sl_desk_conn *c, unsigned status, struct sl_span title,
                      struct sl_span detail, struct sl_span hint)
{
    SL_BUF(page, 4 * MAX_PAGE);
    SL_BUF(cookie, 512);

    put_page(&page, title, detail, hint);
    put_flow_cookie(&cookie, SL_SPAN(""), 0);
    sl_desk_answer(c, &(struct sl_desk_answer){.status = status,
                                               .type = "text/html; charset=utf-8",
                                               .body = sl_buf_span(&page),
                                               .page = true,
                                               .cookie = sl_buf_span(&cookie)});
}

static void say_no(struct sl_desk_conn *c, unsigned status, struct sl_span detail,
                   struct sl_span hint)
{
    say_no_to(c, status, SL_SPAN(NOT_SIGNED_IN), detail, hint);
}

/* Whoever links an account is signed in all the while. */
static struct sl_span title_of(const json_t *problem)
{
    return sl_span_is(sl_json_str(problem, "title"), "Not linked") ? SL_SPAN("Nothing was linked")
                                                                   : SL_SPAN(NOT_SIGNED_IN);
}

/* What the keeper's problem document says, for a person. */
static void pass_no_on(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *problem = NULL;

    if (status < 400 || sl_json_read(body, &problem, NULL) != SL_OK) {
        say_no(c, status < 400 ? 503 : status,
               SL_SPAN("The gateway cannot sign anybody in at the moment."),
               SL_SPAN("Try again in a moment."));
        return;
    }
    say_no_to(c, status, title_of(problem), sl_json_str(problem, "detail"),
              sl_json_str(problem, "hint"));
    json_decref(problem);
}

/* --- there ---------------------------------------------------------------------------------- */

static bool is_address(struct sl_span url)
{
    struct sl_span scheme, authority;

    return sl_desk_url_parts(url, &scheme, &authority);
}

static void on_departure(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;
    SL_BUF(cookie, 512);

    if (status != 201 || sl_json_read(body, &told, NULL) != SL_OK) {
        pass_no_on(c, status, body);
        return;
    }
    struct sl_span there = sl_json_str(told, "redirect");
    put_flow_cookie(&cookie, sl_json_str(told, "flow"), FLOW_SECONDS);
    if (is_address(there) && sl_buf_err(&cookie) == SL_OK)
        sl_desk_answer(c, &(struct sl_desk_answer){
                              .status = 303, .location = there, .cookie = sl_buf_span(&cookie)});
    else
        pass_no_on(c, 503, SL_SPAN(""));
    json_decref(told);
    explicit_bzero(cookie.p, cookie.n);
}

/* `object` has the query's "return": only a page of our own is gone back to. */
void sl_desk_depart(struct sl_desk_conn *c, json_t *object)
{
    struct sl_span back = sl_json_str(object, "return");

    if (back.n > 0 && !sl_desk_is_page(back))
        sl_desk_problem(c, 400, "return must be the path of a page of the console");
    else if (!sl_desk_add_device(c, object) ||
             json_object_set_new(object, "issuer", json_string(c->request->file)) != 0)
        sl_desk_problem(c, 400, "there is no such issuer");
    else
        sl_desk_ask_object(c, object, on_departure);
}

/* The flow's secret leaves in the cookie alone; the page goes there by itself. */
void sl_desk_on_link(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;
    SL_BUF(cookie, 512);
    SL_BUF(text, 64 * 1024);

    if (status != 201 || sl_json_read(body, &told, NULL) != SL_OK) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    put_flow_cookie(&cookie, sl_json_str(told, "flow"), FLOW_SECONDS);
    bool good = is_address(sl_json_str(told, "redirect")) && sl_buf_err(&cookie) == SL_OK;
    json_object_del(told, "flow");
    if (good && sl_json_canonical(&text, told) == SL_OK)
        sl_desk_answer(c, &(struct sl_desk_answer){.status = status,
                                                   .type = "application/json",
                                                   .body = sl_buf_span(&text),
                                                   .cookie = sl_buf_span(&cookie)});
    else
        sl_desk_problem(c, 503, "the way to the identity provider is not understood");
    json_decref(told);
    if (cookie.p != NULL)
        explicit_bzero(cookie.p, cookie.n);
}

/* --- back ----------------------------------------------------------------------------------- */

static void on_arrival(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;
    SL_BUF(session, 512);
    SL_BUF(flow, 512);
    SL_BUF(device, 512);

    if (status != 201 || sl_json_read(body, &told, NULL) != SL_OK) {
        pass_no_on(c, status, body);
        return;
    }
    struct sl_span back = sl_json_str(told, "return");
    if (sl_json_str(told, "secret").n > 0) /* else an account came: who is signed in stays so */
        sl_desk_put_session_cookie(&session, sl_json_str(told, "secret"), "");
    put_flow_cookie(&flow, SL_SPAN(""), 0);
    sl_desk_put_device_cookie(&device, sl_json_str(told, "device"));
    sl_desk_answer(c,
                   &(struct sl_desk_answer){.status = 303,
                                            .location = sl_desk_is_page(back) ? back : SL_SPAN("/"),
                                            .cookie = sl_buf_span(&session),
                                            .second_cookie = sl_buf_span(&flow),
                                            .third_cookie = sl_buf_span(&device)});
    json_decref(told);
    if (session.p != NULL)
        explicit_bzero(session.p, session.n);
}

static bool add(json_t *object, const char *name, const struct sl_buf *text)
{
    return json_object_set_new(object, name, json_stringn((const char *)text->p, text->n)) == 0;
}

/* What came back is the keeper's to read: it is part of what it verifies. */
void sl_desk_return(struct sl_desk_conn *c)
{
    const struct sl_desk_request *r = c->request;
    json_t *object = json_object();

    if (r->flow.n == 0)
        say_no(c, 403,
               SL_SPAN("This sign-in was not begun in this browser, was finished already, or began "
                       "more than ten minutes ago."),
               SL_SPAN("If you did not begin one just now, somebody else's link brought you here: "
                       "close this page. Else begin again."));
    else if (r->query.n > 0 && add(object, "flow", &r->flow) && add(object, "query", &r->query))
        sl_desk_ask_object(c, object, on_arrival);
    else
        say_no(c, 400, SL_SPAN("The identity provider's answer is not as it must be."),
               SL_SPAN("Begin again."));
    json_decref(object);
}
