/* The statements of a file, as `sluice request` sends them. */
#ifndef SL_CLI_REQUEST_H
#define SL_CLI_REQUEST_H

#include "base/buf.h"

struct sl_request_file {
    struct sl_buf text;
    struct sl_span *statements; /* views into `text`, each with its semicolon if it has one */
    size_t count;
};
/* Reads FILE ("-": standard input) and splits it as PostgreSQL's own scanner reads it: semicolons
 * in literals, comments and bodies do not count. What was wrong is said on stderr; the exit code.
 */
int sl_request_read(const char *path, struct sl_request_file *out);
void sl_request_done(struct sl_request_file *f);

#endif
