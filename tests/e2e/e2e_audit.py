"""Finding entries of the ledger, checking them without Sluice, and numbers about how people decide."""

import base64
import csv
import hashlib
import http.client
import io
import json
import threading
import time
import urllib.parse

from lab import wait_for

ALL = "/v1/audit?limit=500"


def get(lab, path, who="rita", credential=None):
    """Status, bytes, headers of one GET."""
    credential = credential or json.loads(lab.enroll(who).read_text())["credential"]
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {credential}"})
    answer = connection.getresponse()
    out = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return out


def search(lab, who="rita", **words):
    """Every line, page by page."""
    words = {"limit": 500, **words}
    lines, before = [], {}
    while True:
        status, said = lab.ask(who, "GET", f"/v1/audit?{urllib.parse.urlencode({**words, **before})}")
        assert status == 200, said
        lines += said["lines"]
        if not said["more"]:
            return lines
        before = {"before": said["before"]}


# --- RFC 6962 by hand: nothing of Sluice's own code has a say here ---

def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_by_path(index, size, leaf, path):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return None
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


def root_of(hashes):
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root_of(hashes[:split]), root_of(hashes[split:]))


def checkpoint(note):
    origin, size, root = note.split("\n")[:3]
    return origin, int(size), base64.b64decode(root)


def act(lab):
    """Something of everything: flowed, approved, denied, refused, tried by its owner."""
    if hasattr(lab, "acted"):
        return lab.acted
    assert lab.psql("-c", "set sluice.run = '=HYPERLINK(\"http://evil\")'", "-c", "select count(email) from customers").rc == 0
    assert lab.psql("select item from orders where id = 1", user="nightly").rc == 0
    assert lab.psql("drop table staging.scratch").rc != 0
    yes = lab.psql_start("-c", "delete from staging.scratch where id = 1")
    one = lab.pending_one("agent-7", like="id = 1")
    assert lab.decide_over_http("carol", one["id"], "approve")[0] == 403
    assert lab.decide_over_http("carol", one["id"], "approve")[0] == 403
    status, _ = asking(lab, "agent-7", one)
    assert status == 403
    lab.approve("rita", one["id"])
    yes.communicate(timeout=20)
    no = lab.psql_start("-c", "delete from staging.scratch where id = 2")
    two = lab.pending_one("agent-7", like="id = 2")
    time.sleep(3.2)
    lab.deny("bob", two["id"])
    no.communicate(timeout=20)
    lab.acted = one["id"], two["id"]
    return lab.acted


def asking(lab, who, approval):
    """The agent itself tries, with its asking token."""
    body = json.dumps({"decision": "approve", "digest": approval["digest"], "reason": "mine"})
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    connection.request("POST", f"/v1/approvals/{approval['id']}/decision", body,
                       {"Authorization": f"Bearer {lab.token(who)}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    out = answer.status, answer.read()
    connection.close()
    return out


def test_search(lab):
    """each word narrows it down to the lines that have it; an answer is found by what was asked"""
    one, two = act(lab)
    life = [x["event"] for x in reversed(search(lab, approval=one)) if x["kind"] == "approval"]
    assert life[0] == "asked" and "decided" in life and "approved" in life and "spent" in life, life
    assert life.count("refused") == 2, life
    assert [x["kind"] for x in search(lab, approval=one)].count("action") == 1
    read = search(lab, label="pii", identity="agent-7", verdict="allow")
    assert read and all("pii" in x["labels"] and x["identity"] == "agent-7" for x in read), read
    assert all(x["kind"] == "actions" and "line" in x for x in read)
    denied = search(lab, verdict="deny")
    assert any("agents never drop" in x["rules"] for x in denied), denied
    assert {x["approval"] for x in search(lab, event="denied", dataset="staging.scratch", identity="agent-7")} == {two}
    assert [x["identity"] for x in search(lab, identity="nightly", kind="actions")] == ["nightly"]
    assert search(lab, identity="nobody") == [] and search(lab, rule="agents never drop", verdict="allow") == []
    assert {x["target"] for x in search(lab, target="finance")} == {"finance"}


def test_times(lab):
    """since and until cut by when it was recorded"""
    act(lab)
    everything = search(lab)
    middle = everything[len(everything) // 2]["recorded_at"]
    newer, older = search(lab, since=middle), search(lab, until=middle)
    assert all(x["recorded_at"] >= middle for x in newer) and all(x["recorded_at"] <= middle for x in older)
    both = sum(x["recorded_at"] == middle for x in everything)
    assert len(newer) + len(older) == len(search(lab, until=everything[0]["recorded_at"])) + both
    assert search(lab, since="1h")[-1] == everything[-1]


def test_pages(lab):
    """page by page one meets every line once, newest first"""
    act(lab)
    until = search(lab)[0]["recorded_at"]
    everything, small = search(lab, until=until), search(lab, until=until, limit=3)
    assert small == everything and len(small) > 20
    places = [(x["entry"], x.get("line", 0)) for x in everything]
    assert places == sorted(set(places), reverse=True)


def test_refused(lab):
    """questions that are none are refused with the reason; asking tokens and agents see nothing"""
    for bad in ("since=soon", "before=x", "entries=3,2", "only=everything", "limit=0", "colour=red", "kind="):
        status, said = lab.ask("rita", "GET", f"/v1/audit?{bad}")
        assert status == 400 and said["detail"], (bad, status, said)
    for path in ("/v1/audit", "/v1/governance", "/v1/audit/export?format=csv", "/v1/ledger/checkpoint",
                 "/v1/ledger/entries/0", "/v1/ledger/tile/0/000.p/1", "/v1/ledger/key.pub"):
        assert get(lab, path, credential=lab.token("agent-7"))[0] == 403, path
        assert get(lab, path, credential=lab.token("carol"))[0] == 403, path
        assert get(lab, path, who="erin")[0] == 403, "a person who reviews nothing"
    assert get(lab, "/v1/audit/export?format=xml")[0] == 400
    for path in ("/v1/ledger/tile/0/00", "/v1/ledger/tile/9/000", "/v1/ledger/tile/0/000.p/999",
                 "/v1/ledger/tile/entries/x001/000", "/v1/ledger/entries/99999999", "/v1/ledger/entries/01",
                 "/v1/ledger/tile/../keys/ledger.key", "/v1/ledger/tile/0/000.p/0"):
        assert get(lab, path)[0] in (400, 404), path


COSTLY = ("/v1/usage?by=identity,dataset,column,label,hour&since=90d", "/v1/audit?since=30d&limit=1000",
          "/v1/governance", "/v1/lineage/who?of=public.customers")


def test_a_flood_of_questions(lab):
    """one person floods with costly questions: most are refused (429) with a clear word, and what is held is decided as ever"""
    act(lab)
    for who in ("rita", "bob"):
        lab.enroll(who)
    over, seen = threading.Event(), []

    def flood(n):
        while not over.is_set():
            seen.append(lab.ask("rita", "GET", COSTLY[n % len(COSTLY)]))

    threads = [threading.Thread(target=flood, args=(n,)) for n in range(16)]
    for t in threads:
        t.start()
    took = []
    for n in range(3):
        child = lab.psql_start("-c", f"delete from staging.scratch where id = {70 + n}")
        begun = time.monotonic()
        held = wait_for(lambda: [a for a in lab.ask("bob", "GET", "/v1/approvals?state=pending")[1]["approvals"]
                                 if a["identity"] == "agent-7"], 10, "the held statement")[0]
        status, said = lab.ask("bob", "POST", f"/v1/approvals/{held['id']}/decision",
                               {"decision": "approve", "digest": held["digest"], "reason": "as ever"})
        assert status == 200, said
        assert child.communicate(timeout=20) is not None and child.returncode == 0
        took.append(time.monotonic() - begun)
    over.set()
    for t in threads:
        t.join()
    refused = [said for status, said in seen if status == 429]
    assert {status for status, _ in seen} == {200, 429}, {status for status, _ in seen}
    assert refused and "Four such questions of yours" in refused[0]["detail"], refused[:1]
    assert sorted(took)[1] < 3, took      # on a busy machine; a queue of them all would be many seconds


def signed(lab):
    note = get(lab, "/v1/ledger/checkpoint")[1].decode()
    return (note, *checkpoint(note))


def tile_hashes(lab, size):
    out = []
    for i in range(0, size, 256):
        width = min(256, size - i)
        name = f"{i // 256:03d}" + (f".p/{width}" if width < 256 else "")
        status, tile, _ = get(lab, f"/v1/ledger/tile/0/{name}")
        assert status == 200 and len(tile) == 32 * width, (name, status, len(tile))
        out += [tile[32 * n:32 * n + 32] for n in range(width)]
    return out


def test_tiles(lab):
    """checkpoint, tiles, bundles and entries are one tree, computed here by hand; older widths stay readable"""
    act(lab)
    _, _, size, root = signed(lab)
    lab.psql("select 1")
    wait_for(lambda: signed(lab)[2] > size, 5, "a newer checkpoint")
    hashes = tile_hashes(lab, size)         # of the older one: its partial tile is the wider one's beginning
    assert root_of(hashes) == root
    width = min(size, 256)
    status, bundle, _ = get(lab, "/v1/ledger/tile/entries/000" + (f".p/{width}" if width < 256 else ""))
    assert status == 200
    at = 0
    for n in range(width):
        length = int.from_bytes(bundle[at:at + 2], "big")
        entry = bundle[at + 2:at + 2 + length]
        assert leaf_hash(entry) == hashes[n], n
        at += 2 + length
    assert at == len(bundle)
    assert get(lab, f"/v1/ledger/entries/{size - 1}")[1] and leaf_hash(get(lab, f"/v1/ledger/entries/{size - 1}")[1]) == hashes[-1]
    assert get(lab, "/v1/ledger/key.pub")[1].decode() == (lab.state / "ledger/key.pub").read_text()


def test_export_json(lab):
    """JSON lines: each entry whole, with a proof that leads to the one checkpoint in the first line"""
    act(lab)
    status, text, headers = get(lab, "/v1/audit/export?format=jsonl&identity=agent-7")
    lines = [json.loads(x) for x in text.decode().splitlines()]
    assert status == 200 and "attachment" in headers["Content-Disposition"]
    _, size, root = checkpoint(lines[0]["checkpoint"])
    found = lines[1:-1]
    assert lines[-1] == {"end": {"lines": len(found), "more": False}} and len(found) >= 8, lines[-1]
    for x in found:
        leaf = json.dumps(x["leaf"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert root_by_path(x["entry"], size, leaf_hash(leaf), [base64.b64decode(p) for p in x["proof"]]) == root, x["entry"]
    x = found[0]
    forged = {**x["leaf"], "identity": "somebody-else"}
    leaf = json.dumps(forged, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert root_by_path(x["entry"], size, leaf_hash(leaf), [base64.b64decode(p) for p in x["proof"]]) != root


def test_verify_export(lab):
    """sluice ledger verify-export believes the key alone: an entry, a proof, a count or the end that was changed is found"""
    act(lab)
    file, key = lab.folder / "export.jsonl", lab.state / "ledger/key.pub"
    text = get(lab, "/v1/audit/export?format=jsonl&identity=agent-7")[1].decode()
    lines = text.splitlines()

    def check(text, rc, says):
        file.write_text(text)
        done = lab.sluice("ledger", "verify-export", file, "--key", key)
        assert done.rc == rc and says in done.out, (done, says)
    check(text, 0, f"{len(lines) - 2} lines are proved")
    check(text.replace('"agent-7"', '"agent-8"', 1), 1, "not in the tree that was signed")
    check("\n".join(lines[:-1]) + "\n", 1, "breaks off")
    check("\n".join(lines[:1] + lines[2:]) + "\n", 1, "another number of entries")
    check("\n".join(lines[1:]) + "\n", 1, "no checkpoint")
    moved = json.loads(lines[1])
    moved["entry"] += 1
    check("\n".join([lines[0], json.dumps(moved), *lines[2:]]) + "\n", 1, "not in the tree that was signed")
    stranger = "sluice/other+0a0b0c0d+" + base64.b64encode(b"\1" + bytes(32)).decode()
    assert lab.sluice("ledger", "verify-export", file, "--key", stranger).rc != 0
    file.write_text(text)
    assert lab.sluice("ledger", "verify-export", file).rc == 2


def test_export_pieces(lab):
    """a long export comes in pieces, all of one tree though the ledger grows; who goes away harms nobody"""
    many = "".join(f"select {n} as n;\n" for n in range(700))
    assert lab.psql("-f", "-", input=many, user="nightly").rc == 0
    wait_for(lambda: len(search(lab, identity="nightly", kind="actions")) >= 700, 10, "700 lines")
    credential = json.loads(lab.enroll("rita").read_text())["credential"]
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
        connection.request("GET", "/v1/audit/export?format=jsonl", headers={"Authorization": f"Bearer {credential}"})
        connection.getresponse().read(100)
        connection.close()
    text = get(lab, "/v1/audit/export?format=jsonl&identity=nightly&kind=actions")[1].decode()
    lines = [json.loads(x) for x in text.splitlines()]
    assert lines[-1]["end"]["lines"] == len(lines) - 2 >= 700
    places = [(x["entry"], x["line"]) for x in lines[1:-1]]
    assert places == sorted(set(places), reverse=True)
    _, size, root = checkpoint(lines[0]["checkpoint"])
    for x in lines[1:-1:50]:
        leaf = json.dumps(x["leaf"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert root_by_path(x["entry"], size, leaf_hash(leaf), [base64.b64decode(p) for p in x["proof"]]) == root


def test_export_csv(lab):
    """CSV: the same lines, each leaf's hash proved; a stranger's words are no formula"""
    act(lab)
    text = get(lab, "/v1/audit/export?format=csv&label=pii")[1].decode()
    rows = list(csv.reader(io.StringIO(text)))
    names, note, found, end = rows[0], rows[1], rows[2:-1], rows[-1]
    _, size, root = checkpoint(note[1])
    assert note[0] == "checkpoint" and end[:1] + end[2:] == ["end", "complete"] and end[1] == f"{len(found)} lines"
    for row in found:
        x = dict(zip(names, row, strict=True))
        path = [base64.b64decode(p) for p in x["proof"].split()]
        assert root_by_path(int(x["entry"]), size, bytes.fromhex(x["leaf_hash"]), path) == root
    runs = [dict(zip(names, row, strict=True))["run"] for row in found]
    assert "'=HYPERLINK(\"http://evil\")" in runs, runs
    assert not any(cell[:1] in "=+-@\t\r" for row in found for cell in row if cell), "a formula"


def numbers(lab, **words):
    status, said = lab.ask("rita", "GET", f"/v1/governance?{urllib.parse.urlencode(words)}")
    assert status == 200, said
    return {n["name"]: n for n in said["numbers"]}


def test_governance(lab):
    """each number is as many lines as it opens; what was done here is in them"""
    act(lab)
    now = numbers(lab)
    for n in now.values():
        if n["unit"] in ("approvals", "attempts", "votes", "actions"):
            assert len(search(lab, **dict(urllib.parse.parse_qsl(n["open"])))) == n["value"], n
    assert now["asked"]["value"] >= 2 and now["approved"]["value"] >= 1 and now["denied"]["value"] >= 1
    tried = search(lab, only="self")
    assert {(x["approver"], x["refused"]) for x in tried} == {("carol", "IS_OWNER"), ("agent-7", "ASKING_TOKEN")}, tried
    assert len(tried) == 2 == now["self_approval_refused"]["value"], "each once, however often it is tried"
    quick = search(lab, only="quick")
    assert {"rita"} <= {x["approver"] for x in quick} <= {"rita", "bob"}, quick
    assert now["wait_p95"]["value"] >= 3000 > now["wait_p50"]["value"]
    slow = search(lab, **dict(urllib.parse.parse_qsl(now["wait_p95"]["open"])))
    assert {x["approval"] for x in slow} == {act(lab)[1]}
    assert now["labelled_reads_without_rule"]["value"] >= 1
    assert now["agents_without_owner"]["value"] == 0
    assert numbers(lab, since="1s")["asked"]["value"] == 0


def test_agents_without_owner(lab):
    """an agent whose owner is disabled has none, and is named by the entry that made it"""
    lab.add("vera", "human", groups=["engineers"])
    lab.add("stray", "agent", owner="vera", groups=["agents"])
    lab.manage("identity", "disable", "vera")
    n = numbers(lab)["agents_without_owner"]
    assert n["value"] == 1, n
    found = search(lab, **dict(urllib.parse.parse_qsl(n["open"])))
    assert [x["identity"] for x in found] == ["stray"], found


def test_many_agents_without_owner(lab):
    """a link opens the entries of 60 of them; the number says all, and how many more there are"""
    known = numbers(lab)["agents_without_owner"]["value"]
    lab.add("otto", "human", groups=["engineers"])
    for n in range(61):
        lab.add(f"stray-{n}", "agent", owner="otto", groups=["agents"])
    lab.manage("identity", "disable", "otto")
    n = numbers(lab)["agents_without_owner"]
    more = f"of {known + 1} more they are not"
    assert n["value"] == known + 61 and f"of 60 are opened, {more}" in n["says"], n
    assert len(search(lab, limit=100, **dict(urllib.parse.parse_qsl(n["open"])))) == 60
    assert more in lab.sluice("governance", "--credential-file", lab.enroll("rita"), *lab.where(), check=True).out


def test_expired(lab):
    """what truly expired is counted, and its entry is opened"""
    before = numbers(lab)["expired"]["value"]
    client = lab.raw("agent-7")
    client.query("delete from staging.quick where id = 77")
    held = lab.pending_one("agent-7", like="id = 77")
    assert client.until("Z", 15).error == "42501"
    n = wait_for(lambda: (x := numbers(lab)["expired"])["value"] > before and x, 10, "the number")
    assert n["value"] == before + 1, n
    found = search(lab, **dict(urllib.parse.parse_qsl(n["open"])))
    assert len(found) == n["value"] and held["id"] in {x["approval"] for x in found}, found


def test_attempts(lab):
    """lineage names what was tried and did not happen, with who and why, also further down; labels stand at each step"""
    made = lab.psql_start("-c", "create table staging.taken as select email from customers")
    lab.approve("rita", lab.pending_one("agent-7", like="staging.taken")["id"])
    made.communicate(timeout=20)
    tried = lab.psql_start("-c", "copy staging.taken to stdout")
    lab.deny("bob", lab.pending_one("agent-7", like="copy staging.taken")["id"], reason="not at all")
    tried.communicate(timeout=20)
    for of in ("staging.taken", "public.customers.email"):
        status, said = lab.ask("rita", "GET", f"/v1/lineage/attempts?of={of}")
        assert status == 200, said
        edges = {(e["from"], e["to"]): e for e in said["edges"]}
        e = edges["staging.taken.email", "client of agent-7"]
        assert e["act"]["standing"] == "denied" and "not at all" in e["act"]["why"] and e["labels"] == ["pii"], e
    steps = lab.ask("rita", "GET", "/v1/lineage/down?of=public.customers.email")[1]["steps"]
    assert {s["name"]: s.get("labels") for s in steps}["staging.taken.email"] == ["pii"], steps
    alone = json.loads(get(lab, "/v1/lineage/attempts?of=staging.taken", credential=lab.token("nightly"))[1])
    assert alone["edges"] == [], "who did nothing there sees nothing"


def test_commands(lab):
    """sluice audit and sluice governance say the same"""
    act(lab)
    by = ["--credential-file", lab.enroll("rita"), *lab.where()]
    said = json.loads(lab.sluice("audit", "--label", "pii", "--identity", "agent-7", "--json", *by, check=True).out)
    assert said["lines"] == search(lab, label="pii", identity="agent-7")
    table = lab.sluice("audit", "--kind", "approval", "--limit", "3", *by, check=True).out
    assert "agent-7" in table and "more" in table, table
    assert lab.sluice("audit", "--since", "soon", *by).rc == 2
    assert lab.sluice("audit", "--identity", "nobody", *by, check=True).out.strip() == "nothing found"
    told = {n["name"]: n["value"] for n in json.loads(lab.sluice("governance", "--json", *by, check=True).out)["numbers"]}
    assert told == {k: n["value"] for k, n in numbers(lab).items()}
    text = lab.sluice("governance", "--since", "7d", *by, check=True).out
    assert "asked" in text and "sluice audit --event asked" in text, text
    out = lab.sluice("audit", "--export", "jsonl", "--label", "pii", *by, check=True).out
    assert json.loads(out.splitlines()[-1])["end"]["lines"] == len(out.splitlines()) - 2


def test_again(lab):
    """after a restart, and with the index thrown away, a search finds the same"""
    act(lab)
    until = search(lab)[0]["recorded_at"]
    before = search(lab, until=until)
    lab.restart()
    assert search(lab, until=until) == before
    lab.manage("ledger", "rotate-key", check=False)
    lab.stop()
    import sqlite3
    with sqlite3.connect(lab.state / "sluice.db") as db:
        for table in ("trail_term", "trail_post", "trail_block", "trail_asked", "trail_wait"):
            db.execute(f"drop table {table}")
        db.execute("delete from meta where key = 'trail'")
    db.close()
    lab.start()
    assert search(lab, until=until) == before
    now = numbers(lab)
    assert len(search(lab, event="asked")) == now["asked"]["value"] >= 2
