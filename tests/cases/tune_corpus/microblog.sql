-- keys made by a function, indexes of text patterns, self references, arrays of keys
CREATE FUNCTION timed_id(name text) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint * 65536 + (random() * 65535)::int; END $$;
CREATE TABLE accounts (id bigint PRIMARY KEY DEFAULT timed_id('accounts'), username varchar NOT NULL DEFAULT '', domain varchar, suspended_at timestamp, avatar varchar, fields jsonb);
CREATE UNIQUE INDEX accounts_both ON accounts (lower(username::text), COALESCE(lower(domain::text), ''::text));
CREATE INDEX accounts_domain ON accounts (domain varchar_pattern_ops, id);
CREATE TABLE statuses (id bigint PRIMARY KEY DEFAULT timed_id('statuses'), account bigint NOT NULL REFERENCES accounts ON DELETE CASCADE, text text NOT NULL DEFAULT '', reply_to bigint REFERENCES statuses ON DELETE SET NULL,
  reblog_of bigint REFERENCES statuses, deleted_at timestamp, visibility int NOT NULL DEFAULT 0, media bigint[], local boolean);
CREATE INDEX statuses_by_account ON statuses (account, id DESC, visibility) WHERE deleted_at IS NULL;
CREATE INDEX statuses_replies ON statuses (reply_to) WHERE reply_to IS NOT NULL;
CREATE TABLE follows (id bigserial PRIMARY KEY, account bigint NOT NULL REFERENCES accounts, target bigint NOT NULL REFERENCES accounts, languages varchar[], UNIQUE (account, target));
CREATE INDEX follows_target ON follows USING hash (target);
CREATE INDEX follows_target_too ON follows (target);
INSERT INTO accounts (id, username, domain) SELECT i, 'u' || i, CASE WHEN i % 3 = 0 THEN 'd' || i % 9 END FROM generate_series(1, 1500) i;
INSERT INTO statuses (id, account, text, media) SELECT i, 1 + i % 1500, 't', CASE WHEN i % 9 = 0 THEN ARRAY[i] END FROM generate_series(1, 4000) i;
INSERT INTO follows (account, target) SELECT 1 + i % 1500, 1 + (i * 7) % 1500 FROM generate_series(1, 1400) i ON CONFLICT DO NOTHING;

-- workload
SELECT "statuses"."id" FROM "statuses" WHERE "statuses"."account" IN (SELECT "follows"."target" FROM "follows" WHERE "follows"."account" = $1) AND "statuses"."deleted_at" IS NULL AND "statuses"."visibility" IN ($2, $3, $4) ORDER BY "statuses"."id" DESC LIMIT $5;
SELECT * FROM accounts WHERE lower(username) = $1 AND COALESCE(lower(domain), '') = $2;
SELECT s.* FROM statuses s WHERE s.reblog_of = $1 OR s.reply_to = $1;
SELECT id FROM statuses WHERE media @> ARRAY[7::bigint];
SELECT count(*) FROM follows WHERE target = $1 AND 'en' = ANY (languages);
DELETE FROM statuses WHERE id IN (SELECT id FROM statuses WHERE account = $1 AND deleted_at < now() - interval '30 days' ORDER BY id LIMIT 1000);
