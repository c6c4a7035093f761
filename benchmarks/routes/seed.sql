SET session_replication_role = replica;
INSERT INTO users (handle, name) SELECT 'u-' || i, 'User ' || i FROM generate_series(1, 10000) i;
INSERT INTO posts (author_id, body, created_at)
SELECT id, 'Post ' || md5(id::text || k), now() - k * interval '1 hour' - random() * interval '1 hour'
FROM users, generate_series(1, 20) k;
CREATE TEMP TABLE numbered AS SELECT id, (row_number() OVER (ORDER BY id))::int AS n FROM users;
CREATE INDEX ON numbered (n);
ANALYZE numbered;
INSERT INTO follows (follower_id, target_id)
SELECT a.id, b.id FROM numbered a CROSS JOIN generate_series(1, 20) k
JOIN numbered b ON b.n = (a.n * 13 + k * 497) % 10000 + 1 ON CONFLICT DO NOTHING;
SET session_replication_role = DEFAULT;
