"""The pages and questions that are seldom seen, as everybody has to be able to see them: axe, widths, both colour schemes, and
nothing that moves where that is not wanted."""

import e2e_console_passkey
from e2e_console import LOOKS, browser_of, settled, sign_in
from lab import wait_for
from looks import MOVING, faults


def change(config):
    config["break_glass"] = {"groups": ["dba"]}


LAB = {"change": change}
GONE = "delete from staging.scratch where id = {}"


def world(lab):
    """One of each: waits, waits as a list, approved and not run, running, released alone."""
    if hasattr(lab, "world"):
        return lab.world

    def ask(sql, like, **more):
        child = lab.psql_start("-c", sql, **more)
        return child, lab.pending_one(like=like)["id"]

    _, waits = ask(GONE.format(1), "id = 1$")
    child, approved = ask(GONE.format(2), "id = 2$")
    child.kill()
    wait_for(lambda: lab.approval(approved)["client_gone"], 10, "the client to be gone")
    lab.approve("rita", approved)
    _, runs = ask("insert into staging.scratch select 1, pg_sleep(900)::text", "pg_sleep")
    lab.approve("rita", runs)
    _, alone = ask(GONE.format(3), "id = 3$")
    lab.sluice("approve", alone, "--break-glass", "--reason", "the house is on fire", "--yes", "--credential-file",
               lab.enroll("bob"), *lab.where(), check=True)
    client = lab.raw("agent-7")
    for sql in ("set sluice.request = 'new'", "delete from staging.scratch where id = 4", "select 1", "set sluice.request = 'ask'"):
        client.ask(sql)
    listed = client.ask("show sluice.request").rows[0][0]
    assert lab.enrol_passkey("rita")[0] == 201
    lab.world = {"waits": waits, "approved": approved, "runs": runs, "alone": alone, "listed": listed}
    return lab.world


def open_question(b, button):
    """Up to where its last button rests no more."""
    b.wait(at=f"role=button[name='{button}']")
    settled(b, button)
    b.click(at=f"role=button[name='{button}']")
    b.wait(at="dialog[open] .buttons button:last-child[aria-disabled=false]")


def reviews(lab, b):
    """Where rita goes, and what she sees there."""
    known = world(lab)
    for name, ready, button in (("waits", "#approve", "Approve…"), ("waits", "#approve", "Deny…"), ("listed", "ol.statements", None),
                                ("approved", "#revoke", "Take back…"), ("runs", "#stop", "Stop…"),
                                ("alone", "section[aria-label='Released alone']", None)):
        b.goto(url=f"{lab.url}/approvals/{known[name]}")
        b.wait(at=ready)
        if button in ("Approve…", "Deny…"):
            b.fill(at="role=textbox[name='Your reason']", text="a look")
        if button:
            open_question(b, button)
        yield f"{name} {button or ''}"
        b.press(key="Escape")
    b.click(at="section[aria-label='Released alone'] >> summary")
    settled(b, "Sign it off")
    b.click(at="role=button[name='Sign it off']")
    b.wait(at="role=alert >> text=Say what you looked at")
    yield "signing off"
    b.goto(url=f"{lab.url}/approvals/00000000-0000-7000-8000-000000000000")
    b.wait(at="role=heading[name='Nothing here']")
    yield "nothing here"
    b.goto(url=f"{lab.url}/policy")
    b.fill(at="role=textbox[name='Asked by']", text="nobody")
    b.fill(at="role=textbox[name='SQL']", text="select 1")
    b.click(at="role=button[name='What would it say?']")
    b.wait(at="section[aria-label='Try a statement'] >> role=alert")
    yield "a complaint"


def agents(lab, b):
    """carol's: the questions about her requests and agents."""
    for button in ("Cancel this request", "Pause agent-7", "I am away…"):
        b.goto(url=f"{lab.url}/agents")
        b.wait(at="section[aria-label='Away']")
        if button == "I am away…":
            b.fill(at="section[aria-label='Away'] >> input >> nth=0", text="2027-10-31T12:00")
            b.fill(at="section[aria-label='Away'] >> input >> nth=1", text="rita")
        open_question(b, button)
        yield f"agents {button}"
    b.wait(at="dialog[open] .buttons button:last-child[aria-disabled=false]")
    b.click(at="dialog[open] .buttons button:last-child")
    b.wait(at="section[aria-label='Away'] >> text=rita stands in for you")
    yield "away"
    b.click(at="role=button[name='Sign out']")
    b.wait(at="text=You signed out.")
    yield "signed out"


def passkeys(lab, look):
    """The question before a passkey goes."""
    b = e2e_console_passkey.sign_in(lab, "rita", **look)
    e2e_console_passkey.passkeys_page(lab, b)
    open_question(b, "Remove…")
    yield "remove a passkey"


def test_accessible(lab):
    """axe finds nothing on any page or in any question, at 320 and 1440 pixels, light and dark; nothing is too wide, nothing moves"""
    world(lab)
    b, found, seen = browser_of(lab), [], 0
    for scheme, width in LOOKS:
        look = {"scheme": scheme, "width": width, "height": 800, "motion": "reduce"}
        for who, pages in (("rita", reviews), ("carol", agents)):
            sign_in(lab, who, **look)
            for name in pages(lab, b):
                found += faults(b, f"{name} {scheme} {width}")
                seen += 1
        for name in passkeys(lab, look):
            found += faults(b, f"{name} {scheme} {width}")
            seen += 1
    assert found == [], "\n".join(found)
    assert seen == 15 * len(LOOKS), seen


PAGES = ("", "agents", "audit", "lineage?of=public.customers", "usage", "governance", "policy", "identities", "health", "passkeys")


def test_motion(lab):
    """what would move stands still for who does not want it, on every page and in a question, light and dark; else it may move"""
    known = world(lab)
    for scheme in ("light", "dark"):
        b = sign_in(lab, "rita", scheme=scheme, motion="reduce")
        for page in (*PAGES, f"approvals/{known['waits']}"):
            b.goto(url=f"{lab.url}/{page}")
            b.wait(at="main h1")
            assert b.eval(js=MOVING) == 0, (scheme, page)
        b.fill(at="role=textbox[name='Your reason']", text="a look")
        open_question(b, "Approve…")
        assert b.eval(js=MOVING) == 0, (scheme, "question")
        b = sign_in(lab, "rita", scheme=scheme, motion="no-preference")
        assert b.eval(js="document.getAnimations().length") == 0 < b.eval(js=MOVING), "the test sees what moves"
