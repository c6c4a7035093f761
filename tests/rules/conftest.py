"""Backends built from the designs beside this file, and run as production runs them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import EmbeddedServer, start_embedded
from backend_architect.proof import Lab, read_subject
from backend_architect.proof.backend import Backend
from backend_architect.proof.lab import FAST

DESIGNS = Path(__file__).parent / "designs"


@pytest.fixture(scope="session")
def rules_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with start_embedded(tmp_path_factory.mktemp("rules") / "postgres", FAST) as started:
        yield started


@pytest.fixture(scope="session")
def backend_of(
    rules_server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Backend]]:
    """Return the running backend of a design, built once: `backend_of("moves")`."""
    started: dict[str, Backend] = {}
    with ExitStack() as stack:

        def start(name: str) -> Backend:
            if name not in started:
                folder = tmp_path_factory.mktemp(name) / name
                assert run(["build", str(folder), "--design", str(DESIGNS / f"{name}.yaml")]) == 0
                lab = stack.enter_context(Lab(read_subject(folder), print, rules_server))
                started[name] = lab.backend
            return started[name]

        yield start
