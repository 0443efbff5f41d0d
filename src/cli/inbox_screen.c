/* The terminal of the inbox: keys, the live stream, the gateway. A few sequences that every
 * terminal since the VT100 has are all it needs, so it uses no curses: that would bring a terminal
 * database, and an opinion of its own about which characters are printable. */
#include "cli/inbox.h"

#include "cli/api_client.h"
#include "os/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    SCREEN_MAX = 4 * 1024 * 1024,
    TICK_MS = 1000,
    PAUSE_S = 2,
    FETCH_EVERY_MS = 1000, /* however much happens: the gateway has other work than this screen */
};

static volatile sig_atomic_t over, resized;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else
        over = 1;
}

struct screen {
    struct sl_api *api;
    struct sl_inbox inbox;
    struct termios before;
    pid_t listener;
    int events; /* a byte for each thing that happened, and an id behind a release by one alone */
    char alone[37];
    size_t alone_n;
    int code;
    bool lost;
    bool stale; /* something happened since the list was fetched */
    uint64_t fetched_ms;
};

bool sl_inbox_is_possible(void)
{
    const char *term = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0;
}

/* --- the terminal ---------------------------------------------------------------------------- */

static void write_all(struct sl_span text)
{
    while (text.n > 0) {
        ssize_t n = write(STDOUT_FILENO, text.p, text.n);

        if (n < 0 && errno != EINTR)
            return;
        text = sl_span_from(text, n > 0 ? (size_t)n : 0);
    }
}

static void measure(struct screen *s)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        s->inbox.columns = size.ws_col;
        s->inbox.rows = size.ws_row;
    }
}

static bool take_terminal(struct screen *s)
{
    struct sigaction act = {.sa_handler = on_signal};
    static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH};
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &s->before) != 0)
        return false;
    for (size_t i = 0; i < SL_COUNT(numbers); i++)
        sigaction(numbers[i], &act, NULL);
    raw = s->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON | INLCR);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0)
        return false;
    write_all(SL_SPAN("\033[?1049h"));
    measure(s);
    return true;
}

static void give_terminal_back(const struct screen *s)
{
    write_all(SL_SPAN("\033[?1049l\033[0m"));
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &s->before);
}

static void put_left(struct sl_buf *b, const json_t *approval)
{
    sl_api_put_left(b, approval, "expires_at");
}

static void draw(struct screen *s)
{
    SL_BUF(b, SCREEN_MAX);

    sl_buf_put_str(&b, "\033[H");
    sl_inbox_render(&s->inbox, put_left, &b);
    write_all(sl_buf_span(&b));
}

/* --- the gateway ----------------------------------------------------------------------------- */

/* What our other functions print while this is on, is text of ours. */
struct captured {
    FILE *kept_out, *kept_err;
    char *text;
    size_t n;
};

static void capture(struct captured *c)
{
    FILE *into = open_memstream(&c->text, &c->n);

    c->kept_out = stdout;
    c->kept_err = stderr;
    if (into != NULL)
        stdout = stderr = into; /* variables, as the C library's manual says */
}

static struct sl_span captured(struct captured *c)
{
    if (stdout != c->kept_out)
        (void)fclose(stdout);
    stdout = c->kept_out;
    stderr = c->kept_err;
    return sl_span(c->text, c->text == NULL ? 0 : c->n);
}

static int call(struct screen *s, const char *path, const json_t *body, json_t **out)
{
    struct captured c = {0};

    capture(&c);
    int code = sl_api_call(s->api, path, body, out);
    struct sl_span said = captured(&c);
    while (said.n > 0 && said.p[said.n - 1] == '\n')
        said.n--;
    if (code != SL_EXIT_FINE)
        sl_inbox_say(&s->inbox, said);
    free(c.text);
    return code;
}

static void fetch_list(struct screen *s)
{
    json_t *all = json_array();
    struct captured c = {0};

    capture(&c);
    int code = sl_api_list(s->api, "view=lines&state=pending", all);
    if (code == SL_EXIT_FINE)
        code = sl_api_list(s->api, "view=lines&state=approved", all);
    s->stale = false;
    s->fetched_ms = sl_clock_monotonic_us() / 1000;
    struct sl_span said = captured(&c);
    while (said.n > 0 && said.p[said.n - 1] == '\n')
        said.n--;
    if (said.n > 0) /* what went wrong, or that there are more */
        sl_inbox_say(&s->inbox, said);
    free(c.text);
    if (code == SL_EXIT_FINE)
        sl_inbox_take_list(&s->inbox, all);
    json_decref(all);
}

static void fetch_one(struct screen *s)
{
    struct captured c = {0};
    json_t *approval = NULL;
    SL_BUF(path, 128);

    sl_buf_say(&path, "/v1/approvals/%s", s->inbox.id);
    if (call(s, sl_buf_text(&path), NULL, &approval) == SL_EXIT_FINE) {
        capture(&c);
        sl_api_print_approval(s->api, approval);
        struct sl_span text = captured(&c);
        sl_inbox_take_one(&s->inbox, approval, text);
        free(c.text);
    }
    json_decref(approval);
}

static void decide(struct screen *s)
{
    struct sl_inbox *i = &s->inbox;
    struct sl_span digest = sl_json_str(i->open, "digest"), reason = sl_buf_span(&i->reason);
    json_t *body = json_object(), *after = NULL;
    SL_BUF(path, 128);
    SL_BUF(said, 1024);

    sl_buf_say(&path, "/v1/approvals/%s/decision", i->id);
    json_object_set_new(body, "decision", json_string(i->verb));
    json_object_set_new(body, "digest", json_stringn((const char *)digest.p, digest.n));
    json_object_set_new(body, "reason", json_stringn((const char *)reason.p, reason.n));
    if (call(s, sl_buf_text(&path), body, &after) == SL_EXIT_FINE) {
        sl_buf_say(&said, "You said %s; it is %S now.", i->verb, sl_json_str(after, "state"));
        sl_inbox_say(i, sl_buf_span(&said));
    }
    json_decref(after);
    json_decref(body);
    sl_inbox_decided(i);
    fetch_list(s);
}

/* --- live ------------------------------------------------------------------------------------ */

enum { ID_BYTES = 36 };

struct listener {
    int to;
    bool heard;
    bool alone; /* this event is a release by one person */
};

/* The id goes along: by the time that the screen asks, it may have run and left the list. */
static bool tell_alone(const struct listener *l, struct sl_span data)
{
    char bytes[1 + ID_BYTES] = "g";
    json_t *event = NULL;
    bool sent = true;

    if (sl_json_read(data, &event, NULL) == SL_OK && sl_json_str(event, "id").n == ID_BYTES) {
        memcpy(bytes + 1, sl_json_str(event, "id").p, ID_BYTES);
        sent = write(l->to, bytes, sizeof bytes) == (ssize_t)sizeof bytes;
    }
    json_decref(event);
    return sent;
}

static bool on_line(void *owner, struct sl_span line)
{
    struct listener *l = owner;

    l->heard = true;
    if (sl_span_starts(line, SL_SPAN("event:")))
        l->alone = sl_span_is(line, "event: break_glass");
    if (!sl_span_starts(line, SL_SPAN("data:")))
        return true;
    return write(l->to, "e", 1) == 1 && (!l->alone || tell_alone(l, sl_span_from(line, 5)));
}

/* A program of its own holds the stream, and tells of each event with a byte: the screen asks for
 * what there is now with its person's credential. It ends with us. */
static void listen_for_ever(struct sl_api *api, int to)
{
    struct listener l = {.to = to};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        long status;

        sl_api_stream(api, "/v1/events", "", on_line, &l, &status);
        if ((status >= 400 && status < 500 && status != 429) || write(to, "x", 1) != 1)
            _exit(SL_EXIT_REFUSED);
        sleep(PAUSE_S);
    }
}

static bool start_listening(struct screen *s)
{
    int ends[2];

    if (pipe(ends) != 0)
        return false;
    s->listener = fork();
    if (s->listener == 0) {
        close(ends[0]);
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(SL_EXIT_REFUSED);
        listen_for_ever(s->api, ends[1]);
    }
    close(ends[1]);
    s->events = ends[0];
    return s->listener > 0;
}

static void say_alone(struct screen *s)
{
    json_t *approval = NULL;
    SL_BUF(path, 128);

    sl_buf_say(&path, "/v1/approvals/%s", s->alone);
    if (call(s, sl_buf_text(&path), NULL, &approval) == SL_EXIT_FINE)
        sl_inbox_say_alone(&s->inbox, approval);
    json_decref(approval);
}

/* One byte of what the listener tells; an id comes byte by byte behind its "g". */
static void take_event(struct screen *s, char byte)
{
    if (s->alone_n > 0) {
        s->alone[s->alone_n++ - 1] = byte;
        if (s->alone_n <= ID_BYTES)
            return;
        s->alone_n = 0;
        say_alone(s);
        return;
    }
    s->lost = byte == 'x';
    s->alone_n = byte == 'g' ? 1 : 0;
}

/* False: the credential is not good any more, or was not. */
static bool take_events(struct screen *s)
{
    char bytes[256];
    ssize_t n = read(s->events, bytes, sizeof bytes);

    if (n <= 0)
        return n < 0 && errno == EINTR;
    for (ssize_t i = 0; i < n; i++)
        take_event(s, bytes[i]);
    if (s->lost)
        sl_inbox_say(&s->inbox, SL_SPAN("The connection ended; trying again."));
    s->stale = true;
    return true;
}

/* How long until the list may be fetched again: 0 now. */
static int fetch_in_ms(const struct screen *s)
{
    uint64_t since = sl_clock_monotonic_us() / 1000 - s->fetched_ms;

    return since >= FETCH_EVERY_MS ? 0 : (int)(FETCH_EVERY_MS - since);
}

static void catch_up(struct screen *s)
{
    if (!s->stale || fetch_in_ms(s) > 0)
        return;
    fetch_list(s);
    if (s->inbox.mode != SL_INBOX_LIST)
        fetch_one(s);
}

/* --- the loop -------------------------------------------------------------------------------- */

/* False: its person leaves. */
static bool take_keys(struct screen *s)
{
    uint8_t bytes[1024];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    struct sl_span rest = sl_span(bytes, n > 0 ? (size_t)n : 0);
    uint32_t key = 0;

    if (n <= 0)
        return n < 0 && errno == EINTR;
    while (sl_inbox_next_key(&rest, &key)) {
        switch (sl_inbox_key(&s->inbox, key)) {
        case SL_INBOX_QUIT:
            return false;
        case SL_INBOX_FETCH_ONE:
            fetch_one(s);
            break;
        case SL_INBOX_DECIDE:
            decide(s);
            tcflush(STDIN_FILENO, TCIFLUSH);
            return true;
        case SL_INBOX_FRESH:
            tcflush(STDIN_FILENO, TCIFLUSH);
            return true;
        case SL_INBOX_NOTHING:
            break;
        }
    }
    return true;
}

static void loop(struct screen *s)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = s->events, .events = POLLIN}};

    while (over == 0) {
        draw(s);
        int n = poll(fds, SL_COUNT(fds),
                     s->stale ? fetch_in_ms(s) : TICK_MS); /* a tick, for the time that is left */
        if (resized != 0) {
            resized = 0;
            measure(s);
        }
        if (n <= 0) {
            catch_up(s);
            continue;
        }
        if (fds[1].revents != 0 && !take_events(s)) {
            s->code = SL_EXIT_REFUSED;
            return;
        }
        if (fds[0].revents != 0 && !take_keys(s))
            return;
        catch_up(s);
    }
}

int sl_inbox_run(struct sl_api *api)
{
    struct screen s = {.api = api, .events = -1};

    api->colour = false;
    sl_inbox_init(&s.inbox);
    if (!start_listening(&s) || !take_terminal(&s)) {
        fputs("sluice watch: this terminal cannot be used: try --plain\n", stderr);
        s.code = SL_EXIT_REFUSED;
    } else {
        fetch_list(&s);
        loop(&s);
        give_terminal_back(&s);
    }
    if (s.listener > 0) {
        kill(s.listener, SIGKILL);
        waitpid(s.listener, NULL, 0);
    }
    if (s.code != SL_EXIT_FINE)
        fputs("sluice: the gateway does not take this credential any more\n", stderr);
    sl_inbox_done(&s.inbox);
    return s.code;
}
