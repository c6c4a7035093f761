"""pg_stat_statements, and the truth about what it does not tell."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune import Statement, Workload, observe
from backend_architect.tune.reading import statements_view
from backend_architect.tune.reading.usable_statements import GONE, HIDDEN, REASONS, TOO_LONG, keep
from tests.tune.conftest import NewDatabase

TABLES = """
CREATE EXTENSION pg_stat_statements;
CREATE TABLE posts (id int PRIMARY KEY, body text);
CREATE FUNCTION newest() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT max(id) FROM posts WHERE id > 0); END'
"""
CATALOGS = "of the server's own catalogs only (drivers, monitoring, this tool)"


def _workload(url: str) -> Workload:
    workload = asyncio.run(observe(url)).observed.workload
    assert workload is not None
    return workload


def test_what_runs_in_functions_is_kept_and_not_counted_twice(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(TABLES)
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset(); SET pg_stat_statements.track = 'all'")
        for number in range(20):
            session.value("SELECT newest()")
            session.value(f"SELECT body FROM posts WHERE id = {number} /*route='%2Fposts',controller='posts'*/")
    asyncio.run(observe(url))
    workload = _workload(url)
    nested = next(each for each in workload.statements if "max(id)" in each.text)
    caller = next(each for each in workload.statements if each.text == "SELECT newest()")
    assert (nested.calls, nested.nested_ms, caller.nested_ms) == (20.0, nested.total_ms, 0.0)
    assert workload.total_ms == pytest.approx(sum(each.total_ms for each in workload.statements) - nested.total_ms)
    assert [each.source for each in workload.statements if "body" in each.text] == ["/posts posts"]
    assert workload.left_out["this tool's own"] >= 2
    assert workload.left_out[CATALOGS] >= 5, "the catalog, read once already"
    assert not [each for each in workload.statements if "pg_class" in each.text]
    monkeypatch.setattr(statements_view, "MAX_STATEMENTS", 2)
    cut = _workload(url)
    assert len(cut.statements) <= 2
    assert cut.left_out[statements_view.CUT] > 5


def _counted(**more: Any) -> Statement:
    return replace(Statement("s", "SELECT a FROM t", 1.0), **more)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HIDDEN, REASONS[HIDDEN]),
        (GONE, REASONS[GONE]),
        (TOO_LONG, REASONS[TOO_LONG]),
        ("SELECT a FROM t WHERE", "cannot be parsed: truncated, or of another version"),
        ("VACUUM t", "without a plan (DDL, SET, transactions and the like)"),
        ("SELECT a FROM t; SELECT b FROM t", "more than one statement in a text"),
        ("SELECT n.nspname FROM pg_catalog.pg_namespace n, pg_class", CATALOGS),
        ("SELECT /* backend-architect tune */ a FROM t", "this tool's own"),
    ],
)
def test_what_cannot_be_looked_at_is_counted_by_its_reason(text: str, reason: str) -> None:
    workload = keep([_counted(), _counted(id="x", text=text)], "here")
    assert [each.id for each in workload.statements] == ["s"]
    assert workload.left_out == {reason: 1}


@pytest.mark.parametrize(
    "text", ["SELECT 1", "SELECT a FROM t, pg_class", "WITH pg_x AS (SELECT a FROM t) SELECT 1 FROM pg_x"]
)
def test_a_statement_that_reads_a_table_too_is_looked_at(text: str) -> None:
    assert keep([_counted(text=text)], "here").left_out == {}


def test_the_same_text_of_two_users_is_one_statement_and_hidden_ones_are_counted_apart() -> None:
    record = dict.fromkeys(("calls", "total_ms", "rows", "blocks", "blocks_read", "temporary_blocks"), 1.0)
    record = {**record, "nested_ms": 0.0, "counted": 5}
    read = (("SELECT 1", "b"), ("SELECT 1", "a"), (HIDDEN, "c"), (HIDDEN, "c"), (None, "c"), ("x" * 100_001, "c"))
    records = [{**record, "query": text, "user": user} for text, user in read]
    workload = keep(statements_view._merged(records), "here")
    assert [(each.calls, each.user) for each in workload.statements] == [(2.0, "a, b")]
    assert workload.left_out == {REASONS[HIDDEN]: 2, REASONS[GONE]: 1, REASONS[TOO_LONG]: 1}


def test_a_text_that_cannot_be_read_is_told_as_that(new_database: NewDatabase, server: EmbeddedServer) -> None:
    url, name = new_database("CREATE EXTENSION pg_stat_statements"), "of_bytes"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    try:
        with Session(server.url(name)) as session:
            session.run("SET pg_stat_statements.track = 'all'")
            session.run("DO $$ BEGIN EXECUTE 'SELECT 1 AS a' || chr(233); END $$")  # é in Latin 1
        (problem,) = [each for each in asyncio.run(observe(url)).problems if each.code == "no-pg-stat-statements"]
        assert "invalid byte sequence" in problem.message
        assert "pg_stat_statements_reset" in problem.fix
        with Session(url) as session:
            session.run(f"SELECT pg_stat_statements_reset(0, oid) FROM pg_database WHERE datname = '{name}'")
        assert _workload(url).source == statements_view.SOURCE
    finally:
        with Session(server.url()) as admin:
            admin.run(f"DROP DATABASE {name} WITH (FORCE)")
