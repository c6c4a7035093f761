"""Plans with indexes that are not there: as large, as dear and as used as those that were really made."""

from collections.abc import Iterator

import pytest

from backend_architect.planner_twin import Planner, Twin, make_twin, read_statistics
from backend_architect.planner_twin.planner_settings import take_settings
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.what_if import PlanRefused, TwinWhatIf, WhatIf

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
CREATE INDEX people_note_idx ON people (note) WHERE id < 0
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
def shop(server: EmbeddedServer) -> Iterator[str]:
    """A loaded database; what the tests make in it, they drop."""
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE what_if")
    with Session(server.url("what_if")) as session:
        for statement in SHOP.split(";\n"):
            session.run(statement)
    yield "what_if"
    with Session(server.url()) as admin:
        admin.run("DROP DATABASE what_if WITH (FORCE)")


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


def test_existing_indexes_can_be_hidden(what_if: WhatIf) -> None:
    asked = "SELECT * FROM people WHERE email = $1"
    assert what_if.plan(asked).used == {"people_email"}
    assert what_if.plan(asked, hidden=["people_email"]).used == frozenset()
    by_id = 'SELECT * FROM "Stock".items WHERE id = $1'
    assert what_if.plan(by_id, hidden=["people_email", "not_there", '"Stock".items_pkey']).used == frozenset()
    assert what_if.plan(asked).used == {"people_email"}
    assert what_if.plan(by_id).used == {"items_pkey"}


def test_what_was_hidden_comes_back_when_more_is_offered(what_if: WhatIf, twin: Twin) -> None:
    asked = "SELECT * FROM people WHERE email = $1"
    what_if.plan(asked, [LOWER], hidden=["people_email"])
    what_if.offer([NewIndex("public", "people", (NewKey("note"), NewKey("id")))])
    assert what_if.plan(asked).used == {"people_email"}


def test_afterwards_the_twin_is_planned_as_before(twin: Twin) -> None:
    index = NewIndex("Stock", "items", (NewKey("state"), NewKey("made")))
    asked = "SELECT made FROM \"Stock\".items WHERE state = 'open'"
    made = TwinWhatIf(twin)
    made.offer([index])
    assert made.plan(asked, [index]).used == {index.name}
    made.close()
    assert "Index Name" not in str(twin.explain(asked))
    again = TwinWhatIf(twin)
    assert again.plan(asked).used == frozenset()
    again.close()


def test_what_cannot_be_made_is_left_out(what_if: TwinWhatIf) -> None:
    nowhere = NewIndex("public", "nothing", (NewKey("id"),))
    wrong = NewIndex("public", "people", (NewKey("", "now() - email"),))
    trigrams = NewIndex("public", "people", (NewKey("email", opclass="gin_trgm_ops"),), method="gin")  # no pg_trgm
    sizes = what_if.offer([nowhere, PAGE, wrong, trigrams])
    assert list(sizes) == [PAGE]
    assert "does not exist" in what_if.refused[nowhere]
    assert {wrong, trigrams} <= set(what_if.refused)
    assert what_if.plan(ASKED[PAGE], [nowhere, PAGE]).used == {PAGE.name}


def test_an_offered_index_may_have_the_name_of_an_existing_one(what_if: WhatIf) -> None:
    taken = NewIndex("public", "people", (NewKey("note"),))
    assert taken.name == "people_note_idx"
    assert what_if.offer([taken])[taken] > 0
    asked = "SELECT * FROM people WHERE note = $1"
    assert what_if.plan(asked).used == frozenset()
    assert what_if.plan(asked, [taken]).used == {taken.name}


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM nothing", "SELECT 1; DROP TABLE people", "DROP TABLE people", "SELECT $1 IS NULL", "SEL"],
)
def test_what_the_planner_refuses_is_told_and_hinders_nothing(what_if: WhatIf, statement: str) -> None:
    with pytest.raises(PlanRefused):
        what_if.plan(statement)
    assert what_if.plan(ASKED[LOWER], [LOWER]).used == {LOWER.name}


def test_plans_hang_on_the_settings_of_the_tuned_server(twin: Twin) -> None:
    """Values are as pg_settings has them: 4 pages of 8 kB are not 48 kB."""
    with Session(twin.url) as session:
        take_settings(
            session,
            {
                "effective_cache_size": "48kB",
                "work_mem": "8192kB",
                "jit": "off",
                "enable_hashjoin": "off",
                "fsync": "on",
            }
            | {"no_such_setting": "1", "random_page_cost": "much", "seq_page_cost": "2", "plan_cache_mode": "auto"},
        )
        shown = {name: session.value(f"SHOW {name}") for name in ("effective_cache_size", "work_mem", "seq_page_cost")}
    assert shown == {"effective_cache_size": "32kB", "work_mem": "8MB", "seq_page_cost": "2"}
