"""Workloads: what is read, what is left out and why, and what the statements are called."""

import asyncio
from pathlib import Path

import pytest

from backend_architect.errors import DatabaseError
from backend_architect.postgres import Refused, Session, connect
from backend_architect.tune import observe
from backend_architect.tune.observe import READ_ONLY
from backend_architect.tune.reading.files import WorkloadError, read_files, split_statements
from backend_architect.tune.statement_names import read_names
from tests.tune.conftest import NewDatabase

TABLE = "CREATE EXTENSION pg_stat_statements;\nCREATE TABLE t (id int PRIMARY KEY, v text)"


def test_what_the_server_counted_is_read_the_dearest_first(new_database: NewDatabase) -> None:
    url = new_database(TABLE)
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset()")
        for number in range(5):
            session.value("SELECT /* t.read */ v FROM t WHERE id = $1", number)
        session.run("SET work_mem = '8MB'")
    workload = asyncio.run(observe(url)).observed.workload
    assert workload is not None
    named = [statement for statement in workload.statements if statement.name]
    assert [(statement.name, statement.calls) for statement in named] == [("t.read", 5.0)]
    assert sum(workload.left_out.values()) >= 1
    times = [statement.total_ms for statement in workload.statements]
    assert times == sorted(times, reverse=True)


def test_without_pg_stat_statements_the_rest_is_read_and_it_is_said_how_to_enable_it(new_database: NewDatabase) -> None:
    observation = asyncio.run(observe(new_database("CREATE TABLE t (id int)")))
    assert observation.observed.workload is None
    assert [problem.code for problem in observation.problems] == ["no-pg-stat-statements"]
    assert "shared_preload_libraries" in observation.problems[0].fix
    assert [table.name for table in observation.observed.catalog.tables] == ["t"]


def test_the_connection_cannot_write(new_database: NewDatabase) -> None:
    async def write(url: str) -> None:
        connection = await connect(url, oldest=13, settings=READ_ONLY)
        try:
            await connection.execute("CREATE TABLE t (id int)")
        finally:
            await connection.close()

    with pytest.raises(Refused, match="read-only"):
        asyncio.run(write(new_database("SELECT 1")))


def test_a_role_that_may_read_almost_nothing_is_told_what_it_misses(new_database: NewDatabase) -> None:
    url = new_database(TABLE)
    with Session(url) as session:
        session.run("DROP ROLE IF EXISTS blind")
        session.run("CREATE ROLE blind LOGIN")
    blind = url.replace("postgres@", "blind@")
    observation = asyncio.run(observe(blind))
    workload = observation.observed.workload
    assert workload is not None
    assert "another user's, hidden from this role" in workload.left_out
    assert [table.name for table in observation.observed.catalog.tables] == ["t"]


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/x", "postgresql://u@/x?host=/nowhere", "mysql://x"])
def test_a_database_that_cannot_be_reached_is_a_problem_with_a_fix(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        asyncio.run(observe(url))
    assert caught.value.problems[0].fix


def test_a_file_of_sql_has_weights_and_garbage_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "-- weight: 2_500\nSELECT 1 FROM t;\nSELEC nonsense;\nSET x = 1;\nSELECT 2 FROM t;\n"
    )
    (tmp_path / "b.sql").write_text("SELECT 2 FROM t;")
    workload = read_files(tmp_path)
    assert [(statement.text.splitlines()[-1], statement.calls) for statement in workload.statements] == [
        ("SELECT 1 FROM t", 2500.0),
        ("SELECT 2 FROM t", 2.0),
    ]
    assert sum(workload.left_out.values()) == 2


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"-- nothing here", b"this is no sql at all"])
def test_a_file_without_statements_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.sql").write_bytes(content)
    with pytest.raises(WorkloadError):
        read_files(tmp_path / "a.sql")


@pytest.mark.parametrize(
    ("text", "name", "tags"),
    [
        ("SELECT /* posts.feed */ 1", "posts.feed", {}),
        ("-- name: orders_by_user\nSELECT 1", "orders_by_user", {}),
        ("SELECT 1 /*action='list',route='%2Fposts'*/", "", {"action": "list", "route": "/posts"}),
        ("SELECT 1 /* drop this soon, please */", "", {}),
    ],
)
def test_the_name_and_tags_of_a_statement(text: str, name: str, tags: dict[str, str]) -> None:
    assert read_names(text) == (name, tags)


def test_a_statement_too_long_to_take_apart_is_counted_wherever_it_comes_from(tmp_path: Path) -> None:
    many = ", ".join(map(str, range(30_000)))
    (tmp_path / "queries.sql").write_text(f"SELECT 1 FROM t WHERE id IN ({many});\nSELECT 2 FROM t")
    workload = read_files(tmp_path / "queries.sql")
    assert [each.text for each in workload.statements] == ["SELECT 2 FROM t"]
    assert workload.left_out == {"longer than 100,000 characters": 1}
    (tmp_path / "queries.sql").write_text(f"SELECT 1 FROM t WHERE id IN ({many})")
    with pytest.raises(WorkloadError, match="1 longer than 100,000 characters"):
        read_files(tmp_path / "queries.sql")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1; SELECT 2; SELECT 'cut", ["SELECT 1", "SELECT 2", "SELECT 'cut"]),
        ("SELECT 'é;'; SELECT \"cut;\nSELECT 3;\n", ["SELECT 'é;'", 'SELECT "cut', "SELECT 3"]),
        ("SELECT 1; /* never ends", ["SELECT 1", "/* never ends"]),
        ("'", ["'"]),
        ("", []),
        ("SELECT ';' ; -- a ; b\n", ["SELECT ';'"]),
    ],
)
def test_a_file_that_was_cut_off_keeps_what_stands_before(text: str, expected: list[str]) -> None:
    assert split_statements(text) == expected
