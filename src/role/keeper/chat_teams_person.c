#include "role/keeper/chat_teams.h"

/* People in Teams: who the Connector says that they are, and what they are answered. */

void chat_teams_ask_person(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                           const struct chat_way *way, fetch_fn *fn, uint64_t of)
{
    SL_BUF(url, 8192);

    sl_teams_put_member_url(&url, way->service, way->roster, in->user);
    chat_teams_call(k, h, sl_span(NULL, 0), sl_buf_span(&url), sl_span(NULL, 0), fn, of);
}

const char *chat_teams_person_refused(struct chat *h, const struct fetched *got,
                                      struct sl_span user, bool *known)
{
    const struct sl_teams_us us = chat_teams_us(h);

    *known = got->status == 200 || got->status == 404;
    if (got->status == 401)
        (void)chat_teams_token_refused(h, sl_clock_monotonic_us());
    if (got->status == 404)
        return "Teams does not name you among the members there";
    return *known ? sl_teams_member_refused(got->body, &us, user) : NULL;
}

/* --- answers ------------------------------------------------------------------------------------
 */

void chat_teams_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                       struct sl_span answer)
{
    (void)h;
    chat_answer_http(k, way, answer);
}

/* Who pressed a button of an old client is written to: its answer has no room for words. */
void chat_teams_refuse(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       const struct chat_way *way, struct sl_span text)
{
    SL_BUF(answer, 64 * 1024);

    if (way->invoke)
        sl_teams_put_invoke_text(&answer, text);
    else if (!in->foreign)
        chat_tell_aside(k, h, in, text);
    chat_answer(k, h, way, sl_buf_span(&answer));
}

/* As the message with the button says it now. */
static bool put_card(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     bool question, struct sl_buf *answer)
{
    APPROVAL(a);
    struct sl_chat_card card;

    if (approval_get(k, in->approval, &a) != SL_OK)
        return false;
    chat_card_make(k, h, &a, false, &card);
    if (question)
        sl_teams_put_invoke_question(answer, &card);
    else
        (void)sl_teams_put_invoke_card(answer, &card);
    return true;
}

void chat_teams_done(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     const struct chat_way *way, struct sl_span text)
{
    bool answers = in->verb == SL_CHAT_ANSWER;
    bool changes = answers || in->verb == SL_CHAT_APPROVE || in->verb == SL_CHAT_DENY ||
                   in->verb == SL_CHAT_REVOKE;
    SL_BUF(answer, 128 * 1024);

    if (way->invoke && !(changes && put_card(k, h, in, answers, &answer)))
        sl_teams_put_invoke_text(&answer, text);
    chat_answer(k, h, way, sl_buf_span(&answer));
}

void chat_teams_refresh(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                        const struct chat_way *way)
{
    SL_BUF(answer, 128 * 1024);

    enum chat_what what = in->foreign ? 0 : chat_message_what(k, h, in);

    if (what == 0 || !put_card(k, h, in, what == CHAT_QUESTION, &answer)) {
        sl_buf_reset(&answer);
        sl_teams_put_invoke_error(&answer, 404, SL_SPAN("Sluice does not know this message."));
    }
    chat_answer(k, h, way, sl_buf_span(&answer));
}
