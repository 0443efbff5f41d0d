/* Frames out: always masked (section 5.3), never fragmented, lengths in their shortest form. */
#include "wire/ws/ws.h"

enum { FIN = 0x80, MASKED = 0x80, CONTROL = 0x08, MEDIUM = 126, LONG = 127 };

static void put_length(struct sl_buf *b, size_t n)
{
    if (n < MEDIUM) {
        sl_buf_put_u8(b, (uint8_t)(MASKED | n));
    } else if (n <= UINT16_MAX) {
        sl_buf_put_u8(b, MASKED | MEDIUM);
        sl_buf_put_be16(b, (uint16_t)n);
    } else {
        sl_buf_put_u8(b, MASKED | LONG);
        sl_buf_put_be64(b, n);
    }
}

void sl_ws_put(struct sl_buf *b, enum sl_ws_opcode opcode, struct sl_span bytes,
               const uint8_t mask[SL_WS_MASK])
{
    if (sl_buf_err(b) == SL_OK && ((unsigned)opcode & CONTROL) != 0 && bytes.n > SL_WS_CONTROL_MOST)
        b->why = SL_ELIMIT;
    sl_buf_put_u8(b, (uint8_t)(FIN | opcode));
    put_length(b, bytes.n);
    sl_buf_put(b, sl_span(mask, SL_WS_MASK));
    uint8_t *room = sl_buf_room(b, bytes.n);
    if (room == NULL)
        return;
    for (size_t i = 0; i < bytes.n; i++)
        room[i] = bytes.p[i] ^ mask[i % SL_WS_MASK];
    b->n += bytes.n;
}

void sl_ws_put_close(struct sl_buf *b, uint16_t code, const uint8_t mask[SL_WS_MASK])
{
    const uint8_t body[] = {(uint8_t)(code >> 8), (uint8_t)code};

    sl_ws_put(b, SL_WS_OP_CLOSE, sl_span(body, sizeof body), mask);
}
