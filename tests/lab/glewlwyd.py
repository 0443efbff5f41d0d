"""A provider by somebody else: Debian's glewlwyd, from its packages, in a folder of its own.

    with Glewlwyd(lab.folder, f"{lab.url}/signin/callback") as idp:
        subject = idp.person("rita")
        back = idp.sign_in(there, "rita")       # where the provider sends the browser back

It is used where it is installed; else its packages are fetched through apt and unpacked there, without root
and without starting anything. Where that cannot be: Skip with the reason."""

import http.client
import json
import os
import pathlib
import sqlite3
import subprocess
import urllib.parse

from debian import unpacked
from lab import free_ports, give_back, wait_for

PACKAGES = ["glewlwyd", "glewlwyd-common", "libulfius2.7", "libiddawc1.1", "liboath0", "libmicrohttpd12", "libconfig9", "libhoel1.4",
            "liborcania2.3", "librhonabwy1.1", "libyder2.0", "libmariadb3"]
SECRET = "a-secret-for-tests-alone"    # no letter that RFC 6749 (2.3.1) has escaped: glewlwyd reads it as it comes
PASSWORD = "correct horse"
TABLES = "usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"


def root(folder):
    """The folder below which it lies: "/" where it is installed."""
    if os.access("/usr/bin/glewlwyd", os.X_OK) and os.access(f"/{TABLES}", os.R_OK):
        return pathlib.Path("/")
    return unpacked(folder, PACKAGES)


def plugin(issuer, key, public):
    """What makes it an OpenID provider: authorization code with PKCE, the device grant, RS256."""
    never = ["auth-type-token-enabled", "auth-type-password-enabled", "pkce-method-plain-allowed", "allow-non-oidc", "oauth-par-allowed",
             "request-parameter-allow", "encrypt-out-token-allow", "introspection-revocation-allowed", "register-client-allowed",
             "session-management-allowed"]
    always = ["auth-type-client-enabled", "auth-type-code-enabled", "auth-type-id-token-enabled", "auth-type-refresh-enabled",
              "auth-type-device-enabled", "pkce-allowed", "pkce-required", "jwks-show", "refresh-token-rolling"]
    return {"iss": issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": key, "cert": public, "access-token-duration": 300,
            "refresh-token-duration": 3600, "code-duration": 60, "device-authorization-expiration": 600,
            "device-authorization-interval": 1, "subject-type": "public", "name-claim": "on-demand", "email-claim": "no",
            "scope-claim": "no", "address-claim": {"type": "no"}, "jwks-x5c": [], "scope": [], "additional-parameters": [],
            "claims": [], **{n: False for n in never}, **{n: True for n in always}}


class Glewlwyd:
    def __init__(self, folder, redirect, port=None):
        self.folder = pathlib.Path(folder) / "glewlwyd"
        self.root = root(self.folder / "packages")
        self.work = self.folder / "work"
        self.work.mkdir(parents=True)
        self.mine = port is None
        self.port = port or free_ports(1)[0]
        self.issuer = f"http://127.0.0.1:{self.port}/api/oidc"
        self.jar = {}
        self._write()
        library = f"{self.root}/usr/lib/x86_64-linux-gnu"
        more = {} if self.root == pathlib.Path("/") else {"LD_LIBRARY_PATH": library}
        with open(self.work / "log", "ab") as log:
            self.child = subprocess.Popen([self.root / "usr/bin/glewlwyd", "-c", self.work / "conf"], env={**os.environ, **more},
                                          stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(self._answers, 15, "glewlwyd")
            self._set_up(redirect)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        if self.mine:
            give_back([self.port])

    def _write(self):
        data = sqlite3.connect(self.work / "data")
        data.executescript((self.root / TABLES).read_text())
        data.close()
        modules = f"{self.root}/usr/lib/glewlwyd"
        (self.work / "conf").write_text(f"""
port={self.port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{self.port}"
login_url="login.html"
url_prefix="api"
log_mode="console"
log_level="INFO"
cookie_secure=false
cookie_same_site="lax"
static_files_path="{self.root}/usr/share/glewlwyd/webapp/"
user_module_path="{modules}/user"
client_module_path="{modules}/client"
user_auth_scheme_module_path="{modules}/scheme"
plugin_module_path="{modules}/plugin"
admin_scope="g_admin"
profile_scope="g_profile"
hash_algorithm="SHA256"
database = {{ type="sqlite3"; path="{self.work}/data"; }};
""")

    def _answers(self):
        try:
            return self.call("GET", "/config")[0] == 200
        except OSError:
            return False

    def _set_up(self, redirect):
        self.call("POST", "/api/auth/", {"username": "admin", "password": "password"}, good=200)     # its packages' own
        key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, text=True, check=True, timeout=30).stdout
        public = subprocess.run(["openssl", "rsa", "-pubout"], input=key, capture_output=True, text=True, check=True, timeout=30).stdout
        self.call("POST", "/api/mod/plugin/", {"module": "oidc", "name": "oidc", "display_name": "OIDC", "enabled": True,
                                               "parameters": plugin(self.issuer, key, public)}, good=200)
        self.call("POST", "/api/client/", {
            "client_id": "sluice", "name": "sluice", "confidential": True, "password": SECRET, "client_secret": SECRET, "enabled": True,
            "redirect_uri": [redirect], "authorization_type": ["code", "device_authorization"],
            "token_endpoint_auth_method": ["client_secret_basic"], "scope": []}, good=200)

    def call(self, method, path, body=None, good=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.jar.items())} if self.jar else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text, there = answer.read().decode(), answer.getheader("Location")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.split(";")[0].partition("=")
                self.jar[key] = content
        connection.close()
        assert good in (None, answer.status), f"{method} {path}: {answer.status} {text}"
        return answer.status, text, there

    def person(self, name):
        self.call("POST", "/api/user/", {"username": name, "name": name.title(), "password": PASSWORD, "enabled": True,
                                         "scope": ["openid", "g_profile"]}, good=200)

    def sign_in(self, there, name):
        """What its own pages do, by its interface: sign in, agree, go on; the address that the browser is sent back to."""
        self.jar = {}
        status, text, login = self.call("GET", there.split(f":{self.port}", 1)[1])
        assert status == 302 and "login.html" in login, (status, text, login)
        self.call("POST", "/api/auth/", {"username": name, "password": PASSWORD}, good=200)
        self.call("PUT", "/api/auth/grant/sluice", {"scope": "openid"}, good=200)
        go_on = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(login).query))["callback_url"]
        status, text, back = self.call("GET", go_on.split(f":{self.port}", 1)[1] + "&g_continue")
        assert status == 302, (status, text)
        return back
