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

static void show_token(const json_t *reply)
{
    printf("%s\n", json_string_value(json_object_get(reply, "token")));
}

static int create(int argc, char **argv)
{
    const char *ttl = "", *words[1];
    size_t count;
    json_t *for_whom = json_array();
    const struct sl_manage_option options[] = {{.name = "--ttl", .value = &ttl},
                                               {.name = "--for", .many = for_whom}};

    if (sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 1, &count) !=
            SL_EXIT_FINE ||
        count != 1) {
        json_decref(for_whom);
        return sl_cli_misuse("token");
    }
    return sl_manage_run(
        &manage, "token.create",
        json_pack("{s:s, s:s, s:o}", "name", words[0], "ttl", ttl, "for", for_whom), show_token);
}

static int revoke(int argc, char **argv)
{
    const char *all = NULL, *words[1];
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--all", .value = &all}};

    if (sl_manage_words(&manage, argc, argv, options, 1, words, 1, &count) != SL_EXIT_FINE ||
        (count == 1) == (all != NULL))
        return sl_cli_misuse("token");
    json_t *body =
        all != NULL ? json_pack("{s:s}", "name", all) : json_pack("{s:s}", "id", words[0]);
    return sl_manage_run(&manage, "token.revoke", body, NULL);
}

static void put_token(const json_t *one)
{
    const char *expires = json_string_value(json_object_get(one, "expires_at"));

    printf("%-18s %-20s %-9s %-28s %s\n", json_string_value(json_object_get(one, "id")),
           json_string_value(json_object_get(one, "identity")),
           json_string_value(json_object_get(one, "kind")), expires == NULL ? "-" : expires,
           json_is_true(json_object_get(one, "revoked")) ? "revoked" : "");
}

static void show_tokens(const json_t *reply)
{
    size_t i;
    json_t *item;

    printf("%-18s %-20s %-9s %-28s\n", "ID", "IDENTITY", "KIND", "EXPIRES");
    json_array_foreach(json_object_get(reply, "tokens"), i, item) put_token(item);
}

static int list(int argc, char **argv)
{
    const char *words[1] = {""};
    size_t count;

    if (sl_manage_words(&manage, argc, argv, NULL, 0, words, 1, &count) != SL_EXIT_FINE)
        return sl_cli_misuse("token");
    return sl_manage_run(&manage, "token.list",
                         json_pack("{s:s}", "name", count == 1 ? words[0] : ""), show_tokens);
}

int sl_cli_token(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } subcommands[] = {{"create", create}, {"revoke", revoke}, {"list", list}};

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    for (size_t i = 0; argc > 1 && i < SL_COUNT(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].run(argc - 2, argv + 2);
    return sl_cli_misuse("token");
}
