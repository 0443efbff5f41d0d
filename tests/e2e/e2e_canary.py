"""The canary: a statement that must be held goes through the front door again and again."""

import urllib.request

import lab as lab_module
from lab import wait_for

STATEMENT = "delete from staging.scratch where false"
PEOPLE = {**lab_module.PEOPLE, "canary": ("service", "erin", ["engineers"])}


def with_canary(config):
    config["targets"][0]["canary"] = {"identity": "canary", "token_file": "canary.token", "statement": STATEMENT,
                                      "every": "1s"}


LAB = {"change": with_canary, "people": PEOPLE}


def state(lab):
    return next((c.get("result") for c in lab.status()["status"].get("canaries", [])), None)


def flowing(lab):
    """The metric, as a monitor scrapes it."""
    with urllib.request.urlopen(lab.url + "/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found = [x for x in lines if x.startswith('sluice_canary_flowing{target="finance"} ')]
    return found[0].rsplit(" ", 1)[1] if found else None


def in_ledger(lab, result):
    return lab.files_with(f'"kind":"canary","result":"{result}"', ("state/ledger/tile/entries",))


def test_not_tried(lab):
    """a canary without its token is said, and is no alarm"""
    wait_for(lambda: state(lab) == "unreachable", 15, "the report")
    assert not in_ledger(lab, "flowed")


def test_held(lab):
    """it is held, taken back, and leaves no alarm"""
    (lab.folder / "canary.token").write_text(lab.token("canary") + "\n")
    wait_for(lambda: state(lab) == "held", 15, "the canary's hold")
    wait_for(lambda: flowing(lab) == "0", 5, "the metric")
    assert not in_ledger(lab, "flowed")
    done = lab.sluice("canary")
    assert done.rc == 0 and "finance: held" in done.out, done
    wait_for(lambda: not [a for a in lab.approvals("rita") if a["state"] == "pending"], 10, "the cancellation")
    assert not [e for e in lab.pg.log() if "staging.scratch where false" in e.sql]


def test_flows(lab):
    """a policy that lets it through is an alarm in log, status and ledger; mended, it is over"""
    rules = lab.config["policy"]
    lab.config["policy"] = [r for r in rules if r["name"] != "scratch is watched"]
    lab.write_config()
    lab.sighup()
    wait_for(lambda: state(lab) == "flowed", 15, "the alarm")
    wait_for(lambda: flowing(lab) == "1", 5, "the metric")
    assert lab.events("canary_flowed")
    wait_for(lambda: in_ledger(lab, "flowed"), 5, "the entry")
    assert not in_ledger(lab, "held")
    assert lab.sluice("canary").rc == 1
    lab.config["policy"] = rules
    lab.write_config()
    lab.sighup()
    wait_for(lambda: state(lab) == "held", 15, "its end")
    wait_for(lambda: flowing(lab) == "0", 5, "the metric's end")
    wait_for(lambda: in_ledger(lab, "held"), 5, "the entry that says so")
