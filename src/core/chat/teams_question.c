/* What reviewers ask and what is answered: on a card, and as a message to whoever may answer. */
#include "core/chat/teams_int.h"

enum { CARD_MAX = 64 * 1024, AROUND = 900 };

void sl_teams_talk(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    if (p->extent == SL_TEAMS_BARE)
        return;
    for (size_t i = 0; i < c->talk_count && i < SL_CHAT_TALK_MOST; i++) {
        const struct sl_chat_talk *t = &c->talk[i];

        sl_teams_line(p);
        sl_teams_run(p, t->who, SL_TEAMS_BOLD);
        sl_teams_ours(p, t->answer ? " answers" : " asks");
        sl_teams_part(p, ", by ", t->channel, "");
        sl_teams_part(p, ": ", t->text, "");
        sl_teams_line_end(p);
    }
}

static void input(struct sl_teams_page *p)
{
    static const char text[] =
        "{\"errorMessage\":\"Say what you answer\",\"id\":\"reason\",\"isMultiline\":true,"
        "\"isRequired\":true,\"label\":\"What you answer\",\"maxLength\":1000,"
        "\"type\":\"Input.Text\"}";

    sl_jw_raw(&p->w, sl_span_str(text));
}

static void body(struct sl_teams_page *p, const struct sl_chat_card *c, bool answers)
{
    sl_teams_head(p, c->asks ? "A question to you" : "No answer is needed any more");
    sl_teams_sentence(p, c);
    if (c->talk_count == 0)
        sl_teams_say(p, "What is asked is not told here: open the request.");
    else if (p->extent != SL_TEAMS_WHOLE)
        sl_teams_say(p, "This message cannot show all of it: open the request.");
    if (c->talk_before > 0)
        sl_teams_say(p, "More was asked and answered before: open the request.");
    sl_teams_talk(p, c);
    if (!answers)
        return;
    sl_teams_say(p,
                 "Your answer stands with the request, for whoever decides. Nothing runs by it.");
    input(p);
}

/* An answer is given where all of the question is read. */
static bool make(struct sl_teams_page *p, const struct sl_chat_card *c)
{
    bool answers = p->extent == SL_TEAMS_WHOLE && c->asks && c->talk_count > 0;

    sl_teams_actions(p);
    if (answers)
        sl_teams_put_answer(p, c);
    sl_teams_put_link(p, "Open", c->link);
    sl_teams_body(p);
    body(p, c, answers);
    sl_teams_end(p);
    return answers;
}

bool sl_teams_make_question(struct sl_buf *b, const struct sl_chat_card *card)
{
    for (unsigned extent = SL_TEAMS_WHOLE; extent < SL_TEAMS_EXTENTS; extent++) {
        SL_BUF(text, CARD_MAX);
        struct sl_teams_page page = {.w = sl_jw(&text), .extent = extent};
        bool answers = make(&page, card);

        if (extent == SL_TEAMS_WHOLE && page.cut)
            continue;
        if (extent < SL_TEAMS_BARE && !sl_teams_fits(&text, AROUND))
            continue;
        sl_buf_put(b, sl_buf_span(&text));
        return answers;
    }
    return false;
}

bool sl_teams_put_question(struct sl_buf *b, struct sl_span message,
                           const struct sl_chat_card *card)
{
    SL_BUF(text, CARD_MAX);
    bool answers = sl_teams_make_question(&text, card);

    sl_teams_put_activity(b, message, sl_buf_span(&text),
                          card->asks ? "A question to you in Sluice"
                                     : "News of a question in Sluice");
    return answers;
}
