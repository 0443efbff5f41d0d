-- As worlds.sql, for the world of ../copies.sql.
delete from payments where id > 9;
delete from orders where id > 12;
delete from customers where id > 9 and id not in (select customer from orders) and id not in (select customer from payments);
delete from folk where id > 9;
analyze;
