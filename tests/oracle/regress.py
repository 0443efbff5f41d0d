"""The regression suite's SQL is judged without a crash, and ever less of it is opaque."""

import os
import pathlib

import judge
import played
import suite

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "src" / "cli" / "sluice"


def at_most():
    """The share that was opaque when it was last looked at, in percent: it may shrink."""
    return float((HERE / "opaque-at-most").read_text().split()[0])


def count(files):
    total = opaque = 0
    reasons = {}
    for name in sorted(files):
        for answer in judge.judge(PROGRAM, suite.split(files[name])):
            total += 1
            opaque += answer["opaque"]
            for s in answer["statements"] if answer["opaque"] else []:
                if s.get("why"):
                    reasons[s["why"]] = reasons.get(s["why"], 0) + 1
    return total, opaque, reasons


def check(files):
    total, opaque, reasons = count(files)
    share = 100 * opaque / total
    print(f"# {len(files)} files, {total} statements, {opaque} opaque ({share:.1f} %)")
    for why, n in sorted(reasons.items(), key=lambda r: -r[1])[:15]:
        print(f"#   {n:5} {why[:120]}")
    if total < 10000:
        raise AssertionError(f"only {total} statements: that is not the suite")
    if share > at_most():
        raise AssertionError(f"{share:.1f} % are opaque, at most {at_most()} % were before")


def run(out, folder):
    files = {}
    out.run("the regression suite's SQL files are at hand", lambda: files.update(suite.fetch(folder)))
    if files:
        out.run("its SQL is judged without a crash, and no more of it is opaque than before", check, files)
        played.run(out, files)
