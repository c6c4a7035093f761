-- Indexes that are not there, each with a statement that it would serve.

-- of a foreign key, newest first
CREATE INDEX tried ON orders (person, made DESC);
SELECT * FROM orders WHERE person = $1 AND made < $2 ORDER BY made DESC LIMIT 20;

-- with included columns
CREATE INDEX tried ON orders (person) INCLUDE (state, amount);
SELECT state, amount FROM orders WHERE person = $1;

-- of few values
CREATE INDEX tried ON orders (state);
SELECT * FROM orders WHERE state = 'failed';

-- of a tenant and a state, in order
CREATE INDEX tried ON orders (tenant, state, made);
SELECT * FROM orders WHERE tenant = $1 AND state = 'paid' ORDER BY made LIMIT 20;

-- partial, of a rare state
CREATE INDEX tried ON orders (made) WHERE state = 'failed';
SELECT * FROM orders WHERE state = 'failed' AND made > $1;

-- partial, of what is not null
CREATE INDEX tried ON orders (cancelled) WHERE cancelled IS NOT NULL;
SELECT * FROM orders WHERE cancelled > $1 ORDER BY cancelled LIMIT 50;

-- mostly null
CREATE INDEX tried ON orders (cancelled);
SELECT * FROM orders WHERE cancelled > $1 ORDER BY cancelled LIMIT 50;

-- of numbers that are not whole
CREATE INDEX tried ON orders (amount);
SELECT * FROM orders WHERE amount > 899;

-- of floating point
CREATE INDEX tried ON orders (score DESC NULLS LAST);
SELECT * FROM orders ORDER BY score DESC NULLS LAST LIMIT 10;

-- of the beginning of a code
CREATE INDEX tried ON orders (code text_pattern_ops);
SELECT * FROM orders WHERE code LIKE '0012%';

-- of a day
CREATE INDEX tried ON orders (date_trunc('day', made, 'UTC'));
SELECT * FROM orders WHERE date_trunc('day', made, 'UTC') = $1;

-- of lower case
CREATE INDEX tried ON people (lower(email));
SELECT * FROM people WHERE lower(email) = $1;

-- of the end of an address
CREATE INDEX tried ON people (split_part(email, '@', 2));
SELECT * FROM people WHERE split_part(email, '@', 2) = 'Host5.example';

-- of a field of jsonb
CREATE INDEX tried ON people ((settings ->> 'plan'));
SELECT * FROM people WHERE settings ->> 'plan' = 'team' AND country = 'BR';

-- of a number in jsonb
CREATE INDEX tried ON people (((settings ->> 'size')::int));
SELECT * FROM people WHERE (settings ->> 'size')::int > 47;

-- of two columns in one
CREATE INDEX tried ON people ((country || ':' || handle));
SELECT * FROM people WHERE country || ':' || handle = $1;

-- of addresses
CREATE INDEX tried ON people (address);
SELECT * FROM people WHERE address = $1;

-- hash of a token
CREATE INDEX tried ON people USING hash (token);
SELECT * FROM people WHERE token = $1;

-- hash of a skewed key
CREATE INDEX tried ON orders USING hash (person);
SELECT * FROM orders WHERE person = $1;

-- BRIN of times in order
CREATE INDEX tried ON orders USING brin (made);
SELECT count(*) FROM orders WHERE made > timestamptz '2025-10-12Z';

-- GiST of ranges
CREATE INDEX tried ON orders USING gist (held);
SELECT * FROM orders WHERE held @> timestamp '2025-04-01';

-- GIN of words
CREATE INDEX tried ON articles USING gin (words);
SELECT id FROM articles WHERE words @@ to_tsquery('simple', $1);

-- GIN of words that are not stored
CREATE INDEX tried ON articles USING gin (to_tsvector('simple', title));
SELECT id FROM articles WHERE to_tsvector('simple', title) @@ to_tsquery('simple', $1);

-- GIN of trigrams of titles
CREATE INDEX tried ON articles USING gin (title gin_trgm_ops);
SELECT id FROM articles WHERE title ILIKE '%trasho%';

-- GIN of trigrams of texts
CREATE INDEX tried ON articles USING gin (body gin_trgm_ops);
SELECT id FROM articles WHERE body LIKE '%trasho%';

-- GIN of trigrams of addresses
CREATE INDEX tried ON people USING gin (email gin_trgm_ops);
SELECT * FROM people WHERE email LIKE '%son9999%';

-- GIN of jsonb
CREATE INDEX tried ON articles USING gin (meta);
SELECT id FROM articles WHERE meta @> '{"stars": 3}';

-- GIN of paths in jsonb
CREATE INDEX tried ON articles USING gin (meta jsonb_path_ops);
SELECT id FROM articles WHERE meta @> '{"owner": {"id": 77}}';

-- GIN of tags
CREATE INDEX tried ON articles USING gin (tags);
SELECT id FROM articles WHERE tags @> ARRAY['tag7'];

-- GIN of numbers
CREATE INDEX tried ON articles USING gin (refs);
SELECT id FROM articles WHERE refs && ARRAY[7, 8];
