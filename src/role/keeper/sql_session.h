/* Sessions on gates, what gates recorded, and what follows them: derived labels, budgets. */
#ifndef SL_ROLE_KEEPER_SQL_SESSION_H
#define SL_ROLE_KEEPER_SQL_SESSION_H

#define SL_SESSION_SCHEMA                                                                          \
    "create table if not exists session(id integer primary key, identity text not null, kind "     \
    "text "                                                                                        \
    "not null, owner text not null, target text not null, environment text not null, gate "        \
    "integer "                                                                                     \
    "not null, since_us integer not null, credential text not null);"                              \
    "create table if not exists session_job(session integer primary key, started_by text not "     \
    "null, "                                                                                       \
    "unknown text not null, job text not null, link text not null);"                               \
    "create table if not exists session_for(session integer primary key, names text not null);"    \
    "create table if not exists session_life(session integer primary key, life integer not null);" \
    "create index if not exists session_identity on session(identity);"                            \
    "create table if not exists journal(gate integer primary key, generation integer not null, "   \
    "position integer not null);"                                                                  \
    "create table if not exists open_action(gate integer not null, session integer not null, "     \
    "action"                                                                                       \
    " integer not null, primary key(gate, session, action)) without rowid;"                        \
    "create table if not exists derived_label(target text not null, column_name text not null, "   \
    "label text not null, source text not null, session integer not null, action integer not "     \
    "null, how integer not null, primary key(target, column_name, label, session, action)) "       \
    "without rowid;"                                                                               \
    "create index if not exists derived_label_session on derived_label(session, action);"          \
    "create table if not exists budget_use(rule text not null, target text not null, who text not" \
    " null, start_ms integer not null, rows integer not null, bytes integer not null, statements " \
    "integer not null, primary key(rule, target, who, start_ms)) without rowid;"                   \
    "create table if not exists budget_lease(session integer not null, lease integer not null, "   \
    "rule text not null, target text not null, who text not null, rows integer not null, bytes "   \
    "integer not null, statements integer not null, primary key(session, lease, rule)) without "   \
    "rowid;"                                                                                       \
    "create index if not exists budget_lease_who on budget_lease(rule, target, "                   \
    "who);"

/* clang-format off */
#define SL_SESSION_SQL(X)                                                                          \
    X(SESSION_ADD, "insert or replace into session values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")    \
    X(SESSION_REMOVE, "delete from session where id = ?1")                                         \
    X(SESSION_JOB_ADD, "insert or replace into session_job values(?1, ?2, ?3, ?4, ?5)")            \
    X(SESSION_JOB_REMOVE, "delete from session_job where session = ?1")                            \
    X(SESSION_LIST, "select id, identity, kind, owner, target, environment, gate, since_us, "      \
        "credential, coalesce(j.started_by, ''), coalesce(j.unknown, ''), coalesce(j.job, ''), "   \
        "coalesce(j.link, ''), coalesce(f.names, ''), coalesce(l.life, 0) from session left join " \
        "session_job j on j.session = id left join session_for f on f.session = id left join "     \
        "session_life l on l.session = id order by id")                                            \
    X(SESSION_LIFE_ADD, "insert or replace into session_life values(?1, ?2)")                      \
    X(SESSION_LIFE_REMOVE, "delete from session_life where session = ?1")                          \
    X(SESSION_LAST, "select coalesce(max(value), 0) from meta where key = 'session'")              \
    X(SESSION_LAST_SET, "insert into meta values('session', ?1) on conflict(key) do update set "   \
        "value = max(value, excluded.value)")                                                      \
    X(SESSION_FOR_ADD, "insert or replace into session_for values(?1, ?2)")                        \
    X(SESSION_FOR_REMOVE, "delete from session_for where session = ?1")                            \
    X(JOURNAL_SET, "insert or replace into journal values(?1, ?2, ?3)")                            \
    X(JOURNAL_GET, "select generation, position from journal where gate = ?1")                     \
    X(OPEN_ADD, "insert or ignore into open_action values(?1, ?2, ?3)")                            \
    X(OPEN_REMOVE, "delete from open_action where gate = ?1 and session = ?2 and action = ?3")     \
    X(OPEN_LIST, "select session, action from open_action where gate = ?1 order by 1, 2")          \
    X(LABEL_ADD, "insert or ignore into derived_label values(?1, ?2, ?3, ?4, ?5, ?6, ?7)")         \
    X(LABEL_SETTLE, "insert or ignore into derived_label select target, column_name, label, "      \
        "source, 0, 0, 0 from derived_label where session = ?1 and action between ?2 and ?3")      \
    X(LABEL_FORGET, "delete from derived_label where session = ?1 and action between ?2 and ?3")   \
    X(LABEL_DROP, "delete from derived_label where target = ?1 and column_name = ?2 and session = 0")\
    X(LABEL_OF, "select target, column_name, label, source, how from derived_label where session " \
        "= ?1 and action between ?2 and ?3 order by 1, 2, 3")                                      \
    X(LABEL_WAITS, "select count(*) from derived_label where target = ?1 and column_name = ?2 and "\
        "session <> 0")                                                                            \
    X(LABEL_PENDING, "select count(*) from derived_label where session <> 0")                      \
    X(LABEL_LIST, "select target, column_name, label, max(source), max(session = 0) from "         \
        "derived_label group by 1, 2, 3 order by 1, 2, 3")                                         \
    X(BUDGET_LAST, "select coalesce(max(start_ms), 0) from budget_use where rule = ?1 and target = "\
        "?2 and who = ?3")                                                                         \
    X(BUDGET_USED, "select coalesce(sum(rows), 0), coalesce(sum(bytes), 0), coalesce(sum("         \
        "statements), 0) from budget_use where rule = ?1 and target = ?2 and who = ?3 and start_ms "\
        ">= ?4")                                                                                   \
    X(BUDGET_LENT, "select coalesce(sum(rows), 0), coalesce(sum(bytes), 0), coalesce(sum("         \
        "statements), 0) from budget_lease where rule = ?1 and target = ?2 and who = ?3")          \
    X(BUDGET_USE, "insert into budget_use values(?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict(rule, "   \
        "target, who, start_ms) do update set rows = rows + excluded.rows, bytes = bytes + "       \
        "excluded.bytes, statements = statements + excluded.statements")                           \
    X(BUDGET_PRUNE, "delete from budget_use where rule = ?1 and target = ?2 and who = ?3 and "     \
        "start_ms < ?4")                                                                           \
    X(LEASE_ADD, "insert into budget_lease values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict("    \
        "session, lease, rule) do update set rows = rows + excluded.rows, bytes = bytes + "        \
        "excluded.bytes, statements = statements + excluded.statements")                           \
    X(LEASE_USED, "update budget_lease set rows = max(rows - ?4, 0), bytes = max(bytes - ?5, 0) "  \
        "where session = ?1 and lease = ?2 and rule = ?3")                                         \
    X(LEASES_OF, "select lease, rule, target, who, rows, bytes, statements from budget_lease where "\
        "session = ?1 and (?2 = 0 or lease = ?2) order by lease, rule")                            \
    X(LEASE_REMOVE, "delete from budget_lease where session = ?1 and lease = ?2 and rule = ?3")
/* clang-format on */

#endif
