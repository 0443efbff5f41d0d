#include "cli/api_client.h"

static const char help[] = "usage: sluice deny ID --reason TEXT [OPTIONS]\n\n"
                           "Says no to the action. The requester is told at once, with your name "
                           "and the reason. Your deciding\n"
                           "credential is needed ('sluice enroll'). On a terminal the word 'deny' "
                           "is asked for, unless --yes.\n"
                           "ID is an approval's id, or the unique beginning or end of one; 'sluice "
                           "show ID' shows everything.\n";

int sl_cli_deny(int argc, char **argv)
{
    return sl_api_decide_command(argc, argv, "deny", help);
}
