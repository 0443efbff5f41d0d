/* Messages in chats (chat.h): which are ours, and what they last said. */
#ifndef SL_ROLE_KEEPER_SQL_CHAT_H
#define SL_ROLE_KEEPER_SQL_CHAT_H

#define SL_CHAT_SCHEMA                                                                            \
    "create table if not exists chat_message(chat text not null, channel text not null, ts text " \
    "not null, approval text not null, what integer not null, decides integer not null, hash "    \
    "blob not null, done integer not null, brief integer not null, primary key(chat, approval, "  \
    "what, channel)) without "                                                                    \
    "rowid;"                                                                                      \
    "create index if not exists chat_message_at on chat_message(chat, channel, ts);"              \
    "create index if not exists chat_message_open on chat_message(done) where done = 0;"          \
    "create table if not exists chat_joined(chat text not null, conversation text not null, "     \
    "service text not null, at integer not null, primary key(chat, conversation)) without rowid;"     \
    "create table if not exists chat_heard(delivery blob primary key, at integer not null) "      \
    "without rowid;"                                                                              \
    "create index if not exists chat_heard_at on chat_heard(at);"

/* clang-format off */
#define SL_CHAT_SQL(X)                                                                             \
    X(CHAT_ADD, "insert or replace into chat_message values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "  \
        "?9)")      \
    X(CHAT_SET, "update chat_message set decides = ?4, hash = ?5, done = ?6, brief = ?7 where chat = ?1 and "  \
        "channel = ?2 and ts = ?3")                                                                \
    X(CHAT_GONE, "delete from chat_message where chat = ?1 and channel = ?2 and ts = ?3")          \
    X(CHAT_OF, "select channel, ts, what, done, hash from chat_message where chat = ?1 and approval = ?2")\
    X(CHAT_ONE, "select ts, decides, hash, brief from chat_message where chat = ?1 and approval = ?2 and "\
        "what = ?3 and channel = ?4")                                                              \
    X(CHAT_AT, "select approval, decides, what, hash from chat_message where chat = ?1 and "       \
        "channel = ?2 and ts = ?3")                                                                \
    X(CHAT_JOIN, "insert or replace into chat_joined values(?1, ?2, ?3, ?4)")                      \
    X(CHAT_LEAVE, "delete from chat_joined where chat = ?1 and conversation = ?2")                 \
    X(CHAT_JOINED, "select conversation, service, at from chat_joined where chat = ?1 order by at desc, "\
        "conversation")                                                                            \
    X(CHAT_SERVICE, "select service from chat_joined where chat = ?1 and conversation = ?2")       \
    X(CHAT_HEARD_ADD, "insert or ignore into chat_heard values(?1, ?2)")                           \
    X(CHAT_HEARD_OLD, "delete from chat_heard where at < ?1")                                      \
    X(CHAT_HEARD, "select 1 from chat_heard where delivery = ?1")                                  \
    X(CHAT_DUE, "select id from approval where state in ('pending', 'approved') union select "     \
        "approval from chat_message where done = 0")
/* clang-format on */

#endif
