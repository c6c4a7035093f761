"""Logs → a workload, read once from beginning to end in memory that does not grow with them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pglast import fingerprint, parse_sql
from pglast.parser import ParseError, normalize

from backend_architect.sql.parsing import is_plannable, parse
from backend_architect.tune.reading.logs.counted import LoggedCalls
from backend_architect.tune.reading.logs.entry import LogEntry
from backend_architect.tune.reading.logs.kinds import READERS, LogKind
from backend_architect.tune.reading.logs.message import LoggedEvent, read_message
from backend_architect.tune.reading.logs.runs import RunCounter, as_runs
from backend_architect.tune.reading.logs.text_log import CUT_MARK
from backend_architect.tune.reading.logs.unwrap import log_lines
from backend_architect.tune.reading.usable_statements import PLANLESS, UNPARSED, keep
from backend_architect.tune.workload import Workload

MAX_STATEMENTS = 20_000
"""Different statements that are kept apart."""
QUICK_MS, MIN_DURATIONS = 2.0, 200
GARBAGE = "lines that belong to no entry"
CUT = "cut by what carried the log: further lines of the statement are missing, or cannot be separated from others"
OTHER_DATABASE = "of another database"
UNKNOWN_PLAN = "plans in another form than JSON or text, or cut off"
BEYOND_MAX_STATEMENTS = f"beyond the first {MAX_STATEMENTS:,} different statements"
ID_LENGTH = 12


def read_logs(files: Iterable[tuple[Path, LogKind]], source: str, database: str = "") -> Workload:
    """Return the statements that logs tell of, of one database where a name is given and the logs name theirs.

    Raises WorkloadError for a file that cannot be read to its end.
    """
    collected = Collected(database)
    for file, kind in files:
        for entry in READERS[kind](log_lines(file)):
            collected.add(entry)
    return collected.workload(source)


class Collected:
    """What was read so far."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._counted: dict[str, LoggedCalls] = {}
        self._left_out: Counter[str] = Counter()
        self._ran, self._planned = RunCounter(), RunCounter()
        self._begun: dict[str, LoggedEvent] = {}
        self._times: tuple[str, str] = ("", "")
        self._quickest, self._durations = float("inf"), 0

    def add(self, entry: LogEntry | None) -> None:
        """Take the next entry, None for a line that is none."""
        if entry is None:
            self._left_out[GARBAGE] += 1
            return
        said = read_message(entry)
        if entry.loose and said.kind not in {"other", "prepared", "ended"}:
            whole = _with_rest(entry)
            if whole is None:
                self._left_out[CUT] += 1
                return
            said = whole
        elif entry.loose:
            self._left_out[GARBAGE] += entry.loose.count("\n") + 1
        if said.kind in {"other", "prepared"}:
            return
        if self._database and entry.database and entry.database != self._database:
            self._left_out[OTHER_DATABASE] += 1
        elif said.kind == "unknown plan":
            self._left_out[UNKNOWN_PLAN] += 1
        else:
            self._clock(entry.time)
            self._add_said(entry.session, said)

    def workload(self, source: str) -> Workload:
        """Return what the logs told."""
        for session, said in sorted(self._begun.items()):
            self._count(session, replace(said, kind="ran"))
        self._begun.clear()
        found = keep((each.statement() for each in self._counted.values()), source, self._seconds())
        left_out = self._left_out + Counter(found.left_out)
        runs = as_runs(_larger(self._ran.runs(), self._planned.runs()))
        return replace(found, left_out=dict(sorted(left_out.items())), runs=runs, notes=self._notes())

    def _add_said(self, session: str, said: LoggedEvent) -> None:
        """Count a statement; one that was logged as it began has its duration in a later entry."""
        begun = self._begun.pop(session, None)
        if said.kind == "ended":
            if begun is not None:
                self._count(session, replace(begun, kind="ran", milliseconds=said.milliseconds))
            return
        if said.kind == "planned" and begun is not None:
            self._begun[session] = begun
        elif begun is not None:
            self._count(session, replace(begun, kind="ran"))
        if said.kind == "began":
            self._begun[session] = said
        else:
            self._count(session, said)

    def _count(self, session: str, said: LoggedEvent) -> None:
        known = _identity(said.text)
        if known is None:
            self._left_out[UNPARSED] += 1
            return
        name, normalised, is_counted = known
        if not is_counted:
            self._left_out[PLANLESS] += 1
            return
        if name not in self._counted and len(self._counted) >= MAX_STATEMENTS:
            self._left_out[BEYOND_MAX_STATEMENTS] += 1
            return
        self._counted.setdefault(name, LoggedCalls(name, normalised)).add(said, normalised)
        (self._planned if said.kind == "planned" else self._ran).add(session, name)
        if said.milliseconds:
            self._quickest, self._durations = min(self._quickest, said.milliseconds), self._durations + 1

    def _clock(self, time: str) -> None:
        if time:
            first, last = self._times
            self._times = (min(first, time) if first else time, max(last, time))

    def _seconds(self) -> float | None:
        first, last = (_moment(each) for each in self._times)
        return (last - first).total_seconds() if first and last else None

    def _notes(self) -> tuple[str, ...]:
        if self._durations < MIN_DURATIONS or self._quickest < QUICK_MS:
            return ()
        limit_note = f"no call quicker than {self._quickest:,.0f} ms was logged"
        return (f"{limit_note}: quick statements that run often are missing",)


@lru_cache(maxsize=20_000)
def _identity(text: str) -> tuple[str, str, bool] | None:
    """Return what names a statement whatever its constants are, its normalised text, and whether it has a plan."""
    try:
        trees = parse_sql(text)
        counted = len(trees) == 1 and is_plannable(trees[0].stmt)
        return fingerprint(text)[:ID_LENGTH], normalize(text), counted
    except (ParseError, ValueError, RecursionError):
        return None


def _with_rest(entry: LogEntry) -> LoggedEvent | None:
    """Return what an entry says with the lines that nothing says belong to it, None where that is no SQL."""
    said = read_message(replace(entry, message=f"{entry.message}\n{entry.loose}"))
    return said if said.text and CUT_MARK not in entry.loose and parse(said.text) else None


def _larger(
    one: dict[tuple[str, str], tuple[int, int]], other: dict[tuple[str, str], tuple[int, int]]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the runs as statements or as plans were logged, whichever tells of more calls."""
    return max(one, other, key=lambda runs: sum(calls for _, calls in runs.values()))


def _moment(time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(time[:19])
    except ValueError:
        return None
