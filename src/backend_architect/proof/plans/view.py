"""One statement as the rules of the plan proof look at it, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend_architect.finding import Finding
from backend_architect.proof.plans.run_statement import MeasuredRun
from backend_architect.proof.plans.statements import ProjectStatement
from backend_architect.proof.plans.tables import Tables
from backend_architect.proof.plans.work import Read, Work
from backend_architect.tune.indexes.model import NewIndex

WHERE_TO = (
    "in a new file of migrations/ that begins with `-- migrate:up transaction:false`, and under `lists:` of "
    "backend.yaml where it is a list of the design"
)
JUDGED_BY_TEXT = frozenset({"offset-page", "order-by-random", "leading-wildcard", "unbounded-read"})
"""Findings that are failures by themselves, whatever the plan."""
HINTS = {
    "count-of-all": "which `counts:` of the entity in backend.yaml does",
    "leading-wildcard": "as `match:` of a list in backend.yaml does",
    "unbounded-read": "as every list of backend.yaml does",
}
"""What the design language has for what a finding asks."""


@dataclass(frozen=True, slots=True)
class StatementAdvice:
    """What `architect tune` says of a statement at the largest size, and of the keys that point from table to table.

    `indexes` are those that its plan then uses. `keys` are its findings of foreign keys, by their table and columns.
    """

    findings: tuple[Finding, ...] = ()
    indexes: tuple[NewIndex, ...] = ()
    keys: Mapping[str, Finding] = field(default_factory=dict)


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
    advice: StatementAdvice = StatementAdvice()

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


def advice_text(finding: Finding) -> str:
    """Return what mends a finding, under its name."""
    hint = HINTS.get(finding.code, "")
    sql = f": {' '.join(finding.sql.split()).rstrip(';')}" if finding.sql else ""
    return f"{finding.code}: {finding.fix}{f', {hint}' if hint else ''}{sql}"


def times(size: int) -> str:
    """Return a size as people say it."""
    return f"{size}x"


def rows_of(read: Read) -> str:
    """Return the rows of a scan as people say them."""
    return f"{read.rows:,.0f} rows of {read.table}"
