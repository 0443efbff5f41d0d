/* What a write sets off: triggers, defaults, checks, indexes, policies, rules, cascades; a schema,
 * then text and meaning. The flows that stay in the database follow each meaning. */
#ifndef SL_TESTS_JUDGE_CODE_FIRES_H
#define SL_TESTS_JUDGE_CODE_FIRES_H

#include "tests/unit/judge_fixture.h"

/* clang-format off */
static const char fires_schema[] =
    "create table customers (id int, name text, email text, ssn text);\n"
    "create table audit (at timestamptz, who text, what text);\n"
    "create table log2 (id int, name text, email text, ssn text);\n"
    "create table orders (id int, total int, note text);\n"
    "create function to_audit() returns trigger language plpgsql as $$ begin insert into "
    "audit (who, what) values (new.email, tg_op); return new; end $$;\n"
    "create function copy_row() returns trigger language plpgsql as $$ begin insert into "
    "log2 select new.*; return new; end $$;\n"
    "create function copy_named() returns trigger language plpgsql as $$ begin insert into "
    "log2 (id, email) values (new.id, old.email); return null; end $$;\n"
    "create function set_time() returns trigger language plpgsql as $$ begin new.at := "
    "now(); return new; end $$;\n"
    "create function fill_secret() returns trigger language plpgsql as $$ begin new.note := "
    "(select ssn from customers limit 1); return new; end $$;\n"
    "create function other_row() returns trigger language plpgsql as $$ declare r orders; "
    "begin select id, id, email into r from customers; return r; end $$;\n"
    "create function dynamic() returns trigger language plpgsql as $$ begin execute 'insert "
    "into ' || tg_argv[0] || ' values (1)'; return new; end $$;\n"
    "create function statement_rows() returns trigger language plpgsql as $$ begin insert "
    "into audit (who) select n.note from fresh n; return null; end $$;\n"
    "create function recurse() returns trigger language plpgsql as $$ begin update looped "
    "set b = b + 1 where a < new.a; return new; end $$;\n"
    "create table t_insert (id int, name text, email text, ssn text);\n"
    "create trigger a after insert on t_insert for each row execute function to_audit();\n"
    "create table t_row (id int, name text, email text, ssn text);\n"
    "create trigger a before insert or update on t_row for each row execute function "
    "copy_row();\n"
    "create table t_delete (id int, name text, email text, ssn text);\n"
    "create trigger a after delete on t_delete for each row execute procedure copy_named();\n"
    "create table t_time (id int, at timestamptz);\n"
    "create trigger a before insert or update on t_time for each row execute function "
    "set_time();\n"
    "create table t_fill (id int, note text);\n"
    "create trigger a before insert on t_fill for each row when (new.id > 3) execute "
    "function fill_secret();\n"
    "create table t_other (id int, total int, note text);\n"
    "create trigger a before insert on t_other for each row execute function other_row();\n"
    "create table t_dynamic (id int);\n"
    "create trigger a after insert on t_dynamic for each row execute function "
    "dynamic('audit');\n"
    "create table t_rows (id int, note text);\n"
    "create trigger a after insert on t_rows referencing new table as fresh for each "
    "statement execute function statement_rows();\n"
    "create table t_truncate (id int);\n"
    "create trigger a after truncate on t_truncate for each statement execute function "
    "dynamic();\n"
    "create table t_unknown (id int);\n"
    "create trigger a after insert on t_unknown for each row execute function nowhere();\n"
    "create table t_builtin (id int, v tsvector, body text);\n"
    "create trigger a before update on t_builtin for each row execute function "
    "suppress_redundant_updates_trigger();\n"
    "create function wipe_orders(a int) returns bool language plpgsql as $$ begin delete "
    "from orders; return true; end $$;\n"
    "create table t_when (id int);\n"
    "create trigger a after insert on t_when for each row when (wipe_orders(new.id)) execute "
    "function suppress_redundant_updates_trigger();\n"
    "create table looped (a int, b int);\n"
    "create trigger a after update on looped for each row execute function recurse();\n"
    "create function next_code() returns text language sql as $$ select max(ssn) from "
    "customers $$;\n"
    "create table d_default (id int, code text default next_code());\n"
    "create table d_time (id int, at timestamptz default now());\n"
    "create function doubled(a int) returns int language sql immutable as 'select a * 2';\n"
    "create table d_generated (id int, twice int generated always as (doubled(id)) stored);\n"
    "create table d_altered (id int, code text);\n"
    "alter table d_altered alter column code set default next_code();\n"
    "create table k_check (id int check (wipe_orders(id)));\n"
    "create table k_table (id int, note text, constraint c check (doubled(id) > 0));\n"
    "create table k_exclude (id int, exclude using gist (doubled(id) with =));\n"
    "create table k_late (id int, exclude using gist (doubled(id) with =) deferrable);\n"
    "create table k_late_plain (id int, exclude using gist (id with =) deferrable);\n"
    "create table t_late (id int);\n"
    "create constraint trigger a after insert on t_late deferrable initially deferred for each "
    "row execute function suppress_redundant_updates_trigger();\n"
    "create table t_may_wait (id int);\n"
    "create constraint trigger a after insert on t_may_wait deferrable for each row execute "
    "function suppress_redundant_updates_trigger();\n"
    "create table t_at_once (id int);\n"
    "create constraint trigger a after insert on t_at_once for each row execute function "
    "suppress_redundant_updates_trigger();\n"
    "create table i_index (id int, note text);\n"
    "create index on i_index (doubled(id));\n"
    "create table i_wiping (id int, note text);\n"
    "create index on i_wiping (id) where wipe_orders(id);\n"
    "create table i_class (id int, note text);\n"
    "create index on i_class using gin (note gin_trgm_ops);\n"
    "create table i_odd (id int, note text);\n"
    "create index on i_odd using strange (note odd_ops);\n"
    "create table p_rows (id int, owner text);\n"
    "alter table p_rows enable row level security;\n"
    "create policy a on p_rows for select using (owner = (select who from audit limit 1));\n"
    "create policy b on p_rows for insert with check (wipe_orders(id));\n"
    "create table p_plain (id int, owner text);\n"
    "alter table p_plain enable row level security;\n"
    "create policy a on p_plain using (owner = current_user);\n"
    "create table u_rule (id int, note text);\n"
    "create rule r as on insert to u_rule do also insert into audit (what) values (new.note);\n"
    "create table u_instead (id int, note text);\n"
    "create rule r as on delete to u_instead do instead update u_instead set note = 'gone' "
    "where id = old.id;\n"
    "create table u_nothing (id int);\n"
    "create rule r as on update to u_nothing do instead nothing;\n"
    "create table parent (id int primary key, name text);\n"
    "create table child (id int, parent_id int references parent (id) on delete cascade);\n"
    "create trigger a after delete on child for each row execute function child_gone();\n"
    "create function child_gone() returns trigger language plpgsql as $$ begin insert into "
    "audit (what) values (old.id); return old; end $$;\n"
    "create table grandparent (id int primary key);\n"
    "create table middle (id int primary key references grandparent on delete cascade on "
    "update cascade);\n"
    "create table leaf (id int, middle_id int, foreign key (middle_id) references middle "
    "(id) on delete set null);\n"
    "create domain wiping as int check (wipe_orders(value));\n"
    "create domain fine as int check (value > 0);\n"
    "create table t_domain (id fine, note text);\n"
    "create view watched as select id, email from customers;\n"
    "create function instead_of() returns trigger language plpgsql as $$ begin insert into "
    "audit (who) values (new.email); return new; end $$;\n"
    "create trigger a instead of insert on watched for each row execute function "
    "instead_of();\n"
    "create view ruled as select id, email from customers;\n"
    "create rule r as on update to ruled do instead insert into audit (who) values "
    "(new.email);\n"
    "create foreign table far (id int, body text) server elsewhere;\n"
    "create function hidden_wipe(a int) returns int language plpgsql immutable as $$ begin "
    "perform wipe_orders(a); return 1; end $$;\n";

static const struct judged judge_fires[] = {
    {"insert into t_insert values (1, 'a', 'b', 'c');",
     "insert: insert | public.t_insert(id,name,email,ssn)=insert | "
     "public.audit(who,what)=insert ! shared ~ public.t_insert.email -> public.audit.who"},
    {"insert into t_insert select * from customers;",
     "insert: read insert | public.t_insert(id,name,email,ssn)=insert | "
     "public.audit(who,what)=insert | public.customers(id,name,email,ssn)=read ! shared ~ "
     "public.t_insert.email -> public.audit.who ~ public.customers.id -> public.t_insert.id "
     "~ public.customers.name -> public.t_insert.name ~ public.customers.email -> "
     "public.t_insert.email ~ public.customers.ssn -> public.t_insert.ssn"},
    {"update t_insert set name = 'x';",
     "update: update | public.t_insert(name)=update ! shared"},
    {"select * from t_insert;",
     "select: read | public.t_insert(id,name,email,ssn)=read ! shared"},
    {"delete from t_insert;",
     "delete: delete | public.t_insert(id,name,email,ssn)=delete ! shared"},
    {"copy t_insert from stdin;",
     "copy from: insert import | public.t_insert(id,name,email,ssn)=insert+import | "
     "public.audit(who,what)=insert ! copy-in ~ public.t_insert.email -> public.audit.who"},
    {"insert into t_row select * from customers;",
     "insert: read insert | public.t_row(id,name,email,ssn)=insert | "
     "public.log2(id,name,email,ssn)=insert | public.customers(id,name,email,ssn)=read ! "
     "shared ~ public.t_row.id -> public.log2.id ~ public.t_row.name -> public.log2.name ~ "
     "public.t_row.email -> public.log2.email ~ public.t_row.ssn -> public.log2.ssn ~ "
     "public.customers.id -> public.t_row.id ~ public.customers.name -> public.t_row.name ~ "
     "public.customers.email -> public.t_row.email ~ public.customers.ssn -> public.t_row.ssn"},
    {"update t_row set ssn = 'x' where id = 1;",
     "update: read insert update | public.t_row(id)=read | public.t_row(ssn)=update | "
     "public.log2(id,name,email,ssn)=insert ! shared ~ public.t_row.id -> public.log2.id ~ "
     "public.t_row.name -> public.log2.name ~ public.t_row.email -> public.log2.email ~ "
     "public.t_row.ssn -> public.log2.ssn"},
    {"merge into t_row t using customers c on t.id = c.id when matched then update set ssn = "
     "c.ssn when not matched then insert values (c.id, c.name, c.email, c.ssn);",
     "merge: read insert update | public.t_row(id)=read | "
     "public.t_row(id,ssn,name,email)=insert | public.t_row(ssn)=update | "
     "public.customers(id,ssn,name,email)=read | public.log2(id,name,email,ssn)=insert ~ "
     "public.t_row.id -> public.log2.id ~ public.t_row.name -> public.log2.name ~ "
     "public.t_row.email -> public.log2.email ~ public.t_row.ssn -> public.log2.ssn ~ "
     "public.customers.ssn -> public.t_row.ssn ~ public.customers.id -> public.t_row.id ~ "
     "public.customers.name -> public.t_row.name ~ public.customers.email -> "
     "public.t_row.email"},
    {"insert into t_row (id) values (1) on conflict (id) do update set name = 'x';",
     "insert: read insert update | public.t_row(id)=insert | public.t_row(name)=update | "
     "public.log2(id,name,email,ssn)=insert ! shared ~ public.t_row.id -> public.log2.id ~ "
     "public.t_row.name -> public.log2.name ~ public.t_row.email -> public.log2.email ~ "
     "public.t_row.ssn -> public.log2.ssn"},
    {"delete from t_delete where id = 3;",
     "delete: read insert delete | public.t_delete(id)=read | "
     "public.t_delete(id,name,email,ssn)=delete | public.log2(id,email)=insert ! shared ~ "
     "public.t_delete.id -> public.log2.id ~ public.t_delete.email -> public.log2.email"},
    {"truncate t_delete;",
     "truncate: truncate | public.t_delete(id,name,email,ssn)=truncate"},
    {"insert into t_time (id) values (1);",
     "insert: insert | public.t_time(id)=insert ! shared"},
    {"update t_time set id = 2;",
     "update: update | public.t_time(id)=update ! shared"},
    {"insert into t_fill values (1, 'x');",
     "insert: read insert | public.t_fill(id,note)=insert | public.customers(ssn)=read ! "
     "shared ~ public.customers.ssn -> public.t_fill.note"},
    {"insert into t_other values (1, 2, 'x');",
     "insert: read insert | public.t_other(id,total,note)=insert | "
     "public.customers(id,email)=read ! shared ~ public.customers.id -> public.t_other.id ~ "
     "public.customers.email -> public.t_other.id ~ public.customers.id -> "
     "public.t_other.total ~ public.customers.email -> public.t_other.total ~ "
     "public.customers.id -> public.t_other.note ~ public.customers.email -> "
     "public.t_other.note"},
    {"insert into t_dynamic values (1);",
     "insert: insert opaque | public.t_dynamic(id)=insert"},
    {"select * from t_dynamic;",
     "select: read | public.t_dynamic(id)=read ! shared"},
    {"insert into t_rows values (1, 'x');",
     "insert: read insert | public.t_rows(id,note)=insert | public.audit(who)=insert ! "
     "shared ~ public.t_rows.note -> public.audit.who"},
    {"truncate t_truncate;",
     "truncate: truncate opaque | public.t_truncate(id)=truncate"},
    {"delete from t_truncate;",
     "delete: delete | public.t_truncate(id)=delete ! shared"},
    {"insert into t_unknown values (1);",
     "insert: insert opaque | public.t_unknown(id)=insert"},
    {"update t_builtin set body = 'x';",
     "update: update | public.t_builtin(body)=update ! shared"},
    {"insert into t_when values (1);",
     "insert: insert delete | public.t_when(id)=insert | public.orders(id,total,note)=delete "
     "! shared"},
    {"update looped set b = 1;",
     "update: read update | public.looped(b,a)=read | public.looped(b)=update ! shared ~ "
     "public.looped.b -> public.looped.b"},
    {"insert into d_default (id) values (1);",
     "insert: read insert | public.d_default(id)=insert | public.customers(ssn)=read ! "
     "shared ~ public.customers.ssn -> public.d_default.code"},
    {"delete from d_default;",
     "delete: delete | public.d_default(id,code)=delete ! shared"},
    {"insert into d_time (id) values (1);",
     "insert: insert | public.d_time(id)=insert ! shared"},
    {"select twice from d_generated;",
     "select: read | public.d_generated(twice,id)=read ! shared"},
    {"select x.twice from (select * from d_generated) x;",
     "select: read | public.d_generated(id,twice)=read ! shared"},
    {"select id from (select id, twice from d_generated) x;",
     "select: read | public.d_generated(id)=read ! shared"},
    {"alter table d_generated alter column twice drop expression;",
     "alter table: ddl | public.d_generated(id,twice)=ddl ~ public.d_generated.id -> public.d_generated.twice"},
    {"insert into d_generated (id) values (1);",
     "insert: insert | public.d_generated(id)=insert ! shared ~ public.d_generated.id -> "
     "public.d_generated.twice"},
    {"insert into d_altered (id) values (1);",
     "insert: read insert | public.d_altered(id)=insert | public.customers(ssn)=read ! "
     "shared ~ public.customers.ssn -> public.d_altered.code"},
    {"insert into k_check values (1);",
     "insert: insert delete | public.k_check(id)=insert | "
     "public.orders(id,total,note)=delete ! shared"},
    {"insert into k_table values (1, 'x');",
     "insert: insert | public.k_table(id,note)=insert ! shared"},
    {"insert into k_late values (1);",
     "insert: insert opaque | public.k_late(id)=insert"},
    {"insert into k_late_plain values (1);",
     "insert: insert | public.k_late_plain(id)=insert ! shared"},
    {"insert into t_late values (1);", "insert: insert opaque | public.t_late(id)=insert"},
    {"delete from t_late;", "delete: delete | public.t_late(id)=delete ! shared"},
    {"insert into t_may_wait values (1);",
     "insert: insert opaque | public.t_may_wait(id)=insert"},
    {"insert into t_at_once values (1);",
     "insert: insert | public.t_at_once(id)=insert ! shared"},
    {"insert into k_exclude values (1);",
     "insert: insert | public.k_exclude(id)=insert ! shared"},
    {"insert into i_index values (1, 'x');",
     "insert: insert | public.i_index(id,note)=insert ! shared"},
    {"select * from i_index;",
     "select: read | public.i_index(id,note)=read ! shared"},
    {"insert into i_wiping values (1, 'x');",
     "insert: insert delete | public.i_wiping(id,note)=insert | "
     "public.orders(id,total,note)=delete ! shared"},
    {"insert into i_class values (1, 'x');",
     "insert: insert | public.i_class(id,note)=insert ! shared"},
    {"insert into i_odd values (1, 'x');",
     "insert: insert opaque | public.i_odd(id,note)=insert"},
    {"select * from p_rows;",
     "select: read | public.p_rows(id,owner)=read | public.audit(who)=read ! shared"},
    {"insert into p_rows values (1, 'x');",
     "insert: read insert delete | public.p_rows(id,owner)=insert | "
     "public.orders(id,total,note)=delete | public.audit(who)=read ! shared"},
    {"select * from p_plain;",
     "select: read | public.p_plain(id,owner)=read ! shared"},
    {"update p_plain set owner = 'x';",
     "update: update | public.p_plain(owner)=update ! shared"},
    {"insert into u_rule values (1, 'x');",
     "insert: insert | public.u_rule(id,note)=insert | public.audit(what)=insert ! shared ~ "
     "public.u_rule.note -> public.audit.what"},
    {"select * from u_rule;",
     "select: read | public.u_rule(id,note)=read ! shared"},
    {"delete from u_instead where id = 1;",
     "delete: read update delete | public.u_instead(id)=read | public.u_instead(note)=update "
     "| public.u_instead(note,id)=delete ! shared"},
    {"update u_nothing set id = 1;",
     "update: update | public.u_nothing(id)=update ! shared"},
    {"delete from parent where id = 1;",
     "delete: read insert delete | public.parent(id)=read | public.parent(id,name)=delete | "
     "public.child(id,parent_id)=delete | public.audit(what)=insert ! shared ~ "
     "public.child.id -> public.audit.what"},
    {"insert into parent values (1, 'x');",
     "insert: insert | public.parent(id,name)=insert ! shared"},
    {"delete from child;",
     "delete: insert delete | public.child(id,parent_id)=delete | public.audit(what)=insert "
     "! shared ~ public.child.id -> public.audit.what"},
    {"delete from grandparent;",
     "delete: update delete | public.grandparent(id)=delete | public.middle(id)=delete | "
     "public.leaf(id,middle_id)=update ! shared"},
    {"update grandparent set id = 2;",
     "update: update | public.grandparent(id)=update | public.middle(id)=update ! shared"},
    {"insert into t_domain values (1, 'x');",
     "insert: insert delete | public.t_domain(id,note)=insert | "
     "public.orders(id,total,note)=delete"},
    {"select * from t_domain;",
     "select: read | public.t_domain(id,note)=read ! shared"},
    {"insert into watched values (1, 'x');",
     "insert: insert | public.watched(id,email)=insert | public.audit(who)=insert ! shared ~ "
     "public.watched.email -> public.audit.who"},
    {"update watched set email = 'x';",
     "update: read update opaque | public.watched(email)=update | public.customers()=read"},
    {"select * from watched;",
     "select: read | public.watched(id,email)=read | public.customers(id,email)=read ! shared"},
    {"update ruled set email = 'x';",
     "update: read insert update | public.ruled(email)=update | public.audit(who)=insert | "
     "public.customers()=read ! shared ~ public.ruled.email -> public.audit.who"},
    {"select * from far;",
     "select: read program | public.far(id,body)=read ! shared"},
    {"insert into far values (1, 'x');",
     "insert: insert program | public.far(id,body)=insert ! shared"},
    {"explain insert into t_insert values (1, 'a', 'b', 'c');",
     "explain: read | public.t_insert(id,name,email,ssn)=read | public.audit(who,what)=read"},
    {"with w as (insert into t_insert values (1, 'a', 'b', 'c') returning id) select * from "
     "w;",
     "select: read insert | public.t_insert(id)=read | "
     "public.t_insert(id,name,email,ssn)=insert | public.audit(who,what)=insert ! shared ~ "
     "public.t_insert.email -> public.audit.who"},
    {"do $$ begin insert into t_insert values (1, 'a', 'b', 'c'); end $$;",
     "do: insert call | public.t_insert(id,name,email,ssn)=insert | "
     "public.audit(who,what)=insert ~ public.t_insert.email -> public.audit.who"},
    {"insert into t_insert values (1, 'a', 'b', 'c'); delete from parent;",
     "insert,delete: insert delete | public.t_insert(id,name,email,ssn)=insert | "
     "public.audit(who,what)=insert | public.parent(id,name)=delete | "
     "public.child(id,parent_id)=delete ! shared ~ public.t_insert.email -> public.audit.who "
     "~ public.child.id -> public.audit.what"},
    {"explain select wipe_orders(1);",
     "explain: read | public.orders(id,total,note)=read"},
    {"explain select hidden_wipe(1);",
     "explain: read delete | public.orders(id,total,note)=delete"},
    {"reindex table i_wiping;",
     "reindex: delete admin | public.i_wiping()=admin | public.orders(id,total,note)=delete"},
    {"vacuum i_wiping;",
     "vacuum: delete admin | public.i_wiping()=admin | public.orders(id,total,note)=delete"},
    {"alter table i_wiping add column x int;",
     "alter table: delete ddl | public.i_wiping(id,note)=ddl | "
     "public.orders(id,total,note)=delete"},
    {"cluster i_wiping;",
     "cluster: delete admin | public.i_wiping()=admin | public.orders(id,total,note)=delete"},
};
/* clang-format on */

#endif
