/* What is called by name: functions, procedures, operators, aggregates, types; a schema, then text
 * and meaning. The flows that stay in the database follow each meaning. */
#ifndef SL_TESTS_JUDGE_CODE_CALLS_H
#define SL_TESTS_JUDGE_CODE_CALLS_H

#include "tests/unit/judge_fixture.h"

/* clang-format off */
static const char calls_schema[] =
    "create schema app;\n"
    "create schema other;\n"
    "create table customers (id int, name text, email text, ssn text);\n"
    "create table orders (id int, customer_id int, total int, note text);\n"
    "create table audit (at timestamptz, who text, what text);\n"
    "create table secrets (id int, body text);\n"
    "create table app.settings (id int, value text);\n"
    "create table other.settings (id int, value text);\n"
    "create type mood as enum ('sad', 'glad');\n"
    "create type pair as (a int, b text);\n"
    "create type span_of_time as range (subtype = timestamptz);\n"
    "create function add_one(a int) returns int language sql as 'select a + 1';\n"
    "create function add_two(int) returns int language sql immutable as 'select $1 + 2';\n"
    "create function add_three(a int) returns int language sql return a + 3;\n"
    "create function atomic_log(line text) returns void language sql begin atomic insert "
    "into audit (what) values (line); end;\n"
    "create function ssn_of(wanted int) returns text language sql as $$ select ssn from "
    "customers where id = wanted $$;\n"
    "create function ssn_qualified(id int) returns text language sql as $$ select c.ssn from "
    "customers c where c.id = ssn_qualified.id $$;\n"
    "create function log_it(line text) returns void language sql as $$ insert into audit "
    "(what) values (line) $$;\n"
    "create function log_back(line text) returns text language plpgsql as $$ begin insert "
    "into audit (what) values (line); return line; end $$;\n"
    "create function wipe() returns int language plpgsql as $$ begin delete from orders; "
    "return 1; end $$;\n"
    "create function wipe_in_handler() returns int language plpgsql as $$ begin perform 1 / "
    "0; return 1; exception when division_by_zero then delete from orders; return 2; end $$;\n"
    "create function wipe_in_case(a int) returns int language plpgsql as $$ begin case a "
    "when 1, 2 then null; else truncate orders; end case; return 1; end $$;\n"
    "create function wipe_in_while(a int) returns void language plpgsql as $$ declare i int "
    ":= 0; begin <<again>> while i < a loop i := i + 1; exit again when i = 3; update orders "
    "set total = i; end loop again; end $$;\n"
    "create function wipe_in_condition() returns void language plpgsql as $$ begin if wipe() "
    "> 0 then null; end if; end $$;\n"
    "create function wipe_in_default() returns void language plpgsql as $$ declare x int := "
    "wipe(); begin null; end $$;\n"
    "create function wipe_in_subscript() returns void language plpgsql as $$ declare x "
    "int[]; begin x[wipe()] := 1; end $$;\n"
    "create function wipe_in_return() returns int language plpgsql as $$ begin return "
    "wipe(); end $$;\n"
    "create function wipe_in_raise() returns void language plpgsql as $$ begin raise notice "
    "'x %', wipe() using hint = 'none'; end $$;\n"
    "create function wipe_in_assert() returns void language plpgsql as $$ begin assert "
    "wipe() > 0, 'no'; end $$;\n"
    "create function wipe_in_range() returns void language plpgsql as $$ begin for i in "
    "reverse wipe() .. 1 by 2 loop null; end loop; end $$;\n"
    "create function wipe_in_nested() returns void language plpgsql as $$ begin declare y "
    "int; begin <<deep>> begin y := wipe(); end deep; end; end $$;\n"
    "create function dynamic(t text) returns void language plpgsql as $$ begin execute "
    "'delete from ' || t; end $$;\n"
    "create function dynamic_format(t text) returns void language plpgsql as $$ begin "
    "execute format('delete from %I', t); end $$;\n"
    "create function dynamic_constant() returns void language plpgsql as $$ begin execute "
    "'delete from orders'; end $$;\n"
    "create function dynamic_using(a int) returns void language plpgsql as $$ begin execute "
    "'update orders set total = $1' using a; end $$;\n"
    "create function dynamic_handler(t text) returns void language plpgsql as $$ begin null; "
    "exception when others then execute t; end $$;\n"
    "create function dynamic_query(t text) returns setof int language plpgsql as $$ begin "
    "return query execute t; end $$;\n"
    "create function dynamic_loop(t text) returns void language plpgsql as $$ declare r "
    "record; begin for r in execute t loop null; end loop; end $$;\n"
    "create function dynamic_into() returns int language plpgsql as $$ declare x int; begin "
    "execute 'select total from orders' into x; return x; end $$;\n"
    "create function ends_transaction() returns void language plpgsql as $$ begin commit; "
    "end $$;\n"
    "create function factorial_of(n int) returns int language plpgsql as $$ begin if n < 2 "
    "then return 1; end if; return n * factorial_of(n - 1); end $$;\n"
    "create function ping(n int) returns int language plpgsql as $$ begin return pong(n - "
    "1); end $$;\n"
    "create function pong(n int) returns int language plpgsql as $$ begin delete from "
    "orders; return ping(n - 1); end $$;\n"
    "create function over(a int) returns int language sql as 'select 1';\n"
    "create function over(a int, b int) returns int language sql as $$ delete from orders "
    "returning id $$;\n"
    "create function over(a int, b int, c int default 3) returns int language sql as 'select "
    "2';\n"
    "create function kept_error(t text) returns int language plpgsql as $$ begin perform t::int; return 0; exception when "
    "others then insert into staging.note (body) values (sqlerrm); return 1; end $$;\n"
    "create function got_error(t text) returns int language plpgsql as $$ declare m text; begin perform t::int; return 0; "
    "exception when others then get stacked diagnostics m = message_text; insert into staging.note (body) values (m); "
    "return 1; end $$;\n"
    "create function long_name(t text) returns int language plpgsql as $$ declare "
    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg text := t; begin insert into staging.note (body) "
    "values (aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg); return 1; end $$;\n"
    "create function second_of(variadic t text[]) returns int language sql as $$ insert into staging.note (body) values "
    "($1[2]); select 1 $$;\n"
    "create function first_mail() returns text language sql as $$ select email from customers limit 1 $$;\n"
    "create function left_out(t text default first_mail()) returns int language sql as $$ insert into staging.note (body) "
    "values ($1); select 1 $$;\n"
    "create table staging.note (body text);\n"
    "create function many(variadic a int[]) returns int language sql as $$ delete from "
    "orders returning 1 $$;\n"
    "create function lower(a int) returns int language sql as $$ delete from orders "
    "returning 1 $$;\n"
    "create function quote_all(a text) returns text language sql as $$ select lower(a) $$;\n"
    "create function query_to_xml(a int) returns int language sql as 'select a';\n"
    "create function py() returns int language plpython3u as 'return 1';\n"
    "create function pl() returns int language plperl as 'return 1';\n"
    "create function native(a int) returns int language c as 'x', 'y';\n"
    "create function path_app() returns text language sql set search_path to app, pg_temp as "
    "$$ select value from settings $$;\n"
    "create function path_other() returns text language sql set search_path = 'other' as $$ "
    "select value from settings $$;\n"
    "create function path_none() returns text language sql as $$ select value from settings "
    "$$;\n"
    "create function path_calls() returns text language sql set search_path = app, public as "
    "$$ select path_none() $$;\n"
    "create function path_definer() returns text language sql security definer as $$ select "
    "value from settings $$;\n"
    "create function sets_role() returns int language sql set role = 'postgres' as 'select "
    "1';\n"
    "create function sets_path() returns void language plpgsql as $$ begin perform "
    "set_config('search_path', 'evil', false); end $$;\n"
    "create function sets_own() returns void language plpgsql as $$ begin perform "
    "set_config('app.tenant', '1', true); end $$;\n"
    "create function makes_table() returns void language plpgsql as $$ begin create table "
    "made (a int); insert into made values (1); end $$;\n"
    "create function all_customers() returns setof customers language sql as 'select * from "
    "customers';\n"
    "create function emails() returns table (address text, number int) language plpgsql as "
    "$$ begin return query select email, id from customers; end $$;\n"
    "create function first_email() returns text language plpgsql as $$ declare answer text; "
    "begin select email into answer from customers limit 1; return answer; end $$;\n"
    "create function loop_email() returns text language plpgsql as $$ declare r record; "
    "answer text := ''; begin for r in select c.email as e, c.ssn as s from customers c loop "
    "answer := answer || r.e; end loop; return answer; end $$;\n"
    "create function shadow(email text) returns setof int language plpgsql as $$\n"
    "#variable_conflict use_variable\n"
    "begin insert into audit (who) select email from customers; return; end $$;\n"
    "create function cursor_bound() returns int language plpgsql as $$ declare c cursor (k "
    "int) for select total from orders where id = k; x int; begin open c (3); fetch next "
    "from c into x; close c; return x; end $$;\n"
    "create function cursor_loop() returns int language plpgsql as $$ declare c cursor for "
    "select total from orders; x int := 0; begin for r in c loop x := x + r.total; end loop; "
    "return x; end $$;\n"
    "create function cursor_ref() returns int language plpgsql as $$ declare c refcursor; x "
    "int; begin open c for select total from orders; fetch c into x; return x; end $$;\n"
    "create function cursor_other(c refcursor) returns int language plpgsql as $$ declare x "
    "int; begin fetch c into x; return x; end $$;\n"
    "create function cursor_dynamic(t text) returns void language plpgsql as $$ declare c "
    "refcursor; begin open c for execute t; end $$;\n"
    "create function records() returns int language plpgsql as $$ declare r record; p pair; "
    "a int[] := array[1]; x int; begin r := row(1, 2); p.a := 3; foreach x in array a loop "
    "p.a := p.a + x; end loop; get diagnostics x = row_count; return p.a; end $$;\n"
    "create function raises(t text) returns void language plpgsql as $$ begin raise "
    "exception 'no % here', t using errcode = 'P0001'; end $$;\n"
    "create function keeps(a text) returns text language plpgsql as $$ declare kept text; "
    "begin kept := a; insert into secrets (body) values (kept); return 'done'; end $$;\n"
    "create function upsert(k int, t text) returns void language plpgsql as $$ begin update "
    "secrets set body = t where id = k; if not found then insert into secrets values (k, t); "
    "end if; end $$;\n"
    "create procedure tidy(inout n int) language plpgsql as $$ begin delete from orders "
    "where total < n; n := 5; end $$;\n"
    "create procedure outer_tidy() language plpgsql as $$ declare a int := 1; begin call "
    "tidy(a); end $$;\n"
    "create procedure plain_procedure() language sql as $$ insert into audit (what) values "
    "('x') $$;\n"
    "create procedure commits() language plpgsql as $$ begin delete from orders; commit; end "
    "$$;\n"
    "create function hidden_equal(a text, b int) returns bool language sql as $$ delete from "
    "orders returning true $$;\n"
    "create operator === (leftarg = text, rightarg = int, function = hidden_equal);\n"
    "create function shout(a text) returns text language sql immutable as $$ select upper(a) "
    "$$;\n"
    "create operator !! (rightarg = text, function = shout);\n"
    "create operator ### (leftarg = text, rightarg = text, function = textcat, restrict = "
    "ssn_of);\n"
    "create aggregate sum_all (int) (sfunc = int4pl, stype = int);\n"
    "create function step(a int, b int) returns int language sql as $$ insert into audit "
    "(what) values ('step') returning 1 $$;\n"
    "create aggregate sneaky (int) (sfunc = step, stype = int);\n"
    "create domain positive as int check (value > 0);\n"
    "create domain checked as text check (ssn_of(length(value)) is null);\n"
    "create domain wiping as int check (wipe() > value);\n"
    "create function of_customer(c customers) returns text language sql as $$ select c.ssn "
    "$$;\n"
    "create function zap(c customers) returns text language sql as $$ delete from orders "
    "returning 'x' $$;\n"
    "create function typed_row() returns void language plpgsql as $$ declare r orders; begin "
    "select id, id, email into r from customers limit 1; insert into audit (who) values "
    "(r.note); end $$;\n"
    "create function record_row() returns void language plpgsql as $$ declare r record; "
    "begin select id, email as note into r from customers limit 1; insert into audit (who) "
    "values (r.note); end $$;\n"
    "create function record_twice(r orders) returns void language plpgsql as $$ begin "
    "declare r record; begin select 1 as note into r; end; insert into audit (who) values "
    "(r.note); end $$;\n"
    "create function record_whole(a text) returns void language plpgsql as $$ declare r "
    "record; begin select 1 as note into r; r := row(a); insert into audit (who) values "
    "(r.note); end $$;\n"
    "create function scalars() returns void language plpgsql as $$ declare a text; b text; "
    "begin select email, ssn into a, b from customers limit 1; insert into audit (who, what) "
    "values (a, b); end $$;\n"
    "create function carried(n int) returns void language plpgsql as $$ declare a text; b "
    "text; c text; begin for i in 1 .. n loop insert into audit (who) values (c); c := b; b "
    ":= a; a := (select ssn from customers limit 1); end loop; end $$;\n"
    "create function quoted(\"Name\" text) returns void language plpgsql as $$ declare \"my "
    "Var\" text; begin \"my Var\" := \"Name\"; insert into audit (who) values (\"my Var\"); end $$;\n"
    "create function aliased(text) returns void language plpgsql as $$ declare given alias "
    "for $1; begin insert into audit (who) values (given); insert into audit (what) values "
    "($1); end $$;\n"
    "create function labelled(a text) returns void language plpgsql as $$ <<outermost>> "
    "declare b text := a; begin insert into audit (who) values (outermost.b); insert into "
    "audit (what) values (labelled.a); end $$;\n"
    "create function comments() returns int language plpgsql as $$ begin /* delete from "
    "orders; */ return 1; -- delete from orders;\n"
    "end $$;\n"
    "create function strings() returns text language plpgsql as $$ begin return 'delete from "
    "orders; end; '' '; end $$;\n"
    "create function unreserved() returns int language plpgsql as $$ declare return_ int; "
    "close int; begin close := 3; return_ := close; return return_; end $$;\n"
    "create function stacked() returns void language plpgsql as $$ declare m text; begin "
    "perform 1 / 0; exception when others then get stacked diagnostics m = message_text; "
    "raise warning '%', m; end $$;\n"
    "create function deep(n int) returns int language sql as 'select case when $1 > 0 then "
    "deep($1 - 1) else (select count(*)::int from secrets) end';\n"
    "create function fifty_one() returns int language plpgsql as $$ begin return query "
    "select 1; raise exception sqlstate '22012'; return next 4; end $$;\n"
    "create function with_temp() returns void language plpgsql as $$ begin create temp table "
    "scratch (a int); end $$;\n"
    "create function notifies() returns void language plpgsql as $$ begin perform "
    "pg_notify('x', 'y'); notify z; end $$;\n"
    "create function locks() returns void language plpgsql as $$ begin perform id from "
    "orders for update; lock table orders; end $$;\n"
    "create function grants() returns void language plpgsql as $$ begin grant select on "
    "orders to public; end $$;\n"
    "create function copies() returns void language plpgsql as $$ begin copy orders to "
    "'/tmp/x'; end $$;\n"
    "create function recursive_query(n int) returns int language sql as $$ with recursive "
    "t(i) as (select n union all select i + 1 from t where i < 10) select max(i) from t $$;\n"
    "create function writes_in_with() returns setof int language sql as $$ with gone as "
    "(delete from orders returning id) select id from gone $$;\n";

static const struct judged judge_calls[] = {
    {"select add_one(3);",
     "select: read"},
    {"select add_two(id) from customers;",
     "select: read | public.customers(id)=read ! shared"},
    {"select add_three(id) from customers;",
     "select: read | public.customers(id)=read ! shared"},
    {"select atomic_log(email) from customers;",
     "select: read insert | public.customers(email)=read | public.audit(what)=insert ! "
     "shared ~ public.customers.email -> public.audit.what"},
    {"select ssn_of(4);",
     "select: read | public.customers(ssn,id)=read"},
    {"select public.ssn_of(id) from orders;",
     "select: read | public.orders(id)=read | public.customers(ssn,id)=read ! shared"},
    {"select ssn_qualified(4);",
     "select: read | public.customers(ssn,id)=read"},
    {"select log_it(email) from customers;",
     "select: read insert | public.customers(email)=read | public.audit(what)=insert ! "
     "shared ~ public.customers.email -> public.audit.what"},
    {"select log_back(email) as kept from customers;",
     "select: read insert | public.customers(email)=read | public.audit(what)=insert ! "
     "shared ~ public.customers.email -> public.audit.what"},
    {"select wipe();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_handler();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_case(1);",
     "select: read truncate | public.orders(id,customer_id,total,note)=truncate"},
    {"select wipe_in_while(1);",
     "select: read update | public.orders(total)=update"},
    {"select wipe_in_condition();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_default();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_subscript();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_return();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_raise();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_assert();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_range();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select wipe_in_nested();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select dynamic('orders');",
     "select: read opaque"},
    {"select dynamic_format('orders');",
     "select: read opaque"},
    {"select dynamic_constant();",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select dynamic_using(total) from orders;",
     "select: read update | public.orders(total)=read+update ! shared ~ public.orders.total "
     "-> public.orders.total"},
    {"select dynamic_handler('x');",
     "select: read opaque"},
    {"select dynamic_query('x');",
     "select: read opaque"},
    {"select dynamic_loop('x');",
     "select: read opaque"},
    {"select dynamic_into();",
     "select: read | public.orders(total)=read ! shared"},
    {"select ends_transaction();",
     "select: read opaque"},
    {"select factorial_of(5);",
     "select: read"},
    {"select ping(5);",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select pong(5);",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select over(1);",
     "select: read"},
    {"select over(1, 2);",
     "select: read delete | public.orders(id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"select over(1, 2, 3);",
     "select: read"},
    {"select over(a => 1, b => 2);",
     "select: read delete | public.orders(id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"select many(1, 2, 3, 4);",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select many(variadic array[1]);",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select lower('X');",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select pg_catalog.lower('X');",
     "select: read"},
    {"select quote_all('X');",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select query_to_xml('select 1', true, true, '');",
     "select: read opaque"},
    {"select query_to_xml(1);",
     "select: read opaque"},
    {"select py();",
     "select: read program opaque"},
    {"select pl();",
     "select: read opaque"},
    {"select native(1);",
     "select: read opaque"},
    {"select public.nosuch(1);",
     "select: read opaque"},
    {"select path_app();",
     "select: read | app.settings(value)=read ! shared"},
    {"select path_other();",
     "select: read | other.settings(value)=read ! shared"},
    {"select path_none();",
     "select: read opaque | settings(value)=read"},
    {"select path_calls();",
     "select: read | app.settings(value)=read ! shared"},
    {"select path_definer();",
     "select: read opaque | app.settings(id,value)=read | other.settings(id,value)=read | "
     "settings(value)=read"},
    {"select sets_role();",
     "select: read opaque"},
    {"select sets_path();",
     "select: read session opaque ! context"},
    {"select sets_own();",
     "select: read session ! shared context"},
    {"select makes_table();",
     "select: read insert ddl opaque | public.made(a)=ddl | made(*)=insert"},
    {"select * from all_customers();",
     "select: read | public.customers(id,name,email,ssn)=read ! shared"},
    {"select address from emails();",
     "select: read | public.customers(email,id)=read ! shared"},
    {"select e.number from emails() e;",
     "select: read | public.customers(email,id)=read ! shared"},
    {"select first_email();",
     "select: read | public.customers(email)=read ! shared"},
    {"select loop_email();",
     "select: read export | public.customers(email,ssn)=read+export ! shared"},
    {"select * from shadow('x');",
     "select: read insert | public.audit(who)=insert | public.customers(email)=read ~ "
     "public.customers.email -> public.audit.who"},
    {"select shadow(ssn) from customers;",
     "select: read insert | public.customers(ssn,email)=read | public.audit(who)=insert ! "
     "shared ~ public.customers.email -> public.audit.who ~ public.customers.ssn -> "
     "public.audit.who"},
    {"select cursor_bound();",
     "select: read | public.orders(total,id)=read ! shared"},
    {"select cursor_loop();",
     "select: read | public.orders(total)=read ! shared"},
    {"select cursor_ref();",
     "select: read | public.orders(total)=read ! shared"},
    {"select cursor_other('c');",
     "select: read opaque"},
    {"select cursor_dynamic('x');",
     "select: read opaque"},
    {"select records();",
     "select: read delete export | public.customers(ssn,id)=read+export | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select raises(ssn) from customers;",
     "select: read | public.customers(ssn)=read ! shared"},
    {"select keeps(email) from customers;",
     "select: read insert | public.customers(email)=read | public.secrets(body)=insert ! "
     "shared ~ public.customers.email -> public.secrets.body"},
    {"select upsert(id, ssn) from customers;",
     "select: read insert update | public.customers(id,ssn)=read | public.secrets(id)=read | "
     "public.secrets(body,id)=insert | public.secrets(body)=update ! shared ~ "
     "public.customers.ssn -> public.secrets.body ~ public.customers.id -> public.secrets.id"},
    {"call tidy(3);",
     "call: read delete call | public.orders(total)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"call outer_tidy();",
     "call: read delete call | public.orders(total)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"call plain_procedure();",
     "call: insert call | public.audit(what)=insert"},
    {"call commits();",
     "call: delete call opaque | public.orders(id,customer_id,total,note)=delete"},
    {"call nosuch();",
     "call: call opaque"},
    {"select 'x' === 3;",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select email from customers where email === id;",
     "select: read delete | public.customers(email,id)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select email from customers order by email using operator(public.===);",
     "select: read delete | public.customers(email)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select !! email from customers;",
     "select: read | public.customers(email)=read ! shared"},
    {"select 'a' ### 'b';",
     "select: read"},
    {"select sum_all(total) from orders;",
     "select: read export | public.orders(total)=read+export ! shared"},
    {"select sneaky(total) from orders;",
     "select: read insert export | public.orders(total)=read+export | "
     "public.audit(what)=insert ! shared"},
    {"select sneaky(total) over (partition by note) from orders;",
     "select: read insert export | public.orders(total,note)=read | "
     "public.orders(total)=export | public.audit(what)=insert ! shared"},
    {"select '5'::positive;",
     "select: read"},
    {"select 'x'::checked;",
     "select: read | public.customers(ssn,id)=read"},
    {"select cast(5 as wiping);",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select 'glad'::mood;",
     "select: read"},
    {"select ('{1,2}')::pair;",
     "select: read delete | public.customers(ssn,id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"select null::span_of_time;",
     "select: read"},
    {"select of_customer(c) from customers c;",
     "select: read | public.customers(id,name,email,ssn)=read ! shared"},
    {"select c.of_customer from customers c;",
     "select: read | public.customers(id,name,email,ssn)=read ! shared"},
    {"select (c).of_customer from customers c;",
     "select: read | public.customers(id,name,email,ssn)=read ! shared"},
    {"select c.zap from customers c;",
     "select: read delete | public.customers(id,name,email,ssn)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select (c).zap from customers c;",
     "select: read delete | public.customers(id,name,email,ssn)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select zap(c) from customers c;",
     "select: read delete | public.customers(id,name,email,ssn)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select c.email from customers c;",
     "select: read | public.customers(email)=read ! shared"},
    {"do $$ begin delete from orders; end $$;",
     "do: delete call | public.orders(id,customer_id,total,note)=delete"},
    {"do $$ declare r record; begin for r in select * from customers loop insert into audit "
     "(who) values (r.email); end loop; end $$;",
     "do: read insert call | public.customers(id,name,email,ssn)=read | "
     "public.audit(who)=insert ~ public.customers.email -> public.audit.who"},
    {"do $$ begin execute 'drop table orders'; end $$;",
     "do: ddl call opaque | public.orders(id,customer_id,total,note)=ddl"},
    {"do language plpython3u 'x';",
     "do: program call opaque"},
    {"do language plperl 'x';",
     "do: call opaque"},
    {"do $$ begin delete from orders /* ; */ where id = 3; end $$;",
     "do: read delete call | public.orders(id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"do $$ this is no body $$;",
     "do: call opaque"},
    {"do $$ begin null; end; delete from orders $$;",
     "do: call opaque"},
    {"do $$ begin x := ; end $$;",
     "do: call opaque"},
    {"insert into orders (total) values (wipe());",
     "insert: insert delete | public.orders(total)=insert | "
     "public.orders(total,id,customer_id,note)=delete ! shared"},
    {"update orders set note = ssn_of(id);",
     "update: read update | public.orders(id)=read | public.orders(note)=update | "
     "public.customers(ssn,id)=read ! shared ~ public.orders.id -> public.orders.note ~ "
     "public.customers.ssn -> public.orders.note ~ public.customers.id -> public.orders.note"},
    {"explain select wipe();",
     "explain: read | public.orders(id,customer_id,total,note)=read"},
    {"explain analyze select wipe();",
     "explain analyze: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"prepare p as select wipe();",
     "prepare: read delete session | public.orders(id,customer_id,total,note)=delete ! "
     "prepared"},
    {"declare c cursor with hold for select ssn_of(1);",
     "declare cursor: read opaque | public.customers(ssn,id)=read ! cursor"},
    {"select ssn_of(1); declare c cursor with hold for select ssn_of(1);",
     "select,declare cursor: read opaque | public.customers(ssn,id)=read ! cursor"},
    {"declare c cursor with hold for select ssn from customers;",
     "declare cursor: read | public.customers(ssn)=read ! cursor"},
    {"declare c cursor for select ssn_of(1);",
     "declare cursor: read | public.customers(ssn,id)=read ! cursor"},
    {"select * from customers where ssn_of(id) = 'x';",
     "select: read | public.customers(id,name,email,ssn)=read"},
    {"select wipe(); select 1;",
     "select,select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"create view v as select ssn_of(1) as s;",
     "create view: read ddl | public.customers(ssn,id)=read | public.v(s)=ddl ~ "
     "public.customers.ssn -> public.v.s ~ public.customers.id -> public.v.s"},
    {"create table made2 as select first_email() as e;",
     "create table as: read insert ddl | public.customers(email)=read | "
     "public.made2(e)=insert+ddl ~ public.customers.email -> public.made2.e"},
    {"copy (select first_email()) to stdout;",
     "copy to: read export | public.customers(email)=read+export ! copy-out"},
    {"select typed_row();",
     "select: read insert | public.customers(id,email)=read | public.audit(who)=insert ! "
     "shared ~ public.customers.id -> public.audit.who ~ public.customers.email -> "
     "public.audit.who"},
    {"select record_row();",
     "select: read insert | public.customers(id,email)=read | public.audit(who)=insert ! "
     "shared ~ public.customers.email -> public.audit.who"},
    {"select record_twice(o) from orders o;",
     "select: read insert | public.orders(id,customer_id,total,note)=read | "
     "public.audit(who)=insert ! shared ~ public.orders.id -> public.audit.who ~ "
     "public.orders.customer_id -> public.audit.who ~ public.orders.total -> "
     "public.audit.who ~ public.orders.note -> public.audit.who"},
    {"select record_whole(email) from customers;",
     "select: read insert | public.customers(email)=read | public.audit(who)=insert ! shared "
     "~ public.customers.email -> public.audit.who"},
    {"select scalars();",
     "select: read insert | public.customers(email,ssn)=read | public.audit(who,what)=insert "
     "! shared ~ public.customers.email -> public.audit.who ~ public.customers.ssn -> "
     "public.audit.what"},
    {"select carried(9);",
     "select: read insert | public.audit(who)=insert | public.customers(ssn)=read ~ "
     "public.customers.ssn -> public.audit.who"},
    {"select quoted(email) from customers;",
     "select: read insert | public.customers(email)=read | public.audit(who)=insert ! shared "
     "~ public.customers.email -> public.audit.who"},
    {"select aliased(email) from customers;",
     "select: read insert | public.customers(email)=read | public.audit(who,what)=insert ! "
     "shared ~ public.customers.email -> public.audit.who ~ public.customers.email -> "
     "public.audit.what"},
    {"select labelled(email) from customers;",
     "select: read insert | public.customers(email)=read | public.audit(who,what)=insert ! "
     "shared ~ public.customers.email -> public.audit.who ~ public.customers.email -> "
     "public.audit.what"},
    {"select comments();",
     "select: read ! shared"},
    {"select strings();",
     "select: read ! shared"},
    {"select unreserved();",
     "select: read ! shared"},
    {"select stacked();",
     "select: read ! shared"},
    {"select deep(3);",
     "select: read | public.secrets()=read"},
    {"select fifty_one();",
     "select: read ! shared"},
    {"select with_temp();",
     "select: read ddl opaque | pg_temp.scratch(a)=ddl ! context"},
    {"select notifies();",
     "select: read session ! shared listen"},
    {"select locks();",
     "select: read update admin | public.orders(id)=read | public.orders()=update+admin ! "
     "shared"},
    {"select grants();",
     "select: read privilege | public.orders(id,customer_id,total,note)=privilege ! shared"},
    {"select copies();",
     "select: read export program | public.orders(id,customer_id,total,note)=read+export ! "
     "shared ~ public.orders.id -> file:/tmp/x.* ~ public.orders.customer_id -> file:/tmp/x.* ~ "
     "public.orders.total -> file:/tmp/x.* ~ public.orders.note -> file:/tmp/x.*"},
    {"select recursive_query(1);",
     "select: read"},
    {"select * from writes_in_with();",
     "select: read delete | public.orders(id)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select id from customers where add_one(id) in (select over(1, 2));",
     "select: read delete | public.customers(id)=read | public.orders(id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"select array(select ssn_of(1));",
     "select: read export | public.customers(ssn,id)=read+export"},
    {"select case when wipe() > 1 then 1 end;",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select coalesce(wipe(), 1);",
     "select: read delete | public.orders(id,customer_id,total,note)=delete"},
    {"select row(wipe());",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"values (wipe());",
     "select: read delete | public.orders(id,customer_id,total,note)=delete ! shared"},
    {"insert into audit (who) select first_email() returning who;",
     "insert: read insert | public.audit(who)=read+insert | public.customers(email)=read ! "
     "shared ~ public.customers.email -> public.audit.who"},
    {"merge into secrets s using customers c on s.id = c.id when not matched then insert "
     "values (wipe(), c.email);",
     "merge: read insert delete | public.secrets(id)=read | public.secrets(id,body)=insert | "
     "public.customers(id,email)=read | public.orders(id,customer_id,total,note)=delete ~ "
     "public.customers.email -> public.secrets.body"},
    {"select * from customers order by wipe();",
     "select: read delete | public.customers(id,name,email,ssn)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select * from customers limit wipe();",
     "select: read delete | public.customers(id,name,email,ssn)=read | "
     "public.orders(id,customer_id,total,note)=delete ! shared"},
    {"select count(*) filter (where wipe() > 0) from customers;",
     "select: read delete | public.customers()=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"select * from customers c join lateral ssn_of(c.id) s on true;",
     "select: read | public.customers(id,ssn,name,email)=read"},
    {"select * from rows from (ssn_of(1), wipe()) as r(a, b);",
     "select: read delete | public.customers(ssn,id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"select sum(over(id, 2)) over (order by wipe()) from customers;",
     "select: read delete | public.customers(id)=read | public.orders(id)=read | "
     "public.orders(id,customer_id,total,note)=delete"},
    {"create index on customers (add_one(id));",
     "create index: read ddl | public.customers(id)=read | public.customers()=ddl"},
    {"create table t3 (a int default wipe());",
     "create table: ddl | public.t3(a)=ddl"},
    {"alter table orders add column extra int default wipe();",
     "alter table: delete ddl | public.orders(id,customer_id,total,note)=delete+ddl"},
    {"execute nosuch(wipe());",
     "execute: delete session opaque | public.orders(id,customer_id,total,note)=delete ! "
     "prepared unshaped"},
    {"select kept_error(email) from customers;",
     "select: read insert | public.customers(email)=read | staging.note(body)=insert ! shared ~ public.customers.email -> staging.note.body"},
    {"select got_error(email) from customers;",
     "select: read insert | public.customers(email)=read | staging.note(body)=insert ! shared ~ public.customers.email -> staging.note.body"},
    {"select long_name(email) from customers;",
     "select: read insert | public.customers(email)=read | staging.note(body)=insert ! shared ~ public.customers.email -> staging.note.body"},
    {"select second_of('x', email) from customers;",
     "select: read insert | public.customers(email)=read | staging.note(body)=insert ~ public.customers.email -> staging.note.body"},
    {"select left_out();",
     "select: read insert | public.customers(email)=read | staging.note(body)=insert ! shared ~ public.customers.email -> staging.note.body"},
    {"do $$ begin perform email::int from customers; exception when others then insert into staging.note (body) values (sqlerrm); end $$;",
     "do: read insert call | public.customers(email)=read | staging.note(body)=insert ~ public.customers.email -> staging.note.body"},
};
/* clang-format on */

#endif
