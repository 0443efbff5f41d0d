/* A login's password for commands that try a target themselves: from its file or its command. */
#ifndef SL_CLI_SECRET_H
#define SL_CLI_SECRET_H

#include "core/policy/policy.h"

/* Appends the password, terminated; nothing when the login has none. `why` gets a sentence on
 * failure, and a remark when the file is readable by others. Wipe `out` after use. */
enum sl_err sl_cli_secret(const struct sl_login *login, const char *config_path, struct sl_buf *out,
                          struct sl_buf *why) SL_MUST_CHECK;

#endif
