"""pgbench in its three protocols, with scripts that read and write."""

import re
import subprocess
import time

WRITE = """\\set n random(1, 1000)
begin;
insert into staging.wide values (:n, 'written');
update staging.wide set body = 'changed' where id = :n;
select body from staging.wide where id = :n limit 1;
end;
"""


def pgbench(lab, *args):
    done = subprocess.run(["pgbench", "-n", *args], capture_output=True, text=True, timeout=60, check=False,
                          env=lab.client_environment("erin"))
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"number of transactions actually processed: (\d+)", done.stdout)
    assert "number of failed transactions: 0 " in done.stdout, done.stdout
    return int(found.group(1))


def test_select(lab):
    """-S in simple, extended and prepared: every transaction is answered and logged by the server"""
    for protocol in ("simple", "extended", "prepared"):
        before = lab.ran("SELECT abalance")
        count = pgbench(lab, "-S", "-M", protocol, "-c", "4", "-t", "200")
        assert count == 800, count
        assert lab.ran("SELECT abalance") - before == 800, protocol


def test_write(lab):
    """a script that writes, in simple, extended and prepared"""
    (lab.folder / "write.sql").write_text(WRITE)
    for protocol in ("simple", "extended", "prepared"):
        assert pgbench(lab, "-f", str(lab.folder / "write.sql"), "-M", protocol, "-c", "3", "-t", "50") == 150
    assert lab.pg.sql("select count(*) from staging.wide") == "450"


def test_pipeline(lab):
    """\\startpipeline and \\endpipeline"""
    (lab.folder / "pipe.sql").write_text("\\startpipeline\nselect 1;\nselect 2;\nselect 3;\n\\endpipeline\n")
    assert pgbench(lab, "-f", str(lab.folder / "pipe.sql"), "-M", "extended", "-c", "2", "-t", "100") == 200


def test_reconnect(lab):
    """-C: a connection for each transaction"""
    assert pgbench(lab, "-S", "-C", "-c", "2", "-t", "30") == 60


def test_recorded(lab):
    """what pgbench did is counted in the ledger"""
    lab.psql("select 'last words of this row'", user="erin")
    time.sleep(1.5)
    assert lab.files_with("last words of this row", ("state/ledger/tile",)), "not in the ledger"
