/* Exactly what statements read and write, and what flows where, over a schema given as DDL. c: from
 * a column into one, @ through this aggregate alone; i: it decides about rows. r: read; w: written.
 */
#ifndef SL_TESTS_JUDGE_LINEAGE_H
#define SL_TESTS_JUDGE_LINEAGE_H

/* clang-format off */
static const char lineage_ddl[] =
    "create table customers (id int primary key, name text, email text, ssn text, status text); "
    "create table orders (id int primary key, customer_id int, total int, note text, placed date); "
    "create table payments (id int primary key, order_id int, card text, amount int); "
    "create table staging.customers (id int, raw text); "
    "create table events (id int, at date, what text) partition by range (at); "
    "create table events_a partition of events for values from ('2020-01-01') to ('2021-01-01'); "
    "create table events_b (id int, at date, what text); "
    "alter table events attach partition events_b for values from ('2021-01-01') to ('2022-01-01'); "
    "create table parent (id int, secret text); "
    "create table kid (extra text) inherits (parent); "
    "create table grandkid () inherits (kid); "
    "create view v_contact as select id, name, email from customers; "
    "create view v_star as select * from orders; "
    "create view v_paid as select o.id as order_id, c.name, p.card from orders o join customers c on c.id = "
    "o.customer_id join payments p on p.order_id = o.id where p.amount > 0; "
    "create view v_top as select name from v_paid where order_id > 5; "
    "create view v_agg as select status, count(*) as n, max(ssn) as worst from customers group by status; "
    "create view v_union (who) as select name from customers union all select note from orders; "
    "create view v_simple (number, label) as select id, note from orders where total > 0; "
    "create view v_simple_2 as select number, label from v_simple; "
    "create view v_parent as select id, secret from parent; "
    "create materialized view m_ssn as select id, ssn from customers where status = 'x'; ";

static const struct {
    const char *sql, *lineage;
} lineage_rows[] = {
    /* through an aggregate, and past it */
    {"insert into orders (id, total, note) select count(ssn), sum(length(name)) + 1, max(email) from customers",
     "read insert | r customers | w orders | c customers.email>orders.note customers.name>orders.total@sum "
     "customers.ssn>orders.id@count"},
    {"select count(name || email) filter (where ssn > 'a') as a, count(name) + length(min(name)) as b, count(ssn) + "
     "sum(id) as c, sum(count(id)) over () as d, count(id) over () as e from customers group by status",
     "read | r customers | c customers.email>result.a@count customers.id>result.c@sum "
     "customers.id>result.d@count customers.id>result.e customers.name>result.a@count customers.name>result.b "
     "customers.ssn>result.a@count customers.ssn>result.c@count | i customers.status>result"},
    {"select max(n) as top from (select count(id) as n from customers group by status) s", "read | r customers | c customers.id>result.top@count | i customers.status>result"},
    {"with c as (select count(name) as n from customers) select n + 1 as more from c", "read | r customers | c customers.name>result.more@count"},
    {"select (select count(note) from orders o where o.id = c.id), sum(distinct id) from customers c", "read | r customers orders | c customers.id>result.sum@sum orders.note>result.count@count | i "
     "customers.id>result orders.id>result"},
    /* names of outputs */
    {"select 1, 'x', null, -id from customers",
     "read | r customers | c customers.id>result.?column?"},
    {"select count(*), count(ssn), max(id) as m from customers",
     "read | r customers | c customers.id>result.m customers.ssn>result.count@count"},
    {"select id::int8, name::varchar(10), '1'::int, 2::numeric from customers",
     "read | r customers | c customers.id>result.id customers.name>result.name"},
    {"select case when ssn = 'x' then name else email end, case when ssn = 'x' then 1 end, case when id = 1 then "
     "2 else id::int8 end from customers",
     "read | r customers | c customers.email>result.email customers.id>result.id customers.name>result.email "
     "customers.ssn>result.case customers.ssn>result.email"},
    {"select coalesce(name, email), nullif(name, email), greatest(id, 2), least(id, 3) from customers",
     "read | r customers | c customers.email>result.coalesce customers.email>result.nullif "
     "customers.id>result.greatest customers.id>result.least customers.name>result.coalesce "
     "customers.name>result.nullif"},
    {"select array[id], row(id, name), exists(select 1 from orders), array(select note from orders) from "
     "customers",
     "read export | r customers orders | c customers.id>result.array customers.id>result.row "
     "customers.name>result.row orders.note>result.array"},
    {"select (select max(total) from orders), (select 1), (select note as n from orders limit 1) from customers",
     "read | r customers orders | c orders.note>result.n orders.total>result.max"},
    {"select current_date, current_timestamp, current_user, session_user, localtime, current_schema from "
     "customers",
     "read | r customers"},
    {"select name || email, id + 1, not (id = 1), name is null, name like 'x' from customers",
     "read | r customers | c customers.email>result.?column? customers.id>result.?column? "
     "customers.name>result.?column?"},
    {"select lower(name) as \"Lower\", upper(email) \"UP er\", id \"select\" from customers",
     "read | r customers | c customers.email>result.UP er customers.id>result.select customers.name>result.Lower"},
    {"select (array[id])[1], (row(id, name)).f1 from customers",
     "read | r customers | c customers.id>result.array customers.id>result.f1 customers.name>result.f1"},
    {"select name collate \"C\", extract(year from placed), substring(note from 1 for 2), trim(note) from "
     "customers, orders",
     "read | r customers orders | c customers.name>result.name orders.note>result.btrim "
     "orders.note>result.substring orders.placed>result.extract"},
    {"select grouping(status), status from customers group by rollup (status)",
     "read | r customers | c customers.status>result.status | i customers.status>result"},
    {"select xmlelement(name x, name) from customers",
     "read | r customers | c customers.name>result.xmlelement"},
    /* stars and rows */
    {"select * from customers",
     "read | r customers | c customers.email>result.email customers.id>result.id customers.name>result.name "
     "customers.ssn>result.ssn customers.status>result.status"},
    {"select c.*, o.id from customers c join orders o on o.customer_id = c.id",
     "read | r customers orders | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name customers.ssn>result.ssn customers.status>result.status orders.id>result.id | i "
     "customers.id>result orders.customer_id>result"},
    {"select customers from customers",
     "read | r customers | c customers.email>result.customers customers.id>result.customers "
     "customers.name>result.customers customers.ssn>result.customers customers.status>result.customers"},
    {"select c::text from customers c",
     "read | r customers | c customers.email>result.c customers.id>result.c customers.name>result.c "
     "customers.ssn>result.c customers.status>result.c"},
    {"select row(c.*) from customers c",
     "read | r customers | c customers.email>result.row customers.id>result.row customers.name>result.row "
     "customers.ssn>result.row customers.status>result.row"},
    {"select (c).ssn, (c).* from customers c",
     "read | r customers | c customers.email>result.email customers.id>result.id customers.name>result.name "
     "customers.ssn>result.ssn customers.status>result.status"},
    {"select ssn(c), c.name from customers c",
     "read | r customers | c customers.name>result.name customers.ssn>result.ssn"},
    {"select to_jsonb(c) from customers c",
     "read | r customers | c customers.email>result.to_jsonb customers.id>result.to_jsonb "
     "customers.name>result.to_jsonb customers.ssn>result.to_jsonb customers.status>result.to_jsonb"},
    {"table customers",
     "read | r customers | c customers.email>result.email customers.id>result.id customers.name>result.name "
     "customers.ssn>result.ssn customers.status>result.status"},
    {"select x.* from (values (1, 'a'), (2, 'b')) as x",
     "read"},
    {"select x.column2 from (values (1, 'a'), (2, 'b')) as x",
     "read"},
    {"select y from (values (1, 'a')) as x (y, z)",
     "read"},
    {"values ((select ssn from customers), 2)",
     "read | r customers | c customers.ssn>result.column1"},
    /* aliases */
    {"select t.a from customers as t (a, b)",
     "read | r customers | c customers.id>result.a"},
    {"select b, email from customers t (a, b)",
     "read | r customers | c customers.email>result.email customers.name>result.b"},
    {"select q.x from (select id, ssn from customers) q (x, y)",
     "read | r customers | c customers.id>result.x"},
    {"select customers.id from customers c",
     "read opaque | r customers"},
    {"select public.customers.id from customers",
     "read | r customers | c customers.id>result.id"},
    {"select public.customers.id from public.customers",
     "read | r public.customers | c public.customers.id>result.id"},
    /* joins */
    {"select * from customers join payments using (id)",
     "read | r customers payments | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name customers.ssn>result.ssn customers.status>result.status "
     "payments.amount>result.amount payments.card>result.card payments.order_id>result.order_id | i "
     "customers.id>result payments.id>result"},
    {"select id from customers join payments using (id)",
     "read | r customers payments | c customers.id>result.id | i customers.id>result payments.id>result"},
    {"select id from customers left join payments using (id)",
     "read | r customers payments | c customers.id>result.id | i customers.id>result payments.id>result"},
    {"select id from customers right join payments using (id)",
     "read | r customers payments | c payments.id>result.id | i customers.id>result payments.id>result"},
    {"select id from customers full join payments using (id)",
     "read | r customers payments | c customers.id>result.id payments.id>result.id | i customers.id>result "
     "payments.id>result"},
    {"select * from customers natural join payments",
     "read | r customers payments | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name customers.ssn>result.ssn customers.status>result.status "
     "payments.amount>result.amount payments.card>result.card payments.order_id>result.order_id | i "
     "customers.id>result payments.id>result"},
    {"select c.id, p.id from customers c join payments p using (id)",
     "read | r customers payments | c customers.id>result.id payments.id>result.id | i customers.id>result "
     "payments.id>result"},
    {"select x.id from customers join payments using (id) as x",
     "read | r customers payments | c customers.id>result.id | i customers.id>result payments.id>result"},
    {"select j.card from (customers c join payments p on p.id = c.id) as j",
     "read | r customers payments | c payments.card>result.card | i customers.id>result payments.id>result"},
    {"select j.c1 from (customers c join payments p on p.id = c.id) as j (c1, c2)",
     "read | r customers payments | c customers.id>result.c1 | i customers.id>result payments.id>result"},
    {"select * from customers c cross join payments",
     "read | r customers payments | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name customers.ssn>result.ssn customers.status>result.status "
     "payments.amount>result.amount payments.card>result.card payments.id>result.id "
     "payments.order_id>result.order_id"},
    {"select name, card from customers c, payments p where p.id = c.id",
     "read | r customers payments | c customers.name>result.name payments.card>result.card | i "
     "customers.id>result payments.id>result"},
    {"select name from customers c left join payments p on p.id = c.id and p.amount > 3",
     "read | r customers payments | c customers.name>result.name | i customers.id>result payments.amount>result "
     "payments.id>result"},
    {"select id, note from customers join orders using (id) join payments using (id)",
     "read | r customers orders payments | c customers.id>result.id orders.note>result.note | i "
     "customers.id>result orders.id>result payments.id>result"},
    {"select name from customers c, lateral (select total from orders o where o.customer_id = c.id) x",
     "read | r customers orders | c customers.name>result.name | i customers.id>result orders.customer_id>result"},
    {"select x.total from customers c, lateral (select total from orders o where o.customer_id = c.id) x",
     "read | r customers orders | c orders.total>result.total | i customers.id>result orders.customer_id>result"},
    {"select x.both from customers c, lateral (select c.ssn || o.note as both from orders o) x",
     "read | r customers orders | c customers.ssn>result.both orders.note>result.both"},
    /* only what is used */
    {"select name from (select * from customers) q",
     "read | r customers | c customers.name>result.name"},
    {"select name from (select name, ssn from customers where email like 'x') q",
     "read | r customers | c customers.name>result.name | i customers.email>result"},
    {"select count(*) from (select ssn from customers) q",
     "read | r customers"},
    {"select count(*) from (select distinct ssn from customers) q",
     "read | r customers | i customers.ssn>result"},
    {"select count(*) from (select ssn from customers order by name) q",
     "read | r customers | i customers.name>result"},
    {"select count(*) from (select ssn from customers limit 1) q",
     "read | r customers"},
    {"select name from (select name, ssn from customers union all select note, total::text from orders) q",
     "read | r customers orders | c customers.name>result.name orders.note>result.name"},
    {"select name from (select name, ssn from customers union select note, total::text from orders) q",
     "read | r customers orders | c customers.name>result.name orders.note>result.name | i "
     "customers.name>result customers.ssn>result orders.note>result orders.total>result"},
    {"select n from (select name as n, ssn as s from (select name, ssn, email from customers) a) b",
     "read | r customers | c customers.name>result.n"},
    {"select n from (select name as n, rank() over (order by ssn) from customers) q",
     "read | r customers | c customers.name>result.n | i customers.ssn>result"},
    {"select n from (select name as n, string_agg(ssn, ',') from customers group by name) q",
     "read export | r customers | c customers.name>result.n | i customers.name>result"},
    {"select 1 where exists (select ssn from customers)",
     "read | r customers"},
    {"select exists (select ssn from customers where name = 'x')",
     "read | r customers | c customers.name>result.exists | i customers.name>result"},
    {"select name from customers where id in (select customer_id from orders where note = 'x')",
     "read | r customers orders | c customers.name>result.name | i customers.id>result orders.customer_id>result "
     "orders.note>result"},
    {"select id in (select customer_id from orders) from customers",
     "read | r customers orders | c customers.id>result.?column? orders.customer_id>result.?column?"},
    {"select q from (select name, ssn from customers) q",
     "read | r customers | c customers.name>result.q customers.ssn>result.q"},
    {"select q.* from (select name, ssn from customers) q",
     "read | r customers | c customers.name>result.name customers.ssn>result.ssn"},
    {"select q.n from (select c as n, c.ssn as s from customers c) q",
     "read | r customers | c customers.email>result.n customers.id>result.n customers.name>result.n "
     "customers.ssn>result.n customers.status>result.n"},
    {"select a from (select (select max(note) from orders) as a, (select max(card) from payments) as b) q",
     "read | r orders payments | c orders.note>result.a"},
    /* WITH */
    {"with w as (select * from customers) select name from w",
     "read | r customers | c customers.name>result.name"},
    {"with w as (select id, ssn from customers) select 1 from w where w.id = 3",
     "read | r customers | i customers.id>result"},
    {"with w (a, b) as (select id, ssn from customers) select b from w",
     "read | r customers | c customers.ssn>result.b"},
    {"with a as (select id, name from customers), b as (select name as n, id as i from a) select n from b",
     "read | r customers | c customers.name>result.n"},
    {"with w as (select id, ssn from customers) select 1",
     "read | r customers"},
    {"with customers as (select note as name from orders) select name from customers",
     "read | r orders | c orders.note>result.name"},
    {"with w as (select id from customers) select id from public.customers",
     "read | r customers public.customers | c public.customers.id>result.id"},
    {"with recursive t (n) as (select id from customers union all select n + 1 from t where n < 5) select n from "
     "t",
     "read | r customers | c customers.id>result.n | i customers.id>result"},
    {"with recursive t (n, p) as (select id, name from customers union all select o.id, t.p from orders o join t "
     "on t.n = o.customer_id) select p from t",
     "read | r customers orders | c customers.name>result.p | i customers.id>result orders.customer_id>result "
     "orders.id>result"},
    {"with recursive t (a, b, c) as (select id::text, name, email from customers union all select b, c, note "
     "from t join orders on total = 1) select a from t",
     "read | r customers orders | c customers.email>result.a customers.id>result.a customers.name>result.a "
     "orders.note>result.a | i orders.total>result"},
    {"with recursive a as (select * from b), b as (select id, ssn from customers) select id from a",
     "read | r customers | c customers.id>result.id"},
    {"with recursive t as (select id, ssn from customers union select id, ssn from t) select id from t",
     "read | r customers | c customers.id>result.id"},
    {"with d as (delete from orders where total > 5 returning note, id) select note from d",
     "read delete | r orders | w orders | c orders.note>result.note | i orders.total>orders"},
    {"with i as (insert into orders (id, note) select id, email from customers returning id) select * from i",
     "read insert | r orders customers | w orders | c customers.email>orders.note customers.id>orders.id "
     "orders.id>result.id"},
    {"with u as (update orders set note = 'x' where id = 1 returning *) select count(*) from u",
     "read update | r orders | w orders | i orders.id>orders"},
    {"with w as (select id from customers) insert into orders (id) select id from w",
     "read insert | r customers | w orders | c customers.id>orders.id"},
    {"with w as (select id, ssn from customers) update orders set note = w.ssn from w where w.id = orders.id",
     "read update | r customers orders | w orders | c customers.ssn>orders.note | i customers.id>orders "
     "orders.id>orders"},
    {"with w as materialized (select id, ssn from customers), x as (select count(*) as n from w) select n from x",
     "read | r customers"},
    /* set operations */
    {"select name from customers union select note from orders",
     "read | r customers orders | c customers.name>result.name orders.note>result.name | i "
     "customers.name>result orders.note>result"},
    {"select name as a, id from customers union all select note, total from orders order by 1",
     "read | r customers orders | c customers.id>result.id customers.name>result.a orders.note>result.a "
     "orders.total>result.id | i customers.name>result orders.note>result"},
    {"select name from customers intersect select note from orders order by name",
     "read | r customers orders | c customers.name>result.name orders.note>result.name | i customers.name>result "
     "orders.note>result"},
    {"(select name from customers union all select note from orders) except select card from payments",
     "read | r customers orders payments | c customers.name>result.name orders.note>result.name | i "
     "customers.name>result orders.note>result payments.card>result"},
    {"select id, name from customers union all (select id, note from orders limit 3)",
     "read | r customers orders | c customers.id>result.id customers.name>result.name orders.id>result.id "
     "orders.note>result.name"},
    {"select name into fresh from customers union all select note from orders",
     "read insert ddl | r customers orders | w fresh | c customers.name>fresh.name orders.note>fresh.name"},
    /* grouping, ordering */
    {"select status, count(*) from customers group by status having max(ssn) > 'x' order by 2",
     "read | r customers | c customers.status>result.status | i customers.ssn>result customers.status>result"},
    {"select status as s from customers group by s",
     "read | r customers | c customers.status>result.s | i customers.status>result"},
    {"select status from customers group by 1",
     "read | r customers | c customers.status>result.status | i customers.status>result"},
    {"select name as n from customers order by n",
     "read | r customers | c customers.name>result.n | i customers.name>result"},
    {"select name from customers order by ssn",
     "read | r customers | c customers.name>result.name | i customers.ssn>result"},
    {"select name from customers order by 1",
     "read | r customers | c customers.name>result.name | i customers.name>result"},
    {"select distinct on (email) name from customers",
     "read | r customers | c customers.name>result.name | i customers.email>result"},
    {"select distinct name from customers",
     "read | r customers | c customers.name>result.name | i customers.name>result"},
    {"select count(*) from customers group by grouping sets ((status), (name, email), ())",
     "read | r customers | i customers.email>result customers.name>result customers.status>result"},
    {"select sum(total) filter (where note = 'x') from orders",
     "read | r orders | c orders.note>result.sum@sum orders.total>result.sum@sum"},
    {"select string_agg(note, ',' order by total) from orders",
     "read export | r orders | c orders.note>result.string_agg | i orders.total>result"},
    {"select lag(total) over (partition by customer_id order by placed) from orders",
     "read | r orders | c orders.total>result.lag | i orders.customer_id>result orders.placed>result"},
    {"select sum(total) over w from orders window w as (partition by note)",
     "read | r orders | c orders.total>result.sum | i orders.note>result"},
    {"select percentile_cont(0.5) within group (order by total) from orders",
     "read | r orders | c orders.total>result.percentile_cont | i orders.total>result"},
    {"select name from customers limit (select max(total) from orders)",
     "read | r customers orders | c customers.name>result.name | i orders.total>result"},
    /* FROM functions */
    {"select g from generate_series(1, 3) g",
     "read"},
    {"select * from generate_series(1, 3)",
     "read"},
    {"select x.v from customers, unnest(array[name, email]) as x (v)",
     "read | r customers | c customers.email>result.v customers.name>result.v | i "
     "customers.email>result customers.name>result"},
    {"select e.value from customers, jsonb_each(to_jsonb(customers)) e",
     "read | r customers | c customers.email>result.value customers.id>result.value "
     "customers.name>result.value customers.ssn>result.value customers.status>result.value | i "
     "customers.email>result customers.id>result customers.name>result customers.ssn>result "
     "customers.status>result"},
    {"select k from orders, jsonb_object_keys(to_jsonb(note)) k",
     "read | r orders | c orders.note>result.k | i orders.note>result"},
    {"select a from json_to_record('{}') as x (a int, b text)",
     "read"},
    {"select v, ordinality from orders, unnest(array[note]) with ordinality v",
     "read | r orders | c orders.note>result.ordinality orders.note>result.v | i orders.note>result"},
    {"select n from customers, xmltable('/a' passing (name::xml) columns n int path 'x')",
     "read | r customers | c customers.name>result.n | i customers.name>result"},
    {"select name from customers tablesample system (10) repeatable (3)",
     "read | r customers | c customers.name>result.name"},
    {"select id from rows from (generate_series(1, 2), generate_series(1, 3)) as x (id, other)",
     "read"},
    /* locks */
    {"select id from customers for update",
     "read update | r customers | w customers | c customers.id>result.id"},
    {"select c.id from customers c, orders o where o.id = c.id for update of o",
     "read update | r customers orders | w orders | c customers.id>result.id | i customers.id>result "
     "orders.id>result"},
    {"select id from (select id from customers) q for share",
     "read update | r customers | w customers | c customers.id>result.id"},
    {"select id from v_contact for update",
     "read update | r v_contact customers | w v_contact customers | c customers.id>result.id "
     "v_contact.id>result.id"},
    /* views */
    {"select * from v_contact",
     "read | r v_contact customers | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name v_contact.email>result.email v_contact.id>result.id v_contact.name>result.name"},
    {"select email from v_contact where name = 'x'",
     "read | r v_contact customers | c customers.email>result.email v_contact.email>result.email | i "
     "customers.name>result v_contact.name>result"},
    {"select total from v_star",
     "read | r v_star orders | c orders.total>result.total v_star.total>result.total"},
    {"select name from v_paid",
     "read | r v_paid orders customers payments | c customers.name>result.name v_paid.name>result.name | i "
     "customers.id>result orders.customer_id>result orders.id>result payments.amount>result "
     "payments.order_id>result"},
    {"select card from v_paid",
     "read | r v_paid orders customers payments | c payments.card>result.card v_paid.card>result.card | i "
     "customers.id>result orders.customer_id>result orders.id>result payments.amount>result "
     "payments.order_id>result"},
    {"select count(*) from v_top",
     "read | r v_top v_paid orders customers payments | i customers.id>result orders.customer_id>result "
     "orders.id>result payments.amount>result payments.order_id>result v_paid.order_id>result"},
    {"select name from v_top",
     "read | r v_top v_paid orders customers payments | c customers.name>result.name v_paid.name>result.name "
     "v_top.name>result.name | i customers.id>result orders.customer_id>result orders.id>result "
     "payments.amount>result payments.order_id>result v_paid.order_id>result"},
    {"select n from v_agg",
     "read | r v_agg customers | c v_agg.n>result.n | i customers.status>result"},
    {"select worst from v_agg",
     "read | r v_agg customers | c customers.ssn>result.worst v_agg.worst>result.worst | i "
     "customers.status>result"},
    {"select who from v_union",
     "read | r v_union customers orders | c customers.name>result.who orders.note>result.who "
     "v_union.who>result.who"},
    {"select v_union from v_union",
     "read | r v_union customers orders | c customers.name>result.v_union orders.note>result.v_union "
     "v_union.who>result.v_union"},
    {"select w.x from v_contact as w (x, y)",
     "read | r v_contact customers | c customers.id>result.x v_contact.id>result.x"},
    {"select a.name from v_top a join v_top b on a.name = b.name",
     "read | r v_top v_paid orders customers payments | c customers.name>result.name v_paid.name>result.name "
     "v_top.name>result.name | i customers.id>result customers.name>result orders.customer_id>result "
     "orders.id>result payments.amount>result payments.order_id>result v_paid.name>result v_paid.order_id>result "
     "v_top.name>result"},
    {"with w as (select * from v_paid) select name from w",
     "read | r v_paid orders customers payments | c customers.name>result.name v_paid.name>result.name | i "
     "customers.id>result orders.customer_id>result orders.id>result payments.amount>result "
     "payments.order_id>result"},
    {"select ssn from m_ssn",
     "read | r m_ssn customers | c customers.ssn>result.ssn m_ssn.ssn>result.ssn | i customers.status>result"},
    {"refresh materialized view m_ssn",
     "read update | r customers | w m_ssn | c customers.id>m_ssn.id customers.ssn>m_ssn.ssn | i "
     "customers.status>m_ssn"},
    {"refresh materialized view m_ssn with no data",
     "update | w m_ssn"},
    {"insert into v_simple (number, label) select id, email from customers",
     "read insert | r customers | w v_simple orders | c customers.email>orders.note "
     "customers.email>v_simple.label customers.id>orders.id customers.id>v_simple.number"},
    {"insert into v_simple values (1, 'x')",
     "insert | w v_simple orders"},
    {"update v_simple set label = 'x' where number = 3",
     "read update | r v_simple orders | w v_simple orders | i orders.id>v_simple orders.total>v_simple "
     "v_simple.number>v_simple"},
    {"update v_simple_2 set label = (select ssn from customers where customers.id = number)",
     "read update | r v_simple_2 v_simple orders customers | w v_simple_2 v_simple orders | c "
     "customers.ssn>orders.note customers.ssn>v_simple.label customers.ssn>v_simple_2.label | i "
     "customers.id>v_simple_2 orders.id>v_simple_2 orders.total>v_simple_2 v_simple.number>v_simple_2 "
     "v_simple_2.number>v_simple_2"},
    {"delete from v_simple_2 where label = 'x'",
     "read delete | r v_simple_2 v_simple orders | w v_simple_2 v_simple orders | i orders.note>v_simple_2 "
     "orders.total>v_simple_2 v_simple.label>v_simple_2 v_simple_2.label>v_simple_2"},
    {"delete from v_simple returning number",
     "read delete | r v_simple orders | w v_simple orders | c orders.id>result.number "
     "v_simple.number>result.number | i orders.total>v_simple"},
    {"insert into v_agg (status) values ('x')",
     "insert opaque | w v_agg"},
    {"insert into v_simple (number) values (1) on conflict (number) do update set label = excluded.label",
     "read insert update | r orders | w v_simple orders | i orders.total>v_simple"},
    {"explain select name from v_top",
     "read | r v_top v_paid orders customers payments"},
    {"explain analyze select name from v_top",
     "read | r v_top v_paid orders customers payments | c customers.name>result.name v_paid.name>result.name "
     "v_top.name>result.name | i customers.id>result orders.customer_id>result orders.id>result "
     "payments.amount>result payments.order_id>result v_paid.order_id>result"},
    /* inheritance and partitions */
    {"select what from events",
     "read | r events events_a events_b | c events.what>result.what"},
    {"select what from only events",
     "read | r events | c events.what>result.what"},
    {"select secret from parent",
     "read | r parent kid grandkid | c parent.secret>result.secret"},
    {"select secret from only parent",
     "read | r parent | c parent.secret>result.secret"},
    {"select secret from kid",
     "read | r kid grandkid | c kid.secret>result.secret"},
    {"select secret from v_parent",
     "read | r v_parent parent kid grandkid | c parent.secret>result.secret v_parent.secret>result.secret"},
    {"update parent set secret = name from customers where customers.id = parent.id",
     "read update | r parent kid grandkid customers | w parent kid grandkid | c customers.name>grandkid.secret "
     "customers.name>kid.secret customers.name>parent.secret | i customers.id>parent parent.id>parent"},
    {"delete from only parent",
     "delete | w parent"},
    {"delete from parent",
     "delete | w parent kid grandkid"},
    {"insert into parent (id) values (1)",
     "insert | w parent"},
    {"insert into events (id, what) select id, note from orders",
     "read insert | r orders | w events events_a events_b | c orders.id>events.id orders.id>events_a.id "
     "orders.id>events_b.id orders.note>events.what orders.note>events_a.what orders.note>events_b.what"},
    {"update events set what = 'x' where id = 1",
     "read update | r events events_a events_b | w events events_a events_b | i events.id>events"},
    {"truncate events",
     "truncate | w events events_a events_b"},
    {"truncate only parent",
     "truncate | w parent"},
    {"copy events from stdin",
     "insert import | w events events_a events_b"},
    {"drop table events",
     "ddl | w events events_a events_b"},
    {"insert into events_a select * from events_b",
     "read insert | r events_b | w events_a | c events_b.at>events_a.at events_b.id>events_a.id "
     "events_b.what>events_a.what"},
    /* writes */
    {"insert into orders select id, id, 1, name, null from customers",
     "read insert | r customers | w orders | c customers.id>orders.customer_id customers.id>orders.id "
     "customers.name>orders.note"},
    {"insert into orders (note, id) values ((select ssn from customers limit 1), 1), ('x', 2)",
     "read insert | r customers | w orders | c customers.ssn>orders.note"},
    {"insert into orders (id, note) values (1, 'x') returning id, note",
     "read insert | r orders | w orders | c orders.id>result.id orders.note>result.note"},
    {"insert into orders default values",
     "insert | w orders"},
    {"insert into orders (id, note) select id, name from customers on conflict (id) do update set note = "
     "excluded.note, total = orders.total + 1 where orders.placed is null",
     "read insert update | r orders customers | w orders | c customers.id>orders.id customers.name>orders.note "
     "orders.total>orders.total | i orders.placed>orders"},
    {"insert into orders (id) values (1) on conflict do nothing",
     "insert | w orders"},
    {"insert into orders (id, note) select 1, default_note.n from (select name as n, ssn from customers) "
     "default_note",
     "read insert | r customers | w orders | c customers.name>orders.note"},
    {"update orders set note = 'x'",
     "update | w orders"},
    {"update orders set total = total + 1 where id = 3",
     "read update | r orders | w orders | c orders.total>orders.total | i orders.id>orders"},
    {"update orders set (note, total) = (select name, id from customers where customers.id = orders.customer_id)",
     "read update | r orders customers | w orders | c customers.id>orders.total customers.name>orders.note | i "
     "customers.id>orders orders.customer_id>orders"},
    {"update orders set (note, total) = ('x', id), placed = default",
     "read update | r orders | w orders | c orders.id>orders.total"},
    {"update orders o set note = c.name from customers c where c.id = o.customer_id returning c.email, o.*",
     "read update | r orders customers | w orders | c customers.email>result.email customers.name>orders.note "
     "orders.customer_id>result.customer_id orders.id>result.id orders.note>result.note "
     "orders.placed>result.placed orders.total>result.total | i customers.id>orders orders.customer_id>orders"},
    {"delete from orders",
     "delete | w orders"},
    {"delete from orders where id = 3",
     "read delete | r orders | w orders | i orders.id>orders"},
    {"delete from orders using customers c where c.id = customer_id and c.ssn = 'x' returning note",
     "read delete | r orders customers | w orders | c orders.note>result.note | i customers.id>orders "
     "customers.ssn>orders orders.customer_id>orders"},
    {"merge into orders o using customers c on c.id = o.id when matched and c.status = 'x' then update set note "
     "= c.email when not matched then insert (id, note) values (c.id, c.name)",
     "read insert update | r orders customers | w orders | c customers.email>orders.note customers.id>orders.id "
     "customers.name>orders.note | i customers.id>orders customers.status>orders orders.id>orders"},
    {"merge into orders o using (select id, ssn from customers) c on c.id = o.id when matched then delete",
     "read delete | r orders customers | w orders | i customers.id>orders orders.id>orders"},
    {"create table fresh as select id, ssn as s from customers",
     "read insert ddl | r customers | w fresh | c customers.id>fresh.id customers.ssn>fresh.s"},
    {"create table fresh (a, b) as select * from v_contact",
     "read insert ddl | r v_contact customers | w fresh | c customers.email>fresh.email customers.id>fresh.a "
     "customers.name>fresh.b v_contact.email>fresh.email v_contact.id>fresh.a v_contact.name>fresh.b"},
    {"create table fresh as select id from customers with no data",
     "read ddl | r customers | w fresh | c customers.id>fresh.id"},
    {"select id, ssn into fresh from customers where name = 'x'",
     "read insert ddl | r customers | w fresh | c customers.id>fresh.id customers.ssn>fresh.ssn | i "
     "customers.name>fresh"},
    {"create view fresh as select id, ssn as s from customers where name = 'x'",
     "read ddl | r customers | w fresh | c customers.id>fresh.id customers.ssn>fresh.s | i customers.name>fresh"},
    {"create view fresh (a) as select v_paid.card from v_paid",
     "read ddl | r v_paid orders customers payments | w fresh | c payments.card>fresh.a v_paid.card>fresh.a | i "
     "customers.id>fresh orders.customer_id>fresh orders.id>fresh payments.amount>fresh payments.order_id>fresh"},
    {"create materialized view fresh as select count(ssn) from customers",
     "read insert ddl | r customers | w fresh | c customers.ssn>fresh.count@count"},
    {"copy (select id, ssn from customers where name = 'x') to stdout",
     "read export | r customers | c customers.id>result.id customers.ssn>result.ssn | i customers.name>result"},
    {"copy customers to stdout",
     "read export | r customers | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name customers.ssn>result.ssn customers.status>result.status"},
    {"copy customers (id, ssn) to stdout",
     "read export | r customers | c customers.id>result.id customers.ssn>result.ssn"},
    {"copy orders (id, note) from stdin",
     "insert import | w orders"},
    {"copy customers (name, ssn) to '/srv/x.csv'", 
     "read export program | r customers | c customers.name>file:/srv/x.csv.* customers.name>result.name "
     "customers.ssn>file:/srv/x.csv.* customers.ssn>result.ssn"},
    {"copy (select ssn as s from customers where name = 'x') to '/srv/x.csv'", 
     "read export program | r customers | c customers.ssn>file:/srv/x.csv.* customers.ssn>result.s | i "
     "customers.name>result"},
    {"copy customers (ssn) to program 'gzip > x'", 
     "read export program | r customers | c customers.ssn>result.ssn"},
    {"copy orders (id, note) from '/srv/x.csv'", 
     "insert import program | w orders | c file:/srv/x.csv.*>orders.id file:/srv/x.csv.*>orders.note"},
    {"copy staging.customers from '/srv/x.csv'", 
     "insert import program | w staging.customers | c file:/srv/x.csv.*>staging.customers.id "
     "file:/srv/x.csv.*>staging.customers.raw"},
    {"copy orders (id, note) from program 'cat x'", "insert import program | w orders"},
    {"copy v_contact to stdout",
     "read export opaque | r v_contact | c v_contact.email>result.email v_contact.id>result.id "
     "v_contact.name>result.name"},
    {"truncate orders, payments",
     "truncate | w orders payments"},
    /* names */
    {"select raw from staging.customers",
     "read | r staging.customers | c staging.customers.raw>result.raw"},
    {"select customers.raw from staging.customers",
     "read | r staging.customers | c staging.customers.raw>result.raw"},
    {"select staging.customers.raw from staging.customers",
     "read | r staging.customers | c staging.customers.raw>result.raw"},
    {"SELECT NAME FROM Customers",
     "read | r customers | c customers.name>result.name"},
    {"select \"NAME\" from customers",
     "read | r customers"},
    {"select \"name\" from \"customers\"",
     "read | r customers | c customers.name>result.name"},
    {"select nosuch from customers",
     "read | r customers"},
    {"select id from nosuch",
     "read opaque | r nosuch | c nosuch.id>result.id"},
    {"select name from customers where ctid = '(0,1)'",
     "read | r customers | c customers.name>result.name"},
    {"select c.nosuch from customers c",
     "read | r customers | c customers.email>result.nosuch customers.id>result.nosuch "
     "customers.name>result.nosuch customers.ssn>result.nosuch customers.status>result.nosuch"},
    {"select x.id from customers c",
     "read opaque | r customers"},
    {"select name from customers where id = (select customer_id from orders where orders.id = customers.id)",
     "read | r customers orders | c customers.name>result.name | i customers.id>result orders.customer_id>result "
     "orders.id>result"},
    {"select name from customers c where exists (select 1 from orders where customer_id = c.id)",
     "read | r customers orders | c customers.name>result.name | i customers.id>result orders.customer_id>result"},
    {"select id from customers where (name, email) = (select note, note from orders)",
     "read | r customers orders | c customers.id>result.id | i customers.email>result customers.name>result "
     "orders.note>result"},
    {"select name from customers where id = any (select customer_id from orders)",
     "read | r customers orders | c customers.name>result.name | i customers.id>result orders.customer_id>result"},
    {"select name from customers where id = all (array[1, 2])",
     "read | r customers | c customers.name>result.name | i customers.id>result"},
    {"declare c cursor for select ssn from customers where name = 'x'",
     "read | r customers | c customers.ssn>result.ssn | i customers.name>result"},
    {"prepare p as select ssn from customers",
     "read session | r customers | c customers.ssn>result.ssn"},
    {"explain select ssn from customers",
     "read | r customers"},
    {"grant select on v_contact to bob",
     "privilege | w v_contact"},
    {"lock table customers",
     "admin | w customers"},
    /* more */
    {"select card from payments except all select note from orders where total = 1",
     "read | r payments orders | c payments.card>result.card | i orders.note>result "
     "orders.total>result payments.card>result"},
    {"select count(*) from (select card from payments except all select note from orders) q",
     "read | r payments orders | i orders.note>result payments.card>result"},
    {"select name from customers intersect all select note from orders",
     "read | r customers orders | c customers.name>result.name orders.note>result.name | i "
     "customers.name>result orders.note>result"},
    {"create view fresh as select name from customers except select note from orders",
     "read ddl | r customers orders | w fresh | c customers.name>fresh.name | i "
     "customers.name>fresh orders.note>fresh"},
    {"select max(ssn) filter (where status = 'x') as m, count(distinct email) from customers",
     "read | r customers | c customers.email>result.count@count customers.ssn>result.m "
     "customers.status>result.m"},
    {"select n from (select name as n, ssn from customers offset 3) q",
     "read | r customers | c customers.name>result.n"},
    {"select s.name from (customers c join orders o on o.id = c.id) s",
     "read | r customers orders | c customers.name>result.name | i customers.id>result orders.id>result"},
    {"select c.name from (customers c join orders o using (id)) join payments using (id)",
     "read | r customers orders payments | c customers.name>result.name | i customers.id>result orders.id>result "
     "payments.id>result"},
    {"select * from (select id from customers) a join (select id, note from orders) b using (id)",
     "read | r customers orders | c customers.id>result.id orders.note>result.note | i customers.id>result "
     "orders.id>result"},
    {"select id from (select id from customers) a natural join (select id, note from orders) b",
     "read | r customers orders | c customers.id>result.id | i customers.id>result orders.id>result"},
    {"select x from (select name as x from customers) a, lateral (select x as y from orders) b",
     "read | r customers orders | c customers.name>result.x"},
    {"select y from (select name as x from customers) a, lateral (select x as y from orders) b",
     "read | r customers orders | c customers.name>result.y"},
    {"with w as (select name, ssn from customers) select a.name, b.name from w a, w b",
     "read | r customers | c customers.name>result.name"},
    {"with w as (select name, ssn from customers) select w.* from w",
     "read | r customers | c customers.name>result.name customers.ssn>result.ssn"},
    {"with recursive t (n, l) as (select id, 0 from customers union all select o.id, l + 1 from t join orders o "
     "on o.customer_id = n) search depth first by n set ord select n, ord from t",
     "read export | r customers orders | c customers.id>result.n customers.id>result.ord orders.id>result.n "
     "orders.id>result.ord | i customers.id>result orders.customer_id>result orders.id>result"},
    {"with recursive t (n) as (select id from customers union all select o.id from t join orders o on "
     "o.customer_id = n) cycle n set is_cycle using path select n from t where not is_cycle",
     "read | r customers orders | c customers.id>result.n orders.id>result.n | i customers.id>result "
     "orders.customer_id>result orders.id>result"},
    {"with a as (with b as (select ssn as x from customers) select x from b) select x from a",
     "read | r customers | c customers.ssn>result.x"},
    {"with x as (select 1 as a) select (select a from x), name from customers",
     "read | r customers | c customers.name>result.name"},
    {"select (with w as (select max(note) as m from orders) select m from w)",
     "read | r orders | c orders.note>result.m"},
    {"select name from customers where status in ('a', 'b') and id between 1 and 2",
     "read | r customers | c customers.name>result.name | i customers.id>result customers.status>result"},
    {"select sum(total) over (partition by (select max(card) from payments)) from orders",
     "read | r orders payments | c orders.total>result.sum | i payments.card>result"},
    {"select array_agg(name order by email) from customers",
     "read export | r customers | c customers.name>result.array_agg | i customers.email>result"},
    {"select json_agg(c) from customers c",
     "read export | r customers | c customers.email>result.json_agg customers.id>result.json_agg "
     "customers.name>result.json_agg customers.ssn>result.json_agg customers.status>result.json_agg"},
    {"select string_agg(x.s, ',') from (select ssn as s, name from customers) x",
     "read export | r customers | c customers.ssn>result.string_agg"},
    {"insert into orders (id, note) select * from (select id, ssn from customers) q",
     "read insert | r customers | w orders | c customers.id>orders.id customers.ssn>orders.note"},
    {"insert into orders (id) select id from orders",
     "read insert | r orders | w orders | c orders.id>orders.id"},
    {"insert into orders as o (id, total) values (1, 2) on conflict (id) do update set total = o.total + "
     "excluded.total",
     "read insert update | r orders | w orders | c orders.total>orders.total"},
    {"update orders set note = (select max(name) from customers)",
     "read update | r customers | w orders | c customers.name>orders.note"},
    {"update orders set total = case when note = 'x' then 1 else total end",
     "read update | r orders | w orders | c orders.note>orders.total orders.total>orders.total"},
    {"update orders set note = default where id in (select order_id from payments)",
     "read update | r orders payments | w orders | i orders.id>orders payments.order_id>orders"},
    {"update only parent set secret = 'x'",
     "update | w parent"},
    {"delete from orders where customer_id in (select id from v_contact where email = 'x')",
     "read delete | r orders v_contact customers | w orders | i customers.email>orders customers.id>orders "
     "orders.customer_id>orders v_contact.email>orders v_contact.id>orders"},
    {"merge into orders using customers on orders.id = customers.id when not matched then insert default values",
     "read insert | r orders customers | w orders | i customers.id>orders orders.id>orders"},
    {"merge into orders o using v_contact c on c.id = o.id when matched then update set (note, total) = (c.name, "
     "3)",
     "read update | r orders v_contact customers | w orders | c customers.name>orders.note "
     "v_contact.name>orders.note | i customers.id>orders orders.id>orders v_contact.id>orders"},
    {"copy (delete from orders returning note) to stdout",
     "read delete export | r orders | w orders | c orders.note>result.note"},
    {"copy (select * from v_contact) to stdout",
     "read export | r v_contact customers | c customers.email>result.email customers.id>result.id "
     "customers.name>result.name v_contact.email>result.email v_contact.id>result.id v_contact.name>result.name"},
    {"create table fresh as values (1, 2)",
     "insert ddl | w fresh"},
    {"create table fresh as table customers",
     "read insert ddl | r customers | w fresh | c customers.email>fresh.email customers.id>fresh.id "
     "customers.name>fresh.name customers.ssn>fresh.ssn customers.status>fresh.status"},
    {"create table fresh as with w as (select ssn from customers) select * from w",
     "read insert ddl | r customers | w fresh | c customers.ssn>fresh.ssn"},
    {"create view fresh as select * from customers join payments using (id)",
     "read ddl | r customers payments | w fresh | c customers.email>fresh.email customers.id>fresh.id "
     "customers.name>fresh.name customers.ssn>fresh.ssn customers.status>fresh.status "
     "payments.amount>fresh.amount payments.card>fresh.card payments.order_id>fresh.order_id | i "
     "customers.id>fresh payments.id>fresh"},
    {"create or replace view v_contact as select ssn as id from customers",
     "read ddl | r customers | w v_contact | c customers.ssn>v_contact.id"},
    {"select pg_catalog.lower(c.name) from public.customers as c",
     "read | r public.customers | c public.customers.name>result.lower"},
    {"select \"c\".\"name\" from customers \"c\"",
     "read | r customers | c customers.name>result.name"},
    {"select c.name from customers as \"C\", orders as c",
     "read | r customers orders | c orders.customer_id>result.name orders.id>result.name orders.note>result.name "
     "orders.placed>result.name orders.total>result.name"},
    {"select id from customers c1 where exists (select 1 from customers c2 where c2.id = c1.id and c2.ssn = 'x')",
     "read | r customers | c customers.id>result.id | i customers.id>result customers.ssn>result"},
    {"select (select ssn from customers where customers.id = o.customer_id) from orders o",
     "read | r orders customers | c customers.ssn>result.ssn | i customers.id>result orders.customer_id>result"},
    {"select (select o.note) from orders o",
     "read | r orders | c orders.note>result.note"},
    {"select o.note from orders o order by (select max(ssn) from customers)",
     "read | r orders customers | c orders.note>result.note | i customers.ssn>result"},
    {"select row_number() over () as r, name from customers",
     "read | r customers | c customers.name>result.name"},
    {"select distinct on (1) name, ssn from customers",
     "read | r customers | c customers.name>result.name customers.ssn>result.ssn | i customers.name>result"},
    {"select name from customers group by name order by max(ssn)",
     "read | r customers | c customers.name>result.name | i customers.name>result customers.ssn>result"},
    {"select status, grouping(status) from customers group by cube (status, 2)",
     "read | r customers | c customers.status>result.status | i customers.status>result"},
    {"select v from (values ((select ssn from customers)), ('x')) as t (v)",
     "read | r customers | c customers.ssn>result.v"},
    {"select relname from pg_class",
     "read | r pg_catalog.pg_class"},
    {"select c.relname, name from pg_catalog.pg_class c, customers",
     "read | r pg_catalog.pg_class customers | c customers.name>result.name"},
    {"select m_ssn from m_ssn",
     "read | r m_ssn customers | c customers.id>result.m_ssn customers.ssn>result.m_ssn m_ssn.id>result.m_ssn "
     "m_ssn.ssn>result.m_ssn | i customers.status>result"},
    {"select n.id from v_simple_2 s join customers n on n.id = s.number",
     "read | r v_simple_2 v_simple orders customers | c customers.id>result.id | i customers.id>result "
     "orders.id>result orders.total>result v_simple.number>result v_simple_2.number>result"},
    {"select label from v_simple_2",
     "read | r v_simple_2 v_simple orders | c orders.note>result.label v_simple.label>result.label "
     "v_simple_2.label>result.label | i orders.total>result"},
    {"begin",
     ""},
    {"select * from parent p join kid k using (id)",
     "read | r parent kid grandkid | c kid.extra>result.extra kid.secret>result.secret parent.id>result.id "
     "parent.secret>result.secret | i kid.id>result parent.id>result"},
    {"select label from v_simple_2 for update",
     "read update | r v_simple_2 v_simple orders | w v_simple_2 v_simple orders | c orders.note>result.label "
     "v_simple.label>result.label v_simple_2.label>result.label | i orders.total>result"},
};
/* clang-format on */

#endif
