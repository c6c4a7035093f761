-- A social backend's tables with what makes plans interesting: time-ordered uuids, skewed foreign keys, partial,
-- composite, covering and expression indexes, full text, arrays and ranges.
CREATE TABLE users (
    id bigint NOT NULL,
    handle text NOT NULL,
    email text NOT NULL,
    country char(2) NOT NULL,
    plan text NOT NULL,
    created_at timestamptz NOT NULL,
    profile jsonb
);
CREATE TABLE posts (
    id uuid NOT NULL,
    author_id bigint NOT NULL,
    visibility text NOT NULL,
    body text NOT NULL,
    words tsvector NOT NULL,
    tags text[] NOT NULL,
    like_count int NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE TABLE likes (
    user_id bigint NOT NULL,
    post_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE follows (
    follower_id bigint NOT NULL,
    followed_id bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE events (
    id bigint NOT NULL,
    host_id bigint NOT NULL,
    fee numeric(10, 2) NOT NULL,
    during tstzrange NOT NULL
);
