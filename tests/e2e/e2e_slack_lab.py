"""The lab's Slack is like Slack: an app of the unmodified @slack/bolt works against it, in Socket Mode and over signed HTTP."""

import base64
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import npm
from idp import Person, elsewhere
from lab import Lab, free_ports, give_back, wait_for
from slack import Slack
from slack_types import SlackTypes

HERE = pathlib.Path(__file__).resolve().parent / "slack"
LAB = {"deciders": ()}
REDIRECT = "http://127.0.0.1:9/signin/callback"
CARD = [{"type": "header", "text": {"type": "plain_text", "text": "agent-7 wants to delete"}},
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [
            {"type": "text", "text": "delete from payments where <!channel> *id* = 1"}]}]},
        {"type": "actions", "elements": [
            {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}, "value": "0192-digest", "style": "primary"},
            {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": "Open"}, "url": "https://sluice.test/a/1"}]}]


class App:
    """slack/app.mjs as a child. heard: what Slack told it, in order."""

    def __init__(self, slack, **settings):
        self.heard, self.answers, self.came = [], [], threading.Condition()
        self.child = subprocess.Popen([npm.node_20(), "app.mjs"], cwd=npm.installed(HERE), text=True, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        self.write({"api": slack.api, "bot_token": slack.bot_token, "app_token": slack.app_token,
                    "signing_secret": slack.signing_secret, **settings})
        threading.Thread(target=self.read, daemon=True).start()
        self.wait(lambda: self.answers, "the app's start")
        assert self.answers.pop(0) == {"ready": True}

    def write(self, what):
        self.child.stdin.write(json.dumps(what) + "\n")
        self.child.stdin.flush()

    def read(self):
        for line in self.child.stdout:
            said = json.loads(line)
            with self.came:
                (self.heard if "heard" in said else self.answers).append(said)
                self.came.notify_all()
        with self.came:
            self.answers.append({"failed": "the app ended"})
            self.came.notify_all()

    def wait(self, condition, what, seconds=30):
        with self.came:
            assert self.came.wait_for(condition, seconds), f"{what} did not come in {seconds} s: {self.heard}"

    def call(self, method, **args):
        """One call of the Web API by Slack's own client: its answer; or its error, as a text."""
        self.write({"method": method, **args})
        self.wait(lambda: self.answers, f"the answer to {method}")
        said = self.answers.pop(0)
        return said.get("said") or said["failed"]

    def all(self, kind):
        return [h for h in list(self.heard) if h["heard"] == kind]

    def hears(self, kind, count=1):
        self.wait(lambda: len([h for h in self.heard if h["heard"] == kind]) >= count, f"{count} of {kind}")
        return self.all(kind)[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class World:
    """A Slack with a channel and people, and an app in it."""

    def __init__(self, lab, mode="socket", **settings):
        self.slack, self.ports = Slack(lab.folder), free_ports(1) if mode == "http" else []
        try:
            self.slack.channel("C0PAY", name="payments")
            self.slack.user("U0RITA", name="rita", email="rita@corp.test")
            self.slack.user("U0GUEST", name="gus", is_ultra_restricted=True, is_restricted=True)
            self.slack.user("U0OTHER", name="olga", team_id="T0OTHER99", is_stranger=True)
            self.url = f"http://127.0.0.1:{self.ports[0]}/slack/events" if self.ports else None
            self.app = App(self.slack, mode=mode, port=self.ports[0] if self.ports else None, **settings)
        except BaseException:
            self.slack.stop()
            raise
        self.app.url = self.url
        self.slack.interactivity(url=self.url)

    def __enter__(self):
        return self.slack, self.app

    def __exit__(self, *_):
        self.app.__exit__()
        self.slack.stop()
        give_back(self.ports)


def decides(slack, app):
    """The whole way of a decision, once."""
    posted = app.call("chat.postMessage", channel="C0PAY", text="agent-7 wants to delete", blocks=CARD)
    card = slack.one(channel="C0PAY")
    assert posted["ts"] == card["ts"] and slack.buttons(card)["approve"]["value"] == "0192-digest", posted
    done = slack.click("U0RITA", "C0PAY", card["ts"], "approve")
    assert done["acked"] and len(done["attempts"]) == 1, done
    heard = app.hears("block_actions")
    assert heard["user"]["id"] == "U0RITA" and heard["value"] == "0192-digest" and heard["team"]["id"] == slack.team, heard
    view = slack.modal("U0RITA")
    done = slack.submit("U0RITA", view["id"], {"reason": "ok"})
    assert done["answer"] == {"response_action": "errors", "errors": {"why": "Say more"}}, done
    assert slack.modal("U0RITA")["errors"] == {"why": "Say more"}
    assert slack.submit("U0RITA", view["id"], {"why": {"reason": "as agreed"}})["acked"]
    wait_for(lambda: len(slack.one(channel="C0PAY")["history"]) == 2, 10, "the card's new version")
    card = slack.one(channel="C0PAY")
    assert card["text"] == "approved by rita" and slack.buttons(card) == {} and not slack.views(), card
    assert slack.buttons(card["history"][0]) != {}, "what it was before is not kept"
    assert app.all("error") == [], app.all("error")


def test_socket(lab):
    """Socket Mode: a message, its click, a modal, errors in it, the decision, the new message"""
    with World(lab) as (slack, app):
        decides(slack, app)
        assert len(slack.sockets()) == 1 and slack.sockets()[0]["acked"] == 3, slack.sockets()


def test_http(lab):
    """signed HTTP: the same"""
    with World(lab, "http") as (slack, app):
        assert slack.verify_url(url=None)["agreed"]
        decides(slack, app)
        assert slack.sockets() == []


class Ours:
    """core/chat itself (tests/oracle/check_slack.c): what it says of what this Slack says."""

    def __enter__(self):
        program = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "tests" / "oracle" / "check_slack"
        self.child = subprocess.Popen([program], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        assert self.child.wait(10) == 0
        self.child.stdout.close()

    def ask(self, **what):
        self.child.stdin.write(json.dumps(what) + "\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def verifies(self, slack, request):
        heads = request["headers"]
        return self.ask(verify={"secret": slack.signing_secret, "timestamp": heads.get("X-Slack-Request-Timestamp", ""),
                                "signature": heads.get("X-Slack-Signature", ""), "body": request["body"], "now": int(time.time())})


def test_signatures(lab):
    """bolt's receiver and our own function take what is signed well and now, and nothing else"""
    with World(lab, "http") as (slack, app), Ours() as ours:
        ts = posted(slack, app)

        def verdicts(**how):
            done = slack.click("U0RITA", "C0PAY", ts, "approve", **how)
            return done["attempts"][0]["status"] == 200, ours.verifies(slack, done["request"])

        for how in ({"sign": "forged"}, {"sign": "none"}, {"sign": "v1"}, {"sign": "empty"}, {"sign": "body"}, {"age_s": 310}, {"age_s": 86400}):
            assert verdicts(**how) == (False, False), how
        assert app.all("block_actions") == []
        for how in ({}, {"age_s": 200}, {"age_s": -200}, {"change": {"actions": None}}):
            assert verdicts(**how)[1], how
        app.hears("block_actions", 3)
        assert verdicts(age_s=-400) == (True, False), "bolt takes what is signed for the future; we do not"


OURS = {"id": "01932f6a-7d1c-7aaa-8bbb-0123456789ab", "digest": "ab" * 32, "identity": "agent-7", "why": "scratch is watched",
        "reason": "<!channel> *now*", "statement": "delete from staging.scratch where id = 1 -- <@U0RITA> \u202e"}


def call(slack, method, token=None, seconds=10, **args):
    """One call of the Web API by nobody's client."""
    request = urllib.request.Request(slack.api + method, json.dumps(args).encode(), {
        "Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token or slack.bot_token}"})
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        return json.load(answer)


def a_click(slack):
    """The payload of rita's click on Approve of the newest card, or on any card that she could decide by."""
    card = slack.one(channel="C0PAY")
    return slack.click("U0RITA", "C0PAY", card["ts"], "sluice.approve", value=f"{OURS['id']} {OURS['digest']}", retry=False)["payload"]


def test_ours(lab):
    """our card is taken by this Slack, its click and its form are read back as what they were, by our code and by bolt's"""
    with World(lab, open=False) as (slack, app), Ours() as ours:
        body = ours.ask(card={**OURS, "decides": True}, channel="C0PAY")
        ts = app.call("chat.postMessage", **body)["ts"]
        card = slack.one(channel="C0PAY")
        told = json.dumps(card["blocks"], ensure_ascii=False)
        assert "\u202e" not in told and "mrkdwn" not in told and card["ts"] == ts, told
        assert any(e.startswith("sluice.") for e in slack.buttons(card)), slack.buttons(card)
        click = json.dumps(slack.click("U0RITA", "C0PAY", ts, "sluice.approve", retry=False)["payload"])
        said = ours.ask(read=click, team=slack.team)
        assert (said["event"], said["verb"], said["user"], said["foreign"], said["digest"]) == ("click", "approve", "U0RITA", False, "ab" * 32), said
        assert said["approval"] == OURS["id"] and said["message"] == ts and said["channel"] == "C0PAY", said
        stranger = slack.click("U0OTHER", "C0PAY", ts, "sluice.approve", retry=False)["payload"]
        assert ours.ask(read=json.dumps(stranger), team=slack.team)["foreign"]
        opened = app.call("views.open", **ours.ask(form=click, team=slack.team, card=OURS))
        done = slack.submit("U0RITA", opened["view"]["id"], {"text": "as agreed"}, retry=False)
        said = ours.ask(read=json.dumps(done["payload"]), team=slack.team)
        assert (said["event"], said["verb"], said["text"], said["foreign"]) == ("form", "approve", "as agreed", False), said
        assert app.call("chat.update", **ours.ask(card={**OURS, "outcome": "approved by rita"}, channel="C0PAY", ts=ts))["ts"] == ts
        over = slack.buttons(slack.one(channel="C0PAY"))
        assert not over.keys() & {"sluice.approve", "sluice.deny"}, over
        whys = {u: ours.ask(refused=json.dumps({"ok": True, **app.call("users.info", user=u)}), team=slack.team, user=u)
                for u in ("U0RITA", "U0GUEST", "U0OTHER", slack.bot_user)}
        assert [u for u, why in whys.items() if why == ""] == ["U0RITA"], whys


def test_reconnects(lab):
    """told to refresh, it comes back with another socket; a socket that is cut too"""
    with World(lab) as (slack, app):
        first = slack.ready()[0]["n"]
        slack.disconnect(reason="refresh_requested")
        wait_for(lambda: any(s["n"] > first and s["hello"] for s in slack.sockets()), 20, "another socket")
        decides(slack, app)
        second = max(s["n"] for s in slack.sockets())
        slack.drop(how="cut")
        wait_for(lambda: any(s["n"] > second and s["hello"] for s in slack.sockets()), 20, "a third socket")
        slack.forget()
        app.call("chat.postMessage", channel="C0PAY", text="x", blocks=CARD)
        assert slack.click("U0RITA", "C0PAY", slack.one(channel="C0PAY")["ts"], "approve")["acked"]
        opened = slack.counters()["apps.connections.open"]["calls"] if "apps.connections.open" in slack.counters() else 0
        assert opened == 0, "a ticket was asked for, though the socket stood"


def posted(slack, app, **more):
    """The ts of a new card."""
    return app.call("chat.postMessage", channel="C0PAY", text="x", blocks=CARD, **more)["ts"]


def test_late_and_double(lab):
    """what is not acknowledged in 3 s comes again, in the same envelope; twice, out of order, late: as it was asked for"""
    with World(lab, slow_ms=1500, open=False) as (slack, app):
        slack.settings(ack_s=1)
        ts = posted(slack, app)
        done = slack.click("U0RITA", "C0PAY", ts, "approve")
        assert done["acked"] and [a["status"] for a in done["attempts"]] == ["timeout", "acked"], done["attempts"]
        app.hears("block_actions", 2)
        assert len({h["trigger"] for h in app.all("block_actions")}) == 1
        done = slack.click("U0RITA", "C0PAY", ts, "approve", retry=False)
        assert not done["acked"] and done["error"] == "timeout", done
        app.hears("block_actions", 3)
        slack.settings(ack_s=3)
        slack.click("U0RITA", "C0PAY", ts, "approve", times=2)
        app.hears("block_actions", 5)
        held = [slack.click("U0RITA", "C0PAY", ts, "approve", value=v, hold=True)["id"] for v in ("first", "second")]
        assert len(app.all("block_actions")) == 5
        for one in reversed(held):
            slack.release(ids=[one])
        app.hears("block_actions", 7)
        assert [h["value"] for h in app.all("block_actions")[-2:]] == ["second", "first"]
        assert slack.replay(id=held[0])["acked"] and app.hears("block_actions", 8)["value"] == "first"


def test_late_trigger(lab):
    """a modal cannot be opened when the click is older than 3 s, nor twice with one click"""
    with World(lab, open=False) as (slack, app):
        slack.settings(trigger_s=1)
        ts = posted(slack, app)
        slack.click("U0RITA", "C0PAY", ts, "approve", delay_s=1.2)
        view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [{"type": "divider"}]}
        assert app.call("views.open", trigger_id=app.hears("block_actions")["trigger"], view=view) == "expired_trigger_id"
        slack.settings(trigger_s=3)
        slack.click("U0RITA", "C0PAY", ts, "approve")
        trigger = app.hears("block_actions", 2)["trigger"]
        assert app.call("views.open", trigger_id=trigger, view=view)["view"]["id"] == slack.modal("U0RITA")["id"]
        assert app.call("views.open", trigger_id=trigger, view=view) == "exchanged_trigger_id"
        assert app.call("views.open", trigger_id="1.2.3", view=view) == "invalid_trigger_id"


def test_people(lab):
    """users.info tells guests, strangers and other teams; whoever clicks is named with their team; a closed modal is told"""
    with World(lab) as (slack, app):
        slack.user("U0GONE", deleted=True)
        known = {u: app.call("users.info", user=u)["user"] for u in ("U0RITA", "U0GUEST", "U0OTHER", "U0GONE", slack.bot_user)}
        said = {u: [n for n in ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted") if k[n]] for u, k in known.items()}
        assert said == {"U0RITA": [], "U0GUEST": ["is_restricted", "is_ultra_restricted"], "U0OTHER": ["is_stranger"], "U0GONE": ["deleted"],
                        slack.bot_user: ["is_bot"]}, said
        assert known["U0OTHER"]["team_id"] == "T0OTHER99" and known["U0RITA"]["profile"]["email"] == "rita@corp.test"
        assert app.call("users.info", user="U0NOBODY") == "user_not_found"
        direct = app.call("conversations.open", users="U0RITA")["channel"]["id"]
        assert app.call("chat.postMessage", channel=direct, text="to you")["channel"] == direct
        assert app.call("chat.postMessage", channel="U0RITA", text="to you too")["channel"] == direct
        assert app.call("conversations.open", users="U0GONE") == "user_disabled"
        told = app.call("chat.postEphemeral", channel="C0PAY", user="U0GUEST", text="you may not")
        assert slack.one(channel="C0PAY", ephemeral=True)["ts"] == told["message_ts"]
        slack.click("U0OTHER", "C0PAY", posted(slack, app), "approve")
        assert app.hears("block_actions")["user"]["team_id"] == "T0OTHER99"
        slack.close(user="U0OTHER", view=slack.modal("U0OTHER")["id"])
        assert app.hears("view_closed")["user"]["id"] == "U0OTHER" and not slack.views(user="U0OTHER")
        slack.event(event={"type": "app_mention", "text": "hello", "user": "U0RITA", "channel": "C0PAY", "ts": "1.1"})
        assert app.hears("app_mention")["text"] == "hello"
        done = slack.command(user="U0RITA", channel="C0PAY", command="/sluice", text="list")
        assert app.hears("command")["text"] == "list" and done["answer"]["text"] == "nothing waits", done


def plain(text):
    return {"type": "plain_text", "text": text}


def button(**more):
    return {"type": "actions", "elements": [{"type": "button", "text": plain("b"), "action_id": "a", **more}]}


REFUSED = [
    [{"type": "divider"}] * 51, [{"type": "section", "text": plain("x" * 3001)}], [{"type": "header", "text": plain("x" * 151)}],
    [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], [{"type": "section"}], [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    [button(text=plain("x" * 76))], [button(value="x" * 2001)], [button(action_id="x" * 256)], [button(style="green")], [button(colour="x")],
    [button(url="javascript:alert(1)")], [button(url="x" * 3001)], [{"type": "sektion", "text": plain("x")}], [{"text": plain("x")}], ["text"],
    [{"type": "actions", "elements": [{"type": "knob", "action_id": "a"}]}], [{"type": "context", "elements": [plain("x")] * 11}],
    [{"type": "rich_text", "elements": [{"type": "rich_text_code", "elements": []}]}], [{"type": "actions", "elements": []}],
    [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}], [{"type": "section", "fields": [plain("x" * 2001)]}]]
TAKEN = [
    [{"type": "divider"}] * 50, [{"type": "section", "text": plain("x" * 3000)}], [{"type": "header", "text": plain("\U0001f600" * 150)}],
    [button(text=plain("x" * 75), value="x" * 2000, action_id="x" * 255, url="https://sluice.test/", style="danger")],
    [{"type": "context", "elements": [plain("x")] * 10}], [{"type": "section", "fields": [plain("x" * 2000)]}],
    [{"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x" * 12000}]}]}]]


def test_limits(lab):
    """Slack's limits: what is too long, too much or unknown is refused, and one less is taken"""
    with World(lab) as (slack, app):
        slack.rate(mode="off")
        for blocks in REFUSED:
            said = app.call("chat.postMessage", channel="C0PAY", text="x", blocks=blocks)
            assert said == "invalid_blocks", (said, json.dumps(blocks)[:200])
        assert slack.messages() == []
        for blocks in TAKEN:
            assert "ts" in app.call("chat.postMessage", channel="C0PAY", text="x", blocks=blocks), json.dumps(blocks)[:200]
        much = [{"type": "section", "text": plain("x" * 3000)}] * 5
        assert app.call("chat.postMessage", channel="C0PAY", text="x", blocks=much) == "msg_blocks_too_long"
        assert app.call("chat.postMessage", channel="C0PAY", text="x" * 40001) == "msg_too_long"
        assert app.call("chat.postMessage", channel="C0PAY", text="") == "no_text"
        slack.click("U0RITA", "C0PAY", posted(slack, app), "approve")
        shown = {"type": "modal", "title": plain("t"), "submit": plain("s"), "blocks": [{"type": "divider"}]}
        for wrong in ({"title": plain("x" * 25)}, {"private_metadata": "x" * 3001}, {"submit": plain("x" * 25)}, {"type": "window"},
                      {"callback_id": "x" * 256}, {"blocks": []}, {"extra": 1}):
            said = app.call("views.update", view_id=slack.modal("U0RITA")["id"], view={**shown, **wrong})
            assert said == "invalid_arguments", (said, wrong)
        view = app.call("views.update", view_id=slack.modal("U0RITA")["id"], view={**shown, "private_metadata": "x" * 3000, "title": plain("x" * 24)})
        assert len(view["view"]["private_metadata"]) == 3000


# Of REFUSED, what no type tells: an empty text, neither text nor fields, an address that is none, no element, a name twice
NO_TYPE_TELLS = (3, 4, 11, 19, 20)


def test_types(lab):
    """a JSON Schema generated from @slack/types: what this Slack takes is right by it, our cards and forms too; what it refuses is refused"""
    with SlackTypes() as types, Slack(lab.folder) as slack, Ours() as ours:
        slack.channel("C0PAY")
        slack.user("U0RITA")
        slack.rate(mode="off")
        for blocks in [CARD, *TAKEN]:
            assert types.wrong(blocks=blocks) == [], json.dumps(blocks)[:200]
        assert [n for n, blocks in enumerate(REFUSED) if types.wrong(blocks=blocks) == []] == list(NO_TYPE_TELLS)
        for statement in ("select 1", "x" * 2900, "\u202e" * 2900, "delete from a;\n" * 5000, "\U0001f600" * 2900, "\x1b\x07", "&<>\"" * 700):
            for more in ({"decides": True}, {}, {"outcome": "approved by rita, ran: 3 rows"}, {"reason": "r" * 5000, "why": "w" * 5000}):
                body = ours.ask(card={**OURS, "statement": statement, **more}, channel="C0PAY")
                said = call(slack, "chat.postMessage", **body)
                assert said["ok"], (said, statement[:20], more)
                opened = ours.ask(card={**OURS, "statement": statement, **more}, team=slack.team, form=json.dumps(a_click(slack)))
                said = call(slack, "views.open", **opened)
                assert said["ok"], (said, statement[:20])
        assert types.wrong_at(slack) == []


def test_refusals(lab):
    """channels, messages and tokens that are not there or no longer good; what is no call"""
    with World(lab) as (slack, app):
        slack.channel("C0ALONE", member=False)
        ts = posted(slack, app)
        assert app.call("chat.postMessage", channel="C0NOWHERE", text="x") == "channel_not_found"
        assert app.call("chat.postMessage", channel="C0ALONE", text="x") == "not_in_channel"
        assert app.call("chat.update", channel="C0PAY", ts="1.2", text="x") == "message_not_found"
        assert app.call("chat.postMessage", channel="C0PAY", text="x", thread_ts="1.2") == "thread_not_found"
        reply = app.call("chat.postMessage", channel="C0PAY", text="done", thread_ts=ts)
        assert [m["ts"] for m in slack.messages(thread_ts=ts)] == [reply["ts"]]
        assert ts.replace(".", "") in app.call("chat.getPermalink", channel="C0PAY", message_ts=ts)["permalink"]
        assert app.call("chat.shout", channel="C0PAY") == "unknown_method"
        for state, error in (("revoked", "token_revoked"), ("inactive", "account_inactive"), ("unknown", "invalid_auth")):
            slack.tokens(bot=state)
            assert app.call("auth.test") == error
        slack.tokens(bot="good")
        assert app.call("auth.test")["team_id"] == slack.team
        assert app.call("apps.connections.open") == "not_allowed_token_type"
        secrets = json.dumps([slack.calls(), slack.messages(), slack.deliveries()])
        assert slack.bot_token not in secrets and slack.app_token not in secrets


def test_rate(lab):
    """429 with Retry-After for each channel; Slack's own client waits and then gets through"""
    with World(lab) as (slack, app):
        slack.channel("C0OPS")
        slack.rate(mode="strict")
        begun = time.monotonic()
        posted(slack, app)
        assert "ts" in app.call("chat.postMessage", channel="C0OPS", text="another channel")
        posted(slack, app)
        assert time.monotonic() - begun > 0.9, "it did not wait"
        asked = slack.calls(method="chat.postMessage")
        assert [c["status"] for c in asked if c["channel"] == "C0PAY"] == [200, 429, 200], asked
        assert [c["status"] for c in asked if c["channel"] == "C0OPS"] == [200], "one channel waited for another"


def test_trouble(lab):
    """errors, statuses, silence and lost answers come as they are asked for, and end"""
    with World(lab) as (slack, app):
        slack.rate(mode="off")
        slack.trouble(method="chat.postMessage", error="msg_blocks_too_long", times=1)
        assert app.call("chat.postMessage", channel="C0PAY", text="x") == "msg_blocks_too_long"
        assert "ts" in app.call("chat.postMessage", channel="C0PAY", text="x")
        slack.trouble(method="chat.postMessage", status=500, times=1)
        slack.trouble(method="chat.postMessage", cut=True, times=1)
        slack.trouble(method="chat.postMessage", error="ratelimited", retry_after=1, times=1)
        assert "ts" in app.call("chat.postMessage", channel="C0PAY", text="y")
        assert [c["error"] for c in slack.calls(method="chat.postMessage")][-4:] == ["ratelimited", "cut", "status", None]
        slack.trouble(method="chat.postMessage", lost=True, times=1)
        app.call("chat.postMessage", channel="C0PAY", text="twice")
        assert [m["text"] for m in slack.messages()].count("twice") == 2, "its answer was lost, so the client said it again"
        slack.trouble(method="auth.test", slow_s=1, times=1)
        begun = time.monotonic()
        assert app.call("auth.test")["ok"] and time.monotonic() - begun >= 1
        number = slack.trouble(method="*", channel="C0PAY", error="channel_not_found")
        assert app.call("chat.postMessage", channel="C0PAY", text="x") == "channel_not_found" and app.call("auth.test")["ok"]
        slack.calm(trouble=number)
        assert "ts" in app.call("chat.postMessage", channel="C0PAY", text="x")
        assert slack.counters()["chat.postMessage"]["errors"]["channel_not_found"] == 1


def test_answers(lab):
    """silence, a page, half an answer, a huge one; forms as well as JSON; whose token; who is not there"""
    with Slack(lab.folder) as slack:
        slack.channel("C0PAY")
        assert call(slack, "auth.test", "xoxb-another") == {"ok": False, "error": "invalid_auth"}
        for trouble, expected in (({"silence": True}, TimeoutError), ({"status": 503}, urllib.error.HTTPError), ({"garbage": True}, json.JSONDecodeError),
                                  ({"cut": True}, OSError)):
            slack.trouble(method="auth.test", times=1, **trouble)
            try:
                said = call(slack, "auth.test", seconds=1)
            except expected:
                continue
            raise AssertionError((trouble, said))
        slack.trouble(method="auth.test", times=1, huge=600000)
        assert len(call(slack, "auth.test")["padding"]) == 600000
        form = urllib.parse.urlencode({"token": slack.bot_token, "channel": "C0PAY", "text": "by a form", "blocks": json.dumps(CARD)}).encode()
        with urllib.request.urlopen(slack.api + "chat.postMessage", form, timeout=10) as answer:
            assert json.load(answer)["message"]["blocks"][0]["type"] == "header"
        for body, kind, error in ((b"{", "application/json", "invalid_json"), (b"[]", "application/json", "json_not_object"), (b"x", "text/plain", "invalid_post_type"),
                                  (b"{}", "application/json", "not_authed")):
            with urllib.request.urlopen(urllib.request.Request(slack.api + "auth.test", body, {"Content-Type": kind}), timeout=10) as answer:
                assert json.load(answer)["error"] == error, (body, kind)
        done = slack.event(event={"type": "app_mention", "text": "nobody hears it"}, retry=False)
        assert not done["acked"] and done["error"] == "no socket is open", done
        assert [c["error"] for c in slack.calls(method="auth.test")][:5] == ["invalid_auth", "silence", "status", "garbage", "cut"]


def test_again_over_http(lab):
    """the same request twice at once, and its very bytes once more; an event that is refused comes again, and says so"""
    with World(lab, "http", open=False) as (slack, app):
        ts = posted(slack, app)
        done = slack.click("U0RITA", "C0PAY", ts, "approve", times=2)
        assert done["attempts"][0]["all"] == [200, 200], done
        app.hears("block_actions", 2)
        assert slack.replay(id=done["id"], times=2)["all"] == [200, 200]
        assert len({h["trigger"] for h in app.all("block_actions")}) == 1
        app.hears("block_actions", 4)
        slack.settings(ack_s=0.3, redeliver=2)
        done = slack.event(event={"type": "app_mention", "text": "x"}, sign="forged")
        assert [a["status"] for a in done["attempts"]] == [401, 401, 401] and done["request"]["headers"]["X-Slack-Retry-Num"] == "2", done
        assert slack.post(body="payload=%7B", sign="good")["status"] >= 400
        assert not slack.verify_url(url=None, sign="forged")["agreed"]


class Raw:
    """A WebSocket of a few lines: what the server says, message by message."""

    def __init__(self, url):
        where = urllib.parse.urlsplit(url)
        self.wire = socket.create_connection((where.hostname, where.port), timeout=10)
        self.file = self.wire.makefile("rb")
        self.wire.sendall(f"GET {where.path}?{where.query} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        head = b"".join(iter(self.file.readline, b"\r\n"))
        self.status = int(head.split()[1])

    def frame(self):
        """(opcode, bytes); (None, b"") at the end of it, (255, b"") for what is no frame."""
        try:
            head = self.file.read(2)
        except OSError:
            head = b""
        if len(head) < 2 or head[0] == 0xff:
            return (head[0] if head else None), b""
        size = head[1] & 127
        size = int.from_bytes(self.file.read({126: 2, 127: 8}[size]), "big") if size > 125 else size
        return head[0], self.file.read(size)

    def message(self):
        opcode, data = self.frame()
        assert opcode == 0x81, (opcode, data)
        return json.loads(data)

    def close(self):
        self.file.close()
        self.wire.close()


def ticket(slack):
    return call(slack, "apps.connections.open", slack.app_token)


def test_sockets(lab):
    """a ticket opens one socket; ten at most; a warning closes nothing; a refresh closes; bad frames as they are asked for"""
    with Slack(lab.folder) as slack:
        url = ticket(slack)["url"]
        one = Raw(url)
        said = one.message()
        assert said["type"] == "hello" and said["num_connections"] == 1 and said["connection_info"]["app_id"] == slack.app_id, said
        assert Raw(url).status == 403 and Raw(url.replace("ticket=", "ticket=0")).status == 403
        others = []
        for number in range(2, 11):
            others.append(Raw(ticket(slack)["url"]))
            assert others[-1].message()["num_connections"] == number
        last = Raw(ticket(slack)["url"])
        assert last.message()["reason"] == "too_many_websockets" and last.frame()[0] == 0x88
        slack.disconnect(reason="warning", socket=1)
        assert one.message() == {"type": "disconnect", "reason": "warning", "debug_info": said["debug_info"] and {"host": said["debug_info"]["host"]}}
        slack.say(text="still there", socket=1)
        assert one.frame() == (0x81, b"still there")
        slack.disconnect(reason="refresh_requested", socket=1, close_after_s=0)
        assert one.message()["reason"] == "refresh_requested" and one.frame()[0] == 0x88
        for how, expected in (("binary", 0x82), ("fragment", 0x01), ("latin1", 0x81), ("garbage", 0xff), ("close", 0x88), ("cut", None)):
            other = others.pop()
            slack.drop(how=how, socket=len(others) + 2)
            assert other.frame()[0] == expected, how
        slack.drop(how="huge", bytes=300000, socket=2)
        assert len(others[0].frame()[1]) > 300000
        slack.settings(ping_s=0.2)
        late = Raw(ticket(slack)["url"])
        assert late.message()["type"] == "hello" and late.frame() == (0x89, b"lab")
        slack.disconnect(reason="link_disabled", close_after_s=0)
        assert ticket(slack) == {"ok": False, "error": "socket_mode_disabled"}
        slack.link(on=True)
        assert ticket(slack)["ok"]
        assert slack.sockets() == []
        assert slack.said() == "", slack.said()


def signed_in(slack, user, **asked):
    """The ID token's header and claims by the whole flow, and what the token method said."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    there = f"{slack.url}/openid/connect/authorize?" + urllib.parse.urlencode({
        "client_id": slack.client_id, "response_type": "code", "scope": "openid profile email", "redirect_uri": REDIRECT, "state": "st",
        "nonce": "no", "code_challenge": challenge, "code_challenge_method": "S256"})
    back = urllib.parse.parse_qs(urllib.parse.urlsplit(slack.sign_in(there, user, REDIRECT)).query)
    assert back["state"] == ["st"], back
    said = exchange(slack, **{"code": back["code"][0], "redirect_uri": REDIRECT, "code_verifier": verifier, **asked})
    parts = said.get("id_token", "").split(".")
    return [json.loads(base64.urlsafe_b64decode(p + "==")) for p in parts[:2] if p], said


def exchange(slack, **more):
    form = {"client_id": slack.client_id, "client_secret": slack.client_secret, "grant_type": "authorization_code", **more}
    with urllib.request.urlopen(slack.api + "openid.connect.token", urllib.parse.urlencode(form).encode(), timeout=10) as answer:
        return json.load(answer)


def test_openid(lab):
    """Sign in with Slack: the code once and for its client, redirect and verifier; Slack's claims; a lie on command"""
    with Slack(lab.folder) as slack:
        slack.user("U0RITA", name="rita", email="rita@corp.test")
        (header, claims), said = signed_in(slack, "U0RITA")
        assert header["alg"] == "RS256" and claims["iss"] == slack.issuer and claims["aud"] == slack.client_id and claims["nonce"] == "no"
        assert claims["sub"] == claims["https://slack.com/user_id"] == "U0RITA" and claims["https://slack.com/team_id"] == slack.team, claims
        assert said["ok"] and said["token_type"] == "Bearer"
        for wrong, error in (({"client_secret": "x"}, "bad_client_secret"), ({"code": "x"}, "invalid_code"), ({"redirect_uri": "http://127.0.0.1:9/"},
                             "bad_redirect_uri"), ({"code_verifier": "w" * 43}, "invalid_code_verifier"), ({"client_id": "9.9"}, "invalid_client_id")):
            assert signed_in(slack, "U0RITA", **wrong)[1] == {"ok": False, "error": error}, wrong
        slack.openid(claims={"https://slack.com/team_id": "T0OTHER99", "nonce": None}, alg="none")
        (header, claims), said = signed_in(slack, "U0RITA")
        assert header["alg"] == "none" and claims["https://slack.com/team_id"] == "T0OTHER99" and "nonce" not in claims and said["id_token"].endswith(".")


def test_sluice_signs_in(lab):
    """Sluice itself signs somebody in with this Slack, as with any provider; not with a lie of it, and not who is not linked"""
    with Slack(lab.folder) as slack:
        def change(config):
            config["issuers"] = [{"name": "slack", "issuer": slack.issuer, "client_id": slack.client_id, "client_secret_file": "slack.secret"}]

        slack.user("U0RITA", name="rita")
        slack.user("U0SAM", name="sam")
        with Lab(change, start=False) as there:
            (there.folder / "slack.secret").touch(0o600)
            (there.folder / "slack.secret").write_text(slack.client_secret)
            there.start()
            there.manage("identity", "account", "rita", "--issuer", "slack", "--subject", "U0RITA", check=True)

            def comes_back(user):
                who = Person(elsewhere())
                _, _, away = who.once(f"{there.url}/v1/signin/slack")
                status, text, next_page = who.once(slack.sign_in(away, user, f"{there.url}/", person=who))
                return status == 303 and next_page == f"{there.url}/" and "__Host-sluice" in who.cookies(there.url), (status, text)

            good, why = comes_back("U0RITA")
            assert good, why
            assert not comes_back("U0SAM")[0]
            slack.openid(claims={"nonce": "another"})
            assert not comes_back("U0RITA")[0]
            slack.openid(claims={}, key="other")
            assert not comes_back("U0RITA")[0]
            slack.openid(key="own", alg="none")
            assert not comes_back("U0RITA")[0]
            slack.openid(alg="RS256", error="access_denied")
            assert not comes_back("U0RITA")[0]
            slack.openid(error=None)
            assert comes_back("U0RITA")[0]
