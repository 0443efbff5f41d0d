"""Receivers of what the ledger says: an HTTP(S) server that takes messages, or does not, and a syslog server over TLS.

    with Webhook(port) as hook:
        hook.behave = lambda message, earlier: (500, {}, 0)     # status (0: cut, None: not HTTP), headers, seconds before it
        hook.taken      # the messages that it said 2xx to, in order: Message(headers, body, path, status)
        hook.asked      # all of them
    with Syslog(port, pem) as log:
        log.messages    # the frames that came, in order
"""

import collections
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import threading
import time

Message = collections.namedtuple("Message", "headers body path status")


def take(_message, _earlier):
    return 200, {}, 0


def authority(folder, name="a test's own authority"):
    """A certificate authority: its certificate's and its key's files."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    made = folder / "ca.pem", folder / "ca.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-keyout", made[1], "-out", made[0], "-subj", f"/CN={name}"], capture_output=True, check=True)
    return made


def certificate(folder, ca, host="127.0.0.1"):
    """One file with a certificate of `host` by that authority, and its key."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    key, ask, pem, more = (folder / n for n in ("server.key", "server.csr", "server.pem", "more"))
    subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", ask, "-subj", f"/CN={host}"], capture_output=True, check=True)
    more.write_text(f"subjectAltName={'IP' if host[0].isdigit() else 'DNS'}:{host}\n")
    subprocess.run(["openssl", "x509", "-req", "-in", ask, "-CA", ca[0], "-CAkey", ca[1], "-CAcreateserial", "-days", "2",
                    "-extfile", more, "-out", pem], capture_output=True, check=True)
    both = folder / "both.pem"
    both.write_text(pem.read_text() + key.read_text())
    return both


def _context(pem):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that are killed, or do not trust us, are what we are here for."""


class Webhook:
    def __init__(self, port, pem=None):
        self.port, self.pem, self.behave, self.server = port, pem, take, None
        self.taken, self.asked, self.open = [], [], []

    def start(self):
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                hook.open.append(self.connection)

            def do_POST(self):
                hook.answer(self)

            def log_message(self, *_):
                pass

        self.server = _Server(("127.0.0.1", self.port), Handler)
        if self.pem:
            self.server.socket = _context(self.pem).wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if self.server is None:     # stopped, and this connection was kept
            request.close_connection = True
            return
        message = Message(dict(request.headers), body, request.path, None)
        status, headers, seconds = self.behave(message, len(self.asked))
        message = message._replace(status=status)
        self.asked.append(message)
        time.sleep(seconds)
        is_taken = 200 <= (status or 0) <= 299
        if is_taken:    # who hears the answer may look here at once
            self.taken.append(message)
        try:
            if not status:
                if status is None:
                    request.wfile.write(b"\x00\xff no HTTP at all \r\n\r\n" * 50)
                request.close_connection = True
                return
            request.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                request.send_header(name, value)
            request.end_headers()
        except OSError:     # it went away while we slept
            if is_taken:
                self.taken.remove(message)

    def events(self):
        return [json.loads(m.body) for m in list(self.taken)]

    def stop(self):
        if self.server is not None:
            server, self.server = self.server, None
            server.shutdown()
            server.server_close()
            for connection in self.open:    # kept ones would go on
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.open = []

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Syslog:
    """RFC 5425: octet counting. What is no such frame ends its connection and is kept in `broken`."""

    def __init__(self, port, pem):
        self.port, self.pem, self.messages, self.broken, self.connections = port, pem, [], [], []
        self.listener = None

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()
        return self

    def _accept(self, listener):
        context = _context(self.pem)
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(context, plain), daemon=True).start()

    def _serve(self, context, plain):
        try:
            connection = context.wrap_socket(plain, server_side=True)
        except (OSError, ssl.SSLError) as why:
            self.broken.append(str(why))
            return
        self.connections.append(connection)
        stream = connection.makefile("rb")
        try:
            while self._read(stream):
                pass
        except (OSError, ValueError) as why:
            self.broken.append(str(why))

    def _read(self, stream):
        digits = b""
        while (one := stream.read(1)) and one != b" ":
            digits += one
            if not one.isdigit() or digits[0:1] == b"0" or len(digits) > 5:
                raise ValueError(f"no frame begins with {digits!r}")
        if not one:
            return False
        frame = stream.read(int(digits))
        if len(frame) == int(digits):
            self.messages.append(frame)
        return len(frame) == int(digits)

    def stop(self):
        if self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()
        self.connections = []

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
