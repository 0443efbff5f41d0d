/* sluice token: what an identity signs in with. A token asks; it never decides. */
#include "cli/cli.h"
#include "cli/manage.h"

#include <stdio.h>

static const char help[] =
    "usage: sluice token SUBCOMMAND [ARGUMENTS] [--config FILE | --state DIR] [--json]\n\n"
    "  create NAME [--ttl 8h] [--for PERSON]...\n"
    "                           prints the token, alone, once: it cannot be shown again. --for: on "
    "whose behalf\n"
    "                           its holder asks; none of them decides about it\n"
    "  revoke ID | --all NAME   ends the sessions that were opened with it\n"
    "  list [NAME]\n\n"
    "Works on the running keeper, or on the state folder while nothing runs.\n";

static struct sl_manage manage = {.command = "sluice token"};

static int create(int argc, char **argv)
{
    const char *ttl = "", *words[1];
    size_t count;
    json_t *reply = NULL, *for_whom = json_array();
    const struct sl_manage_option options[] = {{.name = "--ttl", .value = &ttl},
                                               {.name = "--for", .many = for_whom}};

    if (sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 1, &count) !=
            SL_EXIT_FINE ||
        count != 1) {
        json_decref(for_whom);
        return sl_cli_misuse("token");
    }
    int code =
        sl_manage_call(&manage, "token.create",
                       json_pack("{s:s, s:s, s:o}", "name", words[0], "ttl", ttl, "for", for_whom),
                       &reply);
    if (code != SL_EXIT_FINE)
        return code;
    if (manage.json)
        return sl_manage_print(reply);
    printf("%s\n", json_string_value(json_object_get(reply, "token")));
    json_decref(reply);
    return SL_EXIT_FINE;
}

static int revoke(int argc, char **argv)
{
    const char *all = NULL, *words[1];
    size_t count;
    json_t *reply = NULL;
    const struct sl_manage_option options[] = {{.name = "--all", .value = &all}};

    if (sl_manage_words(&manage, argc, argv, options, 1, words, 1, &count) != SL_EXIT_FINE ||
        (count == 1) == (all != NULL))
        return sl_cli_misuse("token");
    json_t *body =
        all != NULL ? json_pack("{s:s}", "name", all) : json_pack("{s:s}", "id", words[0]);
    int code = sl_manage_call(&manage, "token.revoke", body, &reply);
    if (code != SL_EXIT_FINE)
        return code;
    if (manage.json)
        return sl_manage_print(reply);
    json_decref(reply);
    return SL_EXIT_FINE;
}

static void put_token(const json_t *one)
{
    const char *expires = json_string_value(json_object_get(one, "expires_at"));

    printf("%-18s %-20s %-9s %-28s %s\n", json_string_value(json_object_get(one, "id")),
           json_string_value(json_object_get(one, "identity")),
           json_string_value(json_object_get(one, "kind")), expires == NULL ? "-" : expires,
           json_is_true(json_object_get(one, "revoked")) ? "revoked" : "");
}

static int list(int argc, char **argv)
{
    const char *words[1] = {""};
    size_t count, i;
    json_t *reply = NULL, *item;

    if (sl_manage_words(&manage, argc, argv, NULL, 0, words, 1, &count) != SL_EXIT_FINE)
        return sl_cli_misuse("token");
    int code = sl_manage_call(&manage, "token.list",
                              json_pack("{s:s}", "name", count == 1 ? words[0] : ""), &reply);
    if (code != SL_EXIT_FINE)
        return code;
    if (manage.json)
        return sl_manage_print(reply);
    printf("%-18s %-20s %-9s %-28s\n", "ID", "IDENTITY", "KIND", "EXPIRES");
    json_array_foreach(json_object_get(reply, "tokens"), i, item) put_token(item);
    json_decref(reply);
    return SL_EXIT_FINE;
}

int sl_cli_token(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } subcommands[] = {{"create", create}, {"revoke", revoke}, {"list", list}};

    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return SL_EXIT_FINE;
        }
    for (size_t i = 0; argc > 1 && i < SL_COUNT(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].run(argc - 2, argv + 2);
    return sl_cli_misuse("token");
}
