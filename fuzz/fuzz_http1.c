/* libraries: base, wire_http1 */
/* Any bytes: no crash, no view outside the input, and the same verdict whole and byte by byte. */
#include "base/map.h"
#include "wire/http1/http1.h"

static const struct sl_http1_limits limits = {
    .head_bytes = 4096, .target_bytes = 512, .headers = 32, .body_bytes = 8192};

static uint64_t mix(uint64_t sum, const struct sl_http1_event *ev)
{
    if (ev->type == SL_HTTP1_BODY) {
        for (size_t i = 0; i < ev->body.n; i++)
            sum = sum * 31 + ev->body.p[i];
        return sum;
    }
    sum = sum * 31 + ev->type + 1;
    for (size_t i = 0; ev->type == SL_HTTP1_HEAD && i < ev->head.header_count; i++)
        sum =
            sum * 31 + sl_hash(ev->head.headers[i].name, 0) + sl_hash(ev->head.headers[i].value, 1);
    return sum;
}

/* Presents at most `piece` more bytes at a time. */
static uint64_t run(struct sl_span text, size_t piece, enum sl_http1_refusal *refusal)
{
    struct sl_http1 p = sl_http1(&limits);
    struct sl_http1_event ev;
    uint64_t sum = 0;
    size_t from = 0;

    for (size_t to = 0; to < text.n;) {
        to = text.n - to < piece ? text.n : to + piece;
        struct sl_span in = {text.p + from, to - from};
        while (sl_http1_step(&p, &in, &ev) == SL_HTTP1_EVENT)
            sum = mix(sum, &ev);
        from = (size_t)(in.p - text.p);
    }
    *refusal = p.refusal;
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum sl_http1_refusal whole, single;
    uint64_t a = run(sl_span(data, size), size, &whole), b = run(sl_span(data, size), 1, &single);

    SL_PROMISE(a == b && whole == single);
    return 0;
}
