"""Labels that follow the data, where what the gate hears of the server comes in another order than it happened."""

import time

import pipe
from lab import free_ports, wait_for

PORT, = free_ports(1)
TAPS = []


def change(config):
    target = config["targets"][0]
    TAPS.append(pipe.Pipe(int(target["address"].split(":")[1]), PORT))
    target["address"], target["poll"] = f"127.0.0.1:{PORT}", "200ms"


LAB = {"change": change}


def recorded(lab, event):
    return len(lab.files_with(f'"event":"{event}"'))


def test_seen_before_it_is_answered(lab):
    """P7: a label goes with its column also where a poll lists that it is gone before the server has said that it is"""
    erin, tap = lab.raw("erin"), TAPS[0]
    assert erin.ask("insert into staging.wide select id, email from customers where id = 7").tags == ["INSERT 0 1"]
    wait_for(lambda: recorded(lab, "derived"), 10, "the label in the ledger")
    time.sleep(1)       # and in the gate
    tap.hold = b"alter table staging.wide drop"
    erin.query("alter table staging.wide drop column body")
    lab.approve("rita", lab.pending_one("erin", like="drop column body")["id"])
    wait_for(lambda: lab.pg.sql("select count(*) from pg_attribute where attrelid = 'staging.wide'::regclass and attname = 'body'") == "0",
             10, "the server to drop it")
    listed = len(lab.events("catalog_read"))
    wait_for(lambda: len(lab.events("catalog_read")) > listed, 10, "a poll to list that it is gone")
    tap.hold = None
    assert erin.answer().tags == ["ALTER TABLE"]
    wait_for(lambda: recorded(lab, "dropped"), 10, "the label to go")


def held(lab, client, sql):
    client.query(sql)
    lab.approve("rita", lab.pending_one("erin", like=sql)["id"])
    return client.answer()


def test_undone(lab):
    """P7: what takes a column away past the gateway takes no label, though a change of the table failed, or was rolled back, meanwhile"""
    undone = {"failed": ("alter table staging.{} add column id int", "rollback"),
              "undone": ("alter table staging.{} add column more int; rollback to a", "commit"),
              "left": ("alter table staging.{} add column more int", None)}
    for name, (change, end) in undone.items():
        lab.pg.sql(f"create table staging.{name} (id int, mail text); alter table staging.{name} owner to app")
        erin = lab.raw("erin")
        lab.lists_anew()
        assert erin.ask(f"insert into staging.{name} select id, email from customers where id < 4").tags == ["INSERT 0 3"]
        wait_for(lambda name=name: f"staging.{name}.mail" in lab.manage("labels").out, 10, "its label")
        lab.lists_anew()
        erin.ask("begin; savepoint a")
        for part in change.format(name).split("; "):
            done = held(lab, erin, part) if part.startswith("alter") else erin.ask(part)
        assert done.status == ("E" if name == "failed" else "T"), done
        if end is None:
            erin.close()
        lab.pg.sql(f"alter table staging.{name} drop column mail")      # by the operator, who puts it back with its data
        lab.lists_anew()
        if end is not None:
            erin.ask(end)
        lab.lists_anew()
        lab.lists_anew()
        assert f"staging.{name}.mail" in lab.manage("labels").out, name
    TAPS[0].close()
