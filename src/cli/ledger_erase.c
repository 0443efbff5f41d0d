/* sluice ledger erase: by the keeper that runs, or on the state folder while none does. */
#include "cli/cli.h"
#include "cli/cmd_ledger_int.h"
#include "cli/manage.h"

static void show_erased(const json_t *reply)
{
    (void)reply;
    puts("erased; the ledger still verifies");
}

int sl_ledger_cmd_erase(int argc, char **argv)
{
    struct sl_manage m = {.command = "sluice ledger"};
    const char *id = NULL;
    size_t count = 0;
    json_t *body = json_object();

    int code = sl_manage_words(&m, argc - 1, argv + 1, NULL, 0, &id, 1, &count);
    if (code == SL_EXIT_FINE && count != 1)
        code = sl_cli_misuse("ledger");
    if (code != SL_EXIT_FINE) {
        json_decref(body);
        return code;
    }
    json_object_set_new(body, "id", json_string(id));
    return sl_manage_run(&m, "approval.erase", body, show_erased);
}
