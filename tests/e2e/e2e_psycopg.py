"""psycopg2, Debian's, which is libpq underneath."""

import io
import select
import threading
import time

import psycopg2
import psycopg2.extras
from lab import LOADED, wait_for


def test_basics(lab):
    """parameters, types, transactions by default"""
    with lab.connect("erin") as c, c.cursor() as cursor:
        cursor.execute("select %s::int + 1, %s::text, %s::date, null", (41, "it's", "2026-02-03"))
        row = cursor.fetchone()
        assert row[:2] == (42, "it's") and row[3] is None and row[2].year == 2026, row
        cursor.execute("insert into staging.wide values (%s, %s)", (1, "x"))
        c.rollback()
        cursor.execute("select count(*) from staging.wide")
        assert cursor.fetchone() == (0,)


def test_server_side_cursor(lab):
    """a named cursor in portions"""
    with lab.connect("erin") as c, c.cursor(name="orders_cursor") as cursor:
        cursor.itersize = 150
        cursor.execute("select id from orders order by id")
        assert [r[0] for r in cursor] == list(range(1, 1001))


def test_executemany(lab):
    """executemany and execute_values"""
    with lab.connect("erin") as c, c.cursor() as cursor:
        cursor.executemany("insert into staging.wide values (%s, %s)", [(n, f"v{n}") for n in range(100)])
        psycopg2.extras.execute_values(cursor, "insert into staging.wide values %s",
                                       [(n, f"v{n}") for n in range(100, 1000)])
        c.commit()
        cursor.execute("select count(*), sum(id) from staging.wide")
        assert cursor.fetchone() == (1000, sum(range(1000)))
    lab.pg.sql("truncate staging.wide")


def test_copy(lab):
    """copy_expert in both directions"""
    text = "".join(f"{n}\t{'y' * 50}\n" for n in range(20000))
    with lab.connect("erin") as c, c.cursor() as cursor:
        cursor.copy_expert("copy staging.wide from stdin", io.StringIO(text))
        back = io.StringIO()
        cursor.copy_expert("copy (select * from staging.wide order by id) to stdout", back)
        assert back.getvalue() == text
        c.rollback()


def test_notify(lab):
    """LISTEN and NOTIFY, also while idle"""
    c, other = lab.connect("erin"), lab.connect("carol")
    c.autocommit = other.autocommit = True
    c.cursor().execute("listen news")
    other.cursor().execute("notify news, 'it works'")
    there = select.poll()       # other than select() it takes any number of descriptor
    there.register(c, select.POLLIN)
    assert there.poll(5000), "nothing came"
    c.poll()
    assert [(n.channel, n.payload) for n in c.notifies] == [("news", "it works")]


def test_large(lab):
    """a value of 100 MB passes in both directions' worth, and memory of the gate stays small"""
    gate = next(iter(lab.pids("gate")))

    def resident_kb():
        with open(f"/proc/{gate}/status", encoding="ascii") as f:
            return int([x for x in f if x.startswith("VmRSS")][0].split()[1])
    before = resident_kb()
    with lab.connect("erin") as c, c.cursor() as cursor:
        cursor.execute("select repeat('z', 100000000)")
        value = cursor.fetchone()[0]
        assert len(value) == 100_000_000 and value.count("z") == 100_000_000
        cursor.execute("select length(%s)", ("w" * 800_000,))
        assert cursor.fetchone() == (800_000,)
    assert resident_kb() - before < 40_000, (before, resident_kb())


def test_cancel(lab):
    """cancel() from another thread"""
    c = lab.connect("erin")
    timer = threading.Timer(0.5, c.cancel)
    timer.start()
    begun = time.monotonic()
    try:
        c.cursor().execute("select pg_sleep(20)")
        raise AssertionError("it was not cancelled")
    except psycopg2.errors.QueryCanceled:
        assert time.monotonic() - begun < 5 * LOADED
    c.rollback()
    c.cursor().execute("select 1")


def test_held(lab):
    """a hold inside the driver's own transaction: approved, runs once"""
    c = lab.connect()
    done = []

    def work():
        with c.cursor() as cursor:
            cursor.execute("insert into staging.scratch values (%s, %s)", (5, "five"))
            c.commit()
            done.append(cursor.rowcount)
    thread = threading.Thread(target=work)
    thread.start()
    held = lab.pending_one("agent-7")
    assert not done and lab.ran("five") == 0
    lab.approve("rita", held["id"])
    thread.join(10)
    assert done == [1] and lab.ran("five") == 1
    assert any(held["id"] in n for n in c.notices), c.notices


def test_denied(lab):
    """a denial is an InsufficientPrivilege with rule, person and reason"""
    c = lab.connect()
    said = []

    def work():
        try:
            c.cursor().execute("delete from staging.scratch where id = 6")
        except psycopg2.errors.InsufficientPrivilege as why:
            said.append(why)
    thread = threading.Thread(target=work)
    thread.start()
    lab.deny("rita", lab.pending_one("agent-7")["id"], "ask finance first")
    thread.join(10)
    assert said and "ask finance first" in str(said[0]) + (said[0].diag.message_detail or ""), said
    c.rollback()
    c.cursor().execute("select 1")


def test_disconnect_and_rejoin(lab):
    """a client that goes away keeps its place: the approval says so, the repeat spends it"""
    sql = "delete from staging.scratch where id = 7"
    child = lab.psql_start("-c", sql)
    held = lab.pending_one("agent-7")
    child.kill()
    child.wait()
    wait_for(lambda: lab.approval(held["id"])["client_gone"], 5, "client gone")
    lab.approve("bob", held["id"])
    done = lab.psql(sql)
    assert done.rc == 0 and lab.ran("id = 7$") == 1, done
    assert lab.approval(held["id"])["state"] == "spent"
