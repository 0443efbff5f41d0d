"""Every kind of message for Slack, of cards as a hostile agent would have them, before Slack's own types and limits."""

import json
import os
import pathlib
import subprocess

import npm

BUILD = pathlib.Path(os.environ.get("SLUICE_BUILD", pathlib.Path(__file__).parents[2] / "build"))
HERE = pathlib.Path(__file__).parent / "slack_messages"
SEED, COUNT = 20261127, 150


def printed(seed, count):
    done = subprocess.run([BUILD / "tests/unit/chat_messages", str(seed), str(count)], capture_output=True, text=True, timeout=60,
                          check=True)
    return [json.loads(x) for x in done.stdout.splitlines()]


def check(messages):
    """What is wrong with each, and how many were looked at."""
    done = subprocess.run(["node", "check.js"], input="".join(json.dumps(x) + "\n" for x in messages), text=True,
                          cwd=npm.installed(HERE), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    *wrong, end = [json.loads(x) for x in done.stdout.splitlines()]
    assert end["lines"] == len(messages) and end["definitions"] > 20, end
    return wrong


def test_messages(_):
    """posts, updates, groups, texts, forms and what forms are answered with pass the schema of @slack/types and the documented limits"""
    messages = printed(SEED, COUNT)
    kinds = [m["kind"] for m in messages]
    assert {k: kinds.count(k) > 50 for k in ("Post", "Update", "Aside", "Open", "Errors", "Done")} == dict.fromkeys(set(kinds), True), kinds
    wrong = check(messages)
    assert not wrong, (wrong[:3], messages[wrong[0]["line"]])


def edited(body, change):
    body = json.loads(json.dumps(body))
    change(body)
    return body


def actions(body):
    return next(b for b in body["blocks"] if b["type"] == "actions")["elements"]


EDITS = (
    lambda b: b.update(blocks=[]),
    lambda b: b.update(blocks=b["blocks"] * 20),
    lambda b: b.update(mrkdwn=True),
    lambda b: b.update(surprise=1),
    lambda b: b.update(text=""),
    lambda b: b["blocks"][0]["text"].update(text="x" * 151),
    lambda b: b["blocks"][0]["text"].update(type="mrkdwn"),
    lambda b: b["blocks"][0].update(type="heading"),
    lambda b: b["blocks"][1].update(elements=[{"type": "rich_text_section", "elements": [{"type": "text"}]}]),
    lambda b: b["blocks"][1].update(elements=[{"type": "rich_text_section", "elements": []}]),
    lambda b: b["blocks"][1]["elements"].append({"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * 10_000}]}),
    lambda b: actions(b)[0].update(value="x" * 2001),
    lambda b: actions(b)[0]["text"].update(text="x" * 76),
    lambda b: actions(b)[0].update(style="green"),
    lambda b: actions(b)[1].update(style="primary"),
    lambda b: actions(b)[1].update(action_id="sluice.approve"),
    lambda b: actions(b)[3].update(url="ftp://sluice.example/"),
)


def test_check_can_fail(_):
    """the same check finds each flaw that Slack would refuse"""
    body = printed(SEED, 0)[0]["body"]
    assert [e["action_id"] for e in actions(body)] == ["sluice.approve", "sluice.deny", "sluice.ask", "sluice.open"], body
    flawed = [{"kind": "Post", "body": edited(body, change)} for change in EDITS]
    assert {w["line"] for w in check([*flawed, {"kind": "Post", "body": body}])} == set(range(len(EDITS)))
