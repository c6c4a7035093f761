"""Names mean what PostgreSQL says that they mean: over every statement of our corpora, and over tricky ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pglast import ast, parse_sql
from pglast.parser import split

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.postgres.catalog import read_catalog
from backend_architect.sql.parsing import is_plannable
from backend_architect.sql.statement_facts import tree_of
from tests.sql.by_postgres import used_by_names, used_by_postgres

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests/cases/tune_corpus").glob("*.sql"))
WORKLOADS = sorted((ROOT / "benchmarks/tune/workloads").iterdir())
ROWS = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.SelectStmt, ast.VacuumStmt, ast.CopyStmt)

TABLES = """
CREATE TABLE posts (id bigint PRIMARY KEY, author bigint, title text, made timestamptz, tags text[]);
CREATE TABLE users (id bigint PRIMARY KEY, name text, made timestamptz, boss bigint);
CREATE TABLE likes (post bigint, "user" bigint, made timestamptz, PRIMARY KEY (post, "user"));
CREATE TABLE notes (id bigint, body text)
"""
TRICKY = [
    # a CTE of a table's name sees the table itself
    "WITH posts AS (SELECT id, title FROM posts WHERE author = $1) SELECT title FROM posts",
    "WITH a AS (SELECT id AS made FROM posts), b AS (SELECT made FROM a) SELECT made FROM b",
    "WITH RECURSIVE up (who) AS (SELECT boss FROM users WHERE id = $1 UNION ALL"
    " SELECT boss FROM up JOIN users ON id = who) SELECT who FROM up",
    # a CTE further in hides one further out
    "WITH x AS (SELECT name FROM users) SELECT (WITH x AS (SELECT title AS name FROM posts) SELECT min(name) FROM x)"
    " FROM x",
    # unqualified names mean the nearest query that has them
    "SELECT id FROM users u WHERE EXISTS (SELECT FROM posts WHERE author = u.id AND title = name AND boss > 1)",
    "SELECT id FROM posts WHERE author IN (SELECT author FROM users)",
    "SELECT (SELECT count(*) FROM likes WHERE post = id) FROM posts",
    # ON sees its own sides only
    "SELECT 1 FROM notes, posts JOIN users ON author = users.id AND title = name",
    "SELECT 1 FROM notes n, likes JOIN posts ON id = post",
    "SELECT 1 FROM notes LEFT JOIN (likes JOIN posts ON posts.id = post) ON body = title",
    # USING and NATURAL
    "SELECT id, title, name FROM posts JOIN users USING (id)",
    "SELECT id FROM posts RIGHT JOIN users USING (id) FULL JOIN notes USING (id)",
    "SELECT title FROM posts NATURAL JOIN users WHERE id = $1",
    "SELECT * FROM (posts JOIN notes USING (id)) AS j (id, k)",
    "SELECT u.id FROM posts JOIN users USING (id) AS u",
    # names of an alias
    "SELECT a, b FROM posts AS p (a, b) WHERE b = $1 AND title = 'x'",
    "SELECT s.t FROM (SELECT title, made FROM posts) AS s (t) WHERE made > now()",
    # what comes before may be used by LATERAL, and only by it
    "SELECT l.made FROM posts p, LATERAL (SELECT made FROM likes WHERE post = p.id AND author = p.author LIMIT 1) l",
    "SELECT tag FROM posts, unnest(tags) AS tag WHERE tag = $1",
    "SELECT tag FROM posts CROSS JOIN LATERAL unnest(tags) WITH ORDINALITY AS u (tag, n) WHERE title = tag",
    # outputs: ORDER BY and DISTINCT ON prefer them, GROUP BY does not
    "SELECT name AS title, id FROM users ORDER BY title",
    "SELECT lower(name) AS name FROM users GROUP BY name",
    "SELECT boss AS id, count(*) FROM users GROUP BY id, boss ORDER BY id",
    "SELECT DISTINCT ON (made) name AS made, boss FROM users ORDER BY made",
    "SELECT lower(name) AS low, count(*) FROM users GROUP BY low HAVING count(*) > 1 ORDER BY low",
    "SELECT made FROM posts UNION SELECT made FROM users ORDER BY made",
    # writes
    "UPDATE posts SET title = name FROM users WHERE author = users.id AND boss = $1 RETURNING posts.made, name",
    "INSERT INTO notes SELECT id, title FROM posts WHERE author = $1",
    "INSERT INTO notes VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id",
    "INSERT INTO users VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE users.id > 1",
    "DELETE FROM likes USING posts WHERE post = id AND author = $1",
    "WITH gone AS (DELETE FROM posts WHERE author = $1 RETURNING *) SELECT title FROM gone JOIN users u"
    " ON u.id = gone.author",
    "MERGE INTO notes USING posts p ON notes.id = p.id WHEN MATCHED AND p.author = 1 THEN UPDATE SET body = title",
    # rows as a whole, stars, several levels
    "SELECT u, (u).name, row_to_json(p) FROM users u JOIN posts p ON p.author = u.id",
    "SELECT p.*, (SELECT max(l.made) FROM likes l WHERE l.post = p.id) FROM posts p",
    "SELECT * FROM (SELECT * FROM users) x WHERE x.boss = $1",
    "SELECT 1 FROM users a WHERE EXISTS (SELECT FROM posts WHERE author = a.id AND EXISTS ("
    "SELECT FROM likes WHERE post = posts.id AND \"user\" = a.boss AND name = title))",
    "SELECT sum(id) OVER w FROM posts WINDOW w AS (PARTITION BY author ORDER BY made)",
    "SELECT count(*) FILTER (WHERE title LIKE $1) FROM public.posts WHERE public.posts.author = $2",
]  # fmt: skip
UNKNOWN = {"SELECT * FROM of_rows(1) WHERE b = 'x'"}
"""Statements whose sources are known to the server alone: a function that gives rows of a table."""


@pytest.fixture(scope="module")
def empty_database(server: EmbeddedServer) -> Iterator[Callable[[str], str]]:
    """Return the URL of a new database with the tables of some SQL, and without its rows."""
    made: list[str] = []

    def make(sql: str) -> str:
        made.append(f"names_{len(made)}")
        with Session(server.url()) as admin:
            admin.run(f"CREATE DATABASE {made[-1]} STRATEGY file_copy")
        with Session(server.url(made[-1])) as session:
            session.run("SET check_function_bodies = off")
            for statement in split(sql):
                if not isinstance(parse_sql(statement)[0].stmt, ROWS):
                    session.run(statement)
        return server.url(made[-1])

    yield make
    with Session(server.url()) as admin:
        for name in made:
            admin.run(f"DROP DATABASE {name} WITH (FORCE)")


def _different(url: str, statements: list[str]) -> tuple[int, dict[str, object]]:
    """Return how many statements were compared, and of those that differ what only one reader finds."""
    different: dict[str, object] = {}
    compared = 0
    with Session(url) as session:
        catalog = session.ask(read_catalog)
        for sql in statements:
            by_postgres = used_by_postgres(session, sql) if is_plannable(tree_of(sql)) else None
            if by_postgres is None or sql.strip() in UNKNOWN:
                continue
            compared += 1
            ours = used_by_names(sql, catalog)
            if ours != by_postgres:
                different[sql] = {"only ours": sorted(ours - by_postgres), "only its": sorted(by_postgres - ours)}
    return compared, different


def test_tricky_names_mean_what_postgresql_says(empty_database: Callable[[str], str]) -> None:
    compared, different = _different(empty_database(TABLES), TRICKY)
    assert compared == len(TRICKY)
    assert not different


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_the_corpus_is_read_as_postgresql_reads_it(file: Path, empty_database: Callable[[str], str]) -> None:
    schema, statements = file.read_text().split("-- workload\n")
    compared, different = _different(empty_database(schema), list(split(statements)))
    assert compared
    assert not different


@pytest.mark.parametrize("folder", WORKLOADS, ids=lambda folder: folder.name)
def test_the_workloads_are_read_as_postgresql_reads_them(folder: Path, empty_database: Callable[[str], str]) -> None:
    statements = list(split((folder / "statements.sql").read_text()))
    compared, different = _different(empty_database((folder / "schema.sql").read_text()), statements)
    assert compared >= len(statements) * 0.9
    assert not different


MORE = {
    "as written": ("tests/cases/tune_statements/schema.sql", ["tests/cases/tune_statements/as_written.sql"]),
    "TPC-H": ("benchmarks/tune/tpch/schema.sql", ["benchmarks/tune/tpch/queries.sql"]),
}


@pytest.mark.parametrize("name", MORE)
def test_other_statements_are_read_as_postgresql_reads_them(name: str, empty_database: Callable[[str], str]) -> None:
    schema, places = MORE[name]
    statements = [statement for place in places for statement in split((ROOT / place).read_text())]
    compared, different = _different(empty_database((ROOT / schema).read_text()), statements)
    assert compared >= len(statements) * 0.9
    assert not different
