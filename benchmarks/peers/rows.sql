-- The peers' rows, number for number, in the tables of the built project. Ids are UUIDv7 with the number at their end.
-- Triggers and foreign keys rest meanwhile; what they would have kept is written here.
SET session_replication_role = replica;
CREATE FUNCTION pg_temp.id(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid;

INSERT INTO users (id, username, display_name, created_at, updated_at)
SELECT pg_temp.id(i), 'user' || i, 'Usér "' || i || '"', at, at
FROM generate_series(1, 10000) AS i, LATERAL (SELECT timestamptz '2025-01-01Z' + i * interval '1 minute' AS at);

INSERT INTO posts (id, author_id, body, likes_count, created_at, updated_at)
SELECT pg_temp.id(i), pg_temp.id((i::bigint * 7919) % 10000 + 1),
    'Post ' || i || ': «' || md5(i::text) || '» "' || md5((i + 1)::text) || '" ' || md5((i + 2)::text)
    || E'\nsecond line é',
    (i * 31) % 11, at, at
FROM generate_series(1, 200000) AS i, LATERAL (SELECT timestamptz '2025-06-01Z' + i * interval '60.123 second' AS at);

INSERT INTO likes (user_id, post_id, created_at)
SELECT pg_temp.id((i::bigint * 17 + k * 911) % 10000 + 1), pg_temp.id(i), timestamptz '2026-01-01Z'
FROM generate_series(1, 200000) AS i, LATERAL generate_series(1, (i * 31) % 11) AS k;

INSERT INTO follows (follower_id, target_id, created_at)
SELECT pg_temp.id(u), pg_temp.id(f), timestamptz '2025-03-01Z'
FROM generate_series(1, 10000) AS u, generate_series(1, 20) AS k,
    LATERAL (SELECT (u::bigint * 13 + k * 497) % 10000 + 1 AS f)
WHERE u <> f;

INSERT INTO auth_accounts (user_id, email) SELECT id, username || '@example.com' FROM users;
SET session_replication_role = DEFAULT;
