#include "role/keeper/chat_slack.h"
#include "role/keeper/limits.h"
#include "role/keeper/sight.h"

/* Chats for people who look after Sluice, and what a chat sends us over HTTP. */

#define DOOR LIMITS_DOOR "chat"

static bool is_of_slack(struct call *c, const struct chat *h, struct sl_span body)
{
    if (sl_slack_verify(sl_buf_span(&h->secrets[CHAT_SIGNING_SECRET]), call_str(c, "timestamp"),
                        body, call_str(c, "signature"), sl_clock_us() / 1000000) == SL_OK)
        return true;
    if (!call_may_guess(c, SL_SPAN(DOOR)))
        return false;
    limits_failed(&c->keeper->limits, c->address, SL_SPAN(DOOR), sl_clock_us());
    call_problem(c, 401, "Not from Slack",
                 "The signature is not that of this chat's secret, or it is older than five "
                 "minutes.",
                 "");
    return false;
}

static void tell_challenge(struct call *c, const struct sl_chat_input *in)
{
    json_t *answer = json_object();

    json_put_str(answer, "challenge", in->challenge);
    c->reply = json_object();
    json_object_set_new(c->reply, "answer", answer);
}

void call_CHAT_INCOMING(struct call *c)
{
    struct chat *h = chat_named(c->keeper, call_str(c, "chat"));
    struct sl_span body = call_str(c, "body");
    struct sl_chat_input in = {0};
    struct chat_way way = {0};

    if (h == NULL || h->config->mode != SL_CHAT_HTTP) {
        call_problem(c, 404, "No such chat", "No chat of this name is called over HTTP.", "");
        return;
    }
    if (!chat_is_ready(h)) {
        call_problem(c, 503, "Not ready", "This chat's secrets are not known yet.", "");
        return;
    }
    if (!is_of_slack(c, h, body))
        return;
    if (sl_slack_read_request(body, h->config->team, &in) != SL_OK)
        call_problem(c, 400, "Not understood", "So nothing is done by it.", "");
    else if (in.event == SL_CHAT_CHALLENGE)
        tell_challenge(c, &in);
    else if (!chat_is_new(h, call_str(c, "signature")))
        c->reply = json_object(); /* it came before, and was answered then */
    else {
        call_defer(c, &way.late);
        chat_input(c->keeper, h, &in, &way);
    }
    json_decref(in.json);
}

static void list(struct call *c)
{
    c->reply = json_object();
    json_object_set_new(c->reply, "chats", chats_json(c->keeper));
}

void call_CHATS(struct call *c)
{
    if (c->keeper->offline)
        call_problem(c, 409, "Not running", "Chats are told by a Sluice that runs.",
                     "Start it first.");
    else
        list(c);
}

void call_CHAT_LIST(struct call *c)
{
    if (sight_of(c, READ_GOVERNANCE) == SIGHT_ALL)
        list(c);
    else
        call_problem(c, 403, "Not for this caller",
                     "Reviewers, auditors and admins see which chats are told.",
                     "Somebody who is one can look for you.");
}
