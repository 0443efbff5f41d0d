/* The one command that people type. Each subcommand is one file, cmd_<name>.c, with one function
 * that gets argv starting at its own name and returns an exit code. */
#ifndef SL_CLI_CLI_H
#define SL_CLI_CLI_H

#include "base/err.h"

enum { SL_EXIT_FINE = 0, SL_EXIT_REFUSED = 1, SL_EXIT_USAGE = 2, SL_EXIT_UNREACHABLE = 3 };

/*  name, its arguments in one line, one sentence */
#define SL_COMMANDS(X)                                                                              \
    X(check, "[--live] [--json] [--config FILE] | --keys", "check a configuration file")            \
    X(serve, "[--config FILE]", "start the gateway, in the foreground")                             \
    X(status, "[--json] [--config FILE]", "show what runs")                                         \
    X(version, "", "print the version")

#define SL_COMMAND_DECLARE(name, words, help) int sl_cli_##name(int argc, char **argv);
SL_COMMANDS(SL_COMMAND_DECLARE)
#undef SL_COMMAND_DECLARE

/* Prints the usage line of a command to stderr; returns SL_EXIT_USAGE. */
int sl_cli_usage(const char *name);

#endif
