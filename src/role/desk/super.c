/* The supervisor's words: what the desk is given, reload, drain. */
#include "role/desk/desk_int.h"

#include "os/log.h"

#include <sys/socket.h>
#include <unistd.h>

enum { SIGN_WITHIN_MS = 3000, COMPLAINT_BYTES = 64 * 1024, PATH_BYTES = 4096 };

/* --- TLS: the private key is the keeper's ---------------------------------------------------- */

/* An answer that came after our patience had ended must not be taken for the next one. */
static void forget_late_answers(int fd)
{
    uint8_t byte;

    while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT | MSG_TRUNC) > 0)
        ;
}

static bool sign(void *owner, struct sl_span digest, uint8_t padding, struct sl_span input,
                 struct sl_buf *out)
{
    struct sl_desk *d = owner;
    struct sl_packet answer;
    struct sl_msg_signed_ m;
    SL_BUF(question, SL_IPC_INLINE);
    SL_BUF(scratch, SL_IPC_INLINE);
    struct sl_msg_sign ask = {
        .call = ++d->next_call, .digest = digest, .padding = padding, .input = input};

    sl_msg_sign_put(&question, &ask);
    forget_late_answers(d->sign_fd);
    if (d->sign_fd < 0 || sl_buf_err(&question) != SL_OK ||
        sl_channel_ask(d->sign_fd, SL_ROLE_KEEPER, sl_buf_span(&question), SIGN_WITHIN_MS, &scratch,
                       &answer) != SL_OK)
        return false;
    if (answer.type != SL_MESSAGE_SIGNED || sl_msg_signed__get(answer.body, &m) != SL_OK ||
        m.call != ask.call || m.found == 0)
        return false;
    sl_buf_put(out, m.signature);
    return sl_buf_err(out) == SL_OK;
}

/* --- configuration -------------------------------------------------------------------------- */

static void place_from(struct sl_desk *d)
{
    const struct sl_settings *s = &d->config->settings;

    d->place.listen_host = s->http_host;
    d->place.listen_port = s->http_port;
    d->place.public_url = s->public_url;
}

/* What does not read here was refused when the file was loaded: nobody is trusted for it. */
static void proxies_from(struct sl_desk *d)
{
    const struct sl_names *named = &d->config->settings.trusted_proxies;

    d->proxies.count = 0;
    for (size_t i = 0; i < named->count && d->proxies.count < SL_DESK_MAX_PROXIES; i++)
        if (sl_ip_net_get(named->items[i], &d->proxies.nets[d->proxies.count]) == SL_OK)
            d->proxies.count++;
}

static enum sl_err load(struct sl_desk *d, struct sl_span yaml, struct sl_span path,
                        struct sl_buf *complaints)
{
    struct sl_config *fresh = NULL;
    SL_BUF(name, PATH_BYTES);

    sl_buf_put(&name, path);
    SL_TRY(sl_config_load(yaml, sl_buf_text(&name), &fresh, complaints));
    sl_config_free(d->config);
    d->config = fresh;
    place_from(d);
    proxies_from(d);
    return SL_OK;
}

enum sl_err sl_desk_start(struct sl_desk *d, struct sl_msg_setup *setup)
{
    SL_BUF(complaints, COMPLAINT_BYTES);
    enum sl_err err = load(d, setup->config, setup->config_path, &complaints);

    if (err != SL_OK) {
        sl_log(SL_LOG_ERROR, "config_wrong", SL_TEXT("why", sl_buf_span(&complaints)));
        return err;
    }
    if (setup->tls_certificate.n == 0)
        return SL_OK;
    d->place.tls = true;
    return sl_tls_server_new(setup->tls_certificate, "http/1.1", sign, d, &d->tls);
}

/* A renewed certificate is for new connections; open ones keep what they began with. Going from
 * plain text to TLS, or back, takes a restart. */
static enum sl_err renew(struct sl_desk *d, struct sl_span certificate, struct sl_buf *complaints)
{
    struct sl_tls_context *fresh = NULL;

    if (d->tls == NULL || certificate.n == 0)
        return SL_OK;
    enum sl_err err = sl_tls_server_new(certificate, "http/1.1", sign, d, &fresh);
    if (err != SL_OK) {
        sl_buf_put_str(complaints, "the certificate for TLS cannot be used");
        return err;
    }
    sl_tls_context_free(d->tls);
    d->tls = fresh;
    return SL_OK;
}

static void on_reload(struct sl_desk *d, struct sl_channel *ch, const struct sl_msg_reload *m)
{
    SL_BUF(complaints, COMPLAINT_BYTES);
    enum sl_err err = load(d, m->config, SL_SPAN("the configuration"), &complaints);

    if (err == SL_OK)
        err = renew(d, m->tls_certificate, &complaints);
    SL_SEND(ch, reloaded, .generation = m->generation, .accepted = err == SL_OK,
            .why = err == SL_OK ? SL_SPAN("") : sl_buf_span(&complaints));
}

/* --- peers ---------------------------------------------------------------------------------- */

static int take_fd(struct sl_packet *packet)
{
    int fd = packet->fds[0];

    packet->fds[0] = -1;
    return fd;
}

static enum sl_err on_peer(struct sl_desk *d, const struct sl_msg_peer *m, struct sl_packet *packet)
{
    if (packet->fd_count != 1)
        return SL_EMALFORMED;
    if (sl_span_is(m->purpose, "listen"))
        return sl_desk_listen(d, take_fd(packet));
    if (m->role != SL_ROLE_KEEPER)
        return SL_EMALFORMED;
    if (sl_span_is(m->purpose, "sign")) {
        if (d->sign_fd >= 0)
            close(d->sign_fd);
        d->sign_fd = take_fd(packet);
        return SL_OK;
    }
    return m->purpose.n == 0 ? sl_desk_keeper_new(d, take_fd(packet)) : SL_EMALFORMED;
}

/* --- drain ---------------------------------------------------------------------------------- */

/* Nothing new; what waits is answered with what is known now; idle connections end. */
static void on_drain(struct sl_desk *d, uint64_t deadline_ms)
{
    struct sl_desk_conn *next;

    d->draining = true;
    d->drain_until_ms = sl_loop_now_ms(d->loop) + deadline_ms;
    sl_desk_listen_stop(d);
    for (struct sl_desk_conn *c = d->conns; c != NULL; c = next) {
        next = c->next;
        if (c->phase == SL_DESK_READING && c->request == NULL && c->in.n == 0 && c->out.n == 0)
            sl_desk_conn_end(c);
    }
    sl_desk_tick(d);
}

void sl_desk_drain_check(struct sl_desk *d)
{
    bool is_over = d->conn_count == 0 || sl_loop_now_ms(d->loop) >= d->drain_until_ms;

    if (!d->draining || d->drained || !is_over || d->super == NULL)
        return;
    d->drained = true;
    SL_SEND(d->super, drained, .left = (uint32_t)d->conn_count);
}

/* --- dispatch ------------------------------------------------------------------------------- */

static enum sl_err dispatch(struct sl_desk *d, struct sl_channel *ch, struct sl_packet *packet)
{
    struct sl_msg_peer peer;
    struct sl_msg_reload reload;
    struct sl_msg_drain drain;

    switch (packet->type) {
    case SL_MESSAGE_PEER:
        SL_TRY(sl_msg_peer_get(packet->body, &peer));
        return on_peer(d, &peer, packet);
    case SL_MESSAGE_RELOAD:
        SL_TRY(sl_msg_reload_get(packet->body, &reload));
        on_reload(d, ch, &reload);
        return SL_OK;
    case SL_MESSAGE_DRAIN:
        SL_TRY(sl_msg_drain_get(packet->body, &drain));
        on_drain(d, drain.deadline_ms);
        return SL_OK;
    default:
        return SL_ESTATE;
    }
}

void sl_desk_super_packet(void *owner, struct sl_channel *ch, struct sl_packet *packet)
{
    enum sl_err err = dispatch(owner, ch, packet);

    if (err != SL_OK)
        sl_channel_break(ch, err);
}

/* Without its supervisor the desk ends: a new one starts a new desk. */
void sl_desk_super_end(void *owner, struct sl_channel *ch, enum sl_err why)
{
    struct sl_desk *d = owner;

    sl_channel_free(ch);
    d->super = NULL;
    d->failed = why != SL_EGONE;
    sl_loop_stop(d->loop);
}
