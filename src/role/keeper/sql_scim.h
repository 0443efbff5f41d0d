/* What identity providers push. */
#ifndef SL_ROLE_KEEPER_SQL_SCIM_H
#define SL_ROLE_KEEPER_SQL_SCIM_H

#define SL_SCIM_SCHEMA                                                                             \
    "create table if not exists provisioner(id text primary key, issuer text not null, hash blob " \
    "not null unique, since_us integer not null, revoked_us integer not null);"                    \
    "create table if not exists scim_user(id text primary key, issuer text not null, external "    \
    "text "                                                                                        \
    "not null, user_name text not null, display_name text not null, identity text not null, "      \
    "active "                                                                                      \
    "integer not null, off integer not null, since_us integer not null, changed_us integer not "   \
    "null);"                                                                                       \
    "create table if not exists scim_subject(user text primary key, subject text not null) "       \
    "without rowid;"                                                                               \
    "create index if not exists scim_subject_of on scim_subject(subject);"                         \
    "create index if not exists scim_user_issuer on scim_user(issuer, external);"                  \
    "create index if not exists scim_user_name on scim_user(issuer, user_name collate nocase);"    \
    "create index if not exists scim_user_identity on scim_user(identity);"                        \
    "create table if not exists scim_group(id text primary key, issuer text not null, external "   \
    "text "                                                                                        \
    "not null, display_name text not null, since_us integer not null, changed_us integer not "     \
    "null);"                                                                                       \
    "create table if not exists scim_member(grp text not null, user text not null, primary "       \
    "key(grp, "                                                                                    \
    "user)) without rowid;"                                                                        \
    "create index if not exists scim_member_user on scim_member(user);"

/* clang-format off */
#define SL_SCIM_SQL(X)                                                                             \
    X(PROVISIONER_END, "update provisioner set revoked_us = ?2 where issuer = ?1 and revoked_us = 0")\
    X(PROVISIONER_ADD, "insert into provisioner values(?1, ?2, ?3, ?4, 0)")                        \
    X(PROVISIONER_BY_HASH, "select issuer from provisioner where hash = ?1 and revoked_us = 0")    \
    X(SCIM_USER_PUT, "insert or replace into scim_user values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "\
        "?10)")                                                                                    \
    X(SCIM_USER_DROP, "delete from scim_user where id = ?1")                                       \
    X(SCIM_USER_LEAVES, "delete from scim_member where user = ?1")                                 \
    X(SCIM_SUBJECT_PUT, "insert or replace into scim_subject values(?1, ?2)")                      \
    X(SCIM_SUBJECT_DROP, "delete from scim_subject where user = ?1")                               \
    X(SCIM_USER_GET, "select u.*, coalesce(s.subject, u.external) from scim_user u left join "     \
        "scim_subject s on s.user = u.id where u.issuer = ?1 and u.id = ?2")                       \
    X(SCIM_USER_LIST, "select u.*, coalesce(s.subject, u.external) from scim_user u left join "    \
        "scim_subject s on s.user = u.id where u.issuer = ?1 order by u.since_us, u.id")           \
    X(SCIM_USER_COUNT, "select count(*) from scim_user where issuer = ?1")                         \
    X(SCIM_USER_HAS, "select 1 from scim_user where issuer = ?1 and id = ?2")                      \
    X(SCIM_USER_TAKEN, "select 1 from scim_user where issuer = ?1 and id <> ?2 and user_name = ?3 "\
        "collate nocase "                                                                          \
        "union all select 1 from scim_user where ?4 <> '' and issuer = ?1 and external = ?4 and "  \
        "id <> ?2 "                                                                                \
        "union all select 1 from scim_user u where ?5 <> '' and u.issuer = ?1 and u.external = ?5 "\
        "and u.id <> ?2 and not exists (select 1 from scim_subject s where s.user = u.id) "        \
        "union all select 1 from scim_subject s join scim_user u on u.id = s.user where ?5 <> '' " \
        "and s.subject = ?5 and u.issuer = ?1 and u.id <> ?2")                                     \
    X(SCIM_GROUP_TAKEN, "select 1 from scim_group where issuer = ?1 and id <> ?2 and display_name "\
        "= ?3 collate nocase")                                                                     \
    X(SCIM_GROUPS_OF, "select g.display_name from scim_member m join scim_group g on g.id = m.grp "\
        "where m.user = ?1 and g.issuer = ?2 order by g.since_us, g.id")                           \
    X(SCIM_USERS_FROM, "select issuer, id from scim_user where id > ?1 and active = 1 order by id "\
        "limit ?2")                                                                                \
    X(SCIM_OTHERS_OFF, "select coalesce(max(off & 3), 0), count(*) from scim_user where identity = ?1 "\
        "and id <> ?2 and active = 0")                                                             \
    X(SCIM_USER_GONE, "select 1 from scim_user u where u.issuer = ?1 and u.external = ?2 and "     \
        "u.active = 0 and not exists (select 1 from scim_subject s where s.user = u.id) "          \
        "union all select 1 from scim_subject s join scim_user u on u.id = s.user where "          \
        "s.subject = ?2 and u.issuer = ?1 and u.active = 0")                                       \
    X(SCIM_GROUP_PUT, "insert or replace into scim_group values(?1, ?2, ?3, ?4, ?5, ?6)")          \
    X(SCIM_GROUP_DROP, "delete from scim_group where id = ?1")                                     \
    X(SCIM_GROUP_EMPTY, "delete from scim_member where grp = ?1")                                  \
    X(SCIM_GROUP_GET, "select * from scim_group where issuer = ?1 and id = ?2")                    \
    X(SCIM_GROUP_LIST, "select * from scim_group where issuer = ?1 order by since_us, id")         \
    X(SCIM_GROUP_COUNT, "select count(*) from scim_group where issuer = ?1")                       \
    X(SCIM_MEMBERS, "select user from scim_member where grp = ?1 order by user")                   \
    X(SCIM_IS_MEMBER, "select 1 from scim_member where grp = ?1 and user = ?2")                    \
    X(SCIM_MEMBER_ADD, "insert or ignore into scim_member values(?1, ?2)")                         \
    X(SCIM_MEMBER_REMOVE, "delete from scim_member where grp = ?1 and user = ?2")                  \
    X(SCIM_USER_KEEP_OFF, "update scim_user set off = off & 4 where identity = ?1")
/* clang-format on */

#endif
