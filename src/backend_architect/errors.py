"""One error tree. Each problem has a stable code, a place, what is wrong and the fix.

ArchitectError                  anything this tool says went wrong; exit status 1
├── DesignError                 the design has problems, all of them listed
├── NotBuiltYet                 the design asks for a part that cannot be built yet
├── FolderError                 a folder is not writable, not empty or not one of ours
├── PortTaken                   the port asked for is in use
├── DatabaseError               PostgreSQL is down, too old or refuses
└── BriefError                  nothing in the brief was understood
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["problem", "warning", "note"]
"""A problem stops what was asked for; a warning and a note do not. A note is about what was done before."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands: a file, a line and a column (both from 1; 0 when unknown) and a dotted path in it."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        where = self.file or "design"
        if self.line:
            where += f":{self.line}:{self.column}"
        return f"{where} {self.path}".rstrip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `code` is stable and documented; `fix` says what to write instead."""

    code: str
    message: str
    fix: str = ""
    place: Place = Place()
    severity: Severity = "problem"

    def __str__(self) -> str:
        fix = f" ({self.fix})" if self.fix else ""
        return f"{self.place}: {self.code}: {self.message}{fix}"


class ArchitectError(Exception):
    """Something that a person can mend; `problems` holds every one that was found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


class DesignError(ArchitectError):
    """The design has problems."""


class NotBuiltYet(ArchitectError):
    """The design asks for a part that cannot be built yet."""


class FolderError(ArchitectError):
    """A folder cannot be read or written as asked."""


class PortTaken(ArchitectError):
    """The port asked for is in use."""


class DatabaseError(ArchitectError):
    """PostgreSQL cannot be reached or used."""


class BriefError(ArchitectError):
    """Nothing in the brief was understood."""
