-- a queue, an outbox, sessions and counters, with hardly any row that is not done
CREATE TABLE jobs (id bigserial PRIMARY KEY, queue text NOT NULL DEFAULT 'default', state text NOT NULL DEFAULT 'done', priority smallint NOT NULL DEFAULT 0, run_at timestamptz NOT NULL DEFAULT now(), args jsonb, locked_by uuid, attempts int NOT NULL DEFAULT 0) WITH (fillfactor = 70);
CREATE INDEX jobs_ready ON jobs (priority, run_at) WHERE state = 'ready';
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY, topic text, payload json, sent boolean DEFAULT false);
CREATE UNLOGGED TABLE web_sessions (token text PRIMARY KEY, data bytea, seen timestamptz);
CREATE TABLE counters (name text PRIMARY KEY, n bigint NOT NULL DEFAULT 0) WITH (autovacuum_enabled = false);
INSERT INTO jobs (queue, args) SELECT 'q' || i % 3, '{}' FROM generate_series(1, 4000) i;
INSERT INTO outbox (topic, payload, sent) SELECT 't', '{}', true FROM generate_series(1, 2000) i;
INSERT INTO web_sessions SELECT md5(i::text), '\x00', now() FROM generate_series(1, 1500) i;
INSERT INTO counters SELECT 'c' || i FROM generate_series(1, 20) i;
UPDATE counters SET n = n + 1; UPDATE counters SET n = n + 1;

-- workload
UPDATE jobs SET state = 'running', locked_by = $1 WHERE id = (SELECT id FROM jobs WHERE state = 'ready' AND queue = $2 AND run_at <= now() ORDER BY priority, run_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *;
SELECT * FROM outbox WHERE NOT sent ORDER BY id LIMIT 100;
UPDATE counters SET n = n + 1 WHERE name = 'c3';
DELETE FROM web_sessions WHERE seen < now() - $1 * interval '1 day';
SELECT count(*) FROM jobs WHERE args ->> 'kind' = 'mail' AND attempts > 3;
MERGE INTO counters c USING (VALUES ('c1', 2), ('c99', 1)) AS v (name, n) ON c.name = v.name WHEN MATCHED THEN UPDATE SET n = c.n + v.n WHEN NOT MATCHED THEN INSERT VALUES (v.name, v.n);
