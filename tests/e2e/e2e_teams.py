"""Teams: what Microsoft's own libraries make of our cards, and a bot of theirs against the Bot Framework of the tests."""

import json
import os
import pathlib
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import npm
from lab import free_ports, give_back, wait_for
from teams import Teams

HERE = pathlib.Path(__file__).resolve().parent / "teams"
EMIT = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")) / "tests/unit/emit_teams"
PLACE = "19:general@thread.tacv2"


def emitted(count):
    done = subprocess.run([EMIT, str(count)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def checked(lines, types=40):
    done = subprocess.run(["node", "check.mjs", str(types)], cwd=npm.installed(HERE), input="\n".join(lines), capture_output=True,
                          text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def deciding():
    return next(line for line in emitted(60) if json.loads(line)["decides"] and json.loads(line)["kind"] == "card")


def test_cards(_lab):
    """hundreds of hostile cards: adaptivecards parses, validates and renders them, @microsoft/teams.cards types them"""
    lines = emitted(150)
    said = checked(lines)
    assert said["wrong"] == [], said["wrong"]
    assert said["checked"] == len(lines) > 450 and said["deciding"] > 20 and said["answering"] > 20 and said["typed"] >= 40, said


def test_wrong_cards(_lab):
    """a card that is wrong, or in which a stranger's Markdown lives, is found by that check"""
    good = json.loads(deciding())

    def with_card(change):
        line = json.loads(json.dumps(good))
        change(line["message"]["attachments"][0]["content"])
        return json.dumps(line)

    question = json.loads(next(line for line in emitted(60) if json.loads(line)["decides"] and json.loads(line)["kind"] == "question"))
    assert checked([json.dumps(question)], 1)["wrong"] == []
    question["message"]["attachments"][0]["content"]["actions"].insert(0, good["message"]["attachments"][0]["content"]["actions"][0])
    wrong = [
        json.dumps(question),
        with_card(lambda c: c["body"].append({"type": "TextBox", "text": "x"})),
        with_card(lambda c: c["body"].append({"type": "TextBlock", "text": "[here](https://evil.example)"})),
        with_card(lambda c: c["body"].append({"type": "TextBlock", "text": "**bold**"})),
        with_card(lambda c: c["body"].append({"type": "TextBlock", "text": "x" * 20000})),
        with_card(lambda c: c["actions"].pop(0)),
        with_card(lambda c: c["actions"][0].update(style="dangerous")),
        with_card(lambda c: c.update(version="1.6")),
    ]
    for line in wrong:
        assert checked([line], 1)["wrong"] != [], line
    assert checked([json.dumps(good)], 1)["wrong"] == []


class Bot:
    """teams/bot.mjs: what it says, as it says it."""

    def __init__(self, teams, folder):
        self.port, = free_ports(1)
        setting = {"base": teams.base, "app": teams.app, "tenant": teams.tenant, "secret": teams.secret, "port": self.port,
                   "card": json.loads(deciding())["message"]["attachments"][0]["content"]}
        with open(pathlib.Path(folder) / "bot.stderr", "ab") as log:
            # pylint: disable-next=consider-using-with
            self.child = subprocess.Popen(["node", "bot.mjs", json.dumps(setting)], cwd=npm.installed(HERE), text=True,
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.said = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(lambda: "ready" in self.said, 20, "the bot to be there")
        teams.bot(url=f"http://127.0.0.1:{self.port}/api/messages")

    def _read(self):
        for line in self.child.stdout:
            self.said.append(json.loads(line))

    def heard(self, what, count=1):
        """The count-th of those that say `what`, as soon as it is there."""
        def found():
            return [s for s in self.said if isinstance(s, dict) and what in s][count - 1:count]
        return wait_for(found, 10, f"the bot to say {what}, not {self.said}")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(10)
        give_back([self.port])


def test_official_bot(lab):
    """a bot by Microsoft's SDK is installed, posts our card, hears the press, reads the member, updates and writes back"""
    with Teams(lab.folder) as teams, Bot(teams, lab.folder) as bot:
        rita, gina = teams.person(name="rita"), teams.person(name="gina", role="guest")
        teams.conversation(id=PLACE, people=[rita, gina])
        assert teams.install(conversation=PLACE, who=rita)["status"] == 200, bot.said
        card = bot.heard("welcomed")["welcomed"]
        said = teams.press(who=rita, conversation=PLACE, message=card, verb="sluice.approve", text="fine")
        assert said["status"] == 200 and said["json"]["value"] == "done by execute", (said, bot.said)
        heard = bot.heard("executed")
        assert heard["executed"]["data"]["reason"] == "fine" and heard["executed"]["verb"] == "sluice.approve"
        assert (heard["by"], heard["role"], heard["tenant"]) == (rita, "user", teams.tenant)
        assert [m["versions"][0]["text"] for m in teams.messages(conversation=f"a:1{rita[:8]}")] == ["you decided"], bot.said
        teams.press(who=gina, conversation=PLACE, message=card, verb="sluice.deny", text="no")
        heard = bot.heard("executed", 2)
        assert heard["role"] == "guest" and "#EXT#" in heard["upn"]
        assert teams.press(who=rita, conversation=PLACE, message=card, verb="sluice.ask", text="why?", **{"as": "submit"})["status"] == 200
        assert bot.heard("submitted")["submitted"]["sluice"] == "sluice.ask"
        assert teams.messages(conversation=PLACE)[0]["versions"][-1]["text"] == "done by submit"
        assert not any("failed" in s for s in list(bot.said)), bot.said


def test_official_bot_refuses(lab):
    """what is forged on command is refused by Microsoft's SDK as well: so it is forged where a real bot would notice"""
    with Teams(lab.folder) as teams, Bot(teams, lab.folder) as bot:
        rita = teams.person(name="rita")
        teams.conversation(id=PLACE, people=[rita])
        teams.install(conversation=PLACE, who=rita)
        card = bot.heard("welcomed")["welcomed"]
        press = {"who": rita, "conversation": PLACE, "message": card, "verb": "sluice.approve", "text": "x"}
        flaws = [{"claims": {"aud": "00000000-0000-0000-0000-000000000001"}}, {"claims": {"iss": "https://evil.example"}},
                 {"claims": {"serviceurl": "https://evil.example/"}}, {"claims": {"exp": 1700000000, "nbf": 1699990000}},
                 {"key": "other"}, {"key": "stranger"}, {"header": {"alg": "none"}}, {"raw": "a.b.c"}, {"none": True}]
        for flaw in flaws:
            said = teams.press(token=flaw, **press)     # what its JWT library refuses it answers with 500
            assert said["status"] in (401, 500), (flaw, said)
        assert not any("executed" in s for s in list(bot.said))
        assert teams.press(**press)["status"] == 200 and teams.replay()["status"] == 200    # it knows no replay: we must


def call(url, method="GET", body=None, token=None, seconds=5):
    """status, headers, what was said"""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
                                   method=method)
    try:
        with urllib.request.urlopen(asked, timeout=seconds) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as why:
        return why.code, why.headers, json.loads(why.read())


def granted(teams, **change):
    form = {"grant_type": "client_credentials", "client_id": teams.app, "client_secret": teams.secret,
            "scope": "https://api.botframework.com/.default", **change}
    return call(f"{teams.base}{teams.tenant}/oauth2/v2.0/token", "POST", urllib.parse.urlencode(form).encode())


def test_connector_troubles(lab):
    """the Bot Framework of the tests: who may call it, and what goes wrong on command"""
    with Teams(lab.folder) as teams:
        rita = teams.person(name="rita")
        teams.conversation(id=PLACE, people=[rita])
        assert granted(teams, client_secret="x")[2]["error"] == "invalid_client"
        assert granted(teams, scope="x")[0] == 401
        token = granted(teams)[2]["access_token"]
        there = f"{teams.service}v3/conversations/{urllib.parse.quote(PLACE, safe='')}/activities"
        text = {"type": "message", "text": "hello"}
        assert call(there, "POST", text, "x")[0] == 401
        status, _, said = call(there, "POST", text, token)
        assert status == 201
        assert call(f"{there}/{said['id']}", "PUT", {**text, "text": "again"}, token)[0] == 200
        assert [v["text"] for v in teams.messages()[0]["versions"]] == ["hello", "again"]
        assert call(f"{there}/1", "PUT", text, token)[0] == 404
        assert call(f"{teams.service}v3/conversations/nowhere/activities", "POST", text, token)[2]["error"]["code"] == "ConversationNotFound"
        assert call(there, "POST", {"type": "message", "text": "x" * 14001}, token)[0] == 413
        assert call(there, "POST", {"type": "message", "attachments": [{"contentType": "x"}]}, token)[0] == 400
        teams.trouble(list=[{"path": "activities", "status": 429, "retryAfter": 2}, {"path": "activities", "silence": True}])
        status, headers, _ = call(there, "POST", text, token)
        assert (status, headers["Retry-After"]) == (429, "2")
        try:
            call(there, "POST", text, token, seconds=0.5)
            raise AssertionError("it was not silent")
        except TimeoutError:
            pass
        teams.block(conversation=PLACE)
        assert call(there, "POST", text, token)[0] == 403
        teams.forget_tokens()
        assert call(there, "POST", text, token)[0] == 401
