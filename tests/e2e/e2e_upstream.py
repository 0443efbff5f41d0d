"""The way to the server: its passwords, TLS on both sides, and everything that breaks on the way."""

import json
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time

import pipe
import scratch
import wire
from lab import LOADED, free_ports, wait_for

PEM = scratch.kept("lab-pem-", 0o755)


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=PEM)


def certificates():
    """ca.crt, server.crt for 127.0.0.1 and localhost, other.crt for another name, stranger-ca.crt."""
    if (PEM / "other.crt").exists():
        return
    for ca in ("ca", "stranger-ca"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", f"/CN=lab {ca}", "-keyout", f"{ca}.key", "-out", f"{ca}.crt")
    for name, alternative in (("server", "IP:127.0.0.1,DNS:localhost"), ("other", "DNS:elsewhere.example")):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (PEM / "ext").write_text(f"subjectAltName={alternative}\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "ext", "-out", f"{name}.crt")


certificates()
WIRE_PORT, PLUS_PORT = free_ports(2)
SCRIPT = "#!/bin/sh\ncat \"$(dirname \"$0\")/current.pass\"\n"


def change(config):
    first = config["targets"][0]
    config["tls"] = {"certificate": str(PEM / "server.crt"), "key": str(PEM / "server.key")}
    config["timeouts"]["connect"] = "2s"

    def target(name, **more):
        config["targets"].append({**first, "name": name, **more})
    target("md5", login={"user": "app_md5", "password_file": "md5.pass"})
    target("trust", login={"user": "app_trust", "password_file": "md5.pass"})
    target("command", login={"user": "app_command", "password_command": ["/bin/sh", str(PEM / "password")]})
    target("verified", tls={"mode": "verify-full", "ca_file": str(PEM / "ca.crt")})
    target("encrypted", tls={"mode": "require"})
    target("strange", tls={"mode": "verify-full", "ca_file": str(PEM / "stranger-ca.crt")})
    target("plus", address=f"127.0.0.1:{PLUS_PORT}", tls={"mode": "verify-full", "ca_file": str(PEM / "ca.crt")})
    target("wire", address=f"127.0.0.1:{WIRE_PORT}")
    target("nobody", address="127.0.0.1:1")
    (PEM / "password").write_text(SCRIPT)
    (PEM / "current.pass").write_text("first-secret\n")
    os.chmod(PEM / "current.pass", 0o644)


LAB = {"change": change, "upstream_tls": PEM, "ca": PEM / "ca.crt", "start": False}


def test_start(lab):
    """it starts with TLS on both sides"""
    lab.pg.sql("create role app_command login password 'first-secret'; grant app to app_command; "
               "create role app_trust login; grant app to app_trust")
    hba = lab.pg.data / "pg_hba.conf"
    hba.write_text("host all app_trust 127.0.0.1/32 trust\n" + hba.read_text())
    lab.pg.sql("select pg_reload_conf()")
    (lab.folder / "md5.pass").write_text("md5-secret")
    os.chmod(lab.folder / "md5.pass", 0o600)
    lab.start()
    for name in lab.deciders:
        lab.enroll(name)


def user_of(lab, database):
    return lab.raw("erin", database=database).ask("select current_user").rows


def test_passwords(lab):
    """upstream trust, md5 and SCRAM"""
    assert user_of(lab, "md5") == [["app_md5"]]
    assert user_of(lab, "trust") == [["app_trust"]]
    assert user_of(lab, "finance") == [["app"]]


def test_password_command(lab):
    """password_command is run again when the server refuses the password"""
    assert user_of(lab, "command") == [["app_command"]]
    lab.pg.sql("alter role app_command password 'second-secret'")
    (PEM / "current.pass").write_text("second-secret\n")
    assert user_of(lab, "command") == [["app_command"]]
    (PEM / "current.pass").write_text("wrong\n")
    lab.pg.sql("alter role app_command password 'third-secret'")
    try:
        user_of(lab, "command")
        raise AssertionError("a wrong password was good enough")
    except wire.Refused as no:
        assert "secret" not in str(no) and "wrong" not in no.fields["M"].replace("wrong password", ""), no
    assert not lab.files_with("second-secret", ("serve.log", "state/ledger"))


def test_upstream_tls(lab):
    """verify-full and require to the server; a certificate of a strange authority is refused"""
    for database in ("verified", "encrypted"):
        c = lab.raw("erin", database=database)
        secure = lab.pg.sql("select s.ssl from pg_stat_ssl s join pg_stat_activity a using (pid) "
                            "where a.application_name like 'sluice:erin:%' order by a.backend_start desc limit 1")
        assert secure == "t", (database, secure)
        assert c.ask("select 1").rows == [["1"]]
        c.close()
    try:
        lab.raw("erin", database="strange")
        raise AssertionError("a strange certificate was accepted")
    except wire.Refused as no:
        assert no.sqlstate.startswith("08"), no


class FalseServer:
    """Speaks TLS with the server's certificate, offers both SCRAM mechanisms, and remembers what it is answered."""

    def __init__(self, port):
        self.listening = socket.create_server(("127.0.0.1", port))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(PEM / "server.crt", PEM / "server.key")
        self.answers = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                s = self.listening.accept()[0]
            except OSError:
                return      # closed
            try:
                self.serve(s)
            except OSError:
                pass
            s.close()

    def serve(self, s):
        s.settimeout(5)
        s.recv(8)       # SSLRequest
        s.sendall(b"S")
        s = self.context.wrap_socket(s, server_side=True)
        s.recv(4096)    # the startup packet
        s.sendall(wire.message(b"R", struct.pack("!i", 10) + b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"))
        self.answers.append(s.recv(4096))
        s.close()

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(5)


def test_channel_binding(lab):
    """over TLS it is SCRAM-SHA-256-PLUS, bound to the server's certificate, and the real server takes it"""
    false = FalseServer(PLUS_PORT)
    try:
        try:
            lab.raw("erin", database="plus")
            raise AssertionError("logged in at a false server")
        except wire.Refused as no:
            assert no.sqlstate.startswith("08"), no
        wait_for(lambda: false.answers, 5, "an answer to the offer")
    finally:
        false.close()
    for answer in false.answers:
        mechanism, rest = answer[5:].split(b"\0", 1)
        assert mechanism == b"SCRAM-SHA-256-PLUS" and rest[4:].startswith(b"p=tls-server-end-point,,"), answer
    assert lab.pg.sql("select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'app'") == "t"
    assert user_of(lab, "verified") == [["app"]]    # it compares the binding with its own certificate's hash


def present(lab, name):
    """From now on the server shows this certificate."""
    for kind in ("crt", "key"):
        shutil.copyfile(PEM / f"{name}.{kind}", lab.pg.data / f"server.{kind}")
    asked = lab.pg.sql("select pg_reload_conf()")
    assert asked == "t"
    time.sleep(0.3)


def live(lab, targets):
    """What `sluice check --live` finds for targets that differ from the first one in this; and its code."""
    first = {k: v for k, v in lab.config["targets"][0].items() if k != "tls"}
    config = {**lab.config, "targets": [{**first, "name": n, **more} for n, more in targets.items()]}
    config.pop("tls")
    file = lab.folder / "live.yaml"
    file.write_text(json.dumps(config))
    done = lab.sluice("check", "--live", "--json", "--config", file)
    said = json.loads(done.out)["live"]
    return done.rc, {n: [x for x in said if f"target {n} " in x and ("cannot log in" in x or "the login works" in x)] for n in targets}


def test_wrong_name(lab):
    """verify-full: a certificate of another name is refused by the gate, and by check --live, which say so; not require"""
    verify = {"tls": {"mode": "verify-full", "ca_file": str(PEM / "ca.crt")}}
    present(lab, "other")
    try:
        try:
            lab.raw("erin", database="verified")
            raise AssertionError("a certificate of another name was accepted")
        except wire.Refused as no:
            assert no.sqlstate.startswith("08"), no
        assert user_of(lab, "encrypted") == [["app"]]
        code, said = live(lab, {"misnamed": verify, "unverified": {"tls": {"mode": "require"}}})
    finally:
        present(lab, "server")
    assert code == 1 and "does not match host name" in said["misnamed"][0], said
    assert "use a name in `address`" in said["misnamed"][0], said
    assert "the login works" in said["unverified"][0], said
    assert user_of(lab, "verified") == [["app"]]


def test_check_live(lab):
    """check --live: each login that does not work says why and what to do; require verifies nothing"""
    (lab.folder / "wrong.pass").write_text("not-it\n")
    os.chmod(lab.folder / "wrong.pass", 0o600)
    strange = str(PEM / "stranger-ca.crt")
    code, said = live(lab, {
        "fine": {"tls": {"mode": "verify-full", "ca_file": str(PEM / "ca.crt")}},
        "encrypted": {"tls": {"mode": "require", "ca_file": strange}},
        "password": {"login": {"user": "app", "password_file": "wrong.pass"}},
        "host": {"address": "db.invalid:5432", "tls": {"mode": "require"}},
        "listener": {"address": "127.0.0.1:1"},
        "strange": {"tls": {"mode": "verify-full", "ca_file": strange}},
        "database": {"database": "nowhere"}})
    wanted = {"fine": ("the login works", ""), "encrypted": ("the login works", ""),
              "password": ("password authentication failed", "correct the login's `user`, or its password"),
              "host": ("could not translate host name", "correct `address`"),
              "listener": ("Connection refused", "or start the server there"),
              "strange": ("certificate verify failed", "set `tls.ca_file`"),
              "database": ("does not exist", "correct `database`")}
    wrong = [f"{n}: {said[n]}" for n, (why, what) in wanted.items()
             if len(said[n]) != 1 or why not in said[n][0] or what not in said[n][0]]
    assert code == 1 and not wrong, "\n".join(wrong)
    assert "not-it" not in json.dumps(said)


def test_client_tls(lab):
    """TLS 1.2 and 1.3 to clients with a chain that verifies; 1.1 is refused; psql verify-full"""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=str(PEM / "ca.crt"))
        context.minimum_version = context.maximum_version = version
        c = lab.raw("erin", tls=context)
        assert c.ask("select 'safe'").rows == [["safe"]] and c.sock.version() == version.name.replace("_", ".")
        big = c.ask("select repeat('t', 3000000)")
        assert len(big.rows[0][0]) == 3000000
        c.close()
    context = ssl.create_default_context(cafile=str(PEM / "ca.crt"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        lab.raw("erin", tls=context)
        raise AssertionError("TLS 1.1 was accepted")
    except (ssl.SSLError, OSError):
        pass
    done = lab.psql("-d", f"host=127.0.0.1 port={lab.port} dbname=finance sslmode=verify-full sslrootcert={PEM}/ca.crt",
                    "-c", "select 'by psql'", user="erin")
    assert done.out == "by psql\n", done


def test_held_over_tls(lab):
    """a hold over TLS on both sides, approved"""
    context = ssl.create_default_context(cafile=str(PEM / "ca.crt"))
    c = lab.raw("agent-7", database="verified", tls=context)
    c.query("delete from staging.scratch where id = 71")
    c.until("N")
    lab.approve("rita", lab.pending_one("agent-7", like="id = 71")["id"])
    assert c.answer().tags == ["DELETE 0"]


def test_bytes(lab):
    """P1 on the wire itself: not one byte of a held statement before the yes, exactly once after it; a stop is said until it is heard"""
    tap = pipe.Pipe(lab.pg.port, WIRE_PORT)
    try:
        time.sleep(6)       # a target that was down at the start is tried again
        c = lab.raw("agent-7", database="wire")
        c.query("delete from staging.scratch where note = 'on the wire'")
        c.until("N")
        time.sleep(0.3)
        assert b"delete from" not in tap.seen and b"on the wire" not in tap.seen
        lab.approve("rita", lab.pending_one("agent-7", like="on the wire")["id"])
        assert c.answer().tags == ["DELETE 0"]
        assert tap.seen.count(b"delete from staging.scratch where note = 'on the wire'\0") == 1
        c.extended("delete from staging.scratch where note = $1", ["bound on the wire"])
        c.until("N")
        time.sleep(0.3)
        assert b"bound on the wire" not in tap.seen
        lab.deny("rita", lab.pending_one("agent-7", like=r"note = \$1")["id"])
        assert c.answer().error == "42501"
        assert b"bound on the wire" not in tap.seen
        tap.delay = 0.05
        assert c.ask("select 'slowly'", 10).rows == [["slowly"]]
        tap.delay = 0.0
        # A server that has not begun takes no notice of a cancellation. Whoever stops is told that it is being stopped.
        c.query("insert into staging.scratch select 1, pg_sleep(30)::text")
        held = lab.pending_one("agent-7", like="select 1, pg_sleep")
        lab.approve("rita", held["id"])
        wait_for(lambda: b"pg_sleep(30)" in tap.seen, 5)
        tap.lose = 2
        lab.api("stop", held["id"], "rita", "--reason", "enough", check=True)
        assert c.answer(10).error == "57014" and tap.lose == 0
        assert c.ask("select 'after it'").rows == [["after it"]] and tap.cancels == 3, tap.cancels
        gone = lab.raw("agent-7", database="wire")
        gone.query("select pg_sleep(31)")
        wait_for(lambda: b"pg_sleep(31)" in tap.seen, 5)
        tap.lose = 1
        lab.manage("identity", "pause", "agent-7")      # which ends its sessions, and what runs in them
        wait_for(lambda: lab.pg.sql("select count(*) from pg_stat_activity where query like '%pg_sleep(31)%' and "
                                    "application_name like 'sluice:agent-7:%'") == "0", 5, "the end of its backend")
        assert tap.lose == 0
        lab.manage("identity", "pause", "agent-7", "--off")
        c = lab.raw("agent-7", database="wire")
        c.query("select pg_sleep(10), 'cut'")
        wait_for(lambda: b"'cut'" in tap.seen, 5)
        tap.cut()
        a = c.until("E", 5)
        assert a.error and a.error.startswith("08") or a.error == "57P01", a
        assert c.is_closed(3)
        assert lab.raw("agent-7", database="wire").ask("select 1").rows == [["1"]]
        tap.frozen = True
        begun = time.monotonic()
        try:
            lab.raw("agent-7", database="wire")
            raise AssertionError("a login through a frozen wire")
        except wire.Refused as no:
            assert no.sqlstate.startswith("08") and time.monotonic() - begun < 5 * LOADED, (no, time.monotonic() - begun)
    finally:
        tap.close()


def test_down(lab):
    """a server that is down gives a clear error at once; others are unharmed"""
    begun = time.monotonic()
    try:
        lab.raw("erin", database="nobody")
        raise AssertionError("connected to nobody")
    except wire.Refused as no:
        assert no.sqlstate.startswith("08") and time.monotonic() - begun < 4 * LOADED, no
    assert user_of(lab, "finance") == [["app"]]


def test_restarts(lab):
    """the server dies in the middle of a statement and comes back"""
    c, idle = lab.raw("erin"), lab.raw("carol")
    c.query("select pg_sleep(10)")
    wait_for(lambda: lab.ran(r"pg_sleep\(10\)$"), 5)
    lab.pg.stop(signal.SIGQUIT)
    a = c.until("E", 5)
    assert a.errors[0]["C"] in ("57P01", "57P02", "08006", "08007"), a
    assert c.is_closed(3) and idle.is_closed(3)
    try:
        lab.raw("erin")
        raise AssertionError("connected to a dead server")
    except wire.Refused as no:
        assert no.sqlstate.startswith("08"), no
    lab.pg.start()
    assert wait_for(lambda: user_of(lab, "finance"), 5) == [["app"]]


def test_server_kills(lab):
    """the server ends one backend: its client gets the server's own error"""
    c = lab.raw("erin")
    c.query("select pg_sleep(12)")
    wait_for(lambda: lab.ran(r"pg_sleep\(12\)$"), 5)
    lab.pg.sql("select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(12)'")
    a = c.until("E", 5)
    assert a.error == "57P01", a
    assert c.is_closed(3)

