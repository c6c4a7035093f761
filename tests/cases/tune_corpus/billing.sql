-- uuid keys, enums, JSON, soft deletes, a materialised view, partial unique indexes
CREATE TYPE invoice_state AS ENUM ('draft', 'final', 'void');
CREATE TABLE firms (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, settings jsonb NOT NULL DEFAULT '{}');
CREATE TABLE customers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), firm uuid NOT NULL REFERENCES firms ON DELETE CASCADE, external text NOT NULL, deleted_at timestamp(6));
CREATE UNIQUE INDEX customers_external ON customers (firm, external) WHERE deleted_at IS NULL;
CREATE TABLE invoices (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer uuid NOT NULL REFERENCES customers, state invoice_state NOT NULL DEFAULT 'draft',
  number varchar NOT NULL DEFAULT '', cents bigint NOT NULL DEFAULT 0 CHECK (cents >= 0), meta jsonb, period daterange, made timestamp(6) NOT NULL);
CREATE TABLE fees (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), invoice uuid REFERENCES invoices, units numeric(30, 5) NOT NULL DEFAULT 0, taxes numeric[], kind smallint);
INSERT INTO firms (name) SELECT 'firm ' || i FROM generate_series(1, 20) i;
INSERT INTO customers (firm, external) SELECT id, 'c' || i FROM firms, generate_series(1, 80) i;
INSERT INTO invoices (customer, number, cents, meta, period, made) SELECT id, 'n' || i, i * 100, jsonb_build_object('k', i), daterange('2026-01-01', '2026-02-01'), '2026-01-01'::timestamp + i * interval '1 day'
  FROM customers, generate_series(1, 2) i;
INSERT INTO fees (invoice, units, kind) SELECT id, 3, 1 FROM invoices;
CREATE MATERIALIZED VIEW sums AS SELECT customer, sum(cents) AS cents, count(*) AS number FROM invoices WHERE state <> 'void' GROUP BY customer;
CREATE UNIQUE INDEX sums_customer ON sums (customer);
CREATE VIEW open_invoices AS SELECT i.*, c.firm FROM invoices i JOIN customers c ON c.id = i.customer WHERE i.state = 'draft';
CREATE STATISTICS invoices_both (dependencies, ndistinct, mcv) ON customer, state FROM invoices;

-- workload
SELECT "invoices".* FROM "invoices" INNER JOIN "customers" ON "customers"."id" = "invoices"."customer" WHERE "customers"."firm" = $1 AND "customers"."deleted_at" IS NULL AND "invoices"."state" IN ($2, $3) ORDER BY "invoices"."made" DESC LIMIT $4 OFFSET $5;
SELECT 1 AS one FROM "customers" WHERE "customers"."external" = 'c7' AND "customers"."firm" = $1 AND "customers"."deleted_at" IS NULL LIMIT 1;
SELECT * FROM open_invoices WHERE firm = $1 AND meta ->> 'k' = '3';
SELECT DISTINCT ON (customer) customer, number FROM invoices ORDER BY customer, made DESC;
SELECT * FROM sums ORDER BY cents DESC NULLS LAST LIMIT 5;
SELECT date_trunc('month', made) AS m, sum(cents) FILTER (WHERE state = 'final') OVER (PARTITION BY customer) FROM invoices WHERE period @> '2026-01-05'::date;
WITH gone AS (DELETE FROM fees WHERE invoice = $1 RETURNING id, units) INSERT INTO fees (units, kind) SELECT units, 9 FROM gone;
SELECT id FROM fees WHERE taxes[1] > 2 OR kind = ANY ('{1,2}');
