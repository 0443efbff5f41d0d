#include "role/keeper/limits.h"

#include "base/buf.h"
#include "base/encode.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum {
    PAIR_BURST = 5,               /* failures of one name from one address before it waits */
    ALONE_BURST = 50,             /* of one address, or of one name */
    REFILL_US = 10 * 1000 * 1000, /* one failure is forgotten every ten seconds */
    FIRST_WAIT_US = 1000 * 1000,
    MAX_DOUBLINGS = 6, /* the wait ends at 64 seconds */
    MAX_BUCKETS = 20000,
    CALLS_BURST = 120, /* calls to a provider that one place causes before it waits */
    CALLS_REFILL_US = 1000 * 1000,
};

struct bucket {
    uint32_t failures;
    uint64_t since_us, blocked_until_us;
};

enum sl_err limits_init(struct limits *l, uint64_t seed)
{
    return sl_map_new(&l->buckets, seed);
}

static void forget_all(struct limits *l)
{
    size_t at = 0;
    struct sl_span key;
    void *value;

    while (sl_map_next(l->buckets, &at, &key, &value)) {
        sl_map_remove(l->buckets, key);
        free(value);
    }
}

void limits_done(struct limits *l)
{
    if (l->buckets == NULL)
        return;
    forget_all(l);
    sl_map_free(l->buckets);
    l->buckets = NULL;
}

/* Whoever has one address of an IPv6 network has 2^64 of them (RFC 4291, section 2.5.1): they are
 * one place. An IPv4 address in IPv6's clothes is the IPv4 address. */
void limits_put_place(struct sl_buf *b, struct sl_span address)
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char text[INET6_ADDRSTRLEN] = {0};
    uint8_t bytes[16];
    bool bracket = address.n > 1 && address.p[0] == '[';
    struct sl_span inner = bracket ? sl_span_from(address, 1) : address;

    inner = sl_span_head(inner, sl_span_find(inner, bracket ? ']' : '%'));
    inner = sl_span_head(inner, sl_span_find(inner, '%'));
    if (inner.n > 0 && inner.n < sizeof text)
        memcpy(text, inner.p, inner.n);
    if (inet_pton(AF_INET6, text, bytes) != 1) {
        sl_buf_put(b, address);
    } else if (memcmp(bytes, mapped, sizeof mapped) == 0) {
        sl_buf_say(b, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
    } else {
        sl_hex_put(b, sl_span(bytes, 8));
        sl_buf_put_str(b, "::/64");
    }
}

/* The kind of key, then what it is about, so that no name can look like an address. */
static void key_of(struct sl_buf *b, char kind, struct sl_span address, struct sl_span name)
{
    sl_buf_reset(b);
    sl_buf_put_u8(b, (uint8_t)kind);
    if (kind != 'n')
        limits_put_place(b, address);
    sl_buf_put_u8(b, 0);
    if (kind != 'a')
        sl_buf_put(b, sl_span_head(name, 200));
}

static void refill(struct bucket *b, uint64_t now_us, uint64_t each_us)
{
    uint64_t passed = now_us > b->since_us ? (now_us - b->since_us) / each_us : 0;

    b->failures = passed >= b->failures ? 0 : b->failures - (uint32_t)passed;
    b->since_us += passed * each_us;
}

static const char kinds[] = {'p', 'a', 'n'};

/* Everybody comes to the same door: were it counted alone, strangers could close it to all. */
static bool counts(char kind, struct sl_span name)
{
    return kind != 'n' || !sl_span_starts(name, SL_SPAN(LIMITS_DOOR));
}

bool limits_allow(struct limits *l, struct sl_span address, struct sl_span name, uint64_t now_us)
{
    SL_BUF(key, 1024);

    for (size_t i = 0; i < SL_COUNT(kinds); i++) {
        key_of(&key, kinds[i], address, name);
        struct bucket *b = sl_map_get(l->buckets, sl_buf_span(&key));

        if (b != NULL && counts(kinds[i], name) && now_us < b->blocked_until_us)
            return false;
    }
    return true;
}

static struct bucket *bucket_of(struct limits *l, struct sl_span key, uint64_t now_us)
{
    struct bucket *b = sl_map_get(l->buckets, key);

    if (b != NULL)
        return b;
    if (sl_map_count(l->buckets) >= MAX_BUCKETS)
        forget_all(l);
    b = calloc(1, sizeof *b);
    if (b == NULL || sl_map_put(l->buckets, key, b) != SL_OK) {
        free(b);
        return NULL;
    }
    b->since_us = now_us;
    return b;
}

void limits_failed(struct limits *l, struct sl_span address, struct sl_span name, uint64_t now_us)
{
    SL_BUF(key, 1024);

    for (size_t i = 0; i < SL_COUNT(kinds); i++) {
        uint32_t burst = kinds[i] == 'p' ? PAIR_BURST : ALONE_BURST;
        key_of(&key, kinds[i], address, name);
        struct bucket *b = counts(kinds[i], name) ? bucket_of(l, sl_buf_span(&key), now_us) : NULL;

        if (b == NULL)
            continue;
        refill(b, now_us, REFILL_US);
        b->failures++;
        if (b->failures <= burst)
            continue;
        uint32_t doublings = b->failures - burst - 1;
        b->blocked_until_us = now_us + ((uint64_t)FIRST_WAIT_US
                                        << (doublings < MAX_DOUBLINGS ? doublings : MAX_DOUBLINGS));
    }
}

void limits_passed(struct limits *l, struct sl_span address, struct sl_span name)
{
    SL_BUF(key, 1024);

    key_of(&key, 'p', address, name);
    free(sl_map_remove(l->buckets, sl_buf_span(&key)));
}

bool limits_call(struct limits *l, struct sl_span address, uint64_t now_us)
{
    SL_BUF(key, 1024);

    key_of(&key, 'a', address, sl_span(NULL, 0));
    sl_buf_put_str(&key, "call");
    struct bucket *b = bucket_of(l, sl_buf_span(&key), now_us);
    if (b == NULL)
        return false;
    refill(b, now_us, CALLS_REFILL_US);
    if (b->failures >= CALLS_BURST)
        return false;
    b->failures++;
    return true;
}
