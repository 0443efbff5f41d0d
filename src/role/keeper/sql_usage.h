/* Usage (usage.h), and counters of the keeper's own. */
#ifndef SL_ROLE_KEEPER_SQL_USAGE_H
#define SL_ROLE_KEEPER_SQL_USAGE_H

/* Usage (usage.h). usage_what: one set of datasets with columns and labels; usage_total: what
 * metrics show, never purged; usage_open: what a restart must remember of actions under way. */
#define SL_USAGE_SCHEMA                                                                            \
    "create table if not exists usage_who(id integer primary key, identity text not null, owner "  \
    "text not null, target text not null, unique(identity, owner, target));"                       \
    "create table if not exists usage_what(id integer primary key, key blob not null unique);"     \
    "create table if not exists usage_touch(what integer not null, dataset text not null, col "    \
    "text not null, label text not null, primary key(what, dataset, col, label)) without rowid;"   \
    "create table if not exists usage(id integer primary key, hour integer not null, who integer " \
    "not null, what integer not null, verdict text not null, effects integer not null, run text "  \
    "not null, reason text not null, statements integer not null, rows integer not null, bytes "   \
    "integer not null, unique(hour, who, what, verdict, effects, run, reason));"                   \
    "create index if not exists usage_of on usage(who, hour);"                                     \
    "create table if not exists usage_open(session integer not null, action integer not null, "    \
    "cell integer not null, flags integer not null, outcome integer not null, rows integer not "   \
    "null, bytes integer not null, primary key(session, action)) without rowid;"                   \
    "create table if not exists usage_total(target text not null, verdict text not null, effects " \
    "integer not null, statements integer not null, rows integer not null, bytes integer not "     \
    "null, primary key(target, verdict, effects)) without rowid;"                                  \
    "create table if not exists counter(name text primary key, value integer not null) without "   \
    "rowid;"

/* clang-format off */
#define SL_USAGE_SQL(X)                                                                            \
    X(USAGE_WHO_GET, "select id from usage_who where identity = ?1 and owner = ?2 and target = ?3")\
    X(USAGE_WHO_ADD, "insert into usage_who values(null, ?1, ?2, ?3) returning id")                \
    X(USAGE_WHAT_GET, "select id from usage_what where key = ?1")                                  \
    X(USAGE_WHAT_ADD, "insert into usage_what values(null, ?1) returning id")                      \
    X(USAGE_TOUCH_ADD, "insert or ignore into usage_touch values(?1, ?2, ?3, ?4)")                 \
    X(USAGE_GET, "select id from usage where hour = ?1 and who = ?2 and what = ?3 and verdict = ?4 "\
        "and effects = ?5 and run = ?6 and reason = ?7")                                           \
    X(USAGE_ADD, "insert into usage values(null, ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0) returning id")\
    X(USAGE_COUNT, "select count(*) from usage where hour = ?1 and who = ?2")                      \
    X(USAGE_ROW, "select u.hour, w.identity, w.owner, w.target, u.verdict, u.effects from usage u "\
        "join usage_who w on w.id = u.who where u.id = ?1")                                        \
    X(USAGE_MORE, "update usage set statements = statements + ?2, rows = rows + ?3, bytes = bytes + "\
        "?4 where id = ?1")                                                                        \
    X(USAGE_TOTAL_MORE, "insert into usage_total values(?1, ?2, ?3, ?4, ?5, ?6) on conflict do "   \
        "update set statements = statements + ?4, rows = rows + ?5, bytes = bytes + ?6")           \
    X(USAGE_OPEN_ADD, "insert or replace into usage_open values(?1, ?2, ?3, ?4, ?5, ?6, ?7)")      \
    X(USAGE_OPEN_REMOVE, "delete from usage_open where session = ?1 and action between ?2 and ?3") \
    X(USAGE_OPEN_LIST, "select session, action, cell, flags, outcome, rows, bytes from usage_open "\
        "order by session, action")                                                                \
    X(USAGE_PURGE, "delete from usage where hour < ?1 and id not in (select cell from usage_open)")\
    X(USAGE_PURGE_WHAT, "delete from usage_what where id not in (select what from usage)")         \
    X(USAGE_PURGE_TOUCH, "delete from usage_touch where what not in (select id from usage_what)")  \
    X(USAGE_QUERY, "select case when ?1 & 1 then w.identity else '' end, case when ?1 & 2 then "   \
        "w.owner else '' end, case when ?1 & 4 then u.run else '' end, case when ?1 & 8 then "     \
        "u.reason else '' end, case when ?1 & 16 then w.target else '' end, t.d, t.c, t.l, case "  \
        "when ?1 & 256 then u.verdict else '' end, case when ?1 & 512 then u.hour else 0 end, "    \
        "cast(total(u.statements) as integer), cast(total(u.rows) as integer), "                   \
        "cast(total(u.bytes) as integer) from usage_who w cross join usage u on u.who = w.id join "\
        "(select "                                                                                 \
        "distinct what, case when ?1 & 32 then dataset else '' end as d, case when ?1 & 64 and col "\
        "<> '' then dataset || '.' || col else '' end as c, case when ?1 & 128 then label else '' "\
        "end as l from usage_touch where what in (select b.what from usage_who a cross join usage b on "\
        "b.who = a.id where b.hour >= ?2 and (?3 = '' or a.identity = ?3) and (?6 = '' or "        \
        "a.identity = ?6 or a.owner = ?6)) "                                                       \
        "and (?4 = '' or dataset = ?4) and (?5 = '' or label = ?5)) t on "                         \
        "t.what = u.what where u.hour >= ?2 and (?3 = '' or w.identity = ?3) and (?6 = '' or "     \
        "w.identity = ?6 or w.owner = ?6) group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 order by 13 desc, 12 "\
        "desc, 11 desc, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 limit ?7")                                   \
    X(USAGE_SIZE, "select count(*) from (select 1 from usage_who w cross join usage u on u.who = " \
        "w.id join usage_touch t on t.what = u.what where u.hour >= ?1 and (?2 = '' or w.identity = ?2) and (?3 = '' or w.identity = ?3 "\
        "or w.owner = ?3) limit ?4)")                                                              \
    X(USAGE_TOTALS, "select target, verdict, effects, statements, rows, bytes from usage_total "   \
        "order by 1, 2, 3")                                                                        \
    X(COUNTER_MORE, "insert into counter values(?1, ?2) on conflict do update set value = value + "\
        "?2")                                                                                      \
    X(COUNTER_GET, "select value from counter where name = ?1")
/* clang-format on */

#endif
