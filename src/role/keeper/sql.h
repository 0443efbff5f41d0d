/* The schema of the view and every statement that is run on it: sql_<subject>.h has the tables and
 * the statements of one subject, and here they are one schema and one list. */
#ifndef SL_ROLE_KEEPER_SQL_H
#define SL_ROLE_KEEPER_SQL_H

#include "role/keeper/sql_approval.h"
#include "role/keeper/sql_chat.h"
#include "role/keeper/sql_credentials.h"
#include "role/keeper/sql_hook.h"
#include "role/keeper/sql_lineage.h"
#include "role/keeper/sql_people.h"
#include "role/keeper/sql_scim.h"
#include "role/keeper/sql_session.h"
#include "role/keeper/sql_trail.h"
#include "role/keeper/sql_usage.h"

#define SL_KEEPER_SCHEMA                                                               \
    "create table if not exists meta(key text primary key, value integer not null);"   \
    "insert or ignore into meta values('applied', 0);" SL_PEOPLE_SCHEMA SL_SCIM_SCHEMA \
        SL_CREDENTIALS_SCHEMA SL_SESSION_SCHEMA SL_APPROVAL_SCHEMA SL_LINEAGE_SCHEMA   \
            SL_USAGE_SCHEMA SL_TRAIL_SCHEMA SL_HOOK_SCHEMA SL_CHAT_SCHEMA

/* clang-format off */
#define SL_KEEPER_SQL(X)                                                                           \
    X(APPLIED_GET, "select value from meta where key = 'applied'")                                 \
    X(APPLIED_SET, "update meta set value = ?1 where key = 'applied'")                             \
    X(COUNTS, "select (select count(*) from identity), (select count(*) from approval where state "\
        "= 'pending'), (select count(*) from approval where state = 'approved'), (select count(*) "\
        "from approval)")                                                                          \
    SL_PEOPLE_SQL(X) SL_SCIM_SQL(X) SL_CREDENTIALS_SQL(X) SL_SESSION_SQL(X)                        \
    SL_APPROVAL_SQL(X) SL_LINEAGE_SQL(X) SL_USAGE_SQL(X) SL_TRAIL_SQL(X)      \
    SL_HOOK_SQL(X) SL_CHAT_SQL(X)
/* clang-format on */

enum db_sql {
#define SL_DB_NAME(name, text) DB_##name,
    SL_KEEPER_SQL(SL_DB_NAME)
#undef SL_DB_NAME
        DB_SQL_COUNT
};

#endif
