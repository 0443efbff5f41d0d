#include "role/keeper/chat_slack.h"

#include "role/keeper/chat_int.h"

/* How Slack tells: bodies and calls of its Web API, and what its answers mean. */

/* --- bodies -------------------------------------------------------------------------------------
 */

static bool put_card(const struct chat *h, struct chat_job *job, const struct sl_chat_card *card)
{
    (void)h;
    sl_slack_put_card(&job->body, sl_span_str(job->channel), sl_span_str(job->ts), card);
    return card->decides && sl_chat_card_whole(card);
}

static void put_group(const struct chat *h, struct chat_job *job, const struct sl_chat_line *lines,
                      size_t count, size_t more, struct sl_span inbox_link)
{
    (void)h;
    sl_slack_put_group(&job->body, sl_span_str(job->channel), sl_span_str(job->ts), lines, count,
                       more, inbox_link);
}

static void put_question(const struct chat *h, struct chat_job *job,
                         const struct sl_chat_card *card)
{
    (void)h;
    sl_slack_put_question(&job->body, sl_span_str(job->channel), sl_span_str(job->ts), card);
}

static void put_text(const struct chat *h, struct chat_job *job, struct sl_span text)
{
    (void)h;
    sl_slack_put_text(&job->body, sl_span_str(job->channel),
                      job->what == CHAT_NOTE ? sl_span_str(job->ts) : sl_span(NULL, 0), text);
}

static void put_aside(const struct chat *h, struct chat_job *job, const struct sl_chat_input *in,
                      struct sl_span text)
{
    (void)h;
    sl_slack_put_aside(&job->body, in->channel, in->user, text);
}

/* --- calls --------------------------------------------------------------------------------------
 */

void chat_slack_call(struct keeper *k, struct chat *h, const char *method, enum chat_secret with,
                     struct sl_span body, struct sl_span query, fetch_fn *fn, uint64_t of)
{
    SL_BUF(url, 8192);
    SL_BUF(bearer, CHAT_SECRET_BYTES + 16);

    sl_buf_say(&url, "%S%s", h->config->api, method);
    if (query.n > 0)
        sl_buf_say(&url, "?%S", query);
    sl_buf_say(&bearer, "Bearer %S", sl_buf_span(&h->secrets[with]));
    fetch_begin(k,
                &(struct fetch_request){.courier = COURIER_CHAT,
                                        .issuer = h->config->name,
                                        .url = sl_buf_span(&url),
                                        .authorization = sl_buf_span(&bearer),
                                        .body = body,
                                        .content_type = query.n > 0 ? sl_span(NULL, 0)
                                                                    : SL_SPAN("application/json; "
                                                                              "charset=utf-8")},
                fn, of);
    sl_secret_wipe(bearer.p, bearer.cap);
}

static const char *method_of(const struct chat_job *job)
{
    if (job->what == CHAT_FORM)
        return "views.open";
    if (job->what == CHAT_ASIDE)
        return "chat.postEphemeral";
    if (job->ts[0] != '\0' && job->what != CHAT_NOTE)
        return "chat.update";
    return "chat.postMessage";
}

static void send(struct keeper *k, struct chat *h, struct chat_job *job)
{
    chat_slack_call(k, h, method_of(job), CHAT_BOT_TOKEN, sl_buf_span(&job->body), sl_span(NULL, 0),
                    chat_told, job->id);
}

static bool may_call(const struct chat *h)
{
    (void)h;
    return true;
}

/* --- answers ------------------------------------------------------------------------------------
 */

/* Tokens that are not good, servers that are away. */
static bool is_about_us(struct sl_span error)
{
    static const char *const errors[] = {"invalid_auth",
                                         "not_authed",
                                         "token_revoked",
                                         "token_expired",
                                         "account_inactive",
                                         "missing_scope",
                                         "not_allowed_token_type",
                                         "org_login_required",
                                         "ekm_access_denied",
                                         "team_access_not_granted",
                                         "fatal_error",
                                         "internal_error",
                                         "service_unavailable",
                                         "request_timeout",
                                         "ratelimited",
                                         "rate_limited",
                                         "accesslimited"};

    for (size_t i = 0; i < SL_COUNT(errors); i++)
        if (sl_span_is(error, errors[i]))
            return true;
    return false;
}

static bool is_too_much(struct sl_span error)
{
    return sl_span_is(error, "msg_blocks_too_long") || sl_span_is(error, "invalid_blocks") ||
           sl_span_is(error, "invalid_blocks_format") || sl_span_is(error, "msg_too_long");
}

static bool is_message_gone(struct sl_span error)
{
    return sl_span_is(error, "message_not_found") || sl_span_is(error, "cant_update_message") ||
           sl_span_is(error, "thread_not_found");
}

static void read_answer(const struct sl_slack_answer *answer, struct chat_said *said)
{
    struct sl_span word = sl_span_head(answer->error, 100);

    if (answer->ok) {
        said->means = CHAT_IS_TAKEN;
        if (answer->channel.n > 0 && answer->channel.n < sizeof said->channel)
            memcpy(said->channel, answer->channel.p, answer->channel.n);
        if (answer->ts.n > 0 && answer->ts.n < sizeof said->ts)
            memcpy(said->ts, answer->ts.p, answer->ts.n);
        return;
    }
    said->means = is_about_us(answer->error)       ? CHAT_IS_AWAY
                  : is_too_much(answer->error)     ? CHAT_IS_TOO_MUCH
                  : is_message_gone(answer->error) ? CHAT_IS_GONE
                                                   : CHAT_IS_REFUSED;
    sl_buf_say(&said->why, "it says \"%S\"", word);
}

static void read(struct chat *h, const struct chat_job *job, const struct fetched *got,
                 struct chat_said *said)
{
    struct sl_slack_answer answer = {0};

    (void)h;
    (void)job;
    said->means = got->status == 429 ? CHAT_IS_LIMITED : CHAT_IS_AWAY;
    if (got->status == 0)
        sl_buf_put(&said->why, sl_span_head(got->why, 200));
    else if (got->status != 200)
        sl_buf_say(&said->why, "status %u", (unsigned)got->status);
    else if (sl_slack_read_answer(got->body, &answer) != SL_OK)
        sl_buf_put_str(&said->why, "its answer is not understood");
    else
        read_answer(&answer, said);
    json_decref(answer.json);
}

const struct chat_kind chat_slack = {
    .word = "slack",
    .product = "Slack",
    .channel = SL_CHANNEL_SLACK,
    .shut_why = "the rule takes no decisions from Slack",
    .foreign_why = "only people of this workspace decide here, and none who come through a shared "
                   "channel",
    .remedy = "ask the app into the channel, or name another",
    .tells_after = true,
    .answer_within_ms = 2200, /* Slack waits three seconds for an answer to a form */
    .put_card = put_card,
    .put_group = put_group,
    .put_question = put_question,
    .put_text = put_text,
    .put_aside = put_aside,
    .may_call = may_call,
    .send = send,
    .read = read,
    .end = chat_sockets_end,
    .tick = chat_socket_tick,
    .listens = chat_socket_listens,
    .incoming = chat_slack_incoming,
    .ask_person = chat_slack_ask_person,
    .person_refused = chat_slack_person_refused,
    .open_form = chat_slack_open_form,
    .refuse = chat_slack_refuse,
    .done = chat_slack_done,
    .answer = chat_slack_answer,
};
