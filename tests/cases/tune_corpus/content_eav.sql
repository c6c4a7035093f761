-- everything as text in names and values, numbers in texts, casts in joins
CREATE TABLE wp_posts ("ID" bigserial PRIMARY KEY, post_author bigint NOT NULL DEFAULT 0, post_date timestamp NOT NULL, post_status varchar(20) NOT NULL, post_type varchar(20) NOT NULL, guid varchar(255));
CREATE TABLE wp_postmeta (meta_id bigserial PRIMARY KEY, post_id bigint NOT NULL DEFAULT 0, meta_key varchar(255), meta_value text);
CREATE TABLE wp_options (option_id serial, option_name varchar(191) NOT NULL, option_value text, autoload varchar(20));
CREATE INDEX post_type_status_date ON wp_posts (post_type, post_status, post_date, "ID");
CREATE INDEX meta_post ON wp_postmeta (post_id); CREATE INDEX meta_key ON wp_postmeta (meta_key);
INSERT INTO wp_posts (post_author, post_date, post_status, post_type) SELECT i % 20, '2026-01-01'::timestamp + i * interval '1 h', 'publish', CASE WHEN i % 5 = 0 THEN 'page' ELSE 'post' END FROM generate_series(1, 3000) i;
INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT 1 + i % 3000, '_price', (i % 90)::text FROM generate_series(1, 5000) i;
INSERT INTO wp_options (option_name, option_value, autoload) SELECT 'o' || i, 'v', 'yes' FROM generate_series(1, 1500) i;

-- workload
SELECT p."ID" FROM wp_posts p INNER JOIN wp_postmeta m ON p."ID" = m.post_id WHERE 1=1 AND m.meta_key = '_price' AND CAST(m.meta_value AS integer) > 50 AND p.post_type = 'post' GROUP BY p."ID" ORDER BY p.post_date DESC LIMIT 10 OFFSET 0;
SELECT option_name, option_value FROM wp_options WHERE autoload IN ('yes', 'on');
SELECT option_value FROM wp_options WHERE option_name = $1 LIMIT 1;
SELECT m1.* FROM wp_postmeta m1 LEFT JOIN wp_postmeta m2 ON m1.post_id::text = m2.meta_value WHERE m2.meta_id IS NULL;
SELECT * FROM wp_posts WHERE EXTRACT(year FROM post_date) = 2026 AND guid IS NULL;
