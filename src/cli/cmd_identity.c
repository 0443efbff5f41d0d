/* sluice identity: who there is, whose they are, and the kill switch. */
#include "cli/api_client.h"
#include "cli/cli.h"
#include "cli/manage.h"

#include <stdio.h>

static const char help[] =
    "usage: sluice identity SUBCOMMAND [ARGUMENTS] [--config FILE | --state DIR] [--json]\n\n"
    "  add NAME --kind human|agent|service [--owner NAME] [--group G]... [--os-user UID]\n"
    "      a human gets a one-time code, with which they claim their deciding credential (sluice "
    "enroll)\n"
    "  list\n"
    "  disable NAME            ends sessions, holds and unspent grants; cannot be undone\n"
    "  pause NAME | --all-agents [--off]\n"
    "                          the same, until --off\n"
    "  link NAME OTHER         two accounts of one person: they count once, and neither decides "
    "for the other\n"
    "  link NAME --os-user UID who sits at this command under that user number\n"
    "  group NAME GROUP [--remove]\n"
    "  delegate NAME OTHER [--for 7d] [--remove]\n"
    "                          OTHER acts for NAME while they are away, and decides nothing that "
    "NAME could not\n"
    "  invite NAME             a new one-time code\n"
    "  account NAME --issuer I --subject S [--remove]\n"
    "                          whom that issuer (a name of `issuers`, or its URL) calls S in its "
    "tokens "
    "is NAME;\n"
    "                          --remove ends what came from it\n\n"
    "Works on the running keeper, or on the state folder while nothing runs. Under 'govern: "
    "two-person' what\n"
    "loosens something is held until another person approves it: run the same command again "
    "then.\n";

static struct sl_manage manage = {.command = "sluice identity"};

static int finish(const char *method, json_t *body, json_t **reply)
{
    int code = sl_manage_call(&manage, method, body, reply);

    if (code != SL_EXIT_FINE)
        return code;
    if (!manage.json)
        return SL_EXIT_FINE;
    sl_manage_print(json_incref(*reply));
    return SL_EXIT_FINE;
}

static void print_code(json_t *reply)
{
    struct sl_span code = sl_json_str(reply, "code"), name = sl_json_str(reply, "name");

    if (code.n > 0 && !manage.json)
        printf("%.*s can claim a deciding credential within 24 hours:\n  sluice enroll %.*s\n",
               (int)name.n, (const char *)name.p, (int)code.n, (const char *)code.p);
}

static int quiet(const char *method, json_t *body)
{
    json_t *reply = NULL;
    int code = finish(method, body, &reply);

    if (code == SL_EXIT_FINE)
        print_code(reply);
    json_decref(reply);
    return code;
}

static int add(int argc, char **argv)
{
    const char *kind = "", *owner = "", *os_user = "", *words[1];
    json_t *groups = json_array(), *body = json_object();
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--kind", .value = &kind},
                                               {.name = "--owner", .value = &owner},
                                               {.name = "--os-user", .value = &os_user},
                                               {.name = "--group", .many = groups}};
    int code = sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 1, &count);

    json_object_set_new(body, "groups", groups);
    if (code != SL_EXIT_FINE || count != 1) {
        json_decref(body);
        return sl_cli_misuse("identity");
    }
    json_object_set_new(body, "name", json_string(words[0]));
    json_object_set_new(body, "kind", json_string(kind));
    json_object_set_new(body, "owner", json_string(owner));
    json_object_set_new(body, "os_user", json_string(os_user));
    return quiet("identity.add", body);
}

static void put_list(const json_t *array)
{
    size_t i;
    json_t *item;

    if (json_array_size(array) == 0)
        fputs("-", stdout);
    json_array_foreach(array, i, item) printf("%s%s", i > 0 ? "," : "", json_string_value(item));
}

static void put_accounts(const json_t *accounts)
{
    size_t i;
    json_t *one;

    json_array_foreach(accounts, i, one)
        printf("%20s account: %s at %s\n", "", json_string_value(json_object_get(one, "subject")),
               json_string_value(json_object_get(one, "issuer")));
}

/* Of the person's own choice, perhaps: beside the name, never in its place. */
static void put_display(const json_t *text)
{
    if (!json_is_string(text))
        return;
    printf("%20s called there: ", "");
    sl_api_print_text(stdout, sl_span(json_string_value(text), json_string_length(text)));
    putchar('\n');
}

static void put_away(const json_t *away)
{
    if (away == NULL)
        return;
    printf("  away: %s to %s", json_string_value(json_object_get(away, "from")),
           json_string_value(json_object_get(away, "until")));
    if (json_object_get(away, "stand_in") != NULL)
        printf(", stand-in: %s", json_string_value(json_object_get(away, "stand_in")));
}

static void put_identity(const json_t *one)
{
    const char *owner = json_string_value(json_object_get(one, "owner"));

    printf("%-20s %-8s %-9s %-12s ", json_string_value(json_object_get(one, "name")),
           json_string_value(json_object_get(one, "kind")),
           json_string_value(json_object_get(one, "status")),
           owner == NULL || owner[0] == '\0' ? "-" : owner);
    put_list(json_object_get(one, "groups"));
    if (json_array_size(json_object_get(one, "linked")) > 0) {
        fputs("  linked: ", stdout);
        put_list(json_object_get(one, "linked"));
    }
    if (json_array_size(json_object_get(one, "delegates")) > 0) {
        fputs("  delegates: ", stdout);
        put_list(json_object_get(one, "delegates"));
    }
    put_away(json_object_get(one, "away"));
    puts(json_is_true(json_object_get(one, "can_decide")) ? "  can decide" : "");
    put_display(json_object_get(one, "display"));
    put_accounts(json_object_get(one, "accounts"));
}

static int list(int argc, char **argv)
{
    json_t *reply = NULL, *item;
    size_t count, i;
    const char *words[1];

    if (sl_manage_words(&manage, argc, argv, NULL, 0, words, 0, &count) != SL_EXIT_FINE)
        return sl_cli_misuse("identity");
    int code = finish("identity.list", json_object(), &reply);
    if (code == SL_EXIT_FINE && !manage.json) {
        printf("%-20s %-8s %-9s %-12s %s\n", "NAME", "KIND", "STATUS", "OWNER", "GROUPS");
        json_array_foreach(json_object_get(reply, "identities"), i, item) put_identity(item);
    }
    json_decref(reply);
    return code;
}

static int one_name(int argc, char **argv, const char *method)
{
    const char *words[1];
    size_t count;

    if (sl_manage_words(&manage, argc, argv, NULL, 0, words, 1, &count) != SL_EXIT_FINE ||
        count != 1)
        return sl_cli_misuse("identity");
    return quiet(method, json_pack("{s:s}", "name", words[0]));
}

static int disable(int argc, char **argv)
{
    return one_name(argc, argv, "identity.disable");
}

static int invite(int argc, char **argv)
{
    return one_name(argc, argv, "identity.invite");
}

static int pause_(int argc, char **argv)
{
    bool all = false, off = false;
    const char *words[1];
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--all-agents", .flag = &all},
                                               {.name = "--off", .flag = &off}};

    if (sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 1, &count) !=
            SL_EXIT_FINE ||
        (count == 1) == all)
        return sl_cli_misuse("identity");
    json_t *body = json_pack("{s:b, s:b}", "off", off, "all_agents", all);
    if (count == 1)
        json_object_set_new(body, "name", json_string(words[0]));
    return quiet("identity.pause", body);
}

static int link_(int argc, char **argv)
{
    const char *os_user = NULL, *words[2];
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--os-user", .value = &os_user}};

    if (sl_manage_words(&manage, argc, argv, options, 1, words, 2, &count) != SL_EXIT_FINE ||
        count != (os_user == NULL ? 2 : 1))
        return sl_cli_misuse("identity");
    return quiet("identity.link",
                 os_user == NULL ? json_pack("{s:s, s:s}", "name", words[0], "to", words[1])
                                 : json_pack("{s:s, s:s}", "name", words[0], "os_user", os_user));
}

static int group(int argc, char **argv)
{
    bool gone = false;
    const char *words[2];
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--remove", .flag = &gone}};

    if (sl_manage_words(&manage, argc, argv, options, 1, words, 2, &count) != SL_EXIT_FINE ||
        count != 2)
        return sl_cli_misuse("identity");
    return quiet("identity.group", json_pack("{s:s, s:s, s:b}", "name", words[0], "group", words[1],
                                             "member", !gone));
}

static int delegate(int argc, char **argv)
{
    const char *ttl = "", *words[2];
    bool off = false;
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--for", .value = &ttl},
                                               {.name = "--remove", .flag = &off}};

    if (sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 2, &count) !=
            SL_EXIT_FINE ||
        count != 2)
        return sl_cli_misuse("identity");
    return quiet("identity.delegate", json_pack("{s:s, s:s, s:s, s:b}", "name", words[0], "to",
                                                words[1], "ttl", ttl, "off", off));
}

static int account(int argc, char **argv)
{
    const char *issuer = NULL, *subject = NULL, *words[1];
    bool gone = false;
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--issuer", .value = &issuer},
                                               {.name = "--subject", .value = &subject},
                                               {.name = "--remove", .flag = &gone}};

    if (sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 1, &count) !=
            SL_EXIT_FINE ||
        count != 1 || issuer == NULL || subject == NULL)
        return sl_cli_misuse("identity");
    return quiet(gone ? "account.unlink" : "account.link",
                 json_pack("{s:s, s:s, s:s}", "name", words[0], "issuer", issuer, "subject",
                           subject));
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} subcommands[] = {
    {"add", add},       {"list", list},         {"disable", disable},
    {"pause", pause_},  {"link", link_},        {"group", group},
    {"invite", invite}, {"delegate", delegate}, {"account", account},
};

int sl_cli_identity(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return SL_EXIT_FINE;
        }
    for (size_t i = 0; argc > 1 && i < SL_COUNT(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].run(argc - 2, argv + 2);
    return sl_cli_misuse("identity");
}
