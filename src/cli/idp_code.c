/* One sign-in as a test in a browser of this machine: authorization code with PKCE, and a way back
 * to a port that listens for that alone (RFC 8252, section 7.3). */
#include "cli/idp.h"

#include "cli/api_client.h"
#include "os/clock.h"
#include "os/net.h"
#include "wire/http1/http1.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WAIT_S = 300,   /* for the person */
    READ_MS = 2000, /* for one request of the browser */
    REQUESTS_MAX = 100,
    HEAD_MAX = 16 * 1024,
    MAX_URL = 16 * 1024,
    MAX_FORM = 64 * 1024,
    MAX_WHY = 512,
};

#define PATH "/callback"

struct way_back {
    int listening;
    struct sl_buf redirect; /* "http://127.0.0.1:PORT/callback" */
    struct sl_buf host;     /* "127.0.0.1:PORT" */
    char state[SL_OIDC_VERIFIER + 1], verifier[SL_OIDC_VERIFIER + 1];
};

static void random_text(char out[SL_OIDC_VERIFIER + 1])
{
    uint8_t bytes[32];
    SL_BUF(text, SL_OIDC_VERIFIER + 1);

    sl_random(bytes, sizeof bytes);
    sl_oidc_put_random(&text, sl_span(bytes, sizeof bytes));
    SL_PROMISE(text.n == SL_OIDC_VERIFIER);
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    sl_secret_wipe(bytes, sizeof bytes);
    sl_secret_wipe(text.p, text.n);
}

/* --- the port -------------------------------------------------------------------------------- */

/* "0" is any that is free. */
static bool port_here(const char *port, struct sl_net_address *out)
{
    struct sockaddr_in *a = (struct sockaddr_in *)&out->storage;
    bool any = strcmp(port, "0") == 0;

    if (sl_net_numeric(SL_SPAN("127.0.0.1"), any ? SL_SPAN("1") : sl_span_str(port), out) != SL_OK)
        return false;
    a->sin_port = any ? 0 : a->sin_port;
    return true;
}

/* Of this machine alone, and an address, not a name that could lead elsewhere. */
static int open_way_back(const struct sl_idp *in, struct way_back *w)
{
    struct sl_net_address a;
    struct sockaddr_in bound = {0};
    socklen_t n = sizeof bound;

    if (!port_here(in->port, &a) || sl_net_listen(&a, false, &w->listening) != SL_OK ||
        getsockname(w->listening, (struct sockaddr *)&bound, &n) != 0) {
        fprintf(stderr,
                "sluice: port %s of 127.0.0.1, to which the browser comes back, cannot be used: is "
                "it taken? --port gives another one\n",
                in->port);
        return SL_EXIT_REFUSED;
    }
    sl_buf_say(&w->host, "127.0.0.1:%u", (unsigned)ntohs(bound.sin_port));
    sl_buf_say(&w->redirect, "http://%S%s", sl_buf_span(&w->host), PATH);
    return SL_EXIT_FINE;
}

static void print_there(struct sl_idp *in, const struct way_back *w)
{
    SL_BUF(url, MAX_URL);

    sl_oidc_put_authorization_url(
        &url, &in->provider,
        &(struct sl_oidc_authorization){.client_id = sl_buf_span(&in->client_id),
                                        .redirect_uri = sl_buf_span(&w->redirect),
                                        .scope = in->asks_for_groups
                                                     ? SL_SPAN("openid profile groups")
                                                     : SL_SPAN("openid profile"),
                                        .state = sl_span_str(w->state),
                                        .nonce = sl_span_str(in->nonce),
                                        .verifier = sl_span_str(w->verifier)});
    fputs("\nSign in once, as a test. At the provider this client must be allowed to come back to\n"
          "\n    ",
          stdout);
    sl_api_print_text(stdout, sl_buf_span(&w->redirect));
    fputs("\n\nfor the time of the test (a provider that knows native applications allows any port "
          "of\n127.0.0.1; else register this one, and give it each time with --port). Open this "
          "address\nin a browser on this machine:\n\n    ",
          stdout);
    sl_api_print_text(stdout, sl_buf_span(&url));
    fputs("\n\n", stdout);
    fflush(stdout);
}

/* --- one request of a browser ---------------------------------------------------------------- */

static bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, ms) > 0;
}

/* The head of what came, views into `bytes`; false: it is none, or did not come in time. */
static bool read_head(int fd, struct sl_buf *bytes, struct sl_http1_head *head)
{
    static const struct sl_http1_limits limits = {.head_bytes = HEAD_MAX,
                                                  .target_bytes = HEAD_MAX / 2,
                                                  .headers = SL_HTTP1_HEADERS};
    uint64_t until_us = sl_clock_monotonic_us() + READ_MS * 1000;

    for (uint64_t now_us; (now_us = sl_clock_monotonic_us()) < until_us;) {
        uint8_t piece[4096];
        struct sl_http1 p = sl_http1(&limits);
        struct sl_http1_event event;

        if (!readable(fd, (int)((until_us - now_us) / 1000) + 1))
            return false;
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0)
            return false;
        sl_buf_put(bytes, sl_span(piece, (size_t)n));
        struct sl_span left = sl_buf_span(bytes);
        enum sl_http1_step step = sl_http1_step(&p, &left, &event);
        if (step == SL_HTTP1_BROKEN || sl_buf_err(bytes) != SL_OK)
            return false;
        if (step == SL_HTTP1_EVENT) {
            *head = event.head;
            return event.type == SL_HTTP1_HEAD;
        }
    }
    return false;
}

static void answer(int fd, unsigned status, const char *words)
{
    SL_BUF(text, 2048);
    size_t at = 0;

    sl_http1_put_status(&text, status);
    sl_http1_put_header(&text, "Content-Type", SL_SPAN("text/plain; charset=utf-8"));
    sl_http1_put_header(&text, "Cache-Control", SL_SPAN("no-store"));
    sl_http1_put_header(&text, "Referrer-Policy", SL_SPAN("no-referrer"));
    sl_http1_put_header(&text, "Connection", SL_SPAN("close"));
    sl_http1_put_length(&text, strlen(words));
    sl_http1_put_head_end(&text);
    sl_buf_put_str(&text, words);
    while (at < text.n) {
        ssize_t n = send(fd, text.p + at, text.n - at, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

/* Is this the one that we wait for? Whatever else finds the port (another page's script, another
 * user of this machine) does not know the state, and changes nothing. */
static bool is_ours(const struct sl_idp *in, const struct way_back *w,
                    const struct sl_http1_head *head, struct sl_oidc_response *out)
{
    return head->method == SL_HTTP1_METHOD_GET && sl_span_is(head->path, PATH) &&
           sl_span_eq(head->host, sl_buf_span(&w->host)) &&
           sl_oidc_response_read(head->query, in->mem, out) == SL_OIDC_YES &&
           sl_secret_eq(out->state, sl_span_str(w->state));
}

static bool serve_one(struct sl_idp *in, const struct way_back *w, struct sl_oidc_response *out)
{
    struct sl_net_address peer;
    struct sl_http1_head head;
    bool ours = false;
    int fd;
    SL_BUF(bytes, HEAD_MAX + 4096);

    if (sl_net_accept(w->listening, &fd, &peer) != SL_OK)
        return false;
    if (read_head(fd, &bytes, &head)) {
        ours = is_ours(in, w, &head, out);
        answer(fd, ours ? 200 : 404,
               ours ? "That was it. Close this page and go back to the terminal.\n"
                    : "There is nothing here.\n");
    }
    if (bytes.p != NULL)
        sl_secret_wipe(bytes.p, bytes.n); /* a code is in it */
    close(fd);
    return ours;
}

static int wait_for_browser(struct sl_idp *in, const struct way_back *w,
                            struct sl_oidc_response *out)
{
    uint64_t until_ms = sl_clock_monotonic_us() / 1000 + WAIT_S * 1000;

    for (unsigned n = 0; n < REQUESTS_MAX; n++) {
        uint64_t now_ms = sl_clock_monotonic_us() / 1000;

        if (now_ms >= until_ms || !readable(w->listening, (int)(until_ms - now_ms)))
            break;
        if (serve_one(in, w, out))
            return SL_EXIT_FINE;
    }
    fputs("sluice: the test sign-in failed: no browser came back from the provider in five "
          "minutes\nhint: does it allow this client to come back to the address above? "
          "--no-sign-in goes on without a test\n",
          stderr);
    return SL_EXIT_REFUSED;
}

/* --- the token ------------------------------------------------------------------------------- */

static int refuse(struct sl_span which, const char *why)
{
    fputs("sluice: the test sign-in failed: ", stderr);
    sl_api_print_text(stderr, which);
    fprintf(stderr, "%s%s\n", which.n > 0 ? ": " : "", why);
    return SL_EXIT_REFUSED;
}

static int fetch_token(struct sl_idp *in, const struct way_back *w, struct sl_span code,
                       struct sl_oidc_answer *out)
{
    struct sl_oidc_client client = {.client_id = sl_buf_span(&in->client_id),
                                    .secret = sl_buf_span(&in->secret)};
    long status;
    SL_BUF(form, MAX_FORM);
    SL_BUF(authorization, MAX_FORM);
    SL_BUF(said, SL_OIDC_DOCUMENT_MAX);
    SL_BUF(why, MAX_WHY);

    *out = (struct sl_oidc_answer){0};
    sl_oidc_put_code_call(&form, &authorization, &in->provider, &client, code,
                          sl_buf_span(&w->redirect), sl_span_str(w->verifier));
    sl_idp_call(in, in->provider.token_url, sl_buf_span(&form), sl_buf_span(&authorization), &said,
                &status, &why);
    if (form.p != NULL)
        sl_secret_wipe(form.p, form.n);
    if (authorization.p != NULL)
        sl_secret_wipe(authorization.p, authorization.n);
    if (status == 0)
        return refuse(in->provider.token_url, sl_buf_text(&why));
    enum sl_oidc_reason reason =
        sl_oidc_answer_read((unsigned)status, sl_buf_span(&said), in->mem, out);
    return reason == SL_OIDC_YES ? SL_EXIT_FINE : refuse(out->error, sl_oidc_reason_text(reason));
}

static int sign_in(struct sl_idp *in, struct way_back *w, struct sl_oidc_answer *token)
{
    struct sl_oidc_response back;
    int code = open_way_back(in, w);

    if (code != SL_EXIT_FINE)
        return code;
    random_text(w->state);
    random_text(w->verifier);
    random_text(in->nonce);
    print_there(in, w);
    code = wait_for_browser(in, w, &back);
    if (code != SL_EXIT_FINE)
        return code;
    if (!sl_oidc_response_is_of(&back, &in->provider))
        return refuse(SL_SPAN(""), sl_oidc_reason_text(SL_OIDC_RESPONSE_ISSUER));
    if (back.error.n > 0)
        return refuse(back.error, sl_oidc_reason_text(SL_OIDC_ANSWER_ERROR));
    return fetch_token(in, w, back.code, token);
}

int sl_idp_sign_in_browser(struct sl_idp *in, struct sl_oidc_answer *token)
{
    struct way_back w = {.listening = -1, .redirect = sl_buf(256), .host = sl_buf(64)};
    int code = sign_in(in, &w, token);

    if (w.listening >= 0)
        close(w.listening);
    sl_buf_done(&w.redirect);
    sl_buf_done(&w.host);
    sl_secret_wipe(&w, sizeof w);
    return code;
}
