-- tags in arrays, flags that are hardly ever set, partial indexes of no row
CREATE EXTENSION pg_trgm;
CREATE TABLE members (id serial PRIMARY KEY, name text NOT NULL, level int NOT NULL DEFAULT 20, bits bigint NOT NULL DEFAULT 0, last_ip inet);
CREATE UNIQUE INDEX members_lower_name ON members (lower(name));
CREATE TABLE images (id serial PRIMARY KEY, uploader int NOT NULL REFERENCES members, approver int REFERENCES members, md5 char(32) NOT NULL,
  tags text[] NOT NULL DEFAULT '{}', words text NOT NULL, score int NOT NULL DEFAULT 0, pending boolean NOT NULL DEFAULT false,
  deleted_at timestamp, parent int, width int, height int, size_mp numeric GENERATED ALWAYS AS (width * height / 1000000.0) STORED,
  made timestamp NOT NULL);
INSERT INTO members (name, last_ip) SELECT 'member ' || i, '10.0.0.1'::inet + i FROM generate_series(1, 1500) i;
INSERT INTO images (uploader, md5, tags, words, score, width, height, made)
  SELECT 1 + i % 1500, md5(i::text), ARRAY['tag' || i % 40, 'tag' || i % 7], 'tag' || i % 40 || ' tag' || i % 7, i % 90, 800, 600, '2026-01-01'::timestamp + i * interval '1 min'
  FROM generate_series(1, 4000) i;
CREATE INDEX images_pending ON images (pending) WHERE pending;
CREATE INDEX images_approver ON images (approver) WHERE approver IS NOT NULL;
CREATE INDEX images_deleted ON images (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX images_parent ON images (parent) INCLUDE (score) WHERE parent > 0;
CREATE INDEX images_tags ON images USING gin (tags);
CREATE INDEX images_words ON images USING gin (to_tsvector('simple', words));
CREATE INDEX images_mpixels ON images (((width * height)::numeric / 1000000));

-- workload
SELECT * FROM images WHERE uploader = 7 ORDER BY id DESC LIMIT 20;
SELECT id FROM images WHERE tags @> ARRAY['tag3', 'tag1'] AND NOT tags && ARRAY['tag5'] ORDER BY id DESC LIMIT 20;
SELECT count(*) FROM images WHERE to_tsvector('simple', words) @@ to_tsquery('simple', 'tag3 & tag1');
SELECT id FROM images WHERE approver = 3 AND deleted_at IS NOT NULL;
UPDATE images SET score = score + 1 WHERE md5 = 'abc';
SELECT m.id FROM members m WHERE lower(m.name) LIKE 'mem%' ORDER BY m.id LIMIT 5 OFFSET 0;
SELECT unnest(tags) AS tag, count(*) FROM images GROUP BY tag ORDER BY 2 DESC LIMIT 10;
