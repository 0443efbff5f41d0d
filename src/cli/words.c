#include "cli/words.h"

#include <stdio.h>
#include <string.h>

static const struct sl_cli_option *find(const struct sl_cli_option *options, size_t count,
                                        const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].name, word) == 0)
            return &options[i];
    return NULL;
}

/* False: it stands at the end without its value. */
static bool take(const struct sl_cli_option *o, int argc, char **argv, int *at)
{
    if (o->flag != NULL) {
        *o->flag = true;
        return true;
    }
    if (*at + 1 >= argc)
        return false;
    *o->value = argv[++*at];
    return true;
}

bool sl_cli_words(const char *command, int argc, char **argv, const struct sl_cli_option *options,
                  size_t option_count, const char **words, size_t word_max)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++) {
        const struct sl_cli_option *o = find(options, option_count, argv[i]);

        if (o == NULL && argv[i][0] != '-' && count < word_max) {
            words[count++] = argv[i];
        } else if (o == NULL) {
            fprintf(stderr, "sluice %s: '%s' is not understood here\n", command, argv[i]);
            return false;
        } else if (!take(o, argc, argv, &i)) {
            fprintf(stderr, "sluice %s: '%s' takes a value\n", command, argv[i]);
            return false;
        }
    }
    return true;
}
