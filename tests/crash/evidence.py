"""What really happened: PostgreSQL's own log and Sluice's ledger, read without Sluice's help, and compared."""

import collections
import copy
import re

from ledger import entries

TAG = re.compile(r"tag-([a-z])\d+-\d+-")
HELD = "hlcd"    # what never runs without a spend; d is denied, or held as opaque while no judge answers


class Ledger:
    """The entries, sorted into what the comparison asks for."""

    def __init__(self, folder):
        self.entries = entries(folder)
        self.actions = []                                   # each item, of batches too
        self.by_tag = collections.defaultdict(list)
        self.events = collections.defaultdict(list)         # approval id -> its entries
        self.asked_tag = {}                                 # approval id -> tag of what was asked
        for e in self.entries:
            if e["kind"] == "actions":
                self.actions += [{**e["statements"][a["statement"]], **e["sessions"][a["by"]], **a}
                                 for a in e["actions"]]
            elif e["kind"] == "action":
                self.actions.append(e)
            elif e["kind"] == "approval":
                self.events[e["approval"]].append(e)
                found = TAG.search(e.get("text", ""))
                if e["event"] == "asked" and found:
                    self.asked_tag[e["approval"]] = found.group(0)
        for a in self.actions:
            found = TAG.search(a.get("text", ""))
            if found:
                self.by_tag[found.group(0)].append(a)

    def count(self, approval, event):
        return sum(1 for e in self.events[approval] if e["event"] == event)

    def spent(self):
        """tag -> how many approvals of it were spent."""
        out = collections.Counter()
        for approval, tag in self.asked_tag.items():
            out[tag] += 1 if self.count(approval, "spent") else 0
        return out


def some(items, text):
    """A finding for people: how many, and the first few."""
    items = list(items)
    if not items:
        return []
    return [f"{len(items)} {text}: " + "; ".join(str(i) for i in items[:5])]


def compare(server, ledger):
    """server: tag -> list of the server's log entries. Returns sentences; none is good."""
    wrong = []
    recorded = {tag: [a for a in found if a.get("outcome") != "refused"] for tag, found in ledger.by_tag.items()}
    wrong += some((f"{tag} ran {len(ran)}, recorded {len(recorded.get(tag, []))}"
                   for tag, ran in server.items() if len(ran) > len(recorded.get(tag, []))),
                  "statements ran unrecorded (P6)")
    wrong += some((f"{tag}: sessions {sorted({e.session for e in ran})}"
                   for tag, ran in server.items()
                   if {e.session for e in ran} - {str(a["session"]) for a in recorded.get(tag, [])}),
                  "statements ran in a session that the ledger does not name")
    spent = ledger.spent()
    held = {tag: ran for tag, ran in server.items() if TAG.match(tag).group(1) in HELD}
    wrong += some((f"{tag} ran {len(ran)}, spent {spent[tag]}" for tag, ran in held.items() if len(ran) > spent[tag]),
                  "held statements ran without a grant of their own (P1, P2)")
    wrong += some((a for a in ledger.events if ledger.count(a, "spent") > 1), "grants were spent twice (P2)")
    wrong += some((a for a in ledger.events if ledger.count(a, "spent") and not ledger.count(a, "approved")),
                  "grants were spent without an approval")
    wrong += some((f"{a['session']}/{a['action']}" for tag, found in recorded.items() for a in found
                   if TAG.match(tag).group(1) in HELD and not a.get("approval")),
                  "held actions are recorded without their approval")
    return wrong


def loose_ends(ledger):
    """Every action, and every spent grant, has an end: at least `unknown`."""
    ended = {(e["session"], e["action"]) for e in ledger.entries if e["kind"] == "outcome"}
    ended |= {(a["session"], a["action"]) for a in ledger.actions if a.get("outcome", "pending") != "pending"}
    wrong = some((f"{a['session']}/{a['action']}" for a in ledger.actions
                  if (a["session"], a["action"]) not in ended), "actions never ended (P11)")
    wrong += some((a for a, found in ledger.events.items() for e in found
                   if e["event"] == "spent" and (e["session"], e["action"]) not in ended),
                  "spent grants have no outcome (P11)")
    return wrong


def revoked_ran(ledger, reviewers):
    """What was taken back in time never ran."""
    return some((i for r in reviewers for i in r.revoked if ledger.count(i, "spent")),
                "grants were revoked and spent")


def blind_spots(server, ledger):
    """Plants a lie of each kind into a copy and expects compare() to see it."""
    held = next((t for t in server if TAG.match(t).group(1) == "h"), None)
    free = next((t for t in server if TAG.match(t).group(1) == "r"), None)
    approval = next((a for a, tag in ledger.asked_tag.items() if tag == held and ledger.count(a, "spent")), None)
    if not (held and free and approval):
        return ["nothing held, or nothing read, ever ran"]
    wrong = []

    def planted(what, server_lie, forgotten_tag=None, forgotten_event=None):
        lie = copy.copy(ledger)
        lie.by_tag = {t: a for t, a in ledger.by_tag.items() if t != forgotten_tag}
        lie.events = {a: [e for e in found if (a, e["event"]) != forgotten_event] for a, found in ledger.events.items()}
        if not compare({**server, **server_lie}, lie):
            wrong.append(f"not noticed: {what}")
    planted("a read that is not recorded", {}, forgotten_tag=free)
    planted("a read that ran twice", {free: server[free] * 2})
    planted("a held statement that ran twice", {held: server[held] * 2})
    planted("a held statement without a spend", {}, forgotten_event=(approval, "spent"))
    planted("a spend without a yes", {}, forgotten_event=(approval, "approved"))
    return wrong


def decisions_lost(ledger, reviewers):
    """Every answer 200 to a decision is in the ledger, in that person's name."""
    wrong = []
    for r in reviewers:
        for word, ids in (("approve", r.yes), ("deny", r.no)):
            wrong += some((i for i in ids if not any(
                e["event"] == "decided" and e.get("approver") == r.reviewer and e.get("decision") == word
                for e in ledger.events[i])), f"decisions of {r.reviewer} ({word}) are lost (P9)")
    return wrong


def answers_unrecorded(ledger, clients):
    """What a client was told is done is in the ledger as sent out."""
    return some((tag for c in clients for tag in c.done
                 if not any(a.get("outcome") != "refused" for a in ledger.by_tag[tag])),
                "answered statements are not in the ledger (P6)")


def run_by_tag(lab):
    out = collections.defaultdict(list)
    for e in lab.server_log():
        found = TAG.search(e.sql)
        if found:
            out[found.group(0)].append(e)
    return out
