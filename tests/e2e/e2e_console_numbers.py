"""What the console shows beside what the gateway says: each number of governance and its entries, lineage each way, the bars
of usage."""

import datetime
import json
import sqlite3
import time
import urllib.parse

import e2e_console
import e2e_lineage
from e2e_audit import numbers, search
from lab import wait_for

HOURS = (7, 1, 4, 3)      # so many times the use of now, so many hours ago each, the latest first


def act(lab):
    """Something for each number of governance, and more than one page of labelled reads."""
    if hasattr(lab, "done"):
        return
    lab.add("vera", "human", groups=["engineers"])
    for name in ("stray", "astray"):
        lab.add(name, "agent", owner="vera", groups=["agents"])
    lab.manage("identity", "disable", "vera")
    late = lab.psql_start("-c", "delete from staging.quick where id = 1")
    asked = [(lab.psql_start("-c", f"delete from staging.scratch where id = {n}"),
              lab.pending_one("agent-7", like=rf"scratch where id = {n}$")) for n in (1, 2, 3)]
    assert lab.decide_over_http("carol", asked[0][1]["id"], "approve")[0] == 403
    lab.approve("rita", asked[0][1]["id"])
    late.communicate(timeout=20)       # nobody answered in time
    time.sleep(1.5)
    lab.approve("bob", asked[1][1]["id"])
    lab.deny("bob", asked[2][1]["id"])
    for child, _ in asked:
        child.communicate(timeout=20)
    assert lab.psql(*[w for _ in range(60) for w in ("-c", "select count(email) from customers")]).rc == 0
    made = lab.psql_start("-c", "create table staging.one as select email from customers")
    lab.approve("rita", lab.pending_one("agent-7", like="staging.one")["id"])
    made.communicate(timeout=20)
    made = lab.psql_start("-c", "create table staging.two as select email as mail from staging.one")
    lab.approve("rita", lab.pending_one("agent-7", like="staging.two")["id"])
    made.communicate(timeout=20)
    lab.done = True


def sign_in(lab):
    act(lab)
    return e2e_console.sign_in(lab, "rita")


def lines_found(b):
    """All of them, however many times one has to look further back."""
    b.wait(at="section[aria-label='What was found'] li.line")
    for _ in range(40):
        if b.count(at="text=Look further back") == 0:
            time.sleep(0.5)     # the button comes with the end of the answer
        if b.count(at="text=Look further back") == 0:
            return b.count(at="section[aria-label='What was found'] li.line")
        before = b.count(at="section[aria-label='What was found'] li.line")
        b.click(at="text=Look further back")
        wait_for(lambda: b.count(at="text=Look further back") == 0 or      # noqa: B023
                 b.count(at="section[aria-label='What was found'] li.line") > before, 10, "more lines")     # noqa: B023
    raise AssertionError("there is always more")


def waited_ms(b):
    """From the question to its end, as the lines behind a wait say."""
    times = [datetime.datetime.fromisoformat(t.replace("Z", "+00:00")) for t in b.eval(
        js="Array.from(document.querySelectorAll('li.line'), (l) => [l.innerText, l.querySelector('time').dateTime])"
           ".filter(([text]) => / asked|approved|denied|said/.test(text)).map(([, at]) => at)")]
    return sorted((t - min(times)).total_seconds() * 1000 for t in times)


def test_governance(lab):
    """every number of the page is that of the gateway, and its link opens as many entries; a wait opens the life that waited"""
    b = sign_in(lab)
    b.goto(url=f"{lab.url}/governance")
    b.wait(at="[data-number]")
    told = numbers(lab)
    assert b.eval(js="Array.from(document.querySelectorAll('[data-number]'), (e) => e.dataset.number)") == list(told)
    assert len(told) == 10 and all(n["value"] > 0 for n in told.values()), told
    for name, n in told.items():
        b.goto(url=f"{lab.url}/governance")
        b.wait(at=f"[data-number='{name}'] a")
        shown = b.text(at=f"[data-number='{name}'] .big").split("\n")[0].split(" (")[0]
        b.click(at=f"[data-number='{name}'] a")
        found = lines_found(b)
        if n["unit"] == "milliseconds":
            assert any(abs(w - n["value"]) <= 5 for w in waited_ms(b)), (name, n, waited_ms(b))
            assert found == len(search(lab, **dict(urllib.parse.parse_qsl(n["open"])))) and n["open"].startswith("approval="), n
        else:
            assert shown == f"{n['value']:,}" and found == n["value"], (name, shown, found, n)
    assert told["labelled_reads_without_rule"]["value"] >= 60 and told["expired"]["value"] == 1, told
    assert b.complaints() == []


def drawn(b):
    """{(from, to, flow)} as the list says, and the nodes of the picture."""
    b.wait(at=".graph [data-node]")
    nodes = set(b.eval(js="Array.from(document.querySelectorAll('.graph [data-node]'), (n) => n.dataset.node.split(' ').pop())"))
    lines = b.texts(at="section[aria-label='As a list'] li.line .row > span:first-child")
    return nodes, {" ".join(x.split()) for x in lines}


WORDS = {"direct": "its value goes to", "indirect": "decides what goes to", "export": "leaves for"}


def told_flows(said, down):
    """The same from the steps of `sluice lineage --json`."""
    steps, flows = said["steps"], set()
    for s in steps:
        if s.get("parent") is None:
            continue
        begins = s.get("from", steps[s["parent"]]["name"])
        source, sink = (begins, s["name"]) if down else (s["name"], begins)
        flows.add(f"{source} {WORDS[s['flow']]} {sink}")
    return flows, {s["name"] for s in steps}


def test_lineage(lab):
    """up, down and a path: nodes and flows of the picture and the list are those of `sluice lineage`, and nothing else"""
    b = sign_in(lab)
    for way, of, least in (("up", "staging.two.mail", 2), ("down", "public.customers.email", 2), ("up", "staging.two", 2)):
        code, said = e2e_lineage.asked(lab, way, of)
        flows, names = told_flows(said, way == "down")
        assert code == 0 and len(flows) >= least, said
        b.goto(url=f"{lab.url}/lineage")
        b.fill(at="role=textbox[name='Dataset or column']", text=of)
        b.eval(js=f"(document.querySelector('#field-way').value = '{way}', 1)")
        b.click(at="role=button[name='Show']")
        b.wait(at=f".graph .node.start[data-node$=' {of}']")
        assert f"way={way}" in b.url()
        nodes, lines = drawn(b)
        lines = {x for x in lines if not x.startswith("tried")}
        assert lines == flows and names <= nodes, (way, of, lines ^ flows, names - nodes)
    code, said = e2e_lineage.asked(lab, "path", "public.customers.email", "staging.two.mail")
    flows, names = told_flows(said, True)
    assert code == 0 and names == {"public.customers.email", "staging.one.email", "staging.two.mail"}, said
    b.goto(url=f"{lab.url}/lineage?of=public.customers.email&to=staging.two.mail")
    assert drawn(b) == (names, flows)
    b.goto(url=f"{lab.url}/lineage?of=staging.two.mail&to=public.customers.email")
    b.wait(at="text=No data went from one to the other")
    assert e2e_lineage.asked(lab, "path", "staging.two.mail", "public.customers.email")[0] == 1
    assert b.complaints() == []


def yesterday(lab):
    """The view of use, while nothing runs: what agent-7 did in this hour was done in others before, so many times."""
    lab.stop()
    with sqlite3.connect(lab.state / "sluice.db") as db:
        now, = db.execute("select max(hour) from usage").fetchone()
        for ago, times in enumerate(HOURS, 1):
            db.execute("insert into usage select null, ?1, who, what, verdict, effects, run, reason, statements * ?2, rows * ?2, bytes * ?2"
                       " from usage where hour = ?3", (now - ago, times, now))
    db.close()
    lab.start()


def test_sparklines(lab):
    """the bars of usage are as high as the hours are busy: each is compared with the numbers of the gateway"""
    act(lab)
    yesterday(lab)
    b = sign_in(lab)
    b.goto(url=f"{lab.url}/usage?by=dataset&since=24h")
    b.wait(at="table >> text=total")
    hours = lab.ask("rita", "GET", "/v1/usage?by=dataset,hour&since=24h&limit=1000")[1]["usage"]
    rows = [r for r in lab.ask("rita", "GET", "/v1/usage?by=dataset&since=24h")[1]["usage"] if r["dataset"]]
    assert len(rows) >= 3, rows
    for row in rows:
        mine = {h["hour"]: h["statements"] for h in hours if h["dataset"] == row["dataset"]}
        assert sum(mine.values()) == row["statements"], (row, mine)
        told = [mine[h] for h in sorted(mine)]
        bars = b.eval(js=f"""Array.from(document.querySelectorAll('tbody tr')).filter((r) => r.querySelector('th').innerText ===
            {json.dumps(row['dataset'])}).map((r) => Array.from(r.querySelectorAll('rect'), (x) => x.height.baseVal.value))[0]""")
        assert len(bars) == len(told), (row, bars, told)
        for height, value in zip(bars, told, strict=True):
            assert abs(height - max(1.5, 26 * value / max(told))) < 0.01, (row, bars, told)
    customers = next(r for r in rows if r["dataset"] == "public.customers")
    assert b.attribute(at="tr:has-text('public.customers') svg", name="aria-label").endswith(
        f"{max(h['statements'] for h in hours if h['dataset'] == 'public.customers'):,} statements"), customers
