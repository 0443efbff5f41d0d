"""The console's pages about the whole, and what happens between people: policy, identities, health, one's agents; two
reviewers at once, a click that comes too late."""

import threading

from browser import Browser
from e2e_console import HOSTILE, LOOKS, ask, browser_of, decide, open_request, settled, sign_in
from lab import hold, wait_for
from looks import faults

HELD = "delete from staging.scratch where id = {}"


def with_budget(config):
    config["policy"].append({"name": "small bites", "when": {"identity_kind": ["agent"], "effects": ["read"], "labels": ["pii"]},
                             "then": "allow", "budget": {"rows": 500, "per": "1h", "by": "owner"}})
    config["break_glass"] = {"groups": ["engineers"], "review_within": "1h"}
    config["policy"].append(hold("at once", "public.orders", expires="4s"))


LAB = {"change": with_budget}


def go(lab, b, page, heading):
    b.goto(url=f"{lab.url}/{page}")
    b.wait(at=f"role=heading[name='{heading}']")


def test_policy(lab):
    """every rule as a sentence, its text folded below; a statement is tried for somebody else, and nothing of it runs"""
    b = sign_in(lab, "rita")
    b.click(at="nav >> text=Policy")
    b.wait(at="role=heading[name='Policy']")
    rules = b.text(at="section[aria-label='Rules']")
    assert "agents never drop" in rules and "regulated data leaves" in rules, rules
    words = b.texts(at="section[aria-label='Rules'] .ruled > p")
    for said in ("When an agent sends drop or truncate, it is refused.",
                 "When anybody exports touching data labelled pii or financial, it waits until one of data-stewards says yes. "
                 "To decide there are 15m, to run it afterwards 5m.",
                 "When an agent reads touching data with no other labels than pii, it flows. Up to 500 rows in 1h, added up for an "
                 "owner and all that it owns; what goes beyond is held."):
        assert said in words, (said, words)
    assert not [w for w in words if "The text below says more" in w], words
    assert len(words) == b.count(at="section[aria-label='Rules'] details") > 10
    assert b.count(at="section[aria-label='Rules'] details[open]") == 0 and "then:" not in rules     # the YAML is folded
    b.click(at="summary >> text=agents never drop")
    assert "truncate" in b.text(at="section[aria-label='Rules'] details[open] pre")
    b.click(at="section[aria-label='Targets'] summary")
    assert "*.ssn" in b.text(at="section[aria-label='Targets']") and "pii" in b.text(at="section[aria-label='Targets']")
    b.fill(at="role=textbox[name='Asked by']", text="agent-7")
    b.fill(at="role=textbox[name='SQL']", text="copy customers to stdout")
    b.click(at="role=button[name='What would it say?']")
    b.wait(at=".outcome")
    said = b.text(at=".outcome")
    assert "hold" in said and "1 of data-stewards" in said and "pii" in said and "export" in said, said
    b.fill(at="role=textbox[name='Asked by']", text="nobody <b>")
    b.click(at="role=button[name='What would it say?']")
    b.wait(at="section[aria-label='Try a statement'] >> role=alert")
    assert lab.ran("copy customers") == 0
    assert [c for c in b.complaints() if "404" not in c] == []


def test_shadow(lab):
    """the rules are edited in the page and tried on the past: what would change, by rule, with entries; a fault names its line"""
    assert lab.psql("insert into customers values (90001, 'x')", user="agent-7").rc == 0
    b = sign_in(lab, "rita")
    go(lab, b, "policy", "Policy")
    b.wait(at="textarea.code")
    before = b.eval(js="document.querySelector('textarea.code').value")
    assert before.startswith("policy:\n") and "agents never drop" in before, before
    b.click(at="role=button[name='What would change?']")
    b.wait(at="role=region[name='What would change'] >> text=0 otherwise")
    more = ('  - name: "new watch"\n    when: {datasets: [public.customers], effects: [insert]}\n    then: hold\n'
            "    reviewers: {groups: [dba], need: 1}\n")
    b.fill(at="textarea.code", text=before + more)

    def seen():
        b.click(at="role=button[name='What would change?']")
        b.wait(at="role=region[name='What would change']")
        return "new watch" in b.text(at="role=region[name='What would change']")

    wait_for(seen, 10, "the difference")
    said = b.text(at="role=region[name='What would change'] >> li >> nth=0")
    assert "allow → hold" in said and "agent-7" in said and "public.customers" in said and "Entries" in said, said
    b.fill(at="textarea.code", text=before + "  - name: broken\n    than: hold\n")
    b.click(at="role=button[name='What would change?']")
    b.wait(at="section[aria-label='Shadow'] >> role=alert")
    line = before.count("\n") + 2
    assert f"edited:{line}:" in b.text(at="section[aria-label='Shadow'] >> role=alert")


REVIEW = "section[aria-label='Done by one person alone']"


def test_done_alone(lab):
    """what one person released alone appears at once in the navigation and the inbox of those who may sign it off, and goes
    when two have; who did it, asked for it or owns it is not asked"""
    for who in ("erin", "carol", "rita"):       # only who was there before counts
        lab.enroll(who)
    b = sign_in(lab, "bob", width=320, height=640)
    b.wait(at=".live.live")
    assert b.count(at="nav .number.due") == 0 and b.count(at=REVIEW) == 0
    child = lab.psql_start("-c", HELD.format(31))
    held = lab.pending_one("agent-7", like="= 31")
    lab.release_alone("erin", held, "nobody <b>else</b> is awake")
    child.communicate(timeout=20)
    b.wait(at="nav .number.due >> text=1")
    b.wait(at=f"{REVIEW} >> text=nobody <b>else</b> is awake")
    assert "0 of 2 signed it off" in b.text(at=REVIEW), b.text(at=REVIEW)
    assert b.axe() == []
    alone = b.text(at=".alone p")
    assert "erin released a request of agent-7 on finance alone" in alone and "0 of 2 others" in alone, alone
    b.click(at=".alone >> text=I have seen it")
    b.wait(at=".alone p", state="hidden")
    b.goto(url=f"{lab.url}/governance")                     # loaded anew: its review is still open
    b.wait(at=".alone >> text=Look at it, and sign it off")
    assert b.axe() == []
    b.click(at="nav >> text=Inbox")
    b.click(at=f"{REVIEW} >> text=What was released")
    b.wait(at="section[aria-label='Released alone']")
    b.click(at="section[aria-label='Released alone'] >> summary")
    settled(b, "Sign it off")
    b.click(at="role=button[name='Sign it off']")
    b.wait(at="role=alert >> text=Say what you looked at")
    assert b.eval(js="document.activeElement.id") == f"signoff-{held['id']}"
    assert b.axe() == []
    b.fill(at="role=textbox[name='What you looked at']", text="the incident was real")
    b.click(at="role=button[name='Sign it off']")
    b.wait(at="section[aria-label='Released alone'] >> text=1 of 2 others")
    b.wait(at="section[aria-label='Released alone'] >> text=the incident was real")
    b.wait(at="nav .number.due", state="hidden")
    for who, due in (("erin", 0), ("carol", 0), ("rita", 1)):
        other = sign_in(lab, who)
        other.wait(at=".live.live")
        if due:
            other.wait(at="nav .number.due >> text=1")
        assert other.count(at="nav .number.due") == due, who
    assert lab.ask("rita", "POST", f"/v1/reviews/{held['id']}", {"reason": "seen in the log"})[0] == 200
    other.wait(at="nav .number.due", state="hidden")        # told by the stream, not by a click here
    other.wait(at=".alone p", state="hidden")
    assert other.complaints() == []


def test_identities(lab):
    """people, agents and services; one without an active owner stands out; a word filters them"""
    lab.manage("identity", "add", "lost-bot", "--kind", "agent", "--owner", "erin")
    lab.manage("identity", "disable", "erin")
    b = sign_in(lab, "rita")
    go(lab, b, "identities", "Identities")
    b.wait(at="role=alert >> text=lost-bot")
    assert b.text(at="role=alert").startswith("2 agents and services"), b.text(at="role=alert")     # nightly is erin's, too
    assert "owner is not active" in b.text(at="tr:has-text('lost-bot')")
    assert "carol" in b.text(at="tr:has-text('agent-7')")
    b.fill(at="input[type=search]", text="data-stew")
    b.wait(at="role=status >> text=of")
    assert {t.split()[0] for t in b.texts(at="tbody th")} == {"carol", "rita", "bob", "agent-8"}, b.texts(at="tbody th")
    lab.manage("identity", "disable", "nightly")
    lab.manage("identity", "disable", "lost-bot")


def test_health(lab):
    """programs, the catalog, the ledger and the disk; what needs a hand is said first"""
    b = sign_in(lab, "rita")
    go(lab, b, "health", "Health")
    for name in ("Targets", "Programs", "Record"):
        b.wait(at=f"section[aria-label='{name}']")
    assert "finance" in b.text(at="section[aria-label='Targets']") and "keeper" in b.text(at="section[aria-label='Programs']")
    assert "free of" in b.text(at="section[aria-label='Record']")


def test_try_again(lab):
    """a page that was not answered says so, and asks again at one's word"""
    b = sign_in(lab, "rita")
    b.eval(js="window.kept = window.fetch; window.fetch = (at, how) => String(at).startsWith('/v1/identities') ? "
              "Promise.reject(new TypeError('no')) : window.kept(at, how); 1")
    b.click(at="nav >> text=Identities")
    b.wait(at="role=alert >> text=cannot be reached")
    b.eval(js="window.fetch = window.kept; 1")
    b.click(at="role=button[name='Try again']")
    b.wait(at="tbody th >> text=rita")


def test_my_agents(lab):
    """what is left of a budget, what was denied at once and by which rule"""
    assert lab.psql("select email from customers limit 100", user="agent-7").rc == 0
    assert lab.psql("drop table staging.wide", user="agent-7").rc != 0
    wait_for(lambda: lab.ask("carol", "GET", "/v1/agents")[1]["refused"], 10, "the denial")
    b = sign_in(lab, "carol")
    go(lab, b, "agents", "My agents")
    b.wait(at="section[aria-label='Agents and services'] >> text=400 rows left")
    said = b.text(at="section[aria-label='Denied at once']")
    assert "agent-7 on finance: drop table" in said and "agents never drop" in said, said


def test_pause(lab):
    """the owner pauses an agent behind one question, its session ends, and lets it go on again"""
    client = lab.raw("agent-7")
    b = sign_in(lab, "carol")
    go(lab, b, "agents", "My agents")
    settled(b, "Pause agent-7")
    b.click(at="role=button[name='Pause agent-7']")
    confirm = "role=dialog >> role=button[name='Pause agent-7'][disabled=false]"
    b.wait(at=confirm)
    assert lab.psql("select 1", user="agent-7").rc == 0         # a question is no deed
    b.click(at=confirm)
    b.wait(at="text=paused by its owner")
    assert lab.psql("select 1", user="agent-7").rc != 0
    client.close()
    b.click(at="role=button[name='Let agent-7 go on']")
    confirm = "role=dialog >> role=button[name='Let agent-7 go on'][disabled=false]"
    b.wait(at=confirm)
    b.click(at=confirm)
    b.wait(at="role=button[name='Pause agent-7']")
    assert lab.psql("select 1", user="agent-7").rc == 0


def ready_to_confirm(lab, b, who, held, verb):
    b.goto(url=f"{lab.url}/approvals/{held['id']}")
    b.wait(at="role=region[name='Exact statement']")
    b.fill(at="role=textbox[name='Your reason']", text=f"{who} says so")
    settled(b, f"{verb}…")
    b.click(at=f"role=button[name='{verb}…']")
    b.wait(at=f"role=dialog >> role=button[name=/^{verb} /][disabled=false]")


def test_two_at_once(lab):
    """two reviewers confirm in the same moment, one yes and one no: one of them counts, the other is told, and it runs at most once"""
    rita = sign_in(lab, "rita")
    bob = Browser(lab)
    bob.open()
    bob.goto(url=lab.sluice("console", "--credential-file", lab.enroll("bob"), *lab.where(), check=True).out.strip())
    bob.wait(at="role=heading[name='Inbox']")
    child, held = ask(lab, HELD.format(21))
    ready_to_confirm(lab, rita, "rita", held, "Approve")
    ready_to_confirm(lab, bob, "bob", held, "Deny")
    press = "document.querySelector('dialog .buttons button:last-child').click()"
    both = [threading.Thread(target=b.eval, kwargs={"js": press}) for b in (rita, bob)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    child.communicate(timeout=20)
    after = lab.approval(held["id"])
    assert len(after["votes"]) == 1 and after["state"] in ("spent", "denied"), after
    won = after["votes"][0]["identity"] == "rita"
    assert lab.ran(r"scratch where id = 21$", "agent-7") == won and (child.returncode == 0) == won
    word = "ran" if won else "denied"
    for b in (rita, bob):       # whoever came second sees what happened, in the question or on the page
        b.wait(at=f"section[aria-label='Outcome'] >> text={word}")
    bob.press(key="Escape")


def test_click_after_expiry(lab):
    """when the time ends while the question is open, it closes; what is sent all the same is refused, and nothing runs"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, "update orders set item = 'late' where id = 1")
    ready_to_confirm(lab, b, "rita", held, "Approve")
    b.wait(at="role=dialog", state="hidden")
    b.wait(at="section[aria-label='Outcome'] >> text=nobody answered in time")
    assert b.count(at="#approve") == 0
    status = b.eval(js=f"""fetch('/v1/sessions/current').then((r) => r.json()).then((me) =>
        fetch('/v1/approvals/{held['id']}/decision', {{method: 'POST',
            headers: {{'Content-Type': 'application/json', 'Sluice-CSRF': me.csrf}},
            body: JSON.stringify({{decision: 'approve', digest: '{held['digest']}', reason: 'too late'}})}})).then((r) => r.status)""")
    assert status == 409, status
    child.communicate(timeout=20)
    assert child.returncode != 0 and lab.ran("item = 'late'") == 0
    assert lab.approval(held["id"])["votes"] == []


def test_disabled_click(lab):
    """somebody who is disabled while the question is open decides nothing any more"""
    lab.manage("identity", "invite", "bob")
    b = sign_in(lab, "bob")
    child, held = ask(lab, HELD.format(22))
    ready_to_confirm(lab, b, "bob", held, "Approve")
    lab.manage("identity", "pause", "bob")
    b.eval(js="document.querySelector('dialog .buttons button:last-child')?.click()")
    wait_for(lambda: b.count(at="text=Open the link that it prints") or b.count(at="role=dialog >> role=alert"), 10, "a refusal")
    after = lab.approval(held["id"])
    assert after["state"] == "pending" and after["votes"] == [], after
    lab.manage("identity", "pause", "bob", "--off")
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)


def test_hostile_everywhere(lab):
    """HTML, markdown, escapes and bidi marks are text in the table of alike requests, in what was refused, in complaints and in what was tried"""
    harmless = "main img, main script, main a[href*=evil], main b"
    b = sign_in(lab, "rita")
    held = []
    for n in (1, 2):
        child = lab.psql_start("-c", HOSTILE.replace("note =", f"id = {n} and note ="), user="agent-7")
        held.append((child, lab.pending_one("agent-7", like=f"id = {n} and note")))
    b.wait(at="role=button[name=/2 requests alike/]")
    b.click(at="role=button[name=/2 requests alike/]")
    b.wait(at="role=region[name='Alike requests'] >> text=<script>")
    shown = b.text(at="role=region[name='Alike requests']")
    assert "U+001B" in shown and "U+202E" in shown and b.count(at=harmless) == 0, shown
    for child, a in held:
        lab.deny("bob", a["id"], reason="<b>no</b> \u202eoN [x](http://evil.example)")
        child.communicate(timeout=20)
    b = sign_in(lab, "carol")
    go(lab, b, "agents", "My agents")
    b.wait(at="section[aria-label='Refused'] >> text=<b>no</b>")
    assert "U+202E" in b.text(at="section[aria-label='Refused']") and b.count(at=harmless) == 0
    b = sign_in(lab, "rita")
    go(lab, b, "policy", "Policy")
    b.fill(at="textarea.code", text="policy:\n  - {name: '<img src=x onerror=alert(1)>', than: hold}\n")
    b.click(at="role=button[name='What would change?']")
    b.wait(at="section[aria-label='Shadow'] >> role=alert")
    b.fill(at="role=textbox[name='SQL']", text='select * from "<img src=x onerror=alert(1)>"')
    b.click(at="role=button[name='What would it say?']")
    b.wait(at=".outcome")
    assert b.count(at=harmless) == 0 and [c for c in b.complaints() if "400" not in c] == []


def test_keyboard(lab):
    """Tab alone reaches every page's controls, and Enter works them"""
    b = sign_in(lab, "rita")
    for name in ("Policy", "Identities", "Health"):
        for _ in range(20):
            b.press(key="Tab")
            if b.focused() == f"A {name}":
                break
        b.press(key="Enter")
        b.wait(at=f"role=heading[name='{name}']")
        wait_for(lambda name=name: b.focused() == f"H1 {name}", 5, "the focus on the heading")
        b.goto(url=f"{lab.url}/")
        b.wait(at="role=heading[name='Inbox']")
    go(lab, b, "policy", "Policy")
    b.wait(at="role=textbox[name='SQL']")
    for _ in range(60):
        b.press(key="Tab")
        if b.eval(js="document.activeElement.closest('label')?.innerText ?? ''").startswith("SQL"):
            break
    b.type(text="select 1")
    b.press(key="Tab")
    b.press(key="Enter")
    b.wait(at=".outcome >> text=allow")


def test_accessible(lab):
    """axe finds nothing on these pages, at 320 and 1440 pixels, light and dark; nothing is wider than the screen"""
    found = []
    assert lab.psql("drop table staging.wide", user="agent-7").rc != 0      # something that was denied at once
    children = [lab.psql_start("-c", HELD.format(30 + n), user="agent-7") for n in range(3)]
    wait_for(lambda: len(lab.pending("agent-7")) == 3, 10, "three that wait")
    b = browser_of(lab)
    for scheme, width in LOOKS:
        sign_in(lab, "rita", scheme=scheme, width=width, height=800, motion="reduce")
        b.click(at="role=button[name=/3 requests alike/]")
        b.wait(at="role=region[name='Alike requests']")
        found += faults(b, f"inbox {scheme} {width}")
        sign_in(lab, "carol", scheme=scheme, width=width, height=800, motion="reduce")
        for page, heading, ready in (("policy", "Policy", "section[aria-label='Shadow']"),
                                     ("identities", "Identities", "table"), ("health", "Health", "section[aria-label='Record']"),
                                     ("agents", "My agents", "section[aria-label='Denied at once'] li")):
            go(lab, b, page, heading)
            b.wait(at=ready)
            if page == "policy":
                b.fill(at="role=textbox[name='SQL']", text="copy customers to stdout")
                b.click(at="role=button[name='What would it say?']")
                b.wait(at=".outcome")
                b.click(at="role=button[name='What would change?']")
                b.wait(at="role=region[name='What would change']")
            found += faults(b, f"{page} {scheme} {width}")
    assert found == [], "\n".join(found)
    for a in lab.pending("agent-7"):
        lab.deny("rita", a["id"])
    for child in children:
        child.communicate(timeout=20)
