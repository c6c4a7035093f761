"""What is found in plans that a real server ran with, and that what a finding advises mends it."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from backend_architect.finding import Finding
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune import Observed, Statement, Workload, find_all, observe

TABLES = """
CREATE TABLE towns (id int PRIMARY KEY, "Ci ty" int, "select" int, third int, note text);
INSERT INTO towns SELECT i, i % 10, i % 10, i % 10, md5(i::text) FROM generate_series(1, 20000) i;
CREATE INDEX ON towns (third);
CREATE TABLE visits (town int, day int);
INSERT INTO visits SELECT i, i % 7 FROM generate_series(1, 20000) i;
CREATE INDEX ON visits (town);
CREATE TABLE "Ord""ers" (id int, grp int, kind text, a int, b int);
INSERT INTO "Ord""ers" SELECT i, i % 3, CASE WHEN i % 2 = 0 THEN 'a' WHEN i % 5 < 4 THEN 'b' ELSE i::text END,
  i % 90, i % 90 FROM generate_series(1, 20000) i;
ALTER TABLE "Ord""ers" ALTER kind SET STATISTICS 1;
CREATE TABLE old (id int PRIMARY KEY, state text);
INSERT INTO old SELECT i, 'done' FROM generate_series(1, 15000) i;
CREATE TABLE parts (id int, month int) PARTITION BY LIST (month);
SELECT format('CREATE TABLE parts_%s PARTITION OF parts FOR VALUES IN (%s)', m, m) FROM generate_series(1, 10) m;
ANALYZE;
INSERT INTO old SELECT i, 'new' FROM generate_series(20001, 35000) i;
SELECT pg_stat_force_next_flush()
"""


class Shop:
    """A database, and what is found in the plan that it runs a statement with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = Session(url)
        self.catalog = asyncio.run(observe(url)).observed.catalog

    def plan(self, sql: str) -> dict[str, Any]:
        """Return what EXPLAIN says of a statement that it ran."""
        text = self.session.value(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        plan: dict[str, Any] = json.loads(text)[0]
        return plan

    def found(self, code: str, sql: str, settings: str = "") -> list[Finding]:
        """Return the findings of one code in the plan of a statement, run under settings of its own."""
        self.session.run(f"BEGIN; SET LOCAL max_parallel_workers_per_gather = 0; {settings}")
        statement = Statement("1", sql, 100, name="the.statement", plans=(self.plan(sql),))
        self.session.run("ROLLBACK")
        return [
            each for each in find_all(Observed(self.catalog, Workload("a test", (statement,)))) if each.code == code
        ]

    def mend(self, finding: Finding) -> None:
        """Run what a finding advises."""
        for statement in finding.sql.splitlines():
            self.session.run(statement)


@pytest.fixture(scope="module")
def shop(server: EmbeddedServer) -> Iterator[Shop]:
    """The database of these tests."""
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE planned STRATEGY file_copy")
    with Session(server.url("planned")) as session:
        for statement in TABLES.split(";\n"):
            made = session.fetch(statement)
            for row in made if statement.startswith("SELECT format") else ():
                session.run(row["format"])
            session.run("SELECT pg_stat_force_next_flush()")
    shop = Shop(server.url("planned"))
    yield shop
    shop.session.close()


TWO = 'SELECT * FROM towns WHERE "Ci ty" = 3 AND "select" = 3'
MENDED = [
    (TWO, 'CREATE STATISTICS "towns_Ci ty_select_stats" (ndistinct, dependencies, mcv) '
     'ON "Ci ty", "select" FROM towns;'),
    ('SELECT * FROM "Ord""ers" WHERE id % 3 = 1',
     'CREATE STATISTICS "Ord""ers_expr1_stats" ON (id % 3) FROM "Ord""ers";'),
    ("""SELECT * FROM "Ord""ers" WHERE kind = 'b'""", 'ALTER TABLE "Ord""ers" ALTER COLUMN kind SET STATISTICS 1000;'),
    ('SELECT a, b, count(*) FROM "Ord""ers" GROUP BY a, b', 'CREATE STATISTICS "Ord""ers_a_b_stats" (ndistinct, '
     'dependencies, mcv) ON a, b FROM "Ord""ers";'),
    ("SELECT * FROM old WHERE state = 'new'", "ANALYZE old;"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "mend"), MENDED)
def test_a_wrong_estimate_is_mended_by_what_is_advised(sql: str, mend: str, shop: Shop) -> None:
    (finding,) = shop.found("misestimated-rows", sql)
    assert finding.sql.splitlines()[0] == mend
    shop.mend(finding)
    assert shop.found("misestimated-rows", sql) == []


def test_a_scan_that_a_limit_stopped_expected_nothing_wrong(shop: Shop) -> None:
    assert shop.found("misestimated-rows", "SELECT * FROM towns WHERE id > 0 LIMIT 10") == []
    assert shop.found("misestimated-rows", "SELECT * FROM towns WHERE third = 3") == []


def test_a_nested_loop_over_more_rows_than_expected_is_no_more_once_they_are_expected(shop: Shop) -> None:
    sql = "SELECT * FROM towns t JOIN visits v ON v.town = t.id WHERE t.id % 10 = 3 AND t.note > '1'"
    loop = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_memoize = off"
    (finding,) = shop.found("nested-loop-misestimate", sql, loop)
    assert "ON (id % 10) FROM towns" in finding.sql
    shop.mend(finding)
    assert shop.found("nested-loop-misestimate", sql, loop) == []


SPILLS = [
    ("SELECT id FROM towns ORDER BY note", "SET LOCAL work_mem = '256kB'"),
    ("SELECT third FROM towns ORDER BY id % 7", "SET LOCAL work_mem = '64kB'"),
    ("SELECT * FROM towns ORDER BY note", "SET LOCAL work_mem = '256kB'"),
    ("SELECT count(t.note) FROM towns t JOIN towns u ON u.note = t.note", "SET LOCAL work_mem = '64kB';"
     " SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off"),
    ("SELECT id, note, count(*) FROM towns GROUP BY 1, 2", "SET LOCAL work_mem = '64kB'; SET LOCAL enable_sort = off;"
     " SET LOCAL enable_indexscan = off"),
    ("SELECT note, count(*) FROM towns GROUP BY 1", "SET LOCAL work_mem = '64kB'; SET LOCAL enable_sort = off"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "settings"), SPILLS)
def test_what_went_to_disk_stays_in_memory_with_what_it_is_said_to_need(sql: str, settings: str, shop: Shop) -> None:
    (finding,) = shop.found("exceeds-work-mem", sql, settings)
    needed = int(finding.evidence[-1].value.removesuffix(" MB"))
    assert needed <= 12  # of 2 MB of rows
    assert shop.found("exceeds-work-mem", sql, f"{settings}; SET LOCAL work_mem = '{needed}MB'") == []


def test_a_filter_that_throws_nearly_all_away_is_not_found_once_an_index_holds_it(shop: Shop) -> None:
    sql = "SELECT * FROM towns WHERE note = 'x' AND id > 0"
    (finding,) = shop.found("rows-removed-by-filter", sql)
    assert finding.fix == "an index on towns (note, id)"
    shop.session.run("CREATE INDEX by_note ON towns (note, id)")
    assert shop.found("rows-removed-by-filter", sql) == []
    shop.session.run("DROP INDEX by_note")


def test_an_index_only_scan_of_a_table_that_was_never_vacuumed(shop: Shop) -> None:
    sql = "SELECT id FROM old WHERE id < 9000"
    only = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
    (finding,) = shop.found("heap-fetches", sql, only)
    assert finding.sql == "VACUUM old;"
    shop.mend(finding)
    assert shop.found("heap-fetches", sql, only) == []


def test_partitions_that_are_searched_without_a_match(shop: Shop) -> None:
    shop.session.run("INSERT INTO parts VALUES (5, 1)")
    (finding,) = shop.found("partitions-without-matches", "SELECT * FROM parts WHERE id = 5")
    assert finding.message.startswith("9 of 10 searched partitions of parts hold no match")
    assert shop.found("partitions-without-matches", "SELECT * FROM parts WHERE id = 5 AND month = 1") == []
    assert shop.found("partitions-without-matches", "SELECT * FROM parts WHERE month IN (1, 2)") == []


def test_a_plan_that_was_never_run_tells_nothing(shop: Shop) -> None:
    plan = json.loads(shop.session.value(f"EXPLAIN (FORMAT JSON) {TWO.replace('3', '4')}"))[0]
    statement = Statement("1", TWO, 100, plans=(plan, {}, {"Plan": {}}))
    codes = {each.code for each in find_all(Observed(shop.catalog, Workload("a test", (statement,))))}
    assert not codes & {"misestimated-rows", "rows-removed-by-filter"}
