"""A throw-away PostgreSQL 15 with the small shop in it, and its own log of what it was told to do."""

import atexit
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")

SHOP = """
create role app login password 'app-secret';
set password_encryption = md5;
create role app_md5 login password 'md5-secret';
reset password_encryption;
grant app to app_md5;
create schema staging authorization app;
grant all on schema public to app;
grant create, temporary on database shop to app;
set role app;
create table customers (id int primary key, name text not null, email text, ssn text);
create table payments (id int primary key, customer int references customers, amount numeric(10,2), card text);
create table orders (id int primary key, customer int references customers, item text, created date);
insert into customers select n, 'customer ' || n, 'person' || n || '@example.org',
    lpad((n * 7919 % 1000000000)::text, 9, '0') from generate_series(1, 400) n;
insert into payments select n, n % 400 + 1, n * 1.25, '4000-0000-0000-' || lpad(n::text, 4, '0')
    from generate_series(1, 400) n;
insert into orders select n, n % 400 + 1, 'thing ' || n % 20, date '2026-01-01' + n % 300
    from generate_series(1, 1000) n;
create table staging.scratch (id int, note text);
create table staging.patience (id int, note text);
create table staging.locked (id int, note text);
create table staging.why (id int, note text);
create table staging.quick (id int, note text);
create table staging.fleeting (id int, note text);
create table staging.pair (id int, note text);
create table staging.sealed (id int, note text);
create table staging.lonely (id int, note text);
create table pgbench_branches (bid int primary key, bbalance int, filler char(88));
create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84));
insert into pgbench_branches values (1, 0);
insert into pgbench_accounts select n, 1, 0, '' from generate_series(1, 2000) n;
create table staging.wide (id int, body text);
"""

GATES_OWN = [re.compile(p) for p in (
    r"^SELECT pg_catalog\.current_setting\('search_path'\), CURRENT_USER::pg_catalog\.text",
    r"^SELECT pg_catalog\.concat\(n\.nspname, '\.', c\.relname\), l\.mode FROM pg_catalog\.pg_locks",
    r"^SELECT name, setting FROM pg_catalog\.pg_settings WHERE name OPERATOR",
    r"^BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL statement_timeout = 200$",
    r"^EXPLAIN \(FORMAT JSON, COSTS ON\) ",
    r"^ROLLBACK AND NO CHAIN$",
    r"^sluice: refused$")]


class Entry:
    """One thing that the server was told: kind is statement, parse, bind, execute, error..."""

    def __init__(self, record):
        said = record.get("message", "")
        self.app = record.get("application_name", "")
        self.pid, self.detail = record.get("pid"), record.get("detail", "")
        self.user = record.get("user", "")
        self.severity, self.sqlstate = record.get("error_severity"), record.get("state_code")
        self.kind, self.sql = "other", said
        found = re.match(r"(?:duration: [\d.]+ ms  )?(statement|parse|bind|execute|fastpath function call)"
                         r"(?: (?:fetch from )?\S+)?: (.*)", said, re.S)
        if found:
            self.kind, self.sql = found.group(1), found.group(2)
        elif self.severity in ("ERROR", "FATAL"):
            self.kind, self.sql = "error", record.get("statement", "")
        parts = self.app.split(":")
        ours = parts[0] == "sluice" and len(parts) == 3
        self.identity, self.session = (parts[1], parts[2]) if ours else (None, None)

    def is_gates_own(self):
        return any(p.match(self.sql) for p in GATES_OWN)

    def __repr__(self):
        return f"{self.app} {self.kind}: {self.sql}"


def _user():
    """Who runs the server: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user to run PostgreSQL as")


TEMPLATES, LOCK = {}, threading.Lock()      # folder of the programs -> a stopped server's data


def template(binaries):
    """The data of a stopped server with the shop in it, made at the first call in this process; others copy it."""
    with LOCK:
        if binaries not in TEMPLATES:
            folder = pathlib.Path(tempfile.mkdtemp(prefix=f"lab-{os.getpid()}-template-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(0o755)
            made = Postgres(folder / "pg", 5432, binaries=binaries)     # its port is only the name of its socket
            made.make()
            TEMPLATES[binaries] = made.data
    return TEMPLATES[binaries]


class Postgres:
    def __init__(self, folder, port, tls=None, settings=None, binaries=BIN):
        """binaries: the folder of another version's initdb and postgres (embedded.py)."""
        self.folder, self.port, self.tls, self.settings = pathlib.Path(folder), port, tls, settings or {}
        self.binaries = binaries
        self.data, self.user, self.child = self.folder / "data", _user(), None
        self.marks = 0

    def _as(self, command):
        if self.user is None:
            return [str(c) for c in command]
        return ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups",
                *[str(c) for c in command]]

    def _make_folder(self):
        self.folder.mkdir(mode=0o755)
        if self.user is not None:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    def make(self):
        """The template: initdb and the shop, stopped in order, with nothing in its log and no address."""
        self._make_folder()
        subprocess.run(self._as([self.binaries / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust",
                                 "--no-sync", "--wal-segsize=1", "--encoding=UTF8", "--locale=C"]),
                       check=True, capture_output=True, cwd="/")
        try:
            self.start("-k", self.folder, "-h", "", "-p", self.port, "-F")
            self.sql("create database shop", database="postgres")
            self.sql(SHOP)
        finally:
            self.stop()

    def create(self):
        self._make_folder()
        subprocess.run(self._as(["cp", "-a", "--reflink=auto", template(self.binaries), self.data]), check=True,
                       capture_output=True, cwd="/")
        (self.data / "pg_hba.conf").write_text(
            "local all all trust\n"
            "host all app_md5 127.0.0.1/32 md5\n"
            "host replication all 127.0.0.1/32 scram-sha-256\n"
            "host all all 127.0.0.1/32 scram-sha-256\n")
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "fsync": "off",
                    "unix_socket_directories": str(self.folder), "shared_buffers": "32MB",
                    "max_connections": "150", "log_statement": "all", "log_min_duration_statement": "0",
                    "logging_collector": "on", "log_destination": "jsonlog", "log_directory": "log",
                    "log_filename": "said", "log_rotation_age": "0", "log_rotation_size": "0",
                    "log_line_prefix": "%m [%p] %a ", "full_page_writes": "off", "autovacuum": "off",
                    "synchronous_commit": "off", "max_wal_senders": "2", "log_parameter_max_length": "1024", **self.settings}
        if self.tls:
            for name in ("server.crt", "server.key"):
                shutil.copy(self.tls / name, self.data / name)
                if self.user is not None:
                    os.chown(self.data / name, self.user.pw_uid, self.user.pw_gid)
                os.chmod(self.data / name, 0o600)
            settings["ssl"] = "on"
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.writelines(f"{k} = '{v}'\n" for k, v in settings.items())
        self.start()

    def start(self, *options):
        self.output = open(self.folder.parent / "postgres.out", "ab")
        self.child = subprocess.Popen(self._as([self.binaries / "postgres", "-D", self.data, *options]), stdout=self.output,
                                      stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd="/")
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self._psql("select 1", "postgres").returncode == 0:
                return
            if self.child.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start:\n" + (self.folder.parent / "postgres.out").read_text())

    def stop(self, how=signal.SIGINT):
        if self.child is None:
            return
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()       # its backends notice and end
                self.child.wait()
        self.child = None
        self.output.close()

    def _psql(self, sql, database):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return subprocess.run([BIN / "psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p",
                               str(self.port), "-U", "postgres", "-d", database], input=sql,
                              env=environment, capture_output=True, text=True, check=False)

    def sql(self, sql, database="shop"):
        """Past the gateway, as the superuser: unaligned rows as text."""
        done = self._psql(sql, database)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def session(self, database="shop"):
        """One that stays, past the gateway, as the superuser; the caller's to close."""
        import psycopg2
        return psycopg2.connect(host=str(self.folder), port=self.port, user="postgres", dbname=database)

    def log(self, settle=True):
        """Everything that the server said so far. With `settle` nothing said before is missed: a mark of
        ours must have come out of the same pipe."""
        file = self.data / "log" / "said.json"
        if settle:
            self.marks += 1
            mark = f"lab mark {os.getpid()} {self.marks}"
            self.sql(f"select '{mark}'")
            end = time.monotonic() + 10
            while mark.encode() not in file.read_bytes():
                if time.monotonic() > end:
                    raise RuntimeError("PostgreSQL's log does not move")
                time.sleep(0.01)
        out = []
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                out.append(Entry(json.loads(line)))
            except ValueError:
                continue    # a line that is being written
        return out
