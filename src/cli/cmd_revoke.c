#include "cli/api_client.h"

static const char help[] =
    "usage: sluice revoke ID [--reason TEXT] [OPTIONS]\n\n"
    "Takes an approval back before it is spent: its requester, owner or a reviewer can.\n"
    "ID is an approval's id, or the unique beginning or end of one.\n";

int sl_cli_revoke(int argc, char **argv)
{
    return sl_api_act_command(argc, argv, "revoke", help);
}
