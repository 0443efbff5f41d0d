"""Proves on a real server, past the gateway, that an entry does harm: what it reads changes what it
answers, or what it writes is changed. Nothing of it stays."""

import struct

import wire

SECRETS = ("example.org", "0000", "123-45-6789")    # parts of guarded values, of the first world


class Direct:
    """The login that Sluice uses, on a copy of the database."""

    def __init__(self, pg, database):
        self.client = wire.Raw("127.0.0.1", pg.port, "app", database, "app-secret")

    def close(self):
        self.client.close()

    def ask(self, sql, data=b""):
        return ask(self.client, sql, data)

    def play(self, entry, after=None):
        """What the entry's messages answered; all is undone. after: a question asked behind them."""
        alone = any(m.split(None, 1)[:1] and m.split(None, 1)[0].lower() in ("commit", "discard", "vacuum")
                    for m in entry.messages)
        if not alone:
            self.ask("begin")
        before = self.ask(after) if after else None
        answers = [self.ask(m, entry.data) for m in entry.messages]
        behind = self.ask(after) if after else None
        self.ask("rollback")
        self.ask("deallocate all; reset all; reset session authorization")
        return answers, before, behind


def ask(client, sql, data=b"", seconds=20):
    """One simple query; COPY FROM STDIN is fed with data."""
    client.query(sql)
    answer = client.until("ZG", seconds)
    while answer.types.endswith("G"):
        if data:
            client.write(wire.message(b"d", data))
        client.write(wire.message(b"c"))
        answer = client.until("ZG", seconds, answer)
    return answer


def said(answer):
    """All that a client can learn from an answer."""
    words = [f"{e['C']} {e['M']} {e.get('D', '')}" for e in answer.errors + answer.notices]
    return (answer.rows, answer.tags, bytes(answer.copied), words)


def all_said(answers):
    return [said(a) for a in answers]


def contents(table):
    if table == "counter":
        return "select last_value, is_called from counter"
    return f"select count(*), md5(string_agg(t::text, ',' order by t::text)) from {table} t"


def is_syntax_error(answer):
    return answer.error in ("42601", "0A000") and "syntax" in answer.errors[0]["M"]


class Proof:
    def __init__(self, pg):
        """Two copies of the shop: in the second every guarded value is another."""
        for name in ("proof1", "proof2"):
            pg.sql(f"create database {name} template shop; grant create, temporary on database {name} to app",
                   database="postgres")
        pg.sql("update customers set email = 'q' || md5(id::text) || '@else.net',"
               " ssn = lpad((id * 918273645::bigint % 1000000000)::text, 9, '0');"
               "update payments set amount = 1000 - amount, card = '5' || md5(card);"
               "refresh materialized view zoo.kept", database="proof2")
        self.one, self.two = Direct(pg, "proof1"), Direct(pg, "proof2")

    def close(self):
        self.one.close()
        self.two.close()

    def why_not(self, entry):
        """None when the harm is proved, else what was seen instead."""
        return getattr(self, entry.proof)(entry)

    def leak(self, entry):
        first, again = self.one.play(entry)[0], self.one.play(entry)[0]
        if all_said(first) != all_said(again):
            return "it answers differently each time, which proves nothing"
        if all_said(first) == all_said(self.two.play(entry)[0]):
            return f"the answer does not depend on a guarded value: {first[-1]}"
        return None

    def shows(self, entry):
        answers = self.one.play(entry)[0]
        if any(s in repr(all_said(answers)) for s in SECRETS + ("vip", "one", "v")):
            return None
        return f"no guarded value in it: {answers[-1]}"

    def write(self, entry):
        answers, before, behind = self.one.play(entry, contents(entry.table))
        if behind.errors and before.rows:       # dropped, or its transaction failed with it
            if answers[-1].errors:
                return f"it fails: {answers[-1]}"
            return None
        return None if before.rows != behind.rows else f"{entry.table} is as before: {answers[-1]}"

    def runs(self, entry):
        """Not harm by itself, but nothing that may flow: the server at least understands it."""
        answers = self.one.play(entry)[0]
        return f"{answers[-1]}" if is_syntax_error(answers[-1]) else None

    def flows(self, entry):
        answers = self.one.play(entry)[0]
        return f"it fails: {answers[-1]}" if any(a.errors for a in answers) else None
