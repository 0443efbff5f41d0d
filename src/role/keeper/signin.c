#include "role/keeper/flows.h"

#include "role/keeper/call.h"
#include "role/keeper/sessions.h"

/* What every way of signing in through a provider shares: who may try, refusals, the provider's
 * token endpoint, and the call that waits for it. */

#define DOOR LIMITS_DOOR "signin"

/* --- refusing ------------------------------------------------------------------------------------
 */

/* What to do next, for whoever tried. */
static const char *hint_of(enum sl_oidc_reason reason, struct sl_span more)
{
    switch (reason) {
    case SL_OIDC_ACCOUNT_UNKNOWN:
        return "An operator links it: sluice identity account NAME --issuer I --subject S";
    case SL_OIDC_ACCOUNT_DISABLED:
        return "An operator disabled this identity; ask them.";
    case SL_OIDC_OVERAGE:
        return "Have the provider put only the groups of this application into the token.";
    case SL_OIDC_EXPIRED:
    case SL_OIDC_NOT_YET:
        return "Do the clocks of Sluice and of the provider agree to the minute?";
    case SL_OIDC_STATE:
        return "Begin again.";
    case SL_OIDC_ISSUER_DOWN:
        return "Try again in a moment; an operator sees more with: sluice idp test NAME";
    case SL_OIDC_ANSWER_ERROR:
        return sl_span_is(more, "access_denied") ? "You said no there, or a rule of the provider's."
               : sl_span_is(more, "expired_token")
                   ? "Nobody signed in before the code was over: begin again."
                   : "";
    default:
        return "";
    }
}

void signin_refuse(struct call *c, enum sl_oidc_reason reason, struct sl_span more)
{
    SL_BUF(detail, 2048);

    sl_buf_say(&detail, "Not signed in: %s.", sl_oidc_reason_text(reason));
    if (more.n > 0)
        sl_buf_say(&detail, " %S", more);
    call_problem(c,
                 reason == SL_OIDC_ISSUER_DOWN ? 503
                 : reason == SL_OIDC_TOO_MANY  ? 429
                                               : 403,
                 "Not signed in", sl_buf_text(&detail), hint_of(reason, more));
    json_put_str(c->reply, "reason", sl_span_str(sl_oidc_reason_name(reason)));
}

/* What belongs to a flow somebody may try to guess. What the provider says of a person who was
 * there is no guess: a colleague without an account must not make others at the same address wait.
 */
static bool is_a_guess(enum sl_oidc_reason reason)
{
    return reason == SL_OIDC_STATE || reason == SL_OIDC_RESPONSE ||
           reason == SL_OIDC_RESPONSE_ISSUER;
}

/* The provider does not know the code (RFC 6749, section 5.2): whoever brought it made it up. What
 * it says of us or of itself is no fault of theirs. */
static bool is_a_made_up_code(const struct flow *f, enum sl_oidc_reason reason, struct sl_span word)
{
    static const char *const ours[] = {"invalid_client",         "unauthorized_client",
                                       "unsupported_grant_type", "invalid_scope",
                                       "server_error",           "temporarily_unavailable"};

    if (f->kind != FLOW_CODE || reason != SL_OIDC_ANSWER_ERROR)
        return false;
    for (size_t i = 0; i < SL_COUNT(ours); i++)
        if (sl_span_is(word, ours[i]))
            return false;
    return true;
}

/* In the ledger by the reason's name, and slower with each guess. */
void signin_failed(struct call *c, enum sl_oidc_reason reason, struct sl_span more)
{
    struct keeper *k = c->keeper;

    if (is_a_guess(reason))
        limits_failed(&k->limits, c->address, SL_SPAN(DOOR), sl_clock_us());
    sign_in_failed(k, SL_SPAN("signin"), sl_span(NULL, 0), c->address, sl_oidc_reason_name(reason));
    signin_refuse(c, reason, more);
}

/* Whoever links an account is signed in all the while. */
static void say_not_linked(struct call *c, enum sl_oidc_reason reason)
{
    SL_BUF(detail, 1024);

    sl_buf_say(&detail, "Nothing was linked: %s.", sl_oidc_reason_text(reason));
    json_put_str(c->reply, "title", SL_SPAN("Not linked"));
    json_put_str(c->reply, "detail", sl_buf_span(&detail));
}

void flow_failed(struct call *c, const struct flow *f, enum sl_oidc_reason reason,
                 struct sl_span more)
{
    signin_failed(c, reason, more);
    if (f->link != NULL)
        say_not_linked(c, reason);
}

bool signin_may_try(struct call *c)
{
    if (c->peer != NULL &&
        limits_allow(&c->keeper->limits, c->address, SL_SPAN(DOOR), sl_clock_us()))
        return true;
    call_problem(c, c->peer == NULL ? 503 : 429,
                 c->peer == NULL ? "Sluice does not run" : "Too many attempts",
                 c->peer == NULL ? "Signing in needs a running Sluice."
                                 : "Wait a moment; each failure makes the wait longer.",
                 "");
    return false;
}

static void refuse_down(struct call *c, const struct issuer *i)
{
    SL_BUF(why, 1024);

    issuer_say_why(i, &why);
    signin_refuse(c, SL_OIDC_ISSUER_DOWN, sl_buf_span(&why));
}

/* The issuer that the body names, known and with keys; else the answer is made, or comes when the
 * issuer is settled. */
struct issuer *signin_issuer(struct call *c, bool sign_in)
{
    struct issuer *i = issuer_named(c->keeper, call_str(c, "issuer"));

    if (i == NULL || (sign_in && !sl_issuer_signs_in(i->config))) {
        call_problem(c, 404, "No such identity provider",
                     "This Sluice knows no identity provider of this name that people sign in at.",
                     "`issuers` in the configuration names them.");
        return NULL;
    }
    if (issuer_ready(i))
        return i;
    if (!c->keeper->settled && issuer_may_ask(c->keeper, i))
        c->wait_for = i;
    else
        refuse_down(c, i);
    return NULL;
}

/* --- the provider's token endpoint
 * ------------------------------------------------------------------ */

/* The client's secret is there, or the issuer has none; else the answer is made, and the secret is
 * asked for once more. */
bool signin_client(struct call *c, struct issuer *i, struct sl_oidc_client *out)
{
    bool secret = i->config->client_secret_file.n > 0 || i->config->client_secret_command.count > 0;

    *out = (struct sl_oidc_client){.client_id = i->config->client_id};
    if (!secret)
        return true;
    if (!i->secret_known) {
        issuer_secret_ask(c->keeper, i, true);
        call_problem(c, 503, "Not signed in",
                     "The secret that Sluice has at the provider could not be read.",
                     "Sluice's log says why; `client_secret_file` or `client_secret_command`.");
        return false;
    }
    out->secret = sl_buf_span(&i->secret);
    return true;
}

/* A code is asked about once. A device asks again and again, as fast as its provider wants, once a
 * second at most. */
enum { CALLS_OF_CODE = 1, CALLS_OF_DEVICE = FLOW_LIFE_S };

bool signin_may_call(const struct call *c, struct flow *f)
{
    unsigned most = f->kind == FLOW_CODE ? CALLS_OF_CODE : CALLS_OF_DEVICE;

    if (f->calls >= most || !limits_call(&c->keeper->limits, c->address, sl_clock_us()))
        return false;
    f->calls++;
    return true;
}

void flow_post(struct keeper *k, struct flow *f, const struct issuer *i, struct sl_span url,
               struct sl_buf *form, struct sl_buf *authorization, fetch_fn *fn)
{
    fetch_begin(k,
                &(struct fetch_request){.issuer = i->config->name,
                                        .url = url,
                                        .form = sl_buf_span(form),
                                        .authorization = sl_buf_span(authorization)},
                fn, f->id);
    f->phase = FLOW_ASKED;
    sl_secret_wipe(form->p, form->cap);
    sl_secret_wipe(authorization->p, authorization->cap);
}

/* From here on the answer comes late. */
void flow_defer(struct call *c, struct flow *f)
{
    call_defer(c, &f->late);
    f->waits = true;
}

/* The call whose answer is due, once. */
struct call flow_take_late(struct keeper *k, struct flow *f)
{
    struct call c = late_call(k, &f->late);

    f->waits = false;
    return c;
}

/* Ends the flow with a reason. */
void flow_end_refused(struct keeper *k, struct flow *f, enum sl_oidc_reason reason,
                      struct sl_span more)
{
    struct call c = flow_take_late(k, f);

    if (is_a_made_up_code(f, reason, more))
        limits_failed(&k->limits, c.address, SL_SPAN(DOOR), sl_clock_us());
    flow_failed(&c, f, reason, more);
    flow_end(k, f);
    late_done(&c);
}
