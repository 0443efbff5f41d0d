"""Debian's Chromium, driven through npm's playwright-core from its lock file."""

import json
import pathlib
import shutil
import subprocess

import npm
from lab import wait_for
from tap import Skip

HERE = pathlib.Path(__file__).resolve().parent / "console"


class Browser:
    """browser.click(at="role=button"), .text(at=...), ...: each op of console/browser.mjs by its name."""

    def __init__(self, lab, flags=()):
        chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")    # the first takes half the time
        if chromium is None:
            raise Skip("neither chromium-headless-shell nor chromium is installed")
        folder = npm.installed(HERE)
        with open(lab.folder / "browser.stderr", "ab") as log:
            self.child = subprocess.Popen([npm.node_20(), "browser.mjs", chromium, *flags], cwd=folder,
                                          text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        lab.children.append(self.child)

    def __getattr__(self, op):
        def call(**args):
            self.child.stdin.write(json.dumps({"op": op, **args}) + "\n")
            self.child.stdin.flush()
            line = self.child.stdout.readline()
            assert line, f"the browser is gone ({op})"
            out = json.loads(line)
            assert "failed" not in out, f"{op} {args}: {out.get('failed')}"
            return out["said"]
        return call

    def rests_on(self, start):
        """The focus comes to what this names (its tag and its words); a page moves it after it has drawn."""
        wait_for(lambda: self.focused().startswith(start) or None, 5, f"the focus on {start}")
