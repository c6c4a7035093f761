"""Lookups that a log shows many times in a row after a list: the order of a session's statements leaves no doubt."""

from dataclasses import dataclass

from backend_architect.finding import Fact
from backend_architect.sql.statement_facts import select_of
from backend_architect.tune.workload import RepeatedCalls, Statement, Workload

IN_A_ROW, SEEN = 3.0, 3


@dataclass(frozen=True, slots=True)
class InARow:
    """The list that a lookup comes after, and its runs."""

    listed: Statement
    run: RepeatedCalls

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the evidence."""
        return (
            Fact("calls of the lookup in a row", f"{self.run.length:,.0f}"),
            Fact("times seen", f"{self.run.times:,} of {self.listed.calls:,.0f} calls of {self.listed.shown}"),
        )


def in_a_row(workload: Workload, lookup: Statement) -> InARow | None:
    """Return the list in at least half of whose calls the lookup comes several times in a row, None without a log."""
    by_id = {each.id: each for each in workload.statements}
    for run in workload.runs:
        before = by_id.get(run.before)
        if run.statement != lookup.id or before is None or before is lookup or select_of(before.text) is None:
            continue
        if run.length >= IN_A_ROW and run.times >= max(SEEN, before.calls / 2):
            return InARow(before, run)
    return None
