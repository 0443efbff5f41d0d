"""A real identity provider (npm oidc-provider) beside a lab, and a person in front of it without a browser.

    with Idp(lab.folder, redirect=f"{lab.url}/signin/callback") as idp:
        idp.person("rita", groups=["stewards"])
        person = Person()
        back = person.sign_in(idp, there, "rita")       # where the provider sends her back

What it does wrong it does on command: trouble(), skew(), rotate(), mint()."""

import base64
import html.parser
import http.client
import json
import pathlib
import subprocess
import threading
import urllib.parse

import npm
from lab import free_ports, give_back

HERE = pathlib.Path(__file__).resolve().parent / "idp"
AUDIENCE = "https://sluice.test"
SECRET = "the client's secret, for tests alone"
PASSWORD, CODE = "correct horse", "123456"
ADDRESSES = []
FORM = "application/x-www-form-urlencoded"


class Idp:
    """One issuer. Each op of idp/provider.mjs by its name; the lab's tests end it."""

    def __init__(self, folder, redirects=(), more_clients=(), port=None, device=True):
        self.ports = [port] if port else free_ports(1)
        self.mine = port is None
        with open(pathlib.Path(folder) / f"idp.{self.ports[0]}.stderr", "ab") as log:
            self.child = subprocess.Popen(["node", "provider.mjs"], cwd=npm.installed(HERE), text=True, stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=log)
        self.lock = threading.Lock()
        grants = [*(["urn:ietf:params:oauth:grant-type:device_code"] if device else []), *(["authorization_code"] if redirects else [])]
        clients = [{"client_id": "sluice", "client_secret": SECRET, "redirect_uris": list(redirects),
                    "response_types": ["code"] if redirects else [], "grant_types": grants}] if grants else []
        self.issuer = self.start(port=self.ports[0], clients=[*clients, *more_clients], users={},
                                 resources=[AUDIENCE, "https://other.test"], device=device)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.child.poll() is None:
            self.child.stdin.close()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        if self.mine:
            give_back(self.ports)

    def __getattr__(self, op):
        def call(**args):
            with self.lock:
                self.child.stdin.write(json.dumps({"op": op, **args}) + "\n")
                self.child.stdin.flush()
                line = self.child.stdout.readline()
            assert line, f"the provider is gone ({op})"
            out = json.loads(line)
            assert "failed" not in out, f"{op}: {out.get('failed')}"
            return out["said"]
        return call

    def person(self, login, **more):
        """An account there; its subject."""
        subject = f"{login}-0001"
        self.user(**{"login": login, "sub": subject, "name": login.title(), "email": f"{login}@corp.test", **more})
        return subject

    def program(self, name):
        """A client that asks for tokens of its own; `sub` in them is its name."""
        self.client(client={"client_id": name, "client_secret": f"{name}'s own secret, for tests", "redirect_uris": [],
                            "response_types": [], "grant_types": ["client_credentials"]})

    def access_token(self, name, resource=AUDIENCE):
        """What that program gets for itself: an RFC 9068 access token."""
        user, password = (urllib.parse.quote(t, safe="") for t in (name, f"{name}'s own secret, for tests"))
        status, said, _ = request(f"{self.issuer}/token", "POST", urllib.parse.urlencode(
            {"grant_type": "client_credentials", "resource": resource}), {"Content-Type": FORM}, basic=(user, password))
        assert status == 200, said
        return json.loads(said)["access_token"]


def elsewhere():
    """Another loopback address each time, so that one guesser's wait is not everybody's."""
    ADDRESSES.append(None)
    return f"127.0.{1 + len(ADDRESSES) // 250}.{1 + len(ADDRESSES) % 250}"


def request(url, method="GET", body=None, headers=None, basic=None, source=None):
    """status, text, headers (a list of pairs); follows nothing. source: the address to come from."""
    where = urllib.parse.urlsplit(url)
    headers = dict(headers or {})
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=40, source_address=source and (source, 0))
    connection.request(method, (where.path or "/") + (f"?{where.query}" if where.query else ""), body, headers)
    answer = connection.getresponse()
    out = answer.status, answer.read().decode(errors="replace"), answer.getheaders()
    connection.close()
    return out


class Forms(html.parser.HTMLParser):
    """The first form of a page: its action and hidden fields."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = a.get("action")
        if tag == "input" and a.get("type") == "hidden":
            self.fields[a["name"]] = a.get("value") or ""


class Person:
    """A browser without a screen: one jar of cookies for each host and port, follows redirects."""

    def __init__(self, source=None):
        self.source, self.jar = source, {}       # "127.0.0.1:8080" -> {name: value}

    def cookies(self, url):
        return self.jar.setdefault(urllib.parse.urlsplit(url).netloc, {})

    def once(self, url, form=None, headers=None):
        """One request; status, text, where it sends us."""
        mine = self.cookies(url)
        more = {"Cookie": "; ".join(f"{n}={v}" for n, v in mine.items())} if mine else {}
        if form is not None:
            more["Content-Type"] = FORM
        status, text, heads = request(url, "GET" if form is None else "POST",
                                      None if form is None else urllib.parse.urlencode(form), {**more, **(headers or {})},
                                      source=self.source)
        for name, value in heads:
            if name.lower() == "set-cookie":
                pair, *rest = value.split(";")
                key, _, content = pair.partition("=")
                gone = any(r.strip().lower() == "max-age=0" or "01 jan 1970" in r.lower() for r in rest)
                mine.pop(key, None) if gone or not content else mine.__setitem__(key, content)
        there = next((v for n, v in heads if n.lower() == "location"), None)
        return status, text, urllib.parse.urljoin(url, there) if there else None

    def follow(self, url, form=None, stop=None):
        """Goes where it is sent, until a page comes, or an address that begins with `stop` would be next."""
        for _ in range(12):
            if stop and url.startswith(stop):
                return url, None
            status, text, there = self.once(url, form)
            if there is None:
                return url, (status, text)
            url, form = there, None
        raise AssertionError(f"round and round: {url}")

    def log_in(self, page, name, otp="", password=PASSWORD, stop=None, abort=False):
        """Fills the provider's sign-in page in, if it is one; else that page is the answer."""
        url, answer = page
        if answer is None or "/interaction/" not in url:
            return page
        form = {"login": name, "password": password, "otp": otp, **({"abort": "yes"} if abort else {})}
        return self.follow(urllib.parse.urljoin(url, Forms(answer[1]).action), form, stop)

    def sign_in(self, there, name, stop, **how):
        """From the provider's address to the one that it sends the browser back to."""
        url, answer = self.log_in(self.follow(there, stop=stop), name, stop=stop, **how)
        assert answer is None, f"{url}: {answer}"
        return url

    def approve_device(self, url, code, name, otp="", deny=False):
        """What a person does with the address and the code of `sluice login`; the last page."""
        where, (_, text) = self.follow(f"{url}?{urllib.parse.urlencode({'user_code': code})}")
        form = Forms(text)
        where, answer = self.follow(urllib.parse.urljoin(where, form.action), {**form.fields, "user_code": code})
        form = Forms(answer[1])
        choice = {"abort": "yes"} if deny else {"confirm": "yes"}
        page = self.follow(urllib.parse.urljoin(where, form.action), {**form.fields, **choice})
        return self.log_in(page, name, otp)
