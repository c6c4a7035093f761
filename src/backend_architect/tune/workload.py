"""A workload: the statements that a database runs, how often, and what they cost."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any

from backend_architect.tune.samples import Samples
from backend_architect.tune.statement_excerpt import excerpt_of

SHOWN_LENGTH = 72
PLACE = re.compile(r"[.:#/]")
"""What a name has that says where in the application a statement is: `posts.feed`, `app/jobs#sweep`."""
ORIGINS = ("route", "controller", "action", "job", "file", "source", "code.filepath", "code.function", "caller")
"""The tags of sqlcommenter and of its relatives that name a place, the most telling first."""
COUNTS = ("calls", "total_ms", "squared_ms", "rows", "blocks", "blocks_read", "temporary_blocks", "jit_ms", "nested_ms")


@dataclass(frozen=True, slots=True)
class Statement:
    """One normalised statement. Times are in milliseconds over all calls, blocks are pages of 8 kB.

    `squared_ms` is the sum of the squares of its calls' times, which tells how much they differ; 0 where nobody says.
    `nested_ms` is the part of `total_ms` that ran inside functions, whose callers' time has it too.

    `name` is what the application calls it, from a comment in its text, `tags` are sqlcommenter's. `examples` are
    real values of its parameters by `$1` (None is NULL), as a log has them; `plans` are its slowest ones, as
    auto_explain wrote them: {"Query Text": …, "Plan": {…}}.
    """

    id: str
    text: str
    calls: float
    total_ms: float = 0.0
    squared_ms: float = 0.0
    rows: float = 0.0
    blocks: float = 0.0
    blocks_read: float = 0.0
    temporary_blocks: float = 0.0
    jit_ms: float = 0.0
    nested_ms: float = 0.0
    user: str = ""
    name: str = ""
    name_is_shared: bool = False
    """Whether other statements of the workload have the same in their comments; a mere word is then no name."""
    tags: Mapping[str, str] = field(default_factory=dict)
    secured: bool = False
    """Whether conditions of row security are in its text, as they bind its roles."""
    examples: tuple[Mapping[str, str | None], ...] = ()
    plans: tuple[Mapping[str, Any], ...] = ()

    @property
    def shown(self) -> str:
        """Return the name, or the text in one line, of a long one what tells it from others, with its id."""
        if self.name:
            return f"{self.name} [{self.id}]" if self.name_is_shared else self.name
        text = excerpt_of(self.text) if self.name_is_shared else " ".join(self.text.split())
        if len(text) <= SHOWN_LENGTH:
            return text
        shown = excerpt_of(self.text)
        return f"{shown if len(shown) <= SHOWN_LENGTH else shown[:SHOWN_LENGTH] + '…'} [{self.id}]"

    def named_among(self, shared: Collection[str]) -> "Statement":
        """Return it without a name that is a mere word, with its id beside a longer one, where others have it too."""
        if self.name not in shared:
            return self
        return replace(self, name=self.name if PLACE.search(self.name) else "", name_is_shared=True)

    @property
    def source(self) -> str:
        """Return where in the application it comes from, as its sqlcommenter tags tell, '' where they do not."""
        shown = {name: self.tags[name] for name in ORIGINS if self.tags.get(name)}
        return " ".join(dict.fromkeys(shown.values()))

    def plus(self, other: "Statement | None") -> "Statement":
        """Return the counts of both: the server counts a statement apart for each user."""
        if other is None:
            return self
        numbers = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        users = sorted({*self.user.split(", "), *other.user.split(", ")} - {""})
        return replace(self, **numbers, user=", ".join(users))

    @property
    def mean_ms(self) -> float:
        """Return the time of one call."""
        return self.total_ms / self.calls if self.calls else 0.0

    @property
    def error_ms(self) -> float:
        """Return the standard error of that mean, 0 where nobody says how much the calls differ."""
        if not self.calls or not self.squared_ms:
            return 0.0
        return sqrt(max(0.0, self.squared_ms / self.calls - self.mean_ms**2) / self.calls)


@dataclass(frozen=True, slots=True)
class RepeatedCalls:
    """After `before`, its session ran `statement` at least twice in a row: `times` in all, with `calls` altogether.

    Both are ids of statements. In a loop over several statements each of them has its own.
    """

    before: str
    statement: str
    times: int
    calls: int

    @property
    def length(self) -> float:
        """Return how often the statement ran in a row, on average."""
        return self.calls / self.times


@dataclass(frozen=True, slots=True)
class Workload:
    """Statements, the dearest first. `left_out` counts those that cannot be looked at, by the reason.

    `seconds` is the time over which they were counted, None where nobody knows. `runs` are what a log tells of the
    order of statements. `notes` say what to know when reading the counts. `samples` are what sessions were seen
    waiting for, where the database was watched. `tenants` are the schemas that have the tables of statements which name
    them without one, where several have. `unread_ms` is the time of statements that were left out though they may have
    plans.
    """

    source: str
    statements: tuple[Statement, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    seconds: float | None = None
    runs: tuple[RepeatedCalls, ...] = ()
    notes: tuple[str, ...] = ()
    samples: Samples | None = None
    tenants: tuple[str, ...] = ()
    unread_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        """Return the time of all calls; what ran inside a function is in the time of its caller already."""
        return sum(statement.total_ms - statement.nested_ms for statement in self.statements)
