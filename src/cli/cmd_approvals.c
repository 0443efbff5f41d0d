/* sluice approvals: what waits, newest first. */
#include "cli/api_client.h"

static const char help[] =
    "usage: sluice approvals [--all | --state STATE] [OPTIONS]\n\n"
    "Lists the approvals that you may see: those that wait and those that are approved but not "
    "spent yet;\n"
    "with --all the closed ones too. A '*' marks those that you may decide.\n"
    "States: pending approved denied expired cancelled spent lapsed revoked.\n";

enum { SUMMARY_COLUMNS = 60 };

static int fetch(struct sl_api *api, const char *state, json_t *into)
{
    SL_BUF(query, 64);

    if (state != NULL)
        sl_buf_say(&query, "state=%s", state);
    return sl_api_list(api, sl_buf_text(&query), into);
}

static int fetch_asked(struct sl_api *api, const struct sl_api_args *args, json_t *into)
{
    if (args->all || args->state != NULL)
        return fetch(api, args->state, into);
    int code = fetch(api, "pending", into);
    return code == SL_EXIT_FINE ? fetch(api, "approved", into) : code;
}

static void print_line(struct sl_api *api, const json_t *a)
{
    struct sl_span state = sl_json_str(a, "state"), summary = sl_json_str(a, "summary");
    SL_BUF(left, 128);

    bool is_waiting = sl_span_is(state, "pending");
    if (is_waiting || sl_span_is(state, "approved"))
        sl_api_put_left(&left, a, is_waiting ? "expires_at" : "grant_expires_at");
    printf("%s%c ", api->colour && is_waiting ? "\033[1m" : "",
           json_is_true(json_object_get(a, "may_decide")) ? '*' : ' ');
    sl_api_print_text(stdout, sl_json_str(a, "id"));
    printf("%s  %-9.*s  %-14s  ", api->colour && is_waiting ? "\033[0m" : "", (int)state.n,
           (const char *)state.p, sl_buf_text(&left));
    sl_api_print_text(stdout, sl_json_str(a, "identity"));
    fputs(" on ", stdout);
    sl_api_print_text(stdout, sl_json_str(a, "target"));
    fputs(": ", stdout);
    sl_api_print_delivered(stdout, a);
    sl_api_print_head(stdout, summary, SUMMARY_COLUMNS);
    sl_api_print_conflict(stdout, a);
    putchar('\n');
}

static bool is_state(const char *word)
{
    static const char *const states[] = {"pending",   "approved", "denied", "expired",
                                         "cancelled", "spent",    "lapsed", "revoked"};

    for (size_t i = 0; word != NULL && i < SL_COUNT(states); i++)
        if (strcmp(word, states[i]) == 0)
            return true;
    if (word != NULL)
        fprintf(stderr, "sluice approvals: there is no state '%s'\n", word);
    return word == NULL;
}

int sl_cli_approvals(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_ALL | SL_API_STATE | SL_API_CREDENTIAL,
                           false, help, &args);

    if (code == SL_API_CONTINUE)
        code = is_state(args.state) ? sl_api_open(&args, true, &api) : sl_cli_misuse(argv[0]);
    if (code != SL_API_CONTINUE)
        return code;
    json_t *list = json_array();
    code = fetch_asked(&api, &args, list);
    if (code == SL_EXIT_FINE && args.json) {
        json_t *out = json_pack("{s:O}", "approvals", list);
        sl_api_print_json(out);
        json_decref(out);
    }
    for (size_t i = 0; code == SL_EXIT_FINE && !args.json && i < json_array_size(list); i++)
        print_line(&api, json_array_get(list, i));
    if (code == SL_EXIT_FINE && !args.json && json_array_size(list) == 0)
        puts("Nothing waits.");
    json_decref(list);
    return code;
}
