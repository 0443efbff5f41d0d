"""sluice request: a file of statements, one approval, and running it; and psql with the same approval."""

import re

from lab import wait_for

MIGRATION = """-- a comment; with a semicolon
begin;
insert into staging.wide values (7, 'a;b');
/* another; one */
do $$ begin perform 1; end $$;
delete from staging.scratch where id = 3;
commit;
"""


def migration(lab, text=MIGRATION):
    file = lab.folder / "migration.sql"
    file.write_text(text)
    return file


def request(lab, *args, user="agent-7", input=None):
    return lab.sluice("request", "--target", "finance", *args, environment=lab.client_environment(user), input=input)


def ask(lab, file, reason="TKT-9: it's due"):
    done = request(lab, "-f", file, "--reason", reason)
    assert done.rc == 0, done
    assert "--run --id" in done.err, done
    return done.out.strip()


def start(lab, *args):
    return lab.start_client([lab.program, "request", "--target", "finance", *map(str, args)])


def decide(lab, verb, approval, by="rita"):
    return lab.sluice(verb, approval, "--reason", "looked at it", "--yes", "--credential-file", lab.enroll(by), *lab.where())


def approve(lab, approval, by=("rita",)):
    for who in by:
        done = decide(lab, "approve", approval, who)
        assert done.rc == 0, done


def show(lab, approval):
    return lab.sluice("show", approval, "--credential-file", lab.enroll("rita"), *lab.where(), check=True).out


def test_asked_then_run(lab):
    """asked, shown with all its statements, approved, run from another connection"""
    approval = ask(lab, migration(lab))
    shown = show(lab, approval)
    for part in ("'a;b'", "do $$ begin perform 1; end $$", "where id = 3", "TKT-9: it's due", "list of 5"):
        assert part in shown, (part, shown)
    before = request(lab, "-f", migration(lab, "select 1;"), "--run", "--id", approval)
    assert before.rc == 1 and "not its first statement" in before.err, before
    approve(lab, approval)
    done = request(lab, "-f", migration(lab), "--run", "--id", approval)
    assert done.rc == 0, done
    assert re.findall(r"^\d/5  ([A-Z]+)", done.out, re.M) == ["BEGIN", "INSERT", "DO", "DELETE", "COMMIT"], done
    assert lab.pg.sql("select count(*) from staging.wide where id = 7") == "1"
    again = request(lab, "-f", migration(lab), "--run", "--id", approval)
    assert again.rc == 1 and "has run" in again.err, again


def test_waits(lab):
    """--run waits for the decision, and a denial ends it"""
    for verb, code in (("approve", 0), ("deny", 1)):
        child = start(lab, "-f", migration(lab, "delete from staging.scratch where id = 4; select 1"), "--reason", "now", "--run")
        approval = wait_for(lambda c=child: c.stdout.readline().strip() or None, 10, "an approval")
        assert decide(lab, verb, approval).rc == 0
        out, err = child.communicate(timeout=20)
        assert child.returncode == code, (out, err)
        assert ("2/2" in out) == (code == 0), (out, err)


def test_stops_at_an_error(lab):
    """a statement that fails ends it: how many ran, exit 1, the rest never runs"""
    file = migration(lab, "delete from staging.scratch where id = 5;\ndelete from staging.scratch where id = 1/0;\n"
                          "delete from staging.scratch where id = 6;")
    approval = ask(lab, file)
    approve(lab, approval, ["rita"])
    done = request(lab, "-f", file, "--run", "--id", approval)
    assert done.rc == 1 and "1 of 3 statements ran" in done.err, done
    assert not lab.ran("id = 6"), "the rest ran"
    assert '"ran": 1' in lab.sluice("show", approval, "--json", "--credential-file", lab.enroll("rita"),
                                    *lab.where(), check=True).out


def test_psql(lab):
    """psql notes a file, asks, and runs it with the approval"""
    file = migration(lab, "delete from staging.scratch where id = 8;\nselect 'two' as x;\n")
    asked = lab.psql("-c", "set sluice.reason = 'by psql'", "-c", "set sluice.request = 'new'", "-f", file,
                     "-c", "set sluice.request = 'ask'", "-c", "show sluice.request")
    approval = asked.out.split()[-1]
    assert re.fullmatch(r"[0-9a-f-]{36}", approval), asked
    approve(lab, approval, ["rita"])
    done = lab.psql("-c", f"set sluice.request = '{approval}'", "-f", file)
    assert done.rc == 0 and "two" in done.out, done


def test_a_long_list(lab):
    """250 statements and a megabyte: shown whole, run in order"""
    texts = [f"delete from staging.scratch where id = {n} and note = '{'x' * 4000}{n}'" for n in range(250)]
    file = migration(lab, ";\n".join(texts))
    approval = ask(lab, file)
    shown = show(lab, approval)
    assert "list of 250" in shown and "x249'" in shown
    approve(lab, approval)
    done = request(lab, "-f", file, "--run", "--id", approval, "--json")
    assert done.rc == 0 and done.out.count('"event":"ran"') == 250, (done.rc, done.out[-300:], done.err[-300:])


def test_files_that_are_refused(lab):
    """not SQL, psql's own commands, nothing, too much, COPY data: a sentence, no approval"""
    for text, code, why in (("select 'x", 2, ":1:"), ("select 1;\n\\copy t from x\n", 2, ":2: psql"), (" -- nothing\n", 2, "no statement"),
                            ("select 1;" * 300, 2, "256"), ("copy staging.scratch from stdin;", 1, "nobody saw the data"),
                            ("drop table orders;", 1, "denied")):
        done = request(lab, "-f", migration(lab, text), "--reason", "r")
        assert done.rc == code and why in done.err, (text[:40], done)
    assert request(lab, "-f", "-", "--reason", "r", input="select 1").rc == 1    # held by nothing
    assert request(lab, "-f", "/does/not/exist", "--reason", "r").rc == 2
    assert request(lab, "--reason", "r").rc == 2


def test_a_wrong_token(lab):
    """who may not connect hears why, and 3"""
    done = lab.sluice("request", "--target", "finance", "-f", migration(lab), "--reason", "r",
                      environment={**lab.client_environment(), "PGPASSWORD": "slt_wrong"})
    assert done.rc == 3, done


def test_an_envelope(lab):
    """asked for through the command, shown with its bounds, used by psql, taken back"""
    rule = {"name": "people one by one", "when": {"identity_kind": ["agent"], "effects": ["read"], "labels": ["pii"]},
            "then": "hold", "reviewers": {"groups": ["data-stewards"]}, "envelope": "yes"}
    lab.config["policy"].append(rule)
    lab.write_config()
    count = len(lab.events("reloaded"))
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > count, 10, "the reload")
    file = migration(lab, "select email from customers where id = 1;")
    words = ("--envelope", "--run-name", "tickets", "--times", "3", "--rows", "5", "--for", "20m", "--reason", "TKT-9")
    for without in (2, 4, 6, 8):        # a bound that is left out
        done = request(lab, "-f", file, *words[:without - 1], *words[without + 1:])
        assert done.rc == 2, done
    done = request(lab, "-f", migration(lab, "delete from staging.scratch where id = 1;"), *words)
    assert done.rc == 1 and "more than one SELECT that reads" in done.err, done
    done = request(lab, "-f", migration(lab, "select email from customers where id = 1;"), *words)
    assert done.rc == 0 and "set sluice.run = 'tickets'" in done.err, done
    approval = done.out.strip()
    shown = show(lab, approval)
    for part in ("ENVELOPE: a yes lets this run 3 times within 20m", "up to 5 rows", "id = {integer}", "0 of 3"):
        assert part in shown, (part, shown)
    approve(lab, approval)
    take = ["-c", "set sluice.run = 'tickets'", "-c", f"set sluice.request = '{approval}'"]
    done = lab.psql(*take, "-c", "select email from customers where id = 2;", "-c", "select email from customers where id = 3;")
    assert done.rc == 0 and done.out.count("@") == 2, done
    assert "2 of 3" in show(lab, approval), show(lab, approval)
    lab.sluice("revoke", approval, "--reason", "enough", "--credential-file", lab.enroll("rita"), *lab.where(), check=True)
    done = lab.psql(*take)
    assert done.rc != 0 and "that approval is over" in done.err, done


def test_killed_in_the_middle(lab):
    """sluice request is killed while a statement runs: what is left never runs, and the ledger knows it"""
    child = start(lab, "-f", migration(lab, "delete from staging.scratch where id = 7709; select pg_sleep(20); "
                                            "delete from staging.scratch where id = 7710;"), "--reason", "r", "--run")
    approval = wait_for(lambda: child.stdout.readline().strip() or None, 10, "an approval")
    approve(lab, approval, ["rita"])
    wait_for(lambda: child.stdout.readline().startswith("1/3") or None, 10, "its first statement")
    child.kill()
    child.wait()
    wait_for(lambda: re.search(r'"outcome": "(unknown|failed)"', lab.sluice(
        "show", approval, "--json", "--credential-file", lab.enroll("rita"), *lab.where()).out) or None, 10, "an outcome")
    assert not lab.ran("id = 7710")
    assert lab.ledger_verify().rc == 0
