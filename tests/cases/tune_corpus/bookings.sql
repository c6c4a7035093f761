-- ranges, exclusion constraints, multiranges, domains over arrays, intervals
CREATE EXTENSION btree_gist;
CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE DOMAIN short_list AS int[] CHECK (cardinality(VALUE) < 10);
CREATE TABLE rooms (id int PRIMARY KEY, name text, opening interval, beds short_list);
CREATE TABLE stays (id serial PRIMARY KEY, room int NOT NULL REFERENCES rooms, during tstzrange NOT NULL, guest email, closed int4multirange, cancelled boolean NOT NULL DEFAULT false, EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled));
CREATE INDEX stays_guest ON stays (guest);
CREATE INDEX stays_begin ON stays (lower(during));
INSERT INTO rooms SELECT i, 'r' || i, '8 hours', ARRAY[1, 2] FROM generate_series(1, 200) i;
INSERT INTO stays (room, during, guest) SELECT 1 + i % 200, tstzrange('2026-01-01'::timestamptz + i / 200 * interval '1 day', '2026-01-01'::timestamptz + (i / 200 + 1) * interval '1 day'), 'g' || i % 300 || '@x' FROM generate_series(1, 3000) i;

-- workload
SELECT r.id FROM rooms r WHERE NOT EXISTS (SELECT FROM stays s WHERE s.room = r.id AND s.during && tstzrange($1, $2) AND NOT s.cancelled);
SELECT * FROM stays WHERE guest = $1 ORDER BY lower(during) DESC;
SELECT room, sum(upper(during) - lower(during)) FROM stays WHERE during @> now() GROUP BY room;
SELECT id FROM rooms WHERE 2 = ANY (beds) AND opening > interval '7 hours';
SELECT range_agg(during) FROM stays WHERE closed @> 3;
