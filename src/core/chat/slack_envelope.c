/* Socket Mode: what comes through the socket, and what goes back. */
#include "core/chat/slack_int.h"

enum { ENVELOPE_ID = 64, REASON = 64 };

static enum sl_slack_envelope_type type_of(struct sl_span type)
{
    if (sl_span_is(type, "hello"))
        return SL_SLACK_HELLO;
    if (sl_span_is(type, "disconnect"))
        return SL_SLACK_DISCONNECT;
    return sl_span_is(type, "interactive") ? SL_SLACK_INTERACTIVE : SL_SLACK_OTHER;
}

/* A text of a form that can be said again; empty where there is none. */
static enum sl_err take_word(const json_t *object, const char *key, size_t most,
                             struct sl_span *out)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL || json_is_null(value))
        return SL_OK;
    *out = sl_json_str(object, key);
    return sl_slack_is_word(*out, most) ? SL_OK : SL_EMALFORMED;
}

static enum sl_err take_retry(const json_t *object, uint64_t *out)
{
    const json_t *value = json_object_get(object, "retry_attempt");

    if (value == NULL || json_is_null(value))
        return SL_OK;
    return sl_json_u64(object, "retry_attempt", out) ? SL_OK : SL_EMALFORMED;
}

/* A bad payload is told as refused: the envelope is to be acknowledged, or it comes for ever. A
 * challenge is of HTTP and not of a socket. */
static void read_payload(const json_t *json, struct sl_span team, struct sl_slack_envelope *e)
{
    enum sl_err err = sl_slack_read_value(json_object_get(json, "payload"), team, &e->input);

    e->input_refused = err != SL_OK || e->input.event == SL_CHAT_CHALLENGE;
    if (e->input_refused)
        e->input = (struct sl_chat_input){.event = SL_CHAT_NOTHING};
}

static enum sl_err read_envelope(const json_t *json, struct sl_span team,
                                 struct sl_slack_envelope *e)
{
    if (sl_json_str(json, "type").n == 0)
        return SL_EMALFORMED;
    e->type = type_of(sl_json_str(json, "type"));
    SL_TRY(take_word(json, "envelope_id", ENVELOPE_ID, &e->id));
    if (e->type == SL_SLACK_DISCONNECT)
        SL_TRY(take_word(json, "reason", REASON, &e->reason));
    SL_TRY(sl_slack_flag(json, "accepts_response_payload", &e->takes_answer));
    SL_TRY(take_retry(json, &e->retry));
    if (e->type != SL_SLACK_INTERACTIVE)
        return SL_OK;
    if (e->id.n == 0)
        return SL_EMALFORMED;
    read_payload(json, team, e);
    return SL_OK;
}

enum sl_err sl_slack_read_envelope(struct sl_span text, struct sl_span team,
                                   struct sl_slack_envelope *out)
{
    struct sl_slack_envelope e = {.type = SL_SLACK_OTHER};

    if (text.n > SL_SLACK_PAYLOAD_MOST)
        return SL_ELIMIT;
    SL_TRY(sl_json_read(text, &e.json, NULL));
    enum sl_err err = read_envelope(e.json, team, &e);
    if (err != SL_OK) {
        json_decref(e.json);
        return err;
    }
    *out = e;
    return SL_OK;
}

void sl_slack_envelope_done(struct sl_slack_envelope *e)
{
    json_decref(e->json);
    *e = (struct sl_slack_envelope){.type = SL_SLACK_OTHER};
}

void sl_slack_put_ack(struct sl_buf *b, struct sl_span envelope, struct sl_span answer)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_object(&w);
    sl_slack_pair(&w, "envelope_id", envelope);
    if (answer.n > 0) {
        sl_jw_key(&w, "payload");
        sl_jw_raw(&w, answer);
    }
    sl_jw_end(&w);
}
