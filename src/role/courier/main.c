/* sluice-courier: calls identity providers, hooks or chats over HTTPS for the keeper. */
#include "role/courier/courier_int.h"

#include "os/child.h"

#include <signal.h>
#include <stdlib.h>

enum { CONNECTIONS_KEPT = 16 };

/* Name services and certificates lie beneath /etc and /usr; it may read those, write nothing, start
 * nothing, and listen nowhere. */
static enum sl_err close_the_door(const struct sl_msg_setup *setup)
{
    const struct sl_sandbox_path paths[] = {{.path = "/etc"},
                                            {.path = "/usr"},
                                            {.path = "/run/systemd/resolve"}};
    SL_BUF(missing, 4096);
    enum sl_err err = sl_sandbox_outward(paths, SL_COUNT(paths),
                                         sl_span_is(setup->sandbox, "best-effort"), &missing);

    if (missing.n > 0)
        sl_log(err == SL_OK ? SL_LOG_WARN : SL_LOG_ERROR, "sandbox_incomplete",
               SL_TEXT("missing", sl_buf_span(&missing)));
    return err;
}

static void on_over(void *owner, CURL *easy, CURLcode result)
{
    struct sl_courier *c = owner;

    if (!sl_courier_stream_over(c, easy, result) && !sl_courier_socket_over(c, easy, result))
        sl_courier_call_over(easy, result);
}

static void on_failed(void *owner)
{
    struct sl_courier *c = owner;

    sl_log(SL_LOG_ERROR, "courier_ends", SL_CSTR("why", "the transfers are in disorder"));
    c->failed = true;
    sl_loop_stop(c->loop);
}

static enum sl_err transfers_new(struct sl_courier *c)
{
    const struct sl_transfers_owner owner = {on_over, on_failed, c, CONNECTIONS_KEPT};

    SL_TRY(sl_transfers_new(c->loop, &owner, &c->transfers));
    c->multi = sl_transfers_multi(c->transfers);
    return SL_OK;
}

static enum sl_err begin(struct sl_courier *c)
{
    SL_BUF(scratch, SL_IPC_MAX_BODY);
    struct sl_msg_setup setup;

    SL_TRY(sl_child_setup_alone(&scratch, &setup));
    if (setup.index > SL_COURIER_CHAT)
        return SL_EUNSUPPORTED;
    c->whom = (enum sl_courier_whom)setup.index;
    SL_TRY(sl_courier_issuers_take(c, &setup.addresses, &setup.authorities));
    SL_TRY(sl_loop_new(&c->loop));
    SL_TRY(transfers_new(c));
    SL_TRY(sl_channel_new(c->loop, SL_CHILD_FD, SL_ROLE_SUPER, SL_CONN_OPEN,
                          sl_courier_super_packet, sl_courier_super_end, c, &c->super));
    SL_TRY(close_the_door(&setup));
    SL_SEND(c->super, ready, .detail = SL_SPAN("courier"));
    return SL_OK;
}

static void finish(struct sl_courier *c)
{
    sl_courier_calls_end(c, "");
    sl_channel_free(c->keeper);
    sl_transfers_free(c->transfers);
    sl_courier_issuers_free(c);
    sl_loop_free(c->loop);
}

int main(void)
{
    static struct sl_courier courier;

    sl_log_init("courier");
    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return EXIT_FAILURE;
    enum sl_err err = begin(&courier);
    if (err == SL_OK)
        err = sl_loop_run(courier.loop, NULL, NULL);
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "courier_ends", SL_CSTR("why", sl_err_text(err)));
    courier.keeper = err == SL_OK ? courier.keeper : NULL;
    if (err == SL_OK)
        finish(&courier);
    curl_global_cleanup();
    return err == SL_OK && !courier.failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
