/* libraries: core_chat, json, crypto, base */
/* Whatever an agent writes: a message of it is JSON, of bounded length, and a text that fits is
 * shown so that it stands for itself alone. Input: u8 flags, then fields with NUL between them. */
#include "core/chat/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 1024 * 1024, CARD_MOST = 64 * 1024 };

static struct sl_span next_field(struct sl_span *rest)
{
    size_t end = sl_span_find(*rest, 0);
    struct sl_span field = sl_span_head(*rest, end);

    *rest = sl_span_from(*rest, end + 1);
    return field;
}

static struct sl_chat_card card_of(struct sl_span rest, uint8_t flags)
{
    struct sl_chat_card c = {.id = SL_SPAN("01a20708-a7e6-74b8-9e63-1103356c8918"),
                             .state = (flags & 1) != 0 ? SL_SPAN("pending") : SL_SPAN("approved"),
                             .whole = (flags & 2) != 0,
                             .decides = (flags & 4) != 0};
    struct sl_span *fields[] = {&c.statement, &c.identity, &c.reason, &c.datasets, &c.target,
                                &c.effects,   &c.why,      &c.rows,   &c.outcome,  &c.run};

    for (size_t i = 0; i < SL_COUNT(fields); i++)
        *fields[i] = next_field(&rest);
    c.talk_count = (flags & 8) != 0;
    c.asks = (flags & 16) != 0;
    c.talk[0] = (struct sl_chat_talk){c.identity, c.target, c.reason, false};
    return c;
}

static bool has(struct sl_span s, struct sl_span what)
{
    for (size_t i = 0; i + what.n <= s.n; i++)
        if (memcmp(s.p + i, what.p, what.n) == 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_BUF(out, ROOM);
    json_t *value = NULL;

    if (size == 0)
        return 0;
    struct sl_chat_card card = card_of(sl_span(data + 1, size - 1), data[0]);
    sl_slack_put_card(&out, SL_SPAN("C0123"), sl_span(NULL, 0), &card);
    SL_PROMISE(sl_buf_err(&out) == SL_OK && out.n <= CARD_MOST);
    SL_PROMISE(sl_json_read(sl_buf_span(&out), &value, NULL) == SL_OK);
    json_decref(value);
    SL_PROMISE(!has(sl_buf_span(&out), SL_SPAN("\"action_id\":\"sluice.approve\"")) ||
               (card.decides && sl_chat_card_whole(&card)));
    sl_buf_reset(&out);
    sl_slack_put_question(&out, SL_SPAN("D0123"), sl_span(NULL, 0), &card);
    SL_PROMISE(sl_buf_err(&out) == SL_OK && out.n <= CARD_MOST);
    SL_PROMISE(sl_json_read(sl_buf_span(&out), &value, NULL) == SL_OK);
    json_decref(value);
    SL_PROMISE(!has(sl_buf_span(&out), SL_SPAN("\"action_id\":\"sluice.answer\"")) ||
               (card.asks && card.talk_count > 0));
    return 0;
}
