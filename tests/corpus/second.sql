-- What is different in the second of the two worlds that a leak is proved with: every guarded value, and nothing else.
update customers set email = 'q' || md5(id::text) || '@else.net',
  ssn = lpad((id * 918273645::bigint % 1000000000)::text, 9, '0');
update payments set amount = 1000 - amount, card = '5' || md5(card);
refresh materialized view zoo.kept;
update folk set ssn = c.ssn from customers c where c.id = folk.id;
update halves set ssn = c.ssn from customers c where c.id = halves.id;
update late set ssn = '987-65-4321';
