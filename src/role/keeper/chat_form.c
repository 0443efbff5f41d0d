#include "role/keeper/chat_kind.h"

#include "base/encode.h"
#include "role/keeper/methods.h"
#include "role/keeper/questions.h"
#include "role/keeper/sight.h"

/* A filled form: a call like any other, with the credential that the account stands for. */

enum { PRIVATE_BYTES = 4096 };

typedef void method_fn(struct call *c);

/* As calls.c would have it of a call of that name. */
static void run(struct call *c, const char *method, method_fn *fn)
{
    if (!auditor_refused(c, sl_span_str(method)))
        fn(c);
}

static void run_verb(struct call *c, enum sl_chat_verb verb)
{
    switch (verb) {
    case SL_CHAT_ASK:
        run(c, SL_METHOD_QUESTION, call_QUESTION);
        return;
    case SL_CHAT_ANSWER:
        run(c, SL_METHOD_ANSWER, call_ANSWER);
        return;
    case SL_CHAT_REVOKE:
        run(c, SL_METHOD_REVOKE, call_REVOKE);
        return;
    case SL_CHAT_STOP:
        run(c, SL_METHOD_STOP, call_STOP);
        return;
    case SL_CHAT_APPROVE:
    case SL_CHAT_DENY:
        break;
    }
    run(c, SL_METHOD_DECISION, call_DECISION);
}

static bool is_talk(enum sl_chat_verb verb)
{
    return verb == SL_CHAT_ASK || verb == SL_CHAT_ANSWER;
}

static json_t *body_of(const struct sl_chat_input *in)
{
    json_t *body = json_object();
    SL_BUF(digest, 128);

    sl_hex_put(&digest, sl_span(in->digest, sizeof in->digest));
    json_put_str(body, "id", in->approval);
    json_put_str(body, is_talk(in->verb) ? "text" : "reason", in->text);
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

    if (in->verb == SL_CHAT_ASK)
        sl_buf_put_str(&text, "Asked. The answer will stand with the request.");
    else if (in->verb == SL_CHAT_ANSWER)
        sl_buf_put_str(&text, "Answered. It stands with the request.");
    else if (in->verb == SL_CHAT_STOP)
        sl_buf_put_str(&text, "It is being stopped.");
    else if (approval_get(k, in->approval, &a) != SL_OK)
        sl_buf_put_str(&text, "Done.");
    else if (a.state == SL_APPROVAL_PENDING)
        sl_buf_put_str(&text, "Your yes is recorded. It waits for another person.");
    else
        chat_put_outcome(&text, &a);
    h->kind->done(k, h, in, way, sl_buf_span(&text));
}

static void tell_refused(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
                         const struct chat_way *way, const json_t *problem)
{
    SL_BUF(text, PRIVATE_BYTES);

    sl_buf_say(&text, "%S: %S %S", sl_json_str(problem, "title"), sl_json_str(problem, "detail"),
               sl_json_str(problem, "hint"));
    h->kind->refuse(k, h, in, way, sl_buf_span(&text));
}

static bool is_blank(struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] > ' ')
            return false;
    return true;
}

/* A client sees to it that there are words; who forges one may leave them out. */
static const char *refused(struct keeper *k, const struct chat *h, const struct sl_chat_input *in)
{
    bool needs_words = in->verb != SL_CHAT_REVOKE && in->verb != SL_CHAT_STOP;

    if (needs_words && is_blank(in->text))
        return in->verb == SL_CHAT_ASK      ? "there is no question"
               : in->verb == SL_CHAT_ANSWER ? "there is no answer"
                                            : "there is no reason";
    if (in->verb == SL_CHAT_ANSWER && !question_waits(k, in->approval))
        return "no question waits for an answer any more";
    return chat_message_refused(k, h, in);
}

/* Everything is asked once more: the form may have lain there for an hour. */
void chat_act(struct keeper *k, struct chat *h, const struct sl_chat_input *in,
              const struct chat_way *way)
{
    struct call c = {.method = "chat", .keeper = k, .channel = h->kind->channel, .status = 200};
    bool link = false;
    const char *why = chat_person(k, h, in, &c.who, &c.with, &link);

    if (why == NULL)
        why = refused(k, h, in);
    if (why != NULL) {
        chat_refuse_form(k, h, in, way, why, link);
        return;
    }
    chat_record_heard(k, h, way); /* first: caught and sent once more, it is not done once more */
    json_t *body = body_of(in);
    c.body = body;
    run_verb(&c, in->verb);
    if (c.status < 400)
        tell_done(k, h, in, way);
    else
        tell_refused(k, h, in, way, c.reply);
    json_decref(c.reply);
    json_decref(body);
}

/* In production the chat is asked anew each time: a guest of this morning is no guest for long. */
static bool asks_anew(struct keeper *k, const struct sl_chat_input *in)
{
    APPROVAL(a);

    return approval_get(k, in->approval, &a) != SL_OK || sl_span_is(a.environment, "production");
}

void chat_form(struct keeper *k, struct chat *h, struct sl_chat_input *in,
               const struct chat_way *way)
{
    struct person who;
    struct credential with;
    bool link = false, known = false;
    const char *why = chat_person(k, h, in, &who, &with, &link);

    if (why == NULL)
        why = refused(k, h, in);
    if (why == NULL)
        why = chat_checked(h, in->user, asks_anew(k, in), &known);
    if (why != NULL)
        chat_refuse_form(k, h, in, way, why, link);
    else if (known)
        chat_act(k, h, in, way);
    else
        chat_ask_person(k, h, in, way);
}
