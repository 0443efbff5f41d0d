#!/usr/bin/python3 -B
"""A sluice-judge in hostile hands: it speaks the real messages, and answers as the file `mode` beside it says.

It has no sandbox and no grammar. The gate has to be safe whatever it says (docs/threat-model.md).
"""

import os
import pathlib
import selectors
import socket
import struct
import sys
import time

SETUP, PEER, READY, RELOAD, RELOADED, DRAIN, DRAINED = 1, 2, 3, 4, 5, 6, 7
SNAPSHOT, ASK, ANSWER = 20, 21, 22
READ, ALL_FLAGS = 1, 0xffff
HERE = pathlib.Path(sys.argv[0]).parent


def mode():
    return (HERE / "mode").read_text().strip()


def message(kind, body):
    return struct.pack("<HHI", kind, 0, len(body)) + body


def text(s):
    return struct.pack("<H", len(s)) + s


def only_reads(flags=0):
    """version, effects, flags, no reason; one statement, one dataset; no flows, names, definitions"""
    return (struct.pack("<BII", 3, READ, flags) + text(b"") + struct.pack("<H", 1) + text(b"select") +
            struct.pack("<I", READ) + struct.pack("<H", 1) + text(b"public.orders") +
            struct.pack("<IBHH", READ, 1, 0, 0) + struct.pack("<HHH", 0, 0, 0))


def answer(ask, meaning):
    return message(ANSWER, struct.pack("<Q", ask) + struct.pack("<I", len(meaning)) + meaning)


def send_large(gate, kind, body):
    """More than fits a datagram travels in a sealed memfd."""
    file = os.memfd_create("body", os.MFD_ALLOW_SEALING)
    os.write(file, body)
    import fcntl
    fcntl.fcntl(file, 1033, 1 | 2 | 4 | 8)   # F_ADD_SEALS: seal, shrink, grow, write
    socket.send_fds(gate, [struct.pack("<HHI", kind, 0, len(body))], [file])
    os.close(file)


def reply_slowly(gate, ask, body):
    """`read` to a text that deletes, nothing to any other, each when its time has come."""
    deletes = b"delete" in body
    with open(HERE / "asked", "a", encoding="ascii") as file:
        file.write("delete\n" if deletes else "other\n")
    time.sleep(3)
    gate.send(answer(ask, only_reads() if deletes else b""))


def reply(gate, ask, body):
    how = mode()
    if how == "read":
        gate.send(answer(ask, only_reads()))
    elif how == "read-every-flag":
        gate.send(answer(ask, only_reads(ALL_FLAGS)))
    elif how == "nothing":
        gate.send(answer(ask, b""))
    elif how == "noise":
        gate.send(answer(ask, os.urandom(300)))
    elif how == "cut":
        gate.send(answer(ask, only_reads()[:-3]))
    elif how == "more":
        gate.send(answer(ask, only_reads() + b"\0"))
    elif how == "inconsistent":
        gate.send(answer(ask, only_reads().replace(struct.pack("<I", READ), struct.pack("<I", 0), 1)))
    elif how == "unknown-effect":
        gate.send(answer(ask, struct.pack("<BII", 3, 1 << 30, 0) + only_reads()[9:]))
    elif how == "huge":
        meaning = only_reads() + os.urandom(20 << 20)
        send_large(gate, ANSWER, struct.pack("<QI", ask, len(meaning)) + meaning)
    elif how == "another":
        gate.send(answer(ask + 1, only_reads()))
    elif how == "frame":
        gate.send(os.urandom(40))
    elif how == "gates-words":
        gate.send(message(SNAPSHOT, b""))
    elif how == "slow":
        reply_slowly(gate, ask, body)
    elif how == "late":
        time.sleep(2.5)
        gate.send(answer(ask, only_reads()))
    elif how == "never":
        time.sleep(3600)
    elif how == "gone":
        sys.exit(1)
    else:
        raise SystemExit(f"no such mode: {how}")


def read_packet(channel):
    data, fds, _, _ = socket.recv_fds(channel, 1 << 17, 4)
    if not data:
        return None, b"", []
    kind, _, size = struct.unpack_from("<HHI", data)
    body = data[8:]
    if size > len(body) and fds:
        body = os.pread(fds[0], size, 0)
        os.close(fds.pop(0))
    return kind, body, fds


def main():
    chief = socket.socket(fileno=3)
    eyes = selectors.DefaultSelector()
    eyes.register(chief, selectors.EVENT_READ, "chief")
    while True:
        for key, _ in eyes.select():
            kind, body, fds = read_packet(key.fileobj)
            if key.data == "chief":
                if kind is None:
                    return
                if kind == SETUP:
                    chief.send(message(READY, struct.pack("<I", 0)))
                elif kind == PEER:
                    eyes.register(socket.socket(fileno=fds[0]), selectors.EVENT_READ, "gate")
                elif kind == RELOAD:
                    chief.send(message(RELOADED, body[:4] + b"\1" + struct.pack("<I", 0)))
                elif kind == DRAIN:
                    chief.send(message(DRAINED, struct.pack("<I", 0)))
            elif kind is None:
                eyes.unregister(key.fileobj)
                key.fileobj.close()
            elif kind == ASK:
                reply(key.fileobj, struct.unpack_from("<Q", body)[0], body)


main()
