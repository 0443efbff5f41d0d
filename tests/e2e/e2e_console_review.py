"""The review page: what is different from the last approved alike, questions and answers, colours, the small graph."""

import json
import os

from e2e_console import LOOKS, ask, browser_of, decide, link, open_request, settled, sign_in
from lab import wait_for
from looks import faults

ORDERS = "update staging.scratch set note = 'batch {}' where id = {} -- nightly"


def estimates(config):
    config["targets"][0]["estimate"] = "plan"
    config["policy"].append({"name": "small bites", "when": {"identities": ["agent-8"], "datasets": ["public.customers"], "effects": ["read"]},
                             "then": "allow", "budget": {"rows": 100}, "reviewers": {"groups": ["data-stewards"]}})


LAB = {"change": estimates, "people": {
    "carol": ("human", None, ["engineers", "data-stewards"]), "rita": ("human", None, ["data-stewards", "dba"]),
    "bob": ("human", None, ["data-stewards", "dba"]), "dave": ("human", None, ["dba"]),
    "erin": ("human", None, ["engineers"]), "agent-7": ("agent", "carol", ["agents"]),
    "agent-8": ("agent", "bob", ["agents"])}, "deciders": ("rita", "bob", "carol", "dave")}


def run_approved(lab, sql, who="agent-7", by="rita"):
    child, held = ask(lab, sql, who)
    lab.approve(by, held["id"])
    child.communicate(timeout=20)
    return held


def first(lab):
    """What the others are compared with, asked by agent-7; at the first call."""
    if not hasattr(lab, "first"):
        lab.first = run_approved(lab, ORDERS.format(1, 1))
    return lab.first


def others(lab):
    """The same, asked by agent-8."""
    if not hasattr(lab, "others"):
        lab.others = run_approved(lab, ORDERS.format(3, 3), "agent-8", "rita")
    return lab.others


def test_first_of_its_kind(lab):
    """where nothing alike was approved before nothing is compared"""
    assert "last_alike" not in lab.approval(first(lab)["id"], "bob")


def test_alike(lab):
    """the page shows word by word what is different from the last approved alike, and who said yes to that"""
    known = first(lab)
    b = sign_in(lab, "bob")
    child, held = ask(lab, ORDERS.format("<b>2</b>", 7))
    said = lab.approval(held["id"], "bob")["last_alike"]
    assert said["id"] == known["id"] and said["by"] == ["rita"] and said["statement"] == ORDERS.format(1, 1), said
    open_request(lab, b, held)
    section = "section[aria-label='Against the last approved']"
    assert "agent-7" in b.text(at=section) and "rita" in b.text(at=section)
    gone, new = "".join(b.texts(at=f"{section} pre del")), "".join(b.texts(at=f"{section} pre ins"))
    assert gone == "11" and new == "<b>2</b>7", (gone, new)
    assert b.count(at="main b") == 0
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


def test_how_many_rows(lab):
    """the sentence says about how many rows leave: of a COPY of a table, of a COPY of a query, and of a SELECT that its budget stopped"""
    lab.pg.sql("analyze customers")
    b = sign_in(lab, "rita")
    for who, sql, rows in (("agent-7", "copy customers (email, ssn) to stdout", 400),
                           ("agent-7", "copy (select email, ssn from customers where id <= 100) to stdout", 100),
                           ("agent-8", "select email, ssn from customers", 400)):
        child, held = ask(lab, sql, who)
        open_request(lab, b, held)
        said = b.text(at="main h1")
        assert f"wants to EXPORT about {rows} rows of public.customers.email, public.customers.ssn" in said, said
        assert "to its client on finance" in said, said
        shown = lab.sluice("show", held["id"], "--credential-file", lab.enroll("rita"), *lab.where(), check=True).out
        assert f"about {rows} rows" in shown and "no estimate" not in shown, shown
        lab.deny("rita", held["id"])
        child.communicate(timeout=20)


def test_alike_is_approved_and_mine_first(lab):
    """what was denied is not compared with; the requester's own comes before another's; other data is not alike"""
    mine, other = first(lab), others(lab)
    child, held = ask(lab, ORDERS.format(4, 4), "agent-7")
    assert lab.approval(held["id"], "rita")["last_alike"]["id"] == mine["id"]
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)
    child, held = ask(lab, ORDERS.format(5, 5), "agent-8")
    assert lab.approval(held["id"], "rita")["last_alike"]["id"] == other["id"]
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)
    child, held = ask(lab, "update staging.pair set note = 'x' where id = 1")
    assert "last_alike" not in lab.approval(held["id"], "rita")
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)


def test_alike_only_what_one_may_read(lab):
    """the requester's owner reads its own; who may not read the old one is not told of it; what is erased is gone"""
    first(lab)
    others(lab)
    mine = [a for a in lab.approvals("carol", everything=True) if a["id"] == lab.first["id"]]
    assert mine, "carol owns agent-7"
    child, held = ask(lab, ORDERS.format(6, 6), "agent-8")       # of bob's agent: carol may decide it
    assert lab.approval(held["id"], "carol")["last_alike"]["identity"] == "agent-8"
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)
    child, held = ask(lab, ORDERS.format(7, 7))
    newest = lab.approval(held["id"], "rita")["last_alike"]
    assert newest["statement"].startswith(ORDERS.split("{}")[0]), newest
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)
    seen = set()
    while newest is not None:       # the newest that is left, until nothing alike is
        assert newest["id"] not in seen, newest
        seen.add(newest["id"])
        done = lab.sluice("ledger", "erase", newest["id"], "--config", lab.folder / "sluice.yaml")
        assert done.rc == 0, done
        child, held = ask(lab, ORDERS.format(8, len(seen)))
        newest = lab.approval(held["id"], "rita").get("last_alike")
        lab.deny("rita", held["id"])
        child.communicate(timeout=20)
    assert lab.first["id"] in seen and len(seen) >= 2, seen


def test_colours(lab):
    """the statement is coloured and is still the statement, character for character, with odd characters named"""
    b = sign_in(lab, "rita")
    sql = "delete from staging.scratch /* why \u202e? */ where note = 'it''s' and id = 42 -- end"
    child, held = ask(lab, sql)
    open_request(lab, b, held)
    shown = b.eval(js="document.querySelector('pre.exact').textContent")
    assert shown == sql.replace("\u202e", "U+202E"), shown
    assert "".join(b.texts(at="pre.exact >> nth=0 >> .sql-keyword")) == "deletefromwhereand"
    assert b.texts(at="pre.exact >> nth=0 >> .sql-string") == ["'it''s'"]
    assert b.texts(at="pre.exact >> nth=0 >> .sql-number") == ["42"]
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


def test_graph(lab):
    """where labelled data would go is drawn with bold edges, and said in words below"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, "copy (select email, name from customers) to stdout")
    open_request(lab, b, held)
    section = "section[aria-label='Where the data goes']"
    b.wait(at=f"{section} >> .graph")
    assert b.count(at=f"{section} .edge") == 2, b.text(at=section)
    assert b.count(at=f"{section} .labelled-edge") >= 1
    assert "public.customers.email" in b.text(at=f"{section} ul") and "pii" in b.text(at=f"{section} ul")
    assert "pii" in b.text(at="section[aria-label='At a glance']")
    assert "agent-7 for carol" in b.text(at="section[aria-label='At a glance']")
    assert "0 of 1 yes" in b.text(at="section[aria-label='At a glance']")
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)


def test_questions(lab):
    """a question reaches the waiting client and every copy of the page; the owner's answer appears on each, live"""
    b = sign_in(lab, "rita")
    child, held = ask(lab, "delete from staging.scratch where id = 90")
    open_request(lab, b, held)
    b.click(at="text=Ask a question before you decide")
    b.fill(at="role=textbox[name='Ask who wants it, and their owner']", text="why \u202e<b>ninety</b>?")
    b.click(at="#question")
    b.wait(at=".talk >> text=why U+202E<b>ninety</b>?")
    said = wait_for(lambda: [m for m in lab.ask("bob", "GET", f"/v1/approvals/{held['id']}")[1].get("messages", [])], 10, "it")
    assert said[0]["kind"] == "question" and said[0]["channel"] == "console", said
    b.tab(number=1)
    b.goto(url=f"{lab.url}/approvals/{held['id']}")
    b.wait(at=".talk >> text=rita")
    credential = json.loads(lab.enroll("carol").read_text())["credential"]
    done = lab.sluice("answer", held["id"], "it is a test row", "--json", *lab.where(),
                      environment={"SLUICE_CREDENTIAL": credential}, check=True)
    assert json.loads(done.out)["messages"][-1]["text"] == "it is a test row"
    b.wait(at=".talk >> text=it is a test row")
    b.tab(number=0)
    b.wait(at=".talk >> text=it is a test row")
    assert b.count(at="main b") == 0 and b.complaints() == []
    decide(b, "Deny", "asked and answered")
    out, err = child.communicate(timeout=20)
    assert "question from rita" in err and "why \\u{202e}<b>ninety</b>?" in err, out + err


def test_owner_answers_here(lab):
    """the owner answers on the page; who may not ask or answer has no field for it"""
    child, held = ask(lab, "delete from staging.scratch where id = 91")
    lab.sluice("ask", held["id"], "what for?", "--credential-file", lab.enroll("rita"), *lab.where(), check=True)
    b = sign_in(lab, "carol")
    open_request(lab, b, held)
    assert b.count(at="#question") == 0
    b.fill(at="role=textbox[name='Your answer']", text="x" * 1001)
    b.wait(at="text=1 byte too long.")
    b.fill(at="role=textbox[name='Your answer']", text="a clean-up,\nin two lines")
    b.click(at="#answer")
    b.wait(at=".talk >> text=in two lines")
    lab.deny("bob", held["id"])
    child.communicate(timeout=20)
    b.wait(at="#answer", state="hidden")


def test_two_open(lab):
    """where questions about two requests are open, SET sluice.answer needs the id; the event stream carries the words"""
    first, one = ask(lab, "delete from staging.scratch where id = 92")
    second, two = ask(lab, "delete from staging.scratch where id = 93")
    for held in (one, two):
        lab.sluice("ask", held["id"], f"which is {held['id'][-4:]}?", "--credential-file", lab.enroll("rita"), *lab.where(), check=True)
    done = lab.psql("set sluice.answer = 'that one'")
    assert done.rc != 0 and "more than one request" in done.err, done
    done = lab.psql(f"set sluice.answer = '{two['id']} the second'")
    assert done.rc == 0, done
    assert lab.approval(two["id"])["messages"][-1]["text"] == "the second"
    assert len(lab.approval(one["id"])["messages"]) == 1
    assert lab.psql("set sluice.answer = 'the first'").rc == 0
    for held, child in ((one, first), (two, second)):
        lab.deny("bob", held["id"])
        child.communicate(timeout=20)


def test_accessible(lab):
    """axe finds nothing on a page with everything on it, at 320 and 1440 pixels, light and dark; nothing is too wide"""
    run_approved(lab, "update public.customers set email = 'y' where id in (select id from staging.scratch); "
                      "delete from staging.scratch where note = 'one' -- gone")
    child, held = ask(lab, "update public.customers set email = 'x' where id in (select id from staging.scratch); "
                           "delete from staging.scratch where note = 'a rather long text that has to wrap' /* here */")
    lab.sluice("ask", held["id"], "why?", "--credential-file", lab.enroll("bob"), *lab.where(), check=True)
    lab.sluice("answer", held["id"], "because", "--credential-file", lab.enroll("carol"), *lab.where(), check=True)
    found = []
    b = browser_of(lab)
    for scheme, width in LOOKS:
        b.open(scheme=scheme, width=width, height=900, motion="reduce")
        b.goto(url=link(lab, "rita"))
        b.wait(at="role=heading[name='Inbox']")
        open_request(lab, b, held)
        settled(b, "Approve…")
        found.extend(faults(b, f"{(scheme, width)}"))
        if os.environ.get("SLUICE_SHOTS"):
            b.shot(path=f"{os.environ['SLUICE_SHOTS']}/review-{scheme}-{width}.png", whole=width == 320)
    assert found == [], "\n".join(found)
    lab.deny("rita", held["id"])
    child.communicate(timeout=20)
