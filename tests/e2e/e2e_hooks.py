"""What the ledger says reaches webhooks and a SIEM: at least once, in order, signed, whatever they and we go through."""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import time

import debian
import lab as lab_module
import npm
import scratch
import tap
from lab import LOADED, wait_for
from receiver import Syslog, Webhook, authority, certificate, take

FOLDER = scratch.kept("lab-hooks-")
SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
OLD_SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
HERE = pathlib.Path(__file__).parent / "hooks"
BESIDE = pathlib.Path(__file__).resolve().parents[3] / "shared" / "schemas" / "ocsf-1.8.0"   # beside the tree, where there is one
SCHEMAS = pathlib.Path(os.environ.get("SLUICE_OCSF_SCHEMAS", BESIDE))
WEB, SIEM, LOG = Webhook(0), Webhook(0), Syslog(0, None)


def prepare(config):
    ca = authority(FOLDER)
    pem = certificate(FOLDER / "server", ca)
    WEB.port, SIEM.port, LOG.port = lab_module.free_ports(3)
    SIEM.pem = LOG.pem = pem
    (FOLDER / "web.secret").write_text(SECRET + "\n")
    (FOLDER / "siem.token").write_text("open sesame\n")
    config["hooks"] = [
        {"name": "web", "url": f"http://127.0.0.1:{WEB.port}/in/s3cr3t-path?t=1", "secret_file": str(FOLDER / "web.secret")},
        {"name": "siem", "format": "ocsf", "url": f"https://127.0.0.1:{SIEM.port}/ocsf", "events": ["all"], "from": "start",
         "ca_file": str(FOLDER / "ca.pem"), "token_file": str(FOLDER / "siem.token")},
        {"name": "log", "format": "syslog", "url": f"syslog+tls://127.0.0.1:{LOG.port}", "from": "start",
         "ca_file": str(FOLDER / "ca.pem")}]
    config["metrics"] = {"access": "open"}
    for one in (WEB, SIEM, LOG):
        one.start()


LAB = {"change": prepare}
KILLS = " signal=9 "
COUNT = [1000]


def held(lab, approve=True):
    """A statement that is held, and run or denied; its approval's id."""
    COUNT[0] += 1
    client = lab.raw()
    begun = time.monotonic()
    client.query(f"delete from staging.scratch where id = {COUNT[0]}")
    wanted = lab.pending_one("agent-7", like=f"id = {COUNT[0]}")
    assert time.monotonic() - begun < 5 * LOADED, "traffic waited for a receiver"
    (lab.approve if approve else lab.deny)("rita", wanted["id"])
    return wanted["id"]


def told_of(events, approval):
    return [e["type"] for e in events if e.get("subject") == approval]


def hooks(lab):
    return {h["name"]: h for h in json.loads(lab.manage("hooks", "--json").out)["hooks"]}


def arrives(approval, seconds=20, hook=WEB, last="dev.sluice.approval.spent"):
    wait_for(lambda: last in told_of(hook.events(), approval), seconds, f"{last} of {approval} at the receiver")


def settles(lab, name, seconds=20):
    return wait_for(lambda: (h := hooks(lab)[name])["state"] == "current" and h, seconds, f"{name} to be current")


def entries(hook=WEB):
    return [int(e["ledgerentry"]) for e in hook.events() if "ledgerentry" in e]


def check(lines):
    """What the official libraries say of each."""
    done = subprocess.run(["node", "check.js", str(SCHEMAS)], input="".join(json.dumps(x) + "\n" for x in lines), text=True,
                          cwd=installed(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(x) for x in done.stdout.splitlines()]


def installed():
    return npm.installed(HERE)


def get(lab, path, credential):
    """Status and bytes of a GET with any credential."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    connection.request("GET", path, None, {"Authorization": f"Bearer {credential}"})
    answer = connection.getresponse()
    status, said = answer.status, answer.read()
    connection.close()
    return status, said


def health(lab):
    return " ".join(lab.ask("rita", "GET", "/v1/health")[1]["status"]["nags"])


def lower(message):
    return {k.lower(): v for k, v in message.headers.items()}


def test_told(lab):
    """what is held, decided, spent and what became of it is told within seconds, in the ledger's order, each entry once"""
    first, second = held(lab), held(lab, approve=False)
    arrives(first)
    arrives(second, last="dev.sluice.approval.denied")
    kinds = told_of(WEB.events(), first)
    for kind in ("asked", "decided", "approved", "granted", "spent"):
        assert f"dev.sluice.approval.{kind}" in kinds, (kind, kinds)
    wait_for(lambda: "dev.sluice.action" in told_of(WEB.events(), first), 10, "the outcome")
    assert entries() == sorted(set(entries())), entries()
    assert not [e["type"] for e in WEB.events() if e["type"] in ("dev.sluice.actions", "dev.sluice.session.open")], "not asked for"


def test_checks(lab):
    """what it got a receiver can check: the leaf's hash, and that the entry is in the ledger"""
    event = next(e for e in WEB.events() if e["type"] == "dev.sluice.approval.asked")
    leaf = json.dumps(event["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(b"\0" + leaf).hexdigest() == event["leafhash"], event
    credential = json.loads(lab.enroll("rita").read_text())["credential"]
    status, body = get(lab, f"/v1/ledger/entries/{event['ledgerentry']}", credential)
    assert status == 200 and leaf in body.replace(b"\\/", b"/") or event["data"]["approval"].encode() in body, (status, body)


def test_official_libraries(lab):
    """standardwebhooks verifies each signature, cloudevents takes each event; with another secret, or a byte changed, not"""
    messages = [{"headers": lower(m), "body": m.body.decode(), "secret": SECRET} for m in WEB.taken]
    said = check(messages)
    assert len(said) == len(messages) >= 6 and not [s for s in said if "error" in s], [s for s in said if "error" in s][:3]
    assert {s["type"] for s in said} >= {"dev.sluice.approval.asked", "dev.sluice.approval.spent"}
    bad = check([{**messages[0], "secret": OLD_SECRET}, {**messages[0], "body": messages[0]["body"].replace("a", "b", 1)}])
    assert all("error" in s for s in bad), bad


def test_ocsf(lab):
    """the SIEM gets arrays of OCSF events with its token, and every entry of the ledger is in them"""
    settles(lab, "siem")
    assert {lower(m)["authorization"] for m in SIEM.taken} == {"Bearer open sesame"}
    events = [e for batch in SIEM.events() for e in batch]
    numbers = [e["unmapped"]["ledger"]["entry"] for e in events]
    assert numbers == sorted(numbers) and set(numbers) == set(range(max(numbers) + 1)), "an entry is missing"
    assert {3001, 3002, 3004, 6005} <= {e["class_uid"] for e in events}, {e["class_uid"] for e in events}
    assert len({e["metadata"]["uid"] for e in events}) == len(events)


FRAME = re.compile(rb"<(\d+)>1 (\S+) (\S+) sluice - (\S+) \[sluice@32473 entry=\"(\d+)\" leafhash=\"([0-9a-f]{64})\" "
                   rb"origin=\"[^\"]+\".*?\] \xef\xbb\xbf(\{.*)$", re.S)


def test_syslog(lab):
    """the syslog server gets RFC 5424 messages, framed, over TLS, in order, with index and leaf hash"""
    settles(lab, "log")
    wait_for(lambda: any(b"approval.spent" in m for m in LOG.messages), 10, "a spend")
    assert not LOG.broken, LOG.broken
    found = [FRAME.match(m) for m in LOG.messages]
    assert all(found), [m for m, f in zip(LOG.messages, found) if not f][:2]
    numbers = [int(f[5]) for f in found]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)
    for f in found:
        if b" cut=" not in f[0]:
            assert hashlib.sha256(b"\0" + f[7]).hexdigest() == f[6].decode(), f[0]
    assert max(len(m) for m in LOG.messages) <= 8192


def test_seen(lab):
    """sluice hooks, status, metrics and GET /v1/hooks say where they are; an agent is told nothing, and no secret is shown"""
    for name in ("web", "siem", "log"):
        one = settles(lab, name)
        assert one["dead"] == 0 and one["told"] > 0 and one["behind"] == 0, one
    shown = lab.manage("hooks").out
    assert f"http://127.0.0.1:{WEB.port}" in shown and "s3cr3t" not in shown, shown
    assert re.search(r"^hooks .*name=web.*state=current", lab.sluice("status", "--config", lab.folder / "sluice.yaml").out, re.M)
    status, body = lab.ask("rita", "GET", "/v1/hooks")
    assert status == 200 and [h["name"] for h in body["hooks"]] == ["web", "siem", "log"], (status, body)
    status, body = get(lab, "/v1/hooks", lab.token("agent-7"))
    assert status == 403, (status, body)
    status, metrics = get(lab, "/metrics", "nobody")
    assert b'sluice_hook_behind_entries{hook="web"} ' in metrics and b'sluice_hook_messages_total{hook="log"} ' in metrics, metrics
    for needle in (b"s3cr3t-path", SECRET.encode(), b"open sesame"):
        assert not lab.files_with(needle), needle
        assert needle not in lab.log_file.read_bytes(), needle


def test_ping(lab):
    """sluice hooks test sends a signed message that says nothing, and shows the answer"""
    before = len(WEB.taken)
    done = lab.manage("hooks", "test", "web")
    assert done.out.strip() == "web answered with status 200", done
    message = next(m for m in WEB.taken[before:] if json.loads(m.body)["type"] == "dev.sluice.ping")    # beside others
    assert "error" not in check([{"headers": lower(message), "body": message.body.decode(), "secret": SECRET}])[0]
    for name in ("siem", "log"):
        assert lab.manage("hooks", "test", name).rc == 0
    wait_for(lambda: any(b" sluice - ping - " in m for m in LOG.messages), 5, "the ping")
    assert lab.manage("hooks", "test", "nobody", check=False).rc == 1
    LOG.messages[:] = [m for m in LOG.messages if b" sluice - ping - " not in m]


def test_down(lab):
    """receivers are away with holds pending: traffic flows, status says who waits, and all comes when they are back, in order"""
    for one in (WEB, SIEM, LOG):
        one.stop()
    approvals = [held(lab) for _ in range(3)]
    said = wait_for(lambda: (h := hooks(lab))["web"]["state"] == h["log"]["state"] == h["siem"]["state"] == "waiting" and h,
                    20, "all three to wait")
    assert "onnect" in said["web"]["why"] and said["web"]["behind"] > 3, said
    assert "The hook web waits" in health(lab), health(lab)
    for one in (WEB, SIEM, LOG):
        one.start()
    lab.manage("hooks", "retry", "web")
    for approval in approvals:
        arrives(approval, 40)
    settles(lab, "siem", 90)
    settles(lab, "log", 90)
    assert entries() == sorted(set(entries())), entries()
    assert lab.events("hook_waits") and lab.events("hook_goes_on")


def test_keeper_killed(lab):
    """kill -9 of the keeper in the middle: every entry comes, what comes twice has the same id"""
    slow = []

    def behave(message, _earlier):
        slow.append(message)
        return 200, {}, 0.05
    WEB.behave = behave
    approvals = [held(lab) for _ in range(3)]
    lab.renew("keeper")
    WEB.behave = take
    approvals.append(held(lab))
    for approval in approvals:
        arrives(approval, 40)
    by_entry = {}
    for event in WEB.events():
        if "ledgerentry" in event:
            by_entry.setdefault(event["ledgerentry"], set()).add((event["id"], event["leafhash"]))
    assert all(len(v) == 1 for v in by_entry.values())
    settles(lab, "siem", 60)
    numbers = {e["unmapped"]["ledger"]["entry"] for batch in SIEM.events() for e in batch if "unmapped" in e}
    assert numbers == set(range(max(numbers) + 1)), "an entry was lost"


def test_courier_killed(lab):
    """kill -9 of the couriers: another one goes on"""
    lab.renew("courier")
    arrives(held(lab), 40)


def test_errors(lab):
    """500, a redirect, garbage and a cut connection are tried again in order; a redirect is not followed"""
    answers = iter([500, 301, None, 0])
    before = len(WEB.asked)

    def behave(_message, _earlier):
        return next(answers, 200), {"Location": f"http://127.0.0.1:{WEB.port}/elsewhere"}, 0
    WEB.behave = behave
    approval = held(lab)
    for _ in range(4):     # the plan's waits are minutes: the operator knows better
        wait_for(lambda: hooks(lab)["web"]["state"] in ("waiting", "current"), 20, "an answer")
        time.sleep(0.3)
        lab.manage("hooks", "retry", "web")
        time.sleep(0.5)
    arrives(approval, 40)
    WEB.behave = take
    asked = WEB.asked[before:]
    assert [m.status for m in asked][:5] == [500, 301, None, 0, 200], [m.status for m in asked]
    assert len({lower(m)["webhook-id"] for m in asked[:5]}) == 1
    assert {m.path for m in asked} == {"/in/s3cr3t-path?t=1"}


def test_retry_after(lab):
    """429 with Retry-After: it waits as long as it was asked to"""
    times = []

    def behave(_message, _earlier):
        times.append(time.monotonic())
        return (429, {"Retry-After": "8"}, 0) if len(times) == 1 else (200, {}, 0)
    WEB.behave = behave
    arrives(held(lab), 40)
    WEB.behave = take
    assert 7.9 <= times[1] - times[0] < 14, times


def test_never_answers(lab):
    """a receiver that takes the message and never answers: the others are told, traffic flows, and it is told again"""
    WEB.behave = lambda _m, _e: (200, {}, 60)
    before = len(LOG.messages)
    approval = held(lab)
    wait_for(lambda: any(approval.encode() in m and b"approval.spent" in m for m in LOG.messages[before:]), 15, "the other hook")
    wait_for(lambda: hooks(lab)["web"]["state"] == "waiting", 40, "the end of patience")
    WEB.behave = take
    lab.manage("hooks", "retry", "web")
    arrives(approval, 40)


def test_dead(lab):
    """400: that entry goes to the dead letters and the others go on; retry tells it once more, skip gives it up"""
    refused = []

    def behave(message, _earlier):
        if len(refused) < 2 and b"approval.asked" in message.body:
            refused.append(int(json.loads(message.body)["ledgerentry"]))
            return 400, {}, 0
        return 200, {}, 0
    WEB.behave = behave
    approvals = [held(lab), held(lab)]
    for approval in approvals:
        arrives(approval)
    WEB.behave = take
    one = hooks(lab)["web"]
    assert one["dead"] == 2 and [d["entry"] for d in one["dead_letters"]] == refused, (one, refused)
    assert {(d["status"], d["attempts"]) for d in one["dead_letters"]} == {(400, 1)}, one
    assert f"entry {refused[0]}  status 400" in lab.manage("hooks", "dead").out
    assert "The hook web has dead letters" in health(lab), health(lab)
    lab.manage("hooks", "retry", "web", refused[0])
    wait_for(lambda: hooks(lab)["web"]["dead"] == 1, 10, "the retry")
    assert refused[0] in entries() and refused[1] not in entries()
    assert lab.manage("hooks", "skip", "web", refused[0], check=False).rc == 1
    lab.manage("hooks", "skip", "web", "all")
    assert hooks(lab)["web"]["dead"] == 0 and refused[1] not in entries()


def test_disliked(lab):
    """403 or 500 to some entries alone, which an agent may have written: they go to the dead letters, the others are told"""
    disliked = {f"id = {COUNT[0] + 1}": 403, f"id = {COUNT[0] + 2}": 500}   # whoever writes one writes more of them

    def behave(message, _earlier):
        entry = json.loads(message.body)
        said = entry["data"].get("text", "") if entry["type"].endswith("approval.asked") else ""
        return next((status for words, status in disliked.items() if words in said), 200), {}, 0
    WEB.behave = behave
    held(lab)
    held(lab)
    arrives(held(lab), 90)
    one = wait_for(lambda: (h := hooks(lab)["web"])["state"] == "current" and h, 20, "the end of the wait")
    assert [d["status"] for d in one["dead_letters"]] == [403, 500], one
    assert [m for m in WEB.asked if m.status == 403], "it was asked"
    WEB.behave = take
    lab.manage("hooks", "retry", "web", "all")
    wait_for(lambda: hooks(lab)["web"]["dead"] == 0, 10, "the dead letters")


def test_ill(lab):
    """403 to everything: nothing is a dead letter, however often it is tried, and all of it is told in its order"""
    WEB.behave = lambda _m, _e: (403, {}, 0)
    before = len(WEB.taken)
    approvals = [held(lab), held(lab)]
    wait_for(lambda: hooks(lab)["web"].get("attempts", 0) >= 2, 30, "the second attempt")
    time.sleep(2)
    one = hooks(lab)["web"]
    assert one["dead"] == 0 and one["state"] == "waiting", one
    WEB.behave = take
    lab.manage("hooks", "retry", "web")
    for approval in approvals:
        arrives(approval, 40)
    told = [int(json.loads(m.body)["ledgerentry"]) for m in WEB.taken[before:]]
    assert told == sorted(set(told)), told


def test_gone(lab):
    """410: the hook pauses, over a restart too, until somebody lets it go on; nothing is lost by it"""
    WEB.behave = lambda _m, _e: (410, {}, 0)
    approval = held(lab)
    wait_for(lambda: hooks(lab)["web"]["state"] == "paused", 20, "the pause")
    WEB.behave = take
    lab.restart()
    wait_for(lambda: hooks(lab)["web"]["state"] == "paused", 20, "the pause after the restart")
    assert not told_of(WEB.events(), approval)
    lab.manage("hooks", "retry", "web")
    arrives(approval, 40)


def test_siem_waits(lab):
    """what a SIEM refuses is never left out: it is told again until it is taken"""
    WEB.behave = take
    refusals = []

    def behave(message, _earlier):
        refusals.append(message.body)
        return (400 if len(refusals) < 3 else 200), {}, 0
    SIEM.behave = behave
    approval = held(lab)
    wait_for(lambda: len(refusals) >= 3, 30, "three attempts")
    SIEM.behave = take
    settles(lab, "siem", 40)
    assert hooks(lab)["siem"]["dead"] == 0
    assert any(approval in json.dumps(batch) for batch in SIEM.events())


def test_certificates(lab):
    """a receiver whose certificate is another authority's, or another host's, is told nothing"""
    other = certificate(FOLDER / "other", authority(FOLDER / "elsewhere", "somebody else"))
    elsewhere = certificate(FOLDER / "host", (FOLDER / "ca.pem", FOLDER / "ca.key"), "siem.example")
    good, before = SIEM.pem, len(SIEM.asked)
    messages = len(LOG.messages)
    for pem in (other, elsewhere):
        for one in (SIEM, LOG):
            one.stop()
            one.pem = pem
            one.start()
        held(lab)
        for name in ("siem", "log"):
            said = wait_for(lambda n=name: (h := hooks(lab)[n])["state"] == "waiting" and h, 40, f"{name} to wait")
            wait_for(lambda n=name: re.search("certificate|SSL|issuer", hooks(lab)[n].get("why", "")), 40, f"the reason: {said}")
        assert len(SIEM.asked) == before and len(LOG.messages) == messages
    for one in (SIEM, LOG):
        one.stop()
        one.pem = good
        one.start()
    settles(lab, "siem", 90)
    settles(lab, "log", 90)
    LOG.broken.clear()


def test_rotation(lab):
    """two secrets while one changes: both verify; a file that holds none stops the hook and says why"""
    (FOLDER / "web.secret").write_text(f"{SECRET}\n{OLD_SECRET}\n")
    lab.sighup()
    wait_for(lambda: lab.events("reloaded"), 10, "the reload")
    time.sleep(0.5)
    held_now = held(lab)
    arrives(held_now)
    message = WEB.taken[-1]
    said = check([{"headers": lower(message), "body": message.body.decode(), "secret": s} for s in (SECRET, OLD_SECRET)])
    assert not [s for s in said if "error" in s], said
    (FOLDER / "web.secret").write_text("hunter2 is no secret\n")
    lab.sighup()
    one = wait_for(lambda: (h := hooks(lab)["web"])["state"] == "no secret" and "why" in h and h, 10, "the complaint")
    assert "whsec_" in one["why"] and "hunter2" not in json.dumps(one) + lab.log_file.read_text(), one
    approval = held(lab)
    (FOLDER / "web.secret").write_text(SECRET + "\n")
    lab.sighup()
    arrives(approval, 40)


def test_configuration(lab):
    """a hook that is taken out and comes back is told what it missed; its address does not stand in the ledger"""
    whole = lab.config["hooks"]
    lab.config["hooks"] = [h for h in whole if h["name"] != "log"]
    lab.write_config()
    lab.sighup()
    wait_for(lambda: "log" not in hooks(lab), 10, "the reload")
    before, approval = len(LOG.messages), held(lab)
    arrives(approval)
    lab.config["hooks"] = whole
    lab.write_config()
    lab.sighup()
    wait_for(lambda: "log" in hooks(lab), 10, "the reload")
    settles(lab, "log", 40)
    missed = [m for m in LOG.messages[before:] if approval.encode() in m]
    assert any(b"approval.spent" in m for m in missed), missed
    assert not lab.files_with(b"s3cr3t-path")


RSYSLOG = """
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
global(workDirectory="%(folder)s" maxMessageSize="64k" DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="%(ca)s"
       DefaultNetstreamDriverCertFile="%(folder)s/server.pem" DefaultNetstreamDriverKeyFile="%(folder)s/server.key")
template(name="told" type="list") {
  property(name="pri-text") constant(value=" ") property(name="app-name") constant(value=" ") property(name="msgid") constant(value=" ")
  property(name="structured-data") constant(value="\\n") }
input(type="imtcp" port="%(port)d" address="127.0.0.1")
action(type="omfile" file="%(folder)s/told" template="told")
"""


def test_rsyslog(lab):
    """a real rsyslogd takes them over TLS and reads them as RFC 5424: facility, name, type and structured data"""
    program = os.environ.get("SLUICE_RSYSLOGD") or shutil.which("rsyslogd")
    if not program:
        program = debian.unpacked(FOLDER / "rsyslog", ["rsyslog", "rsyslog-openssl", "libestr0", "libfastjson4",
                                                       "liblognorm5"]) / "usr/sbin/rsyslogd"
    folder, port = FOLDER / "server", lab_module.free_ports(1)[0]
    modules = pathlib.Path(program).parent.parent / "lib/x86_64-linux-gnu/rsyslog"
    (folder / "rsyslog.conf").write_text(RSYSLOG % {"folder": folder, "ca": FOLDER / "ca.pem", "port": port})
    words = [program, "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid", "-M", modules]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=open(folder / "rsyslog.log", "wb"),
                              env={**os.environ, "LD_LIBRARY_PATH": str(modules.parent)})
    try:
        lab.config["hooks"].append({"name": "real", "format": "syslog", "url": f"syslog+tls://127.0.0.1:{port}", "from": "start",
                                    "ca_file": str(FOLDER / "ca.pem")})
        lab.write_config()
        lab.sighup()
        wait_for(lambda: "real" in hooks(lab), 10, "the reload")
        approval = held(lab)
        wait_for(lambda: approval in (folder / "told").read_text(errors="replace") if (folder / "told").exists() else None, 40,
                 "the approval in rsyslog's file: " + (folder / "rsyslog.log").read_text(errors="replace")[-500:])
        settles(lab, "real", 40)
        told = wait_for(lambda: (t := (folder / "told").read_text(errors="replace")).count("approval.spent") and t, 10, "the spend")
    finally:
        server.terminate()
        server.wait(10)
        lab.config["hooks"] = [h for h in lab.config["hooks"] if h["name"] != "real"]
        lab.write_config()
        lab.sighup()
    lines = told.splitlines()
    assert all(re.match(r'\S+\.\w+ sluice \S+ \[sluice@32473 entry="\d+" leafhash="[0-9a-f]{64}" origin=', x) for x in lines), lines[:3]
    numbers = [int(re.search(r'entry="(\d+)"', x)[1]) for x in lines]
    assert numbers == sorted(set(numbers)), numbers


def test_ocsf_schemas(lab):
    """every OCSF event of this row, of whatever kind, passes ajv over OCSF's own schemas"""
    settles(lab, "siem")
    events = list({e["metadata"]["uid"]: e for batch in SIEM.events() for e in batch}.values())
    if not SCHEMAS.is_dir():
        raise tap.Skip("SLUICE_OCSF_SCHEMAS names no folder with OCSF's schemas")
    said = check([{"ocsf": e} for e in events])
    wrong = [(events[i], s) for i, s in enumerate(said) if "error" in s]
    assert len(said) == len(events) > 26 and not wrong, (len(events), wrong[:2])
    bad = check([{"ocsf": {**events[0], "severity_id": "high"}}])
    assert "error" in bad[0], "ajv takes anything"
    print(f"# {len(events)} events of {len({e['type_uid'] for e in events})} types")


def test_bad_configuration(lab):
    """sluice check says what is wrong with a hook, with line and column"""
    def complaint(**change):
        hook = {"name": "web", "url": "https://hooks.example/in", "secret_file": "x", **change}
        config = {**lab.config, "hooks": [{k: v for k, v in hook.items() if v is not None}]}
        path = lab.folder / "bad.yaml"
        path.write_text(json.dumps(config, indent=1))
        done = lab.sluice("check", "--config", path)
        assert done.rc == 1 and re.search(r"bad\.yaml:\d+:\d+: ", done.err + done.out), done
        return done.err + done.out
    assert "expected https://" in complaint(url="http://hooks.example/in")
    assert "expected https://" in complaint(url="https://user:pass@hooks.example/in")
    assert "syslog+tls://host:6514" in complaint(format="syslog", secret_file=None)
    assert "nothing to sign with" in complaint(secret_file=None)
    assert "a token is for ocsf alone" in complaint(token_file="y")
    assert "a secret signs cloudevents alone" in complaint(format="ocsf")
    assert "events" in complaint(events=["everything"])
    assert "short name" in complaint(name="Web Hook")


def test_offline(lab):
    """while nothing runs sluice hooks says so"""
    lab.stop()
    done = lab.manage("hooks", check=False)
    assert done.rc != 0 and "Start it first" in done.err + done.out, done
    lab.start()
    for one in (WEB, SIEM, LOG):
        one.stop()
