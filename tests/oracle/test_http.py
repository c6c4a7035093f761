"""Built backends answer as the oracle says: for generated designs, everybody, every row, and every kind of route."""

from pathlib import Path
from random import Random

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Lab, read_subject
from tests.oracle.http_designs import make_whole_design
from tests.oracle.over_http import Comparison

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_backend_answers_as_the_oracle_says(seed: int, server: EmbeddedServer, tmp_path: Path) -> None:
    choose = Random(seed).randrange
    folder = tmp_path / "built"
    design = tmp_path / "backend.yaml"
    design.write_text(make_whole_design(choose).text)
    assert run(["build", str(folder), "--design", str(design)]) == 0
    with Lab(read_subject(folder), print, server) as lab:
        comparison = Comparison(lab.backend, choose)
        assert list(comparison.differences()) == []
        assert comparison.asked > 100
