/* sluice review: what one person did alone, and signing it off. */
#include "cli/api_client.h"

static const char help[] =
    "usage: sluice review [--json]\n"
    "       sluice review ID --reason TEXT\n\n"
    "What one person did alone: released a held action (break-glass), or went past 'govern: "
    "two-person'. The\n"
    "first form lists it; the second says that you have looked at it. Two people who had no part "
    "in "
    "it have to,\n"
    "within the time that is shown; until then 'sluice status' says so, and afterwards 'sluice "
    "ledger verify' too.\n";

static void put_text(const json_t *one, const char *key)
{
    sl_api_print_text(stdout, sl_json_str(one, key));
}

static void put_one(const json_t *one)
{
    uint64_t signed_off = 0, needed = 0;

    sl_json_u64(one, "signed_off", &signed_off);
    sl_json_u64(one, "needed", &needed);
    put_text(one, "id");
    printf("  %llu of %llu  ", (unsigned long long)signed_off, (unsigned long long)needed);
    fputs(json_is_true(json_object_get(one, "overdue")) ? "OVERDUE since " : "until ", stdout);
    put_text(one, "review_by");
    fputs("\n  ", stdout);
    put_text(one, "kind");
    fputs(" by ", stdout);
    put_text(one, "by");
    fputs(", ", stdout);
    put_text(one, "at");
    fputs(": ", stdout);
    sl_api_print_head(stdout, sl_json_str(one, "reason"), 200);
    putchar('\n');
}

static int list(struct sl_api *api)
{
    json_t *reply = NULL, *one;
    size_t i;
    int code = sl_api_call(api, "/v1/reviews", NULL, &reply);

    if (code != SL_EXIT_FINE)
        return code;
    const json_t *all = json_object_get(reply, "reviews");
    if (api->json)
        sl_api_print_json(reply);
    else if (json_array_size(all) == 0)
        puts("Nobody did anything alone.");
    else
        json_array_foreach(all, i, one) put_one(one);
    if (!api->json && json_is_true(json_object_get(reply, "more")))
        puts("(there are more)");
    json_decref(reply);
    return SL_EXIT_FINE;
}

static int sign(struct sl_api *api, const struct sl_api_args *args)
{
    json_t *body = json_pack("{s:s}", "reason", args->reason), *reply = NULL;
    SL_BUF(path, 128);

    sl_buf_say(&path, "/v1/reviews/%s", args->word);
    int code = sl_api_call(api, sl_buf_text(&path), body, &reply);
    if (code == SL_EXIT_FINE && api->json)
        sl_api_print_json(reply);
    else if (code == SL_EXIT_FINE)
        put_one(reply);
    json_decref(body);
    json_decref(reply);
    return code;
}

static bool gives_reason(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--reason", 8) == 0)
            return true;
    return false;
}

int sl_cli_review(int argc, char **argv)
{
    bool signs = gives_reason(argc, argv);
    struct sl_api_args args;
    SL_API(api);
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_REASON | SL_API_CREDENTIAL,
                           signs ? 1 : 0, help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    return signs ? sign(&api, &args) : list(&api);
}
