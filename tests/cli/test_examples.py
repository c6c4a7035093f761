"""Every example, built by the command and tested by its own tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.typed import ROOT, architect

EXAMPLES = sorted((ROOT / "examples").glob("*/backend.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("design", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_is_built_and_holds(tmp_path: Path, design: Path) -> None:
    folder = tmp_path / design.parent.name
    built = architect("build", str(folder), "--design", str(design))
    assert built.status == 0, built.err
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert tested.returncode == 0, tested.stdout[-6_000:] + tested.stderr[-2_000:]


def test_a_demo_tells_the_whole_story() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/demo.py"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    for part in ("Understood:", "Main database", "< 201 Created", "< 404 Not Found application/problem+json"):
        assert part in done.stdout
