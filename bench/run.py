"""Measures Sluice against direct connections and PgBouncer's session mode, interleaved, in one run.

Quotes medians of the ratios within a round, so that a machine whose speed drifts does not matter.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

import console
from stage import PASSWORD, PG, Stage, cpu_us

LIMITS = {  # name of a figure -> (comparison, what was asked for)
    "cpu per transaction, all of Sluice / PgBouncer": ("<=", 1.15),
    "cpu per transaction, gate / PgBouncer": ("<=", 1.05),
    "throughput, Sluice / PgBouncer": (">=", 0.90),
    "cpu, all of Sluice / PgBouncer": ("<=", 0.85),
    "keeper per statement, us": ("<=", 2.0),
    "approve to first byte, ms": ("<=", 2.0),
    "user-space memory per idle session, kB": ("<=", 7.0),
    "lineage of a statement in a transaction, us": ("<=", 1.0),
    **{f"{name}, ms": ("<=", 50.0) for name in ("up", "down", "who", "path", "impact")},
    "first paint, ms": ("<=", 500),
    "request to 200 open consoles, the last, ms": ("<=", 200),
    **{f"{name}, ms to the next paint": ("<=", 100) for name in [*console.DEEDS, *console.STEPS]},
    "listing of 1,000 relations, ms": ("<=", 2000),
    "listing of 1,000 relations, MB": ("<=", 16.0),
    "judge, pgbench select, us beyond the parse": ("<=", 5.0),
    "judge, pgbench update, us beyond the parse": ("<=", 5.0),
    "judge, pgbench insert, us beyond the parse": ("<=", 5.0),
    "judge, analytic, 30 lines, us": ("<=", 150.0),
    **{f"token unseen, {name}, us": ("<=", 150.0) for name in ("RS256", "PS256", "ES256", "EdDSA")},
    "token seen, us": ("<=", 5.0),
    **{f"gate, pgbench {name} again, us": ("<=", 0.3) for name in ("select", "update", "insert")},
}


PARTS = ["judge", "tokens", "simple", "prepared", "bulk", "release", "idle", "catalog", "lineage", "console"]


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, figure, value, spread=""):
        comparison, limit = LIMITS.get(figure, ("", None))
        verdict = ""
        if limit is not None:
            met = value <= limit if comparison == "<=" else value >= limit
            verdict = f"{comparison} {limit}  {'met' if met else 'MISSED'}"
        self.rows.append({"what": what, "figure": figure, "value": round(value, 3), "asked": verdict.strip()})
        print(f"  {figure:<50} {value:10.2f} {spread:>16}  {verdict}", flush=True)


def spread(values):
    return f"{min(values):.2f}..{max(values):.2f}"


def watched(stage):
    roles = stage.roles()
    gate = roles["gate"]
    everything = [pid for pids in roles.values() for pid in pids]
    return {"gate": gate, "keeper": roles["keeper"], "all": everything, "pgbouncer": [stage.bouncer_process.pid]}


def pgbench(stage, way, mode, clients, seconds):
    port, password = stage.ways()[way]
    before = {name: cpu_us(pids) for name, pids in watched(stage).items()}
    out = subprocess.run([f"{PG}/pgbench", "-n", "-S", "-M", mode, "-c", str(clients), "-j", "1", "-T", str(seconds),
                          "-h", "127.0.0.1", "-p", str(port), "-U", "app", "bench"],
                         env={**os.environ, "PGPASSWORD": password}, capture_output=True, text=True)
    time.sleep(0.3)  # what the keeper still has to drain counts too
    after = {name: cpu_us(pids) for name, pids in watched(stage).items()}
    transactions = int(re.search(r"actually processed: (\d+)", out.stdout).group(1))
    tps = float(re.search(r"tps = ([\d.]+)", out.stdout).group(1))
    return tps, {name: (after[name] - before[name]) / transactions for name in after}


def measure_pgbench(stage, report, mode, rounds, seconds):
    print(f"\npgbench -S -M {mode}, 8 clients, {rounds} rounds of {seconds} s")
    tps_ratio, all_ratio, gate_ratio, direct_ratio = [], [], [], []
    keeper, gate, bouncer = [], [], []
    for _ in range(rounds):
        direct, _ = pgbench(stage, "direct", mode, 8, seconds)
        bouncer_tps, bouncer_cpu = pgbench(stage, "pgbouncer", mode, 8, seconds)
        tps, cpu = pgbench(stage, "sluice", mode, 8, seconds)
        tps_ratio.append(tps / bouncer_tps)
        direct_ratio.append(tps / direct)
        all_ratio.append(cpu["all"] / bouncer_cpu["pgbouncer"])
        gate_ratio.append(cpu["gate"] / bouncer_cpu["pgbouncer"])
        keeper.append(cpu["keeper"])
        gate.append(cpu["gate"])
        bouncer.append(bouncer_cpu["pgbouncer"])
    what = f"pgbench {mode}"
    for figure, values in (("cpu per transaction, all of Sluice / PgBouncer", all_ratio),
                           ("cpu per transaction, gate / PgBouncer", gate_ratio),
                           ("throughput, Sluice / PgBouncer", tps_ratio),
                           ("throughput, Sluice / direct", direct_ratio),
                           ("PgBouncer per transaction, us", bouncer), ("gate per transaction, us", gate),
                           ("keeper per statement, us", keeper)):
        report.add(what, figure, statistics.median(values), spread(values))


def bulk(stage, way, sql):
    port, password = stage.ways()[way]
    before = {name: cpu_us(pids) for name, pids in watched(stage).items()}
    subprocess.run(["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "app", "-d", "bench",
                    "-v", "FETCH_COUNT=0", "-A", "-t", "-o", "/dev/null", "-c", sql],
                   env={**os.environ, "PGPASSWORD": password}, check=True)
    after = {name: cpu_us(pids) for name, pids in watched(stage).items()}
    return {name: after[name] - before[name] for name in after}


def measure_bulk(stage, report, name, sql, rounds):
    print(f"\n{name}, {rounds} rounds")
    ratios, sluice, bouncer = [], [], []
    for _ in range(rounds):
        other = bulk(stage, "pgbouncer", sql)["pgbouncer"]
        ours = bulk(stage, "sluice", sql)["all"]
        ratios.append(ours / other)
        sluice.append(ours / 1000)
        bouncer.append(other / 1000)
    report.add(name, "cpu, all of Sluice / PgBouncer", statistics.median(ratios), spread(ratios))
    report.add(name, "Sluice, ms", statistics.median(sluice))
    report.add(name, "PgBouncer, ms", statistics.median(bouncer))


def call(stage, method, path, body=None):
    with open(stage.credential) as file:
        credential = json.load(file)["credential"]
    request = urllib.request.Request(stage.url + path, method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": f"Bearer {credential}",
                                              "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def pending(stage):
    for _ in range(200):
        found = [a for a in call(stage, "GET", "/v1/approvals")["approvals"] if a["state"] == "pending"]
        if found:
            return found[0]
        time.sleep(0.01)
    raise RuntimeError("nothing is held")


def releases(stage, count):
    """Milliseconds from sending the approval to the server having the bytes: its own clock, same machine."""
    delays = []
    for n in range(count):
        result = []

        def client():
            out = subprocess.run(["psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(stage.gate), "-U", "app", "-d",
                                  "bench", "-c", f"select extract(epoch from now()), value from secrets where id = {n + 1} or id = 1"],
                                 env={**os.environ, "PGPASSWORD": stage.token}, capture_output=True, text=True)
            result.append(out)

        thread = threading.Thread(target=client)
        thread.start()
        approval = pending(stage)
        sent = time.time()
        call(stage, "POST", f"/v1/approvals/{approval['id']}/decision",
             {"decision": "approve", "digest": approval["digest"], "reason": "measurement"})
        thread.join()
        delays.append((float(result[0].stdout.split("|")[0]) - sent) * 1000)
    return delays


def measure_release(stage, report, count):
    print(f"\napproval to first byte at the server, {count} held statements")
    delays = releases(stage, count)
    report.add("release", "approve to first byte, ms", statistics.median(delays), spread(delays))


def private_bytes(pid):
    with open(f"/proc/{pid}/smaps_rollup") as smaps:
        return sum(int(line.split()[1]) * 1024 for line in smaps if line.startswith(("Private_Clean", "Private_Dirty")))


def measure_idle(stage, report, count):
    print(f"\n{count} idle sessions, each bound to a server connection")
    gate = stage.roles()["gate"][0]
    script = stage.path("idle.sql")
    with open(script, "w") as file:
        file.write("select 1;\n\\sleep 600 s\n")
    before = private_bytes(gate)
    sleeper = subprocess.Popen([f"{PG}/pgbench", "-n", "-f", script, "-c", str(count), "-j", "1", "-t", "1", "-h",
                                "127.0.0.1", "-p", str(stage.gate), "-U", "app", "bench"],
                               env={**os.environ, "PGPASSWORD": stage.token}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        deadline = time.time() + 60
        while time.time() < deadline and not stage.run("status", "--config", "sluice.yaml").count(f"sessions: {count}"):
            time.sleep(0.5)
        time.sleep(1)
        grown = private_bytes(gate) - before
    finally:
        sleeper.kill()
        sleeper.wait()
    report.add("idle", "user-space memory per idle session, kB", grown / count / 1024)


WIDE = """
create function twice(n int) returns int language sql immutable as 'select n * 2';
create function note() returns trigger language plpgsql as 'begin return new; end';
select format('create table t%s (id int primary key, %s)', n, (select string_agg(format('column_%s text default %L', i,
    'value ' || i), ', ') from generate_series(1, 19) i)) from generate_series(1, 700) n \\gexec
select format('create index on t%s (lower(column_3)) where id > 0', n) from generate_series(1, 700) n \\gexec
select format('create trigger note before insert on t%s for each row execute function note()', n)
    from generate_series(1, 700) n \\gexec
select format('create view v%s as select a.*, twice(a.id) from t%s a join t%s b using (id) where b.column_2 <> %L', n, n,
    n + 1, 'x') from generate_series(1, 300) n \\gexec
select format('create function f%s(n int) returns int language plpgsql as %L', n, 'begin ' || repeat('n := n + 1; ', 30) || 'return n; end')
    from generate_series(1, 500) n \\gexec
"""


def measure_catalog(stage, report, rounds):
    """The whole listing as the gate asks for it and builds it, and the question that it asks every poll."""
    psql = ["psql", "-X", "-q", "-t", "-h", stage.path("data"), "-p", str(stage.server), "-U", "postgres"]
    subprocess.run([*psql, "-d", "postgres", "-c", "create database wide"], check=True)
    subprocess.run([*psql, "-d", "wide", "-v", "ON_ERROR_STOP=1"], input=WIDE, text=True, check=True,
                   stdout=subprocess.DEVNULL)
    where = f"host=127.0.0.1 port={stage.server} user=app password={PASSWORD} dbname=wide"
    lister = os.path.join(stage.build, "tests/catalog/list_catalog")
    read, asked = [], []
    for _ in range(rounds):
        said = {}
        for option in ("--sums", "--fingerprint"):
            said[option] = json.loads(subprocess.run([lister, where, option], check=True, capture_output=True).stdout)
        read.append(said["--sums"])
        asked.append(said["--fingerprint"]["ms"])
    print(f"\n{read[0]['relations']} relations, {read[0]['columns']} columns, {read[0]['parts']} definitions")
    times = [one["ms"] for one in read]
    report.add("catalog", "listing of 1,000 relations, ms", statistics.median(times), spread(times))
    report.add("catalog", "listing of 1,000 relations, MB", read[0]["bytes"] / 1e6)
    report.add("catalog", "question of each poll, ms", statistics.median(asked), spread(asked))


def measure_lineage(stage, report, edges, rounds):
    """Over HTTP, as a person would ask, on a view that was filled while Sluice was stopped."""
    print(f"\nlineage: a graph of {edges:,} edges, {rounds} rounds of each question")
    program = os.path.join(stage.build, "bench", "bench_lineage")
    costs = dict(line.split() for line in subprocess.run([program, "cost"], check=True, capture_output=True,
                                                         text=True).stdout.splitlines())
    report.add("lineage", "lineage of a statement that reads, us", float(costs["read"]))
    report.add("lineage", "lineage of a statement in a transaction, us", float(costs["transaction"]))
    start = []
    stage.again(lambda: start.append(subprocess.run(
        [program, "fill", stage.path("state", "sluice.db"), str(edges)], check=True, capture_output=True,
        text=True).stdout.strip()))
    first, last, third = start[0], "l10.t1.c1", "l3.t1.c1"
    questions = {"up": f"up?of={last}", "down": f"down?of={first}", "who": "who?of=l0.t1&limit=50",
                 "path": f"path?from={first}&to={third}", "impact": f"impact?of={first.rsplit('.', 1)[0]}"}
    for name, question in questions.items():
        took = []
        for _ in range(rounds):
            began = time.monotonic()
            call(stage, "GET", f"/v1/lineage/{question}")
            took.append((time.monotonic() - began) * 1000)
        report.add("lineage", f"{name}, ms", statistics.median(took), spread(took))


def measure_judge(build, report):
    """CPU of the judge alone: no server, no gate."""
    out = subprocess.run([f"{build}/bench/bench_judge"], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        name, whole, beyond = line.split("\t")
        report.add("judge", f"judge, {name}, us", float(whole))
        report.add("judge", f"judge, {name}, us beyond the parse", float(beyond))


def measure_repeat(build, report):
    out = subprocess.run([f"{build}/bench/bench_repeat"], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        name, us = line.split("\t")
        report.add("judge", f"gate, {name} again, us", float(us))


def measure_tokens(build, report):
    """CPU of the keeper's question to core/oidc: no server, no keeper."""
    out = subprocess.run([f"{build}/bench/bench_tokens"], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        name, us = line.split("\t")
        report.add("tokens", f"token {name}, us", float(us))


def measure_stage(given, wanted, report):
    with Stage(given.build) as stage:
        if "console" in wanted:
            console.measure(stage, report, given.rounds)
        for mode in ("simple", "prepared"):
            if mode in wanted:
                measure_pgbench(stage, report, mode, given.rounds, given.seconds)
        if "bulk" in wanted:
            measure_bulk(stage, report, "SELECT of 100 MB", "select id, filler from big", 3 * given.rounds)
            measure_bulk(stage, report, "COPY of 100 MB", "copy big to stdout", 3 * given.rounds)
        if "release" in wanted:
            measure_release(stage, report, 21)
        if "idle" in wanted:
            measure_idle(stage, report, 500)
        if "catalog" in wanted:
            measure_catalog(stage, report, given.rounds)
        if "lineage" in wanted:
            measure_lineage(stage, report, 1_000_000, 21)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="build")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--json", help="write the figures to this file")
    options.add_argument("--only", choices=PARTS, action="append")
    given = options.parse_args()
    wanted = given.only or PARTS
    report = Report()
    if "judge" in wanted:
        measure_judge(given.build, report)
        measure_repeat(given.build, report)
    if "tokens" in wanted:
        measure_tokens(given.build, report)
    if set(wanted) - {"judge", "tokens"}:
        measure_stage(given, wanted, report)
    if given.json:
        with open(given.json, "w") as file:
            json.dump(report.rows, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
