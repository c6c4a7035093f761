"""What was advised at a day, and what became of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class UsageVerdict(StrEnum):
    """What is to be thought of an index now."""

    USED = "used"
    UNUSED = "unused"
    """Counted for long enough, and never scanned: dropping it is proposed."""
    TOO_EARLY = "too early"
    NOT_BUILT = "not built"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class RevisitedIndex:
    """An index that was advised: `saves_ms` is the most that it was to save of `measured_ms`, 0 where nobody measured.

    `keys` are its columns, '' for an expression; by them it is found under another name.
    """

    schema: str
    table: str
    name: str
    definition: str
    keys: tuple[str, ...]
    statements: tuple[str, ...]
    bytes: int
    saves_ms: float


@dataclass(frozen=True, slots=True)
class Revisit:
    """The indexes that were advised for a database on a day, and the day to look again."""

    database: str
    made: date
    due: date
    indexes: tuple[RevisitedIndex, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """An index as it is now: its name, its scans on all servers asked, for how many days they count, and its bytes."""

    index: RevisitedIndex
    verdict: UsageVerdict
    name: str = ""
    scans: int = 0
    days: float = 0.0
    bytes: int = 0
    drop: str = ""


@dataclass(frozen=True, slots=True)
class RevisitResult:
    """What was found. `unseen` is how many standbys nobody looked at; `notes` say what else bounds the verdicts."""

    usages: tuple[Usage, ...]
    unseen: int = 0
    notes: tuple[str, ...] = ()
