-- text keys, tables without a primary key, bytes, streams in the order of a sequence
CREATE SEQUENCE stream_seq;
CREATE TABLE events (stream bigint NOT NULL DEFAULT nextval('stream_seq'), topological bigint NOT NULL, event_id text NOT NULL UNIQUE, type text NOT NULL,
  room_id text NOT NULL, sender text, processed boolean NOT NULL, outlier boolean NOT NULL, received bigint, contains_url boolean, state_key text);
CREATE UNIQUE INDEX events_stream ON events (stream);
CREATE INDEX events_room ON events (room_id, topological, stream);
CREATE INDEX events_urls ON events (room_id, topological, stream) WHERE contains_url = true AND outlier = false;
CREATE TABLE event_json (event_id text NOT NULL UNIQUE, room_id text NOT NULL, json text NOT NULL, format int);
CREATE TABLE memberships (event_id text NOT NULL, user_id text NOT NULL, room_id text NOT NULL, membership text NOT NULL, forgotten int DEFAULT 0);
CREATE INDEX memberships_user ON memberships (user_id);
CREATE TABLE device_keys (user_id text, device_id text, key bytea, added_ms bigint);
CREATE TABLE receipts (stream bigint, room_id text NOT NULL, kind text NOT NULL, user_id text NOT NULL, event_ids text, CONSTRAINT receipts_once UNIQUE (room_id, kind, user_id));
ALTER TABLE receipts REPLICA IDENTITY USING INDEX receipts_once;
INSERT INTO events (topological, event_id, type, room_id, sender, processed, outlier, received, contains_url)
  SELECT i, '$e' || i, CASE WHEN i % 9 = 0 THEN 'm.room.member' ELSE 'm.room.message' END, '!r' || i % 30, '@u' || i % 200, true, i % 50 = 0, i, i % 20 = 0 FROM generate_series(1, 4000) i;
INSERT INTO event_json SELECT event_id, room_id, '{"a": 1}', 3 FROM events;
INSERT INTO memberships SELECT event_id, sender, room_id, 'join' FROM events WHERE type = 'm.room.member';
INSERT INTO receipts SELECT i, '!r' || i % 30, 'm.read', '@u' || i, '[]' FROM generate_series(1, 1200) i;

-- workload
SELECT event_id, topological, stream FROM events WHERE outlier = FALSE AND room_id = $1 AND (topological, stream) < ($2, $3) ORDER BY topological DESC, stream DESC LIMIT $4;
SELECT event_id FROM events AS e INNER JOIN event_json AS j USING (event_id) WHERE e.room_id = '!r3' AND e.type IN ('m.room.name', 'm.room.topic');
SELECT m.room_id, count(*) FROM memberships m WHERE user_id = $1 AND forgotten = 0 GROUP BY m.room_id HAVING count(*) > 1;
INSERT INTO receipts (stream, room_id, kind, user_id, event_ids) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (room_id, kind, user_id) DO UPDATE SET stream = excluded.stream;
SELECT key FROM device_keys WHERE user_id = ANY ($1) AND device_id = $2 AND key <> '\x00';
DELETE FROM events WHERE received < $1 AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.room_id = events.room_id);
