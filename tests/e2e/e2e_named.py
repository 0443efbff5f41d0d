"""Lists and notices name only people who could decide now; whoever could not a moment later is named nowhere any more."""

import re


def change(config):
    config["policy"].append({"name": "signed only", "when": {"datasets": ["public.orders"], "effects": ["delete"]},
                             "then": "hold", "reviewers": {"groups": ["data-stewards"], "need": 1}, "proof": "passkey"})


STEWARD = ("human", None, ["data-stewards"])
LAB = {"change": change, "people": {
    "carol": ("human", None, ["engineers", "data-stewards"]),   # owns what asks
    "lino": STEWARD,                                            # another account of carol
    "rita": STEWARD, "bob": STEWARD,
    "pia": STEWARD,                                             # will be paused
    "dan": STEWARD,                                             # will be disabled
    "nina": STEWARD,                                            # never enrolled: has nothing to decide with
    "agent-7": ("agent", "carol", ["agents"]),
    "agent-8": ("agent", "rita", ["agents", "data-stewards"]),  # no human
}, "deciders": ("carol", "lino", "rita", "bob", "pia", "dan")}


def names(text):
    """Whom of all a text names, beside who asked and its owner."""
    return {n for n in LAB["people"] if re.search(rf"\b{n}\b", text)} - {"agent-7"}


def hold(lab, sql):
    client = lab.raw("agent-7")
    client.query(sql)
    heard = client.until("N")
    notice = " ".join(n.get("M", "") + " " + n.get("H", "") + " " + n.get("D", "") for n in heard.notices)
    return client, lab.pending_one("agent-7"), notice


def over(lab, client, approval):
    lab.api("cancel", approval["id"], "carol")
    client.until("Z", 10)
    client.close()


def expect(lab, approval, who, by="rita"):
    for a in (lab.approval(approval["id"], by=by), *(x for x in lab.approvals(by=by) if x["id"] == approval["id"])):
        assert set(a["deciders"]) == who, (a["deciders"], who)
        assert names(a["reviewers"]) == who, a["reviewers"]


def test_who_cannot_decide_is_not_named(lab):
    """owner, linked account, agent in the group, who never enrolled; then paused, disabled, already voted"""
    lab.manage("identity", "link", "lino", "carol")
    client, approval, notice = hold(lab, "delete from staging.pair")
    assert names(notice) == {"rita", "bob", "pia", "dan"}, notice
    expect(lab, approval, {"rita", "bob", "pia", "dan"})
    lab.manage("identity", "pause", "pia")
    expect(lab, approval, {"rita", "bob", "dan"})
    lab.manage("identity", "disable", "dan")
    expect(lab, approval, {"rita", "bob"})
    over(lab, client, approval)
    client, approval, notice = hold(lab, "delete from staging.pair where id = 2")
    assert names(notice) == {"rita", "bob"}, notice
    lab.approve("rita", approval["id"])         # one of two
    expect(lab, approval, {"bob"})
    expect(lab, approval, {"bob"}, by="bob")
    over(lab, client, approval)


def test_who_has_no_passkey_is_not_named(lab):
    """where a rule demands one, who has none is named neither in the notice nor in lists, until they have"""
    lab.enrol_passkey("rita")
    client, approval, notice = hold(lab, "delete from orders where id = -1")
    assert names(notice) == {"rita"}, notice
    expect(lab, approval, {"rita"})
    lab.enrol_passkey("bob")
    expect(lab, approval, {"rita"})    # too late for this one: only what existed before it was asked counts
    over(lab, client, approval)
    client, approval, notice = hold(lab, "delete from orders where id = -2")
    assert names(notice) == {"rita", "bob"}, notice
    expect(lab, approval, {"rita", "bob"})
    over(lab, client, approval)
