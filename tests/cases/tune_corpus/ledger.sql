-- double entry with deferred keys, triggers of constraints, a view with security, no deletes
CREATE TABLE accounts (id int PRIMARY KEY, code text UNIQUE, parent int REFERENCES accounts DEFERRABLE);
CREATE TABLE entries (id bigint PRIMARY KEY, at timestamptz NOT NULL, memo text);
CREATE TABLE postings (entry bigint NOT NULL REFERENCES entries, account int NOT NULL REFERENCES accounts, cents bigint NOT NULL CHECK (cents <> 0), currency char(3) NOT NULL DEFAULT 'EUR');
CREATE FUNCTION balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT sum(cents) FROM postings WHERE entry = NEW.entry) <> 0 THEN RAISE 'unbalanced'; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER balance AFTER INSERT ON postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balanced();
CREATE VIEW balances WITH (security_barrier, security_invoker) AS SELECT account, currency, sum(cents) AS cents FROM postings GROUP BY account, currency;
CREATE INDEX postings_entry ON postings (entry); CREATE INDEX postings_account ON postings (account, currency);
INSERT INTO accounts SELECT i, 'a' || i, NULL FROM generate_series(1, 300) i;
INSERT INTO entries SELECT i, '2026-01-01'::timestamptz + i * interval '1 min', 'm' || i FROM generate_series(1, 2000) i;
INSERT INTO postings SELECT i, 1 + i % 300, 5 FROM generate_series(1, 2000) i UNION ALL SELECT i, 1 + (i * 7) % 300, -5 FROM generate_series(1, 2000) i;

-- workload
SELECT * FROM balances WHERE account = $1;
SELECT sum(cents) OVER (ORDER BY e.at, e.id) FROM postings p JOIN entries e ON e.id = p.entry WHERE p.account = $1 ORDER BY e.at LIMIT 50;
SELECT (SELECT sum(cents) FROM postings WHERE entry = NEW.entry) <> 0;
WITH RECURSIVE below AS (SELECT id FROM accounts WHERE code = $1 UNION SELECT a.id FROM accounts a JOIN below b ON a.parent = b.id) SELECT sum(cents) FROM postings WHERE account IN (TABLE below);
SELECT memo FROM entries WHERE memo ILIKE $1 AND at::date = CURRENT_DATE;
