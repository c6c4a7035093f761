"""Only what the statements can reach is copied, and all of that: by whatever way they reach it."""

import asyncio
from pathlib import Path

import pytest

from backend_architect.planner_twin.structure.names import names_in, place_of
from backend_architect.tune import Observed, observe
from backend_architect.tune.advice_run import planning, read_source, texts_of
from backend_architect.tune.what_if import PlanRefused
from tests.tune.conftest import NewDatabase

TABLES = """
CREATE SCHEMA apart;
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TYPE unmentioned_mood AS ENUM ('well', 'ill');
CREATE TABLE users (id bigint PRIMARY KEY, feels mood);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, at timestamptz);
CREATE TABLE refunds (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
CREATE TABLE stock (id bigserial PRIMARY KEY, amount int);
CREATE VIEW stocked AS SELECT id, amount FROM stock WHERE amount > 0;
CREATE VIEW richly_stocked AS SELECT id FROM stocked WHERE amount > 100;
CREATE TABLE rates (code text PRIMARY KEY, rate numeric);
CREATE TABLE apart."Old ""r"" ates" (code text, rate numeric);
CREATE FUNCTION old_rate(text) RETURNS numeric LANGUAGE sql STABLE
  AS $$ SELECT rate FROM apart."Old ""r"" ates" WHERE code = $1 $$;
CREATE FUNCTION rate_of(text) RETURNS numeric LANGUAGE sql STABLE
  AS $$ SELECT coalesce((SELECT rate FROM rates WHERE code = $1), old_rate($1)) $$;
CREATE TABLE events (at date, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (kind);
CREATE TABLE events_2026_a PARTITION OF events_2026 FOR VALUES IN ('a');
CREATE TABLE base (id int PRIMARY KEY);
CREATE TABLE child (more text) INHERITS (base);
CREATE TABLE other_child (less text) INHERITS (base);
CREATE TABLE audited (id int);
CREATE TABLE log (id int);
CREATE RULE noted AS ON INSERT TO audited DO ALSO INSERT INTO log VALUES (new.id);
CREATE FUNCTION unmentioned_half(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';
CREATE TABLE unmentioned (id int PRIMARY KEY, feels unmentioned_mood);
CREATE INDEX ON unmentioned (unmentioned_half(id));
CREATE VIEW unmentioned_view AS SELECT * FROM unmentioned;
CREATE TABLE unmentioned_part (at date) PARTITION BY RANGE (at);
ANALYZE
"""
STATEMENTS = """
SELECT * FROM ORDERS o WHERE o.user_id = $1;
SELECT * FROM richly_stocked;
SELECT rate_of($1);
SELECT * FROM events WHERE at = $1;
SELECT * FROM child WHERE id = $1;
INSERT INTO audited VALUES ($1);
"""
MENTIONED = {
    "orders", "users", "stock", "rates", 'Old "r" ates', "events", "events_2026", "events_2026_a", "base", "child",
    "audited", "log",
}  # fmt: skip


@pytest.fixture
def observed(new_database: NewDatabase, tmp_path: Path) -> tuple[str, Observed]:
    """A database of which statements reach a part, and they."""
    url = new_database(TABLES)
    (tmp_path / "statements.sql").write_text(STATEMENTS)
    return url, asyncio.run(observe(url, tmp_path / "statements.sql")).observed


def test_what_statements_reach_arrives_on_the_twin_and_nothing_else(observed: tuple[str, Observed]) -> None:
    url, seen = observed
    source = read_source(url, texts_of(seen))
    structure = source.structure
    assert {table.name for table in structure.tables} == MENTIONED
    assert {table.name for each in source.known.statistics for table in each.tables} == MENTIONED
    made = (*structure.types, *structure.code, *structure.views, *structure.rest)
    assert not [each.name for each in made if "unmentioned" in each.name or "refunds" in each.name]
    assert len([each for each in structure.rest if each.kind == "foreign key"]) == 1
    assert len(seen.catalog.tables) > len(MENTIONED)  # findings still see all of them
    with planning(url, source, seen) as (what_if, left_out):
        assert not left_out
        for text in texts_of(seen):
            assert what_if.plan(text).plan
        for sql in ("SELECT FROM unmentioned", "SELECT FROM refunds", "SELECT FROM unmentioned_view"):
            with pytest.raises(PlanRefused):
                what_if.plan(sql)


def test_a_table_by_itself_brings_those_above_it_and_one_that_is_mentioned_those_below_too(
    observed: tuple[str, Observed],
) -> None:
    url, _ = observed
    for text, wanted in {
        "SELECT FROM child": {"base", "child"},
        "SELECT FROM base": {"base", "child", "other_child"},
        "SELECT FROM refunds": {"refunds", "orders"},
        "SELECT FROM events_2026": {"events", "events_2026", "events_2026_a"},
        """SELECT currval('stock_id_seq'), "Users".id FROM "Users" """: set(),
        'SELECT FROM apart."Old ""r"" ates"': {'Old "r" ates'},
    }.items():
        assert {table.name for table in read_source(url, [text]).structure.tables} == wanted, text


def test_names_are_found_as_the_server_reads_them() -> None:
    assert names_in("SELECT Ab.\"Cd\" FROM é -- no\n WHERE f(E'it', 'g.h'::regclass) = $1") >= {
        "ab", "Cd", "é", "f", "g", "h", "it", "regclass",
    }  # fmt: skip
    assert "no" not in names_in("SELECT 1 -- no")
    assert names_in('SELECT U&"d\\0061ta"') == {"data"}
    assert names_in("SELECT $x$ SELECT 'a' || $y$b$y$ $x$") == {"a", "b"}
    assert names_in("SELECT 'SELECT FROM a WHERE b = ''' || c") == {"a", "b", "c"}
    assert names_in("SELECT '/* it''s' || d") == {"it", "s", "d"}
    assert names_in("SELECT " + "a" * 70) == {"a" * 63}
    assert place_of('public."F ""x"""(integer)') == ("public", 'F "x"')
    assert place_of("all") == ()
