/* The bytes of a WebSocket: a connection of libcurl's, read and written when the loop says so. */
#include "role/courier/socket_int.h"

#include "os/clock.h"

enum { READS_MOST = 32, CONTROL_ROOM = 4096 };

/* --- out -------------------------------------------------------------------------------------- */

/* Control frames have room of their own: an answer is not lost because much waits. */
enum sl_err sl_socket_put(struct sl_courier_socket *s, enum sl_ws_opcode opcode,
                          struct sl_span bytes)
{
    size_t room =
        opcode == SL_WS_OP_TEXT ? SL_SOCKET_QUEUE_MOST : SL_SOCKET_QUEUE_MOST + CONTROL_ROOM;
    uint8_t mask[SL_WS_MASK];

    if (s->out.n + bytes.n + SL_WS_IN_MOST > room)
        return SL_EFULL;
    sl_random(mask, sizeof mask);
    sl_ws_put(&s->out, opcode, bytes, mask);
    return sl_buf_err(&s->out);
}

static bool has_block(struct sl_courier_socket *s)
{
    if (s->block_sent < s->block_bytes)
        return true;
    size_t n = s->out.n < SL_SOCKET_BLOCK ? s->out.n : (size_t)SL_SOCKET_BLOCK;
    if (n == 0 || s->state < SL_SOCKET_OPEN)
        return false;
    memcpy(s->block, s->out.p, n);
    sl_buf_drop(&s->out, n);
    s->block_bytes = n;
    s->block_sent = 0;
    return true;
}

/* What the connection did not take is offered again from the same place: TLS insists on that. */
bool sl_socket_push(struct sl_courier_socket *s)
{
    bool blocked = false;

    while (!blocked && has_block(s)) {
        size_t n = 0;
        CURLcode result =
            curl_easy_send(s->easy, s->block + s->block_sent, s->block_bytes - s->block_sent, &n);

        s->block_sent += n;
        blocked = result == CURLE_AGAIN;
        if (!blocked && result != CURLE_OK) {
            sl_socket_end(s, "the connection to the server broke");
            return false;
        }
    }
    sl_watch_interest(s->watch, (unsigned)SL_READABLE | (blocked ? (unsigned)SL_WRITABLE : 0u));
    return true;
}

/* --- in --------------------------------------------------------------------------------------- */

/* false: nothing more is there, or it is over. */
static bool read_once(struct sl_courier_socket *s, bool *over)
{
    uint8_t *room = sl_buf_room(&s->in, SL_SOCKET_BLOCK);
    size_t n = 0;
    CURLcode result =
        room == NULL ? CURLE_OUT_OF_MEMORY : curl_easy_recv(s->easy, room, SL_SOCKET_BLOCK, &n);

    if (result == CURLE_AGAIN)
        return false;
    *over = true;
    if (result != CURLE_OK || n == 0) {
        sl_socket_end(s, result == CURLE_OK ? "the server ended the connection without a word"
                                            : "the connection to the server broke");
        return false;
    }
    s->in.n += n;
    s->heard_ms = sl_loop_now_ms(s->courier->loop);
    *over = !sl_socket_take(s);
    return !*over;
}

static void wake(void *owner)
{
    struct sl_courier_socket *s = owner;
    bool over = false;

    for (int i = 0; read_once(s, &over); i++)
        if (i == READS_MOST) { /* others have their turn */
            sl_timer_arm(s->more, 0);
            break;
        }
    if (!over)
        (void)sl_socket_push(s);
}

static void on_ready(void *owner, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    wake(owner);
}

enum sl_err sl_socket_watch(struct sl_courier_socket *s)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
        return SL_EGONE;
    SL_TRY(sl_timer_new(s->courier->loop, wake, s, &s->more));
    return sl_watch_new(s->courier->loop, (int)fd, SL_READABLE, on_ready, s, &s->watch);
}
