"""The stage of a measurement: one PostgreSQL, PgBouncer and Sluice in front of it, all on loopback."""
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PG = "/usr/lib/postgresql/15/bin"
PASSWORD = "bench-password"


def free_port():
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def policy(rules):
    """`rules` rules, none of which concerns the benchmark's statements, as a large installation has them."""
    lines = []
    for n in range(rules):
        lines += [
            f"  - name: rule {n}",
            f"    when: {{effects: [ddl, export], datasets: [\"public.table_{n}\", \"archive.part_{n}_*\"], "
            f"groups: [team-{n % 7}]}}",
            "    then: hold",
            "    reviewers: {groups: [dba], need: 1}",
        ]
    return "\n".join(lines)


CONFIG = """state: ./state
sandbox: {sandbox}
listen: {{postgres: "127.0.0.1:{gate}", http: "127.0.0.1:{http}"}}
max_connections: 10000
targets:
  - name: bench
    protocol: postgres
    address: "127.0.0.1:{server}"
    database: bench
    environment: production
    login: {{user: app, password_file: app.pass}}
    access: {{groups: [engineers]}}
    default: allow
    labels:
      - {{columns: ["public.secrets.*"], label: pii}}
policy:
{policy}
  - name: secrets leave
    when: {{effects: [export, read], labels: [pii]}}
    then: hold
    reviewers: {{groups: [dba], need: 1}}
"""


class Stage:
    def __init__(self, build, max_connections=1200, sandbox="enforce"):
        self.sandbox = sandbox
        self.build = os.path.abspath(build)
        self.sluice = os.path.join(self.build, "src/cli/sluice")
        self.max_connections = max_connections
        self.processes = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="sluice-bench-")
        os.chmod(self.folder, 0o711)
        self.server, self.bouncer, self.gate, self.http = (free_port() for _ in range(4))
        try:
            self.start_server()
            self.start_bouncer()
            self.start_sluice()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGINT if process is self.processes[0] else signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def unprivileged(self):
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("postgres")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def start(self, command, ready, log, **options):
        with open(self.path(log), "wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **options)
        self.processes.append(process)
        for _ in range(200):
            if ready():
                return process
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{command[0]} did not start:\n" + open(self.path(log)).read()[-2000:])

    def listens(self, port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def start_server(self):
        data = self.path("data")
        os.mkdir(data, 0o700)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
        with open(self.path("super.pass"), "w") as secret:
            secret.write(PASSWORD + "\n")
        subprocess.run([f"{PG}/initdb", "-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=md5",
                        f"--pwfile={self.path('super.pass')}"], cwd="/", **quiet, **self.unprivileged())
        self.start([f"{PG}/postgres", "-D", data, "-p", str(self.server), "-k", data,
                    "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "password_encryption=md5",
                    "-c", "shared_buffers=256MB", "-c", f"max_connections={self.max_connections}"],
                   lambda: self.listens(self.server), "server.log", **self.unprivileged())
        psql = ["psql", "-X", "-q", "-h", data, "-p", str(self.server), "-U", "postgres"]
        subprocess.run(psql + ["-d", "postgres", "-c", f"create role app login password '{PASSWORD}'",
                               "-c", "create database bench owner app"], **quiet, **self.unprivileged())
        subprocess.run([f"{PG}/pgbench", "-i", "-q", "-s", "5", "-h", data, "-p", str(self.server), "-U", "app",
                        "bench"], **quiet, **self.unprivileged())
        subprocess.run(psql + ["-d", "bench", "-c",
                               "set role app; create table big as select g as id, repeat('x', 92) as filler "
                               "from generate_series(1, 1000000) g; create table secrets (id int, value text); "
                               "insert into secrets values (1, 'one')", "-c", "vacuum analyze"],
                       **quiet, **self.unprivileged())

    def start_bouncer(self):
        with open(self.path("users.txt"), "w") as users:
            users.write(f'"app" "{PASSWORD}"\n')
        with open(self.path("bouncer.ini"), "w") as ini:
            ini.write(f"""[databases]
bench = host=127.0.0.1 port={self.server} dbname=bench user=app password={PASSWORD}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.bouncer}
auth_type = md5
auth_file = {self.path("users.txt")}
pool_mode = session
max_client_conn = {self.max_connections}
default_pool_size = {self.max_connections - 100}
unix_socket_dir =
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
""")
        os.chmod(self.path("users.txt"), 0o644)
        os.chmod(self.path("bouncer.ini"), 0o644)
        os.chmod(self.folder, 0o755)
        self.bouncer_process = self.start(["/usr/sbin/pgbouncer", self.path("bouncer.ini")],
                                          lambda: self.listens(self.bouncer), "bouncer.log", **self.unprivileged())

    def run(self, *command):
        return subprocess.run([self.sluice, *command], check=True, capture_output=True, text=True,
                              cwd=self.folder).stdout

    def start_sluice(self):
        with open(self.path("app.pass"), "w") as secret:
            secret.write(PASSWORD)
        with open(self.path("sluice.yaml"), "w") as config:
            config.write(CONFIG.format(sandbox=self.sandbox, gate=self.gate, http=self.http, server=self.server, policy=policy(100)))
        state = self.path("state")
        self.run("identity", "add", "olga", "--kind", "human", "--group", "engineers", "--state", state)
        code = self.run("identity", "add", "rita", "--kind", "human", "--group", "dba", "--state", state)
        self.run("identity", "add", "app", "--kind", "service", "--owner", "olga", "--group", "engineers",
                 "--state", state)
        self.token = self.run("token", "create", "app", "--state", state).strip()
        self.serve()
        self.url = f"http://127.0.0.1:{self.http}"
        self.credential = self.path("rita.credential")
        self.run("enroll", re.search(r"slc_[\w-]+", code).group(), "--url", self.url, "--save", self.credential)

    def serve(self):
        self.start([self.sluice, "serve", "--config", self.path("sluice.yaml")],
                   lambda: "ready\n" in open(self.path("sluice.log")).read(), "sluice.log", cwd=self.folder)

    def again(self, between):
        """Stops Sluice, does something to its files, and starts it again."""
        process = self.processes.pop()
        process.terminate()
        process.wait(30)
        between()
        self.serve()

    def ways(self):
        """name -> (port, password)"""
        return {"direct": (self.server, PASSWORD), "pgbouncer": (self.bouncer, PASSWORD),
                "sluice": (self.gate, self.token)}

    def roles(self):
        """Sluice's processes: name -> pids."""
        supervisor = self.processes[-1].pid
        found = {"supervisor": [supervisor]}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
                with open(f"/proc/{pid}/cmdline", "rb") as line:
                    name = line.read().split(b"\0")[0].decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == supervisor:
                found.setdefault(os.path.basename(name).removeprefix("sluice-"), []).append(int(pid))
        return found


def cpu_us(pids):
    """CPU time used so far, microseconds, user and kernel (the scheduler's own nanosecond account)."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
                total += int(stat.read().split()[0])
    return total / 1000
