"""Passkeys in the console: Chromium's own authenticator in software, and another implementation's opinion of what stays."""

import json
import urllib.parse

from browser import Browser
from e2e_console import LOOKS, raw, settled
from e2e_passkey import check_elsewhere
from lab import hold, wait_for

HELD = "delete from staging.scratch where id = {}"


def tiers(config):
    config["passkeys"]["second_person"] = "lost"
    config["policy"].append(hold("signed", "public.orders", proof="passkey"))
    config["policy"].append(hold("bound", "public.payments", proof="passkey", keys="device-bound"))


LAB = {"change": tiers}
FIRST = "#enrol"


def at_home(lab, b, path="/"):
    """Passkeys belong to a name: localhost, not the address."""
    b.goto(url=f"http://localhost:{lab.http}{path}")


def sign_in(lab, who, **look):
    if not hasattr(lab, "browser"):
        lab.browser = Browser(lab)
    lab.browser.open(**look)
    said = lab.sluice("console", "--credential-file", lab.enroll(who), *lab.where(), check=True).out.strip()
    at_home(lab, lab.browser, "/#" + urllib.parse.urlparse(said).fragment)
    lab.browser.wait(at="role=heading[name='Inbox']")
    return lab.browser


def passkeys_page(lab, b):
    at_home(lab, b, "/passkeys")
    b.wait(at="section[aria-label='One more']")


def add(lab, b, name):
    passkeys_page(lab, b)
    b.wait(at=FIRST)
    b.fill(at="role=textbox[name='A name for it (if you like)']", text=name)
    b.click(at=FIRST)
    b.wait(at=f"role=heading[name='{name}']")


def ask(lab, sql):
    child = lab.psql_start("-c", sql)
    return child, lab.pending_one("agent-7", like=sql.replace("(", "\\("))


def question(b, lab, approval, verb, reason):
    """Up to the last button, which rests no more."""
    at_home(lab, b, f"/approvals/{approval['id']}")
    b.wait(at="role=textbox[name='Your reason']")
    b.fill(at="role=textbox[name='Your reason']", text=reason)
    settled(b, f"{verb}…")
    b.click(at=f"role=button[name='{verb}…']")
    last = f"role=dialog >> role=button[name=/^{verb} /]"
    b.wait(at=f"{last}[disabled=false]")
    return last


def mine(lab, who):
    return lab.ask(who, "GET", "/v1/passkeys")[1]["passkeys"]


def ritas(lab):
    """The browser in which she made her first one; at the first call."""
    if not hasattr(lab, "internal"):
        b = sign_in(lab, "rita")
        lab.internal = b.authenticator()
        add(lab, b, "office laptop")
        lab.keep = b.credentials(id=lab.internal)
    return lab.browser


def test_enrol(lab):
    """the first one is made and named on its page; it says what vouched for it, and the ledger has it"""
    b = ritas(lab)
    shown = b.text(at="section[aria-label='Yours']")
    assert "Bound to its device" in shown and "only your credential vouched" in shown and "Young" in shown, shown
    listed = mine(lab, "rita")
    assert [(p["name"], p["device_bound"], p["vouched_by"]) for p in listed] == [("office laptop", True, "credential")], listed
    assert len(b.credentials(id=lab.internal)) == 1 and b.complaints() == []


def test_rename(lab):
    """its name is its person's to change, and is shown as text"""
    b = ritas(lab)
    passkeys_page(lab, b)
    b.fill(at="role=textbox[name='Name of office laptop']", text="<b>home</b>\u202e")
    b.click(at="role=button[name='Save the name']")
    b.wait(at="h3 >> text=<b>home</b>U+202E")
    assert b.count(at="main b") == 0 and mine(lab, "rita")[0]["name"] == "<b>home</b>\u202e"
    assert lab.ask("bob", "POST", "/v1/passkeys/name", {"key": mine(lab, "rita")[0]["key"], "name": "mine"})[0] == 404
    assert lab.ask("rita", "POST", "/v1/passkeys/name", {"key": mine(lab, "rita")[0]["key"], "name": "x" * 257})[0] == 400


def test_decide(lab):
    """where the tier asks for one the question says so, it signs, and the statement runs once"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '1' where id = 1")
    last = question(b, lab, held, "Approve", "seen with finance")
    assert "Your passkey signs this decision" in b.text(at="role=dialog")
    b.click(at=last)
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    child.communicate(timeout=20)
    vote = lab.approval(held["id"])["votes"][0]
    assert child.returncode == 0 and vote["proof"] == "passkey" and vote["channel"] == "console", vote
    assert "signed with a passkey" in b.text(at="section[aria-label='People']")
    assert lab.ran(r"^update orders set item = '1'", "agent-7") == 1 and b.complaints() == []


def test_deny_signed(lab):
    """a no is signed in the same way"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '2' where id = 2")
    b.click(at=question(b, lab, held, "Deny", "not without a ticket"))
    b.wait(at="section[aria-label='Outcome'] >> text=denied")
    out, err = child.communicate(timeout=20)
    assert "not without a ticket" in err and lab.approval(held["id"])["votes"][0]["proof"] == "passkey", out + err


SWAP = """(() => {{ const plain = window.fetch;
  window.fetch = (at, how) => String(at).endsWith("/challenge")
    ? plain(at, {{ ...how, body: how.body.replaceAll('{find}', '{put}') }}) : plain(at, how); return 1; }})()"""


def test_signs_only_what_is_meant(lab):
    """a challenge that means something else (a yes for a no, other words, other bytes) is not signed, and nothing is decided"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '3' where id = 3")
    for find, put in (('"deny"', '"approve"'), ('"not on a Friday"', '"on any day"')):
        last = question(b, lab, held, "Deny", "not on a Friday")
        b.eval(js=SWAP.format(find=find, put=put))  # the gateway's own challenge, for another decision
        b.click(at=last)
        b.wait(at="role=dialog >> role=alert >> text=is not what this page asked for")
    last = question(b, lab, held, "Deny", "not on a Friday")
    b.tamper(url=r"/challenge$", find='"decision":"deny"', put='"decision":"deny","more":"1"')
    b.click(at=last)
    b.wait(at="role=dialog >> role=alert >> text=is not what this page asked for")
    b.honest()
    assert lab.approval(held["id"])["state"] == "pending" and lab.approval(held["id"])["votes"] == []
    b.click(at=question(b, lab, held, "Deny", "not on a Friday"))
    b.wait(at="section[aria-label='Outcome'] >> text=denied")
    child.communicate(timeout=20)
    b.complaints()


def test_by_choice(lab):
    """where nothing asks for one it signs only when it is wanted"""
    b = ritas(lab)
    for wanted, proof in ((False, "token"), (True, "passkey")):
        child, held = ask(lab, HELD.format(int(wanted)))
        last = question(b, lab, held, "Approve", "as I like")
        if wanted:
            b.click(at="#sign")
        b.click(at=last)
        b.wait(at="section[aria-label='Outcome'] >> text=ran")
        child.communicate(timeout=20)
        assert lab.approval(held["id"])["votes"][0]["proof"] == proof


def test_cancelled(lab):
    """who cancels, or is not verified, is told so; nothing is decided, and trying again works"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '3' where id = 3")
    last = question(b, lab, held, "Approve", "second thoughts")
    b.verified(id=lab.internal, yes=False)
    b.click(at=last)
    b.wait(at="role=dialog >> role=alert")
    said = b.text(at="role=dialog >> role=alert")
    assert "Nothing was signed" in said and "try again" in said, said
    assert lab.approval(held["id"])["state"] == "pending"
    b.verified(id=lab.internal, yes=True)
    b.wait(at=f"{last}[disabled=false]")
    b.click(at=last)
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    child.communicate(timeout=20)


def test_nothing_here(lab):
    """on a device that has none of one's passkeys the page says so"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '4' where id = 4")
    last = question(b, lab, held, "Approve", "from the phone")
    lab.keep = b.credentials(id=lab.internal)
    b.unplug(id=lab.internal)
    lab.internal = b.authenticator()
    b.click(at=last)
    b.wait(at="role=dialog >> text=none of your passkeys is on this device", ms=70_000)
    b.press(key="Escape")
    for credential in lab.keep:
        b.plant(id=lab.internal, credential=credential)
    lab.deny("bob", held["id"], check=False)
    b.click(at=question(b, lab, held, "Deny", "enough"))
    b.wait(at="section[aria-label='Outcome'] >> text=denied")
    child.communicate(timeout=20)


SLOW = """(() => { const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = async (o) => { globalThis.waits = true;
    await new Promise((r) => (globalThis.goOn = r)); return get(o); }; })()"""


def test_challenge_over(lab):
    """a challenge that the keeper does not know any more signs nothing; the page says so, and asks for a new one"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '5' where id = 5")
    last = question(b, lab, held, "Approve", "slowly")
    b.eval(js=SLOW)
    b.click(at=last)
    wait_for(lambda: b.eval(js="globalThis.waits === true"), 10, "the browser to be asked")
    lab.stop(hurry=True)
    lab.start()
    b.eval(js="goOn(), globalThis.waits = false")
    b.wait(at="role=dialog >> text=Ask for a new challenge")
    assert lab.approval(held["id"])["state"] == "pending"
    b.click(at=last)
    wait_for(lambda: b.eval(js="globalThis.waits === true"), 10, "the browser to be asked again")
    b.eval(js="goOn()")
    b.wait(at="section[aria-label='Outcome'] >> text=approved, not run yet")     # its client went with the gateway
    child.communicate(timeout=20)


WRONG = """(() => { const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (o) => { o.publicKey.allowCredentials = []; return get(o); }; })()"""


def test_wrong_key(lab):
    """a passkey that is not one's own is refused, and the page says whose it is not"""
    b = ritas(lab)
    kept = b.credentials(id=lab.internal)
    b.unplug(id=lab.internal)
    lab.internal = b.authenticator()
    at_home(lab, b, "/passkeys")
    b.wait(at=FIRST)
    b.eval(js="""navigator.credentials.create({publicKey: {rp: {id: 'localhost', name: 'x'}, user: {id: new Uint8Array([9]),
        name: 'x', displayName: 'x'}, challenge: new Uint8Array(32), pubKeyCredParams: [{type: 'public-key', alg: -7}],
        authenticatorSelection: {residentKey: 'required', userVerification: 'required'}}}).then(() => 1)""")
    child, held = ask(lab, "update orders set item = '6' where id = 6")
    last = question(b, lab, held, "Approve", "with another's")
    b.eval(js=WRONG)
    b.click(at=last)
    b.wait(at="role=dialog >> text=You have no passkey of this id")
    assert lab.approval(held["id"])["state"] == "pending"
    b.unplug(id=lab.internal)
    lab.internal = b.authenticator()
    for credential in kept:
        b.plant(id=lab.internal, credential=credential)
    b.click(at=question(b, lab, held, "Deny", "mine this time"))
    b.wait(at="section[aria-label='Outcome'] >> text=denied")
    child.communicate(timeout=20)


def test_elsewhere(lab):
    """at an address for which no browser makes passkeys the page says where to go instead"""
    b = ritas(lab)
    said = lab.sluice("console", "--credential-file", lab.enroll("rita"), *lab.where(), check=True).out.strip()
    b.goto(url=said)
    b.wait(at="role=heading[name='Inbox']")
    b.goto(url=f"{lab.url}/passkeys")
    b.wait(at=f"text=Open the console there; you are at {lab.url}")
    assert b.count(at=FIRST) == 0


SECOND_WAITS = """(() => { const get = navigator.credentials.get.bind(navigator.credentials); let count = 0;
  navigator.credentials.get = async (o) => { if (++count === 2) { globalThis.waits = true;
    await new Promise((r) => (globalThis.goOn = r)); } return get(o); }; })()"""


def swap(b, old, credentials, **new):
    """Another authenticator instead: a person takes one at a time into the hand."""
    b.unplug(id=old)
    fresh = b.authenticator(**new)
    for credential in credentials:
        b.plant(id=fresh, credential=credential)
    return fresh


def test_second(lab):
    """a synced one is added with the signature of the one that is there, and says that it can be copied"""
    b = ritas(lab)
    passkeys_page(lab, b)
    b.wait(at=FIRST)
    lab.keep = b.credentials(id=lab.internal)
    usb = swap(b, lab.internal, [], transport="usb", synced=True)
    b.eval(js=SECOND_WAITS)
    b.fill(at="role=textbox[name='A name for it (if you like)']", text="phone")
    b.click(at=FIRST)
    wait_for(lambda: b.eval(js="globalThis.waits === true"), 10, "the one from before to be asked")
    assert "with one that you had before" in b.text(at="section[aria-label='One more']")
    lab.phone = b.credentials(id=usb)
    lab.internal = swap(b, usb, lab.keep)
    b.eval(js="goOn()")
    b.wait(at="role=heading[name='phone']")
    shown = b.text(at="section[aria-label='Yours']")
    assert "it can be copied" in shown and "Another passkey of yours vouched" in shown, shown
    listed = {p["name"]: p for p in mine(lab, "rita")}
    assert listed["phone"]["vouched_by"] == "passkey" and not listed["phone"]["device_bound"], listed


def test_device_bound(lab):
    """where the rule takes only a bound one, the synced one is not even asked"""
    if not hasattr(lab, "phone"):
        test_second(lab)
    b = ritas(lab)
    child, held = ask(lab, "delete from payments where id = 1")
    last = question(b, lab, held, "Approve", "with the bound one")
    assert "cannot leave its device" in b.text(at="role=dialog")
    b.click(at=last)
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    child.communicate(timeout=20)
    assert lab.approval(held["id"])["votes"][0]["passkey"]["device_bound"] is True
    lab.keep = b.credentials(id=lab.internal)   # with its counter: one that is behind would be taken for a copy


def test_without(lab):
    """who has none is told where to make one, and has no buttons"""
    b = ritas(lab)
    child, held = ask(lab, "update orders set item = '7' where id = 7")
    b = sign_in(lab, "bob")
    at_home(lab, b, f"/approvals/{held['id']}")
    b.wait(at=".maynot >> text=signed with a passkey")
    assert b.count(at="#approve") == 0
    b.click(at=".maynot >> text=Your passkeys")
    b.wait(at="text=None yet.")
    lab.api("cancel", held["id"], "carol", check=True)
    child.communicate(timeout=20)


def test_accessible(lab):
    """axe finds nothing on the page of passkeys, at 320 and 1440 pixels, light and dark; nothing is too wide"""
    found = []
    for scheme, width in LOOKS:
        b = sign_in(lab, "rita", scheme=scheme, width=width, height=800)
        passkeys_page(lab, b)
        found.extend(f"{(scheme, width)}: {v}" for v in b.axe())
        if b.eval(js="document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{(scheme, width)}: too wide")
    assert found == [], "\n".join(found)


def test_remove(lab):
    """it is removed with a signature of one's own, after a question, by keyboard alone; it never comes back"""
    if not hasattr(lab, "phone"):
        test_second(lab)
    left = [p["name"] for p in mine(lab, "rita") if p["name"] != "phone"]
    b = sign_in(lab, "rita")
    lab.internal = b.authenticator()
    for credential in lab.keep:
        b.plant(id=lab.internal, credential=credential)
    passkeys_page(lab, b)
    b.wait(at="role=heading[name='phone']")
    for _ in range(40):
        b.press(key="Tab")
        if b.eval(js="document.activeElement.innerText + document.activeElement.closest('.passkey')?.innerText").startswith("Remove…phone"):
            break
    b.press(key="Enter")
    b.wait(at="role=dialog >> role=button[name='Remove phone'][disabled=false]")
    for _ in range(5):
        b.press(key="Tab")
        if b.focused() == "BUTTON Remove phone":
            break
    b.press(key="Enter")
    b.wait(at="role=dialog", state="hidden")
    b.wait(at="role=heading[name='phone']", state="hidden")
    assert [p["name"] for p in mine(lab, "rita")] == left


def test_lost(lab):
    """who has lost all others asks a second person on the page; that one says yes in the console, signed, and it counts"""
    b = ritas(lab)
    known = [p["name"] for p in mine(lab, "rita")]
    assert lab.enrol_passkey("carol")[0] == 201
    lab.internal = swap(b, lab.internal, [])
    passkeys_page(lab, b)
    b.wait(at=FIRST)
    b.fill(at="role=textbox[name='A name for it (if you like)']", text="new phone")
    b.click(at="#second")
    b.click(at=FIRST)
    b.wait(at="text=A second person has to say yes to it first.")
    assert [p["name"] for p in mine(lab, "rita")] == known
    b.click(at="text=the request")
    b.wait(at=".maynot >> text=nobody decides what they asked for themselves")
    assert "ENROL A PASSKEY" in b.text(at="h1") and b.count(at="#approve") == 0
    which = b.url().rsplit("/", 1)[1]
    done = lab.approve("bob", which, check=False)
    assert done.rc == 1 and "passkey" in done.err, done     # carol has one by now: the default asks for it
    status, said = lab.decide_by_passkey("carol", which)
    assert status == 200 and said["state"] == "spent", said
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    passkeys_page(lab, b)
    b.wait(at="role=heading[name='new phone']")
    assert "A second person vouched for it." in b.text(at="section[aria-label='Yours']")


def policy_proposal(lab):
    lab.config["policy"].append({"name": "nothing much", "when": {"datasets": ["public.other"]}, "then": "deny"})
    lab.write_config()
    lab.sighup()
    return lab.pending_one("operator", by="bob")


def test_policy_change(lab):
    """a held change of the policy is decided with a passkey on its page, by two people, and is in force then"""
    b = ritas(lab)
    assert lab.enrol_passkey("bob")[0] == 201
    lab.config["policy_changes"] = "hold"
    lab.write_config()
    lab.sighup()
    for who in ("rita", "bob"):
        lab.manage("identity", "group", who, "admins")
    wait_for(lambda: lab.events("reloaded"), 10, "the reload")
    held = policy_proposal(lab)
    done = lab.approve("bob", held["id"], check=False)
    assert done.rc == 1 and "passkey" in done.err, done
    last = question(b, lab, held, "Approve", "looked at every line")
    assert "CHANGE THE POLICY" in b.text(at="h1") and "nothing much" in b.text(at="pre.exact >> nth=0")
    assert "by_default" in b.text(at="section[aria-label='At a glance']")
    b.click(at=last)
    b.wait(at="section[aria-label='Why it is held'] >> text=1 of 2 yeses")
    status, said = lab.decide_by_passkey("bob", held["id"])
    assert status == 200, said
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    vote = lab.approval(held["id"])["votes"][0]
    assert vote["proof"] == "passkey" and vote["identity"] == "rita", vote
    wait_for(lambda: "denied" in lab.psql("select * from public.other").err, 10, "the new policy")


def test_another_implementation(lab):
    """@simplewebauthn/server agrees about each decision that the browser signed, and refuses each with another word in it"""
    said = json.loads(lab.sluice("ledger", "verify", lab.state / "ledger", "--decisions", "--json", check=True).out)
    signed = [d for d in said["decisions"] if d["proof"] == "passkey"]
    assert len(signed) >= 6, said
    for decision in signed:
        check_elsewhere(lab, decision)


def test_pages_need_nothing(lab):
    """the page of passkeys is the console's own, with the same policy"""
    status, _, headers = raw(lab, "GET", "/passkeys", {})
    assert status == 200 and "default-src 'none'" in headers["Content-Security-Policy"]
