"""Usage and metrics: what was counted is what the clients received."""

import http.client
import json
import shutil
import subprocess
import threading
import time

from lab import wait_for
import tap
import wire

KEYS = ("identity", "owner", "run", "reason", "target", "verdict", "hour")
SYNC = wire.SYNC
COUNTS = ("statements", "rows", "bytes")


def counts(row):
    return tuple(row[c] for c in COUNTS)


class Meter:
    """A raw client that notes what it received."""

    def __init__(self, lab, run, user="agent-7"):
        self.client = lab.raw(user)
        self.client.ask(f"set sluice.run = '{run}'")
        self.rows = self.bytes = 0

    def ask(self, sql):
        self.send(wire.query(sql))

    def send(self, *messages):
        """Reads up to ReadyForQuery, noting each row when it is there."""
        self.client.write(b"".join(messages))
        kind = ""
        while kind != "Z":
            kind, body = self.client.receive(20)
            if kind in ("D", "d"):
                self.bytes += len(body)
                self.rows += 1


def settled(lab, run, wanted):
    """The numbers get there, and stay there."""
    wait_for(lambda: lab.usage_of_run(run) == wanted, 5, f"usage of {run} {lab.usage_of_run(run)} to be {wanted}")
    time.sleep(0.2)
    assert lab.usage_of_run(run) == wanted, (lab.usage_of_run(run), wanted)


def test_select(lab):
    """a SELECT: its rows and the bytes of them"""
    m = Meter(lab, "select")
    m.ask("select * from orders")
    assert m.rows > 100
    settled(lab, "select", (1, m.rows, m.bytes))
    m.ask("select item from orders where id = 3")
    m.ask("select item from orders where id = -3")
    settled(lab, "select", (3, m.rows, m.bytes))


def test_copy(lab):
    """COPY TO: its lines; COPY FROM: the rows of its tag"""
    m = Meter(lab, "copy")
    m.ask("copy orders to stdout")
    assert m.rows > 100
    settled(lab, "copy", (1, m.rows, m.bytes))
    done = lab.psql("-c", "set sluice.run = 'copy in'", "-c", r"\copy staging.wide from stdin", input="1\tone\n2\ttwo\n3\tthree\n")
    assert done.rc == 0, done
    settled(lab, "copy in", (1, 3, 0))


def test_changes(lab):
    """INSERT ... SELECT, UPDATE, RETURNING: rows of the tag, bytes of what came back"""
    m = Meter(lab, "changes")
    m.ask("insert into staging.wide select id, item from orders where id <= 40")
    settled(lab, "changes", (1, 40, 0))
    m.ask("update staging.wide set body = 'x' where id <= 10 returning id")
    assert m.rows >= 10
    settled(lab, "changes", (2, 40 + m.rows, m.bytes))


def test_transactions(lab):
    """what was rolled back: rows that were read have left, rows that were written have not"""
    m = Meter(lab, "rolled back")
    m.ask("begin")
    m.ask("select id from orders where id <= 7")
    m.ask("insert into staging.wide select id, item from orders where id <= 30")
    assert lab.usage_of_run("rolled back")[1] == 7, lab.usage_of_run("rolled back")
    m.ask("rollback")
    settled(lab, "rolled back", (4, 7, m.bytes))
    m = Meter(lab, "committed")
    m.ask("begin")
    m.ask("insert into staging.wide select id, item from orders where id <= 30")
    settled(lab, "committed", (2, 0, 0))
    m.ask("commit")
    settled(lab, "committed", (3, 30, 0))
    m = Meter(lab, "failed")
    m.ask("insert into staging.wide select id / (id - 5), item from orders where id <= 30")
    m.ask("begin; insert into staging.wide select id, item from orders where id <= 9; rollback")
    settled(lab, "failed", (2, 0, 0))
    m = Meter(lab, "gone away")
    m.ask("begin")
    m.ask("insert into staging.wide select id, item from orders where id <= 30")
    m.client.close()
    settled(lab, "gone away", (2, 0, 0))


def test_cursors(lab):
    """cursors and portals in portions, prepared statements"""
    m = Meter(lab, "cursors")
    m.ask("begin")
    m.ask("declare c cursor for select id, item from orders order by id")
    for _ in range(3):
        m.ask("fetch 10 from c")
    m.ask("commit")
    assert m.rows == 30
    settled(lab, "cursors", (6, 30, m.bytes))
    m = Meter(lab, "portions")
    m.ask("begin")
    m.send(wire.parse("select id from orders order by id"), wire.bind(), wire.execute(rows=15), SYNC)
    settled(lab, "portions", (2, 15, m.bytes))          # while the portal is open
    m.send(wire.execute(rows=15), SYNC)
    settled(lab, "portions", (2, 30, m.bytes))
    m.ask("commit")
    settled(lab, "portions", (3, 30, m.bytes))
    m = Meter(lab, "prepared")
    m.send(wire.parse("select item from orders where id = $1", "p"), SYNC)
    for i in range(1, 6):
        m.send(wire.bind([str(i)], "", "p"), wire.execute(), SYNC)
    assert m.rows == 5
    settled(lab, "prepared", (5, 5, m.bytes))


def test_held_and_denied(lab):
    """held and denied attempts are statements with their verdict, and no rows; what was approved has its rows"""
    m = Meter(lab, "denied")
    m.ask("drop table staging.wide")
    rows = [r for r in lab.usage("run,verdict")["usage"] if r["run"] == "denied"]
    assert [(r["verdict"], *counts(r)) for r in rows] == [("deny", 1, 0, 0)], rows
    for run, answer in (("held no", lab.deny), ("held yes", lab.approve)):
        m = Meter(lab, run)
        asking = threading.Thread(target=m.ask, args=("insert into staging.scratch select id, item from orders where id <= 12",))
        asking.start()
        wanted = lab.pending_one("agent-7")
        settled(lab, run, (1, 0, 0))
        answer("rita", wanted["id"])
        asking.join(10)
        settled(lab, run, (1, 12 if run == "held yes" else 0, 0))
    verdicts = {r["verdict"]: counts(r) for r in lab.usage("run,verdict")["usage"] if r["run"] == "held yes"}
    assert verdicts == {"hold": (1, 12, 0)}, verdicts


def test_running(lab):
    """a statement that streams shows within a second, grows, and is not counted twice"""
    m = Meter(lab, "running")
    seen, received = [], [(time.monotonic(), 0)]
    sql = "select n, repeat('x', 1000), pg_sleep(0.05) from generate_series(1, 100) n"
    asking = threading.Thread(target=m.ask, args=(sql,))
    asking.start()
    while asking.is_alive():
        received.append((time.monotonic(), m.rows))
        statements, rows, _ = lab.usage_of_run("running")
        a_second_ago = max((r for at, r in received if at <= received[-1][0] - 1), default=0)
        assert statements <= 1 and a_second_ago <= rows, (rows, received)
        seen.append(rows)
        time.sleep(0.1)
    asking.join()
    assert len(set(seen)) > 5 and seen == sorted(seen), seen
    settled(lab, "running", (1, m.rows, m.bytes))


def test_groups(lab):
    """each way to group adds up; labels, datasets and columns are those of the statements"""
    m = Meter(lab, "labelled")
    m.ask("set sluice.reason = 'ticket 12'")
    m.ask("select email from customers where id <= 5")
    settled(lab, "labelled", (1, 5, m.bytes))
    whole = lab.usage("verdict")["total"]
    for key in KEYS:
        answer = lab.usage(key)
        assert not answer["more"]
        assert [sum(r[c] for r in answer["usage"]) for c in COUNTS] == [whole[c] for c in COUNTS], key
    for key in ("dataset", "column", "label"):
        answer = lab.usage(key)
        assert answer["total"] == whole, (key, answer["total"], whole)
        assert all(counts(r) <= counts(whole) for r in answer["usage"])
    pii = lab.usage("identity,owner,run,reason,dataset,column,label", "rita", "--label", "pii")
    row = next(r for r in pii["usage"] if r["column"] == "public.customers.email" and r["run"] == "labelled")
    assert (row["identity"], row["owner"], row["reason"], row["dataset"]) == ("agent-7", "carol", "ticket 12", "public.customers")
    assert counts(row) == (1, 5, m.bytes)
    only = lab.usage("dataset", "rita", "--dataset", "public.customers")
    assert [r["dataset"] for r in only["usage"]] == ["public.customers"]
    assert lab.usage("identity", "rita", "--identity", "nobody")["usage"] == []


def test_who_sees(lab):
    """a deciding credential sees all; an asking token its own and what it owns"""
    lab.raw("nightly").ask("select 1 from orders")
    wait_for(lambda: {"nightly", "agent-7"} <= {r["identity"] for r in lab.usage()["usage"]}, 5, "both")
    mine = lab.usage("identity", "agent-7")
    assert {r["identity"] for r in mine["usage"]} == {"agent-7"} and mine["all"] is False
    assert lab.usage()["all"] is True
    assert {r["identity"] for r in lab.usage("identity", "erin")["usage"]} == {"nightly"}
    assert lab.usage("identity", "erin", "--identity", "agent-7")["usage"] == []
    assert lab.sluice("usage", *lab.where(), environment={"SLUICE_CREDENTIAL": "slt_" + "0" * 43}).rc == 1


def test_command(lab):
    """the text is a table with units; wrong words are usage errors"""
    given = ["--credential-file", lab.enroll("rita"), *lab.where()]
    done = lab.sluice("usage", "--by", "identity,hour", *given)
    assert done.rc == 0, done
    lines = done.out.splitlines()
    assert lines[0].split() == ["identity", "hour", "statements", "rows", "bytes"] and lines[-1].startswith("total"), done
    assert len({len(x) for x in lines}) == 1, done
    assert "kB" in done.out or "MB" in done.out
    for wrong in (["--by", "colour"], ["--since", "7"], ["--limit", "0"], ["--by", "run,"[:0]], ["--nonsense"]):
        assert lab.sluice("usage", *wrong, *given).rc == 2, wrong
    assert lab.sluice("usage", "--url", "http://127.0.0.1:1", "--credential-file", lab.enroll("rita")).rc == 3
    assert lab.sluice("usage", "--help").rc == 0


def everything(lab):
    """All of the table but what is still under way."""
    keys = "identity,owner,run,reason,target,dataset,column,label,verdict,hour"
    return lab.usage(keys)


def test_restart(lab):
    """after a restart and without sluice.db the numbers are the same"""
    before = everything(lab)
    assert len(before["usage"]) > 20
    lab.restart()
    assert everything(lab) == before
    lab.stop()
    for file in lab.state.glob("sluice.db*"):
        file.unlink()
    lab.start()
    assert everything(lab) == before


# --- metrics ---------------------------------------------------------------------------------------

def get(lab, path, token=None, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers={**headers, **({"Host": host} if host else {})})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("Content-Type"), text


def samples(text):
    """{name{labels}: value}"""
    return {x.rsplit(" ", 1)[0]: float(x.rsplit(" ", 1)[1]) for x in text.splitlines() if x and not x.startswith("#")}


def counters(text):
    kinds = {x.split()[2]: x.split()[3] for x in text.splitlines() if x.startswith("# TYPE")}
    wanted = [n for n, k in kinds.items() if k == "counter"]
    wanted += [n + s for n, k in kinds.items() if k == "histogram" for s in ("_bucket", "_count", "_sum")]
    return {k: v for k, v in samples(text).items() if k.split("{")[0] in wanted}


def scrape(lab):
    time.sleep(0.6)     # it is kept for half a second
    status, kind, text = get(lab, "/metrics")
    assert status == 200 and kind == "text/plain; version=0.0.4; charset=utf-8", (status, kind)
    return text


def test_promtool(lab):
    """promtool finds nothing to complain of"""
    text = scrape(lab)
    if shutil.which("promtool") is None:
        raise tap.Skip("promtool is not here: script/bootstrap test")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and not done.stdout and not done.stderr, (done.stdout, done.stderr)


def decided(lab):
    """A denied and an approved request."""
    for answer in (lab.deny, lab.approve):
        client = lab.raw("agent-7")
        client.query("insert into staging.scratch select id, item from orders where id <= 3")
        answer("rita", lab.pending_one("agent-7")["id"])
        client.answer()


def test_metrics(lab):
    """the numbers are right, name nobody, and counters only grow, over a restart too"""
    before = samples(scrape(lab))
    decided(lab)
    wait_for(lambda: samples(scrape(lab)).get("sluice_catalog_current{target=\"finance\"}") == 1, 10, "the catalog")
    text = scrape(lab)
    now, total = samples(text), lab.usage("verdict")["total"]
    for metric, count in (("sluice_statements_total", "statements"), ("sluice_rows_total", "rows"), ("sluice_result_bytes_total", "bytes")):
        assert sum(v for k, v in now.items() if k.startswith(metric + "{")) == total[count], metric
    assert now["sluice_up"] == 1
    for metric, more in (("sluice_approvals_total{state=\"denied\"}", 1), ("sluice_decision_wait_seconds_count", 2),
                         ("sluice_decision_wait_seconds_bucket{le=\"+Inf\"}", 2)):
        assert now[metric] == before.get(metric, 0) + more, (metric, before.get(metric), now[metric])
    assert abs(now["sluice_catalog_checked_timestamp_seconds{target=\"finance\"}"] - time.time()) < 60
    for secret in ("agent-7", "carol", "customers", "select", "ticket"):
        assert secret not in text, secret
    lab.raw("agent-7").ask("select 1 from orders where id = 1")
    assert lab.psql("select 1", token="slt_" + "0" * 43).rc != 0
    wait_for(lambda: samples(scrape(lab))["sluice_sign_in_failures_total"] > now["sluice_sign_in_failures_total"], 5, "the failure")
    later = counters(scrape(lab))
    assert sum(later.values()) > sum(counters(text).values())
    assert all(later[k] >= v for k, v in counters(text).items())
    lab.restart()
    last = counters(scrape(lab))
    assert all(last.get(k, -1) >= v for k, v in later.items() if "program_restarts" not in k), (later, last)


def test_access(lab):
    """not for strangers: behind a public_url, with access token or off"""
    def configured(**more):
        lab.config.update(more)
        lab.write_config()
        lab.sighup()

    assert get(lab, "/metrics")[0] == 200
    configured(public_url="http://sluice.example")
    wait_for(lambda: get(lab, "/metrics")[0] == 401, 5, "the door to close")
    assert get(lab, "/metrics", lab.token("agent-7"))[0] == 200
    assert get(lab, "/metrics", "slt_" + "0" * 43)[0] == 401
    configured(metrics={"access": "open"})
    wait_for(lambda: get(lab, "/metrics")[0] == 200, 5, "the door to open")
    configured(metrics={"access": "off"})
    wait_for(lambda: get(lab, "/metrics", lab.token("agent-7"))[0] == 404, 5, "no metrics")
    configured(metrics={"access": "token"})
    wait_for(lambda: get(lab, "/metrics")[0] == 401, 5, "the door to close")
