CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE users (id bigint PRIMARY KEY, email text, handle varchar(40), mood mood, born date, score numeric(10,2), tags text[], settings jsonb, created_at timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, status text, total int, due date, paid timestamp, note varchar(200), created_at timestamptz, token uuid, address inet);
CREATE TABLE items (order_id bigint, line int, sku text, quantity int, price numeric, PRIMARY KEY (order_id, line));
CREATE TABLE tree (id int PRIMARY KEY, parent int, name text);
INSERT INTO users SELECT i, 'name' || i || '@example.com', 'u' || i, 'calm', '2000-01-01', i, '{a,b}', '{"theme": "dark"}', now() FROM generate_series(1, 500) i;
INSERT INTO orders SELECT i, i % 500, 'open', i, '2026-01-01', now(), 'x', now() - i * interval '1 hour', gen_random_uuid(), '10.0.0.1' FROM generate_series(1, 2000) i;
INSERT INTO items SELECT i / 3, i % 3, 'sku' || i, 1, 2.5 FROM generate_series(3, 3000) i;
INSERT INTO tree SELECT i, i / 2, 'n' FROM generate_series(1, 50) i;
ANALYZE;
CREATE EXTENSION pg_stat_statements
