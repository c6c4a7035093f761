-- Indexes that are not there, each with a statement that it would serve.

-- posts by author and time
CREATE INDEX tried ON posts (author_id, created_at DESC);
SELECT * FROM posts WHERE author_id = $1 AND created_at < $2 ORDER BY created_at DESC LIMIT 20;

-- posts by visibility
CREATE INDEX tried ON posts (visibility, created_at);
SELECT * FROM posts WHERE visibility = $1 ORDER BY created_at DESC LIMIT 20;

-- private posts alone
CREATE INDEX tried ON posts (author_id) WHERE visibility = 'private';
SELECT * FROM posts WHERE author_id = $1 AND visibility = 'private';

-- likes by post with their users
CREATE INDEX tried ON likes (post_id) INCLUDE (user_id, created_at);
SELECT user_id, created_at FROM likes WHERE post_id = $1;

-- likes by time
CREATE INDEX tried ON likes (created_at);
SELECT count(*) FROM likes WHERE created_at > timestamptz '2025-11-28';

-- users by plan
CREATE INDEX tried ON users (plan);
SELECT count(*) FROM users WHERE plan = 'team';

-- users by the beginning of their names
CREATE INDEX tried ON users (lower(handle) text_pattern_ops);
SELECT * FROM users WHERE lower(handle) LIKE 'user12%';

-- events by host and fee
CREATE INDEX tried ON events (host_id, fee);
SELECT * FROM events WHERE host_id = $1 AND fee < 20 ORDER BY fee LIMIT 5;

-- follows by time
CREATE INDEX tried ON follows (followed_id, created_at DESC);
SELECT * FROM follows WHERE followed_id = $1 ORDER BY created_at DESC LIMIT 50;

-- popular posts of any kind
CREATE INDEX tried ON posts (like_count);
SELECT * FROM posts WHERE like_count > 390;
