-- What the corpus stands on, beside the laboratory's shop: things that somebody made past the gateway, each of which
-- hides a read or a write of what is guarded (customers.email, customers.ssn, payments) behind something else.
-- Run as the superuser.
create schema zoo authorization app;
create schema decoy authorization app;
grant create on database shop to app;
set role app;

-- plain bystanders
create table public.notes (id int primary key, body text, at timestamptz default now());
insert into public.notes select n, 'note ' || n from generate_series(1, 20) n;
create table public.tags (note int, tag text);
insert into public.tags select n, 'tag ' || n % 3 from generate_series(1, 20) n;
create type public.mood as enum ('sad', 'ok', 'happy');
create table public.feelings (id int, m public.mood, many public.mood[]);
insert into public.feelings values (1, 'ok', '{sad,happy}'), (2, 'sad', '{}');
create table public.drop_box (id serial, body text);
create table decoy.customers (id int, email text);
insert into decoy.customers values (1, 'nobody@decoy');
create sequence public.counter;

-- views
create view zoo.mails as select id, email from public.customers;
create view zoo.mails2 as select id, email as address from zoo.mails;
create view zoo.tower as with x as (select address a from zoo.mails2) select a || '' as b from x;
create view zoo.ids as select id, name from public.customers;
create view zoo.hidden_filter as select id from public.customers where ssn > '001';
create view zoo.counts as select count(*) as n from public.payments;
create view zoo.sums as select customer, sum(amount) as total from public.payments group by customer;
create view zoo.joined as select o.id, c.email from public.orders o join public.customers c on c.id = o.customer;
create view zoo.unioned as select name as v from public.customers union all select email from public.customers;
create view zoo.starred as select * from public.customers;
create view zoo.renamed(a, b, c, d) as select * from public.customers;
create view zoo.window as select id, lag(email) over (order by id) as before from public.customers;
create view zoo.lateral as select o.id, l.e from public.orders o, lateral (select email as e from public.customers c where c.id = o.customer) l;
create view zoo.row as select c as whole from public.customers c;
create view zoo.json as select to_jsonb(c) as j from public.customers c;
create view zoo.safe as select id, item from public.orders;
create view zoo.updatable as select id, item from public.orders;
create view zoo.updatable2 as select id, item as thing from zoo.updatable;
create materialized view zoo.kept as select id, email from public.customers;
create materialized view zoo.kept_orders as select id, item from public.orders;
create view zoo.over_kept as select email from zoo.kept;

-- functions
create function zoo.mail(int) returns text language sql stable as 'select email from public.customers where id = $1';
create function zoo.mail_atomic(n int) returns text language sql stable return (select email from public.customers where id = n);
create function zoo.mails() returns setof text language sql stable as 'select email from public.customers';
create function zoo.mail_table() returns table (i int, m text) language sql stable as 'select id, email from public.customers';
create function zoo.mail_path(int) returns text language sql stable set search_path = public as 'select email from customers where id = $1';
create function zoo.mail_plpgsql(n int) returns text language plpgsql stable as $$
declare r text; begin select email into r from public.customers where id = n; return r; end $$;
create function zoo.mail_loop() returns setof text language plpgsql as $$
declare r record; begin for r in select email from public.customers loop return next r.email; end loop; end $$;
create function zoo.mail_query() returns setof text language plpgsql as $$
begin return query select email from public.customers; end $$;
create function zoo.mail_on_path() returns setof text language plpgsql as $$
begin return query select email from customers; end $$;
create function zoo.mail_dynamic() returns setof text language plpgsql as $$
begin return query execute 'select email from public.' || 'customers'; end $$;
create function zoo.mail_constant() returns setof text language plpgsql as $$
begin return query execute 'select email from public.customers'; end $$;
create function zoo.mail_cursor() returns text language plpgsql as $$
declare c cursor for select email from public.customers; r text; begin open c; fetch c into r; close c; return r; end $$;
create function zoo.mail_exception() returns text language plpgsql as $$
begin perform 1 / 0; return ''; exception when division_by_zero then return (select max(email) from public.customers); end $$;
create function zoo.mail_if() returns text language plpgsql as $$
begin if exists (select 1 from public.customers where email like '%example%') then return 'yes'; end if; return 'no'; end $$;
create function zoo.mail_raise() returns text language plpgsql as $$
begin raise notice '%', (select max(email) from public.customers); return ''; end $$;
create function zoo.mail_nested(int) returns text language sql as 'select zoo.mail_plpgsql($1)';
create function zoo.mail_default(a int, b text default zoo.mail(1)) returns text language sql as 'select b';
create function zoo.mail_definer(int) returns text language sql security definer as 'select ssn from public.customers where id = $1';
create function zoo.ssn(c public.customers) returns text language sql immutable as 'select c.ssn';
create function zoo.of_row(c public.customers) returns text language sql stable as 'select $1.email';
create function public.secret(o public.orders) returns text language sql stable as 'select email from public.customers where id = o.customer';
create function zoo.harmless(int) returns int language sql immutable as 'select $1 + 1';
create function zoo.harmless_plpgsql(n int) returns int language plpgsql immutable as $$ begin return n * 2; end $$;
create function zoo.overloaded(int) returns text language sql as 'select ''x''::text';
create function zoo.overloaded(text) returns text language sql as 'select max(email) from public.customers';
create function zoo.overloaded(int, int) returns text language sql as 'select max(ssn) from public.customers';
create function zoo.variadic(variadic int[]) returns text language sql as 'select max(email) from public.customers where id = any($1)';
create function zoo.wipe() returns int language sql as 'delete from public.orders where id < 10; select 1';
create function zoo.wipe_plpgsql() returns int language plpgsql as $$ begin delete from public.orders where id < 10; return 1; end $$;
create function zoo.wipe_cte() returns bigint language sql as 'with d as (delete from public.orders where id < 10 returning 1) select count(*) from d';
create function zoo.stash() returns int language sql as 'insert into public.drop_box (body) select email from public.customers; select 1';
create procedure zoo.wipe_all() language plpgsql as $$ begin delete from public.orders; end $$;
create procedure zoo.wipe_sql() language sql as 'delete from public.orders';
create procedure zoo.nothing() language plpgsql as $$ begin null; end $$;
create function zoo.recursive(n int) returns text language plpgsql as $$
begin if n = 0 then return (select max(email) from public.customers); end if; return zoo.recursive(n - 1); end $$;

-- aggregates
create function zoo.agg_step(text, int) returns text language sql as 'select coalesce($1, '''') || coalesce((select email from public.customers where id = $2), '''')';
create aggregate zoo.agg(int) (sfunc = zoo.agg_step, stype = text);
create function zoo.plus_step(int, int) returns int language sql immutable as 'select $1 + $2';
create aggregate zoo.plus(int) (sfunc = zoo.plus_step, stype = int, initcond = '0');

-- operators and casts
create function zoo.op_mail(int, text) returns boolean language sql as 'select exists (select 1 from public.customers where id = $1 and email like $2)';
create operator zoo.@@@ (leftarg = int, rightarg = text, function = zoo.op_mail);
create operator public.### (leftarg = int, rightarg = text, function = zoo.op_mail);
create function zoo.op_prefix(int) returns text language sql as 'select email from public.customers where id = $1';
create operator public.@#@ (rightarg = int, function = zoo.op_prefix);
create type zoo.box as (n int);
create function zoo.box_to_text(zoo.box) returns text language sql as 'select email from public.customers where id = ($1).n';
create cast (zoo.box as text) with function zoo.box_to_text(zoo.box) as implicit;
create function zoo.eq(text, int) returns boolean language sql as 'select exists (select 1 from public.customers where id = $2 and email = $1)';
create schema odd;      -- not on anybody's path: on it, every = could be this one
create operator odd.= (leftarg = text, rightarg = int, function = zoo.eq);
create type public.pair as (a int, b int);
create function public.pair_eq(public.pair, public.pair) returns boolean language sql immutable as 'select ($1).a operator(pg_catalog.=) ($2).a';
create operator public.= (leftarg = public.pair, rightarg = public.pair, function = public.pair_eq);

-- domains, defaults, checks, indexes
create function zoo.check_box(text) returns boolean language plpgsql as $$
begin raise notice 'saw %', (select max(email) from public.customers); return true; end $$;
create domain zoo.checked as text check (zoo.check_box(value));
create table public.with_domain (id int, v zoo.checked);
create table public.with_check (id int, v text check (zoo.check_box(v)));
create table public.with_default (id int, v text default zoo.mail(1));
create table public.with_generated (id int, v text generated always as (zoo.harmless(id)::text) stored);
create function zoo.index_leak(int) returns text language plpgsql immutable as $$
begin raise notice 'indexed %', (select max(email) from public.customers); return ''; end $$;
create table public.with_index (id int, v text);
create index on public.with_index (zoo.index_leak(id));
create table public.with_policy (id int, v text);
insert into public.with_policy values (1, 'x'), (2, 'y');
create policy p on public.with_policy using (zoo.mail(id) like 'person1@%');
alter table public.with_policy enable row level security, force row level security;

-- triggers, rules, cascades
create function zoo.tr_wipe() returns trigger language plpgsql as $$ begin delete from public.notes where id < 5; return new; end $$;
create function zoo.tr_stash() returns trigger language plpgsql as $$ begin insert into public.drop_box (body) values (new.body); return new; end $$;
create function zoo.tr_tell() returns trigger language plpgsql as $$ begin raise notice 'told %', (select max(email) from public.customers); return new; end $$;
create function zoo.tr_nothing() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.trapped (id int primary key, body text);
insert into public.trapped select n, 'body ' || n from generate_series(1, 10) n;
create trigger t1 before insert on public.trapped for each row execute function zoo.tr_wipe();
create trigger t2 before update on public.trapped for each row execute function zoo.tr_tell();
create trigger t3 after delete on public.trapped for each statement execute function zoo.tr_wipe();
create table public.ruled (id int, body text);
create rule r1 as on insert to public.ruled do also delete from public.notes where id < 5;
create rule r2 as on update to public.ruled do instead insert into public.drop_box (body) select email from public.customers;
create table public.parent (id int primary key, body text);
create table public.child (id int primary key, parent int references public.parent on delete cascade on update cascade);
create table public.grandchild (id int, child int references public.child on delete set null);
insert into public.parent select n, 'p' from generate_series(1, 5) n;
insert into public.child select n, n from generate_series(1, 5) n;
insert into public.grandchild select n, n from generate_series(1, 5) n;
create view zoo.instead as select id, body from public.trapped;
create trigger ti instead of update on zoo.instead for each row execute function zoo.tr_tell();

-- inheritance, partitions
create table public.people (id int, name text);
create table public.vips (email text) inherits (public.people);
insert into public.people values (1, 'one');
insert into public.vips values (2, 'two', 'vip@example.org');
create table public.events (id int, region text, body text) partition by list (region);
create table public.events_eu partition of public.events for values in ('eu');
create table public.events_us partition of public.events for values in ('us');
insert into public.events values (1, 'eu', 'e'), (2, 'us', 'u');
create table public.secrets_parent (id int, v text);
create table public.secrets_child (ssn text) inherits (public.secrets_parent);
insert into public.secrets_child values (1, 'v', '123-45-6789');

-- what reads more than it gives: rows made of values, values that fail or act where nobody looks at them
create view zoo.spread as select id, generate_series(1, length(email)) as n from public.customers;
create view zoo.spread2 as select s.id from (select id, unnest(string_to_array(email, '1')) as part from public.customers) s;
create view zoo.restless as select id, (email || left(random()::text, 0))::int as n from public.customers;
create view zoo.arms as select id, email::int as n from public.customers where id = 1 union all select 2, 3;
create view zoo.kept_cte as with c as materialized (select id, email::int as n from public.customers where id = 1) select id from c;
create view zoo.two_values as select v.a from (values (1, (select email::int from public.customers where id = 1)), (2, 3)) v(a, b);
create view zoo.quiet as select id, upper(email) as loud, (select ssn) as number, 'x' || email as marked from public.customers;
create view zoo.dictionary as select schemaname, tablename, attname, histogram_bounds::text as histogram_bounds from pg_stats;
create view zoo.inherited as select * from public.people;
create view zoo.of_policy as select id from public.with_policy;
create view zoo.depth as with recursive r(id, e) as (select id, email from public.customers where id < 3
  union all select r.id + 100, r.e from r where r.id < 100) search depth first by e set ord select id, ord::text as ord from r;
create view zoo.cycles as with recursive r(id, e) as (select id, email from public.customers where id < 3
  union all select r.id, r.e from r) cycle e set again using way select id, again, way::text as way from r;
create function zoo.two(out a int, out b text) language sql stable as 'select 1, max(email) from public.customers';
create function zoo.lively(text) returns text language plpgsql volatile as $$ begin raise notice 'got %', $1; return $1; end $$;
create function zoo.tell(text) returns text language plpgsql stable as $$ begin raise notice 'got %', $1; return $1; end $$;
create function zoo.many(text) returns setof text language sql immutable as 'select regexp_split_to_table($1, '''')';
create function zoo.bool(text) returns boolean language sql immutable as 'select $1 like ''%1@%''';
create function zoo.count_plpgsql() returns bigint language plpgsql as $$
declare n bigint; begin n := count(*) from public.customers where email like '%1@%'; return n; end $$;
create function zoo.return_from() returns text language plpgsql as $$ begin return max(email) from public.customers; end $$;
create function zoo.for_execute() returns text language plpgsql as $$
declare r record; begin for r in execute 'select email from public.customers order by id' loop return r.email; end loop; end $$;
create function zoo.for_execute_using() returns text language plpgsql as $$
declare r text; begin execute 'select email from public.customers where id = $1' into r using 1; return r; end $$;
create function zoo.diagnosed() returns text language plpgsql as $$
declare m text; begin perform email::int from public.customers where id = 1; return '';
exception when others then get stacked diagnostics m = message_text; return m; end $$;
create function zoo.sqlerrm() returns text language plpgsql as $$
begin perform email::int from public.customers where id = 1; return ''; exception when others then return sqlerrm; end $$;
create function zoo.nested_block() returns text language plpgsql as $$
<<a>> declare x text := ''; begin
  <<b>> declare x text := (select max(email) from public.customers); begin a.x := b.x; end b;
  return a.x; end $$;
create function zoo.cursor_of(id int) returns text language plpgsql as $$
declare c cursor (k int) for select email from public.customers where customers.id = k; r record;
begin for r in c (1) loop return r.email; end loop; end $$;
create function zoo.open_execute() returns text language plpgsql as $$
declare c refcursor; r text; begin open c for execute 'select email from public.customers where id = $1' using 1; fetch c into r; return r; end $$;
create function zoo.leave_open() returns refcursor language plpgsql as $$
declare c refcursor := 'left_open'; begin open c for select email from public.customers order by id; return c; end $$;
create function zoo.array_loop() returns text language plpgsql as $$
declare x text; all_x text := ''; begin foreach x in array array(select email from public.customers order by id limit 3) loop all_x := all_x || x; end loop; return all_x; end $$;
create function zoo.exit_when() returns int language plpgsql as $$
declare i int := 0; begin loop exit when (select email like 'person1@%' from public.customers where id = 1); i := i + 1; exit when i > 5; end loop; return i; end $$;
create function zoo.case_of(n int) returns text language plpgsql as $$
begin case n when (select length(email) from public.customers where id = 1) then return 'yes'; else return 'no'; end case; end $$;
create function zoo.asserted() returns int language plpgsql as $$
begin assert (select email like 'nobody%' from public.customers where id = 1), (select email from public.customers where id = 1); return 1; end $$;
create function zoo.of_type() returns public.customers language sql stable as 'select * from public.customers where id = 1';
create function zoo.of_types() returns setof public.customers language plpgsql stable as $$ begin return query table public.customers; end $$;
create function zoo.in_out(inout x text) language sql stable as 'select email from public.customers where id = x::int';
create function zoo.named(a int default 1, b int default zoo.harmless(0)) returns text language sql stable as 'select email from public.customers where id = a and b > 0';
create function zoo.any(anyelement) returns anyelement language sql stable as 'select $1';
create function zoo.any_mail(anyelement) returns text language sql stable as 'select max(email) from public.customers';
create function zoo.short(a text, b text default '') returns text language sql stable as 'select max(ssn) from public.customers';
create function zoo.lower(public.orders) returns text language sql stable as 'select email from public.customers where id = ($1).id';
create function zoo.mood_function(public.mood) returns text language sql stable as 'select max(email) from public.customers';

-- operators and orders that are meant without being written
create function zoo.eq2(varchar, text) returns boolean language sql as 'select exists (select 1 from public.customers where email = $1)';
create operator odd.= (leftarg = varchar, rightarg = text, function = zoo.eq2);
create view zoo.odd_case as select 1 as n;
create view zoo.odd_nullif as select 1 as n;
set search_path = odd, public;
create or replace view zoo.odd_case as select case 'person1@example.org'::text when 1 then 1 else 2 end as n;
create or replace view zoo.odd_nullif as select length(nullif('person1@example.org'::text, 1)) as n;
create view zoo.odd_distinct as select 'person1@example.org'::text is distinct from 1 as n;
create view zoo.odd_in as select 'person1@example.org'::text in (1, 2) as n;
create view zoo.odd_any as select 'person1@example.org'::text = any (select id from public.notes) as n;
create view zoo.odd_using as select count(*) as n from (select 'person1@example.org'::varchar as id) a join (select body as id from public.notes) b using (id);
create view zoo.odd_natural as select count(*) as n from (select 'person1@example.org'::varchar as id) a natural join (select body as id from public.notes) b;
create function zoo.odd_body() returns int language sql stable begin atomic select case 'person1@example.org'::text when 1 then 1 else 2 end; end;
create table public.odd_default (id int, n int default case 'person1@example.org'::text when 1 then 1 else 2 end);
reset search_path;

-- names as long as the server lets them be
create schema a23456789b123456789c123456789d123456789e123456789f123456789g123;
create view a23456789b123456789c123456789d123456789e123456789f123456789g123.tags as select id as note, email as tag from public.customers;
create function a23456789b123456789c123456789d123456789e123456789f123456789g123.harmless(int) returns text language sql stable as 'select email from public.customers where id = $1';
create schema app;
create view app.tags2 as select id as note, email as tag from public.customers;
create view public.tags2 as select note, tag from public.tags;

-- rows of children and of partitions
create table public.staff (id int, v text);
create table public.staff_secret (check (id > 100)) inherits (public.staff);
insert into public.staff_secret values (101, 'vip');
create table public.sheets (id int, v text) partition by range (id);
create table public.sheets_low partition of public.sheets for values from (0) to (100);
insert into public.sheets values (1, 'one');
-- bodies in every dress, aggregates, what stands behind an operator
create function zoo.late_into() returns text language plpgsql as $$
declare r text; begin select email from public.customers into strict r where id = 1; return r; end $$;
create function zoo.with_into() returns text language plpgsql as $$
declare r text; begin with c as (select email from public.customers where id = 1) select email into r from c; return r; end $$;
create function zoo.declared() returns text language plpgsql as $$
declare r constant public.customers.email%type not null := (select email from public.customers where id = 1); s alias for r; begin return s; end $$;
create function zoo.quoted_end() returns text language plpgsql as $$
declare "end" text; begin "end" := (select email from public.customers where id = 1); return "end"; end $$;
create function zoo.commented() returns text language plpgsql as $$
begin -- return ''; end
  /* return 'x'; /* end */ */ return /* ; */ (select email || ';' || $q$;$q$ || e'\';' from public.customers where id = 1); end $$;
create function zoo.reversed() returns int language plpgsql as $$
declare n int := 0; begin for i in reverse 100 .. 1 by (select length(email) from public.customers where id = 1) loop n := n + i; end loop; return n; end $$;
create function zoo.while_exists() returns int language plpgsql as $$
declare n int := 0; begin while n < 9 and exists (select from public.customers where id = n and email like 'q%' or n = 0) loop n := n + 1; end loop; return n; end $$;
create function zoo.raised() returns int language plpgsql as $$
begin raise exception using message = (select email from public.customers where id = 1), errcode = 'P0001'; end $$;
create function zoo.row_count() returns bigint language plpgsql as $$
declare n bigint; begin perform from public.customers where email like '%1@%'; get diagnostics n = row_count; return n; end $$;
create function zoo.found() returns boolean language plpgsql as $$
begin perform 1 from public.customers where email = 'person1@example.org'; return found; end $$;
create function zoo.handler() returns text language plpgsql as $$
begin raise exception 'x'; exception when sqlstate 'P0001' or division_by_zero then begin return (select email from public.customers where id = 1); end; when others then return ''; end $$;
create function zoo.next_row() returns setof public.customers language plpgsql as $$
declare r public.customers%rowtype; begin for r in select * from public.customers order by id limit 2 loop return next r; end loop; end $$;
create function zoo.out_table() returns table (id int, email text) language plpgsql as $$
#variable_conflict use_column
begin return query select c.id, c.email from public.customers c order by c.id limit 2; end $$;
create function zoo.variable_conflict() returns text language plpgsql as $$
#variable_conflict use_variable
declare item text := (select email from public.customers where id = 1); r text; begin select item into r from public.orders limit 1; return r; end $$;
create function zoo.record_field() returns text language plpgsql as $$
declare r record; begin select c.* into r from public.customers c where id = 1; r.name := r.email; return r.name; end $$;
create function zoo.array_item() returns text language plpgsql as $$
declare a text[]; begin a[3] := (select email from public.customers where id = 1); return a[3]; end $$;
create function zoo.inner_do() returns int language plpgsql as $$
begin do 'begin raise notice ''%'', (select email from public.customers where id = 1); end'; return 1; end $$;
create function zoo.execute_constant() returns int language plpgsql as $$
begin execute $q$delete from public.orders where id < 10$q$; return 1; end $$;
create function zoo.into_out(out r text) language plpgsql as $$ begin select email into r from public.customers where id = 1; end $$;
create function zoo.sql_values() returns setof text language sql as 'values ((select email from public.customers where id = 1))';
create function zoo.sql_table() returns setof public.customers language sql as 'table public.customers';
create function zoo.sql_many() returns text language sql as 'select 1; select email from public.customers where id = 1';
create function zoo.sql_atomic() returns text language sql begin atomic select 1; select email from public.customers where id = 1; end;
create function zoo.sql_returning() returns text language sql as 'insert into public.drop_box (body) select email from public.customers where id = 1 returning body';
create function zoo.sorted_step(text[], text) returns text[] language sql as 'select $1 || $2';
create function zoo.sorted_final(text[]) returns text language sql as 'select max(email) from public.customers where id = cardinality($1)';
create aggregate zoo.sorted(order by text) (sfunc = zoo.sorted_step, stype = text[], initcond = '{}', finalfunc = zoo.sorted_final);
create aggregate zoo.moving(text) (sfunc = zoo.sorted_step, stype = text[], initcond = '{}', finalfunc = zoo.sorted_final,
  msfunc = zoo.sorted_step, mstype = text[], minitcond = '{}', mfinalfunc = zoo.sorted_final, minvfunc = zoo.sorted_step);
create function zoo.no(int, text) returns boolean language plpgsql immutable as $$ begin return false; end $$;
create function zoo.yes(int, text) returns boolean language plpgsql immutable as $$ begin return exists (select from public.customers where id = $1 and email like $2); end $$;
create operator public.<<# (leftarg = int, rightarg = text, function = zoo.no, negator = operator(public.>>#));
create operator public.>># (leftarg = int, rightarg = text, function = zoo.yes, negator = operator(public.<<#));
create domain zoo.with_its_own_default as text default zoo.mail(1);
create table public.of_domain (id int, v zoo.with_its_own_default);
create domain zoo.twice as zoo.checked;
create domain zoo.listed as zoo.checked[];
create type zoo.pair_of as (a int, v zoo.checked);
create function zoo.takes_checked(zoo.checked) returns int language sql as 'select 1';
create function zoo.gives_checked(text) returns zoo.checked language plpgsql as $$ begin return $1; end $$;
create function zoo.to_checked(n int) returns int language plpgsql as $$ declare v zoo.checked; begin v := n; return n; end $$;
create function zoo.json_each(text) returns table (email text) language sql as 'select email from public.customers where id = 1';
create view zoo.json_names as select v from (select 1 as v) s;
create function zoo.boxes(int) returns zoo.box language sql immutable as 'select row($1)::zoo.box';
create function zoo.takes_box(zoo.box) returns int language sql immutable as 'select ($1).n';
create function zoo.int_to_box(int) returns zoo.box language plpgsql as $$ begin raise notice 'boxed %', (select max(email) from public.customers); return row($1)::zoo.box; end $$;
create type zoo.crate as (b zoo.box, n int);
-- columns and partitions that are made of guarded values (*.ssn)
create table public.folk (id int, ssn text) partition by range (ssn);
create table public.folk_low partition of public.folk for values from (minvalue) to ('2');
create table public.folk_high partition of public.folk for values from ('2') to (maxvalue) partition by hash (id);
create table public.folk_even partition of public.folk_high for values with (modulus 2, remainder 0);
create table public.folk_odd partition of public.folk_high for values with (modulus 2, remainder 1);
insert into public.folk select id, ssn from public.customers;
create table public.halves (id int, ssn text, half text generated always as (left(ssn, 2)) stored);
insert into public.halves (id, ssn) select id, ssn from public.customers where id < 5;
create view zoo.halves as select id, half as h from public.halves;
create view zoo.low as select id from public.folk_low;
create view zoo.places as select id, tableoid::regclass as place from public.folk;
create table public.late (id int);
insert into public.late values (1);
alter table public.late add column ssn text default '123-45-6789';
alter table public.late alter column ssn drop default;
-- what is not seen because something stands beside it or before it
create function zoo.values_of(text) returns text language sql immutable as 'values ($1)';
create function zoo.scream(text) returns int language plpgsql volatile as $$ begin raise notice '%', $1; return 1; end $$;
create function zoo.pair() returns table (p int, q text) language sql immutable as 'select 1, ''a''::text';
create function zoo.mail_column() returns table (email text) language sql immutable as 'select ''person1@example.org''::text';
reset role;

-- what only a superuser can make
create role analyst;
grant analyst to app;
create schema analyst;
create view analyst.tags as select id as note, email as tag from public.customers;
grant usage on schema analyst to app, analyst;
grant select on analyst.tags to app, analyst;
grant select on public.tags to analyst;
create function zoo.compare(text, text) returns int language plpgsql immutable as $$
begin raise notice 'compared %', (select max(email) from public.customers); return bttextcmp($1, $2); end $$;
create operator class zoo.evil_ops for type text using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 zoo.compare(text, text);
create type zoo.span as range (subtype = text, subtype_opclass = zoo.evil_ops);
create table public.evil_parts (id int, region text) partition by list (region zoo.evil_ops);
create table public.evil_parts_eu partition of public.evil_parts for values in ('eu');
create table public.evil_index (id int, v text);
create index on public.evil_index (v zoo.evil_ops);
insert into public.evil_index values (1, 'a'), (2, 'b');
-- operators that are harmless themselves, in families that are not
create function zoo.compare_ints(int, int) returns int language plpgsql immutable as $$
begin raise notice 'compared %', (select max(email) from public.customers); return btint4cmp($1, $2); end $$;
create function zoo.hash_int(int) returns int language plpgsql immutable as $$
begin raise notice 'hashed %', (select max(email) from public.customers); return hashint4($1); end $$;
create operator zoo.<~ (leftarg = int, rightarg = int, function = int4lt, commutator = operator(zoo.>~));
create operator zoo.<=~ (leftarg = int, rightarg = int, function = int4le);
create operator zoo.=~ (leftarg = int, rightarg = int, function = int4eq, commutator = operator(zoo.=~), merges, hashes);
create operator zoo.>=~ (leftarg = int, rightarg = int, function = int4ge);
create operator zoo.>~ (leftarg = int, rightarg = int, function = int4gt, commutator = operator(zoo.<~));
create operator class zoo.sorted_ints for type int using btree as operator 1 zoo.<~, operator 2 zoo.<=~, operator 3 zoo.=~,
  operator 4 zoo.>=~, operator 5 zoo.>~, function 1 zoo.compare_ints(int, int);
create operator class zoo.hashed_ints for type int using hash as operator 1 zoo.=~, function 1 zoo.hash_int(int);
create operator class zoo.text_ops for type text using btree as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 zoo.compare(text, text);
create table public.namesake (id int, v text);
create index on public.namesake (v zoo.text_ops);
insert into public.namesake values (1, 'a'), (2, 'b');
alter table public.namesake owner to app;
alter table public.evil_parts owner to app;
alter table public.evil_parts_eu owner to app;
alter table public.evil_index owner to app;
grant usage on schema zoo to public;
analyze;

set role app;

-- what gathers a column in one value
create function zoo.mails_glued() returns text language plpgsql stable as $$
declare r record; a text := ''; begin for r in select email from public.customers where id < 90 order by id loop a := a || r.email; end loop; return a; end $$;
create function zoo.mails_counted() returns text language plpgsql stable as $$
declare a text[]; i int := 1; begin while i < 90 loop a[i] := zoo.mail(i); i := i + 1; end loop; return a::text; end $$;
create function zoo.mails_down(n int) returns text language sql stable as
  'select case when n = 0 then '''' else (select email from public.customers where id = n) || zoo.mails_down(n - 1) end';
create function zoo.mails_passed(n int, a text) returns text language plpgsql stable as $$
begin if n = 0 then return a; end if; return zoo.mails_passed(n - 1, a || (select email from public.customers where id = n)); end $$;
create function zoo.mail_behind(a text, n int) returns text language sql stable as 'select a || email from public.customers where id = n';
create view zoo.trail as with recursive r(n, acc) as (select 0, ''::text union all
  select n + 1, acc || c.email from r join public.customers c on c.id = n + 1 where n < 90) select n, acc from r;
create procedure zoo.glue(inout a text) language plpgsql as $$
declare r record; begin for r in select email from public.customers where id < 90 loop a := a || r.email; end loop; end $$;
reset role;
