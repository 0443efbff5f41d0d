"""Whoever is away, and who stands in for them: the command line, the API, and what the console says of it."""

import json

from e2e_console import ask, decide, open_request, raw, sign_in
from lab import wait_for

LAB = {"people": {
    "carol": ("human", None, ["engineers", "data-stewards"]), "rita": ("human", None, ["data-stewards"]),
    "bob": ("human", None, ["data-stewards"]), "dave": ("human", None, ["interns"]),
    "agent-7": ("agent", "carol", ["agents"])}, "deciders": ("rita", "bob", "carol", "dave")}


def own(lab, who, *words):
    return lab.sluice(*words, "--credential-file", lab.enroll(who), *lab.where())


def headers(lab, who):
    secret = json.loads(lab.enroll(who).read_text())["credential"]
    return {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}


def test_commands(lab):
    """sluice away and back, in words and as JSON; whoami and identity list say the same"""
    done = own(lab, "rita", "away", "--until", "7d", "--stand-in", "dave", "--reason", "holidays")
    assert done.rc == 0 and "; dave stands in for you." in done.out, done
    said = json.loads(own(lab, "rita", "away", "--json").out)
    assert said["away"]["stand_in"] == "dave" and said["away"]["now"] and said["away"]["reason"] == "holidays", said
    assert "You stand in for rita." in own(lab, "dave", "away").out
    listed = lab.manage("identity", "list").out
    assert "stand-in: dave" in next(line for line in listed.splitlines() if line.startswith("rita")), listed
    assert own(lab, "rita", "back").out == "You are not away.\n"
    assert own(lab, "rita", "back").rc == 1
    assert own(lab, "rita", "away", "--stand-in", "dave").rc == 2
    assert own(lab, "rita", "away", "--until", "soon").rc == 1
    assert own(lab, "rita", "away", "--until", "7d", "--from", "3d").out.startswith("You will be away")
    assert own(lab, "rita", "back").rc == 0


def test_api(lab):
    """POST /v1/me/away is for a deciding credential, and of oneself"""
    mine = headers(lab, "rita")
    status, said, _ = raw(lab, "POST", "/v1/me/away", mine, {"until": "1h", "stand_in": "dave"})
    assert status == 200 and json.loads(said)["away"]["stand_in"] == "dave", said
    assert raw(lab, "POST", "/v1/me/away", mine, {"until": "1h", "identity": "bob"})[0] == 400
    assert raw(lab, "POST", "/v1/me/away", mine, {"stand_in": "dave"})[0] == 400
    asking = {"Authorization": f"Bearer {lab.token('agent-7')}", "Content-Type": "application/json"}
    assert raw(lab, "POST", "/v1/me/away", asking, {"until": "1h"})[0] == 403
    assert raw(lab, "POST", "/v1/me/back", {"Content-Type": "application/json"}, {})[0] == 401
    assert raw(lab, "POST", "/v1/me/back", mine, {})[0] == 200


def test_pages(lab):
    """the request says who stands in for whom, they decide there, and the vote says it; whoever is away sees that they are"""
    assert own(lab, "rita", "away", "--until", "1h", "--stand-in", "dave").rc == 0
    child, held = ask(lab, "delete from staging.scratch where id = 41")
    b = sign_in(lab, "dave")
    open_request(lab, b, held)
    people = "section[aria-label='People']"
    assert "1 of bob, dave (standing in for rita)" in b.text(at=people), b.text(at=people)
    decide(b, "Approve", "for rita")
    b.wait(at=f"{people} >> text=dave, standing in for rita")
    child.communicate(timeout=20)
    assert child.returncode == 0
    told = lab.sluice("ledger", "verify", lab.state / "ledger", "--key", lab.state / "ledger" / "key.pub", "--decisions")
    assert "by dave, standing in for rita: vouched by the desk" in told.out, told
    b = sign_in(lab, "rita")
    b.goto(url=f"{lab.url}/agents")
    b.wait(at="text=dave stands in for you")
    assert own(lab, "rita", "back").rc == 0


AWAY = "section[aria-label='Away']"


def say_away(b, until, who="", reason=""):
    """The form and its question, up to what became of it."""
    for n, text in enumerate((until, who, reason)):
        b.fill(at=f"{AWAY} >> input >> nth={n}", text=text)
    b.click(at="role=button[name='I am away…']")
    said = b.text(at="role=dialog")
    b.wait(at="dialog .buttons button:last-child[aria-disabled=false]")
    b.click(at="dialog .buttons button:last-child")
    return said


def test_form(lab):
    """said on the page: the question names until when and who, everybody sees it on Identities, and back again"""
    b = sign_in(lab, "rita")
    b.goto(url=f"{lab.url}/agents")
    b.wait(at=f"{AWAY} >> text=You are not away.")
    assert b.attribute(at="role=button[name='I am away…']", name="aria-disabled") == "true", "nothing to say yet"
    said = say_away(b, "2027-10-31T12:00", "dave", "holidays")
    assert "Be away until 2027-10-31T12:00Z, with dave standing in?" in said and "dave decides by your right" in said, said
    b.wait(at=f"{AWAY} >> text=dave stands in for you")
    away = lab.ask("rita", "GET", "/v1/whoami")[1]["away"]
    assert (away["stand_in"], away["reason"], away["until"][:16]) == ("dave", "holidays", "2027-10-31T12:00"), away
    b = sign_in(lab, "bob")
    b.goto(url=f"{lab.url}/identities")
    b.wait(at="tr:has(th:has-text('rita')) >> text=/until .*; dave stands in/")
    assert "holidays" not in b.text(at="main"), "why is nobody else's"
    listed = {p["name"]: p for p in lab.ask("bob", "GET", "/v1/identities")[1]["identities"]}
    assert listed["rita"]["away"]["stand_in"] == "dave" and set(listed["rita"]["away"]) == {"from", "until", "stand_in"}, listed["rita"]
    assert "away" not in listed["bob"]
    b = sign_in(lab, "rita")
    b.goto(url=f"{lab.url}/agents")
    b.click(at="role=button[name='I am back…']")
    b.wait(at="dialog .buttons button:last-child[aria-disabled=false]")
    b.click(at="dialog .buttons button:last-child")
    b.wait(at=f"{AWAY} >> text=You are not away.")
    assert b.count(at="role=button[name='I am back…']") == 0
    assert "away" not in lab.ask("rita", "GET", "/v1/whoami")[1]


def test_form_refused(lab):
    """what cannot be is said in the question, with what to do; nothing is noted"""
    b = sign_in(lab, "rita")
    b.goto(url=f"{lab.url}/agents")
    for until, who, why in (("2027-10-31T12:00", "agent-7", "must be an active human"), ("2027-10-31T12:00", "rita", "Nobody stands in for themself"),
                            ("2020-01-01T12:00", "", "until must be later than now")):
        say_away(b, until, who)
        b.wait(at=f"dialog >> role=alert >> text={why}")
        b.press(key="Escape")
    assert "away" not in lab.ask("rita", "GET", "/v1/whoami")[1]


def test_form_held(lab):
    """under `govern: two-person` naming somebody waits for another person: the page says so and leads there; said again it holds"""
    lab.config.update(govern="two-person", roles={"admins": {"identities": ["carol", "bob"]}})
    before = len(lab.events("reloaded"))
    lab.write_config()
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > before, 10, "the new configuration")
    b = sign_in(lab, "rita")
    b.goto(url=f"{lab.url}/agents")
    say_away(b, "2027-10-31T12:00", "dave")
    b.wait(at=f"{AWAY} >> role=alert >> text=Another person decides first whether dave may stand in")
    assert "away" not in lab.ask("rita", "GET", "/v1/whoami")[1]
    waits = b.attribute(at=f"{AWAY} >> role=alert >> a", name="href").rsplit("/", 1)[1]
    lab.approve("carol", waits)
    say_away(b, "2027-10-31T12:00", "dave")
    b.wait(at=f"{AWAY} >> text=dave stands in for you")
    assert b.count(at=f"{AWAY} >> role=alert") == 0
