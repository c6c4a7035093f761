"""One statement as the rules of the plan proof look at it, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend_architect.proof.plans.run_statement import MeasuredRun
from backend_architect.proof.plans.statements import ProjectStatement
from backend_architect.proof.plans.tables import Tables
from backend_architect.proof.plans.work import Read, Work


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement, its tree, its work at each size, and its runs on the filled tables.

    `rows` gives each table's rows at each size. `cached` is for how many seconds the design lets the answer be kept.
    """

    statement: ProjectStatement
    tree: Any
    tables: Tables
    works: Mapping[int, Work]
    rows: Mapping[int, Mapping[str, float]]
    runs: Mapping[str, MeasuredRun]
    not_run: Mapping[str, str]
    """Why there is no run for a caller: what the database said."""
    cached: int = 0

    @property
    def largest(self) -> int:
        """Return the largest size."""
        return max(self.works)

    def large(self, table: str, least: int) -> int | None:
        """Return the first size at which a table has so many rows."""
        return next((size for size in sorted(self.rows) if self.rows[size].get(table, 0.0) >= least), None)


@dataclass(frozen=True, slots=True)
class PlanFailure:
    """Why a statement fails, and what mends it."""

    why: str
    advice: str


def times(size: int) -> str:
    """Return a size as people say it."""
    return f"{size}x"


def rows_of(read: Read) -> str:
    """Return the rows of a scan as people say them."""
    return f"{read.rows:,.0f} rows of {read.table}"
