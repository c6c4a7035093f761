-- 50 k users in 6 k channels: 500 k messages, 350 k reactions, 300 k notifications, some people and channels far busier than others.
SET session_replication_role = replica;  -- the rows below hold what foreign keys ask for
SELECT setseed(0.22);

INSERT INTO users (id, email, handle, display_name, bio, created_at, deactivated_at)
SELECT g, 'Person' || g || '@Example' || g % 40 || '.org', (ARRAY['anna', 'bo', 'chen', 'dora', 'emil', 'fatou', 'gus'])[1 + g % 7] || g,
       (ARRAY['Anna', 'Bo', 'Chen', 'Dora', 'Emil', 'Fatou', 'Gus'])[1 + g % 7] || ' ' || initcap(substr(md5(g::text), 1, 7)),
       CASE WHEN g % 3 = 0 THEN 'Likes ' || md5((g % 700)::text) END, '2024-01-01'::timestamptz + g * interval '25 minutes',
       CASE WHEN random() < 0.03 THEN '2026-05-01'::timestamptz END
FROM generate_series(1, 50000) g;

INSERT INTO channels (id, owner_id, name, kind, topic, archived_at)
SELECT g, 1 + floor(50000 * power(random(), 2))::bigint, 'channel-' || substr(md5(g::text), 1, 6),
       CASE WHEN g % 10 < 3 THEN 'public' WHEN g % 10 < 5 THEN 'private' ELSE 'direct' END,
       CASE WHEN g % 4 = 0 THEN 'About ' || md5((g % 90)::text) END, CASE WHEN random() < 0.2 THEN '2026-04-01'::timestamptz END
FROM generate_series(1, 6000) g;

INSERT INTO members (channel_id, user_id, role, joined_at, last_read_id, muted)
SELECT DISTINCT ON (c, u) c, u, CASE WHEN random() < 0.02 THEN 'owner' ELSE 'member' END,
       '2025-01-01'::timestamptz + random() * interval '500 days', floor(500000 * random())::bigint, random() < 0.1
FROM (SELECT 1 + floor(6000 * power(random(), 2.5))::bigint AS c, 1 + (floor(50000 * power(random(), 1.6))::bigint * 7919) % 50000 AS u
      FROM generate_series(1, 220000)) m;

INSERT INTO messages (id, channel_id, author_id, thread_id, body, mentioned, pinned, created_at, edited_at, deleted_at)
SELECT g, 1 + (floor(6000 * power(random(), 3))::bigint * 5003) % 6000, 1 + (floor(50000 * power(random(), 2.5))::bigint * 7919) % 50000,
       CASE WHEN g > 1000 AND random() < 0.2 THEN g - 1 - floor(800 * power(random(), 2))::bigint END,
       (ARRAY['we', 'you', 'they', 'all', 'ops'])[1 + g % 5] || ' ' || (ARRAY['ship', 'saw', 'need', 'broke', 'like'])[1 + floor(5 * random())::int]
       || ' w' || floor(4000 * power(random(), 3))::int || ' w' || floor(9000 * power(random(), 2))::int || ' w' || floor(20000 * random())::int
       || CASE WHEN g % 6 = 0 THEN repeat(' and more', 1 + g % 9) ELSE '' END,
       CASE WHEN random() < 0.06 THEN ARRAY[1 + floor(50000 * power(random(), 2))::bigint, 1 + floor(50000 * random())::bigint] ELSE '{}' END,
       random() < 0.002, '2025-01-01'::timestamptz + g * interval '93 seconds',
       CASE WHEN random() < 0.04 THEN '2025-01-01'::timestamptz + (g + 3) * interval '93 seconds' END,
       CASE WHEN random() < 0.03 THEN '2025-01-01'::timestamptz + (g + 9) * interval '93 seconds' END
FROM generate_series(1, 500000) g;

UPDATE channels c SET last_message_at = m.at FROM (SELECT channel_id, max(created_at) AS at FROM messages GROUP BY 1) m WHERE m.channel_id = c.id;

INSERT INTO reactions (message_id, user_id, emoji, created_at)
SELECT DISTINCT ON (m, u) m, u, (ARRAY['+1', '+1', '+1', 'heart', 'eyes', 'tada', 'cry'])[1 + floor(7 * random())::int],
       '2025-01-01'::timestamptz + m * interval '93 seconds' + power(random(), 3) * interval '4 days'
FROM (SELECT 1 + floor(500000 * sqrt(random()))::bigint AS m, 1 + floor(50000 * power(random(), 2))::bigint AS u
      FROM generate_series(1, 350000)) r;

INSERT INTO attachments (message_id, file_name, content_type, bytes, scan_state, created_at)
SELECT m, 'file-' || substr(md5(m::text), 1, 8) || (ARRAY['.png', '.jpg', '.pdf', '.zip'])[1 + m % 4],
       (ARRAY['image/png', 'image/jpeg', 'application/pdf', 'application/zip'])[1 + m % 4], 1000 + floor(9e6 * power(random(), 4))::bigint,
       CASE WHEN m > 499700 THEN 'waiting' WHEN random() < 0.01 THEN 'infected' ELSE 'clean' END, '2025-01-01'::timestamptz + m * interval '93 seconds'
FROM generate_series(1, 500000, 9) m;

INSERT INTO notifications (user_id, message_id, kind, data, created_at, read_at)
SELECT 1 + floor(50000 * power(random(), 2))::bigint, g * 5 / 3, (ARRAY['mention', 'reply', 'reply', 'reaction', 'reaction', 'invite'])[1 + g % 6],
       jsonb_build_object('channel', g % 6000, 'by', g % 50000), '2025-01-01'::timestamptz + g * interval '155 seconds',
       CASE WHEN random() < 0.93 - 0.5 * power(g / 300000.0, 30) THEN '2025-01-02'::timestamptz + g * interval '155 seconds' END
FROM generate_series(1, 300000) g;

INSERT INTO devices (id, user_id, push_token, platform, seen_at)
SELECT md5('d' || g)::uuid, 1 + g % 50000, md5('a' || g) || md5('b' || g), (ARRAY['ios', 'android', 'web'])[1 + g % 3],
       '2026-06-30'::timestamptz - power(random(), 3) * interval '500 days'
FROM generate_series(1, 90000) g;

SET session_replication_role = origin;
