"""sluice-courier with this program as its supervisor and its keeper, in the messages of src/ipc/messages.h."""

import os
import pathlib
import re
import select
import socket
import struct
import subprocess
import time

SETUP, PEER, READY = 1, 2, 3
OPEN, OPENED, TEXT, CLOSE, CLOSED = 112, 113, 114, 115, 116
ISSUERS, HOOKS, CHAT = 0, 1, 2
KEEPER = 1 << 3
BUILD = pathlib.Path(os.environ.get("SLUICE_BUILD", pathlib.Path(__file__).parents[2] / "build"))
INLINE = 64 * 1024


def u32(number):
    return struct.pack("<I", number)


def u64(number):
    return struct.pack("<Q", number)


def text(value):
    raw = value.encode() if isinstance(value, str) else value
    return u32(len(raw)) + raw


def names(values):
    items = b"".join(text(v) for v in values)
    return struct.pack("<H", len(values)) + text(items)


def build_id():
    return re.search(r"SL_BUILD_ID (\w+)", (BUILD / "src/ipc/build_id.h").read_text()).group(1)


class Courier:
    """One of them, set up. urls and authorities: "name=..." lines as in SETUP."""

    def __init__(self, index, urls, authorities):
        self.super, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # It finds its supervisor at descriptor 3; dash cannot say that of a descriptor above 9.
        self.child = subprocess.Popen(["bash", "-c", f"exec {BUILD}/src/role/courier/sluice-courier 3<&{theirs.fileno()}"],
                                      pass_fds=[theirs.fileno()], stderr=subprocess.PIPE)
        theirs.close()
        self._setup(index, urls, authorities)
        self.keeper, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.send(self.super, PEER, u32(KEEPER) + u32(0) + text("") + u64(0), theirs)
        theirs.close()
        assert self.receive(self.super, 10)[0] == READY
        self.last, self.opened, self.texts, self.closed = 0, set(), {}, {}

    def _setup(self, index, urls, authorities):
        """build, index, generation, config_path, config, state_dir, runtime_dir, gates, judges, tls_certificate,
        tls_key, sandbox, offline, addresses, authorities"""
        self.send(self.super, SETUP, text(build_id()) + u32(index) + u32(1) + text("") * 4 + u32(1) + u32(1) + text("") * 2 +
                  text("best-effort") + b"\0" + names(urls) + names(authorities))

    def send(self, to, kind, body, fd=None):
        assert len(body) <= INLINE
        socket.send_fds(to, [struct.pack("<HHI", kind, 0, len(body)) + body], [fd.fileno()] if fd else [])

    def receive(self, of, seconds):
        """(type, body); None when nothing comes in time. A large body lies in a file beside its header."""
        there = select.poll()       # other than select() it takes any number of descriptor
        there.register(of, select.POLLIN)
        if not there.poll(max(seconds, 0) * 1000):
            return None
        packet, fds, _, _ = socket.recv_fds(of, INLINE + 8, 4)
        assert packet, "the courier is gone"
        kind, _, size = struct.unpack("<HHI", packet[:8])
        body = packet[8:]
        for fd in fds:
            body = os.pread(fd, size, 0)
            os.close(fd)
        return kind, body

    def open(self, chat, url, most=65536):
        self.last += 1
        self.send(self.keeper, OPEN, struct.pack("<Q", self.last) + text(chat) + text(url) + u32(most))
        return self.last

    def say(self, stream, words):
        self.send(self.keeper, TEXT, struct.pack("<Q", stream) + text(words))

    def close(self, stream):
        self.send(self.keeper, CLOSE, struct.pack("<Q", stream))

    def pump(self, seconds):
        """One message, sorted in. False: none came."""
        got = self.receive(self.keeper, seconds)
        if got is None:
            return False
        kind, body = got
        stream = struct.unpack("<Q", body[:8])[0]
        if kind == OPENED:
            self.opened.add(stream)
        elif kind == TEXT:
            self.texts.setdefault(stream, []).append(body[12:].decode())
        elif kind == CLOSED:
            assert stream not in self.closed, "closed twice"
            self.closed[stream] = body[12:].decode()
        else:
            raise AssertionError(f"the courier says {kind}")
        return True

    def until(self, done, seconds=10):
        end = time.monotonic() + seconds
        while not done():
            assert self.pump(end - time.monotonic()), f"opened {self.opened} texts {self.texts} closed {self.closed}"

    def why(self, stream, seconds=10):
        self.until(lambda: stream in self.closed, seconds)
        return self.closed[stream]

    def stop(self):
        """What it logged."""
        self.super.close()
        self.keeper.close()
        return self.child.communicate(timeout=10)[1].decode()
