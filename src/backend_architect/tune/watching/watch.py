"""Watches a database: one connection, read-only, that reads little and often."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from backend_architect.errors import DatabaseError, Problem
from backend_architect.postgres import Connection, Lost, Refused, connect, leave
from backend_architect.tune.observe import ANSWER_SECONDS, OLDEST, READ_ONLY
from backend_architect.tune.reading.statements_view import CUT, MAX_STATEMENTS
from backend_architect.tune.reading.usable_statements import GONE, HIDDEN, LONGEST, REASONS, TOO_LONG, identity, keep
from backend_architect.tune.reading.view import ENABLE, NoStatements, StatsView, find_view
from backend_architect.tune.unreadable import LOST_FIX
from backend_architect.tune.watching.activity import ACTIVITY, Sampler
from backend_architect.tune.watching.differences import Differences, Key, Numbers, Reading, differences
from backend_architect.tune.watching.reading import read_numbers, read_texts
from backend_architect.tune.workload import Statement, Workload

INTERVAL_SECONDS = 1.0
READ_EVERY = 15.0
"""Seconds between readings, so that little is lost with the connection."""
LOST = "the connection was lost after {:,.0f} s and could not be opened again: counted until {:,.0f} s"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far watching is: seconds, samples, calls counted so far, and sessions that wait for a lock now."""

    seconds: float
    of: float
    samples: int
    calls: float
    waiting: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What was counted and seen, and what could not be."""

    workload: Workload
    problems: tuple[Problem, ...]


async def watch(
    url: str, seconds: float, *, tell: Callable[[Progress], None] | None = None, stop: asyncio.Event | None = None
) -> Watched:
    """Return what a database ran in the next seconds, or until `stop` is set, and what its sessions waited for.

    A connection that is lost is opened once more; lost again, what was counted so far is returned. Raises DatabaseError
    where the database cannot be reached at first, or is lost before anything was read.
    """
    watcher = _Watcher(url, tell or (lambda _: None), stop or asyncio.Event())
    try:
        await watcher.open()
        await watcher.run(seconds)
    finally:
        await watcher.close()
    return watcher.watched()


class _Watcher:
    def __init__(self, url: str, tell: Callable[[Progress], None], stop: asyncio.Event) -> None:
        self._url, self._tell, self._stop = url, tell, stop
        self._connection: Connection = None
        self._view: StatsView | None = None
        self._first: Reading | None = None
        self._last: Reading | None = None
        self._texts: dict[Key, tuple[str | None, str]] = {}
        self._sampler = Sampler()
        self._problems: list[Problem] = []
        self._notes: list[str] = []
        self._seconds = self._counted_until = 0.0
        self._calls = 0.0
        self._reopened = self._gone = False

    async def open(self) -> None:
        """Open the connection and take the first reading."""
        await self._connect()
        try:
            self._view = await find_view(self._connection)
            self._first = self._last = await read_numbers(self._connection, self._view)
            costliest = sorted(self._first.numbers.items(), key=lambda each: -each[1]["total_ms"])[:MAX_STATEMENTS]
            self._texts.update(await read_texts(self._connection, self._view, [key for key, _ in costliest]))
        except NoStatements as error:
            self._problems += error.problems
        except Lost as error:
            message = f"the connection was lost at once: {error}"
            raise DatabaseError(Problem("connection-lost", message, LOST_FIX)) from error
        except Refused as error:
            self._problems.append(Problem("no-pg-stat-statements", f"pg_stat_statements: {error}", ENABLE))

    async def run(self, seconds: float) -> None:
        """Sample every second and read every few, until the time is over, `stop` is set or the connection is gone."""
        began = read = time.monotonic()
        while not self._stop.is_set() and self._seconds < seconds:
            waiting = await self._kept(self._sample)
            self._seconds = time.monotonic() - began
            if waiting is None:
                break
            if time.monotonic() - read >= min(READ_EVERY, seconds / 4):
                await self._kept(self._read)
                read = time.monotonic()
            self._tell(Progress(self._seconds, seconds, self._sampler.taken, self._calls, waiting))
            await self._pause(min(INTERVAL_SECONDS, max(seconds - self._seconds, 0.0)))
            self._seconds = time.monotonic() - began
        await self._kept(self._read)
        await self._kept(self._read_new_texts)

    def watched(self) -> Watched:
        """Return the workload of what came between the readings."""
        samples = self._sampler.samples(self._seconds)
        source = f"pg_stat_statements, watched for {self._seconds:,.0f} s"
        if self._first is None or self._last is None:
            return Watched(Workload(source, (), samples=samples, seconds=self._seconds), tuple(self._problems))
        between = differences(self._first, self._last)
        workload = keep(_statements(between, self._texts), source, self._counted_until)
        hidden = {REASONS[HIDDEN]: self._last.hidden} if self._last.hidden else {}
        cut = {CUT: len(between.numbers) - MAX_STATEMENTS} if len(between.numbers) > MAX_STATEMENTS else {}
        left_out = dict(sorted({**workload.left_out, **hidden, **cut}.items()))
        notes = (*between.notes, *self._notes)
        return Watched(replace(workload, left_out=left_out, notes=notes, samples=samples), tuple(self._problems))

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await leave(self._connection)

    async def _connect(self) -> None:
        self._connection = await connect(self._url, oldest=OLDEST, settings=READ_ONLY, answer_seconds=ANSWER_SECONDS)

    async def _sample(self) -> int:
        sessions = await self._connection.fetch(ACTIVITY)
        self._sampler.add(sessions)
        return sum(bool(session["waits_for"]) for session in sessions)

    async def _read(self) -> int:
        if self._view is not None and self._first is not None:
            self._last = await read_numbers(self._connection, self._view)
            self._counted_until = self._seconds
            counted = differences(self._first, self._last).numbers.values()
            self._calls = sum(numbers["calls"] for numbers in counted)
        return 0

    async def _read_new_texts(self) -> int:
        if self._view is not None and self._first is not None and self._last is not None:
            found = _costliest(differences(self._first, self._last))
            new = [key for key, _ in found if key not in self._texts]
            self._texts.update(await read_texts(self._connection, self._view, new) if new else {})
        return 0

    async def _kept(self, step: Callable[[], Awaitable[int]]) -> int | None:
        """Return what a step returns, on a new connection where the old one is lost; None where that is lost too."""
        if self._gone:
            return None
        try:
            return await step()
        except Lost as error:
            if not self._reopened:
                return await self._reopen(step)
            self._give_up(error)
            return None
        except Refused as error:
            self._notes = [*self._notes, f"not every reading succeeded: {error}"][:1]
            return 0

    async def _reopen(self, step: Callable[[], Awaitable[int]]) -> int | None:
        self._reopened = True
        await leave(self._connection)
        try:
            await self._connect()
            self._notes.append(f"the connection was lost after {self._seconds:,.0f} s and opened again")
            return await step()
        except DatabaseError as error:
            self._give_up(error)
        except Lost as error:
            self._give_up(error)
        return None

    def _give_up(self, error: Exception) -> None:
        self._gone = True
        message = LOST.format(self._seconds, self._counted_until)
        self._problems.append(Problem("connection-lost", f"{message} ({error})", LOST_FIX))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


def _costliest(between: Differences) -> list[tuple[Key, Numbers]]:
    return sorted(between.numbers.items(), key=lambda each: (-each[1]["total_ms"], each[0]))[:MAX_STATEMENTS]


def _statements(between: Differences, texts: Mapping[Key, tuple[str | None, str]]) -> list[Statement]:
    """Return a statement for each text: the server counts each user, and calls from inside functions, apart."""
    found: dict[str, Statement] = {}
    for number, (key, numbers) in enumerate(_costliest(between)):
        text, user = texts.get(key, (None, ""))
        known = text is not None and text != HIDDEN and len(text) <= LONGEST
        shown = (GONE if text is None else text if known or text == HIDDEN else TOO_LONG) or ""
        own = Statement(id=identity(shown) if known else str(number), text=shown, calls=0.0, user=user)
        counted = replace(own, **numbers)  # type: ignore[arg-type]
        found[own.id] = counted.plus(found.get(own.id))
    return list(found.values())
