-- versions in composite keys, geometric types and their indexes, no statistics on some
CREATE TYPE element AS ENUM ('node', 'way', 'relation');
CREATE TABLE nodes (node_id bigint NOT NULL, version bigint NOT NULL, latitude int NOT NULL, longitude int NOT NULL, changeset bigint NOT NULL, visible boolean NOT NULL, tile bigint NOT NULL, place point, PRIMARY KEY (node_id, version));
CREATE TABLE way_nodes (way_id bigint NOT NULL, node_id bigint NOT NULL, version bigint NOT NULL, sequence bigint NOT NULL, PRIMARY KEY (way_id, version, sequence));
CREATE TABLE members (kind element NOT NULL, member bigint NOT NULL, role varchar NOT NULL, extent box, hull polygon, around circle);
CREATE INDEX members_extent ON members USING gist (extent);
CREATE INDEX nodes_place ON nodes USING gist (place);
CREATE INDEX nodes_place_sp ON nodes USING spgist (place);
CREATE INDEX nodes_tile ON nodes (tile);
CREATE INDEX way_nodes_node ON way_nodes (node_id);
CREATE INDEX nodes_changeset ON nodes USING brin (changeset) WITH (pages_per_range = 16);
INSERT INTO nodes SELECT i, 1, i * 1000, i * 900, i / 10, true, i % 500, point(i % 90, i % 70) FROM generate_series(1, 4000) i;
INSERT INTO way_nodes SELECT i / 5, i, 1, i % 5 FROM generate_series(1, 4000) i;
INSERT INTO members SELECT 'way', i, '', box(point(i, i), point(i + 1, i + 1)), NULL, circle(point(i, i), 3) FROM generate_series(1, 2000) i;
ALTER TABLE nodes ALTER COLUMN latitude SET STATISTICS 0;

-- workload
SELECT * FROM nodes WHERE tile IN (1, 2, 3) AND latitude BETWEEN $1 AND $2 AND longitude BETWEEN $3 AND $4 AND visible LIMIT 50001;
SELECT n.* FROM way_nodes w JOIN nodes n USING (node_id) WHERE w.way_id = $1 AND n.version = (SELECT max(version) FROM nodes m WHERE m.node_id = n.node_id) ORDER BY w.sequence;
SELECT node_id FROM nodes ORDER BY place <-> point(3, 4) LIMIT 5;
SELECT member FROM members WHERE extent && box(point(1, 1), point(9, 9)) AND kind = 'way';
SELECT changeset, min(version) FROM nodes WHERE changeset >= $1 AND changeset < $2 GROUP BY ROLLUP (changeset);
