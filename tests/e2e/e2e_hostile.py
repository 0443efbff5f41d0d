"""Bad input: each is answered clearly or closed, logged, and harms nobody else."""

import collections
import os
import pathlib
import random
import resource
import socket
import struct
import time

import wire
from lab import LOADED, wait_for


def still_fine(lab):
    assert lab.raw("erin").ask("select 'still here'").rows == [["still here"]]
    assert len(lab.pids("gate")) == 1 and not lab.events("program_ended"), lab.events("program_ended")


def open_socket(lab):
    return socket.create_connection(("127.0.0.1", lab.port), timeout=10)


def ending(s, seconds=5):
    """What is said until the other side closes; None: it stays open."""
    s.settimeout(seconds)
    out = b""
    try:
        while data := s.recv(65536):
            out += data
    except socket.timeout:
        return None
    except ConnectionError:
        pass
    return out


IMPOSSIBLE = "a startup packet of an impossible length"
SILENT = "no startup packet in time"
STARTS = {  # name: bytes, SQLSTATE of the answer, why the log says so; None: whatever it may be
    "a length of zero": (struct.pack("!i", 0), "08P01", IMPOSSIBLE),
    "a negative length": (struct.pack("!i", -5), "08P01", IMPOSSIBLE),
    "a length of seven": (struct.pack("!i", 7) + b"abc", "08P01", IMPOSSIBLE),
    "an impossible length": (struct.pack("!ii", 0x7fffffff, 196608), "08P01", IMPOSSIBLE),
    "HTTP": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "08P01", "HTTP on the port for PostgreSQL"),
    "TLS without asking": (bytes.fromhex("16030100c8010000c40303") + b"\0" * 200, "08P01",
                           "TLS without an SSLRequest before it"),
    "no terminator": (struct.pack("!ii", 17, 196608) + b"user\0erin", "08P01", "the startup packet is not valid"),
    "a parameter without value": (struct.pack("!ii", 14, 196608) + b"user\0\0", "08P01",
                                  "the startup packet is not valid"),
    "no user": (wire.startup_packet({"database": "finance"}), "28000", "the startup packet names no user"),
    "no such target": (wire.startup_packet({"user": "erin", "database": "nowhere"}), "3D000",
                       'there is no target \\"nowhere\\"'),
    "replication": (wire.startup_packet({"user": "erin", "database": "finance", "replication": "database"}), "0A000",
                    "replication connections are refused by Sluice"),
    "a user with control characters": (wire.startup_packet({"user": "er\nin", "database": "finance"}), None, None),
    "bytes that are not UTF-8": (wire.startup_packet({"user": "x", "database": "y"}).replace(b"x\0", b"\xff\0"),
                                 "28000", "the startup packet names no user"),
    "a message before login": (wire.query("select 1"), "08P01", IMPOSSIBLE),
    "SSLRequest twice": (struct.pack("!ii", 8, 80877103) * 2 + b"\0\0\0\x05", None, "bytes behind a request for TLS"),
    "half a packet": (struct.pack("!ii", 50, 196608) + b"use", None, "half a message, and then the end"),
}


def refused(lab, why):
    """How often the log says that a connection was refused for this reason."""
    said = [x for x in lab.events("connection_refused") if f' why="{why}"' in x and " address=127.0.0.1 " in x]
    return sum(int(x.rsplit("count=", 1)[1]) for x in said)


def test_startup(lab):
    """malformed starts are refused with an error, closed, and in the log"""
    wrong, expected = [], collections.Counter()
    for name, (data, sqlstate, why) in STARTS.items():
        s = open_socket(lab)
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        said = ending(s)
        if said is None or b"R\0\0\0\x08\0\0\0\0" in said or (sqlstate and f"C{sqlstate}\0".encode() not in said):
            wrong.append(f"{name}: {said}")
        s.close()
        expected.update([why] if why else [])
    assert not wrong, wrong
    wait_for(lambda: all(refused(lab, why) >= n for why, n in expected.items()), 8,
             f"the log: {[why for why, n in expected.items() if refused(lab, why) < n]}")
    still_fine(lab)


FRAMES = {
    "an unknown type": b"~\0\0\0\x04",
    "a length below four": b"Q\0\0\0\x03",
    "a negative length": b"Q\xff\xff\xff\xff",
    "two gigabytes": b"Q\x7f\xff\xff\xff",
    "a query without its end": b"Q\0\0\0\x0aselect",
    "a query with more after its end": wire.message(b"Q", b"select 1\0select 2\0"),
    "Parse with a short type list": wire.message(b"P", b"\0select 1\0\0\x09\0\0"),
    "Bind with a value longer than the message": wire.message(b"B", b"\0\0\0\0\0\x01\0\0\xff\xffab"),
    "Bind with a length of minus two": wire.message(b"B", b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0"),
    "Describe of nothing": wire.message(b"D", b"X\0"),
    "Execute cut short": wire.message(b"E", b"\0\0"),
    "Close without a name": wire.message(b"C", b"S"),
    "Sync with a body": wire.message(b"S", b"x"),
    "a password after login": wire.message(b"p", b"x\0"),
    "a server's message": wire.message(b"Z", b"I"),
}


def test_frames(lab):
    """malformed messages end that session, with an error, and nothing of them reaches the server"""
    wrong = []
    for name, data in FRAMES.items():
        c = lab.raw("erin")
        c.write(data + wire.SYNC + wire.query("select 'after the bad frame'"))
        try:
            a = c.until("EZ", 5)
            ended = c.is_closed(5) if a.errors else False
            if not a.errors or (not ended and name != "Describe of nothing"):
                wrong.append(f"{name}: {a}, closed: {ended}")
        except wire.Closed:
            pass
        c.drop()
    assert not wrong, "\n".join(wrong)
    still_fine(lab)


def test_bad_text(lab):
    """bytes that are not UTF-8 and zero bytes inside a statement"""
    c = lab.raw("erin")
    c.write(wire.query(b"select '\xff\xfe'"))
    try:
        a = c.until("ENZ", 5)
        assert a.errors or a.notices, a
    except wire.Closed:
        pass
    assert not [e for e in lab.server_log("erin", kinds=None) if "\ufffd" in e.sql]
    still_fine(lab)


def test_random_bytes(lab):
    """200 sessions that say random bytes, before and after login"""
    rng = random.Random(11)
    for n in range(150):
        s = open_socket(lab)
        s.sendall(rng.randbytes(rng.randrange(1, 200)))
        s.close()
    for n in range(50):
        c = lab.raw("erin")
        c.write(rng.choice(b"QPBEDCSHFXdcfp~\0").to_bytes(1, "big") + struct.pack("!i", rng.randrange(4, 60)) +
                rng.randbytes(60))
        c.drop()
    still_fine(lab)


def test_flipped_bits(lab):
    """a valid conversation with single bits flipped: the gate lives"""
    rng = random.Random(5)
    good = wire.parse("select $1::int", "s") + wire.bind([1], "p", "s") + wire.describe(b"P", "p") + \
        wire.execute("p") + wire.close(b"S", "s") + wire.SYNC
    c = lab.raw("erin")
    for _ in range(150):
        bad = bytearray(good)
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        try:
            c.write(bytes(bad) + wire.TERMINATE)
        except OSError:
            pass
        c.drop()
        c = lab.raw("erin")
    still_fine(lab)


def test_half_packet(lab):
    """half a startup packet ends after timeouts.login and nobody else waits"""
    whole = wire.startup_packet({"user": "erin", "database": "finance"})
    before = refused(lab, SILENT)
    halves = [open_socket(lab) for _ in range(20)]
    for s in halves:
        s.sendall(whole[:11])
    still_fine(lab)
    begun = time.monotonic()
    assert all(b"C08006\0" in (ending(s, 6) or b"") for s in halves), "still open, or without a word"
    assert time.monotonic() - begun < 6 * LOADED
    wait_for(lambda: refused(lab, SILENT) == before + 20, 8, "all of them in the log")


def test_silent(lab):
    """5,000 connections that say nothing: others log in, the silent ones are told and closed, and counted in the log"""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    before, lines = refused(lab, SILENT), len(lab.events("connection_refused"))
    silent = [open_socket(lab) for _ in range(5000)]
    still_fine(lab)
    assert refused(lab, SILENT) < before + 5000, "a login waited for the silent ones"
    assert all(b"C08006\0" in (ending(s, 8) or b"") for s in silent), "some stay open, or without a word"
    for s in silent:
        s.close()
    wait_for(lambda: refused(lab, SILENT) == before + 5000, 8, "all of them in the log")
    assert len(lab.events("connection_refused")) <= lines + 8, "a line for each of them"
    still_fine(lab)


def keepalives(port, remote):
    """Of our side's connections from this port, or to it: seconds until the kernel asks whether the other side is there;
    None: it never does."""
    out = []
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        ends = [int(end.split(":")[1], 16) for end in words[1:3]]
        timer, when = (int(x, 16) for x in words[5].split(":"))
        if words[3] == "01" and ends[remote] == port:
            out.append(when / os.sysconf("SC_CLK_TCK") if timer == 2 else None)
    return out


def test_keep_alive(lab):
    """who vanishes without a word is noticed: TCP keep-alive to clients and to the server, within two minutes"""
    c = lab.raw("erin")
    c.ask("select 1")
    time.sleep(0.3)     # what is under way has a timer of its own
    for port, remote in ((lab.port, False), (lab.pg.port, True)):
        seen = keepalives(port, remote)
        assert seen and all(s is not None and s <= 60 for s in seen), (port, seen)
    c.drop()


def test_large_statement(lab):
    """SQL over max_statement is opaque and held; a held message over max_held is refused"""
    c = lab.raw()
    c.query("select 1 -- " + "x" * 1_200_000)
    held = c.until("NZ", 10)
    assert held.notices, held
    c.cancel()
    assert c.answer().error == "57014"
    c.query("delete from staging.scratch where note = '" + "y" * 900_000 + "'")
    assert c.until("NZ", 10).notices
    c.cancel()
    assert c.answer().error == "57014"
    c.extended("delete from staging.scratch where note = $1", ["z" * 3_000_000])
    a = c.until("EZ", 10)
    assert a.errors, a
    still_fine(lab)


def test_deep_nesting(lab):
    """nesting and comments that would hurt a parser are opaque, quickly"""
    c = lab.raw()
    for sql in ("select " + "(" * 20000 + "1" + ")" * 20000, "select " + "/*" * 40000 + " 1 " + "*/" * 40000,
                "select " + "-" * 30000 + "1", "select 1" + " + 1" * 30000):
        begun = time.monotonic()
        c.query(sql)
        a = c.until("NZE", 10)
        assert time.monotonic() - begun < 4 * LOADED, sql[:20]
        if a.notices and not a.types.endswith("Z"):
            c.cancel()
            c.answer()
        elif not a.types.endswith("Z"):
            c.answer()
    still_fine(lab)


def test_slow_reader(lab):
    """a client that does not read stops its own stream only, and costs no memory"""
    c, gate = lab.raw("erin"), next(iter(lab.pids("gate")))
    c.query("select repeat('q', 1000) from generate_series(1, 200000)")
    time.sleep(1)
    with open(f"/proc/{gate}/status", encoding="ascii") as f:
        kb = int([x for x in f if x.startswith("VmRSS")][0].split()[1])
    assert kb < 100_000, kb
    still_fine(lab)
    assert len(c.answer(60).rows) == 200000


def test_hoarder(lab):
    """portals of labelled reads, each with values of its own, cannot fill the gate's memory"""
    c, gate = lab.raw("agent-7"), next(iter(lab.pids("gate")))
    c.ask("begin")
    c.write(wire.parse("select id from customers where email = $1", "s") + wire.FLUSH)
    for n in range(400):
        c.write(wire.bind(["x" * 200_000], f"p{n}", "s"))
    c.write(wire.SYNC)
    answer = c.answer(30)
    assert answer.error == "54000" and "portals" in answer.errors[0]["M"], str(answer)
    with open(f"/proc/{gate}/status", encoding="ascii") as f:
        kb = int([x for x in f if x.startswith("VmRSS")][0].split()[1])
    assert kb < 100_000, kb
    still_fine(lab)


def test_guesser(lab):
    """a token guesser is slowed down; the right token of another identity works meanwhile"""
    refusals = []
    for n in range(40):
        try:
            lab.raw("agent-8", token=f"slt_guess{n}")
        except wire.Refused as no:
            refusals.append(str(no))
        except (wire.Closed, wire.TooLate) as why:
            refusals.append(type(why).__name__)
    assert len(refusals) == 40
    assert any("28P01" not in r or "many" in r for r in refusals), refusals[-1]
    wait_for(lambda: any("identity=agent-8" in x for x in lab.events("sign_in_failure")), 3, "the log line")


def change(config):
    config["timeouts"]["login"] = "3s"
    config["max_held"] = "2MB"


LAB = {"change": change}
