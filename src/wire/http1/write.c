/* Responses, chunk by chunk, and requests as a strict sender writes them. */
#include "wire/http1/http1_int.h"

static void put_line_end(struct sl_buf *b)
{
    sl_buf_put_str(b, "\r\n");
}

void sl_http1_put_status(struct sl_buf *b, unsigned status)
{
    sl_buf_say(b, "HTTP/1.1 %u %s", status, sl_http1_reason(status));
    put_line_end(b);
}

static bool is_value(struct sl_span value)
{
    for (size_t i = 0; i < value.n; i++)
        if ((value.p[i] < 0x20 && value.p[i] != '\t') || value.p[i] >= 0x7f)
            return false;
    return true;
}

void sl_http1_put_header(struct sl_buf *b, const char *name, struct sl_span value)
{
    if (!is_value(value) || !sl_http1_all(sl_span_str(name), sl_http1_is_token)) {
        b->why = b->why == SL_OK ? SL_EMALFORMED : b->why;
        return;
    }
    sl_buf_say(b, "%s: %S", name, value);
    put_line_end(b);
}

void sl_http1_put_length(struct sl_buf *b, uint64_t body_bytes)
{
    sl_buf_say(b, "Content-Length: %U", body_bytes);
    put_line_end(b);
}

void sl_http1_put_head_end(struct sl_buf *b)
{
    put_line_end(b);
}

static void put_hex(struct sl_buf *b, uint64_t v)
{
    int shift = 60;

    while (shift > 0 && v >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        sl_buf_put_u8(b, (uint8_t) "0123456789abcdef"[v >> shift & 15]);
}

void sl_http1_put_chunk(struct sl_buf *b, struct sl_span bytes)
{
    if (bytes.n == 0) /* would end the body */
        return;
    put_hex(b, bytes.n);
    put_line_end(b);
    sl_buf_put(b, bytes);
    put_line_end(b);
}

void sl_http1_put_last_chunk(struct sl_buf *b)
{
    sl_buf_put_str(b, "0\r\n\r\n");
}

static void put_request_header(struct sl_buf *b, const struct sl_http1_header *h)
{
    sl_buf_say(b, "%S: %S", h->name, h->value);
    put_line_end(b);
}

void sl_http1_put_request(struct sl_buf *b, const struct sl_http1_head *h)
{
    sl_buf_say(b, "%s %S HTTP/1.1", sl_http1_method_name(h->method), h->target);
    put_line_end(b);
    for (size_t i = 0; i < h->header_count; i++)
        put_request_header(b, &h->headers[i]);
    put_line_end(b);
}
