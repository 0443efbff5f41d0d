#include "cli/api_client.h"

static const char help[] =
    "usage: sluice answer ID TEXT [OPTIONS]\n\n"
    "Answers what a reviewer asked about a request of yours, or of an agent that you own, while it "
    "waits. Every reviewer\n"
    "sees it, and the ledger keeps it; at most 1,000 bytes.\n"
    "ID is an approval's id, or the unique beginning or end of one.\n";

int sl_cli_answer(int argc, char **argv)
{
    return sl_api_say_command(argc, argv, "answer", help);
}
