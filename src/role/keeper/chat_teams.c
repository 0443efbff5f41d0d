#include "role/keeper/chat_teams.h"

#include <stdlib.h>

/* How a bot in Teams tells: activities, posted to the Connector. */

struct sl_teams_us chat_teams_us(const struct chat *h)
{
    return (struct sl_teams_us){h->config->app, h->config->tenant, h->config->api};
}

/* --- bodies -------------------------------------------------------------------------------------
 */

static bool put_card(const struct chat *h, struct chat_job *job, const struct sl_chat_card *card)
{
    (void)h;
    return sl_teams_put_card(&job->body, sl_span_str(job->ts), card);
}

static void put_group(const struct chat *h, struct chat_job *job, const struct sl_chat_line *lines,
                      size_t count, size_t more, struct sl_span inbox_link)
{
    (void)h;
    sl_teams_put_group(&job->body, sl_span_str(job->ts), lines, count, more, inbox_link);
}

static void put_question(const struct chat *h, struct chat_job *job,
                         const struct sl_chat_card *card)
{
    (void)h;
    (void)sl_teams_put_question(&job->body, sl_span_str(job->ts), card);
}

static void put_text(const struct chat *h, struct chat_job *job, struct sl_span text)
{
    (void)h;
    sl_teams_put_text(&job->body, text);
}

/* There is no message for one person in a channel, so it is one to them. */
static void put_aside(const struct chat *h, struct chat_job *job, const struct sl_chat_input *in,
                      struct sl_span text)
{
    (void)h;
    memset(job->channel, 0, sizeof job->channel);
    if (in->user.n < sizeof job->channel)
        memcpy(job->channel, in->user.p, in->user.n);
    sl_teams_put_text(&job->body, text);
}

/* --- calls --------------------------------------------------------------------------------------
 */

/* A question that is there lies in a conversation, as any other message. */
static bool is_to_a_person(const struct chat_job *job)
{
    return job->what == CHAT_DIRECT || job->what == CHAT_ASIDE || job->what == CHAT_WORD ||
           (job->what == CHAT_QUESTION && job->ts[0] == '\0');
}

static bool is_update(const struct chat_job *job)
{
    return job->ts[0] != '\0' && job->what != CHAT_NOTE;
}

static void post(struct keeper *k, struct chat *h, struct chat_job *job,
                 struct sl_span conversation)
{
    SL_BUF(url, 8192);

    memset(job->at, 0, sizeof job->at);
    if (conversation.n < sizeof job->at)
        memcpy(job->at, conversation.p, conversation.n);
    sl_teams_put_message_url(&url, chat_teams_service(k, h, conversation), conversation,
                             sl_span_str(job->ts));
    chat_teams_call(k, h, is_update(job) ? SL_SPAN("PUT") : sl_span(NULL, 0), sl_buf_span(&url),
                    sl_buf_span(&job->body), chat_told, job->id);
}

static void on_conversation(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct sl_teams_answer answer = {0};
    struct chat *h;
    struct chat_job *job = chat_job_find(k, of, &h);

    if (job == NULL)
        return;
    if (got->status / 100 == 2 && sl_teams_read_answer(got->status, got->body, &answer) == SL_OK &&
        answer.id.n > 0) {
        chat_teams_direct_note(h, sl_span_str(job->channel), answer.id);
        post(k, h, job, answer.id);
    } else {
        static const struct fetched none = {.status = 403}; /* it said yes, and not where */

        chat_told(k, of, got->status / 100 == 2 ? &none : got);
    }
    json_decref(answer.json);
    sl_arena_reset(k->mem);
}

static void ask_for_conversation(struct keeper *k, struct chat *h, const struct chat_job *job)
{
    const struct sl_teams_us us = chat_teams_us(h);
    SL_BUF(url, 8192);
    SL_BUF(body, 4096);

    sl_teams_put_conversations_url(&url, chat_teams_service(k, h, sl_span(NULL, 0)));
    sl_teams_put_conversation(&body, &us, sl_span_str(job->channel));
    chat_teams_call(k, h, sl_span(NULL, 0), sl_buf_span(&url), sl_buf_span(&body), on_conversation,
                    job->id);
}

static void send(struct keeper *k, struct chat *h, struct chat_job *job)
{
    const char *direct =
        is_to_a_person(job) ? chat_teams_direct(h, sl_span_str(job->channel)) : job->channel;

    if (direct == NULL)
        ask_for_conversation(k, h, job);
    else
        post(k, h, job, sl_span_str(direct));
}

/* --- answers ------------------------------------------------------------------------------------
 */

/* "it says 403 BotNotInConversationRoster" */
static void put_word(struct chat_said *said, unsigned status, struct sl_span word)
{
    sl_buf_say(&said->why, word.n > 0 ? "it says %u %S" : "it says %u", status, word);
}

static enum chat_meaning meaning_of_no(const struct chat_job *job, unsigned status,
                                       struct sl_span word)
{
    bool no_place = sl_span_is(word, "ConversationNotFound");

    if (status == 413 || sl_span_is(word, "MessageSizeTooBig") ||
        (status == 400 && job->what == CHAT_CARD && !job->brief))
        return CHAT_IS_TOO_MUCH;
    if (status == 404 && !no_place && is_update(job))
        return CHAT_IS_GONE;
    if (status == 403 || (status == 404 && no_place))
        return CHAT_IS_SHUT;
    return status == 400 || status == 404 ? CHAT_IS_REFUSED : CHAT_IS_AWAY;
}

static void read_yes(const struct chat_job *job, const struct sl_teams_answer *answer,
                     struct chat_said *said)
{
    said->means = CHAT_IS_TAKEN;
    if (job->what == CHAT_QUESTION) /* its button is pressed there */
        memcpy(said->channel, job->at, sizeof said->channel);
    if (!is_update(job) && answer->id.n > 0 && answer->id.n < sizeof said->ts)
        memcpy(said->ts, answer->id.p, answer->id.n);
}

static void read_no(struct chat *h, const struct chat_job *job, unsigned status,
                    struct sl_span word, struct chat_said *said)
{
    put_word(said, status, word);
    if (status == 401)
        said->means = chat_teams_token_refused(h, job->begun_us) ? CHAT_IS_AGAIN : CHAT_IS_AWAY;
    else
        said->means = meaning_of_no(job, status, word);
    if (is_to_a_person(job) && (status == 403 || status == 404))
        chat_teams_direct_forget(h, sl_span_str(job->channel));
    if (said->means == CHAT_IS_SHUT && is_to_a_person(job))
        said->means = CHAT_IS_REFUSED; /* they do not have the app: it is said once, to nobody */
}

static void read(struct chat *h, const struct chat_job *job, const struct fetched *got,
                 struct chat_said *said)
{
    struct sl_teams_answer answer = {0};

    said->means = got->status == 429 ? CHAT_IS_LIMITED : CHAT_IS_AWAY;
    if (got->status == 0)
        sl_buf_put(&said->why, sl_span_head(got->why, 200));
    else if (sl_teams_read_answer(got->status, got->body, &answer) != SL_OK)
        sl_buf_put_str(&said->why, "its answer is not understood");
    else if (answer.ok)
        read_yes(job, &answer, said);
    else if (got->status != 429)
        read_no(h, job, got->status, answer.error, said);
    json_decref(answer.json);
}

/* --- life ---------------------------------------------------------------------------------------
 */

static void begin(struct chat *h)
{
    h->teams = calloc(1, sizeof *h->teams);
    if (h->teams == NULL)
        keeper_die("a chat could not be noted", SL_EMEMORY);
    h->teams->token = sl_buf(SL_TEAMS_TOKEN_MOST + 1);
}

static void end(struct keeper *k, struct chat *h)
{
    chat_teams_input_free(k, h);
    chat_teams_token_free(h);
    chat_teams_keys_free(h);
    chat_teams_directs_free(h);
    free(h->teams);
    h->teams = NULL;
}

static void courier_here(struct chat *h)
{
    if (!chat_teams_has_token(h))
        h->teams->token_due_us = 0;
    if (!chat_teams_has_keys(h))
        h->teams->keys_due_us = 0;
}

static void tick(struct keeper *k, struct chat *h)
{
    chat_teams_token_tick(k, h);
    chat_teams_keys_tick(k, h);
}

const struct chat_kind chat_teams = {
    .word = "teams",
    .product = "Teams",
    .channel = SL_CHANNEL_TEAMS,
    .shut_why = "the rule takes no decisions from Teams",
    .foreign_why = "only people of this organization decide here, and none who come through a "
                   "shared channel",
    .remedy = "add the app to the team again, or name another conversation",
    .tells_after = true,
    .answer_within_ms = 5000,
    .put_card = put_card,
    .put_group = put_group,
    .put_question = put_question,
    .put_text = put_text,
    .put_aside = put_aside,
    .may_call = chat_teams_has_token,
    .send = send,
    .read = read,
    .begin = begin,
    .end = end,
    .secret_came = chat_teams_token_secret_came,
    .courier_here = courier_here,
    .tick = tick,
    .listens = chat_teams_has_keys,
    .describe = chat_teams_describe,
    .incoming = chat_teams_incoming,
    .ask_person = chat_teams_ask_person,
    .person_refused = chat_teams_person_refused,
    .refuse = chat_teams_refuse,
    .done = chat_teams_done,
    .answer = chat_teams_answer,
};
