"""A thousand holds within a minute, and many askers' at once: no channel and no person is flooded, and none of the holds is lost."""

import json
import pathlib
import re
import resource
import time

import scratch
import tap
from lab import wait_for
from slack import Slack

HOLDS = 1000
ASKERS, EACH = 24, 5        # of whom nobody has enough for a message of their own
FOLDER = scratch.kept("lab-slack-flood-")
SLACK = Slack(FOLDER)
OPS, BOB, CAROL = "C0OPS", "U0BOB", "U0CAROL"
BURST = 4       # messages that a channel takes at once, beside one a second: what Slack documents as "short bursts"
clients = []


def prepare(config):
    for name, value in (("bot", SLACK.bot_token), ("app", SLACK.app_token), ("client", SLACK.client_secret)):
        (FOLDER / name).write_text(value + "\n")
    SLACK.channel(OPS, name="ops")
    for user in (BOB, CAROL):
        SLACK.user(user, name=user.lower())
    config["issuers"] = [{"name": "slack", "issuer": SLACK.issuer, "client_id": SLACK.client_id,
                          "client_secret_file": str(FOLDER / "client")}]
    config["chat"] = [{"name": "slack", "team": SLACK.team, "issuer": "slack", "channel": OPS, "api": SLACK.api,
                       "bot_token_file": str(FOLDER / "bot"), "app_token_file": str(FOLDER / "app")}]

    for rule in config["policy"]:
        if rule["name"] == "four eyes":
            rule["expires"] = "20s"


LAB = {"change": prepare, "pg_settings": {"max_connections": str(HOLDS + 150), "log_min_duration_statement": "-1"}}


def say(text):
    print(f"#   {text}", flush=True)


def needs_room():
    """Each session is two sockets of the gate, one of ours, and a process of PostgreSQL."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3 * HOLDS:
        raise tap.Skip(f"{hard} open files are too few")
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3 * HOLDS), hard))
    free = pathlib.Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
    if int(free) < 3 * HOLDS * 1024:
        raise tap.Skip(f"{int(free) >> 10} MiB of memory are too few")


def waiting(lab):
    return lab.chats()["slack"]["waiting"]


def posted():
    return [m for m in SLACK.messages(channel=OPS) if not m["ephemeral"] and not m["thread_ts"]]


def told(since=0):
    """How many approvals the messages in the channel are about, as they were when they were posted; and the messages."""
    cards = groups = inside = 0
    for m in posted()[since:]:
        many = re.match(r"([\d,]+) approvals?$", m["history"][0]["blocks"][0]["text"]["text"])
        groups += many is not None
        cards += many is None
        inside += int(many.group(1).replace(",", "")) if many else 1
    return inside, cards, groups


def check_pace(method, channels=None):
    """Per channel, at any moment: one message a second, and BURST at once."""
    calls = [c for c in SLACK.calls(method=method) if channels is None or c["channel"] in channels]
    assert not [c for c in calls if c["status"] == 429], "Slack had to say that it is too much"
    for channel in {c["channel"] for c in calls}:
        at = sorted(c["at"] for c in calls if c["channel"] == channel)
        for i, begun in enumerate(at):
            for j in range(i + BURST, len(at)):
                assert j - i + 1 <= BURST + (at[j] - begun), (channel, j - i + 1, at[j] - begun)
    return calls


def test_none_is_lost(lab):
    """a thousand sessions are held within a minute: every one of them is told once, in a few messages, one a second at most"""
    needs_room()
    for name, user in (("bob", BOB), ("carol", CAROL)):
        lab.manage("identity", "account", name, "--issuer", "slack", "--subject", user)
    SLACK.ready()
    token, begun = lab.token("agent-7"), time.time()
    for i in range(HOLDS):
        client = lab.raw("agent-7", token)
        client.query(f"delete from staging.scratch where id = {900_000 + i}")
        clients.append(client)
    asked = time.time()
    wait_for(lambda: told()[0] >= HOLDS, 120, "every one to be told")
    done = time.time()
    inside, cards, groups = told()
    assert inside == HOLDS, f"{inside} are told of {HOLDS}"
    calls = check_pace("chat.postMessage", {OPS})
    seconds = max(1.0, calls[-1]["at"] - calls[0]["at"])
    say(f"{HOLDS} holds in {asked - begun:.1f} s; all told {done - asked:.1f} s later, by {cards} messages of their own and {groups} for many;"
        f" {len(calls) / seconds:.2f} messages a second into the channel")
    assert asked - begun < 60, "that was no minute"
    assert done - asked < 10 and cards + groups < 1.5 * (done - begun) + BURST, (cards, groups)
    assert not [m for m in SLACK.messages(channel=OPS) if len(json.dumps(m["blocks"])) > 20_000]


def test_the_page_agrees(lab):
    """each of them waits, as people see it in the inbox; one is decided from its own page and runs"""
    if not clients:
        raise tap.Skip("without its sessions")
    seen, after = set(), ""
    while True:
        status, page = lab.ask("rita", "GET", f"/v1/approvals?state=pending&view=lines&limit=500{after}")
        assert status == 200, page
        seen |= {a["id"] for a in page["approvals"]}
        if "next" not in page:
            break
        after = f"&after={page['next']}"
    assert len(seen) == HOLDS, len(seen)
    one = lab.pending("agent-7")[0]
    lab.approve("rita", one["id"])
    wait_for(lambda: lab.approval(one["id"])["state"] == "spent", 20, "it to run")


def test_the_end_of_all(lab):
    """all of them end at once: the messages say so, in a few changes, and nobody is told a thousand times"""
    if not clients:
        raise tap.Skip("without its sessions")
    before = len(SLACK.calls(method="chat.update"))
    wait_for(lambda: waiting(lab) == 0, 240, "nothing to be left to tell")
    begun, messages = time.time(), len(posted())    # the slower they came, the more messages they are in
    lab.manage("identity", "pause", "agent-7")
    wait_for(lambda: waiting(lab) == 0, 60 + 5 * messages, "everything to be told")
    took = time.time() - begun
    open_still = [m for m in SLACK.messages(channel=OPS) if "sluice.approve" in SLACK.buttons(m)]
    assert open_still == [], "a message would still let somebody decide"
    direct = [c for c in SLACK.calls(method="chat.postMessage") if c["channel"] == CAROL]
    updates = len(SLACK.calls(method="chat.update")) - before
    say(f"all of them ended; {took:.1f} s later every message says so: {updates} changes, {len(direct)} messages to their owner")
    check_pace("chat.postMessage")
    assert len(direct) < 20, "their owner is told one by one of what came as one message"
    assert took < 60 + 5 * messages and updates < 20 * messages, (took, updates, messages)


def test_many_askers(lab):
    """many askers with a few short-lived holds each: all are told in seconds, in a few messages; who has least keeps a message of their own"""
    wait_for(lambda: waiting(lab) == 0, 60, "nothing to be left to tell")
    names = [f"crowd-{i}" for i in range(ASKERS)]
    for name in [*names, "modest"]:
        lab.add(name, "agent", "carol", ["agents"])
    tokens = {name: lab.token(name) for name in [*names, "modest"]}
    since, begun = len(posted()), time.time()
    for i, name in enumerate(names):
        for j in range(EACH):
            clients.append(lab.raw(name, tokens[name]))
            clients[-1].query(f"delete from staging.pair where id = {800_000 + i * 10 + j}")
    clients.append(lab.raw("modest", tokens["modest"]))
    clients[-1].query("delete from staging.pair where id = 899999")
    asked = time.time()
    held = ASKERS * EACH + 1
    wait_for(lambda: told(since)[0] >= held, 20, "every one to be told")
    took = time.time() - asked
    inside, cards, groups = told(since)
    say(f"{held} holds of {ASKERS + 1} in {asked - begun:.1f} s; all told {took:.1f} s later, by {cards} messages of their own and {groups} for many")
    assert inside == held and took < 12 and groups >= 1, (inside, took, groups)
    assert cards + groups < 1.5 * (asked - begun + took) + BURST, (cards, groups)
    alone = lab.pending_one("modest")
    assert "sluice.approve" in SLACK.buttons(next(m for m in posted()[since:] if alone["id"] in json.dumps(m["blocks"])))
    many = [m for m in posted()[since:] if "approvals" in m["history"][0]["text"]]
    for m in many:                                      # one of each asker first
        count = int(re.match(r"[\d,]+", m["history"][0]["text"])[0].replace(",", ""))
        here = [name for name in names if f'"{name}"' in json.dumps(m["history"][0]["blocks"])]
        assert len(here) >= min(20, count // EACH), (count, here)
    check_pace("chat.postMessage", {OPS})
