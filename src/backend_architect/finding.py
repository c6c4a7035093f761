"""What tuning and reviewing find: a fault, the evidence for it, why it hurts, and what mends it."""

from dataclasses import dataclass, field
from enum import StrEnum

from backend_architect.errors import Place


class Severity(StrEnum):
    """How much a finding hurts."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Return 0 for the worst."""
        return list(Severity).index(self)


class Sureness(StrEnum):
    """How sure a finding is."""

    CERTAIN = "certain"
    """It follows from what the database itself says."""
    LIKELY = "likely"
    """It follows from counts or estimates, which may be young or old."""
    POSSIBLE = "possible"
    """It is a pattern that often hurts: somebody who knows the application must say."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure or name that a finding rests on."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is what it is about (an index, a table, a statement's name); `sql` mends it, empty where words must.

    `rewrite` is the statement written better, with comments that say how, empty where nothing tells one. `more` are
    others of the same kind, where there are many: they are told as one.
    """

    code: str
    severity: Severity
    sureness: Sureness
    subject: str
    message: str
    why: str
    fix: str
    sql: str = ""
    evidence: tuple[Fact, ...] = ()
    place: Place = field(default_factory=Place)
    rewrite: str = ""
    more: tuple["Finding", ...] = ()

    @property
    def key(self) -> str:
        """Return what names the finding in a baseline: the same for the same fault in a later run."""
        return f"{self.code}:{self.subject}"
