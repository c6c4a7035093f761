"""The order of the statements of a session → which statement came many times in a row, and after which."""

from collections import Counter
from collections.abc import Iterator, Sequence

from backend_architect.tune.workload import RepeatedCalls

LONGEST_LOOP = 3
"""Statements of a loop's body that are looked for."""
KEPT = 1_000
"""Statements of a session that are kept until their runs are counted; a run across that border counts as two."""
SESSIONS = 5_000


class RunCounter:
    """Counts runs while a log is read, in bounded memory."""

    def __init__(self) -> None:
        self._open: dict[str, list[str]] = {}
        self._times: Counter[tuple[str, str]] = Counter()
        self._calls: Counter[tuple[str, str]] = Counter()

    def add(self, session: str, statement: str) -> None:
        """Take the next statement of a session."""
        own = self._open.setdefault(session, [])
        own.append(statement)
        if len(own) >= KEPT:
            self._count(session)
        if len(self._open) > SESSIONS:
            self._count(next(iter(self._open)))

    def runs(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return how many runs there were of the second statement after the first, and of how many calls."""
        for session in list(self._open):
            self._count(session)
        return {pair: (times, self._calls[pair]) for pair, times in self._times.items()}

    def _count(self, session: str) -> None:
        for before, statement, calls in runs_of(self._open.pop(session)):
            self._times[before, statement] += 1
            self._calls[before, statement] += calls


def runs_of(statements: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield what came before a run, a statement that ran again and again, and how often it did."""
    place = 1
    while place < len(statements):
        length, rounds = _loop_at(statements, place)
        if rounds < 2:
            place += 1
            continue
        for statement in dict.fromkeys(statements[place : place + length]):
            yield statements[place - 1], statement, rounds
        place += length * rounds


def _loop_at(statements: Sequence[str], place: int) -> tuple[int, int]:
    """Return the length of the shortest loop that begins here, and how many rounds it has."""
    for length in range(1, LONGEST_LOOP + 1):
        body = statements[place : place + length]
        rounds = 1
        while statements[place + rounds * length : place + (rounds + 1) * length] == body:
            rounds += 1
        if rounds > 1:
            return length, rounds
    return 1, 1


def as_runs(counted: dict[tuple[str, str], tuple[int, int]]) -> tuple[RepeatedCalls, ...]:
    """Return the runs of which both statements are known by their ids, those of the most calls first."""
    runs = (RepeatedCalls(before, statement, times, calls) for (before, statement), (times, calls) in counted.items())
    return tuple(sorted(runs, key=lambda run: (-run.calls, run.before, run.statement)))
