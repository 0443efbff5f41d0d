"""A small HTTP server that takes OpenLineage events, or does not.

    with Endpoint(port) as endpoint:
        endpoint.behave = lambda event, earlier: (500, {}, 0)   # status (0: cut), headers, seconds before it
        endpoint.taken      # the events that it said 200 to, in order
        endpoint.asked      # (event, headers, path, status) of each request
"""

import http.server
import json
import ssl
import threading
import time


def take(_event, _earlier):
    return 200, {}, 0


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that are killed, or do not trust us, are what we are here for."""


class Endpoint:
    def __init__(self, port):
        self.port, self.behave, self.taken, self.asked, self.server = port, take, [], [], None
        self.pem = None     # certificate and key: TLS

    def start(self):
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                endpoint.answer(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        if self.pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.pem)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if self.server is None:     # stopped, and this connection was kept
            request.close_connection = True
            return
        event = json.loads(body) if body else None
        status, headers, seconds = self.behave(event, len(self.asked))
        self.asked.append((event, dict(request.headers), request.path, status))
        time.sleep(seconds)
        if status == 0:
            request.close_connection = True
            return
        try:
            request.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                request.send_header(name, value)
            request.end_headers()
        except OSError:     # it went away while we slept
            return
        if 200 <= status <= 299:
            self.taken.append(event)

    def stop(self):
        if self.server is not None:
            server, self.server = self.server, None
            server.shutdown()
            server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
