/* sluice passkeys: what people sign their decisions with, as the operator sees it. Enrolling takes
 * a browser; this lists, and removes what was lost. */
#include "cli/cli.h"
#include "cli/manage.h"

#include <stdio.h>

static const char help[] =
    "usage: sluice passkeys [list [NAME]] [--config FILE | --state DIR] [--json]\n"
    "       sluice passkeys remove KEY [--reason R]\n\n"
    "  list     who has which, since when, and whether it can leave its device; young: enrolled\n"
    "           within the last three days. VOUCHED BY credential: nothing but the deciding\n"
    "           credential stood behind it, because it was its owner's first\n"
    "  remove   of somebody who lost it; what it said yes to and has not run yet is revoked\n\n"
    "Works on the running keeper, or on the state folder while nothing runs.\n";

static struct sl_manage manage = {.command = "sluice passkeys"};

static const char *text_of(const json_t *one, const char *key)
{
    const char *text = json_string_value(json_object_get(one, key));

    return text == NULL ? "-" : text;
}

static void put_passkey(const json_t *one)
{
    bool removed = json_object_get(one, "removed_at") != NULL;

    printf("%-24s %-16s %-9s %-13s %-11s %-28s %s\n", text_of(one, "key"), text_of(one, "identity"),
           text_of(one, "algorithm"),
           json_is_true(json_object_get(one, "device_bound")) ? "device-bound" : "may be synced",
           text_of(one, "vouched_by"), text_of(one, "since"),
           removed                                       ? "removed"
           : json_is_true(json_object_get(one, "young")) ? "young"
                                                         : "");
}

static void show_passkeys(const json_t *reply)
{
    size_t i;
    json_t *item;

    printf("%-24s %-16s %-9s %-13s %-11s %-28s\n", "KEY", "IDENTITY", "ALGORITHM", "DEVICE",
           "VOUCHED BY", "SINCE");
    json_array_foreach(json_object_get(reply, "passkeys"), i, item) put_passkey(item);
}

static int list(int argc, char **argv)
{
    const char *words[1] = {""};
    size_t count;

    if (sl_manage_words(&manage, argc, argv, NULL, 0, words, 1, &count) != SL_EXIT_FINE)
        return sl_cli_misuse("passkeys");
    return sl_manage_run(&manage, "passkeys",
                         json_pack("{s:s}", "name", count == 1 ? words[0] : ""), show_passkeys);
}

/* The key comes first, whatever it begins with: an id in base64url may begin with a dash. */
static int remove_one(int argc, char **argv)
{
    const char *reason = "", *words[1];
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--reason", .value = &reason}};

    if (argc < 1 ||
        sl_manage_words(&manage, argc - 1, argv + 1, options, 1, words, 1, &count) !=
            SL_EXIT_FINE ||
        count != 0)
        return sl_cli_misuse("passkeys");
    return sl_manage_run(&manage, "passkey.revoke",
                         json_pack("{s:s, s:s}", "key", argv[0], "reason", reason), NULL);
}

int sl_cli_passkeys(int argc, char **argv)
{
    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (argc > 1 && strcmp(argv[1], "remove") == 0)
        return remove_one(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "list") == 0)
        return list(argc - 2, argv + 2);
    if (argc > 1 && argv[1][0] != '-')
        return sl_cli_misuse("passkeys");
    return list(argc - 1, argv + 1);
}
