/* sluice idp scim: the credential with which an identity provider says who is there (SCIM). */
#include "cli/idp.h"

#include "cli/cli.h"
#include "cli/manage.h"

#include <stdio.h>

static const char help[] =
    "usage: sluice idp scim NAME [--json] [--config FILE | --state DIR]\n\n"
    "Makes the credential with which the issuer NAME of the configuration provisions people and "
    "groups at\n"
    "<public_url>/scim/v2, and prints it alone, once. It can do nothing else. The one before it is "
    "over at once.\n"
    "Works on the running Sluice.\n";

int sl_idp_scim(int argc, char **argv)
{
    struct sl_manage manage = {.command = "sluice idp scim"};
    const char *words[1];
    size_t count = 0;
    json_t *reply = NULL;

    if (sl_cli_helped(argc, argv, help))
        return SL_EXIT_FINE;
    if (sl_manage_words(&manage, argc - 1, argv + 1, NULL, 0, words, 1, &count) != SL_EXIT_FINE ||
        count != 1)
        return sl_cli_misuse("idp");
    int code =
        sl_manage_call(&manage, "scim.credential", json_pack("{s:s}", "issuer", words[0]), &reply);
    if (code != SL_EXIT_FINE)
        return code;
    if (manage.json)
        return sl_manage_print(reply);
    puts(json_string_value(json_object_get(reply, "credential")));
    json_decref(reply);
    return SL_EXIT_FINE;
}
