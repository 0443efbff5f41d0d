"""A PostgreSQL client of our own, close to the bytes: it can say what no driver would.

    c = Raw(host, port, "agent-7", "finance", token)
    c.query("select 1")            # sends, does not wait
    answer = c.answer()            # all up to ReadyForQuery
    c.send(b"B", bind(...))        # any message
"""

import base64
import dataclasses
import functools
import hashlib
import hmac
import os
import select
import socket
import ssl
import struct
import time


class Closed(Exception):
    """The other side closed, or said something that cannot be."""


class TooLate(Exception):
    """Nothing came in the time given."""


@dataclasses.dataclass
class Answer:
    """What came up to ReadyForQuery (or up to where the reading stopped)."""
    rows: list = dataclasses.field(default_factory=list)
    tags: list = dataclasses.field(default_factory=list)
    errors: list = dataclasses.field(default_factory=list)   # {field letter: text}
    notices: list = dataclasses.field(default_factory=list)
    notifications: list = dataclasses.field(default_factory=list)
    types: str = ""                                          # message types in order
    copied: bytes = b""
    status: str = ""                                         # I, T, E; "" when it never came

    @property
    def error(self):
        return self.errors[0]["C"] if self.errors else None

    def __str__(self):
        what = [f"{len(self.rows)} rows", f"tags {self.tags}"]
        what += [f"{e['C']}: {e['M']}" + (f" ({e['D']})" if "D" in e else "") for e in self.errors]
        what += [f"notice: {n['M']}" for n in self.notices]
        return ", ".join(what) + f", status {self.status or '-'}"


LOADED = 3      # on a machine that is busy with other tests as well, everything comes later; times here are those of one's own


def ready(sock, seconds):
    poll = select.poll()    # select() ends at descriptor 1,024
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def text(s):
    return s.encode() + b"\0"


def startup_packet(parameters, version=196608):
    body = struct.pack("!i", version)
    for key, value in parameters.items():
        body += text(key) + text(value)
    body += b"\0"
    return struct.pack("!i", len(body) + 4) + body


def message(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


def parse(sql, name="", types=()):
    return message(b"P", text(name) + text(sql) + struct.pack(f"!h{len(types)}i", len(types), *types))


def bind(values=(), portal="", statement="", formats=(), results=()):
    body = text(portal) + text(statement) + struct.pack(f"!h{len(formats)}h", len(formats), *formats)
    body += struct.pack("!h", len(values))
    for v in values:
        v = None if v is None else v if isinstance(v, bytes) else str(v).encode()
        body += struct.pack("!i", -1) if v is None else struct.pack("!i", len(v)) + v
    return message(b"B", body + struct.pack(f"!h{len(results)}h", len(results), *results))


def describe(kind, name=""):
    return message(b"D", kind + text(name))


def execute(portal="", rows=0):
    return message(b"E", text(portal) + struct.pack("!i", rows))


def close(kind, name=""):
    return message(b"C", kind + text(name))


SYNC, FLUSH, TERMINATE = message(b"S"), message(b"H"), message(b"X")


def query(sql):
    return message(b"Q", text(sql) if isinstance(sql, str) else sql + b"\0")


def fields(body):
    """The fields of an error or notice."""
    out = {}
    for part in body.split(b"\0"):
        if part:
            out[chr(part[0])] = part[1:].decode("utf-8", "replace")
    return out


def row(body):
    at, out = 2, []
    for _ in range(struct.unpack_from("!h", body)[0]):
        size = struct.unpack_from("!i", body, at)[0]
        at += 4
        out.append(None if size < 0 else body[at:at + size].decode("utf-8", "replace"))
        at += max(size, 0)
    return out


class Raw:
    def __init__(self, host, port, user, database, password, options=None, seconds=10, tls=None,
                 login=True, source=None):
        """source: another loopback address to come from, as somebody else would."""
        self.buffer, self.parameters, self.key = b"", {}, None
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout=seconds, source_address=source and (source, 0))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.start_tls(tls)
        if login:
            self.write(startup_packet({"user": user, "database": database, **(options or {})}))
            self.login(password, seconds * LOADED)

    def start_tls(self, context):
        self.sock.sendall(struct.pack("!ii", 8, 80877103))
        if self.sock.recv(1) != b"S":
            raise Closed("no TLS")
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def write(self, data):
        self.sock.sendall(data)

    # --- reading -----------------------------------------------------------------------------

    def _fill(self, until):
        left = until - time.monotonic()
        waiting = isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0
        if not waiting and (left <= 0 or not ready(self.sock, left)):
            raise TooLate()
        try:
            data = self.sock.recv(1 << 18)
        except OSError as why:
            raise Closed(str(why)) from why
        if not data:
            raise Closed("closed")
        self.buffer += data

    def receive(self, seconds=10):
        """One message: (type, body)."""
        until = time.monotonic() + seconds
        while len(self.buffer) < 5:
            self._fill(until)
        size = struct.unpack_from("!i", self.buffer, 1)[0]
        while len(self.buffer) < size + 1:
            self._fill(until)
        kind, body = self.buffer[:1], self.buffer[5:size + 1]
        self.buffer = self.buffer[size + 1:]
        return kind.decode(), body

    def quiet(self, seconds=0.3):
        """True: nothing comes for so long."""
        try:
            if not self.buffer:
                self._fill(time.monotonic() + seconds)
            return False
        except TooLate:
            return True

    def is_closed(self, seconds=5):
        """The other side closes within the time; what it still says is dropped."""
        try:
            while True:
                self.receive(seconds)
        except TooLate:
            return False
        except Closed:
            return True

    def _note(self, a, kind, body):
        a.types += kind
        if kind == "D":
            a.rows.append(row(body))
        elif kind == "C":
            a.tags.append(body.rstrip(b"\0").decode())
        elif kind == "E":
            a.errors.append(fields(body))
        elif kind == "N":
            a.notices.append(fields(body))
        elif kind == "A":
            a.notifications.append(body[4:].split(b"\0")[0].decode())
        elif kind == "d":
            a.copied += body
        elif kind == "Z":
            a.status = body.decode()
        elif kind == "S":
            key, value = body.split(b"\0")[:2]
            self.parameters[key.decode()] = value.decode()

    def until(self, stop, seconds=10, into=None):
        """Reads until a message of one of the types in `stop` came."""
        a, end = into or Answer(), time.monotonic() + seconds * LOADED
        while True:
            kind, body = self.receive(max(0.001, end - time.monotonic()))
            self._note(a, kind, body)
            if kind in stop:
                return a

    def answer(self, seconds=10):
        return self.until("Z", seconds)

    # --- saying ------------------------------------------------------------------------------

    def query(self, sql):
        self.write(query(sql))

    def ask(self, sql, seconds=10):
        self.query(sql)
        return self.answer(seconds)

    def extended(self, sql, values=(), rows=0, types=()):
        """Sends one whole extended round."""
        self.write(parse(sql, "", types) + bind(values) + describe(b"P") + execute("", rows) + SYNC)

    def cancel(self, key=None):
        """Asks on a connection of its own, as libpq does."""
        pid, secret = key or self.key
        with socket.create_connection((self.host, self.port), timeout=5) as s:
            s.sendall(struct.pack("!iiii", 16, 80877102, pid, secret))
            s.settimeout(5)
            s.recv(1)

    def close(self):
        try:
            self.write(TERMINATE)
        except OSError:
            pass
        self.drop()

    def drop(self):
        """Without a word, as a crash would."""
        self.sock.close()

    # --- login -------------------------------------------------------------------------------

    def login(self, password, seconds=10):
        while True:
            kind, body = self.receive(seconds)
            if kind == "E":
                raise Refused(fields(body))
            if kind == "R":
                self._authenticate(struct.unpack_from("!i", body)[0], body[4:], password)
            elif kind == "K":
                self.key = struct.unpack("!ii", body)
            elif kind == "S":
                self._note(Answer(), kind, body)
            elif kind == "Z":
                return

    def _authenticate(self, code, body, password):
        if code == 0:
            return
        if code == 3:
            self.write(message(b"p", text(password)))
        elif code == 10:
            self.nonce = base64.b64encode(os.urandom(18)).decode()
            self.first = f"n=,r={self.nonce}"
            data = ("n,," + self.first).encode()
            self.write(message(b"p", text("SCRAM-SHA-256") + struct.pack("!i", len(data)) + data))
        elif code == 11:
            self.write(message(b"p", self._proof(body.decode(), password)))
        elif code == 12:
            if body.decode() != "v=" + self.server_proof:
                raise Closed("the server does not know the password itself")
        else:
            raise Closed(f"authentication {code}")

    def _proof(self, challenge, password):
        parts = dict(p.split("=", 1) for p in challenge.split(","))
        if not parts["r"].startswith(self.nonce):
            raise Closed("a nonce that is not ours")
        salted = salted_password(password, parts["s"], int(parts["i"]))
        client = hmac.digest(salted, b"Client Key", "sha256")
        final = f"c=biws,r={parts['r']}"
        whole = f"{self.first},{challenge},{final}".encode()
        signature = hmac.digest(hashlib.sha256(client).digest(), whole, "sha256")
        proof = bytes(a ^ b for a, b in zip(client, signature))
        server = hmac.digest(salted, b"Server Key", "sha256")
        self.server_proof = base64.b64encode(hmac.digest(server, whole, "sha256")).decode()
        return f"{final},p={base64.b64encode(proof).decode()}".encode()


@functools.lru_cache
def salted_password(password, salt, rounds):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), rounds)


class Refused(Exception):
    """The login failed; `fields` is the server's error."""

    def __init__(self, what):
        super().__init__(f"{what.get('C')}: {what.get('M')}")
        self.fields = what
        self.sqlstate = what.get("C")
