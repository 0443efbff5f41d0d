"""A Workflows link of Teams (`kind: teams-workflow`): people are told there, and nobody decides. At tests/lab/teams.py, not Microsoft's cloud."""

import json
import time

import scratch
from lab import wait_for
from teams import Teams

FOLDER = scratch.kept("lab-teams-workflow-")
TEAMS = Teams(FOLDER)
LINK = "workflows/0a1b2c/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sig=s3cr3t-s1gn4tur3"
COUNT = [9000]


def prepare(config):
    (FOLDER / "link").write_text(TEAMS.base + LINK + "\n")
    config["chat"] = [{"name": "watch", "kind": "teams-workflow", "url_file": str(FOLDER / "link")}]
    for rule in config["policy"]:
        if rule["name"] == "four eyes":
            rule["notify"] = ["watch"]


LAB = {"change": prepare}


def hold(lab, sql=None):
    COUNT[0] += 1
    client = lab.raw()
    client.query(sql or f"delete from staging.scratch where id = {COUNT[0]}")
    return client, lab.pending_one("agent-7", like=sql or f"id = {COUNT[0]}")


def told(approval, seconds=10):
    return wait_for(lambda: [h for h in TEAMS.hooked() if approval["id"] in json.dumps(h["body"])], seconds, f"{approval['id']} to be told")


def test_told(lab):
    """a hold is told with its exact text and a link, without any button that decides, and the link is called as it was given"""
    _, approval = hold(lab)
    hooked = told(approval)[0]
    card = hooked["body"]["attachments"][0]["content"]
    assert f"delete from staging.scratch where id = {COUNT[0]}" in json.dumps(card), card
    assert [a["type"] for a in card["actions"]] == ["Action.OpenUrl"] and approval["id"] in card["actions"][0]["url"], card["actions"]
    assert "nothing comes back" in json.dumps(card) and hooked["path"] == "/" + LINK
    assert lab.chats()["watch"]["state"] == "current"
    test_told.approval = approval


def test_decides_nothing(lab):
    """nothing decides by it: there is no door for it, and what is decided elsewhere is not told there again"""
    approval = test_told.approval
    TEAMS.conversation(id="19:x@thread.tacv2", people=[TEAMS.person(name="rita")])
    TEAMS.bot(url=f"http://127.0.0.1:{lab.http}/v1/chat/watch")
    data = {"approval": approval["id"], "digest": approval["digest"], "sluice": "sluice.approve"}
    rita = TEAMS.person(name="rita")
    said = TEAMS.press(who=rita, conversation="19:x@thread.tacv2", message="1", verb="sluice.approve", text="yes", data=data)
    assert said["status"] == 404, said
    assert lab.approval(approval["id"])["state"] == "pending"
    lab.deny("rita", approval["id"])
    time.sleep(2)
    assert len(told(approval)) == 1


def test_notify(lab):
    """a rule's notify names it, and a restart tells nothing twice"""
    _, approval = hold(lab, "delete from staging.pair where id = 1")
    told(approval)
    lab.restart()
    wait_for(lambda: lab.chats()["watch"]["state"] == "current", 20, "the chat to be current again")
    _, other = hold(lab)
    told(other)
    assert len(told(approval)) == 1 and len(told(other)) == 1


def test_trouble(lab):
    """429, a 503 and a link that was taken back: what waits is told when it can be, and the link is nowhere in what Sluice says"""
    for status, more in ((429, {"retryAfter": 2}), (503, {})):
        TEAMS.trouble(list=[{"path": "workflows", "method": "POST", "status": status, **more}])
        _, approval = hold(lab)
        told(approval, 20)
    TEAMS.trouble(list=[{"path": "workflows", "method": "POST", "status": 404, "times": 100}])
    _, approval = hold(lab)
    wait_for(lambda: "404: the link is not good" in lab.chats()["watch"]["why"], 10, "that to be said")
    assert lab.chats()["watch"]["state"] == "waiting"
    TEAMS.trouble(list=[])
    told(approval, 60)
    for where in (json.dumps(lab.chats()), "\n".join(lab.events()), json.dumps(lab.ask("rita", "GET", "/v1/health")[1])):
        assert "s3cr3t" not in where
    assert not lab.files_with("s3cr3t-s1gn4tur3")


def test_no_link(lab):
    """a file that is not there, or has no address in it, is said; Sluice serves all the same"""
    (FOLDER / "link").write_text("ftp://evil.example/\n")
    lab.restart()
    _, approval = hold(lab)
    wait_for(lambda: lab.chats()["watch"]["state"] == "waiting", 20, "the chat to be said to wait")
    (FOLDER / "link").unlink()
    lab.restart()
    wait_for(lambda: lab.chats()["watch"]["state"] == "no secret", 20, "the secret to be missed")
    (FOLDER / "link").write_text(TEAMS.base + LINK + "\n")
    lab.restart()
    told(approval, 60)
