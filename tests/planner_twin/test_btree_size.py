"""The computed size of a btree against the one that PostgreSQL built."""

import pytest

from backend_architect.planner_twin import Statistics, read_statistics
from backend_architect.planner_twin.btree_size import btree_size
from backend_architect.postgres import EmbeddedServer, Session

INDEXES = (
    "notes_pkey notes_author notes_made notes_state notes_gone notes_waiting notes_price notes_covering notes_body "
    "people_pkey people_handle_key"
)


@pytest.fixture(scope="module")
def statistics(server: EmbeddedServer, large: str) -> Statistics:
    with Session(server.url(large)) as session:
        return read_statistics(session)


@pytest.mark.parametrize("name", INDEXES.split())
def test_a_built_index_is_as_large_as_computed(statistics: Statistics, name: str) -> None:
    table, index = next((t, i) for t in statistics.tables for i in t.indexes if i.name == name)
    computed = btree_size(table, index)
    assert abs(computed.pages - index.pages) <= max(0.05 * index.pages, 1)
    assert computed.height == index.height


def test_reading_leaves_nothing_behind(server: EmbeddedServer, large: str, statistics: Statistics) -> None:
    assert statistics.by_name["notes"].rows == 50_000
    with Session(server.url(large)) as session:
        assert session.fetch("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'") == []
