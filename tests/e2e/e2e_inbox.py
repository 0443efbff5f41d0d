"""sluice watch on a real terminal: the bytes it writes, the keys it hears."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

from lab import wait_for


LAB = {"change": lambda config: config.update(break_glass={"groups": ["oncall"], "review_within": "1h"})}


class Terminal:
    """A pseudo-terminal with `sluice watch` behind it, and the screen that its bytes make."""

    def __init__(self, lab, who="rita", columns=40, rows=20, term="vt100", *args):
        self.ours, theirs = pty.openpty()
        self.args = args if term != "dumb" else ("--plain",)
        self.size(columns, rows)
        command = [lab.program, "watch", *args, "--credential-file", str(lab.enroll(who)), *lab.where()]
        self.before = termios.tcgetattr(theirs)
        self.child = subprocess.Popen([str(c) for c in command], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
                                      start_new_session=True, env={**lab.environment, "TERM": term, "NO_COLOR": "1"})
        self.theirs, self.bytes = theirs, b""
        lab.children.append(self.child)

    def size(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hear(self, seconds=0.1):
        there = select.poll()       # other than select() it takes any number of descriptor
        there.register(self.ours, select.POLLIN)
        while there.poll(seconds * 1000):
            self.bytes += os.read(self.ours, 65536)
            seconds = 0.02

    def pictures(self, since=0):
        """The whole ones, from that byte on."""
        self.hear()
        return [p for p in self.bytes[since:].split(b"\x1b[H")[1:] if p.count(b"\x1b[K") == self.rows]

    def has_shown(self, pattern, since, seconds=10):
        """In any picture: the next may come before anybody has looked."""
        wait_for(lambda: any(re.search(pattern, p.decode(), re.S) for p in self.pictures(since)) or None, seconds, pattern)

    def screen(self):
        """The last whole picture, and that it fits."""
        whole = self.pictures()
        if not whole:
            return ""
        text = whole[-1].replace(b"\x1b[K", b"").decode()
        text = text.split("\x1b[?1049l")[0]
        lines = re.split("\r+\n", text)      # the line discipline adds one
        for line in lines:
            wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
            assert wide <= self.columns, (wide, line)
            assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", line), repr(line)
        return "\n".join(lines)

    def shows(self, pattern, seconds=10):
        try:
            return wait_for(lambda: re.search(pattern, self.screen(), re.S), seconds, pattern)
        except AssertionError:
            raise AssertionError(f"no {pattern!r} on\n{self.screen()}\n(ended: {self.child.poll()}) {self.bytes[-300:]}") from None

    def type(self, text):
        os.write(self.ours, text.encode())

    def ends(self):
        self.child.wait(timeout=10)
        self.hear()
        return self.child.returncode


def hold(lab, sql, user="agent-7"):
    client = lab.raw(user)
    client.query(sql)
    return client, lab.pending_one(user)


def settle(lab, client, approval):
    lab.sluice("deny", approval["id"], "--reason", "over", "--yes", "--credential-file", lab.enroll("bob"), *lab.where())
    client.until("Z", 10)


def until_live(lab, *terminals):
    """Until each of them hears what happens; nothing tells when that begins."""
    def has_heard(t, approval):
        return t.hear() or approval["id"].encode() in t.bytes if "--plain" in t.args else re.search("[1-9] for you", t.screen())

    for n in range(20):
        client, approval = hold(lab, f"delete from staging.scratch where id = {100 + n}")
        try:
            wait_for(lambda a=approval: all(has_heard(t, a) for t in terminals), 1, "the event")
        except AssertionError:
            continue
        finally:
            settle(lab, client, approval)
        return
    raise AssertionError("they hear nothing")


def state(lab, approval):
    return lab.sluice("show", approval["id"], "--json", "--credential-file", lab.enroll("bob"), *lab.where(), check=True).out


def test_decides(lab):
    """live, opened whole, approved with a typed reason and the typed word; the terminal is given back"""
    t = Terminal(lab)
    t.shows("0 for you.*Nothing waits")
    client, approval = hold(lab, "delete from staging.scratch where note = 'the very end of a statement that is long'")
    t.shows("1 for you.*> agent-7 on finance")
    t.type("\r")
    t.shows("agent-7 asks to .*a approve, d deny")
    seen = t.screen()
    for _ in range(6):
        t.type(" ")
        time.sleep(0.1)
        seen += t.screen()
    assert "very end" in seen.replace("\n  > ", "").replace("\n", ""), seen
    for part in ("Requesters", "carol", "Needed", "Digest", "may decide"):
        assert part in seen, part
    t.type("a")
    t.shows("Why do you approve")
    t.type("gel\u00f6scht, TKT-1\r")
    t.shows("Type approve: agent-7 on finance")
    assert '"pending"' in state(lab, approval)
    t.type("approve\r")
    t.shows("You said approve; it is (approved|spent) now")
    heard = client.until("Z", 10)
    assert heard.tags == ["DELETE 0"], heard
    assert "gel\\u00F6scht, TKT-1" in state(lab, approval)
    t.shows("0 for you")
    t.type("q")
    assert t.ends() == 0
    assert t.bytes.rstrip().endswith(b"\x1b[0m") and b"\x1b[?1049l" in t.bytes
    assert termios.tcgetattr(t.theirs) == t.before


def test_denies(lab):
    """denied with a typed reason and the typed word: the client, the approval and the ledger have the reason; nothing ran"""
    client, approval = hold(lab, "delete from staging.scratch where id = 4242")
    t = Terminal(lab, columns=60)
    t.shows("1 for you")
    t.type("\r")
    t.shows("d deny")
    t.type("d")
    t.shows("Why do you deny")
    t.type("not before the audit, TKT-7\r")
    t.shows("Type deny: agent-7 on finance")
    assert '"pending"' in state(lab, approval)
    t.type("deny\r")
    t.shows("You said deny; it is denied now")
    heard = client.until("Z", 10)
    assert heard.error == "42501" and "not before the audit, TKT-7" in str(vars(heard)), vars(heard)
    said = json.loads(state(lab, approval))
    assert said["state"] == "denied" and len(said["votes"]) == 1, said["votes"]
    vote = said["votes"][0]
    assert "rita" in vote.values() and vote["decision"] == "deny" and vote["reason"] == "not before the audit, TKT-7", vote
    wait_for(lambda: lab.files_with("not before the audit, TKT-7"), what="the ledger's entry")
    assert not lab.ran("id = 4242")
    t.shows("0 for you")
    t.type("q")
    assert t.ends() == 0


def test_no_key_decides(lab):
    """a wrong word, Esc, an empty reason, a pasted answer: nothing is decided"""
    client, approval = hold(lab, "delete from staging.scratch where id = 11")
    t = Terminal(lab, columns=60)
    t.shows("1 for you")
    t.type("\r")
    t.shows("a approve")
    asked = {"a": "Why do you", "d": "Why do you", "why\r": "Type "}
    for keys, answer in ((["d", "\r"], "Nothing was decided"), (["a", "x", "\x1b"], "Nothing was decided"),
                         (["a", "why\r", "y\r"], "not the word"), (["a", "why\r", "deny\r"], "not the word"),
                         (["d", "why\r", "approve\r"], "not the word")):
        for k in keys:
            t.type(k)
            if k in asked:      # what is typed before a question is there is no answer to it
                t.shows(asked[k])
        t.shows(answer)
        t.type("j")
    t.type("a")
    t.shows("Why do you")
    t.type("pasted\rapprove\rapprove\r")
    t.shows("Type approve")
    time.sleep(0.5)
    assert '"pending"' in state(lab, approval)
    t.type("\x1b")
    t.type("q")
    t.shows("1 for you")
    t.type("\x03")
    assert t.ends() == 0
    settle(lab, client, approval)


def test_why_not(lab):
    """an owner sees why not, before trying; what changes while one types is not decided"""
    client, approval = hold(lab, "delete from staging.scratch where id = 12")
    owner = Terminal(lab, "carol", columns=72)
    owner.shows("0 for you, 1 for others.*not you: ")
    owner.type("\r")
    owner.shows("a approve")
    owner.type("a")
    owner.shows("You may not decide this")
    t = Terminal(lab, columns=72)
    t.shows("1 for you")
    t.type("\r")
    t.shows("a approve")
    t.type("a")
    t.shows("Why do you")
    t.type("half a rea")
    settle(lab, client, approval)
    t.shows("changed meanwhile: nothing was decided")
    for x in (owner, t):
        x.child.send_signal(signal.SIGTERM)
        assert x.ends() == 0


def test_hostile_text(lab):
    """escapes, bidi and control characters of a statement and a reason reach no terminal; a resize redraws"""
    client = lab.raw("agent-7")
    client.ask("set sluice.reason = 'fine\u202e\x1b[2J\x1b[31m \u2066x'")
    client.query("delete from staging.scratch where note = '\x1b[H\x1b[2J\u202e; -- \r\n  > You  may decide\x07'")
    approval = lab.pending_one("agent-7")
    t = Terminal(lab, columns=40, rows=30)
    t.shows("1 for you")
    t.type("\r")
    t.shows(r"u\{202e\}|x1b")
    t.hear()
    assert b"\x1b[2J" not in t.bytes and "\u202e".encode() not in t.bytes and b"\x07" not in t.bytes
    t.size(100, 12)
    os.kill(t.child.pid, signal.SIGWINCH)
    try:
        t.shows("agent-7 asks to .*q back")
    finally:
        settle(lab, client, approval)
    t.type("qq")
    assert t.ends() == 0


def test_plain(lab):
    """--plain, and a terminal that can place no cursor: one line an event, no sequences"""
    for term, args in (("vt100", ["--plain"]), ("dumb", [])):
        t = Terminal(lab, "rita", 80, 24, term, *args)
        until_live(lab, t)
        client, approval = hold(lab, "delete from staging.scratch where id = 13")
        wait_for(lambda t=t: t.hear() or re.search(rb"asked\s+" + approval["id"].encode(), t.bytes), 10, "the event")
        assert b"\x1b" not in t.bytes
        t.child.terminate()
        t.ends()
        settle(lab, client, approval)


def break_glass(lab, n, reason):
    client, approval = hold(lab, f"delete from staging.scratch where id = {n}")
    lab.sluice("approve", approval["id"], "--break-glass", "--yes", "--reason", reason, "--credential-file", lab.enroll("oona"),
               *lab.where(), check=True)
    assert client.until("Z", 10).tags == ["DELETE 0"]
    return approval


def test_told_of_break_glass(lab):
    """somebody releases alone: the inbox says at once who, what and why, and keeps saying it until x; with --plain it is in the line"""
    lab.add("oona", "human", groups=["oncall"])
    lab.enroll("oona")
    t, plain = Terminal(lab, columns=72), Terminal(lab, "bob", 80, 24, "vt100", "--plain")
    until_live(lab, t, plain)
    t.shows("Nothing waits")
    approval = break_glass(lab, 15, "the shop is down")
    t.shows("oona alone released agent-7 on finance .break-glass.: the shop is down", 5)
    assert f"sluice review {approval['id']}" in t.screen().replace("\n", ""), t.screen()
    said = b"released by oona alone .break-glass.: the shop is down; two others have to sign it off"
    wait_for(lambda: plain.hear() or re.search(rb"break_glass\s+" + approval["id"].encode() + rb"[^\n]*" + said, plain.bytes), 10, "the line")
    t.shows("oona alone.*Nothing waits")        # the released one is gone from the list
    client, held = hold(lab, "delete from staging.scratch where id = 16")
    t.shows("oona alone.*1 for you")
    t.type("\r")
    t.shows("oona alone.*a approve")
    t.type("a")
    t.shows("oona alone.*Why do you approve")
    t.type("\x1b")
    t.shows("x hides the top")
    t.type("x")
    wait_for(lambda: "oona" not in t.screen(), 10, "it to be hidden")
    t.type("qq")
    assert t.ends() == 0
    plain.child.terminate()
    plain.ends()
    settle(lab, client, held)


def test_the_gateway_goes(lab):
    """the gateway is restarted: the inbox says so, and goes on when it is there again"""
    t = Terminal(lab, columns=72)
    t.shows("Nothing waits")
    seen = len(t.bytes)
    lab.restart()
    t.has_shown("connection ended|cannot reach", seen, 15)
    client, approval = hold(lab, "delete from staging.scratch where id = 14")
    t.shows("1 for you", 20)
    t.type("q")
    assert t.ends() == 0
    settle(lab, client, approval)
