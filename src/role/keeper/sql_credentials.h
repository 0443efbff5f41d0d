/* What stands for an identity: credentials and codes, accounts, console sessions, passkeys. */
#ifndef SL_ROLE_KEEPER_SQL_CREDENTIALS_H
#define SL_ROLE_KEEPER_SQL_CREDENTIALS_H

#define SL_CREDENTIALS_SCHEMA                                                                      \
    "create table if not exists credential(id text primary key, identity text not null, deciding " \
    "integer not null, hash blob not null unique, stored_key blob not null, server_key blob not "  \
    "null, since_us integer not null, expires_us integer not null, revoked_us integer not null, "  \
    "issuer text not null, issuer_uid text not null);"                                             \
    "create index if not exists credential_identity on credential(identity);"                      \
    "create table if not exists invitation(hash blob primary key, identity text not null, "        \
    "since_us "                                                                                    \
    "integer not null, expires_us integer not null, used_us integer not null, issuer text not "    \
    "null,"                                                                                        \
    " issuer_uid text not null);"                                                                  \
    "create table if not exists credential_for(credential text not null, name text not null, "     \
    "primary key(credential, name)) without rowid;"                                                \
    "create table if not exists console_session(id text primary key, credential text not null, "   \
    "hash blob not null unique, since_us integer not null, expires_us integer not null, ended_us " \
    "integer not null);"                                                                           \
    "create index if not exists console_session_open on console_session(since_us) where ended_us " \
    "= 0;"                                                                                         \
    "create index if not exists console_session_of on console_session(credential);"                \
    "create table if not exists account(issuer text not null, subject text not null, credential "  \
    "text not null, identity text not null, since_us integer not null, ended_us integer not "      \
    "null, "                                                                                       \
    "issued_s integer not null, primary key(issuer, subject)) without rowid;"                      \
    "create index if not exists account_identity on account(identity);"                            \
    "create index if not exists account_credential on account(credential);"                        \
    "create table if not exists passkey(id text primary key, identity text not null, algorithm "   \
    "text not null, spki blob not null, rp_id text not null, backup_eligible integer not null, "   \
    "backed_up integer not null, counter integer not null, since_us integer not null, "            \
    "removed_us integer not null, credential text not null, alone integer not null);"              \
    "create index if not exists passkey_identity on passkey(identity);"                            \
    "create index if not exists passkey_spki on passkey(spki);"                                    \
    "create table if not exists passkey_name(passkey text primary key, name text not null);"

#define SL_PASSKEY_COLUMNS                                                                      \
    "id, identity, algorithm, spki, rp_id, backup_eligible, backed_up, counter, since_us, "     \
    "removed_us, credential, alone, coalesce((select name from passkey_name n where n.passkey " \
    "= passkey.id), '')"

/* clang-format off */
#define SL_CREDENTIALS_SQL(X)                                                                      \
    X(CREDENTIAL_FOR_ADD, "insert or ignore into credential_for values(?1, ?2)")                   \
    X(CREDENTIAL_FOR, "select name from credential_for where credential = ?1 order by name")       \
    X(ACCOUNT_SET, "insert or replace into account values(?1, ?2, ?3, ?4, ?5, 0, 0)")              \
    X(ACCOUNT_END, "update account set ended_us = ?3 where issuer = ?1 and subject = ?2 and "      \
        "ended_us = 0")                                                                            \
    X(ACCOUNT_SEEN, "update account set issued_s = max(issued_s, ?2) where credential = ?1")       \
    X(ACCOUNT_GET, "select credential, identity, since_us, issued_s from account where issuer = ?1 "\
        "and subject = ?2 and ended_us = 0")                                                       \
    X(ACCOUNT_LIST, "select a.issuer, a.subject, a.credential, a.since_us from account a join "    \
        "credential c on c.id = a.credential where a.identity = ?1 and a.ended_us = 0 and "        \
        "c.revoked_us = 0 order by a.issuer, a.subject")                                           \
    X(ACCOUNT_ALL, "select issuer, subject, credential, identity from account where ended_us = 0") \
    X(ACCOUNT_EVER, "select identity from account where issuer = ?1 and subject = ?2")             \
    X(ACCOUNT_OF, "select issuer, subject from account where credential = ?1")                     \
    X(CREDENTIAL_ADD, "insert into credential values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10)") \
    X(CREDENTIAL_BY_HASH, "select id, identity, deciding, since_us, expires_us, revoked_us, issuer "\
        "from credential where hash = ?1")                                                         \
    X(CREDENTIAL_BY_ID, "select id, identity, deciding, since_us, expires_us, revoked_us, issuer " \
        "from credential where id = ?1")                                                           \
    X(CREDENTIAL_VERIFIERS, "select id, stored_key, server_key from credential where identity = ?1 "\
        "and deciding = 0 and revoked_us = 0 and (expires_us = 0 or expires_us > ?2)")             \
    X(CREDENTIAL_DECIDING, "select id, identity, deciding, since_us, expires_us, revoked_us, issuer "\
        "from credential where identity = ?1 and deciding = 1 and revoked_us = 0")                 \
    X(CREDENTIAL_REVOKE, "update credential set revoked_us = ?2 where id = ?1 and revoked_us = 0") \
    X(CREDENTIAL_LIST, "select id, identity, deciding, since_us, expires_us, revoked_us, exists "  \
        "(select 1 from account a where a.credential = credential.id) from credential where ?1 = '' or identity = ?1 order by since_us, id")\
    X(CREDENTIAL_OF, "select id from credential where identity = ?1 and revoked_us = 0 order by "  \
        "since_us, id")                                                                            \
    X(CONSOLE_ADD, "insert into console_session values(?1, ?2, ?3, ?4, ?5, 0)")                    \
    X(CONSOLE_END, "update console_session set ended_us = ?2 where id = ?1 and ended_us = 0")      \
    X(CONSOLE_BY_HASH, "select id, credential, since_us, expires_us, ended_us from "               \
        "console_session where hash = ?1")                                                         \
    X(CONSOLE_BY_ID, "select id, credential, since_us, expires_us, ended_us from console_session " \
        "where id = ?1")                                                                           \
    X(CONSOLE_OPEN, "select id, since_us, rowid from console_session where ended_us = 0 and "      \
        "(since_us, rowid) > (?1, ?2) order by since_us, rowid limit ?3")                          \
    X(CONSOLE_OPEN_OF, "select s.id from credential c join console_session s on s.credential = "   \
        "c.id where c.identity = ?1 and s.ended_us = 0 order by s.since_us limit ?2")              \
    X(CONSOLE_COUNT, "select count(*) from console_session where ended_us = 0 and expires_us > ?1")\
    X(CONSOLE_LIST, "select s.id, s.credential, c.identity, s.since_us, s.expires_us, s.ended_us or "\
        "c.revoked_us from console_session s join credential c on c.id = s.credential where ?1 = '' "\
        "or c.identity = ?1 order by s.since_us, s.id")                                            \
    X(INVITATION_ADD, "insert into invitation values(?1, ?2, ?3, ?4, 0, ?5, ?6)")                  \
    X(INVITATION_GET, "select identity, since_us, expires_us, used_us, issuer, issuer_uid from "   \
        "invitation where hash = ?1")                                                              \
    X(INVITATION_USED, "update invitation set used_us = ?2 where hash = ?1")                       \
    X(INVITATION_CLEAR, "update invitation set used_us = ?2 where identity = ?1 and used_us = 0")  \
    X(PASSKEY_ADD, "insert into passkey values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11)")  \
    X(PASSKEY_NAME, "insert into passkey_name values(?1, ?2) on conflict do update set name = ?2") \
    X(PASSKEY_REMOVE, "update passkey set removed_us = ?2 where id = ?1 and removed_us = 0")       \
    X(PASSKEY_USED, "update passkey set counter = ?2, backed_up = ?3 where id = ?1")               \
    X(PASSKEY_GET, "select " SL_PASSKEY_COLUMNS " from passkey where id = ?1")                     \
    X(PASSKEY_LIST, "select " SL_PASSKEY_COLUMNS " from passkey where ?1 = '' or identity = ?1 "   \
        "order by removed_us > 0, identity, since_us, id")                                         \
    X(PASSKEY_BY_PUBLIC_KEY, "select id from passkey where spki = ?1")
/* clang-format on */

#endif
