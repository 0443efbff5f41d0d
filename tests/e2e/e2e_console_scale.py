"""5,000 requests that wait, in the list and in a browser. What it costs is measured by `script/bench --only console`."""

import concurrent.futures
import http.client
import json
import time

from e2e_console import sign_in
from lab import PEOPLE, wait_for

PENDING, EACH = 5000, 200      # so many may wait of one identity that asks over HTTP
BOTS = [f"bot-{n:02}" for n in range(PENDING // EACH)]
LAB = {"people": {**PEOPLE, **{bot: ("agent", "carol", ["agents"]) for bot in BOTS}}}
WAITS = "section[aria-label='Waits for you']"


def asked_by(lab, bot):
    """Its 200 requests over one connection: a half alike but for a number, the others each of its own kind."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=30)
    headers = {"Authorization": f"Bearer {lab.token(bot)}", "Content-Type": "application/json"}
    made = []
    for n in range(EACH):
        body = {"target": "finance", "operation": {"refund": n, "to": "customer" if n % 2 else f"customer {n}"},
                "effects": ["update"], "datasets": [{"name": "staging.scratch", "effects": ["update"]}], "reason": f"ticket {n}"}
        connection.request("POST", "/v1/approvals", json.dumps(body), headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        assert answer.status == 201, said
        made.append(said["id"])
    connection.close()
    return made


def test_fill(lab):
    """5,000 are asked for over HTTP by 25 agents, and each is held"""
    for bot in BOTS:
        lab.token(bot)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        lab.made = {which: bot for bot, ids in zip(BOTS, pool.map(lambda b: asked_by(lab, b), BOTS)) for which in ids}
    print(f"#   {len(lab.made)} requests in {time.monotonic() - begun:.0f} s", flush=True)
    assert len(lab.made) == PENDING and lab.status()["status"]["pending"] == PENDING


def test_pages(lab):
    """the list comes by pages, all of it, each once, in order"""
    seen, after, count = [], "", 0
    while after is not None:
        status, said = lab.ask("rita", "GET", f"/v1/approvals?state=pending&order=oldest&view=lines&limit=500{after}")
        assert status == 200 and len(said["approvals"]) <= 500
        seen += [a["id"] for a in said["approvals"]]
        after, count = (f"&after={said['next']}" if "next" in said else None), count + 1
    assert len(seen) == len(set(seen)) == PENDING and set(seen) == set(lab.made) and count in (10, 11), (len(seen), count)


def test_inbox(lab):
    """the inbox has them all and shows a part; alike ones stand on one line, whose table shows a part, too"""
    b = lab.inbox = sign_in(lab, "rita")
    b.wait(at=f"{WAITS} >> text={PENDING}", ms=60_000)
    assert b.count(at=f"{WAITS} .lines > li") == 51, b.count(at=f"{WAITS} .lines > li")
    assert "2,475 lines that are not shown yet" in b.text(at=f"{WAITS} .somemore"), b.text(at=f"{WAITS} .somemore")
    b.click(at=f"{WAITS} .somemore")
    b.wait(at=f"{WAITS} .lines > li:nth-child(151)", ms=30_000)
    assert b.count(at=f"{WAITS} .lines > li") == 151
    b.click(at=f"{WAITS} .group > button >> nth=0")
    b.wait(at=f"{WAITS} .group table")
    assert b.text(at=f"{WAITS} .group > button >> nth=0").startswith("100 requests alike: bot-")
    assert b.count(at=f"{WAITS} .group table tbody tr") == 50 and "50 more lines" in b.text(at=f"{WAITS} .group .somemore")
    assert "ticket" in b.text(at=f"{WAITS} .group table") and b.complaints() == []


def test_live(lab):
    """what becomes of one of them shows in its place, and what is new comes below all others"""
    b = lab.inbox
    which = b.attribute(at=f"{WAITS} [data-id]", name="data-id")
    status, _ = lab.ask("rita", "POST", f"/v1/approvals/{which}/decision", {
        "decision": "deny", "digest": lab.ask("rita", "GET", f"/v1/approvals/{which}")[1]["digest"], "reason": "one of many"})
    assert status == 200
    b.wait(at=f"[data-id='{which}'].over")
    b.wait(at=f"{WAITS} >> text={PENDING - 1}")
    child = lab.psql_start("-c", "delete from staging.scratch where id = 1", user="agent-7")
    b.wait(at=f"{WAITS} >> text={PENDING}")
    last = b.eval(js="[...document.querySelectorAll('.somemore')].length")
    assert last >= 1
    held = wait_for(lambda: lab.pending("agent-7"), 10, "the new one")[0]
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


def test_keys(lab):
    """j walks on, to the line that shows more, and Enter opens what it stands on; back is where one was"""
    b = sign_in(lab, "rita")
    b.wait(at=f"{WAITS} .somemore", ms=60_000)
    for _ in range(51):
        b.press(key="j")
    b.rests_on("BUTTON Show")
    b.press(key="Enter")
    b.wait(at=f"{WAITS} .lines > li:nth-child(60)")
    b.press(key="k")
    assert b.eval(js="document.activeElement.matches('.row')")
    b.eval(js=f"document.querySelector(\"{WAITS} a.row\").focus()")
    b.press(key="Enter")
    b.wait(at="#approve")
    b.click(at="text=Back to the inbox")
    b.wait(at=f"{WAITS} .somemore")


def test_flood(lab):
    """when a hundred end at once the page lists again instead of asking for each, and all are right"""
    b = sign_in(lab, "rita")
    b.wait(at=f"{WAITS} >> text={PENDING - 1}", ms=60_000)
    lab.manage("identity", "pause", BOTS[0])
    left = lab.status()["status"]["pending"]
    assert PENDING - EACH - 2 <= left <= PENDING - EACH, left
    b.wait(at=f"{WAITS} >> text={left}", ms=60_000)
    lab.manage("identity", "pause", BOTS[0], "--off")


def test_phone(lab):
    """the same on a phone, for the agents' owner as well: what of hers waits, and nothing is wider than the screen"""
    b = sign_in(lab, "carol", scheme="dark", width=320, height=640)
    b.goto(url=f"{lab.url}/agents")
    b.wait(at="section[aria-label='Waiting'] .somemore", ms=60_000)
    assert b.eval(js="document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert b.axe() == []
