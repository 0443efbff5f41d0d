"""Who reads the catalog where logins are by group, what the server could not refuse, and texts judged as a whole."""

import json

from e2e_catalog import reload, target
from lab import wait_for


def by_group(group):
    return {"group": group, "user": "app", "password_file": "app.pass"}


def change(config):
    config["targets"][0]["login"] = [by_group("engineers"), by_group("agents")]


LAB = {"change": change}
WHY = "no login to read the catalog with: the target's logins are by group or by identity alone"


def check(lab, *more):
    return lab.sluice("check", *more, "--config", lab.folder / "sluice.yaml")


def test_nobody_reads(lab):
    """logins by group alone: the log, the status, check and whoever is held hear that nobody reads the catalog"""
    client = lab.raw("agent-7")
    client.query("select count(*) from orders")
    held = lab.pending_one("agent-7")      # at once: there is nothing to wait for
    assert "the catalog of the target could not be read" in held["held_why"], held
    lab.deny("rita", held["id"])
    client.until("Z")
    said = lab.events("catalog_not_read")
    assert len(said) == 1 and WHY in said[0], said
    wait_for(lambda: WHY in target(lab, "finance").get("why", ""), 10, "the reason in the status")
    assert target(lab, "finance")["listing"] == "none"
    assert "there is no login to read the catalog with" in check(lab).err, check(lab)


def test_a_login_of_its_own(lab):
    """catalog.login: a role that may connect and nothing else reads the catalog, and statements are understood"""
    lab.pg.sql("create role lister login password 'lister-secret'")
    (lab.folder / "lister.pass").write_text("lister-secret\n")
    (lab.folder / "lister.pass").chmod(0o600)
    lab.config["targets"][0]["login"].append({"name": "lister", "user": "lister", "password_file": "lister.pass"})
    lab.config["targets"][0]["catalog"] = {"login": "lister"}
    reload(lab)
    wait_for(lambda: target(lab, "finance")["listing"] == "current", 10, "a listing")
    assert lab.raw("agent-7").ask("select count(*) from orders").rows == [["1000"]]
    readers = {e.user for e in lab.pg.log() if e.app == "sluice:catalog"}
    assert readers == {"lister"}, readers
    assert "read the catalog" not in check(lab).err, check(lab)
    judged = lab.sluice("judge", "--dialect", "postgres", "--target", "finance", "--config", lab.folder / "sluice.yaml",
                        input='{"id": 1, "sql": "select email from customers"}\n')
    assert json.loads(judged.out)["statements"][0]["labels"] == ["pii"], judged


def test_who_could_become_it(lab):
    """check --live: a standing login that is a member of what rules elevate to is found, the other way round noted"""
    lab.pg.sql("create role boss login password 'boss-secret'")
    (lab.folder / "boss.pass").write_text("boss-secret\n")
    (lab.folder / "boss.pass").chmod(0o600)
    lab.config["targets"][0]["login"].append({"name": "boss", "user": "boss", "password_file": "boss.pass"})
    lab.config["policy"].append({"name": "by the boss", "when": {"datasets": ["staging.scratch"], "effects": ["delete"]},
                                 "then": "hold", "reviewers": {"groups": ["dba"]}, "elevate": {"login": "boss"}})
    reload(lab)
    found, noted = "the login is, or is a member of, boss", "boss, to which rules elevate, is a member of the login"
    said = check(lab, "--live").err
    assert found not in said and noted not in said, said
    lab.pg.sql("create role between; grant boss to between; grant between to app")
    said = check(lab, "--live")
    assert said.rc == 1 and "found: target finance as app: " + found in said.err, said
    lab.pg.sql("revoke between from app; grant app to boss")
    said = check(lab, "--live").err
    assert found not in said and "note: target finance as app: " + noted in said, said
    assert "the login reads the catalog, and has rights on" not in said, said
    lab.pg.sql("revoke app from boss; grant select on orders to lister")
    said = check(lab, "--live").err
    assert "the login reads the catalog, and has rights on 1 tables and views, public.orders among them" in said, said


SCHEMA = """create table customers (id int primary key, email text);
create table orders (id int primary key, customer int references customers on delete cascade);
create view contacts as select id from customers;"""

WHOLE = [   # text, is it opaque, the reads of its last statement
    ("select email from customers; select id from orders", False, ["orders"]),
    ("set search_path = other; select email from customers", True, ["customers"]),
    ("select set_config('search_path', 'other', false); select email from customers", True, ["customers"]),
    ("create temp table customers (id int); select * from customers", True, ["customers"]),
    ("drop view contacts; create view contacts as select email as id from customers; select id from contacts", True,
     ["contacts", "customers"]),
    ("set application_name = 'x'; select email from customers", False, ["customers"]),
    ("begin; declare c cursor for select email from customers; fetch 2 from c; commit", False, []),
    ("begin; declare c cursor for select email from customers; fetch 2 from c", False, ["customers"]),
    ("fetch 2 from c", True, []),
    ("begin; delete from customers; rollback", False, []),
]


def test_texts_are_judged_whole(lab):
    """sluice judge: what a statement of a text does to those behind it counts, as it does for the gate"""
    (lab.folder / "ddl.sql").write_text(SCHEMA)
    asked = "".join(json.dumps({"id": n, "sql": sql}) + "\n" for n, (sql, _, _) in enumerate(WHOLE))
    done = lab.sluice("judge", "--dialect", "postgres", "--schema", lab.folder / "ddl.sql", input=asked)
    for line, (sql, opaque, reads) in zip(done.out.splitlines(), WHOLE, strict=True):
        said = json.loads(line)
        assert said["opaque"] == opaque and ("why" in said) == opaque, (sql, said)
        assert said["opaque"] == any("opaque" in s["effects"] for s in said["statements"]), (sql, said)
        assert said["statements"][-1]["reads"] == reads, (sql, said)


def test_names_as_they_were_written(lab):
    """sluice judge: a schema that neither the text nor the DDL wrote is not written, at the end of a foreign key either"""
    done = lab.sluice("judge", "--dialect", "postgres", "--schema", lab.folder / "ddl.sql",
                      input='{"id": 1, "sql": "delete from customers"}\n{"id": 2, "sql": "delete from public.customers"}\n')
    first, second = (json.loads(x)["statements"][0]["writes"] for x in done.out.splitlines())
    assert sorted(first) == ["customers", "orders"] and sorted(second) == ["orders", "public.customers"], (first, second)
