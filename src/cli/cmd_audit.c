/* sluice audit: finds entries of the ledger. */
#include "cli/api_client.h"
#include "cli/audit_print.h"

#include "base/when.h"

static const char help[] =
    "usage: sluice audit [--identity NAME] [--dataset NAME] [--label LABEL] [--verdict VERDICT]\n"
    "                    [--kind KIND] [--event EVENT] [--rule NAME] [--target NAME]\n"
    "                    [--approval ID] [--only WHAT] [--since TIME] [--until TIME]\n"
    "                    [--export csv|jsonl] [OPTIONS]\n\n"
    "Shows the entries of the ledger that have all of it, newest first, each with its number. An "
    "allowed action\n"
    "stands in an entry with others: 17.3 is the fourth of entry 17. A TIME is a duration back "
    "from "
    "now (7d) or\n"
    "a point in time (2026-11-23T03:45:12.000000Z). --only: unruled (labelled reads that the "
    "default alone\n"
    "allowed), quick (a yes within 3 seconds), self (people who tried to decide what is "
    "theirs).\n\n"
    "--export prints all of it for a file, each line with the proof that its entry is in the "
    "signed tree. Whoever\n"
    "searches believes the gateway's index; who wants to believe nothing runs sluice ledger "
    "verify.\n";

static bool is_time(const char *text)
{
    uint64_t n;

    return text == NULL || sl_duration_get(sl_span_str(text), &n) == SL_OK ||
           sl_when_get(sl_span_str(text), &n) == SL_OK;
}

static bool are_right(const struct sl_api_args *args)
{
    uint64_t limit;

    if (!is_time(args->since) || !is_time(args->until)) {
        fputs("sluice audit: a time is a duration such as 7d, or 2026-11-23T03:45:12.000000Z\n",
              stderr);
        return false;
    }
    if (args->limit != NULL &&
        (sl_span_u64(sl_span_str(args->limit), &limit) != SL_OK || limit == 0 || limit > 1000)) {
        fputs("sluice audit: --limit takes a number from 1 to 1000\n", stderr);
        return false;
    }
    if (args->export != NULL && strcmp(args->export, "csv") != 0 &&
        strcmp(args->export, "jsonl") != 0) {
        fputs("sluice audit: --export takes csv or jsonl\n", stderr);
        return false;
    }
    return true;
}

static void put_field(struct sl_buf *path, const char *name, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";

    if (value == NULL)
        return;
    sl_buf_say(path, "%s%s=", strchr(sl_buf_text(path), '?') == NULL ? "?" : "&", name);
    for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || strchr("-_.,", *p) != NULL;

        if (!plain)
            sl_buf_put_u8(path, '%');
        sl_buf_put_u8(path, plain ? *p : (uint8_t)digits[*p >> 4]);
        if (!plain)
            sl_buf_put_u8(path, (uint8_t)digits[*p & 15]);
    }
}

static void put_fields(struct sl_buf *path, const struct sl_api_args *args)
{
    put_field(path, "identity", args->identity);
    put_field(path, "dataset", args->dataset);
    put_field(path, "label", args->label);
    put_field(path, "verdict", args->verdict);
    put_field(path, "kind", args->kind);
    put_field(path, "event", args->event);
    put_field(path, "rule", args->rule);
    put_field(path, "target", args->target);
    put_field(path, "approval", args->approval);
    put_field(path, "only", args->only);
    put_field(path, "entries", args->entries);
    put_field(path, "since", args->since);
    put_field(path, "until", args->until);
}

static int ask(struct sl_api *api, const struct sl_api_args *args, const char *before,
               const char *limit, json_t **answer)
{
    SL_BUF(path, 16 * 1024);

    sl_buf_put_str(&path, "/v1/audit");
    put_fields(&path, args);
    put_field(&path, "before", before);
    put_field(&path, "limit", limit);
    return sl_api_call(api, sl_buf_text(&path), NULL, answer);
}

/* A call looks at a part of the ledger only: as long as it found nothing it goes on further back.
 */
static int search(struct sl_api *api, const struct sl_api_args *args, const char *limit,
                  json_t **answer)
{
    int code = ask(api, args, args->before, limit, answer);

    while (code == SL_EXIT_FINE && json_array_size(json_object_get(*answer, "lines")) == 0 &&
           json_is_true(json_object_get(*answer, "more"))) {
        json_t *last = *answer;

        *answer = NULL;
        code = ask(api, args, json_string_value(json_object_get(last, "before")), limit, answer);
        json_decref(last);
    }
    return code;
}

static void print(const json_t *answer)
{
    bool more = json_is_true(json_object_get(answer, "more"));
    size_t count = sl_audit_print_lines(answer);

    if (count == 0 && !more)
        puts("nothing found");
    if (more) {
        fputs("(there may be more: --before ", stdout);
        sl_api_print_text(stdout, sl_json_str(answer, "before"));
        puts(")");
    }
}

/* --- export --------------------------------------------------------------------------------- */

struct export
{
    bool whole; /* the last line was the end's */
};

static bool print_line(void *owner, struct sl_span line)
{
    struct export *x = owner;

    x->whole =
        sl_span_starts(line, SL_SPAN("{\"end\":")) || sl_span_starts(line, SL_SPAN("\"end\","));
    return fwrite(line.p, 1, line.n, stdout) == line.n && putchar('\n') != EOF;
}

/* The question is tried first: what is wrong with it is said as always, and not into the file. */
static int export(struct sl_api *api, const struct sl_api_args *args)
{
    SL_BUF(path, 16 * 1024);
    struct export x = {.whole = false};
    json_t *first = NULL;
    long status = 0;
    int code = ask(api, args, NULL, "1", &first);

    json_decref(first);
    if (code != SL_EXIT_FINE)
        return code;
    sl_buf_put_str(&path, "/v1/audit/export");
    put_field(&path, "format", args->export);
    put_fields(&path, args);
    sl_api_stream(api, sl_buf_text(&path), "", print_line, &x, &status);
    if (x.whole && status == 200 && fflush(stdout) == 0)
        return SL_EXIT_FINE;
    fputs("sluice audit: the export broke off: it has no end, do not use it\n", stderr);
    return SL_EXIT_UNREACHABLE;
}

int sl_cli_audit(int argc, char **argv)
{
    struct sl_api_args args;
    json_t *answer = NULL;
    SL_API(api);
    int code =
        sl_api_args(argc, argv,
                    SL_API_AUDIT | SL_API_SINCE | SL_API_TARGET | SL_API_JSON | SL_API_CREDENTIAL,
                    0, help, &args);

    if (code == SL_API_CONTINUE)
        code = are_right(&args) ? sl_api_open(&args, true, &api) : sl_cli_misuse(argv[0]);
    if (code != SL_API_CONTINUE)
        return code;
    if (args.export != NULL)
        return export(&api, &args);
    code = search(&api, &args, args.limit, &answer);
    if (code == SL_EXIT_FINE && args.json)
        sl_api_print_json(answer);
    else if (code == SL_EXIT_FINE)
        print(answer);
    json_decref(answer);
    return code;
}
