-- triggers that keep counts, a path as text, generated columns, a recursive query
CREATE TABLE people (id serial PRIMARY KEY, name varchar(255) NOT NULL, actor varchar(255) NOT NULL UNIQUE, banned bool NOT NULL DEFAULT false);
CREATE TABLE posts (id serial PRIMARY KEY, creator int NOT NULL REFERENCES people ON UPDATE CASCADE ON DELETE CASCADE, url varchar(512), removed bool NOT NULL DEFAULT false, published timestamptz NOT NULL DEFAULT now());
CREATE TABLE comments (id serial PRIMARY KEY, post int NOT NULL REFERENCES posts, creator int NOT NULL REFERENCES people, path text NOT NULL DEFAULT '0', content text NOT NULL, depth int GENERATED ALWAYS AS (length(path) - length(replace(path, '.', ''))) STORED);
CREATE TABLE post_counts (post int PRIMARY KEY REFERENCES posts, comments bigint NOT NULL DEFAULT 0, score bigint NOT NULL DEFAULT 0, hot double precision NOT NULL DEFAULT 0.1, published timestamptz);
CREATE FUNCTION hot(score numeric, at timestamptz) RETURNS double precision LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE hours numeric := extract(epoch FROM at) / 3600; BEGIN RETURN log(greatest(2, score + 2)) / power(hours + 2, 1.8); END $$;
CREATE FUNCTION count_comment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE post_counts SET comments = comments + 1 WHERE post = NEW.post; RETURN NULL; END $$;
CREATE TRIGGER comments_counted AFTER INSERT ON comments FOR EACH ROW EXECUTE FUNCTION count_comment();
CREATE INDEX post_counts_hot ON post_counts (hot(score::numeric, published) DESC, published DESC);
CREATE INDEX comments_path ON comments (path text_pattern_ops);
INSERT INTO people (name, actor) SELECT 'p' || i, 'https://x/' || i FROM generate_series(1, 1200) i;
INSERT INTO posts (creator, url) SELECT 1 + i % 1200, 'u' || i FROM generate_series(1, 2500) i;
INSERT INTO post_counts (post, score, published) SELECT id, id % 40, published FROM posts;
INSERT INTO comments (post, creator, path, content) SELECT 1 + i % 2500, 1 + i % 1200, '0.' || i % 50 || '.' || i, 'c' FROM generate_series(1, 3000) i;

-- workload
SELECT p.*, c.comments FROM posts p JOIN post_counts c ON c.post = p.id WHERE NOT p.removed ORDER BY hot(c.score::numeric, c.published) DESC, c.published DESC LIMIT 40 OFFSET $1;
SELECT * FROM comments WHERE path LIKE '0.7.%' ORDER BY path;
WITH RECURSIVE tree (id, path) AS (SELECT id, path FROM comments WHERE id = $1 UNION ALL SELECT c.id, c.path FROM comments c, tree t WHERE c.path LIKE t.path || '.%') SELECT count(*) FROM tree;
UPDATE post_counts SET comments = comments + $1 WHERE post = NEW.post;
SELECT p.id FROM people p LEFT JOIN posts o ON o.creator = p.id AND o.removed WHERE o.id IS NULL AND p.banned IS NOT TRUE;
SELECT 1 FROM posts WHERE coalesce(url, '') = $1;
