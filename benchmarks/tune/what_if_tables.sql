-- Some 800,000 rows with what indexes are made on: skewed keys, states, times in order, e-mail addresses, texts, JSON,
-- arrays, ranges, addresses, numbers that are not whole.
CREATE EXTENSION pg_trgm;
SELECT setseed(0.3);
-- Words as of a language: of one to four syllables, and few of them common
CREATE TABLE words AS
SELECT n, (
    SELECT string_agg(
        (ARRAY['b', 'c', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'st', 'tr', 'pl', 'ch',
               '', '', 'sh', 'gr'])[1 + floor(24 * random())::int]
        || (ARRAY['a', 'e', 'i', 'o', 'u', 'e', 'a', 'ea', 'ou', 'io'])[1 + floor(10 * random())::int]
        || (ARRAY['', '', '', 'n', 'r', 's', 't', 'l', 'm', 'ng', 'd', 'ck'])[1 + floor(12 * random())::int], '')
    FROM generate_series(1, 1 + n % 4) syllable
) AS word
FROM generate_series(1, 20000) n;
CREATE TABLE articles AS
SELECT
    doc AS id, title, body, to_tsvector('simple', body) AS words,
    jsonb_build_object(
        'lang', (ARRAY['en', 'de', 'fr', 'en', 'en'])[1 + doc % 5], 'stars', doc % 6, 'ref', md5(doc::text),
        'owner', jsonb_build_object('id', 1 + floor(power(random(), 2) * 8000)::int, 'team', 't' || doc % 40),
        'labels', jsonb_build_array('l' || floor(power(random(), 3) * 300)::int)
    ) AS meta,
    ARRAY['tag' || floor(power(random(), 3) * 2000)::int, 'tag' || floor(power(random(), 3) * 2000)::int] AS tags,
    ARRAY[floor(power(random(), 2) * 50000)::int, floor(power(random(), 2) * 50000)::int] AS refs
FROM (
    SELECT doc, string_agg(word, ' ') AS body, initcap(string_agg(word, ' ') FILTER (WHERE place <= 5)) AS title
    FROM (
        SELECT doc, place, 1 + floor(20000 * power(random(), 4))::int AS word_number
        FROM generate_series(1, 40000) doc, generate_series(1, 12 + doc % 25) place
        OFFSET 0
    ) drawn JOIN words ON words.n = word_number
    GROUP BY doc
) texts
ORDER BY doc;
CREATE TABLE people AS
SELECT
    n AS id, 'Person' || n || '@Host' || n % 97 || '.example' AS email, 'p' || n AS handle,
    (ARRAY['US', 'US', 'US', 'DE', 'DE', 'FR', 'GB', 'IN', 'BR', 'JP'])[1 + floor(random() * 10)::int] AS country,
    ('10.' || n % 256 || '.' || n % 199 || '.' || n % 7)::inet AS address, gen_random_uuid() AS token,
    jsonb_build_object('plan', (ARRAY['free', 'free', 'pro', 'team'])[1 + n % 4], 'size', n % 50) AS settings
FROM generate_series(1, 100000) n;
CREATE TABLE orders AS
SELECT
    n AS id, 1 + floor(100000 * power(random(), 2))::bigint AS person, n % 40 AS tenant,
    CASE WHEN random() < 0.96 THEN 'done' WHEN random() < 0.6 THEN 'paid' ELSE 'failed' END AS state,
    (random() * 900)::numeric(10, 2) AS amount, random() AS score, lpad(to_hex(n::bigint * 7919 % 4294967296), 8, '0') AS code,
    timestamptz '2025-01-01Z' + n * interval '50 seconds' AS made,
    CASE WHEN random() < 0.05 THEN timestamptz '2025-01-01Z' + n * interval '50 seconds' END AS cancelled,
    tsrange(timestamp '2025-01-01' + n * interval '50 seconds', timestamp '2025-01-02' + n * interval '50 seconds') AS held
FROM generate_series(1, 500000) n;
ALTER TABLE articles ADD PRIMARY KEY (id);
ALTER TABLE people ADD PRIMARY KEY (id);
ALTER TABLE orders ADD PRIMARY KEY (id);
VACUUM ANALYZE
