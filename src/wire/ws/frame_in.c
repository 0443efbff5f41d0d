/* Frames in: one at a time, text given on as it comes, control frames whole. */
#include "base/cursor.h"
#include "wire/ws/ws.h"

enum {
    FIN = 0x80,
    RESERVED_BITS = 0x70,
    OPCODE_BITS = 0x0f,
    MASKED = 0x80,
    LENGTH_BITS = 0x7f,
    CONTROL = 0x08,
    MEDIUM = 126,
    LONG = 127,
    NO_CODE = 1005,
};

static const struct {
    uint16_t code;
    const char *text;
} refusals[] = {
#define SL_WS_REFUSAL_ROW(name, code, text) {code, text},
    SL_WS_REFUSALS(SL_WS_REFUSAL_ROW)
#undef SL_WS_REFUSAL_ROW
};

uint16_t sl_ws_refusal_code(enum sl_ws_refusal r)
{
    return refusals[r].code;
}

const char *sl_ws_refusal_text(enum sl_ws_refusal r)
{
    return refusals[r].text;
}

struct sl_ws_in sl_ws_in(uint64_t max_message)
{
    return (struct sl_ws_in){.max_message = max_message};
}

static enum sl_step broken(struct sl_ws_in *p, enum sl_ws_refusal why)
{
    p->why = why;
    return SL_STEP_BROKEN;
}

/* --- a frame's head --------------------------------------------------------------------------- */

struct frame {
    enum sl_ws_opcode opcode;
    bool last, control;
    uint64_t length;
};

static enum sl_ws_refusal opcode_refused(const struct sl_ws_in *p, const struct frame *f)
{
    switch (f->opcode) {
    case SL_WS_OP_CONTINUATION:
        return p->in_message ? SL_WS_NONE : SL_WS_CONTINUATION;
    case SL_WS_OP_TEXT:
        return p->in_message ? SL_WS_INTERLEAVED : SL_WS_NONE;
    case SL_WS_OP_BINARY:
        return SL_WS_BINARY;
    case SL_WS_OP_CLOSE:
    case SL_WS_OP_PING:
    case SL_WS_OP_PONG:
        return f->last ? SL_WS_NONE : SL_WS_CONTROL_FRAGMENTED;
    default:
        return SL_WS_OPCODE;
    }
}

/* 126 and 127 stand for a length in the next two or eight bytes, which no shorter form could hold.
 */
static enum sl_ws_refusal read_length(struct sl_cursor *c, uint8_t word, uint64_t *length)
{
    *length = word;
    if (word == MEDIUM)
        *length = sl_cursor_be16(c);
    if (word == LONG)
        *length = sl_cursor_be64(c);
    bool shortest = word < MEDIUM || (word == MEDIUM ? *length >= MEDIUM : *length > UINT16_MAX);
    return c->short_read || (shortest && *length <= INT64_MAX) ? SL_WS_NONE : SL_WS_LENGTH;
}

static enum sl_ws_refusal read_head(const struct sl_ws_in *p, struct sl_cursor *c, struct frame *f)
{
    uint8_t first = sl_cursor_u8(c), second = sl_cursor_u8(c);

    if (c->short_read)
        return SL_WS_NONE;
    *f = (struct frame){.opcode = (enum sl_ws_opcode)(first & OPCODE_BITS),
                        .last = (first & FIN) != 0,
                        .control = (first & CONTROL) != 0};
    if ((first & RESERVED_BITS) != 0)
        return SL_WS_RESERVED;
    enum sl_ws_refusal why = opcode_refused(p, f);
    if (why != SL_WS_NONE)
        return why;
    if ((second & MASKED) != 0)
        return SL_WS_MASKED;
    if (f->control && (second & LENGTH_BITS) > SL_WS_CONTROL_MOST)
        return SL_WS_CONTROL_LENGTH;
    return read_length(c, second & LENGTH_BITS, &f->length);
}

/* --- a close frame (section 5.5.1) ------------------------------------------------------------ */

static bool may_be_sent(uint16_t code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static enum sl_step step_close(struct sl_ws_in *p, struct sl_span body, struct sl_ws_event *event)
{
    struct sl_cursor c = sl_cursor(body);
    uint16_t code = body.n == 0 ? NO_CODE : sl_cursor_be16(&c);

    if (c.short_read)
        return broken(p, SL_WS_CLOSE_BODY);
    if (code != NO_CODE || body.n > 0) {
        if (!may_be_sent(code))
            return broken(p, SL_WS_CLOSE_CODE);
    }
    struct sl_span reason = sl_cursor_rest(&c);
    if (!sl_utf8_valid(reason))
        return broken(p, SL_WS_CLOSE_REASON);
    p->closed = true;
    *event = (struct sl_ws_event){.type = SL_WS_CLOSE, .bytes = reason, .code = code, .last = true};
    return SL_STEP_EVENT;
}

/* Its bytes are few: it waits until they are all here. */
static enum sl_step step_control(struct sl_ws_in *p, const struct frame *f, struct sl_cursor *c,
                                 struct sl_span *in, struct sl_ws_event *event)
{
    struct sl_span body = sl_cursor_take(c, (size_t)f->length);

    if (c->short_read)
        return SL_STEP_NEED_MORE;
    *in = sl_span_from(*in, c->at);
    if (f->opcode == SL_WS_OP_CLOSE)
        return step_close(p, body, event);
    *event = (struct sl_ws_event){.type = f->opcode == SL_WS_OP_PING ? SL_WS_PING : SL_WS_PONG,
                                  .bytes = body,
                                  .last = true};
    return SL_STEP_EVENT;
}

/* --- text ------------------------------------------------------------------------------------- */

static enum sl_step step_text(struct sl_ws_in *p, struct sl_span *in, struct sl_ws_event *event)
{
    struct sl_span part = sl_span_head(*in, p->left < in->n ? (size_t)p->left : in->n);

    if (part.n == 0 && p->left > 0)
        return SL_STEP_NEED_MORE;
    p->left -= part.n;
    *in = sl_span_from(*in, part.n);
    bool ends = p->left == 0 && p->last;
    if (!sl_utf8_stream_take(&p->text, part) || (ends && !sl_utf8_stream_whole(&p->text)))
        return broken(p, SL_WS_UTF8);
    p->in_frame = p->left > 0;
    p->in_message = !ends;
    *event = (struct sl_ws_event){.type = SL_WS_TEXT, .bytes = part, .last = ends};
    return SL_STEP_EVENT;
}

/* What is announced counts, so that too much is refused before any of it is held. */
static enum sl_ws_refusal begin_text(struct sl_ws_in *p, const struct frame *f)
{
    if (f->opcode == SL_WS_OP_TEXT) {
        p->message_bytes = 0;
        p->fragments = 0;
        p->text = (struct sl_utf8_stream){0};
    }
    if (f->length > p->max_message - p->message_bytes)
        return SL_WS_TOO_LARGE;
    if (++p->fragments > SL_WS_FRAGMENTS_MOST)
        return SL_WS_FRAGMENTS;
    p->message_bytes += f->length;
    p->left = f->length;
    p->last = f->last;
    p->in_message = p->in_frame = true;
    return SL_WS_NONE;
}

enum sl_step sl_ws_step(struct sl_ws_in *p, struct sl_span *in, struct sl_ws_event *event)
{
    struct sl_cursor c = sl_cursor(*in);
    struct frame f;

    if (p->why != SL_WS_NONE)
        return SL_STEP_BROKEN;
    if (p->closed) {
        *in = sl_span_from(*in, in->n);
        return SL_STEP_NEED_MORE;
    }
    if (p->in_frame)
        return step_text(p, in, event);
    enum sl_ws_refusal why = read_head(p, &c, &f);
    if (why != SL_WS_NONE)
        return broken(p, why);
    if (c.short_read)
        return SL_STEP_NEED_MORE;
    if (f.control)
        return step_control(p, &f, &c, in, event);
    why = begin_text(p, &f);
    if (why != SL_WS_NONE)
        return broken(p, why);
    *in = sl_span_from(*in, c.at);
    return step_text(p, in, event);
}
