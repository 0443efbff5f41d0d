"""Power loss: the end of the write-ahead log is missing or damaged. What was synced and signed is there,
or the ledger does not open at all."""

import random
import shutil
import sqlite3
import struct
import time

import evidence
import lab
import load

ENTRY, CHECKPOINT = 1, 3
SEGMENT_HEAD, RECORD_HEAD = 32, 25


class Log:
    """The last segment of a write-ahead log, read by its published format (docs/ledger-format.md)."""

    def __init__(self, state):
        self.file = max((state / "ledger/wal").glob("*.wal"))
        data = self.file.read_bytes()
        self.size, self.first_entry = len(data), struct.unpack_from("<Q", data, 16)[0]
        self.ends, self.entries, self.kinds, self.synced = [], [], [], []
        at, entries = SEGMENT_HEAD, self.first_entry
        while at + RECORD_HEAD <= len(data):
            size, _, sequence, synced, kind = struct.unpack_from("<IIQQB", data, at)
            if size == 0 or sequence == 0 or at + RECORD_HEAD + size > len(data):
                break
            kind &= 0x7F  # 0x80: the next record belongs to it, and is there with it or not at all
            at += RECORD_HEAD + size
            entries += kind == ENTRY
            self.ends.append(at)
            self.entries.append(entries)
            self.kinds.append(kind)
            self.synced.append((sequence, synced))


def signed(state):
    """How many entries the published checkpoint covers."""
    return int((state / "ledger/checkpoint").read_text().splitlines()[1])


def applied(state):
    """Up to which record the view went: it follows what is synced, never runs ahead (a copy is read)."""
    with sqlite3.connect(state / "sluice.db") as view:
        return view.execute("select value from meta where key = 'applied'").fetchone()[0]


class Wreck:
    """Copies of a state folder that a kill -9 left, each cut or damaged in its own way."""

    def __init__(self, world):
        self.world, self.count = world, 0
        self.log, self.signed = Log(world.state), signed(world.state)
        self.applied = applied(self.copy()[0])

    def copy(self):
        self.count += 1
        state = self.world.folder / f"wreck-{self.count}"
        shutil.copytree(self.world.state, state, symlinks=True)
        (state / "run").unlink(missing_ok=True)
        return state, state / "ledger/wal" / self.log.file.name

    def cut(self, at):
        state, file = self.copy()
        with open(file, "r+b") as f:
            f.truncate(at)
        return state

    def flip(self, at):
        state, file = self.copy()
        with open(file, "r+b") as f:
            f.seek(at)
            byte = f.read(1)[0]
            f.seek(at)
            f.write(bytes([byte ^ 0x20]))
        return state

    def opens(self, state):
        """Opens it as the command line does while nothing runs; writes, so that what was cut is settled."""
        return self.world.sluice("token", "create", "nightly", "--state", state)

    def verify(self, state):
        return self.world.sluice("ledger", "verify", state / "ledger", "--key", state / "ledger/key.pub")


def fine(wreck, state, what, least):
    done = wreck.opens(state)
    if done.rc != 0:
        return f"{what}: does not open: {done}"
    verified = wreck.verify(state)
    if verified.rc != 0:
        return f"{what}: opens, and does not verify: {str(verified)[-1500:]}"
    if signed(state) < least:
        return f"{what}: opens with {signed(state)} entries, {least} were signed"
    return None


def refused(wreck, state, what):
    done = wreck.opens(state)
    return f"{what}: opens all the same" if done.rc == 0 else None if done.err.strip() else f"{what}: no word why"


def torn_tails(wreck, rng):
    """Anything behind the last sync may be torn: no checkpoint covers it, and the view has not seen it."""
    log = wreck.log
    safe = max(end for end, (sequence, _), entries in zip(log.ends, log.synced, log.entries)
               if entries <= wreck.signed or sequence <= wreck.applied)
    points = sorted({log.ends[-1], max(safe, log.ends[-1] - 1), safe} | {rng.randint(safe, log.ends[-1]) for _ in range(6)})
    print(f"# {log.ends[-1] - safe} bytes are not known to be safe", flush=True)
    wrong = [fine(wreck, wreck.cut(at), f"cut at {at} of {log.ends[-1]}, safe {safe}", wreck.signed) for at in points]
    return [w for w in wrong if w]


def short_logs(wreck, rng):
    """A log that ends before what was signed."""
    log = wreck.log
    early = [end for end, entries in zip(log.ends, log.entries) if entries < wreck.signed]
    points = [early[-1], SEGMENT_HEAD] + [rng.choice(early) - rng.randint(0, 20) for _ in range(4)]
    return [w for w in (refused(wreck, wreck.cut(at), f"cut at {at}") for at in points) if w]


def damage(wreck, rng):
    """A flipped bit in what a later record, or the signature, says is on the disk."""
    log = wreck.log
    synced = max(s for _, s in log.synced)
    known = [end for end, (sequence, _), entries in zip(log.ends, log.synced, log.entries)
             if sequence <= synced and entries <= wreck.signed]
    points = [rng.randrange(SEGMENT_HEAD, known[-1]) for _ in range(6)]
    return [w for w in (refused(wreck, wreck.flip(at), f"flipped at {at}") for at in points) if w]


def lost_file(wreck):
    """Without its newest segment; without what can be made again: the published checkpoint, the view."""
    state, file = wreck.copy()
    file.unlink()
    wrong = [refused(wreck, state, "no segment")]
    state, _ = wreck.copy()
    (state / "ledger/checkpoint").unlink()
    wrong.append(fine(wreck, state, "no checkpoint file", wreck.signed))
    state, _ = wreck.copy()
    for view in state.glob("sluice.db*"):
        view.unlink()
    wrong.append(fine(wreck, state, "no view", wreck.signed))
    return [w for w in wrong if w]


def decisions_kept(wreck, reviewers):
    """Killed, not cut: every decision that was answered is there."""
    state, _ = wreck.copy()
    problem = fine(wreck, state, "untouched", wreck.signed)
    return [problem] if problem else evidence.decisions_lost(evidence.Ledger(state / "ledger"), reviewers)


def run(out, seed):
    rng = random.Random(seed)
    with lab.Lab(deciders=("rita", "bob")) as world:
        clients = [load.Writer(world, 0, rng, "agent-8"), load.Asker(world, 1, rng, "agent-7"),
                   load.Asker(world, 2, rng, "agent-7")]
        reviewers = [load.Reviewer(world, "rita", rng)]
        for t in clients + reviewers:
            t.start()
        lab.wait_for(lambda: len(reviewers[0].yes) > 20 and len(clients[0].done) > 300, 20, "some history")
        for t in reviewers + clients[1:]:     # without them only the timer syncs: there is a tail to lose
            t.stopping.set()
        time.sleep(0.3 + 0.4 * rng.random())
        world.kill_all()
        for t in clients + reviewers:
            t.stopping.set()
        for t in clients + reviewers:
            t.join(20)
        wreck = Wreck(world)
        for name, test in (
                ("P9: kill -9 of everything loses no decision", lambda: decisions_kept(wreck, reviewers)),
                ("power loss: a torn tail is cut, and never below what was signed", lambda: torn_tails(wreck, rng)),
                ("P8: a log shorter than its last checkpoint refuses to open", lambda: short_logs(wreck, rng)),
                ("P8: damage in what was safe refuses to open", lambda: damage(wreck, rng)),
                ("P8: a missing log is noticed, a missing checkpoint or view is made again", lambda: lost_file(wreck))):
            out.run(name, check, test)


def check(test):
    wrong = test()
    assert not wrong, "\n".join(wrong)
