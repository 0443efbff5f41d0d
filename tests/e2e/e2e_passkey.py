"""Passkeys over HTTP, from enrolment to the auditor: what counts, and what others make of what the ledger keeps."""

import base64
import json
import pathlib
import subprocess

import npm
from authenticator import text
from lab import hold, wait_for

HERE = pathlib.Path(__file__).resolve().parent / "webauthn"


def needs_passkey(config):
    config["policy"].append(hold("signed", "public.orders", proof="passkey"))


LAB = {"change": needs_passkey}


def ask(lab, sql, who="agent-7"):
    client = lab.raw(who)
    client.query(sql)
    return client, lab.pending_one(who, like=sql)["id"]


def ledger(lab, which):
    done = lab.sluice("ledger", "show", which, lab.state / "ledger", "--json", check=True)
    return [json.loads(x)["leaf"] for x in done.out.splitlines() if x]


def theirs(lab):
    """Each of three people has one, of another algorithm each; at the first call."""
    for who, algorithm in (("rita", "ES256"), ("bob", "RS256"), ("carol", "EdDSA")):
        if who not in lab.passkeys:
            status, said = lab.enrol_passkey(who, algorithm=algorithm)
            assert status == 201 and said["vouched_by"] == "credential" and said["young"], said


def test_denied_without(lab):
    """nobody has one: denied at once, and the client is told why"""
    done = lab.psql("update orders set item = '1' where id = 1", user="agent-7")
    assert done.rc != 0 and "have a passkey" in done.err, done


def test_enrolment(lab):
    """each algorithm can be enrolled, beside another one only with its signature"""
    theirs(lab)
    first = lab.passkeys["rita"]
    status, said = lab.enrol_passkey("rita", existing=lab.passkeys["bob"])
    assert status == 404, said
    status, said = lab.enrol_passkey("rita", synced=True)
    assert status == 201 and said["vouched_by"] == "passkey" and not said["device_bound"], said
    lab.passkeys["rita"] = first
    status, said = lab.ask("rita", "GET", "/v1/passkeys")
    assert status == 200 and len(said["passkeys"]) == 2 and said["rp_id"] == "localhost", said
    assert said["origins"] == [f"http://localhost:{lab.http}"], said


def test_strict_bodies(lab):
    """what is no assertion, or has a member too many, is refused"""
    theirs(lab)
    for body in ({}, {"possession": {}}, {"possession": "x"}, {"possession": [], "existing": 1}, {"possession": {}, "more": 1}):
        assert lab.ask("rita", "POST", "/v1/passkeys", body)[0] in (400, 403), body
    signed = lab.passkeys["rita"].assertion(text(bytes(32)))
    for broken in ({**signed, "more": "x"}, {k: v for k, v in signed.items() if k != "signature"}, {**signed, "signature": "=="},
                   {**signed, "client_data": 7}):
        assert lab.ask("rita", "POST", "/v1/passkeys", {"possession": broken, "existing": signed})[0] in (400, 403)


def test_decisions(lab):
    """each algorithm decides; the command line says that it cannot"""
    theirs(lab)
    for who, asks in (("rita", "agent-7"), ("bob", "agent-7"), ("carol", "agent-8")):
        client, which = ask(lab, f"update orders set item = '2' where id = {len(who)}", asks)
        done = lab.approve(who, which, check=False)
        assert done.rc == 1 and "passkey" in done.err, done
        status, said = lab.decide_by_passkey(who, which)
        assert status == 200 and said["votes"][0]["proof"] == "passkey", said
        assert client.answer().tags[0].startswith("UPDATE")
    client, which = ask(lab, "update orders set item = '3' where id = 3")
    status, said = lab.decide_by_passkey("rita", which, "deny")
    assert status == 200 and said["state"] == "denied", said
    assert client.answer().error == "42501"


def test_by_choice(lab):
    """a decision that needs none may carry one"""
    theirs(lab)
    client = lab.raw("agent-7")
    client.query("delete from staging.scratch")
    which = lab.pending_one("agent-7", like="scratch")["id"]
    status, said = lab.decide_by_passkey("rita", which)
    assert status == 200 and said["proof"] == "any" and said["votes"][0]["proof"] == "passkey", said
    assert client.answer().tags == ["DELETE 0"]


def test_operator(lab):
    """sluice passkeys lists, and removes what was lost"""
    theirs(lab)
    listed = json.loads(lab.manage("passkeys", "--json").out)["passkeys"]
    assert {p["identity"] for p in listed} == {"rita", "bob", "carol"}, listed
    assert "vouched" in lab.manage("passkeys", "--help").out.lower()
    assert "young" in lab.manage("passkeys", "list", "rita").out
    for key in ("AAAA", "-AAA", "--AA"):     # an id may begin with a dash
        done = lab.manage("passkeys", "remove", key, "--reason", "x", check=False)
        assert done.rc == 1 and "There is no passkey" in done.err, done
    assert lab.manage("passkeys", "remove", check=False).rc == 2
    lab.manage("passkeys", "remove", text(lab.passkeys["carol"].id), "--reason", "lost on a train")
    assert lab.ask("carol", "GET", "/v1/passkeys")[1]["passkeys"] == []


def test_removal(lab):
    """its owner removes a passkey with a signature, and with nothing less"""
    theirs(lab)
    key = lab.passkeys["bob"]
    status, said = lab.ask("bob", "POST", "/v1/passkeys/challenge", {"purpose": "remove", "key": text(key.id)})
    assert status == 200 and said["signed"]["purpose"] == "remove", said
    for existing in ({}, lab.passkeys["rita"].assertion(said["challenge"]), key.assertion(text(bytes(32)))):
        status, answer = lab.ask("bob", "POST", "/v1/passkeys/remove", {"key": text(key.id), "existing": existing})
        assert status in (403, 404, 409), answer
    status, answer = lab.ask("bob", "POST", "/v1/passkeys/remove",
                             {"key": text(key.id), "existing": key.assertion(said["challenge"])})
    assert status == 200, answer
    assert lab.ask("bob", "GET", "/v1/passkeys")[1]["passkeys"] == []
    lab.restart()
    assert lab.ask("bob", "GET", "/v1/passkeys")[1]["passkeys"] == []


def test_many(lab):
    """somebody with many has each of them listed, and each decides"""
    theirs(lab)
    lab.passkeys.pop("bob")                 # that one is gone
    keys = []
    for _ in range(6):
        status, said = lab.enrol_passkey("bob")
        assert status == 201, said
        keys.append(lab.passkeys["bob"])
    listed = [p["key"] for p in lab.ask("bob", "GET", "/v1/passkeys")[1]["passkeys"]]
    assert set(listed) >= {text(k.id) for k in keys} and len(listed) == len(set(listed)) >= 6, listed
    client, which = ask(lab, "update orders set item = 'many' where id = 1")
    assert lab.decide_by_passkey("bob", which, "deny", key=keys[-1])[0] == 200
    client.close()
    lab.passkeys["bob"] = keys[0]


def test_auditor(lab):
    """sluice ledger verify --decisions says which were proved by a passkey"""
    theirs(lab)
    done = lab.sluice("ledger", "verify", lab.state / "ledger", "--key", lab.state / "ledger" / "key.pub", "--decisions", "--json",
                      check=True)
    said = json.loads(done.out)
    proofs = [d["proof"] for d in said["decisions"]]
    assert said["ok"] and proofs == ["passkey"] * 6, said
    assert said["decisions_proved"] == 6 and said["decisions_vouched"] == 0, said


def is_short(signature):
    """An ECDSA signature with a number of less than 32 bytes, which that implementation does not pad: 1 of 128 has one."""
    der = base64.urlsafe_b64decode(signature + "==")
    r, s = der[4:4 + der[3]], der[6 + der[3]:]
    return any(len(number.lstrip(b"\0")) < 32 for number in (r, s))    # DER puts a zero before one whose first bit is set


def check_elsewhere(lab, decision):
    """@simplewebauthn/server takes what was signed for this decision, and nothing with another word in it. The key's
    algorithm."""
    leaf = [x for x in ledger(lab, decision["approval"]) if x.get("event") == "decided" and
            x.get("passkey", {}).get("key") == decision["passkey"]][0]
    key = enrolment(lab, decision["passkey"])
    if key["algorithm"] == "ES256" and is_short(leaf["passkey"]["signature"]):
        return key["algorithm"]
    for changed in (False, True):
        if changed:
            leaf["passkey"]["signed"]["reason"] += "!"
        said = subprocess.run(["node", "verify.js"], cwd=npm.installed(HERE), capture_output=True, text=True, timeout=60,
                              check=False, input=json.dumps({"leaf": leaf, "key": key,
                                                             "origin": f"http://localhost:{lab.http}"}))
        answer = json.loads(said.stdout)
        assert answer["verified"] is not changed, (answer, said.stderr)
        assert changed or answer["userVerified"], answer
    return key["algorithm"]


def test_another_implementation(lab):
    """@simplewebauthn/server agrees about each, and refuses each with another word in it"""
    entries = lab.sluice("ledger", "verify", lab.state / "ledger", "--decisions", "--json", check=True)
    seen = {check_elsewhere(lab, decision) for decision in json.loads(entries.out)["decisions"]}
    assert seen == {"ES256", "EdDSA", "RS256"}, seen


def test_policy_change(lab):
    """a held change of the policy takes no less than a passkey where its deciders have one, and is in force then"""
    theirs(lab)
    lab.config["policy_changes"] = "hold"
    lab.write_config()
    lab.sighup()
    wait_for(lambda: lab.events("reloaded"), 10, "the reload")
    for who in ("rita", "bob"):
        lab.manage("identity", "group", who, "admins")
    lab.config["policy"].append({"name": "nothing much", "when": {"datasets": ["public.other"]}, "then": "deny"})
    lab.write_config()
    lab.sighup()
    which = lab.pending_one("operator")["id"]
    done = lab.approve("rita", which, check=False)
    assert done.rc == 1 and "passkey" in done.err, done
    assert "by_default" in lab.api("show", which, "rita", check=True).out
    for who in ("rita", "bob"):
        status, said = lab.decide_by_passkey(who, which)
        assert status == 200 and said["votes"][0]["proof"] == "passkey", said
    wait_for(lambda: "nothing much" in lab.psql("select * from public.other").err, 10, "the new policy")


def enrolment(lab, key):
    """The leaf that enrolled it."""
    index = 0
    while True:
        found = ledger(lab, str(index))[0]
        if found["kind"] == "passkey" and found["event"] == "enrolled" and found["key"] == key:
            return found
        index += 1
