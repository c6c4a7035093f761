"""Python text as a formatter leaves it: sorted imports, none that is unused; what cannot be parsed never gets out."""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

CONFIG = (
    'line-length = 120\ntarget-version = "py311"\nsrc = ["."]\n[lint.isort]\nknown-first-party = ["app", "tests"]\n'
)


def format_python(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files with every Python module formatted.

    Raises:
        SyntaxError: a module that was made is not Python; this is a defect of ours.

    """
    modules = {path: text for path, text in files.items() if path.endswith(".py")}
    for path, text in modules.items():
        ast.parse(text, path)
    select = ("check", "--select", "I,F401", "--fix", "--quiet", "--exit-zero")
    return {**files, **_through_ruff(modules, select, ("format", "--quiet"))}


def sort_imports(modules: Mapping[str, str]) -> dict[str, str]:
    """Return Python modules with their imports sorted, and nothing else changed; what is no Python stays as it is."""
    return _through_ruff(modules, ("check", "--select", "I", "--fix", "--quiet", "--exit-zero")) if modules else {}


def _through_ruff(modules: Mapping[str, str], *commands: tuple[str, ...]) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ruff.toml").write_text(CONFIG)
        for path, text in modules.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        for command in commands:
            _ruff(folder, *command)
        return {path: (folder / path).read_text(encoding="utf-8") for path in modules}


def _ruff(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
