/* The state machine: where a head ends, where a body ends. */
#include "wire/http1/http1_int.h"

enum { MAX_CHUNK_DIGITS = 8 };

struct sl_http1 sl_http1(const struct sl_http1_limits *limits)
{
    return (struct sl_http1){.limits = limits};
}

bool sl_http1_idle(const struct sl_http1 *p)
{
    return p->phase == SL_HTTP1_IN_HEAD && p->scanned == 0;
}

static enum sl_http1_step refuse(struct sl_http1 *p, enum sl_http1_refusal why)
{
    p->refusal = why;
    return SL_HTTP1_BROKEN;
}

static void consume(struct sl_span *in, size_t n)
{
    *in = (struct sl_span){in->p + n, in->n - n};
}

/* The verdict on the byte at `at`, NONE when it is fine. CR is looked at with its LF. */
static enum sl_http1_refusal check_byte(struct sl_span in, size_t at)
{
    uint8_t c = in.p[at];

    if (c == '\n')
        return SL_HTTP1_BARE_LF;
    if (c == '\r')
        return in.p[at + 1] == '\n' ? SL_HTTP1_NONE : SL_HTTP1_BARE_CR;
    if (c >= 0x80)
        return SL_HTTP1_NOT_ASCII;
    return (c < 0x20 && c != '\t') || c == 0x7f ? SL_HTTP1_CONTROL_BYTE : SL_HTTP1_NONE;
}

static bool ends_head(struct sl_span in, size_t after_crlf)
{
    return after_crlf >= 4 && memcmp(in.p + after_crlf - 4, "\r\n\r\n", 4) == 0;
}

/* Looks at each byte once, in order, so that a refusal depends on no split. True: *end is the
 * length of the head, its empty line included. */
static bool find_head_end(struct sl_http1 *p, struct sl_span in, size_t *end)
{
    while (p->scanned < in.n && p->refusal == SL_HTTP1_NONE) {
        bool is_cr = in.p[p->scanned] == '\r';

        if (p->scanned + is_cr >= p->limits->head_bytes) {
            p->refusal = SL_HTTP1_HEAD_TOO_LARGE;
            break;
        }
        if (is_cr && p->scanned + 1 == in.n)
            break;
        p->refusal = check_byte(in, p->scanned);
        if (p->refusal == SL_HTTP1_NONE && is_cr && p->scanned == 0)
            p->refusal = SL_HTTP1_EMPTY_LINE;
        p->scanned += 1 + is_cr;
        if (p->refusal == SL_HTTP1_NONE && is_cr && ends_head(in, p->scanned)) {
            *end = p->scanned;
            return true;
        }
    }
    return false;
}

static enum sl_http1_step step_head(struct sl_http1 *p, struct sl_span *in,
                                    struct sl_http1_event *ev)
{
    size_t end = 0;

    if (!find_head_end(p, *in, &end))
        return p->refusal == SL_HTTP1_NONE ? SL_HTTP1_NEED_MORE : SL_HTTP1_BROKEN;

    ev->type = SL_HTTP1_HEAD;
    ev->body = (struct sl_span){0};
    enum sl_http1_refusal why =
        sl_http1_parse_head(sl_span_head(*in, end - 2), p->limits, &ev->head);
    if (why != SL_HTTP1_NONE)
        return refuse(p, why);

    p->scanned = 0;
    p->body_total = 0;
    p->left = ev->head.body_bytes;
    p->phase = ev->head.chunked ? SL_HTTP1_IN_CHUNK_SIZE
               : p->left > 0    ? SL_HTTP1_IN_BODY
                                : SL_HTTP1_AT_END;
    consume(in, end);
    return SL_HTTP1_EVENT;
}

/* What is here of the body or of the chunk. */
static enum sl_http1_step step_bytes(struct sl_http1 *p, struct sl_span *in,
                                     enum sl_http1_phase next, struct sl_http1_event *ev)
{
    if (in->n == 0)
        return SL_HTTP1_NEED_MORE;

    size_t n = in->n < p->left ? in->n : (size_t)p->left;
    ev->type = SL_HTTP1_BODY;
    ev->body = sl_span_head(*in, n);
    p->left -= n;
    if (p->left == 0)
        p->phase = next;
    consume(in, n);
    return SL_HTTP1_EVENT;
}

/* Exactly CRLF here: NONE, `why`, or NEED_MORE through *more. */
static enum sl_http1_refusal take_crlf(struct sl_span in, size_t at, enum sl_http1_refusal why,
                                       bool *more)
{
    *more = false;
    for (size_t i = 0; i < 2; i++) {
        if (at + i >= in.n) {
            *more = true;
            return SL_HTTP1_NONE;
        }
        if (in.p[at + i] != (uint8_t) "\r\n"[i])
            return why;
    }
    return SL_HTTP1_NONE;
}

static enum sl_http1_refusal chunk_line_fault(uint8_t c)
{
    return c == ';' || c == ' ' || c == '\t' ? SL_HTTP1_CHUNK_EXTENSION : SL_HTTP1_CHUNK_SIZE;
}

/* A size without leading zeros, then CRLF at once. */
static enum sl_http1_step step_chunk_size(struct sl_http1 *p, struct sl_span *in)
{
    uint64_t size = 0;
    size_t digits = 0;

    for (; digits < in->n && sl_http1_hex(in->p[digits]) >= 0; digits++) {
        if (digits == MAX_CHUNK_DIGITS || (digits == 1 && size == 0))
            return refuse(p, SL_HTTP1_CHUNK_SIZE);
        size = size * 16 + (uint64_t)sl_http1_hex(in->p[digits]);
    }
    if (digits == in->n)
        return SL_HTTP1_NEED_MORE;
    if (digits == 0)
        return refuse(p, SL_HTTP1_CHUNK_SIZE);

    bool more;
    enum sl_http1_refusal why = take_crlf(*in, digits, chunk_line_fault(in->p[digits]), &more);
    if (why != SL_HTTP1_NONE)
        return refuse(p, why);
    if (more)
        return SL_HTTP1_NEED_MORE;
    if (size > p->limits->body_bytes - p->body_total)
        return refuse(p, SL_HTTP1_BODY_TOO_LARGE);

    p->left = size;
    p->body_total += size;
    p->phase = size > 0 ? SL_HTTP1_IN_CHUNK : SL_HTTP1_IN_LAST_CHUNK;
    consume(in, digits + 2);
    return SL_HTTP1_EVENT;
}

static enum sl_http1_step step_crlf(struct sl_http1 *p, struct sl_span *in,
                                    enum sl_http1_phase next, enum sl_http1_refusal why)
{
    bool more;

    why = take_crlf(*in, 0, why, &more);
    if (why != SL_HTTP1_NONE)
        return refuse(p, why);
    if (more)
        return SL_HTTP1_NEED_MORE;
    p->phase = next;
    consume(in, 2);
    return SL_HTTP1_EVENT;
}

static enum sl_http1_step step_end(struct sl_http1 *p, struct sl_http1_event *ev)
{
    *ev = (struct sl_http1_event){.type = SL_HTTP1_END};
    p->phase = SL_HTTP1_IN_HEAD;
    return SL_HTTP1_EVENT;
}

/* True when the step gave the caller something; the framing of chunks is ours alone. */
static bool is_visible(enum sl_http1_phase before)
{
    return before != SL_HTTP1_IN_CHUNK_SIZE && before != SL_HTTP1_IN_CHUNK_END &&
           before != SL_HTTP1_IN_LAST_CHUNK;
}

static enum sl_http1_step step_once(struct sl_http1 *p, struct sl_span *in,
                                    struct sl_http1_event *ev)
{
    switch (p->phase) {
    case SL_HTTP1_IN_HEAD:
        return step_head(p, in, ev);
    case SL_HTTP1_IN_BODY:
        return step_bytes(p, in, SL_HTTP1_AT_END, ev);
    case SL_HTTP1_IN_CHUNK_SIZE:
        return step_chunk_size(p, in);
    case SL_HTTP1_IN_CHUNK:
        return step_bytes(p, in, SL_HTTP1_IN_CHUNK_END, ev);
    case SL_HTTP1_IN_CHUNK_END:
        return step_crlf(p, in, SL_HTTP1_IN_CHUNK_SIZE, SL_HTTP1_CHUNK_END);
    case SL_HTTP1_IN_LAST_CHUNK:
        return step_crlf(p, in, SL_HTTP1_AT_END, SL_HTTP1_TRAILER);
    case SL_HTTP1_AT_END:
        return step_end(p, ev);
    }
    return SL_HTTP1_BROKEN;
}

enum sl_http1_step sl_http1_step(struct sl_http1 *p, struct sl_span *in, struct sl_http1_event *ev)
{
    if (p->refusal != SL_HTTP1_NONE) /* broken stays broken */
        return SL_HTTP1_BROKEN;

    for (;;) {
        enum sl_http1_phase before = p->phase;
        enum sl_http1_step step = step_once(p, in, ev);

        if (step != SL_HTTP1_EVENT || is_visible(before))
            return step;
    }
}
