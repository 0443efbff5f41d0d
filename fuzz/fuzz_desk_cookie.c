/* libraries: base, crypto, wire_http1, desk_rules */
/* Any Cookie line: no view outside it, and what is taken is one of our secrets, whole and alone. As
 * a credential: what passes has no letter that could end it. */
#include "role/desk/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_flow(const struct sl_http1_head *h, struct sl_span line)
{
    struct sl_span flow = {NULL, 0};

    if (sl_desk_flow_cookie(h, &flow) != SL_OK)
        return;
    SL_PROMISE(flow.n > 0 && flow.n <= SL_DESK_MAX_CREDENTIAL);
    SL_PROMISE(flow.p >= line.p && flow.p + flow.n <= line.p + line.n);
    SL_PROMISE(flow.p + flow.n == line.p + line.n || flow.p[flow.n] == ';');
}

static void check_bearer(struct sl_span line)
{
    struct sl_http1_head h = {.headers = {{SL_SPAN("Authorization"), line}}, .header_count = 1};
    struct sl_span token = {NULL, 0};

    if (sl_desk_bearer(&h, &token) != SL_OK)
        return;
    SL_PROMISE(token.p >= line.p && token.p + token.n == line.p + line.n);
    SL_PROMISE(token.n <= SL_DESK_MAX_TOKEN && memchr(token.p, ' ', token.n) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_http1_head h = {.headers = {{SL_SPAN("Cookie"), sl_span(data, size)}},
                              .header_count = 1};
    struct sl_span session = {NULL, 0};

    check_flow(&h, sl_span(data, size));
    check_bearer(sl_span(data, size));
    if (sl_desk_cookie(&h, &session) != SL_OK) {
        SL_PROMISE(session.p == NULL);
        return 0;
    }
    SL_PROMISE(session.p >= data && session.p + session.n <= data + size);
    SL_PROMISE(sl_span_starts(session, SL_SPAN("sls_")) && session.n <= SL_DESK_MAX_CREDENTIAL);
    SL_PROMISE(session.p + session.n == data + size || session.p[session.n] == ';');
    return 0;
}
