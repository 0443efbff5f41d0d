/* sluice idp test: a provider that the running gateway knows: does it answer, and what does it say
 * of somebody who signs in? Nobody is signed in by it. */
#include "cli/idp.h"

#include "cli/api_client.h"
#include "cli/manage.h"

#include <stdio.h>
#include <time.h>

enum { LONGEST_PAUSE_S = 60 };

static struct sl_manage manage = {.command = "sluice idp"};

static void print_member(const char *before, const json_t *told, const char *member)
{
    fputs(before, stdout);
    sl_api_print_text(stdout, sl_json_str(told, member));
}

static void print_list(const char *before, const json_t *told, const char *member)
{
    size_t i;
    json_t *one;

    fputs(before, stdout);
    json_array_foreach(json_object_get(told, member), i, one)
    {
        fputs(i == 0 ? "" : ", ", stdout);
        sl_api_print_text(stdout, sl_span_str(json_string_value(one)));
    }
}

/* --- does it answer? ------------------------------------------------------------------------ */

static void show_issuer(const json_t *told)
{
    uint64_t keys = 0;

    (void)sl_json_u64(told, "keys", &keys);
    print_member("", told, "name");
    print_member(" (", told, "issuer");
    printf("): %s, %u keys\n", json_is_true(json_object_get(told, "ready")) ? "ready" : "not ready",
           (unsigned)keys);
    if (sl_json_str(told, "why").n > 0)
        print_member("", told, "why");
    if (sl_json_str(told, "why").n > 0)
        putchar('\n');
}

static int look(const char *name)
{
    json_t *reply = NULL;
    int code = sl_manage_call(&manage, "issuer.test", json_pack("{s:s}", "issuer", name), &reply);

    if (code != SL_EXIT_FINE)
        return code;
    bool is_ready = json_is_true(json_object_get(reply, "ready"));
    if (manage.json)
        sl_api_print_json(reply);
    else
        show_issuer(reply);
    json_decref(reply);
    return is_ready ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}

/* --- somebody signs in ---------------------------------------------------------------------- */

static void pause_for(const json_t *told)
{
    uint64_t seconds = 5;

    (void)sl_json_u64(told, "interval", &seconds);
    seconds = seconds < 1 ? 1 : seconds > LONGEST_PAUSE_S ? LONGEST_PAUSE_S : seconds;
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds}, NULL);
}

static int wait_for(const json_t *begun, json_t **out)
{
    json_t *told = json_incref((json_t *)begun);
    int code;

    do {
        pause_for(told);
        json_decref(told);
        told = NULL;
        code = sl_manage_call(&manage, "issuer.test",
                              json_pack("{s:O}", "poll", json_object_get(begun, "poll")), &told);
    } while (code == SL_EXIT_FINE && json_is_true(json_object_get(told, "pending")));
    *out = told;
    return code;
}

static void show_person(const json_t *told)
{
    print_member("Subject      ", told, "subject");
    print_member("\nName         ", told, "name");
    print_list("\nGroups       ", told, "groups");
    print_list("\nCounted as   ", told, "groups_here");
    print_member("\nIdentity     ", told, "identity");
    if (sl_json_str(told, "identity").n == 0)
        fputs("none: sluice identity account NAME --issuer I --subject S", stdout);
    putchar('\n');
}

/* False: it cannot be known, or the device is the way. */
static bool has_no_device(const char *name)
{
    json_t *reply = NULL;
    bool none = sl_manage_call(&manage, "issuer.test", json_pack("{s:s}", "issuer", name),
                               &reply) == SL_EXIT_FINE &&
                json_is_true(json_object_get(reply, "ready")) &&
                sl_json_str(reply, "device").n == 0;

    json_decref(reply);
    return none;
}

static int sign_in_device(const char *name)
{
    json_t *begun = NULL, *told = NULL;
    int code = sl_manage_call(&manage, "issuer.test",
                              json_pack("{s:s, s:b}", "issuer", name, "device", 1), &begun);

    if (code == SL_EXIT_REFUSED)
        fputs("hint: where this client may not use the device grant, --browser tests with a "
              "browser on this machine\n",
              stderr);
    if (code != SL_EXIT_FINE)
        return code;
    if (!manage.json) {
        print_member("Sign in once, as a test. Open this address in a browser:\n\n    ", begun,
                     "verification_uri");
        print_member("\n\nand type this code there:\n\n    ", begun, "user_code");
        puts("\n");
        fflush(stdout);
    }
    code = wait_for(begun, &told);
    if (code == SL_EXIT_FINE && manage.json)
        sl_api_print_json(told);
    else if (code == SL_EXIT_FINE)
        show_person(told);
    json_decref(told);
    json_decref(begun);
    return code;
}

static int sign_in(const char *name, bool by_browser, const char *port)
{
    if (!by_browser && !has_no_device(name))
        return sign_in_device(name);
    if (!manage.json)
        return sl_idp_test_in_browser(manage.config, name, port);
    fputs("sluice idp: the test by a browser prints no JSON\n", stderr);
    return SL_EXIT_USAGE;
}

int sl_idp_test(int argc, char **argv)
{
    bool is_sign_in = false, by_browser = false;
    const char *words[1], *port = "0";
    size_t count;
    const struct sl_manage_option options[] = {{.name = "--sign-in", .flag = &is_sign_in},
                                               {.name = "--browser", .flag = &by_browser},
                                               {.name = "--port", .value = &port}};

    if (sl_manage_words(&manage, argc, argv, options, SL_COUNT(options), words, 1, &count) !=
            SL_EXIT_FINE ||
        count != 1)
        return sl_cli_misuse("idp");
    return is_sign_in ? sign_in(words[0], by_browser, port) : look(words[0]);
}
