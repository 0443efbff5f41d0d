"""The console in front of 5,000 requests that wait: what a person waits for, and 200 people's consoles that listen."""
import concurrent.futures
import http.client
import json
import pathlib
import re
import selectors
import socket
import statistics
import sys
import time
import types

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "e2e"))
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "lab"))

PENDING, EACH, LISTENERS = 5000, 200, 200
NEXT_PAINT = ("const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
              "const timed = async (deed) => { const begun = performance.now(); deed(); await painted();"
              "return performance.now() - begun; };")


def spread(values):
    return f"{min(values):.0f}..{max(values):.0f}"


class Asker:
    """One program that asks, over one connection."""

    def __init__(self, stage, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", stage.http, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, number):
        body = {"target": "bench", "operation": {"row": number, "note": "alike" if number % 2 else f"note {number}"},
                "effects": ["export"],
                "datasets": [{"name": "public.secrets", "effects": ["export"], "columns": ["value"]}]}
        self.connection.request("POST", "/v1/approvals", json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        said = json.loads(answer.read())
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {said}")
        return said["id"]


def fill(stage):
    """5,000 real requests of as many bots as it takes: one may have 200 that wait."""
    askers = []
    for n in range(PENDING // EACH + 1):
        stage.run("identity", "add", f"bot-{n}", "--kind", "service", "--owner", "olga", "--group", "engineers",
                  "--state", stage.path("state"))
        askers.append(Asker(stage, stage.run("token", "create", f"bot-{n}", "--state", stage.path("state")).strip()))
    last = askers.pop()     # keeps room for more

    def work(pair):
        return [pair[1].ask(pair[0] * EACH + i) for i in range(EACH)]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        made = sum(len(ids) for ids in pool.map(work, enumerate(askers)))
    if made != PENDING:
        raise RuntimeError(f"{made} of {PENDING} were made")
    return last


def browser_of(stage):
    from browser import Browser
    lab = types.SimpleNamespace(folder=pathlib.Path(stage.folder), children=[])
    return Browser(lab), lab.children


def first_paint(stage, browser):
    """Signed in already: from the address to the first line of the inbox, and to the first paint of anything."""
    browser.goto(url=f"{stage.url}/")
    browser.wait(at=".lines .row")
    line = browser.eval(js="performance.now()")
    paint = browser.eval(js="performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
    return paint, line


DEEDS = {
    "j": "dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}))",
    "a group opened": "document.querySelector('.group > button').click()",
    "50 lines more": "document.querySelector('.somemore').click()",
    "to my agents": "[...document.querySelectorAll('nav a')][1].click()",
    "back to the inbox": "[...document.querySelectorAll('nav a')][0].click()",
}


# From the press to the paint of what it leads to. A button rests for 500 ms on purpose when its page is new; that is waited for
# before, and is no part of it.
READY = "const until = async (true_) => { for (let i = 0; i < 600 && !true_(); i++) await painted(); if (!true_()) throw true_; };"
STEPS = {
    "a request opened": ("true", "document.querySelector(\"section[aria-label='Waits for you'] a.row\").click()",
                         "document.querySelector('.review pre.exact') && document.querySelector('#deny')"),
    "its question": ("document.querySelector('#deny').ariaDisabled === 'false'", "document.querySelector('#deny').click()",
                     "document.querySelector('dialog[open]')"),
    "its decision": ("document.querySelector('dialog .buttons button:last-child').ariaDisabled === 'false'",
                     "document.querySelector('dialog .buttons button:last-child').click()",
                     "!document.querySelector('dialog') && document.querySelector(\"section[aria-label='Outcome']\")"),
}


def decision(browser):
    """One request opened and denied, as a person would: each step on its own."""
    took = {}
    for name, (before, deed, after) in STEPS.items():
        took[name] = browser.eval(js=f"""(async () => {{ {NEXT_PAINT} {READY} await until(() => {before});
            const begun = performance.now(); {deed}; await until(() => {after}); return performance.now() - begun; }})()""")
        if name == "a request opened":
            browser.fill(at="#reason", text="looked at in the bench")
    return took


def interactions(browser):
    return {name: browser.eval(js=f"(async () => {{ {NEXT_PAINT} return timed(() => {{ {deed} }}); }})()")
            for name, deed in DEEDS.items()}


def post(stage, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", stage.http, timeout=30)
    connection.request("POST", path, json.dumps(body or {}), {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    said, cookie = answer.read(), answer.getheader("Set-Cookie") or ""
    connection.close()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{path}: {answer.status}: {said}")
    return json.loads(said), cookie.split(";")[0]


def session(stage, number):
    """A reviewer of their own with a console's session, got in the way that everybody gets one: its cookie."""
    name, state = f"reviewer-{number}", stage.path("state")
    said = stage.run("identity", "add", name, "--kind", "human", "--group", "dba", "--state", state)
    file = stage.path(f"{name}.credential")
    stage.run("enroll", re.search(r"slc_[\w-]+", said).group(), "--url", stage.url, "--save", file)
    credential = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))["credential"]
    code, _ = post(stage, "/v1/sessions/code", {"Authorization": f"Bearer {credential}"})
    return post(stage, "/v1/sessions", {"Origin": stage.url}, {"code": code["code"]})[1]


def listen(stage):
    """200 consoles, each of somebody else who may decide what is asked."""
    chosen, streams = selectors.DefaultSelector(), []
    for number in range(LISTENERS):
        cookie = session(stage, number)
        stream = socket.create_connection(("127.0.0.1", stage.http), timeout=20)
        stream.sendall(f"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{stage.http}\r\nCookie: {cookie}\r\n\r\n".encode())
        streams.append(stream)
    for stream in streams:
        got = b""
        while b"event: hello" not in got:
            more = stream.recv(4096)
            if not more or b" 200 " not in (got + more)[:20]:
                raise RuntimeError(f"a stream was refused: {got + more}")
            got += more
        stream.setblocking(False)
        chosen.register(stream, selectors.EVENT_READ, bytearray())
    return chosen, streams


def heard_by_all(chosen, which, seconds=20):
    """When each stream had the event about this approval."""
    times, end = {}, time.monotonic() + seconds
    while len(times) < LISTENERS and time.monotonic() < end:
        for key, _ in chosen.select(1):
            key.data.extend(key.fileobj.recv(65536))
            if which.encode() in key.data and key.fd not in times:
                times[key.fd] = time.monotonic()
    if len(times) < LISTENERS:
        raise RuntimeError(f"{LISTENERS - len(times)} consoles heard nothing")
    return times.values()


def updates(stage, asker, rounds):
    chosen, streams = listen(stage)
    longest = []
    for n in range(rounds):
        begun = time.monotonic()
        which = asker.ask(PENDING + n)
        longest.append((max(heard_by_all(chosen, which)) - begun) * 1000)
    for stream in streams:
        stream.close()
    return longest


def measure(stage, report, rounds):
    print(f"\nthe console: {PENDING:,} requests wait")
    asker = fill(stage)
    times = updates(stage, asker, 3 * rounds)
    waiting = PENDING + len(times)
    report.add("console", f"request to {LISTENERS} open consoles, the last, ms", statistics.median(times), spread(times))
    browser, children = browser_of(stage)
    try:
        browser.open()
        browser.goto(url=stage.run("console", "--credential-file", stage.credential, "--url", stage.url).strip())
        browser.wait(at=".lines .row")
        paints, lines, deeds = [], [], {}
        for _ in range(rounds):
            paint, line = first_paint(stage, browser)
            paints.append(paint)
            lines.append(line)
            browser.wait(at=f"section[aria-label='Waits for you'] >> text={waiting}", ms=60_000)
            for name, took in {**interactions(browser), **decision(browser)}.items():
                deeds.setdefault(name, []).append(took)
            waiting -= 1
        report.add("console", "first paint, ms", statistics.median(paints), spread(paints))
        report.add("console", "first line of the inbox, ms", statistics.median(lines), spread(lines))
        for name, took in deeds.items():
            report.add("console", f"{name}, ms to the next paint", statistics.median(took), spread(took))
    finally:
        for child in children:
            child.kill()
            child.wait()
