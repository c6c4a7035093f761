"""Runs one step: outside of a transaction, with a lock timeout, again after a while where something was in the way."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from backend_architect.postgres import Lost, Refused
from backend_architect.tune.migration.index_state import Obstacle, drop_leftovers, is_done, read_index_state
from backend_architect.tune.migration.journal import StepRecord, StepState
from backend_architect.tune.migration.link import Link
from backend_architect.tune.migration.locks import LOCKS
from backend_architect.tune.migration.model import MigrationStep, StepKind
from backend_architect.tune.migration.progress import oldest_transaction, watch

LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"
Tell = Callable[[MigrationStep, str], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a step is tried, the seconds before the second time (doubled each time), and other times in seconds.

    `lock_timeout` in milliseconds takes the place of each kind's own.
    """

    attempts: int = 5
    pause: float = 2.0
    reconnect: float = 60.0
    watch_every: float = 1.0
    lock_timeout: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptFailure:
    """Why an attempt failed, and whether another one may succeed."""

    reason: str
    again: bool


async def run_step(link: Link, step: MigrationStep, patience: Patience, tell: Tell) -> StepRecord:
    """Return what became of a step; raises DatabaseError where the database does not come back."""
    begun = time.monotonic()
    failure = AttemptFailure("", again=True)
    attempt = 0
    while failure.again and attempt < patience.attempts:
        if attempt:
            tell(step, f"{failure.reason}; attempt {attempt + 1} of {patience.attempts} follows")
            await asyncio.sleep(min(60.0, patience.pause * 2 ** (attempt - 1)))
        attempt += 1
        outcome = await _attempt(link, step, patience, tell)
        if isinstance(outcome, str):
            return StepRecord(StepState.DONE, outcome, attempt, time.monotonic() - begun)
        failure = outcome
    left = await clean_up(link, step, patience)
    reason = f"{failure.reason}; {left}" if left else failure.reason
    return StepRecord(StepState.FAILED, reason, attempt, time.monotonic() - begun)


async def clean_up(link: Link, step: MigrationStep, patience: Patience) -> str:
    """Drop what a failed or interrupted step left; return what could not be dropped, in words."""
    try:
        await _settle(link, step, patience)
        await drop_leftovers(link.steps, step)
    except (Refused, *Lost) as error:
        statement = f"DROP INDEX CONCURRENTLY IF EXISTS {step.qualified_index};"
        return f"its invalid leftover could not be dropped now ({error}): run this again, or {statement}"
    return ""


async def _attempt(link: Link, step: MigrationStep, patience: Patience, tell: Tell) -> str | AttemptFailure:
    """Return how it was done, or the failure."""
    try:
        return await _once(link, step, patience, tell)
    except Obstacle as obstacle:
        return AttemptFailure(str(obstacle), again=False)
    except (Refused, *Lost) as error:
        if link.steps.is_closed() or link.watch.is_closed():
            tell(step, f"the connection was lost ({error}); connecting again")
            await link.renew(patience.reconnect)
            return AttemptFailure(f"the connection was lost: {error}", again=True)
        return await _refused(link, error)


async def _refused(link: Link, error: Exception) -> AttemptFailure:
    code = getattr(error, "sqlstate", None)
    if code == LOCK_NOT_AVAILABLE:
        other = await oldest_transaction(link.watch, link.steps.get_server_pid())
        note = f": the oldest open transaction is that of {other}" if other else ""
        return AttemptFailure(f"a lock was not free in time{note}", again=True)
    detail = getattr(error, "detail", None)
    return AttemptFailure(f"{error}{f' ({detail})' if detail else ''}", again=code == DEADLOCK)


async def _once(link: Link, step: MigrationStep, patience: Patience, tell: Tell) -> str:
    await _settle(link, step, patience)
    if await is_done(link.steps, step):
        return "it was so already"
    for name in await drop_leftovers(link.steps, step):
        tell(step, f"dropped the invalid leftover {name}")
    watching = asyncio.create_task(
        watch(link.watch, link.steps.get_server_pid(), patience.watch_every, lambda note: tell(step, note))
    )
    try:
        await link.steps.execute(step.sql)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    if step.kind is StepKind.CREATE_INDEX:
        state = await read_index_state(link.steps, step)
        if state is None or not state["valid"]:
            raise Obstacle(f"{step.qualified_index} is not valid after it was built")
    return ""


async def _settle(link: Link, step: MigrationStep, patience: Patience) -> None:
    timeout = LOCKS[step.kind].timeout if patience.lock_timeout is None else patience.lock_timeout
    await link.steps.execute(f"SET lock_timeout = {timeout}")
