"""Signing in with a real identity provider (npm oidc-provider), in Chromium, without a browser, and as a program."""

import json
import os
import pty
import re
import select
import subprocess
import time
import urllib.parse

import psycopg2

from authenticator import ALGORITHMS, Passkey, text as encoded
from browser import Browser
from idp import CODE, PASSWORD, SECRET, Person, elsewhere, request
from lab import wait_for
from signin import (AT, LAB, ask, bearer, begin, claims, come_back, decide, external, failures, hold, is_refused, link,
                    providers, refused, sign_in, votes)
from wire import Refused

OTHER = "https://other.test"
__all__ = ["LAB"]       # of this row, read by its name


# --- people, in a browser ------------------------------------------------------------------------


def browser_of(lab):
    if not hasattr(lab, "browser"):
        lab.browser = Browser(lab)
    return lab.browser


def test_chromium(lab):
    """in Chromium: from a chat's link over the provider's page back to that request, and it runs once"""
    providers(lab)
    child, held = hold(lab, 101)
    b = browser_of(lab)
    b.open()
    b.goto(url=f"{lab.url}/approvals/{held['id']}")
    b.click(at="[data-issuer=corp]")
    b.fill(at="input[name=login]", text="rita")
    b.fill(at="input[name=password]", text=PASSWORD)
    b.click(at="button >> text='Sign in'")
    b.wait(at="role=region[name='Exact statement']")
    assert b.url() == f"{lab.url}/approvals/{held['id']}", b.url()
    mine = next(c for c in b.cookies() if c["name"] == "__Host-sluice")
    assert mine["httpOnly"] and mine["secure"] and mine["sameSite"] == "Strict", mine
    assert not [c for c in b.cookies() if c["name"] == "__Host-sluice-flow"], "the flow's cookie is left"
    assert b.eval(js="document.cookie") == "" and "rita" in b.text(at="header")
    b.fill(at="role=textbox[name='Your reason']", text="seen")
    b.wait(at="role=button[name='Approve…'][disabled=false]")
    b.click(at="role=button[name='Approve…']")
    b.wait(at="role=dialog >> role=button[name=/^Approve /][disabled=false]")
    b.click(at="role=dialog >> role=button[name=/^Approve /]")
    child.communicate(timeout=30)
    assert child.returncode == 0 and lab.ran(r"scratch where id = 101$", "agent-7") == 1
    assert [(v["identity"], v["channel"]) for v in votes(lab, held)] == [("rita", "console")]
    said = [c for c in b.complaints() if "401" not in c]       # nobody was signed in when it began
    assert said == [], said
    b.click(at="role=button[name='Sign out']")
    b.wait(at="[data-issuer=corp]")


def looks_right(b, scheme, width):
    found = b.axe()
    assert found == [], (scheme, width, found)
    assert b.eval(js="document.documentElement.scrollWidth <= innerWidth"), (scheme, width)


def test_chromium_looks(lab):
    """in Chromium: axe finds nothing on the page to sign in and on the one that says no; both go by keyboard"""
    providers(lab)
    b = browser_of(lab)
    for scheme in ("light", "dark"):
        for width in (320, 1440):
            b.open(scheme=scheme, width=width)
            b.goto(url=f"{lab.url}/agents")
            b.wait(at="[data-issuer=corp]")
            looks_right(b, scheme, width)
            for _ in range(9):
                b.press(key="Tab")
                if b.focused() == "A Sign in with corp":
                    break
            b.press(key="Enter")
            b.wait(at="input[name=login]")
            b.click(at="button >> text='Cancel'")
            b.wait(at="role=alert")
            looks_right(b, scheme, width)
        

def test_chromium_no(lab):
    """in Chromium: no at the provider is a page that says so, and the way back to Sluice"""
    providers(lab)
    b = browser_of(lab)
    b.open()
    b.goto(url=f"{lab.url}/")
    b.click(at="[data-issuer=corp]")
    b.click(at="button >> text='Cancel'")
    b.wait(at="role=alert")
    assert "not signed in" in b.text(at="h1"), b.text(at="body")
    b.click(at="role=link")
    b.wait(at="[data-issuer=corp]")


def test_session(lab):
    """the session is the account's person; it decides, and ends at the sign-out"""
    who = sign_in(lab, "rita")
    status, said = ask(lab, who, "GET", "/v1/whoami")
    assert status == 200 and said["identity"] == "rita", said
    approval = external(lab)
    status, said = decide(lab, who, approval, "deny")
    assert status == 200 and said["state"] == "denied", said
    assert ask(lab, who, "POST", "/v1/sessions/end")[0] == 204
    assert request(f"{lab.url}/v1/whoami", headers={"Cookie": f"__Host-sluice={who.cookies(lab.url).get('__Host-sluice', 'sls_x')}"})[0] == 401


def test_addresses(lab):
    """no way leads to a page of somebody else's choice"""
    providers(lab)
    for back in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/v1/whoami", "javascript:alert(1)"):
        status, text, there = Person().once(f"{lab.url}/v1/signin/corp?{urllib.parse.urlencode({'return': back})}")
        assert status == 400 and there is None, (back, status, there)
    status, text, there = Person().once(f"{lab.url}/v1/signin/nobody")
    assert status >= 400 and there is None, (status, there)
    there = begin(lab, Person())
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(there).query))
    assert there.startswith(providers(lab)[0].issuer) and asked["redirect_uri"] == f"{lab.url}/signin/callback", there
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) >= 32 and len(asked["nonce"]) >= 32, asked


# --- people, hostile -----------------------------------------------------------------------------


def test_other_browser(lab):
    """a link with somebody else's code signs nobody in: not without the flow's cookie, not with another one"""
    providers(lab)
    mallory, victim = Person(elsewhere()), Person(elsewhere())
    back = come_back(lab, mallory, "bob")
    status, text, _ = victim.once(back)
    assert status == 403 and "not begun in this browser" in text, (status, text)
    begin(lab, victim)
    status, text, _ = victim.once(back)
    assert status >= 400 and "__Host-sluice" not in victim.cookies(lab.url), (status, text)
    stolen = urllib.parse.urlsplit(come_back(lab, Person(), "bob"))     # a code under one's own state
    code = dict(urllib.parse.parse_qsl(stolen.query))["code"]
    there = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begin(lab, victim)).query))
    query = urllib.parse.urlencode({"code": code, "state": there["state"], "iss": providers(lab)[0].issuer})
    status, text, _ = victim.once(f"{lab.url}/signin/callback?{query}")
    assert status >= 400 and "__Host-sluice" not in victim.cookies(lab.url), (status, text)


def test_replay(lab):
    """the way back is good once, and a copy of the cookie does not help"""
    providers(lab)
    who = Person()
    back = come_back(lab, who, "rita")
    copy = dict(who.cookies(lab.url))
    assert who.once(back)[0] == 303
    thief = Person(elsewhere())
    thief.cookies(lab.url).update(copy)
    status, text, _ = thief.once(back)
    assert status >= 400 and "__Host-sluice" not in thief.cookies(lab.url), (status, text)


def test_mix_up(lab):
    """an answer of another issuer, or of none, is refused (RFC 9207)"""
    providers(lab)
    for iss in (providers(lab)[1].issuer, None, providers(lab)[0].issuer + "/"):
        who = Person(elsewhere())
        fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(come_back(lab, who, "rita")).query))
        fields.pop("iss")
        query = urllib.parse.urlencode({**fields, **({"iss": iss} if iss else {})})
        status, text, _ = who.once(f"{lab.url}/signin/callback?{query}")
        assert status >= 400 and "__Host-sluice" not in who.cookies(lab.url), (iss, status, text)


HOSTILE = {     # what a token endpoint that was taken over might answer
    "another nonce": {"claims": {"nonce": "0" * 43}},
    "another client": {"claims": {"aud": "somebody-else"}},
    "two audiences": {"claims": {"aud": ["sluice", "somebody-else"]}},
    "another party": {"claims": {"azp": "somebody-else"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "over": {"claims": {"exp": 1_700_000_000, "iat": 1_699_999_000}},
    "from the future": {"claims": {"nbf": 4_000_000_000}},
    "no subject": {"claims": {"sub": ""}},
    "a stranger's key": {"key": "other"},
    "an algorithm that is not configured": {"alg": "ES256"},
    "no signature": {"alg": "none"},
    "the public key as a secret": {"alg": "HS256"},
    "an extension": {"header": {"crit": ["exp"], "exp": 1}},
    "an access token": {"header": {"typ": "at+jwt"}},
    "a key that comes along": {"key": "other", "header": {"jku": "http://127.0.0.1:1/jwks"}},
}


def test_hostile_provider(lab):
    """no ID token but the one that was asked for signs anybody in, and the ledger says why"""
    corp, _ = providers(lab)
    before = len(failures(lab))
    for name, what in HOSTILE.items():
        corp.trouble(hostile=what)
        try:
            refused(lab, "rita")
        except AssertionError as why:
            raise AssertionError(f"{name}: {why}") from why
        finally:
            corp.trouble(hostile=None)
    wait_for(lambda: len(failures(lab)) >= before + len(HOSTILE), 15, "an entry for each failure")
    assert {"NONCE", "AUDIENCE", "SIGNATURE", "ALGORITHM"} <= set(failures(lab)[before:]), failures(lab)
    assert sign_in(lab, "rita")


def test_no_token_in_records(lab):
    """neither log nor ledger holds a token, a code or the client's secret"""
    providers(lab)
    assert bearer(lab, providers(lab)[0].access_token("agent-7"))[0] == 200
    sign_in(lab, "rita")
    for needle in (SECRET, "code_verifier"):
        found = lab.files_with(needle, ("state", "serve.log"))
        assert found == [], (needle, found)
    for file in [*(lab.folder / "state").rglob("*"), lab.log_file]:      # two parts of JSON: no signature looks so by chance
        if file.is_file():
            assert not re.search(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}", file.read_bytes()), file


# --- who is who ----------------------------------------------------------------------------------


def test_no_account(lab):
    """an account that nobody linked is told so, with the subject that the operator needs"""
    corp, _ = providers(lab)
    subject = corp.person("zoe")
    text = refused(lab, "zoe")
    assert "no identity has this account" in text and subject in text, text
    wait_for(lambda: "ACCOUNT_UNKNOWN" in failures(lab), 15, "the failure in the ledger")


def test_no_account_blocks_nobody(lab):
    """people without an account make nobody at the same address wait; who guesses states waits"""
    corp, _ = providers(lab)
    corp.person("zoe")
    office = elsewhere()
    for _ in range(8):
        who = Person(office)
        assert who.once(come_back(lab, who, "zoe"))[0] == 403
    who = Person(office)
    assert who.once(come_back(lab, who, "rita"))[0] == 303
    for _ in range(8):
        who = Person(office)
        if who.once(f"{lab.url}/v1/signin/corp")[0] == 429:
            return
        who.once(f"{lab.url}/signin/callback?code=x&state=guessed&iss={corp.issuer}")
    raise AssertionError("guessing goes on")


def test_email_is_nobody(lab):
    """the address of somebody else in a token makes nobody that person"""
    corp, _ = providers(lab)
    corp.person("mallory", email="rita@corp.test", name="rita")
    refused(lab, "mallory")


def test_overage(lab):
    """more groups than a token lists: not signed in, rather than without them"""
    corp, _ = providers(lab)
    elsewhere = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.test/"}}}
    for claims in ({"hasgroups": True}, elsewhere):
        corp.person("sam", groups=None, claims=claims)
        corp.user(login="sam", groups=None)
        text = refused(lab, "sam")
        assert "groups" in text, text
    corp.person("sam", groups=["stewards"], claims={})
    sign_in(lab, "sam")


def test_groups_follow(lab):
    """a group counts from its sign-in on; taken away, the unspent yes that rested on it counts no more"""
    corp, _ = providers(lab)
    corp.person("sam", groups=["stewards"], claims={})
    who = sign_in(lab, "sam")
    approval = external(lab)
    status, said = decide(lab, who, approval)
    assert status == 200 and said["state"] == "approved", said
    corp.person("sam", groups=["engineers"])
    again = sign_in(lab, "sam")
    status, said = bearer(lab, lab.token("agent-7"), "POST", f"/v1/approvals/{approval['id']}/consume",
                          {"digest": approval["digest"]})
    assert status == 409, said
    status, said = decide(lab, again, external(lab))
    assert status in (403, 404), said


def test_idp_add(lab):
    """sluice idp add: finds the provider, signs in as a test, shows its groups, and writes what Sluice then starts with"""
    corp, _ = providers(lab)
    corp.person("op", groups=["stewards", "engineers"])
    folder = lab.folder / "added"
    folder.mkdir()
    (folder / "sluice.secret").touch(0o600)
    (folder / "sluice.secret").write_text(SECRET)
    (folder / "sluice.yaml").write_text("""# a comment that stays
targets:
  - {name: t, protocol: postgres, address: 127.0.0.1:5432, database: d, environment: test, login: {user: u}, access: {groups: [g]}}
""")
    words = ["idp", "add", corp.issuer, "--name", "corp", "--client-id", "sluice", "--client-secret-file", "sluice.secret",
             "--groups-claim", "groups", "--write"]
    command = subprocess.Popen([lab.program, *words], cwd=folder, env=lab.environment, text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lab.children.append(command)
    said = read_until(command, "type this code")
    said += read_until(command, "    ")
    lines = [x.strip() for x in said if x.startswith("    ")]
    Person().approve_device(lines[0], lines[1], "op", otp=CODE)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, out + err
    assert "op-0001" in out and "stewards, engineers" in out and "acr mfa" in out, out
    assert f"http://127.0.0.1:8080/signin/callback" in out, out
    text = (folder / "sluice.yaml").read_text()
    assert text.startswith("# a comment that stays") and SECRET not in text + out, text
    checked = lab.sluice("check", "--config", folder / "sluice.yaml")
    assert checked.rc == 0, checked


def test_idp_add_asks_four_things(lab):
    """sluice idp add on a terminal: it waits for an answer four times and no more, whatever is answered"""
    corp, _ = providers(lab)
    folder = lab.folder / "asked"
    folder.mkdir()
    ours, theirs = pty.openpty()
    command = subprocess.Popen([lab.program, "idp", "add", corp.issuer, "--no-sign-in"], cwd=folder, env=lab.environment,
                               stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    lab.children.append(command)
    os.close(theirs)
    said, asked = hear_prompt(ours, command), []
    while command.poll() is None and len(asked) < 8:
        asked.append(said.rstrip().splitlines()[-1] if said.strip() else "(it waits)")
        os.write(ours, b"\n")
        said = hear_prompt(ours, command)
    assert command.wait(10) == 0, (asked, said)
    assert len(asked) == 4, asked
    for question, about in zip(asked, ("short name", "client id", "secret", "groups")):
        assert about in question and question.endswith("]:"), asked
    assert f'issuer: "{corp.issuer}"' in said, said
    os.close(ours)


def hear_prompt(terminal, command):
    """What it says until it is silent for a second, which is when it waits for somebody, or has ended."""
    said = b""
    there = select.poll()       # other than select() it takes any number of descriptor
    there.register(terminal, select.POLLIN)
    while there.poll(1000 if said else 20000):
        try:
            said += os.read(terminal, 65536)
        except OSError:     # the other end is closed
            command.wait(10)
            break
    return said.decode()


def add_by_browser(lab, corp, name, *more):
    """`sluice idp add` up to the address that it prints: the command, and that address"""
    folder = lab.folder / name
    folder.mkdir()
    words = ["idp", "add", corp.issuer, "--name", "corp", "--client-id", name, "--client-secret-file", "", "--groups-claim", "groups", *more]
    command = subprocess.Popen([lab.program, *words], cwd=folder, env=lab.environment, text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lab.children.append(command)
    read_until(command, "Open this address")
    said = read_until(command, "    http")
    assert said and said[-1].startswith("    http"), said + command.communicate(timeout=20)[1].splitlines()
    return command, said[-1].strip()


def native(corp, name, *grants):
    """A client as programs on somebody's machine are: without a secret, any port of 127.0.0.1 to come back to (RFC 8252)"""
    corp.client(client={"client_id": name, "application_type": "native", "token_endpoint_auth_method": "none",
                        "redirect_uris": ["http://127.0.0.1/callback"], "response_types": ["code"],
                        "grant_types": ["authorization_code", *grants]})


def test_idp_add_by_browser(lab):
    """sluice idp add where the device grant is switched off for the client: a browser, PKCE, and a port of this machine"""
    corp, _ = providers(lab)
    corp.person("op", groups=["stewards", "engineers"])
    native(corp, "here")
    command, there = add_by_browser(lab, corp, "here")
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(there).query)
    back = asked["redirect_uri"][0]
    assert back.startswith("http://127.0.0.1:") and asked["code_challenge_method"] == ["S256"], there
    # whoever finds the port, and does not know the state, ends nothing and learns nothing
    assert request(f"{back}?code=c&state=guess")[0] == 404 and request(back)[0] == 404
    assert request(back.replace("callback", "favicon.ico"))[0] == 404
    assert request(f"{back}?code=c&state={asked['state'][0]}", headers={"Host": "evil.example"})[0] == 404
    url = Person().sign_in(there, "op", back, otp=CODE)
    assert request(url)[0] == 200
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, out + err
    assert "op-0001" in out and "stewards, engineers" in out and "acr mfa" in out, out
    try:
        request(back)
        raise AssertionError("the port is still open")
    except OSError:
        pass


def test_idp_add_by_browser_wrong(lab):
    """the same where the person says no, and with a code that the provider does not know"""
    corp, _ = providers(lab)
    corp.person("op", groups=["stewards"])
    native(corp, "there", "urn:ietf:params:oauth:grant-type:device_code")
    command, there = add_by_browser(lab, corp, "there", "--browser")
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(there).query)
    back, state, iss = asked["redirect_uri"][0], asked["state"][0], urllib.parse.quote(corp.issuer, safe="")
    assert request(f"{back}?error=access_denied&state={state}&iss={iss}")[0] == 200
    out, err = command.communicate(timeout=60)
    assert command.returncode == 1 and "access_denied" in err and "It works" not in out, out + err
    (lab.folder / "there").rename(lab.folder / "there.1")
    command, there = add_by_browser(lab, corp, "there", "--browser")
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(there).query)
    assert request(f"{asked['redirect_uri'][0]}?code=made-up&state={asked['state'][0]}&iss={iss}")[0] == 200
    out, err = command.communicate(timeout=60)
    assert command.returncode == 1 and "invalid_grant" in err and "It works" not in out, out + err


def read_until(command, words):
    said = []
    for line in command.stdout:
        said.append(line)
        if words in line:
            break
    return said


def test_idp_add_wrong(lab):
    """sluice idp add: another address than the issuer's own, a wrong secret, nobody there: each in words"""
    corp, _ = providers(lab)
    folder = lab.folder / "wrong"
    folder.mkdir()
    (folder / "secret").touch(0o600)
    (folder / "secret").write_text("not the one")
    rest = ["--name", "corp", "--client-id", "sluice", "--client-secret-file", folder / "secret", "--groups-claim", ""]
    done = lab.sluice("idp", "add", corp.issuer + "/", *rest)
    assert done.rc == 1 and corp.issuer in done.err, done
    done = lab.sluice("idp", "add", corp.issuer, *rest)
    assert done.rc == 1 and "secret" in done.err and "not the one" not in done.err, done
    (folder / "secret").chmod(0o644)
    done = lab.sluice("idp", "add", corp.issuer, *rest)
    assert done.rc == 1 and "chmod 600" in done.err, done
    done = lab.sluice("idp", "add", "http://127.0.0.1:1", *rest)
    assert done.rc == 3, done
    done = lab.sluice("idp", "add", "http://idp.example", *rest)
    assert done.rc != 0, done


def test_idp_test(lab):
    """sluice idp test: what the running gateway hears of a provider and of somebody who signs in; it opens nothing"""
    corp, _ = providers(lab)
    done = lab.manage("idp", "test", "corp")
    assert "ready" in done.out and "3 keys" in done.out, done
    corp.person("op", groups=["stewards", "cooks"])
    command = subprocess.Popen([lab.program, "idp", "test", "corp", "--sign-in", "--state", lab.state], text=True, env=lab.environment,
                               cwd=lab.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lab.children.append(command)
    said = read_until(command, "type this code")
    said += read_until(command, "    ")
    lines = [x.strip() for x in said if x.startswith("    ")]
    Person().approve_device(lines[0], lines[1], "op")
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, out + err
    assert "op-0001" in out and "stewards, cooks" in out and "data-stewards\n" in out and "Identity     none" in out, out
    assert "sll_" not in out + err and "sls_" not in out + err
    assert lab.manage("idp", "test", "nobody", check=False).rc == 1


def test_young_group(lab):
    """a group that came after the question does not answer it"""
    corp, _ = providers(lab)
    corp.person("sam", groups=[])
    sign_in(lab, "sam")
    approval = external(lab)
    corp.person("sam", groups=["stewards"])
    who = sign_in(lab, "sam")
    status, said = decide(lab, who, approval)
    assert status == 403, said
    assert decide(lab, who, external(lab), "deny")[0] == 200


def test_disabled(lab):
    """a person who is disabled is signed out, and no click of theirs counts"""
    corp, _ = providers(lab)
    lab.add("dan", "human", groups=["data-stewards"])
    link(lab, "dan", corp.person("dan", groups=["stewards"]))
    who = sign_in(lab, "dan")
    approval = external(lab)
    lab.manage("identity", "disable", "dan")
    status, said = request_decision(lab, who, approval)
    assert status in (401, 403), said
    refused(lab, "dan")


def request_decision(lab, who, approval):
    """A click on a page that was open before: the mark was read when there still was a session."""
    import hashlib
    secret = who.cookies(lab.url)["__Host-sluice"]
    mark = hashlib.sha256(b"sluice/csrf/v1\n" + secret.encode()).hexdigest()
    headers = {"Cookie": f"__Host-sluice={secret}", "Origin": lab.url, "Sluice-CSRF": mark, "Content-Type": "application/json"}
    body = {"decision": "approve", "digest": approval["digest"], "reason": "clicked late"}
    status, text, _ = request(f"{lab.url}/v1/approvals/{approval['id']}/decision", "POST", json.dumps(body), headers)
    return status, text


def test_second_issuer(lab):
    """another issuer's people are others, whatever they are called there, and come with groups under its name"""
    _, partner = providers(lab)
    partner.person("rita", groups=["data-stewards", "stewards"])     # the same subject as corp's
    who = sign_in(lab, "rita", "partner")
    status, said = ask(lab, who, "GET", "/v1/whoami")
    assert status == 200 and said["identity"] != "rita", said
    assert "data-stewards" not in said.get("groups", []), said
    assert decide(lab, who, external(lab))[0] in (403, 404)


def ask_to_enrol(lab, who):
    """The challenge for a new passkey, asked with that person's session: status, answer, key."""
    key = Passkey(f"http://localhost:{lab.http}", "localhost")
    return *ask(lab, who, "POST", "/v1/passkeys/challenge", {
        "purpose": "enrol", "key": encoded(key.id), "public_key": encoded(key.public()), "algorithm": ALGORITHMS[key.algorithm]}), key


def test_passkey(lab):
    """a passkey is enrolled only right after a fresh sign-in with a second factor, which the provider has to say"""
    _, partner = providers(lab)
    lab.add("pat", "human", groups=["data-stewards"])
    link(lab, "pat", providers(lab)[0].person("pat", groups=["stewards"]))
    for how in ({}, {"otp": CODE}):                 # strong by chance is not fresh
        status, said, _ = ask_to_enrol(lab, sign_in(lab, "pat", **how))
        assert status == 403 and "more than one factor" in said["detail"] and "/v1/signin/corp?fresh=yes" in said["hint"], said
    page = refused(lab, "pat", fresh=True)          # asked for, and not done
    assert "acr" in page, page
    there = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begin(lab, Person(), fresh="yes")).query))
    assert (there["acr_values"], there["prompt"], there["max_age"]) == ("mfa", "login", "0"), there
    who = sign_in(lab, "pat", fresh=True, otp=CODE)
    status, said, key = ask_to_enrol(lab, who)
    assert status == 200, said
    status, said = ask(lab, who, "POST", "/v1/passkeys", {"possession": key.assertion(said["challenge"])})
    assert status == 201, said
    assert Person().once(f"{lab.url}/v1/signin/partner?fresh=yes")[0] == 409
    partner.person("pia")
    status, said, _ = ask_to_enrol(lab, sign_in(lab, "pia", "partner"))
    assert status == 403 and "mfa_acr" in said["hint"], said


# --- people, on the command line -----------------------------------------------------------------


def login(lab, name, *more, **how):
    """`sluice login`, and what the person does with it; the command's end and its file."""
    corp, _ = providers(lab)
    file = lab.folder / f"{name}.login"
    command = subprocess.Popen([lab.program, "login", "--issuer", "corp", *lab.where(), "--save", file, *more],
                               env=lab.environment, cwd=lab.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lab.children.append(command)
    said = []
    for line in command.stdout:
        said.append(line)
        if "Only if you ran" in line:
            break
    lines = [x.strip() for x in said if x.startswith("    ")]
    assert len(lines) >= 2, "".join(said) + command.stderr.read()
    if how.pop("walk", True):
        Person().approve_device(lines[0], lines[1], name, **how)
    out, err = command.communicate(timeout=60)
    return command.returncode, "".join(said) + out, err, file


def test_login(lab):
    """sluice login: a session that the other commands act with, and that sluice logout ends"""
    code, out, err, file = login(lab, "rita")
    assert code == 0 and "You are rita" in out, out + err
    assert file.stat().st_mode & 0o777 == 0o600
    child, held = hold(lab, 102)
    done = lab.sluice("approve", held["id"], "--reason", "from the terminal", "--yes", "--credential-file", file, *lab.where())
    assert done.rc == 0, done
    child.communicate(timeout=30)
    assert child.returncode == 0 and lab.ran(r"scratch where id = 102$", "agent-7") == 1
    secret = json.loads(file.read_text())["credential"]
    assert lab.psql("select 1", user="rita", token=secret).rc != 0, "a session is not for asking"
    done = lab.sluice("logout", "--credential-file", file, *lab.where())
    assert done.rc == 0 and not file.exists(), done
    assert bearer(lab, secret)[0] == 401


def test_login_denied(lab):
    """sluice login: no at the provider, nobody's account, too many groups, and a code that is over, each in words"""
    corp, _ = providers(lab)
    code, out, err, file = login(lab, "rita", deny=True)
    assert code == 1 and not file.exists() and "You said no there" in err, out + err
    corp.person("zoe")
    code, out, err, file = login(lab, "zoe")
    assert code == 1 and not file.exists() and "account" in err, out + err
    corp.person("sam", groups=["stewards"], claims={"hasgroups": True})
    corp.user(login="sam", groups=None)
    code, out, err, file = login(lab, "sam")
    corp.person("sam", groups=["stewards"], claims={})
    assert code == 1 and not file.exists() and "groups" in err, out + err
    corp.token(deviceTtl=2)
    code, out, err, file = login(lab, "rita", walk=False)
    corp.token(deviceTtl=600)
    assert code == 1 and not file.exists() and ("before the code was over" in err or "Begin again" in err), out + err


# --- programs ------------------------------------------------------------------------------------


def test_agent(lab):
    """an access token (RFC 9068) is a PostgreSQL password and a Bearer, for asking only"""
    corp, _ = providers(lab)
    token = corp.access_token("agent-7")
    assert lab.psql("select 41 + 1", token=token).out.strip() == "42"
    status, said = bearer(lab, token)
    assert status == 200 and said["identity"] == "agent-7", said
    approval = external(lab, token)
    status, said = bearer(lab, token, "POST", f"/v1/approvals/{approval['id']}/decision",
                          {"decision": "approve", "digest": approval["digest"], "reason": "by myself"})
    assert status == 403, said
    try:
        lab.raw("agent-8", token, source=elsewhere())
        raise AssertionError("somebody else's token")
    except Refused as why:
        assert why.sqlstate == "28P01", why
    lab.deny("rita", approval["id"])


def test_unlinked(lab):
    """an account that is unlinked ends the sessions that it opened, and its tokens open no new one"""
    corp, _ = providers(lab)
    corp.program("robot")
    lab.add("robot", "agent", "carol", ["agents"])
    link(lab, "robot", "robot")
    token = corp.access_token("robot")
    connection = lab.connect("robot", token)
    cursor = connection.cursor()
    cursor.execute("select 1")
    link(lab, "robot", "robot", "corp", "--remove")

    def is_over():
        try:
            cursor.execute("select 1")
        except psycopg2.Error:
            return True
        return False
    wait_for(is_over, 5, "the session's end")
    assert is_refused(lab, token, "robot") == ""


def bad_tokens(corp, partner):
    now = int(time.time())
    yield "a stranger's key", corp.mint(claims=claims(corp), header=AT, key="other")
    yield "no signature", corp.mint(claims=claims(corp), header=AT, alg="none")
    yield "the public key as a secret", corp.mint(claims=claims(corp), header=AT, alg="HS256")
    yield "an algorithm that is not configured", corp.mint(claims=claims(corp), header=AT, alg="ES256")
    yield "PS256 with the RSA key", corp.mint(claims=claims(corp), header=AT, alg="PS256")
    yield "another audience", corp.mint(claims=claims(corp, aud=OTHER), header=AT)
    yield "no audience", corp.mint(claims={k: v for k, v in claims(corp).items() if k != "aud"}, header=AT)
    yield "the client of the sign-in", corp.mint(claims=claims(corp, aud="sluice"), header=AT)
    yield "over", corp.mint(claims=claims(corp, iat=now - 900, exp=now - 90), header=AT)
    yield "without an end", corp.mint(claims={k: v for k, v in claims(corp).items() if k != "exp"}, header=AT)
    yield "not valid yet", corp.mint(claims=claims(corp, nbf=now + 120), header=AT)
    yield "made tomorrow", corp.mint(claims=claims(corp, iat=now + 120), header=AT)
    yield "valid for a year", corp.mint(claims=claims(corp, exp=now + 365 * 86400), header=AT)
    yield "an ID token", corp.mint(claims=claims(corp), header={"typ": "JWT"})
    yield "another issuer", corp.mint(claims=claims(corp, iss="https://evil.example"), header=AT)
    yield "the other issuer's name", corp.mint(claims=claims(corp, iss=partner.issuer), header=AT)
    yield "the other issuer's agent-7", partner.mint(claims=claims(partner), header=AT)
    yield "an extension", corp.mint(claims=claims(corp), header={**AT, "crit": ["exp"], "exp": 1})
    yield "a key that comes along", corp.mint(claims=claims(corp), header={**AT, "jwk": {"kty": "RSA"}}, key="other")
    yield "a key of its own name", corp.mint(claims=claims(corp), header={**AT, "kid": "nobody"})
    yield "nobody's subject", corp.mint(claims=claims(corp, sub="nobody"), header=AT)
    good = corp.access_token("agent-7")
    head, body, signature = good.split(".")
    yield "a byte of its claims", ".".join([head, body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1], signature])
    yield "a byte of its signature", ".".join([head, body, ("A" if signature[0] != "A" else "B") + signature[1:]])
    yield "a line break", good + "\n"


def test_bad_tokens(lab):
    """forged, expired, for others, of another kind or algorithm: neither PostgreSQL nor HTTP takes them"""
    corp, partner = providers(lab)
    assert bearer(lab, corp.mint(claims=claims(corp), header=AT))[0] == 200      # the same, as it should be
    for name, token in bad_tokens(corp, partner):
        assert (why := is_refused(lab, token)) == "", (name, why)
    assert lab.ran("not this") == 0


def test_audience_of_the_provider(lab):
    """a token that the provider really made for somebody else is refused"""
    corp, _ = providers(lab)
    assert is_refused(lab, corp.access_token("agent-7", OTHER)) == ""


def test_no_human_by_token(lab):
    """a person's token that is shown does not decide"""
    corp, _ = providers(lab)
    token = corp.mint(claims=claims(corp, sub="rita-0001", client_id="sluice"), header=AT)
    approval = external(lab)
    status, said = bearer(lab, token, "POST", f"/v1/approvals/{approval['id']}/decision",
                          {"decision": "approve", "digest": approval["digest"], "reason": "by token"})
    assert status in (401, 403), said
    lab.deny("rita", approval["id"])
