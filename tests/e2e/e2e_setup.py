"""Setting up: `sluice init` on a database of one's own, and servers that Sluice must not sit in front of."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import threading

from lab import free_ports, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOUNCER = """[databases]
shop = host=127.0.0.1 port={server} dbname=shop user=app password=app-secret
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
unix_socket_dir =
ignore_startup_parameters = extra_float_digits,default_transaction_read_only
"""


def start_bouncer(lab, port):
    folder = lab.folder / "bouncer"
    folder.mkdir()
    (folder / "bouncer.ini").write_text(BOUNCER.format(server=lab.pg.port, port=port))
    command = ["pgbouncer", str(folder / "bouncer.ini")]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={lab.pg.user.pw_uid}", f"--regid={lab.pg.user.pw_gid}", "--clear-groups", *command]
    bouncer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lab.children.append(bouncer)
    return bouncer


def test_pooler(lab):
    """a transaction pooler upstream is refused with a sentence, and nothing runs"""
    (port,) = free_ports(1)
    start_bouncer(lab, port)
    lab.config["targets"].append({
        "name": "pooled", "protocol": "postgres", "address": f"127.0.0.1:{port}", "database": "shop",
        "login": {"user": "app", "password_file": "app.pass"}, "access": {"groups": ["agents"]}, "default": "allow"})
    lab.write_config()
    lab.sighup()
    wait_for(lambda: lab.psql("select 1 as through_a_pooler", database="pooled").err.find("pooler") >= 0, 10,
             "the refusal of a pooler")
    assert lab.ran("through_a_pooler") == 0


def test_init(lab):
    """sluice init writes a configuration with which psql's line works"""
    folder = lab.folder / "own"
    folder.mkdir()
    done = subprocess.run(
        [str(lab.program), "init", f"postgres://app@127.0.0.1:{lab.pg.port}/shop", "--you", "olga", "--reviewer", "rick",
         "--agent", "bot", "--mode", "enforce"], cwd=folder, env={**lab.environment, "PGPASSWORD": "app-secret"},
        capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "sluice.pass").stat().st_mode & 0o077 == 0
    token = re.search(r"PGPASSWORD=(slt_\S+)", done.stdout).group(1)
    listen, http = free_ports(2)
    text = (folder / "sluice.yaml").read_text()
    (folder / "sluice.yaml").write_text(text.replace(":6432", f":{listen}").replace(":8080", f":{http}"))
    serve = subprocess.Popen([str(lab.program), "serve", "--config", "sluice.yaml"], cwd=folder, env=lab.environment,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lab.children.append(serve)
    assert serve.stdout.readline() == "ready\n"
    out = subprocess.run(["psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(listen), "-U", "bot", "-d", "shop", "-c",
                          "select count(*) from orders"], env={**lab.environment, "PGPASSWORD": token},
                         capture_output=True, text=True, timeout=30, check=False)
    assert out.returncode == 0 and out.stdout.strip().isdigit(), out.stdout + out.stderr
    denied = subprocess.run(["psql", "-X", "-h", "127.0.0.1", "-p", str(listen), "-U", "bot", "-d", "shop", "-c",
                             "drop table orders"], env={**lab.environment, "PGPASSWORD": token},
                            capture_output=True, text=True, timeout=30, check=False)
    assert "agents never drop" in denied.stderr, denied.stderr
    serve.terminate()
    assert serve.wait(20) == 0


def test_init_refuses(lab):
    """sluice init says what is wrong: no such server, an existing file, one person in two roles"""
    folder = lab.folder / "wrong"
    folder.mkdir()
    environment = {**lab.environment, "PGPASSWORD": "app-secret"}
    (closed,) = free_ports(1)

    def init(dsn, *more):
        return subprocess.run([str(lab.program), "init", dsn, "--you", "olga", "--agent", "bot", "--mode", "observe", *more],
                              cwd=folder, env=environment, capture_output=True, text=True, timeout=30, check=False)

    assert init(f"postgres://app@127.0.0.1:{closed}/shop", "--reviewer", "rick").returncode == 3
    assert init(f"postgres://app@127.0.0.1:{lab.pg.port}/shop", "--reviewer", "olga").returncode == 2
    assert not (folder / "sluice.yaml").exists()
    assert init(f"postgres://app@127.0.0.1:{lab.pg.port}/shop", "--reviewer", "rick").returncode == 0
    again = init(f"postgres://app@127.0.0.1:{lab.pg.port}/shop", "--reviewer", "rick")
    assert again.returncode == 1 and "exists already" in again.stderr


def test_cancel_over_gates(lab):
    """with three gates a cancellation finds its session whichever gate it reaches"""
    lab.config["gates"] = 3
    lab.write_config()
    lab.restart()
    for _ in range(9):
        connection = lab.connect()
        connection.autocommit = True
        done = []

        def sleep(connection=connection, done=done):
            try:
                connection.cursor().execute("select pg_sleep(20)")
            except Exception as why:    # what the driver raises is what the test looks at
                done.append(str(why))

        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        wait_for(lambda: lab.pg.sql("select count(*) from pg_stat_activity where state = 'active' and query like "
                                    "'select pg_sleep%'") == "1", 10, "the running statement")
        connection.cancel()
        sleeper.join(10)
        assert done and "canceling" in done[0], done
        connection.close()


def test_classify(lab):
    """sluice classify proposes labels for what a sample shows, with counts and without a value"""
    lab.pg.sql("create table public.contacts (id int primary key, reach text, account text, born date, note text);"
               "insert into public.contacts select n, 'someone' || n || '@example.net', 'DE89370400440532013000',"
               " date '1980-01-01' + n, 'note ' || n from generate_series(1, 50) n;"
               "create table public.huge as select g as id, 'person' || g || '@example.net' as contact from"
               " generate_series(1, 60000) g; analyze public.huge; grant select on public.contacts, public.huge to app")
    done = lab.sluice("classify", "--target", "finance", "--json", "--sample", "500")
    assert done.rc == 0, done
    found = {p["column"]: p for p in json.loads(done.out)["proposals"]}
    assert found["public.contacts.reach"]["label"] == "pii" and found["public.contacts.reach"]["hits"] == 50, found
    assert found["public.contacts.account"]["label"] == "financial", found
    assert found["public.huge.contact"]["label"] == "pii", found
    assert "public.contacts.note" not in found and "public.contacts.id" not in found, found
    assert "public.customers.email" not in found, "it has a label already"
    text = lab.sluice("classify", "--target", "finance")
    assert '- {columns: ["public.contacts.reach"], label: pii}' in text.out, text
    assert "someone1@" not in done.out + text.out and "DE8937" not in done.out + text.out
    lab.pg.sql("create table public.closed (email text)")
    refused = lab.sluice("classify", "--target", "finance")
    assert refused.rc == 1 and "public.closed" in refused.err, refused
    assert lab.sluice("classify", "--target", "nothing").rc == 1
    assert lab.sluice("classify").rc == 2


PROGRAMS = {"usr/bin/sluice", *(f"usr/libexec/sluice/sluice-{role}" for role in ("gate", "judge", "keeper", "desk", "courier"))}
LIBRARIES = {"libc6", "libcurl4", "libevent-core-2.1-7", "libjansson4", "libpq5", "libseccomp2", "libsqlite3-0", "libssl3",
             "libyaml-0-2"}


def test_package(lab):
    """script/package: what it installs, what it depends on, a unit that systemd takes, and programs that run from there"""
    made = subprocess.run([ROOT / "script" / "package", "--build", lab.build, lab.folder / "dist"], capture_output=True,
                          text=True, timeout=60, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    deb, root = made.stdout.strip(), lab.folder / "installed"
    subprocess.run(["dpkg-deb", "-x", deb, root], check=True)
    files = {str(f.relative_to(root)): f for f in root.rglob("*") if f.is_file()}
    assert all(n in files and files[n].stat().st_mode & 0o777 == 0o755 for n in PROGRAMS), sorted(files)
    rest = {n for n in set(files) - PROGRAMS if not n.startswith("usr/share/doc/sluice/")}
    assert rest == {"lib/systemd/system/sluice.service"}, rest
    pages = ("README.md", "copyright", "docs/threat-model.md", "docs/ledger-entry.schema.json", "docs/idp/okta.md")
    assert all(f"usr/share/doc/sluice/{n}" in files for n in pages), sorted(files)
    said = subprocess.run(["dpkg-deb", "-f", deb, "Depends"], capture_output=True, text=True, check=True).stdout
    depends = dict((d.split(" ", 1) + [""])[:2] for d in said.strip().split(", "))
    assert set(depends) == LIBRARIES | {"adduser"} and re.fullmatch(r"\(>= 2\.\d+\)", depends["libc6"]), said
    take_unit(lab, root, files["lib/systemd/system/sluice.service"])
    lab.stop()
    was, lab.program = lab.program, root / "usr/bin/sluice"
    try:
        lab.start()
        where = {pathlib.Path(f"/proc/{pid}/exe").resolve() for pid in lab.pids()}
        assert where and all(p.parent == (root / "usr/libexec/sluice").resolve() for p in where), where
        assert lab.raw("erin").ask("select 1").rows == [["1"]]
        assert lab.stop() == 0
    finally:
        lab.program = was
        lab.start()


def take_unit(lab, root, unit):
    """systemd's own word about it, where systemd is: no key that it ignores, and closed as far as it was."""
    if shutil.which("systemd-analyze") is None:
        return
    here = lab.folder / "sluice.service"    # its programs are elsewhere, as long as nothing is installed
    here.write_text(re.sub("^Documentation=.*\n", "", unit.read_text().replace("=/usr/", f"={root}/usr/"), flags=re.M))
    for words in (["verify", "--man=no", here], ["security", "--offline=true", "--no-pager", "--threshold=20", here]):
        done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0 and not done.stderr, (words[0], done.stdout[-300:] + done.stderr)


def test_the_pages_of_providers(lab):
    """each block of docs/idp is a configuration that `sluice check` takes, with the issuer that its page is about"""
    pages = sorted(p for p in (ROOT / "docs" / "idp").glob("*.md") if p.stem != "README")
    assert {p.stem for p in pages} == {"entra", "google", "keycloak", "okta"}, pages
    folder = lab.folder / "pages"
    folder.mkdir()
    for page in pages:
        blocks = re.findall(r"```yaml\n(.*?)```", page.read_text(), re.S)
        assert blocks, page
        for block in blocks:
            assert block.lstrip().startswith("issuers:") or "\nissuers:" in block, block
            for name in re.findall(r"client_secret_file: (\S+)", block):
                (folder / name).touch(0o600)
                (folder / name).write_text("secret\n")
            (folder / "sluice.yaml").write_text(block + """
targets:
  - {name: t, protocol: postgres, address: 127.0.0.1:5432, database: d, environment: test, login: {user: u}, access: {groups: [g]}}
""")
            done = lab.sluice("check", "--config", folder / "sluice.yaml")
            assert done.rc == 0 and "issuer" in done.out + done.err, (page.name, done)
