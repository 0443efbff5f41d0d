"""A JSON Schema that is generated from the official @slack/types, with the lengths that their documentation gives.

    with SlackTypes() as types:
        assert types.wrong(blocks=card["blocks"]) == []     # or view=...
        assert types.wrong_at(slack) == []                  # every version of every message and modal that this Slack was given
"""

import json
import pathlib
import subprocess
import threading

import npm

HERE = pathlib.Path(__file__).resolve().parent / "slack_types"
OF_A_VIEW = ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id", "clear_on_close", "notify_on_close")


class SlackTypes:
    def __init__(self):
        self.lock = threading.Lock()
        self.child = subprocess.Popen(["node", "check.mjs"], cwd=npm.installed(HERE), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()

    def wrong(self, **what):
        """What is wrong with blocks=[...] or view={...}: texts."""
        with self.lock:
            self.child.stdin.write(json.dumps(what) + "\n")
            self.child.stdin.flush()
            line = self.child.stdout.readline()
        assert line, "the checker of Slack's types ended"
        return json.loads(line)

    def wrong_at(self, slack):
        """The same of all that this Slack was given; and that it was given something."""
        messages = [h["blocks"] for m in slack.messages() for h in m["history"] if h["blocks"]]
        views = [{k: v for k, v in h["view"].items() if k in OF_A_VIEW and v is not None} for x in slack.views(all=True) for h in x["history"]]
        assert messages or views, "nothing was said"
        return [w for found in (*(self.wrong(blocks=b) for b in messages), *(self.wrong(view=v) for v in views)) for w in found]
