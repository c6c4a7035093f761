-- a thousand tables made by a loop, with keys to one another, most of them empty
DO $$ BEGIN FOR n IN 1..1000 LOOP
  EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, name text, prior int%s, made date)', n, CASE WHEN n > 1 THEN format(' REFERENCES t%s', n - 1) ELSE '' END);
  IF n % 3 = 0 THEN EXECUTE format('CREATE INDEX ON t%s (prior)', n); END IF;
END LOOP;
INSERT INTO t1 SELECT i, 'n' || i % 300 FROM generate_series(1, 3000) i;
INSERT INTO t2 SELECT i, 'n' || i % 300, i FROM generate_series(1, 3000) i; END $$;

-- workload
SELECT * FROM t2 WHERE name = 'n7' ORDER BY id DESC LIMIT 5;
SELECT a.id FROM t1 a JOIN t2 b ON b.prior = a.id JOIN t3 c ON c.prior = b.id WHERE a.name = $1;
SELECT * FROM t500 WHERE name = $1; SELECT * FROM t999 x, t998 y WHERE x.prior = y.id AND y.made > $1;
