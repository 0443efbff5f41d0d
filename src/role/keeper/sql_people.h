/* Identities, their groups, who acts for whom, and what one person did alone. */
#ifndef SL_ROLE_KEEPER_SQL_PEOPLE_H
#define SL_ROLE_KEEPER_SQL_PEOPLE_H

#define SL_PEOPLE_SCHEMA                                                                           \
    "create table if not exists identity(name text primary key, kind text not null, owner text "   \
    "not "                                                                                         \
    "null, status text not null, since_us integer not null, person text not null, os_user text "   \
    "not "                                                                                         \
    "null, salt blob not null);"                                                                   \
    "create index if not exists identity_person on identity(person);"                              \
    "create index if not exists identity_owner on identity(owner);"                                \
    "create table if not exists membership(identity text not null, grp text not null, since_us "   \
    "integer not null, primary key(identity, grp));"                                               \
    "create index if not exists membership_grp on membership(grp);"                                \
    "create table if not exists in_force(digest text not null);"                                   \
    "create table if not exists delegate(owner text not null, delegate text not null, since_us "   \
    "integer not null, until_us integer not null, primary key(owner, delegate)) without rowid;"    \
    "create table if not exists absence(identity text primary key, stand_in text not null, "       \
    "credential text not null, reason text not null, let_by text not null, said_us integer not "   \
    "null, from_us integer not null, until_us integer not null) without rowid;"                    \
    "create index if not exists absence_stand_in on absence(stand_in) where stand_in <> '';"       \
    "create table if not exists exception(id text primary key, kind text not null, identity text " \
    "not null, person text not null, credential text not null, channel text not null, reason "     \
    "text not null, at_us integer not null, due_us integer not null) without rowid;"               \
    "create table if not exists review(exception text not null, identity text not null, person "   \
    "text not null, reason text not null, channel text not null, at_us integer not null, "         \
    "primary key(exception, person)) without rowid;"                                               \
    "create table if not exists display(identity text primary key, text text not null) without "   \
    "rowid;"                                                                                       \
    "create table if not exists active_since(identity text primary key, at_us integer not null) "  \
    "without rowid;"                                                                               \
    "create table if not exists paused(identity text primary key, at_us integer not null, times "  \
    "integer not null) without rowid;"                                                             \
    "create table if not exists owner_paused(identity text primary key, owner text not null) "     \
    "without rowid;"                                                                               \
    "create table if not exists membership_from(identity text not null, grp text not null, "       \
    "source "                                                                                      \
    "text not null, primary key(identity, grp, source)) without rowid;"                            \
    "create index if not exists membership_from_source on membership_from(source);"                \
    "create table if not exists device(device blob not null, identity text not null, at_us "       \
    "integer not null, primary key(device, identity)) without rowid;"                              \
    "create index if not exists device_identity on device(identity);"

/* clang-format off */
#define SL_PEOPLE_SQL(X)                                                                           \
    X(IDENTITY_ADD, "insert into identity values(?1, ?2, ?3, 'active', ?4, ?1, ?5, ?6)")           \
    X(IDENTITY_GET, "select name, kind, owner, status, since_us, person, os_user, salt, "          \
        "coalesce(a.at_us, 0), coalesce(d.text, '') from identity left join active_since a on "    \
        "a.identity = name left join display d on d.identity = name where name = ?1")              \
    X(DISPLAY_SET, "insert or replace into display values(?1, ?2)")                                \
    X(IDENTITY_ACTIVE, "insert or replace into active_since values(?1, ?2)")                       \
    X(IDENTITY_LIST, "select name, kind, owner, status, since_us, person, os_user, salt from "     \
        "identity order by name")                                                                  \
    X(IDENTITY_PAGE, "select name from identity where name > ?1 order by name limit ?2")           \
    X(PAUSED_AGAIN, "insert into paused values(?1, ?2, 1) on conflict do update set at_us = ?2, "  \
        "times = times + 1")                                                                       \
    X(PAUSED_NOW, "select i.name, coalesce(p.at_us, 0), coalesce(p.times, 0) from identity i left "\
        "join paused p on p.identity = i.name where i.status = 'paused' and (i.name = ?1 or (?1 = "\
        "'' and i.kind = 'agent')) order by i.name")                                               \
    X(OWNER_PAUSE, "insert or replace into owner_paused values(?1, ?2)")                           \
    X(OWNER_PAUSE_OVER, "delete from owner_paused where identity = ?1")                            \
    X(OWNER_PAUSED, "select count(*) from owner_paused where identity = ?1")                       \
    X(UNOWNED, "select i.name from identity i left join identity o on o.name = i.owner where "     \
        "i.kind <> 'human' and i.status = 'active' and (o.name is null or o.status <> 'active') "  \
        "order by 1 limit 20")                                                                     \
    X(SESSIONS_OF, "select count(*) from session where identity = ?1")                             \
    X(LAST_SIGN_IN_OF, "select max(coalesce((select max(since_us) from credential where identity = "\
        "?1), 0), coalesce((select max(since_us) from session where identity = ?1), 0), coalesce(("\
        "select max(s.since_us) from credential c join console_session s on s.credential = c.id "  \
        "where c.identity = ?1), 0))")                                                             \
    X(LAST_HOUR_OF, "select coalesce(max((select max(u.hour) from usage u where u.who = w.id)), 0) "\
        "from usage_who w where w.identity = ?1")                                                  \
    X(REFUSED_OF, "select a.identity, a.target, a.statements, a.rules, a.verdict, a.why, a.reason, "\
        "a.run, a.approval, a.approvers, a.last_us, a.count, a.standing from json_each(?1) n join "\
        "lineage_act a on a.identity = n.value where a.standing > 1 and a.standing < 7 order by "  \
        "a.last_us desc limit ?2")                                                                 \
    X(IDENTITY_STATUS, "update identity set status = ?2 where name = ?1")                          \
    X(IDENTITY_LINK, "update identity set person = (select person from identity where name = ?2) " \
        "where person = (select person from identity where name = ?1)")                            \
    X(IDENTITY_OS_USER, "update identity set os_user = ?2 where name = ?1")                        \
    X(IDENTITY_OF_OS_USER, "select name from identity where os_user = ?1 and os_user <> ''")       \
    X(DEVICE_SEEN, "insert or replace into device values(?1, ?2, ?3)")                             \
    X(IDENTITY_OF_DEVICE, "select distinct o.identity from device d join device o on o.device = "  \
        "d.device where d.identity = ?1 and o.identity <> ?1 and d.at_us > ?2 and o.at_us > ?2")   \
    X(IDENTITY_OF_PERSON, "select name from identity where person = ?1 order by name")             \
    X(DELEGATE_SET, "insert into delegate values(?1, ?2, ?3, ?4) on conflict do update set "       \
        "until_us = case when until_us = 0 or ?4 = 0 then 0 else max(until_us, ?4) end")           \
    X(DELEGATE_GET, "select until_us, since_us from delegate where owner = ?1 and delegate = ?2")  \
    X(DELEGATE_REMOVE, "delete from delegate where owner = ?1 and delegate = ?2")                  \
    X(DELEGATES_OF, "select delegate, until_us from delegate where owner = ?1 and (until_us = 0 or "\
        "until_us > ?2) order by delegate")                                                        \
    X(ABSENCE_SET, "insert or replace into absence values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")         \
    X(ABSENCE_END, "delete from absence where identity = ?1")                                      \
    X(ABSENCE_GET, "select identity, stand_in, credential, reason, let_by, said_us, from_us, until_us from "\
        "absence where identity = ?1")                                                             \
    X(ABSENCES_NOW, "select identity, stand_in, credential, reason, let_by, said_us, from_us, until_us from "\
        "absence where from_us <= ?1 and until_us > ?1 order by identity")                         \
    X(ABSENCES_NAMING, "select identity, stand_in, credential, reason, let_by, said_us, from_us, until_us " \
        "from absence where stand_in = ?1 and stand_in <> '' and until_us > ?2 order by identity") \
    X(DECIDERS_EVER, "select coalesce((select value from meta where key = 'two_deciders'), "       \
        "(select count(distinct i.person) from credential c join identity i on i.name = "          \
        "c.identity where c.deciding = 1))")                                                       \
    X(TWO_DECIDERS, "insert into meta select 'two_deciders', 2 where not exists (select 1 from meta "\
        "where key = 'two_deciders') and (select count(*) from (select distinct i.person from "    \
        "credential c join identity i on i.name = c.identity where c.deciding = 1 limit 2)) = 2")  \
    X(EXCEPTION_ADD, "insert or ignore into exception values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)") \
    X(EXCEPTION_GET, "select id, kind, identity, person, credential, channel, reason, at_us, due_us, "\
        "(select count(*) from review r where r.exception = e.id) from exception e where id = ?1") \
    X(EXCEPTION_LIST, "select id from exception e where ?1 = 1 or (select count(*) from review r " \
        "where r.exception = e.id) < 2 order by at_us desc limit 501")                             \
    X(REVIEW_ADD, "insert or ignore into review values(?1, ?2, ?3, ?4, ?5, ?6)")                   \
    X(REVIEWS_OF, "select identity, person, reason, channel, at_us from review where exception = ?1 "\
        "order by at_us")                                                                          \
    X(GOVERNED_GET, "select value from meta where key = 'governed'")                               \
    X(GOVERNED_SET, "insert or replace into meta values('governed', ?1)")                          \
    X(IN_FORCE_GET, "select coalesce(max(digest), '') from in_force")                              \
    X(IN_FORCE_CLEAR, "delete from in_force")                                                      \
    X(IN_FORCE_SET, "insert into in_force values(?1)")                                             \
    X(IDENTITY_OF_KIND, "select name from identity where kind = ?1 and (status = ?2 or (?2 = "     \
        "'active' and name in (select identity from owner_paused))) order by name")                \
    X(GROUP_ADD, "insert or ignore into membership values(?1, ?2, ?3)")                            \
    X(GROUP_REMOVE, "delete from membership where identity = ?1 and grp = ?2")                     \
    X(GROUPS_OF, "select grp, since_us from membership where identity = ?1 order by grp")          \
    X(MEMBERS_OF, "select identity from membership where grp = ?1 order by identity")              \
    X(FROM_KEEP, "insert or ignore into membership_from select identity, grp, '' from membership " \
        "where identity = ?1 and grp = ?2 and not exists (select 1 from membership_from f where "  \
        "f.identity = ?1 and f.grp = ?2)")                                                         \
    X(FROM_TOO, "insert or ignore into membership_from select distinct identity, grp, '' from "    \
        "membership_from where identity = ?1 and grp = ?2")                                        \
    X(FROM_ADD, "insert or ignore into membership_from values(?1, ?2, ?3)")                        \
    X(FROM_REMOVE, "delete from membership_from where identity = ?1 and grp = ?2 and source = ?3") \
    X(FROM_REMOVE_ALL, "delete from membership_from where identity = ?1 and grp = ?2")             \
    X(FROM_OTHER, "select 1 from membership_from where identity = ?1 and grp = ?2 and source <> ?3")\
    X(FROM_OF, "select grp from membership_from where identity = ?1 and source = ?2 order by grp") \
    X(GROUP_REMOVE_LAST, "delete from membership where identity = ?1 and grp = ?2 and not exists " \
        "(select 1 from membership_from f where f.identity = ?1 and f.grp = ?2)")                  \
    X(IDENTITIES_UNDER, "with recursive mine(name) as (select name from identity where person = ?1 "\
        "union select i.name from identity i join mine m on i.owner = m.name) select "             \
        "json_group_array(name) from mine")
/* clang-format on */

#endif
