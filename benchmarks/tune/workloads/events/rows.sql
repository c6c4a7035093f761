-- 300 accounts with 20 k devices: 800 k events in the order in which they came, 150 k sessions, 250 k deliveries, 60 k alerts.
SET session_replication_role = replica;  -- the rows below hold what foreign keys ask for
SELECT setseed(0.44);

INSERT INTO accounts (id, name, plan)
SELECT g, 'Account ' || g, CASE WHEN g % 10 = 0 THEN 'large' ELSE 'small' END FROM generate_series(1, 300) g;

INSERT INTO api_keys (account_id, digest, created_at, used_at, revoked_at)
SELECT 1 + floor(300 * power(random(), 2))::int, md5('k' || g) || md5('q' || g), '2024-01-01'::timestamptz + g * interval '2 hours',
       CASE WHEN random() < 0.6 THEN '2026-06-30'::timestamptz - power(random(), 3) * interval '400 days' END,
       CASE WHEN random() < 0.5 THEN '2026-01-01'::timestamptz END
FROM generate_series(1, 9000) g;

INSERT INTO devices (id, account_id, serial, model, firmware, tags, seen_at, retired_at)
SELECT g, 1 + floor(300 * power(random(), 3))::int, 'SN' || upper(substr(md5('s' || g), 1, 10)), 'M' || floor(30 * power(random(), 2))::int,
       '2.' || floor(9 * power(random(), 2))::int || '.' || g % 7,
       jsonb_build_object('site', 'site-' || floor(900 * power(random(), 2))::int, 'floor', g % 12),
       '2026-06-30'::timestamptz - power(random(), 6) * interval '300 days', CASE WHEN random() < 0.15 THEN '2026-01-01'::timestamptz END
FROM generate_series(1, 20000) g;

INSERT INTO sessions (id, account_id, device_id, started_at, ended_at, address, country)
SELECT md5('x' || s.g)::uuid, d.account_id, d.id, '2026-01-01'::timestamptz + s.g * interval '104 seconds',
       CASE WHEN s.g < 149500 THEN '2026-01-01'::timestamptz + s.g * interval '104 seconds' + random() * interval '3 hours' END,
       ('10.' || s.g % 200 || '.' || s.g % 251 || '.' || s.g % 253)::inet, (ARRAY['US', 'US', 'DE', 'GB', 'FR', 'JP'])[1 + s.g % 6]
FROM (SELECT g, 1 + floor(20000 * power(random(), 2))::bigint AS device FROM generate_series(1, 150000) g) s JOIN devices d ON d.id = s.device
ORDER BY s.g;

INSERT INTO events (id, account_id, device_id, session_id, kind, level, trace, path, duration_ms, payload, at)
SELECT e.g, d.account_id, d.id, CASE WHEN e.r < 0.6 THEN md5('x' || 1 + e.g::bigint * 149900 / 800000 / 20 * 20 + e.g % 20)::uuid END,
       (ARRAY['request', 'request', 'request', 'request', 'reading', 'reading', 'reading', 'login', 'update', 'error'])[1 + floor(10 * e.r)::int],
       CASE WHEN e.r > 0.9 THEN CASE WHEN random() < 0.2 THEN 5 ELSE 4 END WHEN random() < 0.05 THEN 3 ELSE 1 + e.g % 2 END,
       CASE WHEN e.r < 0.4 THEN substr(md5('t' || e.g / 3), 1, 16) END,
       CASE WHEN e.r < 0.4 THEN '/v1/' || (ARRAY['readings', 'devices', 'alerts', 'users', 'rules'])[1 + floor(5 * power(random(), 2))::int]
            || '/' || floor(3000 * power(random(), 2))::int END,
       CASE WHEN e.r < 0.4 THEN floor(20 + 4000 * power(random(), 8))::int END,
       CASE WHEN random() < 0.3 THEN jsonb_build_object('code', (ARRAY['E12', 'E20', 'E7', 'W3'])[1 + floor(4 * power(random(), 2))::int], 'user', 'u' || floor(5000 * power(random(), 2))::int)
            ELSE jsonb_build_object('value', round(random()::numeric, 3)) END,
       '2026-01-01'::timestamptz + e.g * interval '19.5 seconds'
FROM (SELECT g, random() AS r, 1 + floor(20000 * power(random(), 2))::bigint AS device FROM generate_series(1, 800000) g) e
JOIN devices d ON d.id = e.device ORDER BY e.g;

INSERT INTO alerts (account_id, device_id, rule, state, message, opened_at, closed_at)
SELECT d.account_id, d.id, 'rule-' || floor(40 * power(random(), 2))::int, CASE WHEN a.g > 59200 OR random() < 0.003 THEN 'open' WHEN random() < 0.02 THEN 'muted' ELSE 'closed' END,
       'Device ' || d.serial || ' reported ' || (ARRAY['overheating', 'low battery', 'no signal', 'tamper', 'high latency'])[1 + floor(5 * power(random(), 2))::int],
       '2026-01-01'::timestamptz + a.g * interval '260 seconds', CASE WHEN a.g < 59200 THEN '2026-01-01'::timestamptz + a.g * interval '263 seconds' END
FROM (SELECT g, 1 + floor(20000 * power(random(), 2))::bigint AS device FROM generate_series(1, 60000) g) a JOIN devices d ON d.id = a.device ORDER BY a.g;

INSERT INTO deliveries (account_id, event_id, state, tries, next_try_at, delivered_at)
SELECT 1 + floor(300 * power(random(), 3))::int, d.e,
       d.state, CASE d.state WHEN 'delivered' THEN 1 ELSE floor(5 * random())::int END,
       CASE WHEN d.state = 'queued' THEN '2026-06-30'::timestamptz + random() * interval '2 hours' END,
       CASE WHEN d.state = 'delivered' THEN '2026-01-01'::timestamptz + d.e * interval '19.6 seconds' END
FROM (SELECT g * 16 / 5 AS e, CASE WHEN g > 249000 AND random() < 0.7 THEN 'queued' WHEN random() < 0.015 THEN 'failed' ELSE 'delivered' END AS state
      FROM generate_series(1, 250000) g) d;

INSERT INTO daily_counts (account_id, day, kind, count)
SELECT a, '2026-01-01'::date + d, k, floor(1000 * power(random(), 3))::bigint
FROM generate_series(1, 300) a, generate_series(0, 180) d, unnest(ARRAY['request', 'reading', 'login']) k;

SET session_replication_role = origin;
