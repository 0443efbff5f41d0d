"""A full disk: traffic stops with a clear word, sessions stay, and nothing is lost when there is room again."""

import os
import random
import shutil
import subprocess
import time

import evidence
import lab
import load
import tap

MOUNT_BYTES = 160 << 20    # what is said before and after it is full has room twice, in the log and in tiles


class Filler(load.Client):
    """Long statements: the journal is soon full of what the keeper cannot write down."""
    letter = "f"
    pause = 0

    def connect(self):
        self.connections = getattr(self, "connections", 0) + 1
        super().connect()

    def work(self):
        tag = self.tag()
        filling = "x" * 20000
        self.say(tag, f"select id from public.orders where id = 1 and item <> '{tag}{filling}'", 120)


class SmallDisk(lab.Lab):
    """The state folder on a file system of its own, which root may make."""

    def write_config(self, raw=None):
        if not self.state.is_mount():
            self.state.mkdir(mode=0o700)
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MOUNT_BYTES},mode=0700", "tmpfs", self.state],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise tap.Skip(f"no file system can be mounted here: {done.stderr.strip()}")
        super().write_config(raw)

    def fill(self, left):
        self.ballast = self.state / "ballast"
        free = shutil.disk_usage(self.state).free
        with open(self.ballast, "wb", buffering=0) as f:
            try:
                f.write(b"\0" * max(0, free - left))
            except OSError:     # the traffic was quicker: full it is
                pass

    def _end(self):
        try:
            super()._end()
        finally:
            subprocess.run(["umount", "-l", self.state], capture_output=True, check=False)
            if not os.environ.get("SLUICE_LAB_KEEP"):
                shutil.rmtree(self.folder, ignore_errors=True)


def stands_still(clients, seconds):
    """Nothing is done for so long."""
    done = sum(len(c.done) for c in clients)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.1)
        if sum(len(c.done) for c in clients) != done:
            return False
    return True


def full_disk(left):
    wrong = []
    with SmallDisk(deciders=("rita",)) as world:
        fillers = [Filler(world, n, random.Random(n), user) for n, user in enumerate(("agent-7", "nightly"))]
        for f in fillers:
            f.start()
        lab.wait_for(lambda: all(f.done for f in fillers), 10, "traffic")
        world.fill(left)
        lab.wait_for(lambda: stands_still(fillers, 1.5), 60, "an end of the traffic")
        if not any("disk is full" in line for line in world.events()):
            wrong.append("the log does not say that the disk is full")
        if any(f.connections > 1 for f in fillers):
            wrong.append(f"sessions ended: {[(f.connections, f.why) for f in fillers]}")
        world.ballast.unlink()
        before = [len(f.done) for f in fillers]
        lab.wait_for(lambda: all(len(f.done) > b for f, b in zip(fillers, before)), 30, "traffic after there is room")
        for f in fillers:
            f.stopping.set()
        for f in fillers:
            f.join(10)
        wrong += [f"{f.name} connected {f.connections} times: {f.why!r}" for f in fillers if f.connections > 1]
        wrong += [f"{f.name} lost {len(f.lost)} statements" for f in fillers if f.lost]
        world.stop()
        ledger = evidence.Ledger(world.state / "ledger")
        wrong += evidence.compare(evidence.run_by_tag(world), ledger)
        wrong += evidence.answers_unrecorded(ledger, fillers)
        verified = world.ledger_verify()
        if verified.rc != 0:
            wrong.append(str(verified)[-2000:])
        if wrong:
            wrong += world.events()[-60:]
    assert not wrong, "\n".join(wrong)


def run(out):
    for left in (96 << 10, 0):
        out.run(f"a disk with {left} bytes left stops traffic, says so, harms no session and loses nothing (P5, P6)",
                full_disk, left)
