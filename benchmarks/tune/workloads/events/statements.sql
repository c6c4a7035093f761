-- An event log's hour in pg_stat_statements' form; the weight is how often each runs. It writes more than it reads.

-- weight: 120
SELECT /* events.tail */ id, kind, level, device_id, payload, at FROM events WHERE account_id = $1 ORDER BY at DESC, id DESC LIMIT 100;

-- weight: 60
SELECT /* events.tail_next */ id, kind, level, device_id, payload, at FROM events
WHERE account_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT 100;

-- weight: 200
SELECT /* events.of_device */ id, kind, level, payload, at FROM events WHERE device_id = $1 ORDER BY at DESC LIMIT 100;

-- weight: 90
SELECT /* events.of_session */ id, kind, path, duration_ms, at FROM events WHERE session_id = $1 ORDER BY at;

-- weight: 150
SELECT /* events.of_trace */ id, kind, path, duration_ms, at FROM events WHERE trace = $1 ORDER BY at, id;

-- weight: 40
SELECT /* events.errors */ id, kind, device_id, payload, at FROM events WHERE account_id = $1 AND level >= 4 ORDER BY at DESC LIMIT 50;

-- weight: 10
SELECT /* events.fatal */ id, account_id, device_id, payload, at FROM events WHERE level = 5 ORDER BY at DESC LIMIT 100;

-- weight: 12
SELECT /* events.errors_by_code */ payload ->> 'code' AS code, count(*) FROM events
WHERE account_id = $1 AND kind = 'error' AND at >= $2 AND at < $3 GROUP BY 1 ORDER BY 2 DESC;

-- weight: 5
SELECT /* events.of_user */ id, kind, at FROM events WHERE payload @> $1::jsonb;

-- weight: 8
SELECT /* events.slow */ id, path, duration_ms, at FROM events WHERE account_id = $1 AND duration_ms > 3000 AND kind = 'request' ORDER BY duration_ms DESC LIMIT 50;

-- weight: 6
SELECT /* events.under_path */ id, path, duration_ms, at FROM events WHERE path LIKE '/v1/rules/29%' AND at >= '2026-06-01' LIMIT 100;

-- weight: 4
SELECT /* events.of_hour */ kind, count(*), avg(duration_ms) FROM events WHERE at >= '2026-05-05 10:00Z' AND at < '2026-05-05 11:00Z' GROUP BY kind;

-- weight: 2
SELECT /* events.of_day */ account_id, kind, count(*) FROM events WHERE at >= '2026-05-05' AND at < '2026-05-06' GROUP BY account_id, kind;

-- weight: 20
SELECT /* events.busiest_devices */ device_id, count(*) FROM events WHERE account_id = $1 AND at >= $2 AND at < $3 GROUP BY device_id ORDER BY 2 DESC LIMIT 20;

-- weight: 600
SELECT /* api_keys.of_digest */ id, account_id FROM api_keys WHERE digest = $1 AND revoked_at IS NULL;

-- weight: 20
SELECT /* api_keys.of_account */ id, created_at, used_at FROM api_keys WHERE account_id = $1 AND revoked_at IS NULL ORDER BY used_at DESC NULLS LAST;

-- weight: 700
SELECT /* devices.of_serial */ id, account_id, model FROM devices WHERE upper(serial) = upper($1) AND retired_at IS NULL;

-- weight: 60
SELECT /* devices.of_account */ id, serial, model, firmware, seen_at FROM devices WHERE account_id = $1 AND retired_at IS NULL ORDER BY serial LIMIT 100;

-- weight: 25
SELECT /* devices.at_site */ id, serial, model FROM devices WHERE account_id = $1 AND tags ->> 'site' = $2 AND retired_at IS NULL;

-- weight: 10
SELECT /* devices.silent */ d.id, d.serial, d.seen_at FROM devices d WHERE d.account_id = $1 AND d.retired_at IS NULL
AND NOT EXISTS (SELECT FROM sessions s WHERE s.device_id = d.id AND s.started_at > now() - interval '7 days');

-- weight: 5
SELECT /* devices.by_firmware */ firmware, count(*) FROM devices WHERE model IN ('M3', 'M5', 'M8') AND retired_at IS NULL GROUP BY firmware;

-- weight: 80
SELECT /* sessions.of_device */ id, started_at, ended_at, address FROM sessions WHERE device_id = $1 ORDER BY started_at DESC LIMIT 20;

-- weight: 30
SELECT /* sessions.live */ count(*) FROM sessions WHERE account_id = $1 AND ended_at IS NULL;

-- weight: 3
SELECT /* sessions.from_network */ id, device_id, started_at FROM sessions WHERE address = $1 ORDER BY started_at DESC LIMIT 50;

-- weight: 100
SELECT /* alerts.open */ a.id, a.rule, a.message, a.opened_at, d.serial FROM alerts a LEFT JOIN devices d ON d.id = a.device_id
WHERE a.account_id = $1 AND a.state = 'open' ORDER BY a.opened_at DESC LIMIT 50;

-- weight: 150
SELECT /* alerts.find_open */ id FROM alerts WHERE device_id = $1 AND rule = $2 AND state = 'open';

-- weight: 6
SELECT /* alerts.search */ id, rule, message, opened_at FROM alerts WHERE message ILIKE '%tamper%' AND opened_at >= '2026-06-25' ORDER BY opened_at DESC LIMIT 50;

-- weight: 8
SELECT /* alerts.by_rule */ rule, count(*) FROM alerts WHERE account_id = $1 AND opened_at >= $2 GROUP BY rule;

-- weight: 300
SELECT /* deliveries.due */ id, event_id, tries FROM deliveries WHERE state = 'queued' AND next_try_at <= now() ORDER BY next_try_at LIMIT 100 FOR UPDATE SKIP LOCKED;

-- weight: 20
SELECT /* deliveries.failed */ d.id, d.event_id, d.tries, e.kind, e.at FROM deliveries d JOIN events e ON e.id = d.event_id
WHERE d.account_id = $1 AND d.state = 'failed' ORDER BY d.id DESC LIMIT 50;

-- weight: 40
SELECT /* deliveries.of_event */ id, state, tries, delivered_at FROM deliveries WHERE event_id = $1;

-- weight: 150
SELECT /* counts.of_account */ day, kind, count FROM daily_counts WHERE account_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day;

-- weight: 8000
INSERT INTO /* events.record */ events (account_id, device_id, session_id, kind, level, trace, path, duration_ms, payload)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- weight: 900
UPDATE /* devices.seen */ devices SET seen_at = now() WHERE id = $1;

-- weight: 500
UPDATE /* api_keys.used */ api_keys SET used_at = now() WHERE id = $1;

-- weight: 200
INSERT INTO /* sessions.start */ sessions (id, account_id, device_id, started_at, address, country) VALUES ($1, $2, $3, now(), $4, $5);

-- weight: 200
UPDATE /* sessions.end */ sessions SET ended_at = now() WHERE id = $1;

-- weight: 600
INSERT INTO /* deliveries.queue */ deliveries (account_id, event_id, next_try_at) VALUES ($1, $2, now());

-- weight: 600
UPDATE /* deliveries.done */ deliveries SET state = 'delivered', tries = tries + 1, next_try_at = NULL, delivered_at = now() WHERE id = $1;

-- weight: 70
INSERT INTO /* alerts.raise */ alerts (account_id, device_id, rule, message) VALUES ($1, $2, $3, $4);

-- weight: 1
DELETE FROM /* events.expire */ events WHERE at < now() - interval '2 years';
