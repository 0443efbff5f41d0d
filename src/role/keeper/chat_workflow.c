#include "core/chat/teams.h"
#include "role/keeper/chat_int.h"

/* A Workflows webhook of Teams: people are told, and where to decide. Nothing comes back from
 * there, so nobody decides, and no message of it is ever changed. */

static bool put_card(const struct chat *h, struct chat_job *job, const struct sl_chat_card *card)
{
    (void)h;
    sl_teams_put_workflow(&job->body, card);
    return false;
}

static void put_group(const struct chat *h, struct chat_job *job, const struct sl_chat_line *lines,
                      size_t count, size_t more, struct sl_span inbox_link)
{
    (void)h;
    sl_teams_put_group(&job->body, sl_span(NULL, 0), lines, count, more, inbox_link);
}

static void put_text(const struct chat *h, struct chat_job *job, struct sl_span text)
{
    (void)h;
    sl_teams_put_text(&job->body, text);
}

static bool yes(const struct chat *h)
{
    (void)h;
    return true;
}

static void send(struct keeper *k, struct chat *h, struct chat_job *job)
{
    fetch_begin(k,
                &(struct fetch_request){.courier = COURIER_CHAT,
                                        .issuer = h->config->name,
                                        .url = sl_buf_span(&h->secrets[CHAT_LINK]),
                                        .body = sl_buf_span(&job->body),
                                        .content_type = SL_SPAN("application/json; charset=utf-8")},
                chat_told, job->id);
}

/* What it says beside its status is not for us. Whatever is no yes may be one tomorrow: somebody
 * puts a new link into the file. */
static void read(struct chat *h, const struct chat_job *job, const struct fetched *got,
                 struct chat_said *said)
{
    bool is_no = got->status >= 400 && got->status < 500;

    (void)h;
    said->means =
        got->status / 100 == 2 ? CHAT_IS_TAKEN
        : got->status == 429   ? CHAT_IS_LIMITED
        : (got->status == 400 || got->status == 413) && job->what == CHAT_CARD && !job->brief
            ? CHAT_IS_TOO_MUCH
            : CHAT_IS_AWAY;
    if (got->status == 0)
        sl_buf_put(&said->why, sl_span_head(got->why, 200));
    else
        sl_buf_say(&said->why, is_no ? "status %u: the link is not good (any more)" : "status %u",
                   (unsigned)got->status);
}

const struct chat_kind chat_workflow = {
    .word = "teams-workflow",
    .product = "Teams",
    .channel = SL_CHANNEL_TEAMS,
    .never_why = "nothing comes back from this channel",
    .shut_why = "nothing comes back from this channel",
    .foreign_why = "nobody decides here",
    .remedy = "let Teams make a new link, and put it into its url_file",
    .put_card = put_card,
    .put_group = put_group,
    .put_text = put_text,
    .may_call = yes,
    .send = send,
    .read = read,
    .listens = yes,
};
