"""One throw-away laboratory: a PostgreSQL, Sluice in front of it, and the people around it.

    with Lab() as lab:
        client = lab.raw("agent-7")
        client.query("delete from staging.scratch")
        wanted = lab.pending_one("agent-7")
        lab.approve("rita", wanted["id"])

Many labs may run beside each other. What a lab starts it ends, by the numbers it noted; what it wrote
goes with its folder (SLUICE_LAB_KEEP=1 keeps that).
"""

import datetime
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time

import scratch
import server
import wire
from wire import LOADED
from authenticator import ALGORITHMS, Passkey, text

scratch.use()

PEOPLE = {  # name: kind, owner, groups; owners come first
    "carol": ("human", None, ["engineers", "data-stewards"]),   # an owner who could decide for others
    "rita": ("human", None, ["data-stewards", "dba"]),
    "bob": ("human", None, ["data-stewards", "dba"]),
    "erin": ("human", None, ["engineers"]),
    "agent-7": ("agent", "carol", ["agents"]),
    "agent-8": ("agent", "bob", ["agents", "data-stewards"]),   # an agent in a reviewer group
    "nightly": ("service", "erin", ["engineers"]),
}

PROMISED = {}   # port -> the socket that keeps it for us


def hold(name, dataset, **more):
    return {"name": name, "when": {"datasets": [dataset], "effects": ["insert", "update", "delete", "truncate"]},
            "then": "hold", "reviewers": {"groups": ["data-stewards"], "need": 1}, **more}


def config(pg_port, listen, http):
    """The lab's sluice.yaml before overrides; JSON is YAML."""
    return {
        "state": "./state", "runtime": "./run",
        "listen": {"postgres": f"127.0.0.1:{listen}", "http": f"127.0.0.1:{http}"},
        "timeouts": {"drain": "1s", "login": "10s"},
        "passkeys": {"rp_id": "localhost", "origins": [f"http://localhost:{http}"]},
        "targets": [{
            "name": "finance", "protocol": "postgres", "address": f"127.0.0.1:{pg_port}",
            "database": "shop", "environment": "production",
            "login": {"user": "app", "password_file": "app.pass"},
            "access": {"groups": ["engineers", "agents", "data-stewards"]},
            "default": "allow",
            "labels": [{"columns": ["public.customers.email", "*.ssn"], "label": "pii"},
                       {"tables": ["public.payments"], "label": "financial"}]}],
        "policy": [
            {"name": "regulated data leaves", "when": {"effects": ["export"], "labels": ["pii", "financial"]},
             "then": "hold", "reviewers": {"groups": ["data-stewards"], "need": 1}, "expires": "15m"},
            {"name": "schema and privileges in production",
             "when": {"effects": ["ddl", "privilege", "admin", "program"], "environment": ["production"]},
             "then": "hold", "reviewers": {"groups": ["dba"], "need": 1}},
            {"name": "agents never drop",
             "when": {"identity_kind": ["agent"], "statements": ["drop", "truncate"]}, "then": "deny"},
            hold("scratch is watched", "staging.scratch"),
            hold("short patience", "staging.patience", max_wait="1s"),
            hold("not with locks", "staging.locked", in_transaction="refuse"),
            hold("say why", "staging.why", reason="required"),
            hold("decide quickly", "staging.quick", expires="2s"),
            hold("spend quickly", "staging.fleeting", grant_ttl="1s"),
            hold("four eyes", "staging.pair", reviewers={"groups": ["data-stewards"], "need": 2}),
            hold("sealed texts", "staging.sealed", record="shape"),
            hold("nobody is there", "staging.lonely", reviewers={"groups": ["ghosts"], "need": 1}),
        ]}


def is_current(target, since):
    """Were its definitions, as `sluice status` has it, looked at after then?"""
    checked = datetime.datetime.fromisoformat(target.get("checked", "1970-01-01T00:00:00Z").replace("Z", "+00:00"))
    return target["listing"] == "current" and checked.timestamp() > since


class Done:
    """What a command left: rc, out, err."""

    def __init__(self, rc, out, err):
        self.rc, self.out, self.err = rc, out, err

    def __repr__(self):
        return f"rc={self.rc}\nout: {self.out}\nerr: {self.err}"


def free_ports(count):
    """Loopback ports that nobody listens on, and that no other lab was promised. Below 20000: those from there to
    32767 are the unit tests', which may run beside labs."""
    found, rng = [], random.Random(os.urandom(8))
    while len(found) < count:
        port = rng.randrange(10000, 20000)
        promise = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe:
            try:
                promise.bind(f"\0sluice-lab-port-{port}")     # abstract: gone with this process
                probe.bind(("127.0.0.1", port))
            except OSError:
                promise.close()
                continue
        PROMISED[port] = promise
        found.append(port)
    return found


def give_back(ports):
    for port in ports:
        PROMISED.pop(port).close()


def wait_for(condition, seconds=10, what="the condition"):
    """The first true value of condition(); seconds: on a machine of one's own."""
    end, pause = time.monotonic() + seconds * LOADED, 0.02
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true in {seconds * LOADED} s")
        time.sleep(pause)
        pause = min(0.2, 1.2 * pause)   # what looks often takes the time of what is looked for


class Lab:
    def __init__(self, change=None, people=None, upstream_tls=None, environment=None, start=True,
                 deciders=("rita", "bob", "carol"), ca=None, pg_settings=None, pg_binaries=server.BIN):
        """change(config): edits the configuration before the start. upstream_tls: a folder with
        server.crt and server.key for PostgreSQL. ca: verifies the API's certificate. deciders: who claims
        a credential at once. pg_settings: of postgresql.conf. pg_binaries: another version's
        (embedded.py)."""
        self.change, self.people, self.deciders = change, PEOPLE if people is None else people, deciders
        self.upstream_tls, self.should_start, self.ca = upstream_tls, start, ca
        self.pg_settings, self.pg_binaries = pg_settings, pg_binaries
        self.environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "SLUICE_"))},
                            "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **(environment or {})}
        self.build = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve()
        self.program = self.build / "src" / "cli" / "sluice"
        self.tokens, self.serve, self.codes, self.clients, self.children = {}, None, {}, [], []
        self.passkeys = {}      # the last one that each human enrolled

    # --- the frame ---------------------------------------------------------------------------

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"lab-{os.getpid()}-"))
        os.chmod(self.folder, 0o755)
        try:
            self._begin()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        self._end()

    def _begin(self):
        self.ports = pg_port, self.port, self.http = free_ports(3)
        self.state = self.folder / "state"
        self.pg = server.Postgres(self.folder / "pg", pg_port, self.upstream_tls, self.pg_settings, self.pg_binaries)
        creating = threading.Thread(target=self._create_pg)
        creating.start()
        try:
            (self.folder / "app.pass").write_text("app-secret\n")
            os.chmod(self.folder / "app.pass", 0o600)
            self.config = config(pg_port, self.port, self.http)
            if self.change:
                self.change(self.config)
            self.url = f"http{'s' if 'tls' in self.config else ''}://127.0.0.1:{self.http}"
            self.write_config()
            for name, (kind, owner, groups) in self.people.items():
                self.add(name, kind, owner, groups)
        finally:
            creating.join()
        if self.pg_failed:
            raise self.pg_failed
        if self.should_start:
            self.start()
            for name in self.deciders:     # a hold that nobody enrolled could decide is denied at once
                self.enroll(name)

    def _create_pg(self):
        self.pg_failed = None
        try:
            self.pg.create()
        except (OSError, RuntimeError, subprocess.SubprocessError) as why:
            self.pg_failed = why

    def _end(self):
        for client in self.clients:
            try:
                client.close()
            except Exception:   # a driver's own class; the folder below must go whatever it says
                pass
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
        try:
            self.stop(hurry=True)
        finally:
            if hasattr(self, "pg"):
                self.pg.stop()
            give_back(getattr(self, "ports", ()))
            if not os.environ.get("SLUICE_LAB_KEEP"):
                self._remove_journals()
                shutil.rmtree(self.folder, ignore_errors=True)

    def _remove_journals(self):
        """A configuration without `runtime` has them in memory, and who was killed left them; a state names its own."""
        for link in [*self.folder.glob("run"), *self.folder.glob("*/run"), *self.folder.glob("*/*/run")]:
            if link.is_symlink() and pathlib.Path(os.readlink(link)).name.startswith("sluice-"):
                shutil.rmtree(link.resolve(), ignore_errors=True)

    def write_config(self, raw=None):
        text = raw if raw is not None else json.dumps(self.config, indent=1)
        (self.folder / "sluice.yaml").write_text(text)

    # --- Sluice ------------------------------------------------------------------------------

    def start(self, seconds=20):
        self.log_file = self.folder / "serve.log"
        with open(self.log_file, "ab") as log:
            self.serve = subprocess.Popen([self.program, "serve", "--config", self.folder / "sluice.yaml"],
                                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                          cwd=self.folder, env=self.environment)
        said = []
        reader = threading.Thread(target=lambda: said.append(self.serve.stdout.readline()), daemon=True)
        reader.start()
        reader.join(seconds)
        if not said or said[0].strip() != b"ready":
            self.stop(hurry=True)
            raise RuntimeError("Sluice did not get ready:\n" + self.log_file.read_text()[-4000:])

    def stop(self, hurry=False, seconds=15):
        """Ends `sluice serve`; returns its code."""
        if self.serve is None:
            return None
        child, self.serve = self.serve, None
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            if hurry:
                time.sleep(0.05)
                child.send_signal(signal.SIGTERM)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            for pid in self._children_of(child.pid):
                _kill(pid, signal.SIGKILL)
            child.kill()
            child.wait()
        child.stdout.close()
        return child.returncode

    def restart(self):
        code = self.stop()
        self.start()
        return code

    def sighup(self):
        self.serve.send_signal(signal.SIGHUP)

    @staticmethod
    def _children_of(parent):
        out = {}
        for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                head, tail = file.read_text().rsplit(")", 1)
            except OSError:
                continue
            if int(tail.split()[1]) == parent and tail.split()[0] != "Z":
                out[int(head.split()[0])] = head.split("(", 1)[1]
        return out

    def pids(self, role=None):
        """{pid: "sluice-gate"} of the live programs."""
        found = self._children_of(self.serve.pid)
        return {p: n for p, n in found.items() if role is None or n == f"sluice-{role}"}

    def kill(self, role, how=signal.SIGKILL):
        """Kills the programs of a role ("gate", "judge", "keeper", "desk"), or "super"; returns their pids."""
        pids = [self.serve.pid] if role == "super" else list(self.pids(role))
        for pid in pids:
            _kill(pid, how)
        return pids

    def kill_all(self):
        """kill -9 of everything, as the machine's OOM killer would on a bad day."""
        self.kill("super")
        self.serve.wait()
        self.serve.stdout.close()
        self.serve = None

    def revived(self, role, old, seconds=15):
        """Waits until a new program of that role runs and none of the old pids."""
        wait_for(lambda: (now := self.pids(role)) and not set(now) & set(old), seconds, f"a new {role}")

    def renew(self, role):
        """Kills the programs of a role; the next ones are there, and answer."""
        self.revived(role, self.kill(role))
        wait_for(lambda: self.manage("hooks", "--json", check=False).rc == 0, 20, "the keeper to answer")

    def events(self, name=None):
        """Lines of Sluice's own log, those of one event where named."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        return [x for x in lines if name is None or f" event={name} " in x + " "]

    def sluice(self, *args, input=None, check=False, environment=None):
        done = subprocess.run([self.program, *[str(a) for a in args]], input=input, capture_output=True,
                              text=True, cwd=self.folder, env={**self.environment, **(environment or {})},
                              timeout=60, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"sluice {' '.join(map(str, args))}: {done.returncode}\n{done.stdout}{done.stderr}")
        return Done(done.returncode, done.stdout, done.stderr)

    def manage(self, *args, check=True):
        """A command of the operator: on the control socket, or on the folder while nothing runs."""
        return self.sluice(*args, "--state", self.state, check=check)

    def chats(self):
        """How it goes in each chat, by its name."""
        return {c["name"]: c for c in json.loads(self.manage("chats", "--json").out)["chats"]}

    def where(self):
        """The options that lead a command to this lab's API."""
        return ["--url", self.url, *(["--ca", self.ca] if self.ca else [])]

    # --- people ------------------------------------------------------------------------------

    def add(self, name, kind, owner=None, groups=()):
        words = ["identity", "add", name, "--kind", kind]
        words += ["--owner", owner] if owner else []
        for g in groups:
            words += ["--group", g]
        said = self.manage(*words).out
        found = re.search(r"(slc_\S+)", said)
        if found:
            self.codes[name] = found.group(1)
        return said

    def token(self, name, fresh=False):
        """An asking token of that identity, kept for later."""
        if fresh or name not in self.tokens:
            self.tokens[name] = self.manage("token", "create", name).out.strip()
        return self.tokens[name]

    def enroll(self, name):
        """The file with that human's deciding credential, claimed at the first call."""
        file = self.folder / f"{name}.credential"
        if not file.exists():
            self.sluice("enroll", self.codes[name], *self.where(), "--save", file, check=True)
        return file

    # --- clients -----------------------------------------------------------------------------

    def raw(self, user="agent-7", token=None, database="finance", options=None, **more):
        client = wire.Raw("127.0.0.1", self.port, user, database, token or self.token(user), options, **more)
        self.clients.append(client)
        return client

    def connect(self, user="agent-7", token=None, database="finance", **more):
        import psycopg2
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=user, dbname=database,
                                      password=token or self.token(user), **more)
        self.clients.append(connection)
        return connection

    def client_environment(self, user="agent-7", token=None, database="finance"):
        return {**self.environment, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": user,
                "PGDATABASE": database, "PGPASSWORD": token or self.token(user), "PGCONNECT_TIMEOUT": "10"}

    def psql(self, *args, user="agent-7", token=None, database="finance", input=None, seconds=60):
        """psql("select 1") or psql("-c", "...", "-c", "..."); no ~/.psqlrc, unaligned rows only."""
        args = ("-c", args[0]) if len(args) == 1 and not args[0].startswith("-") else args
        done = subprocess.run(["psql", "-XAtqw", *args], input=input or "", capture_output=True, text=True,
                              env=self.client_environment(user, token, database), timeout=seconds, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def psql_start(self, *args, user="agent-7", token=None, database="finance"):
        """psql in the background: a Popen with text pipes; the lab ends it."""
        return self.start_client(["psql", "-XAtqw", *args], user, token, database)

    def start_client(self, command, user="agent-7", token=None, database="finance", **more):
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True, env=self.client_environment(user, token, database), **more)
        self.children.append(child)
        return child

    # --- approvals ---------------------------------------------------------------------------

    def approvals(self, by="rita", everything=False):
        more = ["--all"] if everything else []
        done = self.sluice("approvals", "--json", *more, "--credential-file", self.enroll(by), *self.where(),
                           check=True)
        return json.loads(done.out)["approvals"]

    def pending(self, identity=None, by="rita"):
        return [a for a in self.approvals(by) if a["state"] == "pending" and identity in (None, a["identity"])]

    def pending_one(self, identity=None, by="rita", seconds=10, like=""):
        """Waits for a pending approval whose statement matches; the newest."""
        def whole(a):
            return self.approval(a["id"], by) if a.get("outline") else a

        return wait_for(lambda: [a for a in map(whole, self.pending(identity, by))
                                 if re.search(like, a.get("operation", {}).get("sql", ""))],
                        seconds, f"a pending approval like {like!r}")[0]

    def approval(self, which, by="rita"):
        return json.loads(self.api("show", which, by, "--json", check=True).out)

    def api(self, command, which, by, *more, check=False):
        return self.sluice(command, which, *more, "--credential-file", self.enroll(by), *self.where(),
                           check=check)

    def approve(self, by, which, reason="checked in the lab", check=True, rows=None):
        more = ["--rows", str(rows)] if rows else []
        return self.api("approve", which, by, "--reason", reason, "--yes", *more, check=check)

    def decide_over_http(self, by, which, decision, channel=None, reason="without the command line"):
        """As a program would that knows nothing of `sluice`; the HTTP status, and the answer."""
        credential = json.loads(self.enroll(by).read_text())["credential"]
        headers = {"Authorization": f"Bearer {credential}", "Content-Type": "application/json"}
        if channel is not None:
            headers["Sluice-Channel"] = channel
        body = {"decision": decision, "digest": self.approval(which)["digest"], "reason": reason}
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=10)
        connection.request("POST", f"/v1/approvals/{which}/decision", json.dumps(body), headers)
        answer = connection.getresponse()
        status, said = answer.status, json.loads(answer.read())
        connection.close()
        return status, said

    def release_alone(self, who, approval, reason):
        """Break-glass, by one of its group."""
        status, said = self.ask(who, "POST", f"/v1/approvals/{approval['id']}/decision",
                                {"decision": "break-glass", "digest": approval["digest"], "reason": reason})
        assert status == 200, said

    # --- passkeys ----------------------------------------------------------------------------

    def ask(self, who, method, path, body=None, token=None):
        """One request with that human's deciding credential, or with this token: status, answer."""
        credential = token or json.loads(self.enroll(who).read_text())["credential"]
        headers = {"Authorization": f"Bearer {credential}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=10)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        status, said = answer.status, json.loads(answer.read())
        connection.close()
        return status, said

    def enrol_passkey(self, who, key=None, existing=None, second=False, **more):
        """A new passkey of that human: status, answer. It is kept as theirs when it was taken, or waits for a second person."""
        key = key or Passkey(f"http://localhost:{self.http}", "localhost", **more)
        status, said = self.ask(who, "POST", "/v1/passkeys/challenge", {
            "purpose": "enrol", "key": text(key.id), "public_key": text(key.public()),
            "algorithm": ALGORITHMS[key.algorithm]})
        if status != 200:
            return status, said
        body = {"possession": key.assertion(said["challenge"])}
        existing = existing or self.passkeys.get(who)
        if second:
            body["second"] = True
        elif existing:
            body["existing"] = existing.assertion(said["challenge"])
        status, said = self.ask(who, "POST", "/v1/passkeys", body)
        if status in (201, 202):
            self.passkeys[who] = key
        return status, said

    def decision(self, by, which, decision="approve", reason="signed in the lab", **more):
        return {"decision": decision, "reason": reason, "digest": self.ask(by, "GET", f"/v1/approvals/{which}")[1]
                .get("digest", "0" * 64), **more}

    def challenge(self, by, which, body):
        return self.ask(by, "POST", f"/v1/approvals/{which}/challenge", body)

    def decide_by_passkey(self, by, which, decision="approve", key=None, **more):
        """The whole way; status, answer."""
        body = self.decision(by, which, decision, **more)
        status, said = self.challenge(by, which, body)
        if status != 200:
            return status, said
        signed = (key or self.passkeys[by]).assertion(said["challenge"])
        return self.ask(by, "POST", f"/v1/approvals/{which}/decision", {**body, "passkey": signed})

    def deny(self, by, which, reason="not today", check=True):
        return self.api("deny", which, by, "--reason", reason, "--yes", check=check)

    # --- usage ---------------------------------------------------------------------------------

    def usage(self, by="identity", who="rita", *more):
        """The answer of `sluice usage`, asked by a decider, or with an asking token."""
        with_file = ["--credential-file", self.enroll(who)] if who in self.deciders else []
        environment = {} if with_file else {"SLUICE_CREDENTIAL": self.token(who)}
        done = self.sluice("usage", "--by", by, "--limit", "1000", "--json", *more, *with_file, *self.where(),
                           check=True, environment=environment)
        return json.loads(done.out)

    def usage_of_run(self, run):
        """(statements, rows, bytes)"""
        found = [r for r in self.usage("run")["usage"] if r["run"] == run]
        return (found[0]["statements"], found[0]["rows"], found[0]["bytes"]) if found else (0, 0, 0)

    # --- what really happened ----------------------------------------------------------------

    def server_log(self, identity=None, kinds=("statement", "execute"), own=False):
        """What PostgreSQL was told through the gate's sessions, oldest first; `own`: the gate's questions too."""
        return [e for e in self.pg.log() if e.identity is not None and identity in (None, e.identity)
                and (kinds is None or e.kind in kinds) and (own or not e.is_gates_own())]

    def has_run(self, which, seconds=10):
        """Waits until it ran and how it ended is told: a grant is spent before the server hears of the statement."""
        wait_for(lambda: (a := self.approval(which))["state"] == "spent" and a.get("outcome"), seconds, "the statement to run")

    def ran(self, pattern, identity=None, kinds=("statement", "execute"), user=None):
        """How many statements that PostgreSQL was told match; user: the role that logged in."""
        return sum(1 for e in self.server_log(identity, kinds)
                   if re.search(pattern, e.sql, re.S) and user in (None, e.user))

    def ledger_verify(self):
        ledger = self.state / "ledger"
        return self.sluice("ledger", "verify", ledger, "--key", ledger / "key.pub")

    def status(self):
        return json.loads(self.sluice("status", "--json", "--config", self.folder / "sluice.yaml", check=True).out)

    def lists_anew(self, since=None):
        """Waits until each target's definitions were looked at after then (time.time()), or from now on."""
        since = since or time.time()
        wait_for(lambda: all(is_current(t, since) for t in self.status()["status"]["targets"]), 30, "a listing from after then")

    def files_with(self, needle, under=("state/ledger",)):
        """Files below the given folders of the lab that hold these bytes. What goes away meanwhile has grown into another
        file: then all are looked at again."""
        needle = needle.encode() if isinstance(needle, str) else needle
        for _ in range(50):
            try:
                return self._files_with(needle, under)
            except FileNotFoundError:
                time.sleep(0.02)
        return self._files_with(needle, under)

    def _files_with(self, needle, under):
        found = []
        for top in (self.folder / folder for folder in under):
            for file in [top] if top.is_file() else sorted(top.rglob("*")):
                if stat.S_ISREG(file.stat().st_mode) and needle in file.read_bytes():
                    found.append(str(file.relative_to(self.folder)))
        return found


def _kill(pid, how):
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        pass
