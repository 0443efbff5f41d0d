/* Receivers of what the ledger says (hooks.h): how far each was told, and what it refused. */
#ifndef SL_ROLE_KEEPER_SQL_HOOK_H
#define SL_ROLE_KEEPER_SQL_HOOK_H

#define SL_HOOK_SCHEMA                                                                         \
    "create table if not exists hook(name text primary key, next integer not null, paused "    \
    "integer not null) without rowid;"                                                         \
    "create table if not exists hook_dead(name text not null, entry integer not null, status " \
    "integer not null, at_us integer not null, attempts integer not null, why text not null, " \
    "primary key(name, entry)) without rowid;"

/* clang-format off */
#define SL_HOOK_SQL(X)                                                                             \
    X(HOOK_SET, "insert into hook values(?1, ?2, ?3) on conflict(name) do update set next = ?2, "  \
        "paused = ?3")                                                                             \
    X(HOOK_GET, "select next, paused from hook where name = ?1")                                   \
    X(HOOK_DEAD_ADD, "insert or replace into hook_dead values(?1, ?2, ?3, ?4, ?5, ?6)")            \
    X(HOOK_DEAD_REMOVE, "delete from hook_dead where name = ?1 and entry = ?2")                    \
    X(HOOK_DEAD_COUNT, "select count(*) from hook_dead where name = ?1")                           \
    X(HOOK_DEAD_GET, "select entry, status, at_us, attempts, why from hook_dead where name = ?1 and "\
        "entry >= ?2 order by entry limit ?3")
/* clang-format on */

#endif
