"""Each probe holds on a built project, and fails on a copy weakened in just that point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import PROBES, Group, Lab, Result, Verdict, choose_probes, prove, read_subject
from tests.proof.conftest import Prove, Weaken

pytestmark = pytest.mark.slow

# probe: the file, the text that makes it strong, and what a hasty edit would leave of it
WEAKENED = {
    "P01": ("app/core/errors.py", '{"WWW-Authenticate": "Bearer"}', "{}"),
    "P46-P49": ("app/core/middleware.py", "max-age=63072000", "max-age=3600"),
}


@pytest.mark.parametrize("probe", WEAKENED)
def test_a_weakness_is_found(probe: str, weaken: Weaken, proven: Prove) -> None:
    result = proven(weaken(*WEAKENED[probe]), probe)
    assert result.verdict is Verdict.FAILED, result


@pytest.fixture(scope="module")
def results(built: Callable[[str], Path], server: EmbeddedServer) -> dict[str, Result]:
    """What every attack on a built project came to; they share one running copy of it."""
    with Lab(read_subject(built("social-sharing")), print, server) as lab:
        evidence = list(prove(lab, choose_probes(["attacks"])))[-1].evidence
    return {result.probe: result for result in evidence.results}


@pytest.mark.parametrize("probe", [probe.name for probe in PROBES if probe.group is Group.ATTACKS])
def test_a_built_project_holds(probe: str, results: dict[str, Result]) -> None:
    assert results[probe].verdict in {Verdict.HELD, Verdict.SKIPPED}, results[probe]
