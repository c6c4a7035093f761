-- functions over texts in partial indexes, bitmap flags, likes many to many
CREATE TABLE topics (id serial PRIMARY KEY, title text NOT NULL, category int, bumped timestamp NOT NULL, deleted_at timestamp, archetype text NOT NULL DEFAULT 'regular', pinned boolean);
CREATE TABLE posts (id serial PRIMARY KEY, topic int NOT NULL, author int, raw text NOT NULL, number int NOT NULL, flags int NOT NULL DEFAULT 0, deleted_at timestamp);
CREATE TABLE labels (id serial PRIMARY KEY, name text UNIQUE); CREATE TABLE topic_labels (topic int NOT NULL, label int NOT NULL, UNIQUE (topic, label));
CREATE INDEX topics_front ON topics (deleted_at, archetype, category, id); CREATE INDEX topics_lower ON topics (lower(title)) WHERE deleted_at IS NULL AND archetype <> 'private';
CREATE UNIQUE INDEX posts_number ON posts (topic, number); CREATE INDEX posts_flagged ON posts ((flags & 4)) WHERE (flags & 4) > 0;
INSERT INTO topics (title, category, bumped) SELECT 'Topic ' || i, i % 9, '2026-01-01'::timestamp + i * interval '1 min' FROM generate_series(1, 2500) i;
INSERT INTO posts (topic, author, raw, number) SELECT 1 + i % 2500, i % 99, 'text', i / 2500 FROM generate_series(0, 4999) i;
INSERT INTO labels (name) SELECT 'l' || i FROM generate_series(1, 30) i; INSERT INTO topic_labels SELECT 1 + i % 2500, 1 + i % 30 FROM generate_series(1, 2400) i ON CONFLICT DO NOTHING;

-- workload
SELECT t.* FROM topics t WHERE t.deleted_at IS NULL AND t.archetype <> 'private' AND (t.category IS NULL OR t.category IN (1, 2)) ORDER BY CASE WHEN t.pinned THEN '9999-12-31' ELSE t.bumped END DESC LIMIT 30;
SELECT l.name FROM labels l INNER JOIN topic_labels tl ON tl.label = l.id WHERE tl.topic = $1;
SELECT * FROM posts WHERE topic = $1 AND number >= $2 AND flags & 4 = 0 ORDER BY number LIMIT 20;
SELECT t.id FROM topics t WHERE lower(t.title) = lower($1) AND deleted_at IS NULL AND archetype <> 'private';
SELECT string_agg(raw, E'\n' ORDER BY number) FROM posts GROUP BY topic HAVING max(number) > 1;
