"""People are told in Teams, and decide there: at a Bot Framework of ours (tests/lab/teams.py), which is not Microsoft's cloud."""

import json
import statistics
import time
import urllib.parse
import uuid

import scratch
from lab import wait_for
from teams import Teams

FOLDER = scratch.kept("lab-teams-")
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
    config["break_glass"] = {"groups": ["oncall"], "review_within": "1h"}
    for rule in config["policy"]:
        if rule["name"] == "four eyes":
            rule["notify"] = ["teams", f"teams:{PAY}"]
        if rule["name"] == "spend quickly":
            rule["escalate"] = {"after": "2s", "notify": [f"teams:{PAY}"]}
        if rule["name"] == "not with locks":
            rule["decide_in"] = ["teams"]
        if rule["name"] == "sealed texts":
            rule["proof"] = "passkey"
        if rule["name"] == "say why":
            rule["decide_in"] = ["console", "cli", "http"]
            rule["reason"] = "optional"


LAB = {"change": prepare}


def nags(lab):
    return " ".join(lab.ask("rita", "GET", "/v1/health")[1]["status"]["nags"])


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


def press_once(who, message, verb="approve", text="as agreed", **how):
    words = {} if text is None else {"text": text}
    return TEAMS.press(who=who, conversation=message["conversation"], message=message["id"], verb=f"sluice.{verb}", **words, **how)


def press(*args, **how):
    """Teams shows a message before Sluice has heard from Teams which one it is: who is so quick is told to try again, and does."""
    def pressed():
        said = press_once(*args, **how)
        return None if "does not know this message" in json.dumps(said["json"]) else said
    return wait_for(pressed, 10, "Sluice to know the message")


def known(message, who=BOB, verb="approve"):
    """The message once Sluice knows it, which a client's own refresh tells: for presses that are answered elsewhere, or come at once."""
    press(who, message, verb, trigger="automatic")
    return message


def answer(said):
    """What somebody who pressed is told: a text, or the card."""
    assert said["status"] == 200 and said["json"]["statusCode"] == 200, said
    return said["json"]["value"] if isinstance(said["json"]["value"], str) else json.dumps(said["json"]["value"])


def quiet(lab):
    """Nothing is left to tell, of what has an outcome a moment later too."""
    for _ in range(2):
        wait_for(lambda: lab.chats()["teams"]["waiting"] == 0, 30, "everything to be told")
        time.sleep(1)


def state(lab, approval):
    return lab.approval(approval["id"])["state"]


def ran(lab, approval):
    lab.has_run(approval["id"])


def test_installed(lab):
    """the app is added to a team: Sluice listens, has a token, and tells the operator which conversation it is"""
    for name, user in (("bob", BOB), ("rita", RITA), ("carol", CAROL)):
        lab.manage("identity", "account", name, "--issuer", "entra", "--subject", user)
    TEAMS.bot(url=f"http://127.0.0.1:{lab.http}/v1/chat/teams")
    wait_for(lambda: lab.chats()["teams"]["state"] == "current", 10, "the chat to be current")
    for place in (OPS, PAY):
        assert TEAMS.install(conversation=place, who=RITA)["status"] == 200
    assert {c["id"] for c in lab.chats()["teams"]["conversations"]} == {OPS, PAY}


def test_start_warns(lab):
    """the start says which rules that matter Teams may decide: not those with a passkey, nor those that leave Teams out"""
    named = " ".join(lab.events("teams_decides"))
    assert 'rule="schema and privileges in production"' in named and 'rule="not with locks"' in named, named
    assert "sealed texts" not in named and "say why" not in named, named


def test_joined_is_not_told(lab):
    """a conversation that the app was added to is told nothing: who is told, the configuration says"""
    own = "19:ours@thread.tacv2"
    TEAMS.conversation(id=own, people=[STRANGER])
    TEAMS.install(conversation=own, who=STRANGER)
    _, approval = hold(lab)
    card(approval)
    assert not TEAMS.messages(conversation=own)
    assert own in {c["id"] for c in lab.chats()["teams"]["conversations"]}
    TEAMS.install(conversation=own, who=STRANGER, removed=True)
    assert own not in {c["id"] for c in lab.chats()["teams"]["conversations"]}
    lab.deny("rita", approval["id"])


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


def test_released_alone(lab):
    """break-glass: the card and its thread say who, that they were alone, why, and what is left to do; none says that it was approved"""
    lab.add("oona", "human", groups=["oncall"])
    lab.enroll("oona")
    client, approval = hold(lab)
    card(approval)
    lab.release_alone("oona", approval, "the shop is down")
    client.until("Z", 10)
    words = "released by oona alone (break-glass): the shop is down; two others have to sign it off"
    message = card(approval, like="Released by one person alone, has run")
    assert any(words in t and "outcome: ok" in t for t in texts(message)), texts(message)
    assert not any("approved" in t.lower() and "have approved" not in t for t in texts(message)), texts(message)
    wait_for(lambda: [m for m in TEAMS.messages(conversation=OPS) if m.get("replyTo") == message["id"] and words in shown(m)], 10,
             "the outcome in the thread")


def test_told_once(lab):
    """a message that says what is so is told once, and not again for nothing"""
    client, approval = hold(lab)
    message = card(approval)
    time.sleep(2)
    assert len(card(approval)["versions"]) == 1, [shown({"versions": [v]}) for v in card(approval)["versions"]]
    assert len([m for m in TEAMS.messages(conversation=OPS) if approval["id"] in json.dumps(m["versions"])]) == 1
    press(RITA, message, "deny", "not on a Friday")
    wait_for(lambda: state(lab, approval) == "denied", 10, "the denial")
    said = str(client.answer())
    assert "rita" in said and "not on a Friday" in said, said
    card(approval, like="denied by rita")


def test_ask(lab):
    """a question asked in Teams is with the request, and decides nothing"""
    client, approval = hold(lab)
    assert "Asked" in answer(press(BOB, card(approval), "ask", "which of the two?"))
    asked = lab.approval(approval["id"])
    assert asked["state"] == "pending" and "which of the two?" in json.dumps(asked), asked
    client.cancel()
    wait_for(lambda: state(lab, approval) == "cancelled", 10, "the cancellation")
    assert not DECIDING & buttons(card(approval, like="cancelled"))


def own(user):
    """The conversation of theirs and ours."""
    return f"a:1{user[:8]}"


def asked(user, like, seconds=15):
    """The message to them with this question."""
    return wait_for(lambda: [m for m in TEAMS.messages(conversation=own(user)) if m["versions"][0].get("attachments") and like in shown(m)],
                    seconds, f"a message that asks {like!r}")[-1]


def talk(lab, approval):
    return [(m["kind"], m["identity"], m["channel"], m["text"]) for m in lab.approval(approval["id"]).get("messages", [])]


def data_of(message, verb):
    return next(a["data"] for a in now(message)["attachments"][0]["content"]["actions"] if a.get("verb") == f"sluice.{verb}")


def test_answer(lab):
    """a question goes to the linked owner alone, who answers on its card: it stands in the approval and on the card, as text, and is no decision"""
    _, approval = hold(lab)
    assert "Asked" in answer(press(BOB, card(approval), "ask", "why **that** one? {{DATE(2030-01-01T00:00:00Z)}}"))
    told = asked(CAROL, "why **that** one?")
    assert buttons(told) == {"sluice.answer"} and "staging.scratch where" not in shown(told), shown(told)
    assert {m["conversation"] for m in TEAMS.messages() if m["conversation"].startswith("a:") and "**that** one?" in json.dumps(m["versions"])} == {
        own(CAROL)}
    old = data_of(told, "answer")
    said = answer(press(CAROL, told, "answer", "a [duplicate](https://evil.example) of\u202e the third"))
    assert "No answer is needed any more" in said and "sluice.answer" not in said, said
    assert talk(lab, approval)[1:] == [("answer", "carol", "teams", "a [duplicate](https://evil.example) of\u202e the third")], talk(lab, approval)
    after = card(approval, like="a [duplicate](https://evil.example) of")
    assert any("U+202E" in t for t in texts(after)) and "\u202e" not in "".join(texts(after)), texts(after)
    assert DECIDING <= buttons(after), "an answer took the buttons away"
    assert state(lab, approval) == "pending" and lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 0
    wait_for(lambda: not buttons(asked(CAROL, "why **that** one?")), 15, "the button to go")
    assert "no question waits" in answer(press(CAROL, told, "answer", "again", data=old))
    press(BOB, after, "ask", "and the fifth?")
    second = asked(CAROL, "and the fifth?")
    assert second["id"] != told["id"], "nobody is notified of a message that changes"
    test_answer.approval, test_answer.message = approval, second


def test_answer_refused(lab):
    """P4 who may not answer is told why: a stranger, a reviewer, a guest; nor does another message's button, a look, a double, a late press"""
    approval, message, place = test_answer.approval, test_answer.message, own(CAROL)
    before, data = talk(lab, approval), data_of(message, "answer")
    TEAMS.conversation(id=place, type="personal", people=[CAROL, RITA, STRANGER])
    assert "linked to nobody" in answer(press(STRANGER, message, "answer", "mine"))
    assert "Not yours to answer" in answer(press(RITA, message, "answer", "mine"))
    TEAMS.conversation(id=place, type="personal", people=[CAROL])
    assert "among the members" in answer(press(RITA, message, "answer", "mine"))
    assert "no such button" in answer(press(CAROL, card(approval), "answer", "here", data=data))
    assert "no such button" in answer(press(BOB, message, data={**data, "sluice": "sluice.approve"}))
    assert "no answer" in answer(press(CAROL, message, "answer", "  "))
    said = answer(press(CAROL, message, "answer", "looked at", trigger="automatic"))
    assert "and the fifth?" in said and "sluice.answer" in said and "sluice.approve" not in said, said
    TEAMS.person(name="carol", oid=CAROL, role="guest")
    assert "guests do not" in answer(press(CAROL, message, "answer", "as a guest"))
    TEAMS.person(name="carol", oid=CAROL)
    assert talk(lab, approval) == before, "somebody answered"
    said = TEAMS.twice(who=CAROL, conversation=place, message=message["id"], verb="sluice.answer", text="the fifth, too")
    assert sorted("came before" in answer(s) for s in said) == [False, True], said
    assert talk(lab, approval)[len(before):] == [("answer", "carol", "teams", "the fifth, too")], talk(lab, approval)
    lab.renew("keeper")
    wait_for(lambda: lab.chats()["teams"]["state"] == "current", 20, "the chat to be current again")
    assert "came before" in json.dumps(TEAMS.replay()), "a caught press was taken again"
    press(BOB, card(approval, like="the fifth, too"), "ask", "and the sixth?")
    assert press(CAROL, known(asked(CAROL, "and the sixth?"), CAROL, "answer"), "answer", "by an old client", **{"as": "submit"})["status"] == 200
    wait_for(lambda: talk(lab, approval)[-1][3] == "by an old client", 10, "the answer of an old client")
    press(BOB, card(approval, like="by an old client"), "ask", "and the seventh?")
    late = asked(CAROL, "and the seventh?")
    lab.deny("rita", approval["id"])
    assert "not open any more" in answer(press(CAROL, late, "answer", "too late", data=data))
    wait_for(lambda: not buttons(asked(CAROL, "and the seventh?")), 15, "the button to go")
    assert "too late" not in json.dumps(talk(lab, approval))


def test_submit(lab):
    """an old client's button (Action.Submit) decides as well, and who may not is told in a message of their own"""
    _, approval = hold(lab)
    assert press(CAROL, known(card(approval)), **{"as": "submit"})["status"] == 200
    wait_for(lambda: [m for m in TEAMS.messages(conversation=f"a:1{CAROL[:8]}") if "Nothing was decided" in shown(m) or "owner" in shown(m)], 10,
             "carol to be told in private")
    assert state(lab, approval) == "pending"
    press(BOB, known(card(approval)), **{"as": "submit"})
    ran(lab, approval)


def test_decided_elsewhere(lab):
    """decided on the command line: every copy of the card is replaced"""
    _, approval = hold(lab, "delete from staging.pair where id = 77")
    first, second = card(approval), card(approval, PAY)
    assert first["conversation"] != second["conversation"]
    lab.approve("bob", approval["id"])
    card(approval, PAY, like="1 of 2")
    said = press(RITA, card(approval, PAY))
    assert "approved" in answer(said).lower()
    ran(lab, approval)
    for place in (OPS, PAY):
        assert not DECIDING & buttons(card(approval, place, like="approved by")), place


def test_requester_is_told(lab):
    """whoever answers for the agent is told what became of it, in a message of their own"""
    _, approval = hold(lab)
    card(approval)
    lab.deny("rita", approval["id"])
    wait_for(lambda: [m for m in TEAMS.messages(conversation=f"a:1{CAROL[:8]}") if approval["id"] in shown(m) and "denied by rita" in shown(m)],
             10, "carol to be told")


def test_p4_in_teams(lab):
    """P4 nobody in the requester set, no stranger and no member of another tenant decides; each is told why, in private"""
    _, approval = hold(lab)
    message = card(approval)
    before = len(TEAMS.messages(conversation=OPS))
    assert "owner" in answer(press(CAROL, message))
    assert "linked to nobody" in answer(press(STRANGER, message)) and STRANGER in answer(press(STRANGER, message))
    other = {"tenant": {"id": str(uuid.uuid4())}, "team": {"id": f"19:team-of-{OPS[3:]}"}}
    assert "organization" in answer(press(BOB, message, activity={"channelData": other}))
    TEAMS.person(name="bob", oid=BOB, tenant=str(uuid.uuid4()))
    assert "another organization" in answer(press(BOB, message))
    TEAMS.person(name="bob", oid=BOB)
    assert state(lab, approval) == "pending" and len(TEAMS.messages(conversation=OPS)) == before
    test_p4_in_teams.approval = approval


def test_guest(lab):
    """a guest decides nothing, though linked to a reviewer; nor does one whom Teams does not name, or of whom it says nothing"""
    approval = test_p4_in_teams.approval
    TEAMS.person(name="bob", oid=BOB, role="guest")
    assert "guests do not decide" in answer(press(BOB, card(approval)))
    TEAMS.person(name="bob", oid=BOB)
    TEAMS.conversation(id=OPS, people=[RITA, CAROL, STRANGER])
    assert "among the members" in answer(press(BOB, card(approval)))
    TEAMS.conversation(id=OPS, people=[BOB, RITA, CAROL, STRANGER])
    TEAMS.trouble(list=[{"path": "members", "status": 503}])
    assert "does not say now who you are" in answer(press(BOB, card(approval)))
    TEAMS.trouble(list=[{"path": "members", "silence": True}])
    assert "did not say in time" in answer(press(BOB, card(approval)))
    TEAMS.trouble(list=[])
    assert state(lab, approval) == "pending"
    press(BOB, card(approval))
    ran(lab, approval)


def test_identity_off(lab):
    """who is disabled here decides nothing there; nor does one whose account was unlinked"""
    _, approval = hold(lab)
    lab.manage("identity", "pause", "bob")
    assert "disabled or paused" in answer(press(BOB, card(approval)))
    lab.manage("identity", "pause", "bob", "--off")
    lab.deny("rita", approval["id"])


def test_keys(lab):
    """the Connector's keys change: the press waits for the new ones and counts; unknown ones are looked for once in 30 s"""
    _, approval = hold(lab)
    TEAMS.rotate()
    before = TEAMS.asked()["keys"]
    press(BOB, card(approval))
    ran(lab, approval)
    assert TEAMS.asked()["keys"] == before + 1
    _, approval = hold(lab)
    for _ in range(3):
        assert press(BOB, card(approval), token={"header": {"kid": str(uuid.uuid4())}})["status"] in (401, 429)
    assert TEAMS.asked()["keys"] == before + 1, "each stranger makes us ask for keys"
    lab.deny("rita", approval["id"])


def test_forged_tokens(lab):
    """P4 another audience, issuer or service, a key without endorsement, a stranger's key, none, an old or an early token: 401, and nothing"""
    _, approval = hold(lab)
    message = card(approval)
    now_s = int(time.time())
    flaws = [{"claims": {"aud": str(uuid.uuid4())}}, {"claims": {"aud": None}}, {"claims": {"iss": "https://evil.example"}},
             {"claims": {"serviceurl": "https://evil.example/"}}, {"claims": {"serviceurl": None}}, {"key": "other"}, {"key": "bare"},
             {"key": "stranger"}, {"header": {"alg": "none"}}, {"header": {"alg": "HS256"}}, {"header": {"kid": None}},
             {"claims": {"exp": now_s - 400}}, {"claims": {"nbf": now_s + 400}}, {"raw": "a.b.c"}, {"raw": ""}, {"none": True}]
    for flaw in flaws:
        said = press(BOB, message, token=flaw)
        assert said["status"] in (401, 429), (flaw, said)
        assert state(lab, approval) == "pending", flaw
    test_forged_tokens.approval = approval


def test_forged_activities(lab):
    """a good token with an activity of another service, channel or form, or of what we did not send: nothing is decided"""
    approval = test_forged_tokens.approval
    message = card(approval)
    _, other = hold(lab)
    data = {a["verb"]: a["data"] for a in now(card(other))["attachments"][0]["content"]["actions"] if "verb" in a}
    for status, activity in ((403, {"serviceUrl": "https://evil.example/"}), (403, {"serviceUrl": TEAMS.base}), (403, {"channelId": "webchat"}),
                             (400, {"value": {"action": {"type": "Action.Execute", "verb": "sluice.approve", "data": {}}}}),
                             (400, {"replyToId": None}), (400, {"from": {"id": "29:x", "aadObjectId": "bob"}})):
        said = press(BOB, message, activity=activity)
        assert said["status"] == status, (activity, said)
    assert "does not know this message" in answer(press_once(BOB, message, data=data["sluice.approve"]))
    assert "does not know this message" in answer(press_once(BOB, message, activity={"replyToId": "1799999999999"}))
    wrong = {**next(a["data"] for a in now(message)["attachments"][0]["content"]["actions"] if a.get("verb") == "sluice.approve"),
             "digest": "00" * 32}
    assert state(lab, approval) == "pending"
    answer(press(BOB, message, data=wrong))
    assert "no reason" in answer(press(BOB, message, text="  "))
    assert "no reason" in answer(press(BOB, message, text=None))
    for one in (approval, other):
        assert state(lab, one) == "pending"
    lab.deny("rita", other["id"])


def test_refresh(lab):
    """an automatic refresh is no decision: the client gets the card anew; of a message that is not ours it gets nothing"""
    approval = test_forged_tokens.approval
    message = card(approval)
    said = press(BOB, message, trigger="automatic")
    assert approval["id"] in answer(said) and "sluice.approve" in answer(said), said
    said = press_once(BOB, message, trigger="automatic", activity={"replyToId": "1799999999999"})
    assert said["json"]["statusCode"] == 404, said
    assert state(lab, approval) == "pending" and not lab.approval(approval["id"])["votes"]
    press(BOB, message)
    ran(lab, approval)


def test_double_and_late(lab):
    """the same press twice at once, two people at once, a replay and a press on what is over: it is decided once, and runs once"""
    _, approval = hold(lab)
    message = known(card(approval))
    said = TEAMS.twice(who=BOB, conversation=OPS, message=message["id"], verb="sluice.approve", text="yes")
    assert sorted("came before" in answer(s) for s in said) == [False, True], said
    ran(lab, approval)
    assert "came before" in answer(TEAMS.replay())
    assert len(lab.approval(approval["id"])["votes"]) == 1
    assert lab.ran(f"delete from staging.scratch where id = {COUNT[0]}") == 1
    old = {"approval": approval["id"], "digest": approval["digest"], "sluice": "sluice.deny"}
    assert "no longer open" in answer(press(RITA, message, "deny", data=old))
    _, approval = hold(lab)
    message = known(card(approval))
    both = [{"who": who, "conversation": OPS, "message": message["id"], "verb": f"sluice.{verb}", "text": "now"}
            for who, verb in ((BOB, "approve"), (RITA, "deny"))]
    TEAMS.presses(list=both)
    wait_for(lambda: state(lab, approval) in ("spent", "denied"), 10, "one of the two")
    assert len(lab.approval(approval["id"])["votes"]) == 1


def test_revoke(lab):
    """what was approved and has not run is taken back from its message, by who may; then it does not run when its client comes again"""
    client, approval = hold(lab)
    sql = f"delete from staging.scratch where id = {COUNT[0]}"
    client.close()
    wait_for(lambda: not lab.approval(approval["id"])["waiting"], 10, "the client to be gone")
    press(BOB, card(approval))
    wait_for(lambda: state(lab, approval) == "approved", 10, "the yes")
    message = card(approval, like="has not run yet")
    assert buttons(message) & {*DECIDING, "sluice.revoke", "sluice.stop"} == {"sluice.revoke"}, buttons(message)
    press(STRANGER, message, "revoke", "x")
    assert state(lab, approval) == "approved"
    press(RITA, message, "revoke", "on second thoughts")
    wait_for(lambda: state(lab, approval) == "revoked", 10, "it to be taken back")
    assert "sluice.revoke" not in buttons(card(approval, like="approved by bob (teams): as agreed; revoked (revoked by rita: on second thoughts)"))
    again = lab.raw()
    again.query(sql)
    other = lab.pending_one("agent-7", like=f"id = {COUNT[0]}")
    assert other["id"] != approval["id"] and lab.ran(sql) == 0
    lab.deny("rita", other["id"])


def test_stop(lab):
    """what runs is stopped from its message, and the message says when it is over"""
    client, approval = hold(lab, "insert into staging.scratch select 1, pg_sleep(60)::text", like="pg_sleep")
    press(BOB, card(approval))
    message = wait_for(lambda: (m := card(approval)) and "sluice.stop" in buttons(m) and m, 10, "the message to say that it runs")
    assert buttons(message) & {*DECIDING, "sluice.revoke", "sluice.stop"} == {"sluice.stop"}, buttons(message)
    assert "being stopped" in answer(press(RITA, message, "stop", "it takes the table"))
    assert [e["C"] for e in client.answer(15).errors] == ["57014"]
    wait_for(lambda: "sluice.stop" not in buttons(card(approval)), 20, "the message to say that it is over")


def test_rows(lab):
    """the message says how many rows its result may have, as the rules let them pass, and nothing that a plan expects"""
    _, approval = hold(lab, "copy customers (email) to stdout", like="customers")
    said = " ".join(texts(card(approval)))
    assert "at most 1,000" in said and "about" not in said, said
    lab.deny("rita", approval["id"])


def test_restart(lab):
    """a press on a message from before a restart decides after it; where it is posted to is remembered; nothing is told or done twice"""
    _, approval = hold(lab)
    message = card(approval)
    assert "Asked" in answer(press(BOB, message, "ask", "which one?"))
    asked_once = lab.approval(approval["id"])["messages"]
    assert len(asked_once) == 1, asked_once
    lab.renew("keeper")
    wait_for(lambda: lab.chats()["teams"]["state"] == "current", 20, "the chat to be current again")
    assert {c["id"] for c in lab.chats()["teams"]["conversations"]} == {OPS, PAY}
    assert "came before" in json.dumps(TEAMS.replay()), "a caught press was taken again"
    assert lab.approval(approval["id"])["messages"] == asked_once
    press(BOB, message)
    wait_for(lambda: state(lab, approval) in ("approved", "spent"), 20, "the yes to count")
    assert len([m for m in TEAMS.messages(conversation=OPS) if m["versions"][0].get("attachments") and approval["id"] in shown(m)]) == 1
    _, approval = hold(lab)
    assert DECIDING <= buttons(card(approval))
    lab.deny("rita", approval["id"])


def test_token_refused(lab):
    """the Connector takes our token no more: another one is asked for, and what was to be told is told"""
    asked = TEAMS.asked()["token"]
    time.sleep(10)      # a token that is refused at once would not get better by another one
    TEAMS.forget_tokens()
    _, approval = hold(lab)
    card(approval, seconds=20)
    assert TEAMS.asked()["token"] > asked
    time.sleep(10)
    TEAMS.forget_tokens()
    press(BOB, card(approval))
    ran(lab, approval)


def test_short_tokens(lab):
    """a token is renewed before it ends"""
    TEAMS.token_life(seconds=4)
    lab.renew("keeper")
    wait_for(lambda: lab.chats()["teams"]["state"] == "current", 20, "the chat to be current again")
    for _ in range(4):
        time.sleep(1.7)
        assert lab.chats()["teams"]["state"] == "current"
    assert not [c for c in TEAMS.calls() if c["status"] == 401 and c["at"] > time.time() - 6]
    TEAMS.token_life(seconds=3600)


def test_secret_changed(lab):
    """a client secret that Entra refuses is said, the file is read anew, and with a good one it goes on"""
    (FOLDER / "secret").write_text("an old one\n")
    lab.renew("keeper")
    wait_for(lambda: "invalid_client" in lab.chats()["teams"]["why"], 20, "why there is no token")
    _, approval = hold(lab)
    assert "The chat teams does not take" in nags(lab) and lab.chats()["teams"]["state"] == "waiting", nags(lab)
    (FOLDER / "secret").write_text(TEAMS.secret + "\n")
    card(approval, seconds=90)
    lab.deny("rita", approval["id"])


def test_limited(lab):
    """429: this conversation waits as long as it says, the other one does not, and nothing is lost"""
    quiet(lab)
    TEAMS.trouble(list=[{"path": f"{OPS.replace(':', '%3A').replace('@', '%40')}/activities", "method": "POST", "status": 429, "retryAfter": 4}])
    begun = time.time()
    _, approval = hold(lab, "delete from staging.pair where id = 78")
    card(approval, PAY)
    card(approval)
    assert time.time() - begun >= 3.5, "it was told again before its time"
    there = {c["path"]: c["at"] for c in reversed(TEAMS.calls()) if c["at"] > begun and c["method"] == "POST" and c["status"] == 201}
    there = {place: at for place in (OPS, PAY) for path, at in there.items() if place in urllib.parse.unquote(path)}
    assert there[PAY] < there[OPS] - 2, "a limit of one conversation holds up another"
    lab.deny("rita", approval["id"])


def test_removed(lab):
    """the bot is removed from a team: Health and sluice chats say where and what to do; added again, it tells what waited"""
    quiet(lab)
    TEAMS.install(conversation=OPS, who=RITA, removed=True)
    TEAMS.block(conversation=OPS)
    _, approval = hold(lab)
    refused = wait_for(lambda: lab.chats()["teams"]["refused"], 10, "the refusal to be said")
    assert refused[0]["channel"] == OPS and "403 BotNotInConversationRoster" in refused[0]["why"], refused
    assert "add the app to the team again" in nags(lab) and OPS in nags(lab), nags(lab)
    TEAMS.block(conversation=OPS, blocked=False)
    TEAMS.install(conversation=OPS, who=RITA)
    card(approval)
    assert not lab.chats()["teams"]["refused"]
    lab.deny("rita", approval["id"])


def test_no_such_conversation(lab):
    """Teams knows a conversation no more: that is said, with what to do, and the other one is told all the same"""
    quiet(lab)
    TEAMS.trouble(list=[{"path": PAY.replace(":", "%3A").replace("@", "%40"), "method": "POST", "status": 404, "code": "ConversationNotFound"}])
    _, approval = hold(lab, "delete from staging.pair where id = 81")
    card(approval)
    wait_for(lambda: [r for r in lab.chats()["teams"]["refused"] if r["channel"] == PAY and "404 ConversationNotFound" in r["why"]], 10,
             "the refusal to be said")
    assert PAY in nags(lab), nags(lab)
    TEAMS.install(conversation=PAY, who=RITA)
    card(approval, PAY)
    assert PAY not in nags(lab)
    lab.deny("rita", approval["id"])


def test_message_gone(lab):
    """somebody deleted the message: while it is open, there is another one"""
    quiet(lab)
    _, approval = hold(lab, "delete from staging.pair where id = 79")
    first = card(approval)
    TEAMS.trouble(list=[{"method": "PUT", "path": first["id"], "status": 404, "code": "ActivityNotFoundInConversation"}])
    lab.approve("bob", approval["id"])
    wait_for(lambda: len([m for m in TEAMS.messages(conversation=OPS) if m["versions"][0].get("attachments") and approval["id"] in shown(m)
                          and m["id"] != first["id"] and not m.get("replyTo")]) == 1, 10, "another message")
    lab.deny("rita", approval["id"])


def test_too_large(lab):
    """what a message cannot show whole is not decided by it: a long statement, and one that Teams says is too large"""
    _, approval = hold(lab, "delete from staging.scratch where id in (" + ", ".join(str(i) for i in range(100000, 100900)) + ")",
                       like="id in \\(100000")
    assert not DECIDING & buttons(card(approval))
    lab.deny("rita", approval["id"])
    quiet(lab)
    TEAMS.trouble(list=[{"method": "POST", "path": "activities", "status": 413, "code": "MessageSizeTooBig"}])
    _, approval = hold(lab)
    assert not DECIDING & buttons(card(approval)) and f"id = {COUNT[0]}" not in shown(card(approval))
    old = {"approval": approval["id"], "digest": approval["digest"], "sluice": "sluice.approve"}
    assert "does not show everything" in answer(press(BOB, card(approval), data=old))
    assert state(lab, approval) == "pending"
    lab.deny("rita", approval["id"])


def test_passkey_links(lab):
    """what asks for a passkey, or takes no decision in Teams by its rule, is not decided there: its message links, and says why"""
    for name in ("bob", "rita"):
        lab.enrol_passkey(name)
    for table, why in (("sealed", "passkey"), ("why", "Teams")):
        client, approval = hold(lab, f"delete from staging.{table} where id = 4242")
        message = card(approval)
        assert not DECIDING & buttons(message), buttons(message)
        assert why in shown(message), shown(message)
        assert table != "sealed" or "4242" not in shown(message), "Teams is told what the ledger withholds"
        client.cancel()
        wait_for(lambda: state(lab, approval) == "cancelled", 10, "the cancellation")


def test_escalated(lab):
    """nobody answers: the card goes to the conversation that the rule escalates to, and decides there too"""
    _, approval = hold(lab, "delete from staging.fleeting where id = 5")
    assert not [m for m in TEAMS.messages(conversation=PAY) if approval["id"] in json.dumps(m["versions"])]
    press(RITA, card(approval, PAY, seconds=15))
    ran(lab, approval)
    assert not DECIDING & buttons(card(approval, OPS, like="approved by rita"))


def test_in_teams_alone(lab):
    """what a rule lets decide in Teams alone is decided there, and nowhere else"""
    _, approval = hold(lab, "delete from staging.locked where id = 6")
    assert lab.api("approve", approval["id"], "bob", "--reason", "here").rc != 0
    assert state(lab, approval) == "pending"
    press(BOB, card(approval))
    ran(lab, approval)


def test_away(lab):
    """Teams is down with holds pending: they stay pending, decisions elsewhere count, and afterwards the queue is true"""
    TEAMS.trouble(list=[{"path": "", "status": 503, "times": 10000}])
    held = [hold(lab)[1] for _ in range(3)]
    lab.approve("bob", held[0]["id"])
    ran(lab, held[0])
    wait_for(lambda: lab.chats()["teams"]["state"] == "waiting", 10, "the chat to be said to wait")
    time.sleep(8)
    assert len([c for c in TEAMS.calls() if c["at"] > time.time() - 8]) < 10, "it is called on and on"
    TEAMS.trouble(list=[])
    for one in held[1:]:
        card(one, seconds=90)
        assert state(lab, one) == "pending"
    assert not [m for m in TEAMS.messages(conversation=OPS) if held[0]["id"] in json.dumps(m["versions"])], "it was over before"
    for one in held[1:]:
        lab.deny("rita", one["id"])


def test_flood(lab):
    """many holds at once: a few messages, every approval in one of them, none lost, and none of the grouped ones decides"""
    clients = []
    before = len(TEAMS.messages(conversation=OPS))
    for _ in range(30):
        COUNT[0] += 1
        clients.append(lab.raw())
        clients[-1].query(f"delete from staging.scratch where id = {COUNT[0]}")
    held = wait_for(lambda: len(p := lab.pending("agent-7")) >= 30 and p, 20, "the holds")

    def told():
        text = json.dumps([now(m) for m in TEAMS.messages(conversation=OPS)])
        return all(a["id"] in text or " more" in text for a in held)
    wait_for(told, 30, "all of them to be told")
    posted = [m for m in TEAMS.messages(conversation=OPS)[before:] if m["versions"][0].get("attachments")]
    assert len(posted) < 12, len(posted)
    for one in held:
        lab.deny("rita", one["id"])
    wait_for(lambda: not [m for m in TEAMS.messages(conversation=OPS)[before:] if now(m).get("attachments") and DECIDING & buttons(m)], 60,
             "no message to decide by")


def test_pace(lab):
    """from the hold to the message at Teams, and from the press to the release: 150 and 100 ms at most, where nothing else took the machine"""
    handed, released = [], []
    quiet(lab)
    for _ in range(5):
        time.sleep(1.3)
        begun = time.time()
        client, approval = hold(lab)
        card(approval)
        call = [c for c in TEAMS.calls() if c["method"] == "POST" and approval["id"] in c["text"]][0]
        handed.append(call["at"] - begun)
        pressed = time.time()
        press(BOB, card(approval))
        assert client.answer().tags == ["DELETE 0"]
        released.append(time.time() - pressed)
    for what, bar, took in (("hold to message handed over, with the client's own way", 0.150, handed),
                            ("press to the statement's answer", 0.100, released)):
        print(f"# {what}: {sorted(round(t * 1000) for t in took)} ms, {statistics.median(took) * 1000:.0f} in the middle")
        assert min(took) <= bar, (what, took)
