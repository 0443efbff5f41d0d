"""Streams of events from the real programs: everybody is told at once, and whoever was away misses nothing unknowingly."""

import http.client
import json
import time

from e2e_console import sign_in
from lab import LOADED, wait_for

LAB = {"change": lambda config: config.update(break_glass={"groups": ["oncall"], "review_within": "1h"}),
       "people": {"carol": ("human", None, ["engineers"]),
                  "rita": ("human", None, ["data-stewards"]),
                  "oona": ("human", None, ["oncall"]),
                  "zoe": ("human", None, ["visitors"]),      # reviews nothing, asked for nothing, owns nothing
                  "agent-7": ("agent", "carol", ["agents"])},
       "deciders": ("rita", "oona", "zoe", "carol")}
KEPT = 1024     # events, SL_DESK_EVENTS_KEPT


class Stream:
    """/v1/events with somebody's deciding credential, block by block."""

    def __init__(self, lab, who, last=None):
        secret = json.loads(lab.enroll(who).read_text())["credential"]
        self.connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
        self.connection.request("GET", "/v1/events", headers={
            "Authorization": f"Bearer {secret}", **({} if last is None else {"Last-Event-ID": last})})
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()

    def next(self):
        """The next event: its id, its name, its data. Comments are no events."""
        got = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line and not line.startswith(":"):
                name, value = line.split(": ", 1)
                got[name] = value
            elif not line and "event" in got:
                return got["id"], got["event"], json.loads(got["data"])

    def until(self, approval, event):
        seen = []
        while not seen or (seen[-1][2].get("id"), seen[-1][1]) != (approval, event):
            seen.append(self.next())
        return seen

    def close(self):
        self.answer.close()
        self.connection.close()


def hold(lab, n=1):
    client = lab.raw("agent-7")
    client.query(f"delete from staging.scratch where id = {n}")
    return client, lab.pending_one("agent-7")


def over(lab, n):
    """One request from its question to its end."""
    client, approval = hold(lab, n)
    lab.deny("rita", approval["id"])
    client.until("Z", 10)
    client.close()
    return approval["id"]


def test_break_glass_is_told_at_once(lab):
    """who has nothing to do with it hears at once that somebody released alone: who, why and what"""
    stream = Stream(lab, "zoe")
    assert stream.next()[1] == "hello"
    client, approval = hold(lab)
    status, _ = lab.ask("zoe", "GET", f"/v1/approvals/{approval['id']}")
    assert status == 404, "it was none of her business before"
    begun = time.monotonic()
    lab.release_alone("oona", approval, "the shop is down")
    told = stream.until(approval["id"], "break_glass")[-1][2]
    assert time.monotonic() - begun < 2 * LOADED, "at once"
    assert told["identity"] == "agent-7" and told["target"] == "finance" and told["may_decide"] is False, told
    assert told["break_glass"]["by"] == "oona" and told["break_glass"]["reason"] == "the shop is down", told
    client.until("Z", 10)
    client.close()
    stream.close()


def test_break_glass_on_every_page(lab):
    """the console says it on whatever page one is and goes to, until one says that it was seen, and again when it is loaded anew"""
    b = sign_in(lab, "zoe")
    b.click(at="header >> text=Usage")
    client, approval = hold(lab, 2)
    lab.release_alone("oona", approval, "still down")
    client.until("Z", 10)
    client.close()
    b.wait(at=".alone p")
    assert "oona released a request of agent-7 on finance alone" in b.text(at=".alone"), b.text(at=".alone")
    b.click(at="header >> text=My agents")
    b.wait(at="role=heading[name='My agents']")
    assert "oona released" in b.text(at=".alone"), "on the next page too"
    assert b.axe() == [], b.axe()
    line = f".alone p:has(a[href='/approvals/{approval['id']}'])"
    b.click(at=f"{line} >> role=button[name='I have seen it']")
    b.wait(at=line, state="hidden")
    b.goto(url=f"{lab.url}/usage")
    b.wait(at=line)


def test_nothing_is_missed(lab):
    """who comes back with the last id hears exactly what came meanwhile, in order and without a reset"""
    stream, watcher = Stream(lab, "rita"), Stream(lab, "rita")
    assert stream.next()[1] == watcher.next()[1] == "hello"
    first = over(lab, 1)
    last = stream.until(first, "denied")[-1][0]
    watcher.until(first, "denied")
    stream.close()
    missed = [over(lab, n) for n in (2, 3)]
    there = watcher.until(missed[-1], "denied")
    back = Stream(lab, "rita", last)
    heard = [back.next() for _ in there]
    assert [(i, e, d["id"]) for i, e, d in heard] == [(i, e, d["id"]) for i, e, d in there]
    assert {d["id"] for _, _, d in heard} == set(missed), "and nothing that was heard before"
    after = over(lab, 4)
    assert back.next()[2]["id"] == after, "then it goes on"
    for s in (back, watcher):
        s.close()


def test_an_old_past_begins_anew(lab):
    """who was away for longer than is kept, or knows another Sluice's numbers, is told so: reset, then what is new"""
    stream = Stream(lab, "rita")
    last = stream.next()[0]
    stream.close()
    clients = []
    token = lab.token("agent-7")
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    for n in range(KEPT // 2 + 1):      # each is asked and cancelled: two events
        connection.request("POST", "/v1/approvals", json.dumps({
            "target": "finance", "operation": {"do": n}, "effects": ["delete"],
            "datasets": [{"name": "staging.scratch", "effects": ["delete"]}]}),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        asked = json.loads(answer.read())
        assert answer.status == 201, asked
        connection.request("POST", f"/v1/approvals/{asked['id']}/cancel", "{}",
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    for old in (last, "00000000-1", "nonsense", "9" * 60):
        back = Stream(lab, "rita", old)
        assert back.next()[1] == "reset", old
        clients.append(back)
    after = over(lab, 5)
    for back in clients:
        assert back.next()[2]["id"] == after
        back.close()
    connection.close()
