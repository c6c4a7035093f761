-- 300 k rentals of which the last 10,000 are open, 1.2 M pings, 200 k messages of which 1 % wait.
SELECT setseed(0.3);
INSERT INTO bikes
SELECT g, 'Bike ' || lpad(g::text, 7, '0'), 1 + g % 80, (ARRAY['on', 'on', 'off'])[1 + g % 3], 50 + random(), 8 + random(),
       now() - random() * interval '20 min', floor(random() * 100)::int
FROM generate_series(1, 5000) g;
INSERT INTO rentals (id, code, shop_id, bike_id, status, created_at, updated_at, due_at, price, details)
SELECT g, 'R' || lpad(g::text, 10, '0'), 1 + floor(2000 * power(random(), 2))::int,
       CASE WHEN random() < 0.97 THEN 1 + floor(5000 * random())::int END,
       CASE WHEN g > 290000 THEN (ARRAY['new', 'booked', 'out'])[1 + floor(random() * 3)::int] ELSE 'returned' END,
       now() - (300000 - g) * interval '90 s', now() - (300000 - g) * interval '80 s',
       now() - (300000 - g) * interval '80 s' + interval '1 day', (random() * 20)::numeric(8, 2),
       jsonb_build_object('zip', lpad((g % 90000)::text, 5, '0'), 'note', repeat('n', 20))
FROM generate_series(1, 300000) g;
INSERT INTO pings (id, rental_id, bike_id, kind, at, payload)
SELECT g, 1 + (g - 1) / 4, 1 + floor(5000 * random())::int, (ARRAY['unlock', 'ride', 'park', 'lock'])[1 + g % 4],
       now() - (1200000 - g) * interval '22 s', jsonb_build_object('d', g % 77)
FROM generate_series(1, 1200000) g;
INSERT INTO audit (id, actor_id, action, at, data)
SELECT g, 1 + floor(500 * random())::int, 'act' || g % 20, now() - (15000 - g) * interval '10 s', jsonb_build_object('x', g)
FROM generate_series(1, 15000) g;
INSERT INTO outbox (id, topic, payload, created_at, published_at)
SELECT g, 't' || g % 6, jsonb_build_object('i', g), now() - (20000 - g) * interval '5 s',
       CASE WHEN g < 19500 THEN now() - (20000 - g) * interval '5 s' END
FROM generate_series(1, 20000) g;
INSERT INTO messages (id, rental_id, channel, state, send_after, created_at)
SELECT g, g, (ARRAY['sms', 'mail', 'push'])[1 + g % 3], CASE WHEN g > 198000 THEN 'waiting' ELSE 'sent' END,
       now() - (198000 - g) * interval '60 s', now() - (200000 - g) * interval '60 s'
FROM generate_series(1, 200000) g;
INSERT INTO docks SELECT s, k, 1000000 FROM generate_series(1, 5000) s, generate_series(1, 20) k;
INSERT INTO bike_days SELECT b, current_date - d, 10 FROM generate_series(1, 5000) b, generate_series(0, 20) d;
INSERT INTO sessions SELECT md5(g::text), 1 + g % 20000, now() - random() * interval '7 day', jsonb_build_object('u', g)
FROM generate_series(1, 50000) g;
SELECT setval(pg_get_serial_sequence('rentals', 'id'), 300001), setval(pg_get_serial_sequence('pings', 'id'), 1200001),
       setval(pg_get_serial_sequence('audit', 'id'), 15001), setval(pg_get_serial_sequence('outbox', 'id'), 20001),
       setval(pg_get_serial_sequence('messages', 'id'), 200001);
