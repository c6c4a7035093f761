"""What turns bad as tables grow is found, with the size from which on; what holds is not."""

import asyncio
from collections.abc import Sequence

import pytest

from backend_architect.planner_twin.copy import make_copy, read_known
from backend_architect.planner_twin.structure import read_structure
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.report.growth import growth_lines, growth_markdown
from backend_architect.tune.growth import Growing, GrowthStudy, Point, Scan, growing_tables, judge, study_growth
from backend_architect.tune.growth.reading_plans import read_point
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.observe import READ_ONLY, observe
from backend_architect.tune.workload import Statement
from tests.tune.conftest import NewDatabase

ANY = Statement("1", "SELECT 1", 10)


def points(*costs: tuple[float, float, float]) -> list[Point]:
    """Return points of these sizes, costs and rows."""
    return [Point(*each) for each in costs]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (points((1, 200, 10), (2, 400, 10), (4, 800, 10), (10, 2_000, 10)), 2.0),  # follows its table
        (points((1, 8, 1), (10, 9, 1), (100, 12, 1)), None),  # a deeper index
        (points((1, 100, 100), (10, 1_000, 1_000), (100, 10_000, 10_000)), None),  # it returns what it reads
        (points((1, 10, 10), (10, 100, 10), (100, 1_000, 10)), 100.0),  # cheap until then
        (points((1, 1_000, 10), (10, 2_900, 10), (100, 8_000, 10)), None),  # as the bound allows
    ],
)
def test_from_which_size_on_a_statement_is_bad(given: Sequence[Point], expected: float | None) -> None:
    found = judge(ANY, given)
    assert (found and found.times) == expected


def test_a_filter_that_throws_a_large_table_away_is_bad_already() -> None:
    scan = Scan("notes", 50_000, 5, 1.0, filtered=True)
    found = judge(ANY, [Point(1, 1_200, 5, (scan,)), Point(10, 12_000, 50, ())])
    assert found is not None and found.times == 1
    assert found.why == "it reads all 50,000 rows of notes to keep 5"
    small = Scan("states", 50, 5, 1.0, filtered=True)
    assert judge(ANY, [Point(1, 1_200, 5, (small,))]) is None


def test_the_rows_of_a_write_are_those_it_writes() -> None:
    below = {
        "Node Type": "Seq Scan",
        "Schema": "s",
        "Relation Name": "a",
        "Plan Rows": 7,
        "Total Cost": 40.0,
        "Filter": "x",
    }
    plan = {"Node Type": "ModifyTable", "Plan Rows": 0, "Total Cost": 80.0, "Plans": [below]}
    scan = Scan("s.a", 100.0, 7.0, 0.5, filtered=True)
    assert read_point(plan, 1, {"s.a": 100.0}) == Point(1, 80.0, 7.0, (scan,))


SHOP = """
CREATE SCHEMA sales;
CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE states (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE sales.orders (id bigint PRIMARY KEY, person bigint NOT NULL REFERENCES people, state int NOT NULL);
INSERT INTO people SELECT n, 'p' || n FROM generate_series(1, 1000) n;
INSERT INTO states SELECT n, 's' || n FROM generate_series(1, 20) n;
INSERT INTO sales.orders SELECT n, 1 + n % 1000, n % 20 FROM generate_series(1, 5000) n;
CREATE INDEX of_person ON sales.orders (person);
ANALYZE people, states, sales.orders
"""
WORKLOAD = (
    Statement("indexed", "SELECT * FROM sales.orders WHERE person = $1 LIMIT 20", 1_000),
    Statement("by mail", "SELECT * FROM people WHERE email = $1", 1_000),
    Statement("joined", "SELECT o.id, s.name FROM sales.orders o JOIN states s ON s.id = o.state WHERE o.id = $1", 9),
    Statement("anywhere", "SELECT * FROM people WHERE email LIKE '%' || $1", 1),
    Statement("gone", "SELECT * FROM nothing", 1),
)
ADVISED = (
    NewIndex("public", "people", (NewKey("email"),)),
    NewIndex("sales", "orders", (NewKey("", "no_such_function(state)"),)),
)


def study(server: EmbeddedServer, url: str) -> GrowthStudy:
    catalog = asyncio.run(observe(url)).observed.catalog
    with Session(url, settings=READ_ONLY) as session:
        structure = read_structure(session)
        known = read_known(session, structure.schemas)
    copy = make_copy(server, structure, known)
    with copy.twin as twin:
        found = study_growth(copy, known, WORKLOAD, Growing(growing_tables(catalog.tables), 100), indexes=ADVISED)
        assert twin.explain("SELECT * FROM people")["Plan Rows"] == 1_000  # as large as before
    return found


class Plain:
    """Colours that are none."""

    def bold(self, text: str) -> str:
        return text

    dim = green = red = yellow = bold


def test_a_workload_on_grown_tables_of_two_schemas(server: EmbeddedServer, new_database: NewDatabase) -> None:
    found = study(server, new_database(SHOP))
    assert set(found.growing) == {"public.people", "sales.orders"} and found.staying == ("public.states",)
    bad, still_bad = found.turning
    assert bad.statement.id == "by mail" and bad.times == 20  # from 1,000 people to 20,000
    assert [point.times for point in bad.points] == [1, 2, 4, 10, 20, 40, 100]
    assert found.holding == 2
    assert [(each.id, reason) for each, reason in found.unplanned] == [("gone", 'relation "nothing" does not exist')]
    lines = growth_lines(found, Plain())
    assert lines[0] == "At 100x data, 2 statements stop scaling; 2 scale"
    assert lines[1] == "  from 20x on    SELECT * FROM people WHERE email = $1"
    assert "it reads all 20,000 rows of people to keep 1" in lines[2]
    assert "| from 20x on | `SELECT * FROM people WHERE email = $1` |" in growth_markdown(found)
    assert found.advised is not None and found.advised.indexes == 1
    assert [(each.statement.id, each.times) for each in found.advised.turning] == [("anywhere", still_bad.times)]
    assert list(found.advised.refused) == ["CREATE INDEX ON sales.orders ((no_such_function(state)))"]
    assert lines[5] == "With the advised index in place 1 of these still does"
    assert lines[6].endswith("SELECT * FROM people WHERE email LIKE '%' || $1")
    assert "With the advised index in place 1 of these still does" in growth_markdown(found)
