-- Joins, semi-joins and anti-joins.

-- who liked a post
SELECT u.id, u.handle FROM likes l JOIN users u ON u.id = l.user_id WHERE l.post_id = $1;

-- posts that a user liked
SELECT p.* FROM likes l JOIN posts p ON p.id = l.post_id WHERE l.user_id = $1;

-- posts with whether one liked them
SELECT p.id, EXISTS (SELECT FROM likes l WHERE l.post_id = p.id AND l.user_id = $2) AS liked
FROM posts p WHERE p.author_id = $1;

-- followers of a user
SELECT u.* FROM follows f JOIN users u ON u.id = f.follower_id WHERE f.followed_id = $1;

-- friends
SELECT a.followed_id FROM follows a JOIN follows b ON b.follower_id = a.followed_id AND b.followed_id = a.follower_id
WHERE a.follower_id = $1;

-- users who never posted
SELECT u.* FROM users u WHERE NOT EXISTS (SELECT FROM posts p WHERE p.author_id = u.id);

-- team users who posted lately
SELECT u.* FROM users u WHERE u.plan = 'team'
AND u.id IN (SELECT p.author_id FROM posts p WHERE p.created_at > timestamptz '2025-11-25');

-- likes by country
SELECT u.country, count(*) FROM likes l JOIN users u ON u.id = l.user_id GROUP BY u.country;

-- authors whom a user likes
SELECT p.author_id, count(*) FROM likes l JOIN posts p ON p.id = l.post_id
WHERE l.user_id = $1 GROUP BY p.author_id ORDER BY count(*) DESC LIMIT 10;

-- events of those one follows
SELECT e.* FROM events e JOIN follows f ON f.followed_id = e.host_id
WHERE f.follower_id = $1 AND upper(e.during) > $2;

-- posts liked from another country
SELECT p.id, l.created_at FROM posts p JOIN likes l ON l.post_id = p.id JOIN users u ON u.id = l.user_id
WHERE p.author_id = $1 AND u.country = $2;
