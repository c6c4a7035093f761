-- Made by hand against EXPLAIN of the loaded log, before any advice was seen. Budget: 100 MiB.

-- The log: every index here is paid for by each event. No GIN on payload: it would cost more than it saves.
CREATE INDEX ON events (account_id, at DESC, id DESC);
CREATE INDEX ON events (device_id);
CREATE INDEX ON events (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX ON events (trace) WHERE trace IS NOT NULL;
CREATE INDEX ON events (account_id, at DESC) WHERE level >= 4;
CREATE INDEX ON events (at DESC) WHERE level = 5;
CREATE INDEX ON events (account_id, duration_ms DESC) WHERE kind = 'request' AND duration_ms > 3000;
CREATE INDEX ON events (at);  -- in order of arrival: BRIN is far smaller, and costs the reports six times as much

-- Keys, devices and sessions. Nothing on seen_at and used_at, so that those updates stay cheap.
CREATE INDEX ON api_keys (digest) WHERE revoked_at IS NULL;
CREATE INDEX ON api_keys (account_id) WHERE revoked_at IS NULL;
CREATE INDEX ON devices (upper(serial));
CREATE INDEX ON devices (account_id, serial) WHERE retired_at IS NULL;
CREATE INDEX ON devices (account_id, (tags ->> 'site'));
CREATE INDEX ON devices (model, firmware) WHERE retired_at IS NULL;
CREATE INDEX ON sessions (device_id, started_at DESC);
CREATE INDEX ON sessions (account_id) WHERE ended_at IS NULL;
CREATE INDEX ON sessions (address);

-- Work that waits, and what failed.
CREATE INDEX ON alerts (account_id, opened_at DESC) WHERE state = 'open';
CREATE INDEX ON alerts (device_id, rule) WHERE state = 'open';
CREATE INDEX ON alerts (account_id, opened_at) INCLUDE (rule);
CREATE INDEX ON alerts (opened_at);  -- the search of messages looks at five days only
CREATE INDEX ON deliveries (next_try_at) WHERE state = 'queued';
CREATE INDEX ON deliveries (account_id, id DESC) WHERE state = 'failed';
CREATE INDEX ON deliveries (event_id);
