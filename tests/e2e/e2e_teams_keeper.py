"""People are told in Teams, and decide there: at a Bot Framework of ours (tests/lab/teams.py), which is not Microsoft's cloud."""

import json
import pathlib
import tempfile
import time
import uuid

from lab import wait_for
from teams import Teams

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="lab-teams-"))
TEAMS = Teams(FOLDER)
OPS, PAY = "19:ops@thread.tacv2", "19:pay@thread.tacv2"
DECIDING = {"sluice.approve", "sluice.deny"}
BOB, RITA, CAROL, STRANGER = (TEAMS.person(name=n) for n in ("bob", "rita", "carol", "stranger"))
COUNT = [7000]
KILLS = " signal=9 "


def prepare(config):
    (FOLDER / "secret").write_text(TEAMS.secret + "\n")
    for place in (OPS, PAY):
        TEAMS.conversation(id=place, people=[BOB, RITA, CAROL, STRANGER])
    config["issuers"] = [{"name": "entra", "issuer": TEAMS.base + "entra", "client_id": "sluice", "subject_claim": "oid"}]
    config["chat"] = [{"name": "teams", "kind": "teams", "app_id": TEAMS.app, "tenant": TEAMS.tenant, "issuer": "entra", "channel": OPS,
                       "api": TEAMS.base, "client_secret_file": str(FOLDER / "secret")}]
    for rule in config["policy"]:
        if rule["name"] == "four eyes":
            rule["notify"] = ["teams", f"teams:{PAY}"]
        if rule["name"] == "sealed texts":
            rule["proof"] = "passkey"
        if rule["name"] == "say why":
            rule["decide_in"] = ["console", "cli", "http"]
            rule["reason"] = "optional"


LAB = {"change": prepare}


def chats(lab):
    return {c["name"]: c for c in json.loads(lab.manage("chats", "--json").out)["chats"]}


def hold(lab, sql=None, like=None, who="agent-7"):
    """A statement that is held; its client and its approval."""
    COUNT[0] += 1
    client = lab.raw(who)
    client.query(sql or f"delete from staging.scratch where id = {COUNT[0]}")
    return client, lab.pending_one(who, like=like or (f"id = {COUNT[0]}" if sql is None else sql))


def now(message):
    return message["versions"][-1]


def shown(message):
    return json.dumps(now(message)["attachments"][0]["content"]) if now(message).get("attachments") else now(message)["text"]


def texts(message):
    """Every text of the card, line by line."""
    found = []

    def walk(one):
        if isinstance(one, dict):
            if one.get("type") in ("TextRun", "TextBlock"):
                found.append(one["text"])
            for value in one.values():
                walk(value)
        elif isinstance(one, list):
            for value in one:
                walk(value)
    walk(now(message)["attachments"][0]["content"])
    return found


def card(approval, place=OPS, seconds=10, like=None):
    """The message about it there, once it says `like`."""
    def there():
        return [m for m in TEAMS.messages(conversation=place) if m["versions"][0].get("attachments") and approval["id"] in shown(m)
                and (like is None or like in shown(m))]
    return wait_for(there, seconds, f"a message about {approval['id']} that says {like}")[0]


def buttons(message):
    return {a.get("verb") for a in now(message)["attachments"][0]["content"]["actions"]} - {None}


def press(who, message, verb="approve", text="as agreed", **how):
    return TEAMS.press(who=who, conversation=message["conversation"], message=message["id"], verb=f"sluice.{verb}", text=text, **how)


def answer(said):
    """What somebody who pressed is told: a text, or the card."""
    assert said["status"] == 200 and said["json"]["statusCode"] == 200, said
    return said["json"]["value"] if isinstance(said["json"]["value"], str) else json.dumps(said["json"]["value"])


def state(lab, approval):
    return lab.approval(approval["id"])["state"]


def ran(lab, approval):
    wait_for(lambda: state(lab, approval) == "spent", 10, "the statement to run")


def test_installed(lab):
    """the app is added to a team: Sluice listens, has a token, and tells the operator which conversation it is"""
    for name, user in (("bob", BOB), ("rita", RITA), ("carol", CAROL)):
        lab.manage("identity", "account", name, "--issuer", "entra", "--subject", user)
    TEAMS.bot(url=f"http://127.0.0.1:{lab.http}/v1/chat/teams")
    wait_for(lambda: chats(lab)["teams"]["state"] == "current", 10, "the chat to be current")
    for place in (OPS, PAY):
        assert TEAMS.install(conversation=place, who=RITA)["status"] == 200
    assert {c["id"] for c in chats(lab)["teams"]["conversations"]} == {OPS, PAY}


def test_told(lab):
    """a hold is in Teams at once, with the exact text"""
    client, approval = hold(lab)
    message = card(approval)
    assert f"delete from staging.scratch where id = {COUNT[0]}" in texts(message), texts(message)
    for word in ("agent-7", "finance", "production", "scratch is watched", approval["digest"][:12]):
        assert word in shown(message), (word, shown(message))
    assert buttons(message) >= DECIDING, buttons(message)
    test_told.approval, test_told.client = approval, client


def test_approve(lab):
    """yes in Teams: it runs once, who pressed gets the card anew, the message and its thread say so, and so does the ledger"""
    approval = test_told.approval
    said = press(BOB, card(approval))
    assert "approved" in answer(said).lower(), said
    ran(lab, approval)
    message = card(approval, like="approved by bob")
    votes = lab.approval(approval["id"])["votes"]
    assert [(v["identity"], v["channel"], v["proof"]) for v in votes] == [("bob", "teams", "teams")], votes
    assert not DECIDING & buttons(message), "a decided message still decides"
    wait_for(lambda: [m for m in TEAMS.messages(conversation=OPS) if m.get("replyTo") == message["id"] and "approved by bob" in shown(m)], 10,
             "the outcome in the thread")
    assert lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 1
