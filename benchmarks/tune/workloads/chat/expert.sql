-- Made by hand against EXPLAIN of the loaded chat, before any advice was seen. Budget: 88 MiB.

-- Pages of a channel. The body is not included: a long one would not fit into an index, and could not be sent.
CREATE INDEX ON messages (channel_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX ON messages (thread_id) WHERE deleted_at IS NULL AND thread_id IS NOT NULL;
CREATE INDEX ON messages (channel_id) WHERE pinned AND deleted_at IS NULL;
CREATE INDEX ON messages (author_id) WHERE deleted_at IS NULL;
CREATE INDEX ON users (id) INCLUDE (handle, display_name, deactivated_at);  -- names without the rows
CREATE INDEX ON attachments (message_id) INCLUDE (id, file_name, content_type, bytes);
CREATE INDEX ON reactions (user_id);

-- Search.
CREATE INDEX ON messages USING gin (body_search);
CREATE INDEX ON messages USING gin (mentioned);
CREATE INDEX ON channels USING gin (name gin_trgm_ops);
CREATE INDEX ON users USING gin (display_name gin_trgm_ops);
CREATE INDEX ON users (lower(email));

-- What belongs to somebody. Nothing on channels.last_message_at: every message sent would pay for it.
CREATE INDEX ON members (user_id) INCLUDE (channel_id, last_read_id, muted);
CREATE INDEX ON channels (owner_id);
CREATE INDEX ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX ON notifications (user_id, created_at DESC) WHERE read_at IS NULL;
CREATE INDEX ON devices (user_id) INCLUDE (push_token, platform);

-- Work that waits, and a report.
CREATE INDEX ON attachments (created_at) WHERE scan_state = 'waiting';
CREATE INDEX ON messages USING brin (created_at) WITH (pages_per_range = 8);
