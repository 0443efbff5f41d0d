/* The trail (trail.h): where entries of the ledger are found by their words. */
#ifndef SL_ROLE_KEEPER_SQL_TRAIL_H
#define SL_ROLE_KEEPER_SQL_TRAIL_H

/* The trail (trail.h). A term is a letter and a word; bits: the entries of the block that have it;
 * lines: how many lines they are. trail_asked.words: the keys of what was asked, NUL after each. */
#define SL_TRAIL_SCHEMA                                                                          \
    "create table if not exists trail_term(id integer primary key, term blob not null unique);"  \
    "create table if not exists trail_post(term integer not null, block integer not null, bits " \
    "integer not null, lines integer not null, primary key(term, block)) without rowid;"         \
    "create view if not exists trail_post_told as select t.term, p.block, p.bits, p.lines from " \
    "trail_post p join trail_term t on t.id = p.term;"                                           \
    "create table if not exists trail_block(block integer primary key, at_us integer not null);" \
    "create index if not exists trail_block_at on trail_block(at_us);"                           \
    "create table if not exists trail_asked(approval text primary key, entry integer not null, " \
    "at_us integer not null, words blob not null) without rowid;"                                \
    "create table if not exists trail_wait(entry integer primary key, approval text not null, "  \
    "at_us integer not null, wait_us integer not null);"                                         \
    "create index if not exists trail_wait_at on trail_wait(at_us);"                             \
    "insert or ignore into meta values('trail', 0);"

/* clang-format off */
#define SL_TRAIL_SQL(X)                                                                            \
    X(TRAIL_NEXT_GET, "select value from meta where key = 'trail'")                                \
    X(TRAIL_NEXT_SET, "update meta set value = ?1 where key = 'trail'")                            \
    X(TRAIL_TERM_GET, "select id from trail_term where term = ?1")                                 \
    X(TRAIL_TERM_ADD, "insert into trail_term values(null, ?1) returning id")                      \
    X(TRAIL_POST_ADD, "insert into trail_post values(?1, ?2, ?3, ?4) on conflict do update set "   \
        "bits = bits | excluded.bits, lines = lines + excluded.lines")                             \
    X(TRAIL_POST_GET, "select bits from trail_post where term = ?1 and block = ?2")                \
    X(TRAIL_POST_BEFORE, "select block, bits from trail_post where term = ?1 and block between ?2 "\
        "and ?3 order by block desc limit 1")                                                      \
    X(TRAIL_POST_ROWS, "select count(*) from (select 1 from trail_post where term = ?1 limit ?2)") \
    X(TRAIL_POST_SUM, "select coalesce(sum(lines), 0) from trail_post where term = ?1 and block >= "\
        "?2")                                                                                      \
    X(TRAIL_BLOCK_ADD, "insert or ignore into trail_block values(?1, ?2)")                         \
    X(TRAIL_BLOCK_FROM, "select min(block) + 1 from trail_block where at_us >= ?1")                \
    X(TRAIL_BLOCK_TO, "select max(block) + 1 from trail_block where at_us <= ?1")                  \
    X(TRAIL_ASKED_ADD, "insert or replace into trail_asked values(?1, ?2, ?3, ?4)")                \
    X(TRAIL_ASKED_GET, "select entry, at_us, words from trail_asked where approval = ?1")          \
    X(TRAIL_WAIT_ADD, "insert or replace into trail_wait values(?1, ?2, ?3, ?4)")                  \
    X(TRAIL_WAITS, "select count(*) from trail_wait where at_us >= ?1")                            \
    X(TRAIL_WAIT_AT, "select approval, wait_us from trail_wait where at_us >= ?1 order by wait_us, "\
        "entry limit 1 offset ?2")
/* clang-format on */

#endif
