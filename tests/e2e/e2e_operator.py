"""What an operator does: kill switch, tokens, reloads, observe mode, stopping."""

import json
import time

import wire
from lab import wait_for


def test_kill_switch(lab):
    """identity pause --all-agents ends agents' sessions, holds and grants within a second; others go on"""
    busy, idle, other = lab.raw(), lab.raw("agent-8"), lab.raw("erin")
    held, gone = lab.raw(), lab.raw("agent-8")
    gone.query("delete from staging.scratch where id = 41")
    gone.until("N")
    granted = lab.pending_one("agent-8")["id"]
    gone.drop()
    lab.approve("rita", granted)
    held.query("delete from staging.scratch where id = 42")
    held.until("N")
    waiting = lab.pending_one("agent-7", like="id = 42")["id"]
    busy.query("select pg_sleep(20)")
    wait_for(lambda: lab.ran(r"pg_sleep\(20\)"), 5)
    begun = time.monotonic()
    lab.manage("identity", "pause", "--all-agents")
    for c in (busy, idle, held):
        assert c.is_closed(max(0, begun + 1 - time.monotonic())), "still connected after a second"
    states = [lab.approval(waiting)["state"], lab.approval(granted)["state"]]
    took = time.monotonic() - begun
    assert states == ["cancelled", "revoked"] and took < 1, (states, took)
    assert other.ask("select 1").rows == [["1"]]
    try:
        lab.raw()
        raise AssertionError("a paused agent connected")
    except wire.Refused as no:
        assert no.sqlstate in ("28000", "28P01", "42501"), no
    lab.manage("identity", "pause", "--all-agents", "--off")
    assert lab.raw().ask("select 1").rows == [["1"]]
    assert lab.ran("id = 4[12]") == 0


def test_pause_stops_server(lab):
    """the statement of a paused agent ends on the server too"""
    c = lab.raw()
    c.query("select pg_sleep(25)")
    wait_for(lambda: lab.ran(r"pg_sleep\(25\)"), 5)
    lab.manage("identity", "pause", "agent-7")
    wait_for(lambda: lab.pg.sql("select count(*) from pg_stat_activity where query like '%pg_sleep(25)%' and "
                                "application_name like 'sluice:agent-7:%'") == "0", 5, "the end of its backend")
    lab.manage("identity", "pause", "agent-7", "--off")


def test_revoke_token(lab):
    """a revoked token ends its sessions; another token of the same identity lives"""
    first = json.loads(lab.manage("token", "create", "erin", "--json").out)
    one, two = lab.raw("erin", token=first["token"]), lab.raw("erin")
    lab.manage("token", "revoke", first["id"])
    assert one.is_closed(1.3)
    assert two.ask("select 1").rows == [["1"]]
    try:
        lab.raw("erin", token=first["token"])
        raise AssertionError("a revoked token connected")
    except wire.Refused as no:
        assert no.sqlstate == "28P01", no


def test_token_expires(lab):
    """a token with a short life ends"""
    token = lab.manage("token", "create", "nightly", "--ttl", "2s").out.strip()
    c = lab.raw("nightly", token=token)
    assert c.ask("select 1").rows == [["1"]]
    time.sleep(2.2)
    try:
        lab.raw("nightly", token=token)
        raise AssertionError("an expired token connected")
    except wire.Refused as no:
        assert no.sqlstate == "28P01", no


def test_reload(lab):
    """SIGHUP: a bad file changes nothing and says where, a good one counts at once"""
    c, good = lab.raw("erin"), json.dumps(lab.config)
    lab.write_config(good.replace('"policy"', '"polcy"'))
    lab.sighup()
    wait_for(lambda: lab.events("reload_rejected"), 5, "the complaint")
    assert any("sluice.yaml:1:" in x and "polcy" in x for x in lab.events("reload_rejected")), \
        lab.events("reload_rejected")
    assert c.ask("select 1").rows == [["1"]]
    lab.config["policy"].append({"name": "no orders today", "when": {"datasets": ["public.orders"]}, "then": "deny"})
    lab.write_config()
    lab.sighup()
    wait_for(lambda: lab.events("reloaded"), 5, "the reload")
    wait_for(lambda: c.ask("select count(*) from orders").error == "42501", 3, "the new rule")
    lab.config["policy"].pop()
    lab.write_config()
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) == 2, 5)
    wait_for(lambda: c.ask("select count(*) from orders").rows == [["1000"]], 3, "the old rules")


def test_stop_running(lab):
    """sluice stop cancels the statement that an approval let run"""
    lab.pg.sql("insert into staging.scratch values (1, 'x')")
    c = lab.raw()
    c.query("delete from staging.scratch where pg_sleep(20) is null")
    c.until("N")
    held = lab.pending_one("agent-7", like="pg_sleep")["id"]
    lab.approve("rita", held)
    wait_for(lambda: lab.ran(r"^delete.*pg_sleep\(20\)"), 5)
    lab.api("stop", held, "rita", "--reason", "enough", check=True)
    assert c.answer(5).error == "57014"
    assert c.ask("select 1").rows == [["1"]]
    lab.pg.sql("delete from staging.scratch")


def test_watch_and_show(lab):
    """sluice watch follows an approval from asked to spent"""
    child = lab.start_client([lab.program, "watch", "--json", "--credential-file", lab.enroll("rita"), *lab.where()])
    time.sleep(0.4)
    c = lab.raw()
    c.query("delete from staging.scratch where id = 51")
    c.until("N")
    held = lab.pending_one("agent-7", like="id = 51")["id"]
    lab.approve("rita", held)
    c.answer()
    time.sleep(0.5)
    child.terminate()
    out, err = child.communicate(timeout=5)
    assert held in out and "spent" in out, out + err


def test_in_transaction(lab):
    """the reviewer is told which locks a held transaction has"""
    c = lab.raw()
    c.ask("begin")
    c.ask("update orders set item = item where id = 1")
    c.query("delete from staging.scratch where id = 52")
    c.until("N")
    held = lab.approval(lab.pending_one("agent-7", like="id = 52")["id"])
    assert held["in_transaction"] and "public.orders" in json.dumps(held), held
    lab.approve("rita", held["id"])
    assert c.answer().tags == ["DELETE 0"]
    assert c.ask("commit").tags == ["COMMIT"]


def test_sigterm(lab):
    """SIGTERM: what runs is finished, idle sessions end with 57P01, a held action is not lost, the next start goes on"""
    c, running = lab.raw("erin"), lab.raw("erin")
    waiting = lab.raw()
    waiting.query("delete from staging.scratch where id = 53")
    waiting.until("N")
    held = lab.pending_one("agent-7", like="id = 53")["id"]
    running.query("select pg_sleep(0.6), 'ran to its end'")
    wait_for(lambda: lab.ran("ran to its end"), 5)
    assert lab.restart() == 0
    a = running.until("ZE", 3)
    assert a.rows == [["", "ran to its end"]] and not a.errors and a.types.endswith("Z"), a
    assert running.until("E", 3).error == "57P01"       # and then there is nothing more for it here
    a = c.until("E", 3)
    assert a.error == "57P01", a
    assert lab.approval(held)["state"] == "pending"
    lab.approve("bob", held)
    assert lab.psql("delete from staging.scratch where id = 53").rc == 0
    assert lab.ran("id = 53$") == 1


def test_status(lab):
    """sluice status and approvals in words and JSON; no gateway is code 3"""
    assert lab.sluice("status", "--config", lab.folder / "sluice.yaml").rc == 0
    assert all(p["state"] == "up" for p in lab.status()["status"]["programs"])
    assert lab.sluice("approvals", "--credential-file", lab.enroll("rita"), "--url", "http://127.0.0.1:1").rc == 3
    assert lab.sluice("approvals", "--nonsense").rc == 2


def test_observe(lab):
    """observe mode lets flow what would be held or denied, and says so"""
    lab.config["targets"][0]["mode"] = "observe"
    lab.write_config()
    count = len(lab.events("reloaded"))
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > count, 5)
    c = lab.raw()
    assert c.ask("delete from staging.scratch where id = 54").tags == ["DELETE 0"]
    assert lab.ran("id = 54") == 1
    lab.config["targets"][0]["mode"] = "enforce"
    lab.write_config()
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > count + 1, 5)
    c.query("delete from staging.scratch where id = 54")
    c.until("N", 5)
