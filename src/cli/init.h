/* What `sluice init` gathers, and the steps that use it. Each step says what went wrong on stderr
 * and returns an exit code. */
#ifndef SL_CLI_INIT_H
#define SL_CLI_INIT_H

#include "base/buf.h"

struct sl_init {
    const char *dsn;
    struct sl_buf user, host, port, database; /* from the DSN */
    struct sl_buf password, you, agent, reviewer, mode;
    bool needs_no_password, force, superuser;
};

/* Takes the DSN apart (libpq does) and fills in libpq's defaults. */
int sl_init_read_dsn(struct sl_init *in);
/* Connects as Sluice will. */
int sl_init_try(struct sl_init *in);
/* Writes the password file and sluice.yaml, and loads the latter as a check. */
int sl_init_write(struct sl_init *in);
/* Makes the identities and prints what to do next. */
int sl_init_people(struct sl_init *in);

#endif
