-- Counts, sums and the largest.

-- posts of an author counted
SELECT count(*) FROM posts WHERE author_id = $1;

-- likes of an author's posts
SELECT count(*) FROM likes l JOIN posts p ON p.id = l.post_id WHERE p.author_id = $1;

-- posts a day
SELECT date_trunc('day', created_at), count(*) FROM posts GROUP BY 1;

-- busiest authors
SELECT author_id, count(*) FROM posts GROUP BY author_id ORDER BY count(*) DESC LIMIT 10;

-- most followed
SELECT u.handle, count(*) FROM follows f JOIN users u ON u.id = f.followed_id
GROUP BY u.id ORDER BY count(*) DESC LIMIT 10;

-- states of posts
SELECT visibility, count(*) FROM posts WHERE deleted_at IS NULL GROUP BY visibility;

-- the newest post
SELECT max(id) FROM (SELECT created_at AS id FROM posts) p;

-- fees by host
SELECT host_id, sum(fee) FROM events GROUP BY host_id HAVING sum(fee) > 1000;
