"""Budgets when many read at once: what all of them got together is never more than the budget."""

import random
import threading

BUDGET, READERS = 300, 6
OWN = {"name": "orders in bites", "when": {"datasets": ["public.orders"]}, "then": "allow",
       "budget": {"rows": BUDGET, "per": "1h", "by": "owner"}, "reviewers": {"groups": ["data-stewards"]}}
BYTES = {"name": "payments by weight", "when": {"datasets": ["public.payments"]}, "then": "allow",
         "budget": {"bytes": 20000, "per": "1h", "by": "owner"}, "reviewers": {"groups": ["data-stewards"]}}


def change(config):
    config["gates"] = 2
    config["policy"] += [OWN, BYTES]


LAB = {"change": change}


def read(raw, sql, extended):
    """The rows of one answer, and whether it was held on the way (then it is cancelled)."""
    if extended:
        raw.extended(sql)
    else:
        raw.query(sql)
    heard = raw.until("NZ", 30, None)
    if heard.types.endswith("Z"):
        assert not heard.errors, heard
        return heard.rows, False
    raw.cancel(raw.key)
    heard = raw.until("Z", 30, heard)
    assert heard.error in ("57014", "42501"), heard     # 42501: it had joined one that another session cancelled
    return heard.rows, True


def read_all(lab, who, sql_of, got, failures):
    try:
        raw, dice = lab.raw(who), random.Random(who)
        held = 0
        while held < 2:
            rows, was_held = read(raw, sql_of(dice), dice.random() < 0.5)
            got.extend(rows)
            held += was_held
    except Exception as why:    # told by the test, not by the thread
        failures.append(f"{type(why).__name__}: {why}")


def together(lab, people, sql_of):
    for who in people:
        lab.token(who)
    got, failures = [], []
    threads = [threading.Thread(target=read_all, args=(lab, who, sql_of, got, failures)) for who in people]
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    assert not failures, failures
    return got


def test_rows_of_one_owner(lab):
    """an owner and its agent, six sessions, two gates: together they get the budget and not a row more"""
    people = ["carol", "agent-7"] * (READERS // 2)
    got = together(lab, people, lambda dice: f"select id from orders limit {dice.randrange(1, 40)}")
    assert BUDGET // 2 < len(got) <= BUDGET, len(got)
    rest = read(lab.raw("agent-7"), "select id from orders", False)
    assert rest[1] and len(got) + len(rest[0]) == BUDGET, (len(got), len(rest[0]))


def test_bytes_of_one_owner(lab):
    """the same by bytes"""
    got = together(lab, ["erin", "nightly"] * 2,
                   lambda dice: f"select id, card from payments limit {dice.randrange(1, 60)}")
    weight = sum(2 + sum(4 + len(v) for v in row) for row in got)
    assert 10000 < weight <= 20000, weight


def test_others_have_their_own(lab):
    """who has another owner is not held for that"""
    rows, held = read(lab.raw("agent-8"), "select id from orders limit 100", True)
    assert len(rows) == 100 and not held, (len(rows), held)
