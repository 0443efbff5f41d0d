"""Tokens that programs bring: OAUTHBEARER with a real libpq 18 and on the wire, and jobs of a CI system."""

import json
import os
import pathlib
import struct
import subprocess
import sys

import embedded
import wire
from idp import elsewhere
from issuer import Issuer
from lab import wait_for
from wire import Refused

AUDIENCE = "sluice:lab"
HELD = "delete from staging.scratch where id = {}"
WORLD = {}


def change(config):
    """A CI system, and an issuer of tokens for agents."""
    for name in ("ci", "corp", "lab", "cluster", "elsewhere"):
        WORLD[name] = Issuer()
    config["issuers"] = [
        {"name": "github", "issuer": WORLD["ci"].url, "kind": "github-actions", "audiences": [AUDIENCE],
         "jobs": [{"identity": "deploy", "repository_id": "74", "ref": "refs/heads/main"}]},
        {"name": "gitlab", "issuer": WORLD["lab"].url, "kind": "gitlab-ci", "audiences": [AUDIENCE],
         "jobs": [{"identity": "shipper", "project_id": "20", "ref": "refs/heads/main"}]},
        {"name": "cluster", "issuer": WORLD["cluster"].url, "kind": "kubernetes", "audiences": [AUDIENCE],
         "jobs": [{"identity": "loader", "namespace": "etl",
                   "service_account_uid": "0f1e2d3c-0000-4000-8000-000000000007"}]},
        {"name": "elsewhere", "issuer": WORLD["elsewhere"].url, "kind": "kubernetes", "audiences": [AUDIENCE],
         "jobs": [{"identity": "other-loader", "namespace": "etl",
                   "service_account_uid": "0f1e2d3c-0000-4000-8000-000000000007"}]},
        {"name": "corp", "issuer": WORLD["corp"].url, "audiences": [AUDIENCE], "token_type": "at+jwt"}]


LAB = {"change": change}


def world(lab):
    if "ready" not in WORLD:
        lab.add("deploy", "service", "erin", ["engineers"])
        for name in ("shipper", "loader", "other-loader"):
            lab.add(name, "service", "carol" if name == "loader" else "erin", ["engineers"])
        lab.manage("identity", "account", "carol", "--issuer", "github", "--subject", "actor_id:12")
        lab.manage("identity", "account", "carol", "--issuer", "gitlab", "--subject", "user_id:42")
        lab.manage("identity", "account", "agent-7", "--issuer", "corp", "--subject", "agent-seven")
        for name in ("rita", "bob", "carol"):
            lab.enroll(name)
        wait_for(lambda: len(lab.events("issuer_keys")) >= 5, what="the keys of all issuers")
        WORLD["ready"] = True


def access_token(subject="agent-seven", **more):
    return WORLD["corp"].token({"sub": subject, "aud": AUDIENCE, "client_id": "agent", **more}, {"typ": "at+jwt"})


def job(actor="12", attempt="1", **more):
    return WORLD["ci"].token({
        "sub": "repo:octo-org/octo-repo:ref:refs/heads/main", "aud": AUDIENCE, "repository_id": "74",
        "repository": "octo-org/octo-repo", "ref": "refs/heads/main", "run_id": "1839246537", "run_attempt": attempt,
        "actor": "octocat", "actor_id": actor, "event_name": "push", **more})


class Bearer(wire.Raw):
    """OAUTHBEARER by hand. `first` replaces the first message, `last` the answer to an error."""

    def __init__(self, lab, user, token, first=None, last=b"\x01", options="-c sluice.auth=oauth", source=None):
        self.first, self.last, self.said, self.mechanisms = first, last, None, []
        if first is None:
            self.first = b"n,,\x01auth=" + (b"Bearer " + token.encode() if token else b"") + b"\x01\x01"
        super().__init__("127.0.0.1", lab.port, user, "finance", token, {"options": options} if options else {},
                         source=source)

    def _authenticate(self, code, body, password):
        if code == 10:
            self.mechanisms = [m.decode() for m in body.split(b"\0") if m]
            self.write(wire.message(b"p", wire.text("OAUTHBEARER") + struct.pack("!i", len(self.first)) + self.first))
        elif code == 11:
            self.said = body.decode()
            self.write(wire.message(b"p", self.last))
        elif code != 0:
            raise wire.Closed(f"authentication {code}")


def refused(lab, user, token, **how):
    """The error's SQLSTATE and text, and the JSON that came before it."""
    held = {}

    class Noting(Bearer):
        def _authenticate(self, code, body, password):
            super()._authenticate(code, body, password)
            held["said"] = self.said

    try:
        Noting(lab, user, token, source=elsewhere(), **how)
    except Refused as why:
        return why.sqlstate, str(why), json.loads(held.get("said") or "null")
    raise AssertionError(f"{user} was let in")


# --- OAUTHBEARER on the wire -------------------------------------------------------------------


def test_bearer(lab):
    """a token of an issuer's is the proof; what runs is recorded as that identity"""
    world(lab)
    client = Bearer(lab, "agent-7", access_token())
    assert client.mechanisms == ["OAUTHBEARER"], client.mechanisms
    assert client.ask("select 42").rows == [["42"]]
    client.close()


def test_bearer_beside_scram(lab):
    """both are offered, and SCRAM first, which is what drivers then take"""
    world(lab)
    client = Bearer(lab, "agent-7", access_token(), options=None)
    assert client.mechanisms == ["SCRAM-SHA-256", "OAUTHBEARER"], client.mechanisms
    client.close()
    assert lab.psql("select 1").out.strip() == "1"


def test_bearer_long(lab):
    """a token as long as one may be"""
    world(lab)
    client = Bearer(lab, "agent-7", access_token(padding="x" * 11000))
    assert client.ask("select 42").rows == [["42"]]
    client.close()
    code, _, _ = refused(lab, "agent-7", access_token(padding="x" * 13000))
    assert code == "28P01", code


def test_bearer_refused(lab):
    """a wrong token is told in two steps, with where to get another; no byte of it is repeated"""
    world(lab)
    discovery = WORLD["corp"].url + "/.well-known/openid-configuration"
    for token in (access_token("stranger"), access_token(aud="other"), access_token(exp=1), access_token()[:-8] + "AAAAAAAA",
                  WORLD["corp"].token({"sub": "agent-seven", "aud": AUDIENCE}), "not.a.token", "opaque"):
        code, text, said = refused(lab, "agent-7", token)
        assert code == "28P01" and token not in text, (code, text)
        assert said == {"openid-configuration": discovery, "status": "invalid_token"}, said
    code, _, said = refused(lab, "agent-7", "")     # where does one come from?
    assert code == "28000" and said["openid-configuration"] == discovery, (code, said)
    code, _, said = refused(lab, "agent-7", "", options="-c sluice.auth=oauth -c sluice.issuer=github")
    assert said["openid-configuration"].startswith(WORLD["ci"].url), said


def test_bearer_of_another_identity(lab):
    """a good token is no way to be somebody else"""
    world(lab)
    code, _, said = refused(lab, "erin", access_token())
    assert code == "28P01" and said["status"] == "invalid_token", (code, said)


def test_bearer_malformed(lab):
    """messages that are none end the session"""
    world(lab)
    good = access_token().encode()
    for first in (b"", b"n,,", b"n,a=erin,\x01auth=Bearer " + good + b"\x01\x01", b"p=x,,\x01auth=Bearer " + good + b"\x01\x01",
                  b"n,,\x01auth=Bearer " + good + b"\x01auth=Bearer " + good + b"\x01\x01",
                  b"n,,\x01auth=Bearer " + b"a" * 30000 + b"\x01\x01"):
        code, text, said = refused(lab, "agent-7", "", first=first)
        assert code in ("08P01", "28P01") and said is None, (first[:40], code, text)
    code, _, said = refused(lab, "agent-7", "not.a.token", last=b"n,,\x01auth=Bearer " + good + b"\x01\x01")
    assert code == "08P01" and said, (code, said)       # there is no second try


# --- a real libpq 18 ----------------------------------------------------------------------------


def libpq18(lab, *tokens, user="agent-7", **more):
    native = embedded.binaries(18).parent
    options = {"host": "127.0.0.1", "port": lab.port, "user": user, "dbname": "finance", "connect_timeout": 10,
               "oauth_issuer": WORLD["corp"].url, "oauth_client_id": "lab", **more}
    done = subprocess.run(
        [sys.executable, str(pathlib.Path(__file__).with_name("libpq18.py")), str(native / "lib" / "libpq.so.5"),
         " ".join(f"{k}='{v}'" for k, v in options.items()), "select 'it is ' || 42"],
        env={**os.environ, "LD_LIBRARY_PATH": str(native / "lib"), "PGOAUTHDEBUG": "UNSAFE"},
        input="\n".join(tokens), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_libpq18(lab):
    """libpq 18 is told where tokens come from, fetches one and signs in"""
    world(lab)
    said = libpq18(lab, access_token(), options="-c sluice.auth=oauth")
    assert said["ok"] and said["value"] == "it is 42", said
    assert said["asked"] == [[WORLD["corp"].url + "/.well-known/openid-configuration", ""]], said


def test_libpq18_refused(lab):
    """and hears why not"""
    world(lab)
    said = libpq18(lab, access_token("stranger"), options="-c sluice.auth=oauth")
    assert not said["ok"] and "no identity has this account" in said["error"], said


def test_libpq18_takes_scram(lab):
    """without sluice.auth it takes SCRAM, as everything older does"""
    world(lab)
    said = libpq18(lab, password=lab.token("agent-7"))
    assert said["ok"] and said["asked"] == [], said


# --- jobs ---------------------------------------------------------------------------------------


def start(lab, token, number):
    client = Bearer(lab, "deploy", token)
    client.query(HELD.format(number))
    return client, lab.pending_one("deploy", like=HELD.format(number))


def test_job(lab):
    """whoever set a job going may not decide what it asks; somebody else may"""
    world(lab)
    client, held = start(lab, job(), 901)
    assert held["started_by"] == "carol" and held["job"] == "octo-org/octo-repo 1839246537/1", held
    assert any("carol" in str(r) for r in held["requesters"]), held["requesters"]
    done = lab.api("approve", held["id"], "carol", "--reason", "my own run")
    assert done.rc == 1 and "triggered" in done.out + done.err, done
    lab.approve("rita", held["id"])
    assert client.answer().tags == ["DELETE 0"]
    client.close()


def test_job_of_a_stranger(lab):
    """where nobody is known to have set it going two people are needed"""
    world(lab)
    client, held = start(lab, job(actor="99"), 902)
    assert held["unknown"] == "github:actor_id:99" and held.get("started_by") is None, held
    lab.approve("rita", held["id"])
    assert lab.pending_one("deploy", like=HELD.format(902))["id"] == held["id"]
    lab.approve("bob", held["id"])
    assert client.answer().tags == ["DELETE 0"]
    client.close()


def test_job_refused(lab):
    """another branch, another repository, a name alone"""
    world(lab)
    for token in (job(ref="refs/heads/evil"), job(repository_id="75"), job(repository_id=""), job(aud="other")):
        code, _, _ = refused(lab, "deploy", token)
        assert code == "28P01", code


def test_job_in_the_ledger(lab):
    """the ledger names the run"""
    world(lab)
    Bearer(lab, "deploy", job()).close()
    assert wait_for(lambda: lab.files_with("octo-org/octo-repo 1839246537/1"), what="the session's entry")


# --- GitLab and Kubernetes ----------------------------------------------------------------------


def gitlab(user="42", project="20", path="team/shop", **more):
    return WORLD["lab"].token({
        "sub": f"project_path:{path}:ref_type:branch:ref:main", "aud": AUDIENCE, "project_id": project, "project_path": path,
        "ref": "main", "ref_type": "branch", "ref_path": "refs/heads/main", "pipeline_id": "574", "job_id": "302",
        "user_login": "carol", "user_id": user, **more})


def pod(issuer="cluster", uid="0f1e2d3c-0000-4000-8000-000000000007", name="nightly-load", space="etl", **more):
    return WORLD[issuer].token({
        "sub": f"system:serviceaccount:{space}:{name}", "aud": [AUDIENCE],
        "kubernetes.io": {"namespace": space, "pod": {"name": "load-1", "uid": "9d7c0000-0000-4000-8000-000000000001"},
                          "serviceaccount": {"name": name, "uid": uid}}, **more})


def start_as(lab, who, token, number):
    client = Bearer(lab, who, token)
    client.query(HELD.format(number))
    return client, lab.pending_one(who, like=HELD.format(number))


def test_gitlab_job(lab):
    """GitLab: known by project_id, whatever its path is called now; its user_id may not decide, and is named"""
    world(lab)
    for number, token in ((910, gitlab()), (911, gitlab(path="team/renamed"))):
        client, held = start_as(lab, "shipper", token, number)
        assert held["started_by"] == "carol" and held["job"].startswith(("team/shop 574/302", "team/renamed 574/302")), held
        done = lab.api("approve", held["id"], "carol", "--reason", "my own run")
        assert done.rc == 1 and "triggered" in done.out + done.err, done
        lab.approve("rita", held["id"])
        assert client.answer().tags == ["DELETE 0"]
        client.close()


def test_gitlab_job_of_a_stranger(lab):
    """GitLab: a user_id that is nobody's here, and none at all, need two people"""
    world(lab)
    for number, user in ((912, "43"), (913, "")):
        client, held = start_as(lab, "shipper", gitlab(user=user), number)
        assert held.get("started_by") is None, held
        assert held["unknown"] == (f"gitlab:user_id:{user}" if user else "gitlab:unknown"), held["unknown"]
        lab.approve("rita", held["id"])
        assert lab.pending_one("shipper", like=HELD.format(number))["id"] == held["id"]
        lab.approve("bob", held["id"])
        assert client.answer().tags == ["DELETE 0"]
        client.close()


def test_gitlab_refused(lab):
    """GitLab: whoever took a renamed project's path, another branch, no id, another system's token"""
    world(lab)
    for token in (gitlab(project="21"), gitlab(project=""), gitlab(ref="evil", ref_path="refs/heads/evil"),
                  gitlab(ref_path="refs/tags/main", ref_type="tag"), gitlab(aud="other"),
                  WORLD["ci"].token({"sub": "project_path:team/shop", "aud": AUDIENCE, "project_id": "20",
                                     "ref_path": "refs/heads/main"})):
        code, _, _ = refused(lab, "shipper", token)
        assert code == "28P01", code


def test_service_account(lab):
    """Kubernetes: known by namespace and uid; nobody is known to have set it going, and its owner does not decide"""
    world(lab)
    client, held = start_as(lab, "loader", pod(), 914)
    assert held["job"].startswith("etl:nightly-load load-1"), held
    assert any("carol" in str(r) for r in held["requesters"]), held["requesters"]
    done = lab.api("approve", held["id"], "carol", "--reason", "mine")
    assert done.rc == 1, done
    lab.approve("rita", held["id"])
    assert client.answer().tags == ["DELETE 0"]
    client.close()


def test_service_account_refused(lab):
    """Kubernetes: one made anew under the same name, another namespace, a subject that differs, another cluster's"""
    world(lab)
    for token in (pod(uid="0f1e2d3c-0000-4000-8000-000000000008"), pod(space="other"), pod(name="other", sub="x"),
                  pod(sub="system:serviceaccount:etl:somebody"), pod(issuer="elsewhere"), pod(uid=""),
                  pod(issuer="elsewhere", iss=WORLD["cluster"].url)):    # signed by another's key
        code, _, _ = refused(lab, "loader", token)
        assert code == "28P01", code
