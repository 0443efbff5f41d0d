"""psql, unmodified."""

import re
import signal
import time

from lab import LOADED, wait_for

# Not here: \\db+ needs a right that the shop's role does not have.
BACKSLASH = r"""\d
\d customers
\d+ customers
\d payments
\d+ orders
\dt
\dt+
\dt *.*
\di
\di+
\ds
\dv
\dm
\dE
\dn
\dn+
\df
\df+
\da
\deu
\dRs
\du
\du+
\dg
\l
\l+
\dp
\z customers
\dT
\dT+
\dD
\dx
\dx+
\db
\dc
\dC
\dd
\ddp
\des
\det
\dew
\dF
\dFd
\dFp
\dFt
\dL
\dA
\dAc
\dAf
\dAo
\dAp
\do
\dO
\dP
\drds
\dRp
\dX
\dy
\dconfig work_mem
\sf pg_catalog.abs(integer)
\sv pg_catalog.pg_tables
\conninfo
\encoding
\timing
\set"""


def test_commands(lab):
    """-c, several -c, several statements in one -c, exit codes"""
    assert lab.psql("select 41 + 1").out == "42\n"
    done = lab.psql("-c", "select 1; select 2", "-c", "select 3")
    assert (done.rc, done.out) == (0, "1\n2\n3\n"), done
    done = lab.psql("select no_such_column from orders")
    assert done.rc == 1 and "no_such_column" in done.err, done
    done = lab.psql("-v", "ON_ERROR_STOP=1", input="select 1/0;\nselect 2;\n")
    assert done.rc == 3 and "division by zero" in done.err and "2" not in done.out, done


def test_backslash(lab):
    """the backslash commands flow unheld"""
    held = []
    for command in BACKSLASH.splitlines():
        done = lab.psql("-c", "set sluice.wait = '1ms'", "-c", command, user="nightly")
        if "held" in done.err or "ERROR" in done.err:
            held.append(f"{command}: {' '.join(done.err.split())[:220]}")
    assert not held, "\n".join(held)


def test_transactions(lab):
    """transactions, savepoints, errors inside them"""
    done = lab.psql(input="""begin; insert into staging.wide values (1, 'a'); savepoint s;
insert into staging.wide values (2, 'b'); rollback to s; insert into staging.wide values (3, 'c'); commit;
select string_agg(body, ',' order by id) from staging.wide;
begin; insert into staging.wide values (4, 'd'); select 1/0; insert into staging.wide values (5, 'e'); commit;
select count(*) from staging.wide; delete from staging.wide;""")
    assert done.out.split() == ["a,c", "2"], done
    assert "current transaction is aborted" in done.err, done


def test_cursor(lab):
    """FETCH_COUNT, a cursor underneath"""
    done = lab.psql("-v", "FETCH_COUNT=100", "-c", "select id from orders order by id")
    assert done.out.split() == [str(n) for n in range(1, 1001)], done.err


def test_copy_in_and_out(lab):
    """\\copy in and out"""
    rows = "".join(f"{n}\trow {n}\n" for n in range(1, 5001))
    (lab.folder / "rows").write_text(rows)
    done = lab.psql("-c", f"\\copy staging.wide from '{lab.folder}/rows'",
                    "-c", f"\\copy (select * from staging.wide order by id) to '{lab.folder}/back'")
    assert done.rc == 0, done
    assert (lab.folder / "back").read_text() == rows
    done = lab.psql("\\copy staging.wide from stdin", input="this is no number\tx\n\\.\n")
    assert done.rc != 0 and "invalid input syntax" in done.err, done
    lab.pg.sql("truncate staging.wide")


def test_timing_and_formats(lab):
    """\\timing, \\gx, \\gdesc, \\watch-like repeats, \\errverbose"""
    done = lab.psql(input="\\timing on\nselect 1;\n\\timing off\nselect 7 as seven \\gx\nselect 1::int as n \\gdesc\n"
                          "select 1/0;\n\\errverbose\n")
    assert "Time:" in done.out and "seven|7" in done.out and "n|integer" in done.out, done
    assert "22012" in done.err, done


def test_interrupt(lab):
    """Ctrl-C cancels the running statement, and the session goes on"""
    child = lab.psql_start("-c", "select pg_sleep(30)", "-c", "select 'after'")
    wait_for(lambda: lab.ran("pg_sleep.30"), 5)
    begun = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    assert time.monotonic() - begun < 5 * LOADED and "canceling statement" in err, (out, err)


def test_interrupt_held(lab):
    """Ctrl-C ends a held statement and its approval"""
    child = lab.psql_start("-c", "delete from staging.scratch where id = 99")
    held = lab.pending_one("agent-7", like="id = 99")
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    assert "canceling statement" in err and held["id"] in err, err
    assert lab.approval(held["id"])["state"] == "cancelled"
    assert lab.ran("id = 99") == 0


def test_held(lab):
    """a hold: the notice says what, who and where; the answer comes after the yes"""
    child = lab.psql_start("-c", "copy customers to stdout")
    held = lab.pending_one("agent-7", like="^copy")
    lab.approve("rita", held["id"])
    out, err = child.communicate(timeout=10)
    assert child.returncode == 0 and out.count("\n") == 400, (out[:100], err)
    assert held["id"] in err and "bob, rita" in err and held["link"] in err, err


def test_denied(lab):
    """a denial names the rule and gives a hint"""
    done = lab.psql("drop table orders")
    assert done.rc == 1 and "agents never drop" in done.err and "HINT" in done.err, done
    child = lab.psql_start("-c", "delete from staging.scratch where id = 98", "-c", "select 'goes on'")
    lab.deny("bob", lab.pending_one("agent-7", like="id = 98")["id"], "wrong table")
    out, err = child.communicate(timeout=10)
    assert "wrong table" in err and "bob" in err and lab.ran("id = 98") == 0, err


def test_start_up(lab):
    """a wrong database, a wrong token, an identity without access"""
    done = lab.psql("select 1", database="nowhere")
    assert done.rc == 2 and "nowhere" in done.err, done
    done = lab.psql("select 1", token="slt_wrong")
    assert done.rc == 2 and "authentication failed" in done.err, done
    done = lab.psql("select 1", user="nobody-such", token="slt_wrong")
    assert done.rc == 2 and "authentication failed" in done.err, done


def test_application_name(lab):
    """the server's log joins the ledger by application_name"""
    lab.psql("select 'who am i'")
    entry = [e for e in lab.server_log("agent-7") if "who am i" in e.sql][-1]
    assert re.fullmatch(r"sluice:agent-7:\d+", entry.app), entry
