"""A judge in hostile hands, in front of the real gate, keeper and PostgreSQL (docs/threat-model.md).

Whatever it says, a text that writes, defines, copies, calls or sets is never run as if it only read, and
an answer that is wrong, late or missing means opaque: held, and run by nobody's mistake.
"""

import os
import pathlib
import shutil
import tempfile

import lab
import wire

HERE = pathlib.Path(__file__).resolve().parent

# Statements that say by their own words that they do more than read; each with a mark of its own.
WRITES = [
    "insert into staging.wide values (1, 'MARK')",
    "update public.orders set item = 'MARK'",
    "delete from staging.scratch where note = 'MARK'",
    "DELETE FROM staging.scratch WHERE note = 'MARK'",
    "dElEtE /* select */ from staging.scratch where note = 'MARK'",
    "truncate staging.scratch; select 'MARK'",
    "with gone as (delete from staging.scratch where note = 'MARK' returning *) select * from gone",
    "select 1 as MARK; delete from staging.scratch",
    "select 'MARK' into staging.copied",
    "merge into staging.wide w using staging.scratch s on w.id = s.id when matched then update set body = 'MARK'",
    "drop table if exists \"MARK\"",
    "create table staging.\"MARK\" (id int)",
    "create function staging.\"MARK\"() returns int language sql as 'select 1'",
    "alter table staging.wide add column \"MARK\" int",
    "comment on table staging.wide is 'MARK'",
    "grant select on staging.wide to public; select 'MARK'",
    "copy (select 'MARK' from customers) to stdout",
    "copy staging.wide from stdin /* MARK */",
    "call staging.\"MARK\"()",
    "do $$ begin raise notice 'MARK'; end $$",
    "prepare \"MARK\" as delete from staging.scratch",
    "explain analyze delete from staging.scratch where note = 'MARK'",
    "explain (analyze, costs off) update public.orders set item = 'MARK'",
    "set search_path = \"MARK\"",
    "set session characteristics as transaction read write /* MARK */",
    "reset all /* MARK */",
    "discard all /* MARK */",
    "lock table public.orders /* MARK */",
    "vacuum public.orders /* MARK */",
    "security label on table public.orders is 'MARK'",
    "notify \"MARK\"",
    "reassign owned by app to app_md5 /* MARK */",
    "\u00e9 delete from staging.scratch /* MARK */",
    "no_such_word MARK",
]

# Answers that are no answers.
BROKEN = ["nothing", "noise", "cut", "more", "inconsistent", "unknown-effect", "huge", "another", "frame",
          "gates-words", "late", "never", "gone"]


class CapturedLab(lab.Lab):
    """The real programs, and a judge that is not ours."""

    def __init__(self):
        self.libexec = pathlib.Path(tempfile.mkdtemp(prefix="sluice-libexec-"))
        build = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve()
        for role in ("gate", "keeper", "desk"):
            (self.libexec / f"sluice-{role}").symlink_to(build / "src/role" / role / f"sluice-{role}")
        shutil.copy(HERE / "lying_judge.py", self.libexec / "sluice-judge")
        self.say("read")
        super().__init__(environment={"SLUICE_LIBEXEC": str(self.libexec)}, change=self.quick)

    @staticmethod
    def quick(config):
        config["judges"] = 1
        config["timeouts"]["judge"] = "500ms"

    def say(self, mode):
        (self.libexec / "mode").write_text(mode)

    def _end(self):
        super()._end()
        shutil.rmtree(self.libexec, ignore_errors=True)

    def in_log(self, mark):
        return [e for e in self.pg.log() if mark in e.sql and "lab mark" not in e.sql]


def held_or_refused(world, send, mark, seconds=2):
    """Sends it on a connection of its own; a sentence when it was answered as done."""
    client = world.raw("nightly")
    send(client)
    try:
        answer = client.until("NEZC", seconds)
    except (wire.TooLate, wire.Closed):
        answer = None
    client.drop()
    if answer is None:
        return f"{mark}: no answer"
    held = any("held" in n["M"] for n in answer.notices)
    return None if held or answer.errors else f"{mark}: {answer}"


def try_all(world, name):
    wrong, marks = [], {}
    for number, sql in enumerate(WRITES):
        for way in ("simple", "extended"):
            mark = f"m{name}{number}{way}"
            marks[mark] = sql = WRITES[number].replace("MARK", mark)
            send = (lambda c, s=sql: c.query(s)) if way == "simple" else (lambda c, s=sql: c.extended(s))
            wrong.append(held_or_refused(world, send, mark))
    said = world.pg.log()
    wrong += [f"ran: {e}" for e in said if e.kind in ("statement", "execute", "bind")
              for mark in marks if mark in e.sql]
    return [w for w in wrong if w]


def a_liar(world, mode):
    world.say(mode)
    wrong = try_all(world, mode.replace("-", "_"))
    assert not wrong, "\n".join(wrong[:10])


def a_broken_answer(world, mode):
    """Even a harmless text is held then, and the judge is replaced."""
    world.say("read")
    before = world.pids("judge") or set()
    world.say(mode)
    mark = f"broken_{mode.replace('-', '_')}"
    wrong = held_or_refused(world, lambda c: c.query(f"select '{mark}' as a, id from public.orders"), mark)
    assert wrong is None, wrong
    assert not world.in_log(mark), "it ran"
    if mode in ("another", "frame", "gates-words", "never", "late", "gone"):
        lab.wait_for(lambda: (now := set(world.judges())) and not now & set(before), 10, "another judge")


WITNESSED = [
    ("a column", "select email from customers where id = 7"),
    ("every column", "select * from public.customers where id = 7"),
    ("a subquery", "select x.e from (select email as e from customers where id = 7) x"),
    ("a join", "select o.item, c.email from orders o, customers c where c.id = 7"),
    ("a second statement", "select id from orders limit 1; select email from customers where id = 7"),
    ("a labelled table", "select amount from payments"),
]


def a_blind_judge(world):
    """It says that a text only reads orders: the server's own description shows the labelled column, and the
    answer is stopped before its first row, whether the client asks for a description or not."""
    world.say("read")
    wrong = []
    for what, sql in WITNESSED:
        ways = [("simple", lambda c: c.query(sql)), ("extended", lambda c: c.extended(sql))]
        if ";" not in sql:
            ways.append(("without describe", lambda c: c.write(
                wire.parse(sql) + wire.bind() + wire.execute() + wire.message(b"S"))))
        else:
            ways.pop()
        for way, send in ways:
            client = world.raw("nightly")
            send(client)
            try:
                answer = client.until("EZ", 6)
                said = [e["C"] for e in answer.errors]
                if said != ["42501"] or "person7" in str(answer.rows) or (answer.rows and ";" not in sql):
                    wrong.append(f"{what}, {way}: {answer}")
            except wire.Closed:
                wrong.append(f"{what}, {way}: closed without a word")
            client.drop()
    assert not wrong, "\n".join(wrong)
    lab.wait_for(lambda: world.files_with('"event":"stopped"', ("state/ledger/tile/entries",)), 5, "the ledger")


def a_skipped_description(world):
    """A Describe that the server skips, because what was before it failed, is no word of the server's: the gate
    asks itself before the Execute that follows."""
    world.say("read")
    client = world.raw("nightly")
    client.ask("begin")
    client.write(wire.parse("select id, email from customers where id = 7") + wire.bind((), "w") + wire.SYNC)
    assert client.answer().error is None
    assert client.ask("savepoint a").error is None
    client.write(wire.parse("select no_such_column from orders", "bad") + wire.describe(b"P", "w") + wire.SYNC)
    assert client.answer().error == "42703"
    assert client.ask("rollback to a").error is None
    client.write(wire.execute("w") + wire.SYNC)
    answer = client.until("EZ", 6)
    assert [e["C"] for e in answer.errors] == ["42501"] and not answer.rows, str(answer)
    client.drop()


def an_unlabelled_read_passes(world):
    world.say("read")
    client = world.raw("nightly")
    answer = client.ask("select id, name from customers where id = 8", 6)
    assert answer.rows and not answer.errors, str(answer)


def a_good_word_again(world):
    """After all of it a fresh judge is believed again."""
    world.say("read")
    client = world.raw("nightly")

    def works():
        answer = client.ask(f"select 'fine', id from public.orders where id = {len(tried)}", 8)
        tried.append(answer)
        return answer.rows
    tried = []
    lab.wait_for(works, 20, "a flowing read")


def run(out):
    with CapturedLab() as world:
        world.judges = lambda: world.pids("judge")
        for mode in ("read", "read-every-flag"):
            out.run(f"captured judge: `{mode}` for everything runs nothing that does more", a_liar, world, mode)
        out.run("captured judge: a labelled column that it did not see is stopped by the server's own word",
                a_blind_judge, world)
        out.run("captured judge: a description that the server skipped is asked for again",
                a_skipped_description, world)
        out.run("captured judge: what is not labelled passes", an_unlabelled_read_passes, world)
        for mode in BROKEN:
            out.run(f"captured judge: an answer that is {mode} means held", a_broken_answer, world, mode)
        out.run("captured judge: a fresh one is believed again", a_good_word_again, world)
        out.run("captured judge: the gate and the keeper never ended", nobody_else_ended, world)
        code = world.stop()
        verified = world.ledger_verify()
        out.report("captured judge: the ledger verifies", why=None if code == 0 and verified.rc == 0
                   else f"serve ended with {code}\n{verified}")


def nobody_else_ended(world):
    wrong = [x for x in world.events("program_ended") if "program=judge" not in x]
    assert not wrong, "\n".join(wrong)
