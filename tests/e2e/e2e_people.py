"""P4 from outside: every way in, with every reason, against the whole gateway; roles; and what lists name."""

import http.client
import json
import re

REFUSED = re.compile(r"\((403|404)\)")    # by the keeper, not a slip of the command line
LAB = {"people": {
    "olga": ("human", None, ["data-stewards", "engineers"]),
    "hugo": ("human", "olga", ["data-stewards", "engineers"]),   # asks for himself; olga answers for him
    "lino": ("human", None, ["data-stewards"]),                  # another account of olga
    "dora": ("human", None, ["data-stewards"]),                  # acts for olga
    "paula": ("human", None, ["data-stewards"]),                 # on her behalf
    "tara": ("human", None, ["data-stewards"]),                  # triggered it
    "uwe": ("human", None, ["data-stewards"]),                   # at olga's account of the machine
    "aud": ("human", None, ["data-stewards"]),                   # an auditor
    "rita": ("human", None, ["data-stewards"]),                  # nothing speaks against her
    "erin": ("human", None, ["engineers"]),                      # no reviewer
}, "deciders": ("rita",), "change": lambda config: config.update(roles={"auditors": {"identities": ["aud"]}})}

REASONS = {"hugo": "IS_REQUESTER", "olga": "IS_OWNER", "lino": "IS_LINKED", "dora": "IS_DELEGATE",
           "paula": "IS_ON_BEHALF", "tara": "IS_TRIGGER", "uwe": "IS_SAME_USER", "aud": "IS_AUDITOR",
           "erin": "NOT_REVIEWER"}


class Console:
    """A person's browser, as far as the API sees it: a cookie, its mark, our own Origin."""

    def __init__(self, lab, who):
        self.lab = lab
        code = lab.ask(who, "POST", "/v1/sessions/code", {})[1]["code"]
        self.cookie = None
        status, headers, _ = self.call("POST", "/v1/sessions", {"code": code})
        assert status == 201, status
        self.cookie = headers["Set-Cookie"].split(";")[0]
        self.mark = json.loads(self.call("GET", "/v1/sessions/current")[2])["csrf"]

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.lab.http, timeout=10)
        headers = {"Origin": self.lab.url, "Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.cookie and method == "POST":
            headers["Sluice-CSRF"] = self.mark
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        out = answer.status, answer.headers, answer.read()
        connection.close()
        return out


def ask(lab, token, what):
    """hugo asks over HTTP, on paula's behalf, triggered by tara."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    body = {"target": "finance", "operation": {"do": what}, "effects": ["delete"], "triggered_by": "tara",
            "datasets": [{"name": "staging.scratch", "effects": ["delete"]}], "reason": "spring clean"}
    connection.request("POST", "/v1/approvals", json.dumps(body),
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    assert answer.status == 201, said
    connection.close()
    return said


def bind(lab):
    """Everybody to whom they are bound, at the first call; what hugo asks with on paula's behalf."""
    if not hasattr(lab, "bound"):
        lab.bound = True
        lab.manage("identity", "link", "lino", "olga")
        lab.manage("identity", "delegate", "olga", "dora", "--for", "7d")
        lab.manage("identity", "link", "olga", "--os-user", "4711")
        lab.manage("identity", "link", "uwe", "--os-user", "4711")
        for who in LAB["people"]:
            lab.enroll(who)
    return lab.manage("token", "create", "hugo", "--for", "paula").out.strip()


def test_every_channel_refuses_every_reason(lab):
    """P4: HTTP, command line and console refuse each of them, yes and no, and say why; then rita decides"""
    token = bind(lab)
    asked = ask(lab, token, "one")
    for who, reason in REASONS.items():
        for decision in ("approve", "deny", "break-glass"):
            body = {"decision": decision, "digest": asked["digest"], "reason": "me"}
            want = reason if decision != "break-glass" else None
            for channel, (status, said) in {
                    "http": lab.ask(who, "POST", f"/v1/approvals/{asked['id']}/decision", body),
                    "console": decided_in_console(lab, who, asked["id"], body)}.items():
                if who == "erin":   # what one may not see does not exist
                    assert status == 404, (who, channel, status)
                    continue
                assert status == 403, (who, channel, decision, said)
                assert want in (None, said["reason"]), (who, channel, said)
        for word in ("approve", "deny", "break-glass"):
            done = by_command_line(lab, who, asked["id"], word)
            assert done.rc == 1 and REFUSED.search(done.err), (who, word, done)
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)   # what asked does not decide
    connection.request("POST", f"/v1/approvals/{asked['id']}/decision",
                       json.dumps({"decision": "approve", "digest": asked["digest"], "reason": "me"}),
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    assert connection.getresponse().status == 403
    assert lab.approval(asked["id"])["state"] == "pending"
    lab.approve("rita", asked["id"])
    assert lab.approval(asked["id"])["state"] == "approved"


def by_command_line(lab, who, approval, word):
    verb = {"break-glass": ("approve", "--break-glass")}.get(word, (word,))
    return lab.sluice(*verb, approval, "--reason", "me", "--yes", "--credential-file", lab.enroll(who), *lab.where())


def decided_in_console(lab, who, approval, body):
    status, _, said = Console(lab, who).call("POST", f"/v1/approvals/{approval}/decision", body)
    return status, json.loads(said)


def test_conflicts_are_shown_before(lab):
    """each of them sees why not before trying; lists, notices and events name only who could decide"""
    asked = ask(lab, bind(lab), "two")
    assert asked["reviewers"] == "1 of rita", asked["reviewers"]
    for who, reason in REASONS.items():
        if who == "erin":
            continue
        listed = [a for a in lab.approvals(by=who) if a["id"] == asked["id"]]
        shown = lab.approval(asked["id"], by=who)
        for a in (*listed, shown):
            assert not a["may_decide"] and a["may_not_reason"] == reason, (who, a["may_not_reason"])
            assert a["deciders"] == ["rita"] and a["reviewers"] == "1 of rita", a["reviewers"]
        assert listed, who
        line = lab.sluice("approvals", "--credential-file", lab.enroll(who), *lab.where(), check=True).out
        assert "[not you: " in line, line
    chain = {r["name"]: r["role"] for r in lab.approval(asked["id"])["requester_chain"]}
    assert chain == {"hugo": "self", "olga": "owner", "lino": "linked", "dora": "delegate",
                     "paula": "on-behalf-of", "tara": "trigger", "uwe": "same-user"}, chain
    line = lab.sluice("approvals", "--credential-file", lab.enroll("rita"), *lab.where(), check=True).out
    assert "[not you" not in line, line
    client = lab.raw("hugo")
    client.query("delete from staging.scratch")
    heard = client.until("N")
    assert "needs a yes from 1 of paula, rita, tara" in json.dumps(heard.notices), heard.notices   # no --for here
    lab.deny("rita", asked["id"])


def test_the_auditor_changes_nothing(lab):
    """an auditor reads approvals, values, usage and lineage of everybody, and can end nothing"""
    token = lab.manage("token", "create", "hugo", "--for", "paula").out.strip()
    asked = ask(lab, token, "three")
    seen = lab.approval(asked["id"], by="aud")
    assert seen["operation"] == {"do": "three"}
    for verb in ("cancel", "revoke", "stop"):
        status, said = lab.ask("aud", "POST", f"/v1/approvals/{asked['id']}/{verb}", {"reason": "x"})
        assert status == 403 and said["reason"] == "IS_AUDITOR", (verb, status, said)
    assert lab.ask("aud", "GET", "/v1/usage")[1]["all"] is True
    assert lab.ask("aud", "GET", "/v1/whoami")[1]["roles"] == ["auditor"]
    assert lab.approval(asked["id"])["state"] == "pending"
    lab.deny("rita", asked["id"])
