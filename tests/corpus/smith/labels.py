"""The other hunt: statements that copy, after which a column holds a guarded value and the judge gave it no label."""

import collections
import json
import random

import copies
import flows
import hunt
import tree
import wire

WORLDS = ("labels0", "labels1")
CHANGED = """select relid::regclass::text, array_to_string(array(select quote_ident(attname) from pg_attribute
  where attrelid = relid and attnum > 0 and not attisdropped order by attnum), ',')
  from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 order by 1"""


def make_worlds(pg):
    """Two that stay as they are; statements are played in copies."""
    pg.sql(hunt.text_of("copies.sql"), database="plain")
    for name in WORLDS:
        pg.sql(f"create database {name} template plain", database="postgres")
    pg.sql(copies.SECOND, database=WORLDS[1])
    for name in WORLDS:
        pg.sql(hunt.text_of("packed.sql").split("-- of world.sql")[0], database=name)


def is_guarded(source):
    """A generated column is what it is made of."""
    return copies.is_guarded(source) or source == "public.halves.half"


def guarded_in(source):
    table = source.rsplit(".", 1)[0]
    return source.endswith(".*") and table.split(".")[-1] in ("customers", "folk", "halves")


ALL = CHANGED.replace("pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0",
                      "pg_stat_user_tables where schemaname <> 'staging' and relname not like 'pgbench%'")


class Worlds(hunt.Worlds):
    def __init__(self, pg):
        self.pg, self.clients = pg, []
        self.renew()
        self.guarded = different([contents(c, c.ask(ALL).rows) for c in self.clients])

    def renew(self):
        """What was undone has left dead rows, other sequences: both begin again, alike."""
        for client in self.clients:
            client.close()
        for name in WORLDS:
            self.pg.sql(f"drop database if exists {name}_played with (force)", database="postgres")
            self.pg.sql(f"create database {name}_played template {name}", database="postgres")
        super().__init__(self.pg, [f"{name}_played" for name in WORLDS])

    def copied(self, sql):
        """Columns that hold something else in the other world; or None when it fails."""
        for client in self.clients:
            client.write(wire.query("begin") + wire.query(sql) + wire.query(CHANGED))
        answers = [[client.answer(20) for _ in range(3)] for client in self.clients]
        fails = any(a[1].errors for a in answers)
        # What was counted in transactions before is told, too: more to look at, in both.
        tables = {tuple(row) for a in answers for row in a[2].rows}
        found = None if fails else different([contents(c, sorted(tables)) for c in self.clients]) - self.guarded
        for client in self.clients:
            client.ask("rollback")
        return found


def contents(client, tables):
    found = {}
    for table, columns in tables:
        names = columns.split(",")
        sums = ", ".join(f"md5(coalesce(string_agg({c}::text, ',' order by {c}::text), ''))" for c in names)
        answer = client.ask(f"select {sums} from {table}")
        schema = "" if "." in table else "public."
        for c, s in zip(names, answer.rows[0] if answer.rows else []):
            found[f"{schema}{table}.{c}".replace('"', "")] = s
    return found


def different(worlds):
    return {c for c in set(worlds[0]) | set(worlds[1]) if worlds[0].get(c) != worlds[1].get(c)}


class Labels:
    """Statements that copy, judged in the target `plain`."""

    def __init__(self, lab):
        self.judge, self.worlds, self.counts = hunt.Judge(lab, "plain"), Worlds(lab.pg), collections.Counter()

    def flows(self, sql):
        """The judge's flows of values; None where guarded values decide about rows, which carries no label, or it is opaque."""
        said = self.judge.ask(sql)
        decides = [f[0] for s in said["statements"] for f in s["indirect"]]
        if said["opaque"] or any(is_guarded(c) or guarded_in(c) for c in decides):
            self.counts["opaque" if said["opaque"] else "guarded values decide"] += 1
            return None
        return [f for s in said["statements"] for f in s["columns"]]

    def lost(self, sql):
        """Columns that hold a guarded value without a label."""
        flows_ = self.flows(sql)
        copied = None if flows_ is None else self.worlds.copied(sql)
        if copied is None:
            self.counts["failing"] += flows_ is not None
            return set()
        self.counts["copy" if copied else "copy nothing"] += 1
        reached = copies.labelled(flows_ + [[copies.GUARDED[0], to] for source, to in flows_ if guarded_in(source)])
        return {c for c in copied if c not in reached and c.rsplit(".", 1)[0] + ".*" not in reached and not is_guarded(c)}

    def is_lost(self, sql):
        """In new worlds: nothing that an earlier statement left can be the reason."""
        if not self.lost(sql):
            return False
        self.worlds.renew()
        return bool(self.lost(sql))

    def one(self, seed):
        made = flows.Copies(random.Random(seed)).statement()
        return str(tree.reduced(made, self.is_lost)) if self.is_lost(str(made)) else None

    def describe(self, seed):
        sql = str(flows.Copies(random.Random(seed)).statement())
        return "\n".join([sql, json.dumps(self.judge.ask(sql)), f"depend on a guarded value: {self.worlds.copied(sql)}"])
