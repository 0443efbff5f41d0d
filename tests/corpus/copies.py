"""Labels follow the data: a statement that copies guarded values is played in two worlds that differ in these alone. Every
column that then holds something else in the one than in the other must be where the judge says that they flow to."""

import concurrent.futures
import json
import pathlib

import proof

HERE = pathlib.Path(__file__).resolve().parent
GUARDED = ("public.customers.email",)       # and every column that is called ssn
TABLES = """select c.oid::regclass::text, array_to_string(array(select quote_ident(attname) from pg_attribute
  where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum), ',')
  from pg_class c where relkind = 'r' and oid >= 16384 and relnamespace <> 'staging'::regnamespace
  and relname not in ('orders', 'payments', 'pgbench_accounts', 'pgbench_branches') order by 1"""
SECOND = """update customers set email = 'q' || md5(id::text) || '@else.net',
  ssn = lpad((id * 918273645::bigint % 1000000000)::text, 9, '0');
update folk set ssn = c.ssn from customers c where c.id = folk.id;
update halves set ssn = c.ssn from customers c where c.id = halves.id;"""


def target(finance):
    """The same database system, another database, without rules of its own."""
    return {**finance, "name": "plain", "database": "plain"}


def prepare(pg):
    pg.sql("create database plain template shop", database="postgres")
    pg.sql((HERE / "copies.sql").read_text(encoding="utf-8"), database="plain")
    for name in ("copies1", "copies2"):
        pg.sql(f"create database {name} template plain", database="postgres")
    pg.sql(SECOND, database="copies2")


def contents(world):
    """{column: a digest of what it holds}"""
    found = {}
    for table, columns in world.ask(TABLES).rows:
        names = columns.split(",")
        sums = ", ".join(f"md5(coalesce(string_agg({c}::text, ',' order by {c}::text), ''))" for c in names)
        row = world.ask(f"select {sums} from {table}").rows[0]
        schema = "" if "." in table else "public."
        found.update({f"{schema}{table}.{c}": s for c, s in zip(names, row)})
    return found


class Worlds:
    def __init__(self, pg):
        prepare(pg)
        self.worlds = [proof.Direct(pg, name) for name in ("copies1", "copies2")]
        before = [contents(w) for w in self.worlds]
        self.guarded = {c for c in before[0] if before[0][c] != before[1][c]}

    def copied(self, sql):
        """Columns that come to depend on a guarded value; or why it cannot be said (None)."""
        after = []
        for world in self.worlds:
            since = world.ask(proof.NOW).rows[0][0]
            world.ask("begin")
            answer = world.ask(sql)
            after.append(None if answer.errors else contents(world))
            world.put_back(since)
            if answer.errors:
                return None, f"it fails: {answer}"
        return {c for c in after[0] if after[0][c] != after[1].get(c)} - self.guarded, None

    def close(self):
        for world in self.worlds:
            world.close()


def is_guarded(column):
    return column in GUARDED or column.endswith(".ssn")


def labelled(flows):
    """Where guarded values come to lie, along all flows."""
    reached, before = set(), -1
    while before != len(reached):
        before = len(reached)
        for source, to in flows:
            whole = source.rsplit(".", 1)[0] + ".*"
            if is_guarded(source) or source in reached or whole in reached:
                reached.add(to)
    return reached


def explained(lab, sql):
    return lab.sluice("explain", "--target", "plain", "--live", "--json", sql)


def clear(answer):
    said = json.loads(answer.out)
    if said["opaque"]:
        raise AssertionError(f"it is opaque: {said['opaque_why']}")
    return said


def check_hidden(answer, _):
    said = json.loads(answer.out)
    if not said["opaque"]:
        raise AssertionError(f"it is not opaque: {said['effects']}, {said['lineage']}")


def check_plain(answer, _):
    kept = [c for c in labelled(clear(answer)["lineage"]) if not c.startswith("result.")]
    if kept:
        raise AssertionError(f"labels for {', '.join(kept)}")


def check_copies(answer, copied):
    said = clear(answer)
    reached = labelled(said["lineage"])
    lost = {c for c in copied if c not in reached and c.rsplit(".", 1)[0] + ".*" not in reached}
    if lost:
        raise AssertionError(f"no label for {', '.join(sorted(lost))}: {said['lineage']}")


# What is proved of an entry, and what the judge must say to it.
CHECKS = {"copies": ("labelled", check_copies), "hidden": ("opaque", check_hidden), "plain": ("understood", check_plain)}


def why_not(entry, copied):
    """None where it is as the entry says."""
    if entry.proof == "plain":
        return f"it copies guarded values into {', '.join(sorted(copied))}" if copied else None
    return None if copied else "no column depends on a guarded value"


def told(entry, how):
    return f"{entry.where}: {how}: {' '.join(entry.name.split())[:110]}"


def play(lab, out, entries, version):
    worlds, proved = Worlds(lab.pg), []
    for entry in entries:
        copied, why = worlds.copied(entry.name)
        if entry.until < version:       # a newer server does no such thing; the judge does not know which one it is
            why = None if why else f"it does it on {version} as well"
        else:
            why = why or why_not(entry, copied)
        out.report(told(entry, f"proved: {entry.proof}"), why)
        if not why:
            proved.append((entry, copied))
    worlds.close()
    with concurrent.futures.ThreadPoolExecutor(2) as two:
        answers = two.map(lambda of: explained(lab, of[0].name), proved)
        for (entry, copied), answer in zip(proved, answers):
            how, check = CHECKS[entry.proof]
            out.run(told(entry, how), lambda answer=answer, copied=copied, check=check: check(answer, copied))
