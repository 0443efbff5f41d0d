"""People are told in Slack, and decide there: at a small Slack of ours (tests/lab/slack.py), which is not Slack's cloud."""

import json
import re
import statistics
import threading
import time

import scratch
from idp import request
from lab import wait_for
from slack import Slack

FOLDER = scratch.kept("lab-slack-")
SLACK = Slack(FOLDER)
OPS, PAY = "C0OPS", "C0PAY"
DECIDING = {"sluice.approve", "sluice.deny"}
BOB, RITA, CAROL, GUEST, STRANGER = "U0BOB", "U0RITA", "U0CAROL", "U0GUEST", "U0STRANGER"
COUNT = [5000]


def prepare(config):
    for name, value in (("bot", SLACK.bot_token), ("app", SLACK.app_token), ("client", SLACK.client_secret)):
        (FOLDER / name).write_text(value + "\n")
    SLACK.channel(OPS, name="ops")
    SLACK.channel(PAY, name="pay")
    for user in (BOB, RITA, CAROL, GUEST, STRANGER):
        SLACK.user(user, name=user.lower())
    SLACK.user(GUEST, is_restricted=True)
    config["issuers"] = [{"name": "slack", "issuer": SLACK.issuer, "client_id": SLACK.client_id,
                          "client_secret_file": str(FOLDER / "client")}]
    config["chat"] = [{"name": "slack", "team": SLACK.team, "issuer": "slack", "channel": OPS, "api": SLACK.api,
                       "bot_token_file": str(FOLDER / "bot"), "app_token_file": str(FOLDER / "app")}]
    config["break_glass"] = {"groups": ["oncall"], "review_within": "1h"}
    for rule in config["policy"]:
        if rule["name"] == "four eyes":
            rule["notify"] = ["slack", f"slack:{PAY}"]
        if rule["name"] == "spend quickly":
            rule["escalate"] = {"after": "2s", "notify": [f"slack:{PAY}"], "reviewers": {"groups": ["dba"]}}
        if rule["name"] == "not with locks":
            rule["notify"] = ["slack:@rita"]
        if rule["name"] == "sealed texts":
            rule["proof"] = "passkey"
        if rule["name"] == "say why":
            rule["notify"] = ["slack:@nightwatch"]      # nobody yet: so in the channel
            rule["decide_in"] = ["console", "cli", "http"]
            rule["reason"] = "optional"


LAB = {"change": prepare}
KILLS = " signal=9 "


def link(lab, name, user):
    lab.manage("identity", "account", name, "--issuer", "slack", "--subject", user)


def hold(lab, sql=None, like=None, client=None):
    """A statement that is held; its client and its approval."""
    SLACK.lab = lab
    COUNT[0] += 1
    client = client or lab.raw()
    client.query(sql or f"delete from staging.scratch where id = {COUNT[0]}")
    return client, lab.pending_one("agent-7", like=like or (f"id = {COUNT[0]}" if sql is None else sql))


def card(approval, channel=OPS, seconds=10, like=None):
    """The message about it there, once it says `like`."""
    return wait_for(lambda: [m for m in SLACK.messages(channel=channel) if approval["id"] in json.dumps(m["blocks"])
                             and (like is None or like in json.dumps(m["blocks"]))], seconds, f"a message about {approval['id']}")[0]


def decide(user, message, verb="approve", reason="as agreed", **how):
    """A click, the form, its answer."""
    SLACK.click(user, message["channel"], message["ts"], f"sluice.{verb}")
    view = SLACK.modal(user)
    done = SLACK.submit(user, view["id"], {fields(view)[0]: reason}, **how)
    for one in SLACK.views(user=user):
        SLACK.close(user=user, view=one["id"])
    return done


def fields(view):
    return [b["element"]["action_id"] for b in view["blocks"] if b["type"] == "input"]


def quiet(lab):
    """Nothing is left to tell, of what has an outcome a moment later too."""
    for _ in range(2):
        wait_for(lambda: lab.chats()["slack"]["waiting"] == 0, 60, "everything to be told")
        time.sleep(1)


def state(lab, approval):
    return lab.approval(approval["id"])["state"]


def test_told(lab):
    """a hold is in Slack at once, with the exact text, and the socket listens"""
    for name, user in (("bob", BOB), ("rita", RITA), ("carol", CAROL), ("erin", GUEST)):
        link(lab, name, user)
    SLACK.ready()
    _, approval = hold(lab)
    message = card(approval)
    text = json.dumps(message["blocks"])
    assert f"delete from staging.scratch where id = {COUNT[0]}" in text, text
    for word in ("agent-7", "finance", "production", "scratch is watched", approval["digest"][:12]):
        assert word in text, (word, text)
    assert set(SLACK.buttons(message)) >= {"sluice.approve", "sluice.deny"}, SLACK.buttons(message)
    wait_for(lambda: lab.chats()["slack"]["state"] == "current", 10, "the chat to be current")
    test_told.approval = approval


def test_approve(lab):
    """yes in Slack: it runs once, the message and its thread say so, and the ledger says channel, person and account"""
    approval = test_told.approval
    decide(BOB, card(approval))
    lab.has_run(approval["id"])
    card(approval, like="approved by bob")
    done = lab.approval(approval["id"])
    assert [(v["identity"], v["channel"], v["proof"]) for v in done["votes"]] == [("bob", "slack", "slack")], done["votes"]
    assert "sluice.approve" not in SLACK.buttons(card(approval)), "a decided message still decides"
    wait_for(lambda: [m for m in SLACK.messages(channel=OPS, thread_ts=card(approval)["ts"]) if "approved" in json.dumps(m)], 10,
             "the outcome in the thread")
    assert lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 1


def test_released_alone(lab):
    """break-glass: heading, message and thread say who, that they were alone, why, and what is left to do; none says that it was approved"""
    lab.add("oona", "human", groups=["oncall"])
    lab.enroll("oona")
    client, approval = hold(lab)
    card(approval)
    lab.release_alone("oona", approval, "the shop is down")
    client.until("Z", 10)
    words = "released by oona alone (break-glass): the shop is down; two others have to sign it off"
    message = card(approval, like="Released by one person alone, has run")
    text = json.dumps(message["blocks"])
    assert words in text and "outcome: ok" in text and "approved" not in text.lower(), text
    note = wait_for(lambda: [m for m in SLACK.messages(channel=OPS, thread_ts=message["ts"]) if words in json.dumps(m)], 10,
                    "the outcome in the thread")
    assert "approved" not in json.dumps(note).lower(), note


def test_deny(lab):
    """no in Slack: the client hears who and why, and nothing runs"""
    client, approval = hold(lab)
    decide(RITA, card(approval), "deny", "not on a Friday")
    wait_for(lambda: state(lab, approval) == "denied", 10, "the denial")
    said = str(client.answer())
    assert "rita" in said and "not on a Friday" in said, said
    card(approval, like="denied by rita")


def test_stand_in(lab):
    """whoever is away is not named; who stands in for them is told so in private, decides in Slack, and the message says for whom"""
    lab.add("dave", "human")
    lab.enroll("dave")
    SLACK.user("U0DAVE", name="dave")
    link(lab, "dave", "U0DAVE")
    rita = ["--credential-file", lab.enroll("rita"), *lab.where()]
    lab.sluice("away", "--until", "1h", "--stand-in", "dave", "--reason", "in hospital", *rita, check=True)
    wait_for(lambda: [m for m in direct("U0DAVE") if "You stand in for rita until" in json.dumps(m)], 15, "dave to be told that he is named")
    _, approval = hold(lab)
    message = card(approval, like="1 of bob, dave (standing in for rita)")
    lab.sluice("away", *rita, check=True)
    decide("U0DAVE", message)
    lab.has_run(approval["id"])
    card(approval, like="approved by dave, standing in for rita")
    lab.sluice("back", *rita, check=True)
    wait_for(lambda: [m for m in direct("U0DAVE") if "not stand in for rita any more" in json.dumps(m)], 15, "dave to be told that it ended")
    assert "hospital" not in json.dumps(SLACK.messages())


def test_decided_elsewhere(lab):
    """decided on the command line: every copy of the message says so"""
    _, approval = hold(lab, "delete from staging.pair where id = 77")
    first, second = card(approval), card(approval, PAY)
    assert first["ts"] != second["ts"] or first["channel"] != second["channel"]
    lab.approve("bob", approval["id"])
    card(approval, PAY, like="1 of 2")
    decide(RITA, card(approval, PAY))
    lab.has_run(approval["id"])
    for channel in (OPS, PAY):
        assert "sluice.approve" not in SLACK.buttons(card(approval, channel, like="approved")), channel


def test_p4_in_slack(lab):
    """P4 nobody in the requester set, no stranger, no guest and nobody of another team decides; each is told why, alone"""
    _, approval = hold(lab)
    message = card(approval)
    for user, like in ((CAROL, "owner"), (STRANGER, "linked to nobody")):
        SLACK.click(user, OPS, message["ts"], "sluice.approve")
        SLACK.aside(user, like)
        assert not SLACK.views(user=user), "a form was opened"
    SLACK.click(BOB, OPS, message["ts"], "sluice.approve", change={"user": {"team_id": "T0OTHER"}})
    SLACK.aside(BOB, "workspace")
    shared = ((RITA, {"channel": {"is_ext_shared": True}}), (GUEST, {"channel": {"is_shared": True}}),
              ("U0DAVE", {"is_enterprise_install": True}))
    for user, change in shared:
        SLACK.click(user, OPS, message["ts"], "sluice.approve", change=change)
        SLACK.aside(user, "workspace")
        assert not SLACK.views(user=user), (user, change)
    assert state(lab, approval) == "pending"
    test_p4_in_slack.approval = approval


def test_guest(lab):
    """a guest of the workspace decides nothing, though the account is linked to a reviewer; Slack is asked when it counts"""
    approval = test_p4_in_slack.approval
    SLACK.user(BOB, is_restricted=True)
    done = decide(BOB, card(approval))
    assert "guest" in json.dumps(done["answer"]), done
    assert state(lab, approval) == "pending"
    SLACK.user(BOB, is_restricted=False)
    for change in ({"is_stranger": True}, {"is_ultra_restricted": True}, {"is_bot": True}, {"deleted": True}):
        SLACK.user(BOB, **change)
        done = decide(BOB, card(approval))
        assert "Nothing was decided" in json.dumps(done["answer"]) and state(lab, approval) == "pending", (change, done)
        SLACK.user(BOB, **dict.fromkeys(change, False))
    decide(BOB, card(approval))
    lab.has_run(approval["id"])


def test_slack_does_not_say(lab):
    """Slack does not say, or too late, who somebody is: the form is answered in time, and nothing is decided"""
    _, approval = hold(lab)
    for trouble in ({"silence": True}, {"slow_s": 2.6}):
        number = SLACK.trouble(method="users.info", **trouble)
        done = decide(BOB, card(approval))
        SLACK.calm(trouble=number)
        assert done["acked"] and "Nothing was decided" in json.dumps(done["answer"]), (trouble, done)
    time.sleep(1)                                       # the late word came meanwhile
    assert state(lab, approval) == "pending"
    lab.deny("rita", approval["id"])


def test_escalated(lab):
    """nobody answers: after the rule's time it is in the second channel, too, says so, and is decided there"""
    _, approval = hold(lab, "delete from staging.fleeting where id = 5")
    card(approval)
    assert not [m for m in SLACK.messages(channel=PAY) if approval["id"] in json.dumps(m["blocks"])]
    message = card(approval, PAY, seconds=15, like="Nobody answered yet")
    decide(RITA, message)
    lab.has_run(approval["id"])
    card(approval, OPS, like="approved by rita")


def test_double_and_late(lab):
    """a double, a late and a replayed answer to a form decide once; a click on what is over says so"""
    _, approval = hold(lab)
    message = card(approval)
    SLACK.click(BOB, OPS, message["ts"], "sluice.approve")
    SLACK.click(RITA, OPS, message["ts"], "sluice.deny")
    first, second = SLACK.modal(BOB), SLACK.modal(RITA)
    done = SLACK.submit(BOB, first["id"], {fields(first)[0]: "yes"}, times=2)
    lab.has_run(approval["id"])
    late = SLACK.submit(RITA, second["id"], {fields(second)[0]: "no"})
    assert "no longer open" in json.dumps(late["answer"]), late
    SLACK.replay(id=done[0]["id"] if isinstance(done, list) else done["id"])
    assert len(lab.approval(approval["id"])["votes"]) == 1
    assert lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 1
    SLACK.click(RITA, OPS, message["ts"], "sluice.approve", old=True)
    SLACK.aside(RITA, "Nothing was decided")


def test_forged(lab):
    """a message that is not ours, and a value that is not the message's, decide nothing"""
    _, approval = hold(lab)
    _, other = hold(lab)
    message = card(approval)
    value = SLACK.buttons(card(other))["sluice.approve"]["value"]
    SLACK.click(BOB, OPS, message["ts"], "sluice.approve", value=value)
    SLACK.aside(BOB, "does not know this message")
    assert not SLACK.views(user=BOB)
    for one in (approval, other):
        assert state(lab, one) == "pending"
        lab.deny("rita", one["id"])


def test_restart(lab):
    """a message from before a restart decides after it, holds of the meantime are told, and what came before it is not done again"""
    _, approval = hold(lab)
    message = card(approval)
    SLACK.click(RITA, OPS, message["ts"], "sluice.ask")
    view = SLACK.modal(RITA)
    done = SLACK.submit(RITA, view["id"], {fields(view)[0]: "which one?"})
    close_all(RITA)
    asked_once = talk(lab, approval)
    assert len(asked_once) == 1, asked_once
    lab.renew("keeper")
    SLACK.ready()
    wait_for(lambda: lab.chats()["slack"]["state"] == "current", 20, "the chat to be current again")
    SLACK.replay(id=done["id"])
    time.sleep(0.5)
    assert talk(lab, approval) == asked_once, "a caught question was asked again"
    decide(BOB, message)
    wait_for(lambda: lab.approval(approval["id"])["state"] in ("approved", "spent"), 20, "the yes to count")
    assert len([m for m in SLACK.messages(channel=OPS) if approval["id"] in json.dumps(m["blocks"])]) == 1, "it was told twice"


def test_refused_whole(lab):
    """Slack takes no such message (msg_blocks_too_long): a shorter one is there, which only links"""
    quiet(lab)
    SLACK.trouble(method="chat.postMessage", error="msg_blocks_too_long", times=1)
    _, approval = hold(lab)
    message = card(approval)
    assert "sluice.approve" not in SLACK.buttons(message), "it decides what it does not show"
    lab.deny("rita", approval["id"])


def test_long_statement(lab):
    """a statement that a message cannot show whole is not decided by it"""
    _, approval = hold(lab, "delete from staging.scratch where id in (" + ", ".join(str(i) for i in range(100000, 100900)) + ")",
                       like="id in \\(100000")
    message = card(approval)
    assert "sluice.approve" not in SLACK.buttons(message) and "sluice.deny" not in SLACK.buttons(message)
    lab.deny("rita", approval["id"])


def test_slack_away(lab):
    """Slack is down with holds pending: they stay pending, decisions elsewhere count, and afterwards the queue is true"""
    _, short = hold(lab, "delete from staging.quick where id = 3")
    assert DECIDING <= set(SLACK.buttons(card(short)))
    away = SLACK.trouble(method="*", status=503)
    _, unseen = hold(lab, "delete from staging.quick where id = 4")
    held = [hold(lab)[1] for _ in range(3)]
    lab.approve("bob", held[0]["id"])
    wait_for(lambda: state(lab, held[0]) == "spent", 10, "the decision that needs no Slack")
    wait_for(lambda: lab.chats()["slack"]["state"] == "waiting", 10, "the chat to be said to wait")
    wait_for(lambda: state(lab, unseen) == "expired", 10, "its time to be over")
    SLACK.calm(trouble=away)
    for one in held[1:]:
        card(one, seconds=90)
        assert state(lab, one) == "pending"
    for over in (held[0], unseen):
        assert not [m for m in SLACK.messages(channel=OPS) if over["id"] in json.dumps(m["blocks"])], "it was over before"
    assert not DECIDING & set(SLACK.buttons(card(short, like="Expired", seconds=30)))
    for one in held[1:]:
        lab.deny("rita", one["id"])


def test_token_revoked(lab):
    """a revoked token is said, nothing is lost, and with a good one it goes on"""
    SLACK.tokens(bot="revoked")
    _, approval = hold(lab)
    wait_for(lambda: "token_revoked" in lab.chats()["slack"]["why"], 20, "why it waits")
    SLACK.tokens(bot="good")
    card(approval, seconds=90)
    lab.deny("rita", approval["id"])


def test_new_socket(lab):
    """Slack asks for another socket: the new one is there before the old one goes, and clicks come"""
    SLACK.ready()
    SLACK.settings(hello_after_s=0.3)
    before = SLACK.sockets()
    SLACK.disconnect(reason="warning", socket=before[0]["n"])

    def another():
        now = {s["n"]: s["hello"] for s in SLACK.sockets()}
        assert any(now.values()), f"no socket listens: {now}"
        return any(hello for number, hello in now.items() if number != before[0]["n"])
    wait_for(another, 20, "another socket")
    SLACK.settings(hello_after_s=0)
    _, approval = hold(lab)
    decide(BOB, card(approval))
    lab.has_run(approval["id"])
    SLACK.drop(how="cut")
    SLACK.ready()
    _, approval = hold(lab)
    decide(BOB, card(approval))
    lab.has_run(approval["id"])


def test_no_socket(lab):
    """Socket Mode is switched off: it is said and stays said while messages go on, decisions elsewhere count, and it comes back"""
    SLACK.link(on=False)
    SLACK.disconnect(reason="link_disabled")
    wait_for(lambda: lab.chats()["slack"]["state"] == "deaf", 10, "the chat to be said to hear nothing")
    _, approval = hold(lab)
    card(approval)
    quiet(lab)
    said = lab.chats()["slack"]
    assert said["state"] == "deaf" and said["why"].startswith("its socket: "), said
    lab.approve("bob", approval["id"])
    wait_for(lambda: state(lab, approval) == "spent", 10, "the decision that needs no Slack")
    SLACK.link(on=True)
    SLACK.ready(seconds=40)
    wait_for(lambda: lab.chats()["slack"]["state"] == "current", 10, "the chat to be current again")
    assert not lab.chats()["slack"]["why"], lab.chats()["slack"]


def test_limited_and_no_such_channel(lab):
    """a channel of which Slack says Retry-After, or channel_not_found, waits alone: the other goes on, and an operator is told why"""
    quiet(lab)
    SLACK.trouble(method="chat.postMessage", channel=OPS, error="ratelimited", retry_after=3, times=1)
    begun = time.time()
    _, approval = hold(lab, "delete from staging.pair where id = 78")
    card(approval, PAY)
    card(approval, OPS)
    assert time.time() - begun >= 2.9, "Retry-After was not kept"
    there = {c["channel"]: c["at"] for c in reversed(SLACK.calls(method="chat.postMessage", since=begun)) if c["status"] == 200}
    assert there[PAY] < there[OPS] - 1.5, "the other channel waited, too"
    lab.deny("rita", approval["id"])
    quiet(lab)
    missing = SLACK.trouble(method="chat.postMessage", channel=PAY, error="channel_not_found")
    _, approval = hold(lab, "delete from staging.pair where id = 79")
    card(approval, OPS)
    refused = wait_for(lambda: lab.chats()["slack"]["refused"], 10, "the channel to be named")
    assert refused[0]["channel"] == PAY and "channel_not_found" in refused[0]["why"], refused
    assert PAY in " ".join(lab.ask("rita", "GET", "/v1/health")[1]["status"]["nags"])
    SLACK.calm(trouble=missing)
    lab.sighup()
    card(approval, PAY)
    wait_for(lambda: not lab.chats()["slack"]["refused"], 10, "nothing to be refused any more")
    lab.deny("rita", approval["id"])


def test_rows(lab):
    """the message says how many rows its result may have, as the rules let them pass, and nothing that a plan expects"""
    client, approval = hold(lab, "copy customers (email) to stdout", like="customers")
    text = json.dumps(card(approval)["blocks"])
    assert "at most 1,000" in text and "about" not in text, text
    lab.deny("rita", approval["id"])


def test_passkey_links(lab):
    """what asks for a passkey, or takes no decision in Slack by its rule, is not decided there: its message links, and says why"""
    for name in ("bob", "rita"):
        lab.enrol_passkey(name)
    for table, why in (("sealed", "passkey"), ("why", "Slack")):
        client, approval = hold(lab, f"delete from staging.{table} where id = 4242")
        message = card(approval)
        assert not {"sluice.approve", "sluice.deny"} & set(SLACK.buttons(message)), SLACK.buttons(message)
        assert why in json.dumps(message["blocks"]), message["blocks"]
        assert "Open to decide" in json.dumps(message["blocks"]), message["blocks"]
        assert table != "sealed" or "4242" not in json.dumps(message["blocks"]), "Slack is told what the ledger withholds"
        client.cancel()
        wait_for(lambda: state(lab, approval) == "cancelled", 10, "the cancellation")


def test_not_ordinary(lab):
    """what the page has more to say about is not decided by a card: locks in a transaction, and a text that looks like values"""
    client = lab.raw()
    client.ask("begin")
    client.ask("update orders set item = item where id = 1")
    COUNT[0] += 1
    client.query(f"delete from staging.scratch where id = {COUNT[0]}")
    locked = lab.pending_one("agent-7", like=f"id = {COUNT[0]}")
    second = lab.raw()
    second.extended("delete from staging.scratch where note = $1 /* \n$2 = 'b' */", ("a",))
    sly = lab.pending_one("agent-7", like="where note")
    for approval in (locked, sly):
        assert not DECIDING & set(SLACK.buttons(card(approval))), card(approval)
    for one in (locked, sly):
        lab.deny("rita", one["id"])


def test_session(lab):
    """settings that give the statement its meaning stand on the card; those that nobody can name leave it to the page"""
    client = lab.raw()
    client.ask("set timezone = 'Asia/Tokyo'")
    client.ask("set search_path = staging, public")
    _, approval = hold(lab, client=client)
    message = card(approval)
    assert "TimeZone=Asia/Tokyo; search_path=staging, public" in json.dumps(message["blocks"]), message["blocks"]
    assert DECIDING <= set(SLACK.buttons(message)), SLACK.buttons(message)
    lab.deny("rita", approval["id"])
    client = lab.raw()
    client.ask("set app.tenant = '7'")
    _, approval = hold(lab, client=client)
    assert not DECIDING & set(SLACK.buttons(card(approval))), card(approval)
    lab.deny("rita", approval["id"])


def test_erased(lab):
    """what is erased goes from Slack's messages, too"""
    _, approval = hold(lab)
    number = f"id = {COUNT[0]}"
    card(approval, like=number)
    lab.deny("rita", approval["id"])
    card(approval, like="denied by rita")
    lab.manage("ledger", "erase", approval["id"])
    wait_for(lambda: number not in json.dumps(card(approval)["blocks"]), 10, "the statement to go")
    quiet(lab)
    before = len(SLACK.calls())
    time.sleep(3)
    assert len(SLACK.calls()) == before, "Slack is told the same again and again"


def close_all(user):
    for one in SLACK.views(user=user):
        SLACK.close(user=user, view=one["id"])


def form(user, message, verb, text, **how):
    """A click on another button than Approve or Deny, and what its form is answered with."""
    close_all(user)
    SLACK.click(user, message["channel"], message["ts"], f"sluice.{verb}", **how)
    view = SLACK.modal(user)
    done = SLACK.submit(user, view["id"], {fields(view)[0]: text})
    close_all(user)
    return json.dumps(done["answer"])


def hears(client, like):
    """The client that waits is told it."""
    for _ in range(5):
        said = client.until("N").notices[-1]["M"]
        if like in said:
            return
    raise AssertionError(f"not told {like!r}, but {said!r}")


def test_ask_and_answer(lab):
    """a question by form reaches whoever waits, its answer stands with the request; the asker's own people ask nothing, and nothing runs by it"""
    client, approval = hold(lab)
    message = card(approval)
    said = form(RITA, message, "ask", "why <!channel> the fourth?")
    assert "The answer will stand with the request" in said, said
    hears(client, "why <!channel> the fourth?")
    asked = [(m["kind"], m["identity"], m["channel"], m["text"]) for m in lab.approval(approval["id"])["messages"]]
    assert asked == [("question", "rita", "slack", "why <!channel> the fourth?")], asked
    assert "Reviewers ask" in form(CAROL, message, "ask", "may I?")     # its owner answers, and does not ask
    lab.raw().ask("set sluice.answer = 'it is a duplicate'")
    said = [(m["kind"], m["identity"], m["text"]) for m in lab.approval(approval["id"])["messages"]]
    assert said[1:] == [("answer", "agent-7", "it is a duplicate")], said
    assert state(lab, approval) == "pending" and lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 0
    lab.deny("rita", approval["id"])
    assert "not open any more" in form(RITA, message, "ask", "and now?", old=True)


def test_revoke(lab):
    """what was approved and has not run is taken back from its message; then it does not run when its client comes again"""
    client, approval = hold(lab)
    sql = f"delete from staging.scratch where id = {COUNT[0]}"
    client.close()
    wait_for(lambda: not lab.approval(approval["id"])["waiting"], 10, "the client to be gone")
    decide(BOB, card(approval))
    wait_for(lambda: state(lab, approval) == "approved", 10, "the yes")
    message = card(approval, like="Approved, has not run yet")
    assert set(SLACK.buttons(message)) & {"sluice.approve", "sluice.deny", "sluice.revoke", "sluice.stop"} == {"sluice.revoke"}
    SLACK.click(STRANGER, message["channel"], message["ts"], "sluice.revoke")
    SLACK.aside(STRANGER, "linked to nobody")
    assert state(lab, approval) == "approved"
    form(RITA, message, "revoke", "on second thoughts")
    wait_for(lambda: state(lab, approval) == "revoked", 10, "it to be taken back")
    assert "sluice.revoke" not in SLACK.buttons(card(approval, like="taken back"))
    again = lab.raw()
    again.query(sql)
    other = lab.pending_one("agent-7", like=f"id = {COUNT[0]}")
    assert other["id"] != approval["id"] and lab.ran(sql) == 0
    lab.deny("rita", other["id"])


def test_stop(lab):
    """what runs is stopped from its message, and the message says what became of it"""
    client, approval = hold(lab, "insert into staging.scratch select 1, pg_sleep(60)::text", like="pg_sleep")
    decide(BOB, card(approval))
    message = card(approval, like="Approved, runs now")
    assert set(SLACK.buttons(message)) & {"sluice.approve", "sluice.deny", "sluice.revoke", "sluice.stop"} == {"sluice.stop"}
    said = form(RITA, message, "stop", "it takes the table")
    assert "being stopped" in said, said
    assert [e["C"] for e in client.answer(15).errors] == ["57014"]
    wait_for(lambda: "sluice.stop" not in SLACK.buttons(card(approval)), 20, "the message to say that it is over")
    assert "Nothing runs" in form(RITA, message, "stop", "again", old=True), "stopped twice"


def direct(user):
    """What was said to them alone."""
    mine = [c["id"] for c in SLACK.channels() if c.get("is_im") and c.get("user") == user]
    return [m for m in SLACK.messages() if m["channel"] in mine]


def test_direct(lab):
    """who asked, or owns what did, hears that it waits and once what became of it, if their account is linked; nobody else does"""
    SLACK.rate(mode="off")                              # what went before is told at once
    quiet(lab)
    SLACK.forget()
    _, approval = hold(lab)                             # of an agent of carol's, whose account is linked
    card(approval)
    told = wait_for(lambda: direct(CAROL), 15, "carol to be told")[0]
    said = json.dumps(told)
    assert approval["id"] in said and "waits for a yes" in said and "bob" in said and "delete" not in said, said
    lab.deny("rita", approval["id"], "not on a Friday")
    told = wait_for(lambda: direct(CAROL)[1:], 15, "carol to be told what became of it")
    assert approval["id"] in json.dumps(told[0]) and "not on a Friday" in json.dumps(told[0]), told
    client = lab.raw("nightly")                         # of erin's, whose account is linked: a guest reads, too
    client.query("delete from staging.scratch where id = 999001")
    hers = lab.pending_one("nightly")
    card(hers)
    assert hers["id"] in json.dumps(wait_for(lambda: direct(GUEST), 15, "erin to be told"))
    lab.manage("identity", "account", "erin", "--issuer", "slack", "--subject", GUEST, "--remove")
    lab.deny("rita", hers["id"])
    card(hers, like="denied by rita")
    client.query("delete from staging.scratch where id = 999002")
    last = lab.pending_one("nightly", like="999002")
    card(last)
    lab.deny("rita", last["id"])
    quiet(lab)
    assert len(direct(GUEST)) == 1, "who is linked no more is told"
    assert len(direct(CAROL)) == 2, "she is told more than twice"
    heard = {c["user"] for c in SLACK.channels() if c.get("is_im") and direct(c["user"])}
    assert heard == {CAROL, GUEST}, "somebody else was told"
    SLACK.rate(mode="slack")


def test_to_a_person(lab):
    """a rule names a person: they alone have the message, once, and decide by it; while nobody of that name is linked the channel has it"""
    quiet(lab)
    for number in (1, 2):                               # the second goes where the first one lies
        _, approval = hold(lab, f"delete from staging.locked where id = {number}")
        told = wait_for(lambda a=approval: [m for m in direct(RITA) if a["id"] in json.dumps(m["blocks"])], 15, "rita to be told")
        decide(RITA, told[0])
        wait_for(lambda a=approval: state(lab, a) == "spent", 10, "the statement to run")
        card(approval, told[0]["channel"], like="approved by rita")
        cards = [m for m in SLACK.messages() if approval["id"] in json.dumps(m["blocks"]) and "Digest" in json.dumps(m["blocks"])]
        assert len(cards) == 1, cards
    _, approval = hold(lab, "delete from staging.why where id = 4")
    card(approval)
    lab.add("nightwatch", "human", None, ["dba"])
    SLACK.user("U0NIGHT", name="nightwatch")
    link(lab, "nightwatch", "U0NIGHT")
    _, later = hold(lab, "delete from staging.why where id = 5")
    wait_for(lambda: [m for m in direct("U0NIGHT") if later["id"] in json.dumps(m["blocks"])], 15, "whoever is linked now to be told")
    assert not [m for m in SLACK.messages(channel=OPS) if later["id"] in json.dumps(m["blocks"])]
    for one in (approval, later):
        lab.deny("rita", one["id"])


def asked(user, like, seconds=15):
    """The message to them with this question."""
    return wait_for(lambda: [m for m in direct(user) if like in json.dumps(m["blocks"])], seconds, f"{user} to be asked {like!r}")[-1]


def talk(lab, approval):
    return [(m["kind"], m["identity"], m["channel"], m["text"]) for m in lab.approval(approval["id"]).get("messages", [])]


def test_answer(lab):
    """a question goes to the linked owner alone, who answers by form: it stands in the approval and on every copy, as plain text, and is no decision"""
    SLACK.rate(mode="off")
    quiet(lab)
    SLACK.forget()
    client, approval = hold(lab)
    message = card(approval)
    form(RITA, message, "ask", "why <!channel> the fourth?")
    told = asked(CAROL, "why <!channel> the fourth?")
    assert SLACK.buttons(told).keys() == {"sluice.answer", "sluice.open"}, SLACK.buttons(told)
    assert len({m["channel"] for m in SLACK.messages() if m["channel"].startswith("D") and "the fourth?" in json.dumps(m["blocks"])}) == 1
    said = form(CAROL, told, "answer", "a *duplicate* of\u202e the third")
    assert "It stands with the request" in said, said
    assert talk(lab, approval)[1:] == [("answer", "carol", "slack", "a *duplicate* of\u202e the third")], talk(lab, approval)
    after = card(approval, like="a *duplicate* of")
    text = json.dumps(after["blocks"], ensure_ascii=False)
    assert "U+202E" in text and "\u202e" not in text and "why <!channel> the fourth?" in text, text
    assert DECIDING <= set(SLACK.buttons(after)), "an answer took the buttons away"
    assert state(lab, approval) == "pending" and lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 0
    wait_for(lambda: "sluice.answer" not in SLACK.buttons(asked(CAROL, "the fourth?")), 15, "the button to go")
    assert "no question waits" in wait_aside(CAROL, told, old=True), "answered twice"
    form(RITA, after, "ask", "and the fifth?")
    second = asked(CAROL, "and the fifth?")
    assert second["ts"] != told["ts"], "nobody is notified of a message that changes"
    test_answer.approval, test_answer.message = approval, second


def wait_aside(user, message, verb="answer", **how):
    """A click, and what they are told in private."""
    close_all(user)
    time.sleep(2.1)                                     # who clicks on and on is told once in a while
    before = len(SLACK.messages(ephemeral=True))
    SLACK.click(user, message["channel"], message["ts"], f"sluice.{verb}", **how)
    said = wait_for(lambda: SLACK.messages(ephemeral=True)[before:], 10, f"{user} to be told in private")[-1]
    assert said["ephemeral"] == user and not SLACK.views(user=user), said
    return json.dumps(said["blocks"])


def test_answer_refused(lab):
    """P4 who may not answer is told why, alone: a stranger, a reviewer, a guest; nor does a button of another message, a double or a late form"""
    approval, message = test_answer.approval, test_answer.message
    before = talk(lab, approval)
    button = SLACK.buttons(message)["sluice.answer"]["value"]
    assert "linked to nobody" in wait_aside(STRANGER, message)
    assert "only whoever asked" in wait_aside(RITA, message)
    on_card = card(approval)
    assert "no such button" in wait_aside(CAROL, on_card, old=True, value=button)
    assert "no such button" in wait_aside(BOB, message, verb="ask", old=True, value=button)
    SLACK.user(CAROL, is_restricted=True)
    assert "guest" in form(CAROL, message, "answer", "as a guest")
    SLACK.user(CAROL, is_restricted=False)
    assert talk(lab, approval) == before, "somebody answered"
    close_all(CAROL)
    SLACK.click(CAROL, message["channel"], message["ts"], "sluice.answer")
    first = SLACK.modal(CAROL)
    SLACK.submit(CAROL, first["id"], {fields(first)[0]: "the fifth, too"}, times=2)
    wait_for(lambda: len(talk(lab, approval)) > len(before), 10, "the answer")
    assert talk(lab, approval)[len(before):] == [("answer", "carol", "slack", "the fifth, too")], talk(lab, approval)
    close_all(CAROL)
    form(RITA, card(approval, like="the fifth, too"), "ask", "and the sixth?")
    third = asked(CAROL, "and the sixth?")
    SLACK.click(CAROL, third["channel"], third["ts"], "sluice.answer")
    late = SLACK.modal(CAROL)
    lab.deny("rita", approval["id"])
    done = SLACK.submit(CAROL, late["id"], {fields(late)[0]: "too late"})
    assert "not open any more" in json.dumps(done["answer"]), done
    wait_for(lambda: "sluice.answer" not in SLACK.buttons(asked(CAROL, "and the sixth?")), 15, "the button to go")
    close_all(CAROL)
    assert "too late" not in json.dumps(talk(lab, approval))
    SLACK.rate(mode="slack")


def test_flood(lab):
    """many holds at once: a few messages, every approval in one of them, none lost, and none of the grouped ones decides"""
    SLACK.forget()
    clients = []
    for i in range(30):
        COUNT[0] += 1
        clients.append(lab.raw())
        clients[-1].query(f"delete from staging.scratch where id = {COUNT[0]}")
    held = wait_for(lambda: len(p := lab.pending("agent-7")) >= 30 and p, 20, "the holds")
    other = lab.raw("agent-8")
    other.query("delete from staging.scratch where id = 777777")
    alone = lab.pending_one("agent-8")
    assert DECIDING <= set(SLACK.buttons(card(alone, seconds=30))), "somebody else's hold is hidden among them"
    lab.deny("rita", alone["id"])

    def all_there():
        text = json.dumps([m["blocks"] for m in SLACK.messages(channel=OPS)])
        return len([a for a in held if a["id"] in text or "more" in text]) == len(held)
    wait_for(all_there, 30, "all of them to be told")
    messages = [m for m in SLACK.messages(channel=OPS) if not m.get("ephemeral")]
    assert len(messages) < 12, len(messages)
    for one in held:
        lab.deny("rita", one["id"])
    wait_for(lambda: not [m for m in SLACK.messages(channel=OPS) if "sluice.approve" in SLACK.buttons(m)], 60, "no message to decide by")


def test_pace(lab):
    """from the hold to the message at Slack, and from the form's answer to the release: 150 and 100 ms at most, where nothing else took the machine"""
    took, released = [], []
    quiet(lab)
    for _ in range(5):
        time.sleep(1.3)
        begun = time.time()
        client, approval = hold(lab)
        card(approval)
        call = [c for c in SLACK.calls(method="chat.postMessage") if approval["id"] in json.dumps(c["args"])][0]
        took.append(call["at"] - begun)
        SLACK.click(BOB, OPS, card(approval)["ts"], "sluice.approve")
        view = SLACK.modal(BOB)
        yes = threading.Thread(target=SLACK.submit, args=(BOB, view["id"], {fields(view)[0]: "as agreed"}))
        begun = time.time()
        yes.start()
        assert client.answer().tags == ["DELETE 0"]
        released.append(time.time() - begun)
        yes.join()
        close_all(BOB)
    status, text, _ = request(f"{lab.url}/metrics")
    assert status == 200, text
    numbers = {n: float(v) for n, v in re.findall(r'^(sluice_chat_\w+){chat="slack"} (\S+)$', text, re.M)}
    assert set(numbers) == {f"sluice_chat_{n}" for n in ("messages_total", "failures_total", "waiting_messages", "hold_to_message_seconds")}, text
    assert numbers["sluice_chat_messages_total"] > 50 and numbers["sluice_chat_failures_total"] > 2, numbers
    assert 0 < numbers["sluice_chat_hold_to_message_seconds"] < 5, numbers
    for what, bar, times in (("hold to message handed over, with the client's own way", 0.150, took),
                             ("form's answer to the statement's answer", 0.100, released)):
        print(f"# {what}: {sorted(round(t * 1000) for t in times)} ms, {statistics.median(times) * 1000:.0f} in the middle")
        assert min(times) <= bar, (what, times)
