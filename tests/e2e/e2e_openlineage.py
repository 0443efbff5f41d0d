"""Run events reach an endpoint at least once, in order, whatever it and we go through; traffic does not notice."""

import datetime
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import uuid

import lab as lab_module
import tap
from endpoint import Endpoint, take
from lab import LOADED, wait_for

ENDPOINT = Endpoint(0)
PATH = "/api/v1/lineage?from=sluice"


def with_endpoint(config):
    ENDPOINT.port = lab_module.free_ports(1)[0]
    config["lineage"] = {"openlineage": {"url": f"http://127.0.0.1:{ENDPOINT.port}{PATH}", "rotate": "4kB",
                                         "token_file": "endpoint.token"}}


LAB = {"change": with_endpoint}
COUNT = [0]


def folder(lab):
    return lab.state / "openlineage"


def act(lab, many=1, client=None):
    """So many acts, each of a run of its own; their names."""
    client, runs = client or lab.raw(), []
    for _ in range(many):
        COUNT[0] += 1
        runs.append(f"run-{COUNT[0]:04}")
        client.ask(f"set sluice.run = '{runs[-1]}'")
        begun = time.monotonic()
        assert client.ask("select id from orders where id = 1").error is None
        assert time.monotonic() - begun < 2 * LOADED, "traffic waited for the endpoint"
    return runs


def run_of(event):
    return event["run"]["facets"]["sluice_verdict"].get("run")


def taken(among=None):
    """Names of runs that the endpoint took, each once, in order of their first time."""
    names = dict.fromkeys(run_of(e) for e in list(ENDPOINT.taken))
    return [n for n in names if n and (among is None or n in among)]


def arrive(runs, seconds=30):
    wait_for(lambda: set(runs) <= set(taken()), seconds, f"{len(runs)} events ({len(taken(runs))} did)")
    assert taken(runs) == runs, (taken(runs), runs)


def sender(lab):
    def words(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:     # gone meanwhile
            return []
    found = [p for p in lab.pids() if b"openlineage" in words(p)]
    assert len(found) < 2, found
    return found[0] if found else None


def status(lab):
    return lab.status()["status"].get("openlineage", {})


def test_waits_for_token(lab):
    """without its token file the sender does not send; it is started again, and says why"""
    ENDPOINT.start()
    runs = act(lab, 3)
    wait_for(lambda: lab.events("openlineage_stopped"), 10, "the complaint")
    time.sleep(0.5)
    assert not ENDPOINT.asked, ENDPOINT.asked
    (lab.folder / "endpoint.token").write_text("sesame\n")
    os.chmod(lab.folder / "endpoint.token", 0o600)
    arrive(runs, 60)


def test_request(lab):
    """each event is one POST of JSON with our token; what is sent is what the file held"""
    event, headers, path, _ = ENDPOINT.asked[0]
    assert headers["Content-Type"] == "application/json" and headers["Authorization"] == "Bearer sesame", headers
    assert path == PATH and event["schemaURL"].endswith("#/$defs/RunEvent"), (path, event)
    said = wait_for(lambda: (s := status(lab)).get("sent", 0) >= 3 and s["waiting_bytes"] == 0 and s, 10, "the report")
    assert "error" not in said and said["rejected"] == 0, said
    shown = lab.sluice("status", "--config", lab.folder / "sluice.yaml", check=True).out
    assert re.search(r"^openlineage .*waiting_bytes=0", shown, re.M), shown


def test_down(lab):
    """the endpoint is away: traffic flows, status says how much waits and why, and all arrives when it is back"""
    ENDPOINT.stop()
    runs = act(lab, 40)
    said = wait_for(lambda: (s := status(lab)).get("error") and s["waiting_bytes"] > 10000 and s, 15, "the report")
    assert "onnect" in said["error"], said
    ENDPOINT.start()
    arrive(runs)
    wait_for(lambda: status(lab)["waiting_bytes"] == 0 and "error" not in status(lab), 10, "the report")
    assert lab.events("openlineage_waits") and lab.events("openlineage_goes_on")


def test_rotation(lab):
    """files put aside are sent first and completely, and ours are removed then"""
    wait_for(lambda: not list(folder(lab).glob("spool.ndjson.[0-9]*")), 15, "the removal")
    ENDPOINT.stop()
    runs = []
    for _ in range(3):
        runs += act(lab, 6)
        time.sleep(1.2)
    wait_for(lambda: len(list(folder(lab).glob("spool.ndjson.[0-9]*"))) >= 2, 15, "files put aside")
    ENDPOINT.start()
    arrive(runs)
    wait_for(lambda: not list(folder(lab).glob("spool.ndjson.[0-9]*")), 15, "the removal")


def test_errors(lab):
    """500, a redirect, 404 and a cut connection are tried again, in order, and nothing is left out"""
    answers = iter([500, 302, 404, 0])

    def behave(_event, _earlier):
        return next(answers, 200), {"Location": f"http://127.0.0.1:{ENDPOINT.port}/elsewhere"}, 0
    ENDPOINT.behave, before = behave, len(ENDPOINT.asked)
    arrive(act(lab, 3), 60)
    asked = ENDPOINT.asked[before:]
    assert [a[3] for a in asked][:5] == [500, 302, 404, 0, 200], [a[3] for a in asked]
    assert len({run_of(a[0]) for a in asked[:5]}) == 1 and {a[2] for a in asked} == {PATH}, asked


def test_retry_after(lab):
    """429 with Retry-After: it waits as long as it was asked to"""
    times = []

    def behave(_event, _earlier):
        times.append(time.monotonic())
        return (429, {"Retry-After": "4"}, 0) if len(times) == 1 else (200, {}, 0)
    ENDPOINT.behave = behave
    arrive(act(lab, 2))
    assert 3.9 <= times[1] - times[0] < 8, times


def test_refused(lab):
    """400: that event is put aside and said, the others go on"""
    refused = []

    def behave(event, _earlier):
        if not refused or run_of(event) == refused[0]:
            refused.append(run_of(event))
            return 400, {}, 0
        return 200, {}, 0
    ENDPOINT.behave = behave
    runs = act(lab, 4)
    arrive(runs[1:])
    assert refused == runs[:1] and taken(runs[:1]) == [], refused
    aside = [json.loads(x) for x in (folder(lab) / "rejected.ndjson").read_text().splitlines()]
    assert [run_of(e) for e in aside] == refused, aside
    assert aside[0]["run"]["runId"] in lab.events("openlineage_rejected")[0]
    wait_for(lambda: status(lab).get("rejected") == 1, 10, "the report")


def test_refused_ceiling(lab):
    """the file of what was refused has a ceiling: beyond it events are counted, the log says so, the others go on"""
    refused, aside = [], folder(lab) / "rejected.ndjson"
    before = aside.stat().st_size

    def behave(event, _earlier):
        if not refused or run_of(event) == refused[0]:
            refused.append(run_of(event))
            return 400, {}, 0
        return 200, {}, 0
    os.truncate(aside, 64 << 20)
    ENDPOINT.behave = behave
    runs = act(lab, 3)
    arrive(runs[1:])
    assert aside.stat().st_size == 64 << 20 and lab.events("openlineage_rejected_full")
    wait_for(lambda: status(lab).get("not_kept") == 1, 10, "the report")
    os.truncate(aside, before)


def test_ceiling(lab):
    """a spool at its ceiling takes no more and says so; nobody waits for it, and it goes on when there is room"""
    before = lab.config["lineage"]
    ENDPOINT.stop()
    lab.config["lineage"] = {"openlineage": dict(before["openlineage"], rotate="1MB", max_spool="64kB")}
    lab.write_config()
    lab.sighup()
    time.sleep(1)
    act(lab, 80)
    said = wait_for(lambda: (s := status(lab)).get("lost") and s, 15, "the report")
    assert lab.events("openlineage_lost"), said
    assert sum(f.stat().st_size for f in folder(lab).iterdir()) < (64 << 10) + 8192
    ENDPOINT.start()
    wait_for(lambda: not list(folder(lab).glob("spool.ndjson.[0-9]*")), 60, "what was sent is removed")
    lost = status(lab)["lost"]
    time.sleep(1.1)
    arrive(act(lab, 3))
    assert status(lab)["lost"] == lost and lab.events("openlineage_has_room")
    lab.config["lineage"] = before
    lab.write_config()
    lab.sighup()


def test_slow(lab):
    """a slow endpoint: nobody waits for it but the sender"""
    ENDPOINT.behave = lambda event, earlier: (200, {}, 1.0)
    runs = act(lab, 6)
    arrive(runs)


def test_killed(lab):
    """kill -9 of the sender again and again: nothing is lost, and no more said twice than it was killed"""
    ENDPOINT.behave = lambda event, earlier: (200, {}, 0.02)
    before, kills, runs = len(ENDPOINT.taken), 0, act(lab, 60)
    for _ in range(3):
        pid = wait_for(lambda: sender(lab), 20, "a sender")
        at = len(ENDPOINT.taken)
        wait_for(lambda: len(ENDPOINT.taken) > at + 3 or set(runs) <= set(taken()), 20, "some events")
        os.kill(pid, signal.SIGKILL)
        kills += 1
        wait_for(lambda: sender(lab) != pid, 5, "its end")
    arrive(runs, 60)
    names = [run_of(e) for e in ENDPOINT.taken[before:]]
    assert len(names) - len(set(names)) <= kills, names


def test_sender_cannot_look_around(lab):
    """the sender is walled off: what the kernel says of it (no new privileges, no dump)"""
    pid = wait_for(lambda: sender(lab), 20, "a sender")
    said = pathlib.Path(f"/proc/{pid}/status").read_text()
    assert "NoNewPrivs:\t1" in said, said
    assert not lab.events("sandbox_incomplete")


def test_restarts(lab):
    """a restart and kill -9 of everything while the endpoint is away: all arrives"""
    ENDPOINT.behave = take
    ENDPOINT.stop()
    runs = act(lab, 10)
    time.sleep(1.2)
    lab.restart()
    runs += act(lab, 5)
    time.sleep(1.2)
    lab.kill_all()
    lab.start()
    runs += act(lab, 5)
    ENDPOINT.start()
    arrive(runs)


def test_torn_line(lab):
    """a line that a crash tore is put aside, and what comes after it is not lost"""
    ENDPOINT.stop()
    assert lab.stop() == 0
    with open(folder(lab) / "spool.ndjson", "ab") as spool:
        spool.write(b'{"eventTime":"2026')
    lab.start()
    runs = act(lab, 2)
    ENDPOINT.start()
    arrive(runs)
    assert '{"eventTime":"2026\n' in (folder(lab) / "rejected.ndjson").read_text()


def test_unauthorized(lab):
    """401 loses nothing: with the new token it goes on"""
    ENDPOINT.behave = lambda event, earlier: (
        200 if ENDPOINT.token == "open" else 401, {}, 0)
    ENDPOINT.token = "shut"
    runs = act(lab, 2)
    wait_for(lambda: ENDPOINT.asked[-1][3] == 401, 20, "the refusal")
    (lab.folder / "endpoint.token").write_text("sesame-2\n")
    ENDPOINT.token = "open"
    arrive(runs, 60)
    assert ENDPOINT.asked[-1][1]["Authorization"] == "Bearer sesame-2", ENDPOINT.asked[-1]
    ENDPOINT.behave = take


def test_reload(lab):
    """a reload without the url ends the sender; with it, it goes on where it stopped"""
    lineage = lab.config["lineage"]["openlineage"]
    lab.config["lineage"] = {"openlineage": {"file": "spool.ndjson", "rotate": "4kB"}}
    lab.write_config()
    lab.sighup()
    wait_for(lambda: sender(lab) is None, 10, "its end")
    runs = act(lab, 3)
    time.sleep(2)
    assert taken(runs) == [] and status(lab) == {}, (taken(runs), status(lab))
    lab.config["lineage"] = {"openlineage": lineage}
    lab.write_config()
    lab.sighup()
    arrive(runs)


def check_facets(facets):
    for name, facet in facets.items():
        assert name and re.match(r"[a-z]+:\S+$", facet["_producer"]) and re.match(r"[a-z]+:\S+$", facet["_schemaURL"])


def check_dataset(dataset):
    assert dataset["namespace"] and dataset["name"] and isinstance(dataset["name"], str), dataset
    check_facets(dataset.get("facets", {}))
    lineage = dataset.get("facets", {}).get("columnLineage")
    if lineage is None:
        return
    assert isinstance(lineage["fields"], dict), lineage
    inputs = [f for field in lineage["fields"].values() for f in field["inputFields"]] + lineage.get("dataset", [])
    for f in inputs:
        assert set(f) == {"namespace", "name", "field", "transformations"}, f
        assert all(isinstance(f[k], str) and f[k] for k in ("namespace", "name", "field")), f
        assert all(t["type"] in ("DIRECT", "INDIRECT") for t in f["transformations"]), f


def check_event(event):
    assert event["eventType"] in ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"), event
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["eventTime"]), event
    datetime.datetime.fromisoformat(event["eventTime"].replace("Z", "+00:00"))
    assert re.match(r"[a-z]+:\S+$", event["producer"]) and re.match(r"https://\S+$", event["schemaURL"]), event
    assert str(uuid.UUID(event["run"]["runId"])) == event["run"]["runId"], event
    assert event["job"]["namespace"] and event["job"]["name"], event
    check_facets(event["run"].get("facets", {}))
    check_facets(event["job"].get("facets", {}))
    for dataset in event["inputs"] + event["outputs"]:
        check_dataset(dataset)


def test_structure(lab):
    """every event has what the specification's list of fields requires, column lineage included"""
    c = lab.raw("erin")
    c.ask("insert into staging.wide select id, email from customers where name like 'c%'")
    agent = lab.raw()
    assert agent.ask("drop table staging.pair").error == "42501"
    wait_for(lambda: {"ABORT"} <= {e["eventType"] for e in ENDPOINT.taken}, 15, "the attempt")
    wait_for(lambda: any(f["fields"] for e in ENDPOINT.taken for d in e["outputs"]
                         if (f := d["facets"].get("columnLineage"))), 15, "the flow of columns")
    for event in ENDPOINT.taken:
        check_event(event)


def test_schemas(lab):
    """every event is valid under the published JSON Schemas"""
    where = os.environ.get("SLUICE_OPENLINEAGE_SPEC")
    if not where:
        raise tap.Skip("no npm or Debian package carries them; SLUICE_OPENLINEAGE_SPEC names a copy of the specification's "
                       "folder (OpenLineage.json, facets/*.json)")
    try:
        import jsonschema
    except ImportError:
        raise tap.Skip("Python's jsonschema is not installed") from None
    files = [json.loads(f.read_text()) for f in sorted(pathlib.Path(where).rglob("*.json"))]
    schemas = {f["$id"]: f for f in files if "$id" in f}
    core = next(f for i, f in schemas.items() if i.endswith("/OpenLineage.json"))
    for url in list(schemas):     # facets name the version of the core that they were written for
        schemas.update({f"https://openlineage.io/spec/{v}/OpenLineage.json": core
                        for v in re.findall(r"spec/([\d-]+)/OpenLineage.json", json.dumps(schemas[url]))})
    resolver = jsonschema.RefResolver("", {}, store=schemas)
    checks = jsonschema.FormatChecker()
    facets = {"columnLineage": "ColumnLineageDatasetFacet", "sql": "SQLJobFacet"}
    found = {name: next(f for i, f in schemas.items() if i.endswith(f"/{file}.json")) for name, file in facets.items()}

    def valid(value, schema, name):
        part = {"$ref": f"{schema['$id']}#/$defs/{name}"}
        jsonschema.Draft202012Validator(part, resolver=resolver, format_checker=checks).validate(value)
    flows = 0
    for event in ENDPOINT.taken:
        valid(event, core, "RunEvent")
        if "sql" in event["job"]["facets"]:
            valid(event["job"]["facets"]["sql"], found["sql"], facets["sql"])
        for d in event["outputs"]:
            valid(d["facets"]["columnLineage"], found["columnLineage"], facets["columnLineage"])
            flows += bool(d["facets"]["columnLineage"]["fields"])
    print(f"# {len(ENDPOINT.taken)} events, {flows} flows of columns into a dataset, all valid")
    assert len(ENDPOINT.taken) > 20 and flows, "too few to say anything"


def test_tls(lab):
    """https: a certificate that nobody vouches for gets nothing; with ca_file events arrive"""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=endpoint", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", "endpoint.key", "-out", "endpoint.crt"], check=True, capture_output=True, cwd=lab.folder)
    ENDPOINT.stop()
    ENDPOINT.pem = lab.folder / "endpoint.pem"
    ENDPOINT.pem.write_text((lab.folder / "endpoint.key").read_text() + (lab.folder / "endpoint.crt").read_text())
    ENDPOINT.start()
    where, asked = lab.config["lineage"]["openlineage"], len(ENDPOINT.asked)
    where["url"] = where["url"].replace("http:", "https:")
    lab.write_config()
    lab.sighup()
    runs = act(lab, 2)
    wait_for(lambda: "certificate" in status(lab).get("error", ""), 15, "the complaint")
    assert len(ENDPOINT.asked) == asked, ENDPOINT.asked[asked:]
    where["ca_file"] = "endpoint.crt"
    lab.write_config()
    lab.sighup()
    arrive(runs)


def test_by_hand(lab):
    """while one sends nobody else does, and without a url there is nothing to send to"""
    wait_for(lambda: sender(lab), 20, "a sender")
    done = lab.sluice("openlineage", "--config", lab.folder / "sluice.yaml")
    assert done.rc == 1 and "in use by another process" in done.err, done
    assert lab.sluice("openlineage", "--sideways").rc == 2
    ENDPOINT.stop()
