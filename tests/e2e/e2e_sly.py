"""Ways around the gate that a hostile agent would try: none may run what is held."""

import threading
import time

import wire
from lab import wait_for

# Each: statements in order; the last must be held (or refused), and nothing of scratch may run.
SLY = [
    ["select set_config('search_path', 'staging', false)", "delete from scratch"],
    ["select pg_catalog.set_config('search_path', 'staging', false) from orders limit 1", "delete from scratch"],
    ["set search_path = staging", "delete from scratch"],
    ["set session search_path to staging", "delete from scratch"],
    ["begin", "set local search_path = staging", "delete from scratch"],
    ["begin", "savepoint a", "set search_path = staging", "savepoint b", "set search_path = public", "rollback to b",
     "delete from scratch"],
    ["set search_path = staging; delete from scratch"],
    ["set standard_conforming_strings = off", "select '\\'; delete from staging.scratch; --'"],
    ["set client_encoding = 'SJIS'", "delete from staging.scratch"],
    ["set role postgres", "delete from staging.scratch"],
    ["set session authorization app", "delete from staging.scratch"],
    ["prepare x as delete from staging.scratch", "execute x"],
    ["do $$ begin delete from staging.scratch; end $$"],
    ["do language plpgsql 'begin delete from staging.scratch; end'"],
    ["create function pg_temp.f() returns void language sql as 'delete from staging.scratch'"],
    ["create temp view v as select * from staging.scratch", "delete from v"],
    ["select query_to_xml('delete from staging.scratch returning id', true, true, '')"],
    ["select * from dblink('', 'delete from staging.scratch') as t(i int)"],
    ["copy (delete from staging.scratch returning *) to stdout"],
    ["copy staging.scratch from '/etc/passwd'"],
    ["copy staging.scratch from program 'id'"],
    ["delete\x0bfrom staging.scratch"],
    ["delete\x0cfrom\x0cstaging.scratch"],
    ["delete from staging\u00a0.scratch"],
    ["merge into staging.scratch s using orders o on s.id = o.id when matched then delete"],
    ["with x as (update staging.scratch set id = 1 returning 1) select 1"],
    ["insert into staging.scratch select 1, 'x' on conflict do nothing"],
    ["explain (analyze, costs off) delete from staging.scratch"],
    ["declare c cursor for with d as (delete from staging.scratch returning 1) select * from d"],
    ["truncate staging.scratch, orders"],
    ["lock table staging.scratch; delete from staging.scratch"],
    ["alter table staging.scratch rename to free", "delete from staging.free"],
    ["alter role app set search_path = staging"],
    ["comment on table staging.scratch is 'x'"],
    ["grant delete on staging.scratch to public"],
    ["create rule r as on insert to orders do also delete from staging.scratch"],
    ["reset all; delete from staging.scratch"],
    ["discard all", "delete from staging.scratch"],
    ["select lo_export(1, '/tmp/x')"],
    ["select pg_read_file('/etc/passwd')"],
    ["select pg_terminate_backend(1)"],
    ["set session_replication_role = replica"],
    ["load 'plpgsql'"],
    ["call nothing()"],
    ["select pg_notify('x', 'y'), pg_reload_conf()"],
    ["select nextval('nothing')"],
]


def outcome(c, sql):
    """"held", an SQLSTATE, or "ran"."""
    c.query(sql)
    a = c.until("NZ", 10)
    while a.notices and "held" not in a.notices[-1]["M"] and not a.types.endswith("Z"):
        a = c.until("NZ", 10, a)
    if not a.types.endswith("Z"):
        c.cancel()
        c.answer()
        return "held"
    return a.error or "ran"


def test_sly(lab):
    """46 ways to spell, hide or prepare a held statement"""
    wrong = []
    for script in SLY:
        c = lab.raw()
        for sql in script[:-1]:
            if outcome(c, sql) not in ("ran", "held"):
                break
        what = outcome(c, script[-1])
        if what == "ran":
            wrong.append(" | ".join(script))
        c.drop()
    ran = [e for e in lab.server_log("agent-7") if "scratch" in e.sql]
    assert not wrong and not ran, (wrong, ran)


def test_harmless(lab):
    """what is harmless flows: nobody waits for nothing"""
    held = []
    c = lab.raw()
    for sql in ("select 1", "select now(), current_user, version()", "begin", "savepoint s", "rollback to s", "commit",
                "select count(*), sum(id), min(item), max(created) from orders", "show search_path", "select * from orders",
                "select o.item, c.name from orders o join customers c on c.id = o.customer where o.id between 3 and 9",
                "with t as (select id from orders) select * from t order by 1 limit 5 offset 2",
                "select upper(item), length(item), item || 'x', coalesce(created, now()::date) from orders limit 1",
                "select date_trunc('month', created), count(*) from orders group by 1 having count(*) > 1 order by 2",
                "insert into staging.wide values (1, 'a') returning id", "update staging.wide set body = 'b' where id = 1",
                "delete from staging.wide", "explain select * from orders", "set statement_timeout = '30s'",
                "set time zone 'UTC'", "listen a", "unlisten a", "notify a", "select pg_backend_pid()",
                "select generate_series(1, 3)", "select row_number() over (partition by customer order by id) from orders",
                "select id from orders where item like 'thing 1%' and created > '2026-02-01'::date",
                "values (1, 'a'), (2, 'b')", "table staging.wide", "select exists (select 1 from orders where id = 1)",
                "copy (select id from orders) to stdout", "select pg_sleep(0)", "select array_agg(id) from orders",
                "select json_build_object('a', 1)", "select case when 1 < 2 then 'x' end", "deallocate all", "reset time zone",
                "select * from information_schema.tables limit 1", "select * from pg_catalog.pg_class limit 1"):
        what = outcome(c, sql)
        if what != "ran":
            held.append((sql, what))
    assert not held, held


def test_queued_queries(lab):
    """a second Query sent behind a held one waits, and runs whatever was decided"""
    c = lab.raw()
    c.write(wire.query("delete from staging.scratch where id = 61") + wire.query("select 'behind'"))
    c.until("N")
    assert c.quiet(0.3) and lab.ran("behind") == 0
    lab.deny("rita", lab.pending_one("agent-7", like="id = 61")["id"])
    assert c.answer().error == "42501" and c.answer().rows == [["behind"]]
    assert lab.ran("id = 61") == 0


def test_backpressure(lab):
    """50 MB sent behind a held statement wait at the client, not in the gate"""
    c, gate = lab.raw(), next(iter(lab.pids("gate")))
    c.query("delete from staging.scratch where id = 62")
    c.until("N")
    stuck = threading.Thread(target=lambda: c.write(wire.query("select length('" + "x" * 500_000 + "')") * 100),
                             daemon=True)
    stuck.start()
    time.sleep(1.5)
    with open(f"/proc/{gate}/status", encoding="ascii") as f:
        kb = int([x for x in f if x.startswith("VmRSS")][0].split()[1])
    assert kb < 60_000 and stuck.is_alive(), kb
    lab.approve("rita", lab.pending_one("agent-7", like="id = 62")["id"])
    assert c.answer().tags == ["DELETE 0"]
    for _ in range(100):
        assert c.answer(20).rows == [["500000"]]


def test_sync_flood(lab):
    """300,000 Syncs before one answer is read; memory stays small"""
    c, gate = lab.raw(), next(iter(lab.pids("gate")))
    sender = threading.Thread(target=lambda: c.write(wire.SYNC * 300_000), daemon=True)
    sender.start()
    time.sleep(1)
    with open(f"/proc/{gate}/status", encoding="ascii") as f:
        kb = int([x for x in f if x.startswith("VmRSS")][0].split()[1])
    assert kb < 80_000, kb
    for _ in range(300_000):
        assert c.receive(20)[0] == "Z"


def test_many_names(lab):
    """a client that prepares without end reaches its own ceiling, nobody else's"""
    c, other = lab.raw(), lab.raw("erin")
    for n in range(40_000):
        try:
            c.write(wire.parse(f"select {n}, '{'n' * 1000}'", f"name{n}"))
        except OSError:
            break
        if n % 500 == 499:
            try:
                c.write(wire.SYNC)
                if c.answer(20).errors:
                    break
            except (wire.Closed, OSError):
                break
    gate = next(iter(lab.pids("gate")))
    with open(f"/proc/{gate}/status", encoding="ascii") as f:
        kb = int([x for x in f if x.startswith("VmRSS")][0].split()[1])
    assert kb < 150_000, kb
    assert other.ask("select 1").rows == [["1"]]


def test_prepared_then_denied(lab):
    """a statement prepared under the old policy is judged by the new one at Bind"""
    c = lab.raw()
    c.write(wire.parse("select count(*) from orders where id = $1", "s") + wire.SYNC)
    assert c.answer().types == "1Z"
    lab.config["policy"].append({"name": "no orders", "when": {"datasets": ["public.orders"]}, "then": "deny"})
    lab.write_config()
    lab.sighup()
    wait_for(lambda: lab.events("reloaded"), 5)
    c.write(wire.bind([1], "", "s") + wire.execute() + wire.SYNC)
    a = c.answer()
    assert a.error == "42501" and not a.rows, a
    lab.config["policy"].pop()
    lab.write_config()
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > 1, 5)


def test_values_that_are_no_text(lab):
    """what a client sets for the reviewers is UTF-8 or refused: bytes that are not would end its gate at the keeper"""
    client = lab.raw("agent-7")
    gates = lab.pids("gate")
    for name in (b"reason", b"run", b"sink", b"answer"):
        said = b"set sluice." + name + b" = '\xff\xfe'\0"
        client.write(b"Q" + (len(said) + 4).to_bytes(4, "big") + said)
        heard = client.answer()
        assert heard.error == "22023", heard
    client.query("delete from staging.scratch")
    held = lab.pending_one("agent-7", like="scratch")
    lab.deny("rita", held["id"])
    assert client.answer().error == "42501" and lab.pids("gate") == gates
