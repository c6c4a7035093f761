"""What is built behaves as it should: tests of `tests/cases/inside` run with a built project's own fixtures."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import load_design
from backend_architect.project import build_project
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

INSIDE = ROOT / "tests/cases/inside"
CASES = sorted(path for path in INSIDE.glob("*/*.py"))


@pytest.mark.parametrize("module", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_holds_in_a_built_project(module: Path) -> None:
    own = module.parent / "backend.yaml"
    loaded = load_design(own if own.exists() else ROOT / "examples" / module.parent.name / "backend.yaml")
    with tempfile.TemporaryDirectory(prefix="architect-inside-") as folder:
        project = Path(folder)
        project.chmod(0o755)  # the account that PostgreSQL runs as looks into it
        for name, text in build_project(loaded, decide_all(loaded.design)).files.items():
            target = project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        shutil.copy(module, project / "tests" / "test_inside.py")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "tests/test_inside.py"]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
