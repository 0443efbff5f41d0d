/* libraries: core_chat, core_oidc, json, crypto, base */
/* Whatever is in a card: a message comes out that is JSON, fits, and decides only if it shows all.
 * The input is the card's texts, with a byte 0 between. */
#include "core/chat/teams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t utf16_octets(struct sl_span s)
{
    size_t units = 0;

    for (size_t i = 0; i < s.n; i++)
        units += (s.p[i] & 0xc0) == 0x80 ? 0 : (s.p[i] >= 0xf0 ? 2 : 1);
    return 2 * units;
}

static void check(const struct sl_buf *b)
{
    json_t *value = NULL;

    SL_PROMISE(sl_buf_err(b) == SL_OK && sl_json_read(sl_buf_span(b), &value, NULL) == SL_OK);
    SL_PROMISE(utf16_octets(sl_buf_span(b)) <= SL_TEAMS_MESSAGE_MOST);
    json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_chat_card c = {.id = SL_SPAN("01890a5d-ac96-774b-bcce-b302099a8057"),
                             .state = SL_SPAN("pending"),
                             .link = SL_SPAN("https://sluice.example/approvals/1"),
                             .whole = true,
                             .decides = true};
    struct sl_span *texts[] = {&c.statement,   &c.identity, &c.kind,   &c.owner,     &c.target,
                               &c.environment, &c.why,      &c.reason, &c.run,       &c.effects,
                               &c.datasets,    &c.labels,   &c.rows,   &c.reviewers, &c.outcome};
    struct sl_span rest = sl_span(data, size);
    SL_BUF(b, 1 << 20);

    for (size_t i = 0; i < SL_COUNT(texts); i++) {
        *texts[i] = sl_span_head(rest, sl_span_find(rest, 0));
        rest = sl_span_from(rest, texts[i]->n + 1);
    }
    bool decides = sl_teams_put_card(&b, SL_SPAN("1:x"), &c);
    check(&b);
    SL_PROMISE(decides == (strstr(sl_buf_text(&b), "\"verb\":\"sluice.approve\"") != NULL));
    sl_buf_reset(&b);
    c.asks = c.reason.n % 2 == 0;
    c.talk_count = c.why.n % (SL_CHAT_TALK_MOST + 1);
    for (size_t i = 0; i < c.talk_count; i++)
        c.talk[i] = (struct sl_chat_talk){c.identity, c.target, c.reason, i == 1};
    bool answers = sl_teams_put_question(&b, SL_SPAN(""), &c);
    check(&b);
    SL_PROMISE(answers == (strstr(sl_buf_text(&b), "\"verb\":\"sluice.answer\"") != NULL));
    SL_PROMISE(!answers || (c.asks && c.talk_count > 0));
    SL_PROMISE(strstr(sl_buf_text(&b), "\"verb\":\"sluice.approve\"") == NULL);
    sl_buf_reset(&b);
    sl_teams_put_invoke_text(&b, c.statement);
    check(&b);
    return 0;
}
