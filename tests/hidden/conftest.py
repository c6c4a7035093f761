"""The design `guarded`, built once and running on a database of its own."""

from collections.abc import Iterator

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Lab, read_subject
from backend_architect.proof.backend import Backend
from tests.design.cases import CASES


@pytest.fixture(scope="package")
def guarded(tmp_path_factory: pytest.TempPathFactory, server: EmbeddedServer) -> Iterator[Backend]:
    """The backend of `tests/cases/designs/right/guarded`, running."""
    folder = tmp_path_factory.mktemp("guarded") / "guarded"
    design = CASES / "right" / "guarded" / "backend.yaml"
    assert run(["build", str(folder), "--design", str(design)]) == 0
    with Lab(read_subject(folder), print, server) as lab:
        yield lab.backend
