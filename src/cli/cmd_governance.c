/* sluice governance: numbers about how people decide. */
#include "cli/api_client.h"

#include "base/when.h"

static const char help[] =
    "usage: sluice governance [--since 30d] [OPTIONS]\n\n"
    "Counts what was asked, approved, denied and expired, how long it waited, and what should make "
    "one look: votes\n"
    "within 3 seconds, people who tried to decide what is theirs, labelled reads that no rule "
    "covers, agents without\n"
    "an owner. Below each number stands the command that shows the entries behind it.\n";

/* "event=asked&since=.." as arguments. */
static void print_command(struct sl_span open)
{
    fputs("          sluice audit", stdout);
    while (open.n > 0) {
        struct sl_span field = sl_span_head(open, sl_span_find(open, '&'));
        size_t equals = sl_span_find(field, '=');

        fputs(" --", stdout);
        sl_api_print_text(stdout, sl_span_head(field, equals));
        putchar(' ');
        sl_api_print_text(stdout, sl_span_from(field, equals + 1));
        open = sl_span_from(open, field.n + 1);
    }
    putchar('\n');
}

static void print_number(const json_t *n)
{
    uint64_t value = 0;
    struct sl_span unit = sl_json_str(n, "unit"), open = sl_json_str(n, "open");
    SL_BUF(text, 64);

    (void)sl_json_u64(n, "value", &value);
    if (sl_span_is(unit, "milliseconds"))
        sl_duration_put(&text, value);
    else
        sl_buf_put_grouped(&text, value);
    printf("%8s  ", sl_buf_text(&text));
    sl_api_print_text(stdout, sl_json_str(n, "name"));
    fputs(": ", stdout);
    sl_api_print_text(stdout, sl_json_str(n, "says"));
    putchar('\n');
    if (open.n > 0 && value > 0)
        print_command(open);
}

static int ask(struct sl_api *api, const char *since, json_t **answer)
{
    SL_BUF(path, 256);

    sl_buf_put_str(&path, "/v1/governance");
    if (since != NULL)
        sl_buf_say(&path, "?since=%s", since);
    return sl_api_call(api, sl_buf_text(&path), NULL, answer);
}

static void print(const json_t *answer)
{
    const json_t *numbers = json_object_get(answer, "numbers");

    fputs("since ", stdout);
    sl_api_print_text(stdout, sl_span_head(sl_json_str(answer, "since"), 16));
    putchar('\n');
    for (size_t i = 0; i < json_array_size(numbers); i++)
        print_number(json_array_get(numbers, i));
}

int sl_cli_governance(int argc, char **argv)
{
    struct sl_api_args args;
    json_t *answer = NULL;
    uint64_t ms;
    SL_API(api);
    int code =
        sl_api_args(argc, argv, SL_API_SINCE | SL_API_JSON | SL_API_CREDENTIAL, 0, help, &args);

    if (code == SL_API_CONTINUE && args.since != NULL &&
        sl_duration_get(sl_span_str(args.since), &ms) != SL_OK) {
        fputs("sluice governance: --since takes a duration such as 24h or 30d\n", stderr);
        code = sl_cli_misuse(argv[0]);
    }
    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    code = ask(&api, args.since, &answer);
    if (code == SL_EXIT_FINE && args.json)
        sl_api_print_json(answer);
    else if (code == SL_EXIT_FINE)
        print(answer);
    json_decref(answer);
    return code;
}
