/* Public keys that come as numbers, put into the one form that this folder reads. What does not
 * depend on the key is written down; the rest are lengths. */
#include "crypto/crypto_int.h"

enum { TAG_INTEGER = 0x02, TAG_BIT_STRING = 0x03, TAG_SEQUENCE = 0x30 };

/* DER: the shortest form, and never more than two bytes here. */
static size_t length_bytes(size_t n)
{
    return n < 0x80 ? 1 : n < 0x100 ? 2 : 3;
}

static void put_head(struct sl_buf *b, uint8_t tag, size_t n)
{
    sl_buf_put_u8(b, tag);
    if (length_bytes(n) > 1)
        sl_buf_put_u8(b, (uint8_t)(0x80 + length_bytes(n) - 1));
    if (length_bytes(n) > 2)
        sl_buf_put_u8(b, (uint8_t)(n >> 8));
    sl_buf_put_u8(b, (uint8_t)n);
}

static size_t whole(size_t n)
{
    return 1 + length_bytes(n) + n;
}

/* A number of either sign: what would look negative gets a zero in front. */
static size_t integer_bytes(struct sl_span v)
{
    return v.n + (v.p[0] >= 0x80);
}

static void put_integer(struct sl_buf *b, struct sl_span v)
{
    put_head(b, TAG_INTEGER, integer_bytes(v));
    if (v.p[0] >= 0x80)
        sl_buf_put_u8(b, 0);
    sl_buf_put(b, v);
}

enum sl_err sl_spki_put_rsa(struct sl_buf *b, struct sl_span modulus, struct sl_span exponent)
{
    static const uint8_t rsa_encryption[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                             0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

    if (modulus.n == 0 || modulus.n > SL_PUBLIC_KEY_MAX || modulus.p[0] == 0 || exponent.n == 0 ||
        exponent.n > 8 || exponent.p[0] == 0)
        return SL_EMALFORMED;
    size_t numbers = whole(integer_bytes(modulus)) + whole(integer_bytes(exponent));
    size_t bits = 1 + whole(numbers);
    put_head(b, TAG_SEQUENCE, sizeof rsa_encryption + whole(bits));
    sl_buf_put(b, sl_span(rsa_encryption, sizeof rsa_encryption));
    put_head(b, TAG_BIT_STRING, bits);
    sl_buf_put_u8(b, 0); /* no bits are left over */
    put_head(b, TAG_SEQUENCE, numbers);
    put_integer(b, modulus);
    put_integer(b, exponent);
    return sl_buf_err(b);
}

enum sl_err sl_spki_put_p256(struct sl_buf *b, struct sl_span x, struct sl_span y)
{
    static const uint8_t head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

    if (x.n != 32 || y.n != 32)
        return SL_EMALFORMED;
    sl_buf_put(b, sl_span(head, sizeof head));
    sl_buf_put(b, x);
    sl_buf_put(b, y);
    return sl_buf_err(b);
}

enum sl_err sl_spki_put_ed25519(struct sl_buf *b, struct sl_span x)
{
    static const uint8_t head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    if (x.n != 32)
        return SL_EMALFORMED;
    sl_buf_put(b, sl_span(head, sizeof head));
    sl_buf_put(b, x);
    return sl_buf_err(b);
}

static struct sl_span without_zeros(struct sl_span v)
{
    while (v.n > 1 && v.p[0] == 0)
        v = sl_span_from(v, 1);
    return v;
}

enum sl_err sl_es256_put_der(struct sl_buf *b, struct sl_span r_and_s)
{
    if (r_and_s.n != 64)
        return SL_EMALFORMED;
    struct sl_span r = without_zeros(sl_span_head(r_and_s, 32));
    struct sl_span s = without_zeros(sl_span_from(r_and_s, 32));
    put_head(b, TAG_SEQUENCE, whole(integer_bytes(r)) + whole(integer_bytes(s)));
    put_integer(b, r);
    put_integer(b, s);
    return sl_buf_err(b);
}
