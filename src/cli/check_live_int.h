/* Inside `sluice check --live`: one login of one target, and the questions it is asked. */
#ifndef SL_CLI_CHECK_LIVE_INT_H
#define SL_CLI_CHECK_LIVE_INT_H

#include "core/policy/policy.h"

#include <libpq-fe.h>

struct sl_live {
    const struct sl_config *config;
    const struct sl_target *target;
    const struct sl_login *login;
    const char *identity; /* NULL: nobody was named */
    const char *user, *config_path;
    bool has_password;
    PGconn *conn;
    struct sl_arena *mem;
    struct sl_buf *out;
    size_t found;
};

/* Start a line; the caller says the rest and ends it. */
struct sl_buf *sl_live_found(struct sl_live *l);
struct sl_buf *sl_live_note(struct sl_live *l);
/* "{identity}" replaced; false when nobody said what it stands for. */
bool sl_live_user(const struct sl_login *login, const char *identity, struct sl_buf *out);
/* Asks the server everything (live_questions.c). */
void sl_live_look(struct sl_live *l);

#endif
