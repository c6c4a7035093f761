"""A workload: the statements that a database runs, how often, and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONG = 72


@dataclass(frozen=True, slots=True)
class Statement:
    """One normalised statement. Times are in milliseconds over all calls, blocks are pages of 8 kB.

    `name` is what the application calls it, from a comment in its text, `tags` are sqlcommenter's. `plans` are its
    slowest ones, as auto_explain wrote them: {"Query Text": …, "Plan": {…}}.
    """

    id: str
    text: str
    calls: float
    total_ms: float = 0.0
    rows: float = 0.0
    blocks: float = 0.0
    blocks_read: float = 0.0
    temporary_blocks: float = 0.0
    user: str = ""
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    plans: tuple[Mapping[str, Any], ...] = ()

    @property
    def shown(self) -> str:
        """Return the name, or the text in one line, of a long one the beginning with its id."""
        text = " ".join(self.text.split())
        return self.name or (text if len(text) <= LONG else f"{text[:LONG]}… [{self.id}]")

    @property
    def mean_ms(self) -> float:
        """Return the time of one call."""
        return self.total_ms / self.calls if self.calls else 0.0


@dataclass(frozen=True, slots=True)
class Workload:
    """Statements, the dearest first. `left_out` counts those that cannot be looked at, by the reason.

    `seconds` is the time over which they were counted, None where nobody knows.
    """

    source: str
    statements: tuple[Statement, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    seconds: float | None = None

    @property
    def total_ms(self) -> float:
        """Return the time of all calls of all statements."""
        return sum(statement.total_ms for statement in self.statements)
