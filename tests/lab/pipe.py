"""A wire between the gate and the server: it notes every byte, and can be slow, freeze or break."""

import select
import socket
import threading
import time

CANCEL = (80877102).to_bytes(4, "big")      # PostgreSQL's protocol, CancelRequest


class Pipe:
    def __init__(self, target_port, port):
        self.target, self.port, self.seen, self.delay, self.frozen = target_port, port, bytearray(), 0.0, False
        self.running, self.pairs = True, []
        self.cancels, self.lose = 0, 0      # CancelRequests that came; so many of the next ones get lost
        self.hold = None                    # bytes: what the server says after they were sent to it waits until this is None
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while self.running:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                upstream = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self.pairs.append((client, upstream))
            threading.Thread(target=self._carry, args=(client, upstream), daemon=True).start()

    def _carry(self, client, upstream):
        by_number, poll, held = {s.fileno(): s for s in (client, upstream)}, select.poll(), False
        for s in by_number:
            poll.register(s, select.POLLIN)
        try:
            while self.running:
                for s in [by_number[number] for number, _ in poll.poll(200)]:
                    data = s.recv(65536)
                    if not data:
                        return
                    held = self.hold is not None and (held or (s is client and self.hold in data))
                    while (self.frozen or (held and s is upstream and self.hold is not None)) and self.running:
                        time.sleep(0.02)
                    time.sleep(self.delay)
                    if s is client:
                        self.seen += data
                    if s is client and data[4:8] == CANCEL:
                        self.cancels += 1
                        if self.lose > 0:
                            self.lose -= 1
                            return
                    (upstream if s is client else client).sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            upstream.close()

    def cut(self):
        """Breaks every connection at once, without a word."""
        for pair in self.pairs:
            for s in pair:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs.clear()

    def close(self):
        self.running = False
        self.listener.close()
        self.cut()
