"""Tokens that npm's jose makes: what it accepts core/oidc accepts, and what it refuses is refused here."""

import json
import os
import pathlib
import subprocess

import npm

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "tests" / "oracle" / "check_tokens"
STRICTER = {"crit"}  # jose has that extension (b64); core/oidc has none
LEAST = 80


def check_same():
    folder = npm.installed(HERE / "jose")
    made = subprocess.run(["node", "tokens.mjs"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if made.returncode != 0:
        raise AssertionError(made.stderr[:1000])
    made = json.loads(made.stdout)
    asked = subprocess.run([str(PROGRAM)], input=json.dumps({**made, "jwks": json.dumps(made["jwks"])}),
                           capture_output=True, text=True, timeout=60, check=True)
    reasons = asked.stdout.split()
    if len(reasons) != len(made["cases"]) or len(reasons) < LEAST:
        raise AssertionError(f"{len(reasons)} answers for {len(made['cases'])} tokens")
    print(f"# {len(reasons)} tokens, {sum(c['accepted'] for c in made['cases'])} that jose accepts")
    wrong = [f"{c['what']}: {'accepted' if c['accepted'] else 'refused'} by jose, {r} here"
             for c, r in zip(made["cases"], reasons) if c["accepted"] != (r == "YES") and c["what"] not in STRICTER]
    if wrong:
        raise AssertionError("\n".join(wrong))


def run(out, _folder):
    out.run("another implementation's tokens are accepted and refused alike", check_same)
