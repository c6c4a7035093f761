-- text search kept by a trigger, functions in indexes, versions as text, materialised counts
CREATE FUNCTION canon(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT replace(lower($1), '-', '_') $$;
CREATE TABLE packages (id serial PRIMARY KEY, name varchar NOT NULL, description varchar, words tsvector NOT NULL DEFAULT '', updated timestamp NOT NULL DEFAULT now(), max_features smallint);
CREATE UNIQUE INDEX packages_canon ON packages (canon(name::text));
CREATE INDEX packages_words ON packages USING gin (words);
CREATE TABLE versions (id serial PRIMARY KEY, package int NOT NULL REFERENCES packages, num varchar NOT NULL, features jsonb NOT NULL DEFAULT '{}', yanked boolean NOT NULL DEFAULT false, ordinal int[] , CONSTRAINT once UNIQUE (package, num));
CREATE TABLE downloads (version int NOT NULL REFERENCES versions ON DELETE CASCADE, day date NOT NULL DEFAULT CURRENT_DATE, downloads int NOT NULL DEFAULT 1, processed boolean NOT NULL DEFAULT false, PRIMARY KEY (version, day));
CREATE INDEX downloads_waiting ON downloads (day) WHERE processed = false;
CREATE FUNCTION set_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.words := setweight(to_tsvector('pg_catalog.simple', NEW.name), 'A') || to_tsvector('english', coalesce(NEW.description, '')); RETURN NEW; END $$;
CREATE TRIGGER packages_words BEFORE INSERT OR UPDATE ON packages FOR EACH ROW EXECUTE FUNCTION set_words();
INSERT INTO packages (name, description) SELECT 'pack-' || i, 'a library of number ' || i FROM generate_series(1, 1500) i;
INSERT INTO versions (package, num) SELECT 1 + i % 1500, '1.0.' || i FROM generate_series(1, 3000) i;
INSERT INTO downloads SELECT 1 + i % 3000, '2026-01-01'::date + i / 3000, i % 90, true FROM generate_series(0, 5999) i;

-- workload
SELECT p.id, ts_rank_cd(p.words, q) FROM packages p, plainto_tsquery('english', 'library') AS q WHERE q @@ p.words ORDER BY ts_rank_cd(p.words, q) DESC LIMIT 10 OFFSET 0;
SELECT * FROM packages WHERE canon(name) = canon($1);
SELECT v.package, sum(d.downloads) FROM downloads d JOIN versions v ON v.id = d.version WHERE d.day > CURRENT_DATE - 90 GROUP BY v.package ORDER BY 2 DESC LIMIT 10;
SELECT * FROM downloads WHERE processed = false AND day < $1 ORDER BY day LIMIT 1000 FOR UPDATE SKIP LOCKED;
SELECT num FROM versions WHERE package = $1 AND NOT yanked ORDER BY string_to_array(num, '.') DESC;
SELECT array_agg(DISTINCT num ORDER BY num), jsonb_object_keys(features) FROM versions WHERE package = 3 GROUP BY features;
