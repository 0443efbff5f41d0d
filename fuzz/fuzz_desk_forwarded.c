/* libraries: base, wire_http1, desk_rules */
/* The first line is the peer, each other one an X-Forwarded-For. Whoever is no proxy of ours says
 * nothing; who is said is an address that is written and read back as itself, and none of ours
 * unless all are. */
#include "role/desk/forwarded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take_line(struct sl_span *rest, struct sl_span *line)
{
    if (rest->n == 0)
        return false;
    *line = sl_span_head(*rest, sl_span_find(*rest, '\n'));
    *rest = sl_span_from(*rest, line->n + 1);
    return true;
}

static void check_address(const struct sl_ip *ip)
{
    struct sl_ip again;
    SL_BUF(text, SL_IP_TEXT);

    sl_ip_put(&text, ip);
    SL_PROMISE(sl_buf_err(&text) == SL_OK && text.n < SL_IP_TEXT);
    SL_PROMISE(sl_ip_get(sl_buf_span(&text), &again) == SL_OK);
    SL_PROMISE(memcmp(&again, ip, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_desk_proxies proxies = {.count = 1};
    struct sl_span rest = sl_span(data, size), peer = sl_span(data, 0), line;
    struct sl_http1_head h = {.header_count = 0};
    struct sl_ip client, from;

    SL_PROMISE(sl_ip_net_get(SL_SPAN("10.0.0.0/8"), &proxies.nets[0]) == SL_OK);
    (void)take_line(&rest, &peer);
    while (h.header_count < SL_HTTP1_HEADERS && take_line(&rest, &line))
        h.headers[h.header_count++] = (struct sl_http1_header){SL_SPAN("X-Forwarded-For"), line};
    enum sl_desk_forwarded said = sl_desk_forwarded(&proxies, peer, &h, &client);
    bool is_ours = sl_ip_get(peer, &from) == SL_OK && sl_ip_in(&from, &proxies.nets[0]);
    SL_PROMISE(is_ours || said == SL_DESK_NOT_FORWARDED);
    SL_PROMISE(said != SL_DESK_FORWARDED || h.header_count > 0);
    if (said == SL_DESK_FORWARDED)
        check_address(&client);
    return 0;
}
