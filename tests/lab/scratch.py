"""Where temporary folders are made: in memory where there is room for it, for each test copies a server of 50 MB and deletes
it again, which costs a disk's file system more time than everything else that the test does. TMPDIR, if set, is kept."""

import atexit
import os
import pathlib
import shutil
import tempfile

MEMORY, ROOM = "/dev/shm", 3 << 30


def _has_room(folder):
    try:
        there = os.statvfs(folder)
    except OSError:
        return False
    return (there.f_bavail * there.f_frsize >= ROOM and not there.f_flag & os.ST_NOEXEC and _free_memory() >= 2 * ROOM
            and os.access(folder, os.W_OK | os.X_OK))


def _free_memory():
    with open("/proc/meminfo", encoding="ascii") as lines:
        return next((int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")), 0)


def use():
    """From here on, tempfile makes its folders there."""
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        tempfile.tempdir = MEMORY


KEPT = []


def kept(prefix, mode=0o700):
    """A folder for what a row of tests needs beside its laboratory, gone with the row (or, after Ctrl-C, with the process)."""
    use()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
    folder.chmod(mode)
    KEPT.append(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def sweep(module):
    """The row of that module is over."""
    for value in vars(module).values():
        if value in KEPT:
            shutil.rmtree(value, ignore_errors=True)
