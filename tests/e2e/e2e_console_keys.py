"""Every page of the console with the keyboard alone, and the focus in sight at each stop. No test here clicks."""

import csv
import io

import e2e_console
import e2e_console_passkey
import e2e_lineage
from e2e_console import ask
from keys import Keys
from lab import wait_for

LAB = {"change": lambda config: config.update(break_glass={"groups": ["engineers"], "review_within": "1h"})}
HELD = "delete from staging.scratch where id = {}"
COPY = "create table staging.walked as select email from customers"
FOCUSED_ID = "document.activeElement.closest('[data-id]')?.dataset.id ?? ''"


def sign_in(lab, who):
    """A link is opened; from there on keys alone."""
    b = e2e_console.sign_in(lab, who)
    b.wait(at="main .keys")     # all of it is there; what is drawn later would move what has the focus
    return b, Keys(b)


def open_line(b, keys, held):
    """j to the request's line in the inbox, k and j again, Enter."""
    b.wait(at=f"[data-id='{held['id']}']")
    for _ in range(40):
        keys.press("j")
        keys.seen()
        if b.eval(js=FOCUSED_ID) == held["id"]:
            break
    keys.press("Enter")
    b.wait(at="role=region[name='Exact statement']")
    wait_for(lambda: keys.here().startswith("H1 "), 5, "the focus on the heading")


def settle(b, which):
    b.wait(at=f"#{which}[aria-disabled=false]")


def decide(b, keys, which, verb, reason):
    settle(b, which)
    keys.write("TEXTAREA Your reason", reason)
    keys.enter(f"BUTTON {verb}…")
    keys.confirm(verb)


def test_walk(lab):
    """inbox: j and k go along the lines and stop at the ends, Tab too, and a letter decides nothing"""
    b, keys = sign_in(lab, "rita")
    first, one = ask(lab, HELD.format(1))
    second, two = ask(lab, "update staging.scratch set id = 2")
    b.wait(at=f"[data-id='{two['id']}']")
    for key, there in (("k", one), ("j", two), ("k", one), ("k", one)):
        keys.press(key)
        keys.seen()
        assert b.eval(js=FOCUSED_ID) == there["id"], (key, there)
    keys.press("j", "a", "y", "d", "n")
    for _ in range(30):
        keys.press("Tab")
        if keys.seen().startswith("BODY"):
            break
    for child, held in ((first, one), (second, two)):
        assert lab.approval(held["id"])["state"] == "pending"
        lab.deny("bob", held["id"])
        child.communicate(timeout=20)


def test_approve_and_deny(lab):
    """review: a yes and a no, each with a reason, a question and its last button"""
    b, keys = sign_in(lab, "rita")
    for number, which, verb, word, runs in ((11, "approve", "Approve", "ran", 1), (12, "deny", "Deny", "denied", 0)):
        child, held = ask(lab, HELD.format(number))
        keys.page("Inbox")
        open_line(b, keys, held)
        decide(b, keys, which, verb, f"{verb} by keys")
        b.wait(at=f"section[aria-label='Outcome'] >> text={word}")
        child.communicate(timeout=20)
        vote = lab.approval(held["id"])["votes"][0]
        assert (vote["identity"], vote["reason"]) == ("rita", f"{verb} by keys"), vote
        assert lab.ran(rf"scratch where id = {number}$", "agent-7") == runs


def test_released_alone(lab):
    """review: released alone with a reason, a question and its last button, and signed off by somebody else, each by keys"""
    for who in ("bob", "erin"):             # only who was there before counts
        lab.enroll(who)
    child, held = ask(lab, HELD.format(17))
    b, keys = sign_in(lab, "erin")
    b.goto(url=f"{lab.url}/approvals/{held['id']}")     # it is not hers to decide: somebody sent her the link
    b.wait(at="role=region[name='Exact statement']")
    settle(b, "break-glass")
    keys.write("TEXTAREA Your reason", "the house is on fire")
    keys.enter("BUTTON Release alone…")
    keys.confirm("Release alone DELETE on finance")
    b.wait(at="section[aria-label='Released alone'] >> text=the house is on fire")
    child.communicate(timeout=20)
    assert lab.approval(held["id"])["break_glass"]["signed_off"] == 0 and lab.ran("scratch where id = 17$", "agent-7") == 1
    b, keys = sign_in(lab, "bob")
    b.wait(at=".alone >> text=Look at it, and sign it off")
    keys.enter("A Look at it, and sign it off")
    b.wait(at="section[aria-label='Released alone']")
    keys.enter("SUMMARY Sign it off")
    b.wait(at="role=button[name='Sign it off'][disabled=false]")
    keys.enter("BUTTON Sign it off")        # without a word nothing is signed
    b.wait(at="role=alert >> text=Say what you looked at")
    assert keys.here().startswith("TEXTAREA What you looked at"), keys.here()
    b.type(text="it burned")
    keys.enter("BUTTON Sign it off")
    b.wait(at="section[aria-label='Released alone'] >> text=1 of 2 others")
    told = lab.approval(held["id"])["break_glass"]
    assert [(r["identity"], r["reason"]) for r in told["reviews"]] == [("bob", "it burned")], told


def test_away(lab):
    """my agents: away until a time with somebody standing in, and back, each with a question and its last button"""
    for who in ("bob", "rita"):
        lab.enroll(who)
    b, keys = sign_in(lab, "rita")
    keys.page("My agents")
    b.wait(at="section[aria-label='Away']")
    keys.to("INPUT Away until")
    b.type(text="10312027")                 # month, day, year; the clock is a field further
    keys.press("Tab")
    b.type(text="1200PM")
    keys.write("INPUT Who stands in", "bob")
    keys.enter("BUTTON I am away…")
    keys.confirm("Be away")
    b.wait(at="section[aria-label='Away'] >> text=bob stands in for you")
    away = lab.ask("rita", "GET", "/v1/whoami")[1]["away"]
    assert away["stand_in"] == "bob" and away["until"].startswith("2027-10-31T12:00"), away
    keys.enter("BUTTON I am back…")
    keys.confirm("Be back")
    b.wait(at="section[aria-label='Away'] >> text=You are not away.")
    assert "away" not in lab.ask("rita", "GET", "/v1/whoami")[1]


def test_ask(lab):
    """review: a question, which the client reads"""
    b, keys = sign_in(lab, "rita")
    child, held = ask(lab, HELD.format(13))
    open_line(b, keys, held)
    settle(b, "deny")
    keys.enter("SUMMARY Ask a question")
    keys.write("TEXTAREA Ask who wants it", "what for?")
    keys.enter("BUTTON Ask")
    b.wait(at=".talk >> text=what for?")
    decide(b, keys, "deny", "Deny", "no answer")
    _, err = child.communicate(timeout=20)
    assert "what for?" in err, err


def test_revoke_and_stop(lab):
    """review: a yes that did not run is taken back, what runs is stopped"""
    b, keys = sign_in(lab, "rita")
    gone, held = ask(lab, HELD.format(14))
    gone.kill()
    wait_for(lambda: lab.approval(held["id"])["client_gone"], 10, "the client to be gone")
    open_line(b, keys, held)
    decide(b, keys, "approve", "Approve", "later")
    settle(b, "revoke")
    keys.enter("BUTTON Take back…")
    keys.confirm("Take back")
    b.wait(at="section[aria-label='Outcome'] >> text=revoked by rita")
    child, held = ask(lab, "insert into staging.scratch select 1, pg_sleep(60)::text")
    keys.page("Inbox")
    open_line(b, keys, held)
    decide(b, keys, "approve", "Approve", "go on")
    b.wait(at="text=is running")
    settle(b, "stop")
    keys.enter("BUTTON Stop…")
    keys.confirm("Stop")
    child.communicate(timeout=30)
    assert child.returncode != 0 and lab.approval(held["id"])["state"] == "spent"


def at_the_heading(keys):
    """When it is done the focus goes there, and on from there."""
    wait_for(lambda: keys.here().startswith("H1 "), 5, "the focus on the heading")


def test_agents(lab):
    """my agents: a request is cancelled, an agent paused and let go on"""
    b, keys = sign_in(lab, "carol")
    child, held = ask(lab, HELD.format(15))
    keys.page("My agents")
    b.wait(at="role=button[name='Cancel this request']")
    keys.enter("BUTTON Cancel this request")
    keys.confirm("Cancel: ")
    child.communicate(timeout=20)
    assert lab.approval(held["id"])["state"] == "cancelled"
    at_the_heading(keys)
    for verb, then, rc in (("Pause agent-7", "Let agent-7 go on", 2), ("Let agent-7 go on", "Pause agent-7", 0)):
        keys.enter(f"BUTTON {verb}", "Shift+Tab")
        keys.confirm(verb)
        b.wait(at=f"role=button[name='{then}']")
        at_the_heading(keys)
        assert lab.psql("select 1", user="agent-7").rc == rc, verb


def test_audit(lab):
    """audit: a search, a line and its proof, the export"""
    b, keys = sign_in(lab, "rita")
    keys.page("Audit")
    keys.write("INPUT Identity", "agent-7")
    keys.press("Enter")
    b.wait(at="text=CSV")
    assert "identity=agent-7" in b.url()
    keys.enter("A CSV")
    file = wait_for(lambda: b.saved(), 10, "the file")[0]
    lines = [x for x in csv.DictReader(io.StringIO(file, newline="")) if x["entry"].isdigit()]
    assert lines and all(x["proof"] and "agent-7" in (x["identity"], x["owner"], x["approver"]) for x in lines), file[:300]
    for _ in range(30):
        keys.press("j")
        if keys.seen().startswith("BUTTON agent-7"):
            break
    keys.press("Enter")
    b.wait(at=".verdict.proved")
    keys.to("PRE ")


def test_lineage(lab):
    """lineage: a name, the graph along its flow with the arrows, and Enter looks from there"""
    child, held = ask(lab, COPY)
    lab.approve("rita", held["id"])
    child.communicate(timeout=20)
    wait_for(lambda: e2e_lineage.tree(lab, "down", "public.customers.email"), 10, "the flow to be known")
    b, keys = sign_in(lab, "rita")
    keys.page("Lineage")
    keys.write("INPUT Dataset or column", "public.customers.email")
    keys.press("Enter")
    b.wait(at=".graph [data-node$=' staging.walked.email']")
    assert keys.to("G ").startswith("G public.customers.email"), keys.here()
    keys.press("ArrowRight")
    for _ in range(6):
        if keys.seen().startswith("G staging.walked.email"):
            break
        keys.press("ArrowDown")
    assert keys.seen().startswith("G staging.walked.email"), keys.here()
    keys.press("ArrowLeft")
    assert keys.seen().startswith("G public.customers.email"), keys.here()
    keys.press("ArrowRight")
    keys.seen()
    keys.press("Enter")
    wait_for(lambda: "of=staging.walked.email" in b.url(), 5, f"the walk to go on, not {b.url()}")
    b.wait(at=".graph .node.start[data-node$=' staging.walked.email']")


def test_usage(lab):
    """usage: counted by something else, and from a name to its entries"""
    lab.psql("select email from customers limit 3")
    b, keys = sign_in(lab, "rita")
    keys.page("Usage")
    keys.to("SELECT Counted by")
    keys.press("d")                       # the first that begins so
    keys.enter("BUTTON Show")
    b.wait(at="table >> text=public.customers")
    assert "by=dataset" in b.url(), b.url()
    keys.to("DIV Usage by dataset")
    keys.press("ArrowRight")
    keys.enter("A public.customers")
    b.wait(at="section[aria-label='What was found'] li.line")
    assert "dataset=public.customers" in b.url()


def test_governance(lab):
    """governance: from each number that is not nothing to its entries"""
    for n, decides in ((93, lab.approve), (94, lab.deny)):      # so that there are some
        child, held = ask(lab, HELD.format(n))
        decides("bob", held["id"])
        child.communicate(timeout=20)
    b, keys = sign_in(lab, "rita")
    keys.page("Governance")
    b.wait(at="[data-number]")
    links = [" ".join(x.split()) for x in b.texts(at=".card a")]
    assert len(links) >= 4, links
    for text in links:
        keys.enter(f"A {text}")
        b.wait(at="section[aria-label='What was found'] >> li.line")
        assert keys.here().startswith("H1 Audit"), keys.here()
        keys.page("Governance")
        b.wait(at="[data-number]")


def test_policy(lab):
    """policy: a rule is opened, a statement tried, another policy asked about the past"""
    b, keys = sign_in(lab, "rita")
    keys.page("Policy")
    b.wait(at="section[aria-label='Rules'] summary")
    keys.enter("SUMMARY agents never drop")
    b.wait(at="section[aria-label='Rules'] details[open]")
    keys.write("TEXTAREA SQL", "copy customers to stdout")
    keys.enter("BUTTON What would it say?")
    b.wait(at=".outcome >> text=hold")
    keys.to("TEXTAREA Edited policy")
    keys.press("Control+End")
    b.type(text='  - {name: "keys watch", when: {statements: [select], labels: [pii]}, then: hold, reviewers: {groups: [dba], need: 1}}\n')
    keys.enter("BUTTON What would change?")
    b.wait(at="role=region[name='What would change'] >> text=otherwise")


def test_identities_and_health(lab):
    """identities: a word filters them; health: each table can be scrolled"""
    b, keys = sign_in(lab, "rita")
    keys.page("Identities")
    b.wait(at="table")
    keys.write("INPUT Name, kind, owner or group", "data-stew")
    b.wait(at="role=status >> text=of")
    keys.to("DIV Identities")
    keys.press("ArrowRight")
    keys.page("Health")
    b.wait(at="section[aria-label='Record']")
    keys.to("DIV Each target")
    keys.press("ArrowRight")


def test_sign_out(lab):
    """the skip link leads past the navigation; signing out, and the page that says how to come back"""
    b, keys = sign_in(lab, "rita")
    b.goto(url=f"{lab.url}/policy")
    b.wait(at="section[aria-label='Rules']")
    keys.press("Tab")
    assert keys.seen() == "A Skip to the content", keys.here()
    keys.press("Enter", "Tab")
    assert keys.seen().startswith("SUMMARY "), keys.here()
    keys.back_to("BUTTON Sign out")
    keys.press("Enter")
    b.wait(at="text=You signed out.")


def test_passkey(lab):
    """passkeys: one is made and named, signs a decision, and its name is changed"""
    b = e2e_console_passkey.sign_in(lab, "bob")
    b.authenticator()
    keys = Keys(b)
    keys.page("Passkeys")
    b.wait(at="#enrol")
    keys.write("INPUT A name for it", "by keys")
    keys.enter("BUTTON Add a passkey")
    b.wait(at="role=heading[name='by keys']")
    keys.back_to("INPUT Name of by keys")
    b.type(text=" again")
    keys.enter("BUTTON Save the name")
    b.wait(at="role=heading[name=/again/]")
    child, held = ask(lab, HELD.format(16))
    keys.page("Inbox")
    open_line(b, keys, held)
    settle(b, "approve")
    keys.write("TEXTAREA Your reason", "signed by keys")
    keys.enter("BUTTON Approve…")
    b.wait(at="role=dialog")
    keys.to("INPUT Sign it with a passkey")
    keys.press("Space")
    b.wait(at="dialog .buttons button:last-child[aria-disabled=false]")
    keys.enter("BUTTON Approve")
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    child.communicate(timeout=20)
    assert lab.approval(held["id"])["votes"][0]["proof"] == "passkey"
