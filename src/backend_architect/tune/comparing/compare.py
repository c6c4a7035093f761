"""Two readings of one database → what each new index came to, statement by statement."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from math import hypot
from statistics import median

from backend_architect.tune.comparing.model import (
    MIN_CALLS,
    TINY_MS,
    CountedIndex,
    IndexChange,
    Snapshot,
    StatementChange,
    WorkloadComparison,
)
from backend_architect.tune.comparing.tables import tables_in
from backend_architect.tune.workload import Statement

Served = Mapping[str, Collection[str]]
CONTROLS = 3
SUMS = ("total_ms", "squared_ms", "blocks")
COUNTS_SETTLE_SECONDS = 60.0  # a busy session gives its counts of scans away after at most that time
DRIFTED = "statements that nothing was done for take {drift:.1f} times as long as before: the verdicts allow for that"
NO_STATEMENTS = "nothing counts statements here (pg_stat_statements): only the scans of the indexes are known"
WAS_RESET = "pg_stat_statements was reset in between: what came after the reset is compared"
NOT_RECENT = "before: the average since {hours:,.0f} hours ago; a busier or quieter day then moves it too"
SAME_START = "calls between the first reading and the change of the indexes count as after it"


def compare(
    before: Snapshot, after: Snapshot, *, start: Snapshot | None = None, served: Served | None = None
) -> WorkloadComparison:
    """Return the differences. `start` was read when the indexes had changed; without it, `before` stands for it.

    `served` are the ids of the statements by the index (as SQL, with the schema) that they are for; the statements of
    an index that it does not name are those that read its table.
    """
    begin = start or before
    changes = _changes(before, begin, after)
    old = {index.name for index in before.indexes if index.valid}
    new = [index for index in after.indexes if index.valid and index.name not in old]
    scans = {index.name: index.scans for index in begin.indexes}
    touched = {each for index in new for each in _for(index, changes, served or {}, after).ids}
    drift = _drift(changes[each] for each in sorted(changes.keys() - touched))
    changes = {each: replace(change, drift=drift) for each, change in changes.items()}
    settled = after.taken - begin.taken > COUNTS_SETTLE_SECONDS
    created = tuple(
        _created(index, scans.get(index.name, 0), _for(index, changes, served or {}, after), changes, settled=settled)
        for index in new
    )
    reported = {change.id for each in created for change in each.statements}
    kept = {index.name for index in after.indexes}
    return WorkloadComparison(
        database=after.database,
        seconds=after.taken - begin.taken,
        created=created,
        dropped=tuple(index for index in before.indexes if index.name not in kept),
        others=tuple(change for change in changes.values() if change.id not in reported and change.calls_after),
        notes=(*_notes(before, begin, after, own=start is not None), *_drift_note(drift)),
    )


def _changes(before: Snapshot, begin: Snapshot, after: Snapshot) -> dict[str, StatementChange]:
    """Return the change of each statement that both readings know."""
    first = {each.id: each for each in before.statements or ()}
    base = {} if _was_reset(begin, after) else {each.id: each for each in begin.statements or ()}
    found = {}
    for now in after.statements or ():
        if now.id in first and not _is_of_the_system(now):
            found[now.id] = _change(first[now.id], base.get(now.id), now)
    return found


def _is_of_the_system(statement: Statement) -> bool:
    """Return whether a statement reads the catalog: ours do, and their blocks tell nothing."""
    return any(name.rpartition(".")[2].startswith("pg_") for name in tables_in(statement.text))


def _change(before: Statement, begin: Statement | None, now: Statement) -> StatementChange:
    if begin is None or now.calls < begin.calls:  # forgotten in between, and counted anew
        begin = Statement(id=now.id, text=now.text, calls=0.0)
    calls = now.calls - begin.calls
    since = replace(now, calls=calls, **{name: getattr(now, name) - getattr(begin, name) for name in SUMS})
    return StatementChange(
        id=now.id,
        shown=now.shown,
        calls_before=before.calls,
        calls_after=calls,
        ms_before=before.mean_ms,
        ms_after=since.mean_ms,
        blocks_before=before.blocks / before.calls if before.calls else 0.0,
        blocks_after=since.blocks / calls if calls else 0.0,
        error_ms=hypot(before.error_ms, since.error_ms),
    )


@dataclass(frozen=True, slots=True)
class _For:
    """The ids of the statements that an index is for, and whether somebody has said so."""

    ids: tuple[str, ...]
    certain: bool


def _for(index: CountedIndex, changes: Mapping[str, StatementChange], served: Served, after: Snapshot) -> _For:
    said = set(served.get(index.name, ())) & changes.keys()
    if said:
        return _For(tuple(sorted(said)), certain=True)
    near = {each.id for each in after.statements or () if any(_is(name, index.table) for name in tables_in(each.text))}
    return _For(tuple(sorted(near & changes.keys())), certain=False)


def _is(name: str, table: str) -> bool:
    """Return whether a name in a statement may mean a table: without a schema, any of that name."""
    return name == table or table.endswith(f".{name}")


def _created(
    index: CountedIndex, scans: int, meant: _For, changes: Mapping[str, StatementChange], *, settled: bool
) -> IndexChange:
    statements = tuple(changes[each] for each in meant.ids)
    return IndexChange(index, _since(index.scans, scans), statements, certain=meant.certain, settled=settled)


def _since(now: int, begin: int) -> int:
    """Return a count's growth; where it fell it was reset."""
    return now - begin if now >= begin else now


def _was_reset(begin: Snapshot, after: Snapshot) -> bool:
    return after.seconds is not None and after.taken - after.seconds > begin.taken + 1.0


def _drift(others: Iterable[StatementChange]) -> float:
    """Return how much slower the statements became that read what they read before; 1 where too few tell."""
    known = [
        each for each in others if each.calls_after >= MIN_CALLS and each.ms_before > TINY_MS and not each.blocks_moved
    ]
    return max(0.1, median(each.ms_after / each.ms_before for each in known)) if len(known) >= CONTROLS else 1.0


def _drift_note(drift: float) -> tuple[str, ...]:
    return (DRIFTED.format(drift=drift),) if abs(drift - 1.0) > 0.1 else ()


def _notes(before: Snapshot, begin: Snapshot, after: Snapshot, *, own: bool) -> tuple[str, ...]:
    if before.statements is None or after.statements is None:
        return (NO_STATEMENTS,)
    notes = [WAS_RESET] if _was_reset(begin, after) else []
    if before.seconds is not None and before.seconds > 86_400:
        notes.append(NOT_RECENT.format(hours=before.seconds / 3_600))
    return (*notes, *(() if own else (SAME_START,)))
