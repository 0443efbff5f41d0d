/* sluice openlineage: sends the keeper's run events to an endpoint, each at least once and in
 * order. The supervisor keeps it running. It is the one program of ours that asks strangers
 * something over HTTP, so it holds nothing but the spool and its own token, and can open little
 * else. */
#include "cli/cli.h"

#include "cli/load.h"
#include "cli/openlineage.h"
#include "cli/secret.h"
#include "cli/words.h"
#include "crypto/crypto.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/paths.h"
#include "os/sandbox.h"
#include "json/json.h"

#include <curl/curl.h>
#include <stdio.h>
#include <time.h>

static const char help[] =
    "usage: sluice openlineage [--config FILE]\n\n"
    "Sends each event of lineage.openlineage to its url: at least once, in order, however long "
    "the\n"
    "endpoint is away. Goes on until it is ended. A running Sluice does this by itself, and one at "
    "a\n"
    "time can; 'sluice status' says how far it is. What the endpoint refuses for good is appended "
    "to\n"
    "<state>/openlineage/rejected.ndjson.\n"
    "Exit codes: 1 the configuration or the spool is not fit, 2 usage, 3 the endpoint refused our "
    "token.\n";

enum {
    PATH_ROOM = 8192,
    TOKEN_ROOM = 4096 + 512,
    MOST_AUTHORITIES = 1024 * 1024,
    IDLE_MS = 300,
    LEAST_WAIT_MS = 1000,
    MOST_WAIT_MS = 60000,
    REPORT_OFTEN_US = 1000000,
    REPORT_ANYWAY_US = 5000000,
};

struct sender {
    struct sl_spool spool;
    struct sl_poster *poster;
    uint64_t sent, rejected, not_kept, wait_ms, reported_us, reported_sent;
    char error[256]; /* empty: it works */
};

/* --- telling --- */

static void report(struct sender *s, bool changed)
{
    SL_BUF(text, 4096);
    uint64_t now = sl_clock_monotonic_us(), since = now - s->reported_us;
    json_t *body;

    changed = changed || s->sent + s->rejected != s->reported_sent;
    if (s->reported_us != 0 && since < (changed ? REPORT_OFTEN_US : REPORT_ANYWAY_US))
        return;
    body = json_object();
    json_object_set_new(body, "waiting_bytes",
                        json_integer((json_int_t)sl_spool_waiting(&s->spool)));
    json_object_set_new(body, "sent", json_integer((json_int_t)s->sent));
    json_object_set_new(body, "rejected", json_integer((json_int_t)s->rejected));
    json_object_set_new(body, "not_kept", json_integer((json_int_t)s->not_kept));
    json_object_set_new(body, "at_us", json_integer((json_int_t)sl_clock_us()));
    json_object_set_new(body, "error", json_string(s->error));
    s->reported_us = now;
    s->reported_sent = s->sent + s->rejected;
    if (sl_json_canonical(&text, body) != SL_OK ||
        sl_spool_say(&s->spool, sl_buf_span(&text)) != SL_OK)
        sl_log(SL_LOG_WARN, "openlineage_not_said", SL_NUM("sent", s->sent));
    json_decref(body);
}

static void wait_for(struct sender *s, uint64_t ms)
{
    uint64_t until = sl_clock_monotonic_us() + ms * 1000;

    report(s, false);
    for (uint64_t now = sl_clock_monotonic_us(); now < until; now = sl_clock_monotonic_us()) {
        uint64_t slice = until - now < 1000000 ? until - now : 1000000;
        struct timespec nap = {.tv_sec = (time_t)(slice / 1000000),
                               .tv_nsec = (long)(slice % 1000000) * 1000};
        nanosleep(&nap, NULL);
        report(s, false);
    }
}

/* --- one event --- */

static void say_trouble(struct sender *s, const char *why)
{
    bool fresh = s->error[0] == '\0';
    size_t n = 0;

    for (; why[n] != '\0' && n + 1 < sizeof s->error; n++)
        s->error[n] = why[n] > 0 && why[n] < ' ' ? ' ' : why[n];
    s->error[n] = '\0';
    if (fresh)
        sl_log(SL_LOG_WARN, "openlineage_waits", SL_CSTR("why", s->error));
}

static void say_fine(struct sender *s)
{
    if (s->error[0] != '\0')
        sl_log(SL_LOG_INFO, "openlineage_goes_on", SL_NUM("sent", s->sent));
    s->error[0] = '\0';
    s->wait_ms = 0;
}

static enum sl_err put_aside(struct sender *s, struct sl_span event, const char *why)
{
    json_t *whole = NULL;

    if (sl_json_read(event, &whole, NULL) != SL_OK)
        whole = NULL;
    sl_log(SL_LOG_WARN, "openlineage_rejected", SL_CSTR("why", why),
           SL_TEXT("run", sl_json_str(json_object_get(whole, "run"), "runId")));
    json_decref(whole);
    enum sl_err err = sl_spool_put_aside(&s->spool, event);
    if (err == SL_ELIMIT) { /* the log has its run, and the ledger all of it */
        sl_log(SL_LOG_ERROR, "openlineage_rejected_full", SL_NUM("not_kept", s->not_kept + 1));
        s->not_kept++;
        err = SL_OK;
    }
    SL_TRY(err);
    s->rejected++;
    return sl_spool_done(&s->spool);
}

/* What a crash in the middle of a line left. */
static bool is_whole(struct sl_span event)
{
    return event.n >= 2 && event.p[0] == '{' && event.p[event.n - 1] == '}';
}

/* It speaks of the event; what speaks of us, of the address or of the moment may change. */
static bool is_for_good(long status)
{
    static const short passing[] = {401, 403, 404, 405, 407, 408, 421, 425, 429};

    for (size_t i = 0; i < SL_COUNT(passing); i++)
        if (status == passing[i])
            return false;
    return status >= 400 && status <= 499;
}

static void back_off(struct sender *s, const struct sl_post_answer *answer)
{
    uint64_t doubled = s->wait_ms * 2 < MOST_WAIT_MS ? s->wait_ms * 2 : MOST_WAIT_MS;

    s->wait_ms = s->wait_ms == 0 ? LEAST_WAIT_MS : doubled;
    say_trouble(s, answer->why);
    wait_for(s, s->wait_ms > answer->retry_after_ms ? s->wait_ms : answer->retry_after_ms);
}

/* Exit code, or SL_EXIT_FINE to go on. */
static int send_one(struct sender *s, struct sl_span event)
{
    struct sl_post_answer answer = {.status = 400, .why = "it is no JSON object"};
    enum sl_err err = SL_OK;

    if (is_whole(event))
        sl_poster_send(s->poster, event, &answer);
    if (answer.status >= 200 && answer.status <= 299) {
        s->sent++;
        err = sl_spool_done(&s->spool);
        say_fine(s);
    } else if (is_for_good(answer.status)) {
        err = put_aside(s, event, answer.why);
        say_fine(s);
    } else if (answer.status == 401 || answer.status == 403) {
        say_trouble(s, answer.why);
        report(s, true);
        return SL_EXIT_UNREACHABLE; /* who starts us again reads the token again */
    } else {
        back_off(s, &answer);
    }
    if (err == SL_OK)
        return SL_EXIT_FINE;
    sl_log(SL_LOG_ERROR, "openlineage_stopped", SL_CSTR("why", sl_err_text(err)));
    return SL_EXIT_REFUSED;
}

static int send_all(struct sender *s)
{
    int code = SL_EXIT_FINE;

    while (code == SL_EXIT_FINE) {
        struct sl_span event;
        enum sl_err err = sl_spool_next(&s->spool, &event);
        if (err == SL_OK && event.n == 0)
            err = sl_spool_done(&s->spool); /* an empty line is no event */
        else if (err == SL_OK)
            code = send_one(s, event);
        if (err == SL_ENOTFOUND)
            wait_for(s, IDLE_MS);
        else
            report(s, false);
        if (err != SL_OK && err != SL_ENOTFOUND) {
            sl_log(SL_LOG_ERROR, "openlineage_stopped", SL_CSTR("why", sl_err_text(err)));
            code = SL_EXIT_REFUSED;
        }
    }
    return code;
}

/* --- start --- */

static enum sl_err close_door(const char *folder, bool best_effort)
{
    /* name servers, trusted certificates, and what libraries load when they are first needed */
    const struct sl_sandbox_path paths[] = {{.path = folder, .write = true},
                                            {.path = "/etc"},
                                            {.path = "/usr"},
                                            {.path = "/lib"},
                                            {.path = "/lib64"},
                                            {.path = "/run/systemd/resolve"}};
    SL_BUF(missing, 1024);
    enum sl_err err = sl_sandbox_outward(paths, SL_COUNT(paths), best_effort, &missing);

    if (missing.n > 0)
        sl_log(err == SL_OK ? SL_LOG_WARN : SL_LOG_ERROR, "sandbox_incomplete",
               SL_TEXT("missing", sl_buf_span(&missing)));
    return err;
}

static bool is_token(struct sl_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

static enum sl_err read_token(const struct sl_settings *set, const char *path, struct sl_buf *token)
{
    SL_BUF(why, 1000);
    struct sl_login login = {.password_file = set->openlineage_token_file};

    if (set->openlineage_token_file.n == 0)
        return SL_OK;
    enum sl_err err = sl_cli_secret(&login, path, token, &why);
    if (err == SL_OK && !is_token(sl_buf_span(token)))
        err = SL_EMALFORMED;
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "openlineage_stopped", SL_TEXT("file", set->openlineage_token_file),
               SL_CSTR("why", "it holds no token, or cannot be read"));
    return err;
}

static enum sl_err read_authorities(const struct sl_settings *set, const char *path,
                                    struct sl_buf *out)
{
    SL_BUF(file, PATH_ROOM);

    if (set->openlineage_ca_file.n == 0)
        return SL_OK;
    enum sl_err err = sl_path_beside(path, set->openlineage_ca_file, &file);
    if (err == SL_OK)
        err = sl_file_read(sl_buf_text(&file), out);
    if (err == SL_OK && out->n == 0)
        err = SL_EMALFORMED;
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "openlineage_stopped", SL_TEXT("file", set->openlineage_ca_file),
               SL_CSTR("why", "the certificates cannot be read"));
    return err;
}

static enum sl_err new_poster(const struct sl_settings *set, const char *path,
                              struct sl_poster **out)
{
    SL_BUF(token, TOKEN_ROOM);
    SL_BUF(authorities, MOST_AUTHORITIES);

    enum sl_err err = read_token(set, path, &token);
    if (err == SL_OK)
        err = read_authorities(set, path, &authorities);
    if (err == SL_OK) {
        *out = sl_poster_new(set->openlineage_url, sl_buf_span(&token), sl_buf_span(&authorities));
        err = *out == NULL ? SL_EMEMORY : SL_OK;
    }
    if (token.p != NULL)
        sl_secret_wipe(token.p, token.cap);
    return err;
}

static int run(const struct sl_settings *set, const char *path)
{
    SL_BUF(state, PATH_ROOM);
    SL_BUF(folder, PATH_ROOM);
    SL_BUF(name, 128);
    struct sender s = {.spool = {.fd = -1}};

    sl_buf_put(&name, set->openlineage_file);
    enum sl_err err = sl_path_beside(path, set->state, &state);
    sl_buf_say(&folder, "%s/openlineage", sl_buf_text(&state));
    if (err == SL_OK)
        err = sl_spool_open(&s.spool, sl_buf_text(&folder), sl_buf_text(&name));
    s.spool.remove_sent = sl_span_is(set->openlineage_file, SL_OPENLINEAGE_SPOOL);
    if (err == SL_OK)
        err = new_poster(set, path, &s.poster);
    if (err == SL_OK)
        err = close_door(sl_buf_text(&folder), set->sandbox_best_effort);
    if (err != SL_OK)
        sl_log(SL_LOG_ERROR, "openlineage_stopped", SL_TEXT("folder", sl_buf_span(&folder)),
               SL_CSTR("why", sl_err_text(err)));
    int code = err == SL_OK ? send_all(&s) : SL_EXIT_REFUSED;
    sl_poster_free(s.poster);
    sl_spool_close(&s.spool);
    return code;
}

/* in_force: the supervisor left its text in descriptor 3; the file may be a proposal by now. */
static int load(const char *path, bool in_force, struct sl_config **out)
{
    SL_BUF(text, SL_CLI_MAX_CONFIG);
    SL_BUF(complaints, 64 * 1024);

    if (!in_force)
        return sl_cli_load_config(path, out);
    if (sl_file_read("/proc/self/fd/3", &text) == SL_OK &&
        sl_config_load(sl_buf_span(&text), path, out, &complaints) == SL_OK)
        return SL_EXIT_FINE;
    fputs("sluice openlineage: --in-force is for the supervisor alone\n", stderr);
    return SL_EXIT_REFUSED;
}

int sl_cli_openlineage(int argc, char **argv)
{
    SL_FREED_BY(sl_config) struct sl_config *config = NULL;
    SL_BUF(path, PATH_ROOM);
    const char *given = NULL;
    bool in_force = false;
    const struct sl_cli_option options[] = {{"--config", &given, NULL},
                                            {"--in-force", NULL, &in_force}};

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (!sl_cli_words("openlineage", argc, argv, options, SL_COUNT(options), NULL, 0))
        return sl_cli_misuse("openlineage");
    if (sl_path_config(given, &path) != SL_OK) {
        fputs("sluice openlineage: there is no configuration file; say --config FILE\n", stderr);
        return SL_EXIT_USAGE;
    }
    int code = load(sl_buf_text(&path), in_force, &config);
    if (code != SL_EXIT_FINE)
        return code;
    if (config->settings.openlineage_url.n == 0) {
        fputs("sluice openlineage: there is no lineage.openlineage.url to send to\n", stderr);
        return SL_EXIT_REFUSED;
    }
    sl_log_init("openlineage");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return SL_EXIT_REFUSED;
    code = run(&config->settings, sl_buf_text(&path));
    curl_global_cleanup();
    return code;
}
