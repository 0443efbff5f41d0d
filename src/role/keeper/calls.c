#include "role/keeper/governed.h"

#include "base/when.h"
#include "role/keeper/away.h"
#include "role/keeper/call.h"
#include "role/keeper/console.h"
#include "role/keeper/credentials.h"
#include "role/keeper/decision.h"
#include "role/keeper/govern.h"
#include "role/keeper/people.h"
#include "role/keeper/scim.h"
#include "role/keeper/sessions.h"
#include "role/keeper/sight.h"

enum {
    LARGE_ANSWER_BYTES = 1024 * 1024,
    OUTBOX_BUSY_BYTES = 32 * 1024 * 1024,
};

/* Methods of the desk and of the command line: one table says who may call what with which
 * credential, and every call is checked against it before its function runs. */

static const struct method {
    const char *name;
    unsigned callers;
    enum sl_method_needs needs;
    void (*run)(struct call *c);
} methods[] = {
#define METHOD(NAME, wire, roles, wants) {wire, roles, wants, call_##NAME},
    SL_METHODS(METHOD)
#undef METHOD
};

void json_put_str(json_t *object, const char *key, struct sl_span value)
{
    json_object_set_new(object, key,
                        json_stringn(value.p == NULL ? "" : (const char *)value.p, value.n));
}

void json_put_number(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

void json_put_time(json_t *object, const char *key, uint64_t at_us)
{
    SL_BUF(text, 64);

    if (at_us == 0)
        return;
    sl_when_put(&text, at_us);
    json_put_str(object, key, sl_buf_span(&text));
}

void call_problem(struct call *c, uint32_t status, const char *title, const char *detail,
                  const char *hint)
{
    json_decref(c->reply);
    c->status = status;
    c->reply = json_object();
    json_put_str(c->reply, "type", SL_SPAN("about:blank"));
    json_put_str(c->reply, "title", sl_span_str(title));
    json_object_set_new(c->reply, "status", json_integer(status));
    json_put_str(c->reply, "detail", sl_span_str(detail));
    if (hint != NULL && hint[0] != '\0')
        json_put_str(c->reply, "hint", sl_span_str(hint));
}

struct sl_span call_channel(const struct call *c)
{
    return sl_span_str(sl_decide_channel_name(c->channel));
}

struct sl_span call_str(struct call *c, const char *key)
{
    return sl_json_str(c->body, key);
}

static const struct method *find(struct sl_span name)
{
    for (size_t i = 0; i < SL_COUNT(methods); i++)
        if (sl_span_is(name, methods[i].name))
            return &methods[i];
    return NULL;
}

/* A browser's session is a console, and one that `sluice login` got is a command line, whatever the
 * caller says; nobody else is a console. Between `cli` and `http` its own word is all there is. */
static void take_channel(struct call *c, struct sl_span secret)
{
    if (c->channel == SL_CHANNEL_CONTROL)
        return;
    if (sl_span_starts(secret, SL_SPAN(SESSION_PREFIX)))
        c->channel = SL_CHANNEL_CONSOLE;
    else if (sl_span_starts(secret, SL_SPAN(LOGIN_PREFIX)))
        c->channel = SL_CHANNEL_CLI;
    else if (c->channel == SL_CHANNEL_CONSOLE)
        c->channel = SL_CHANNEL_HTTP;
}

static enum sl_err find_caller(struct call *c, struct sl_span secret)
{
    bool is_session = sl_span_starts(secret, SL_SPAN(SESSION_PREFIX)) ||
                      sl_span_starts(secret, SL_SPAN(LOGIN_PREFIX));
    enum sl_err err = is_session ? console_find(c->keeper, secret, &c->with)
                                 : credential_find(c->keeper, secret, &c->with);

    return err != SL_OK || c->with.over ? SL_ENOTFOUND
                                        : person_get(c->keeper, c->with.identity, &c->who);
}

static void refuse_token(struct call *c, const struct token_seen *seen)
{
    SL_BUF(detail, 1024);

    sl_buf_say(&detail, "Not signed in: %s.", sl_oidc_reason_text(seen->reason));
    if (seen->reason == SL_OIDC_ISSUER_DOWN && seen->issuer != NULL) {
        sl_buf_put_str(&detail, " ");
        issuer_say_why(seen->issuer, &detail);
    }
    call_problem(c, seen->reason == SL_OIDC_ISSUER_DOWN ? 503 : 401, "Not signed in",
                 sl_buf_text(&detail), "");
    json_put_str(c->reply, "reason", sl_span_str(sl_oidc_reason_name(seen->reason)));
}

/* A token of an issuer's; false: the answer is made, or waits for the issuer's keys. */
static bool find_token(struct call *c, struct sl_span token)
{
    struct keeper *k = c->keeper;
    struct token_seen seen;

    if (token_ask(k, token, &seen)) {
        c->with = seen.with;
        c->who = seen.who;
        c->others = seen.others;
        return true;
    }
    c->wait_for = seen.wait_for;
    if (c->wait_for != NULL)
        return false;
    if (seen.reason != SL_OIDC_ISSUER_DOWN) /* which is nobody's guess */
        limits_failed(&k->limits, c->address, SL_SPAN(LIMITS_DOOR "api"), sl_clock_us());
    sign_in_failed(k, SL_SPAN("api"), sl_span(NULL, 0), c->address,
                   sl_oidc_reason_name(seen.reason));
    refuse_token(c, &seen);
    return false;
}

bool call_may_guess(struct call *c, struct sl_span door)
{
    if (limits_allow(&c->keeper->limits, c->address, door, sl_clock_us()))
        return true;
    call_problem(c, 429, "Too many attempts", "Wait a moment; each failure makes the wait longer.",
                 "");
    return false;
}

/* Our own secrets have 256 bits: whoever shows one did not guess it, whatever others at the same
 * address do, and to look it up costs less than to refuse it. What is not found is a guess. A
 * provider's token takes a signature to verify, and perhaps a call: so it may be tried first. */
static bool find_or_refuse(struct call *c, struct sl_span secret)
{
    struct keeper *k = c->keeper;

    if (token_is_jwt(secret))
        return call_may_guess(c, SL_SPAN(LIMITS_DOOR "api")) && find_token(c, secret);
    if (find_caller(c, secret) == SL_OK)
        return true;
    if (!call_may_guess(c, SL_SPAN(LIMITS_DOOR "api")))
        return false;
    limits_failed(&k->limits, c->address, SL_SPAN(LIMITS_DOOR "api"), sl_clock_us());
    sign_in_failed(k, SL_SPAN("api"), sl_span(NULL, 0), c->address, "wrong credential");
    call_problem(c, 401, "Not signed in", "The credential is unknown, expired or revoked.",
                 "Use a token, or the credential that `sluice enroll` printed.");
    return false;
}

/* Nobody acts for, or through, somebody who is switched off. */
static bool acts_for_inactive(struct call *c)
{
    struct asked_for others = c->others;

    credential_asks_for(c->keeper, c->with.id, &others);
    return acting_for_inactive(c->keeper, &others.on_behalf_of).n > 0;
}

static bool authenticate(struct call *c, const struct method *m, struct sl_span secret)
{
    struct keeper *k = c->keeper;

    if (!find_or_refuse(c, secret))
        return false;
    take_channel(c, secret);
    limits_passed(&k->limits, c->address, SL_SPAN(LIMITS_DOOR "api"));
    if (!person_active(&c->who)) {
        call_problem(c, 403, "Not active", "This identity is disabled or paused.", "");
        return false;
    }
    if (!c->with.deciding && acts_for_inactive(c)) {
        call_problem(c, 403, "Not active",
                     "Somebody for whom this token acts is disabled or paused.", "");
        return false;
    }
    if (m->needs == SL_NEEDS_DECIDING && !c->with.deciding) {
        if (m->run == call_DECISION || m->run == call_DECISION_CHALLENGE)
            decision_tried_asking(c);
        call_problem(c, 403, "Wrong kind of credential",
                     sl_decide_reason_text(SL_DECIDE_ASKING_TOKEN),
                     "Claim one with `sluice enroll CODE`.");
        return false;
    }
    if (m->needs == SL_NEEDS_ASKING && c->with.deciding) {
        call_problem(c, 403, "Wrong kind of credential", "A deciding credential does not ask.",
                     "Use an asking token: sluice token create NAME.");
        return false;
    }
    return true;
}

/* An issuer's credential opens this one door, and nobody else's does. */
static bool authenticate_issuer(struct call *c, struct sl_span secret)
{
    struct keeper *k = c->keeper;

    if (scim_find(k, secret, &c->provisions) == SL_OK) {
        limits_passed(&k->limits, c->address, SL_SPAN(LIMITS_DOOR "scim"));
        return true;
    }
    if (!call_may_guess(c, SL_SPAN(LIMITS_DOOR "scim")))
        return false;
    limits_failed(&k->limits, c->address, SL_SPAN(LIMITS_DOOR "scim"), sl_clock_us());
    sign_in_failed(k, SL_SPAN("scim"), sl_span(NULL, 0), c->address, "wrong credential");
    call_problem(c, 401, "Not signed in", "This is no provisioning credential, or it is over.",
                 "sluice idp scim NAME makes one.");
    return false;
}

static void run_costly(struct call *c, const struct method *m)
{
    c->queued = !c->its_turn && !costly_may_run(c);
    if (c->queued)
        return;
    c->costs_since_us = sl_clock_monotonic_us();
    m->run(c);
}

void call_run(struct call *c, enum sl_role role, struct sl_span method, struct sl_span credential)
{
    const struct method *m = find(method);

    if (m == NULL || (m->callers & (unsigned)role) == 0) {
        call_problem(c, 404, "No such method",
                     m == NULL ? "There is no method of this name."
                               : "This method is not for this caller: the control socket manages, "
                                 "the desk carries "
                                 "people's requests.",
                     "");
        return;
    }
    if (role == SL_ROLE_CONTROL && govern_of(method) == GOVERNED_UNKNOWN) {
        call_problem(c, 500, "Not decided", "Nobody has said who has to be asked about this.", "");
        return;
    }
    bool known = m->needs == SL_NEEDS_NOTHING     ? true
                 : m->needs == SL_NEEDS_PROVISION ? authenticate_issuer(c, credential)
                                                  : authenticate(c, m, credential);
    if (!known)
        return;
    bool person = m->needs != SL_NEEDS_NOTHING && m->needs != SL_NEEDS_PROVISION;
    if (person && auditor_refused(c, method))
        return;
    c->status = 200;
    c->method = m->name;
    if (!costly_is(c))
        m->run(c);
    else
        run_costly(c, m);
    if (c->reply == NULL && !c->deferred && c->wait_for == NULL && !c->queued)
        call_problem(c, 500, "No answer", "The method gave no answer.", "");
}

/* The desk has not read what it was told already: whoever asks for much has to wait, and nobody who
 * asks for little. */
static bool is_too_much_now(const struct call *c, size_t bytes)
{
    return bytes > LARGE_ANSWER_BYTES && c->peer != NULL && c->peer->outbox.n > OUTBOX_BUSY_BYTES;
}

/* Into the outbox of who asked, if that one is still there. */
static void answer(struct call *c)
{
    SL_BUF(text, 32 * 1024 * 1024);
    bool whole = sl_json_canonical(&text, c->reply) == SL_OK;

    if (is_too_much_now(c, text.n)) {
        call_problem(c, 503, "Too busy",
                     "The answer is large, and too many of those are on their way. What was asked "
                     "for is done, where it changes anything: look before you try again.",
                     "Try again in a moment.");
        sl_buf_reset(&text);
        whole = sl_json_canonical(&text, c->reply) == SL_OK;
    }
    if (!whole || sl_buf_err(&text) != SL_OK) {
        sl_buf_done(&text);
        text = sl_buf(1024);
        sl_buf_say(&text, "{\"detail\":\"The answer cannot be told in JSON.\",\"status\":500,"
                          "\"title\":\"No answer\",\"type\":\"about:blank\"}");
        c->status = 500;
    }
    if (c->peer != NULL)
        ANSWER(c->peer, reply, .call = c->number, .status = c->status, .body = sl_buf_span(&text));
    json_decref(c->reply);
    c->reply = NULL;
}

/* --- calls that are answered later --- */

void call_defer(struct call *c, struct late *late)
{
    struct sl_span address = sl_span_head(c->address, sizeof late->address - 1);

    memset(late, 0, sizeof *late);
    late->peer = c->peer->serial;
    late->number = c->number;
    late->channel = c->channel;
    if (address.n > 0)
        memcpy(late->address, address.p, address.n);
    c->deferred = true;
}

struct call late_call(struct keeper *k, const struct late *late)
{
    return (struct call){.keeper = k,
                         .peer = peer_by_serial(k, late->peer),
                         .number = late->number,
                         .channel = late->channel,
                         .address = sl_arena_copy(k->mem, sl_span_str(late->address))};
}

void late_done(struct call *c)
{
    answer(c);
}

/* The whole call is kept, and asked anew when the issuer's keys are here. */
static void wait_for_issuer(struct call *c, const struct sl_msg_call *m)
{
    SL_BUF(message, SL_IPC_MAX_BODY);

    sl_msg_call_put(&message, m);
    bool waits = issuer_wait(c->keeper, c->wait_for, c->peer, SL_MESSAGE_CALL, &message);
    sl_secret_wipe(message.p, message.cap);
    if (waits)
        return;
    call_problem(c, 503, "Too many wait", "Too many wait for the identity provider.",
                 "Try again in a moment.");
    answer(c);
}

static void handle(struct peer *p, const struct sl_msg_call *m, bool its_turn)
{
    struct keeper *k = p->keeper;
    struct call c = {
        .keeper = k, .peer = p, .address = m->address, .number = m->call, .its_turn = its_turn};
    json_t *body = NULL;
    SL_BUF(where, 512);

    c.channel = sl_decide_channel_claimed(m->channel);
    if (p->role == SL_ROLE_CONTROL) {
        c.channel = SL_CHANNEL_CONTROL;
        c.maker = (struct maker){.issuer = issuer_of(k, p->os_user), .os_user = p->os_user};
    }
    if (sl_json_read(m->body.n == 0 ? SL_SPAN("{}") : m->body, &body, &where) != SL_OK ||
        !json_is_object(body))
        call_problem(&c, 400, "Not a JSON object", sl_buf_text(&where), "");
    else {
        c.body = body;
        call_run(&c, p->role, m->method, m->credential);
    }
    if (c.wait_for != NULL)
        wait_for_issuer(&c, m);
    else if (!c.deferred && !(c.queued && costly_wait(&c, m)))
        answer(&c);
    if (c.costs_since_us != 0) /* a long answer is half of it */
        costly_ran(&c, sl_clock_monotonic_us() - c.costs_since_us);
    json_decref(body);
}

void on_call(struct peer *p, const struct sl_msg_call *m)
{
    handle(p, m, false);
}

void call_at_its_turn(struct peer *p, const struct sl_msg_call *m)
{
    handle(p, m, true);
}

static json_t *names_json(struct sl_names names)
{
    json_t *array = json_array();

    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(array,
                              json_stringn((const char *)names.items[i].p, names.items[i].n));
    return array;
}

static json_t *roles_json(const struct call *c)
{
    json_t *array = json_array();

    if (caller_is(c, PERSON_ADMIN))
        json_array_append_new(array, json_string("admin"));
    if (caller_is(c, PERSON_AUDITOR))
        json_array_append_new(array, json_string("auditor"));
    return array;
}

void call_WHOAMI(struct call *c)
{
    c->reply = json_object();
    json_put_str(c->reply, "identity", c->who.name);
    json_put_str(c->reply, "kind", sl_span_str(sl_identity_kind_name(c->who.kind)));
    json_put_str(c->reply, "owner", c->who.owner);
    json_object_set_new(c->reply, "groups", names_json(c->who.groups));
    json_put_str(c->reply, "credential",
                 c->with.deciding ? SL_SPAN("deciding") : SL_SPAN("asking"));
    json_put_time(c->reply, "expires_at", c->with.expires_us);
    json_object_set_new(c->reply, "roles", roles_json(c));
    if (c->with.deciding)
        away_put(c->keeper, c->reply, c->who.name);
    if (c->with.session.n == 0)
        return;
    json_put_str(c->reply, "session", c->with.session);
    json_put_time(c->reply, "idle_ends_at", console_idle_us(c->keeper, &c->with));
}
