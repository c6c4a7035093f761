-- Full text and arrays.

-- a common word
SELECT id FROM posts WHERE words @@ to_tsquery('simple', 'word0');

-- a word not known
SELECT id FROM posts WHERE words @@ plainto_tsquery('simple', $1) ORDER BY id DESC LIMIT 20;

-- two words by an author
SELECT id FROM posts WHERE words @@ to_tsquery('simple', 'word1 & word2') AND author_id = $1;

-- posts with a tag
SELECT id FROM posts WHERE tags @> ARRAY['tag400'];
