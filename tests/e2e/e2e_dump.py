"""pg_dump and its reload through the gateway: what carries no label flows, what does holds, in the copy too."""

import subprocess
import time

import server
from lab import wait_for

POLICY = [{"name": "no pii", "when": {"labels": ["pii"], "effects": ["read", "export"]}, "then": "hold",
           "reviewers": {"groups": ["data-stewards"]}}]


def change(config):
    config["policy"] = POLICY


LAB = {"change": change}


def run(lab, program, *options, text=None):
    """As erin, through the gateway."""
    return (subprocess.Popen([server.BIN / program, "-h", "127.0.0.1", "-p", str(lab.port), "-U", "erin", "-d", "finance",
                              *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env={**lab.environment, "PGPASSWORD": lab.token("erin")}), text)


def end(started):
    child, text = started
    out, err = child.communicate(text, timeout=60)
    return child.returncode, out, err


def dump(lab, *tables):
    return run(lab, "pg_dump", *[x for t in tables for x in ("-t", t)])


def asked(lab):
    return [a for a in lab.approvals("rita") if a["identity"] == "erin"]


def yes_to_exports(lab, started):
    """Somebody says yes to each export, and to nothing else."""
    given = []
    while started[0].poll() is None:
        for a in asked(lab):
            if a["state"] == "pending" and a["id"] not in given:
                assert "export" in a["effects"] and "opaque" not in a["effects"], a["operation"]
                lab.approve("rita", a["id"])
                given.append(a["id"])
        time.sleep(0.1)
    return given


def test_unlabelled_tables_flow(lab):
    """pg_dump of tables without labels: nobody is asked for anything"""
    rc, out, err = end(dump(lab, "orders", "staging.scratch"))
    assert rc == 0 and out.count("\nCOPY ") == 2, err
    assert asked(lab) == [], [(a["operation"], a["held_why"]) for a in asked(lab)]


def test_labelled_columns_hold(lab):
    """pg_dump of a labelled column: its COPY is held, with all that came before it understood"""
    started = dump(lab, "customers")
    held = wait_for(lambda: [a for a in asked(lab) if a["state"] == "pending"], 20, "a held COPY")
    assert len(held) == 1 and "COPY public.customers" in held[0]["operation"]["sql"], held
    assert "opaque" not in held[0]["effects"] and "export" in held[0]["effects"], held[0]["effects"]
    lab.deny("rita", held[0]["id"])
    rc, out, _ = end(started)
    assert rc != 0 and "person1@" not in out


def is_guarded(lab, sql):
    """agent-7 is held for it, because of its label, and denied."""
    before = {a["id"] for a in lab.approvals("rita")}
    client = lab.raw("agent-7")
    client.query(sql)
    held = wait_for(lambda: [a for a in lab.approvals("rita") if a["id"] not in before], 10, f"a hold of {sql}")[0]
    assert "no pii" in held["held_why"] and "opaque" not in held["effects"], held["held_why"]
    lab.deny("rita", held["id"])
    assert client.until("Z").errors
    client.close()


def test_labels_guard_the_reload(lab):
    """dump and reload: the labels of the file's own tables and of those that were derived guard what is loaded again"""
    copier = lab.raw("erin")
    copier.query("insert into staging.wide select id, email from customers")
    held = wait_for(lambda: [a for a in asked(lab) if a["state"] == "pending"], 10, "the copying")
    lab.approve("rita", held[0]["id"])
    assert copier.until("Z").tags == ["INSERT 0 400"]
    copier.close()
    is_guarded(lab, "select body from staging.wide limit 1")
    started = dump(lab, "customers", "staging.wide")
    given = yes_to_exports(lab, started)
    rc, out, err = end(started)
    assert rc == 0 and len(given) == 2 and "person400@example.org" in out, (rc, err, given)
    lab.pg.sql("drop table staging.wide; drop table customers cascade; grant create on schema public to app")
    rc, said, err = end(run(lab, "psql", "-q", "-v", "ON_ERROR_STOP=1", text=out))
    assert rc == 0, (said, err)
    assert lab.pg.sql("select count(*) from customers where email is not null").strip() == "400"
    assert lab.pg.sql("select count(*) from staging.wide where body is not null").strip() == "400"
    lab.pg.sql("grant select on staging.wide, customers to public")
    is_guarded(lab, "select body from staging.wide limit 1")
    is_guarded(lab, "select email from customers limit 1")
    assert lab.raw("agent-7").ask("select id from staging.wide limit 1").tags == ["SELECT 1"]
