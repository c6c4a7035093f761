"""Plans with indexes that are not there: as large, as dear and as used as those that were really made."""

from collections.abc import Iterator

import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.postgres.twin import Planner, Twin, make_twin, read_statistics
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.what_if import TwinWhatIf, WhatIf

SHOP = """
CREATE SCHEMA "Stock"
;
CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL, note text)
;
CREATE TABLE "Stock".items (id bigint PRIMARY KEY, owner bigint NOT NULL, state text NOT NULL, made timestamptz)
;
CREATE TABLE visits (id bigint, day date NOT NULL, page int) PARTITION BY RANGE (day)
;
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2025-07-01')
;
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2025-07-01') TO ('2026-01-01')
;
INSERT INTO people SELECT n, 'Person' || n || '@example.com', repeat('x', n % 50) FROM generate_series(1, 20000) n
;
INSERT INTO "Stock".items SELECT n, n % 900, CASE WHEN n % 50 = 0 THEN 'open' ELSE 'done' END,
    timestamptz '2025-01-01Z' + n * interval '1 minute' FROM generate_series(1, 30000) n
;
INSERT INTO visits SELECT n, date '2025-01-01' + n % 360, n % 500 FROM generate_series(1, 20000) n
;
CREATE INDEX people_email ON people (email)
;
VACUUM ANALYZE
"""
LOWER = NewIndex("public", "people", (NewKey("", "lower(email)"),))
OWNER = NewIndex("Stock", "items", (NewKey("owner"), NewKey("made", descending=True, nulls_first=True)))
OPEN = NewIndex("Stock", "items", (NewKey("made"),), predicate="state = 'open'")
PAGE = NewIndex("public", "visits", (NewKey("page"),))
ALL = (LOWER, OWNER, OPEN, PAGE)
SIZE = """
SELECT coalesce(sum(pg_relation_size(relid)), pg_relation_size($1::regclass)) FROM pg_partition_tree($1::regclass)
"""
ASKED = {
    LOWER: "SELECT * FROM people WHERE lower(email) = $1",
    OWNER: 'SELECT * FROM "Stock".items WHERE owner = $1 ORDER BY made DESC LIMIT 10',
    OPEN: "SELECT * FROM \"Stock\".items WHERE state = 'open' AND made > $1",
    PAGE: "SELECT count(*) FROM visits WHERE page = $1",
}


@pytest.fixture(scope="module")
def shop(server: EmbeddedServer) -> str:
    """A loaded database; what the tests make in it, they drop."""
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE what_if")
    with Session(server.url("what_if")) as session:
        for statement in SHOP.split(";\n"):
            session.run(statement)
    return "what_if"


@pytest.fixture(scope="module")
def twin(server: EmbeddedServer, shop: str) -> Iterator[Twin]:
    with Session(server.url(shop)) as session:
        known = [read_statistics(session, schema) for schema in ("public", "Stock")]
    with make_twin(server, shop, *known) as made:
        yield made


@pytest.fixture(scope="module")
def what_if(twin: Twin) -> Iterator[WhatIf]:
    made = TwinWhatIf(twin, {"work_mem": "8192kB", "random_page_cost": "1.1", "no_such_setting": "on"})
    made.offer(ALL)
    yield made
    made.close()


@pytest.mark.parametrize("index", ALL, ids=lambda index: index.name)
def test_an_index_is_planned_with_only_when_it_is_added(what_if: WhatIf, index: NewIndex) -> None:
    without, added = what_if.plan(ASKED[index]), what_if.plan(ASKED[index], [index])
    again = what_if.plan(ASKED[index], [other for other in ALL if other != index])
    assert index.name not in without.used
    assert index.name in added.used
    assert added.cost < without.cost == again.cost


@pytest.mark.parametrize("index", ALL, ids=lambda index: index.name)
def test_size_and_cost_are_those_of_the_real_index(
    server: EmbeddedServer, shop: str, what_if: WhatIf, index: NewIndex
) -> None:
    planned, size = what_if.plan(ASKED[index], [index]), what_if.offer([index])[index]
    with Session(server.url(shop)) as session:
        session.run(index.definition(index.name))
        session.run(f"ANALYZE {index.qualified_table}")
        with Planner(server.url(shop)) as planner:
            built = planner.explain(ASKED[index])
        name = f'"{index.schema}"."{index.name}"'
        real = session.value(SIZE, name)
        session.run(f"DROP INDEX {name}; ANALYZE {index.qualified_table}")
    assert size == pytest.approx(int(real), rel=0.1, abs=3 * 8192)
    assert planned.cost == pytest.approx(built["Total Cost"], rel=0.1)
