"""Slack calls us (`mode: http`): what is signed by it counts, once, and nothing else does."""

import json

import scratch
from lab import wait_for
from slack import Slack

FOLDER = scratch.kept("lab-slack-http-")
SLACK = Slack(FOLDER)
OPS, BOB = "C0OPS", "U0BOB"


def prepare(config):
    for name, value in (("bot", SLACK.bot_token), ("signing", SLACK.signing_secret), ("client", SLACK.client_secret)):
        (FOLDER / name).write_text(value + "\n")
    SLACK.channel(OPS, name="ops")
    SLACK.user(BOB, name="bob")
    config["issuers"] = [{"name": "slack", "issuer": SLACK.issuer, "client_id": SLACK.client_id,
                          "client_secret_file": str(FOLDER / "client")}]
    config["chat"] = [{"name": "ops", "mode": "http", "team": SLACK.team, "issuer": "slack", "channel": OPS, "api": SLACK.api,
                       "bot_token_file": str(FOLDER / "bot"), "signing_secret_file": str(FOLDER / "signing")}]


LAB = {"change": prepare}
KILLS = " signal=9 "


def hold(lab, number):
    SLACK.lab = lab
    client = lab.raw()
    client.query(f"delete from staging.scratch where id = {number}")
    return client, lab.pending_one("agent-7", like=f"id = {number}")


def card(approval):
    return wait_for(lambda: [m for m in SLACK.messages(channel=OPS) if approval["id"] in json.dumps(m["blocks"])], 10, "the message")[0]


def form(message, verb="approve"):
    for one in SLACK.views(user=BOB):                   # what the last one was told
        SLACK.close(user=BOB, view=one["id"])
    done = SLACK.click(BOB, OPS, message["ts"], f"sluice.{verb}")
    assert done["acked"], done
    view = SLACK.modal(BOB)
    return view, [b["element"]["action_id"] for b in view["blocks"] if b["type"] == "input"][0]


def test_set_up(lab):
    """the address is agreed on as Slack does it (url_verification), and not when it is signed by somebody else"""
    lab.manage("identity", "account", "bob", "--issuer", "slack", "--subject", BOB)
    url = f"http://127.0.0.1:{lab.http}/v1/chat/ops"
    said = SLACK.verify_url(url=url)
    assert said["agreed"], said
    forged = SLACK.verify_url(url=url, sign="forged")
    assert not forged["agreed"] and forged["status"] == 401, forged
    SLACK.interactivity(url=url)


def test_approve(lab):
    """a signed answer to the form decides, once; the same request again decides nothing"""
    _, approval = hold(lab, 1)
    view, field = form(card(approval))
    done = SLACK.submit(BOB, view["id"], {field: "as agreed"})
    assert done["acked"], done
    lab.has_run(approval["id"])
    SLACK.replay(id=done["id"], times=2)
    assert [(v["identity"], v["channel"], v["proof"]) for v in lab.approval(approval["id"])["votes"]] == [("bob", "slack", "slack")]
    assert lab.ran("delete from staging.scratch where id = 1") == 1


def test_restart(lab):
    """the same signed bytes once more, after a restart of the keeper and within 300 s: nothing is done again"""
    client, approval = hold(lab, 3)
    view, field = form(card(approval), "ask")
    done = SLACK.submit(BOB, view["id"], {field: "which one?"})
    asked_once = lab.approval(approval["id"])["messages"]
    assert len(asked_once) == 1, asked_once
    lab.renew("keeper")
    wait_for(lambda: lab.chats()["ops"]["state"] == "current", 20, "the chat to be current again")
    SLACK.replay(id=done["id"])
    assert lab.approval(approval["id"])["messages"] == asked_once, "a caught question was asked again"
    client.cancel()


def test_forged(lab):
    """forged, unsigned, changed, old and future requests decide nothing"""
    client, approval = hold(lab, 2)
    view, field = form(card(approval))
    for how in ({"sign": "forged"}, {"sign": "none"}, {"sign": "v1"}, {"sign": "empty"}, {"sign": "body"}, {"age_s": 400}, {"age_s": -400}):
        done = SLACK.submit(BOB, view["id"], {field: "as agreed"}, old=True, **how)
        assert not done["acked"], (how, done)
        assert lab.approval(approval["id"])["state"] == "pending", how
    client.cancel()


def test_what_is_no_interaction(lab):
    """a body that is no interaction, however well it is signed, is refused, and other chats' names lead nowhere"""
    for body, kind in (("payload=%7B%7D", "application/x-www-form-urlencoded"), ("payload=", "application/x-www-form-urlencoded"),
                       ("", "application/x-www-form-urlencoded"), ("[]", "application/json"), ("a=1&payload=%7B%7D&payload=%7B%7D",
                                                                                           "application/x-www-form-urlencoded")):
        said = SLACK.post(body=body, content_type=kind)
        assert 400 <= said["status"] < 500, (body, said)
    assert SLACK.post(body="payload=%7B%7D", content_type="application/x-www-form-urlencoded", path="/v1/chat/other")["status"] == 404
