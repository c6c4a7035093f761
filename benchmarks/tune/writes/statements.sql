-- 30 statements as pgbench runs them: its \set lines, then one statement; the weight is how often each comes.

-- bikes.move 1500
\set b random(1, 5000)
UPDATE /* bikes.move */ bikes SET lat = 50.1, lon = 8.2, seen_at = now(), battery = :b % 100 WHERE id = :b;

-- pings.add 1200
\set r random_zipfian(1, 300000, 1.05)
\set b random(1, 5000)
INSERT INTO /* pings.add */ pings (rental_id, bike_id, kind, at, payload) VALUES (300001 - :r, :b, 'ride', now(), '{"d": 1}');

-- rentals.set_status 900
\set r random(285000, 300000)
UPDATE /* rentals.set_status */ rentals SET status = 'out', updated_at = now() WHERE id = :r;

-- rentals.add 300
\set s random(1, 2000)
INSERT INTO /* rentals.add */ rentals (code, shop_id, status, due_at, price, details) VALUES ('N' || gen_random_uuid(), :s, 'new', now() + interval '1 day', 1.5, '{"zip": "12345"}');

-- audit.add 900
\set a random(1, 500)
INSERT INTO /* audit.add */ audit (actor_id, action, data) VALUES (:a, 'act1', '{"x": 1}');

-- outbox.add 400
INSERT INTO /* outbox.add */ outbox (topic, payload) VALUES ('t1', '{"i": 1}');

-- outbox.publish 300
\set o random(15000, 20000)
UPDATE /* outbox.publish */ outbox SET published_at = now() WHERE id = :o;

-- outbox.clean 5
DELETE /* outbox.clean */ FROM outbox WHERE id IN (SELECT id FROM outbox WHERE published_at < now() - interval '1 hour' ORDER BY published_at LIMIT 20);

-- messages.add 200
\set r random(1, 300000)
INSERT INTO /* messages.add */ messages (rental_id, channel, state, send_after) VALUES (:r, 'sms', 'waiting', now());

-- messages.claim 60
UPDATE /* messages.claim */ messages SET state = 'sending' WHERE id IN (SELECT id FROM messages WHERE state = 'waiting' AND send_after <= now() ORDER BY send_after LIMIT 5 FOR UPDATE SKIP LOCKED);

-- messages.sent 150
\set m random(195000, 200000)
UPDATE /* messages.sent */ messages SET state = 'sent', sent_at = now() WHERE id = :m;

-- messages.clean 2
DELETE /* messages.clean */ FROM messages WHERE created_at < now() - interval '138 days 21 hours';

-- docks.take 350
\set s random(1, 5000)
\set k random(1, 20)
UPDATE /* docks.take */ docks SET free = free - 1 WHERE station_id = :s AND kind = :k;

-- rentals.assign 200
\set r random(290000, 300000)
\set b random(1, 5000)
UPDATE /* rentals.assign */ rentals SET bike_id = :b WHERE id = :r;

-- bike_days.count 300
\set b random(1, 5000)
INSERT INTO /* bike_days.count */ bike_days (bike_id, day, trips) VALUES (:b, current_date, 1) ON CONFLICT (bike_id, day) DO UPDATE SET trips = bike_days.trips + 1;

-- sessions.end 60
\set s random(1, 50000)
DELETE /* sessions.end */ FROM sessions WHERE token = md5((:s + 1000000)::text);

-- sessions.start 60
\set u random(1, 20000)
INSERT INTO /* sessions.start */ sessions (token, user_id, seen_at, data) VALUES (gen_random_uuid()::text, :u, now(), '{"u": 1}');

-- sessions.touch 250
\set s random(1, 50000)
UPDATE /* sessions.touch */ sessions SET seen_at = now() WHERE token = md5(:s::text);

-- rentals.by_code 1500
\set r random(1, 300000)
SELECT /* rentals.by_code */ * FROM rentals WHERE code = 'R' || lpad(:r::text, 10, '0');

-- pings.of_rental 300
\set r random(1, 300000)
SELECT /* pings.of_rental */ * FROM pings WHERE rental_id = :r ORDER BY at DESC LIMIT 20;

-- rentals.of_shop 400
\set s random(1, 2000)
SELECT /* rentals.of_shop */ id, code, status, created_at FROM rentals WHERE shop_id = :s ORDER BY created_at DESC LIMIT 20;

-- rentals.open_of_bike 300
\set b random(1, 5000)
SELECT /* rentals.open_of_bike */ id, code, details FROM rentals WHERE bike_id = :b AND status IN ('booked', 'out');

-- sessions.one 1200
\set s random(1, 50000)
SELECT /* sessions.one */ user_id, data FROM sessions WHERE token = md5(:s::text);

-- docks.one 300
\set s random(1, 5000)
\set k random(1, 20)
SELECT /* docks.one */ free FROM docks WHERE station_id = :s AND kind = :k;

-- bikes.of_zone 100
\set z random(1, 80)
SELECT /* bikes.of_zone */ id, label FROM bikes WHERE zone_id = :z AND status = 'on';

-- bikes.lost 1
SELECT /* bikes.lost */ id FROM bikes WHERE seen_at < now() - interval '10 min' LIMIT 50;

-- audit.of_actor 1
\set a random(1, 500)
SELECT /* audit.of_actor */ id, action, at FROM audit WHERE actor_id = :a ORDER BY at DESC LIMIT 50;

-- rentals.late 2
SELECT /* rentals.late */ count(*) FROM rentals WHERE due_at < now() AND status <> 'returned';

-- pings.of_day 1
SELECT /* pings.of_day */ kind, count(*) FROM pings WHERE at >= now() - interval '1 day' GROUP BY 1;

-- bikes.low 20
SELECT /* bikes.low */ id FROM bikes WHERE battery < 5;
