#include "role/keeper/chat_kind.h"

#include "role/keeper/questions.h"

#include <stdlib.h>

/* What people did in a chat: a click opens a form, and the form's answer is a call like any other,
 * with the credential that the account stands for. */

enum {
    SEEN = 4096,
    PRIVATE_BYTES = 4096,
    ASIDE_EVERY_US = 2 * 1000 * 1000,
};

struct chat_seen {
    uint8_t hashes[SEEN][SL_SHA256];
    size_t at;
};

/* --- doubles ------------------------------------------------------------------------------------
 */

/* What was done by it was recorded with it: a keeper that was started anew knows it, too. */
static bool was_done(struct keeper *k, const uint8_t delivery[SL_SHA256])
{
    struct db_rows rows = db_ask(k->store.db, DB_CHAT_HEARD, "b", sl_span(delivery, SL_SHA256));
    bool found = db_row(&rows);

    db_end(&rows);
    return found;
}

static void hash_of(const struct chat *h, struct sl_span id, uint8_t out[SL_SHA256])
{
    const struct sl_span parts[] = {sl_buf_span(&h->name), SL_SPAN("\n"), id};

    sl_sha256_parts(parts, SL_COUNT(parts), out);
}

bool chat_is_new(struct keeper *k, struct chat *h, struct sl_span id, uint8_t hash[SL_SHA256])
{
    if (h->seen == NULL)
        h->seen = calloc(1, sizeof *h->seen);
    if (h->seen == NULL)
        keeper_die("what came could not be noted", SL_EMEMORY);
    hash_of(h, id, hash);
    for (size_t i = 0; i < SEEN; i++)
        if (memcmp(h->seen->hashes[i], hash, SL_SHA256) == 0)
            return false;
    memcpy(h->seen->hashes[h->seen->at], hash, SL_SHA256);
    h->seen->at = (h->seen->at + 1) % SEEN;
    return !was_done(k, hash);
}

/* --- answers ------------------------------------------------------------------------------------
 */

void chat_answer(struct keeper *k, struct chat *h, const struct chat_way *way,
                 struct sl_span answer)
{
    h->kind->answer(k, h, way, answer);
}

void chat_answer_http(struct keeper *k, const struct chat_way *way, struct sl_span answer)
{
    json_t *reply = json_object(), *value = NULL;

    if (answer.n > 0 && sl_json_read(answer, &value, NULL) == SL_OK)
        json_object_set_new(reply, "answer", value);
    late_answer(k, &way->late, 200, reply);
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
    size_t n = user.n < CHAT_USER_BYTES - 1 ? user.n : CHAT_USER_BYTES - 1;
    memset(h->asides[at].user, 0, CHAT_USER_BYTES);
    memcpy(h->asides[at].user, user.p, n);
    h->asides[at].at_us = now_us;
    return true;
}

/* To this person alone, where they clicked: nobody else hears why they may not. */
void chat_tell_aside(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                     struct sl_span text)
{
    if (in->channel.n == 0 || !may_be_told(h, in->user))
        return;
    struct chat_job *job =
        chat_job_new(k, h, CHAT_ASIDE, in->channel, in->approval, sl_span(NULL, 0));
    h->kind->put_aside(h, job, in, text);
    chats_wake(k);
}

static void put_refusal(struct sl_buf *text, const struct chat *h, const struct sl_chat_input *in,
                        const char *why, bool link)
{
    sl_buf_say(text, "Nothing was %s: %s.", in->verb == SL_CHAT_ANSWER ? "said" : "decided", why);
    if (link)
        sl_buf_say(text,
                   " Whoever looks after Sluice links it: sluice identity account NAME --issuer %S "
                   "--subject %S",
                   h->config->issuer, in->user);
}

static void refuse_click(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                         const char *why, bool link)
{
    SL_BUF(text, PRIVATE_BYTES);

    put_refusal(&text, h, in, why, link);
    chat_tell_aside(k, h, in, sl_buf_span(&text));
}

void chat_refuse_form(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                      const struct chat_way *way, const char *why, bool link)
{
    SL_BUF(text, PRIVATE_BYTES);

    put_refusal(&text, h, in, why, link);
    h->kind->refuse(k, h, in, way, sl_buf_span(&text));
}

/* --- is it one of our messages? ----------------------------------------------------------------
 */

/* What is over says so by itself, when it is asked. */
static bool is_open(struct keeper *k, const struct sl_chat_input *in)
{
    APPROVAL(a);

    return approval_get(k, in->approval, &a) != SL_OK || a.state == SL_APPROVAL_PENDING;
}

static bool find_message(struct keeper *k, const struct chat *h, const struct sl_chat_input *in,
                         bool *decides, enum chat_what *what)
{
    struct db_rows rows =
        db_ask(k->store.db, DB_CHAT_AT, "sss", h->config->name, in->channel, in->message);
    bool found = false;

    *decides = false;
    *what = 0;
    while (!found && db_row(&rows)) {
        found = sl_span_eq(db_span(&rows, 0), in->approval);
        *decides = found && db_u64(&rows, 1) != 0;
        *what = found ? (enum chat_what)db_u64(&rows, 2) : 0;
    }
    db_end(&rows);
    return found;
}

enum chat_what chat_message_what(struct keeper *k, const struct chat *h,
                                 const struct sl_chat_input *in)
{
    bool decides;
    enum chat_what what;

    return find_message(k, h, in, &decides, &what) ? what : 0;
}

const char *chat_message_refused(struct keeper *k, const struct chat *h,
                                 const struct sl_chat_input *in)
{
    bool decides;
    enum chat_what what;

    if (!find_message(k, h, in, &decides, &what))
        return "Sluice does not know this message; use a newer one, or open the request";
    if ((in->verb == SL_CHAT_ANSWER) != (what == CHAT_QUESTION))
        return "this message has no such button";
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
        why = chat_message_refused(k, h, in);
    if (why != NULL)
        return why;
    if (approval_get(k, in->approval, a) != SL_OK)
        return "there is no such request";
    if (in->verb == SL_CHAT_ANSWER)
        return answer_refused(k, a, who.name);
    if (in->verb != SL_CHAT_APPROVE && in->verb != SL_CHAT_DENY)
        return NULL;
    enum sl_decide_reason reason = approval_may(k, a, &who, &with, h->kind->channel, NULL);
    return reason == SL_DECIDE_YES ? NULL : sl_decide_reason_text(reason);
}

static void on_click(struct keeper *k, struct chat *h, const struct sl_chat_input *in)
{
    APPROVAL(a);
    bool link = false;
    const char *why = click_refused(k, h, in, &a, &link);

    if (why != NULL) {
        refuse_click(k, h, in, why, link);
        return;
    }
    if (h->kind->open_form != NULL)
        h->kind->open_form(k, h, in, &a);
}

void chat_input(struct keeper *k, struct chat *h, struct sl_chat_input *in,
                const struct chat_way *way)
{
    if (in->event == SL_CHAT_FORM)
        chat_form(k, h, in, way);
    else
        chat_answer(k, h, way, sl_span(NULL, 0));
    if (in->event == SL_CHAT_CLICK)
        on_click(k, h, in);
    json_decref(in->json);
    in->json = NULL;
}

void chat_input_free(struct keeper *k, struct chat *h)
{
    chat_asked_free(k, h);
    free(h->seen);
    h->seen = NULL;
}
