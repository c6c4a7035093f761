-- row security with functions and subqueries, forced on one table, restrictive, for roles
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.sub', true), '')::uuid $$;
CREATE TABLE teams (id int PRIMARY KEY, name text);
CREATE TABLE memberships (team int REFERENCES teams, person uuid, PRIMARY KEY (team, person));
CREATE TABLE boards (id int PRIMARY KEY, team int NOT NULL REFERENCES teams, owner uuid NOT NULL, place int, hidden boolean NOT NULL DEFAULT false);
INSERT INTO teams SELECT i, 't' || i FROM generate_series(1, 200) i;
INSERT INTO memberships SELECT 1 + i % 200, md5((i % 900)::text)::uuid FROM generate_series(1, 1500) i ON CONFLICT DO NOTHING;
INSERT INTO boards SELECT i, 1 + i % 200, md5((i % 900)::text)::uuid, i % 20 FROM generate_series(1, 4000) i;
ALTER TABLE boards ENABLE ROW LEVEL SECURITY; ALTER TABLE boards FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY; ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON boards USING (auth.uid() = owner) WITH CHECK (auth.uid() = owner);
CREATE POLICY of_team ON boards FOR SELECT USING (EXISTS (SELECT 1 FROM memberships m WHERE m.team = boards.team AND m.person = auth.uid()));
CREATE POLICY seen ON boards AS RESTRICTIVE FOR SELECT USING (NOT hidden);
CREATE POLICY "it's mine" ON memberships USING (person = (SELECT auth.uid()));
CREATE POLICY insert_only ON teams FOR INSERT WITH CHECK (true);

-- workload
SELECT * FROM boards ORDER BY place LIMIT 20;
SELECT b.id FROM teams t LEFT JOIN boards b ON b.team = t.id WHERE t.id = $1;
SELECT b.id FROM boards b FULL JOIN teams t ON t.id = b.team;
UPDATE boards SET place = $1 WHERE id = $2;
DELETE FROM boards USING teams t WHERE t.id = boards.team AND t.name = $1;
SELECT count(*) FROM memberships NATURAL JOIN (SELECT id AS team FROM teams) x;
