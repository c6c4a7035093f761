-- migrate:up
-- What the runtime itself keeps: first answers by Idempotency-Key.
SET LOCAL lock_timeout = '5s';

CREATE TABLE idempotency_keys (
    caller uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

-- migrate:down
