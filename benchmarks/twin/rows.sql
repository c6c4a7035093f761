-- {posts} posts, a tenth as many users and events, half as many follows, three times as many likes. Few authors write
-- much and many little; few posts are liked much; words, tags, countries and plans are as uneven. The same
-- distributions at every size.
SELECT setseed(0.42);

CREATE FUNCTION pg_temp.post_time(n bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql
RETURN timestamptz '2024-01-01' + (n::float8 / {posts}) * interval '700 days';

-- A uuid as uuidv7() makes them: time first, the rest spread by the number.
CREATE FUNCTION pg_temp.post_id(n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
RETURN (
    lpad(to_hex(1704067200000 + n * 60480000000 / {posts}), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0')
    || '8' || lpad(to_hex((n * 2654435761) & 281474976710655), 15, '0')
)::uuid;

INSERT INTO users
SELECT
    n, 'user' || n, 'User' || n || '@host' || n % 97 || '.example',
    (ARRAY['US', 'US', 'US', 'US', 'DE', 'DE', 'FR', 'GB', 'IN', 'BR', 'JP', 'CA', 'AU', 'NL', 'SE', 'ES', 'IT', 'PL',
           'MX', 'KR'])[1 + floor(random() * 20)::int],
    CASE WHEN random() < 0.7 THEN 'free' WHEN random() < 0.8 THEN 'pro' ELSE 'team' END,
    timestamptz '2024-01-01' + (n::float8 / ({posts} / 10)) * interval '700 days',
    jsonb_build_object('theme', n % 5, 'about', repeat('x', 20 + (n % 60)::int))
FROM generate_series(1, {posts} / 10) n;

INSERT INTO posts
SELECT
    pg_temp.post_id(n), 1 + floor(({posts} / 10) * power(random(), 2))::bigint,
    CASE WHEN random() < 0.85 THEN 'public' WHEN random() < 0.7 THEN 'followers' ELSE 'private' END,
    body, to_tsvector('simple', body),
    ARRAY['tag' || floor(500 * power(random(), 3)), 'tag' || floor(500 * power(random(), 3))],
    floor(400 * power(random(), 8))::int, pg_temp.post_time(n),
    CASE WHEN random() < 0.02 THEN pg_temp.post_time(n) + random() * interval '20 days' END
FROM (
    SELECT
        n,
        'word' || floor(20000 * power(random(), 3)) || ' word' || floor(20000 * power(random(), 3))
        || ' word' || floor(20000 * power(random(), 3)) || ' word' || floor(20000 * power(random(), 3))
        || ' word' || floor(20000 * power(random(), 3)) || ' word' || floor(20000 * power(random(), 3)) AS body
    FROM generate_series(1, {posts}) n
) made;

INSERT INTO likes
SELECT user_id, pg_temp.post_id(n), pg_temp.post_time(n) + random() * interval '10 days' AS liked
FROM (
    SELECT
        1 + floor(({posts} / 10) * power(random(), 1.5))::bigint AS user_id,
        1 + floor({posts} * power(random(), 1.3))::bigint AS n
    FROM generate_series(1, {posts} * 3.2)
) made
GROUP BY user_id, n
ORDER BY liked;

INSERT INTO follows
SELECT follower, followed, timestamptz '2024-01-01' + random() * interval '700 days'
FROM (
    SELECT
        1 + floor(({posts} / 10) * random())::bigint AS follower,
        1 + floor(({posts} / 10) * power(random(), 2))::bigint AS followed
    FROM generate_series(1, {posts} / 2)
) made
GROUP BY follower, followed;

INSERT INTO events
SELECT
    n, 1 + floor(({posts} / 10) * power(random(), 3))::bigint, (random() * 200)::numeric(10, 2),
    tstzrange(starts, starts + (1 + floor(random() * 8)) * interval '1 hour')
FROM (
    SELECT n, timestamptz '2025-01-01' + random() * interval '365 days' AS starts FROM generate_series(1, {posts} / 10) n
) made;
