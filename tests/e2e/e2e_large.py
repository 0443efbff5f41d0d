"""Statements of many megabytes that are held, and everybody who looks at them at once: no program is ended for it."""

import concurrent.futures
import http.client
import json
import pathlib
import signal
import time

import tap
from e2e_live import Stream
from lab import PEOPLE, wait_for

LAB = {"people": {**PEOPLE, **{f"bot-{n}": ("agent", "carol", ["agents"]) for n in range(4)}}}
BYTES = 12 * 1024 * 1024
KILLS = "program=keeper .*signal=9"     # what this row does itself
BOTS = ("bot-0", "bot-1", "bot-2", "bot-3")


def write(lab, name):
    """A file with one statement of 12 MB."""
    path = lab.folder / f"{name}.sql"
    head = f"delete from staging.scratch where id = 3 and {name!r} <> '"
    path.write_text(head + "x" * (BYTES - len(head)) + "';\n")
    return path


def get(lab, secret, path):
    """The status and how many bytes the answer has."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return answer.status, size


def waiting(lab):
    """How many; None while the keeper reads them."""
    done = lab.sluice("status", "--json", "--config", lab.folder / "sluice.yaml")
    return json.loads(done.out)["status"]["pending"] if done.rc == 0 else None


GIGABYTE = 1_073_741_800        # what fits into one value of PostgreSQL's


def free_bytes():
    for line in pathlib.Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def peak_kb(pid):
    return int(pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0])


def test_one_field(lab):
    """a field of 1 GB passes whole, and the gate grows by less than 8 MB"""
    if free_bytes() < 6 << 30:
        raise tap.Skip("PostgreSQL needs 6 GB of memory to make such a field")
    c, gate = lab.raw("erin"), next(iter(lab.pids("gate")))
    c.ask("select repeat('z', 10000000)")
    before, got = peak_kb(gate), 0
    c.query(f"select repeat('z', {GIGABYTE})")
    c.sock.settimeout(60)
    head = c.sock.recv(1 << 20)
    while not head.startswith(b"E") and got + len(head) < GIGABYTE:
        data = c.sock.recv(1 << 20)
        assert data, f"closed after {got} bytes"
        got += len(data)
    got, tail = got + len(head), b""
    while not tail.endswith(b"Z\0\0\0\x05I"):
        tail = (tail + (data := c.sock.recv(1 << 20)))[-64:]
        assert data, f"closed after {got} bytes"
        got += len(data)
    assert GIGABYTE < got < GIGABYTE + 1000 and b"SELECT 1\0" in tail, (got, head[:200], tail)
    assert peak_kb(gate) - before < 8192, (before, peak_kb(gate))
    assert c.ask("select 1").rows == [["1"]]
    c.drop()


def test_many_at_once(lab):
    """more statements at once than fit between gate and keeper are all held, when the keeper has time again"""
    files = [(bot, write(lab, f"{bot}-{n}")) for bot in BOTS for n in range(2)]
    lab.clients = [(bot, lab.psql_start(user=bot)) for bot, _ in files]
    for _, client in lab.clients:
        client.stdin.write("select 'signed in';\n")
        client.stdin.flush()
        assert client.stdout.readline() == "signed in\n"
    lab.enroll("rita")
    lab.kill("keeper", signal.SIGSTOP)
    try:
        for (_, client), (_, path) in zip(lab.clients, files):
            client.stdin.write(f"\\i {path}\n")
            client.stdin.close()
        time.sleep(5)       # the gate has all of them by then, and the keeper none
    finally:
        lab.kill("keeper", signal.SIGCONT)
    wait_for(lambda: waiting(lab) == len(files), 90, "all of them held")
    assert not lab.events("keeper_lost"), lab.events("keeper_lost")


def test_all_look_at_once(lab):
    """polls of an agent, streams and lists of reviewers: all are answered, and the desk stays who it was"""
    desk, keeper = lab.pids("desk"), lab.pids("keeper")
    held = lab.pending("bot-0")[0]["id"]
    credential = json.loads(lab.enroll("rita").read_text())["credential"]
    streams = [Stream(lab, "rita") for _ in range(6)]
    for stream in streams:
        assert stream.next()[1] == "hello"
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        polls = [pool.submit(get, lab, lab.token("bot-0"), f"/v1/approvals/{held}?wait=20") for _ in range(7)]
        time.sleep(1)
        whole = [pool.submit(get, lab, lab.token("bot-0"), f"/v1/approvals/{held}") for _ in range(7)]
        lists = [pool.submit(get, lab, credential, "/v1/approvals?state=pending&view=lines&limit=500") for _ in range(4)]
        assert all(f.result()[0] in (200, 503) for f in whole) and any(f.result()[1] > BYTES for f in whole)
        assert all(f.result()[0] == 200 and f.result()[1] < 100_000 for f in lists), [f.result() for f in lists]
        lab.deny("rita", held)
        assert all(f.result()[0] in (200, 503) for f in polls) and any(f.result()[1] > BYTES for f in polls)
    for stream in streams:
        _, name, data = stream.next()
        assert name == "denied" and data["id"] == held and data["summary"].startswith("delete from staging.scratch")
        stream.connection.close()
    assert lab.pids("desk") == desk and lab.pids("keeper") == keeper and not lab.events("peer_broke_the_rules")


def run_to_the_end(lab, bot):
    """How its clients ended."""
    return [client.wait(60) for who, client in lab.clients if who == bot]


def test_they_run(lab):
    """what is approved runs, once, and is the statement that was held"""
    held = lab.pending("bot-1")
    for one in held:
        lab.approve("bob", one["id"])
    assert len(held) == 2 and run_to_the_end(lab, "bot-1") == [0, 0]
    assert lab.ran("bot-1-[01]") == 2


def test_the_next_keeper(lab):
    """a keeper that ends: what is held, more than fits at once, is proposed again and joins"""
    before = waiting(lab)
    lab.revived("keeper", lab.kill("keeper"), 60)
    for one in lab.pending("bot-2"):
        lab.approve("bob", one["id"])
    assert run_to_the_end(lab, "bot-2") == [0, 0]
    assert before == 5 and len(lab.events("keeper_lost")) == 1
