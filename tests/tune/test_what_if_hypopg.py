"""Plans by hypopg, on an older PostgreSQL of the machine where it has both."""

from collections.abc import Iterator

import pytest

from backend_architect.planner_twin import read_statistics
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.what_if import HypopgWhatIf, PlanRefused, has_hypopg, may_plan_everything
from tests.other_servers import running, supported_programs
from tests.tune.test_what_if import ASKED, LOWER, OPEN, OWNER, PAGE, SHOP, shop

OLD_SETTINGS = {"fsync": "off", "autovacuum": "off", "random_page_cost": "1.1"}
TITLE = NewIndex("public", "people", (NewKey("note", opclass="gin_trgm_ops"),), method="gin")
__all__ = ["shop"]


@pytest.fixture(scope="module")
def old_server() -> Iterator[str]:
    """The URL of the loaded database on the first older PostgreSQL that has hypopg."""
    for programs in supported_programs():
        with running(programs, OLD_SETTINGS) as other, Session(other.url, oldest=13) as session:
            if session.value("SELECT count(*) FROM pg_available_extensions WHERE name = 'hypopg'"):
                for statement in ("CREATE EXTENSION hypopg", *SHOP.split(";\n")):
                    session.run(statement)
                yield other.url
                return
    pytest.skip("no older PostgreSQL with hypopg is installed")


@pytest.fixture(scope="module")
def what_if(server: EmbeddedServer, shop: str, old_server: str) -> Iterator[HypopgWhatIf]:
    with Session(server.url(shop)) as session:
        known = [read_statistics(session, schema) for schema in ("public", "Stock")]
    made = HypopgWhatIf(old_server, known)
    yield made
    made.close()


@pytest.mark.parametrize("index", [LOWER, OWNER, OPEN], ids=lambda index: index.name)
def test_an_index_is_planned_with_only_when_it_is_added(what_if: HypopgWhatIf, index: NewIndex) -> None:
    assert index in what_if.offer([index])
    without, added, again = (what_if.plan(ASKED[index], each) for each in ([], [index], []))
    assert index.name not in without.used
    assert index.name in added.used
    assert added.cost < without.cost == again.cost


def test_sizes_are_those_of_real_indexes(old_server: str, what_if: HypopgWhatIf) -> None:
    sizes = what_if.offer([LOWER, OWNER, OPEN])
    with Session(old_server, oldest=13) as session:
        for index, size in sizes.items():
            session.run(index.definition("real"))
            real = session.value("SELECT pg_relation_size($1::regclass)", f'"{index.schema}".real')
            session.run(f'DROP INDEX "{index.schema}".real')
            assert size == pytest.approx(real, rel=0.1, abs=2 * 8192)


def test_what_hypopg_cannot_make_is_left_out(what_if: HypopgWhatIf) -> None:
    nowhere = NewIndex("public", "nothing", (NewKey("id"),))
    assert what_if.offer([TITLE, nowhere]) == {}
    assert set(what_if.refused) >= {TITLE, nowhere}
    assert what_if.plan(ASKED[PAGE], [TITLE]).used == frozenset()


def test_hiding_needs_a_newer_hypopg_and_refusals_are_told(old_server: str, what_if: HypopgWhatIf) -> None:
    with Session(old_server, oldest=13) as session:
        assert has_hypopg(session)
        assert may_plan_everything(session)
        session.run("SET ROLE pg_read_all_data")
        assert not may_plan_everything(session), "EXPLAIN of a write needs the right to write"
        session.run("RESET ROLE")
        hides = session.value("SELECT to_regproc('hypopg_hide_index') IS NOT NULL")
    asked = "SELECT * FROM people WHERE email = $1"
    assert what_if.plan(asked).used == {"people_email"}
    if hides:
        assert what_if.plan(asked, hidden=["people_email"]).used == frozenset()
    else:
        with pytest.raises(PlanRefused, match="only from"):
            what_if.plan(asked, hidden=["people_email"])
    for refused in ("SELECT * FROM nothing", "SELECT 1; SELECT 2", "DROP TABLE people", "SELECT $1 IS NULL"):
        with pytest.raises(PlanRefused):
            what_if.plan(refused)
    assert what_if.plan(asked).used == {"people_email"}
