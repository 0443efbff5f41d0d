/* Not a test itself: core/chat's word on what another Slack says, and what we say to it. JSON
 * values in, a line of JSON out for each:
 *   {"verify": {"secret", "timestamp", "body", "signature", "now"}}  -> true or false
 *   {"card": {"id", "digest", "statement", "decides", ..}, "channel", "ts"} -> a body for chat.*
 *   {"read": payload, "team"} -> {"event", "verb", "user", "foreign", "approval", "digest", "text"}
 *   {"form": payload, "team", "card": {..}} -> a body for views.open, about that click
 *   {"refused": the answer of users.info, "team", "user"} -> why that person may not decide; ""
 */
#include "base/encode.h"
#include "core/chat/slack.h"

#include <stdio.h>

enum { ROOM = 256 * 1024 };

static bool verify(const json_t *v)
{
    uint64_t now_s = 0;

    return sl_json_u64(v, "now", &now_s) &&
           sl_slack_verify(sl_json_str(v, "secret"), sl_json_str(v, "timestamp"),
                           sl_json_str(v, "body"), sl_json_str(v, "signature"), now_s) == SL_OK;
}

static struct sl_chat_card card_of(const json_t *said)
{
    struct sl_chat_card c = {.id = sl_json_str(said, "id"),
                             .state = SL_SPAN("pending"),
                             .identity = sl_json_str(said, "identity"),
                             .kind = SL_SPAN("agent"),
                             .target = SL_SPAN("finance"),
                             .environment = SL_SPAN("production"),
                             .protocol = SL_SPAN("postgres"),
                             .statement = sl_json_str(said, "statement"),
                             .whole = true,
                             .why = sl_json_str(said, "why"),
                             .reason = sl_json_str(said, "reason"),
                             .labels = SL_SPAN("financial, pii"),
                             .reviewers = SL_SPAN("1 of rita, tom"),
                             .link = SL_SPAN("https://sluice.test/approvals/1"),
                             .asked_us = 1795760000000000,
                             .expires_us = 1795763600000000,
                             .need = 1,
                             .outcome = sl_json_str(said, "outcome"),
                             .decides = json_is_true(json_object_get(said, "decides"))};

    if (c.outcome.n > 0)
        c.state = SL_SPAN("approved");
    if (sl_hex_fixed(c.digest, sizeof c.digest, sl_json_str(said, "digest")) != SL_OK)
        memset(c.digest, 0, sizeof c.digest);
    return c;
}

static void pair(struct sl_jw *w, const char *key, struct sl_span text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

static void put_input(struct sl_buf *b, const struct sl_chat_input *in, enum sl_err err)
{
    static const char *const events[] = {"nothing", "click", "form", "challenge"};
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    pair(&w, "approval", in->approval);
    pair(&w, "channel", in->channel);
    sl_jw_key(&w, "digest");
    sl_jw_hex(&w, sl_span(in->digest, sizeof in->digest));
    pair(&w, "event", sl_span_str(err == SL_OK ? events[in->event] : "refused"));
    sl_jw_key(&w, "foreign");
    sl_jw_bool(&w, in->foreign);
    pair(&w, "message", in->message);
    pair(&w, "text", in->text);
    pair(&w, "user", in->user);
    pair(&w, "verb", sl_span_str(in->verb == 0 ? "" : sl_chat_verb_name(in->verb)));
    sl_jw_end(&w);
}

static void answer_input(struct sl_buf *b, const json_t *ask, const char *key)
{
    struct sl_chat_input in;
    enum sl_err err = sl_slack_read(sl_json_str(ask, key), sl_json_str(ask, "team"), &in);
    struct sl_chat_card card = card_of(json_object_get(ask, "card"));

    if (json_object_get(ask, "form") != NULL && err == SL_OK && in.event == SL_CHAT_CLICK)
        sl_slack_put_form(b, in.trigger, &in, &card);
    else
        put_input(b, &in, err);
    json_decref(in.json);
}

static void answer_refused(struct sl_buf *b, const json_t *ask)
{
    struct sl_slack_answer info = {.ok = false};
    struct sl_jw w = sl_jw(b);
    const char *why = "no answer of Slack's";

    if (sl_slack_read_answer(sl_json_str(ask, "refused"), &info) == SL_OK)
        why = sl_slack_user_refused(&info, sl_json_str(ask, "team"), sl_json_str(ask, "user"));
    sl_jw_str(&w, sl_span_str(why == NULL ? "" : why));
    json_decref(info.json);
}

static void answer(struct sl_buf *b, const json_t *ask)
{
    const json_t *card = json_object_get(ask, "card");

    if (json_object_get(ask, "verify") != NULL) {
        sl_buf_put_str(b, verify(json_object_get(ask, "verify")) ? "true" : "false");
    } else if (json_object_get(ask, "refused") != NULL) {
        answer_refused(b, ask);
    } else if (json_object_get(ask, "read") != NULL || json_object_get(ask, "form") != NULL) {
        answer_input(b, ask, json_object_get(ask, "read") != NULL ? "read" : "form");
    } else {
        struct sl_chat_card c = card_of(card);
        sl_slack_put_card(b, sl_json_str(ask, "channel"), sl_json_str(ask, "ts"), &c);
    }
}

int main(void)
{
    for (;;) {
        SL_BUF(out, ROOM);
        json_t *ask = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL);

        if (ask == NULL)
            return 0;
        answer(&out, ask);
        json_decref(ask);
        if (sl_buf_err(&out) != SL_OK)
            return 1;
        printf("%.*s\n", (int)sl_buf_span(&out).n, (const char *)sl_buf_span(&out).p);
        fflush(stdout);
    }
}
