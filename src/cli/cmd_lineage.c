/* sluice lineage: where data came from, where it went, who touched it. */
#include "cli/api_client.h"
#include "cli/lineage_print.h"

static const char help[] =
    "usage: sluice lineage up|down DATASET[.COLUMN] [OPTIONS]\n"
    "       sluice lineage who DATASET[.COLUMN] [--since 7d] [OPTIONS]\n"
    "       sluice lineage path FROM TO [OPTIONS]\n"
    "       sluice lineage impact DATASET[.COLUMN] [OPTIONS]\n\n"
    "up      what it was made from, column by column\n"
    "down    what was made from it, and where it left the database\n"
    "who     who read or changed it, or tried to: when, why, in which run, with whose yes\n"
    "path    the shortest way of data from one to the other; exit code 1 when there is none\n"
    "impact  what depends on it, in all\n\n"
    "A direct flow carries values; an indirect one decides which values do (WHERE, JOIN, ...).\n"
    "Only what was committed counts as a flow; `who` shows attempts too. Reviewers see "
    "everything,\n"
    "others what they and their agents did.\n";

enum { WHO_MAX = 1000 };

static size_t print_up(const json_t *answer)
{
    return sl_lineage_print_tree(answer, true);
}

static size_t print_down(const json_t *answer)
{
    return sl_lineage_print_tree(answer, false);
}

static const struct question {
    const char *name;
    unsigned words, options;
    size_t (*print)(const json_t *answer);
    const char *nothing;
} questions[] = {
    {"up", 1, 0, print_up, "It was made from nothing that Sluice saw."},
    {"down", 1, 0, print_down, "Nothing was made from it that Sluice saw."},
    {"who", 1, SL_API_SINCE, sl_lineage_print_acts, "Nobody touched it that you may see."},
    {"path", 2, 0, print_down, "There is no way from one to the other."},
    {"impact", 1, 0, sl_lineage_print_impact, ""},
};

static void put_field(struct sl_buf *path, const char *name, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";

    if (value == NULL)
        return;
    sl_buf_say(path, "%s%s=", strchr(sl_buf_text(path), '?') == NULL ? "?" : "&", name);
    for (const char *p = value; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '_' || c == '-';

        if (!plain)
            sl_buf_put_u8(path, '%');
        sl_buf_put_u8(path, plain ? c : (uint8_t)digits[c >> 4]);
        if (!plain)
            sl_buf_put_u8(path, (uint8_t)digits[c & 15]);
    }
}

static int ask(struct sl_api *api, const struct question *q, const struct sl_api_args *args)
{
    SL_BUF(path, 16 * 1024);
    SL_BUF(limit, 32);
    json_t *answer = NULL;

    sl_buf_say(&path, "/v1/lineage/%s", q->name);
    put_field(&path, q->words == 2 ? "from" : "of", args->word);
    put_field(&path, "to", args->second);
    put_field(&path, "target", args->target);
    put_field(&path, "since", args->since);
    sl_buf_say(&limit, "%u", (unsigned)WHO_MAX);
    if ((q->options & SL_API_SINCE) != 0)
        put_field(&path, "limit", sl_buf_text(&limit));
    int code = sl_api_call(api, sl_buf_text(&path), NULL, &answer);
    if (code != SL_EXIT_FINE)
        return code;
    bool found = q->words < 2 || json_array_size(json_object_get(answer, "steps")) > 0;
    if (args->json)
        sl_api_print_json(answer);
    else if (q->print(answer) == 0 && q->nothing[0] != '\0')
        puts(q->nothing);
    json_decref(answer);
    return found ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}

int sl_cli_lineage(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);

    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return sl_api_args(argc, argv,
                           SL_API_JSON | SL_API_TARGET | SL_API_SINCE | SL_API_CREDENTIAL, 0, help,
                           &args);
    for (size_t i = 0; argc > 1 && i < SL_COUNT(questions); i++) {
        const struct question *q = &questions[i];

        if (strcmp(argv[1], q->name) != 0)
            continue;
        argv[1] = argv[0];
        int code = sl_api_args(argc - 1, argv + 1,
                               SL_API_JSON | SL_API_TARGET | SL_API_CREDENTIAL | q->options,
                               q->words, help, &args);
        if (code == SL_API_CONTINUE)
            code = sl_api_open(&args, true, &api);
        return code == SL_API_CONTINUE ? ask(&api, q, &args) : code;
    }
    return sl_cli_misuse(argv[0]);
}
