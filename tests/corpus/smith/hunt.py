"""The hunt: statements that the judge lets flow are played in worlds that differ in guarded values alone."""

import collections
import json
import pathlib
import random
import subprocess

import chain
import proof
import query
import tree
import wire

HERE = pathlib.Path(__file__).resolve().parent
LIMITS = ("57014", "53", "54", "55P03")     # says how long or how much, which a busy machine decides, too
ROWS = 300      # of an answer that are looked at
QUIET = {"log_statement": "none", "log_min_duration_statement": "-1", "log_min_error_statement": "panic",
         "log_min_messages": "panic"}


class Judge:
    """`sluice judge` with what a target's server lists: one line in, one line out."""

    def __init__(self, lab, target):
        self.child = subprocess.Popen(
            [lab.program, "judge", "--dialect", "postgres", "--target", target, "--config", lab.folder / "sluice.yaml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=lab.environment)
        lab.children.append(self.child)

    def ask(self, sql):
        self.child.stdin.write(json.dumps({"sql": sql}) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            raise AssertionError(f"the judge did not survive: {sql}")
        return json.loads(line)

    def verdict(self, sql):
        """flows, held (it touches what is labelled) or opaque."""
        said = self.ask(sql)
        if said["opaque"]:
            return "opaque"
        return "held" if any(s["labels"] for s in said["statements"]) else "flows"


def text_of(name):
    return (HERE / name).read_text(encoding="utf-8")


def make_worlds(pg):
    pg.sql(text_of("worlds.sql"))
    other, packed = text_of("other.sql"), text_of("packed.sql")
    for way in range(3):
        name = f"smith{way}"
        pg.sql(f"create database {name} template shop", database="postgres")
        if way:
            pg.sql(other.replace("{way}", str(way)), database=name)
        pg.sql(packed, database=name)


class Worlds:
    def __init__(self, pg, names=("smith0", "smith1", "smith2")):
        options = {"statement_timeout": "100", "max_parallel_workers_per_gather": "0", "jit": "off"}
        self.clients = [wire.Raw("127.0.0.1", pg.port, "app", n, "app-secret", options) for n in names]

    def play(self, sql):
        """What each world answers; all is undone. None when a limit ended it."""
        for client in self.clients:
            client.query("begin")
            client.extended(sql, rows=ROWS)
            client.query("rollback")
        answers = []
        for client in self.clients:
            client.answer(20)
            answers.append(client.answer(20))
            client.answer(20)
        if any(a.error and a.error.startswith(LIMITS) for a in answers):
            return None
        return answers

    def differ(self, sql):
        """Whether the worlds tell apart; None when nobody can say."""
        first = self.play(sql)
        if first is None or are_alike(first):
            return None if first is None else False
        again = self.play(sql)
        return True if again is not None and proof.all_said(again) == proof.all_said(first) else None


def are_alike(answers):
    told = proof.all_said(answers)
    return all(t == told[0] for t in told)


def statement(seed):
    """Most are chains: they tell more."""
    rng = random.Random(seed)
    return (query.Queries if rng.random() < 0.25 else chain.Chains)(rng).statement()


class Reads:
    """Statements that may not tell anything, because the judge lets them flow."""

    def __init__(self, lab):
        self.judge, self.worlds, self.counts = Judge(lab, "finance"), Worlds(lab.pg), collections.Counter()

    def is_leak(self, sql):
        return self.judge.verdict(sql) == "flows" and self.worlds.differ(sql) is True

    def one(self, seed):
        """None, or the smallest statement that leaks."""
        made = statement(seed)
        verdict, answers = self.judge.verdict(str(made)), self.worlds.play(str(made))
        self.counts[verdict] += 1
        if answers is None or verdict == "opaque":
            return None
        same = are_alike(answers)
        runs = not answers[0].errors
        self.counts["failing in the first world"] += not runs
        self.counts["held that run"] += verdict == "held" and runs
        self.counts["held although no world differs"] += verdict == "held" and runs and same
        if verdict == "held" or same or not self.is_leak(str(made)):
            return None
        return str(tree.reduced(made, self.is_leak))

    def describe(self, seed):
        sql = str(statement(seed))
        return "\n".join([sql, json.dumps(self.judge.ask(sql)), *[str(proof.said(a)) for a in self.worlds.play(sql) or []]])
