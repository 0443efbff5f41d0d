"""in CI a skip of what proves people's part fails the run; elsewhere, and of other parts, it is a skip

The rows that a skip must not hide are there under the names that are looked for."""

import os
import pathlib
import sys
import unittest.mock

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "runner"))

import excused  # noqa: E402

NO_NPM = "npm is not installed"
FAIL = ["console: the bundle", "console_review: x", "console_passkey: x", "reports: x", "signin: x", "signin_keys: x",
        "signin_plain: x", "live: x", "passkey: x", "jobs: x", "slack_lab: x", "teams: x",
        "teams_keeper: x", "teams_workflow: x"]
STAY = ["vendor: x", "node: x", "builtins: x", "many: x", "consoles", "livelier: x"]


def failing(ci, names):
    with unittest.mock.patch.dict(os.environ, {"CI": ci}):
        return [name for name in names if excused.missing([("e2e", name, NO_NPM)])]


def check():
    found = [f"{n}: a skip of it does not fail in CI" for n in FAIL if n not in failing("true", FAIL)]
    found += [f"{n}: a skip of it fails" for n in failing("true", STAY) + failing("", FAIL)]
    rows = {n.split(":")[0] for n in FAIL}
    found += [f"tests/e2e/e2e_{r}.py is not there" for r in rows if not (TESTS / "e2e" / f"e2e_{r}.py").exists()]
    return found
