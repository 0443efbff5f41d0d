"""The npm driver `pg`, installed from its lock file into a temporary folder."""

import json
import pathlib

import npm
from lab import wait_for

HERE = pathlib.Path(__file__).resolve().parent / "node"


def start(lab, *words, user="erin"):
    return lab.start_client(["node", "client.js", *words], user=user, cwd=npm.installed(HERE))


def say(lab, *words, user="erin"):
    child = start(lab, *words, user=user)
    out, err = child.communicate(timeout=30)
    assert child.returncode == 0, out + err
    return json.loads(out.splitlines()[-1])


def test_queries(lab):
    """simple, with parameters, named, an error's fields, a transaction"""
    said = say(lab, "queries")
    assert said == {"simple": 42, "parameters": ["it's", 7], "named": [1, 2, 3], "error": "22012",
                    "rolled_back": 0, "many": 1000}, said


def test_notify(lab):
    """LISTEN"""
    assert say(lab, "notify") == {"channel": "news", "payload": "from node"}


def test_held(lab):
    """a hold arrives as a notice, and the promise resolves after the yes"""
    child = start(lab, "held", user="agent-7")
    held = lab.pending_one("agent-7")
    lab.approve("rita", held["id"])
    out, err = child.communicate(timeout=20)
    said = json.loads(out.splitlines()[-1])
    assert held["id"] in said["notice"] and said["rows"] == 0, out + err


def test_denied(lab):
    """a denial rejects the promise with 42501"""
    child = start(lab, "held", user="agent-7")
    held = wait_for(lambda: lab.pending("agent-7"), 10)[0]
    lab.deny("rita", held["id"])
    out, err = child.communicate(timeout=20)
    assert json.loads(out.splitlines()[-1])["error"] == "42501", out + err
