#include "cli/cli.h"

#include <stdio.h>

int sl_cli_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("sluice " SLUICE_VERSION);
    return SL_EXIT_FINE;
}
