"""A judge's answer is taken by the question that asked for it (docs/threat-model.md): what the keeper calls stale in the
middle is held again, and the answer to it is never taken for the answer to the session's next text.

The real gate, keeper and PostgreSQL; between gate and keeper somebody who can say ACTION_STALE at the worst
moment (stale_keeper.py), and a judge that takes its time (lying_judge.py).
"""

import os
import pathlib
import shutil
import tempfile
import time

import lab

HERE = pathlib.Path(__file__).resolve().parent


class StaleLab(lab.Lab):
    """One judge, and a keeper with somebody in between."""

    def __init__(self):
        self.libexec = pathlib.Path(tempfile.mkdtemp(prefix="sluice-libexec-"))
        build = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve()
        for role in ("gate", "desk"):
            (self.libexec / f"sluice-{role}").symlink_to(build / "src/role" / role / f"sluice-{role}")
        (self.libexec / "real-keeper").symlink_to(build / "src/role/keeper/sluice-keeper")
        shutil.copy(HERE / "lying_judge.py", self.libexec / "sluice-judge")
        shutil.copy(HERE / "stale_keeper.py", self.libexec / "sluice-keeper")
        self.say("read")
        super().__init__(environment={"SLUICE_LIBEXEC": str(self.libexec)}, change=self.patient)

    @staticmethod
    def patient(config):
        config["judges"] = 1
        config["timeouts"]["judge"] = "10s"

    def say(self, mode):
        (self.libexec / "mode").write_text(mode)

    def asked(self):
        """Marks of the questions that the slow judge has begun with."""
        file = self.libexec / "asked"
        return file.read_text().splitlines() if file.exists() else []

    def _end(self):
        super()._end()
        shutil.rmtree(self.libexec, ignore_errors=True)


def an_answer_to_another_question(world):
    first = "delete from staging.scratch where note = 'the first'"
    client = world.raw("nightly")
    client.query(first)         # read, says the judge; its own words say more: opaque, and held
    assert any("held" in n["M"] for n in client.until("N", 8).notices)
    world.pg.sql("create table staging.elsewhere (id int)")
    lab.wait_for(lambda: any("generation=2" in e for e in world.events("catalog_read")), 15, "another listing")
    world.say("slow")
    world.approve("rita", world.pending_one(identity="nightly")["id"])
    lab.wait_for(lambda: len(world.asked()) == 1, 10, "a judge that reads it again")
    (world.libexec / "stale").write_text("")
    lab.wait_for(lambda: not (world.libexec / "stale").exists(), 5, "the word in between")
    time.sleep(1)               # a session that gave its question up would have asked again by now
    answer = client.until("NZ", 20)
    assert any("held" in n["M"] for n in answer.notices), f"what was stale is not held again: {answer}"
    client.cancel()
    assert client.answer(10).error == "57014"
    client.query("select 'the second' as a, id from public.orders")     # no answer, says the judge: opaque
    answer = client.until("NZ", 20)
    assert any("held" in n["M"] for n in answer.notices), f"it has run by the answer to another text: {answer}"
    assert not [e for e in world.pg.log() if "the second" in e.sql and "lab mark" not in e.sql], "it ran"
    client.drop()


def run(out):
    with StaleLab() as world:
        out.run("stale: a judge's answer is taken by the question that asked for it (P3, P7)",
                an_answer_to_another_question, world)
        code = world.stop()
        out.report("stale: everything ends as it should", why=None if code == 0 else f"serve ended with {code}")
