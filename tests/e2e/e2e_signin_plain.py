"""A provider (npm oidc-provider) whose access tokens nobody can check: its ID tokens are shown to ask with."""

import base64
import hashlib
import json
import subprocess
import urllib.parse

from idp import FORM, SECRET, Idp, Person, request
from lab import free_ports
from signin import bearer, external, is_refused, link

SHOWER = "a program that signs people in"     # a client that Sluice is not
SHOWER_BACK = "http://127.0.0.1:9/back"
NATIVE = "what runs on people's machines"


def change(config):
    """Two that are alike, but for what is expected of their tokens."""
    config["client_auth"] = "token"
    config["issuers"] = [
        {"name": name, "issuer": f"http://127.0.0.1:{port}", "client_id": "sluice", "audiences": [SHOWER], "token_type": kind}
        for name, port, kind in zip(("corp", "plain"), free_ports(2), ("at+jwt", "jwt"))]
    config["issuers"].append({"name": "browsers", "issuer": f"http://127.0.0.1:{free_ports(1)[0]}", "client_id": NATIVE,
                              "groups_claim": "groups", "groups": [{"theirs": "stewards", "ours": "data-stewards"}]})


LAB = {"change": change, "start": False}


def providers(lab):
    if not hasattr(lab, "providers"):
        client = {"client_id": SHOWER, "client_secret": SECRET, "redirect_uris": [SHOWER_BACK]}
        native = {"client_id": NATIVE, "application_type": "native", "token_endpoint_auth_method": "none",
                  "redirect_uris": ["http://127.0.0.1/callback"], "response_types": ["code"], "grant_types": ["authorization_code"]}
        lab.providers = [Idp(lab.folder, more_clients=[native if i["client_id"] == NATIVE else client],
                             port=int(i["issuer"].rpartition(":")[2]), device=i["client_id"] != NATIVE)
                         for i in lab.config["issuers"]]
        lab.children += [p.child for p in lab.providers]
        lab.start()
        lab.enroll("rita")
        for issuer, name, provider in zip(("corp", "plain"), ("rita", "erin"), lab.providers):
            link(lab, name, provider.person(name), issuer)
    return lab.providers


def test_idp_test_without_device(lab):
    """sluice idp test --sign-in where the provider has no device grant: a browser, and what the configuration's file says"""
    browsers = providers(lab)[2]
    browsers.person("op", groups=["stewards", "cooks"])
    command = subprocess.Popen([lab.program, "idp", "test", "browsers", "--sign-in", "--config", lab.folder / "sluice.yaml"],
                               text=True, env=lab.environment, cwd=lab.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lab.children.append(command)
    there = next((line.strip() for line in command.stdout if line.startswith("    http") and "/auth?" in line), None)
    assert there is not None, command.communicate(timeout=20)
    back = urllib.parse.parse_qs(urllib.parse.urlsplit(there).query)["redirect_uri"][0]
    assert request(Person().sign_in(there, "op", back))[0] == 200
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, out + err
    assert "op-0001" in out and "stewards, cooks" in out and "Counted as data-stewards\n" in out, out
    assert lab.sluice("idp", "test", "nobody", "--sign-in", "--browser", "--config", lab.folder / "sluice.yaml").rc == 1
    done = lab.sluice("idp", "test", "corp", "--sign-in", "--browser", "--json", "--config", lab.folder / "sluice.yaml")
    assert done.rc == 2 and "no JSON" in done.err, done


def id_token_of(idp, name):
    """The ID token that a program gets for somebody who signs in to it there, by the code grant."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    there = f"{idp.issuer}/auth?" + urllib.parse.urlencode({
        "client_id": SHOWER, "response_type": "code", "scope": "openid", "redirect_uri": SHOWER_BACK,
        "code_challenge": challenge, "code_challenge_method": "S256"})
    back = Person().sign_in(there, name, SHOWER_BACK)
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
    status, said, _ = request(f"{idp.issuer}/token", "POST", urllib.parse.urlencode(
        {"grant_type": "authorization_code", "code": code, "redirect_uri": SHOWER_BACK, "code_verifier": verifier}),
        {"Content-Type": FORM}, basic=(urllib.parse.quote(SHOWER), urllib.parse.quote(SECRET)))
    assert status == 200, said
    answer = json.loads(said)
    assert answer["access_token"].count(".") == 0, "it has no access tokens that anybody could check"
    return answer["id_token"]


def test_id_token_of_a_provider_without_access_tokens(lab):
    """a provider whose access tokens are opaque: with `token_type: jwt` its ID token is shown to ask with, never to decide"""
    _, plain, _ = providers(lab)
    token = id_token_of(plain, "erin")
    head, claimed = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in token.split(".")[:2])
    assert head.get("typ") in (None, "JWT") and claimed["aud"] == SHOWER and claimed["iss"] == plain.issuer, (head, claimed)
    assert lab.psql("select 40 + 2", user="erin", token=token).out.strip() == "42"
    status, said = bearer(lab, token)
    assert status == 200 and said["identity"] == "erin", said
    approval = external(lab, token)
    status, said = bearer(lab, token, "POST", f"/v1/approvals/{approval['id']}/decision",
                          {"decision": "approve", "digest": approval["digest"], "reason": "by myself"})
    assert status == 403, said
    lab.deny("rita", approval["id"])


def test_id_token_where_access_tokens_are_expected(lab):
    """the same of a provider whose `token_type` is at+jwt is no token to ask with; a changed one is none anywhere"""
    corp, plain, _ = providers(lab)
    body = id_token_of(plain, "erin").split(".")
    assert is_refused(lab, ".".join([body[0], body[1][:-2] + ("AA" if body[1][-2:] != "AA" else "BB"), body[2]]), "erin") == ""
    assert is_refused(lab, id_token_of(corp, "rita"), "rita") == ""
