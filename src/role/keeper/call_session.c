#include "role/keeper/keeper_int.h"

#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/people.h"
#include "role/keeper/sessions.h"

/* Signing in to the console, and out. The person's deciding credential asks for a code on the
 * command line; the browser brings the code. The credential itself never enters a browser. */

void call_SESSION_CODE(struct call *c)
{
    uint64_t expires_us;
    SL_BUF(code, 128);

    if (c->with.session.n > 0) {
        call_problem(c, 403, "Not with a session",
                     "A console session opens no other: use the credential itself.",
                     "sluice console");
        return;
    }
    console_code_make(c->keeper, &c->with, &code, &expires_us);
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "code", sl_buf_span(&code));
    json_put_time(c->reply, "expires_at", expires_us);
    if (!c->keeper->config->settings.public_url_made)
        json_put_str(c->reply, "public_url", c->keeper->config->settings.public_url);
    sl_secret_wipe(code.p, code.cap);
}

static void no_such_code(struct call *c)
{
    limits_failed(&c->keeper->limits, c->address, SL_SPAN(LIMITS_DOOR "console"), sl_clock_us());
    sign_in_failed(c->keeper, SL_SPAN("console"), sl_span(NULL, 0), c->address, "wrong code");
    call_problem(c, 403, "This link does not work",
                 "Its code is unknown, used already, replaced or older than two minutes.",
                 "Ask for a new one: sluice console");
}

static bool may_sign_in(struct call *c, struct credential *with)
{
    struct keeper *k = c->keeper;

    return console_code_spend(k, call_str(c, "code"), with) == SL_OK &&
           person_get(k, with->identity, &c->who) == SL_OK && person_active(&c->who) &&
           c->who.kind == SL_HUMAN;
}

void call_SESSION_OPEN(struct call *c)
{
    struct keeper *k = c->keeper;
    struct credential with = {0};
    uint64_t expires_us;
    uint8_t device[SL_SHA256];
    SL_BUF(made, 128);
    SL_BUF(secret, 128);
    SL_BUF(id, 64);

    if (!may_sign_in(c, &with)) {
        if (call_may_guess(c, SL_SPAN(LIMITS_DOOR "console")))
            no_such_code(c);
        return;
    }
    limits_passed(&k->limits, c->address, SL_SPAN(LIMITS_DOOR "console"));
    device_take(c, device, &made);
    console_open(k, &with, SESSION_PREFIX, device, &secret, &id, &expires_us);
    c->status = 201;
    c->reply = json_object();
    json_put_str(c->reply, "identity", c->who.name);
    json_put_str(c->reply, "session", sl_buf_span(&id));
    json_put_str(c->reply, "secret", sl_buf_span(&secret));
    json_put_time(c->reply, "expires_at", expires_us);
    device_tell(c, &made);
    sl_secret_wipe(secret.p, secret.cap);
    sl_secret_wipe(made.p, made.cap);
}

static bool is_session(struct call *c)
{
    if (c->with.session.n > 0)
        return true;
    call_problem(c, 409, "Not signed in to the console", "This credential is no console session.",
                 "");
    return false;
}

void call_SESSION_TOUCH(struct call *c)
{
    if (!is_session(c))
        return;
    console_touch(c->keeper, &c->with);
    c->reply = json_object();
    json_put_str(c->reply, "session", c->with.session);
    json_put_time(c->reply, "idle_ends_at", console_idle_us(c->keeper, &c->with));
}

void call_SESSION_END(struct call *c)
{
    if (!is_session(c))
        return;
    console_end(c->keeper, &c->with, c->who.name, SL_SPAN("console"), "signed out");
    c->reply = json_object();
    json_put_str(c->reply, "session", c->with.session);
}
