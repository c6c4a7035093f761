-- a schema of its own, collations, functions in PL/pgSQL, composite types, deferred keys
CREATE SCHEMA music;
CREATE COLLATION music.plain (provider = libc, locale = 'C');
CREATE TYPE music.coordinate AS (latitude float8, longitude float8);
CREATE DOMAIN music.gid AS uuid NOT NULL;
CREATE DOMAIN music.year AS smallint CHECK (VALUE BETWEEN 1000 AND 2999);
CREATE TABLE music.artist (id serial PRIMARY KEY, gid music.gid, name varchar COLLATE music.plain NOT NULL, sort_name varchar NOT NULL, begin_year music.year, place music.coordinate, edits int NOT NULL DEFAULT 0);
CREATE TABLE music.credit (artist int NOT NULL, position smallint NOT NULL, recording int NOT NULL, PRIMARY KEY (recording, position));
CREATE TABLE music.recording (id serial PRIMARY KEY, name varchar NOT NULL, length int CHECK (length IS NULL OR length > 0), video boolean);
ALTER TABLE music.credit ADD FOREIGN KEY (artist) REFERENCES music.artist DEFERRABLE INITIALLY DEFERRED, ADD FOREIGN KEY (recording) REFERENCES music.recording;
CREATE INDEX artist_name ON music.artist (name);
CREATE INDEX artist_lower ON music.artist (lower(name));
CREATE UNIQUE INDEX artist_gid ON music.artist (gid);
CREATE INDEX recording_trail ON music.recording (name, id) WHERE video;
CREATE FUNCTION music.dec(i int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE music.artist SET edits = edits - 1 WHERE id = i; IF NOT FOUND THEN RAISE 'none'; END IF; END $$;
CREATE VIEW music.credited AS SELECT r.*, array_agg(a.name ORDER BY c.position) AS names FROM music.recording r JOIN music.credit c ON c.recording = r.id JOIN music.artist a ON a.id = c.artist GROUP BY r.id;
INSERT INTO music.artist (gid, name, sort_name, begin_year, place) SELECT gen_random_uuid(), 'Ärtist ' || i, 'A' || i, 1950 + i % 70, ROW(i % 90, i % 80)::music.coordinate FROM generate_series(1, 1500) i;
INSERT INTO music.recording (name, length, video) SELECT 'Song ' || i % 900, i, i % 70 = 0 FROM generate_series(1, 3000) i;
INSERT INTO music.credit SELECT 1 + i % 1500, 1, i FROM generate_series(1, 3000) i;

-- workload
SELECT * FROM music.credited WHERE id = ANY ($1);
SELECT a.id FROM music.artist a WHERE lower(a.name) = lower($1) OR a.sort_name = $1;
SELECT r.id, (a.place).latitude FROM music.recording r JOIN music.credit c ON c.recording = r.id JOIN music.artist a ON a.id = c.artist WHERE a.gid = $1 ORDER BY r.name COLLATE music.plain, r.id LIMIT 100 OFFSET $2;
UPDATE music.artist SET edits = edits - 1 WHERE id = i;
SELECT begin_year, count(*) FROM music.artist WHERE begin_year > 1990 GROUP BY GROUPING SETS ((begin_year), ());
SELECT name FROM music.recording WHERE name % 'song' OR name ~ '^Song 7';
