-- A small shop, so that the demonstration has something to protect.
CREATE TABLE customers (
    id         integer PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL,
    ssn        text NOT NULL,
    city       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE orders (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    placed_on   date NOT NULL,
    status      text NOT NULL
);
CREATE TABLE payments (
    id       integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders,
    amount   numeric(10, 2) NOT NULL,
    iban     text NOT NULL
);
CREATE SCHEMA staging;
CREATE TABLE staging.import_batch (id integer PRIMARY KEY, note text);

INSERT INTO customers (id, name, email, ssn, city)
SELECT n,
       (ARRAY['Ada', 'Bela', 'Chidi', 'Dora', 'Emre', 'Fumiko'])[n % 6 + 1] || ' ' || n,
       'customer' || n || '@example.org',
       lpad((n * 7919 % 1000)::text, 3, '0') || '-' || lpad((n % 100)::text, 2, '0') || '-' ||
           lpad((n * 104729 % 10000)::text, 4, '0'),
       (ARRAY['Lisbon', 'Oslo', 'Zagreb', 'Quito'])[n % 4 + 1]
FROM generate_series(1, 480) AS n;
INSERT INTO orders (id, customer_id, placed_on, status)
SELECT n, n % 480 + 1, date '2026-01-01' + n % 300, (ARRAY['open', 'paid', 'shipped'])[n % 3 + 1]
FROM generate_series(1, 2000) AS n;
INSERT INTO payments (id, order_id, amount, iban)
SELECT n, n, (n % 500) + 0.99, 'XX00DEMO' || lpad(n::text, 12, '0')
FROM generate_series(1, 2000) AS n;
INSERT INTO staging.import_batch VALUES (1, 'left over from spring');
