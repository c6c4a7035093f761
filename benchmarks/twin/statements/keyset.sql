-- Pages by keyset, and the rows at the head of an order.

-- one post
SELECT p.*, u.handle FROM posts p JOIN users u ON u.id = p.author_id WHERE p.id = $1;

-- one user by address
SELECT * FROM users WHERE lower(email) = $1;

-- posts of an author
SELECT * FROM posts WHERE author_id = $1 AND id < $2 ORDER BY id DESC LIMIT 20;

-- newest public posts
SELECT p.*, u.handle FROM posts p JOIN users u ON u.id = p.author_id
WHERE p.visibility = 'public' AND p.deleted_at IS NULL AND p.id < $1 ORDER BY p.id DESC LIMIT 20;

-- popular posts
SELECT * FROM posts WHERE visibility = 'public' AND (like_count, id) < ($1, $2)
ORDER BY like_count DESC, id DESC LIMIT 20;

-- feed of those one follows
SELECT p.* FROM posts p
WHERE p.author_id IN (SELECT f.followed_id FROM follows f WHERE f.follower_id = $1) AND p.id < $2
ORDER BY p.id DESC LIMIT 20;

-- feed by author
SELECT p.* FROM follows f
CROSS JOIN LATERAL (
    SELECT * FROM posts p WHERE p.author_id = f.followed_id AND p.id < $2 ORDER BY p.id DESC LIMIT 20
) p
WHERE f.follower_id = $1 ORDER BY p.id DESC LIMIT 20;

-- likes of a user
SELECT l.post_id, l.created_at FROM likes l WHERE l.user_id = $1 AND l.created_at < $2
ORDER BY l.created_at DESC LIMIT 20;
