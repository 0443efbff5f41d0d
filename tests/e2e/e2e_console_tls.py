"""The console as people reach it: own TLS and a public_url with a name, a real identity provider, Chromium and its passkeys."""

import base64
import hashlib
import http.client
import json
import ssl
import subprocess
import urllib.parse

import scratch
from browser import Browser
from idp import CODE, PASSWORD, SECRET, Idp
from keys import Keys
from lab import free_ports, hold, wait_for

NAME = "sluice.test"
HELD = "delete from staging.scratch where id = {}"
WORLD = {}
PEM = scratch.kept("lab-https-", 0o755)


def certificate():
    """https.crt and https.key, for the name that people type and the address that commands use."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1", "-keyout", "https.key",
                    "-out", "https.crt"], check=True, capture_output=True, cwd=PEM)


def pin():
    """What Chromium is told to take instead of an authority: this one key."""
    public = subprocess.run("openssl x509 -in https.crt -pubkey -noout | openssl pkey -pubin -outform der", shell=True,
                            check=True, capture_output=True, cwd=PEM).stdout
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def change(config):
    certificate()
    WORLD["port"], = free_ports(1)
    port = config["listen"]["http"].rpartition(":")[2]
    config["tls"] = {"certificate": str(PEM / "https.crt"), "key": str(PEM / "https.key")}
    config["public_url"] = f"https://{NAME}:{port}"
    del config["passkeys"]      # made from public_url
    config["client_auth"] = "token"
    config["policy"].append(hold("signed", "public.orders", proof="passkey"))
    config["issuers"] = [{"name": "corp", "issuer": f"http://127.0.0.1:{WORLD['port']}", "mfa_acr": ["mfa"],
                          "client_id": "sluice", "client_secret_file": "sluice.secret", "scopes": ["openid", "profile", "groups"],
                          "groups_claim": "groups", "groups": [{"theirs": "stewards", "ours": "data-stewards"}]}]


LAB = {"change": change, "ca": PEM / "https.crt", "start": False}


def world(lab):
    """The provider, Sluice, a browser that knows the name, and rita's account; at the first call."""
    if "idp" not in WORLD:
        WORLD["url"] = f"https://{NAME}:{lab.http}"
        WORLD["idp"] = Idp(lab.folder, [f"{WORLD['url']}/signin/callback"], port=WORLD["port"])
        lab.children.append(WORLD["idp"].child)
        (lab.folder / "sluice.secret").touch(0o600)
        (lab.folder / "sluice.secret").write_text(SECRET + "\n")
        lab.start()
        for name in lab.deciders:
            lab.enroll(name)
        lab.manage("identity", "account", "rita", "--issuer", "corp", "--subject",
                   WORLD["idp"].person("rita", groups=["stewards"]))
        lab.browser = Browser(lab, [f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
                                    f"--ignore-certificate-errors-spki-list={pin()}"])
    return lab.browser, WORLD["url"]


def sign_in(lab, b, way="[data-issuer=corp]", otp=""):
    b.click(at=way)
    b.fill(at="input[name=login]", text="rita")
    b.fill(at="input[name=password]", text=PASSWORD)
    if otp:
        b.fill(at="input[name=otp]", text=otp)
    b.click(at="button >> text='Sign in'")


def raw(lab, method, path, headers, body=None):
    """One request over https; status, text, headers."""
    connection = http.client.HTTPSConnection("127.0.0.1", lab.http, timeout=10,
                                             context=ssl.create_default_context(cafile=PEM / "https.crt"))
    connection.request(method, path, json.dumps(body) if body is not None else None,
                       {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    out = answer.status, answer.read().decode(), dict(answer.getheaders())
    connection.close()
    return out


def hold_one(lab, number):
    child = lab.psql_start("-c", HELD.format(number))
    return child, lab.pending_one("agent-7", like=rf"id = {number}$")


def decide(b, verb, reason):
    b.fill(at="role=textbox[name='Your reason']", text=reason)
    b.wait(at=f"role=button[name='{verb}…'][disabled=false]")
    b.click(at=f"role=button[name='{verb}…']")
    last = f"role=dialog >> role=button[name=/^{verb} /][disabled=false]"
    b.wait(at=last)
    b.click(at=last)
    b.wait(at="section[aria-label='Outcome']")


def test_sign_in(lab):
    """over https: the notice's link, the provider's page and back to that request; the cookies are for this host alone"""
    b, url = world(lab)
    child, held = hold_one(lab, 1)
    b.open()
    b.goto(url=f"{url}/approvals/{held['id']}")
    b.wait(at="[data-issuer=corp]")
    way = f"{url}/v1/signin/corp"
    asked = b.eval(js=f"fetch('{way}', {{redirect: 'manual'}}).then((r) => r.type)")
    assert asked == "opaqueredirect", asked
    status, _, headers = raw(lab, "GET", "/v1/signin/corp", {"Host": f"{NAME}:{lab.http}"})
    there = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers["Location"]).query))
    assert status == 303 and there["redirect_uri"] == f"{url}/signin/callback", headers
    flow = headers["Set-Cookie"]
    assert flow.startswith("__Host-sluice-flow=") and "Secure" in flow and "HttpOnly" in flow and "Domain" not in flow, flow
    sign_in(lab, b)
    b.wait(at="role=region[name='Exact statement']")
    assert b.url() == f"{url}/approvals/{held['id']}" and b.eval(js="isSecureContext"), b.url()
    ours = [c for c in b.cookies() if c["domain"] == NAME]
    assert sorted(c["name"] for c in ours) == ["__Host-sluice", "__Host-sluice-device"], ours
    assert all(c["secure"] and c["httpOnly"] and c["sameSite"] == "Strict" and c["path"] == "/" for c in ours), ours
    decide(b, "Approve", "over https")
    _, err = child.communicate(timeout=20)
    assert child.returncode == 0 and lab.ran(r"scratch where id = 1$", "agent-7") == 1
    assert f"{url}/approvals/{held['id']}" in err, err
    said = [c for c in b.complaints() if "401" not in c and "Failed to fetch" not in c]
    assert said == [], said


def test_live(lab):
    """over https: what is asked appears by itself"""
    b, url = world(lab)
    b.goto(url=f"{url}/")
    b.wait(at=".live.live")
    child, held = hold_one(lab, 2)
    b.wait(at=f"[data-id='{held['id']}']")
    assert b.attribute(at=f"[data-id='{held['id']}'] a", name="href") == f"/approvals/{held['id']}"
    lab.deny("bob", held["id"])
    b.wait(at=f"[data-id='{held['id']}'].over")
    child.communicate(timeout=20)


def test_links(lab):
    """the code that `sluice console` prints is good at the name, too, and leaves the address"""
    b, url = world(lab)
    said = lab.sluice("console", "--credential-file", lab.enroll("bob"), *lab.where(), check=True).out.strip()
    assert urllib.parse.urlsplit(said).scheme == "https", said
    public = lab.sluice("console", "--credential-file", lab.enroll("bob"), "--ca", lab.ca, environment={"SLUICE_URL": lab.url}).out
    assert public.startswith(f"{url}/#code=slb_") and not said.startswith(url), (public, said)
    said = public.strip()                                   # the one before it is void
    b.open()
    b.goto(url=f"{url}/#{urllib.parse.urlsplit(said).fragment}")
    b.wait(at="role=heading[name='Inbox']")
    assert "bob" in b.text(at="header") and b.url() == f"{url}/"


def test_origins(lab):
    """only pages of https and this name may act: not http, not another port or name; a stranger's Host is refused"""
    b, url = world(lab)
    session = next(c for c in b.cookies() if c["name"] == "__Host-sluice")["value"]
    mine = {"Cookie": f"__Host-sluice={session}", "Host": f"{NAME}:{lab.http}"}
    mark = json.loads(raw(lab, "GET", "/v1/sessions/current", mine)[1])["csrf"]
    child, held = hold_one(lab, 3)
    body = {"decision": "deny", "digest": held["digest"], "reason": "from there"}
    path = f"/v1/approvals/{held['id']}/decision"
    for origin in (f"http://{NAME}:{lab.http}", f"https://{NAME}:{lab.http + 1}", f"https://{NAME}", "https://evil.example",
                   f"https://{NAME}.evil.example:{lab.http}", "null", None):
        sent = {**mine, "Sluice-CSRF": mark, **({"Origin": origin} if origin else {})}
        assert raw(lab, "POST", path, sent, body)[0] == 403, origin
    assert raw(lab, "GET", "/", {"Host": "evil.example"})[0] == 421
    assert lab.approval(held["id"])["votes"] == []
    status, said, _ = raw(lab, "POST", path, {**mine, "Origin": url, "Sluice-CSRF": mark}, body)
    assert status == 200 and json.loads(said)["state"] == "denied", said
    child.communicate(timeout=20)


def test_plain(lab):
    """http on that port is refused without an answer, nothing is redirected; https says that it has to stay"""
    b, _ = world(lab)
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    try:
        connection.request("GET", "/v1/signin/corp", None, {"Host": f"{NAME}:{lab.http}"})
        raise AssertionError(f"http was answered: {connection.getresponse().status}")
    except (http.client.BadStatusLine, ConnectionError):
        pass
    finally:
        connection.close()
    status, _, headers = raw(lab, "GET", "/", {})
    assert status == 200 and "max-age=" in headers["Strict-Transport-Security"], headers
    b.open()
    failed = b.eval(js=f"fetch('http://{NAME}:{lab.http}/').then((r) => r.status, () => 'refused')")
    assert failed == "refused", failed
    assert lab.sluice("console", "--credential-file", lab.enroll("bob"), "--url", f"http://127.0.0.1:{lab.http}").rc != 0
    wait_for(lambda: lab.events("tls_failed"), 5, "the log to say so")


def test_passkey(lab):
    """over https and a name: a fresh sign-in with a second factor, a passkey for that name, and a decision that it signs"""
    b, url = world(lab)
    b.open()
    b.goto(url=f"{url}/passkeys")
    sign_in(lab, b)
    b.wait(at="#enrol")
    internal = b.authenticator()
    b.click(at="#enrol")
    b.wait(at="role=alert >> text=more than one factor")
    b.goto(url=f"{url}/v1/signin/corp?fresh=yes&return=/passkeys")
    b.fill(at="input[name=login]", text="rita")
    b.fill(at="input[name=password]", text=PASSWORD)
    b.fill(at="input[name=otp]", text=CODE)
    b.click(at="button >> text='Sign in'")
    b.wait(at="#enrol")
    b.fill(at="role=textbox[name='A name for it (if you like)']", text="over https")
    b.click(at="#enrol")
    b.wait(at="role=heading[name='over https']")
    made = b.credentials(id=internal)
    assert len(made) == 2 and {c["rpId"] for c in made} == {NAME}, made     # the refused one stays in the device
    child = lab.psql_start("-c", "update orders set item = 'https' where id = 1")
    held = lab.pending_one("agent-7", like="'https'")
    b.goto(url=f"{url}/approvals/{held['id']}")
    b.wait(at="role=textbox[name='Your reason']")
    decide(b, "Approve", "signed over https")
    child.communicate(timeout=20)
    vote = lab.approval(held["id"])["votes"][0]
    assert child.returncode == 0 and vote["proof"] == "passkey" and vote["channel"] == "console", vote
    assert lab.ran(r"item = 'https'", "agent-7") == 1
    said = lab.sluice("ledger", "verify", lab.state / "ledger", "--decisions", "--json", check=True).out
    assert [d["proof"] for d in json.loads(said)["decisions"] if d["approval"] == held["id"]] == ["passkey"], said


def test_keys(lab):
    """over https with the keyboard alone: to the provider, back, and a way to the inbox"""
    b, url = world(lab)
    b.open()
    b.goto(url=f"{url}/policy")
    b.wait(at="[data-issuer=corp]")
    keys = Keys(b)
    keys.enter("A Sign in with corp")
    b.wait(at="input[name=login]")
    for name, text in (("login", "rita"), ("password", PASSWORD)):
        while b.eval(js="document.activeElement.name ?? ''") != name:
            b.press(key="Tab")
        b.type(text=text)
    b.press(key="Enter")
    b.wait(at="role=heading[name='Policy']")
    assert b.url() == f"{url}/policy"
    keys.page("Inbox")
