#include "os/child.h"

#include "ipc/build.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/packet_int.h"

#include <unistd.h>

enum { SETUP_WITHIN_US = 10 * 1000 * 1000 };

/* One that cannot be read at all is of another build, too: nobody else speaks here. */
static enum sl_err read_setup(const struct sl_packet *packet, struct sl_msg_setup *out)
{
    struct sl_msg_setup m = {0};

    SL_TRY(sl_ipc_allowed(packet->type, SL_ROLE_SUPER, SL_CONN_FRESH));
    if (packet->type != SL_MESSAGE_SETUP)
        return SL_ESTATE;
    if (sl_msg_setup_get(packet->body, &m) == SL_OK && sl_span_eq(m.build, sl_ipc_build())) {
        *out = m;
        return SL_OK;
    }
    sl_log(SL_LOG_ERROR, "another_build", SL_TEXT("build", sl_ipc_build()),
           SL_CSTR("what", "the program that was started is of another build than the Sluice that "
                           "runs: it was upgraded, and has to be restarted "
                           "(systemctl restart sluice)"));
    return SL_EDENIED;
}

enum sl_err sl_child_setup(int fd, struct sl_buf *scratch, struct sl_msg_setup *out,
                           struct sl_packet *packet)
{
    struct sl_packet got;

    SL_TRY(sl_packet_await(fd, sl_clock_monotonic_us() + SETUP_WITHIN_US, scratch, &got));
    enum sl_err err = read_setup(&got, out);
    if (err != SL_OK) {
        for (size_t i = 0; i < got.fd_count; i++)
            close(got.fds[i]);
        return err;
    }
    *packet = got;
    return SL_OK;
}

enum sl_err sl_child_setup_alone(struct sl_buf *scratch, struct sl_msg_setup *out)
{
    struct sl_packet packet;

    SL_TRY(sl_child_setup(SL_CHILD_FD, scratch, out, &packet));
    return packet.fd_count == 0 ? SL_OK : SL_EMALFORMED;
}

enum sl_err sl_child_close_door(const struct sl_sandbox *wanted)
{
    SL_BUF(missing, 4096);
    enum sl_err err = sl_sandbox_enter(wanted, &missing);

    if (missing.n > 0)
        sl_log(err == SL_OK ? SL_LOG_WARN : SL_LOG_ERROR, "sandbox_incomplete",
               SL_TEXT("missing", sl_buf_span(&missing)));
    return err;
}
