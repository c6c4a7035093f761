"""What all tests share: one embedded PostgreSQL a worker, and the designs that are right."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer, start_embedded

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/backend.yaml"))
RIGHT_DESIGNS = [*EXAMPLES, *sorted((ROOT / "tests/cases/designs/right").glob("*/backend.yaml"))]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A real PostgreSQL."""
    with start_embedded(tmp_path_factory.mktemp("postgres")) as started:
        yield started
