"""Signing in with a provider by somebody else than the one that e2e_signin.py has: Debian's glewlwyd."""

import json
import urllib.parse

from glewlwyd import SECRET, Glewlwyd
from idp import Person, request
from lab import free_ports

WORLD = {}


def change(config):
    WORLD["port"] = free_ports(1)[0]
    config["issuers"] = [{"name": "debian", "issuer": f"http://127.0.0.1:{WORLD['port']}/api/oidc", "client_id": "sluice",
                          "client_secret_command": ["/bin/echo", SECRET], "provision": "people", "scopes": ["openid"]}]


LAB = {"change": change, "start": False}


def test_code(lab):
    """authorization code with PKCE, at a provider without RFC 9207: signed in, and good once"""
    provider = Glewlwyd(lab.folder, f"{lab.url}/signin/callback", WORLD["port"])
    lab.children.append(provider.child)
    lab.start()
    provider.person("rita")
    who = Person()
    status, text, there = who.once(f"{lab.url}/v1/signin/debian")
    assert status == 303, (status, text)
    back = provider.sign_in(there, "rita")
    assert back.startswith(f"{lab.url}/signin/callback?") and "iss" not in urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)
    copy = dict(who.cookies(lab.url))
    status, text, there = who.once(back)
    assert status == 303 and there == f"{lab.url}/", (status, text)
    session = {"Cookie": f"__Host-sluice={who.cookies(lab.url)['__Host-sluice']}"}
    status, text, _ = request(f"{lab.url}/v1/whoami", headers=session)
    assert status == 200 and json.loads(text)["identity"] != "rita", text      # its rita is another one than ours
    thief = Person()
    thief.cookies(lab.url).update(copy)
    assert thief.once(back)[0] >= 400
