/* `sluice check --live`: each target's login is tried, and the server is asked for ways around the
 * gate. */
#ifndef SL_CLI_CHECK_LIVE_H
#define SL_CLI_CHECK_LIVE_H

#include "core/catalog/catalog.h"
#include "core/policy/policy.h"

/* One line for each finding: what it is, and what to do. `note:` lines are facts, `found:` lines
 * are ways around the gate or logins that do not work; returns the number of the latter. */
size_t sl_cli_check_live(const struct sl_config *c, const char *config_path, const char *identity,
                         struct sl_buf *out);

/* Logs in as the gate does to read the catalog (where it could not, as a member of `groups` would
 * be logged in), and lists it. `why` gets a sentence on failure. */
enum sl_err sl_cli_list_catalog(const struct sl_target *t, const struct sl_names *groups,
                                const char *config_path, const char *identity,
                                struct sl_catalog_builder *into, struct sl_buf *why) SL_MUST_CHECK;

#endif
