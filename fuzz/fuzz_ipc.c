/* libraries: ipc, base */
/* Every message of the table: decoded from a stranger, and back to the same bytes. */
#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct sl_buf *again, struct sl_span datagram)
{
    SL_PROMISE(sl_buf_err(again) == SL_OK);
    SL_PROMISE(sl_span_eq(sl_buf_span(again), datagram));
}

#define DECODE_AND_ENCODE(NAME, name_, number, senders, states) \
    case SL_MESSAGE_##NAME: {                                   \
        struct sl_msg_##name_ m;                                \
        if (sl_msg_##name_##_get(body, &m) != SL_OK)            \
            return 0;                                           \
        sl_msg_##name_##_put(&again, &m);                       \
        break;                                                  \
    }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_span datagram = sl_span(data, size), body = sl_span_from(datagram, SL_IPC_HEADER);
    SL_BUF(again, 1 << 20);
    struct sl_ipc_head head;

    if (sl_ipc_head_get(datagram, &head) != SL_OK || head.body_bytes != body.n)
        return 0;
    switch (head.type) {
        SL_MESSAGES(DECODE_AND_ENCODE)
    }
    check_again(&again, datagram);
    return 0;
}
