"""The storm: programs are killed at random moments under load; afterwards the records must agree."""

import random
import time

import evidence
import lab
import load

EVERY = {"gate", "judge", "keeper", "desk", "super", "session"}
ROLES = ["gate", "judge", "judge", "keeper", "keeper", "keeper", "desk"]
CLIENTS = [(load.Reader, 2, "agent-7"), (load.Binder, 1, "nightly"), (load.Writer, 2, "agent-8"),
           (load.Mover, 1, "agent-7"), (load.Asker, 2, "agent-7"), (load.Asker, 1, "agent-8"),
           (load.Leaver, 1, "agent-7"), (load.Canceller, 1, "nightly"), (load.Denied, 1, "agent-7")]


class Storm:
    def __init__(self, seed, seconds):
        self.rng, self.seconds = random.Random(seed), seconds
        self.clients, self.reviewers, self.killed = [], [], {}
        self.owed = sorted(EVERY)       # each is struck once at least, whatever luck says
        self.rng.shuffle(self.owed)

    def prepare(self, world):
        for kind, count, user in CLIENTS:
            for _ in range(count):
                number = len(self.clients)
                self.clients.append(kind(world, number, random.Random(self.rng.random()), user))
        for name in ("rita", "bob"):
            self.reviewers.append(load.Reviewer(world, name, random.Random(self.rng.random())))

    def strike(self, world):
        """One program dies, sometimes two at once, now and then everything. Or the configuration is read
        again, or the server ends some sessions."""
        roll = self.rng.random()
        if self.owed:
            roles = [self.owed.pop()]
        elif roll > 0.9:
            roles = ["session"]
        elif roll > 0.85:
            world.sighup()
            return
        else:
            roles = ["super"] if roll < 0.12 else sorted(set(self.rng.sample(ROLES, 2 if roll < 0.3 else 1)))
        for role in roles:
            struck = self.hit(world, role)
            self.killed[role] = self.killed.get(role, 0) + struck
            if not struck and role not in self.killed_at_all():     # it was down just then
                self.owed.append(role)

    def killed_at_all(self):
        return {role for role, count in self.killed.items() if count}

    def hit(self, world, role):
        """How many it hit."""
        if role == "session":
            return int(world.pg.sql("select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity "
                                    "where application_name like 'sluice:%' order by md5(pid::text) limit 2) x"))
        if role == "super":
            world.kill_all()
            time.sleep(0.3 * self.rng.random())
            world.start(30)
            return 1
        pids = list(world.pids(role))[:1]
        for pid in pids:
            lab._kill(pid, 9)
        return len(pids)

    def rage(self, world):
        for t in self.clients + self.reviewers:
            t.start()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            time.sleep(0.15 + 0.9 * self.rng.random())
            self.strike(world)

    def calm(self, world):
        """No more killing: everything comes back by itself, work goes on, then all stop."""
        before = {c: len(c.done) for c in self.clients}
        wanted = [c for c in self.clients if not isinstance(c, (load.Denied, load.Canceller))]
        self.unwell = []
        try:
            lab.wait_for(lambda: all(len(c.done) > before[c] for c in wanted), 40, "work after the storm")
        except AssertionError:
            self.unwell = [f"{c.name}: {c.why!r}" for c in wanted if len(c.done) == before[c]]
        for t in self.clients:
            t.stopping.set()
        for t in self.clients:
            t.join(15)
        for t in self.reviewers:
            t.stopping.set()
            t.join(10)
        time.sleep(0.5)
        self.left_open = world.status()["status"]["sessions"]
        self.alive = [t.name for t in self.clients + self.reviewers if t.is_alive()]

    def totals(self):
        done, refused, lost = (sum(len(getattr(c, what)) for c in self.clients)
                               for what in ("done", "refused", "lost"))
        return (f"{done} statements done, {refused} refused, {lost} lost; "
                f"{sum(len(r.yes) for r in self.reviewers)} approved, {sum(len(r.no) for r in self.reviewers)} denied; "
                "killed: " + ", ".join(f"{k} {v}" for k, v in sorted(self.killed.items())))


def run(out, seed, seconds):
    def check(name, wrong):
        out.report(name, why="\n".join(wrong) or None)

    storm = Storm(seed, seconds)
    gates, sync = storm.rng.choice([1, 2]), storm.rng.choice(["held", "held", "all"])
    with lab.Lab(change=lambda c: c.update(gates=gates, ledger={"sync": sync})) as world:
        storm.prepare(world)
        storm.rage(world)
        storm.calm(world)
        code = world.stop()
        print(f"# {gates} gates, ledger.sync {sync}; {storm.totals()}; {storm.left_open} sessions left open", flush=True)
        server, ledger = evidence.run_by_tag(world), evidence.Ledger(world.state / "ledger")
        verified = world.ledger_verify()
        log = world.log_file.read_text(errors="replace")
        check("P9: after the storm everything works again", storm.unwell + [f"{n} hangs" for n in storm.alive])
        check("P6, P2, P1: what PostgreSQL ran, and what the ledger says, agree", evidence.compare(server, ledger))
        check("the comparison would have noticed", evidence.blind_spots(server, ledger))
        check("P6: every answered statement is recorded", evidence.answers_unrecorded(ledger, storm.clients))
        check("P9: no decision is lost", evidence.decisions_lost(ledger, storm.reviewers))
        check("what was revoked never ran", evidence.revoked_ran(ledger, storm.reviewers))
        check("P11: every action has an end", evidence.loose_ends(ledger))
        check("the ledger verifies", [] if verified.rc == 0 else [(verified.out + verified.err)[-3000:]])
        check("no program ended by itself", [line for line in log.splitlines() if "event=program_ended" in line
                                             and "level=error" in line and "signal=9" not in line][:10])
        check("no journal was found damaged", [line for line in log.splitlines() if "event=journal_" in line
                                               and "level=error" in line][:10])
        check("the drain at the end is clean", [] if code == 0 else [f"sluice serve ended with {code}"])
        check("every program was struck, and sessions at the server", sorted(EVERY - storm.killed_at_all()) if seconds >= 30 else [])
        check("the storm was one", [] if len(server) > 100 and any(r.yes for r in storm.reviewers)
              else [f"only {len(server)} statements"])
