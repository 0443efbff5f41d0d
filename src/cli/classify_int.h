/* Inside `sluice classify`: the sampling (classify_sample.c) and the command (cmd_classify.c). */
#ifndef SL_CLI_CLASSIFY_INT_H
#define SL_CLI_CLASSIFY_INT_H

#include "core/classify/classify.h"
#include "core/policy/policy.h"

#include <libpq-fe.h>

struct sl_found {
    struct sl_span column; /* schema.table.column */
    struct sl_proposal proposal;
};

struct sl_sampled {
    const struct sl_config *config;
    const struct sl_target *target;
    struct sl_arena *mem; /* everything below lives here */
    PGconn *conn;
    unsigned rows; /* of each table */
    size_t tables, columns, labelled;
    struct sl_found *found;
    size_t count, room;
};

/* Looks at every table, of one schema where given. Says on stderr what could not be read. Returns
 * an exit code. */
int sl_sample_all(struct sl_sampled *s, const char *schema);

#endif
