#include "cli/api_client.h"

static const char help[] = "usage: sluice approve ID --reason TEXT [OPTIONS]\n\n"
                           "Says yes to exactly the action that is shown. The digest of what you "
                           "were shown goes along, and the\n"
                           "keeper refuses if the action is another. Your deciding credential is "
                           "needed ('sluice enroll'); nobody who\n"
                           "asked for the action can approve it. On a terminal the word 'approve' "
                           "is asked for, unless --yes.\n"
                           "ID is an approval's id, or the unique beginning or end of one; 'sluice "
                           "show ID' shows everything.\n";

int sl_cli_approve(int argc, char **argv)
{
    return sl_api_decide_command(argc, argv, "approve", help);
}
