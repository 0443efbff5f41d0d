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
reset role;
analyze;
