"""What plain briefs and other right designs become is a backend that passes its own tests, on a real PostgreSQL."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import LoadedDesign, load_design, read_design
from backend_architect.project import build_project
from backend_architect.proposal import propose_from_text
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

BRIEFS = [
    "helpdesk with multiple companies",
    "booking system for a small hotel",
    "inventory management with orders and payments",
    "an API for recipes and ingredients",
    "A library with books, fines and anonymous feedback, where only librarians may delete books",
]


@pytest.mark.parametrize("brief", BRIEFS)
def test_what_a_brief_becomes_passes_its_own_tests(brief: str, tmp_path: Path) -> None:
    assert_holds(read_design(propose_from_text(brief).text), tmp_path)


@pytest.mark.parametrize("name", ["every-field", "hand-written"])
def test_what_a_right_design_becomes_passes_its_own_tests(name: str, tmp_path: Path) -> None:
    assert_holds(load_design(ROOT / "tests/cases/designs/right" / name / "backend.yaml"), tmp_path)


def assert_holds(loaded: LoadedDesign, tmp_path: Path) -> None:
    """Fail unless the backend passes the tests of its resources."""
    for name, text in build_project(loaded, decide_all(loaded.design)).files.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    own = ["--ignore", "tests/auth", "--ignore", "tests/runtime"]  # the same in every project; the examples run them
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *own]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]
