#include "cli/api_client.h"

static const char help[] =
    "usage: sluice ask ID TEXT [OPTIONS]\n\n"
    "Asks whoever wants it, and their owner, before you decide: a client that waits shows it at "
    "once. The answer is\n"
    "in 'sluice show ID'. Both are kept in the ledger; at most 1,000 bytes. Your deciding "
    "credential "
    "is needed.\n"
    "ID is an approval's id, or the unique beginning or end of one.\n";

int sl_cli_ask(int argc, char **argv)
{
    return sl_api_say_command(argc, argv, "question", help);
}
