-- A small world for many statements: rows enough to differ, few enough that a join of three tables takes no time. Run in world.sql's
-- world, before it is copied.
delete from payments where id > 9;
delete from orders where id > 12;
delete from customers where id > 9 and id not in (select customer from orders) and id not in (select customer from payments);
delete from folk where id > 9;
delete from notes where id > 6;
delete from tags where note > 6;
refresh materialized view zoo.kept;
refresh materialized view zoo.kept_orders;
analyze;
