/* The words of a command that reads its own: options in any order, from a table, and between them
 * what is no option. Nothing is copied: all point into argv. */
#ifndef SL_CLI_WORDS_H
#define SL_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* `name VALUE`, or `name` alone where it has a flag. Of one that stands twice the last counts. */
struct sl_cli_option {
    const char *name;
    const char **value;
    bool *flag;
};

/* Reads argv from 1. False, with what is wrong said on stderr as "sluice COMMAND: ...", at an
 * option that is not in the table, one without its value, and at more than word_max other words.
 * What is not given stays as it was. */
bool sl_cli_words(const char *command, int argc, char **argv, const struct sl_cli_option *options,
                  size_t option_count, const char **words, size_t word_max);

#endif
