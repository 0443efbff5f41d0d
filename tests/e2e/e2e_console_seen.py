"""What a reviewer sees at once, and that nothing is decided by accident: the review page above the fold, numbers and time
on it, lines of the inbox, the rest after each change, the question before, and what is read out."""

import base64
import json
import re
import time

from e2e_console import ask, browser_of, decide, link, open_request, settled, sign_in
from lab import wait_for

EXPORT = ("copy (select email, name,\n             upper(name) as loud,\n             id\n        from customers\n"
          "       where id between {} and {}\n         and email like '%@example.org'\n       order by id{}) to stdout")
CHANGE = "update customers set email = 'é' || id where id between {} and {}"
PLAIN = "delete from staging.scratch where id = {}"
ON = "on finance (production)."


def with_estimates(config):
    config["targets"][0]["estimate"] = "plan"
    config["break_glass"] = {"groups": ["oncall"], "review_within": "1h"}
    config["policy"].append({"name": "customers change", "when": {"datasets": ["public.customers"], "effects": ["update"]},
                             "then": "hold", "reviewers": {"groups": ["data-stewards"], "need": 2}, "expires": "10m"})


LAB = {"change": with_estimates, "people": {
    "carol": ("human", None, ["engineers", "data-stewards"]), "rita": ("human", None, ["data-stewards", "dba"]),
    "bob": ("human", None, ["data-stewards", "dba"]), "erin": ("human", None, ["oncall"]),
    "zoe": ("human", None, ["interns"]),
    "agent-7": ("agent", "carol", ["agents"]), "agent-8": ("agent", "bob", ["agents"])},
    "deciders": ("rita", "bob", "carol", "erin", "zoe")}


def let_go(lab, child, held, by="rita"):
    lab.deny(by, held["id"])
    child.communicate(timeout=20)


def approved(lab, sql):
    child, held = ask(lab, sql)
    lab.approve("rita", held["id"])
    child.communicate(timeout=20)


# In sight: on the screen, under nothing else, and not beyond the edge of what scrolls around it.
IN_SIGHT = """(ats) => ats.filter((at) => { const e = document.querySelector(at);
    if (!e) return true;
    const r = e.getBoundingClientRect(), x = r.left + Math.min(r.width / 2, 20);
    const seen = (y) => { const top = document.elementFromPoint(x, y); return top === e || e.contains(top); };
    return !(r.height > 0 && r.top >= 0 && r.bottom <= innerHeight && seen(r.top + 2) && seen(r.bottom - 2)); })"""


def not_in_sight(b, *ats):
    return b.eval(js=f"({IN_SIGHT})({json.dumps(ats)})")


GLANCE = "section[aria-label='At a glance']"
HELD = "section[aria-label='Why it is held']"
GOES = "section[aria-label='Where the data goes']"
FACTS = [f"{GLANCE} .fact:nth-child({n}) dd" for n in range(1, 6)]    # who, data classes, rows, quorum, proof


def test_wide(lab):
    """at 1440 by 900 all that one decides by is in sight, of a short statement and of one with hundreds of lines"""
    b = browser_of(lab)
    for much in ("", ",\n          id + 1" * 300):
        approved(lab, EXPORT.format(1, 10, much))
        child, held = ask(lab, EXPORT.format(2, 10, much))
        b.open(width=1440, height=900)
        b.goto(url=link(lab, "rita"))
        b.wait(at="role=heading[name='Inbox']")
        open_request(lab, b, held)
        b.wait(at=".diff ins")
        settled(b, "Approve…")
        hidden = not_in_sight(b, "h1", ".review > .meta time.left", ".review > .meta .label", ".may", ".what pre.exact", ".digest",
                              ".diff", ".diff del", ".diff ins", *FACTS, f"{HELD} p", f"{HELD} li strong", f"{HELD} pre", f"{GOES} svg",
                              "#reason", "#approve", "#deny")
        assert hidden == [], (len(much), hidden)
        names = b.texts(at=f"{GLANCE} dt")
        assert names[:5] == ["Asks", "Data classes", "Rows", "Quorum", "Proof"], names
        said = [b.text(at=at) for at in FACTS]
        assert said[0] == "agent-7 for carol (carol: owner)" and said[1] == "pii" and said[3] == "0 of 1 yes (1 of bob, rita)", said
        assert said[2].startswith("about "), said
        assert b.text(at="h1") == (f"agent-7 for carol wants to EXPORT {said[2]} of public.customers.email, public.customers.name, "
                                   f"public.customers.id to its client {ON}"), b.text(at="h1")
        bold = "Array.from(document.querySelectorAll('.graph path.labelled-edge'), (e) => parseFloat(getComputedStyle(e).strokeWidth))"
        labelled = [f for f in lab.approval(held["id"], "rita")["lineage"]["flows"] if f["labels"]]
        assert len(b.eval(js=bold)) == len(labelled) >= 3 and min(b.eval(js=bold)) > 3, b.eval(js=bold)
        let_go(lab, child, held)


def test_phone(lab):
    """at 390 by 844 what one decides by first is in sight: the sentence, time, classes, who, rows, quorum, and the statement begins"""
    b = browser_of(lab)
    child, held = ask(lab, EXPORT.format(3, 10, ""))
    b.open(width=390, height=844)
    b.goto(url=link(lab, "rita"))
    b.wait(at="role=heading[name='Inbox']")
    open_request(lab, b, held)
    hidden = not_in_sight(b, "h1", ".review > .meta time.left", ".review > .meta .label", ".may", *FACTS, ".what pre.exact .sql-keyword")
    assert hidden == [], hidden
    order = "Array.from(document.querySelectorAll('.review section'), (e) => e.getAttribute('aria-label'))"
    seen = [s for s in b.eval(js=order) if s in ("At a glance", "Exact statement", "Why it is held", "Where the data goes")]
    assert seen == ["At a glance", "Exact statement", "Why it is held", "Where the data goes"], seen
    decide(b, "Deny", "from a phone")                   # and all of it can be decided there
    b.wait(at="section[aria-label='Outcome'] >> text=from a phone")
    child.communicate(timeout=20)


def seconds_left(text):
    found = re.fullmatch(r"(?:(\d+)h )?(?:(\d+)m )?(?:(\d+)s )?left", text)
    assert found, text
    return sum(int(n or 0) * s for n, s in zip(found.groups(), (3600, 60, 1)))


def test_numbers(lab):
    """the planner's estimate, the time that is left, the whole length and the digest, as the gateway has them"""
    b = sign_in(lab, "rita")
    sql = CHANGE.format(1, 100)
    child, held = ask(lab, sql)
    open_request(lab, b, held)
    rows = lab.approval(held["id"], "rita")["show"]["rows_estimate"]
    assert rows > 0 and f"about {rows} rows" == b.text(at=FACTS[2]), (rows, b.text(at=FACTS[2]))
    assert f"about {rows} rows (the planner's estimate)" in b.text(at="section[aria-label='Circumstances']")
    assert b.text(at="h1") == f"agent-7 for carol wants to UPDATE about {rows} rows of public.customers.email {ON}", b.text(at="h1")
    assert b.text(at=".digest") == (f"{len(sql)} characters, {len(sql.encode())} bytes, 1 line. Digest of the whole action: "
                                    f"{held['digest']}"), b.text(at=".digest")
    assert len(sql) != len(sql.encode())
    ends = "Date.parse(document.querySelector('time.left').dateTime)"
    first = seconds_left(b.text(at=".review time.left"))
    assert abs(first - (b.eval(js=ends) / 1000 - time.time())) < 3 and 500 < first <= 600, first
    time.sleep(2.2)
    assert 1 <= first - seconds_left(b.text(at=".review time.left")) <= 4
    let_go(lab, child, held)


def test_inbox(lab):
    """a line has the whole sentence, a time that counts, and why it is held; what waits for me stands before what came earlier"""
    first, other = ask(lab, CHANGE.format(1, 100), "agent-7")       # carol's own agent: not for her
    second, mine = ask(lab, CHANGE.format(2, 100), "agent-8")
    rows = lab.approval(mine["id"], "rita")["show"]["rows_estimate"]
    b = sign_in(lab, "carol")
    b.wait(at=f"[data-id='{mine['id']}']")
    b.wait(at=f"[data-id='{other['id']}']")
    order = "Array.from(document.querySelectorAll('main [data-id]'), (e) => [e.closest('section').ariaLabel, e.dataset.id])"
    assert b.eval(js=order)[:2] == [["Waits for you", mine["id"]], ["Waits, but not for you", other["id"]]], b.eval(js=order)
    line = f"[data-id='{mine['id']}']"
    assert b.text(at=f"{line} .sentence") == f"agent-8 for bob wants to UPDATE about {rows} rows of public.customers.email {ON}"
    assert b.texts(at=f"{line} .why") == ["held by rule: customers change (read, update)"], b.texts(at=f"{line} .why")
    assert b.texts(at=f"{line} .label") == ["pii"]
    left = seconds_left(b.text(at=f"{line} time.left"))
    assert 500 < left <= 600, left
    time.sleep(2.2)
    assert 1 <= left - seconds_left(b.text(at=f"{line} time.left")) <= 4
    why = b.texts(at=f"[data-id='{other['id']}'] .why")
    assert why[0].startswith("held by rule: ") and why[1].startswith("You: ") and "owner" in why[1], why
    let_go(lab, first, other)
    let_go(lab, second, mine)


# Notes when the button begins to rest and when it is over; in between somebody clicks, at once and again and again.
WATCH = """() => { const button = document.querySelector('#approve'), w = globalThis.watched = {rests: [], opened: 0};
    const rests = () => button.getAttribute('aria-disabled') === 'true';
    const click = () => { if (!rests()) return; button.click(); setTimeout(() => { w.opened += document.querySelectorAll('dialog').length; }, 30);
        setTimeout(click, 60); };
    new MutationObserver(() => { w.rests.push([performance.now(), rests()]); click(); })
        .observe(button, {attributes: true, attributeFilter: ['aria-disabled']}); }"""


def rested(lab, b, change, what):
    """After `change` the button does nothing for half a second, whoever clicks, and then it does."""
    settled(b, "Approve…")
    b.eval(js=f"({WATCH})()")
    change()
    wait_for(lambda: len(b.eval(js="watched.rests")) >= 2, 10, f"a rest after {what}")
    rests = b.eval(js="watched.rests")
    assert [on for _, on in rests] == [True, False], (what, rests)
    long = rests[1][0] - rests[0][0]
    assert 480 <= long < 3000, (what, long)
    assert b.eval(js="watched.opened") == 0, what
    b.click(at="#approve")
    b.wait(at="role=dialog")
    b.press(key="Escape")
    b.wait(at="role=dialog", state="hidden")


def test_rest(lab):
    """buttons rest for 500 ms whenever what they are about changes: a question, its answer, another's yes; a question before closes"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, CHANGE.format(3, 100))
    open_request(lab, b, held)
    b.fill(at="#reason", text="seen")

    def said(word, who, text):
        return lambda: lab.sluice(word, held["id"], text, "--credential-file", lab.enroll(who), *lab.where(), check=True)
    rested(lab, b, said("ask", "bob", "what for?"), "a question")
    rested(lab, b, said("answer", "carol", "a clean-up"), "its answer")
    b.click(at="#approve")
    b.wait(at="role=dialog")
    said("ask", "bob", "which one?")()                   # it was about what stood here before
    b.wait(at="role=dialog", state="hidden")
    rested(lab, b, lambda: lab.approve("bob", held["id"]), "another's yes")
    b.wait(at=f"{GLANCE} >> text=1 of 2 yeses")
    let_go(lab, child, held)


KEYS = [*"abcdefghijklmnopqrstuvwxyz0123456789", *"ADNYRSC", "Enter", "Space", "Backspace", "Delete", "Insert", "Home", "End", "PageUp",
        "PageDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "F1", "F2", "F4", "F8", "F9", "F10", "Minus", "Equal", "Comma",
        "Period", "Slash", "Semicolon", "Quote", "BracketLeft", "BracketRight", "Backslash", "Backquote", "Control+Enter", "Shift+Enter",
        "Alt+a", "Control+y", "Shift+Space"]


DRAWN = "new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done(1)))))"


def question(b, doing, title, yes):
    """Opens the question; it names verb and target in its title and on its button."""
    settled(b, b.text(at=f"#{doing}"))
    b.click(at=f"#{doing}")
    b.wait(at="role=dialog")
    assert b.text(at="role=dialog >> h2") == title, b.text(at="role=dialog >> h2")
    buttons = b.texts(at="role=dialog >> .buttons >> button")
    assert buttons == ["Back", yes], buttons
    b.wait(at=f"role=dialog >> role=button[name='{yes}'][disabled=false]")


def confirmed(b):
    b.click(at="role=dialog >> .buttons >> button >> nth=1")
    b.wait(at="role=dialog", state="hidden")


def test_questions_name_it(lab):
    """approve, deny, take back, stop and release alone: each question names verb and target, in the title and on the button"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, PLAIN.format(1))
    open_request(lab, b, held)
    b.fill(at="#reason", text="seen")
    question(b, "approve", "Approve: DELETE on finance?", "Approve DELETE on finance")
    b.press(key="Escape")
    question(b, "deny", "Deny: DELETE on finance?", "Deny DELETE on finance")
    confirmed(b)
    child.communicate(timeout=20)

    child, held = ask(lab, PLAIN.format(2))
    child.kill()
    wait_for(lambda: lab.approval(held["id"])["client_gone"], 10, "the client to be gone")
    open_request(lab, b, held)
    decide(b, "Approve", "run it again")
    question(b, "revoke", "Take back: DELETE on finance?", "Take back DELETE on finance")
    confirmed(b)
    wait_for(lambda: lab.approval(held["id"])["state"] == "revoked", 10, "it to be taken back")

    child, held = ask(lab, "insert into staging.scratch select 1, pg_sleep(60)::text")
    open_request(lab, b, held)
    decide(b, "Approve", "go on")
    b.wait(at="text=is running")
    verb = re.fullmatch(r"Stop: (.+) on finance\?", opened(b, "stop")).group(1)
    assert "INSERT" in verb, verb
    assert b.texts(at="role=dialog >> .buttons >> button")[1] == f"Stop {verb} on finance"
    b.wait(at="role=dialog >> .buttons >> button[aria-disabled=false] >> nth=1")
    confirmed(b)
    child.communicate(timeout=30)
    assert child.returncode != 0


def opened(b, doing):
    settled(b, b.text(at=f"#{doing}"))
    b.click(at=f"#{doing}")
    b.wait(at="role=dialog")
    return b.text(at="role=dialog >> h2")


def test_keys(lab):
    """no single key decides: not on the page, not on its buttons, not in the question where it puts the focus"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, PLAIN.format(3))
    open_request(lab, b, held)
    b.fill(at="#reason", text="seen")
    settled(b, "Approve…")
    sent = """(() => { globalThis.sent = []; const real = fetch; globalThis.fetch = (...a) => {
        if ((a[1]?.method ?? 'GET') !== 'GET') sent.push(String(a[0])); return real(...a); }; })()"""
    b.eval(js=sent)
    for place in ("document.body.focus(); document.activeElement.blur()", "document.querySelector('h1').focus()"):
        for key in KEYS:
            b.eval(js=place)
            b.press(key=key)
            b.eval(js=DRAWN)
            assert b.count(at="role=dialog") == 0, (place, key)
    for key in KEYS:                                    # on the button a key opens the question, and no more
        b.eval(js="document.querySelector('#approve').focus()")
        b.press(key=key)
        b.eval(js=DRAWN)
        if b.count(at="role=dialog"):
            assert key in ("Enter", "Space", "Control+Enter", "Shift+Enter", "Shift+Space"), key
            b.press(key="Escape")
            b.wait(at="role=dialog", state="hidden")
    question(b, "approve", "Approve: DELETE on finance?", "Approve DELETE on finance")
    for key in KEYS:                                    # the focus where the question puts it
        b.press(key=key)
        b.eval(js=DRAWN)
        b.rests_on("H2")
        assert b.count(at="role=dialog") == 1, key
    time.sleep(0.3)
    assert [s for s in b.eval(js="sent") if "/decision" in s or "/cancel" in s] == [], b.eval(js="sent")
    after = lab.approval(held["id"])
    assert after["state"] == "pending" and after["votes"] == [], after
    b.press(key="Escape")
    let_go(lab, child, held)


SECRET = "secret-value-4711"
CODED = base64.b64encode(SECRET.encode()).decode()


def test_values_and_alone(lab):
    """released alone in the console; who may see that it happened, and not the values, has them neither in the page nor in the answer"""
    client = lab.raw("agent-7")
    client.extended("delete from staging.scratch where note = $1", [SECRET])
    held = lab.pending_one("agent-7", like="note =")
    b = sign_in(lab, "rita")                            # who may see them looks when she wants to
    open_request(lab, b, held)
    whole = "document.documentElement.outerHTML"
    assert SECRET not in b.eval(js=whole)
    assert CODED in b.eval(js=f"fetch('/v1/approvals/{held['id']}').then((r) => r.text())")
    b.click(at="#values")
    b.wait(at=f"ol.values >> text={SECRET}")
    assert SECRET in b.eval(js=whole)

    b = sign_in(lab, "erin")
    open_request(lab, b, held)
    assert b.count(at="#approve") == 0 and "nobody of" not in b.text(at=".maynot")
    settled(b, "Release alone…")
    b.click(at="#break-glass")
    assert b.count(at="role=dialog") == 0 and "Say why" in b.text(at="#reason-complaint")
    b.fill(at="#reason", text="the pager rings")
    question(b, "break-glass", "Release alone: DELETE on finance?", "Release alone DELETE on finance")
    said = b.text(at="role=dialog")
    assert "Everybody is told at once" in said and "You have not looked at its values." in said and "the pager rings" in said, said
    assert lab.approval(held["id"])["state"] == "pending"
    confirmed(b)
    b.wait(at="section[aria-label='Released alone'] >> text=the pager rings")
    wait_for(lambda: lab.approval(held["id"])["state"] == "spent", 10, "it to run")

    b = sign_in(lab, "zoe")
    b.goto(url=f"{lab.url}/approvals/{held['id']}")
    b.wait(at="section[aria-label='Released alone']")
    b.wait(at="text=The statement is shown to those who asked and to its reviewers only.")
    assert b.count(at="#values") == 0 and b.count(at="ol.values") == 0 and b.count(at=".what pre") == 0
    assert SECRET not in b.eval(js=whole)
    for path in (f"/v1/approvals/{held['id']}", "/v1/approvals", f"/v1/approvals/{held['id']}/events"):
        text = b.eval(js=f"fetch('{path}').then((r) => r.text())")
        assert SECRET not in text and CODED not in text, (path, text)
    answer = b.eval(js=f"fetch('/v1/approvals/{held['id']}').then((r) => r.json())")
    assert answer["operation_hidden"] is True and "operation" not in answer, answer
    client.close()


def test_verdict_on_edges(lab):
    """the small graph says on its edges what became of the request: not decided, attempted, approved"""
    b = sign_in(lab, "rita")
    edges = f"Array.from(document.querySelectorAll(`{GOES} svg .verdict`), (t) => t.textContent)"
    for yes, want in ((False, "✕ attempted: denied"), (True, "✓ approved")):
        child, held = ask(lab, EXPORT.format(40 + yes, 50, ""))
        open_request(lab, b, held)
        b.wait(at=f"{GOES} svg")
        assert b.eval(js=edges) == ["… not decided"] * 3, b.eval(js=edges)
        (lab.approve if yes else lab.deny)("bob", held["id"])
        child.communicate(timeout=20)
        wait_for(lambda: b.eval(js=edges) == [want] * 3, 10, want)


def spoken_by(b):
    """Everything that the frame's live region says from here on."""
    b.eval(js="""(() => { globalThis.heard = []; const region = document.querySelector('body p.spoken[aria-live=polite]');
        new MutationObserver(() => heard.push(region.textContent)).observe(region, {childList: true, characterData: true, subtree: true}); })()""")


def heard(b, text):
    wait_for(lambda: text in b.eval(js="heard.map((t) => t.trim())"), 10, f"{text!r} to be read out")


def test_read_out(lab):
    """what is new, asked, answered and decided is read out, on whatever page; a line keeps the focus meanwhile"""
    b = sign_in(lab, "rita")
    b.wait(at=".live.live")
    first, one = ask(lab, "insert into staging.scratch values (60)")
    b.wait(at=f"[data-id='{one['id']}']")
    b.click(at=f"[data-id='{one['id']}'] a")
    b.wait(at="role=link[name='Back to the inbox']")
    b.click(at="role=link[name='Back to the inbox']")    # in the page, so that headings take the focus
    b.wait(at=f"[data-id='{one['id']}']")
    b.press(key="j")
    b.rests_on("A agent-7")
    spoken_by(b)
    second, two = ask(lab, CHANGE.format(61, 100))
    rows = lab.approval(two["id"], "rita")["show"]["rows_estimate"]
    new = f"New, for your decision: agent-7 for carol wants to UPDATE about {rows} rows of public.customers.email {ON}"
    heard(b, new)
    third, three = ask(lab, CHANGE.format(62, 100))      # alike: said again all the same
    wait_for(lambda: b.eval(js="heard.map((t) => t.trim())").count(new) == 2, 10, "the second one to be read out")
    let_go(lab, third, three, "bob")
    assert b.focused().startswith("A agent-7"), "what is new must not take the focus"
    lab.sluice("ask", two["id"], "why?", "--credential-file", lab.enroll("bob"), *lab.where(), check=True)
    heard(b, "agent-7 on finance: there is a question.")
    lab.sluice("answer", two["id"], "so", "--credential-file", lab.enroll("carol"), *lab.where(), check=True)
    heard(b, "agent-7 on finance: there is an answer.")
    lab.deny("bob", two["id"])
    heard(b, "agent-7 on finance: denied.")
    second.communicate(timeout=20)
    lab.approve("bob", one["id"])
    first.communicate(timeout=20)
    heard(b, "agent-7 on finance: ran.")
    for at in ("body p.spoken[aria-live=polite]", ".live"):
        assert b.attribute(at=at, name="role") == "status", at


def test_focus_after(lab):
    """after a decision the focus is on its outcome, or on the sentence while others have to decide as well; after Back on the button"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, CHANGE.format(70, 100))
    b.click(at=f"[data-id='{held['id']}'] a")
    b.wait(at="#approve")
    b.rests_on("H1")
    b.fill(at="#reason", text="one of two")
    question(b, "approve", "Approve: UPDATE on finance?", "Approve UPDATE on finance")
    b.click(at="role=dialog >> role=button[name='Back']")
    b.wait(at="role=dialog", state="hidden")
    b.rests_on("BUTTON Approve…")
    question(b, "approve", "Approve: UPDATE on finance?", "Approve UPDATE on finance")
    confirmed(b)
    b.wait(at=".maynot >> text=voted already")
    wait_for(lambda: b.focused().startswith("H1 agent-7"), 5, "the focus on the sentence")
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)
    b.wait(at="section[aria-label='Outcome']")

    child, held = ask(lab, PLAIN.format(71))
    open_request(lab, b, held)
    decide(b, "Deny", "no")
    b.wait(at="section[aria-label='Outcome']")
    wait_for(lambda: b.focused() == "H2 Outcome", 5, "the focus on the outcome")
    says = "Array.from(document.querySelectorAll('.review p.spoken[role=status]'), (p) => p.textContent)"
    assert b.eval(js=says) == ["Now: denied."], b.eval(js=says)
    child.communicate(timeout=20)
    time.sleep(0.5)         # the question is gone by now, and what the stream told is there
    b.rests_on("H2 Outcome")
