/* sluice chats: where people are told of what is held, and how that goes. */
#include "cli/api_client.h"
#include "cli/cli.h"
#include "cli/manage.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sluice chats [list] [--json] [--config FILE | --state DIR]\n\n"
    "The chats of the configuration (docs/slack.md, docs/teams.md), and of each:\n"
    "current    people are told, and what they click comes\n"
    "deaf       they are told, and no click comes or counts: its socket is not open, or the\n"
    "           keys that Teams signs with cannot be read\n"
    "waiting    it does not take what it is told now, and hears it later; why says more\n"
    "no secret  one of its files cannot be read\n"
    "Below it: channels that take nothing, and why; conversations that the app was added to.\n\n"
    "Asked of the running keeper.\n";

static struct sl_manage manage = {.command = "sluice chats"};

static void show_list(const json_t *chat, const char *list, const char *key, const char *before)
{
    const json_t *all = json_object_get(chat, list);

    for (size_t i = 0; i < json_array_size(all); i++) {
        sl_api_print_behind(before, json_array_get(all, i), key);
        sl_api_print_behind(": ", json_array_get(all, i), "why");
        putchar('\n');
    }
}

static void show_all(const json_t *reply)
{
    const json_t *chats = json_object_get(reply, "chats");

    for (size_t i = 0; i < json_array_size(chats); i++) {
        const json_t *one = json_array_get(chats, i);

        sl_api_print_behind("", one, "name");
        sl_api_print_behind("  ", one, "state");
        sl_api_print_behind("  ", one, "kind");
        printf("  %llu told, %llu waiting, %llu failed",
               (unsigned long long)sl_api_number(one, "told"),
               (unsigned long long)sl_api_number(one, "waiting"),
               (unsigned long long)sl_api_number(one, "failed"));
        sl_api_print_behind("; ", one, "why");
        putchar('\n');
        show_list(one, "refused", "channel", "    takes nothing in ");
        show_list(one, "conversations", "id", "    was added to ");
    }
    if (json_array_size(chats) == 0)
        puts("The configuration has no chat (docs/slack.md, docs/teams.md).");
}

int sl_cli_chats(int argc, char **argv)
{
    const char *words[1];
    size_t count = 0;

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (sl_manage_words(&manage, argc - 1, argv + 1, NULL, 0, words, SL_COUNT(words), &count) !=
            SL_EXIT_FINE ||
        (count == 1 && strcmp(words[0], "list") != 0))
        return sl_cli_misuse("chats");
    return sl_manage_run(&manage, "chats", json_object(), show_all);
}
