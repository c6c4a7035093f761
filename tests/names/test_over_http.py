"""A design whose names are all something else in the built code: its project passes its own tests, over HTTP."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.project.test_built import built

pytestmark = pytest.mark.slow

ANY_NAMES = ROOT / "tests/cases/designs/right/any-names/backend.yaml"


def test_a_project_of_such_names_passes_its_own_tests(tmp_path: Path) -> None:
    for name, text in built(ANY_NAMES).files.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    tests = ["tests/query", "tests/comments", "tests/puts", "tests/users", "tests/test_checks.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:]
