/* sluice watch: what happens to approvals, one line an event. */
#include "cli/api_show_int.h"
#include "cli/inbox.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: sluice watch [OPTIONS]\n\n"
    "On a terminal: your inbox, live. What waits for you comes first; Enter opens one, whole; a "
    "approves and d\n"
    "denies it, after a reason and the word itself have been typed.\n\n"
    "Elsewhere, and with --plain or --json: prints one line for each thing that happens to an "
    "approval that you may see, until you stop "
    "it. After a\n"
    "broken connection it goes on where it was. With --json each line is a JSON object.\n"
    "What happens: asked, voted, left (its client is gone), approved, denied, expired, cancelled, "
    "spent\n"
    "(released to the target), outcome (it ended), lapsed, revoked, break_glass (one person "
    "released it\n"
    "alone: who and why stands behind it, on the terminal above everything else until x).\n";

enum { LONGEST_PAUSE_S = 10, SUMMARY_COLUMNS = 100, WIDEST_EVENT = 9 };

struct watch {
    struct sl_api *api;
    char event[64], id[64];
    bool was_reached;
};

static bool keep(char *out, size_t room, struct sl_span value)
{
    if (value.n >= room)
        return false;
    memcpy(out, value.p, value.n);
    out[value.n] = '\0';
    return true;
}

static void print_now(void)
{
    time_t now = time(NULL);
    struct tm t;
    char text[32] = "";

    if (localtime_r(&now, &t) != NULL && strftime(text, sizeof text, "%H:%M:%S", &t) > 0)
        fputs(text, stdout);
}

/* Released by one person, not by those whom its rules ask: who, and why. */
static void print_alone(const json_t *e)
{
    const json_t *broken = json_object_get(e, "break_glass");

    if (broken == NULL)
        return;
    fputs("  [released by ", stdout);
    sl_api_print_member(stdout, broken, "by");
    fputs(" alone (break-glass): ", stdout);
    sl_api_print_member(stdout, broken, "reason");
    fputs("; two others have to sign it off]", stdout);
}

static void print_event(const struct watch *w, const json_t *e)
{
    if (w->api->json) {
        char *text = json_dumps(e, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
        if (text != NULL)
            puts(text);
        free(text);
        fflush(stdout);
        return;
    }
    print_now();
    fputs("  ", stdout);
    sl_api_print_text(stdout, sl_span_str(w->event));
    printf("%*s", strlen(w->event) < WIDEST_EVENT ? (int)(WIDEST_EVENT - strlen(w->event)) + 2 : 2,
           "");
    sl_api_print_text(stdout, sl_json_str(e, "id"));
    fputs("  ", stdout);
    sl_api_print_text(stdout, sl_json_str(e, "identity"));
    fputs(" on ", stdout);
    sl_api_print_text(stdout, sl_json_str(e, "target"));
    fputs(": ", stdout);
    sl_api_print_delivered(stdout, e);
    sl_api_print_head(stdout, sl_json_str(e, "summary"), SUMMARY_COLUMNS);
    sl_api_print_conflict(stdout, e);
    print_alone(e);
    putchar('\n');
    fflush(stdout);
}

static void on_data(struct watch *w, struct sl_span data)
{
    json_t *e = NULL;

    if (strcmp(w->event, "reset") == 0)
        fputs("sluice: some events were missed: 'sluice approvals' lists what is open\n", stderr);
    else if (strcmp(w->event, "hello") != 0 && sl_json_read(data, &e, NULL) == SL_OK)
        print_event(w, e);
    json_decref(e);
}

/* "name: value" lines; comments and empty lines say nothing. */
static bool on_line(void *owner, struct sl_span line)
{
    struct watch *w = owner;
    size_t colon = sl_span_find(line, ':');
    struct sl_span name = sl_span_head(line, colon), value = sl_span_from(line, colon + 1);

    w->was_reached = true;
    if (value.n > 0 && value.p[0] == ' ')
        value = sl_span_from(value, 1);
    if (sl_span_is(name, "id"))
        return keep(w->id, sizeof w->id, value);
    if (sl_span_is(name, "event"))
        return keep(w->event, sizeof w->event, value);
    if (sl_span_is(name, "data"))
        on_data(w, value);
    return true;
}

int sl_cli_watch(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    struct watch w = {.api = &api};
    int code =
        sl_api_args(argc, argv, SL_API_JSON | SL_API_PLAIN | SL_API_CREDENTIAL, false, help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    code = sl_api_call(&api, "/v1/whoami", NULL, NULL); /* says what is wrong, if anything is */
    if (code == SL_EXIT_FINE && !args.json && !args.plain && sl_inbox_is_possible())
        return sl_inbox_run(&api);
    for (unsigned pause = 1; code == SL_EXIT_FINE;) {
        long status;

        w.was_reached = false;
        sl_api_stream(&api, "/v1/events", w.id, on_line, &w, &status);
        if (status >= 400 && status < 500 && status != 429)
            return sl_api_complain(&api, status, NULL);
        pause = w.was_reached ? 1 : pause * 2 > LONGEST_PAUSE_S ? LONGEST_PAUSE_S : pause * 2;
        fprintf(stderr, "sluice: the connection ended; trying again in %u s\n", pause);
        sleep(pause);
    }
    return code;
}
