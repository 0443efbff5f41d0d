-- Rows in the same order and places everywhere, so that what differs is a value's doing.
cluster customers using customers_pkey;
cluster payments using payments_pkey;
create temporary table h as select * from halves order by id;
truncate halves; insert into halves (id, ssn) select id, ssn from h order by id;
create temporary table f as select * from folk order by id;
truncate folk; insert into folk select * from f order by id;
-- of world.sql
vacuum full vips; vacuum full secrets_child; vacuum full secrets_parent; vacuum full late;
analyze zoo.kept (id);
