-- bytes as text, wide keys, titles in namespaces, a log without a key
CREATE TABLE page (page_id int PRIMARY KEY, page_namespace int NOT NULL, page_title text NOT NULL, page_latest int NOT NULL, page_len int, page_touched timestamptz);
CREATE UNIQUE INDEX name_title ON page (page_namespace, page_title);
CREATE TABLE revision (rev_id serial PRIMARY KEY, rev_page int NOT NULL, rev_actor bigint NOT NULL, rev_timestamp timestamptz NOT NULL, rev_sha1 bytea, rev_deleted smallint NOT NULL DEFAULT 0);
CREATE INDEX rev_page_time ON revision (rev_page, rev_timestamp);
CREATE TABLE pagelinks (pl_from int NOT NULL, pl_namespace int NOT NULL, pl_title text NOT NULL, PRIMARY KEY (pl_from, pl_namespace, pl_title));
CREATE TABLE logging (log_type text, log_at timestamptz, log_params text);
INSERT INTO page SELECT i, i % 4, 'Title_' || i, i, i % 9000, '2026-01-01'::timestamptz + i * interval '1 h' FROM generate_series(1, 3000) i;
INSERT INTO revision (rev_page, rev_actor, rev_timestamp, rev_sha1) SELECT 1 + i % 3000, i % 60, '2026-01-01'::timestamptz + i * interval '1 min', decode(md5(i::text), 'hex') FROM generate_series(1, 5000) i;
INSERT INTO pagelinks SELECT 1 + i % 3000, 0, 'Title_' || (i * 13) % 3000 FROM generate_series(1, 4000) i ON CONFLICT DO NOTHING;
INSERT INTO logging SELECT 'move', now(), 'p' || i FROM generate_series(1, 2000) i;

-- workload
SELECT page_id FROM page WHERE page_namespace = 0 AND page_title LIKE 'Title\_1%' ORDER BY page_title LIMIT 11;
SELECT p.page_title FROM pagelinks l JOIN page p ON p.page_id = l.pl_from WHERE l.pl_namespace = 0 AND l.pl_title = $1 ORDER BY l.pl_from LIMIT 51;
SELECT r.*, lag(rev_id) OVER (PARTITION BY rev_page ORDER BY rev_timestamp) FROM revision r WHERE rev_actor = $1 AND rev_timestamp > $2;
SELECT DISTINCT log_type FROM logging WHERE log_params ~* 'p7';
SELECT page_id FROM page EXCEPT SELECT rev_page FROM revision WHERE rev_deleted = 0;
SELECT encode(rev_sha1, 'hex') FROM revision WHERE rev_sha1 = '\xabcd'::bytea;
