/* A request of Slack's: its form, and what proves that it is Slack's. */
#include "core/chat/slack_int.h"

#include "base/encode.h"
#include "crypto/crypto.h"

enum { WINDOW_S = 300, STAMP_MOST = 12 };

/* --- the form --------------------------------------------------------------------------------- */

/* What encoders leave as it is (application/x-www-form-urlencoded, RFC 3986). */
static bool stands_for_itself(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("-._~*!'()", c) != NULL);
}

/* Of either case: encoders differ. */
static enum sl_err get_escaped(struct sl_span text, uint8_t *out)
{
    uint8_t lower[2];

    if (text.n < 3)
        return SL_EMALFORMED;
    for (size_t i = 0; i < 2; i++) {
        uint8_t c = text.p[i + 1];
        lower[i] = c >= 'A' && c <= 'F' ? (uint8_t)(c + 'a' - 'A') : c;
    }
    return sl_hex_fixed(out, 1, sl_span(lower, sizeof lower));
}

static enum sl_err decode(struct sl_buf *b, struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];

        if (c == '%') {
            SL_TRY(get_escaped(sl_span_from(text, i), &c));
            i += 2;
        } else if (c == '+') {
            c = ' ';
        } else if (!stands_for_itself(c)) {
            return SL_EMALFORMED;
        }
        sl_buf_put_u8(b, c);
    }
    return sl_buf_err(b);
}

/* JSON comes where Slack tries the address, and with events, of which we have none. */
static enum sl_err read_json(struct sl_span body, struct sl_span team, struct sl_chat_input *out)
{
    SL_TRY(sl_slack_read(body, team, out));
    if (out->event == SL_CHAT_CHALLENGE || out->event == SL_CHAT_NOTHING)
        return SL_OK;
    *out = (struct sl_chat_input){.event = SL_CHAT_NOTHING, .json = out->json};
    return SL_EMALFORMED;
}

enum sl_err sl_slack_read_request(struct sl_span body, struct sl_span team,
                                  struct sl_chat_input *out)
{
    SL_BUF(payload, SL_SLACK_PAYLOAD_MOST);

    *out = (struct sl_chat_input){.event = SL_CHAT_NOTHING};
    if (body.n > 3 * SL_SLACK_PAYLOAD_MOST)
        return SL_ELIMIT;
    if (body.n > 0 && body.p[0] == '{')
        return read_json(body, team, out);
    if (!sl_span_starts(body, SL_SPAN("payload=")))
        return SL_EMALFORMED;
    SL_TRY(decode(&payload, sl_span_from(body, 8)));
    SL_TRY(sl_slack_read(sl_buf_span(&payload), team, out));
    if (out->event != SL_CHAT_CHALLENGE)
        return SL_OK;
    *out = (struct sl_chat_input){.event = SL_CHAT_NOTHING, .json = out->json};
    return SL_EMALFORMED;
}

/* --- the signature ---------------------------------------------------------------------------- */

static enum sl_err in_time(struct sl_span timestamp, uint64_t now_s)
{
    uint64_t at = 0;

    if (timestamp.n > STAMP_MOST || sl_span_u64(timestamp, &at) != SL_OK)
        return SL_EMALFORMED;
    return (at > now_s ? at - now_s : now_s - at) <= WINDOW_S ? SL_OK : SL_ETIMEOUT;
}

enum sl_err sl_slack_verify(struct sl_span secret, struct sl_span timestamp, struct sl_span body,
                            struct sl_span signature, uint64_t now_s)
{
    SL_BUF(message, 4 * SL_SLACK_PAYLOAD_MOST);
    uint8_t given[SL_SHA256], ours[SL_SHA256];

    if (!sl_span_starts(signature, SL_SPAN("v0=")) ||
        sl_hex_fixed(given, sizeof given, sl_span_from(signature, 3)) != SL_OK)
        return SL_EMALFORMED;
    SL_TRY(in_time(timestamp, now_s));
    if (secret.n == 0)
        return SL_EDENIED; /* anybody can sign with nothing */
    sl_buf_say(&message, "v0:%S:%S", timestamp, body);
    SL_TRY(sl_buf_err(&message));
    sl_hmac_sha256(secret, sl_buf_span(&message), ours);
    return sl_secret_eq(sl_span(given, sizeof given), sl_span(ours, sizeof ours)) ? SL_OK
                                                                                  : SL_EDENIED;
}
