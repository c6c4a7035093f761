-- no columns, dropped columns, an invalid index, a sequence at its end, views on views, nothing counted
CREATE TABLE nothing (); CREATE TABLE was (a int, b int); ALTER TABLE was DROP COLUMN a; ALTER TABLE was DROP COLUMN b;
CREATE TABLE small (id smallserial PRIMARY KEY, v int); SELECT setval('small_id_seq', 32000);
CREATE TABLE twice (a int, b text); INSERT INTO twice SELECT 1, 'x' FROM generate_series(1, 2000);
CREATE INDEX twice_a ON twice (a, a); CREATE INDEX twice_empty ON twice (a) WHERE b IS NULL; CREATE INDEX twice_never ON twice (b) WHERE false;
CREATE TABLE nulls (a int, b text, c jsonb); INSERT INTO nulls SELECT NULL FROM generate_series(1, 2000);
CREATE INDEX nulls_a ON nulls (a) WHERE a IS NOT NULL; CREATE INDEX nulls_c ON nulls USING gin (c);
CREATE TABLE one (a int PRIMARY KEY, b point, c money, d bit(8), e tsquery, f xml, g pg_lsn, h macaddr, i oid, j timetz, k "char", l name);
CREATE VIEW above AS SELECT a, count(*) AS n FROM twice GROUP BY a; CREATE VIEW more AS SELECT * FROM above JOIN nulls USING (a);
CREATE FUNCTION of_rows(n int) RETURNS SETOF twice LANGUAGE sql STABLE AS $$ SELECT * FROM twice WHERE a = n $$;

-- workload
SELECT * FROM nothing; SELECT count(*) FROM was; SELECT v FROM small WHERE v = $1;
SELECT b FROM twice WHERE a = 1 AND b LIKE '%x%'; SELECT * FROM nulls WHERE a = $1 OR b = $2 OR c @> '{}';
SELECT * FROM more WHERE n > 3; SELECT * FROM of_rows(1) WHERE b = 'x';
SELECT * FROM one WHERE c > '3' AND d = B'00000001' AND g > '0/0' AND k = 'a' AND h = '08:00:2b:01:02:03';
SELECT 1; SELECT now(); VALUES (1), (2); TABLE twice; SELECT * FROM no_such_table WHERE id = 3;
