"""Views as the server writes them (pg_get_viewdef): the judge must take them for what the DDL that made them was."""

import os
import pathlib
import re

import judge
import wire
from lab import Lab

PROGRAM = pathlib.Path(os.environ.get("SLUICE_BUILD", "build")).resolve() / "src" / "cli" / "sluice"

DDL = """
create table public.customers (id int primary key, name text, email text, ssn text, status text);
create table public.orders (id int primary key, customer_id int, total int, note text, placed date);
create table public.payments (id int primary key, order_id int, card text, amount int);
create view public.top as select id, name, email from public.customers;
create view public.paid (order_id, name, card) as select o.id, c.name, p.card from public.orders o join
    public.customers c on c.id = o.customer_id join public.payments p on p.order_id = o.id where p.amount > 0;
create view public.over as select name from public.paid where order_id > 5;
create materialized view public.worst as select status, count(*) as n, max(ssn) as worst from public.customers group
    by status;
create view public.star as select * from public.worst;
create view public.using_ as select * from public.customers join public.payments using (id);
create view public.row_ as select c, c.ssn as s from public.customers c;
create view public.recursive as with recursive t(n, p) as (select id, name from public.customers union all select
    o.id, t.p from public.orders o join t on t.n = o.customer_id) select p from t;
create view public.aliases as select x.id, p.card from (public.customers c natural left join public.payments p) as
    x(id) , public.payments p where x.name like 'a%';
create view public.distinct_on as select distinct on (name) name, ssn, row_number() over w as r from public.customers
    window w as (partition by email) order by name, ssn;
create view public.functions as select e.key, e.value, g from public.customers c, lateral jsonb_each(to_jsonb(c)) e,
    generate_series(1, 3) with ordinality g;
create view public.sublinks as select case when ssn in ('a','b') then name end as n, array(select note from
    public.orders o where o.customer_id = c.id) as a, exists(select 1 from public.payments) as e from
    public.customers c where c.id = any (array[1,2]) or (c.id, c.name) in (select id, note from public.orders);
create view public.sets as (select name from public.customers union select note from public.orders) except select
    card from public.payments order by 1;
create view public.fields as select (c).ssn as q, (c.*)::text as w, coalesce(c.name, c.email) as z, extract(year from
    o.placed) as y from public.customers c full join public.orders o using (id);
create view public.nested_row as select (q.u).ssn as uu from (select c as u from public.customers c) q where (q.u).id
    > 1;
create view public.join_alias as select j.id, j.note from (public.customers c join public.orders o using (id) as sh)
    as j where j.status = 'x';
create view public.rows as select * from (values (1, 'a'), (2, 'b')) v(a, b) join public.customers c on c.id = v.a;
create view public.sample as select a.id from public.customers a tablesample system (10) where name similar to 'x%'
    and ssn between 'a' and 'b' and email is distinct from name and not status ilike 'q';
create view public.grouped as select string_agg(distinct ssn, ',' order by ssn) filter (where id > 3) as s,
    grouping(status) as g, percentile_cont(0.5) within group (order by id) as p from public.customers group by rollup
    (status);
create view public.xml as select xmlelement(name foo, xmlattributes(name as n), ssn) as x, current_date as d,
    ((array[id, 2])[1]) as f, name collate "C" as cc from public.customers;
"""
VIEW = re.compile(r"create (materialized )?view (public\.\w+) *(\([^)]*\))? as ")


def statements():
    return [s.strip() for s in DDL.split(";\n") if s.strip()]


def written_by_the_server(lab):
    """The same DDL with the queries of its views as the server tells them."""
    client = wire.Raw("127.0.0.1", lab.pg.port, "app", "shop", "app-secret")
    client.ask("set search_path = pg_catalog")
    out = []
    for s in statements():
        view = VIEW.match(s)
        if view is not None:
            text = client.ask(f"select pg_get_viewdef('{view[2]}'::regclass)").rows[0][0]
            s = f"create {view[1] or ''}view {view[2]} {view[3] or ''} as {text.rstrip('; ')}"
        out.append(s)
    client.close()
    return ";\n".join(out) + ";\n"


def meaning(answer):
    s = answer["statements"][0]
    return sorted(map(tuple, s["columns"])), sorted(map(tuple, s["indirect"])), sorted(s["reads"]), s.get("why")


def check(folder):
    views = [VIEW.match(s)[2] for s in statements() if VIEW.match(s)]
    with Lab(start=False) as lab:
        lab.pg.sql("drop schema public cascade")
        lab.pg.sql("create schema public")
        lab.pg.sql("grant usage on schema public to app")
        for s in statements():
            lab.pg.sql(s)
        texts = {"ddl": DDL, "server": written_by_the_server(lab)}
    answers = {}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        answers[name] = judge.judge(PROGRAM, [f"select * from {v}" for v in views], folder / name)
    both = zip(views, map(meaning, answers["ddl"]), map(meaning, answers["server"]))
    different = [f"{v}: {a} and {b}" for v, a, b in both if a != b or a[3]]
    if different:
        raise AssertionError("\n".join(different))


def run(out, folder):
    out.run("a view means the same in its own words and in the server's", check, folder)
