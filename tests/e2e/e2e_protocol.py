"""The protocol itself: our own client close to the bytes, and libpq's pipeline mode."""

import ctypes
import ctypes.util
import re
import resource
import struct
import threading
import time

import wire
from lab import wait_for


def test_named(lab):
    """prepared statements and portals by name, row limits, Close"""
    c = lab.raw("erin")
    c.write(wire.parse("select id from orders where id <= $1 order by id", "s", [23]) + wire.describe(b"S", "s") +
            wire.SYNC)
    assert c.answer().types == "1tTZ"
    c.write(wire.message(b"Q", wire.text("begin")))
    c.answer()
    c.write(wire.bind([10], "p", "s") + wire.execute("p", 4) + wire.SYNC)
    a = c.answer()
    assert (len(a.rows), a.types[-2:]) == (4, "sZ"), a.types
    c.write(wire.execute("p", 4) + wire.execute("p", 0) + wire.SYNC)
    a = c.answer()
    assert [r[0] for r in a.rows] == ["5", "6", "7", "8", "9", "10"] and "C" in a.types, a
    c.write(wire.close(b"P", "p") + wire.close(b"S", "s") + wire.SYNC)
    assert c.answer().types == "33Z"
    c.write(wire.bind([10], "p", "s") + wire.SYNC)
    assert c.answer().error == "26000"
    c.ask("rollback")


def test_errors_skip(lab):
    """an error in a pipeline skips to Sync; what follows runs"""
    c = lab.raw("erin")
    c.write(wire.parse("select 1/0") + wire.bind() + wire.execute() + wire.parse("select 2") + wire.bind() +
            wire.execute() + wire.SYNC + wire.parse("select 3") + wire.bind() + wire.execute() + wire.SYNC)
    a, b = c.answer(), c.answer()
    assert a.error == "22012" and not a.rows and b.rows == [["3"]], (a, b)


def test_deep_pipeline(lab):
    """2,000 statements sent before one answer is read"""
    c = lab.raw("erin")
    def send():
        for n in range(2000):
            c.write(wire.parse(f"select {n}") + wire.bind() + wire.execute() + wire.SYNC)
    sender = threading.Thread(target=send)
    sender.start()
    for n in range(2000):
        assert c.answer(20).rows == [[str(n)]], n
    sender.join()


def test_byte_by_byte(lab):
    """a client whose bytes come one at a time"""
    c = lab.raw("erin")
    for b in wire.query("select 'slowly'") + wire.parse("select 'spoken'") + wire.bind() + wire.execute() + wire.SYNC:
        c.write(bytes([b]))
    assert c.answer().rows == [["slowly"]] and c.answer().rows == [["spoken"]]


def test_empty_and_unknown(lab):
    """empty query, several statements, a syntax error's position"""
    c = lab.raw("erin")
    assert c.ask("").types == "IZ"
    assert c.ask("select 1; select 2, 3").rows == [["1"], ["2", "3"]]
    a = c.ask("select * from orders where no_column = 1")
    assert a.error == "42703" and a.errors[0]["P"] == "28", a.errors
    assert c.ask("select 4").status == "I"


def test_copy_fail(lab):
    """COPY IN that the client fails, and one inside the extended protocol"""
    c = lab.raw("erin")
    c.query("copy staging.wide from stdin")
    c.until("G")
    c.write(wire.message(b"d", b"1\tone\n") + wire.message(b"f", wire.text("no more")))
    assert c.answer().error == "57014"
    c.write(wire.parse("copy staging.wide from stdin") + wire.bind() + wire.execute() + wire.FLUSH)
    c.until("G")
    c.write(wire.message(b"d", b"1\tone\n") + wire.message(b"c") + wire.SYNC)
    assert c.answer().tags == ["COPY 1"]
    assert c.ask("delete from staging.wide").tags == ["DELETE 1"]


def test_settings(lab):
    """SET sluice.* is answered by the gate and never sent; SHOW tells it"""
    c = lab.raw("erin")
    assert c.ask("set sluice.reason = 'it''s ticket 12'").tags == ["SET"]
    assert c.ask("show sluice.reason").rows == [["it's ticket 12"]]
    assert c.ask("set sluice.run = 'nightly-7'").tags == ["SET"]
    assert c.ask("set sluice.wait = 'soon'").error == "22023"
    assert c.ask("set sluice.nothing = 'x'").error == "22023"
    assert not [e for e in lab.server_log(kinds=None) if "sluice.reason" in e.sql]


def test_cancel_keys(lab):
    """somebody else's cancel key, an invented one and the server's own do nothing"""
    c, other = lab.raw("erin"), lab.raw("carol")
    c.query("select pg_sleep(2)")
    wait_for(lambda: lab.ran(r"pg_sleep\(2\)"), 5)
    other.cancel()
    c.cancel((c.key[0], c.key[1] ^ 1))
    backend = [e for e in lab.server_log("erin") if "pg_sleep(2)" in e.sql][-1].pid
    c.cancel((backend, c.key[1]))
    assert c.answer().error is None
    c.query("select pg_sleep(20)")
    wait_for(lambda: lab.ran(r"pg_sleep\(20\)"), 5)
    c.cancel()
    assert c.answer(5).error == "57014"


def test_start_up_refusals(lab):
    """GSSENC is refused with N, an old protocol and replication with a clear error"""
    raw = wire.Raw("127.0.0.1", lab.port, "", "", "", login=False)
    raw.write(struct.pack("!ii", 8, 80877104))
    assert raw.sock.recv(1) == b"N"
    raw.write(wire.startup_packet({"user": "erin", "database": "finance"}))
    raw.login(lab.token("erin"))
    assert raw.ask("select 1").rows == [["1"]]
    raw.close()
    for options, word in (({"replication": "database"}, "replication"), ({"replication": "true"}, "replication"),
                          ({"options": "-c session_replication_role=replica"}, "session_replication_role|option"),
                          ({"search_path": "staging"}, "")):
        try:
            c = lab.raw("erin", options=options)
        except wire.Refused as no:
            assert word and re.search(word, str(no)), (options, no)
        else:
            assert not word, f"accepted {options}"
            c.close()
    raw = wire.Raw("127.0.0.1", lab.port, "", "", "", login=False)
    raw.write(wire.startup_packet({"user": "erin", "database": "finance"}, version=2 << 16))
    kind, body = raw.receive()
    assert kind == "E", (kind, body)


def test_newer_minor(lab):
    """protocol 3.2 is negotiated down"""
    raw = wire.Raw("127.0.0.1", lab.port, "", "", "", login=False)
    raw.write(wire.startup_packet({"user": "erin", "database": "finance", "_pq_.new": "1"}, version=(3 << 16) + 2))
    kind, body = raw.receive()
    assert kind == "v" and struct.unpack_from("!i", body)[0] in (3 << 16, 0), (kind, body)


def test_fastpath(lab):
    """fastpath is refused and the session goes on"""
    c = lab.raw("erin")
    c.write(wire.message(b"F", struct.pack("!ihhih", 1598, 0, 0, 0, 0)))
    a = c.answer()
    assert a.error in ("0A000", "42501"), a
    assert c.ask("select 1").rows == [["1"]]
    assert not lab.ran("", kinds=("fastpath function call",))


def test_session_settings(lab):
    """what a client pins for itself works: DateStyle, time zone, application_name, search_path"""
    c = lab.raw("erin", options={"DateStyle": "German", "TimeZone": "UTC", "application_name": "mine"})
    assert c.ask("select date '2026-02-01'").rows == [["01.02.2026"]]
    assert c.ask("set search_path = staging").tags == ["SET"]
    assert c.ask("select count(*) from wide").rows == [["0"]]
    assert c.ask("set time zone 'Europe/Paris'").tags == ["SET"]
    assert c.parameters.get("TimeZone") == "Europe/Paris", c.parameters


# --- libpq's pipeline mode ----------------------------------------------------------------------

def libpq():
    lib = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    for name in ("PQconnectdb", "PQgetResult"):
        getattr(lib, name).restype = ctypes.c_void_p
    for name in ("PQgetvalue", "PQresultErrorField", "PQerrorMessage"):
        getattr(lib, name).restype = ctypes.c_char_p
    return lib


class Pipeline:
    def __init__(self, lab, user):
        self.lib = libpq()
        dsn = f"host=127.0.0.1 port={lab.port} user={user} dbname=finance password={lab.token(user)}"
        self.c = ctypes.c_void_p(self.lib.PQconnectdb(dsn.encode()))
        assert self.lib.PQstatus(self.c) == 0, self.lib.PQerrorMessage(self.c)
        assert self.lib.PQenterPipelineMode(self.c) == 1
        silent = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)
        self.notices = []
        self.keep = silent(lambda _, text: self.notices.append(text.decode()))
        self.lib.PQsetNoticeProcessor(self.c, self.keep, None)

    def send(self, sql):
        assert self.lib.PQsendQueryParams(self.c, sql.encode(), 0, None, None, None, None, 0) == 1

    def results(self):
        """Up to the sync: each value, SQLSTATE, "aborted" or tag."""
        assert self.lib.PQpipelineSync(self.c) == 1
        out = []
        while True:
            result = self.lib.PQgetResult(self.c)
            if not result:
                continue
            r = ctypes.c_void_p(result)
            status = self.lib.PQresultStatus(r)
            if status == 2:
                out.append(self.lib.PQgetvalue(r, 0, 0).decode())
            elif status == 7:
                out.append(self.lib.PQresultErrorField(r, ord("C")).decode())
            elif status == 11:
                out.append("aborted")
            elif status == 1:
                out.append("done")
            self.lib.PQclear(r)
            if status == 10:
                return out


def test_pipeline_mode(lab):
    """libpq's pipeline mode: values, an error, what is skipped, and again"""
    p = Pipeline(lab, "erin")
    for n in range(50):
        p.send(f"select {n}")
    assert p.results() == [str(n) for n in range(50)]
    p.send("select 1")
    p.send("select 1/0")
    p.send("select 2")
    assert p.results() == ["1", "22012", "aborted"]
    p.send("select 3")
    assert p.results() == ["3"]
    p.lib.PQfinish(p.c)


def test_pipeline_mode_held(lab):
    """libpq's pipeline mode: a hold in the middle, approved and denied"""
    for decide, wanted in ((lab.approve, ["1", "done", "2"]), (lab.deny, ["1", "42501", "aborted"])):
        p, got = Pipeline(lab, "agent-7"), []
        for sql in ("select 1", "delete from staging.scratch where id = 31", "select 2"):
            p.send(sql)
        thread = threading.Thread(target=lambda: got.extend(p.results()))
        thread.start()
        held = lab.pending_one("agent-7", like="id = 31")
        time.sleep(0.1)
        assert not got
        decide("rita", held["id"])
        thread.join(10)
        assert got == wanted, got
        assert any(held["id"] in n for n in p.notices), p.notices
        p.lib.PQfinish(p.c)
    assert lab.ran("id = 31") == 1


def test_slow_behind_long(lab):
    """what the server has sent of a long result is there, though it thinks about the rest"""
    c = lab.raw("erin")
    for _ in range(3):  # the gate has just read in large pieces, or is back at small ones
        c.query("select repeat('x', 999) from generate_series(1, 4000) union all select pg_sleep(20)::text")
        rows = 0
        while rows < 3990:  # the server keeps up to 8 kB back
            rows += c.receive(10)[0] == "D"
        c.cancel()
        assert c.answer().error == "57014"
    assert c.ask("select 1").rows == [["1"]]


def test_long_again_and_again(lab):
    """long results one after the other, and short ones between, lose nothing"""
    c = lab.raw("erin")
    for kilobytes in (1, 1023, 1024, 1025, 5000, 64, 3000):
        a = c.ask(f"select repeat('x', 1000) from generate_series(1, {kilobytes})", 30)
        assert len(a.rows) == kilobytes and all(r == ["x" * 1000] for r in a.rows)
        a = c.ask(f"copy (select repeat('x', 1000) from generate_series(1, {kilobytes})) to stdout", 30)
        assert len(a.copied) == kilobytes * 1001, len(a.copied)
        assert c.ask("select 1", 30).rows == [["1"]]


def test_many_sessions(lab):
    """100 sessions at once: all answer, and all are gone afterwards"""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    sessions = [lab.raw("erin") for _ in range(100)]
    for n, c in enumerate(sessions):
        c.query(f"select {n}")
    for n, c in enumerate(sessions):
        assert c.answer().rows == [[str(n)]]
    assert lab.status()["status"]["sessions"] >= 100
    for c in sessions:
        c.close()
    wait_for(lambda: lab.status()["status"]["sessions"] < 100, 5)
