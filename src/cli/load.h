/* Reading the configuration for a command, with complaints that show the line and a caret. */
#ifndef SL_CLI_LOAD_H
#define SL_CLI_LOAD_H

#include "core/policy/policy.h"

enum { SL_CLI_MAX_CONFIG = 1024 * 1024 + 1 };

/* The file's bytes into `text`; says on stderr what went wrong. SL_EXIT_FINE or SL_EXIT_REFUSED. */
int sl_cli_read_config(const char *path, struct sl_buf *text);
/* Reads and loads; complaints go to stderr. SL_EXIT_FINE or SL_EXIT_REFUSED. */
int sl_cli_load_config(const char *path, struct sl_config **out);
/* Lines `file:line:column: ...` to stderr, each followed by that line of the file and a caret. */
void sl_cli_print_complaints(struct sl_span complaints, const char *path, struct sl_span text);

#endif
