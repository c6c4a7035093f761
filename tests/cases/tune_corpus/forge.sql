-- partitions in two levels with composite keys, constraints not validated, very long names
CREATE SCHEMA dynamic;
CREATE TABLE projects (id bigint PRIMARY KEY, namespace bigint NOT NULL, path text, archived boolean, CONSTRAINT check_path_is_not_longer_than_the_longest_url_that_was_ever_sent CHECK (char_length(path) <= 255));
CREATE TABLE p_builds (id bigint NOT NULL, partition bigint NOT NULL, project bigint NOT NULL, status text, stage int, token text, created timestamptz, PRIMARY KEY (id, partition)) PARTITION BY LIST (partition);
CREATE TABLE dynamic.builds_100 PARTITION OF p_builds FOR VALUES IN (100);
CREATE TABLE dynamic.builds_101 PARTITION OF p_builds FOR VALUES IN (101, 102) PARTITION BY HASH (id);
CREATE TABLE dynamic.builds_101_0 PARTITION OF dynamic.builds_101 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE dynamic.builds_101_1 PARTITION OF dynamic.builds_101 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE dynamic.builds_rest PARTITION OF p_builds DEFAULT;
CREATE INDEX p_builds_project ON p_builds (project, status);
CREATE INDEX ON ONLY p_builds (stage);
CREATE INDEX p_builds_token ON p_builds (token, partition);
CREATE TABLE p_artifacts (id bigint NOT NULL, build bigint NOT NULL, partition bigint NOT NULL, size bigint, PRIMARY KEY (id, partition),
  CONSTRAINT fk_builds FOREIGN KEY (build, partition) REFERENCES p_builds (id, partition) ON DELETE CASCADE) PARTITION BY LIST (partition);
CREATE TABLE dynamic.artifacts_100 PARTITION OF p_artifacts FOR VALUES IN (100);
ALTER TABLE projects ADD CONSTRAINT archived_is_known CHECK (archived IS NOT NULL) NOT VALID;
INSERT INTO projects SELECT i, i % 9, 'path' || i, false FROM generate_series(1, 1200) i;
INSERT INTO p_builds SELECT i, 100 + i % 3, 1 + i % 1200, (ARRAY['success', 'failed', 'running'])[1 + i % 3], i % 5, 't' || i, '2026-01-01'::timestamptz + i * interval '1 min' FROM generate_series(1, 5000) i;
INSERT INTO p_artifacts SELECT i, id, partition, i FROM (SELECT id, partition, row_number() OVER () AS i FROM p_builds WHERE partition = 100) b;

-- workload
SELECT "p_builds".* FROM "p_builds" WHERE "p_builds"."project" = $1 AND "p_builds"."status" = 'running' AND "p_builds"."partition" IN (100, 101) ORDER BY "p_builds"."id" DESC LIMIT $2;
SELECT count(*) FROM p_builds WHERE created > now() - interval '3 days' AND stage = 2;
SELECT b.id FROM p_builds b JOIN p_artifacts a ON a.build = b.id AND a.partition = b.partition WHERE a.size > 1000 AND b.partition = 100;
UPDATE p_builds SET status = 'failed' WHERE id = $1 AND partition = $2;
SELECT * FROM dynamic.builds_100 WHERE token = $1;
SELECT p.id FROM projects p WHERE p.path ILIKE '%7%' AND EXISTS (SELECT FROM p_builds b WHERE b.project = p.id);
