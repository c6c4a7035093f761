"""Statements as PostgreSQL counts them: each can be planned, with estimates as in production."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.planner_twin import read_statistics
from backend_architect.planner_twin.planner import Planner
from backend_architect.postgres import Refused, Session
from backend_architect.sql.statement_facts import tree_of
from backend_architect.tune import Statement, Workload, observe
from backend_architect.tune.plannable import column_values, plannable, with_values
from backend_architect.tune.variables.find import variables_in
from tests.tune.catalog import CATALOG
from tests.tune.conftest import NewDatabase

CORPUS = Path(__file__).parents[1] / "cases" / "tune_statements"
WRITTEN = [each for each in (CORPUS / "as_written.sql").read_text().split(";\n") if each.strip()]


def test_what_the_server_counted_can_be_planned_with_parameters_and_with_values(new_database: NewDatabase) -> None:
    url = new_database((CORPUS / "schema.sql").read_text())
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset()")
        for statement in WRITTEN:
            session.run(statement)
        observed = asyncio.run(observe(url)).observed
        values = column_values([read_statistics(session)])
    workload = observed.workload
    assert isinstance(workload, Workload)
    counted = [each for each in workload.statements if "pg_catalog" not in each.text and "pg_class" not in each.text]
    assert len(counted) >= len(WRITTEN) >= 65
    variables = {each.text: variables_in(tree_of(each.text), observed.catalog) for each in counted}
    assert not {text: found for text, found in variables.items() if found}, "each name is a column of a table in sight"
    with Planner(url) as planner, Session(url) as session:
        refused = [each.text for each in counted if _refuses(session, each.text)]
        assert len(refused) > 20, "as they are counted, they cannot be planned"
        for each in counted:
            generic = plannable(each, observed.catalog, values)
            session.run(f"EXPLAIN (GENERIC_PLAN) {generic.sql}")
            if each.text in refused:
                planner.explain(generic.sql)  # as a prepared statement
            session.run(f"EXPLAIN {with_values(each, observed.catalog, values).sql}")


def _refuses(session: Session, sql: str) -> bool:
    try:
        session.run(f"EXPLAIN (GENERIC_PLAN) {sql}")
    except Refused:
        return True
    return False


POSTS = CATALOG.tables[0]
MORE = tuple(replace(POSTS.columns[0], name=name, type=kind) for name, kind in (("tags", "text[]"), ("data", "jsonb")))
WITH_LISTS = replace(CATALOG, tables=(replace(POSTS, columns=(*POSTS.columns, *MORE)),))
VALUES = {("public", "posts", "name"): ["Anna", "Berta", "Co%la", "Dora"]}


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("SELECT id FROM posts WHERE id < $1 LIMIT $2", "SELECT id FROM posts WHERE id < $1 LIMIT 13"),
        ("SELECT id FROM posts LIMIT $1 OFFSET $2", "SELECT id FROM posts LIMIT 13"),
        (
            "SELECT id FROM posts p WHERE EXISTS (SELECT $1 FROM posts LIMIT $2) AND id = $3",
            "SELECT id FROM posts AS p WHERE EXISTS (SELECT $1 FROM posts LIMIT 20) AND id = $2",
        ),
        ("SELECT id FROM posts p WHERE p.name LIKE $1", "SELECT id FROM posts AS p WHERE p.name LIKE 'Co\\%%'"),
        ("SELECT id FROM posts WHERE name LIKE $1 || $2", "SELECT id FROM posts WHERE name LIKE 'Co\\%%'"),
        ("SELECT id FROM posts WHERE name LIKE $2 || $1 || $3", "SELECT id FROM posts WHERE name LIKE '%Co\\%%'"),
        ("SELECT id FROM posts WHERE lower(name) LIKE $1", "SELECT id FROM posts WHERE lower(name) LIKE 'co\\%%'"),
        (
            "SELECT id FROM posts WHERE made > now() - $1",
            "SELECT id FROM posts WHERE made > now() - CAST($1 AS interval)",
        ),
        ("SELECT id FROM posts WHERE id IN ($1 /*, ... */)", f"SELECT id FROM posts WHERE id IN ({'$1, ' * 9}$1)"),
        (
            "SELECT date_trunc($1, made) FROM posts GROUP BY date_trunc('day', made)",
            "SELECT date_trunc('day', made) FROM posts GROUP BY date_trunc('day', made)",
        ),
    ],
)
def test_a_parameter_becomes_what_the_plan_depends_on(text: str, sql: str) -> None:
    found = plannable(Statement("s", text, calls=10.0, rows=125.0), CATALOG, VALUES)
    assert found.sql == sql
    assert found.notes


@pytest.mark.parametrize(
    ("text", "examples", "sql"),
    [
        ("name ILIKE $1", {"$1": "%nn%"}, "name ILIKE '%nn%'"),
        ("made >= $1 AND id = $2", {"$1": "2026-01-02", "$2": "7"}, "made >= {time}'2026-01-02'{end} AND id = $1"),
        ("id = ANY($1)", {"$1": "{1,2,3}"}, "id IN ($1, $1, $1)"),
        ("name LIKE $1", {"$1": None}, "name LIKE 'Co\\%%'"),
    ],
)
def test_an_example_tells_more_than_a_guess(text: str, examples: dict[str, str | None], sql: str) -> None:
    statement = Statement("s", f"SELECT id FROM posts WHERE {text}", calls=1.0, examples=(examples,))
    told = sql.format(time="CAST(", end=" AS timestamp with time zone)")
    assert plannable(statement, CATALOG, VALUES).sql == f"SELECT id FROM posts WHERE {told}"


def test_a_limit_that_stops_nothing_is_planned_as_if_it_were_not_there() -> None:
    large = replace(CATALOG, tables=(replace(CATALOG.tables[0], pages=1_000),))
    text = "SELECT id FROM posts WHERE lower(name) = $1 LIMIT $2"
    reads_all = plannable(Statement("s", text, calls=10.0, rows=10.0, blocks=10_000.0), large)
    assert (reads_all.sql, reads_all.notes) == (
        text.removesuffix(" LIMIT $2"),
        ("no LIMIT: a call reads most of a table",),
    )
    stops = Statement("s", text, calls=10.0, rows=10.0, blocks=50.0)
    assert plannable(stops, large).sql.endswith("LIMIT 1")
    ordered = text.replace("LIMIT", "ORDER BY id LIMIT")
    assert plannable(Statement("s", ordered, calls=10.0, rows=10.0, blocks=10_000.0), large).sql.endswith("LIMIT 1")


def test_what_is_contained_in_a_list_or_a_document_is_one() -> None:
    sql = with_values(Statement("s", "SELECT id FROM posts WHERE tags @> $1 AND data @> $2", 1.0), WITH_LISTS).sql
    assert sql == "SELECT id FROM posts WHERE tags @> CAST('{a}' AS text[]) AND data @> CAST('{\"a\": 1}' AS jsonb)"


def test_a_statement_that_needs_nothing_says_nothing() -> None:
    assert plannable(Statement("s", "SELECT id FROM posts WHERE id = $1", 1.0), CATALOG).notes == ()


def test_a_statement_that_breaks_a_step_is_planned_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise NotImplementedError("planted")

    monkeypatch.setattr("backend_architect.tune.plannable.steps.with_limits", broken)
    statement = Statement("s", "SELECT id FROM posts LIMIT $1", 1.0)
    for made in (plannable(statement, CATALOG), with_values(statement, CATALOG)):
        assert (made.sql, made.notes) == (statement.text, ("as it is written: NotImplementedError: planted",))
