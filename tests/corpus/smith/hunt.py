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
        if first is None:
            return None
        told = proof.all_said(first)
        if all(t == told[0] for t in told):
            return False
        again = self.play(sql)
        return True if again is not None and proof.all_said(again) == told else None


def statement(seed):
    """Most are chains: they tell more."""
    rng = random.Random(seed)
    return (query.Queries if rng.random() < 0.25 else chain.Chains)(rng).statement()


class Hunt:
    def __init__(self, judge, worlds):
        self.judge, self.worlds, self.counts = judge, worlds, collections.Counter()
        self.errors = collections.Counter()

    def is_leak(self, sql):
        return self.judge.verdict(sql) == "flows" and self.worlds.differ(sql) is True

    def one(self, seed):
        """None, or the smallest statement that leaks."""
        made = statement(seed)
        sql = str(made)
        verdict = self.judge.verdict(sql)
        self.counts[verdict] += 1
        if verdict == "opaque":
            return None
        answers = self.worlds.play(sql)
        if answers is None:
            self.counts["ended by a limit"] += 1
            return None
        if answers[0].errors:
            self.counts["fails"] += 1
            self.errors[f"{answers[0].error} {answers[0].errors[0]['M'][:60]}"] += 1
        same = all(t == proof.all_said(answers)[0] for t in proof.all_said(answers))
        if verdict == "held":
            self.counts["held, and all worlds agree"] += same
            return None
        if same or not self.is_leak(sql):
            return None
        return str(tree.reduced(made, self.is_leak))
