"""`sluice judge` as a process: SQL in, answers out; and what died of it."""

import json
import subprocess


class Died(Exception):
    """The judge ended without an answer."""


def judge(program, statements, schema=None, seconds=300, lab=None):
    """One answer a statement, in order, with the DDL of a file or with the catalog of a lab's target. Died names the
    statement that it did not survive."""
    lines = "".join(json.dumps({"id": n, "sql": s}) + "\n" for n, s in enumerate(statements))
    command = [program, "judge", "--dialect", "postgres", *(["--schema", schema] if schema else []),
               *(["--target", "finance", "--config", lab.folder / "sluice.yaml"] if lab else [])]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=seconds, check=False,
                          cwd=lab.folder if lab else None)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode < 0 or len(answers) != len(statements):
        at = len(answers)
        text = statements[at] if at < len(statements) else "(the last)"
        raise Died(f"code {done.returncode} at statement {at}: {text[:300]}\n{done.stderr[:500]}")
    return answers
