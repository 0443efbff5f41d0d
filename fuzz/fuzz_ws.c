/* libraries: wire_ws, crypto, base */
/* Any bytes from a server, its answer and its frames: no crash, no message beyond its cap, UTF-8,
 * and the same whole and byte by byte. */
#include "base/map.h"
#include "wire/ws/ws.h"

enum { MOST = 4096 };

struct verdict {
    uint64_t sum, message_bytes;
    bool open;
    unsigned status;
    enum sl_ws_refusal why;
};

static void mix(struct verdict *v, const struct sl_ws_event *event)
{
    v->message_bytes += event->type == SL_WS_TEXT ? event->bytes.n : 0;
    SL_PROMISE(v->message_bytes <= MOST);
    if (event->type == SL_WS_TEXT && event->last)
        v->message_bytes = 0;
    for (size_t i = 0; i < event->bytes.n; i++)
        v->sum = v->sum * 31 + event->bytes.p[i];
    if (event->type != SL_WS_TEXT || event->last)
        v->sum = v->sum * 31 + (unsigned)event->type + 1000u * event->code + 7;
}

/* What a message that never ended had so far is no part of the verdict. */
static struct verdict run(struct sl_span text, size_t piece, bool open)
{
    static const uint8_t key[SL_WS_KEY] = "the sample nonce";
    struct verdict v = {.open = open};
    struct sl_ws_in p = sl_ws_in(MOST);
    struct sl_ws_event event;
    uint64_t settled = 0;
    size_t from = 0;

    for (size_t to = 0; to < text.n;) {
        to = text.n - to < piece ? text.n : to + piece;
        struct sl_span in = {text.p + from, to - from};
        if (!v.open) {
            enum sl_step step = sl_ws_answer(&in, key, &v.status, &v.why);
            if (step == SL_STEP_BROKEN)
                return v;
            v.open = step == SL_STEP_EVENT;
        }
        while (v.open && sl_ws_step(&p, &in, &event) == SL_STEP_EVENT) {
            mix(&v, &event);
            if (v.message_bytes == 0)
                settled = v.sum;
        }
        from = to - in.n;
    }
    v.sum = settled;
    v.why = v.open ? p.why : SL_WS_NONE;
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int open = 0; open < 2; open++) {
        struct verdict whole = run(sl_span(data, size), size, open),
                       single = run(sl_span(data, size), 1, open);
        SL_PROMISE(whole.sum == single.sum && whole.why == single.why &&
                   whole.open == single.open && whole.status == single.status);
    }
    return 0;
}
