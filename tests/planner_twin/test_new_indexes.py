"""Indexes that are not there: as large as the built ones, and with what ANALYZE would find of their expressions."""

from collections.abc import Iterator, Mapping

import pytest

from backend_architect.planner_twin import IndexStatistics, IndexTrial, make_twin, read_statistics
from backend_architect.planner_twin.column_sample import sample_rows
from backend_architect.planner_twin.gin_elements import elements_of
from backend_architect.planner_twin.model import ColumnStatistics
from backend_architect.postgres import EmbeddedServer, Session

KINDS = {
    "words": "USING gin (words)",
    "tags": "USING gin (tags)",
    "two": "USING gin (words, tags)",
    "trigrams": "USING gin (body gin_trgm_ops)",
    "hash": "USING hash (author)",
    "days": "USING brin (made)",
    "open": "USING gist (open)",
    "gone": "(gone) WHERE gone IS NOT NULL",
}
EXPRESSIONS = {
    "lower": "lower(body)",
    "month": "date_trunc('month', made, 'UTC')",
    "day": "((made AT TIME ZONE 'UTC')::date)",
    "modulo": "(author % 10)",
    "whole": "(price::int)",
    "never_null": "coalesce(gone, 'infinity')",
    "null_too": "(gone AT TIME ZONE 'UTC')",
    "initial": "(left(state, 1))",
}


STATEMENTS = {
    **{name: f"CREATE INDEX new_{name} ON notes {rest}" for name, rest in KINDS.items()},
    **{name: f"CREATE INDEX new_{name} ON notes ({sql})" for name, sql in EXPRESSIONS.items()},
}
WRONG = ("CREATE INDEX ON nothing (id)", "DROP TABLE notes", "CREATE INDEX ON notes (tags", "SELECT 1; SELECT 2")


@pytest.fixture(scope="module")
def tried(server: EmbeddedServer, large: str) -> Iterator[Mapping[str, IndexTrial]]:
    """Every index, made at once on a twin, among statements that fail."""
    with Session(server.url(large)) as session:
        session.run("CREATE EXTENSION pg_trgm")
        known = read_statistics(session)
    names = [*WRONG, *STATEMENTS]
    with make_twin(server, large, known) as twin:
        yield dict(zip(names, twin.create_indexes([STATEMENTS.get(name, name) for name in names]), strict=True))
    with Session(server.url(large)) as session:
        session.run("DROP EXTENSION pg_trgm CASCADE")


@pytest.fixture(scope="module")
def built(server: EmbeddedServer, large: str) -> Mapping[str, IndexStatistics]:
    """The same ones, really built and analyzed; they are dropped again."""
    with Session(server.url(large)) as session:
        session.run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for statement in STATEMENTS.values():
            session.run(statement)
        session.run("ANALYZE notes")
        found = {index.name: index for index in read_statistics(session).by_name["notes"].indexes}
        session.run("; ".join(f"DROP INDEX new_{name}" for name in STATEMENTS))
    return {name: found[f"new_{name}"] for name in STATEMENTS}


@pytest.mark.parametrize("statement", WRONG)
def test_one_that_fails_says_why(tried: Mapping[str, IndexTrial], statement: str) -> None:
    assert not tried[statement].made
    assert tried[statement].refused


@pytest.mark.parametrize("name", [*KINDS, *EXPRESSIONS])
def test_it_is_as_large_as_the_built_one(
    tried: Mapping[str, IndexTrial], built: Mapping[str, IndexStatistics], name: str
) -> None:
    new, real = tried[name].made[0].index, built[name]
    assert new.pages == pytest.approx(real.pages, rel=0.25, abs=3)
    if real.gin and new.gin:
        assert new.gin.data == pytest.approx(real.gin.data, rel=0.3, abs=4)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_its_expressions_are_known_as_after_analyze(
    tried: Mapping[str, IndexTrial], built: Mapping[str, IndexStatistics], name: str
) -> None:
    (new,), (real,) = tried[name].made[0].index.expressions, built[name].expressions
    assert (new.attname, new.type, new.length, new.align) == (real.attname, real.type, real.length, real.align)
    assert new.null_frac == pytest.approx(real.null_frac, abs=0.02)
    assert new.avg_width == pytest.approx(real.avg_width, rel=0.1, abs=1)
    assert 0.5 < new.distinct(50_000) / real.distinct(50_000) < 2
    if real.correlation is not None and new.correlation is not None:
        assert new.correlation == pytest.approx(real.correlation, abs=0.3)


def test_the_elements_of_jsonb_stand_where_they_are() -> None:
    """A place with other values in every row has as many as rows; one with few, those; numbers, those in between."""
    values = [f'{{"id": "x{n}", "kind": "k{n % 4}", "owner": {{"age": {n % 50}}}}}' for n in range(100)]
    bounds = "{" + ",".join('"' + value.replace('"', '\\"') + '"' for value in values) + "}"
    column = ColumnStatistics("j", "jsonb", -1, 4, False, 0.0, 40, -1.0, histogram_bounds=bounds)
    found = elements_of(column, "jsonb_ops", 1e6)
    assert sum(each.number * each.rows for each in found) == pytest.approx(7e6)  # three values and four keys
    assert sum(each.number for each in found) == pytest.approx(1e6 + 4 + 50 + 4, rel=0.001)
    paths = elements_of(column, "jsonb_path_ops", 1e6)
    assert sum(each.number * each.rows for each in paths) == pytest.approx(3e6)


def test_rows_of_several_columns_have_each_value_as_often_as_its_column() -> None:
    state = ColumnStatistics("s", "text", -1, 4, False, 0.1, 5, 2.0, '{"done","open"}', (0.8, 0.1))
    number = ColumnStatistics("n", "int", 4, 4, False, 0.0, 4, -1.0, histogram_bounds='{"1","2","3","4"}')
    rows = sample_rows([state, number])
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert sum(row.values[0] == "done" for row in rows) == pytest.approx(80, abs=2)
    assert len({row.values for row in rows if row.values[0] == "done"}) == 4
    assert sample_rows([state, ColumnStatistics("b", "bytea", -1, 4, False, 0.0, 4, -1.0)]) == ()
