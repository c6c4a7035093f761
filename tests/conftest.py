"""What all tests share: one embedded PostgreSQL a worker, and the designs that are right."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer, start_embedded

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/backend.yaml"))
RIGHT_DESIGNS = [*EXAMPLES, *sorted((ROOT / "tests/cases/designs/right").glob("*/backend.yaml"))]


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """A real PostgreSQL, in a folder of its own: another run of pytest closes the one that all of them share."""
    with (
        tempfile.TemporaryDirectory(prefix="architect-tests-") as folder,
        start_embedded(Path(folder) / "data") as started,
    ):
        yield started
