/* sluice link: a person's own accounts in chats. Signing in there takes a browser, so one more is
 * linked in the console; which there are, and one less, goes from here. */
#include "cli/api_client.h"

static const char help[] =
    "usage: sluice link [ISSUER [--remove]] [OPTIONS]\n\n"
    "Which accounts in chats decide as you, and where you can link one. With ISSUER (as the\n"
    "configuration calls it: slack) prints a link to the console, good once and for two minutes,\n"
    "where you sign in there, see whom you link, and say yes, with your passkey if you have one.\n"
    "There is no way without a browser. What is asked from then on you may decide there, too.\n"
    "With --remove it is unlinked, at once.\n";

static void put(const char *before, struct sl_span text)
{
    fputs(before, stdout);
    sl_api_print_text(stdout, text);
}

static const json_t *issuer_named(const json_t *links, const char *name)
{
    const json_t *all = json_object_get(links, "issuers");

    for (size_t i = 0; i < json_array_size(all); i++)
        if (sl_span_is(sl_json_str(json_array_get(all, i), "name"), name))
            return json_array_get(all, i);
    return NULL;
}

/* NULL: there is none at this issuer. */
static const json_t *account_at(const json_t *links, const json_t *issuer)
{
    const json_t *all = json_object_get(links, "accounts");

    for (size_t i = 0; i < json_array_size(all); i++)
        if (sl_span_eq(sl_json_str(json_array_get(all, i), "issuer"),
                       sl_json_str(issuer, "issuer")))
            return json_array_get(all, i);
    return NULL;
}

static int show(const struct sl_api *api, const json_t *links)
{
    const json_t *all = json_object_get(links, "issuers");

    if (api->json)
        sl_api_print_json(links);
    for (size_t i = 0; !api->json && i < json_array_size(all); i++) {
        const json_t *issuer = json_array_get(all, i);
        const json_t *account = account_at(links, issuer);

        put("", sl_json_str(issuer, "name"));
        if (account == NULL) {
            put(": none is linked. To link yours: sluice link ", sl_json_str(issuer, "name"));
        } else {
            put(": ", sl_json_str(account, "subject"));
            put(" decides as you, what was asked after ", sl_json_str(account, "since"));
        }
        putchar('\n');
    }
    if (!api->json && json_array_size(all) == 0)
        puts("No chat of the configuration has accounts to link (docs/slack.md).");
    return SL_EXIT_FINE;
}

static int unlink_it(struct sl_api *api, const json_t *account)
{
    json_t *body, *answer = NULL;

    if (account == NULL) {
        fputs("sluice link: you have no account linked there.\n", stderr);
        return SL_EXIT_REFUSED;
    }
    body = json_pack("{s:O, s:O}", "issuer", json_object_get(account, "issuer"), "subject",
                     json_object_get(account, "subject"));
    int code = sl_api_call(api, "/v1/links/end", body, &answer);
    if (code == SL_EXIT_FINE && api->json)
        sl_api_print_json(answer);
    else if (code == SL_EXIT_FINE)
        puts("It is unlinked, and decides nothing any more.");
    json_decref(answer);
    json_decref(body);
    return code;
}

static int act(struct sl_api *api, const struct sl_api_args *args, const json_t *links)
{
    const json_t *issuer = issuer_named(links, args->word);

    if (issuer == NULL) {
        fprintf(stderr, "sluice link: no chat has accounts at '%s'. sluice link says which do.\n",
                args->word);
        return SL_EXIT_REFUSED;
    }
    const json_t *account = account_at(links, issuer);
    if (args->remove)
        return unlink_it(api, account);
    if (account != NULL) {
        fputs("sluice link: one is linked there already. To unlink it: --remove\n", stderr);
        return SL_EXIT_REFUSED;
    }
    return sl_api_console_link(api, args, "/passkeys");
}

int sl_cli_link(int argc, char **argv)
{
    struct sl_api_args args;
    SL_API(api);
    json_t *links = NULL;
    bool named = argc > 1 && argv[1][0] != '-';
    unsigned options = SL_API_JSON | SL_API_CREDENTIAL | SL_API_REMOVE;
    int code = sl_api_args(argc, argv, options, named ? 1 : 0, help, &args);

    if (code == SL_API_CONTINUE && args.remove && !named)
        code = sl_cli_misuse("link");
    if (code == SL_API_CONTINUE)
        code = sl_api_open(&args, true, &api);
    if (code != SL_API_CONTINUE)
        return code;
    code = sl_api_call(&api, "/v1/links", NULL, &links);
    if (code == SL_EXIT_FINE)
        code = named ? act(&api, &args, links) : show(&api, links);
    json_decref(links);
    return code;
}
