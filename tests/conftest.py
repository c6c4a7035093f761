"""What all tests share: one embedded PostgreSQL a worker, and the designs that are right."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer, start_embedded

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/backend.yaml"))
RIGHT_DESIGNS = [*EXAMPLES, *sorted((ROOT / "tests/cases/designs/right").glob("*/backend.yaml"))]
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so it is for what a script runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or the processes that tests start would ignore it too


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """A real PostgreSQL, in a folder of its own: another run of pytest closes the one that all of them share."""
    with (
        tempfile.TemporaryDirectory(prefix="architect-tests-") as folder,
        start_embedded(Path(folder) / "data") as started,
    ):
        yield started


@pytest.fixture(scope="session", autouse=True)
def _own_root_for_inner_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the pytest of built projects, which tests run, a root of its own for temporary folders.

    Each run of pytest closes the root that it shares with others (0700). A database in there that runs as another user
    loses its data, in the middle of a statement of somebody else's test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DEBUG_TEMPROOT", str(tmp_path_factory.mktemp("inner")))
        yield
