"""Proves on a real server, past the gateway, that an entry does harm: what it reads changes what it
answers, or what it writes is changed. Nothing of it stays."""

import pathlib
import re

import wire

SECOND = pathlib.Path(__file__).resolve().parent / "second.sql"
SECRETS = ("example.org", "0000", "123-45-6789")    # parts of guarded values, of the first world

GUARDED = re.compile(r"person\d+@")
MANY = 64                                           # as the judge: SL_SQL_MAX_VALUES


# What a world holds beside rows: any transaction that committed since, and where sequences stand.
MOVED = """select coalesce(bool_or(pg_xact_status(x::text::xid8) = 'committed'), false)
  from generate_series({since}, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) x"""
SEQUENCES = "select string_agg(s::text, ',' order by s::text) from pg_sequences s"
TABLES = "select oid::regclass::text from pg_class where relkind in ('r', 'm', 'S') and oid >= 16384 order by 1"
DEFINED = """select (select count(*) from pg_class), (select count(*) from pg_attribute), (select count(*) from pg_proc),
  (select count(*) from pg_type), (select count(*) from pg_depend)"""
NOW = "select pg_snapshot_xmax(pg_current_snapshot())::text"


class Direct:
    """The login that Sluice uses, on a copy of a world, which is put back when anything of an entry stays."""

    def __init__(self, pg, world):
        self.pg, self.world, self.database, self.client = pg, world, f"{world}_played", None
        self.make()

    def make(self):
        self.pg.sql(f"create database {self.database} template {self.world};"
                    f"grant create, temporary on database {self.database} to app", database="postgres")
        self.client = wire.Raw("127.0.0.1", self.pg.port, "app", self.database, "app-secret")
        self.sequences = self.ask(SEQUENCES).rows

    def close(self):
        self.client.close()

    def ask(self, sql, data=b""):
        return ask(self.client, sql, data)

    def has_moved(self, since):
        left = self.ask(MOVED.format(since=since))
        return left.errors or left.rows != [["f"]] or self.ask(SEQUENCES).rows != self.sequences

    def put_back(self, since):
        """As it was, the session too. Copying a world takes long: only where it is another one."""
        self.ask("rollback")
        self.ask("discard all")
        if not self.has_moved(since):
            return
        self.close()
        self.pg.sql(f"drop database {self.database} with (force)", database="postgres")
        self.make()

    def contents(self, client=None):
        """Every table's rows and what is defined: two worlds that say the same are the same."""
        tables = ask(client or self.client, TABLES).rows
        said = [ask(client or self.client, contents(table)).rows for (table,) in tables]
        return tables, said, ask(client or self.client, DEFINED).rows

    def is_as_it_was(self):
        untouched = wire.Raw("127.0.0.1", self.pg.port, "app", self.world, "app-secret")
        try:
            return self.contents() == self.contents(untouched)
        finally:
            untouched.close()

    def play(self, entry, after=None):
        """What the entry's messages answered; all is undone. after: a question asked behind them."""
        alone = any(m.split(None, 1)[:1] and m.split(None, 1)[0].lower() in ("commit", "discard", "vacuum")
                    for m in entry.messages)
        since = self.ask(NOW).rows[0][0]
        if not alone:
            self.ask("begin")
        before = self.ask(after) if after else None
        answers = [self.ask(m, entry.data) for m in entry.messages]
        behind = self.ask(after) if after else None
        self.put_back(since)
        return answers, before, behind


def ask(client, sql, data=b"", seconds=20):
    """One simple query; COPY FROM STDIN is fed with data."""
    client.query(sql)
    answer = client.until("ZG", seconds)
    while answer.types.endswith("G"):
        if data:
            client.write(wire.message(b"d", data))
        client.write(wire.message(b"c"))
        answer = client.until("ZG", seconds, answer)
    return answer


def said(answer):
    """All that a client can learn from an answer."""
    words = [f"{e['C']} {e['M']} {e.get('D', '')}" for e in answer.errors + answer.notices]
    return (answer.rows, answer.tags, bytes(answer.copied), words)


def pieces(answer):
    """What is one row, or one message, each."""
    return [repr(row) for row in answer.rows] + [f"{e['M']} {e.get('D', '')}" for e in answer.errors + answer.notices]


def all_said(answers):
    return [said(a) for a in answers]


def contents(table):
    if table == "counter" or table.endswith("_seq"):
        return f"select last_value, is_called from {table}"
    return f"select count(*), md5(string_agg(t::text, ',' order by t::text)) from {table} t"


def is_syntax_error(answer):
    return answer.error in ("42601", "0A000") and "syntax" in answer.errors[0]["M"]


class Proof:
    def __init__(self, pg):
        """Two copies of the shop: in the second every guarded value is another."""
        for name in ("proof1", "proof2"):
            pg.sql(f"create database {name} template shop", database="postgres")
        pg.sql(SECOND.read_text(encoding="utf-8"), database="proof2")
        self.one, self.two = Direct(pg, "proof1"), Direct(pg, "proof2")

    def close(self):
        self.one.close()
        self.two.close()

    def why_moved(self):
        """None when no entry left anything behind that those after it would have seen."""
        moved = [world.database for world in (self.one, self.two) if not world.is_as_it_was()]
        return f"not as they were: {moved}" if moved else None

    def why_not(self, entry):
        """None when the harm is proved, else what was seen instead."""
        return getattr(self, entry.proof)(entry)

    def leak(self, entry):
        first, again = self.one.play(entry)[0], self.one.play(entry)[0]
        if all_said(first) != all_said(again):
            return "it answers differently each time, which proves nothing"
        if all_said(first) == all_said(self.two.play(entry)[0]):
            return f"the answer does not depend on a guarded value: {first[-1]}"
        return None

    def shows(self, entry):
        answers = self.one.play(entry)[0]
        if any(s in repr(all_said(answers)) for s in SECRETS + ("vip", "one", "v")):
            return None
        return f"no guarded value in it: {answers[-1]}"

    def gathers(self, entry):
        """One row, or one message, with more than MANY values of a column: no number of rows bounds what leaves."""
        most = max((len(set(GUARDED.findall(one))) for a in self.one.play(entry)[0] for one in pieces(a)), default=0)
        return None if most > MANY else f"at most {most} values in one row"

    def write(self, entry):
        answers, before, behind = self.one.play(entry, contents(entry.table))
        if behind.errors and before.rows:       # dropped, or its transaction failed with it
            if answers[-1].errors:
                return f"it fails: {answers[-1]}"
            return None
        return None if before.rows != behind.rows else f"{entry.table} is as before: {answers[-1]}"

    def runs(self, entry):
        """Not harm by itself, but nothing that may flow: the server at least understands it."""
        answers = self.one.play(entry)[0]
        return f"{answers[-1]}" if is_syntax_error(answers[-1]) else None

    def flows(self, entry):
        answers = self.one.play(entry)[0]
        return f"it fails: {answers[-1]}" if any(a.errors for a in answers) else None
