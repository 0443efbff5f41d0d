/* Signing in to the console and out of it: the desk turns the session's secret into a cookie that
 * no script can read, and tells the page the mark that it has to send with what it changes. */
#include "role/desk/desk_int.h"

#include "json/json.h"

void sl_desk_put_session_cookie(struct sl_buf *b, struct sl_span secret, const char *more)
{
    sl_buf_say(b, "%s=%S; Path=/; Secure; HttpOnly; SameSite=Strict%s", SL_DESK_COOKIE, secret,
               more);
}

/* 400 days are the most that browsers keep one. */
void sl_desk_put_device_cookie(struct sl_buf *b, struct sl_span secret)
{
    if (secret.n > 0)
        sl_buf_say(b, "%s=%S; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000",
                   SL_DESK_DEVICE_COOKIE, secret);
}

/* What the browser says of itself, and not what a body says. */
bool sl_desk_add_device(struct sl_desk_conn *c, json_t *object)
{
    struct sl_span device = sl_buf_span(&c->request->device);

    json_object_del(object, "device");
    return device.n == 0 ||
           json_object_set_new(object, "device", json_stringn((const char *)device.p, device.n)) ==
               0;
}

static void add_mark(json_t *object, struct sl_span secret)
{
    char mark[SL_DESK_MARK_HEX + 1];

    sl_desk_mark(secret, mark);
    json_object_set_new(object, "csrf", json_string(mark));
}

static void answer_object(struct sl_desk_conn *c, unsigned status, const json_t *object,
                          struct sl_span cookie, struct sl_span device)
{
    SL_BUF(body, 64 * 1024);

    if (sl_json_canonical(&body, object) != SL_OK)
        sl_desk_problem(c, 503, "out of memory");
    else
        sl_desk_answer(c, &(struct sl_desk_answer){.status = status,
                                                   .type = "application/json",
                                                   .body = sl_buf_span(&body),
                                                   .cookie = cookie,
                                                   .second_cookie = device});
}

/* The secret leaves in the cookie alone. */
static void on_signed_in(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;
    SL_BUF(cookie, 512);
    SL_BUF(device, 512);

    if (status != 201) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    if (sl_json_read(body, &told, NULL) != SL_OK) {
        sl_desk_problem(c, 503, "out of memory");
        return;
    }
    struct sl_span secret = sl_json_str(told, "secret");
    sl_desk_put_session_cookie(&cookie, secret, "");
    sl_desk_put_device_cookie(&device, sl_json_str(told, "device"));
    add_mark(told, secret);
    json_object_del(told, "secret");
    json_object_del(told, "device");
    answer_object(c, status, told, sl_buf_span(&cookie), sl_buf_span(&device));
    json_decref(told);
    explicit_bzero(cookie.p, cookie.n);
}

void sl_desk_sign_in(struct sl_desk_conn *c, json_t *object)
{
    if (sl_desk_add_device(c, object))
        sl_desk_ask_object(c, object, on_signed_in);
    else
        sl_desk_problem(c, 503, "out of memory");
}

static void on_session(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    json_t *told = NULL;

    if (status != 200 || sl_json_read(body, &told, NULL) != SL_OK) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    add_mark(told, sl_buf_span(&c->request->credential));
    answer_object(c, status, told, SL_SPAN(""), SL_SPAN(""));
    json_decref(told);
}

void sl_desk_session(struct sl_desk_conn *c)
{
    if (c->request->by_cookie)
        sl_desk_ask(c, c->request->route->call, SL_SPAN("{}"), on_session);
    else
        sl_desk_problem(c, 401, "nobody is signed in to the console here");
}

/* Whatever the keeper says, the browser forgets it. */
static void on_signed_out(struct sl_desk_conn *c, unsigned status, struct sl_span body)
{
    SL_BUF(cookie, 512);

    if (status != 200 && status != 401) {
        sl_desk_pass_on(c, status, body);
        return;
    }
    sl_desk_put_session_cookie(&cookie, SL_SPAN(""), "; Max-Age=0");
    sl_desk_answer(c, &(struct sl_desk_answer){.status = 204, .cookie = sl_buf_span(&cookie)});
}

void sl_desk_sign_out(struct sl_desk_conn *c)
{
    sl_desk_ask(c, c->request->route->call, SL_SPAN("{}"), on_signed_out);
}
