"""The parse against another build of the same grammar: npm's libpg-query (WASM). What one accepts the other accepts,
newer versions take the corpus as ours does, and what only they accept is opaque, never something else."""

import json
import os
import pathlib
import shutil
import subprocess

import corpus
import judge
import npm

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "src" / "cli" / "sluice"
LATER = ("16", "17", "18")
NEWER = {   # accepted by the grammar of that version, not by that of 15
    "16": ["select json_array(1, 2 null on null)", "select 'x' is json object"],
    "17": ["merge into t using s on t.a = s.a when not matched by source then delete",
           "select json_table.* from json_table('[]', '$[*]' columns (a int path '$'))",
           "merge into t using s on t.a = s.a when matched then delete returning *",
           "select json_exists('{}', '$.a')"],
    "18": ["create table t (a int, b int generated always as (a + 1) virtual)",
           "update t set a = 1 returning with (old as o, new as n) o.a, n.a"],
}


def install(folder, version):
    """The folder of npm's libpg-query of that major, or Skip."""
    where = folder / version
    if (where / "accepts.mjs").exists():
        return where
    where.mkdir(exist_ok=True)
    (where / "package.json").write_text('{"private": true, "type": "module"}')
    npm.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", f"libpg-query@^{version}"],
            where, 300)
    shutil.copy(HERE / "accepts.mjs", where)
    return where


def accepted(where, statements):
    """For each statement the node types that the WASM grammar makes of it, or None."""
    done = subprocess.run(["node", "accepts.mjs"], cwd=where, input=json.dumps(statements), capture_output=True,
                          text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr[:1000])
    return json.loads(done.stdout)


def texts():
    out = []
    for part in ("attacks", "benign"):
        for file in sorted((HERE.parent / "corpus" / part).glob("*.txt")):
            out += [m for e in corpus.read(file) for m in e.messages]
    return sorted(set(out))


def check_same(folder):
    statements = texts()
    theirs = accepted(install(folder, "15"), statements)
    ours = judge.judge(PROGRAM, statements)
    print(f"# {len(statements)} texts, {sum(t is None for t in theirs)} that neither accepts")
    wrong = []
    for sql, their, our in zip(statements, theirs, ours):
        refused = any("grammar does not accept" in s.get("why", "") for s in our["statements"])
        if refused != (their is None):
            wrong.append(f"{sql[:100]}: {'refused' if refused else 'accepted'} here, not there")
        elif their is not None and not refused and len(their) != len(our["statements"]):
            wrong.append(f"{sql[:100]}: {len(our['statements'])} statements here, {len(their)} there")
    if wrong:
        raise AssertionError("\n".join(wrong))


def check_later(folder, version):
    """The grammars of later versions take the corpus as ours does: none of its texts means another number of statements
    there, or nothing. What they accept beyond that is newer than the judge, and opaque."""
    statements = texts()
    theirs = accepted(install(folder, version), statements)
    wrong = []
    for sql, their, our in zip(statements, theirs, judge.judge(PROGRAM, statements)):
        ours = None if any("grammar does not accept" in s.get("why", "") for s in our["statements"]) else len(our["statements"])
        if ours != (None if their is None else len(their)):
            wrong.append(f"{sql[:100]}: {ours} statements here, {their} there")
    print(f"# {len(statements)} texts, {len(wrong)} that the grammar of {version} takes otherwise")
    if wrong:
        raise AssertionError("\n".join(wrong))


def check_newer(folder):
    newer = [sql for version, some in NEWER.items() for sql in some]
    for version, some in NEWER.items():
        if None in accepted(install(folder, version), some):
            raise AssertionError(f"the grammar of {version} does not accept what this test says it does")
    flows = [sql for sql, answer in zip(newer, judge.judge(PROGRAM, newer)) if not answer["opaque"]]
    if flows:
        raise AssertionError(f"understood by a grammar that cannot know it: {flows}")


def run(out, folder):
    out.run("another build of the grammar accepts the same texts", check_same, folder)
    for version in LATER:
        out.run(f"the grammar of PostgreSQL {version} takes them as that of 15 does", check_later, folder, version)
    out.run("newer grammar than the judge's is opaque", check_newer, folder)
