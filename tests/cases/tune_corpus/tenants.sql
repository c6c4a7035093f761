-- a schema for each tenant, a template in public, statements without a schema
CREATE TABLE orders (id serial PRIMARY KEY, client int, made timestamptz DEFAULT now());
DO $$ BEGIN FOR t IN 1..8 LOOP EXECUTE format('CREATE SCHEMA tenant_%s; CREATE TABLE tenant_%1$s.orders (LIKE public.orders INCLUDING ALL); CREATE TABLE tenant_%1$s.clients (id serial PRIMARY KEY, mail text);
  INSERT INTO tenant_%1$s.orders (id, client) SELECT i, i %% 400 FROM generate_series(1, %2$s) i; INSERT INTO tenant_%1$s.clients (mail) SELECT ''m'' || i FROM generate_series(1, 1200) i', t, t * 400); END LOOP; END $$;

-- workload
SELECT * FROM orders WHERE client = 7 ORDER BY made DESC LIMIT 20;
SELECT c.id FROM clients c WHERE lower(c.mail) = 'm7';
SELECT count(*) FROM orders o JOIN clients c ON c.id = o.client WHERE c.mail = $1;
INSERT INTO orders (client) VALUES ($1);
SELECT * FROM tenant_3.orders WHERE made > $1;
