"""Counts at one moment, and the differences between two. Times of statements are in milliseconds a call."""

from dataclasses import dataclass
from enum import StrEnum

from backend_architect.tune.workload import Statement

MIN_CALLS, STANDARD_ERRORS = 20, 3.0
NOISE_OF_BLOCKS, NOISE_OF_TIME = 0.2, 0.3
TINY_MS = 0.05


class ChangeVerdict(StrEnum):
    """What a change came to."""

    HELPED = "helped"
    NO_CHANGE = "no change"
    WORSE = "worse"
    UNCLEAR = "unclear"
    NOT_USED = "not used"
    TOO_FEW = "too few calls yet"


@dataclass(frozen=True, slots=True)
class CountedIndex:
    """An index: its name and its table as SQL, both with the schema, and its scans since the counts began."""

    name: str
    table: str
    definition: str
    bytes: int
    scans: int
    valid: bool
    enforces: bool = False
    parent: bool = False
    """Whether it is the index of a partitioned table; then bytes and scans are the sums of its partitions'."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a database had counted when it was `taken` (seconds since 1970, by its own clock).

    `seconds` is for how long its statements were counted, None where it does not say. `statements` is None where
    nothing counts them.
    """

    database: str
    version: int
    taken: float
    seconds: float | None
    indexes: tuple[CountedIndex, ...]
    statements: tuple[Statement, ...] | None


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A statement before and after, a call on average. `blocks` are pages of 8 kB."""

    id: str
    shown: str
    calls_before: float
    calls_after: float
    ms_before: float
    ms_after: float
    blocks_before: float
    blocks_after: float
    drift: float = 1.0
    """How much slower statements became that nothing was done for: the machine, not the index."""
    error_ms: float = 0.0
    """The standard error of the difference between the two times."""

    @property
    def verdict(self) -> ChangeVerdict:
        """Return what became of it: blocks count from 20 % on, time from 30 % on, both from 20 calls on.

        A time that differs by less than three standard errors, as after one slow call among twenty, has not changed.
        """
        if self.calls_after < MIN_CALLS or self.calls_before <= 0:
            return ChangeVerdict.TOO_FEW
        least = max(TINY_MS, STANDARD_ERRORS * self.error_ms)
        time = _direction(self.ms_before, self.ms_after / self.drift, least, NOISE_OF_TIME)
        blocks = self.blocks_moved
        if time * blocks < 0:
            return ChangeVerdict.UNCLEAR
        if time < 0 or (blocks < 0 and not time):
            return ChangeVerdict.HELPED
        return ChangeVerdict.WORSE if time > 0 else ChangeVerdict.NO_CHANGE

    @property
    def blocks_moved(self) -> int:
        """Return -1 where a call reads clearly fewer blocks, 1 where clearly more, else 0."""
        return _direction(self.blocks_before, self.blocks_after, 1.0, NOISE_OF_BLOCKS)

    @property
    def saved_ms(self) -> float:
        """Return the time that all calls after the change took less than before."""
        return (self.ms_before - self.ms_after) * self.calls_after


@dataclass(frozen=True, slots=True)
class IndexChange:
    """A new index, its scans since then, and the statements that it is for.

    `certain` is false where nobody said for which, and all that read its table stand there. `settled` is false as long
    as sessions may still hold back their counts of scans.
    """

    index: CountedIndex
    scans: int
    statements: tuple[StatementChange, ...]
    certain: bool = True
    settled: bool = True

    @property
    def verdict(self) -> ChangeVerdict:
        """Return what it came to."""
        seen = [change.verdict for change in self.statements if change.verdict is not ChangeVerdict.TOO_FEW]
        if not seen:
            return ChangeVerdict.TOO_FEW
        if not self.scans:
            return ChangeVerdict.NOT_USED if self.settled else ChangeVerdict.TOO_FEW
        helped, worse = ChangeVerdict.HELPED in seen, ChangeVerdict.WORSE in seen
        if helped or worse:
            return (
                ChangeVerdict.UNCLEAR if helped and worse else ChangeVerdict.HELPED if helped else ChangeVerdict.WORSE
            )
        return ChangeVerdict.UNCLEAR if ChangeVerdict.UNCLEAR in seen else ChangeVerdict.NO_CHANGE

    @property
    def drop(self) -> str:
        """Return the statement that drops it, '' where there is no reason to."""
        useless = (
            {ChangeVerdict.NOT_USED, ChangeVerdict.NO_CHANGE, ChangeVerdict.WORSE}
            if self.certain
            else {ChangeVerdict.NOT_USED}
        )
        if self.index.enforces or self.verdict not in useless:
            return ""
        how = "" if self.index.parent else "CONCURRENTLY "
        return f"DROP INDEX {how}IF EXISTS {self.index.name};"


@dataclass(frozen=True, slots=True)
class WorkloadComparison:
    """Two readings side by side. `seconds` lie between them; `others` are statements that no new index is for."""

    database: str
    seconds: float
    created: tuple[IndexChange, ...]
    dropped: tuple[CountedIndex, ...]
    others: tuple[StatementChange, ...]
    notes: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[StatementChange, ...]:
        """Return every statement once."""
        found = {change.id: change for each in self.created for change in each.statements}
        return (*found.values(), *self.others)


def _direction(before: float, after: float, least: float, noise: float) -> int:
    """Return -1 where it became clearly less, 1 where clearly more, else 0."""
    if abs(after - before) < least:
        return 0
    if after < before * (1 - noise):
        return -1
    return 1 if after > before / (1 - noise) else 0
