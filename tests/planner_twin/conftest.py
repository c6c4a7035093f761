"""Really loaded tables, which a twin must be planned as."""

import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.postgres.catalog.model import quoted

# With that target ANALYZE reads 50,100 rows, which are all there are: each run finds the same.
TABLES = """
CREATE TABLE people (id bigint NOT NULL, handle text NOT NULL, born date);
CREATE TABLE notes (
    id uuid NOT NULL, author bigint NOT NULL, state text NOT NULL, price numeric(10, 2) NOT NULL,
    body text NOT NULL, made timestamptz NOT NULL, gone timestamptz, words tsvector NOT NULL, open tstzrange NOT NULL,
    tags text[] NOT NULL
);
ALTER TABLE people SET (autovacuum_enabled = off);
ALTER TABLE notes SET (autovacuum_enabled = off);
ALTER TABLE notes ALTER id SET STATISTICS 167;
"""
ROWS = """
SELECT setseed(0.5);
INSERT INTO people
SELECT n, 'person' || n, date '1960-01-01' + n % 15000 FROM generate_series(1, {notes} / 10) n;
INSERT INTO notes
SELECT
    lpad(to_hex(n), 32, '0')::uuid, 1 + floor(({notes} / 10) * power(random(), 2))::bigint,
    CASE WHEN random() < 0.95 THEN 'done' WHEN random() < 0.5 THEN 'waiting' ELSE 'late' END,
    (random() * 500)::numeric(10, 2), 'note ' || n || repeat('x', floor(random() * 40)::int), t,
    CASE WHEN random() < 0.1 THEN t + interval '1 day' END,
    to_tsvector('simple', 'word' || floor(2000 * power(random(), 3)) || ' word' || n % 50),
    tstzrange(t, t + interval '1 hour'), ARRAY['tag' || n % 7, 'tag' || n % 100]
FROM (
    SELECT n, timestamptz '2025-01-01' + (n::float8 / {notes}) * interval '300 days' AS t
    FROM generate_series(1, {notes}) n
) made;
"""
INDEXES = """
ALTER TABLE people ADD PRIMARY KEY (id);
ALTER TABLE people ADD UNIQUE (handle);
ALTER TABLE notes ADD PRIMARY KEY (id);
ALTER TABLE notes ADD FOREIGN KEY (author) REFERENCES people;
CREATE INDEX notes_author ON notes (author, made DESC);
CREATE INDEX notes_made ON notes (made);
CREATE INDEX notes_state ON notes (state);
CREATE INDEX notes_gone ON notes (gone);
CREATE INDEX notes_waiting ON notes (made) WHERE state = 'waiting';
CREATE INDEX notes_price ON notes (price);
CREATE INDEX notes_covering ON notes (author) INCLUDE (state);
CREATE INDEX notes_body ON notes (lower(body));
CREATE INDEX notes_words ON notes USING gin (words);
CREATE INDEX notes_open ON notes USING gist (open);
CREATE INDEX notes_days ON notes USING brin (made);
"""
ANALYZED = "VACUUM (ANALYZE) people, notes"


def make_database(server: EmbeddedServer, name: str, *scripts: str) -> str:
    """Return the name of a new database on which the scripts ran, statement by statement."""
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {quoted(name)} TEMPLATE template0")
    with Session(server.url(name)) as session:
        for statement in "".join(scripts).strip().strip(";").split(";"):
            session.run(statement)
    return name


@pytest.fixture(scope="session")
def large(server: EmbeddedServer) -> str:
    """A database with 50,000 notes of 5,000 people."""
    return make_database(server, "twin_truth_large", TABLES, ROWS.format(notes=50_000), INDEXES, ANALYZED)


@pytest.fixture(scope="session")
def small(server: EmbeddedServer) -> str:
    """The same with a tenth of the rows."""
    return make_database(server, "twin_truth_small", TABLES, ROWS.format(notes=5_000), INDEXES, ANALYZED)


@pytest.fixture(scope="session")
def empty(server: EmbeddedServer) -> str:
    """The same without rows."""
    return make_database(server, "twin_truth_empty", TABLES, INDEXES)
