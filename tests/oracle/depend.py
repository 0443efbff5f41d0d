"""What a query reads, as the server itself writes it down: a view made in a rolled-back transaction, and pg_depend."""

import os
import pathlib
import re

import corpus
import judge
import server
import wire
from lab import Lab

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "src" / "cli" / "sluice"

COLUMNS = """select n.nspname || '.' || c.relname || '.' || a.attname from pg_depend d
 join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
 join pg_class c on c.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
 join pg_namespace n on n.oid = c.relnamespace
 join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
 where r.ev_class = 'public.oracle'::regclass and c.oid <> r.ev_class and d.refobjsubid > 0
   and n.nspname not in ('pg_catalog', 'information_schema') order by 1"""


def queries():
    """The corpus's queries: one message, a SELECT, WITH, VALUES or TABLE."""
    out = []
    for part in ("attacks", "benign"):
        for file in sorted((HERE.parent / "corpus" / part).glob("*.txt")):
            for e in corpus.read(file):
                if len(e.messages) == 1 and re.match(r"\s*\(*(select|with|values|table)\b", e.messages[0], re.I):
                    out.append(e)
    return out


def plain(name):
    """A schema that nobody wrote is not said by the judge."""
    return name.removeprefix("public.")


def server_says(client, sql):
    """Columns that a view of this query depends on; None when it cannot be one."""
    client.ask("begin")
    made = client.ask(f"create view public.oracle as {sql.rstrip('; ')}")
    rows = None if made.errors else {plain(r[0]) for r in client.ask(COLUMNS).rows}
    client.ask("rollback")
    return rows


def judge_says(answer):
    """All columns of users that the answer names as a source, and whether it is sure of them."""
    found, sure = set(), not answer["opaque"]
    for statement in answer["statements"]:
        for source, _ in [*statement["columns"], *statement.get("indirect", [])]:
            if not source.startswith(("pg_catalog.", "information_schema.")):
                found.add(plain(source))
    return found, sure


def nests(sql):
    """A column of an inner query that the outer one does not use is no read, but pg_depend has it."""
    return len(re.findall(r"\b(select|table|values)\b", sql, re.I)) > 1 or re.search(r"\bzoo\.", sql, re.I)


def compare(client, entries, answers):
    """(compared, same, more, wrong): wrong are the columns that the judge did not see."""
    compared, same, wrong, more = 0, 0, [], 0
    for entry, answer in zip(entries, answers):
        truth = server_says(client, entry.messages[0])
        said, sure = judge_says(answer)
        if truth is None or not sure:
            continue
        compared += 1
        same += truth == said
        more += bool(said - truth)
        if truth - said and not nests(entry.messages[0]):
            wrong.append(f"{entry.where}: {entry.name[:90]}: not seen: {', '.join(sorted(truth - said))}")
    return compared, same, more, wrong


def check(folder):
    world = (HERE.parent / "corpus" / "world.sql").read_text(encoding="utf-8")
    schema = folder / "world.sql"
    schema.write_text(server.SHOP + world, encoding="utf-8")
    entries = queries()
    answers = judge.judge(PROGRAM, [e.messages[0] for e in entries], schema)
    with Lab(start=False) as lab:
        lab.pg.sql(world)
        client = wire.Raw("127.0.0.1", lab.pg.port, "app", "shop", "app-secret")
        compared, same, more, wrong = compare(client, entries, answers)
        client.close()
    print(f"# {len(entries)} queries, {compared} that the judge is sure of and the server makes a view of: "
          f"{same} with the very same columns, {more} where the judge counts more")
    if wrong:
        raise AssertionError("\n".join(wrong))
    if compared < 50:
        raise AssertionError(f"only {compared} could be compared")


def run(out, folder):
    out.run("what the judge says a query reads, pg_depend says too", check, folder)
