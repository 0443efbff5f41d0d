/* A long result arrives in the server's pieces of 8 kB, and each would wake the gate, and then the
 * client, for its own sake: most of what a COPY costs is being woken. Once a result is long, the
 * kernel is asked to wake the gate for larger pieces only (SO_RCVLOWAT, socket(7)).
 *
 * The last piece is smaller than that, and so is what a server sends that has to think: whoever
 * waits for 1 ms in vain takes what there is, and asks for pieces again only after another
 * BULK_BYTES. So a result is late by 1 ms for each megabyte at most, and a short one never.
 */
#include "role/gate/session.h"

enum { BULK_BYTES = 1024 * 1024, PIECE_BYTES = 64 * 1024, PATIENCE_MS = 1 };

static void stop_gathering(struct session *s)
{
    sl_timer_disarm(s->gather_timer);
    stream_wake_at(&s->server, 1);
}

static void waited_in_vain(void *owner)
{
    struct session *s = owner;

    s->gathered = s->bytes;
    stop_gathering(s);
}

static bool is_long(const struct session *s)
{
    return s->item_count > 0 && s->bytes > s->gathered && s->bytes - s->gathered >= BULK_BYTES &&
           !s->server.paused;
}

void gather(struct session *s)
{
    if (s->bytes < s->gathered)
        s->gathered = 0; /* another answer */
    if (!is_long(s)) {
        if (s->server.wake_at > 1)
            stop_gathering(s);
        return;
    }
    if (s->gather_timer == NULL &&
        sl_timer_new(s->gate->loop, waited_in_vain, s, &s->gather_timer) != SL_OK)
        return; /* as before: piece by piece */
    stream_wake_at(&s->server, PIECE_BYTES);
    sl_timer_arm(s->gather_timer, PATIENCE_MS);
}
