"""What an index must save so that somebody would make it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

OF_ALL = 0.01  # of the least cost of the workload: what an index saves that is worth its room by itself
USUAL_STATEMENTS = 100  # statements; of more of them each is a smaller share
TIMES = 2.0  # cheaper, by which a statement is another one
FELT = 1_000.0  # the planner's units a call, below which nobody feels it
FELT_MS = 5.0  # milliseconds a call, where calls were measured
REPLACING = 0.002  # of the least cost: what one saves that takes the place of another, and of a statement a fifth
CHEAPER = 1.25


@dataclass(frozen=True, slots=True)
class ChoiceLimits:
    """What the choice keeps to: `budget` in bytes, `least` a share of the least cost.

    `seconds` are counted from `began`, on the clock of time.monotonic; None stands for when the choice begins.
    """

    budget: int | None = None
    seconds: float = 45.0
    least: float = 0.0005
    began: float | None = None

    @property
    def until(self) -> float:
        """Return when the time is over, on the same clock."""
        return self.seconds + (time.monotonic() if self.began is None else self.began)


@dataclass(frozen=True, slots=True)
class Saving:
    """What one call of a statement costs without an index and with it, beside all others that were chosen.

    `ms` is what a unit of that cost was measured to take, 0 where nobody knows.
    """

    calls: float
    without: float
    beside: float
    ms: float = 0.0

    @property
    def all_calls(self) -> float:
        """Return what the index saves."""
        return self.calls * (self.without - self.beside)


def is_worth_it(
    savings: Sequence[Saving],
    upkeep: float,
    *,
    least: float,
    limits: ChoiceLimits,
    replaces: bool,
    statements: int = USUAL_STATEMENTS,
) -> bool:
    """Return whether an index saves more than next to nothing; `least` is the least cost of the workload.

    Who gave a budget wants it filled. Who gave none wants no index for what nobody notices: one must save a share of
    the whole, make calls of some statement cheaper that are dear without it, or take the place of one (`replaces`) and
    still save something.
    """
    saved = sum(each.all_calls for each in savings) - upkeep
    if saved <= limits.least * least:
        return False
    if (
        limits.budget is not None
        or saved >= OF_ALL * least * min(USUAL_STATEMENTS / max(statements, 1), 1.0)
        or any(map(_is_felt, savings))
    ):
        return True
    cheaper = any(each.without >= CHEAPER * each.beside for each in savings)
    return replaces and cheaper and saved >= REPLACING * least


def _is_felt(saving: Saving) -> bool:
    saved, felt = saving.without - saving.beside, FELT
    if saving.ms:
        saved, felt = saved * saving.ms, FELT_MS
    return saving.without >= TIMES * saving.beside and saved >= felt
