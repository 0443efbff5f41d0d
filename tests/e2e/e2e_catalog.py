"""The listing of a database: each kind of definition on each server version, what changes is noticed, and
who may not be listed."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import embedded
import server
import wire
from lab import free_ports, give_back, is_current, wait_for
from tap import Skip

HERE = pathlib.Path(__file__).resolve().parent.parent / "catalog"
LISTER = "create role lister login; alter role lister set search_path = app, public"


def change(config):
    config["targets"][0]["poll"] = "200ms"


LAB = {"change": change}


def ask(lab, pg, *options, database="everything"):
    """What list_catalog says, as a login that owns nothing and may do nothing."""
    program = lab.build / "tests" / "catalog" / "list_catalog"
    done = subprocess.run([program, f"host={pg.folder} port={pg.port} user=lister dbname={database}", *options],
                          capture_output=True, text=True, check=False, env=lab.environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fill(lab, pg):
    if "everything" not in pg.sql("select string_agg(datname, ' ') from pg_database").split():
        pg.sql(LISTER)
        pg.sql("create database everything")
        pg.sql((HERE / "everything.sql").read_text(), database="everything")
    return ask(lab, pg)


def shown(listing):
    """The lines that do not depend on what an extension holds in this version, or on its number."""
    keep = re.compile(r"[RC]\t|P\t.\t(app|x)\t|P\tt\tpublic\thstore\t|P\tf\tpublic\takeys\t")
    return [x for x in listing.splitlines() if keep.match(x) and not x.startswith("P\tx\tx\tx\tv\t")]


def compare(lab, pg, major):
    listing = fill(lab, pg)
    if os.environ.get("SLUICE_LAB_WRITE"):
        (HERE / f"everything.{major}.parts").write_text("\n".join(shown(listing)) + "\n")
    wanted = (HERE / f"everything.{major}.parts").read_text().splitlines()
    found = shown(listing)
    missing, more = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    assert not missing and not more, "missing:\n" + "\n".join(missing) + "\nunexpected:\n" + "\n".join(more)
    assert re.search(rf"^P\tx\tx\tx\tv\t{major}\d{{4}}\t\t$", listing, re.M), "no version"
    assert "only_mine" not in listing


# One change for each thing that the listing holds.
CHANGES = """
create view app.more as select 1 as one
create or replace view app.more as select 2 as one
alter view app.more rename column one to two
alter view app.names alter column name set default 'n'
create materialized view app.copy as select 1 as one
refresh materialized view app.copy; alter materialized view app.copy rename to copied
create table app.fresh (a int)
alter table app.fresh add column b int
alter table app.fresh rename column b to c
alter table app.fresh alter column c type regclass using null
alter table app.fresh alter column c set default 'app.people'
alter table app.fresh drop column c
alter table app.fresh rename to fresher
alter table app.fresher set schema public
alter table public.fresher add check (a > 0)
alter table public.fresher add exclude using btree (a with =)
create index on public.fresher ((a + 1))
create statistics app.fresher_stats on id, share from app.people
alter statistics app.fresher_stats rename to fresher_statistics
create trigger t before insert on public.fresher for each row execute function app.note()
alter table public.fresher disable trigger t
alter table public.fresher enable always trigger t
alter trigger t on public.fresher rename to u; alter table public.fresher enable trigger u
create policy p on public.fresher using (a = 1)
alter policy p on public.fresher using (a = 2)
alter table public.fresher enable row level security
create rule r as on insert to public.fresher do also select 3
alter table public.fresher disable rule r
create table app.later partition of app.events for values from ('2027-01-01') to ('2028-01-01')
alter table app.events detach partition app.later
alter table app.children no inherit app.parents
create table app.refers (person int references app.people on delete cascade)
alter table app.refers drop constraint refers_person_fkey
create foreign table app.other_lines (line text) server files options (filename '/dev/null')
alter server files rename to paper
create or replace function app.twice(n int) returns int language sql immutable as 'select n + n'
alter function app.twice(int) security definer
alter function app.twice(int) set work_mem = '1MB'
create function app.twice(a float8) returns float8 language sql as 'select 2 * a'
alter function app.twice(float8) rename to thrice
drop function app.thrice(float8)
create procedure app.nothing() language sql as ''
create or replace aggregate app.total(int) (sfunc = pg_catalog.int4pl, stype = int, initcond = '0')
create operator app.=+= (leftarg = int, rightarg = int, function = app.plus)
alter operator app.=~= (text, text) set (restrict = none)
drop operator app.=+= (int, int)
create domain app.small as int
alter domain app.small add constraint low check (value < 10)
alter domain app.small drop constraint low
alter type app.mood rename to moods
create type app.length as range (subtype = float8)
create type app.more_moods as enum ('fine')
create type app.triple as (a int, b int, c int)
drop cast (point as app.coin)
create cast (point as app.coin) with function app.coin_of(point)
create operator class app.people_class default for type app.pair using btree as function 1 btrecordcmp(record, record)
drop operator family app.people_class using btree
create function app.start_note() returns event_trigger language plpgsql as 'begin end'
create event trigger again on ddl_command_start execute function app.start_note()
alter event trigger again disable
create extension citext schema public
drop extension citext
alter extension hstore drop function public.akeys(public.hstore)
create schema elsewhere create table t (a int)
alter schema elsewhere rename to nowhere
alter schema app rename to application
"""


def notices(lab, pg):
    """Each change moves the listing, and the fingerprint with it."""
    fill(lab, pg)
    pg.sql("drop database if exists moving", database="postgres")
    pg.sql("create database moving template everything", database="postgres")
    listing = ask(lab, pg, database="moving")
    mark = ask(lab, pg, "--fingerprint", database="moving")
    wrong = []
    for sql in CHANGES.strip().splitlines():
        pg.sql(sql, database="moving")
        now, now_mark = ask(lab, pg, database="moving"), ask(lab, pg, "--fingerprint", database="moving")
        if now == listing:
            wrong.append(f"the listing does not show: {sql}")
        if mark_of(now_mark) == mark_of(mark):
            wrong.append(f"the fingerprint does not see: {sql}")
        listing, mark = now, now_mark
    pg.sql("analyze", database="moving")    # it tidies up after the children that are gone
    mark = ask(lab, pg, "--fingerprint", database="moving")
    for sql in ("analyze", "vacuum", "create temp table mine (a int, b text)", "insert into application.parents values (1)"):
        pg.sql(sql, database="moving")
        if mark_of(ask(lab, pg, "--fingerprint", database="moving")) != mark_of(mark):
            wrong.append(f"the fingerprint moves for nothing: {sql}")
    assert not wrong, "\n".join(wrong)


def mark_of(said):
    return json.loads(said)["fingerprint"]


class Other:
    """A server of another version, for one test."""

    def __init__(self, lab, major):
        self.lab, self.major = lab, major

    def __enter__(self):
        binaries = embedded.binaries(self.major)
        self.folder = self.lab.folder / f"other-{self.major}"
        if not self.folder.exists():
            self.folder.mkdir(mode=0o755)
        self.ports = free_ports(1)
        self.pg = server.Postgres(self.folder / "pg", self.ports[0], binaries=binaries)
        self.pg.create()
        return self.pg

    def __exit__(self, *_):
        self.pg.stop()
        give_back(self.ports)
        shutil.rmtree(self.folder, ignore_errors=True)


def test_parts(lab):
    """each kind of definition is listed with what the server says of it (PostgreSQL 15)"""
    compare(lab, lab.pg, 15)


def test_changes(lab):
    """each change moves the listing and the fingerprint, and nothing else does (PostgreSQL 15)"""
    notices(lab, lab.pg)


def test_17(lab):
    """the same on PostgreSQL 17"""
    with Other(lab, 17) as pg:
        compare(lab, pg, 17)
        notices(lab, pg)


def test_locked(lab):
    """a table that somebody keeps locked costs the texts that need it, not the listing"""
    lab.pg.sql("create view public.ordered as select id from public.orders; grant select on public.ordered to app")
    before = seen(lab, 1)
    owner = wire.Raw("127.0.0.1", lab.pg.port, "app", "shop", "app-secret")
    owner.ask("begin")
    owner.ask("lock orders in access exclusive mode")
    lab.pg.sql("create table public.meanwhile (a int)")
    during = seen(lab, before)
    assert lab.raw("agent-7").ask("select name from customers where id = 1").rows == [["customer 1"]]
    owner.ask("commit")
    owner.close()
    seen(lab, during)      # with the texts again
    listing = ask(lab, lab.pg, "--no-texts", database="shop")
    assert "P\tr\tpublic\tordered\tv\t0\t\t\n" in listing, listing


def seen(lab, before):
    """The generation after `before`."""
    return wait_for(lambda: generation(lab) if generation(lab) > before else None, 8, "another generation")


def test_odd_names(lab):
    """a name that is no UTF-8 makes the listing fail, and nothing else"""
    lab.pg.sql("create database odd encoding 'SQL_ASCII' template template0 locale 'C'", database="postgres")
    lab.pg.sql("do $$ begin execute 'create table \"a' || chr(200) || '\" (a int)'; end $$", database="odd")
    lab.pg.sql("grant connect on database odd to app", database="postgres")
    before = dict(lab.config["targets"][0])
    lab.config["targets"].append({**before, "name": "odd", "database": "odd"})
    reload(lab)
    wait_for(lambda: target(lab, "odd")["listing"] == "none" and target(lab, "odd").get("why"), 10,
             "a listing that cannot be read")
    assert lab.raw("agent-7").ask("select 1").rows == [["1"]]


def reload(lab):
    lab.write_config()
    count = len(lab.events("reloaded"))
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > count, 10, "the reload")


def test_untested_version(lab):
    """nobody connects to a server that Sluice was not tested on, unless the target says so"""
    with Other(lab, 18) as pg:
        one = {**lab.config["targets"][0], "name": "newer", "address": f"127.0.0.1:{pg.port}"}
        lab.config["targets"].append(one)
        reload(lab)
        try:
            lab.raw("agent-7", database="newer")
        except wire.Refused as no:
            assert re.search("PostgreSQL 18; Sluice was tested on 15 and 17", str(no)), no
        else:
            raise AssertionError("it connected")
        wait_for(lambda: "tested on 15 and 17" in target(lab, "newer").get("why", ""), 10, "the reason in the status")
        said = lab.sluice("check", "--live", "--config", lab.folder / "sluice.yaml")
        assert "nobody can connect unless the target says untested: allow" in said.err, said
        one["untested"] = "allow"
        reload(lab)
        wait_for(lambda: target(lab, "newer")["listing"] == "current", 10, "a listing")
        assert re.fullmatch(r"18\.\d+, untested", target(lab, "newer")["server"]), target(lab, "newer")
        assert lab.raw("agent-7", database="newer").ask("select count(*) from orders").rows == [["1000"]]
        lab.config["targets"].remove(one)
        reload(lab)


def target(lab, name):
    return [t for t in lab.status()["status"]["targets"] if t["name"] == name][0]


def generation(lab):
    said = [x for x in lab.events("catalog_read") if "target=finance " in x]
    return int(re.search(r"generation=(\d+)", said[-1]).group(1))


def test_poll(lab):
    """a change past the gateway is seen at the next poll, and only a change has the listing read"""
    lab.raw("agent-7").ask("select 1")
    before = generation(lab)
    lab.pg.sql("create function public.added() returns int language sql as 'select 1'")
    wait_for(lambda: generation(lab) > before, 5, "another generation")
    reads = "SELECT 'C', n.nspname"
    count = len([e for e in lab.pg.log() if e.sql.startswith(reads)])
    wait_for(lambda: len([e for e in lab.pg.log() if "hash_record_extended" in e.sql]) > 8, 10, "polls")
    assert len([e for e in lab.pg.log() if e.sql.startswith(reads)]) == count, "it was read again"


def test_on_demand(lab):
    """SIGHUP has the definitions read at once, with the same file too; else nobody looks before the poll"""
    lab.config["targets"][0]["poll"] = "1h"
    since = time.time()
    reload(lab)
    wait_for(lambda: is_current(target(lab, "finance"), since), 10, "a listing from after it")
    before = generation(lab)
    lab.pg.sql("create function public.on_demand() returns int language sql as 'select 1'")
    time.sleep(1.5)
    assert generation(lab) == before, "it was looked for although nobody asked"
    lab.sighup()
    wait_for(lambda: generation(lab) > before, 10, "another generation")
    lab.config["targets"][0]["poll"] = "200ms"
    reload(lab)


def test_large(lab):
    """1,000 relations with 20,000 columns are listed and judged, and 32 MB of definitions"""
    before = generation(lab)
    lab.pg.sql("create schema wide; select format('create table wide.t%s (%s)', n, (select string_agg('c' || i || "
               "' int', ', ') from generate_series(1, 20) i)) from generate_series(1, 1000) n \\gexec")
    lab.pg.sql("grant usage on schema wide to app; grant select on all tables in schema wide to app")
    lab.pg.sql("select format('create function wide.f%s() returns int language sql as %L', n, 'select 1 /* ' || "
               "repeat('x', size) || ' */') from (select n, case n when 33 then 9000000 else 1000000 end from "
               "generate_series(1, 33) n) s (n, size) \\gexec")
    wait_for(lambda: size_of_listing(lab) > 32 * 1000 * 1000, 20, "a listing of 32 MB")
    client = lab.raw("agent-7")
    heard = client.ask("select count(c7) from wide.t1000 where false", 30)
    assert heard.rows == [["0"]], heard
    # Where the definitions do not fit, they are not understood; what needs none of them goes on.
    lab.pg.sql("select format('create function wide.g%s() returns int language sql as %L', n, 'select 1 /* ' || "
               "repeat('x', 1000000) || ' */') from generate_series(1, 33) n \\gexec")
    wait_for(lambda: size_of_listing(lab) < 1000 * 1000, 20, "a listing without texts")
    assert lab.raw("agent-7").ask("select count(c8) from wide.t1000 where false", 30).rows == [["0"]]
    lab.pg.sql("drop schema wide cascade")


def size_of_listing(lab):
    said = [x for x in lab.events("catalog_read") if "target=finance " in x]
    return int(re.search(r"bytes=(\d+)", said[-1]).group(1))
