"""The regression suite's queries before pg_depend. What its files define is played on a real server; each of their
queries becomes a view, or where its names make none the body of a function (BEGIN ATOMIC), in a transaction that is rolled
back. Every column of a table that the server then notes must be in what the judge says with that server's catalog.

Two kinds of columns may be in pg_depend alone, as the server's own tree of the query (tree.py) tells:
- unused: only in outputs of inner queries that nothing around them uses: not made, so not read;
- row type: nothing in the query reads a column of that relation: its name stands for the type of a value.
What is neither is a failure. No rows are needed, so none are loaded; each of the suite's transactions is left out.
"""

import collections
import os
import pathlib
import re

import judge
import suite
import tree
import wire
from lab import Lab

PROGRAM = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "src" / "cli" / "sluice"
# Those that ask most of tables, in an order in which they do not spoil it for each other: a cast or an operator of users
# makes much of what comes later opaque.
PLAYED = """test_setup create_index create_misc create_aggregate select join subselect union with window groupingsets
 select_distinct select_having select_implicit select_into limit join_hash tsrf functional_deps returning portals prepare matview
 aggregates rules updatable_views inherit rowtypes rangefuncs create_view identity generated copy copyselect combocid update
 partition_prune partition_aggregate partition_join case""".split()
BLIND = 100         # queries that are also given to a judge that sees nothing
AT_LEAST = 2000     # compared when it was last looked at, or that is not the suite

QUERY = re.compile(r"\(*\s*(select|with|values|table)\b", re.I)
DEFINES = re.compile(r"(create|alter|drop|do|refresh|grant|revoke)\b", re.I)
# What is new changes nothing of what was asked before it; all else that defines may, if it names what that names.
NEW = re.compile(r"create\s+(unlogged\s+)?(table|view|recursive|materialized|index|unique|sequence|type|domain|schema|function|"
                 r"aggregate|operator|statistics|collation)\b", re.I)
WORD = re.compile(r"[a-z_]\w*", re.I)
COMMON = set("""add alter as by column create drop exists from function if in integer int4 int8 int not null on or public replace
 restrict returns select set table text to type values view where with""".split())
TEMPORARY = re.compile(r"^(create\s+(?:or\s+replace\s+)?)(?:local\s+|global\s+)?temp(?:orary)?\s", re.I)
LEADING = re.compile(r"(\s+|--[^\n]*\n|/\*.*?\*/)*", re.S)
VARIABLE = re.compile(r"(?<!:):(?:'\w+'|\"\w+\"|[a-z_]\w*)")   # psql's
ELSEWHERE = re.compile(r"set\s+(local\s+|session\s+)?search_path", re.I)
BACK = re.compile(r"reset\s+(all|search_path)|set\s+search_path\s+to\s+default", re.I)

COLUMNS = """select n.nspname || '.' || c.relname || '.' || a.attname, a.attrelid, a.attnum from pg_depend d
 join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
 join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
 where d.classid = '{0}'::regclass and d.objid = (select oid from {0} where {1}) and d.refclassid = 'pg_class'::regclass
   and a.attnum > 0 and c.relname <> 'oracle' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""
WAYS = [("create view public.oracle as {}\n", "pg_rewrite", "ev_class = 'public.oracle'::regclass", "ev_action"),
        ("create function public.oracle() returns void begin atomic {}\n; end", "pg_proc", "proname = 'oracle'", "prosqlbody")]


class Query:
    """One query of a file, with what the server noted: {name: (oid, number)}."""

    def __init__(self, where, sql, columns, text):
        self.where, self.sql, self.columns, self.text = where, sql, columns, text


def note(client, where, sql):
    """What the server notes of a query, or None when it makes neither a view nor a body of it."""
    for make, catalog, which, body in WAYS:
        answer = client.ask(f"begin; {make.format(sql)}; {COLUMNS.format(catalog, which)}; "
                            f"select {body} from {catalog} where {which}; rollback", 20)
        if not answer.errors:
            columns = {r[0]: (int(r[1]), int(r[2])) for r in answer.rows[:-1]}
            return Query(where, sql, columns, answer.rows[-1][0])
        client.ask("rollback")
    return None


def said(answer):
    """Sources that the judge names, and the relations of which it names all columns."""
    names = {x[0] for s in answer["statements"] for x in [*s["columns"], *s.get("indirect", [])]}
    return names, {n[:-2] for n in names if n.endswith(".*")}


class Play:
    """One database, in which files are played one after the other."""

    def __init__(self, lab):
        self.lab, self.waiting, self.count, self.wrong, self.some = lab, [], collections.Counter(), [], []
        self.client = None
        self.connect()

    def connect(self):
        if self.client is not None:
            self.client.close()
        self.client = wire.Raw("127.0.0.1", self.lab.pg.port, "app", "regression", "app-secret")
        self.client.ask("set statement_timeout = '5s'; set client_min_messages = error")

    def define(self, sql):
        try:
            self.client.ask(sql, 20)
        except (wire.Closed, wire.TooLate):
            self.connect()

    def file(self, name, text):
        elsewhere = False
        for number, statement in enumerate(suite.split(text)):
            sql = TEMPORARY.sub(r"\1", LEADING.sub("", statement, count=1))
            elsewhere = not BACK.match(sql) if elsewhere else bool(ELSEWHERE.match(sql))
            if VARIABLE.search(sql):
                self.count["psql's variables"] += 1
            elif QUERY.match(sql):
                self.query(f"{name} {number}", sql, elsewhere)
            elif DEFINES.match(sql):
                if not NEW.match(sql) and self.moves(sql):
                    self.compare()
                self.define(sql)
        self.compare()

    def moves(self, definition):
        """May it change what is still to be asked?"""
        names = {w.lower() for w in WORD.findall(definition)}
        return "cascade" in names or definition[:2].lower() == "do" or any(
            names & {w.lower() for w in WORD.findall(q.sql)} - COMMON for q in self.waiting)

    def query(self, where, sql, elsewhere):
        if elsewhere:
            self.count["under another path"] += 1
            return
        noted = note(self.client, where, sql.rstrip("; "))
        self.count["no view and no body"] += noted is None
        if noted is not None:
            self.waiting.append(noted)

    def compare(self):
        """The judge reads the catalog as it is now: before anything of it changes."""
        asked, self.waiting = self.waiting, []
        answers = judge.judge(PROGRAM, [q.sql for q in asked], lab=self.lab) if asked else []
        for query, answer in zip(asked, answers):
            if answer["opaque"]:
                self.count["opaque"] += 1
            else:
                self.count[self.kind(query, answer)] += 1
                self.some += [query] if query.columns and len(self.some) < BLIND else []

    def kind(self, query, answer):
        names, whole = said(answer)
        if tree.writes(query.text):
            return "writes"
        missed = {n: at for n, at in query.columns.items() if n not in names and n.rsplit(".", 1)[0] not in whole}
        if not missed:
            ours = {n for n in names if not n.startswith(("pg_catalog.", "information_schema."))}
            return "more" if ours - set(query.columns) else "same"
        needed, read = tree.needed(query.text), tree.read(query.text)
        less = [n for n, at in missed.items() if at in needed]
        if less:
            self.wrong.append(f"{query.where}: not seen: {', '.join(sorted(less))}: {' '.join(query.sql.split())[:400]}")
            return "LESS"
        return "unused" if any(at in read for at in missed.values()) else "row type"


SILENT = {"log_statement": "none", "log_min_duration_statement": "-1"}


def target(config):
    config["targets"][0]["database"] = "regression"


def play(files):
    with Lab(target, start=False, pg_settings=SILENT) as lab:
        lab.pg.sql("alter role app superuser")
        lab.pg.sql("create database regression template template0 lc_collate 'C' lc_ctype 'C'")
        played = Play(lab)
        for name in PLAYED:
            played.file(name, files.get(name, ""))
        played.client.close()
    return played


def notices(played):
    """Of a judge that sees nothing each of them is told: in all of these something is needed."""
    blind, before = {"opaque": False, "statements": []}, len(played.wrong)
    kinds = collections.Counter(played.kind(query, blind) for query in played.some)
    del played.wrong[before:]
    if kinds["LESS"] != len(played.some) or not played.some:
        raise AssertionError(f"a judge that sees nothing passes: {dict(kinds)}")


def check(files):
    played = play(files)
    notices(played)
    compared = sum(played.count[k] for k in ("same", "more", "unused", "row type", "LESS"))
    print(f"# {compared} queries of the suite compared: " + ", ".join(f"{n} {k}" for k, n in played.count.most_common()))
    if played.wrong:
        raise AssertionError("\n".join(played.wrong))
    if compared < AT_LEAST:
        raise AssertionError(f"only {compared} could be compared, at least {AT_LEAST} were before")


def run(out, files):
    out.run("what the judge says that the suite's queries read, pg_depend says too", check, files)
