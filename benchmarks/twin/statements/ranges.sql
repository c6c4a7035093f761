-- Ranges of time, of amounts, of names.

-- a day of posts
SELECT * FROM posts WHERE created_at BETWEEN timestamptz '2025-03-01' AND timestamptz '2025-03-02';

-- a quarter of posts
SELECT * FROM posts WHERE created_at >= timestamptz '2025-01-01' AND created_at < timestamptz '2025-04-01';

-- the last hours of posts
SELECT * FROM posts WHERE created_at >= timestamptz '2025-11-30';

-- a range of time not known
SELECT * FROM posts WHERE created_at > $1 AND created_at < $2;

-- deleted long ago
SELECT id FROM posts WHERE deleted_at < timestamptz '2024-02-01';

-- dear events
SELECT * FROM events WHERE fee > 195;

-- events at a time
SELECT * FROM events WHERE during && tstzrange(timestamptz '2025-06-01', timestamptz '2025-06-02');

-- users whose names begin alike
SELECT * FROM users WHERE handle LIKE 'user123%';

-- new users with their first posts
SELECT u.id, (SELECT min(p.created_at) FROM posts p WHERE p.author_id = u.id)
FROM users u WHERE u.created_at > timestamptz '2025-11-01';
