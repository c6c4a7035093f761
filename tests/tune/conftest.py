"""What the tests of tuning share: one PostgreSQL, and databases on it."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer, Session, start_embedded

SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "random_page_cost": "1.1",
}

NewDatabase = Callable[[str], str]


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The server that all databases of this run are on, in a folder that its user may reach: pytest's are closed."""
    prefix = "architect-tests-"
    with (
        tempfile.TemporaryDirectory(prefix=prefix) as folder,
        start_embedded(Path(folder) / "data", SETTINGS) as started,
    ):
        yield started


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Numbers for the names of databases."""
    return count(1)


@pytest.fixture
def new_database(server: EmbeddedServer, numbers: Iterator[int]) -> Iterator[NewDatabase]:
    """Return the URL of a new database that some SQL has filled, each statement in a transaction of its own."""
    made: list[str] = []

    def make(sql: str) -> str:
        name = f"tune_{next(numbers)}"
        with Session(server.url()) as admin:
            admin.run(f"CREATE DATABASE {name} STRATEGY file_copy")
        made.append(name)
        with Session(server.url(name)) as session:
            for statement in sql.split(";\n"):
                session.run(statement)
                session.run("SELECT pg_stat_force_next_flush()")  # or ANALYZE would come before what it counts
        return server.url(name)

    yield make
    with Session(server.url()) as admin:
        for name in made:
            admin.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def cases_folder() -> Path:
    """The folder of the planted defects."""
    return Path(__file__).parents[1] / "cases" / "tune"
