#include "role/keeper/chat.h"

#include "base/encode.h"

#include <stdlib.h>

/* What people did in a chat: a click opens a form, and the form's answer is a call like any other,
 * with the credential that the account stands for. */

enum {
    SEEN = 4096,
    ASKED_MOST = 64,
    ASKED_FOR_MS = 2200, /* Slack waits three seconds for an answer to a form */
    PRIVATE_BYTES = 4096,
    ASIDE_EVERY_US = 2 * 1000 * 1000,
};

struct chat_seen {
    uint8_t hashes[SEEN][SL_SHA256];
    size_t at;
};

struct chat_asked {
    struct chat_asked *next;
    uint64_t id, until_us;
    struct sl_chat_input in; /* its own */
    struct chat_way way;
    char envelope[128];
};

/* --- doubles ------------------------------------------------------------------------------------
 */

bool chat_is_new(struct chat *h, struct sl_span id)
{
    uint8_t hash[SL_SHA256];

    if (h->seen == NULL)
        h->seen = calloc(1, sizeof *h->seen);
    if (h->seen == NULL)
        keeper_die("what came could not be noted", SL_EMEMORY);
    sl_sha256(id, hash);
    for (size_t i = 0; i < SEEN; i++)
        if (memcmp(h->seen->hashes[i], hash, sizeof hash) == 0)
            return false;
    memcpy(h->seen->hashes[h->seen->at], hash, sizeof hash);
    h->seen->at = (h->seen->at + 1) % SEEN;
    return true;
}

/* --- answers ------------------------------------------------------------------------------------
 */

void chat_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                 struct sl_span answer)
{
    struct peer *courier = peer_find(k, SL_ROLE_COURIER, COURIER_CHAT);
    SL_BUF(ack, 64 * 1024);

    (void)h;
    if (way->stream == 0) {
        json_t *reply = json_object(), *value = NULL;

        if (answer.n > 0 && sl_json_read(answer, &value, NULL) == SL_OK)
            json_object_set_new(reply, "answer", value);
        late_answer(k, &way->late, 200, reply);
        return;
    }
    sl_slack_put_ack(&ack, way->envelope, way->takes_answer ? answer : sl_span(NULL, 0));
    if (courier != NULL)
        ANSWER(courier, stream_text, .stream = way->stream, .text = sl_buf_span(&ack));
}

/* Whoever clicks on and on is told once in a while, and so are all of them together. */
static bool may_be_told(struct chat *h, struct sl_span user)
{
    uint64_t now_us = sl_clock_monotonic_us();
    size_t lately = 0;

    for (size_t i = 0; i < SL_COUNT(h->asides); i++) {
        bool is_late = h->asides[i].at_us != 0 && now_us - h->asides[i].at_us < ASIDE_EVERY_US;

        if (is_late && sl_span_is(user, h->asides[i].user))
            return false;
        lately += is_late;
    }
    if (lately == SL_COUNT(h->asides))
        return false;
    size_t at = h->aside_at++ % SL_COUNT(h->asides);
    size_t n = user.n < CHAT_ID_BYTES - 1 ? user.n : CHAT_ID_BYTES - 1;
    memset(h->asides[at].user, 0, CHAT_ID_BYTES);
    memcpy(h->asides[at].user, user.p, n);
    h->asides[at].at_us = now_us;
    return true;
}

/* To this person alone, where they clicked: nobody else hears why they may not. */
static void tell_aside(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                       struct sl_span text)
{
    if (in->channel.n == 0 || !may_be_told(h, in->user))
        return;
    struct chat_job *job =
        chat_job_new(k, h, CHAT_ASIDE, in->channel, in->approval, sl_span(NULL, 0));
    sl_slack_put_aside(&job->body, in->channel, in->user, text);
    chats_wake(k);
}

static void refuse_click(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                         const char *why, bool link)
{
    SL_BUF(text, PRIVATE_BYTES);

    sl_buf_say(&text, "Nothing was decided: %s.", why);
    if (link)
        sl_buf_say(&text,
                   " Whoever looks after Sluice links it: sluice identity account NAME --issuer %S "
                   "--subject %S",
                   h->config->issuer, in->user);
    tell_aside(k, h, in, sl_buf_span(&text));
}

static void refuse_form(struct keeper *k, struct chat *h, const struct chat_way *way,
                        const char *why)
{
    SL_BUF(text, PRIVATE_BYTES);
    SL_BUF(answer, 16 * 1024);

    sl_buf_say(&text, "Nothing was decided: %s.", why);
    sl_slack_put_form_error(&answer, sl_buf_span(&text));
    chat_answer(k, h, way, sl_buf_span(&answer));
}

/* --- is it one of our messages? ----------------------------------------------------------------
 */

/* What is over says so by itself, when it is asked. */
static bool is_open(struct keeper *k, const struct sl_chat_input *in)
{
    APPROVAL(a);

    return approval_get(k, in->approval, &a) != SL_OK || a.state == SL_APPROVAL_PENDING;
}

static const char *message_refused(struct keeper *k, const struct chat *h,
                                   const struct sl_chat_input *in)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_CHAT_AT, "sss", h->config->name, in->channel, in->message);
    bool found = false, decides = false;

    while (!found && db_row(&rows)) {
        found = sl_span_eq(db_span(&rows, 0), in->approval);
        decides = found && db_u64(&rows, 1) != 0;
    }
    db_end(&rows);
    if (!found)
        return "Sluice does not know this message; use a newer one, or open the request";
    if ((in->verb == SL_CHAT_APPROVE || in->verb == SL_CHAT_DENY) && !decides && is_open(k, in))
        return "this message does not show everything, or the rule takes no decision here; open "
               "the request to decide";
    return NULL;
}

/* --- a click ------------------------------------------------------------------------------------
 */

static const char *click_refused(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                                 struct approval *a, bool *link)
{
    struct person who;
    struct credential with;
    const char *why = chat_person(k, h, in, &who, &with, link);

    if (why == NULL)
        why = message_refused(k, h, in);
    if (why != NULL)
        return why;
    if (approval_get(k, in->approval, a) != SL_OK)
        return "there is no such request";
    if (in->verb != SL_CHAT_APPROVE && in->verb != SL_CHAT_DENY)
        return NULL;
    enum sl_decide_reason reason = approval_may(k, a, &who, &with, SL_CHANNEL_SLACK, NULL);
    return reason == SL_DECIDE_YES ? NULL : sl_decide_reason_text(reason);
}

static void on_click(struct keeper *k, struct chat *h, const struct sl_chat_input *in)
{
    APPROVAL(a);
    struct sl_chat_card card;
    bool link = false;
    const char *why = click_refused(k, h, in, &a, &link);

    if (why != NULL) {
        refuse_click(k, h, in, why, link);
        return;
    }
    chat_card_make(k, h, &a, false, &card);
    struct chat_job *job =
        chat_job_new(k, h, CHAT_FORM, in->channel, in->approval, sl_span(NULL, 0));
    sl_slack_put_form(&job->body, in->trigger, in, &card);
    chats_wake(k);
}

/* --- a form -------------------------------------------------------------------------------------
 */

typedef void method_fn(struct call *c);

static method_fn *method_of(enum sl_chat_verb verb)
{
    return verb == SL_CHAT_ASK      ? call_QUESTION
           : verb == SL_CHAT_REVOKE ? call_REVOKE
           : verb == SL_CHAT_STOP   ? call_STOP
                                    : call_DECISION;
}

static json_t *body_of(const struct sl_chat_input *in)
{
    json_t *body = json_object();
    SL_BUF(digest, 128);

    sl_hex_put(&digest, sl_span(in->digest, sizeof in->digest));
    json_put_str(body, "id", in->approval);
    json_put_str(body, in->verb == SL_CHAT_ASK ? "text" : "reason", in->text);
    if (in->verb == SL_CHAT_APPROVE || in->verb == SL_CHAT_DENY)
        json_put_str(body, "decision", sl_span_str(sl_chat_verb_name(in->verb)));
    json_put_str(body, "digest", sl_buf_span(&digest));
    return body;
}

static void tell_done(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                      const struct chat_way *way)
{
    APPROVAL(a);
    SL_BUF(text, 8192);
    SL_BUF(answer, 16 * 1024);

    if (in->verb == SL_CHAT_ASK)
        sl_buf_put_str(&text, "Asked. The answer will stand with the request.");
    else if (in->verb == SL_CHAT_STOP)
        sl_buf_put_str(&text, "It is being stopped.");
    else if (approval_get(k, in->approval, &a) != SL_OK)
        sl_buf_put_str(&text, "Done.");
    else if (a.state == SL_APPROVAL_PENDING)
        sl_buf_put_str(&text, "Your yes is recorded. It waits for another person.");
    else
        chat_put_outcome(&text, &a);
    sl_slack_put_form_done(&answer, SL_SPAN("Sluice"), sl_buf_span(&text));
    chat_answer(k, h, way, sl_buf_span(&answer));
}

static void tell_refused(struct keeper *k, struct chat *h, const struct chat_way *way,
                         const json_t *problem)
{
    SL_BUF(text, PRIVATE_BYTES);
    SL_BUF(answer, 16 * 1024);

    sl_buf_say(&text, "%S: %S %S", sl_json_str(problem, "title"), sl_json_str(problem, "detail"),
               sl_json_str(problem, "hint"));
    sl_slack_put_form_error(&answer, sl_buf_span(&text));
    chat_answer(k, h, way, sl_buf_span(&answer));
}

/* Everything is asked once more: the form may have lain there for an hour. */
static void act(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                const struct chat_way *way)
{
    struct call c = {.method = "chat", .keeper = k, .channel = SL_CHANNEL_SLACK, .status = 200};
    bool link = false;
    const char *why = chat_person(k, h, in, &c.who, &c.with, &link);

    if (why == NULL)
        why = message_refused(k, h, in);
    if (why != NULL) {
        refuse_form(k, h, way, why);
        return;
    }
    json_t *body = body_of(in);
    c.body = body;
    method_of(in->verb)(&c);
    if (c.status < 400)
        tell_done(k, h, in, way);
    else
        tell_refused(k, h, way, c.reply);
    json_decref(c.reply);
    json_decref(body);
}

/* --- what the chat says of the person --- */

static void asked_end(struct chat *h, struct chat_asked *asked)
{
    struct chat_asked **at = &h->asked;

    while (*at != asked)
        at = &(*at)->next;
    *at = asked->next;
    json_decref(asked->in.json);
    free(asked);
}

static void on_user(struct keeper *k, uint64_t of, const struct fetched *got)
{
    struct sl_slack_answer answer = {0};
    struct chat_asked *asked = NULL;
    struct chat *h = NULL;

    for (struct chat *at = chats_first(k); at != NULL; at = at->next_chat)
        for (struct chat_asked *a = at->asked; a != NULL; a = a->next)
            if (a->id == of) {
                asked = a;
                h = at;
            }
    if (asked == NULL)
        return; /* its time was over */
    bool known =
        got->status == 200 && sl_slack_read_answer(got->body, &answer) == SL_OK && answer.ok;
    const char *why =
        known ? sl_slack_user_refused(&answer, h->config->team, asked->in.user)
              : "Slack does not say now who you are; try again, or decide in the console";
    if (known)
        chat_check_note(h, asked->in.user, why);
    json_decref(answer.json);
    if (why != NULL)
        refuse_form(k, h, &asked->way, why);
    else
        act(k, h, &asked->in, &asked->way);
    asked_end(h, asked);
    sl_arena_reset(k->mem);
}

static void ask_about(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                      const struct chat_way *way)
{
    size_t count = 0;
    SL_BUF(query, 128);

    for (const struct chat_asked *a = h->asked; a != NULL; a = a->next)
        count++;
    struct chat_asked *asked = count < ASKED_MOST ? calloc(1, sizeof *asked) : NULL;
    if (asked == NULL || way->envelope.n >= sizeof asked->envelope) {
        free(asked);
        refuse_form(k, h, way, "too many decide at this moment; try again");
        return;
    }
    *asked =
        (struct chat_asked){.next = h->asked,
                            .id = ++k->next_call,
                            .until_us = sl_clock_monotonic_us() + ASKED_FOR_MS * UINT64_C(1000),
                            .in = *in,
                            .way = *way};
    if (way->envelope.n > 0)
        memcpy(asked->envelope, way->envelope.p, way->envelope.n);
    asked->way.envelope = sl_span(asked->envelope, way->envelope.n);
    h->asked = asked;
    in->json = NULL; /* it is the other's now */
    sl_buf_say(&query, "user=%S", asked->in.user);
    chat_call(k, h, "users.info", CHAT_BOT_TOKEN, sl_span(NULL, 0), sl_buf_span(&query), on_user,
              asked->id);
}

void chat_input_sweep(struct keeper *k, struct chat *h)
{
    uint64_t now_us = h->asked == NULL ? 0 : sl_clock_monotonic_us();

    for (struct chat_asked *a = h->asked, *next; a != NULL; a = next) {
        next = a->next;
        if (a->until_us > now_us)
            continue;
        refuse_form(k, h, &a->way,
                    "Slack did not say in time who you are; try again, or decide in the console");
        asked_end(h, a);
    }
}

/* In production the chat is asked anew each time: a guest of this morning is no guest for long. */
static bool asks_anew(struct keeper *k, const struct sl_chat_input *in)
{
    APPROVAL(a);

    return approval_get(k, in->approval, &a) != SL_OK || sl_span_is(a.environment, "production");
}

static void on_form(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                    const struct chat_way *way)
{
    struct person who;
    struct credential with;
    bool link = false, known = false;
    const char *why = chat_person(k, h, in, &who, &with, &link);

    if (why == NULL)
        why = chat_checked(h, in->user, asks_anew(k, in), &known);
    if (why != NULL)
        refuse_form(k, h, way, why);
    else if (known)
        act(k, h, in, way);
    else
        ask_about(k, h, in, way);
}

void chat_input(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                const struct chat_way *way)
{
    if (in->event == SL_CHAT_FORM)
        on_form(k, h, in, way);
    else
        chat_answer(k, h, way, sl_span(NULL, 0));
    if (in->event == SL_CHAT_CLICK)
        on_click(k, h, in);
    json_decref(in->json);
    in->json = NULL;
}

void chat_input_free(struct keeper *k, struct chat *h)
{
    while (h->asked != NULL) {
        refuse_form(k, h, &h->asked->way, "Sluice's configuration has just changed; try again");
        asked_end(h, h->asked);
    }
    free(h->seen);
    h->seen = NULL;
}
