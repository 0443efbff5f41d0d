/* What a reader would not see, written so that he does. */
#include "core/chat/chat.h"

#include "base/utf8.h"

static void put_code(struct sl_buf *b, uint32_t code)
{
    uint8_t bytes[3] = {(uint8_t)(code >> 16), (uint8_t)(code >> 8), (uint8_t)code};
    static const char digits[] = "0123456789ABCDEF";

    sl_buf_put_str(b, "\u27e8U+");
    for (size_t i = code > 0xffff ? 0 : 1; i < sizeof bytes; i++) {
        sl_buf_put_u8(b, (uint8_t)digits[bytes[i] >> 4]);
        sl_buf_put_u8(b, (uint8_t)digits[bytes[i] & 15]);
    }
    sl_buf_put_str(b, "\u27e9");
}

void sl_chat_put_visible(struct sl_buf *b, struct sl_span s)
{
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        uint32_t code = 0;

        if (sl_utf8_next(s, &at, &code) != SL_OK)
            put_code(b, s.p[at++]);
        else if (code != '\n' && code != '\t' && sl_utf8_deceives(code))
            put_code(b, code);
        else
            sl_buf_put(b, sl_span(s.p + from, at - from));
    }
}
