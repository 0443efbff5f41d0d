"""Two thousand sessions that wait at once, each on a connection of its own to the server."""

import concurrent.futures
import os
import pathlib
import resource
import select
import time

import tap
import wire
from lab import wait_for

SESSIONS, ALIKE, CANCELLED = 2000, 200, 100
LISTED = 500    # `sluice approvals` shows the newest
LAB = {"pg_settings": {"max_connections": str(SESSIONS + 150), "log_min_duration_statement": "-1"}}
crowd = []


def say(text):
    print(f"#   {text}", flush=True)


def resident_kb(lab, role):
    status = pathlib.Path(f"/proc/{next(iter(lab.pids(role)))}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def used_ms(lab, role):
    fields = pathlib.Path(f"/proc/{next(iter(lab.pids(role)))}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 // os.sysconf("SC_CLK_TCK")


def needs_room():
    """Each session is two sockets of the gate, one of ours, and a process of PostgreSQL."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3 * SESSIONS:
        raise tap.Skip(f"{hard} open files are too few")
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3 * SESSIONS), hard))
    free = pathlib.Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
    if int(free) < 3 * SESSIONS * 1024:
        raise tap.Skip(f"{int(free) >> 10} MiB of memory are too few")


def has_room():
    if not crowd:
        raise tap.Skip("without its sessions")


def statement(n):
    """The first ones each say something else; the last ones all say the same."""
    return f"delete from staging.scratch where id = {n if n < SESSIONS - ALIKE else -1}"


def hear_all(clients, stop, seconds):
    """What each of them hears up to one of these messages; one loop for all."""
    poll, waiting, heard = select.poll(), {}, {}
    for c in clients:
        waiting[c.sock.fileno()] = c
        poll.register(c.sock, select.POLLIN)
    end = time.monotonic() + seconds
    while waiting:
        left = end - time.monotonic()
        assert left > 0, f"{len(waiting)} of {len(clients)} heard nothing"
        for fd, _ in poll.poll(left * 1000):
            poll.unregister(fd)
            c = waiting.pop(fd)
            heard[c] = c.until(stop, 10)
    return heard


def nearly_all_ms(client, times):
    took = []
    for n in range(times):
        begun = time.monotonic()
        assert client.ask(f"select {n}").rows == [[str(n)]]
        took.append((time.monotonic() - begun) * 1000)
    return sorted(took)[times * 99 // 100]


def test_held(lab):
    """2,000 sessions are held at once; others flow meanwhile, and waiting costs the gate little"""
    needs_room()
    other = lab.raw("erin")
    alone = nearly_all_ms(other, 200)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        crowd.extend(pool.map(lambda n: lab.raw("agent-7"), range(SESSIONS)))
    for c in crowd:
        c.query("select 1")
    hear_all(crowd, "Z", 30)
    connected, idle = time.monotonic(), resident_kb(lab, "gate")
    before = {role: used_ms(lab, role) for role in ("gate", "keeper")}
    for n, c in enumerate(crowd):
        c.query(statement(n))
    for heard in hear_all(crowd, "NZE", 40).values():
        assert heard.types == "N" and "approval" in heard.notices[0]["M"], str(heard)
    held = time.monotonic()
    say(f"{SESSIONS} sessions came in {connected - begun:.1f} s, and were held in {held - connected:.1f} s")
    say(f"memory of the gate: {idle / SESSIONS:.1f} KiB a session, and "
        f"{(resident_kb(lab, 'gate') - idle) / SESSIONS:.1f} KiB more for each that is held")
    say("CPU of gate and keeper for each hold: " + ", ".join(
        f"{(used_ms(lab, role) - before[role]) / SESSIONS:.2f} ms" for role in before))
    loaded = nearly_all_ms(other, 200)
    say(f"select 1 of another session, 99 of 100: {alone:.1f} ms alone, {loaded:.1f} ms beside them")
    assert (resident_kb(lab, "gate") - idle) / SESSIONS < 32
    assert loaded < 250
    assert lab.ran("^delete") == 0



def test_one_yes_one_no(lab):
    """one is approved and runs, one is denied; the others hear nothing of it"""
    has_room()
    begun = time.monotonic()
    wanted = {a["operation"]["sql"]: a["id"] for a in lab.pending()}
    assert len(wanted) >= LISTED, len(wanted)
    yes, no = [n for n in range(SESSIONS - ALIKE) if statement(n) in wanted][:2]
    lab.approve("rita", wanted[statement(yes)])
    lab.deny("rita", wanted[statement(no)])
    assert crowd[yes].answer().tags == ["DELETE 0"]
    assert crowd[no].answer().error == "42501"
    say(f"listed, approved and denied in {time.monotonic() - begun:.1f} s")
    assert lab.ran("^delete") == 1
    for n in (yes, no):
        assert crowd[n].ask("select 2").rows == [["2"]]
    rest = [c for n, c in enumerate(crowd) if n not in (yes, no)]
    assert not any(wire.ready(c.sock, 0) for c in rest)
    crowd[:] = rest


def test_one_yes_for_many(lab):
    """where many wait for the very same action one yes runs it once, and the others ask anew"""
    has_room()
    alike = crowd[-ALIKE:]
    wanted = lab.pending_one(like="= -1$")
    lab.approve("rita", wanted["id"])
    heard = hear_all(alike, "ZN", 20)
    done = [c for c in alike if heard[c].tags == ["DELETE 0"]]
    assert len(done) == 1, len(done)
    assert all(heard[c].notices for c in alike if c not in done)
    assert lab.ran("^delete") == 2
    again = lab.pending_one(like="= -1$")
    assert again["id"] != wanted["id"]


def test_the_end(lab):
    """the rest cancel or go away without a word: nothing of theirs runs, and the gate is itself again"""
    has_room()
    begun = time.monotonic()
    for c in crowd[:CANCELLED]:
        c.cancel()
    for heard in hear_all(crowd[:CANCELLED], "Z", 20).values():
        assert heard.error == "57014", str(heard)
    for c in crowd[CANCELLED:]:
        c.drop()
    wait_for(lambda: int(lab.pg.sql("select count(*) from pg_stat_activity where usename = 'app'")) <=
             CANCELLED + 10, 30, "the end of their sessions at the server")
    say(f"cancelled and gone in {time.monotonic() - begun:.1f} s")
    other = lab.raw("erin")
    assert nearly_all_ms(other, 50) < 250
    assert lab.ran("^delete") == 2
    gone = [a for a in lab.pending() if a.get("client_gone")]
    assert len(gone) >= LISTED - CANCELLED - 1, len(gone)
    for c in crowd[:CANCELLED]:
        assert c.ask("select 3").rows == [["3"]]
        c.close()
    assert not lab.events("program_ended")
