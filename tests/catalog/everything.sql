-- One of everything that a listing holds. Made by a superuser, in a database of its own.
create schema app;
create extension if not exists hstore schema public;
create extension if not exists file_fdw;

-- functions
create function app.twice(n int) returns int language sql immutable as 'select n * 2';
create function app.twice(t text) returns text language sql stable as 'select t || t';
create function app.twice(t text, times int default 2, variadic rest int[] default '{}') returns text
    language sql as 'select t';
create function app.atomic(n int) returns bigint language sql
    begin atomic select count(*) from pg_class where relnatts > n; end;
create function app.shouts(inout word text, out size int) returns setof record language plpgsql security definer
    set search_path = pg_catalog as 'begin word := upper(word); size := length(word); return next; end';
create function app.rows_of(n int) returns table (a int, b text) language plpgsql as 'begin return; end';
create procedure app.tidy(n int, out done bool) language plpgsql as 'begin done := true; end';
create function app.note() returns trigger language plpgsql as 'begin return new; end';
create function app.ddl_note() returns event_trigger language plpgsql as 'begin end';
create function app.plus(a int, b int) returns int language internal strict immutable as 'int4pl';
create aggregate app.total(int) (sfunc = app.plus, stype = int, initcond = '0');

-- types
create domain app.percent as int check (value between 0 and app.twice(n => 50));
create type app.mood as enum ('sad', 'happy');
create type app.pair as (left_part int, right_part text);
create function app.distance(a int, b int) returns float8 language sql immutable as 'select (b - a)::float8';
create type app.span as range (subtype = int, subtype_diff = app.distance);
create type app.coin;
create function app.coin_in(cstring) returns app.coin language internal strict immutable as 'int4in';
create function app.coin_out(app.coin) returns cstring language internal strict immutable as 'int4out';
create type app.coin (input = app.coin_in, output = app.coin_out, like = int4);

-- operators, casts, classes
create function app.guess(internal, oid, internal, int) returns float8 language internal stable as 'eqsel';
create function app.alike(text, text) returns bool language sql immutable as 'select lower($1) = lower($2)';
create operator app.=~= (leftarg = text, rightarg = text, function = app.alike, restrict = app.guess);
create operator app.!! (rightarg = int, function = app.twice);
create function app.coin_of(point) returns app.coin language sql immutable as 'select ''1''::app.coin';
create cast (point as app.coin) with function app.coin_of(point) as assignment;
create function app.coin_eq(app.coin, app.coin) returns bool language internal strict immutable as 'int4eq';
create function app.coin_hash(app.coin) returns int language internal strict immutable as 'hashint4';
create operator app.=== (leftarg = app.coin, rightarg = app.coin, function = app.coin_eq);
create operator class app.coin_class default for type app.coin using hash as
    operator 1 app.=== (app.coin, app.coin), function 1 app.coin_hash(app.coin);
create function app.text_order(text, text) returns int language internal strict immutable as 'bttextcmp';
create operator class app.other_text for type text using btree as
    operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 app.text_order(text, text);

-- relations
create table app.people (id int primary key, name text default app.twice('x'::text, 1), share app.percent,
    twice_id int generated always as (app.twice(n => id)) stored, feeling app.mood, reg regclass,
    check (id > 0), exclude using btree (name with =));
create index people_by_half on app.people ((id / 2)) where id > 10;
create index people_by_order on app.people (name app.other_text);
create index people_plain on app.people (name);
create statistics app.people_stats on id, name from app.people;
create trigger people_note before insert on app.people for each row execute function app.note();
create trigger people_off before update on app.people for each row execute function app.note();
alter table app.people disable trigger people_off;
create trigger people_replica before delete on app.people for each row execute function app.note();
alter table app.people enable replica trigger people_replica;
create table app.follows (person int references app.people on update cascade);
create table app.notes (person int references app.people on delete cascade on update set null, body text);
alter table app.notes enable row level security;
create policy readers on app.notes for select using (person = app.twice(n => 21));
create policy writers on app.notes for insert to public with check (body <> '');
create rule notes_quiet as on update to app.notes do also select 1;
create rule notes_off as on delete to app.notes do instead nothing;
alter table app.notes disable rule notes_off;
create view app.names as select p.id, app.twice(p.name, 3) as name from app.people p;
create materialized view app.counts as select count(*) as n from app.people;
create table app.events (at date, what text) partition by range (at);
create trigger events_note after insert on app.events for each row execute function app.note();
create table app.events_26 partition of app.events for values from ('2026-01-01') to ('2027-01-01');
create table app.parents (a int);
create table app.children (b int) inherits (app.parents);
create table app."Odd ""name" ("Col umn" int default 1);
create sequence app.counter;
create server files foreign data wrapper file_fdw;
create foreign table app.lines (line text) server files options (filename '/dev/null');
create temporary table only_mine (a int);
create event trigger on_ddl on ddl_command_end execute function app.ddl_note();
