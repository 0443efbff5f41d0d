/* A connection of the command line's own to a target, with the login that a gate would use. */
#ifndef SL_CLI_CONNECT_H
#define SL_CLI_CONNECT_H

#include "core/policy/policy.h"

#include <libpq-fe.h>

/* Read-only, with an empty search_path and time limits; logs in as a member of `groups` would be
 * logged in. *out is the caller's to finish. `why` gets a sentence on failure. */
enum sl_err sl_cli_connect(const struct sl_target *t, const struct sl_names *groups,
                           const char *config_path, const char *identity, PGconn **out,
                           struct sl_buf *why) SL_MUST_CHECK;
/* Appends a text of libpq's on one line, printable. */
void sl_cli_put_libpq(struct sl_buf *b, const char *message);

#endif
