/* The lineage graph (lineage.h). */
#ifndef SL_ROLE_KEEPER_SQL_LINEAGE_H
#define SL_ROLE_KEEPER_SQL_LINEAGE_H

/* The lineage graph (role/keeper/lineage.h). An act is what one identity did with one meaning in
 * one hour; its touches and edges are written once, when it is first seen. A flow is an edge that
 * counts (committed, or of unknown outcome), once for all its acts: what walks run over. */
#define SL_LINEAGE_SCHEMA                                                                          \
    "create table if not exists lineage_node(id integer primary key, target text not null, kind "  \
    "integer not null, dataset text not null, col text not null, whole integer not null, "         \
    "unique(dataset, col, target, kind));"                                                         \
    "create index if not exists lineage_node_whole on lineage_node(whole) where whole > 0;"        \
    "create table if not exists lineage_act(id integer primary key, key blob not null unique, "    \
    "target text not null, identity text not null, owner text not null, run text not null, "       \
    "reason text not null, sink text not null, statements text not null, rules text not null, "    \
    "verdict text not null, standing integer not null, observed integer not null, approval text "  \
    "not null, approvers text not null, why text not null, session integer not null, action "      \
    "integer not null, first_us integer not null, last_us integer not null, count integer not "    \
    "null, rows integer not null, bytes integer not null);"                                        \
    "create index if not exists lineage_act_refused on lineage_act(identity, last_us) where "      \
    "standing > 1;"                                                                                \
    "create table if not exists lineage_touch(node integer not null, hour integer not null, act "  \
    "integer not null, effects integer not null, all_columns integer not null, primary key(node, " \
    "hour, act)) without rowid;"                                                                   \
    "create table if not exists lineage_edge(src integer not null, dst integer not null, kind "    \
    "integer not null, act integer not null, primary key(src, dst, kind, act)) without rowid;"     \
    "create index if not exists lineage_edge_back on lineage_edge(dst, src, kind, act);"           \
    "create table if not exists lineage_flow(src integer not null, dst integer not null, kind "    \
    "integer not null, first_act integer not null, last_act integer not null, primary key(src, "   \
    "dst, kind)) without rowid;"                                                                   \
    "create index if not exists lineage_flow_back on lineage_flow(dst, src, kind);"                \
    "create table if not exists lineage_open(session integer not null, action integer not null, "  \
    "identity text not null, owner text not null, target text not null, facts text not null, "     \
    "flags integer not null, outcome integer not null, at_us integer not null, rows integer not "  \
    "null, bytes integer not null, approval text not null, approvers text not null, primary "      \
    "key(session, action)) without rowid;"                                                         \
    "create table if not exists lineage_asked(approval text primary key, identity text not null, " \
    "owner text not null, target text not null, protocol text not null, facts text not null, "     \
    "session integer not null, action integer not null, at_us integer not null) without rowid;"

#define SL_ACT_COLUMNS                                                                         \
    "a.id, a.target, a.identity, a.owner, a.run, a.reason, a.sink, a.statements, a.rules, "    \
    "a.verdict, a.standing, a.observed, a.approval, a.approvers, a.why, a.session, a.action, " \
    "a.first_us, a.last_us, a.count, a.rows, a.bytes"

/* clang-format off */
#define SL_LINEAGE_SQL(X)                                                                          \
    X(NODE_GET, "select id from lineage_node where dataset = ?1 and col = ?2 and target = ?3 and " \
        "kind = ?4")                                                                               \
    X(NODE_ADD, "insert into lineage_node(dataset, col, target, kind, whole) values(?1, ?2, ?3, ?4, "\
        "?5) returning id")                                                                        \
    X(ACT_GET, "select id from lineage_act where key = ?1")                                        \
    X(ACT_ADD, "insert into lineage_act values(null, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "\
        "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) returning id")                     \
    X(ACT_MORE, "update lineage_act set first_us = min(first_us, ?2), last_us = max(last_us, ?3), "\
        "count = count + ?4, rows = rows + ?5, bytes = bytes + ?6 where id = ?1")                  \
    X(TOUCH_ADD, "insert or ignore into lineage_touch values(?1, ?2, ?3, ?4, ?5)")                 \
    X(EDGE_ADD, "insert or ignore into lineage_edge values(?1, ?2, ?3, ?4)")                       \
    X(FLOW_ADD, "insert into lineage_flow values(?1, ?2, ?3, ?4, ?4) on conflict do update set "   \
        "last_act = ?4")                                                                           \
    X(OPEN_FLOW_ADD, "insert or replace into lineage_open values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, " \
        "?9, ?10, ?11, ?12, ?13)")                                                                 \
    X(OPEN_FLOW_REMOVE, "delete from lineage_open where session = ?1 and action = ?2")             \
    X(OPEN_FLOW_LIST, "select session, action, identity, owner, target, facts, flags, outcome, "   \
        "at_us, rows, bytes, approval, approvers from lineage_open order by session, action")      \
    X(NODE_BY_ID, "select target, kind, dataset, col from lineage_node where id = ?1")             \
    X(NODES_BY_ID, "select n.target, n.kind, n.dataset, j.key from json_each(?1) j cross join "    \
        "lineage_node n on n.id = j.value")                                                        \
    X(NODES_NAMED, "select id from lineage_node where dataset = ?1 and col = ?2 and (?3 = '' or "  \
        "target = ?3 or target = '') order by id")                                                 \
    X(FLOWS_DOWN, "select dst, src, kind from lineage_flow where src in (select ?1 union "\
        "all select id from lineage_node where whole = ?1 and whole > 0 union all select whole from "\
        "lineage_node where id = ?1 and whole > 0)")                                               \
    X(FLOWS_UP, "select src, dst, kind from lineage_flow where dst in (select ?1 union " \
        "all select id from lineage_node where whole = ?1 and whole > 0 union all select whole from "\
        "lineage_node where id = ?1 and whole > 0)")                                               \
    X(FLOW_ACT, "select last_act from lineage_flow where src = ?1 and dst = ?2 and kind = ?3")     \
    X(EDGE_SEEN_BY, "select max(e.act) from lineage_edge e join lineage_act a on a.id = e.act "    \
        "where e.src = ?1 and e.dst = ?2 and e.kind = ?3 and a.standing <= 1 and a.identity in "   \
        "(select value from json_each(?4))")                                                       \
    X(ACT_BY_ID, "select " SL_ACT_COLUMNS " from lineage_act a where a.id = ?1")                   \
    X(TOUCHES_OF, "select " SL_ACT_COLUMNS ", t.effects, t.all_columns from lineage_touch t join " \
        "lineage_act a on a.id = t.act where t.node = ?1 and t.hour >= ?2 and a.last_us >= ?3 and "\
        "t.all_columns >= ?4 and (?5 = '' or a.identity in (select value from json_each(?5))) "    \
        "order by t.hour desc, t.act desc limit ?6")                                               \
    X(ATTEMPTS_OF, "with near(id) as (select ?1 union select id from lineage_node where whole = ?1 "\
        "and whole > 0 union select whole from lineage_node where id = ?1 and whole > 0), "        \
        "edges(src, dst, kind, act) as (select src, dst, kind, act from lineage_edge where src in "\
        "(select id from near) union select src, dst, kind, act from lineage_edge where dst in "   \
        "(select id from near)) select " SL_ACT_COLUMNS ", e.src, e.dst, e.kind, max(e.act) from " \
        "edges e join lineage_act a on a.id = e.act where a.standing between 2 and 6 and (?2 = '' "\
        "or a.identity in (select value from json_each(?2))) group by e.src, e.dst, e.kind, "      \
        "a.standing order by max(e.act) desc limit ?3")                                            \
    X(WHOLE_OF, "select whole from lineage_node where id = ?1")                                    \
    X(ASKED_ADD, "insert or replace into lineage_asked values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")\
    X(ASKED_GET, "select identity, owner, target, protocol, facts, session, action, at_us from "   \
        "lineage_asked where approval = ?1")                                                       \
    X(ASKED_REMOVE, "delete from lineage_asked where approval = ?1")
/* clang-format on */

#endif
