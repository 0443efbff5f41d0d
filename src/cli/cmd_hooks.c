/* sluice hooks: receivers of what the ledger says, and what to do about those that are behind. */
#include "cli/api_client.h"
#include "cli/cli.h"
#include "cli/manage.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sluice hooks [list|dead] [--json] [--config FILE | --state DIR]\n"
    "       sluice hooks retry HOOK [ENTRY|all]\n"
    "       sluice hooks skip HOOK ENTRY|all\n"
    "       sluice hooks test HOOK\n\n"
    "list   where each hook is in the ledger, how many entries it is behind, and what its receiver "
    "said last\n"
    "dead   what receivers refused for good: the entry's number and why (sluice ledger show tells "
    "what it is)\n"
    "retry  tells a dead letter, or all of them, once more; without ENTRY what the hook waits for, "
    "now. A paused\n"
    "       hook goes on\n"
    "skip   gives a dead letter up, or all of them, or the entry that the hook waits for: its "
    "receiver never\n"
    "       hears of it. Under govern: two-person somebody else has to say yes\n"
    "test   sends a message that says nothing, and shows the answer\n\n"
    "Asked of the running keeper.\n";

static struct sl_manage manage = {.command = "sluice hooks"};

static void show_hook(const json_t *one)
{
    sl_api_print_behind("", one, "name");
    sl_api_print_behind("  ", one, "state");
    sl_api_print_behind("  ", one, "format");
    sl_api_print_behind(" to ", one, "place");
    printf("  next %llu, %llu behind", (unsigned long long)sl_api_number(one, "next"),
           (unsigned long long)sl_api_number(one, "behind"));
    if (sl_api_number(one, "dead") > 0)
        printf(", %llu dead", (unsigned long long)sl_api_number(one, "dead"));
    if (sl_api_number(one, "attempts") > 0)
        printf(", %llu attempts", (unsigned long long)sl_api_number(one, "attempts"));
    sl_api_print_behind("; ", one, "why");
    sl_api_print_behind("; again at ", one, "again_at");
    putchar('\n');
}

static void show_all(const json_t *reply)
{
    const json_t *hooks = json_object_get(reply, "hooks");

    for (size_t i = 0; i < json_array_size(hooks); i++)
        show_hook(json_array_get(hooks, i));
    if (json_array_size(hooks) == 0)
        puts("The configuration has no hooks (docs/hooks.md).");
}

static void show_letters(const json_t *hook)
{
    const json_t *letters = json_object_get(hook, "dead_letters");

    for (size_t i = 0; i < json_array_size(letters); i++) {
        const json_t *one = json_array_get(letters, i);

        sl_api_print_behind("", hook, "name");
        printf("  entry %llu  status %llu", (unsigned long long)sl_api_number(one, "entry"),
               (unsigned long long)sl_api_number(one, "status"));
        sl_api_print_behind("  ", one, "at");
        printf("  %llu attempts", (unsigned long long)sl_api_number(one, "attempts"));
        sl_api_print_behind("; ", one, "why");
        putchar('\n');
    }
    if (sl_api_number(hook, "dead") > json_array_size(letters))
        printf("and %llu more\n",
               (unsigned long long)(sl_api_number(hook, "dead") - json_array_size(letters)));
}

static void show_dead(const json_t *reply)
{
    const json_t *hooks = json_object_get(reply, "hooks");

    for (size_t i = 0; i < json_array_size(hooks); i++)
        show_letters(json_array_get(hooks, i));
}

static void show_done(const json_t *reply)
{
    sl_api_print_behind("", reply, "name");
    puts(": done");
}

/* A number, or "all", or nothing. */
static bool put_entry(json_t *body, const char *word)
{
    uint64_t entry = 0;

    if (word == NULL)
        return true;
    if (strcmp(word, "all") == 0)
        return json_object_set_new(body, "entry", json_string("all")) == 0;
    return sl_span_u64(sl_span_str(word), &entry) == SL_OK && entry <= INT64_MAX &&
           json_object_set_new(body, "entry", json_integer((json_int_t)entry)) == 0;
}

static int change(const char *method, const char *hook, const char *entry)
{
    json_t *body = json_pack("{s:s}", "name", hook);

    if (put_entry(body, entry))
        return sl_manage_run(&manage, method, body, show_done);
    json_decref(body);
    fputs("sluice hooks: an entry is a number of the ledger, or all\n", stderr);
    return sl_cli_misuse("hooks");
}

static int test(const char *hook)
{
    json_t *reply = NULL;
    int code = sl_manage_call(&manage, "hook.test", json_pack("{s:s}", "name", hook), &reply);

    if (code != SL_EXIT_FINE)
        return code;
    uint64_t status = sl_api_number(reply, "status");
    if (manage.json)
        sl_api_print_json(reply);
    else if (status != 0)
        printf("%s answered with status %llu\n", hook, (unsigned long long)status);
    else
        sl_api_print_behind("No answer: ", reply, "why");
    if (!manage.json && status == 0)
        putchar('\n');
    json_decref(reply);
    return status >= 200 && status <= 299 ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}

static int run(const char **words, size_t count)
{
    const char *verb = count == 0 ? "list" : words[0];

    if (strcmp(verb, "list") == 0 && count <= 1)
        return sl_manage_run(&manage, "hooks", json_object(), show_all);
    if (strcmp(verb, "dead") == 0 && count == 1)
        return sl_manage_run(&manage, "hooks", json_object(), show_dead);
    if (strcmp(verb, "retry") == 0 && (count == 2 || count == 3))
        return change("hook.retry", words[1], count == 3 ? words[2] : NULL);
    if (strcmp(verb, "skip") == 0 && count == 3)
        return change("hook.skip", words[1], words[2]);
    if (strcmp(verb, "test") == 0 && count == 2)
        return test(words[1]);
    return sl_cli_misuse("hooks");
}

int sl_cli_hooks(int argc, char **argv)
{
    const char *words[3];
    size_t count = 0;

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (sl_manage_words(&manage, argc - 1, argv + 1, NULL, 0, words, SL_COUNT(words), &count) !=
        SL_EXIT_FINE)
        return sl_cli_misuse("hooks");
    return run(words, count);
}
