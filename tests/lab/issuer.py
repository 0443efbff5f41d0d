"""An issuer that has keys and nothing else, as CI systems do: discovery, a key set, and tokens of any claims.

    github = Issuer()                       # answers on loopback until the test program ends
    github.token({"sub": "x", "aud": "sluice", "repository_id": "74"})

Keys and signatures are the openssl program's."""

import base64
import http.server
import json
import pathlib
import subprocess
import tempfile
import threading
import time

from lab import free_ports


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="issuer-")
        self.key = pathlib.Path(self.folder.name) / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], capture_output=True, check=True)
        modulus = subprocess.run(["openssl", "rsa", "-in", self.key, "-noout", "-modulus"], capture_output=True, text=True,
                                 check=True).stdout.strip().split("=")[1]
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        pages = {"/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"},
                 "/jwks": {"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "e": "AQAB",
                                     "n": text(bytes.fromhex(modulus))}]}}

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                page = json.dumps(pages.get(self.path, {})).encode()
                self.send_response(200 if self.path in pages else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Page)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, claims, header=None):
        now = int(time.time())
        whole = {"iss": self.url, "iat": now, "exp": now + 600, **claims}
        signed = ".".join(text(json.dumps(part).encode()) for part in
                          ({"alg": "RS256", "kid": "1", "typ": "JWT", **(header or {})}, whole))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(),
                                   capture_output=True, check=True).stdout
        return f"{signed}.{text(signature)}"
