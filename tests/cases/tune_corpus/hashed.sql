-- hash partitions, keys to a partitioned table, subpartitions of a list, an index on some only
CREATE TABLE people (id bigint NOT NULL, country text NOT NULL, mail text, PRIMARY KEY (id)) PARTITION BY HASH (id);
DO $$ BEGIN FOR r IN 0..5 LOOP EXECUTE format('CREATE TABLE people_%s PARTITION OF people FOR VALUES WITH (MODULUS 6, REMAINDER %1$s)', r); END LOOP; END $$;
CREATE TABLE visits (person bigint REFERENCES people, day date NOT NULL, country text NOT NULL, n int) PARTITION BY LIST (country);
CREATE TABLE visits_de PARTITION OF visits FOR VALUES IN ('de') PARTITION BY RANGE (day);
CREATE TABLE visits_de_1 PARTITION OF visits_de FOR VALUES FROM (MINVALUE) TO ('2026-06-01');
CREATE TABLE visits_de_2 PARTITION OF visits_de FOR VALUES FROM ('2026-06-01') TO (MAXVALUE);
CREATE TABLE visits_null PARTITION OF visits FOR VALUES IN (NULL, 'fr', 'it');
CREATE INDEX people_3_mail ON people_3 (mail); CREATE INDEX visits_de_1_day ON visits_de_1 (day);
INSERT INTO people SELECT i, 'c' || i % 9, 'm' || i FROM generate_series(1, 4000) i;
INSERT INTO visits SELECT i, '2026-01-01'::date + i % 300, (ARRAY['de', 'fr'])[1 + i % 2], 1 FROM generate_series(1, 4000) i;

-- workload
SELECT * FROM people WHERE mail = $1;
SELECT p.mail, sum(n) FROM visits v JOIN people p ON p.id = v.person WHERE v.country = 'de' AND v.day > '2026-05-01' GROUP BY p.mail;
SELECT count(*) FROM visits WHERE lower(country) = 'de' AND n + 1 > 1;
DELETE FROM people WHERE id = $1;
SELECT * FROM visits WHERE day BETWEEN $1 AND $2 ORDER BY day, person LIMIT 10;
