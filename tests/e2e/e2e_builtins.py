"""PostgreSQL's own functions: does the table of script/builtins tell the truth of real servers?"""

import functools
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import subprocess

from tap import Skip

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "script" / "builtins"

STAGE = """
analyze customers;
set role app;
create function staging.seen(v int) returns bool language plpgsql as
    $$ begin insert into staging.lonely values (v, 'seen'); return true; end $$;
create domain staging.watched as int check (staging.seen(value));
create type staging.pair_of as (a staging.watched);
create function staging.one() returns int language sql immutable as 'select 1';
reset role;
create statistics staging.together (mcv) on (id % 3), (customer % 3) from payments;
analyze payments;
"""
SSN = "'select ssn from customers where id = 1'"
SEEN = "select id, note from staging.lonely"

# What the judge must say, what is run (as the role app, unless "!" stands before it), and what must be seen then.
# A text before "=>" prepares, one behind "<=" looks at what came of it.
PROOFS = [
    # runs SQL, or reads what an argument names
    ("opaque", f"select query_to_xml({SSN}, true, false, '')", "<ssn>000007919</ssn>"),
    ("opaque", f"select query_to_xml_and_xmlschema({SSN}, true, false, '')", "<ssn>000007919</ssn>"),
    ("opaque", f"select query_to_xmlschema({SSN}, true, false, '')", 'name="ssn"'),
    ("opaque", "select word from ts_stat('select to_tsvector(''simple'', ssn) from customers where id = 1')", "000007919"),
    ("opaque", "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ssn::tsquery from customers where id = 1')",
     "000007919"),
    ("opaque", "select table_to_xml('customers', true, false, '')", "<ssn>000007919</ssn>"),
    ("opaque", "select table_to_xml_and_xmlschema('customers', true, false, '')", "<ssn>000007919</ssn>"),
    ("opaque", "select table_to_xmlschema('customers', true, false, '')", 'name="ssn"'),
    ("opaque", "select schema_to_xml('public', true, false, '')", "<ssn>000007919</ssn>"),
    ("opaque", "select schema_to_xmlschema('public', true, false, '')", 'name="customers"'),
    ("opaque", "select database_to_xml(true, false, '')", "<ssn>000007919</ssn>"),
    ("opaque", "begin; declare c cursor for select ssn from customers order by id =>"
               "select cursor_to_xml('c', 1, true, false, '')", "<ssn>000007919</ssn>"),
    # runs code of users
    ("opaque", f"select json_populate_record(null::staging.pair_of, '{{\"a\": 41}}') <= {SEEN}", r"41\|seen"),
    ("opaque", f"select * from jsonb_populate_recordset(null::staging.pair_of, '[{{\"a\": 42}}]') <= {SEEN}",
     r"42\|seen"),
    ("opaque", f"select domain_in('43', 'staging.watched'::regtype::oid, -1) is null <= {SEEN}", r"43\|seen"),
    ("opaque", f"select record_in('(44)', 'staging.pair_of'::regtype::oid, -1) <= {SEEN}", r"44\|seen"),
    ("opaque", f"select array_in('{{45}}', 'staging.watched'::regtype::oid, -1) <= {SEEN}", r"45\|seen"),
    ("opaque", "select amvalidate(oid) from pg_catalog.pg_opclass where opcname = 'int4_ops' limit 1", "^t$"),
    # shows or gives away values of other tables
    ("opaque", "select histogram_bounds from pg_stats where tablename = 'customers' and attname = 'ssn'", "000007919"),
    ("opaque", "!select values from pg_statistic_ext_data, pg_mcv_list_items(stxdmcv)", r"\{[012],[012]\}"),
    ("opaque", "select currtid2('customers', '(0,1)')", r"\(0,1\)"),
    ("opaque", "begin => select pg_logical_emit_message(true, 'proof', 'a value on its way out') <= commit", "/"),
    ("opaque", "select stxdmcv from pg_statistic_ext_data", "ERROR:  permission denied"),
    # files
    ("program", "!select pg_read_file('postgresql.conf')", "listen_addresses"),
    ("program", "!select pg_read_binary_file('PG_VERSION')", "31350a"),
    ("program", "!select * from pg_ls_dir('.')", "PG_VERSION"),
    ("program", "!select size from pg_stat_file('PG_VERSION')", "^3$"),
    ("program", "!select lo_from_bytea(4713, 'proof') => select lo_export(4713, 'proof.bin') <="
                " select pg_read_file('proof.bin')", "proof"),
    ("program", "!select lo_import('PG_VERSION', 4711) <= select lo_get(4711)", "31350a"),
    # large objects
    ("opaque", "select lo_from_bytea(4712, 'shelf') <= select lo_get(4712)", "7368656c66"),
    ("opaque", "select lo_put(4712, 0, 'S') <= select lo_get(4712)", "5368656c66"),
    ("opaque", "begin => select loread(lo_open(4712, 262144), 5)", "5368656c66"),
    ("opaque", "begin => select lowrite(lo_open(4712, 131072), 'T') <= select lo_get(4712)", "5468656c66"),
    ("opaque", "select lo_unlink(4712) <= select lo_get(4712)", "ERROR:  large object 4712 does not exist"),
    ("opaque", "!select data from pg_largeobject where loid = 4711", "31350a"),
    # the session, and what others hear
    ("session", "select set_config('search_path', 'staging', false) <= show search_path", "staging\nstaging"),
    ("session", "listen proof => select pg_notify('proof', 'heard')", 'notification "proof" with payload "heard"'),
    ("session", "select pg_advisory_lock(77) <= select objid from pg_locks where locktype = 'advisory'", "77"),
    ("session", "create temporary table seeded as select random() as r from (select setseed(0.25) offset 0) s =>"
                " select setseed(0.25) <= select 'the same' from seeded where r = random()", "the same"),
    ("session", "begin isolation level repeatable read => select pg_export_snapshot()", r"^\w{8}-\w{8}-1$"),
    ("update", "create temporary sequence s; select nextval('s') => select nextval('s')", "1\n2"),
    ("update", "create temporary sequence s => select setval('s', 41) <= select nextval('s')", "41\n42"),
    # the server and other sessions
    ("admin", "!select pg_terminate_backend(pg_backend_pid())", "terminating connection"),
    ("admin", "!select query from pg_stat_get_activity(null) where pid = pg_backend_pid()", "pg_stat_get_activity"),
    ("admin", "!select pg_create_restore_point('proof')", "^[0-9A-F]+/"),
    ("admin", "!select pg_stat_reset() <= select stats_reset > now() - interval '1 min' from pg_stat_database"
              " where datname = 'shop'", "t$"),
    ("admin", "!select pg_reload_conf()", "^t$"),
    ("admin", "!select binary_upgrade_set_next_pg_type_oid(1)", "ERROR:  function can only be called .*upgrade"),
    ("admin", "!select rolpassword from pg_authid where rolname = 'app'", "SCRAM-SHA-256"),
    # values in bulk
    ("export", "select string_agg(ssn, ' ' order by id) from customers", "000007919 000015838 000023757"),
    ("export", "select array_agg(ssn order by id) from customers", "000007919,000015838"),
    ("export", "select jsonb_agg(ssn order by id) from customers", '000007919", "000015838'),
    ("export", "select json_object_agg(id, ssn order by id) from customers", '000007919", "2" : "000015838'),
    ("export", "select xmlagg(xmlelement(name s, ssn) order by id) from customers", "000007919</s><s>000015838"),
    # nobody can call these
    ("opaque", "select btint4sortsupport(null)", "ERROR:  (function .* does not exist|cannot accept a value of type internal)"),
    ("opaque", "select null::internal", "ERROR:  cannot "),
    ("opaque", "select suppress_redundant_updates_trigger()", "ERROR: .*trigger"),
    ("opaque", "select plpgsql_call_handler()", "ERROR: "),
]

# Parameters that are not harmless: what the very same text gives before and after.
TURNS = [
    ("transform_null_equals = on", "select null = null", "", "t"),
    ("standard_conforming_strings = off", r"select length('\\')", "2", "1"),
    ("search_path = staging", "select to_regclass('customers') is null", "f", "t"),
    ("role = app", "select current_user", "postgres", "app"),
    ("row_security = off", "show row_security", "on", "off"),
]


@functools.cache
def run_script(*arguments):
    done = subprocess.run([str(SCRIPT), *arguments], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 3:
        raise Skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return done.stdout


def load_script():
    loader = importlib.machinery.SourceFileLoader("builtins_script", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("builtins_script", loader))
    loader.exec_module(module)
    return module


def newer_servers(lab):
    """The programs of 16 and 17, fetched at the first call."""
    script = load_script()
    if not hasattr(lab, "newer_servers"):
        folder = lab.folder / "newer"
        folder.mkdir(exist_ok=True)
        try:
            lab.newer_servers = {v: script.programs_of(v, {}, folder) for v in script.NPM}
        except script.Missing as why:
            raise Skip(str(why)) from why
    return lab.newer_servers


def test_table_is_right_for_15(lab):
    """script/builtins --check 15: the table is what PostgreSQL 15 and the reviewed lists make"""
    assert "agree with the table" in run_script("--check", "15")


def test_nothing_is_of_a_later_minor(lab):
    """no row of the table is of a later minor version of PostgreSQL 15 than the server at hand"""
    later = [line for line in run_script("--check", "15").splitlines() if "skipped" in line]
    if later:
        raise Skip(later[0])


def test_table_is_right_for_all(lab):
    """script/builtins --check: with 15, 16 and 17 the table is the same to the letter"""
    newer = [word for version, programs in newer_servers(lab).items() for word in ("--server", f"{version}={programs}")]
    assert "agree with the table" in run_script("--check", *newer)


def server_of(version, *names):
    """The facts of a made-up server: functions that everybody has looked at."""
    return {"functions": [[name, "f", "v", "u", "internal", "f", "t", "t", "text,text"] for name in names],
            "relations": [], "settings": [], "types": [["int4", "b", "internal"]], "called": [], "version": [[version]]}


def test_minor_versions(lab):
    """an earlier minor version may lack what a later one brought, and nothing else may differ"""
    script = load_script()

    def made(**servers):
        servers = {int(v.removeprefix("v")): server_of(*facts) for v, facts in servers.items()}
        return script.table(script.judge_facts(servers)[0], servers)
    table = made(v15=("15.20", "pg_notify", "query_to_xml"), v16=("16.14", "pg_notify"), v17=("17.10", "pg_notify"))
    cases = [   # the server's version, what it has; what is wrong, what is of a later minor version
        ("15.20 (Debian)", ("pg_notify", "query_to_xml"), [], []),
        ("15.18", ("pg_notify", "query_to_xml"), [], []),
        ("15.18", ("pg_notify",), [], ["query_to_xml"]),
        ("15.9", ("pg_notify",), [], ["query_to_xml"]),           # numbers, not text
        ("15.20", ("pg_notify",), ["query_to_xml is in the table but not on the server of 15"], []),
        ("15.21", ("pg_notify",), ["query_to_xml is in the table but not on the server of 15"], []),
        ("15.18", ("pg_notify", "pg_ls_dir", "query_to_xml"), ["pg_ls_dir is not in the table for 15"], []),
        ("15.21", ("pg_notify", "pg_ls_dir", "query_to_xml"), ["pg_ls_dir is not in the table for 15"], []),
    ]
    for version, names, wrong, later in cases:
        want = made(v15=(version, *names))
        assert script.compare(table, want, [15]) == wrong, (version, names, script.compare(table, want, [15]))
        assert script.of_later_minors(table, want, [15]) == later, (version, names)
    # An earlier 15 excuses no 16, and a class is the same in each minor version.
    assert script.compare(table, made(v15=("15.18", "pg_notify"), v16=("16.14",)), [15, 16]) == [
        "pg_notify is in the table but not on the server of 16"]
    other = made(v15=("15.18", "pg_notify")).replace('("pg_notify", NOTIFY', '("pg_notify", PURE')
    assert script.compare(table, other, [15]) != []
    # Reviewed, and on no server: excused where each version that has it is at hand in an earlier minor version.
    name = ("functions", "query_to_xml")
    for at_hand, good in (({15: 18, 16: 14, 17: 10}, True), ({15: 18}, True), ({15: 20}, False), ({15: 21}, False),
                          ({16: 1, 17: 1}, False), ({}, False)):
        assert (name in script.excused(table, at_hand)) is good, at_hand
    assert ("functions", "pg_notify") not in script.excused(table, {15: 18, 16: 14, 17: 10})
    missing = "no server knows query_to_xml (builtins_functions.txt)"
    servers = {v: server_of(f"{v}.1", "pg_notify") for v in script.VERSIONS}
    assert missing in script.judge_facts(servers)[1] and missing not in script.judge_facts(servers, {name})[1]
    assert script.minors_at_hand(servers) == {15: 1, 16: 1, 17: 1}


def test_unreviewed(lab):
    """what a server has and nobody reviewed is named, and a changed table is noticed"""
    script = load_script()
    server = {"functions": [["surprise", "f", "v", "u", "internal", "f", "t", "t", "text,text"],
                            ["calm", "f", "i", "s", "internal", "f", "f", "t", "int4,int4"],
                            ["hidden", "f", "i", "s", "internal", "f", "f", "f", "int4,int4"],
                            ["gather", "a", "i", "s", "internal", "f", "f", "t", "int4,_int4"],
                            ["query_to_xml", "f", "v", "u", "internal", "f", "t", "t", "text,bool,bool,text,xml"]],
              "relations": [["pg_catalog.pg_surprise"]], "settings": [["surprise"]], "version": [["15.0"]],
              "types": [["int4", "b", "internal"]], "called": [["operator +", "calm"], ["operator ~", "query_to_xml"]]}
    made, wrong = script.judge_facts({15: server})
    assert wrong == ["function gather is not reviewed (builtins_functions.txt)",
                     "function hidden is not reviewed (builtins_functions.txt)",
                     "function surprise is not reviewed (builtins_functions.txt)",
                     "operator ~ calls query_to_xml, which is RUNS_SQL",
                     "relation pg_catalog.pg_surprise is not reviewed (builtins_relations.txt)",
                     "setting surprise is not reviewed (builtins_settings.txt)"], wrong
    text = script.table(made, {15: server})
    assert script.compare(text, text, [15]) == []
    for old, new in (("calm", "clam"), ("RUNS_SQL", "LEAKS"), ("RUNS_SQL, 1, 0, 1", "RUNS_SQL, 1, 0, 0"),
                     ('D("query_to_xml", RUNS_SQL', 'K("query_to_xml", PURE')):
        assert script.compare(text.replace(old, new), text, [15]) != [], (old, new)
    assert script.compare(text.replace('K("calm", PURE', 'D("calm", RUNS_CODE'), text, [15]) == []


def judged(lab, statements):
    """The effects of each statement, as `sluice judge` tells them, with the tables of the shop known."""
    schema = lab.folder / "schema.sql"
    schema.write_text("create table customers (id int, name text, email text, ssn text);")
    asked = "".join(json.dumps({"id": n, "sql": s}) + "\n" for n, s in enumerate(statements))
    done = lab.sluice("judge", "--dialect", "postgres", "--schema", schema, input=asked)
    assert done.rc == 0, done
    return [{e for s in json.loads(line)["statements"] for e in s["effects"]} for line in done.out.splitlines()]


def parts(text):
    before, _, rest = text.removeprefix("!").rpartition("=>")
    sql, _, after = rest.partition("<=")
    return before.strip(), sql.strip(), after.strip()


def test_proofs(lab):
    """dangerous functions do on a real server what their class says, and the judge says so"""
    lab.pg.sql(STAGE)
    effects = judged(lab, [parts(text)[1] for _, text, _ in PROOFS])
    wrong = []
    for (effect, text, seen), found in zip(PROOFS, effects):
        before, sql, after = parts(text)
        lines = [line + ";" for line in (before, sql, after) if line]
        role = "" if text.startswith("!") else "set role app;\n"
        done = lab.pg._psql(role + "\n".join(lines), "shop")
        if not re.search(seen, done.stdout + done.stderr, re.M | re.S):
            wrong.append(f"{sql}\n    does not show {seen}: {(done.stdout + done.stderr)[:300]}")
        if effect not in found:
            wrong.append(f"{sql}\n    is judged {sorted(found)}, without {effect}")
    assert not wrong, "\n".join(wrong)


def test_parameters(lab):
    """a parameter that is not harmless makes the same text mean something else"""
    script = load_script()
    settings, _ = script.read_list("settings")
    for setting, sql, before, after in TURNS:
        assert settings[setting.split()[0]][0] == "CONTEXT", setting
        assert lab.pg.sql(sql) == before, (sql, lab.pg.sql(sql))
        assert lab.pg.sql(f"set {setting};\n{sql}") == after, (setting, sql)


# Two values of each type that an aggregate may take, and how a result shows them.
TWO = {"int4": ("1111", "2222"), "text": ("aaaa", "bbbb"), "bytea": ("aaaa", "bbbb"), "xml": ("<a>aaaa</a>", "<a>bbbb</a>"),
       "float8": ("1111", "2222"), "bool": ("true", "false"), "anyelement": ("1111", "2222"),
       "anynonarray": ("1111", "2222"), "anyarray": ("{1111}", "{2222}"), "anyrange": ("[1111,1112)", "[2222,2223)")}
MARK = re.compile(r"1111|2222|aaaa|bbbb|true|false")


def test_aggregates(lab):
    """an aggregate that gives back two of its values is an export, and no other is"""
    script = load_script()
    rows = script.rows_of(script.TABLE.read_text(encoding="utf-8"), [15])
    groups = {name: group for (section, name), (group, *_) in rows.items() if "FUNCTIONS" in section}
    found = lab.pg.sql("""select p.proname, string_agg(t.typname, ' ' order by a.at) from pg_proc p
        join pg_aggregate g on g.aggfnoid = p.oid and g.aggkind = 'n', unnest(p.proargtypes) with ordinality a(oid, at)
        join pg_type t on t.oid = a.oid where p.pronamespace = 'pg_catalog'::regnamespace group by p.oid, p.proname""")
    asked = 0
    for name, types in (line.split("|") for line in found.splitlines()):
        first, *others = ["int4" if t == "any" else t for t in types.split()]
        if first not in TWO or any(t not in TWO for t in others):
            continue
        cast = {"anyarray": "int4[]", "anyrange": "int4range", "anyelement": "int4", "anynonarray": "int4"}.get(first, first)
        one, two = (f"'{v}'::{cast}" for v in TWO[first])
        more = "".join(f", {t}({x})" for t, x in zip(others, ["x"] * 9)) if cast == "int4" else ", x" * len(others)
        done = lab.pg._psql("set bytea_output = escape; "
                            f"select {name}(x{more})::text from (values ({one}), ({two})) v(x)", "shop")
        both = all(MARK.search(v)[0] in done.stdout for v in TWO[first])
        assert done.returncode == 0, (name, types, done.stderr)
        assert both == (groups[name] == "VALUES"), (name, types, groups[name], done.stdout)
        asked += 1
    assert asked > 30, asked


# An ordinary value of each type; a function with an argument of another type is not called.
VALUES = {
    "int2": "1", "int4": "1", "int8": "1", "float4": "1.5", "float8": "1.5", "numeric": "1.5", "money": "1", "bool": "true",
    "text": "customers", "name": "customers", "bpchar": "a", "varchar": "a", "char": "a", "bytea": "a", "oid": "1259",
    "bit": "1", "varbit": "1", "date": "2026-01-02", "time": "03:04", "timetz": "03:04+00", "interval": "1 day",
    "timestamp": "2026-01-02", "timestamptz": "2026-01-02", "uuid": "00000000-0000-0000-0000-000000000001",
    "json": '{"a": 1}', "jsonb": '{"a": 1}', "jsonpath": "$.a", "xml": "<a/>", "inet": "127.0.0.1", "cidr": "127.0.0.1",
    "macaddr": "08:00:2b:01:02:03", "macaddr8": "08:00:2b:01:02:03:04:05", "point": "1,2", "box": "1,2,3,4",
    "lseg": "1,2,3,4", "line": "1,2,3,4", "path": "1,2,3,4", "polygon": "1,2,3,4", "circle": "1,2,3", "tsvector": "a b",
    "tsquery": "a & b", "regclass": "staging.counting", "regtype": "int4", "regconfig": "simple", "regdictionary": "simple",
    "xid": "3", "xid8": "3", "pg_lsn": "0/1", "tid": "(0,1)", "oidvector": "1 2", "int2vector": "1 2", "pg_snapshot": "1:2:",
    "txid_snapshot": "1:2:", "aclitem": "=r/app", "_text": "{a,b}", "_int4": "{1,2}", "_int8": "{1,2}", "_float8": "{1,2}",
    "_aclitem": "{=r/app}", "_name": "{a}", "_oid": "{1259}"}
AS = {"anyelement": "int4", "anycompatible": "int4", "anynonarray": "int4", "any": "int4", "anyarray": "_int4",
      "anycompatiblearray": "_int4", "anyrange": "int4range", "anymultirange": "int4multirange"}
MORE = {"int4range": "[1,3)", "int4multirange": "{[1,3)}"}

STATE = """(select md5(string_agg(name || setting, ',' order by name)) from pg_settings where name not like 'transaction%%')
    || (select count(*) from pg_locks where locktype = 'advisory') || (select count(*) from pg_cursors)
    || (select count(*) from pg_listening_channels())"""
# Calls each function and tells how many there were, whether the session is as it was, and which functions wrote or
# lacked rights. Any other error is an answer.
PROBE = """
do $probe$ declare f record; called int := 0; bad text := ''; before text := """ + STATE + """; begin
    for f in
        select p.proname, string_agg(coalesce(quote_literal(v.value) || '::' || quote_ident(v.type), '?'), ', '
                                     order by a.at) filter (where a.oid is not null) arguments
        from pg_proc p left join lateral unnest(p.proargtypes) with ordinality a(oid, at) on true
            left join pg_type t on t.oid = a.oid left join (values %s) v(name, type, value) on v.name = t.typname
        where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and p.proname = any ('{%s}')
        group by p.oid, p.proname order by p.proname
    loop
        continue when f.arguments like '%%?%%';
        called := called + 1;
        begin
            execute format('select count(*) from (select pg_catalog.%%I(%%s)) s', f.proname, f.arguments);
        exception
            when read_only_sql_transaction or insufficient_privilege then bad := bad || ' ' || f.proname;
            when others then null;
        end;
    end loop;
    raise warning 'called %%, %%:%%', called, before = """ + STATE + """, bad;
end $probe$"""
COUNTING = ["create sequence staging.counting", "alter sequence staging.counting owner to app"]


def probe(run, names):
    """How many functions of these names were called, as app and read-only; which did what they should not; and
    whether the session is as it was. run(statements): gives back what the server said."""
    values = [(n, n, v) for n, v in {**VALUES, **MORE}.items()] + [(n, t, {**VALUES, **MORE}[t]) for n, t in AS.items()]
    rows = ", ".join("({})".format(", ".join("'" + x.replace("'", "''") + "'" for x in row)) for row in values)
    call = PROBE % (rows, ",".join(f'"{n}"' for n in names))
    # The empty DO loads PL/pgSQL, which brings parameters of its own.
    said = run(["set session authorization app", "do 'begin end'", "begin read only", call, "commit"])
    told = re.search(r"WARNING:  called (\d+), (\w):(.*)", said)
    assert told, said
    return int(told[1]), told[3].split(), told[2] == "t"


def harmless(script, version):
    rows = script.rows_of(script.TABLE.read_text(encoding="utf-8"), [version])
    return [name for (section, name), (group, *_) in rows.items()
            if "FUNCTIONS" in section and group == "PURE" and not name.startswith("pg_sleep")]


def check_probes(script, version, run):
    called, bad, same = probe(run, harmless(script, version))
    assert called > 2000 and bad == [] and same, (called, bad, same)
    # The probe sees what it should.
    assert set(probe(run, ["nextval", "pg_ls_dir", "setval"])[1]) == {"nextval", "pg_ls_dir", "setval"}
    assert probe(run, ["pg_advisory_lock"]) == (2, [], False)


def test_harmless(lab):
    """harmless functions, called with ordinary values, write nothing, need no right and leave the session as it was"""
    def run(statements):
        done = lab.pg._psql(";\n".join(statements) + ";", "shop")
        assert done.returncode == 0, done.stderr
        return done.stderr
    run(COUNTING)
    check_probes(load_script(), 15, run)


def test_harmless_on_newer_servers(lab):
    """the same on PostgreSQL 16 and 17, where pg_input_is_valid runs the check of a domain"""
    script = load_script()
    for version, programs in newer_servers(lab).items():
        folder = lab.folder / f"server{version}"
        folder.mkdir()
        script.make_server(programs, folder / "it")

        def run(statements, programs=programs, folder=folder):
            return script.run_server(programs, folder / "it", statements)
        run(["create role app", "create schema staging authorization app", "create table customers (id int)",
             "create table staging.lonely (id int, note text)", "alter table staging.lonely owner to app",
             "create function staging.seen(v int) returns bool language plpgsql as"
             " $$ begin insert into staging.lonely values (v, 'seen'); return true; end $$",
             "create domain staging.watched as int check (staging.seen(value))", *COUNTING])
        check_probes(script, version, run)
        said = run(["set session authorization app", "select pg_input_is_valid('46', 'staging.watched')",
                    "do $$ begin raise warning 'saw %', (select note || id from staging.lonely); end $$"])
        assert "saw seen46" in said, said
