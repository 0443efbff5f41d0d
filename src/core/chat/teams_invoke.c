/* What an invoke is answered with. */
#include "base/utf8.h"
#include "core/chat/teams_int.h"

enum { CARD_MAX = 64 * 1024, TEXT_MOST = 1000 };

static void put(struct sl_jw *w, const char *key, const char *text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, sl_span_str(text));
}

static void begin(struct sl_jw *w, unsigned status, const char *type)
{
    sl_jw_object(w);
    sl_jw_key(w, "statusCode");
    sl_jw_u64(w, status);
    put(w, "type", type);
    sl_jw_key(w, "value");
}

bool sl_teams_put_invoke_card(struct sl_buf *b, const struct sl_chat_card *card)
{
    SL_BUF(text, CARD_MAX);
    bool decides = sl_teams_make_card(&text, card, false);
    struct sl_jw w = sl_jw(b);

    begin(&w, 200, SL_TEAMS_CARD_TYPE);
    sl_jw_raw(&w, sl_buf_span(&text));
    sl_jw_end(&w);
    return decides;
}

void sl_teams_put_invoke_question(struct sl_buf *b, const struct sl_chat_card *card)
{
    SL_BUF(text, CARD_MAX);
    struct sl_jw w = sl_jw(b);

    (void)sl_teams_make_question(&text, card);
    begin(&w, 200, SL_TEAMS_CARD_TYPE);
    sl_jw_raw(&w, sl_buf_span(&text));
    sl_jw_end(&w);
}

/* The wide forms of ASCII lie 0xfee0 above it. A colon is one of an address where a slash comes. */
static void put_inert(struct sl_buf *b, struct sl_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool link = c == ':' && i + 1 < text.n && text.p[i + 1] == '/';

        if (c != '\0' && (link || strchr("*_`~[]<>&#|\\{}!", c) != NULL))
            sl_utf8_put(b, c + 0xfee0u);
        else
            sl_buf_put_u8(b, c == '\n' || c == '\t' ? ' ' : c);
    }
}

static void put_text(struct sl_jw *w, struct sl_span text)
{
    SL_BUF(visible, CARD_MAX);
    SL_BUF(inert, CARD_MAX);

    sl_chat_put_visible(&visible, sl_chat_head(text, TEXT_MOST));
    put_inert(&inert, sl_buf_span(&visible));
    sl_jw_str(w, sl_buf_span(&inert));
}

void sl_teams_put_invoke_text(struct sl_buf *b, struct sl_span text)
{
    struct sl_jw w = sl_jw(b);

    begin(&w, 200, "application/vnd.microsoft.activity.message");
    put_text(&w, text);
    sl_jw_end(&w);
}

void sl_teams_put_invoke_error(struct sl_buf *b, unsigned status, struct sl_span text)
{
    static const struct {
        unsigned status;
        const char *code;
    } codes[] = {{500, "InternalServerError"}, {400, "BadRequest"}, {401, "Unauthorized"},
                 {403, "Forbidden"},           {404, "NotFound"},   {409, "Conflict"}};
    struct sl_jw w = sl_jw(b);
    size_t at = 0;

    for (size_t i = 1; i < SL_COUNT(codes); i++)
        at = codes[i].status == status ? i : at;
    begin(&w, codes[at].status, "application/vnd.microsoft.error");
    sl_jw_object(&w);
    put(&w, "code", codes[at].code);
    sl_jw_key(&w, "message");
    put_text(&w, text);
    sl_jw_end(&w);
    sl_jw_end(&w);
}
