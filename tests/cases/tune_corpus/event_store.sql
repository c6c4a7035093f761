-- documents alone: JSON paths, containment, keys within, checks of JSON
CREATE TABLE streams (id uuid PRIMARY KEY, kind text, snapshot jsonb);
CREATE TABLE happened (position bigserial PRIMARY KEY, stream uuid NOT NULL REFERENCES streams, version int NOT NULL, body jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object'), raw json, UNIQUE (stream, version));
CREATE INDEX happened_body ON happened USING gin (body jsonb_path_ops); CREATE INDEX happened_kind ON happened ((body ->> 'kind'), position);
INSERT INTO streams SELECT md5(i::text)::uuid, 'k' || i % 5, '{}' FROM generate_series(1, 1500) i;
INSERT INTO happened (stream, version, body) SELECT md5((1 + i % 1500)::text)::uuid, i / 1500, jsonb_build_object('kind', 'e' || i % 12, 'user', jsonb_build_object('id', i % 70)) FROM generate_series(0, 4499) i;

-- workload
SELECT * FROM happened WHERE body @> '{"user": {"id": 7}}' AND position > $1 ORDER BY position LIMIT 500;
SELECT count(*) FROM happened WHERE body @? '$.user ? (@.id > 60)' OR body -> 'user' ->> 'id' = '7';
SELECT e.key, count(*) FROM happened h, jsonb_each(h.body) e WHERE h.body ->> 'kind' = $1 GROUP BY e.key;
SELECT s.id FROM streams s WHERE s.snapshot #>> '{a,b}' IS NULL AND s.kind = 'k1';
INSERT INTO happened (stream, version, body) SELECT $1, coalesce(max(version), 0) + 1, $2 FROM happened WHERE stream = $1;
