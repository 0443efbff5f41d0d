/* sluice serve --config F: the supervisor, in the foreground. */
#include "cli/cli.h"

#include "os/paths.h"
#include "role/super/super.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
    "usage: sluice serve [--config FILE]\n\n"
    "Starts the gateway and stays in the foreground. Prints 'ready' on standard output when it "
    "accepts\n"
    "connections, and one line an event on standard error (SLUICE_LOG=debug says more).\n\n"
    "  --config FILE   the configuration; else $SLUICE_CONFIG, ./sluice.yaml, "
    "/etc/sluice/sluice.yaml\n\n"
    "SIGHUP reads the file again: a file with an error changes nothing and the log says why.\n"
    "SIGTERM lets running statements end, then stops; a second one hurries.\n";

int sl_cli_serve(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    SL_BUF(path, 8192);
    const char *config = NULL;
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return SL_EXIT_FINE;
        }
        if (option != 'c')
            return sl_cli_misuse("serve");
        config = optarg;
    }
    if (optind != argc)
        return sl_cli_misuse("serve");
    if (sl_path_config(config, &path) != SL_OK) {
        fputs("sluice serve: no configuration: give --config FILE\n", stderr);
        return SL_EXIT_USAGE;
    }
    return sl_super_run(sl_buf_text(&path)) == 0 ? SL_EXIT_FINE : SL_EXIT_REFUSED;
}
