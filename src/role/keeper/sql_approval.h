/* Approvals, and what people said about them. */
#ifndef SL_ROLE_KEEPER_SQL_APPROVAL_H
#define SL_ROLE_KEEPER_SQL_APPROVAL_H

#define SL_APPROVAL_SCHEMA                                                                         \
    "create table if not exists approval(id text primary key, state text not null, identity text " \
    "not null, target text not null, environment text not null, protocol text not null, asked_us " \
    "integer not null, expires_us integer not null, grant_ttl_ms integer not null, "               \
    "grant_expires_us"                                                                             \
    " integer not null, closed_us integer not null, digest blob not null, salt blob not null, "    \
    "join_key blob not null, action text not null, detail text not null, passkey integer not "     \
    "null, "                                                                                       \
    "why text not null, outcome text not null, session integer not null, gate_action integer not " \
    "null, sequence integer not null, entry integer not null);"                                    \
    "create table if not exists approval_large(approval text primary key, bytes integer not "      \
    "null, "                                                                                       \
    "brief text not null, action text not null);"                                                  \
    "create index if not exists approval_join on approval(join_key);"                              \
    "create index if not exists approval_state on approval(state, asked_us);"                      \
    "create index if not exists approval_open_of on approval(identity, state);"                    \
    "create index if not exists approval_order on approval(sequence);"                             \
    "create index if not exists approval_order_in on approval(state, sequence);"                   \
    "create table if not exists vote(approval text not null, identity text not null, person text " \
    "not null, decision text not null, reason text not null, channel text not null, credential "   \
    "text"                                                                                         \
    " not null, may integer not null, at_us integer not null, primary key(approval, person));"     \
    "create table if not exists vote_passkey(approval text not null, person text not null, "       \
    "passkey text not null, primary key(approval, person));"                                       \
    "create table if not exists vote_for(approval text not null, person text not null, away text " \
    "not null, primary key(approval, person)) without rowid;"                                      \
    "create table if not exists refusal(approval text not null, person text not null, reason "     \
    "text not null, primary key(approval, person, reason)) without rowid;"                         \
    "create table if not exists approval_alike(key blob not null, sequence integer not null, "     \
    "approval text not null unique, primary key(key, sequence)) without rowid;"                    \
    "create table if not exists approval_said(approval text not null, n integer not null, kind "   \
    "text not null, identity text not null, channel text not null, said text not null, at_us "     \
    "integer not null, primary key(approval, n)) without rowid;"                                   \
    "create table if not exists approval_shown(approval text not null, identity text not null, "   \
    "what integer not null, primary key(approval, identity)) without rowid;"                       \
    "create table if not exists approval_use(approval text not null, n integer not null, session " \
    "integer not null, action integer not null, outcome text not null, primary key(approval, n)) " \
    "without rowid;"                                                                               \
    "create table if not exists approval_escalation(approval text primary key, due_us integer "    \
    "not "                                                                                         \
    "null, at_us integer not null) without rowid;"                                                 \
    "create index if not exists approval_escalation_due on approval_escalation(due_us) where "     \
    "at_us "                                                                                       \
    "= 0;"                                                                                         \
    "create table if not exists approval_cap(approval text primary key, rows integer not null);"

#define SL_APPROVAL_COLUMNS                                                                        \
    "id, state, identity, target, environment, protocol, asked_us, expires_us, grant_ttl_ms, "     \
    "grant_expires_us, closed_us, digest, salt, join_key, action, detail, passkey, why, outcome, " \
    "session, gate_action"

/* clang-format off */
#define SL_APPROVAL_SQL(X)                                                                         \
    X(APPROVAL_ADD, "insert into approval values(?1, 'pending', ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, "\
        "?9, ?10, ?11, ?12, ?13, ?14, '', '', 0, 0, ?15, ?16)")                                    \
    X(APPROVAL_GET, "select " SL_APPROVAL_COLUMNS ", coalesce((select bytes from approval_large l "  \
        "where l.approval = id), 0), coalesce((select brief from approval_large l where l.approval = "  \
        "id), ''), coalesce((select at_us from approval_escalation e where e.approval = id), 0) from "\
        "approval where id = ?1")                                                     \
    X(LARGE_ADD, "insert or replace into approval_large values(?1, ?2, ?3, ?4)")                    \
    X(LARGE_GET, "select action from approval_large where approval = ?1")                           \
    X(LARGE_ERASE, "delete from approval_large where approval = ?1")                                \
    X(LARGE_BYTES_OF, "select coalesce(sum(l.bytes), 0) from approval a join approval_large l on "   \
        "l.approval = a.id where a.identity = ?1 and a.state in ('pending', 'approved')")           \
    X(APPROVALS_DOWN, "select id, sequence from approval where sequence < ?1 order by sequence "   \
        "desc limit ?2")                                                                           \
    X(APPROVALS_UP, "select id, sequence from approval where sequence > ?1 order by sequence limit "\
        "?2")                                                                                      \
    X(APPROVALS_DOWN_IN, "select id, sequence from approval where state = ?3 and sequence < ?1 "   \
        "order by sequence desc limit ?2")                                                         \
    X(APPROVALS_UP_IN, "select id, sequence from approval where state = ?3 and sequence > ?1 "     \
        "order by sequence limit ?2")                                                              \
    X(APPROVAL_JOIN, "select id from approval where join_key = ?1 and state in ('pending', "       \
        "'approved') order by sequence desc limit 1")                                              \
    X(APPROVAL_UNKNOWN, "select id from approval where join_key = ?1 and state in ('spent', 'revoked') and " \
        "outcome like '{\"outcome\":\"unknown\"%' order by sequence desc limit 1")                 \
    X(APPROVAL_COUNT_OF, "select count(*) from approval where identity = ?1 and state in "         \
        "('pending', 'approved')")                                                                 \
    X(APPROVAL_OPEN_OF, "select id, state from approval where identity = ?1 and state in "         \
        "('pending', 'approved')")                                                                 \
    X(APPROVAL_OPEN_FOR, "select id from approval where state in ('pending', 'approved') and "     \
        "exists (select 1 from json_each(detail, '$.on_behalf_of') n where n.value = ?1)")         \
    X(APPROVAL_OPEN, "select id, state, expires_us, grant_expires_us from approval where state in "\
        "('pending', 'approved')")                                                                 \
    X(APPROVAL_GRANTS_BY, "select a.id from approval a join vote v on v.approval = a.id where "    \
        "a.state = 'approved' and v.decision <> 'lapsed' and v.identity = ?1")                     \
    X(APPROVAL_HALF_BY, "select a.id from approval a join vote v on v.approval = a.id where "      \
        "a.state = 'pending' and v.decision = 'approve' and v.identity = ?1")                      \
    X(APPROVAL_YES_BY, "select distinct a.id from approval a join vote v on v.approval = a.id where "\
        "a.state in ('pending', 'approved') and v.decision in ('approve', 'break-glass') "  \
        "and v.identity = ?1")                                                                     \
    X(APPROVAL_MOVE, "update approval set state = ?2, why = ?3, grant_expires_us = ?4, closed_us = "\
        "?5 where id = ?1")                                                                        \
    X(APPROVAL_SPENT_BY, "update approval set session = ?2, gate_action = ?3 where id = ?1")       \
    X(APPROVAL_OUTCOME, "update approval set outcome = ?2 where id = ?1 and outcome not like "   \
        "'{\"outcome\":\"unknown\"%'")                          \
    X(APPROVAL_NO_OUTCOME, "select id, session, gate_action, protocol from approval where state = "\
        "'spent' and outcome = '' union select u.approval, u.session, u.action, 'postgres' from "     \
        "approval_use u where u.outcome = ''")                                                         \
    X(USE_ADD, "insert into approval_use values(?1, ?2, ?3, ?4, '')")                              \
    X(USE_DONE, "update approval_use set outcome = ?4 where approval = ?1 and session = ?2 and "  \
        "action = ?3")                                                                             \
    X(USES_OF, "select count(*) from approval_use where approval = ?1")                            \
    X(APPROVAL_ENVELOPES, "select id from approval where state = 'approved' and "                  \
        "json_extract(detail, '$.envelope.times') is not null")                                                                \
    X(APPROVAL_DUE, "select id from approval where (state = 'pending' and expires_us <= ?1) or "   \
        "(state = 'approved' and grant_expires_us <= ?1)")                                         \
    X(ESCALATION_ADD, "insert into approval_escalation values(?1, ?2, 0)")                         \
    X(ESCALATION_SET, "update approval_escalation set at_us = ?2 where approval = ?1")             \
    X(ESCALATION_OVER, "delete from approval_escalation where approval = ?1 and at_us = 0")        \
    X(ESCALATIONS_DUE, "select a.id from approval a join approval_escalation e on e.approval = a.id "\
        "where a.state = 'pending' and e.at_us = 0 and e.due_us <= ?1 limit 1000")                 \
    X(APPROVAL_ENTRY, "select entry from approval where id = ?1")                                  \
    X(APPROVAL_ERASE, "update approval set action = '', salt = zeroblob(32) where id = ?1")        \
    X(APPROVAL_LAST, "select coalesce(max(sequence), 0) from approval")                            \
    X(APPROVAL_NEWEST, "select coalesce(max(asked_us), 0) from approval")                          \
    X(VOTE_ADD, "insert or replace into vote values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")          \
    X(VOTE_LAPSE, "update vote set decision = 'lapsed' where approval = ?1 and identity = ?2 and " \
        "decision = 'approve'")                                                                    \
    X(VOTES_OF, "select v.identity, v.person, decision, reason, channel, v.credential, may, at_us, "\
        "coalesce(p.passkey, ''), coalesce(f.away, '') from vote v left join vote_passkey p on "   \
        "p.approval = v.approval and p.person = v.person left join vote_for f on f.approval = "    \
        "v.approval and f.person = v.person where v.approval = ?1 order by at_us, v.person")       \
    X(VOTES_YES, "select identity from vote where approval = ?1 and decision = 'approve' order by " \
        "at_us, person")                                                                           \
    X(VOTE_FOR, "insert or replace into vote_for values(?1, ?2, ?3)")                              \
    X(VOTE_FOR_NONE, "delete from vote_for where approval = ?1 and person = ?2")                   \
    X(VOTE_PASSKEY, "insert or replace into vote_passkey values(?1, ?2, ?3)")                      \
    X(VOTE_PASSKEY_NONE, "delete from vote_passkey where approval = ?1 and person = ?2")           \
    X(ALIKE_ADD, "insert into approval_alike values(?1, ?2, ?3)")                                  \
    X(ALIKE, "select id from (select a.id, a.identity, a.sequence from approval_alike mine join "  \
        "approval_alike k on k.key = mine.key and k.sequence < mine.sequence join approval a on a.id = "\
        "k.approval where mine.approval = ?1 and a.state in ('approved', 'spent', 'lapsed') order by "\
        "k.sequence desc limit 100) order by identity = ?2 desc, sequence desc limit ?3")          \
    X(SHOWN_SET, "insert or replace into approval_shown values(?1, ?2, ?3)")                       \
    X(SHOWN_GET, "select what from approval_shown where approval = ?1 and identity = ?2")          \
    X(SAID_ADD, "insert into approval_said select ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5, ?6 "\
        "from approval_said where approval = ?1")                                                  \
    X(SAID_OF, "select kind, identity, channel, said, at_us from approval_said where approval = ?1 "\
        "order by n")                                                                              \
    X(SAID_OPEN, "select s.approval from approval_said s join approval a on a.id = s.approval "    \
        "where a.state = 'pending' and a.identity = ?1 and s.kind = 'question' and s.n = (select " \
        "max(n) from approval_said where approval = s.approval) order by s.at_us")                 \
    X(APPROVAL_GRANTS_BY_PASSKEY, "select a.id from approval a join vote_passkey p on p.approval = "\
        "a.id join vote v on v.approval = a.id and v.person = p.person where a.state = 'approved' "\
        "and v.decision <> 'lapsed' and p.passkey = ?1")                                           \
    X(REFUSAL_ADD, "insert or ignore into refusal values(?1, ?2, ?3)")                             \
    X(REFUSAL_GET, "select 1 from refusal where approval = ?1 and person = ?2 and reason = ?3")    \
    X(CAP_ADD, "insert into approval_cap values(?1, ?2) on conflict(approval) do update set rows = "\
        "min(rows, excluded.rows)")                                                                \
    X(CAP_GET, "select rows from approval_cap where approval = ?1")                                \
    X(APPROVAL_STATES, "select state, count(*) from approval group by state")                      \
    X(APPROVAL_WAITS, "select max(v.at_us) - a.asked_us from approval a join vote v on v.approval = "\
        "a.id where a.state in ('approved', 'spent', 'denied', 'lapsed', 'revoked') group by a.id")
/* clang-format on */

#endif
