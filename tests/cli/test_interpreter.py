"""Which Python runs a project."""

import subprocess
import sys
from pathlib import Path

from backend_architect.running import python_for


def test_an_environment_that_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    """Debian's Python makes one without pip and fails, where python3-venv is missing."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / ".venv")], check=True)
    (tmp_path / "requirements.txt").write_text("nothing-of-this-name==1.0\n")
    (tmp_path / "requirements-dev.txt").write_text("# nothing\n")
    python = python_for(tmp_path, lambda told: None)
    assert python == tmp_path / ".venv/bin/python"
    subprocess.run([str(python), "-m", "pip", "--version"], check=True, capture_output=True)
