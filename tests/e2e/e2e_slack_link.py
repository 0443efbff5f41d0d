"""People link their own Slack accounts ("Sign in with Slack"): what it takes, and who does not get there."""

import json
import time
import urllib.parse

import scratch
from authenticator import text as encoded
from browser import Browser
from e2e_console import LOOKS
from idp import Person, request
from lab import wait_for
from looks import faults
from slack import Slack

FOLDER = scratch.kept("lab-slack-link-")
SLACK = Slack(FOLDER)
OPS = "C0OPS"
USERS = {name: f"U0{name.upper()}" for name in ("rita", "bob", "carol", "erin", "sam")}
COUNT = [7000]


def prepare(config):
    for name, value in (("bot", SLACK.bot_token), ("app", SLACK.app_token), ("client", SLACK.client_secret)):
        (FOLDER / name).write_text(value + "\n")
    SLACK.channel(OPS, name="ops")
    for name, user in USERS.items():
        SLACK.user(user, name=name)
    config["public_url"] = f"http://localhost:{config['listen']['http'].rpartition(':')[2]}"
    config["issuers"] = [{"name": "slack", "issuer": SLACK.issuer, "client_id": SLACK.client_id,
                          "client_secret_file": str(FOLDER / "client")}]
    config["chat"] = [{"name": "slack", "team": SLACK.team, "issuer": "slack", "channel": OPS, "api": SLACK.api,
                       "bot_token_file": str(FOLDER / "bot"), "app_token_file": str(FOLDER / "app")}]


LAB = {"change": prepare, "deciders": ("rita", "bob", "carol", "erin")}


def home(lab):
    return f"http://localhost:{lab.http}"


# --- a person with the console open, without a screen ---------------------------------------------


def ask(lab, who, method, path, body=None, mark=True):
    """As the console's page asks, with the cookies of that browser; it keeps those that come."""
    headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in who.cookies(home(lab)).items()), "Content-Type": "application/json"}
    if method != "GET":
        headers |= {"Origin": home(lab), **({"Sluice-CSRF": who.mark} if mark else {})}
    status, text, heads = request(home(lab) + path, method, None if body is None else json.dumps(body), headers)
    for name, value in heads:
        if name.lower() == "set-cookie":
            key, _, content = value.split(";")[0].partition("=")
            who.cookies(home(lab))[key] = content
    return status, json.loads(text or "{}")


def console(lab, name):
    """Somebody with a session of the console, in a browser of their own."""
    said = lab.sluice("console", "--credential-file", lab.enroll(name), *lab.where(), check=True).out.strip()
    who = Person()
    who.mark = ""
    code = urllib.parse.parse_qs(urllib.parse.urlparse(said).fragment)["code"][0]
    status, told = ask(lab, who, "POST", "/v1/sessions", {"code": code}, mark=False)
    assert status == 201, told
    who.mark = told["csrf"]
    return who


def begin(lab, who):
    status, told = ask(lab, who, "POST", "/v1/links/begin", {"issuer": "slack"})
    assert status == 201 and "flow" not in told, told
    return told["redirect"]


def come_back(lab, who, user):
    """From the console to Slack, as that user; the address with the code, not visited yet."""
    return SLACK.sign_in(begin(lab, who), user, f"{home(lab)}/signin/callback", person=who)


def shown(lab, who, user):
    """Up to the question; what it shows."""
    status, text, there = who.once(come_back(lab, who, user))
    assert status == 303 and there == f"{home(lab)}/passkeys", (status, text)
    assert "__Host-sluice-flow" not in who.cookies(home(lab)), "the flow's cookie is left"
    return ask(lab, who, "GET", "/v1/links")[1]["shown"]


def say_yes(lab, who, account, **more):
    return ask(lab, who, "POST", "/v1/links", {"issuer": account["issuer"], "subject": account["subject"], **more})


def link(lab, name, user=None):
    who = console(lab, name)
    status, told = say_yes(lab, who, shown(lab, who, user or USERS[name]))
    assert status == 201, told
    return who


def unlink(lab, who, user):
    return ask(lab, who, "POST", "/v1/links/end", {"issuer": SLACK.issuer, "subject": user})


def accounts(lab, who):
    return [(a["issuer"], a["subject"]) for a in ask(lab, who, "GET", "/v1/links")[1]["accounts"]]


def nobody_has(lab, user):
    said = lab.manage("identity", "list", "--json").out
    return user not in said


def refused(lab, who, user, **how):
    """The provider's word does not do; what the page says."""
    SLACK.openid(**how)
    try:
        status, text, _ = who.once(come_back(lab, who, user))
    finally:
        SLACK.openid(claims={}, key="own", alg="RS256", skew_s=0, error="")
    assert status >= 400 and "Nothing was linked" in text, (status, text)
    assert "shown" not in ask(lab, who, "GET", "/v1/links")[1]
    return text


# --- holds and decisions in Slack -----------------------------------------------------------------


def hold(lab, user="agent-7"):
    SLACK.lab = lab
    COUNT[0] += 1
    client = lab.raw(user)
    client.query(f"delete from staging.scratch where id = {COUNT[0]}")
    return client, lab.pending_one(user, like=f"id = {COUNT[0]}")


def card(approval):
    return wait_for(lambda: [m for m in SLACK.messages(channel=OPS) if approval["id"] in json.dumps(m["blocks"])], 20, "the message")[-1]


def field(view):
    return [b["element"]["action_id"] for b in view["blocks"] if b["type"] == "input"][0]


def clicked(user, approval):
    """With no earlier form left in front of them: the next one seen is the one that this opens."""
    for one in SLACK.views(user=user):
        SLACK.close(user=user, view=one["id"])
    message = card(approval)
    SLACK.click(user, OPS, message["ts"], "sluice.approve")


def state(lab, approval):
    return lab.approval(approval["id"])["state"]


def of_ledger(lab, event, like):
    """The newest entry of the roster about it; entries are told when their checkpoint is signed."""
    def found():
        status, said = lab.ask("rita", "GET", f"/v1/audit?kind=roster&event={event}&limit=100")
        assert status == 200, said
        leaves = [lab.ask("rita", "GET", f"/v1/ledger/entries/{line['entry']}")[1] for line in said["lines"]]
        return [x for x in leaves if all(x.get(n) == v for n, v in like.items())]
    return wait_for(found, 10, f"{event} {like} in the ledger")[0]


# --- the tests -------------------------------------------------------------------------------------


def test_link(lab):
    """signed in here and there, shown whom one links to whom, and yes: it decides what is asked afterwards, and nothing before"""
    SLACK.ready()
    _, before = hold(lab)
    who = console(lab, "bob")
    account = shown(lab, who, USERS["bob"])
    assert (account["subject"], account["name"], account["team"], account["issuer"]) == (
        USERS["bob"], "bob", SLACK.team, SLACK.issuer), account
    assert nobody_has(lab, USERS["bob"]), "it was linked before anybody said yes"
    status, told = say_yes(lab, who, account)
    assert status == 201 and told["subject"] == USERS["bob"], told
    assert accounts(lab, who) == [(SLACK.issuer, USERS["bob"])]
    clicked(USERS["bob"], before)
    SLACK.aside(USERS["bob"], "made after the action was asked")
    assert not SLACK.views(user=USERS["bob"]) and state(lab, before) == "pending"
    lab.deny("rita", before["id"])
    _, after = hold(lab)
    clicked(USERS["bob"], after)
    view = SLACK.modal(USERS["bob"])
    SLACK.submit(USERS["bob"], view["id"], {field(view): "as agreed"})
    wait_for(lambda: state(lab, after) == "spent", 10, "the statement to run")
    assert [(v["identity"], v["channel"]) for v in lab.approval(after["id"])["votes"]] == [("bob", "slack")]


def test_recorded(lab):
    """the ledger says who linked what with which credential, and as theirs, not as an operator's"""
    leaf = of_ledger(lab, "account_link", {"subject": USERS["bob"]})
    assert (leaf["identity"], leaf["by"], leaf["channel"], leaf["issuer"]) == ("bob", "bob", "console", SLACK.issuer), leaf
    assert leaf["with"] and leaf["with"] != leaf["credential"] and "approval" not in leaf, leaf


def test_one_person(lab):
    """a linked account is the person (P4): carol's agent is not carol's to decide about, in Slack either"""
    link(lab, "carol")
    _, approval = hold(lab)
    clicked(USERS["carol"], approval)
    SLACK.aside(USERS["carol"], "owner")
    assert not SLACK.views(user=USERS["carol"]) and state(lab, approval) == "pending"
    lab.deny("rita", approval["id"])


def test_somebody_elses_flow(lab):
    """a browser that is sent into somebody else's flow, with or without one of its own, links nothing to anybody"""
    attacker, victim = console(lab, "bob"), console(lab, "rita")
    unlink(lab, attacker, USERS["bob"])
    trap = come_back(lab, attacker, USERS["sam"])
    status, text, _ = victim.once(trap)
    assert status == 403 and "not begun in this browser" in text, text
    come_back(lab, victim, USERS["rita"])               # her own is under way
    status, text, _ = victim.once(trap)
    assert status == 403 and "Nothing was linked" in text, text
    for who in (attacker, victim):
        said = ask(lab, who, "GET", "/v1/links")[1]
        assert said["accounts"] == [] and "shown" not in said, said
    mine = come_back(lab, victim, USERS["rita"])        # and the other way round: whoever made her browser begin has her answer
    status, text, _ = attacker.once(mine)
    assert status == 403 and nobody_has(lab, USERS["rita"]), text


def test_only_the_session_that_began(lab):
    """another session says yes to nothing: of the same person, of another, without its mark, or to another account than was shown"""
    who, other, second = console(lab, "rita"), console(lab, "carol"), console(lab, "rita")
    account = shown(lab, who, USERS["rita"])
    for one in (other, second):
        assert "shown" not in ask(lab, one, "GET", "/v1/links")[1]
        status, told = say_yes(lab, one, account)
        assert status == 409, told
    status, told = ask(lab, who, "POST", "/v1/links", {"issuer": account["issuer"], "subject": account["subject"]}, mark=False)
    assert status == 403, told
    for wrong in ({**account, "subject": USERS["sam"]}, {**account, "issuer": "slack"}):
        assert say_yes(lab, who, wrong)[0] == 409
    assert nobody_has(lab, USERS["rita"])
    assert say_yes(lab, who, account)[0] == 201
    assert say_yes(lab, who, account)[0] == 409, "it was good twice"
    assert unlink(lab, who, USERS["rita"])[0] == 200


def test_mark_to_begin(lab):
    """a page elsewhere begins nothing in somebody's browser; nor does what has no browser, or does not decide"""
    who = console(lab, "rita")
    status, _ = ask(lab, who, "POST", "/v1/links/begin", {"issuer": "slack"}, mark=False)
    assert status == 403
    status, told = lab.ask("rita", "POST", "/v1/links/begin", {"issuer": "slack"})
    assert status == 403 and "browser" in told["detail"], told
    head = {"Authorization": f"Bearer {lab.token('agent-7')}", "Content-Type": "application/json"}
    for path, body in (("begin", {"issuer": "slack"}), ("end", {"issuer": SLACK.issuer, "subject": "U1"})):
        status, text, _ = request(f"{home(lab)}/v1/links/{path}", "POST", json.dumps(body), head)
        assert status == 403 and "is for asking" in text, text


def test_used_answers(lab):
    """an answer of the provider's is good once; and a session that ended says yes to nothing"""
    who = console(lab, "rita")
    back = come_back(lab, who, USERS["rita"])
    keep = dict(who.cookies(home(lab)))
    assert who.once(back)[0] == 303
    who.cookies(home(lab)).update(keep)
    status, text, _ = who.once(back)
    assert status == 403, text
    account = ask(lab, who, "GET", "/v1/links")[1]["shown"]
    ask(lab, who, "POST", "/v1/sessions/end", {})
    assert say_yes(lab, who, account)[0] == 401 and nobody_has(lab, USERS["rita"])


def test_others_account(lab):
    """an account that is somebody else's is never moved, nor one that was; nor does anybody have two"""
    link(lab, "bob")
    who = console(lab, "erin")
    text = refused(lab, who, USERS["bob"])
    assert "somebody else" in text and "bob" not in text.lower().replace(USERS["bob"].lower(), ""), text
    bob = console(lab, "bob")
    status, told = ask(lab, bob, "POST", "/v1/links/begin", {"issuer": "slack"})
    assert status == 409 and "Unlink" in told["hint"], told
    assert unlink(lab, who, USERS["bob"])[0] == 404
    assert unlink(lab, bob, USERS["bob"])[0] == 200 and accounts(lab, bob) == []
    assert "somebody else" in refused(lab, who, USERS["bob"])
    waiting = shown(lab, who, USERS["sam"])             # an operator was faster
    lab.manage("identity", "account", "carol", "--issuer", "slack", "--subject", USERS["sam"])
    status, told = say_yes(lab, who, waiting)
    assert status == 403 and "somebody else" in told["detail"], told
    lab.manage("identity", "account", "carol", "--issuer", "slack", "--subject", USERS["sam"], "--remove")


def test_tokens(lab):
    """of another workspace, of nobody's saying, of another client, nonce, key or algorithm: the token links nothing"""
    who = console(lab, "erin")
    team = "https://slack.com/team_id"
    for how in ({"claims": {team: "T0OTHER"}}, {"claims": {team: None}}, {"claims": {"https://slack.com/user_id": USERS["bob"]}},
                {"claims": {"sub": USERS["bob"]}}, {"claims": {"https://slack.com/user_id": None}}, {"claims": {team: [SLACK.team]}}):
        assert "not of the workspace" in refused(lab, who, USERS["erin"], **how), how
    for how in ({"claims": {"aud": "another"}}, {"claims": {"nonce": "another"}}, {"claims": {"iss": "https://slack.com"}}, {"key": "other"},
                {"alg": "none"}, {"alg": "HS256"}, {"skew_s": -4000}, {"claims": {"sub": None}}, {"error": "access_denied"}):
        refused(lab, who, USERS["erin"], **how)
    assert nobody_has(lab, USERS["erin"])


def test_unlink_with_an_open_form(lab):
    """unlinked at once: a form that is open decides nothing any more, nor does the next click"""
    who = console(lab, "bob")
    assert say_yes(lab, who, shown(lab, who, USERS["bob"]))[0] == 201
    _, approval = hold(lab)
    clicked(USERS["bob"], approval)
    view = SLACK.modal(USERS["bob"])
    assert unlink(lab, who, USERS["bob"])[0] == 200
    done = SLACK.submit(USERS["bob"], view["id"], {field(view): "as agreed"})
    assert "linked to nobody" in json.dumps(done["answer"]), done
    time.sleep(2.1)                                     # nobody is told something in private twice in two seconds
    clicked(USERS["bob"], approval)
    SLACK.aside(USERS["bob"], "linked to nobody")
    assert state(lab, approval) == "pending"
    leaf = of_ledger(lab, "account_unlink", {"subject": USERS["bob"]})
    assert (leaf["by"], leaf["channel"]) == ("bob", "console"), leaf
    lab.deny("rita", approval["id"])


def test_passkey(lab):
    """whoever has a passkey links nothing without it: a stolen session is not enough, and it signs exactly what was shown"""
    lab.enrol_passkey("bob")
    key = lab.passkeys["bob"]
    who = console(lab, "bob")
    account = shown(lab, who, USERS["bob"])
    names = {"issuer": account["issuer"], "subject": account["subject"]}
    status, told = say_yes(lab, who, account)
    assert status == 403 and "existing" in told["detail"], told
    assert ask(lab, who, "POST", "/v1/links/challenge", {**names, "subject": USERS["sam"]})[0] == 409

    def challenge():
        status, said = ask(lab, who, "POST", "/v1/links/challenge", names)
        assert status == 200 and said["allow"] == [encoded(key.id)], said
        return said
    wanted = challenge()
    signed = wanted["signed"]
    assert (signed["purpose"], signed["identity"], signed["issuer"], signed["subject"]) == (
        "link", "bob", SLACK.issuer, USERS["bob"]), signed
    enrol = ask(lab, who, "POST", "/v1/passkeys/challenge", {"purpose": "remove", "key": encoded(key.id)})[1]
    for bad in (key.assertion(enrol["challenge"]), key.assertion(wanted["challenge"], origin="https://elsewhere.test"),
                key.assertion(encoded(bytes(32)))):
        assert say_yes(lab, who, account, existing=bad)[0] in (403, 409), bad
    assert nobody_has(lab, USERS["bob"])
    status, told = say_yes(lab, who, account, existing=key.assertion(challenge()["challenge"]))
    assert status == 201, told
    leaf = of_ledger(lab, "account_link", {"credential": told["credential"]})
    assert leaf["allowed_by"]["key"] == encoded(key.id), leaf
    assert leaf["allowed_by"]["signed"]["subject"] == USERS["bob"], leaf
    assert unlink(lab, who, USERS["bob"])[0] == 200


def test_fresh(lab):
    """whoever came through a provider and has no passkey needs a fresh sign-in with more than one factor to link anything"""
    lab.manage("identity", "account", "erin", "--issuer", "slack", "--subject", USERS["erin"])
    who = Person()
    there = who.once(f"{home(lab)}/v1/signin/slack")[2]
    status, text, _ = who.once(SLACK.sign_in(there, USERS["erin"], f"{home(lab)}/signin/callback", person=who))
    assert status == 303, text
    who.mark = ask(lab, who, "GET", "/v1/sessions/current")[1]["csrf"]
    status, told = ask(lab, who, "POST", "/v1/links/begin", {"issuer": "slack"})
    assert status == 403 and "right after a sign-in" in told["detail"], told
    assert unlink(lab, who, USERS["erin"])[0] == 200 and ask(lab, who, "GET", "/v1/links")[0] == 401


def test_command_line(lab):
    """`sluice link` says which accounts decide as me, leads to the console for one more, and unlinks"""
    file = ("--credential-file", lab.enroll("carol"), *lab.where())
    said = json.loads(lab.sluice("link", "--json", *file, check=True).out)
    assert [(a["issuer"], a["subject"]) for a in said["accounts"]] == [(SLACK.issuer, USERS["carol"])], said
    plain = lab.sluice("link", *file, check=True).out
    assert USERS["carol"] in plain and "slack" in plain, plain
    assert lab.sluice("link", "slack", *file).rc == 1 and lab.sluice("link", "nowhere", *file).rc == 1
    lab.sluice("link", "slack", "--remove", *file, check=True)
    done = lab.sluice("link", "slack", *file, check=True)
    assert f"{lab.url}/passkeys#code=" in done.out, done
    assert json.loads(lab.sluice("link", "--json", *file, check=True).out)["accounts"] == []
    assert lab.sluice("link", "slack", "--remove", *file).rc == 1


def look(b, where):
    """The same page in both colour schemes, on a phone and on a wide screen."""
    found = []
    for scheme, width in LOOKS:
        b.scheme(scheme=scheme)
        b.size(width=width, height=800)
        found += faults(b, f"{where} {scheme} {width}", motion="")
    assert found == [], found


def test_chromium(lab):
    """in Chromium: begun on my page, over Slack's, the question there, signed with a passkey, shown, and taken back"""
    b = Browser(lab)
    b.open()
    said = lab.sluice("link", "slack", "--credential-file", lab.enroll("rita"), *lab.where(), check=True).out.strip()
    b.goto(url=said.replace(lab.url, home(lab)))
    b.wait(at="#enrol")
    b.authenticator()
    b.click(at="#enrol")
    b.wait(at="role=heading[name='Add another']")
    b.click(at="role=button[name='Link your slack account…']")
    b.wait(at="select")
    b.eval(js=f"document.querySelector('select').value = '{USERS['rita']}'")
    b.click(at="button >> text=Allow")
    b.wait(at="role=button[name='Link']")
    shown_there = f"Link rita ({USERS['rita']}) of {SLACK.team} to rita? It then decides as you."
    b.wait(at=f"text={shown_there}")
    assert b.url() == f"{home(lab)}/passkeys" and nobody_has(lab, USERS["rita"])
    look(b, "an account is shown")
    b.click(at="role=button[name='Link']")
    b.wait(at=f"role=button[name='Unlink {USERS['rita']}']")
    assert not nobody_has(lab, USERS["rita"]) and b.count(at=f"text={shown_there}") == 0
    assert "allowed_by" in of_ledger(lab, "account_link", {"identity": "rita", "subject": USERS["rita"]})
    look(b, "an account is linked")
    b.click(at=f"role=button[name='Unlink {USERS['rita']}']")
    b.wait(at="role=button[name='Link your slack account…']")
    assert nobody_has(lab, USERS["rita"])
    said = [c for c in b.complaints() if "404" not in c]      # Slack's page has no icon
    assert said == [], said


def test_governed(lab):
    """under `govern: two-person` an operator's link waits for another person; one's own does not, and the auditor agrees"""
    lab.add("sam", "human")
    lab.config["govern"] = "two-person"
    lab.config["roles"] = {"admins": {"identities": ["rita", "bob"]}}
    lab.write_config()
    lab.sighup()
    done = wait_for(lambda: (d := lab.manage("identity", "account", "sam", "--issuer", "slack", "--subject", USERS["sam"], check=False))
                    .rc != 0 and d, 10, "the operator to have to wait")
    assert "Held" in done.out + done.err or "another person" in done.out + done.err, done
    who = console(lab, "carol")
    assert say_yes(lab, who, shown(lab, who, USERS["carol"]))[0] == 201
    assert accounts(lab, who) == [(SLACK.issuer, USERS["carol"])]
