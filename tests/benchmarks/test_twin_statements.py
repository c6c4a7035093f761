"""The statements that the twin is held against the truth by: as many as is said, and each can be planned."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from backend_architect.planner_twin import make_twin, read_statistics
from backend_architect.postgres import EmbeddedServer, Session

TWIN = Path(__file__).parents[2] / "benchmarks/twin"


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(TWIN))
    yield import_module("plans")
    del sys.modules["plans"]


@pytest.fixture(scope="module")
def shape(server: EmbeddedServer) -> str:
    name = "twin_benchmark_shape"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} TEMPLATE template0")
    with Session(server.url(name)) as session:
        session.run((TWIN / "schema.sql").read_text())
        session.run((TWIN / "indexes.sql").read_text())
    return name


def test_forty_statements_can_be_planned(server: EmbeddedServer, shape: str, plans: ModuleType) -> None:
    statements = dict(each for file in (TWIN / "statements").glob("*.sql") for each in plans.read_statements(file))
    assert len(statements) == 40
    with Session(server.url(shape)) as session:
        known = read_statistics(session)
    with make_twin(server, shape, known) as twin:
        assert all(twin.explain(sql)["Total Cost"] >= 0 for sql in statements.values())


def test_the_rows_fit_the_tables(server: EmbeddedServer, shape: str) -> None:
    with Session(server.url(shape)) as session:
        session.run((TWIN / "rows.sql").read_text().replace("{posts}", "200"))
        assert session.value("SELECT count(*) FROM posts") == 200
        session.run("TRUNCATE users, posts, likes, follows, events")
