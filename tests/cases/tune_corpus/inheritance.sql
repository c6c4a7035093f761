-- tables that inherit, with constraints of their own, and rules instead of triggers
CREATE TABLE logs (id bigserial, at timestamp NOT NULL, host text, line text);
CREATE TABLE logs_2025 (CHECK (at >= '2025-01-01' AND at < '2026-01-01')) INHERITS (logs);
CREATE TABLE logs_2026 (CHECK (at >= '2026-01-01' AND at < '2027-01-01'), extra int) INHERITS (logs);
CREATE TABLE tagged (tag text); CREATE TABLE logs_tagged () INHERITS (logs_2026, tagged);
CREATE RULE logs_insert AS ON INSERT TO logs WHERE NEW.at >= '2026-01-01' DO INSTEAD INSERT INTO logs_2026 (at, host, line) VALUES (NEW.at, NEW.host, NEW.line);
CREATE INDEX logs_2025_at ON logs_2025 (at); CREATE INDEX logs_2026_host ON logs_2026 (host);
INSERT INTO logs_2025 (at, host, line) SELECT '2025-03-01'::timestamp + i * interval '1 min', 'h' || i % 50, 'x' FROM generate_series(1, 2500) i;
INSERT INTO logs_2026 (at, host, line) SELECT '2026-03-01'::timestamp + i * interval '1 min', 'h' || i % 50, 'x' FROM generate_series(1, 2500) i;

-- workload
SELECT * FROM logs WHERE at > '2026-03-02' AND host = 'h7' ORDER BY at DESC LIMIT 10;
SELECT tableoid::regclass, count(*) FROM logs GROUP BY 1;
SELECT * FROM ONLY logs WHERE host = $1;
INSERT INTO logs (at, host, line) VALUES ($1, $2, $3);
UPDATE logs SET line = 'y' WHERE host = 'h3' AND at < $1;
