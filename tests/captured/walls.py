"""The walls of the running programs, and one gate of two that breaks its journal."""

import mmap
import pathlib
import resource
import struct

import lab
import wire

AT_HEAD = 64    # core/ledger/journal.h
MB = 1024 * 1024
LIMITS = {      # the most of each: descriptors, address space (docs/decisions.md says why two have none)
    "sluice-gate": {resource.RLIMIT_NOFILE: 10_000 * 2 + 256},     # max_connections, to both sides
    "sluice-judge": {resource.RLIMIT_NOFILE: 64 + 64, resource.RLIMIT_AS: 1024 * MB},
    "sluice-keeper": {resource.RLIMIT_NOFILE: 4096},
    "sluice-desk": {resource.RLIMIT_NOFILE: 8192 + 64, resource.RLIMIT_AS: 2048 * MB}}


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def closed_doors(world):
    """Each program runs behind its filter: what tests/unit/test_sandbox.c tries is what really stands there."""
    wrong = []
    programs = {**world.pids(), world.serve.pid: "sluice"}
    roles = set(programs.values())
    for pid, name in programs.items():
        status = status_of(pid)
        filters = int(status.get("Seccomp_filters", "2" if name != "sluice" else "1"))
        if status["Seccomp"] != "2" or status["NoNewPrivs"] != "1" or filters < (1 if name == "sluice" else 2):
            wrong.append(f"{name}: Seccomp {status['Seccomp']} ({filters} filters), NoNewPrivs {status['NoNewPrivs']}")
        if "0" not in limit_of(pid, "Max core file size"):
            wrong.append(f"{name} could dump core")
    assert {"sluice", "sluice-gate", "sluice-judge", "sluice-keeper", "sluice-desk", "sluice-courier"} <= roles, roles
    assert list(programs.values()).count("sluice-courier") == 2, programs     # of providers, and of hooks
    assert not wrong, "\n".join(wrong)


def limited(world):
    """Both limits of each: who has only the soft one may lift it again."""
    wrong = []
    for pid, name in world.pids().items():
        wanted = {resource.RLIMIT_CORE: 0, **LIMITS.get(name, {})}
        if name in LIMITS:      # a courier's libcurl needs a thread for names
            wanted[resource.RLIMIT_NPROC] = 0
        for limit, most in wanted.items():
            for has in resource.prlimit(pid, limit):
                if has == resource.RLIM_INFINITY or has > most:
                    wrong.append(f"{name}: limit {limit} is {has}, should be {most} at most")
    assert set(LIMITS) <= set(world.pids().values()), world.pids()
    assert not wrong, "\n".join(wrong)


def limit_of(pid, name):
    try:
        text = pathlib.Path(f"/proc/{pid}/limits").read_text()
    except PermissionError:     # not our user's to read: the process may not be traced
        return ["0"]
    return next(line for line in text.splitlines() if line.startswith(name))[len(name):].split()


def break_ring(world, gate):
    """What a captured gate could do to its own journal: publish bytes that are no record."""
    file = pathlib.Path(world.config["runtime"])
    with open(world.folder / file / f"journal.{gate}", "r+b") as f, mmap.mmap(f.fileno(), 0) as ring:
        head = struct.unpack_from("<Q", ring, AT_HEAD)[0]
        ring[AT_HEAD:AT_HEAD + 8] = struct.pack("<Q", head + 64)


def alive(client):
    try:
        return client.ask("select 1 as still_here", 2).rows == [["1"]]
    except (OSError, wire.Closed, wire.TooLate):
        return False


def broken_journal(world):
    clients = [world.raw("nightly") for _ in range(16)]
    assert all(alive(c) for c in clients)
    before = world.pids("gate")
    break_ring(world, 0)
    lab.wait_for(lambda: world.events("journal_damaged"), 10, "a word about the journal")
    lab.wait_for(lambda: set(world.pids("gate")) != set(before) and len(world.pids("gate")) == 2, 15, "a new gate")
    living = [c for c in clients if alive(c)]
    gone = len(clients) - len(living)
    print(f"# {gone} sessions ended with their gate, {len(living)} went on", flush=True)
    assert living, "the other gate's sessions ended too"
    assert len(set(world.pids("gate")) & set(before)) == 1, "both gates were replaced"
    assert list((world.folder / world.config["runtime"]).glob("journal.0.damaged-*")), "nothing was put aside"
    lab.wait_for(lambda: all(alive(world.raw("nightly")) for _ in range(8)), 20, "both gates at work")


# --- journals that a crash, or somebody, left broken --------------------------------------------------------

AT_MAGIC, AT_TAIL, HEADER = 0, 128, 4096


def spoil(file, what):
    with open(file, "r+b") as f, mmap.mmap(f.fileno(), 0) as ring:
        if what == "record":
            tail = struct.unpack_from("<Q", ring, AT_TAIL)[0]
            at = HEADER + (tail + 16) % (len(ring) - HEADER)
            ring[at] ^= 0x40
        else:
            at = AT_MAGIC if what == "first word" else AT_HEAD
            ring[at:at + 8] = b"nonsense"


def broken_at_start(what):
    """It is put aside for people to look at, and Sluice comes up without it."""
    with lab.Lab(deciders=()) as world:
        client = world.raw("nightly")
        assert alive(client)
        world.kill("keeper", 19)            # SIGSTOP: what follows stays unread in the journal
        client.ask("select 'unread', id from public.orders where id = 7")
        world.kill_all()
        lab.wait_for(lambda: not world_is_held(world), 5, "the end of all programs")
        spoil(world.folder / world.config["runtime"] / "journal.0", what)
        world.start()
        lab.wait_for(lambda: works(world), 15, "work without the broken journal")
        assert list((world.folder / world.config["runtime"]).glob("journal.0.damaged-*")), "nothing was put aside"
        world.stop()
        verified = world.ledger_verify()
        assert verified.rc == 0, str(verified)


def world_is_held(world):
    """Somebody still has the state's lock."""
    import fcntl
    with open(world.state / "lock", "ab") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def works(world):
    try:
        return alive(world.raw("nightly"))
    except (OSError, wire.Closed, wire.TooLate, wire.Refused):
        return False


def wanted(config):
    """Two gates; and a provider and a receiver that are not there, so that there is somebody to ask and to tell them."""
    config.update(gates=2, issuers=[{"name": "nobody", "issuer": "http://127.0.0.1:9", "client_id": "sluice"}],
                  hooks=[{"name": "nobody", "format": "ocsf", "url": "http://127.0.0.1:9"}])


def run(out):
    with lab.Lab(change=wanted, deciders=("rita",)) as world:
        out.run("each of the six programs runs behind its door", closed_doors, world)
        out.run("each of the four has its limits: descriptors, processes, core, and memory where it is said", limited, world)
        out.run("captured gate: a journal that it broke ends it alone, and is put aside", broken_journal, world)
        code, verified = world.stop(), world.ledger_verify()
        out.report("captured gate: the ledger verifies", why=None if code == 0 and verified.rc == 0
                   else f"serve ended with {code}\n{verified}")
    for what in ("first word", "head", "record"):
        out.run(f"a journal whose {what} is broken is put aside at the start", broken_at_start, what)
