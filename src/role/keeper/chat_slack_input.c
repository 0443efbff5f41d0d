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

void chat_slack_put_done(struct sl_buf *b, struct sl_span text)
{
    sl_slack_put_form_done(b, SL_SPAN("Sluice"), text);
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
                           fetch_fn *fn, uint64_t of)
{
    SL_BUF(query, 128);

    sl_buf_say(&query, "user=%S", in->user);
    chat_slack_call(k, h, "users.info", CHAT_BOT_TOKEN, sl_span(NULL, 0), sl_buf_span(&query), fn,
                    of);
}

const char *chat_slack_person_refused(const struct chat *h, const struct fetched *got,
                                      struct sl_span user, bool *known)
{
    struct sl_slack_answer answer = {0};
    const char *why = NULL;

    *known = got->status == 200 && sl_slack_read_answer(got->body, &answer) == SL_OK && answer.ok;
    if (*known)
        why = sl_slack_user_refused(&answer, h->config->team, user);
    json_decref(answer.json);
    return why;
}
