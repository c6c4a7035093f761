"""One new index watched on the server itself: what makes a statement of its table worse is taken back at once."""

import asyncio

from backend_architect.tune.comparing import Snapshot, compare, take_snapshot
from backend_architect.tune.comparing.model import MIN_CALLS, ChangeVerdict, StatementChange, WorkloadComparison
from backend_architect.tune.migration.journal import StepRecord, StepState
from backend_architect.tune.migration.link import Link
from backend_architect.tune.migration.model import MigrationStep, StepKind

LOOK_EVERY = 2.0
USELESS = {ChangeVerdict.NO_CHANGE, ChangeVerdict.WORSE}


def is_watched(step: MigrationStep, entry: StepRecord) -> bool:
    """Return whether a step made an index just now."""
    return step.kind is StepKind.CREATE_INDEX and entry.state is StepState.DONE and not entry.reason


async def watch_index(
    link: Link, step: MigrationStep, before: Snapshot, entry: StepRecord, seconds: float
) -> StepRecord:
    """Return what becomes of an index after up to so many seconds of calls: it stays, or is dropped again."""
    start = await take_snapshot(link.watch)
    until = asyncio.get_running_loop().time() + seconds
    while True:
        left = until - asyncio.get_running_loop().time()
        after = await take_snapshot(link.watch)
        on_table = compare(before, after, start=start)
        worse = next((each for each in _changes(on_table, step) if each.verdict is ChangeVerdict.WORSE), None)
        if worse is not None:
            return await _taken_back(link, step, entry, f"{worse.shown} became worse, {_slowdown(worse)}")
        if left <= 0 or _is_enough(on_table, step):
            break
        await asyncio.sleep(min(LOOK_EVERY, max(left, 0.05)))
    served = compare(before, after, start=start, served={step.qualified_index: step.serves})
    useless = next((each for each in _changes(served, step) if each.id in step.serves), None)
    if useless is not None and all(each.verdict in USELESS for each in _changes(served, step)):
        return await _taken_back(link, step, entry, f"{useless.shown} did not gain by it, {_slowdown(useless)}")
    return entry


def _changes(comparison: WorkloadComparison, step: MigrationStep) -> tuple[StatementChange, ...]:
    """Return the changes of the statements that an index is for."""
    return next((each.statements for each in comparison.created if each.index.name == step.qualified_index), ())


def _is_enough(comparison: WorkloadComparison, step: MigrationStep) -> bool:
    own = [each for each in _changes(comparison, step) if each.id in step.serves]
    return bool(own) and all(each.calls_after >= MIN_CALLS for each in own)


async def _taken_back(link: Link, step: MigrationStep, entry: StepRecord, why: str) -> StepRecord:
    await link.steps.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {step.qualified_index}")
    return StepRecord(StepState.SKIPPED, f"taken back: {why}", entry.attempts, entry.seconds)


def _slowdown(change: StatementChange) -> str:
    pages = f"{change.blocks_before:,.0f} → {change.blocks_after:,.0f} pages"
    return f"{change.ms_before:.2f} → {change.ms_after:.2f} ms, {pages}"
