#include "cli/api_client.h"

static const char help[] =
    "usage: sluice stop ID [--reason TEXT] [OPTIONS]\n\n"
    "Cancels the statement that an approval let run, while it runs: its requester, owner or a "
    "reviewer can.\n"
    "An envelope that may be used ends with it.\n"
    "What it did before it was stopped follows the rules of its transaction.\n"
    "ID is an approval's id, or the unique beginning or end of one.\n";

int sl_cli_stop(int argc, char **argv)
{
    return sl_api_act_command(argc, argv, "stop", help);
}
