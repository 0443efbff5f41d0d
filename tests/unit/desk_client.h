/* A client of the real sluice-desk (desk_play.h) that says and hears bytes. */
#ifndef SL_TESTS_DESK_CLIENT_H
#define SL_TESTS_DESK_CLIENT_H

#include "base/utf8.h"
#include "tests/unit/desk_play.h"

/* --- client --------------------------------------------------------------------------------- */

static inline int dial(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)desk.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SL_PROMISE(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

/* "@" in the text stands for the Host line and the end of a head follows where "$" stands. */
static inline void say(int fd, const char *text)
{
    SL_BUF(out, 64 * 1024);

    for (; *text != '\0'; text++) {
        if (*text == '@')
            sl_buf_say(&out, "Host: 127.0.0.1:%u\r\n", desk.port);
        else if (*text == '$')
            sl_buf_put_str(&out, "\r\n");
        else
            sl_buf_put_u8(&out, (uint8_t)*text);
    }
    SL_PROMISE(send(fd, out.p, out.n, MSG_NOSIGNAL) == (ssize_t)out.n);
}

static inline bool has(const struct sl_buf *b, const char *text)
{
    return memmem(b->p == NULL ? (const uint8_t *)"" : b->p, b->n, text, strlen(text)) != NULL;
}

/* Reads until the text is there or the time is over; false also when the other side ended. */
static inline bool hear(int fd, struct sl_buf *in, const char *until)
{
    uint64_t deadline = sl_clock_monotonic_us() + PATIENCE_MS * 1000ull;

    while (!has(in, until) && sl_clock_monotonic_us() < deadline) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char bytes[4096];

        if (poll(&p, 1, PATIENCE_MS) <= 0)
            return false;
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0)
            return false;
        sl_buf_put(in, sl_span(bytes, (size_t)n));
    }
    return has(in, until);
}

static inline bool has_ended(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char bytes[4096];

    while (poll(&p, 1, PATIENCE_MS) > 0) {
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0)
            return n == 0;
    }
    return false;
}

static inline void check_heard(int fd, const char *until)
{
    SL_BUF(in, 1 << 20);
    SL_BUF(safe, 4 << 20);

    if (SL_CHECK(hear(fd, &in, until)))
        return;
    sl_utf8_put_printable(&safe, sl_buf_span(&in));
    printf("#   wanted: %s\n#   heard: %s\n", until, sl_buf_text(&safe));
}

#endif
