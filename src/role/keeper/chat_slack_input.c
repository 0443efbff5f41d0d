#include "role/keeper/chat_slack.h"

/* People in Slack: a click opens a form, and its answer goes back on the way that it came. */

void chat_slack_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                       struct sl_span answer)
{
    struct peer *courier = peer_find(k, SL_ROLE_COURIER, COURIER_CHAT);
    SL_BUF(ack, 64 * 1024);

    (void)h;
    if (way->stream == 0) {
        chat_answer_http(k, way, answer);
        return;
    }
    sl_slack_put_ack(&ack, way->envelope, way->takes_answer ? answer : sl_span(NULL, 0));
    if (courier != NULL)
        ANSWER(courier, stream_text, .stream = way->stream, .text = sl_buf_span(&ack));
}

void chat_slack_refuse(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       const struct chat_way *way, struct sl_span text)
{
    SL_BUF(answer, 16 * 1024);

    (void)in;
    sl_slack_put_form_error(&answer, text);
    chat_answer(k, h, way, sl_buf_span(&answer));
}

void chat_slack_done(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     const struct chat_way *way, struct sl_span text)
{
    SL_BUF(answer, 16 * 1024);

    (void)in;
    sl_slack_put_form_done(&answer, SL_SPAN("Sluice"), text);
    chat_answer(k, h, way, sl_buf_span(&answer));
}

void chat_slack_open_form(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                          const struct approval *a)
{
    struct sl_chat_card card;

    chat_card_make(k, h, a, false, &card);
    struct chat_job *job =
        chat_job_new(k, h, CHAT_FORM, in->channel, in->approval, sl_span(NULL, 0));
    sl_slack_put_form(&job->body, in->trigger, in, &card);
    chats_wake(k);
}

void chat_slack_ask_person(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                           const struct chat_way *way, fetch_fn *fn, uint64_t of)
{
    SL_BUF(query, 128);

    (void)way;

    sl_buf_say(&query, "user=%S", in->user);
    chat_slack_call(k, h, "users.info", CHAT_BOT_TOKEN, sl_span(NULL, 0), sl_buf_span(&query), fn,
                    of);
}

const char *chat_slack_person_refused(struct chat *h, const struct fetched *got,
                                      struct sl_span user, bool *known)
{
    struct sl_slack_answer answer = {0};
    const char *why = NULL;

    *known = got->status == 200 && sl_slack_read_answer(got->body, &answer) == SL_OK && answer.ok;
    if (*known)
        why = sl_slack_user_refused(&answer, h->config->whose, user);
    json_decref(answer.json);
    return why;
}

/* --- over HTTP ----------------------------------------------------------------------------------
 */

static bool is_of_slack(struct call *c, const struct chat *h, struct sl_span body)
{
    if (sl_slack_verify(sl_buf_span(&h->secrets[CHAT_SIGNING_SECRET]), call_str(c, "timestamp"),
                        body, call_str(c, "signature"), sl_clock_us() / 1000000) == SL_OK)
        return true;
    if (!call_may_guess(c, SL_SPAN(CHAT_DOOR)))
        return false;
    limits_failed(&c->keeper->limits, c->address, SL_SPAN(CHAT_DOOR), sl_clock_us());
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

void chat_slack_incoming(struct call *c, struct chat *h)
{
    struct sl_span body = call_str(c, "body");
    struct sl_chat_input in = {0};
    struct chat_way way = {0};

    if (h->config->mode != SL_CHAT_HTTP) {
        call_problem(c, 404, "No such chat", "No chat of this name is called over HTTP.", "");
        return;
    }
    if (!is_of_slack(c, h, body))
        return;
    if (sl_slack_read_request(body, h->config->whose, &in) != SL_OK)
        call_problem(c, 400, "Not understood", "So nothing is done by it.", "");
    else if (in.event == SL_CHAT_CHALLENGE)
        tell_challenge(c, &in);
    else if (!chat_is_new(c->keeper, h, call_str(c, "signature"), way.delivery))
        c->reply = json_object(); /* it came before, and was answered then */
    else {
        call_defer(c, &way.late);
        chat_input(c->keeper, h, &in, &way);
    }
    json_decref(in.json);
}
