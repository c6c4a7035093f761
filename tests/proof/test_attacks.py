"""Each probe holds on a built project, and fails on a copy weakened in just that point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_architect.proof import PROBES, Group, Verdict
from tests.proof.conftest import Prove, Weaken

# probe: the file, the text that makes it strong, and what a hasty edit would leave of it
WEAKENED = {
    "P01": ("app/errors.py", '{"WWW-Authenticate": "Bearer"}', "{}"),
    "P46-P49": ("app/middleware.py", "max-age=63072000", "max-age=3600"),
}


@pytest.mark.parametrize("probe", WEAKENED)
def test_a_weakness_is_found(probe: str, weaken: Weaken, proven: Prove) -> None:
    result = proven(weaken(*WEAKENED[probe]), probe)
    assert result.verdict is Verdict.FAILED, result


@pytest.mark.parametrize("probe", [probe.name for probe in PROBES if probe.group is Group.ATTACKS])
def test_a_built_project_holds(probe: str, built: Callable[[str], Path], proven: Prove) -> None:
    result = proven(built("social-sharing"), probe)
    assert result.verdict is Verdict.HELD, result
