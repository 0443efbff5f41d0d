/* Commands that manage Sluice: asked of the running keeper over its control socket, or, while
 * nothing runs, done on the state folder by the keeper's own program (sluice-keeper --offline). */
#ifndef SL_CLI_MANAGE_H
#define SL_CLI_MANAGE_H

#include "json/json.h"

struct sl_manage {
    const char *command; /* "sluice token", for messages */
    const char *config;  /* --config, or NULL */
    const char *state;   /* --state, or NULL: the one that the configuration names */
    bool json;           /* --json: print the whole answer */
    bool quiet;          /* of a running Sluice only, and without a word when there is none */
};

/* Calls one method (role/keeper/methods.h). Takes the reference to `body`. On success *reply is the
 * caller's; else a message was printed. Returns an exit code. */
int sl_manage_call(const struct sl_manage *m, const char *method, json_t *body, json_t **reply);

/* Takes --config, --state, --json and the command's own `--name VALUE` options out of argv: each
 * entry of `options` gets its value through `value`, or, when `flag` is given, is set. Repeated
 * options go to `many`. Words that are left are words[0..*count). SL_EXIT_FINE, or SL_EXIT_USAGE
 * with a message. */
struct sl_manage_option {
    const char *name; /* "--owner" */
    const char **value;
    bool *flag;
    json_t *many; /* an array */
};
int sl_manage_words(struct sl_manage *m, int argc, char **argv,
                    const struct sl_manage_option *options, size_t option_count, const char **words,
                    size_t max, size_t *count);

/* Calls and shows the answer: all of it with --json, else what `show` (NULL: nothing) prints of it.
 * Takes the reference to `body`; returns an exit code. */
int sl_manage_run(const struct sl_manage *m, const char *method, json_t *body,
                  void (*show)(const json_t *reply));

/* Prints the whole answer as JSON, and drops it. */
int sl_manage_print(json_t *reply);

#endif
