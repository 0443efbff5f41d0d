/* sluice away, sluice back: that one does not decide for a while, and who does instead. */
#include "cli/api_client.h"

static const char away_help[] =
    "usage: sluice away [--json]\n"
    "       sluice away --until TIME [--from TIME] [--stand-in NAME] [--reason TEXT]\n\n"
    "Says that you are away: nobody waits for you meanwhile, and NAME may decide in your place "
    "what "
    "is asked in that\n"
    "time. Said anew, it takes the place of what you said before; 'sluice back' ends it. Without "
    "options it says what is\n"
    "noted of you. TIME is in UTC (2026-12-24, its beginning, or 2026-12-24T18:00Z), or a duration "
    "from now (7d).\n";
static const char back_help[] =
    "usage: sluice back [--json]\n\n"
    "Says that you are back, or will not be away: nobody decides in your place any more, and what "
    "still waits after a yes\n"
    "that was given so needs another.\n";

static void print(const json_t *reply)
{
    const json_t *away = json_object_get(reply, "away"), *one;
    const json_t *others = json_object_get(reply, "stands_in_for");
    size_t i;

    if (away == NULL)
        fputs("You are not away", stdout);
    else
        sl_api_print_text(stdout, sl_json_str(away, "says"));
    puts(".");
    json_array_foreach(others, i, one)
    {
        fputs("You stand in for ", stdout);
        sl_api_print_text(stdout, sl_span_str(json_string_value(one)));
        puts(".");
    }
}

/* Somebody else decides about it first (govern: two-person). */
static int say_held(const json_t *reply)
{
    fputs("sluice away: ", stderr);
    sl_api_print_text(stderr, sl_json_str(reply, "detail"));
    fputs("\n  hint: ", stderr);
    sl_api_print_text(stderr, sl_json_str(reply, "hint"));
    fputc('\n', stderr);
    return SL_EXIT_REFUSED;
}

static int call(struct sl_api *api, const char *path, const json_t *body)
{
    json_t *reply = NULL;
    int code = sl_api_call(api, path, body, &reply);

    if (code == SL_EXIT_FINE && api->json)
        sl_api_print_json(reply);
    if (code == SL_EXIT_FINE && sl_json_str(reply, "approval").n > 0)
        code = api->json ? SL_EXIT_REFUSED : say_held(reply);
    else if (code == SL_EXIT_FINE && !api->json)
        print(reply);
    json_decref(reply);
    return code;
}

static int say(struct sl_api *api, const struct sl_api_args *args)
{
    json_t *body = json_pack("{s:s, s:s*, s:s*, s:s*}", "until", args->until, "from", args->from,
                             "stand_in", args->stand_in, "reason", args->reason);
    int code = call(api, "/v1/me/away", body);

    json_decref(body);
    return code;
}

int sl_cli_away(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    int code =
        sl_api_args(argc, argv, SL_API_AWAY | SL_API_REASON | SL_API_JSON | SL_API_CREDENTIAL, 0,
                    away_help, &args);

    if (code != SL_API_CONTINUE)
        return code;
    if (args.until == NULL && (args.from != NULL || args.stand_in != NULL || args.reason != NULL)) {
        fputs("sluice away: until when?\n", stderr);
        return sl_cli_misuse("away");
    }
    code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    return args.until == NULL ? call(&api, "/v1/whoami", NULL) : say(&api, &args);
}

int sl_cli_back(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    int code = sl_api_args(argc, argv, SL_API_JSON | SL_API_CREDENTIAL, 0, back_help, &args);

    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    json_t *body = json_object();
    code = call(&api, "/v1/me/back", body);
    json_decref(body);
    return code;
}
