#!/usr/bin/python3 -B
"""The real keeper, with somebody between it and the gate who says ACTION_STALE when the file `stale` appears
beside this one: what a keeper says of an action that another waiter has spent the grant of, at a moment that
the test chooses. All else goes through unchanged, descriptors too.
"""

import os
import pathlib
import selectors
import socket
import struct
import subprocess
import sys

PEER, ACTION_PROPOSE, ACTION_STALE = 2, 50, 53
GATE = 1 << 1
HERE = pathlib.Path(sys.argv[0]).parent


def packet(source):
    data, fds, _, _ = socket.recv_fds(source, 1 << 18, 64)
    return data, fds


def send(target, data, fds):
    if fds:
        socket.send_fds(target, [data], fds)
    else:
        target.send(data)
    for fd in fds:
        os.close(fd)


def body_of(data, fds):
    size = struct.unpack_from("<HHI", data)[2]
    return data[8:] if len(data) > 8 or not fds else os.pread(fds[0], size, 0)


def begin_keeper(path):
    """Its channel is descriptor 3 there, as the supervisor's is here; 4 is the lock on the state."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    chief = socket.socket(fileno=os.dup(3))
    os.dup2(its.fileno(), 3)
    child = subprocess.Popen(["sluice-keeper"], executable=path, pass_fds=(3, 4))
    os.close(3)
    its.close()
    return child, chief, ours


def is_supervised():
    try:
        os.fstat(4)
    except OSError:
        return False    # one command on the state folder
    return len(sys.argv) == 1


def main():
    if not is_supervised():
        os.execv((HERE / "real-keeper").resolve(), ["sluice-keeper", *sys.argv[1:]])
    child, chief, keeper = begin_keeper((HERE / "real-keeper").resolve())
    eyes = selectors.DefaultSelector()
    other, last = {chief: keeper, keeper: chief}, [None, None]  # last: a gate, and what it proposed
    gates = set()
    for one in (chief, keeper):
        eyes.register(one, selectors.EVENT_READ)

    def between(fd):
        gate, (ours, its) = socket.socket(fileno=fd), socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        other.update({gate: ours, ours: gate})
        gates.add(gate)
        eyes.register(gate, selectors.EVENT_READ)
        eyes.register(ours, selectors.EVENT_READ)
        return its.detach()

    while True:
        if last[0] is not None and (HERE / "stale").exists():
            (HERE / "stale").unlink()
            last[0].send(struct.pack("<HHIQ", ACTION_STALE, 0, 8, last[1]))
        for key, _ in eyes.select(0.05):
            data, fds = packet(key.fileobj)
            if not data and key.fileobj in (chief, keeper):
                keeper.close()
                sys.exit(child.wait())
            if not data:
                for end in (key.fileobj, other[key.fileobj]):
                    if end in other:
                        eyes.unregister(end)
                        del other[end]
                        end.close()
                break   # the rest of what was selected may be of the other end
            kind = struct.unpack_from("<H", data)[0]
            if key.fileobj is chief and kind == PEER:
                role, _, words = struct.unpack_from("<III", data, 8)
                if role == GATE and words == 0:
                    fds = [between(fds[0])]
            elif key.fileobj in gates and kind == ACTION_PROPOSE:
                last[:] = [key.fileobj, struct.unpack_from("<QQ", body_of(data, fds))[1]]
            send(other[key.fileobj], data, fds)


main()
