/* Sessions that ended a moment ago. A keeper that dies may not have heard of it, and the next one
 * knows the session from its records: it is told again, and ignores what it heard already. */
#include "role/gate/gate_int.h"

#include "base/cursor.h"

enum {
    REMEMBERED_MS = 5000,
    RECORD = 16,
    LEAST_BYTES = 256 * RECORD,
    MAX_BYTES = 64 * 1024 * 1024
};

/* While there is no keeper nothing is forgotten; past the ceiling the oldest half is. Done when the
 * list has doubled, so that it costs each session next to nothing. */
static void forget_old(struct gate *g)
{
    uint64_t now = sl_loop_now_ms(g->loop);
    size_t n = 0;

    if (g->gone.n < g->gone_look_at)
        return;
    if (g->gone.n >= MAX_BYTES)
        n = g->gone.n / RECORD / 2 * RECORD;
    for (; g->keeper != NULL && n < g->gone.n; n += RECORD) {
        struct sl_cursor c = sl_cursor(sl_span_from(sl_buf_span(&g->gone), n));
        if (sl_cursor_le64(&c) + REMEMBERED_MS > now)
            break;
    }
    sl_buf_drop(&g->gone, n);
    g->gone_look_at = g->gone.n * 2 + LEAST_BYTES;
    if (g->gone_look_at > MAX_BYTES)
        g->gone_look_at = MAX_BYTES;
}

void gone_note(struct gate *g, uint64_t keeper_session)
{
    if (g->keeper != NULL)
        SL_SEND(g->keeper, session_closed, .session = keeper_session);
    g->gone.max = MAX_BYTES + RECORD;
    forget_old(g);
    sl_buf_put_le64(&g->gone, sl_loop_now_ms(g->loop));
    sl_buf_put_le64(&g->gone, keeper_session);
}

void gone_tell_again(struct gate *g)
{
    struct sl_cursor c = sl_cursor(sl_buf_span(&g->gone));

    while (sl_cursor_left(&c) > 0) {
        sl_cursor_le64(&c);
        SL_SEND(g->keeper, session_closed, .session = sl_cursor_le64(&c));
    }
}
