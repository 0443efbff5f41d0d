"""What the rows about signing in share: a laboratory with two identity providers, and people and programs that go there."""

import json
import re
import time
import urllib.parse

from idp import AUDIENCE, SECRET, Idp, Person, elsewhere, request
from lab import free_ports
from wire import Refused

HELD = "delete from staging.scratch where id = {}"
AT = {"typ": "at+jwt"}


def change(config):
    """Two issuers: one whose accounts are linked by hand, one that brings its people along."""
    one, other = free_ports(2)
    secret = {"client_id": "sluice", "client_secret_file": "sluice.secret", "audiences": [AUDIENCE],
              "scopes": ["openid", "profile", "groups"], "groups_claim": "groups"}
    config["client_auth"] = "token"
    config["issuers"] = [
        {"name": "corp", "issuer": f"http://127.0.0.1:{one}", "mfa_acr": ["mfa"], **secret,
         "groups": [{"theirs": "stewards", "ours": "data-stewards"}, {"theirs": "engineers", "ours": "engineers"}]},
        {"name": "partner", "issuer": f"http://127.0.0.1:{other}", "provision": "people",
         "keys_max_stale": "3s", **secret, "group_prefix": "partner-"}]


LAB = {"change": change, "start": False}     # of such a row


def providers(lab):
    """The two, started at the first call, and Sluice after them; with people and accounts that are linked."""
    if not hasattr(lab, "providers"):
        corp, partner = lab.providers = [
            Idp(lab.folder, [f"{lab.url}/signin/callback"], port=int(i["issuer"].rpartition(":")[2]))
            for i in lab.config["issuers"]]
        lab.children += [corp.child, partner.child]
        (lab.folder / "sluice.secret").touch(0o600)
        (lab.folder / "sluice.secret").write_text(SECRET + "\n")
        lab.start()
        for name in lab.deciders:
            lab.enroll(name)
        for name in ("rita", "bob"):
            link(lab, name, corp.person(name))
        lab.add("sam", "human")
        link(lab, "sam", corp.person("sam", groups=["stewards"]))
        corp.program("agent-7")
        link(lab, "agent-7", "agent-7")
    return lab.providers


def link(lab, name, subject, issuer="corp", *more, check=True):
    return lab.manage("identity", "account", name, "--issuer", issuer, "--subject", subject, *more, check=check)


# --- going there and coming back ---------------------------------------------------------------


def begin(lab, who, issuer="corp", **fields):
    """The console's link, followed by `who`: the address at the provider."""
    query = f"?{urllib.parse.urlencode(fields)}" if fields else ""
    status, text, there = who.once(f"{lab.url}/v1/signin/{issuer}{query}")
    assert status == 303, (status, text)
    return there


def come_back(lab, who, name, issuer="corp", fresh=False, **how):
    """Signs in at the provider; the address with the code, not visited yet."""
    there = begin(lab, who, issuer, **({"fresh": "yes"} if fresh else {}))
    return who.sign_in(there, name, f"{lab.url}/", **how)


def sign_in(lab, name, issuer="corp", **how):
    """Somebody with a session of the console; says why not else."""
    providers(lab)
    who = Person()
    status, text, there = who.once(come_back(lab, who, name, issuer, **how))
    assert status == 303 and there == f"{lab.url}/", (status, text)
    return who


def refused(lab, name, issuer="corp", **how):
    """Nobody is signed in; the page's text."""
    providers(lab)
    who = Person(elsewhere())
    status, text, _ = who.once(come_back(lab, who, name, issuer, **how))
    assert 400 <= status != 429 and "__Host-sluice" not in who.cookies(lab.url), (status, text)
    return text


def ask(lab, who, method, path, body=None):
    """One request with that person's session, as the console's page would make it."""
    headers = {"Cookie": f"__Host-sluice={who.cookies(lab.url)['__Host-sluice']}"}
    if method != "GET":
        mark = json.loads(request(f"{lab.url}/v1/sessions/current", headers=headers)[1])["csrf"]
        headers |= {"Origin": lab.url, "Sluice-CSRF": mark, "Content-Type": "application/json"}
    status, text, _ = request(lab.url + path, method, None if body is None else json.dumps(body), headers)
    return status, json.loads(text or "{}")


def bearer(lab, token, method="GET", path="/v1/whoami", body=None, source=None):
    headers = {"Authorization": f"Bearer {token}", **({"Content-Type": "application/json"} if body else {})}
    status, text, _ = request(lab.url + path, method, json.dumps(body) if body else None, headers, source=source)
    return status, json.loads(text)


def is_refused(lab, token, user="agent-7"):
    """Neither HTTP nor PostgreSQL takes it, from an address that has not guessed before."""
    if "\n" not in token:
        status, said = bearer(lab, token, source=elsewhere())
        if status != 401:
            return f"HTTP: {status} {said}"
    try:
        lab.raw(user, token, source=elsewhere()).ask("select 'not this'")
    except Refused as why:
        return "" if why.sqlstate in ("28P01", "28000") else str(why)
    return "PostgreSQL took it"


def failures(lab):
    """The whys of the sign-ins that the ledger says failed, one for each failure, oldest first."""
    found = re.findall(rb'\{[^{}]*"kind":"sign_in_failure"[^{}]*\}', b"".join(f.read_bytes() for f in sorted((lab.state / "ledger" / "wal").iterdir())))
    return [e["why"] for e in map(json.loads, found) for _ in range(e["count"])]


def votes(lab, approval):
    return lab.approval(approval["id"])["votes"]


def hold(lab, number, user="agent-7"):
    child = lab.psql_start("-c", HELD.format(number), user=user)
    return child, lab.pending_one(user, like=rf"id = {number}$")


def external(lab, token=None):
    """An action that waits for nobody: asked over HTTP by agent-7; its approval."""
    lab.asked = getattr(lab, "asked", 1000) + 1       # the same question would join the one that waits
    sql = HELD.format(lab.asked)
    status, said = bearer(lab, token or lab.token("agent-7"), "POST", "/v1/approvals", {
        "target": "finance", "operation": {"sql": sql}, "effects": ["delete"],
        "statements": ["delete"], "datasets": [{"name": "staging.scratch", "effects": ["delete"]}]})
    assert status == 201, said
    return said


def decide(lab, who, approval, decision="approve"):
    return ask(lab, who, "POST", f"/v1/approvals/{approval['id']}/decision",
               {"decision": decision, "digest": approval["digest"], "reason": "seen in the test"})


# --- programs ------------------------------------------------------------------------------------


def claims(corp, **more):
    now = int(time.time())
    return {"iss": corp.issuer, "sub": "agent-7", "client_id": "agent-7", "aud": AUDIENCE, "iat": now, "exp": now + 300,
            "jti": f"forged-{time.monotonic_ns()}", **more}
