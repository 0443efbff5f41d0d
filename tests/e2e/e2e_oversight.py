"""What people see of the whole: the policy and what it would say, the recorded past under another one, the roster,
health, their own agents. Over HTTP and `sluice shadow`."""

import copy
import http.client
import json


from lab import hold, wait_for

DAY = ["--since", "1d"]


def with_budget(config):
    config["policy"].append({"name": "small bites", "when": {"identity_kind": ["agent"], "effects": ["read"], "labels": ["pii"]},
                             "then": "allow", "budget": {"rows": 500, "per": "1h", "by": "owner"}})
    config["break_glass"] = {"groups": ["engineers"], "review_within": "1h"}


LAB = {"change": with_budget}


def as_token(lab, who, method, path, body=None):
    headers = {"Authorization": f"Bearer {lab.token(who)}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    out = answer.status, json.loads(answer.read())
    connection.close()
    return out


def create(lab, number, who="agent-7"):
    """An approval that a program asks for."""
    status, said = as_token(lab, who, "POST", "/v1/approvals", {
        "target": "finance", "operation": {"refund": number}, "effects": ["update"],
        "datasets": [{"name": "staging.scratch", "effects": ["update"]}]})
    assert status == 201, said
    return said["id"]


def pages(lab, who="rita", **query):
    """Every approval of a list, page by page, and how many pages it took."""
    found, count, after = [], 0, {}
    while True:
        asked = "&".join(f"{k}={v}" for k, v in {**query, **after}.items())
        status, said = lab.ask(who, "GET", f"/v1/approvals?{asked}")
        assert status == 200, said
        found, count = found + said["approvals"], count + 1
        if "next" not in said:
            return found, count
        after = {"after": said["next"]}


def test_pages(lab):
    """a list comes by pages, in either order, each approval once; a page is never longer than asked for"""
    made = [create(lab, i) for i in range(25)]
    found, count = pages(lab, state="pending", limit=10, order="oldest", view="lines")
    assert [a["id"] for a in found] == made and count == 3, (len(found), count)
    assert all(a["outline"] and a["may_decide"] and a["held_why"] and "operation" not in a for a in found), found[0]
    newest, _ = pages(lab, limit=7)
    assert [a["id"] for a in newest] == made[::-1] and "operation" in newest[0]
    mine, _ = pages(lab, who="bob", limit=7, of="mine")
    assert mine == [], mine     # agent-7 is carol's
    assert len(pages(lab, who="carol", limit=7, of="mine")[0]) == 25
    for wrong in ("order=up", "view=all", "of=others", "after=x", "after=99999999999999999999", "limit=0"):
        assert lab.ask("rita", "GET", f"/v1/approvals?{wrong}")[0] == 400, wrong
    for which in made:
        assert as_token(lab, "agent-7", "POST", f"/v1/approvals/{which}/cancel", {})[0] == 200


def test_alike(lab):
    """requests that differ in literals have the same mark, others another one"""
    clients = [lab.raw("agent-7") for _ in range(3)]
    for client, sql in zip(clients, ("delete from staging.scratch where id = 1", "delete from staging.scratch  where id = 22",
                                     "delete from staging.scratch where note = 'x'")):
        client.query(sql)
    found = wait_for(lambda: (p := pages(lab, state="pending", view="lines")[0]) and len(p) == 3 and p, 10, "three lines")
    marks = {a["summary"]: a["alike"] for a in found}
    assert len(set(marks.values())) == 2 and marks["delete from staging.scratch where id = 1"] == \
        marks["delete from staging.scratch  where id = 22"], marks
    for a in found:
        lab.deny("rita", a["id"])


def test_policy_in_words(lab):
    """every rule in words, the targets without logins and files; not to an asking token"""
    status, said = lab.ask("rita", "GET", "/v1/policy")
    assert status == 200 and {r["name"] for r in said["rules"]} == {r["name"] for r in lab.config["policy"]}
    rule = next(r for r in said["rules"] if r["name"] == "agents never drop")
    assert rule["then"] == "deny" and "truncate" in rule["text"], rule
    assert rule["facts"]["when"] == {"identity_kind": ["agent"], "statements": ["drop", "truncate"]}, rule
    assert said["targets"][0]["name"] == "finance" and "pii" in json.dumps(said["targets"][0]["labels"])
    assert "app.pass" not in json.dumps(said) and "login" not in json.dumps(said["targets"])
    assert as_token(lab, "agent-7", "GET", "/v1/policy")[0] == 403


def tried(lab, sql, who="rita", **more):
    return lab.ask(who, "POST", "/v1/policy/try", {"target": "finance", "sql": sql, **more})


def test_try(lab):
    """a statement is judged with the living catalog, labels and somebody else's groups; nothing is run or recorded"""
    before = len(lab.approvals(everything=True))
    status, said = tried(lab, "copy customers to stdout", identity="agent-7")
    assert status == 200 and said["verdict"] == "hold" and [r["name"] for r in said["rules"]] == ["regulated data leaves"], said
    assert said["reviewers"] == "1 of data-stewards" and said["datasets"][0]["labels"] == ["pii"], said
    assert tried(lab, "drop table public.orders", identity="agent-7")[1]["verdict"] == "deny"
    assert tried(lab, "drop table public.orders", identity="erin")[1]["verdict"] == "hold"
    assert tried(lab, "select 1", identity="agent-7")[1]["verdict"] == "allow"
    status, said = tried(lab, "this is no sql")
    assert status == 200 and said["effects"] == ["opaque"] and said["verdict"] == "hold" and said["opaque_why"], said
    assert len(lab.approvals(everything=True)) == before
    assert lab.ran(r"drop table public\.orders|copy customers to stdout|this is no sql") == 0


def test_all_say_what_the_gate_does(lab):
    """SELECT ... INTO a variable of a DO is no DDL; where words say more than the judge, explain and try say opaque too"""
    texts = {"do $$ declare n int; begin select 1 into n; end $$": False,
             "do language plpgsql $a$ declare n int; begin execute 'select 1' into n; end $a$;": False,
             "select $x$ a into b $x$": True,
             "do $$ begin end $$; do $$ declare n int; begin select 1 into n; end $$": True}
    client = lab.raw("agent-7")
    client.ask("set sluice.wait = '1ms'")
    for sql, opaque in texts.items():
        said = json.loads(lab.sluice("explain", "--target", "finance", "--live", "--json", sql).out)
        shown = tried(lab, sql, identity="agent-7")[1]
        assert said["opaque"] == opaque and ("opaque" in shown["effects"]) == opaque, (sql, said, shown)
        assert ("ERROR" in repr(client.ask(sql).errors)) == opaque, sql
    client.drop()


def test_try_refusals(lab):
    """unknown targets and identities, empty and long texts, asking tokens"""
    assert tried(lab, "select 1", identity="nobody")[0] == 404
    assert lab.ask("rita", "POST", "/v1/policy/try", {"target": "other", "sql": "select 1"})[0] == 404
    assert tried(lab, "")[0] == 400 and tried(lab, "select '" + "x" * 70000 + "'")[0] == 400
    assert as_token(lab, "agent-7", "POST", "/v1/policy/try", {"target": "finance", "sql": "select 1"})[0] == 403
    wait_for(lambda: tried(lab, "select 2")[0] == 200, 10, "a place after all")


def shadow(lab, change, **more):
    edited = copy.deepcopy(lab.config)
    change(edited)
    file = lab.folder / "edited.yaml"
    file.write_text(json.dumps(edited))
    done = lab.sluice("shadow", "--config", file, "--json", *DAY)
    assert done.rc in (0, 1), done
    return done.rc, json.loads(done.out)


def of_rule(result, key, rule):
    return [d for d in result["differences"] if rule in d[key]]


def past(lab):
    """What agent-7 did: read, changed, was denied by a person and by a rule; at the first call."""
    if hasattr(lab, "past"):
        return
    lab.past = True
    assert lab.psql("-c", "select count(*) from orders", "-c", "insert into orders values (90001, 1, 'x')",
                    user="agent-7").rc == 0
    client = lab.raw("agent-7")
    client.query("delete from staging.scratch where id = 5")
    lab.deny("rita", lab.pending_one("agent-7", like="id = 5")["id"])
    client.answer()
    assert lab.psql("drop table staging.wide", user="agent-7").rc != 0
    wait_for(lambda: shadow(lab, lambda c: None)[1]["judged"] >= 4, 10, "what was recorded")


def test_shadow_same(lab):
    """the policy that was in force says what it said"""
    past(lab)
    rc, said = shadow(lab, lambda c: None)
    assert rc == 0 and said["different"] == 0 and said["same"] >= 4 and said["cannot_tell"] == 0, said


def test_shadow_differs(lab):
    """a rule more holds, one less lets go, and each difference names rules and entries that are there"""
    past(lab)
    rc, said = shadow(lab, lambda c: c["policy"].append(hold("new watch", "public.orders")))
    found = of_rule(said, "rules", "new watch")
    assert rc == 1 and [(d["was"], d["would"]) for d in found] == [("allow", "hold")], said
    assert found[0]["identities"] == ["agent-7"] and found[0]["datasets"] == ["public.orders"], found
    shown = lab.sluice("ledger", "show", found[0]["entries"][0], lab.state / "ledger", "--json", check=True).out
    assert "public.orders" in shown
    rc, said = shadow(lab, lambda c: c.update(policy=[r for r in c["policy"] if r["name"] != "agents never drop"]))
    found = of_rule(said, "rules_were", "agents never drop")
    assert rc == 1 and [(d["was"], d["would"]) for d in found] == [("deny", "hold")], said
    text = lab.sluice("shadow", "--config", lab.folder / "edited.yaml", *DAY)
    assert text.rc == 1 and "deny -> hold" in text.out and "agents never drop" in text.out, text


def test_shadow_labels(lab):
    """labels are those of the edited file: one more holds, one less lets go; what came along with the data stays"""
    assert lab.psql("select email from customers limit 1", user="erin").rc == 0
    watch = {"name": "no pii", "when": {"labels": ["pii"], "effects": ["read"]}, "then": "hold", "reviewers": {"groups": ["dba"], "need": 1}}

    def with_watch(c):
        c["policy"].append(watch)

    def without_label(c):
        with_watch(c)
        c["targets"][0]["labels"] = [{"tables": ["public.payments"], "label": "financial"}, {"tables": ["public.none"], "label": "pii"}]

    wait_for(lambda: of_rule(shadow(lab, with_watch)[1], "rules", "no pii"), 10, "the read of a label")
    assert of_rule(shadow(lab, without_label)[1], "rules", "no pii") == []


def test_shadow_cannot_tell(lab):
    """another target's past, and what a budget stopped: it does not guess"""
    past(lab)

    def renamed(c):
        c["targets"][0]["name"] = "elsewhere"

    rc, said = shadow(lab, renamed)
    assert said["cannot_tell"] == said["judged"] > 0 and "no such target" in said["unknown"][0]["why"], said
    assert said["unknown"][0]["entries"], said
    wrong = lab.sluice("shadow", "--config", lab.folder / "edited.yaml", "--since", "soon")
    assert wrong.rc == 2
    (lab.folder / "edited.yaml").write_text("policy: [}")
    assert lab.sluice("shadow", "--config", lab.folder / "edited.yaml").rc == 1


def test_shadow_of_what_was_erased(lab):
    """text and values that were erased were never what a rule read: the past is judged as before, and is not guessed at"""
    client = lab.raw("agent-7")
    client.query("delete from staging.scratch where note = 'to be forgotten'")
    held = lab.pending_one("agent-7", like="to be forgotten")
    lab.deny("rita", held["id"])
    client.answer()

    def stricter(c):
        c["policy"].append({"name": "no scratch", "when": {"datasets": ["staging.scratch"], "effects": ["delete"]}, "then": "deny"})

    def entries(said):
        return sorted(e for d in of_rule(said, "rules", "no scratch") for e in d["entries"])

    before = wait_for(lambda: (s := shadow(lab, stricter)[1]) and entries(s) and s, 10, "the past")
    done = lab.sluice("ledger", "erase", held["id"], "--config", lab.folder / "sluice.yaml")
    assert done.rc == 0, done
    assert "to be forgotten" not in json.dumps(lab.ask("rita", "GET", f"/v1/approvals/{held['id']}")[1])
    after = shadow(lab, stricter)[1]
    assert entries(after) == entries(before) and after["cannot_tell"] == before["cannot_tell"], (before, after)
    assert lab.ledger_verify().rc == 0


def test_shadow_over_http(lab):
    """the same in the page, with rules alone or a whole file; a wrong text names its line; nothing is applied"""
    past(lab)
    rules = lab.config["policy"] + [hold("new watch", "public.orders")]
    status, said = lab.ask("rita", "POST", "/v1/policy/shadow", {"config": "policy: " + json.dumps(rules), "since": "1d"})
    assert status == 200 and of_rule(said, "rules", "new watch"), said
    whole = {**lab.config, "policy": rules}
    status, said = lab.ask("rita", "POST", "/v1/policy/shadow", {"config": json.dumps(whole, indent=1), "since": "1d"})
    assert status == 200 and of_rule(said, "rules", "new watch") and not said["more"], said
    status, said = lab.ask("rita", "POST", "/v1/policy/shadow", {"config": "policy:\n  - name: x\n    than: hold\n"})
    assert status == 400 and "edited:3:" in said["detail"], said
    assert lab.ask("rita", "POST", "/v1/policy/shadow", {"config": "policy: []", "since": "soon"})[0] == 400
    assert lab.ask("rita", "POST", "/v1/policy/shadow", {"config": ""})[0] == 400
    assert as_token(lab, "agent-7", "POST", "/v1/policy/shadow", {"config": "policy: []"})[0] == 403
    assert "new watch" not in json.dumps(lab.ask("rita", "GET", "/v1/policy")[1])


def test_alone_is_a_nag(lab):
    """what one person did alone nags on the page of health until others have signed it off"""
    lab.enroll("erin")
    client = lab.raw("agent-7")
    client.query("delete from staging.scratch where id = 7")
    held = lab.pending_one("agent-7", like="id = 7")
    lab.release_alone("erin", held, "nobody else is awake")
    client.answer()
    nags = lab.ask("rita", "GET", "/v1/health")[1]["status"]["nags"]
    assert any("erin did alone" in n and held["id"] in n for n in nags), nags


def test_people(lab):
    """everybody with kind, owner, groups, what they decide with, and when they were last there; agents without owner stand out"""
    past(lab)
    status, said = lab.ask("rita", "GET", "/v1/identities")
    people = {p["name"]: p for p in said["identities"]}
    assert status == 200 and set(people) == set(lab.people), people.keys()
    assert people["rita"]["accounts"] == [] and people["agent-7"]["owner"] == "carol" and people["agent-7"]["owner_active"], people["agent-7"]
    assert people["agent-7"]["last_seen_at"] and people["rita"]["can_decide"] and not people["nightly"]["can_decide"]
    lab.manage("identity", "disable", "erin")
    people = {p["name"]: p for p in lab.ask("rita", "GET", "/v1/identities")[1]["identities"]}
    assert people["erin"]["status"] == "disabled" and not people["nightly"]["owner_active"], people["nightly"]
    assert any("nightly" in n for n in lab.ask("rita", "GET", "/v1/health")[1]["status"]["nags"])
    assert as_token(lab, "agent-7", "GET", "/v1/identities")[0] == 403


def test_health(lab):
    """what runs, the catalog's listing, ledger and disk"""
    status, said = lab.ask("rita", "GET", "/v1/health")
    health = wait_for(lambda: (h := lab.ask("rita", "GET", "/v1/health")[1]["status"])["targets"][0]["listing"] == "current" and h, 10, "a listing")
    assert status == 200 and {p["role"] for p in health["programs"]} >= {"gate", "judge", "keeper", "desk"}, health
    assert health["targets"][0]["listing"] == "current" and health["ledger"]["signed_at"] and health["disk"]["free_bytes"] > 0
    assert as_token(lab, "agent-7", "GET", "/v1/health")[0] == 403


def agents(lab, who="carol"):
    status, said = lab.ask(who, "GET", "/v1/agents")
    assert status == 200, said
    return {a["name"]: a for a in said["agents"]}, said


def test_refused(lab):
    """what of mine was refused, by which rule, and what is left of budgets"""
    past(lab)
    drop = wait_for(lambda: next((r for r in agents(lab)[1]["refused"] if r.get("rules") == "agents never drop"), None), 5,
                    "what was denied")
    found, _ = agents(lab)
    assert drop["identity"] == "agent-7" and drop["standing"] == "denied" and "drop" in drop["statements"], drop
    assert set(found) == {"carol", "agent-7"}, found.keys()
    assert lab.psql("select email from customers limit 100", user="agent-7").rc == 0
    left = wait_for(lambda: (b := agents(lab)[0]["agent-7"]["budgets"]) and b[0]["left"]["rows"] == 400 and b, 10, "what is left")
    assert left[0]["rule"] == "small bites" and "500 rows" in left[0]["budget"], left
    assert "agent-7" not in agents(lab, "rita")[0]


def pause(lab, who="carol", **body):
    return lab.ask(who, "POST", "/v1/agents/pause", body)




def test_pause(lab):
    """an owner pauses and resumes their own agent: its sessions end, its requests too, and the ledger says who did it"""
    client = lab.raw("agent-7")
    client.query("delete from staging.scratch where id = 6")
    which = lab.pending_one("agent-7", like="id = 6")["id"]
    assert pause(lab, identity="agent-7") == (200, {"identity": "agent-7", "status": "paused"})
    assert lab.approval(which)["state"] == "cancelled" or lab.approval(which)["state"] == "revoked", lab.approval(which)
    assert lab.psql("select 1", user="agent-7").rc != 0
    assert agents(lab)[0]["agent-7"]["paused_by"] == "owner"
    assert pause(lab, identity="agent-7")[0] == 409
    assert pause(lab, identity="agent-7", off=True)[0] == 200 and lab.psql("select 1", user="agent-7").rc == 0
    assert lab.ledger_verify().rc == 0


def test_pause_is_not_for_others(lab):
    """nobody pauses another's agent, themselves, or with an asking token; the agent itself does not either"""
    assert pause(lab, "rita", identity="agent-7")[0] == 404
    assert pause(lab, identity="agent-8")[0] == 404 and pause(lab, identity="nobody")[0] == 404
    assert pause(lab, identity="carol")[0] == 409
    assert as_token(lab, "carol", "POST", "/v1/agents/pause", {"identity": "agent-7"})[0] == 403
    assert as_token(lab, "agent-7", "POST", "/v1/agents/pause", {"identity": "agent-7"})[0] == 403


def test_operator_is_stronger(lab):
    """what the operator paused an owner does not let go on, also where the owner had paused it before; and it outlives a restart"""
    lab.manage("identity", "pause", "agent-7")
    assert agents(lab)[0]["agent-7"]["paused_by"] == "operator"
    status, said = pause(lab, identity="agent-7", off=True)
    assert status == 409 and "operator" in said["detail"], said
    lab.manage("identity", "pause", "agent-7", "--off")
    assert pause(lab, all=True) == (200, {"changed": 1})
    lab.restart()
    assert agents(lab)[0]["agent-7"]["paused_by"] == "owner"
    lab.manage("identity", "pause", "--all-agents")
    assert pause(lab, all=True, off=True) == (200, {"changed": 0}) and agents(lab)[0]["agent-7"]["paused_by"] == "operator"
    lab.manage("identity", "pause", "--all-agents", "--off")
    assert lab.psql("select 1", user="agent-7").rc == 0
