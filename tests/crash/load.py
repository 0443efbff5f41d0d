"""Clients that keep Sluice busy while its programs die: each remembers what it asked and what it heard.

Every statement carries a tag of its own, so that PostgreSQL's log, the ledger and the client's memory
can be laid side by side.
"""

import http.client
import json
import threading
import time

import wire

LOST = (OSError, wire.Closed, wire.TooLate, wire.Refused)


class Client(threading.Thread):
    """Connects, works, connects again when the connection is lost."""
    letter = "?"
    pause = 0.004

    def __init__(self, lab, number, rng, user):
        super().__init__(daemon=True)
        self.lab, self.rng, self.user = lab, rng, user
        self.name, self.count = f"{self.letter}{number}", 0
        self.token = lab.token(user)
        self.done, self.refused, self.lost = [], [], []     # tags: answered well, with an error, not at all
        self.why, self.wire, self.stopping = None, None, threading.Event()

    def tag(self):
        self.count += 1
        return f"tag-{self.name}-{self.count}-"

    def run(self):
        while not self.stopping.is_set():
            try:
                self.connect()
                while not self.stopping.is_set():
                    self.work()
                    time.sleep(self.pause)
            except LOST as why:
                self.why = why
                self.stopping.wait(0.05 + 0.1 * self.rng.random())
            finally:
                if self.wire:
                    self.wire.drop()

    def connect(self):
        self.wire = wire.Raw("127.0.0.1", self.lab.port, self.user, "finance", self.token)

    def say(self, tag, sql, seconds=20):
        """One statement and what became of it."""
        heard = False
        try:
            answer = self.exchange(sql, seconds)
            heard = True
        finally:
            if not heard:
                self.lost.append(tag)
        (self.refused if answer.errors else self.done).append(tag)
        return answer

    def exchange(self, sql, seconds):
        return self.wire.ask(sql, seconds)

    def work(self):
        raise NotImplementedError


class Reader(Client):
    letter = "r"

    def work(self):
        tag = self.tag()
        self.say(tag, f"select id, item from public.orders where id = {self.count % 1000} and item <> '{tag}'")


class Binder(Reader):
    """The same in the extended protocol."""
    letter = "b"

    def exchange(self, sql, seconds):
        self.wire.extended(sql)
        return self.wire.answer(seconds)


class Writer(Client):
    letter = "w"

    def work(self):
        tag = self.tag()
        self.say(tag, f"update public.orders set item = '{tag}' where id = {1 + self.count % 1000}")


class Mover(Client):
    """Whole transactions; the first and last statements carry no tag, as PostgreSQL allows none."""
    letter = "t"

    def work(self):
        self.wire.ask("begin")
        for _ in range(2):
            tag = self.tag()
            self.say(tag, f"update public.orders set item = '{tag}' where id = {1 + self.count % 100}")
        self.wire.ask("commit" if self.rng.random() < 0.8 else "rollback")


class Asker(Client):
    """Statements that are held until somebody says yes."""
    letter = "h"
    pause = 0.02

    def work(self):
        tag = self.tag()
        self.say(tag, f"delete from staging.scratch where note = '{tag}'", 12)


class Leaver(Asker):
    """Asks, does not wait, and asks the very same again: it joins, or spends what was granted meanwhile."""
    letter = "l"

    def work(self):
        tag = self.tag()
        sql = f"delete from staging.scratch where note = '{tag}'"
        self.wire.query(sql)
        time.sleep(0.1 * self.rng.random())
        self.wire.drop()
        self.connect()
        self.say(tag, sql, 12)


class Canceller(Asker):
    """Asks, and often takes it back with a CancelRequest: before the yes, after it, while it runs."""
    letter = "c"

    def work(self):
        tag, key = self.tag(), self.wire.key
        timer = threading.Timer(0.2 * self.rng.random(), self.cancel, [key])
        timer.start()
        try:
            self.say(tag, f"delete from staging.scratch where note = '{tag}'", 12)
        finally:
            timer.join()

    def cancel(self, key):
        try:
            self.wire.cancel(key)
        except OSError:     # there is no gate just now
            pass


class Denied(Client):
    """What an agent may never do."""
    letter = "d"
    pause = 0.05

    def work(self):
        tag = self.tag()
        self.say(tag, f"drop table if exists \"{tag}\"")


class Reviewer(threading.Thread):
    """Says yes to most, by HTTP with a deciding credential, and remembers every answer."""

    def __init__(self, lab, name, rng):
        super().__init__(daemon=True)
        self.lab, self.rng, self.reviewer = lab, rng, name
        self.credential = json.loads(lab.enroll(name).read_text())["credential"]
        self.yes, self.no, self.unsure = [], [], []   # approval ids: 200 was heard, or nothing was
        self.revoked = []
        self.connection, self.stopping = None, threading.Event()

    def call(self, method, path, body=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.lab.http, timeout=5)
        head = {"Authorization": f"Bearer {self.credential}"}
        if body is not None:
            head["Content-Type"] = "application/json"
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, head)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            self.connection.close()
            self.connection = None
            raise OSError("the desk is away") from None

    def decide(self, approval):
        decision = "approve" if self.rng.random() < 0.9 else "deny"
        status = 0
        try:
            status, _ = self.call("POST", f"/v1/approvals/{approval['id']}/decision",
                                  {"decision": decision, "digest": approval["digest"], "reason": "in the storm"})
        finally:
            if status == 200:
                (self.yes if decision == "approve" else self.no).append(approval["id"])
            elif status in (0, 500, 503, 504):
                self.unsure.append(approval["id"])
        if decision == "approve" and self.rng.random() < 0.05:      # too late, most of the time
            status, _ = self.call("POST", f"/v1/approvals/{approval['id']}/revoke", {"reason": "second thoughts"})
            if status == 200:
                self.revoked.append(approval["id"])

    def run(self):
        while not self.stopping.is_set():
            try:
                status, said = self.call("GET", "/v1/approvals?state=pending")
                for approval in said.get("approvals", []) if status == 200 else []:
                    if approval.get("may_decide"):
                        self.decide(approval)
            except OSError:
                self.stopping.wait(0.1)
            self.stopping.wait(0.05)
