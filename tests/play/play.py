"""Reads a play line by line and does what it says. The words are in README.md."""

import ast
import json
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import lab as laboratory    # noqa: E402
import ledger               # noqa: E402
import wire                 # noqa: E402

LINES = []      # (pattern, method), filled by @line


def line(pattern):
    def add(method):
        LINES.append((re.compile(pattern + r"\s*$", re.S), method))
        return method
    return add


class Wrong(Exception):
    pass


def seconds_of(word):
    return float(word[:-2]) / 1000 if word.endswith("ms") else float(word.rstrip("s"))


def values_of(word):
    return ast.literal_eval(f"[{word}]") if word else []


class Client:
    """One connection, and what it heard since its last complete answer."""

    def __init__(self, raw):
        self.raw, self.partial = raw, None

    def read(self, stop, seconds):
        self.partial = self.raw.until(stop, seconds, self.partial)
        heard = self.partial
        if heard.types.endswith("Z"):
            self.partial = None
        return heard


class Play:
    def __init__(self, file):
        self.text = file.read_text()
        self.name = self.text.splitlines()[0].lstrip("# ")
        self.changes, self.clients, self.before, self.approval, self.stopped = [], {}, None, None, []
        self.locking = None      # a session past the gateway that holds a lock
        self.to_sign, self.signed = None, None      # a decision whose challenge was asked for, and its proof

    def run(self):
        lines = self._lines()
        settings = [x for _, x in lines if x.startswith("config ")]
        with laboratory.Lab(lambda config: self._configure(config, settings)) as self.lab:
            for number, text in lines:
                if text not in settings:
                    self._play(number, text)
            self._end()

    def _lines(self):
        """Numbered lines without comments; an indented line goes on with the one before."""
        out = []
        for number, text in enumerate(self.text.splitlines(), 1):
            if text.startswith("#") or not text.strip():
                continue
            if text[0].isspace() and out:
                out[-1][1] += "\n" + text.strip()
            else:
                out.append([number, text.rstrip()])
        return out

    @staticmethod
    def _configure(config, settings):
        for text in settings:
            where, how, value = re.fullmatch(r"config (\S+) (\+?=) (.*)", text, re.S).groups()
            at, *steps = re.findall(r"[^.\[\]]+", where)
            holder, key = config, at
            for step in steps:
                holder, key = holder[int(key) if isinstance(holder, list) else key], step
            key = int(key) if isinstance(holder, list) else key
            if how == "=":
                holder[key] = json.loads(value)
            else:
                holder[key].append(json.loads(value))

    def _play(self, number, text):
        for pattern, method in LINES:
            found = pattern.match(text)
            if found:
                try:
                    method(self, **found.groupdict())
                except Exception as why:     # whatever it was, the reader wants the line and the log
                    self._fail(number, text, why)
                return
        self._fail(number, text, Wrong("no such line: see README.md"))

    def _fail(self, number, text, why):
        failure = Wrong(str(why))
        kind = "" if isinstance(why, Wrong) else type(why).__name__ + ": "
        failure.told = f"line {number}: {text}\n{kind}{why}\n" + "\n".join(self.lab.events()[-25:])
        raise failure from why

    def _end(self):
        """Whatever was played, the ledger verifies and no program of ours broke."""
        for pid in set(self.stopped) & set(self.lab.pids() if self.lab.serve else []):
            os.kill(pid, signal.SIGCONT)
        if self.lab.serve is None:
            return
        laboratory.wait_for(lambda: self.lab.ledger_verify().rc == 0 or None, 5,
                            f"a ledger that verifies ({self.lab.ledger_verify()})")
        misfits = ledger.misfits(self.lab.state / "ledger")
        if misfits:
            raise Wrong("entries that the schema does not know:\n" + "\n".join(misfits[:10]))
        broken = [x for x in self.lab.events() if "event=hold_refused" in x or "event=panic" in x]
        if broken:
            raise Wrong("\n".join(broken))

    # --- clients -----------------------------------------------------------------------------

    def client(self, who):
        if who not in self.clients:
            self.clients[who] = Client(self.lab.raw(who.split("/")[0]))
        return self.clients[who]

    @line(r"(?P<who>[\w/-]+) connects")
    def connects(self, who):
        self.client(who)

    @line(r"(?P<who>[\w/-]+) connects with (?P<options>\{.*\})")
    def connects_with(self, who, options):
        self.clients[who] = Client(self.lab.raw(who.split("/")[0], options=json.loads(options)))

    @line(r"(?P<who>[\w/-]+) cannot connect(?: with the credential of (?P<whose>\S+))?(?P<why>: .*)?")
    def cannot_connect(self, who, whose, why):
        token = None
        if whose:
            token = json.loads(self.lab.enroll(whose).read_text())["credential"]
        try:
            self.lab.raw(who.split("/")[0], token=token)
        except wire.Refused as no:
            self._match((why or "")[2:], str(no))
        else:
            raise Wrong("it connected")

    # --- usage -------------------------------------------------------------------------------

    @line(r"usage of (?P<run>\w+) is (?P<statements>\d+) statements?, (?P<rows>\d+) rows?")
    def usage_is(self, run, statements, rows):
        wanted = (int(statements), int(rows))
        try:
            laboratory.wait_for(lambda: self.lab.usage_of_run(run)[:2] == wanted, 5, "it")
        except AssertionError:
            raise Wrong(f"it is {self.lab.usage_of_run(run)}") from None

    @line(r"usage of (?P<run>\w+) passes (?P<rows>\d+) rows within (?P<time>\S+)")
    def usage_passes(self, run, rows, time):
        laboratory.wait_for(lambda: self.lab.usage_of_run(run)[1] > int(rows), seconds_of(time), "it")

    @line(r"usage is noted")
    def usage_noted(self):
        self.noted = self._usage()

    def _usage(self):
        return self.lab.usage("identity,owner,run,reason,target,dataset,column,label,verdict,hour")

    @line(r"usage is as noted")
    def usage_as_noted(self):
        now = laboratory.wait_for(lambda: self._usage_or_none() or None, 10, "an answer")
        if now != self.noted:
            raise Wrong(f"it was {self.noted}\nand is {now}")

    def _usage_or_none(self):
        try:
            return self._usage()
        except AssertionError:      # no keeper yet
            return None

    @line(r"usage is no less than noted")
    def usage_no_less(self):
        now = laboratory.wait_for(lambda: self._usage_or_none() or None, 10, "an answer")
        if any(now["total"][c] < self.noted["total"][c] for c in ("statements", "rows", "bytes")):
            raise Wrong(f"it was {self.noted}\nand is {now}")

    @line(r"direct: (?P<sql>.*?)(?: -> (?P<wanted>\S+))?")
    def direct(self, sql, wanted):
        self._match(wanted, self.lab.pg.sql(sql))

    @line(r"the gate lists anew")
    def lists_anew(self):
        self.lab.lists_anew()

    @line(r"direct locks (?P<table>\S+)")
    def locks(self, table):
        self.locking = self.lab.pg.session()
        self.locking.cursor().execute(f"lock table {table}")

    @line(r"direct lets go")
    def lets_go(self):
        self.locking.close()

    @line(r"(?P<who>[\w/-]+) sends: (?P<what>.*)")
    def sends(self, who, what):
        self.client(who).raw.write(b"".join(self._message(m.strip()) for m in what.split("|")))

    def _oid(self, name):
        """Of a type, as the server has it; a number is one already."""
        number = int(name) if name.isdigit() else int(self.lab.pg.sql(f"select '{name}'::regtype::oid"))
        return number - (1 << 32) if number >= 1 << 31 else number

    def _message(self, m):
        head, _, rest = m.partition(":")
        word, *names = head.split()
        types = names[names.index("of") + 1:] if "of" in names else ()
        names = names[:names.index("of")] if "of" in names else names
        names = ["" if n == "-" else n for n in names]
        first = names[0] if names else ""
        if word == "parse":
            return wire.parse(rest.strip(), first, [self._oid(t) for t in types])
        if word == "bind":
            return wire.bind(values_of(rest.strip()), first, names[1] if len(names) > 1 else "")
        if word == "execute":
            return wire.execute(first, int(rest or 0))
        if word in ("describe", "close"):
            kind = {"portal": b"P", "statement": b"S"}[first]
            return getattr(wire, word)(kind, names[1] if len(names) > 1 else "")
        if word == "query":
            return wire.query(rest.strip())
        if word == "copydata":
            return wire.message(b"d", rest.strip().encode().decode("unicode_escape").encode())
        return {"sync": wire.SYNC, "flush": wire.FLUSH, "copydone": wire.message(b"c"),
                "terminate": wire.TERMINATE}[word]

    @line(r"(?P<who>[\w/-]+) asks for the list: (?P<texts>.*)")
    def asks_for_list(self, who, texts):
        raw = self.client(who).raw
        for sql in ["set sluice.request = 'new'", *(t.strip() for t in texts.split("|"))]:
            heard = raw.ask(sql)
            if heard.tags not in (["SET"], ["LISTED"]):
                raise Wrong(f"{sql}: {heard}")
        raw.query("set sluice.request = 'ask'")
        self.expects_held(who, None)
        self.expects_tags(who, "SET")

    @line(r"(?P<who>[\w/-]+) asks for the envelope (?P<bounds>[^:]*): (?P<sql>.*)")
    def asks_for_envelope(self, who, bounds, sql):
        raw = self.client(who).raw
        for text, tag in ((f"set sluice.request = 'envelope {bounds}'", "SET"), (sql, "LISTED")):
            heard = raw.ask(text)
            if heard.tags != [tag]:
                raise Wrong(f"{text}: {heard}")
        raw.query("set sluice.request = 'ask'")
        self.expects_held(who, None)
        self.expects_tags(who, "SET")

    @line(r"(?P<who>[\w/-]+) cannot ask for the envelope (?P<bounds>[^:]*): (?P<sql>.*?) -> (?P<pattern>.*)")
    def cannot_ask_for_envelope(self, who, bounds, sql, pattern):
        raw = self.client(who).raw
        heard = raw.ask(f"set sluice.request = 'envelope {bounds}'")
        if not heard.errors:
            heard = raw.ask(sql)
        if not heard.errors:
            heard = raw.ask("set sluice.request = 'ask'")
        if not heard.errors:
            raise Wrong(f"{heard}")
        self._match(pattern, json.dumps(heard.errors[0], ensure_ascii=False))

    @line(r"(?P<who>[\w/-]+) takes up the list")
    def takes_up(self, who):
        heard = self.client(who).raw.ask(f"set sluice.request = '{self.approval}'")
        if heard.tags != ["SET"]:
            raise Wrong(f"{heard}")

    @line(r"(?P<who>[\w/-]+) cannot take up the list(?P<saying>: .*)?")
    def cannot_take_up(self, who, saying):
        heard = self.client(who).raw.ask(f"set sluice.request = '{self.approval}'")
        if not heard.errors:
            raise Wrong(f"{heard}")
        self._match((saying or "")[2:], json.dumps(heard.errors[0], ensure_ascii=False))

    @line(r"(?P<who>[\w/-]+) extended: (?P<sql>.*?)(?: with \((?P<values>.*)\))?")
    def extended(self, who, sql, values):
        self.client(who).raw.extended(sql, values_of(values))

    @line(r"(?P<who>[\w/-]+) expects held(?P<saying>: .*)?")
    def expects_held(self, who, saying):
        heard = self.client(who).read("NZE", 10)
        said = heard.notices[-1]["M"] if heard.notices else ""
        found = re.search(r"approval ([0-9a-f-]{36})", said)
        if not found or not heard.types.endswith("N"):
            raise Wrong(f"not held: {heard}")
        self.before, self.approval = self.approval, found.group(1)
        self._match((saying or "")[2:], json.dumps(heard.notices[-1]))

    @line(r"(?P<who>[\w/-]+) is told: (?P<pattern>.*)")
    def is_told(self, who, pattern):
        heard = self.client(who).read("NZE", 10)
        self._match(pattern, json.dumps(heard.notices, ensure_ascii=False))

    @line(r"(?P<who>[\w/-]+) expects error (?P<code>\w{5})(?P<saying>: .*)?")
    def expects_error(self, who, code, saying):
        heard = self.client(who).read("Z", 15)
        if heard.error != code:
            raise Wrong(f"{heard}")
        self._match((saying or "")[2:], json.dumps(heard.errors[0], ensure_ascii=False))

    @line(r"(?P<who>[\w/-]+) expects error (?P<code>\w{5}) before the sync")
    def expects_error_now(self, who, code):
        heard = self.client(who).read("EZ", 10)
        if heard.error != code:
            raise Wrong(f"{heard}")

    @line(r"(?P<who>[\w/-]+) expects (?P<count>\d+) rows?(?: like (?P<like>.*))?")
    def expects_rows(self, who, count, like):
        heard = self.client(who).read("Z", 15)
        if heard.errors or len(heard.rows) != int(count):
            raise Wrong(f"{heard}")
        self._match(like, json.dumps(heard.rows))

    @line(r"(?P<who>[\w/-]+) expects (?P<tags>[A-Z][A-Z ]*[A-Z](?: \d+)*(?:, [A-Z][A-Z ]*[A-Z](?: \d+)*)*)")
    def expects_tags(self, who, tags):
        heard = self.client(who).read("Z", 15)
        if heard.errors or ", ".join(heard.tags) != tags:
            raise Wrong(f"{heard}")

    @line(r"(?P<who>[\w/-]+) has (?P<count>\d+) rows?")
    def has_rows(self, who, count):
        heard = self.client(who).partial
        n = len(heard.rows) if heard else None
        if n != int(count):
            raise Wrong(f"{n} rows")

    @line(r"(?P<who>[\w/-]+) heard nothing of: (?P<pattern>.*)")
    def heard_nothing(self, who, pattern):
        heard = self.client(who).read("Z", 15)
        said = json.dumps([heard.errors, heard.notices, heard.rows])
        if re.search(pattern, said):
            raise Wrong(said)

    @line(r"(?P<who>[\w/-]+) floods (?P<table>\S+) until it stops")
    def floods(self, who, table):
        """Large statements, each another one, until no answer comes; then the journal is full."""
        self.flood = 0
        for n in range(2000):
            self.client(who).raw.query(f"insert into {table} values ({n}, '{'x' * 15000}')")
            try:
                heard = self.client(who).read("Z", 1)
            except wire.TooLate:
                return
            if heard.errors:
                raise Wrong(str(heard))
            self.flood = n + 1
        raise Wrong("2,000 large statements ran and nobody recorded them")

    @line(r"(?P<who>[\w/-]+) drains")
    def drains(self, who):
        """The statement that had to wait runs now, and the server ran no more than were answered."""
        heard = self.client(who).read("Z", 20)
        if heard.errors:
            raise Wrong(str(heard))

    @line(r"(?P<who>[\w/-]+) expects messages (?P<types>\w+)")
    def expects_messages(self, who, types):
        heard = self.client(who).read(types[-1], 10)
        if "".join(t for t in heard.types if t not in "N") != types:
            raise Wrong(f"{heard}: {heard.types}")

    @line(r"(?P<who>[\w/-]+) expects status (?P<status>[ITE])")
    def expects_status(self, who, status):
        heard = self.client(who).raw.ask("") if self.client(who).partial is None else None
        if heard is None or heard.status != status:
            raise Wrong(f"{heard}")

    @line(r"(?P<who>[\w/-]+) hears nothing for (?P<long>\S+)")
    def hears_nothing(self, who, long):
        if not self.client(who).raw.quiet(seconds_of(long)):
            raise Wrong(f"it heard {self.client(who).raw.buffer[:200]}")

    @line(r"(?P<who>[\w/-]+) is disconnected(?: within (?P<long>\S+))?")
    def is_disconnected(self, who, long):
        if not self.clients[who].raw.is_closed(seconds_of(long or "10s")):
            raise Wrong("still connected")
        del self.clients[who]

    @line(r"(?P<who>[\w/-]+) disconnects")
    def disconnects(self, who):
        self.clients.pop(who).raw.drop()
        time.sleep(0.2)

    @line(r"(?P<who>[\w/-]+) cancels(?: with the key of (?P<whose>\S+))?")
    def cancels(self, who, whose):
        self.client(who).raw.cancel(self.client(whose or who).raw.key)

    # --- people ------------------------------------------------------------------------------

    @line(r"(?P<who>[\w-]+) (?P<what>approves|denies)(?: (?P<rows>\d+) rows)?(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def decides(self, who, what, rows, no, why):
        more = {"rows": int(rows)} if rows else {}
        act = self.lab.approve if what == "approves" else self.lab.deny
        done = act(who, self.approval, check=False, **more)
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))
        self._match((why or "")[2:], done.err)

    @line(r"(?P<who>[\w-]+) (?P<what>approves|denies) over plain HTTP(?:, as (?P<channel>\S+))?(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def decides_over_http(self, who, what, channel, no, why):
        self._answered(self.lab.decide_over_http(who, self.approval, what[:-1].replace("denie", "deny"), channel), no, why)

    @line(r"(?P<who>[\w-]+) asks over HTTP for (?P<effect>\w+) of (?P<dataset>[\w.]+)(?: by (?P<on>\w+))?(?:, triggered by (?P<by>[\w-]+))?"
          r"(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def asks_over_http(self, who, effect, dataset, on, by, no, why):
        body = {"target": "finance", "operation": {"program": dataset, "why": f"{by}"}, "effects": [on or effect],
                "datasets": [{"name": dataset, "effects": [effect]}]}
        answer = self.lab.ask(who, "POST", "/v1/approvals", {**body, "triggered_by": by} if by else body, self.lab.token(who))
        self._answered(answer, no, why)
        self.approval = answer[1].get("id", self.approval)

    # --- passkeys ----------------------------------------------------------------------------

    def _answered(self, answer, no, why):
        status, said = answer
        if (status >= 400) != bool(no):
            raise Wrong(f"{status}: {said}")
        self._match((why or "")[2:], said.get("detail", ""))

    @line(r"(?P<who>[\w-]+) enrols a passkey(?P<synced> that may be synced)?(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def enrols_passkey(self, who, synced, no, why):
        self._answered(self.lab.enrol_passkey(who, synced=bool(synced)), no, why)

    @line(r"(?P<who>[\w-]+) (?P<how>enrols|asks a second person for) a passkey(?P<synced> that may be synced)?, and it waits")
    def asks_second(self, who, how, synced):
        status, said = self.lab.enrol_passkey(who, second=how != "enrols", synced=bool(synced))
        if status != 202 or said["state"] != "pending":
            raise Wrong(f"{status}: {said}")
        self.approval = said["id"]

    @line(r"(?P<who>[\w-]+) has (?P<count>\d+) passkeys(?: vouched for by (?P<by>[\w, ]+))?")
    def has_passkeys(self, who, count, by):
        keys = self.lab.ask(who, "GET", "/v1/passkeys")[1]["passkeys"]
        said = sorted(k["vouched_by"] for k in keys)
        if len(keys) != int(count) or (by and said != sorted(by.split(", "))):
            raise Wrong(str(keys))

    @line(r"(?P<who>[\w-]+) (?P<what>approves|denies) by passkey(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def decides_by_passkey(self, who, what, no, why):
        decision = "approve" if what == "approves" else "deny"
        self._answered(self.lab.decide_by_passkey(who, self.approval, decision), no, why)

    @line(r"(?P<who>[\w-]+) signs a yes, and does not send it")
    def signs(self, who):
        self.to_sign = self.lab.decision(who, self.approval)
        status, said = self.lab.challenge(who, self.approval, self.to_sign)
        if status != 200:
            raise Wrong(f"{status}: {said}")
        self.signed = self.lab.passkeys[who].assertion(said["challenge"])

    @line(r"(?P<who>[\w-]+) sends what was signed(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def sends_signed(self, who, no, why):
        body = {**self.to_sign, "digest": self.lab.decision(who, self.approval)["digest"], "passkey": self.signed}
        self._answered(self.lab.ask(who, "POST", f"/v1/approvals/{self.approval}/decision", body), no, why)

    @line(r"the operator removes the passkey of (?P<who>[\w-]+)(?: -> (?P<no>refused))?")
    def removes_passkey(self, who, no):
        done = self.lab.manage("passkeys", "remove", laboratory.text(self.lab.passkeys[who].id), "--reason", "lost",
                               check=False)
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))

    @line(r"(?P<who>[\w-]+) (?P<what>revokes|cancels it|stops it)(?: -> (?P<no>refused))?")
    def withdraws(self, who, what, no):
        done = self.lab.api({"revokes": "revoke", "cancels it": "cancel", "stops it": "stop"}[what], self.approval,
                            who, "--reason", "a second thought")
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))

    @line(r"(?P<who>[\w-]+) (?P<what>asks back|answers)(?P<token> with an asking token)?: (?P<said>.*?)"
          r"(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def says(self, who, what, token, said, no, why):
        command = "ask" if what == "asks back" else "answer"
        file = self.asking_file(who) if token else self.lab.enroll(who)
        done = self.lab.sluice(command, self.approval, said.encode().decode("unicode_escape"), "--credential-file", file,
                               "--url", self.lab.url)
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))
        self._match((why or "")[2:], done.err)

    def asking_file(self, who):
        file = self.lab.folder / f"{who}.asking"
        file.write_text(json.dumps({"credential": self.lab.token(who), "identity": who, "url": self.lab.url}))
        os.chmod(file, 0o600)
        return file

    @line(r"(?P<who>[\w-]+) approves with an asking token -> refused")
    def approves_with_token(self, who):
        done = self.lab.sluice("approve", self.approval, "--reason", "me", "--yes", "--credential-file", self.asking_file(who),
                               "--url", self.lab.url)
        if done.rc != 1:
            raise Wrong(str(done))

    @line(r"(?P<who>[\w-]+) breaks the glass(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def breaks_glass(self, who, no, why):
        done = self.lab.api("approve", self.approval, who, "--break-glass", "--yes", "--reason", "the shop is down")
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))
        self._match((why or "")[2:], done.err)

    @line(r"(?P<who>[\w-]+) signs it off(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def signs_off(self, who, no, why):
        done = self.lab.api("review", self.approval, who, "--reason", "looked at what it did")
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))
        self._match((why or "")[2:], done.err)

    @line(r"(?P<who>[\w-]+) is away for (?P<time>\w+)(?:, and (?P<name>[\w-]+) stands in)?(?: -> (?P<no>refused)(?P<why>: .*)?)?")
    def is_away(self, who, time, name, no, why):
        done = self.lab.sluice("away", "--until", time, *(("--stand-in", name) if name else ()), "--reason", "a holiday",
                               "--credential-file", self.lab.enroll(who), "--url", self.lab.url)
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))
        self._match((why or "")[2:], done.err)

    @line(r"(?P<who>[\w-]+) is back(?: -> (?P<no>refused))?")
    def is_back(self, who, no):
        done = self.lab.sluice("back", "--credential-file", self.lab.enroll(who), "--url", self.lab.url)
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))

    @line(r"(?P<who>[\w-]+) acts for (?P<whom>[\w-]+)")
    def acts_for(self, who, whom):
        self.lab.tokens[who] = self.lab.manage("token", "create", who, "--for", whom).out.strip()

    @line(r"it is the one before")
    def one_before(self):
        self.before, self.approval = self.approval, self.before

    @line(r"it is what waits for (?P<who>[\w-]+)")
    def it_is_what_waits(self, who):
        self.approval = self.lab.pending_one(by=who)["id"]

    @line(r"it is what was done alone, as (?P<who>[\w-]+) sees it")
    def it_is_done_alone(self, who):
        done = self.lab.sluice("review", "--json", "--credential-file", self.lab.enroll(who), *self.lab.where(),
                               check=True)
        self.approval = json.loads(done.out)["reviews"][0]["id"]

    @line(r"(?P<who>[\w-]+) enrolls")
    def enrolls(self, who):
        self.lab.enroll(who)

    @line(r"(?P<who>[\w-]+) sees (?P<count>\d+) pending")
    def sees(self, who, count):
        laboratory.wait_for(lambda: len(self.lab.pending(by=who)) == int(count), 5, f"{count} pending")

    @line(r"(?P<who>[\w-]+) is shown (?P<pattern>.*)")
    def is_shown(self, who, pattern):
        self._comes(pattern, lambda: self._shown(who))

    @line(r"(?P<who>[\w-]+) is not shown (?P<pattern>.*)")
    def is_not_shown(self, who, pattern):
        shown = self._shown(who)
        if re.search(pattern, shown):
            raise Wrong(shown)

    def _shown(self, who):
        return "\n".join(self.lab.api("show", self.approval, who, *more, check=True).out for more in ((), ("--json",)))

    @line(r"(?P<who>[\w-]+) lists (?P<pattern>.*)")
    def lists(self, who, pattern):
        self._comes(pattern, lambda: self.lab.api("approvals", "--all", who, check=True).out)

    @line(r"it is (?P<state>\w+)")
    def it_is(self, state):
        laboratory.wait_for(lambda: self.lab.approval(self.approval)["state"] == state, 5, f"state {state}")

    @line(r"sluice (?P<words>.*?)(?: -> (?P<no>refused))?")
    def operator(self, words, no):
        done = self.lab.manage(*words.split(), check=False)
        if (done.rc != 0) != bool(no):
            raise Wrong(str(done))
        found = re.search(r"(slc_\S+)", done.out)
        if found:
            self.lab.codes[words.split()[2]] = found.group(1)

    # --- what happened -----------------------------------------------------------------------

    @line(r"server ran (?P<count>\d+) times?(?: as (?P<user>\w+))?: (?P<pattern>.*)")
    def server_ran(self, count, user, pattern):
        """Now or soon: the server says so when it begins, and Sluice that a grant is spent a moment before."""
        try:
            laboratory.wait_for(lambda: self.lab.ran(pattern, user=user) >= int(count), 10, "it")
        except AssertionError:
            pass
        n = self.lab.ran(pattern, user=user)
        if n != int(count):
            raise Wrong(f"it ran {n} times")

    @line(r"gate asked (?P<count>\d+) times?: (?P<pattern>.*)")
    def gate_asked(self, count, pattern):
        """Its own questions, which the other words leave out."""
        own = [e for e in self.lab.server_log(own=True) if e.is_gates_own() and re.search(pattern, e.sql, re.S)]
        if len(own) != int(count):
            raise Wrong(f"it asked {own}")

    @line(r"server was told (?P<count>\d+) (?P<kind>parse|bind|statement|execute): (?P<pattern>.*)")
    def server_told(self, count, kind, pattern):
        n = self.lab.ran(pattern, kinds=(kind,))
        if n != int(count):
            raise Wrong(f"{n} times")

    @line(r"server saw nothing of: (?P<pattern>.*)")
    def server_saw_nothing(self, pattern):
        seen = [e for e in self.lab.server_log(kinds=None) if re.search(pattern, e.sql, re.S)]
        if seen:
            raise Wrong(f"it saw {seen}")

    @line(r"(?P<where>ledger|log) (?P<what>has|lacks): (?P<text>.*)")
    def text_in(self, where, what, text):
        under = {"ledger has": "state/ledger/tile/entries", "ledger lacks": "state/ledger"}.get(
            f"{where} {what}", "serve.log")
        if what == "has":       # as soon as it is there
            laboratory.wait_for(lambda: self.lab.files_with(text, (under,)), 10, "an entry with it")
            return
        self._settle()
        found = self.lab.files_with(text, (under,))
        if found:
            raise Wrong(f"found in {found}")

    def _settle(self):
        """The keeper drains its journals on a timer and writes a checkpoint each second."""
        time.sleep(1.2)

    @line(r"ledger verifies")
    def ledger_verifies(self):
        self._settle()
        done = self.lab.ledger_verify()
        if done.rc != 0:
            raise Wrong(str(done))

    @line(r"ledger complains: (?P<pattern>.*)")
    def ledger_complains(self, pattern):
        self._settle()
        done = self.lab.ledger_verify()
        if done.rc != 1:
            raise Wrong(str(done))
        self._match(pattern, done.out + done.err)

    @line(r"ledger shows of it: (?P<pattern>.*)")
    def ledger_shows(self, pattern):
        self._comes(pattern, lambda: self.lab.sluice("ledger", "show", self.approval, self.lab.state / "ledger", "--json").out)

    @line(r"log says: (?P<pattern>.*)")
    def log_says(self, pattern):
        laboratory.wait_for(lambda: any(re.search(pattern, x) for x in self.lab.events()), 5, "the log line")

    @line(r"status shows (?P<pattern>.*)")
    def status_shows(self, pattern):
        laboratory.wait_for(lambda: re.search(pattern, json.dumps(self.lab.status()), re.S), 5, "the status")

    # --- the world ---------------------------------------------------------------------------

    @line(r"wait (?P<long>\S+)")
    def waits(self, long):
        time.sleep(seconds_of(long))

    @line(r"kill (?P<role>gate|judge|keeper|desk)")
    def kills(self, role):
        self.lab.revived(role, self.lab.kill(role))
        laboratory.wait_for(self._answers, 10, "the new program's answer")

    def _answers(self):
        return self.lab.sluice("status", "--json", "--config", self.lab.folder / "sluice.yaml").rc == 0 and \
            self.lab.sluice("approvals", "--json", "--credential-file", self.lab.enroll("rita"), "--url",
                            self.lab.url).rc == 0

    @line(r"(?P<what>stop|continue) (?P<role>gate|judge|keeper|desk)")
    def stops(self, what, role):
        pids = list(self.lab.pids(role))
        self.lab.kill(role, signal.SIGSTOP if what == "stop" else signal.SIGCONT)
        self.stopped = self.stopped + pids if what == "stop" else [p for p in self.stopped if p not in pids]

    @line(r"kill the stopped (?P<role>\w+)")
    def kills_stopped(self, role):
        pids = self.lab.kill(role)
        self.stopped = [p for p in self.stopped if p not in pids]
        self.lab.revived(role, pids)

    @line(r"kill everything, start again")
    def kills_all(self):
        self.lab.kill_all()
        self.clients.clear()
        self.lab.start()

    @line(r"restart")
    def restarts(self):
        self.clients.clear()
        self.lab.restart()

    @line(r"stop everything")
    def stops_all(self):
        self.clients.clear()
        self.lab.stop()

    @line(r"the view is removed")
    def removes_the_view(self):
        """What SQLite holds, while nothing runs: the ledger has to be enough."""
        files = list(self.lab.state.glob("sluice.db*"))
        if not files:
            raise Wrong("there is no view")
        for file in files:
            file.unlink()

    @line(r"start again(?: with (?P<setting>config .*))?")
    def starts_again(self, setting):
        if setting:
            self._configure(self.lab.config, [setting])
            self.lab.write_config()
        self.lab.start()

    @line(r"postgres (?P<what>dies|starts)")
    def postgres(self, what):
        self.lab.pg.stop(signal.SIGQUIT) if what == "dies" else self.lab.pg.start()

    @line(r"(?P<how>reload|begin to reload) (?P<setting>config .*)")
    def reloads(self, how, setting):
        self._configure(self.lab.config, [setting])
        self.lab.write_config()
        count = self._reloads()
        self.lab.sighup()
        if how == "reload":
            laboratory.wait_for(lambda: self._reloads() > count, 5, "the reload")
        time.sleep(0.2)

    def _reloads(self):
        return sum(len(self.lab.events(e)) for e in ("reloaded", "reload_rejected", "reload_held"))

    @staticmethod
    def _match(pattern, said):
        if pattern and not re.search(pattern, said, re.S):
            raise Wrong(f"said: {said}")

    def _comes(self, pattern, ask):
        """It says so now or soon: what happens to an action is told a moment after the fact."""
        try:
            laboratory.wait_for(lambda: re.search(pattern, ask(), re.S), 5, "it")
        except AssertionError:
            raise Wrong(f"said: {ask()}") from None

    # Last, because it takes almost anything.
    @line(r"(?P<who>[\w-]+(?:/\d+)?): (?P<sql>.*)")
    def asks(self, who, sql):
        self.client(who).raw.query(sql)
