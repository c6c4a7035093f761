-- a range of months, a default partition, BRIN, one empty partition and one that is detached
CREATE TABLE readings (device int NOT NULL, at timestamptz NOT NULL, value float4, kind text, PRIMARY KEY (device, at)) PARTITION BY RANGE (at);
DO $$ BEGIN FOR m IN 1..6 LOOP EXECUTE format('CREATE TABLE readings_%s PARTITION OF readings FOR VALUES FROM (%L) TO (%L)', m, make_date(2026, m, 1), make_date(2026, m + 1, 1)); END LOOP; END $$;
CREATE TABLE readings_else PARTITION OF readings DEFAULT;
CREATE INDEX readings_at ON readings USING brin (at);
CREATE TABLE devices (id int PRIMARY KEY, site int, installed date);
INSERT INTO devices SELECT i, i % 20, '2025-01-01' FROM generate_series(1, 1200) i;
INSERT INTO readings SELECT 1 + i % 1200, '2026-01-01'::timestamptz + i * interval '40 min', i % 100, 'k' || i % 4 FROM generate_series(1, 5000) i;
ALTER TABLE readings DETACH PARTITION readings_2;

-- workload
SELECT device, avg(value) FROM readings WHERE at >= $1 AND at < $2 AND kind = 'k1' GROUP BY device;
SELECT date_bin('1 day', at, '2026-01-01') AS d, max(value) FROM readings WHERE device = 7 AND at > now() - interval '30 days' GROUP BY 1 ORDER BY 1;
SELECT DISTINCT ON (device) device, value FROM readings ORDER BY device, at DESC;
SELECT d.id, l.value FROM devices d CROSS JOIN LATERAL (SELECT value FROM readings r WHERE r.device = d.id ORDER BY at DESC LIMIT 1) l WHERE d.site = $1;
DELETE FROM readings WHERE at < '2025-01-01';
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY value) FROM readings WHERE date(at) = $1;
