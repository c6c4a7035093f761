"""Two readings of pg_stat_statements → what was counted between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.tune.workload import COUNTS

Key = tuple[int, int, bool]
"""A user's oid, a query id, and whether it was called by a client itself."""
Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """The counts of every statement. `reset` is when all were last reset, `forgotten` how often some were evicted.

    `hidden` counts the statements that this role may not see.
    """

    numbers: Mapping[Key, Numbers]
    reset: float | None = None
    forgotten: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Differences:
    """What was counted between two readings; `notes` say what was lost on the way."""

    numbers: Mapping[Key, Numbers]
    notes: tuple[str, ...]


def differences(before: Reading, after: Reading) -> Differences:
    """Return what `after` has more than `before`, of a statement that was reset meanwhile what came since."""
    everything_reset = before.reset is not None and before.reset != after.reset
    started_anew = {
        key for key, numbers in after.numbers.items() if numbers["calls"] < before.numbers.get(key, {}).get("calls", 0)
    }
    found: dict[Key, Numbers] = {}
    for key, numbers in sorted(after.numbers.items()):
        old = {} if everything_reset or key in started_anew else before.numbers.get(key, {})
        more = {name: max(numbers[name] - old.get(name, 0.0), 0.0) for name in COUNTS}
        if more["calls"] > 0:
            found[key] = more
    return Differences(found, _notes(before, after, everything_reset=everything_reset, anew=len(started_anew)))


def _notes(before: Reading, after: Reading, *, everything_reset: bool, anew: int) -> tuple[str, ...]:
    notes = []
    if everything_reset:
        notes.append("somebody reset pg_stat_statements meanwhile: only what came since then is counted")
    elif anew:
        notes.append(f"statements reset meanwhile, or evicted and seen again: {anew:,}; counted since then")
    vanished = len(before.numbers.keys() - after.numbers.keys())
    if vanished and not everything_reset:
        notes.append(f"statements evicted meanwhile: {vanished:,}; what they ran is not counted")
    forgotten = after.forgotten - before.forgotten
    if forgotten > 0 and not everything_reset:
        notes.append(f"the server forgot its least used statements {forgotten:,} times: raise pg_stat_statements.max")
    return tuple(notes)
