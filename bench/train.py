"""Exercises a build that counts its branches, so that the next one is laid out by what serving is (script/build --trained).

It is not the benchmark: lookups are one part beside transactions that write, pages, bulk results, sessions that come
and go, statements that fail, and some that are held and approved.
"""
import argparse
import os
import pathlib
import subprocess
import sys

import run
from stage import PG, Stage

SCRIPTS = {  # what applications say, for pgbench; the numbers are those of its own tables
    "pages": """\\set n random(1, 400000)
select aid, abalance from pgbench_accounts where aid between :n and :n + 20 order by aid;
select b.bid, count(*), sum(a.abalance) from pgbench_accounts a join pgbench_branches b using (bid)
    where a.aid between :n and :n + 50 group by b.bid;
""",
    "transaction": """\\set n random(1, 400000)
begin;
select abalance from pgbench_accounts where aid = :n for update;
update pgbench_accounts set abalance = abalance + 1 where aid = :n;
insert into pgbench_history (tid, bid, aid, delta, mtime) values (1, 1, :n, 1, now());
commit;
""",
}
MADE = {"gate": "src/role/gate/sluice-gate.p", "keeper": "src/role/keeper/sluice-keeper.p",
        "judge": "src/role/judge/sluice-judge.p", "what they share": "src/base/libbase.a.p"}
FAILING = ("select 1 / 0", "select aid from pgbench_accounts where aid = 'one'", "begin; select 1 / 0; select 1; rollback")


def say(what):
    print(f"train: {what}", flush=True)


def load(stage, seconds, *options):
    subprocess.run([f"{PG}/pgbench", "-n", *options, "-c", "8", "-j", "1", "-T", str(seconds), "-h", "127.0.0.1", "-p",
                    str(stage.gate), "-U", "app", "bench"], env={**os.environ, "PGPASSWORD": stage.token},
                   stdout=subprocess.DEVNULL, check=True)


def ask(stage, *statements):
    """One psql session; what it is told does not matter."""
    subprocess.run(["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(stage.gate), "-U", "app", "-d", "bench",
                    *(word for sql in statements for word in ("-c", sql))],
                   env={**os.environ, "PGPASSWORD": stage.token},
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)


def exercise(stage, seconds):
    for mode in ("simple", "prepared", "extended"):
        say(f"lookups, {mode}")
        load(stage, seconds, "-S", "-M", mode)
        for name, text in SCRIPTS.items():
            say(f"{name}, {mode}")
            script = pathlib.Path(stage.path(f"{name}.sql"))
            script.write_text(text)
            load(stage, max(1, seconds // 2), "-f", script, "-M", mode)
    say("bulk results")
    for sql in ("select id, filler from big", "copy big to stdout"):
        run.bulk(stage, "sluice", sql)
    say("sessions, and what fails in them")
    for _ in range(20):
        ask(stage, "select 1", *FAILING)
    say("what is held, and approved")
    run.releases(stage, 10)


def check(build):
    for name, folder in MADE.items():
        if not any(pathlib.Path(build, folder).glob("*.gcda")):
            sys.exit(f"train: {name} left no counts in {build}/{folder}: it did not end in good order")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="build-trained")
    options.add_argument("--seconds", type=int, default=3, help="for each kind of load")
    given = options.parse_args()
    with Stage(given.build, sandbox="best-effort") as stage:
        exercise(stage, given.seconds)
    check(given.build)


if __name__ == "__main__":
    main()
