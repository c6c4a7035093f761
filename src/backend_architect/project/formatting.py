"""Python text as a formatter leaves it: sorted imports, none that is unused; what cannot be parsed never gets out."""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

CONFIG = 'line-length = 120\ntarget-version = "py311"\nsrc = ["."]\n'


def format_python(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files with every Python module formatted.

    Raises:
        SyntaxError: a module that was made is not Python; this is a defect of ours.

    """
    modules = {path: text for path, text in files.items() if path.endswith(".py")}
    for path, text in modules.items():
        ast.parse(text, path)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ruff.toml").write_text(CONFIG)
        for path, text in files.items():
            if path.endswith(".py"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
        _ruff(folder, "check", "--select", "I,F401", "--fix", "--quiet", "--exit-zero")
        _ruff(folder, "format", "--quiet")
        formatted = {path: (folder / path).read_text(encoding="utf-8") for path in modules}
    return {**files, **formatted}


def _ruff(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
