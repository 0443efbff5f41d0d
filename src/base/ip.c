#include "base/ip.h"

#include <string.h>

static const uint8_t v4_before[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct sl_ip *ip)
{
    return memcmp(ip->bytes, v4_before, sizeof v4_before) == 0;
}

static bool v4_part(struct sl_span text, uint8_t *out)
{
    uint64_t value;

    if (text.n == 0 || text.n > 3 || (text.n > 1 && text.p[0] == '0') ||
        sl_span_u64(text, &value) != SL_OK || value > 255)
        return false;
    *out = (uint8_t)value;
    return true;
}

static bool v4_get(struct sl_span text, uint8_t out[4])
{
    for (size_t i = 0; i < 4; i++) {
        struct sl_span part = i == 3 ? text : sl_span_head(text, sl_span_find(text, '.'));

        if (!v4_part(part, &out[i]) || (i < 3 && part.n == text.n))
            return false;
        text = sl_span_from(text, part.n + 1);
    }
    return true;
}

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool group_get(struct sl_span text, uint8_t out[2])
{
    unsigned value = 0;

    if (text.n == 0 || text.n > 4)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (hex(text.p[i]) < 0)
            return false;
        value = value << 4 | (unsigned)hex(text.p[i]);
    }
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return true;
}

/* Groups with colons between, IPv4 allowed as the last; how many bytes they are, or -1. */
static int groups_get(struct sl_span text, uint8_t out[16])
{
    int n = 0;

    if (text.n == 0)
        return 0;
    for (;;) {
        struct sl_span part = sl_span_head(text, sl_span_find(text, ':'));
        bool last = part.n == text.n, dotted = sl_span_find(part, '.') < part.n;

        if (n + (dotted ? 4 : 2) > 16 || (dotted && !last) ||
            !(dotted ? v4_get(part, out + n) : group_get(part, out + n)))
            return -1;
        n += dotted ? 4 : 2;
        if (last)
            return n;
        text = sl_span_from(text, part.n + 1);
    }
}

static size_t find_gap(struct sl_span text)
{
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == ':' && text.p[i + 1] == ':')
            return i;
    return text.n;
}

/* A gap stands for one group of zeros or more; a second one is no group to groups_get. */
static bool v6_get(struct sl_span text, uint8_t out[16])
{
    uint8_t tail[16];
    size_t gap = find_gap(text);
    int before = groups_get(sl_span_head(text, gap), out);

    if (gap == text.n)
        return before == 16;
    int after = groups_get(sl_span_from(text, gap + 2), tail);
    bool dotted_before = sl_span_find(sl_span_head(text, gap), '.') < gap;
    if (before < 0 || after < 0 || before + after > 14 || dotted_before)
        return false;
    memset(out + before, 0, (size_t)(16 - before - after));
    memcpy(out + 16 - after, tail, (size_t)after);
    return true;
}

enum sl_err sl_ip_get(struct sl_span text, struct sl_ip *out)
{
    struct sl_ip ip = {{0}};
    bool v6 = sl_span_find(text, ':') < text.n;

    memcpy(ip.bytes, v4_before, sizeof v4_before);
    if (!(v6 ? v6_get(text, ip.bytes) : v4_get(text, ip.bytes + sizeof v4_before)))
        return SL_EMALFORMED;
    *out = ip;
    return SL_OK;
}

static unsigned group(const struct sl_ip *ip, size_t i)
{
    return (unsigned)ip->bytes[2 * i] << 8 | ip->bytes[2 * i + 1];
}

/* The first of the longest runs of two zero groups or more; 8 where there is none. */
static size_t longest_gap(const struct sl_ip *ip, size_t *length)
{
    size_t best = 8, run = 0;

    *length = 1;
    for (size_t i = 0; i < 8; i++) {
        run = group(ip, i) == 0 ? run + 1 : 0;
        if (run > *length) {
            *length = run;
            best = i + 1 - run;
        }
    }
    return best;
}

static void group_put(struct sl_buf *b, unsigned value)
{
    unsigned shift = 12;

    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        sl_buf_put_u8(b, (uint8_t) "0123456789abcdef"[value >> shift & 15]);
        if (shift == 0)
            return;
    }
}

void sl_ip_put(struct sl_buf *b, const struct sl_ip *ip)
{
    const uint8_t *v4 = ip->bytes + sizeof v4_before;
    size_t length, gap = longest_gap(ip, &length);

    if (is_v4(ip)) {
        sl_buf_say(b, "%u.%u.%u.%u", v4[0], v4[1], v4[2], v4[3]);
        return;
    }
    for (size_t i = 0; i < 8; i++) {
        if (i == gap) {
            sl_buf_put_str(b, "::");
            i += length - 1;
        } else {
            sl_buf_put_str(b, i > 0 && i != gap + length ? ":" : "");
            group_put(b, group(ip, i));
        }
    }
}

/* Is nothing set behind the first `bits`? */
static bool is_first(const struct sl_ip *ip, unsigned bits)
{
    for (unsigned i = bits; i < 128; i++)
        if ((ip->bytes[i / 8] >> (7 - i % 8) & 1) != 0)
            return false;
    return true;
}

enum sl_err sl_ip_net_get(struct sl_span text, struct sl_ip_net *out)
{
    struct sl_span address = sl_span_head(text, sl_span_find(text, '/'));
    struct sl_span prefix = sl_span_from(text, address.n + 1);
    struct sl_ip_net net = {.bits = 128};
    uint64_t bits;

    SL_TRY(sl_ip_get(address, &net.first));
    if (address.n < text.n) {
        unsigned most = sl_span_find(address, ':') == address.n ? 32 : 128;
        if (prefix.n == 0 || prefix.n > 3 || prefix.p[0] == '0' ||
            sl_span_u64(prefix, &bits) != SL_OK || bits > most)
            return SL_EMALFORMED;
        net.bits = (unsigned)bits + 128 - most;
    }
    if (!is_first(&net.first, net.bits))
        return SL_EMALFORMED;
    *out = net;
    return SL_OK;
}

bool sl_ip_in(const struct sl_ip *ip, const struct sl_ip_net *net)
{
    for (unsigned i = 0; i < net->bits; i += 8) {
        uint8_t mask = net->bits - i >= 8 ? 0xff : (uint8_t)(0xff << (8 - (net->bits - i)));
        if (((ip->bytes[i / 8] ^ net->first.bytes[i / 8]) & mask) != 0)
            return false;
    }
    return true;
}
