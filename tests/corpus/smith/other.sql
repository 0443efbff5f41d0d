-- Every guarded value becomes another, in two ways (psql's :way): all differ, or some are missing, alike, longer.
update customers set email = case when {way} = 1 then 'q' || md5(id::text) || '@else.net' when id % 3 = 0 then null
    when id % 3 = 1 then '7' else 'person1@example.org' end,
  ssn = case when {way} = 1 then lpad((id * 918273645::bigint % 1000000000)::text, 9, '0') when id % 2 = 0 then '3' else '999999999' end;
update payments set amount = case when {way} = 1 then 1000 - amount when id % 2 = 0 then null else 1 end, card = '5' || md5(card);
update vips set email = 'other' || {way};
update secrets_child set ssn = '000', v = 'w' || {way};
update secrets_parent set v = 'p' || {way};
update folk set ssn = c.ssn from customers c where c.id = folk.id;
update halves set ssn = c.ssn from customers c where c.id = halves.id;
update late set ssn = '987-65-432' || {way};
refresh materialized view zoo.kept;
