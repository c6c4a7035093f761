"""What was asked to be changed in a database, or compared with what it was."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from backend_architect.cli.tune_options import OutputForm
from backend_architect.errors import ArchitectError, Place, Problem


class ChangeRefused(ArchitectError):
    """What was asked for is not done."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What was asked for. `wait` and `canary` are in seconds."""

    url: str
    form: OutputForm = OutputForm.TEXT
    apply: bool = False
    yes: bool = False
    journal: Path | None = None
    migration: Path | None = None
    snapshot: Path | None = None
    compare: Path | None = None
    wait: float = 0.0
    canary: float = 0.0

    @property
    def stream(self) -> TextIO:
        """Return where sentences go: beside what is printed for a program to read."""
        return sys.stdout if self.form is OutputForm.TEXT else sys.stderr

    def say(self, text: str) -> None:
        """Print a sentence for a person."""
        print(text, file=self.stream)


def free(path: Path) -> Path:
    """Return the path; raises ChangeRefused where something is there."""
    if path.exists():
        raise ChangeRefused(
            Problem("file-exists", "it exists already", "give another name, or remove it", Place(str(path)))
        )
    return path
