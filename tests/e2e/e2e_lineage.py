"""Lineage: what agents did to data is told exactly, and told again after a restart and a replay."""

import datetime
import json
import pathlib
import time
import uuid

import wire
from lab import wait_for

LAB = {"change": lambda config: config.update(lineage={"openlineage": {"file": "events.ndjson"}})}


def asked(lab, *words, by="rita"):
    done = lab.sluice("lineage", *words, "--json", "--credential-file", lab.enroll(by), *lab.where())
    return done.rc, json.loads(done.out)


def acts(lab, name, *more, by="rita"):
    return asked(lab, "who", name, *more, by=by)[1]["acts"]


def tree(lab, way, name, by="rita"):
    """{(depth, name, flow)} beside the start."""
    steps = asked(lab, way, name, by=by)[1]["steps"]
    return {(s["depth"], s["name"], s["flow"]) for s in steps if s["depth"] > 0 and not s.get("again")}


def told(lab, name, standing, statements, by="rita"):
    found = [a for a in acts(lab, name, by=by) if a["standing"] == standing and a["statements"] == statements]
    return found[0] if found else None


def hold(lab, client, sql):
    client.query(sql)
    client.until("N")
    return lab.pending_one("agent-7")["id"]


def test_insert_select(lab):
    """an agent's insert-select is a flow of columns, with who, why and in which run"""
    c = lab.raw()
    c.ask("set sluice.reason = 'report for carol'")
    c.ask("set sluice.run = 'nightly-1'")
    assert c.ask("insert into staging.wide select id, email from customers where name like 'c%'").tags == ["INSERT 0 400"]
    act = wait_for(lambda: told(lab, "staging.wide", "committed", "insert"), 5, "the act")
    assert act["identity"] == "agent-7" and act["owner"] == "carol" and act["verdict"] == "allow", act
    assert act["reason"] == "report for carol" and act["run"] == "nightly-1" and act["rows"] == 400, act
    assert act["effects"] == ["insert"] and act["count"] == 1, act
    direct = {x for x in tree(lab, "up", "staging.wide") if x[2] == "direct"}
    assert direct == {(1, "public.customers.id", "direct"), (1, "public.customers.email", "direct")}, direct
    assert (1, "public.customers.email", "direct") in tree(lab, "up", "staging.wide.body")
    assert (1, "public.customers.id", "direct") not in tree(lab, "up", "staging.wide.body")


def test_rolled_back(lab):
    """a rolled back transaction leaves no flow, and the attempt is told"""
    c = lab.raw()
    c.ask("begin")
    assert c.ask("update staging.wide w set body = o.item from orders o where o.id = w.id").tags == ["UPDATE 400"]
    c.ask("rollback")
    act = wait_for(lambda: told(lab, "staging.wide", "rolled_back", "update"), 5, "the act")
    assert act["rows"] == 400, act
    assert tree(lab, "down", "orders") == set()


def test_committed_transaction(lab):
    """a change inside a transaction is a flow once it is committed, and not before"""
    c = lab.raw()
    c.ask("begin")
    c.ask("insert into staging.wide select id, item from orders where id < 3")
    time.sleep(1.3)
    assert told(lab, "public.orders", "committed", "insert") is None
    assert tree(lab, "down", "public.orders.item") == set()
    c.ask("commit")
    wait_for(lambda: told(lab, "public.orders", "committed", "insert"), 5, "the act")
    assert (1, "staging.wide.body", "direct") in tree(lab, "down", "public.orders.item")


def test_committed_by_any_protocol(lab):
    """what COMMIT ends is committed: in the extended protocol, chained, with more behind it in its message"""
    c = lab.raw("carol")
    for sql in ("begin", "insert into pgbench_branches select id, 1, item from orders where id = 2", "commit"):
        c.extended(sql)
        assert c.answer().error is None
    wait_for(lambda: told(lab, "public.pgbench_branches", "committed", "insert"), 5, "the extended one")
    for end in (["commit and chain", "rollback"], ["commit; begin; rollback"]):
        c.ask("begin")
        assert c.ask("update pgbench_branches b set filler = o.item from orders o where o.id = b.bid").error is None
        for sql in end:
            assert c.ask(sql).error is None
    wait_for(lambda: (told(lab, "public.pgbench_branches", "committed", "update") or {}).get("count") == 2, 5,
             "the chained ones")
    assert told(lab, "public.pgbench_branches", "rolled_back", "update") is None


def test_behind_a_rollback(lab):
    """what is sent behind a ROLLBACK, or a BEGIN, before its answer, is in the transaction that the server says"""
    c = lab.raw("carol")
    c.ask("begin")
    c.write(wire.query("rollback") + wire.query("insert into pgbench_accounts select id + 100000, 1, 0, item from orders where id < 3"))
    assert c.answer().tags == ["ROLLBACK"] and c.answer().tags == ["INSERT 0 2"]
    wait_for(lambda: told(lab, "public.pgbench_accounts", "committed", "insert"), 5, "the one behind")
    c.write(wire.query("begin") + wire.query("delete from pgbench_accounts a using orders o where a.aid = o.id and o.id < 3")
            + wire.query("rollback"))
    assert [c.answer().tags for _ in range(3)] == [["BEGIN"], ["DELETE 2"], ["ROLLBACK"]]
    wait_for(lambda: told(lab, "public.pgbench_accounts", "rolled_back", "delete"), 5, "the one that was rolled back")
    assert told(lab, "public.pgbench_accounts", "committed", "delete") is None


def make_copies(lab):
    """Past the gateway, which sees them at its next look."""
    lab.pg.sql("create schema if not exists copies; grant usage on schema copies to app;"
               " create table if not exists copies.undone (id int, body text);"
               " create table if not exists copies.ends (id int, body text); grant all on all tables in schema copies to app")
    time.sleep(3)


def test_undone_by_its_pipeline(lab):
    """a change that is complete before its Sync is undone by what fails behind it, and then it is no flow"""
    make_copies(lab)
    c = lab.raw("carol")
    copy = "insert into copies.undone select id, item from orders where id < 3"
    c.write(wire.parse(copy) + wire.bind() + wire.execute() + wire.parse("select 1/0") + wire.bind()
            + wire.execute() + wire.SYNC)
    assert c.answer().error == "22012"
    wait_for(lambda: told(lab, "copies.undone", "rolled_back", "insert"), 5, "the undone one")
    assert told(lab, "copies.undone", "committed", "insert") is None
    c.extended(copy)
    assert c.answer().error is None
    wait_for(lambda: told(lab, "copies.undone", "committed", "insert"), 5, "the one that stays")


def test_several_transactions_in_one_text(lab):
    """of a text with several ends each change is what became of it; where they differ nobody says more than unknown"""
    make_copies(lab)
    c = lab.raw("carol")
    copy = "insert into copies.ends select id, item from orders where id < 3"
    read = "select 1"
    for text, standing in ((f"begin; {copy}; rollback; {read}", "rolled_back"),
                           (f"begin; {copy}; commit; begin; {read}; rollback", "committed"),
                           (f"{copy}; begin; rollback; {read}", "rolled_back"),
                           (f"begin; {copy}; savepoint a; {read}; rollback to a; commit", "committed"),
                           (f"begin; {copy}; commit; begin; {copy}; rollback", "unknown"),
                           (f"{copy}; commit; select 1/0", "unknown")):
        heard = c.ask(text)
        assert heard.error in (None, "22012"), heard
        tags = ", ".join(" ".join(w for w in part.split()[:1]) for part in text.split("; "))
        tags = tags.replace("rollback, commit", "rollback to savepoint, commit")
        wait_for(lambda: told(lab, "copies.ends", standing, tags), 5, f"{text} as {standing}")
        mine = [a["standing"] for a in acts(lab, "copies.ends") if a["statements"] == tags]
        assert mine == [standing], (text, mine)


def test_lost_commit(lab):
    """a COMMIT whose answer nobody waits for is not told as a rollback (P11)"""
    c = lab.raw("carol")
    for sql in ("begin", "commit", "begin"):    # judged before: the COMMIT that is lost goes out at once
        c.ask(sql)
    assert c.ask("update pgbench_accounts a set filler = o.item from orders o where a.aid = o.id and o.id < 3").error is None
    c.write(wire.query("commit"))
    c.drop()
    act = wait_for(lambda: told(lab, "public.pgbench_accounts", "unknown", "update")
                   or told(lab, "public.pgbench_accounts", "committed", "update"), 5, "the act")
    assert act["rows"] == 2, act
    assert told(lab, "public.pgbench_accounts", "rolled_back", "update") is None


def test_approved(lab):
    """a held copy that was approved is a flow that names its approval and who said yes"""
    c = lab.raw()
    wanted = hold(lab, c, "insert into staging.scratch select id, body from staging.wide")
    lab.approve("rita", wanted)
    assert c.until("Z").tags[0].startswith("INSERT")
    act = wait_for(lambda: told(lab, "staging.scratch", "committed", "insert"), 5, "the act")
    assert act["approval"] == wanted and act["approvers"] == "rita" and act["verdict"] == "hold", act
    assert told(lab, "staging.scratch", "denied", "insert") is None
    rc, path = asked(lab, "path", "customers.email", "staging.scratch.note")
    assert rc == 0
    assert [s["name"] for s in path["steps"]] == ["public.customers.email", "staging.wide.body", "staging.scratch.note"]
    rc, none = asked(lab, "path", "staging.scratch.note", "customers.email")
    assert rc == 1 and none["steps"] == [] and not none["more"]


def test_export(lab):
    """an approved export flows to the sink that the client named; a denied one does not"""
    c = lab.raw()
    c.ask("set sluice.sink = 's3://reports/q3.csv'")
    wanted = hold(lab, c, "copy (select email from customers) to stdout")
    lab.approve("rita", wanted)
    c.until("Z")
    wait_for(lambda: (1, "s3://reports/q3.csv", "export") in tree(lab, "down", "customers.email"), 5, "the export")
    other = lab.raw()
    wanted = hold(lab, other, "copy (select ssn from customers) to stdout")
    lab.deny("bob", wanted, reason="no need for it")
    other.until("Z")
    act = wait_for(lambda: told(lab, "customers.ssn", "denied", "copy to"), 5, "the attempt")
    assert act["approvers"] == "bob" and "no need for it" in act["why"] and act["approval"] == wanted, act
    assert tree(lab, "down", "customers.ssn") == set()


def test_attempts(lab):
    """a denied drop, an expired and a cancelled hold are attempts, each with its name"""
    c = lab.raw()
    assert c.ask("drop table staging.pair").error == "42501"
    act = wait_for(lambda: told(lab, "staging.pair", "denied", "drop table"), 5, "the denied drop")
    assert act["verdict"] == "deny" and act["rules"] == "agents never drop" and "approval" not in act, act
    hold(lab, c, "insert into staging.quick select id, name from customers")
    c.until("Z", 8)
    wait_for(lambda: told(lab, "staging.quick", "expired", "insert"), 5, "the expired hold")
    assert tree(lab, "up", "staging.quick") == set()
    wanted = hold(lab, c, "insert into staging.scratch select id, name from customers")
    lab.api("cancel", wanted, "carol", check=True)
    c.until("Z")
    act = wait_for(lambda: told(lab, "staging.scratch", "cancelled", "insert"), 5, "the cancelled hold")
    assert act["approvers"] == "carol", act


def test_failed(lab):
    """what the server refused is no flow"""
    c = lab.raw()
    assert c.ask("insert into orders select id, id, name, created from orders, "
                 "(select name from customers) as n where id = 1").error is not None
    wait_for(lambda: told(lab, "public.orders", "failed", "insert"), 5, "the failed act")
    assert not any(s[1].startswith("public.orders") for s in tree(lab, "down", "customers.name"))


def test_create_table_as(lab):
    """create table as carries its columns to the new table"""
    c = lab.raw("erin")
    c.query("create table staging.made as select id, email as mail from customers")
    c.until("N")
    lab.approve("rita", lab.pending_one("erin")["id"])
    assert c.until("Z").error is None
    wait_for(lambda: told(lab, "staging.made", "committed", "create table as"), 5, "the act")
    assert (1, "staging.made.mail", "direct") in tree(lab, "down", "customers.email")
    impact = asked(lab, "impact", "customers")[1]
    assert {d["name"] for d in impact["datasets"]} >= {"staging.wide", "staging.scratch", "staging.made"}, impact
    assert impact["sinks"] == ["s3://reports/q3.csv"], impact


def test_shown(lab):
    """the page of a held statement says where its data comes from and goes to, and what depends on its target"""
    c = lab.raw()
    wanted = hold(lab, c, "copy (select email from customers) to stdout")
    seen = lab.approval(wanted)["lineage"]
    assert seen["flows"] == [{"from": "public.customers.email", "to": "client of agent-7", "flow": "export",
                              "labels": ["pii"]}], seen
    lab.deny("rita", wanted)
    c.until("Z")
    assert "lineage" not in lab.approval(wanted)
    e = lab.raw("erin")
    e.query("alter table staging.wide add column more text")
    e.until("N")
    wanted = lab.pending_one("erin")["id"]
    down = lab.approval(wanted)["lineage"]["downstream"]
    assert down["dataset_count"] == 1 and down["datasets"] == ["staging.scratch"] and down["columns"] == 2, down
    page = lab.api("show", wanted, "rita", check=True).out
    assert "Downstream  1 dataset with 2 columns made from what it changes: staging.scratch\n" in page, page
    lab.deny("rita", wanted)
    e.until("Z")


def test_who_may_ask(lab):
    """who reviews nothing sees what they and their agents did, and nothing else"""
    done = lab.sluice("lineage", "who", "staging.wide", *lab.where())
    assert done.rc == 2 and "credential" in done.err, done
    mine = acts(lab, "customers", by="erin")
    assert mine and {a["identity"] for a in mine} == {"erin"}, mine
    assert {s[1] for s in tree(lab, "down", "customers.email", by="erin")} == {"staging.made.mail"}
    assert {a["identity"] for a in acts(lab, "customers")} >= {"erin", "agent-7"}
    assert acts(lab, "customers", "--since", "1h") and asked(lab, "who", "customers", "--since", "soon")[0] == 1
    assert acts(lab, "no.such") == [] and acts(lab, "customers", "--target", "other") == []


def everything(lab):
    names = ["customers", "customers.email", "orders", "staging.wide", "staging.scratch", "staging.quick", "staging.made"]
    return {f"{way} {n}": asked(lab, way, n)[1] for n in names for way in ("who", "up", "down", "impact")}


def test_restart(lab):
    """after a restart and after kill -9 of everything the answers are the same"""
    before = everything(lab)
    lab.restart()
    assert everything(lab) == before
    lab.kill_all()
    lab.start()
    assert everything(lab) == before


def test_rebuilt(lab):
    """the view is deleted: the ledger gives the same answers"""
    before = everything(lab)
    assert lab.stop() == 0
    for file in lab.state.glob("sluice.db*"):
        file.unlink()
    lab.start()
    after = everything(lab)
    assert after == before, [k for k in before if before[k] != after[k]]


def test_text(lab):
    """as text: a tree, acts, and names of strangers that forge no line"""
    c = lab.raw()
    c.ask("set sluice.reason = E'fine\\n2026-01-01 00:00:00Z  rita'")
    c.ask("insert into staging.wide select id, ssn from customers where id = 1")
    wait_for(lambda: told(lab, "customers.ssn", "committed", "insert"), 5, "the act")
    where = ("--credential-file", lab.enroll("rita"), *lab.where())
    up = lab.sluice("lineage", "up", "staging.scratch.note", *where, check=True).out.splitlines()
    assert up[0] == "staging.scratch.note  on finance", up
    assert any(x.startswith("  <- staging.wide.body  direct  [agent-7 (carol)") for x in up), up
    assert any(x.startswith("    <- public.customers.email  direct  [agent-7 (carol), run nightly-1") for x in up), up
    who = lab.sluice("lineage", "who", "customers.ssn", *where, check=True).out
    assert "committed" in who and "denied by bob" in who, who
    assert not any(x.endswith("rita") and "fine" not in x for x in who.splitlines()), who
    assert "outside: s3://reports/q3.csv" in lab.sluice("lineage", "impact", "customers", *where, check=True).out
    for wrong in ((), ("sideways", "x"), ("up",), ("up", "a", "b"), ("path", "a"), ("up", "x", "--since", "1h")):
        assert lab.sluice("lineage", *wrong).rc == 2, wrong


def test_run_events(lab):
    """run events are in their file, with columns, kinds of flow, text and verdict; a replay says them again alike"""
    lines = (lab.state / "openlineage" / "events.ndjson").read_text().splitlines()
    events = [json.loads(x) for x in lines]
    assert len(events) > 10
    for e in events:
        assert e["schemaURL"] == "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent", e
        assert set(e) == {"eventTime", "eventType", "run", "job", "inputs", "outputs", "producer", "schemaURL"}, e
        assert str(uuid.UUID(e["run"]["runId"])) == e["run"]["runId"] and e["job"]["name"] and e["job"]["namespace"]
        datetime.datetime.fromisoformat(e["eventTime"].replace("Z", "+00:00"))
        facets = [*e["run"]["facets"].values(), *e["job"]["facets"].values(),
                  *[f for d in e["inputs"] + e["outputs"] for f in d["facets"].values()]]
        assert all(f["_producer"] and f["_schemaURL"] for f in facets), e
        for d in e["outputs"]:
            for column in d["facets"]["columnLineage"]["fields"].values():
                assert all(i["namespace"] and i["name"] and i["field"] and
                           i["transformations"][0]["type"] in ("DIRECT", "INDIRECT") for i in column["inputFields"]), e
    facet = json.loads((pathlib.Path(__file__).parents[2] / "docs" / "sluice-verdict-facet.schema.json").read_text())
    for e in events:    # our own facet against its schema, as far as names and choices go
        said = e["run"]["facets"]["sluice_verdict"]
        assert set(facet["required"]) <= set(said) <= set(facet["properties"]), said
        assert said["standing"] in facet["properties"]["standing"]["enum"], said
    by_run = {}
    for e in events:    # what the replays said again is the same
        assert by_run.setdefault(e["run"]["runId"], e) == e, (e, by_run[e["run"]["runId"]])
    assert len(by_run) < len(events), "the rebuilt view told nothing again"
    verdicts = {(e["eventType"], e["run"]["facets"]["sluice_verdict"]["standing"]) for e in events}
    assert {("COMPLETE", "committed"), ("FAIL", "rolled_back"), ("ABORT", "denied"), ("ABORT", "expired")} <= verdicts
    first = next(e for e in events if e["job"]["name"] == "agent-7: insert")
    out = first["outputs"][0]
    assert out["name"] == "shop.staging.wide" and out["namespace"] == f"postgres://127.0.0.1:{lab.ports[0]}", out
    mail = out["facets"]["columnLineage"]["fields"]["body"]["inputFields"][0]
    assert (mail["name"], mail["field"]) == ("shop.public.customers", "email"), mail
    assert mail["transformations"][0]["type"] == "DIRECT", mail
    assert first["job"]["facets"]["sql"]["query"].startswith("insert into staging.wide"), first
    verdict = first["run"]["facets"]["sluice_verdict"]
    assert verdict["identity"] == "agent-7" and verdict["reason"] == "report for carol", verdict
