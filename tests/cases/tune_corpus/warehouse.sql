-- a star of facts and dimensions, a table of three hundred columns, cubes and windows
CREATE TABLE dim_day (day_key int PRIMARY KEY, day date, month int, year int, weekend boolean);
CREATE TABLE dim_store (store_key int PRIMARY KEY, city text, region text);
CREATE TABLE facts (day_key int, store_key int, item int, amount numeric(18, 4), cost numeric(18, 4));
DO $$ BEGIN EXECUTE 'CREATE TABLE wide (id int PRIMARY KEY, ' || (SELECT string_agg(format('c%s int', n), ', ') FROM generate_series(1, 300) n) || ')'; END $$;
CREATE INDEX facts_day ON facts USING brin (day_key); CREATE STATISTICS facts_stats ON day_key, store_key, (item % 10) FROM facts;
INSERT INTO dim_day SELECT i, '2025-01-01'::date + i, 1 + i / 31 % 12, 2025, i % 7 > 4 FROM generate_series(0, 364) i;
INSERT INTO dim_store SELECT i, 'city ' || i % 30, 'r' || i % 4 FROM generate_series(1, 100) i;
INSERT INTO facts SELECT i / 20, 1 + i % 100, i % 500, i, i / 2 FROM generate_series(1, 7000) i;
INSERT INTO wide (id, c1, c300) SELECT i, i % 50, i FROM generate_series(1, 2000) i;

-- workload
SELECT d.month, s.region, sum(f.amount - f.cost) FROM facts f JOIN dim_day d USING (day_key) JOIN dim_store s USING (store_key) WHERE d.year = 2025 AND s.city = $1 GROUP BY CUBE (d.month, s.region);
SELECT item, rank() OVER (PARTITION BY store_key ORDER BY sum(amount) DESC) FROM facts GROUP BY item, store_key;
SELECT * FROM wide WHERE c1 = 7 AND c300 > $1;
SELECT count(DISTINCT item) FROM facts TABLESAMPLE system (10) WHERE day_key BETWEEN 10 AND 20;
SELECT store_key FROM facts WHERE item = 7 INTERSECT SELECT store_key FROM dim_store WHERE region = 'r1';
