"""What a watched database's sessions waited for, as findings look at it: queues for rows, and who held others up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pglast import ast

from backend_architect.finding import Fact, Severity
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import tree_of
from backend_architect.tune.samples import Blocked, Samples

ROW_LOCKS = {"Lock: transactionid", "Lock: tuple"}
LEAST_SECONDS, LEAST_SHARE = 2.0, 0.01
HIGH_WAITING_SHARE = 0.2
HIGH_WAITING_SESSIONS = 3
SHOWN = 72
WRITING = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of one kind, the longest first, seen in `watched` seconds."""

    blocked: tuple[Blocked, ...]
    watched: float

    @property
    def seconds(self) -> float:
        """Return how long all sessions waited together."""
        return sum(each.seconds for each in self.blocked)

    @property
    def matters(self) -> bool:
        """Return whether it was more than a wait that was seen by chance."""
        return self.seconds >= max(LEAST_SECONDS, LEAST_SHARE * self.watched)

    @property
    def most(self) -> int:
        """Return how many sessions waited at one moment."""
        return max(each.most for each in self.blocked)

    @property
    def severity(self) -> Severity:
        """Return how bad it is: high where a session waited in a fifth of the time, or several at once."""
        return (
            Severity.HIGH
            if self.seconds >= HIGH_WAITING_SHARE * self.watched or self.most >= HIGH_WAITING_SESSIONS
            else Severity.MEDIUM
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the evidence."""
        longest = self.blocked[0]
        return (
            Fact("waited", f"{self.seconds:,.0f} s in {self.watched:,.0f} s of watching"),
            Fact("sessions at once", f"{self.most:,}"),
            Fact("what waited", _short(longest.statement)),
            Fact("what held it", f"{_short(longest.holder) or 'not visible'} ({longest.holder_state or 'unknown'})"),
        )


def queues(samples: Samples, catalog: Catalog) -> Mapping[int, Waits]:
    """Return by the table's oid where writers of it waited for a row that another, running writer of it had."""
    found: dict[int, list[Blocked]] = {}
    for each in samples.blocked:
        table = _queued_for(each, catalog)
        if table is not None:
            found.setdefault(table.oid, []).append(each)
    waits = {oid: _waits(blocked, samples) for oid, blocked in found.items()}
    return {oid: each for oid, each in waits.items() if each.matters}


def held_up(samples: Samples, catalog: Catalog) -> Mapping[str, Waits]:
    """Return all other waits for locks, by the application that held them ('' for one without a name)."""
    queued = queues(samples, catalog)
    found: dict[str, list[Blocked]] = {}
    for each in samples.blocked:
        table = _queued_for(each, catalog)
        if table is None or table.oid not in queued:
            found.setdefault(each.holder_application, []).append(each)
    waits = {application: _waits(blocked, samples) for application, blocked in sorted(found.items())}
    return {application: each for application, each in waits.items() if each.matters}


def _waits(blocked: Iterable[Blocked], samples: Samples) -> Waits:
    return Waits(tuple(sorted(blocked, key=lambda each: (-each.seconds, each.statement, each.holder))), samples.seconds)


def _queued_for(blocked: Blocked, catalog: Catalog) -> Table | None:
    """Return the table whose row was waited for, None where it was no queue of running writers."""
    if blocked.event not in ROW_LOCKS or blocked.holder_state != "active":
        return None
    holder = {table.oid for table in _written(blocked.holder, catalog)}
    return next((table for table in _written(blocked.statement, catalog) if table.oid in holder), None)


def _written(text: str, catalog: Catalog) -> Iterator[Table]:
    """Yield the tables of which a statement writes rows that are there, or locks them by FOR UPDATE."""
    tree = tree_of(text)
    for node in nodes(tree, *WRITING):
        if not isinstance(node, ast.InsertStmt) or node.onConflictClause:
            yield from _named(node.relation, catalog)
    for node in nodes(tree, ast.SelectStmt):
        if node.lockingClause:
            yield from _named(node.fromClause, catalog)


def _named(part: Any, catalog: Catalog) -> Iterator[Table]:
    for named in nodes(part, ast.RangeVar):
        table = catalog.table_by_name.get((named.schemaname or "", named.relname))
        if table is not None:
            yield table


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
