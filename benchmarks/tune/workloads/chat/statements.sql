-- A chat's hour in pg_stat_statements' form; the weight is how often each runs.

-- weight: 3000
SELECT /* messages.latest */ m.id, m.body, m.created_at, m.edited_at, u.handle, u.display_name FROM messages m JOIN users u ON u.id = m.author_id
WHERE m.channel_id = $1 AND m.deleted_at IS NULL ORDER BY m.created_at DESC, m.id DESC LIMIT 50;

-- weight: 900
SELECT /* messages.older */ m.id, m.body, m.created_at, m.edited_at, u.handle FROM messages m JOIN users u ON u.id = m.author_id
WHERE m.channel_id = $1 AND m.deleted_at IS NULL AND (m.created_at, m.id) < ($2, $3) ORDER BY m.created_at DESC, m.id DESC LIMIT 50;

-- weight: 500
SELECT /* messages.thread */ id, author_id, body, created_at FROM messages WHERE thread_id = $1 AND deleted_at IS NULL ORDER BY created_at, id;

-- weight: 4000
SELECT /* messages.unread */ count(*) FROM messages WHERE channel_id = $1 AND id > $2 AND deleted_at IS NULL;

-- weight: 60
SELECT /* messages.search */ id, channel_id, author_id, body, created_at FROM messages
WHERE body_search @@ plainto_tsquery('simple', $1) AND deleted_at IS NULL
ORDER BY ts_rank(body_search, plainto_tsquery('simple', $1)) DESC LIMIT 30;

-- weight: 40
SELECT /* messages.search_in */ id, author_id, body, created_at FROM messages
WHERE channel_id = $1 AND body_search @@ plainto_tsquery('simple', $2) AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 30;

-- weight: 20
SELECT /* messages.mentioning */ id, channel_id, body, created_at FROM messages
WHERE mentioned @> ARRAY[$1::bigint] AND id > $2 AND deleted_at IS NULL;

-- weight: 250
SELECT /* messages.pinned */ id, author_id, body, created_at FROM messages WHERE channel_id = $1 AND pinned AND deleted_at IS NULL ORDER BY created_at DESC;

-- weight: 80
SELECT /* messages.of_author */ id, channel_id, body, created_at FROM messages WHERE author_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 30;

-- weight: 3000
SELECT /* reactions.of_messages */ message_id, emoji, count(*) FROM reactions WHERE message_id = ANY ($1) GROUP BY message_id, emoji;

-- weight: 2500
SELECT /* attachments.of_messages */ id, message_id, file_name, content_type, bytes FROM attachments WHERE message_id = ANY ($1) ORDER BY id;

-- weight: 60
SELECT /* attachments.to_scan */ id, message_id, file_name FROM attachments WHERE scan_state = 'waiting' ORDER BY created_at LIMIT 20;

-- weight: 40
SELECT /* reactions.by_user */ message_id, emoji, created_at FROM reactions WHERE user_id = $1 ORDER BY created_at DESC LIMIT 50;

-- weight: 1500
SELECT /* channels.of_user */ c.id, c.name, c.kind, c.last_message_at, m.last_read_id, m.muted FROM members m JOIN channels c ON c.id = m.channel_id
WHERE m.user_id = $1 AND c.archived_at IS NULL ORDER BY c.last_message_at DESC NULLS LAST LIMIT 100;

-- weight: 3500
SELECT /* members.one */ role, muted, last_read_id FROM members WHERE channel_id = $1 AND user_id = $2;

-- weight: 150
SELECT /* members.of_channel */ u.id, u.handle, u.display_name, m.role FROM members m JOIN users u ON u.id = m.user_id
WHERE m.channel_id = $1 AND u.deactivated_at IS NULL ORDER BY m.joined_at LIMIT 100;

-- weight: 70
SELECT /* channels.public */ id, name, topic, last_message_at FROM channels
WHERE kind = 'public' AND archived_at IS NULL ORDER BY last_message_at DESC NULLS LAST, id LIMIT 50;

-- weight: 30
SELECT /* channels.owned */ id, name, kind FROM channels WHERE owner_id = $1 ORDER BY name;

-- weight: 40
SELECT /* channels.named */ id, name, topic FROM channels WHERE kind = 'public' AND name ILIKE '%deploy%' LIMIT 20;

-- weight: 400
SELECT /* users.sign_in */ id, handle, display_name FROM users WHERE lower(email) = $1 AND deactivated_at IS NULL;

-- weight: 350
SELECT /* users.complete */ id, handle, display_name FROM users WHERE handle LIKE 'emil4%' AND deactivated_at IS NULL ORDER BY handle LIMIT 10;

-- weight: 50
SELECT /* users.search */ id, handle, display_name FROM users WHERE display_name ILIKE '%dora a1%' AND deactivated_at IS NULL LIMIT 10;

-- weight: 2000
SELECT /* notifications.unread */ id, kind, message_id, data, created_at FROM notifications
WHERE user_id = $1 AND read_at IS NULL ORDER BY created_at DESC LIMIT 30;

-- weight: 2500
SELECT /* notifications.count_unread */ count(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL;

-- weight: 200
SELECT /* notifications.all */ id, kind, message_id, data, created_at, read_at FROM notifications
WHERE user_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 30;

-- weight: 500
SELECT /* devices.of_users */ user_id, push_token, platform FROM devices WHERE user_id IN ($1, $2, $3, $4, $5, $6, $7, $8);

-- weight: 2
SELECT /* messages.of_day */ channel_id, count(*), count(DISTINCT author_id) FROM messages
WHERE created_at >= '2026-05-05' AND created_at < '2026-05-06' GROUP BY channel_id;

-- weight: 1
DELETE FROM /* devices.forget */ devices WHERE seen_at < now() - interval '400 days';

-- weight: 1200
INSERT INTO /* messages.send */ messages (channel_id, author_id, thread_id, body, mentioned) VALUES ($1, $2, $3, $4, $5) RETURNING id;

-- weight: 1200
UPDATE /* channels.touch */ channels SET last_message_at = now() WHERE id = $1;

-- weight: 90
UPDATE /* messages.edit */ messages SET body = $2, edited_at = now() WHERE id = $1 AND author_id = $3 AND deleted_at IS NULL;

-- weight: 40
UPDATE /* messages.delete */ messages SET deleted_at = now() WHERE id = $1 AND author_id = $2;

-- weight: 1500
INSERT INTO /* reactions.add */ reactions (message_id, user_id, emoji) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- weight: 200
DELETE FROM /* reactions.remove */ reactions WHERE message_id = $1 AND user_id = $2 AND emoji = $3;

-- weight: 2500
UPDATE /* members.read */ members SET last_read_id = $3 WHERE channel_id = $1 AND user_id = $2;

-- weight: 1800
INSERT INTO /* notifications.send */ notifications (user_id, message_id, kind, data) VALUES ($1, $2, $3, $4);

-- weight: 700
UPDATE /* notifications.read */ notifications SET read_at = now() WHERE user_id = $1 AND id = ANY ($2) AND read_at IS NULL;

-- weight: 150
INSERT INTO /* attachments.add */ attachments (message_id, file_name, content_type, bytes) VALUES ($1, $2, $3, $4);

-- weight: 800
UPDATE /* devices.seen */ devices SET seen_at = now() WHERE id = $1;
