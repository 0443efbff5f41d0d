"""The console in a real browser, against the whole of Sluice."""

import http.client
import http.server
import json
import threading
import time
import urllib.parse

from browser import Browser
from lab import wait_for
from looks import faults

HELD = "delete from staging.scratch where id = {}"
HOSTILE = ("delete from staging.scratch where note = '<img src=x onerror=\"document.title=1\"><script>document.title=2"
           "</script> **bold** [link](http://evil.example) \x1b[31mred\x1b[0m \u202egnp.exe\u202c \u200bzero \u00a0wide'")


def browser_of(lab):
    if not hasattr(lab, "browser"):
        lab.browser = Browser(lab)
    return lab.browser


def link(lab, who):
    said = lab.sluice("console", "--credential-file", lab.enroll(who), *lab.where(), check=True)
    return said.out.strip()


def sign_in(lab, who, **look):
    """A fresh browser in which `who` is signed in."""
    b = browser_of(lab)
    b.open(**look)
    b.goto(url=link(lab, who))
    b.wait(at="role=heading[name='Inbox']")
    return b


def ask(lab, sql, user="agent-7"):
    """A client that waits for an answer to this statement; its approval."""
    child = lab.psql_start("-c", sql, user=user)
    known = getattr(lab, "asked", set())
    new = wait_for(lambda: [a for a in lab.pending(user) if a["id"] not in known], 10, "a new pending approval")[0]
    lab.asked = known | {new["id"]}
    return child, new


def open_request(lab, b, approval):
    b.goto(url=f"{lab.url}/approvals/{approval['id']}")
    b.wait(at="role=region[name='Exact statement']")


def settled(b, button):
    """Waits until the button has had its rest."""
    b.wait(at=f"role=button[name='{button}'][disabled=false]")


def decide(b, verb, reason):
    b.fill(at="role=textbox[name='Your reason']", text=reason)
    settled(b, f"{verb}…")
    b.click(at=f"role=button[name='{verb}…']")
    confirm = f"role=dialog >> role=button[name=/^{verb} /]"
    b.wait(at=f"role=dialog >> role=button[name=/^{verb} /][disabled=false]")
    b.click(at=confirm)
    b.wait(at="role=dialog", state="hidden")


def raw(lab, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    out = answer.status, answer.read().decode(), dict(answer.getheaders())
    connection.close()
    return out


def cookie(b):
    return next(c for c in b.cookies() if c["name"] == "__Host-sluice")


def test_link(lab):
    """a link signs in once; its code leaves the address, and no script can read the session"""
    b = browser_of(lab)
    b.open()
    where = link(lab, "rita")
    b.goto(url=where)
    b.wait(at="role=heading[name='Inbox']")
    assert b.url() == f"{lab.url}/", b.url()
    mine = cookie(b)
    assert mine["httpOnly"] and mine["secure"] and mine["sameSite"] == "Strict" and mine["path"] == "/", mine
    assert b.eval(js="document.cookie") == "" and "rita" in b.text(at="header")
    b.open()
    b.goto(url=where)
    b.wait(at="role=alert")
    assert "used already" in b.text(at="role=alert") and b.cookies() == [], b.text(at="role=alert")


def test_list_of_statements(lab):
    """a list: each statement in a block of its own, what is not understood named; one yes for all"""
    client = lab.raw("agent-7")
    texts = ["create table staging.of_a_list (id int)", "delete from staging.scratch where id = 21", "-- 3 of 3\nselect 1"]
    for sql in ["set sluice.request = 'new'", *texts, "set sluice.request = 'ask'"]:
        client.ask(sql)
    approval = {"id": client.ask("show sluice.request").rows[0][0]}
    b = sign_in(lab, "rita")
    open_request(lab, b, approval)
    assert b.count(at="ol.statements > li") == 3, b.text(at="section[aria-label='Exact statement']")
    assert [b.text(at=f"ol.statements pre.exact >> nth={n}") for n in range(3)] == texts
    assert "follows a change of definitions" in b.text(at="ol.statements > li >> nth=1")
    decide(b, "Approve", "all of it")
    assert lab.sluice("deny", approval["id"], "--reason", "over", "--yes", "--credential-file", lab.enroll("bob"),
                      *lab.where()).rc == 0


def test_stolen_code(lab):
    """a code that was used is refused, with and without the page's own Origin"""
    code = urllib.parse.urlparse(link(lab, "rita")).fragment.removeprefix("code=")
    ours = {"Origin": lab.url, "Content-Type": "application/json"}
    assert raw(lab, "POST", "/v1/sessions", {**ours, "Origin": "http://evil.example"}, {"code": code})[0] == 403
    assert raw(lab, "POST", "/v1/sessions", {"Content-Type": "application/json"}, {"code": code})[0] == 403
    assert raw(lab, "POST", "/v1/sessions", ours, {"code": code})[0] == 201
    status, said, headers = raw(lab, "POST", "/v1/sessions", ours, {"code": code})
    assert status == 403 and "Set-Cookie" not in headers, (status, said)


def test_approve(lab):
    """a held statement appears live; approved with a reason it runs once, and its rows appear"""
    b = sign_in(lab, "rita")
    b.wait(at=".live.live")
    child, held = ask(lab, HELD.format(1))
    b.wait(at=f"[data-id='{held['id']}']")
    assert "DELETE" in b.text(at=f"[data-id='{held['id']}'] .sentence")
    b.click(at=f"[data-id='{held['id']}'] a")
    b.wait(at="text=You may decide this.")
    assert held["digest"] in b.text(at="section[aria-label='Exact statement']")
    assert b.text(at="pre.exact >> nth=0") == HELD.format(1)
    rule = b.text(at="section[aria-label='Why it is held']")
    assert "scratch is watched" in rule and "staging.scratch" in rule and "data-stewards" in rule, rule
    decide(b, "Approve", "seen with finance")
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    b.wait(at="section[aria-label='Outcome'] >> text=0 rows")
    child.communicate(timeout=20)
    assert child.returncode == 0
    assert lab.ran(r"delete from staging\.scratch where id = 1$", "agent-7") == 1
    votes = lab.approval(held["id"])["votes"]
    assert [(v["identity"], v["channel"], v["reason"]) for v in votes] == [("rita", "console", "seen with finance")], votes
    assert b.complaints() == []


def test_deny(lab):
    """denied in the console, the client hears the reason and nothing runs"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, HELD.format(2))
    open_request(lab, b, held)
    decide(b, "Deny", "not without a ticket")
    b.wait(at="section[aria-label='Outcome'] >> text=denied")
    out, err = child.communicate(timeout=20)
    assert "not without a ticket" in err, out + err
    assert lab.ran(r"scratch where id = 2$", "agent-7") == 0


def test_reason_needed(lab):
    """without a reason no question is opened; buttons rest while the page is new"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, HELD.format(3))
    b.goto(url=f"{lab.url}/approvals/{held['id']}")
    b.wait(at="role=button[name='Approve…'][disabled=true]")
    settled(b, "Approve…")
    b.click(at="role=button[name='Approve…']")
    assert b.count(at="role=dialog") == 0 and "Say why" in b.text(at="#reason-complaint")
    b.rests_on("TEXTAREA")
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


def test_overtaken(lab):
    """when somebody else decides while the question is open, it closes and nothing is sent"""
    b = sign_in(lab, "rita", width=320, height=640)
    child, held = ask(lab, HELD.format(4))
    open_request(lab, b, held)
    b.fill(at="role=textbox[name='Your reason']", text="looks fine")
    settled(b, "Approve…")
    b.click(at="role=button[name='Approve…']")
    b.wait(at="role=dialog")
    lab.deny("bob", held["id"], reason="I was faster")
    b.wait(at="role=dialog", state="hidden")
    b.wait(at="section[aria-label='Outcome'] >> text=I was faster")
    wait_for(lambda: b.focused().startswith(("H1", "H2 Outcome")), 5, "the focus at what became of it")
    seen = "document.querySelector(\"section[aria-label='Outcome']\").getBoundingClientRect().top < innerHeight"
    assert b.eval(js=f"scrollY >= 0 && {seen}"), "the outcome is not in sight"
    child.communicate(timeout=20)
    assert [v["identity"] for v in lab.approval(held["id"])["votes"]] == ["bob"]


def test_conflict(lab):
    """the agent's owner is told why not, has no buttons, and is refused when he asks all the same"""
    b = sign_in(lab, "carol")
    child, held = ask(lab, HELD.format(5))
    open_request(lab, b, held)
    assert "owner of the requester does not decide" in b.text(at=".maynot")
    assert b.count(at="#approve") == 0 and b.count(at="#deny") == 0 and b.count(at="#cancel") == 1
    status = b.eval(js=f"""fetch('/v1/sessions/current').then((r) => r.json()).then((me) =>
        fetch('/v1/approvals/{held['id']}/decision', {{method: 'POST',
            headers: {{'Content-Type': 'application/json', 'Sluice-CSRF': me.csrf}},
            body: JSON.stringify({{decision: 'approve', digest: '{held['digest']}', reason: 'mine'}})}})).then((r) => r.status)""")
    assert status == 403, status
    assert lab.approval(held["id"])["state"] == "pending"
    b.click(at="nav >> text=My agents")
    b.wait(at="role=button[name='Cancel this request']")
    b.click(at="role=button[name='Cancel this request']")
    b.wait(at="role=dialog >> role=button[name=/^Cancel: /][disabled=false]")
    b.click(at="role=dialog >> role=button[name=/^Cancel: /]")
    child.communicate(timeout=20)
    b.wait(at="section[aria-label='Refused'] >> text=cancelled")
    assert lab.approval(held["id"])["state"] == "cancelled"


def test_hostile_text(lab):
    """HTML, markdown, escapes and bidi marks are text, and what is invisible is named"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, HOSTILE)
    open_request(lab, b, held)
    shown = b.text(at="pre.exact >> nth=0")
    for part in ("<img src=x onerror=", "<script>", "**bold**", "[link](http://evil.example)", "U+001B", "U+202E",
                 "U+202C", "U+200B", "U+00A0"):
        assert part in shown, (part, shown)
    assert not any(c in shown for c in "\x1b\u202e\u202c\u200b"), shown
    assert b.count(at="main img, main script, main a[href*=evil]") == 0
    assert "Sluice" in b.eval(js="document.title")
    assert b.eval(js="getComputedStyle(document.querySelector('pre.exact')).unicodeBidi") == "isolate-override"
    assert b.complaints() == []
    b.goto(url=f"{lab.url}/")
    b.wait(at=f"[data-id='{held['id']}']")
    assert b.count(at="main img, main script, main a[href*=evil]") == 0
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


class Evil(http.server.BaseHTTPRequestHandler):
    """A page of another origin that tries to use the person's session."""
    PAGE = b"<!doctype html><title>evil</title>"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.PAGE)

    def log_message(self, *_):
        pass


def test_other_origins(lab):
    """a page elsewhere, and a request without the session's mark, change nothing and read nothing"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, HELD.format(6))
    path = f"/v1/approvals/{held['id']}/decision"
    body = {"decision": "approve", "digest": held["digest"], "reason": "from elsewhere"}
    stolen = {"Cookie": f"__Host-sluice={cookie(b)['value']}", "Content-Type": "application/json"}
    mark = json.loads(raw(lab, "GET", "/v1/sessions/current", stolen)[1])["csrf"]
    tries = [stolen, {**stolen, "Origin": lab.url}, {**stolen, "Sluice-CSRF": mark},
             {**stolen, "Origin": "http://evil.example", "Sluice-CSRF": mark},
             {**stolen, "Origin": lab.url, "Sluice-CSRF": mark[:-1] + ("0" if mark[-1] != "0" else "1")}]
    assert [raw(lab, "POST", path, t, body)[0] for t in tries] == [403] * len(tries)
    bearer = json.loads(lab.enroll("rita").read_text())["credential"]
    assert raw(lab, "GET", "/v1/whoami", {**stolen, "Authorization": f"Bearer {bearer}"})[0] == 400
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as evil:
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        b.goto(url=f"http://127.0.0.1:{evil.server_port}/")     # the same site, another origin: the cookie is sent
        got = b.eval(js=f"""Promise.all([
            fetch('{lab.url}/v1/approvals', {{credentials: 'include'}}).then((r) => r.text(), () => 'blocked'),
            fetch('{lab.url}{path}', {{method: 'POST', credentials: 'include', mode: 'no-cors',
                headers: {{'Content-Type': 'text/plain'}}, body: '{json.dumps(body)}'}}).then((r) => r.type, () => 'blocked'),
            fetch('{lab.url}{path}', {{method: 'POST', credentials: 'include',
                headers: {{'Content-Type': 'application/json', 'Sluice-CSRF': '{mark}'}},
                body: '{json.dumps(body)}'}}).then((r) => r.status, () => 'blocked')])""")
        evil.shutdown()
    assert got[0] == "blocked" and got[2] == "blocked", got
    assert lab.approval(held["id"])["state"] == "pending" and lab.approval(held["id"])["votes"] == []
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


def test_framed(lab):
    """no other page can frame it, and nothing of it comes from elsewhere"""
    status, page, headers = raw(lab, "GET", "/", {})
    policy = headers["Content-Security-Policy"]
    assert status == 200 and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http:" not in policy and "https:" not in policy
    assert "style=" not in page and "//" not in page.replace("<!doctype", ""), page
    assert all(h in headers for h in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"))


def test_keyboard(lab):
    """with the keyboard alone: to the line, into it, a reason, no; no single key decides"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, HELD.format(7))
    b.wait(at=f"[data-id='{held['id']}']")
    for _ in range(20):
        b.press(key="j")
        if b.eval(js="document.activeElement.closest('[data-id]')?.dataset.id ?? ''") == held["id"]:
            break
    b.press(key="Enter")
    b.wait(at="#deny")
    b.rests_on("H1")
    settled(b, "Deny…")
    for key in "aydn":                       # nothing listens to letters here
        b.press(key=key)
    for _ in range(30):
        b.press(key="Tab")
        if b.focused().startswith("TEXTAREA"):
            break
    b.type(text="by keyboard")
    b.press(key="Tab")
    b.rests_on("BUTTON Deny…")
    b.press(key="Enter")
    b.wait(at="role=dialog")
    b.rests_on("H2")
    b.press(key="Enter")                     # on the heading: nothing
    time.sleep(0.7)
    assert lab.approval(held["id"])["state"] == "pending"
    b.press(key="Escape")
    b.wait(at="role=dialog", state="hidden")
    b.rests_on("BUTTON Deny…")
    b.press(key="Enter")
    b.wait(at="role=dialog >> role=button[name=/^Deny /][disabled=false]")
    for _ in range(5):
        b.press(key="Tab")
        if b.focused().startswith("BUTTON Deny DELETE"):
            break
    b.press(key="Enter")
    b.wait(at="section[aria-label='Outcome'] >> text=by keyboard")
    child.communicate(timeout=20)
    assert lab.approval(held["id"])["state"] == "denied"


def test_places(lab):
    """what is new comes below; what is over stays in its place until the page is left"""
    b = sign_in(lab, "rita")
    first, one = ask(lab, "delete from staging.scratch where note = 'one'")
    second, two = ask(lab, "update staging.scratch set id = 2")
    b.wait(at=f"[data-id='{two['id']}']")
    lines = "Array.from(document.querySelectorAll('section[aria-label=\"Waits for you\"] [data-id]'), (e) => e.dataset.id)"
    assert b.eval(js=lines) == [one["id"], two["id"]]
    lab.deny("bob", one["id"])
    b.wait(at=f"[data-id='{one['id']}'].over")
    assert b.eval(js=lines) == [one["id"], two["id"]]
    third, same = ask(lab, "update staging.scratch set id = 3")
    b.wait(at="text=2 requests alike")
    b.click(at="role=button[name=/2 requests alike/]")
    assert len(b.texts(at="li.group tbody tr")) == 2
    for approval, client in ((two, second), (same, third)):
        lab.deny("bob", approval["id"])
        client.communicate(timeout=20)
    first.communicate(timeout=20)


def test_lost_and_found(lab):
    """while Sluice is away it says that it is not live; afterwards it goes on with its session, and missed nothing"""
    b = sign_in(lab, "rita")
    b.wait(at=".live.live")
    lab.stop(hurry=True)
    b.wait(at="text=Not live")
    lab.start()
    child = lab.psql_start("-c", HELD.format(8), user="agent-7")
    held = lab.pending_one("agent-7", like="id = 8")
    b.wait(at=".live.live")
    b.wait(at=f"[data-id='{held['id']}']")
    assert b.eval(js="fetch('/v1/sessions/current').then((r) => r.status)") == 200
    lab.deny("bob", held["id"])
    b.wait(at=f"[data-id='{held['id']}'].over")
    child.communicate(timeout=20)


def test_tabs(lab):
    """ten tabs are live over one stream; when the one that reads it is closed another takes over and misses nothing"""
    b = sign_in(lab, "rita")
    for number in range(10):
        b.tab(number=number)
        b.goto(url=f"{lab.url}/")
        b.wait(at=".live.live")
    first, one = ask(lab, "delete from staging.scratch where note = 'for all tabs'")
    for number in range(10):
        b.tab(number=number)
        b.wait(at=f"[data-id='{one['id']}']")
    b.tab(number=0, close=True)
    b.tab(number=5)
    lab.deny("bob", one["id"])
    b.wait(at=f"[data-id='{one['id']}'].over")
    second, two = ask(lab, "update staging.scratch set note = 'after the first tab'")
    for number in range(1, 10):
        b.tab(number=number)
        b.wait(at=f"[data-id='{two['id']}']")
    lab.deny("bob", two["id"])
    for child in (first, second):
        child.communicate(timeout=20)


def test_values(lab):
    """bind values stand below the statement when one wants to see them: text as text, NULL, what is no text in hexadecimal"""
    b = sign_in(lab, "rita")
    client = lab.raw("agent-7")
    client.extended("delete from staging.scratch where id = $1::int and note in ($2, $3) or note = $4",
                    ["42", "it's \u202e<b>", None, "\x07"])
    held = lab.pending_one("agent-7", like="note in")
    open_request(lab, b, held)
    assert b.count(at="ol.values li") == 0
    b.fill(at="role=textbox[name='Your reason']", text="blind")
    settled(b, "Approve…")
    b.click(at="role=button[name='Approve…']")
    b.wait(at="role=dialog >> text=You have not looked at its values.")
    b.press(key="Escape")
    b.click(at="#values")
    values = b.texts(at="ol.values li")
    assert len(values) == 4 and "= 42" in values[0] and "it's U+202E<b>" in values[1], values
    assert "NULL" in values[2] and "U+0007" in values[3], values
    assert b.count(at="main b") == 0
    lab.deny("bob", held["id"])
    client.close()


def test_two_people(lab):
    """where two have to say yes the page counts, and who said it once has no button any more"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, "delete from staging.pair where id = 10")
    open_request(lab, b, held)
    assert "0 of 2 yeses" in b.text(at="section[aria-label='Why it is held']")
    decide(b, "Approve", "one of two")
    b.wait(at="section[aria-label='Why it is held'] >> text=1 of 2 yeses")
    b.wait(at=".maynot >> text=voted already")
    assert b.count(at="#approve") == 0 and lab.ran(r"pair where id = 10$", "agent-7") == 0
    lab.approve("bob", held["id"])
    b.wait(at="section[aria-label='Outcome'] >> text=ran")
    child.communicate(timeout=20)
    assert child.returncode == 0 and lab.ran(r"pair where id = 10$", "agent-7") == 1


def test_stop(lab):
    """what runs is stopped from its page"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, "insert into staging.scratch select 1, pg_sleep(60)::text")
    open_request(lab, b, held)
    decide(b, "Approve", "go on")
    b.wait(at="text=is running")
    settled(b, "Stop…")
    b.click(at="#stop")
    b.wait(at="role=dialog >> role=button[name=/^Stop /][disabled=false]")
    b.click(at="role=dialog >> role=button[name=/^Stop /]")
    out, err = child.communicate(timeout=30)
    assert child.returncode != 0, out
    b.wait(at="section[aria-label='Outcome'] >> text=ran: failed")


def test_long(lab):
    """a very long statement comes in pieces, and the question says when one has not seen all of it"""
    b = sign_in(lab, "rita")
    child = lab.psql_start("-f", "-", user="agent-7")
    child.stdin.write("delete from staging.scratch where note = '" + "x" * 150_000 + "' or id = 77;")
    child.stdin.close()
    held = lab.pending_one("agent-7", like="id = 77")
    open_request(lab, b, held)
    assert "characters of it are not shown yet" in b.text(at="role=alert")
    b.fill(at="role=textbox[name='Your reason']", text="too long to read")
    settled(b, "Approve…")
    b.click(at="role=button[name='Approve…']")
    b.wait(at="role=dialog >> text=You have not looked at the whole statement.")
    b.press(key="Escape")
    b.click(at="role=button[name='Show more']")
    assert b.text(at="pre.exact >> nth=0").rstrip(";").endswith("or id = 77")
    b.click(at="role=button[name='Approve…']")
    b.wait(at="role=dialog")
    assert b.count(at="text=You have not looked at the whole statement.") == 0
    b.press(key="Escape")
    lab.deny("bob", held["id"])
    child.wait(timeout=20)


def test_revoke(lab):
    """an approval that did not run yet is taken back from its page"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, HELD.format(9))
    child.kill()
    wait_for(lambda: lab.approval(held["id"])["client_gone"], 10, "the client to be gone")
    open_request(lab, b, held)
    decide(b, "Approve", "run it again")
    b.wait(at="#revoke")
    settled(b, "Take back…")
    b.click(at="#revoke")
    b.wait(at="role=dialog >> role=button[name=/^Take back /][disabled=false]")
    b.click(at="role=dialog >> role=button[name=/^Take back /]")
    b.wait(at="section[aria-label='Outcome'] >> text=revoked by rita")
    assert lab.approval(held["id"])["state"] == "revoked"


def test_session_ends(lab):
    """an operator ends a session, and the page asks to sign in again; so does signing out"""
    b = sign_in(lab, "rita")
    listed = json.loads(lab.manage("token", "list", "rita", "--json").out)["tokens"]
    mine = b.eval(js="fetch('/v1/sessions/current').then((r) => r.json())")["session"]
    assert mine in [t["id"] for t in listed if t["kind"] == "session"], listed
    lab.manage("token", "revoke", mine)
    b.goto(url=f"{lab.url}/agents")
    b.wait(at="text=Open the link that it prints")
    b = sign_in(lab, "rita")
    kept = {"Cookie": f"__Host-sluice={cookie(b)['value']}"}
    b.click(at="text=Sign out")
    b.wait(at="text=You signed out.")
    assert [c["name"] for c in b.cookies()] == ["__Host-sluice-device"], "the browser stays known, nobody is signed in"
    assert raw(lab, "GET", "/v1/whoami", kept)[0] == 401


def test_same_browser(lab):
    """P4: whoever signed in from the browser of a requester's owner decides nothing there, nor with another credential; the page
    says why in words, and somebody from elsewhere decides"""
    lab.add("mia", "human", groups=["data-stewards"])
    lab.add("nora", "human", groups=["engineers"])
    lab.add("nora-bot", "agent", "nora", ["agents"])
    lab.enroll("mia")
    child, held = ask(lab, HELD.format(78), user="nora-bot")
    assert lab.ask("mia", "GET", f"/v1/approvals/{held['id']}")[1]["may_decide"] is True
    b = sign_in(lab, "nora")
    b.click(at="text=Sign out")
    b.wait(at="text=You signed out.")
    b.goto(url="about:blank")
    b.goto(url=link(lab, "mia"))                            # the same profile of the browser, another person
    b.wait(at="role=heading[name='Inbox']")
    open_request(lab, b, held)
    said = b.text(at=".maynot")
    assert "this identity signed in from a browser that a requester signed in from" in said, said
    assert b.count(at="#approve") == 0 and b.axe() == []
    status, said = lab.ask("mia", "POST", f"/v1/approvals/{held['id']}/decision",
                           {"decision": "approve", "digest": held["digest"], "reason": "from my terminal, then"})
    assert status == 403 and said["reason"] == "IS_SAME_DEVICE", said
    b = sign_in(lab, "bob")
    open_request(lab, b, held)
    decide(b, "Deny", "not today")
    assert child.wait(20) != 0


def test_end_recorded(lab):
    """a session whose credential was revoked is over at once, and its end is in the ledger without anybody asking"""
    b = sign_in(lab, "erin")
    mine = [t for t in json.loads(lab.manage("token", "list", "erin", "--json").out)["tokens"] if not t["revoked"]]
    credential = next(t["id"] for t in mine if t["kind"] == "deciding")
    assert not lab.files_with("its credential is over")
    lab.manage("token", "revoke", credential)
    b.goto(url=f"{lab.url}/")
    b.wait(at="text=Open the link that it prints")
    wait_for(lambda: lab.files_with("its credential is over"), 20, "the end of the session in the ledger")


LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (320, 1440)]


def every_page(lab, b, held, check):
    b.goto(url=f"{lab.url}/")
    b.wait(at=f"[data-id='{held['id']}']")
    check("inbox")
    b.goto(url=f"{lab.url}/agents")
    b.wait(at="role=heading[name='My agents']")
    check("agents")
    open_request(lab, b, held)
    check("review")
    b.fill(at="role=textbox[name='Your reason']", text="a look")
    settled(b, "Approve…")
    b.click(at="role=button[name='Approve…']")
    b.wait(at="role=dialog >> role=button[name=/^Approve /][disabled=false]")
    check("question")
    b.press(key="Escape")


def test_accessible(lab):
    """axe finds nothing on any page, at 320 and 1440 pixels, light and dark; nothing is wider than the screen"""
    child, held = ask(lab, "update public.customers set email = 'x' where id in (select id from staging.scratch); "
                           "delete from staging.scratch where note = 'a rather long text that has to wrap somewhere'")
    found = []
    b = browser_of(lab)
    for scheme, width in LOOKS:
        b.open(scheme=scheme, width=width, height=800, motion="reduce")

        def check(name, look=(scheme, width)):
            found.extend(faults(b, f"{name} {look}"))
        b.goto(url=f"{lab.url}/")
        b.wait(at="text=Open the link that it prints")
        check("sign in")
        b.goto(url=link(lab, "rita"))
        b.wait(at="role=heading[name='Inbox']")
        every_page(lab, b, held, check)
    assert found == [], "\n".join(found)
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)
