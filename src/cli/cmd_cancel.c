#include "cli/api_client.h"

static const char help[] = "usage: sluice cancel ID [--reason TEXT] [OPTIONS]\n\n"
                           "Withdraws a request that is not decided yet: its requester or owner "
                           "can. The statement that waits is\n"
                           "ended with an error.\n"
                           "ID is an approval's id, or the unique beginning or end of one.\n";

int sl_cli_cancel(int argc, char **argv)
{
    return sl_api_act_command(argc, argv, "cancel", help);
}
