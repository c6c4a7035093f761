"""pg_stat_activity, looked at every second → what sessions waited for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pglast import fingerprint
from pglast.parser import ParseError, normalize

from backend_architect.tune.samples import Blocked, Samples, Waited

ACTIVITY = """
SELECT /* backend-architect tune */ pid, coalesce(application_name, '') AS application, coalesce(state, '') AS state,
       coalesce(wait_event_type || ': ' || wait_event, '') AS wait, coalesce(left(query, 4000), '') AS query,
       CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END AS waits_for
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database() AND state <> 'idle'
"""
CLIENT = "Client: "
KEPT = 200


class Sampler:
    """Counts what each sample shows."""

    def __init__(self) -> None:
        self._taken = 0
        self._waited: Counter[tuple[str, str]] = Counter()
        self._blocked: Counter[tuple[str, str, str, str, str]] = Counter()
        self._most: dict[tuple[str, ...], int] = {}
        self._texts: dict[str, str] = {}

    @property
    def taken(self) -> int:
        """Return how many samples there are."""
        return self._taken

    def add(self, sessions: Iterable[Mapping[str, Any]]) -> None:
        """Take what pg_stat_activity shows at one moment."""
        self._taken += 1
        by_pid = {session["pid"]: session for session in sessions}
        active = [session for session in by_pid.values() if session["state"] == "active"]
        waited = Counter((self._text(session), _event(session)) for session in active)
        blocked = Counter(
            (self._text(session), _event(session), *self._holder(by_pid, pid))
            for session in active
            for pid in set(session["waits_for"])
        )
        self._waited.update(waited)
        self._blocked.update(blocked)
        for seen in (waited, blocked):
            for what, number in seen.items():
                self._most[what] = max(self._most.get(what, 0), number)

    def samples(self, seconds: float) -> Samples:
        """Return what was seen, the most first."""
        each = seconds / self._taken if self._taken else 0.0
        waited = [Waited(*what, sessions=number, most=self._most[what]) for what, number in self._waited.items()]
        blocked = [
            Blocked(statement, holder, state, application, event, seconds=number * each, most=self._most[what])
            for what, number in self._blocked.items()
            for statement, event, holder, state, application in [what]
        ]
        waited.sort(key=lambda one: (-one.sessions, one.statement, one.event))
        blocked.sort(key=lambda one: (-one.seconds, one.statement, one.holder))
        return Samples(seconds, self._taken, tuple(waited[:KEPT]), tuple(blocked[:KEPT]))

    def _text(self, session: Mapping[str, Any]) -> str:
        """Return a session's statement, as it was first seen: the comments of later calls may tell other requests."""
        identity, text = _normalised(session["query"])
        return self._texts.setdefault(identity, text)

    def _holder(self, by_pid: Mapping[int, Mapping[str, Any]], pid: int) -> tuple[str, str, str]:
        """Return what the session that holds a lock ran last, its state and its application."""
        holder = by_pid.get(pid)
        return (self._text(holder), str(holder["state"]), str(holder["application"])) if holder else ("", "", "")


def _event(session: Mapping[str, Any]) -> str:
    return "" if str(session["wait"]).startswith(CLIENT) else str(session["wait"])


@lru_cache(maxsize=5_000)
def _normalised(text: str) -> tuple[str, str]:
    """Return what names a statement whatever its constants and comments are, and its text."""
    try:
        return fingerprint(text), normalize(text)
    except (ParseError, ValueError, RecursionError):
        return text, text
