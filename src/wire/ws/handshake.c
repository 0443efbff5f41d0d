/* The opening handshake: the request, and the strict check of its answer (section 4.1). */
#include "base/encode.h"
#include "crypto/crypto.h"
#include "wire/ws/ws.h"

enum { ACCEPT_MOST = 64, LINES_MOST = 64 };

/* --- the request ------------------------------------------------------------------------------ */

static void put_visible(struct sl_buf *b, struct sl_span s)
{
    for (size_t i = 0; i < s.n && sl_buf_err(b) == SL_OK; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            b->why = SL_EMALFORMED;
    sl_buf_put(b, s);
}

void sl_ws_put_request(struct sl_buf *b, struct sl_span host, struct sl_span target,
                       const uint8_t key[SL_WS_KEY])
{
    if (sl_buf_err(b) == SL_OK && (host.n == 0 || !sl_span_starts(target, SL_SPAN("/"))))
        b->why = SL_EMALFORMED;
    sl_buf_put_str(b, "GET ");
    put_visible(b, target);
    sl_buf_put_str(b, " HTTP/1.1\r\nHost: ");
    put_visible(b, host);
    sl_buf_put_str(b, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ");
    sl_base64_put(b, sl_span(key, SL_WS_KEY));
    sl_buf_put_str(b, "\r\nSec-WebSocket-Version: 13\r\nUser-Agent: sluice\r\n\r\n");
}

/* --- the answer ------------------------------------------------------------------------------- */

struct answer {
    unsigned upgrade, connection, accept; /* how often, and all of them right */
    enum sl_ws_refusal why;               /* the first */
};

static void put_expected(struct sl_buf *b, const uint8_t key[SL_WS_KEY])
{
    SL_BUF(text, 128);
    uint8_t hash[SL_SHA1];

    sl_base64_put(&text, sl_span(key, SL_WS_KEY));
    sl_buf_put_str(&text, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    sl_sha1(sl_buf_span(&text), hash);
    sl_base64_put(b, sl_span(hash, sizeof hash));
}

/* Up to its CRLF, which goes too. The head is known to end in one. */
static struct sl_span next_line(struct sl_span *head)
{
    size_t end = sl_span_find(*head, '\r');
    struct sl_span line = sl_span_head(*head, end);

    *head = sl_span_from(*head, end + 2);
    return line;
}

/* Every CR is followed by LF, every LF follows a CR, and nothing else is a control character. */
static bool is_text(struct sl_span head)
{
    for (size_t i = 0; i < head.n; i++) {
        uint8_t c = head.p[i];

        if (c == '\r'   ? i + 1 == head.n || head.p[i + 1] != '\n'
            : c == '\n' ? i == 0 || head.p[i - 1] != '\r'
                        : (c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* "HTTP/1.1 101 whatever": the number, 0 where there is none. */
static unsigned status_of(struct sl_span line)
{
    static const struct sl_span version = SL_SPAN("HTTP/1.1 ");
    uint64_t status;
    struct sl_span rest = sl_span_from(line, version.n), digits = sl_span_head(rest, 3);

    if (!sl_span_starts(line, version) || digits.n != 3 || sl_span_u64(digits, &status) != SL_OK ||
        (rest.n > 3 && rest.p[3] != ' '))
        return 0;
    return status >= 100 ? (unsigned)status : 0;
}

static bool is_token(struct sl_span s)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i], letter = c | 0x20;

        if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') &&
            (c == 0 || strchr(marks, c) == NULL))
            return false;
    }
    return s.n > 0;
}

static struct sl_span trim(struct sl_span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = sl_span_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static void refuse(struct answer *a, enum sl_ws_refusal why)
{
    if (a->why == SL_WS_NONE)
        a->why = why;
}

/* Each of the three that agree has to come once and right; what nobody offered must not come. */
static void take(struct answer *a, struct sl_span name, struct sl_span value,
                 struct sl_span expected)
{
    const struct {
        const char *name;
        unsigned *seen;
        bool right;
        enum sl_ws_refusal why;
    } rows[] = {
        {"Upgrade", &a->upgrade, sl_span_eq_nocase(value, SL_SPAN("websocket")), SL_WS_UPGRADE},
        {"Connection", &a->connection, sl_span_eq_nocase(value, SL_SPAN("upgrade")),
         SL_WS_CONNECTION},
        {"Sec-WebSocket-Accept", &a->accept, sl_secret_eq(value, expected), SL_WS_ACCEPT},
        {"Sec-WebSocket-Extensions", NULL, false, SL_WS_EXTENSION},
        {"Sec-WebSocket-Protocol", NULL, false, SL_WS_SUBPROTOCOL},
        {"Content-Length", NULL, false, SL_WS_BODY},
        {"Transfer-Encoding", NULL, false, SL_WS_BODY},
    };

    for (size_t i = 0; i < SL_COUNT(rows); i++)
        if (sl_span_eq_nocase(name, sl_span_str(rows[i].name)) &&
            (!rows[i].right || ++*rows[i].seen > 1))
            refuse(a, rows[i].why);
}

static enum sl_ws_refusal check_lines(struct sl_span lines, struct sl_span expected)
{
    struct answer a = {0};

    for (unsigned count = 0; lines.n > 0; count++) {
        struct sl_span line = next_line(&lines);
        size_t colon = sl_span_find(line, ':');
        struct sl_span name = sl_span_head(line, colon);

        if (count == LINES_MOST || colon == line.n || !is_token(name))
            return SL_WS_HEAD_SYNTAX;
        take(&a, name, trim(sl_span_from(line, colon + 1)), expected);
    }
    if (a.upgrade == 0)
        refuse(&a, SL_WS_UPGRADE);
    if (a.connection == 0)
        refuse(&a, SL_WS_CONNECTION);
    if (a.accept == 0)
        refuse(&a, SL_WS_ACCEPT);
    return a.why;
}

/* Its end is the first empty line; its length with that, or 0 when it is not here. */
static size_t head_bytes(struct sl_span in)
{
    const uint8_t *end = in.n == 0 ? NULL : memmem(in.p, in.n, "\r\n\r\n", 4);

    return end == NULL ? 0 : (size_t)(end - in.p) + 4;
}

enum sl_step sl_ws_answer(struct sl_span *in, const uint8_t key[SL_WS_KEY], unsigned *status,
                          enum sl_ws_refusal *why)
{
    SL_BUF(expected, ACCEPT_MOST);
    size_t n = head_bytes(sl_span_head(*in, SL_WS_HEAD_MOST));
    struct sl_span lines = sl_span_head(*in, n - (n > 0 ? 2 : 0));

    *status = 0;
    *why = SL_WS_HEAD_TOO_LARGE;
    if (n == 0)
        return in->n < SL_WS_HEAD_MOST ? SL_STEP_NEED_MORE : SL_STEP_BROKEN;
    *why = SL_WS_HEAD_SYNTAX;
    if (!is_text(lines))
        return SL_STEP_BROKEN;
    *status = status_of(next_line(&lines));
    put_expected(&expected, key);
    if (*status == 0 || sl_buf_err(&expected) != SL_OK)
        return SL_STEP_BROKEN;
    *why = *status == 101 ? check_lines(lines, sl_buf_span(&expected)) : SL_WS_STATUS;
    if (*why != SL_WS_NONE)
        return SL_STEP_BROKEN;
    *in = sl_span_from(*in, n);
    return SL_STEP_EVENT;
}
