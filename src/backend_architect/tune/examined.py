"""A statement as findings look at it: parsed, its query blocks with their tables, and its share of the time."""

from dataclasses import dataclass
from typing import Any

from pglast import ast

from backend_architect.finding import Fact, Severity
from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import Block, blocks_of
from backend_architect.sql.conditions import SMALL_ROWS
from backend_architect.sql.parsing import parse
from backend_architect.tune.amounts import milliseconds
from backend_architect.tune.workload import Statement, Workload

HIGH_SHARE, MEDIUM_SHARE = 0.1, 0.01
"""From which share of all statements' time on a fault in a statement is severe, and from which on it matters."""


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """`share` is the statement's part of the time of all statements, None where times are unknown.

    `rows` are those of the largest table that it names, None where that is not known. `once` is whether the server has
    counted it a single time.
    """

    statement: Statement
    tree: Any
    blocks: tuple[Block, ...]
    share: float | None
    rows: float | None
    once: bool = False

    @property
    def is_small(self) -> bool:
        """Return whether all its tables are so small that it does not matter how they are read."""
        return self.rows is not None and self.rows < SMALL_ROWS

    @property
    def shown(self) -> str:
        """Return what the statement is called."""
        return self.statement.shown

    @property
    def calls(self) -> float:
        """Return how often it ran."""
        return self.statement.calls

    @property
    def pages_a_call(self) -> float | None:
        """Return the pages that a call reads, None where nobody counted them."""
        return self.statement.blocks / self.calls if self.statement.blocks and self.calls else None

    def severity(self, otherwise: Severity) -> Severity:
        """Return how much a fault in it costs: by its share of the time, or else what is usual for the fault.

        One that ran once may never come again: a load of many rows surely, a report perhaps.
        """
        if self.share is None:
            return otherwise
        if self.once and (self.share < HIGH_SHARE or isinstance(self.tree, ast.InsertStmt)):
            return Severity.LOW
        if self.once:
            return Severity.MEDIUM
        return (
            Severity.HIGH
            if self.share >= HIGH_SHARE
            else Severity.MEDIUM
            if self.share >= MEDIUM_SHARE
            else Severity.LOW
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return what the statement costs."""
        facts = [Fact("calls", f"{self.calls:,.0f}")]
        if self.share is not None:
            facts += [
                Fact("mean", milliseconds(self.statement.mean_ms)),
                Fact("share of the time", _percent(self.share)),
            ]
        return tuple(facts)


def examine(workload: Workload, catalog: Catalog) -> tuple[Examined, ...]:
    """Return each statement of a workload that parses, in the workload's order."""
    total = workload.total_ms
    found = []
    for statement in workload.statements:
        trees = parse(statement.text)
        if trees is not None and len(trees) == 1:
            share = statement.total_ms / total if total else None
            blocks = blocks_of(trees[0], catalog)
            once = workload.seconds is not None and statement.calls == 1
            found.append(Examined(statement, trees[0], blocks, share, _largest(blocks, catalog), once))
    return tuple(found)


def _largest(blocks: tuple[Block, ...], catalog: Catalog) -> float | None:
    """Return the rows of the largest table, None without any, or where the rows of one were never counted."""
    tables = [table for block in blocks for table in block.sources.values() if table is not None]
    if any(leaf.rows < 0 and not leaf.live for table in tables for leaf in catalog.leaves_of(table)):
        return None
    return max((catalog.rows_of(table) for table in tables), default=None)


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= HIGH_SHARE else f"{share:.2%}"
