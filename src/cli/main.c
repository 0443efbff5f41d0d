#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name, *words, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
#define SL_COMMAND_ROW(name, words, help) {#name, words, help, sl_cli_##name},
    SL_COMMANDS(SL_COMMAND_ROW)
#undef SL_COMMAND_ROW
};

static void print_help(FILE *out)
{
    fputs("sluice: one gateway that holds the risky action until the right person says yes\n\n"
          "usage: sluice COMMAND [ARGUMENTS]\n\n",
          out);
    for (size_t i = 0; i < SL_COUNT(commands); i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].help);
    fputs("\n'sluice COMMAND --help' says more. Exit codes: 0 fine, 1 refused or found wrong,\n"
          "2 usage, 3 cannot reach the gateway.\n",
          out);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < SL_COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int sl_cli_misuse(const char *name)
{
    const struct command *c = find(name);

    fprintf(stderr, "usage: sluice %s %s\n'sluice %s --help' says more.\n", c->name, c->words,
            c->name);
    return SL_EXIT_USAGE;
}

bool sl_cli_helped(int argc, char **argv, const char *help)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return true;
        }
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? SL_EXIT_USAGE : SL_EXIT_FINE;
    }
    const struct command *c = find(argv[1]);
    if (c == NULL) {
        fprintf(stderr, "sluice: there is no command '%s'. 'sluice --help' lists them.\n", argv[1]);
        return SL_EXIT_USAGE;
    }
    return c->run(argc - 1, argv + 1);
}
