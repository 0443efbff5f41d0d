/* The schema of the view and every statement that is run on it. */
#ifndef SL_ROLE_KEEPER_SQL_H
#define SL_ROLE_KEEPER_SQL_H

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

#define SL_KEEPER_SCHEMA                                                                           \
    "create table if not exists meta(key text primary key, value integer not null);"               \
    "insert or ignore into meta values('applied', 0);"                                             \
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
    "create table if not exists in_force(digest text not null);"                                   \
    "create table if not exists delegate(owner text not null, delegate text not null, since_us "   \
    "integer not null, until_us integer not null, primary key(owner, delegate)) without rowid;"    \
    "create table if not exists exception(id text primary key, kind text not null, identity text " \
    "not null, person text not null, credential text not null, channel text not null, reason "     \
    "text not null, at_us integer not null, due_us integer not null) without rowid;"               \
    "create table if not exists review(exception text not null, identity text not null, person "   \
    "text not null, reason text not null, channel text not null, at_us integer not null, "         \
    "primary key(exception, person)) without rowid;"                                               \
    "create table if not exists console_session(id text primary key, credential text not null, "   \
    "hash blob not null unique, since_us integer not null, expires_us integer not null, ended_us " \
    "integer not null);"                                                                           \
    "create index if not exists console_session_open on console_session(since_us) where ended_us " \
    "= 0;"                                                                                         \
    "create index if not exists console_session_of on console_session(credential);"                \
    "create table if not exists display(identity text primary key, text text not null) without "   \
    "rowid;"                                                                                       \
    "create table if not exists active_since(identity text primary key, at_us integer not null) "  \
    "without rowid;"                                                                               \
    "create table if not exists owner_paused(identity text primary key, owner text not null) "     \
    "without rowid;"                                                                               \
    "create table if not exists account(issuer text not null, subject text not null, credential "  \
    "text not null, identity text not null, since_us integer not null, ended_us integer not "      \
    "null, "                                                                                       \
    "issued_s integer not null, primary key(issuer, subject)) without rowid;"                      \
    "create index if not exists account_identity on account(identity);"                            \
    "create index if not exists account_credential on account(credential);"                        \
    "create table if not exists membership_from(identity text not null, grp text not null, "       \
    "source "                                                                                      \
    "text not null, primary key(identity, grp, source)) without rowid;"                            \
    "create index if not exists membership_from_source on membership_from(source);"                \
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
    "create index if not exists scim_member_user on scim_member(user);"                            \
    "create table if not exists session(id integer primary key, identity text not null, kind "     \
    "text "                                                                                        \
    "not null, owner text not null, target text not null, environment text not null, gate "        \
    "integer "                                                                                     \
    "not null, since_us integer not null, credential text not null);"                              \
    "create table if not exists session_job(session integer primary key, started_by text not "     \
    "null, "                                                                                       \
    "unknown text not null, job text not null, link text not null);"                               \
    "create table if not exists session_for(session integer primary key, names text not null);"    \
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
    "create table if not exists passkey(id text primary key, identity text not null, algorithm "   \
    "text not null, spki blob not null, rp_id text not null, backup_eligible integer not null, "   \
    "backed_up integer not null, counter integer not null, since_us integer not null, "            \
    "removed_us integer not null, credential text not null, alone integer not null);"              \
    "create index if not exists passkey_identity on passkey(identity);"                            \
    "create index if not exists passkey_spki on passkey(spki);"                                    \
    "create table if not exists refusal(approval text not null, person text not null, reason "     \
    "text not null, primary key(approval, person, reason)) without rowid;"                         \
    "create table if not exists passkey_name(passkey text primary key, name text not null);"       \
    "create table if not exists approval_alike(key blob not null, sequence integer not null, "     \
    "approval text not null unique, primary key(key, sequence)) without rowid;"                    \
    "create table if not exists approval_said(approval text not null, n integer not null, kind "   \
    "text not null, identity text not null, channel text not null, said text not null, at_us "     \
    "integer not null, primary key(approval, n)) without rowid;"                                   \
    "create table if not exists device(device blob not null, identity text not null, at_us "       \
    "integer not null, primary key(device, identity)) without rowid;"                              \
    "create index if not exists device_identity on device(identity);"                              \
    "create table if not exists approval_shown(approval text not null, identity text not null, "   \
    "what integer not null, primary key(approval, identity)) without rowid;"                       \
    "create table if not exists approval_cap(approval text primary key, rows integer not null);"   \
    "create table if not exists budget_use(rule text not null, target text not null, who text not" \
    " null, start_ms integer not null, rows integer not null, bytes integer not null, statements " \
    "integer not null, primary key(rule, target, who, start_ms)) without rowid;"                   \
    "create table if not exists budget_lease(session integer not null, lease integer not null, "   \
    "rule text not null, target text not null, who text not null, rows integer not null, bytes "   \
    "integer not null, statements integer not null, primary key(session, lease, rule)) without "   \
    "rowid;"                                                                                       \
    "create index if not exists budget_lease_who on budget_lease(rule, target, "                   \
    "who);" SL_LINEAGE_SCHEMA SL_USAGE_SCHEMA SL_TRAIL_SCHEMA

#define SL_APPROVAL_COLUMNS                                                                        \
    "id, state, identity, target, environment, protocol, asked_us, expires_us, grant_ttl_ms, "     \
    "grant_expires_us, closed_us, digest, salt, join_key, action, detail, passkey, why, outcome, " \
    "session, gate_action"

#define SL_PASSKEY_COLUMNS                                                                      \
    "id, identity, algorithm, spki, rp_id, backup_eligible, backed_up, counter, since_us, "     \
    "removed_us, credential, alone, coalesce((select name from passkey_name n where n.passkey " \
    "= passkey.id), '')"

#define SL_ACT_COLUMNS                                                                         \
    "a.id, a.target, a.identity, a.owner, a.run, a.reason, a.sink, a.statements, a.rules, "    \
    "a.verdict, a.standing, a.observed, a.approval, a.approvers, a.why, a.session, a.action, " \
    "a.first_us, a.last_us, a.count, a.rows, a.bytes"

/* clang-format off */
#define SL_KEEPER_SQL(X)                                                                            \
    X(APPLIED_GET, "select value from meta where key = 'applied'")                                  \
    X(APPLIED_SET, "update meta set value = ?1 where key = 'applied'")                              \
    X(IDENTITY_ADD, "insert into identity values(?1, ?2, ?3, 'active', ?4, ?1, ?5, ?6)")            \
    X(IDENTITY_GET, "select name, kind, owner, status, since_us, person, os_user, salt, "           \
        "coalesce(a.at_us, 0), coalesce(d.text, '') from identity left join active_since a on "     \
        "a.identity = name left join display d on d.identity = name where name = ?1")               \
    X(DISPLAY_SET, "insert or replace into display values(?1, ?2)")                                 \
    X(IDENTITY_ACTIVE, "insert or replace into active_since values(?1, ?2)")                        \
    X(IDENTITY_LIST, "select name, kind, owner, status, since_us, person, os_user, salt from "      \
        "identity order by name")                                                                   \
    X(IDENTITY_PAGE, "select name from identity where name > ?1 order by name limit ?2")            \
    X(OWNER_PAUSE, "insert or replace into owner_paused values(?1, ?2)")                            \
    X(OWNER_PAUSE_OVER, "delete from owner_paused where identity = ?1")                             \
    X(OWNER_PAUSED, "select count(*) from owner_paused where identity = ?1")                        \
    X(UNOWNED, "select i.name from identity i left join identity o on o.name = i.owner where "      \
        "i.kind <> 'human' and i.status = 'active' and (o.name is null or o.status <> 'active') "   \
        "order by 1 limit 20")                                                                      \
    X(SESSIONS_OF, "select count(*) from session where identity = ?1")                              \
    X(LAST_SIGN_IN_OF, "select max(coalesce((select max(since_us) from credential where identity = " \
        "?1), 0), coalesce((select max(since_us) from session where identity = ?1), 0), coalesce((" \
        "select max(s.since_us) from credential c join console_session s on s.credential = c.id "   \
        "where c.identity = ?1), 0))")                                                              \
    X(LAST_HOUR_OF, "select coalesce(max((select max(u.hour) from usage u where u.who = w.id)), 0) " \
        "from usage_who w where w.identity = ?1")                                                   \
    X(REFUSED_OF, "select a.identity, a.target, a.statements, a.rules, a.verdict, a.why, a.reason, " \
        "a.run, a.approval, a.approvers, a.last_us, a.count, a.standing from json_each(?1) n join " \
        "lineage_act a on a.identity = n.value where a.standing > 1 and a.standing < 7 order by "   \
        "a.last_us desc limit ?2")                                                                  \
    X(IDENTITY_STATUS, "update identity set status = ?2 where name = ?1")                           \
    X(IDENTITY_LINK, "update identity set person = (select person from identity where name = ?2) "  \
        "where person = (select person from identity where name = ?1)")                             \
    X(IDENTITY_OS_USER, "update identity set os_user = ?2 where name = ?1")                         \
    X(IDENTITY_OF_OS_USER, "select name from identity where os_user = ?1 and os_user <> ''")        \
    X(DEVICE_SEEN, "insert or replace into device values(?1, ?2, ?3)")                              \
    X(IDENTITY_OF_DEVICE, "select distinct o.identity from device d join device o on o.device = "   \
        "d.device where d.identity = ?1 and o.identity <> ?1 and d.at_us > ?2 and o.at_us > ?2")    \
    X(IDENTITY_OF_PERSON, "select name from identity where person = ?1 order by name")              \
    X(DELEGATE_SET, "insert into delegate values(?1, ?2, ?3, ?4) on conflict do update set "        \
        "since_us = ?3, until_us = ?4")                                                             \
    X(DELEGATE_REMOVE, "delete from delegate where owner = ?1 and delegate = ?2")                   \
    X(DELEGATES_OF, "select delegate, until_us from delegate where owner = ?1 and (until_us = 0 or "\
        "until_us > ?2) order by delegate")                                                         \
    X(CREDENTIAL_FOR_ADD, "insert or ignore into credential_for values(?1, ?2)")                    \
    X(CREDENTIAL_FOR, "select name from credential_for where credential = ?1 order by name")        \
    X(DECIDERS_EVER, "select coalesce((select value from meta where key = 'two_deciders'), "       \
        "(select count(distinct i.person) from credential c join identity i on i.name = "           \
        "c.identity where c.deciding = 1))")                                                        \
    X(TWO_DECIDERS, "insert into meta select 'two_deciders', 2 where not exists (select 1 from meta " \
        "where key = 'two_deciders') and (select count(*) from (select distinct i.person from "     \
        "credential c join identity i on i.name = c.identity where c.deciding = 1 limit 2)) = 2")   \
    X(EXCEPTION_ADD, "insert or ignore into exception values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")  \
    X(EXCEPTION_GET, "select id, kind, identity, person, credential, channel, reason, at_us, due_us, " \
        "(select count(*) from review r where r.exception = e.id) from exception e where id = ?1")  \
    X(EXCEPTION_LIST, "select id from exception e where ?1 = 1 or (select count(*) from review r "  \
        "where r.exception = e.id) < 2 order by at_us desc limit 501")                              \
    X(EXCEPTION_GRANTS_BY, "select a.id from approval a join exception e on e.id = a.id where "     \
        "a.state = 'approved' and e.identity = ?1")                                                 \
    X(REVIEW_ADD, "insert or ignore into review values(?1, ?2, ?3, ?4, ?5, ?6)")                    \
    X(REVIEWS_OF, "select identity, person, reason, channel, at_us from review where exception = ?1 " \
        "order by at_us")                                                                           \
    X(GOVERNED_GET, "select value from meta where key = 'governed'")                                \
    X(GOVERNED_SET, "insert or replace into meta values('governed', ?1)")                           \
    X(IN_FORCE_GET, "select coalesce(max(digest), '') from in_force")                               \
    X(IN_FORCE_CLEAR, "delete from in_force")                                                       \
    X(IN_FORCE_SET, "insert into in_force values(?1)")                                              \
    X(IDENTITY_OF_KIND, "select name from identity where kind = ?1 and (status = ?2 or (?2 = "      \
        "'active' and name in (select identity from owner_paused))) order by name")                 \
    X(GROUP_ADD, "insert or ignore into membership values(?1, ?2, ?3)")                             \
    X(GROUP_REMOVE, "delete from membership where identity = ?1 and grp = ?2")                      \
    X(GROUPS_OF, "select grp, since_us from membership where identity = ?1 order by grp")           \
    X(MEMBERS_OF, "select identity from membership where grp = ?1 order by identity")               \
    X(FROM_KEEP, "insert or ignore into membership_from select identity, grp, '' from membership "   \
        "where identity = ?1 and grp = ?2 and not exists (select 1 from membership_from f where "   \
        "f.identity = ?1 and f.grp = ?2)")                                                          \
    X(FROM_TOO, "insert or ignore into membership_from select distinct identity, grp, '' from "      \
        "membership_from where identity = ?1 and grp = ?2")                                         \
    X(FROM_ADD, "insert or ignore into membership_from values(?1, ?2, ?3)")                         \
    X(FROM_REMOVE, "delete from membership_from where identity = ?1 and grp = ?2 and source = ?3")  \
    X(FROM_REMOVE_ALL, "delete from membership_from where identity = ?1 and grp = ?2")              \
    X(FROM_OTHER, "select 1 from membership_from where identity = ?1 and grp = ?2 and source <> ?3") \
    X(FROM_OF, "select grp from membership_from where identity = ?1 and source = ?2 order by grp")  \
    X(GROUP_REMOVE_LAST, "delete from membership where identity = ?1 and grp = ?2 and not exists "  \
        "(select 1 from membership_from f where f.identity = ?1 and f.grp = ?2)")                   \
    X(PROVISIONER_END, "update provisioner set revoked_us = ?2 where issuer = ?1 and revoked_us = 0") \
    X(PROVISIONER_ADD, "insert into provisioner values(?1, ?2, ?3, ?4, 0)")                        \
    X(PROVISIONER_BY_HASH, "select issuer from provisioner where hash = ?1 and revoked_us = 0")    \
    X(SCIM_USER_PUT, "insert or replace into scim_user values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, " \
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
    X(SCIM_USER_TAKEN, "select 1 from scim_user where issuer = ?1 and id <> ?2 and user_name = ?3 " \
        "collate nocase "                                                                           \
        "union all select 1 from scim_user where ?4 <> '' and issuer = ?1 and external = ?4 and "   \
        "id <> ?2 "                                                                                 \
        "union all select 1 from scim_user u where ?5 <> '' and u.issuer = ?1 and u.external = ?5 " \
        "and u.id <> ?2 and not exists (select 1 from scim_subject s where s.user = u.id) "         \
        "union all select 1 from scim_subject s join scim_user u on u.id = s.user where ?5 <> '' "  \
        "and s.subject = ?5 and u.issuer = ?1 and u.id <> ?2")                                      \
    X(SCIM_GROUP_TAKEN, "select 1 from scim_group where issuer = ?1 and id <> ?2 and display_name " \
        "= ?3 collate nocase")                                                                     \
    X(SCIM_GROUPS_OF, "select g.display_name from scim_member m join scim_group g on g.id = m.grp " \
        "where m.user = ?1 and g.issuer = ?2 order by g.since_us, g.id")                           \
    X(SCIM_USERS_FROM, "select issuer, id from scim_user where id > ?1 and active = 1 order by id " \
        "limit ?2")                                                                                \
    X(SCIM_OTHERS_OFF, "select coalesce(max(off & 3), 0), count(*) from scim_user where identity = ?1 " \
        "and id <> ?2 and active = 0")                                                             \
    X(SCIM_USER_GONE, "select 1 from scim_user u where u.issuer = ?1 and u.external = ?2 and "      \
        "u.active = 0 and not exists (select 1 from scim_subject s where s.user = u.id) "           \
        "union all select 1 from scim_subject s join scim_user u on u.id = s.user where "           \
        "s.subject = ?2 and u.issuer = ?1 and u.active = 0")                                        \
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
    X(ACCOUNT_SET, "insert or replace into account values(?1, ?2, ?3, ?4, ?5, 0, 0)")               \
    X(ACCOUNT_END, "update account set ended_us = ?3 where issuer = ?1 and subject = ?2 and "        \
        "ended_us = 0")                                                                             \
    X(ACCOUNT_SEEN, "update account set issued_s = max(issued_s, ?2) where credential = ?1")        \
    X(ACCOUNT_GET, "select credential, identity, since_us, issued_s from account where issuer = ?1 " \
        "and subject = ?2 and ended_us = 0")                                                        \
    X(ACCOUNT_LIST, "select a.issuer, a.subject, a.credential, a.since_us from account a join "     \
        "credential c on c.id = a.credential where a.identity = ?1 and a.ended_us = 0 and "          \
        "c.revoked_us = 0 order by a.issuer, a.subject")                                            \
    X(ACCOUNT_ALL, "select issuer, subject, credential, identity from account where ended_us = 0")  \
    X(SCIM_USER_KEEP_OFF, "update scim_user set off = off & 4 where identity = ?1")                       \
    X(ACCOUNT_EVER, "select identity from account where issuer = ?1 and subject = ?2")              \
    X(ACCOUNT_OF, "select issuer, subject from account where credential = ?1")                      \
    X(CREDENTIAL_ADD, "insert into credential values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10)")  \
    X(CREDENTIAL_BY_HASH, "select id, identity, deciding, since_us, expires_us, revoked_us, issuer "\
        "from credential where hash = ?1")                                                          \
    X(CREDENTIAL_BY_ID, "select id, identity, deciding, since_us, expires_us, revoked_us, issuer "  \
        "from credential where id = ?1")                                                            \
    X(CREDENTIAL_VERIFIERS, "select id, stored_key, server_key from credential where identity = ?1 "\
        "and deciding = 0 and revoked_us = 0 and (expires_us = 0 or expires_us > ?2)")              \
    X(CREDENTIAL_DECIDING, "select id, identity, deciding, since_us, expires_us, revoked_us, issuer "\
        "from credential where identity = ?1 and deciding = 1 and revoked_us = 0")                  \
    X(CREDENTIAL_REVOKE, "update credential set revoked_us = ?2 where id = ?1 and revoked_us = 0")  \
    X(CREDENTIAL_LIST, "select id, identity, deciding, since_us, expires_us, revoked_us, exists "   \
        "(select 1 from account a where a.credential = credential.id) from credential where ?1 = '' or identity = ?1 order by since_us, id")                          \
    X(CREDENTIAL_OF, "select id from credential where identity = ?1 and revoked_us = 0 order by "   \
        "since_us, id")                                                                             \
    X(CONSOLE_ADD, "insert into console_session values(?1, ?2, ?3, ?4, ?5, 0)")                     \
    X(CONSOLE_END, "update console_session set ended_us = ?2 where id = ?1 and ended_us = 0")       \
    X(CONSOLE_BY_HASH, "select id, credential, since_us, expires_us, ended_us from "                \
        "console_session where hash = ?1")                                                          \
    X(CONSOLE_BY_ID, "select id, credential, since_us, expires_us, ended_us from console_session "  \
        "where id = ?1")                                                                            \
    X(CONSOLE_OPEN, "select id from console_session where ended_us = 0 order by since_us limit ?1")  \
    X(CONSOLE_OPEN_OF, "select s.id from credential c join console_session s on s.credential = "    \
        "c.id where c.identity = ?1 and s.ended_us = 0 order by s.since_us limit ?2")               \
    X(CONSOLE_COUNT, "select count(*) from console_session where ended_us = 0 and expires_us > ?1") \
    X(CONSOLE_LIST, "select s.id, s.credential, c.identity, s.since_us, s.expires_us, s.ended_us or " \
        "c.revoked_us from console_session s join credential c on c.id = s.credential where ?1 = '' " \
        "or c.identity = ?1 order by s.since_us, s.id")                                             \
    X(INVITATION_ADD, "insert into invitation values(?1, ?2, ?3, ?4, 0, ?5, ?6)")                   \
    X(INVITATION_GET, "select identity, since_us, expires_us, used_us, issuer, issuer_uid from "    \
        "invitation where hash = ?1")                                                               \
    X(INVITATION_USED, "update invitation set used_us = ?2 where hash = ?1")                        \
    X(INVITATION_CLEAR, "update invitation set used_us = ?2 where identity = ?1 and used_us = 0")   \
    X(SESSION_ADD, "insert or replace into session values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")     \
    X(SESSION_REMOVE, "delete from session where id = ?1")                                          \
    X(SESSION_JOB_ADD, "insert or replace into session_job values(?1, ?2, ?3, ?4, ?5)")             \
    X(SESSION_JOB_REMOVE, "delete from session_job where session = ?1")                             \
    X(SESSION_LIST, "select id, identity, kind, owner, target, environment, gate, since_us, "       \
        "credential, coalesce(j.started_by, ''), coalesce(j.unknown, ''), coalesce(j.job, ''), "    \
        "coalesce(j.link, ''), coalesce(f.names, '') from session left join session_job j on "      \
        "j.session = id left join session_for f on f.session = id order by id")                     \
    X(SESSION_FOR_ADD, "insert or replace into session_for values(?1, ?2)")                         \
    X(SESSION_FOR_REMOVE, "delete from session_for where session = ?1")                             \
    X(JOURNAL_SET, "insert or replace into journal values(?1, ?2, ?3)")                             \
    X(JOURNAL_GET, "select generation, position from journal where gate = ?1")                      \
    X(OPEN_ADD, "insert or ignore into open_action values(?1, ?2, ?3)")                             \
    X(OPEN_REMOVE, "delete from open_action where gate = ?1 and session = ?2 and action = ?3")      \
    X(OPEN_LIST, "select session, action from open_action where gate = ?1 order by 1, 2")           \
    X(LABEL_ADD, "insert or ignore into derived_label values(?1, ?2, ?3, ?4, ?5, ?6, ?7)")          \
    X(LABEL_SETTLE, "insert or ignore into derived_label select target, column_name, label, "       \
        "source, 0, 0, 0 from derived_label where session = ?1 and action between ?2 and ?3")       \
    X(LABEL_FORGET, "delete from derived_label where session = ?1 and action between ?2 and ?3")    \
    X(LABEL_DROP, "delete from derived_label where target = ?1 and column_name = ?2 and session = 0") \
    X(LABEL_OF, "select target, column_name, label, source, how from derived_label where session "  \
        "= ?1 and action between ?2 and ?3 order by 1, 2, 3")                                       \
    X(LABEL_WAITS, "select count(*) from derived_label where target = ?1 and column_name = ?2 and " \
        "session <> 0")                                                                             \
    X(LABEL_PENDING, "select count(*) from derived_label where session <> 0")                       \
    X(LABEL_LIST, "select target, column_name, label, max(source), max(session = 0) from "          \
        "derived_label group by 1, 2, 3 order by 1, 2, 3")                                          \
    X(APPROVAL_ADD, "insert into approval values(?1, 'pending', ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, " \
        "?9, ?10, ?11, ?12, ?13, ?14, '', '', 0, 0, ?15, ?16)")                                          \
    X(APPROVAL_GET, "select " SL_APPROVAL_COLUMNS ", coalesce((select bytes from approval_large l "  \
        "where l.approval = id), 0), coalesce((select brief from approval_large l where l.approval = "  \
        "id), '') from approval where id = ?1")                                                     \
    X(LARGE_ADD, "insert or replace into approval_large values(?1, ?2, ?3, ?4)")                    \
    X(LARGE_GET, "select action from approval_large where approval = ?1")                           \
    X(LARGE_ERASE, "delete from approval_large where approval = ?1")                                \
    X(LARGE_BYTES_OF, "select coalesce(sum(l.bytes), 0) from approval a join approval_large l on "   \
        "l.approval = a.id where a.identity = ?1 and a.state in ('pending', 'approved')")           \
    X(APPROVALS_DOWN, "select id, sequence from approval where sequence < ?1 order by sequence "    \
        "desc limit ?2")                                                                            \
    X(APPROVALS_UP, "select id, sequence from approval where sequence > ?1 order by sequence limit " \
        "?2")                                                                                       \
    X(APPROVALS_DOWN_IN, "select id, sequence from approval where state = ?3 and sequence < ?1 "    \
        "order by sequence desc limit ?2")                                                          \
    X(APPROVALS_UP_IN, "select id, sequence from approval where state = ?3 and sequence > ?1 "      \
        "order by sequence limit ?2")                                                               \
    X(APPROVAL_JOIN, "select id from approval where join_key = ?1 and state in ('pending', "        \
        "'approved') order by sequence desc limit 1")                                               \
    X(APPROVAL_UNKNOWN, "select id from approval where join_key = ?1 and state = 'spent' and "      \
        "outcome like '{\"outcome\":\"unknown\"%' order by sequence desc limit 1")                  \
    X(APPROVAL_COUNT_OF, "select count(*) from approval where identity = ?1 and state in "         \
        "('pending', 'approved')")                                                                  \
    X(APPROVAL_OPEN_OF, "select id, state from approval where identity = ?1 and state in "          \
        "('pending', 'approved')")                                                                  \
    X(APPROVAL_OPEN, "select id, state, expires_us, grant_expires_us from approval where state in " \
        "('pending', 'approved')")                                                                  \
    X(APPROVAL_GRANTS_BY, "select a.id from approval a join vote v on v.approval = a.id where "     \
        "a.state = 'approved' and v.identity = ?1")                                                 \
    X(APPROVAL_YES_BY, "select distinct a.id from approval a join vote v on v.approval = a.id where " \
        "a.state in ('pending', 'approved') and v.decision = 'approve' and v.identity = ?1")         \
    X(APPROVAL_MOVE, "update approval set state = ?2, why = ?3, grant_expires_us = ?4, closed_us = "\
        "?5 where id = ?1")                                                                         \
    X(APPROVAL_SPENT_BY, "update approval set session = ?2, gate_action = ?3 where id = ?1")        \
    X(APPROVAL_OUTCOME, "update approval set outcome = ?2 where id = ?1")                           \
    X(APPROVAL_NO_OUTCOME, "select id, session, gate_action, protocol from approval where state = " \
        "'spent' and outcome = ''")                                                                 \
    X(APPROVAL_DUE, "select id from approval where (state = 'pending' and expires_us <= ?1) or "    \
        "(state = 'approved' and grant_expires_us <= ?1)")                                          \
    X(APPROVAL_ENTRY, "select entry from approval where id = ?1")                                   \
    X(APPROVAL_ERASE, "update approval set action = '', salt = zeroblob(32) where id = ?1")         \
    X(APPROVAL_LAST, "select coalesce(max(sequence), 0) from approval")                             \
    X(APPROVAL_NEWEST, "select coalesce(max(asked_us), 0) from approval")                           \
    X(VOTE_ADD, "insert or replace into vote values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                      \
    X(VOTES_OF, "select v.identity, v.person, decision, reason, channel, v.credential, may, at_us, " \
        "coalesce(p.passkey, '') from vote v left join vote_passkey p on p.approval = v.approval and "   \
        "p.person = v.person where v.approval = ?1 order by at_us, v.person")                       \
    X(VOTE_PASSKEY, "insert or replace into vote_passkey values(?1, ?2, ?3)")                                  \
    X(PASSKEY_ADD, "insert into passkey values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11)")   \
    X(PASSKEY_NAME, "insert into passkey_name values(?1, ?2) on conflict do update set name = ?2")  \
    X(ALIKE_ADD, "insert into approval_alike values(?1, ?2, ?3)")                                   \
    X(ALIKE, "select id from (select a.id, a.identity, a.sequence from approval_alike mine join "   \
        "approval_alike k on k.key = mine.key and k.sequence < mine.sequence join approval a on a.id = " \
        "k.approval where mine.approval = ?1 and a.state in ('approved', 'spent', 'lapsed') order by "  \
        "k.sequence desc limit 100) order by identity = ?2 desc, sequence desc limit ?3")            \
    X(SHOWN_SET, "insert or replace into approval_shown values(?1, ?2, ?3)")                        \
    X(SHOWN_GET, "select what from approval_shown where approval = ?1 and identity = ?2")           \
    X(SAID_ADD, "insert into approval_said select ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5, ?6 " \
        "from approval_said where approval = ?1")                                                   \
    X(SAID_OF, "select kind, identity, channel, said, at_us from approval_said where approval = ?1 " \
        "order by n")                                                                               \
    X(SAID_OPEN, "select s.approval from approval_said s join approval a on a.id = s.approval "     \
        "where a.state = 'pending' and a.identity = ?1 and s.kind = 'question' and s.n = (select "  \
        "max(n) from approval_said where approval = s.approval) order by s.at_us")                  \
    X(PASSKEY_REMOVE, "update passkey set removed_us = ?2 where id = ?1 and removed_us = 0")        \
    X(PASSKEY_USED, "update passkey set counter = ?2, backed_up = ?3 where id = ?1")                \
    X(PASSKEY_GET, "select " SL_PASSKEY_COLUMNS " from passkey where id = ?1")                      \
    X(PASSKEY_LIST, "select " SL_PASSKEY_COLUMNS " from passkey where ?1 = '' or identity = ?1 "    \
        "order by removed_us > 0, identity, since_us, id")                                          \
    X(PASSKEY_BY_PUBLIC_KEY, "select id from passkey where spki = ?1")                              \
    X(APPROVAL_GRANTS_BY_PASSKEY, "select a.id from approval a join vote_passkey p on p.approval = " \
        "a.id where a.state = 'approved' and p.passkey = ?1")                                       \
    X(REFUSAL_ADD, "insert or ignore into refusal values(?1, ?2, ?3)")                              \
    X(REFUSAL_GET, "select 1 from refusal where approval = ?1 and person = ?2 and reason = ?3")     \
    X(CAP_ADD, "insert into approval_cap values(?1, ?2) on conflict(approval) do update set rows = "\
        "min(rows, excluded.rows)")                                                                 \
    X(CAP_GET, "select rows from approval_cap where approval = ?1")                                 \
    X(BUDGET_LAST, "select coalesce(max(start_ms), 0) from budget_use where rule = ?1 and target = "\
        "?2 and who = ?3")                                                                          \
    X(BUDGET_USED, "select coalesce(sum(rows), 0), coalesce(sum(bytes), 0), coalesce(sum("          \
        "statements), 0) from budget_use where rule = ?1 and target = ?2 and who = ?3 and start_ms "\
        ">= ?4")                                                                                    \
    X(BUDGET_LENT, "select coalesce(sum(rows), 0), coalesce(sum(bytes), 0), coalesce(sum("          \
        "statements), 0) from budget_lease where rule = ?1 and target = ?2 and who = ?3")           \
    X(BUDGET_USE, "insert into budget_use values(?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict(rule, "    \
        "target, who, start_ms) do update set rows = rows + excluded.rows, bytes = bytes + "        \
        "excluded.bytes, statements = statements + excluded.statements")                            \
    X(BUDGET_PRUNE, "delete from budget_use where rule = ?1 and target = ?2 and who = ?3 and "      \
        "start_ms < ?4")                                                                            \
    X(LEASE_ADD, "insert into budget_lease values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict("     \
        "session, lease, rule) do update set rows = rows + excluded.rows, bytes = bytes + "         \
        "excluded.bytes, statements = statements + excluded.statements")                            \
    X(LEASE_USED, "update budget_lease set rows = max(rows - ?4, 0), bytes = max(bytes - ?5, 0) "   \
        "where session = ?1 and lease = ?2 and rule = ?3")                                          \
    X(LEASES_OF, "select lease, rule, target, who, rows, bytes, statements from budget_lease where "\
        "session = ?1 and (?2 = 0 or lease = ?2) order by lease, rule")                             \
    X(LEASE_REMOVE, "delete from budget_lease where session = ?1 and lease = ?2 and rule = ?3")     \
    X(NODE_GET, "select id from lineage_node where dataset = ?1 and col = ?2 and target = ?3 and "   \
        "kind = ?4")                                                                                \
    X(NODE_ADD, "insert into lineage_node(dataset, col, target, kind, whole) values(?1, ?2, ?3, ?4, "\
        "?5) returning id")                                                                         \
    X(ACT_GET, "select id from lineage_act where key = ?1")                                         \
    X(ACT_ADD, "insert into lineage_act values(null, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, " \
        "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) returning id")                      \
    X(ACT_MORE, "update lineage_act set first_us = min(first_us, ?2), last_us = max(last_us, ?3), " \
        "count = count + ?4, rows = rows + ?5, bytes = bytes + ?6 where id = ?1")                   \
    X(TOUCH_ADD, "insert or ignore into lineage_touch values(?1, ?2, ?3, ?4, ?5)")                  \
    X(EDGE_ADD, "insert or ignore into lineage_edge values(?1, ?2, ?3, ?4)")                        \
    X(FLOW_ADD, "insert into lineage_flow values(?1, ?2, ?3, ?4, ?4) on conflict do update set "    \
        "last_act = ?4")                                                                            \
    X(OPEN_FLOW_ADD, "insert or replace into lineage_open values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "   \
        "?9, ?10, ?11, ?12, ?13)")                                                                  \
    X(OPEN_FLOW_REMOVE, "delete from lineage_open where session = ?1 and action = ?2")              \
    X(OPEN_FLOW_LIST, "select session, action, identity, owner, target, facts, flags, outcome, "    \
        "at_us, rows, bytes, approval, approvers from lineage_open order by session, action")       \
    X(NODE_BY_ID, "select target, kind, dataset, col from lineage_node where id = ?1")               \
    X(NODES_NAMED, "select id from lineage_node where dataset = ?1 and col = ?2 and (?3 = '' or "   \
        "target = ?3 or target = '') order by id")                                                  \
    X(FLOWS_DOWN, "select dst, src, kind, last_act from lineage_flow where src in (select ?1 union " \
        "all select id from lineage_node where whole = ?1 and whole > 0 union all select whole from "  \
        "lineage_node where id = ?1 and whole > 0)")                                                \
    X(FLOWS_UP, "select src, dst, kind, last_act from lineage_flow where dst in (select ?1 union "  \
        "all select id from lineage_node where whole = ?1 and whole > 0 union all select whole from "  \
        "lineage_node where id = ?1 and whole > 0)")                                                \
    X(EDGE_SEEN_BY, "select max(e.act) from lineage_edge e join lineage_act a on a.id = e.act "     \
        "where e.src = ?1 and e.dst = ?2 and e.kind = ?3 and a.standing <= 1 and a.identity in "     \
        "(select value from json_each(?4))")                                                        \
    X(ACT_BY_ID, "select " SL_ACT_COLUMNS " from lineage_act a where a.id = ?1")                    \
    X(TOUCHES_OF, "select " SL_ACT_COLUMNS ", t.effects, t.all_columns from lineage_touch t join "  \
        "lineage_act a on a.id = t.act where t.node = ?1 and t.hour >= ?2 and a.last_us >= ?3 and " \
        "t.all_columns >= ?4 and (?5 = '' or a.identity in (select value from json_each(?5))) "     \
        "order by t.hour desc, t.act desc limit ?6")                                                \
    X(ATTEMPTS_OF, "with near(id) as (select ?1 union select id from lineage_node where whole = ?1 " \
        "and whole > 0 union select whole from lineage_node where id = ?1 and whole > 0), "          \
        "edges(src, dst, kind, act) as (select src, dst, kind, act from lineage_edge where src in "  \
        "(select id from near) union select src, dst, kind, act from lineage_edge where dst in "     \
        "(select id from near)) select " SL_ACT_COLUMNS ", e.src, e.dst, e.kind, max(e.act) from "   \
        "edges e join lineage_act a on a.id = e.act where a.standing between 2 and 6 and (?2 = '' "  \
        "or a.identity in (select value from json_each(?2))) group by e.src, e.dst, e.kind, "        \
        "a.standing order by max(e.act) desc limit ?3")                                              \
    X(WHOLE_OF, "select whole from lineage_node where id = ?1")                                     \
    X(IDENTITIES_UNDER, "with recursive mine(name) as (select name from identity where person = ?1 " \
        "union select i.name from identity i join mine m on i.owner = m.name) select "               \
        "json_group_array(name) from mine")                                                          \
    X(ASKED_ADD, "insert or replace into lineage_asked values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")  \
    X(ASKED_GET, "select identity, owner, target, protocol, facts, session, action, at_us from "    \
        "lineage_asked where approval = ?1")                                                        \
    X(ASKED_REMOVE, "delete from lineage_asked where approval = ?1")                                \
    X(USAGE_WHO_GET, "select id from usage_who where identity = ?1 and owner = ?2 and target = ?3")  \
    X(USAGE_WHO_ADD, "insert into usage_who values(null, ?1, ?2, ?3) returning id")                 \
    X(USAGE_WHAT_GET, "select id from usage_what where key = ?1")                                   \
    X(USAGE_WHAT_ADD, "insert into usage_what values(null, ?1) returning id")                       \
    X(USAGE_TOUCH_ADD, "insert or ignore into usage_touch values(?1, ?2, ?3, ?4)")                  \
    X(USAGE_GET, "select id from usage where hour = ?1 and who = ?2 and what = ?3 and verdict = ?4 " \
        "and effects = ?5 and run = ?6 and reason = ?7")                                            \
    X(USAGE_ADD, "insert into usage values(null, ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0) returning id") \
    X(USAGE_COUNT, "select count(*) from usage where hour = ?1 and who = ?2")                       \
    X(USAGE_ROW, "select u.hour, w.identity, w.owner, w.target, u.verdict, u.effects from usage u "  \
        "join usage_who w on w.id = u.who where u.id = ?1")                                         \
    X(USAGE_MORE, "update usage set statements = statements + ?2, rows = rows + ?3, bytes = bytes + " \
        "?4 where id = ?1")                                                                         \
    X(USAGE_TOTAL_MORE, "insert into usage_total values(?1, ?2, ?3, ?4, ?5, ?6) on conflict do "     \
        "update set statements = statements + ?4, rows = rows + ?5, bytes = bytes + ?6")            \
    X(USAGE_OPEN_ADD, "insert or replace into usage_open values(?1, ?2, ?3, ?4, ?5, ?6, ?7)")        \
    X(USAGE_OPEN_REMOVE, "delete from usage_open where session = ?1 and action between ?2 and ?3")  \
    X(USAGE_OPEN_LIST, "select session, action, cell, flags, outcome, rows, bytes from usage_open "  \
        "order by session, action")                                                                 \
    X(USAGE_PURGE, "delete from usage where hour < ?1 and id not in (select cell from usage_open)")  \
    X(USAGE_PURGE_WHAT, "delete from usage_what where id not in (select what from usage)")          \
    X(USAGE_PURGE_TOUCH, "delete from usage_touch where what not in (select id from usage_what)")   \
    X(USAGE_QUERY, "select case when ?1 & 1 then w.identity else '' end, case when ?1 & 2 then "     \
        "w.owner else '' end, case when ?1 & 4 then u.run else '' end, case when ?1 & 8 then "       \
        "u.reason else '' end, case when ?1 & 16 then w.target else '' end, t.d, t.c, t.l, case "    \
        "when ?1 & 256 then u.verdict else '' end, case when ?1 & 512 then u.hour else 0 end, "      \
        "cast(total(u.statements) as integer), cast(total(u.rows) as integer), "                    \
        "cast(total(u.bytes) as integer) from usage_who w cross join usage u on u.who = w.id join "    \
        "(select "                                                                                  \
        "distinct what, case when ?1 & 32 then dataset else '' end as d, case when ?1 & 64 and col " \
        "<> '' then dataset || '.' || col else '' end as c, case when ?1 & 128 then label else '' "  \
        "end as l from usage_touch where what in (select b.what from usage_who a cross join usage b on " \
        "b.who = a.id where b.hour >= ?2 and (?3 = '' or a.identity = ?3) and (?6 = '' or "         \
        "a.identity = ?6 or a.owner = ?6)) "                                                        \
        "and (?4 = '' or dataset = ?4) and (?5 = '' or label = ?5)) t on "                          \
        "t.what = u.what where u.hour >= ?2 and (?3 = '' or w.identity = ?3) and (?6 = '' or "       \
        "w.identity = ?6 or w.owner = ?6) group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 order by 13 desc, 12 " \
        "desc, 11 desc, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 limit ?7")                                    \
    X(USAGE_SIZE, "select count(*) from (select 1 from usage_who w cross join usage u on u.who = "   \
        "w.id join usage_touch t on t.what = u.what where u.hour >= ?1 and (?2 = '' or w.identity = ?2) and (?3 = '' or w.identity = ?3 "  \
        "or w.owner = ?3) limit ?4)")                                                               \
    X(TRAIL_NEXT_GET, "select value from meta where key = 'trail'")                                 \
    X(TRAIL_NEXT_SET, "update meta set value = ?1 where key = 'trail'")                             \
    X(TRAIL_TERM_GET, "select id from trail_term where term = ?1")                                  \
    X(TRAIL_TERM_ADD, "insert into trail_term values(null, ?1) returning id")                       \
    X(TRAIL_POST_ADD, "insert into trail_post values(?1, ?2, ?3, ?4) on conflict do update set "    \
        "bits = bits | excluded.bits, lines = lines + excluded.lines")                              \
    X(TRAIL_POST_GET, "select bits from trail_post where term = ?1 and block = ?2")                 \
    X(TRAIL_POST_BEFORE, "select block, bits from trail_post where term = ?1 and block between ?2 " \
        "and ?3 order by block desc limit 1")                                                       \
    X(TRAIL_POST_ROWS, "select count(*) from (select 1 from trail_post where term = ?1 limit ?2)")  \
    X(TRAIL_POST_SUM, "select coalesce(sum(lines), 0) from trail_post where term = ?1 and block >= " \
        "?2")                                                                                       \
    X(TRAIL_BLOCK_ADD, "insert or ignore into trail_block values(?1, ?2)")                          \
    X(TRAIL_BLOCK_FROM, "select min(block) + 1 from trail_block where at_us >= ?1")                 \
    X(TRAIL_BLOCK_TO, "select max(block) + 1 from trail_block where at_us <= ?1")                   \
    X(TRAIL_ASKED_ADD, "insert or replace into trail_asked values(?1, ?2, ?3, ?4)")                 \
    X(TRAIL_ASKED_GET, "select entry, at_us, words from trail_asked where approval = ?1")           \
    X(TRAIL_WAIT_ADD, "insert or replace into trail_wait values(?1, ?2, ?3, ?4)")                       \
    X(TRAIL_WAITS, "select count(*) from trail_wait where at_us >= ?1")                             \
    X(TRAIL_WAIT_AT, "select approval, wait_us from trail_wait where at_us >= ?1 order by wait_us, " \
        "entry limit 1 offset ?2")                                                                  \
    X(USAGE_TOTALS, "select target, verdict, effects, statements, rows, bytes from usage_total "    \
        "order by 1, 2, 3")                                                                         \
    X(COUNTER_MORE, "insert into counter values(?1, ?2) on conflict do update set value = value + "  \
        "?2")                                                                                       \
    X(COUNTER_GET, "select value from counter where name = ?1")                                     \
    X(APPROVAL_STATES, "select state, count(*) from approval group by state")                       \
    X(APPROVAL_WAITS, "select max(v.at_us) - a.asked_us from approval a join vote v on v.approval = " \
        "a.id where a.state in ('approved', 'spent', 'denied', 'lapsed', 'revoked') group by a.id") \
    X(COUNTS, "select (select count(*) from identity), (select count(*) from approval where state " \
        "= 'pending'), (select count(*) from approval where state = 'approved'), (select count(*) " \
        "from approval)")
/* clang-format on */

enum db_sql {
#define SL_DB_NAME(name, text) DB_##name,
    SL_KEEPER_SQL(SL_DB_NAME)
#undef SL_DB_NAME
        DB_SQL_COUNT
};

#endif
