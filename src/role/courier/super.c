/* The supervisor's words: the keeper's channel, reload, drain. And the keeper's: what to fetch,
 * and what goes over WebSockets. */
#include "role/courier/courier_int.h"

/* --- the keeper --------------------------------------------------------------------------------
 */

static enum sl_err take_words(struct sl_courier *c, struct sl_packet *packet)
{
    union {
        struct sl_msg_fetch fetch;
        struct sl_msg_stream_open open;
        struct sl_msg_stream_text text;
        struct sl_msg_stream_close close;
    } m;

    switch (packet->type) {
    case SL_MESSAGE_FETCH:
        SL_TRY(sl_msg_fetch_get(packet->body, &m.fetch));
        sl_courier_fetch(c, &m.fetch);
        return SL_OK;
    case SL_MESSAGE_STREAM_OPEN:
        SL_TRY(sl_msg_stream_open_get(packet->body, &m.open));
        return sl_courier_socket_open(c, &m.open);
    case SL_MESSAGE_STREAM_TEXT:
        SL_TRY(sl_msg_stream_text_get(packet->body, &m.text));
        sl_courier_socket_text(c, &m.text);
        return SL_OK;
    case SL_MESSAGE_STREAM_CLOSE:
        SL_TRY(sl_msg_stream_close_get(packet->body, &m.close));
        sl_courier_socket_close(c, &m.close);
        return SL_OK;
    default:
        return SL_EMALFORMED;
    }
}

static void on_keeper_packet(void *owner, struct sl_channel *ch, struct sl_packet *packet)
{
    enum sl_err err = take_words(owner, packet);

    if (err != SL_OK)
        sl_channel_break(ch, err);
}

/* Nobody is left to hear what it asked for. */
static void on_keeper_end(void *owner, struct sl_channel *ch, enum sl_err why)
{
    struct sl_courier *c = owner;

    sl_log(SL_LOG_WARN, "keeper_gone", SL_CSTR("why", sl_err_text(why)));
    sl_channel_free(ch);
    if (c->keeper != ch)
        return;
    c->keeper = NULL;
    sl_courier_calls_end(c, "");
}

/* What the one before asked must not be answered to this one: it counts its calls anew. */
static enum sl_err keeper_new(struct sl_courier *c, int fd)
{
    struct sl_channel *before = c->keeper;

    c->keeper = NULL;
    sl_courier_calls_end(c, "");
    sl_channel_free(before);
    return sl_channel_new(c->loop, fd, SL_ROLE_KEEPER, SL_CONN_OPEN, on_keeper_packet,
                          on_keeper_end, c, &c->keeper);
}

/* --- the supervisor ----------------------------------------------------------------------------
 */

static enum sl_err on_peer(struct sl_courier *c, const struct sl_msg_peer *m,
                           struct sl_packet *packet)
{
    if (packet->fd_count != 1 || m->role != SL_ROLE_KEEPER || m->purpose.n > 0)
        return SL_EMALFORMED;
    int fd = packet->fds[0];
    packet->fds[0] = -1;
    return keeper_new(c, fd);
}

static void on_reload(struct sl_courier *c, struct sl_channel *ch, const struct sl_msg_reload *m)
{
    sl_courier_streams_end(c, "the configuration is another now");
    sl_courier_sockets_end(c, "the configuration is another now");
    enum sl_err err = sl_courier_issuers_take(c, &m->addresses, &m->authorities);

    SL_SEND(ch, reloaded, .generation = m->generation, .accepted = err == SL_OK,
            .why = err == SL_OK ? SL_SPAN("") : SL_SPAN("the issuers cannot be read"));
}

static void on_drain(struct sl_courier *c, struct sl_channel *ch)
{
    c->draining = true;
    sl_courier_calls_end(c, "the courier is ending");
    SL_SEND(ch, drained, .left = 0);
}

static enum sl_err dispatch(struct sl_courier *c, struct sl_channel *ch, struct sl_packet *packet)
{
    struct sl_msg_peer peer;
    struct sl_msg_reload reload;

    switch (packet->type) {
    case SL_MESSAGE_PEER:
        SL_TRY(sl_msg_peer_get(packet->body, &peer));
        return on_peer(c, &peer, packet);
    case SL_MESSAGE_RELOAD:
        SL_TRY(sl_msg_reload_get(packet->body, &reload));
        on_reload(c, ch, &reload);
        return SL_OK;
    case SL_MESSAGE_DRAIN:
        on_drain(c, ch);
        return SL_OK;
    default:
        return SL_ESTATE;
    }
}

void sl_courier_super_packet(void *owner, struct sl_channel *ch, struct sl_packet *packet)
{
    enum sl_err err = dispatch(owner, ch, packet);

    if (err != SL_OK)
        sl_channel_break(ch, err);
}

/* Without its supervisor it ends: a new one starts a new courier. */
void sl_courier_super_end(void *owner, struct sl_channel *ch, enum sl_err why)
{
    struct sl_courier *c = owner;

    sl_channel_free(ch);
    c->super = NULL;
    c->failed = why != SL_EGONE;
    sl_loop_stop(c->loop);
}
