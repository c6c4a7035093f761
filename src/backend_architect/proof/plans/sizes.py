"""How many rows each table has: as declared, and scaled down so that they fill in seconds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.design.model import Design
from backend_architect.proof.plans.tables import ProjectTable, Tables

BUDGET = 100_000
"""Rows filled in all: some five seconds, and enough that indexes are worth their while."""
SLOWLY_FILLED = 20_000
"""Rows of a table whose rows must not overlap: each is compared with the others as it comes."""
LEAST = 1_000
"""No declared table is filled with fewer rows, unless fewer are declared."""
BUSY_HOUR = 4
"""The declared rates are those of the busiest hour; the average is taken as a quarter of it."""
SECONDS_A_DAY = 86_400
DAYS = (30, 3_650)
WAITING_JOBS = 1_000
"""A queue is emptied as it fills: its length follows the workers, not the tables."""
UNTOUCHED = frozenset({"schema_migrations"})


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows by table: `declared` at 1x, and `filled`. `days` is how long the declared rows took to come."""

    declared: Mapping[str, int]
    filled: Mapping[str, int]
    days: float
    fixed: frozenset[str]

    def at(self, factor: int) -> dict[str, int]:
        """Return the rows of each table at a multiple of the declared ones; a queue stays as it is."""
        return {name: rows * (1 if name in self.fixed else factor) for name, rows in self.declared.items()}


def sizes_of(design: Design, tables: Tables) -> RowCounts:
    """Return the sizes; a table that the design does not know has as many rows as the largest that it points at."""
    declared: dict[str, int] = {}
    for table in tables.parents_first():
        if table.name not in UNTOUCHED:
            declared[table.name] = max(1, _declared(design, table, declared))
    fixed = frozenset(name for name in declared if name.startswith("pgqueuer"))
    known = sum(rows for name, rows in declared.items() if name in design.rows_by_plural)
    days = known / max(design.load.writes / BUSY_HOUR, 0.01) / SECONDS_A_DAY
    slow = frozenset(table.name for table in tables if any(index.exclusion for index in table.indexes))
    return RowCounts(declared, _filled(declared, fixed, slow), min(max(days, DAYS[0]), DAYS[1]), fixed)


def _declared(design: Design, table: ProjectTable, declared: Mapping[str, int]) -> int:
    if table.name in design.rows_by_plural:
        return design.declared_rows(table.name)
    if table.name.startswith("pgqueuer"):
        return WAITING_JOBS
    if table.name == "idempotency_keys":  # each is kept for a day
        return round(design.load.writes / BUSY_HOUR * SECONDS_A_DAY)
    if table.name == "auth_revocations":  # each is kept for an hour
        return design.load.users // 100
    parents = [declared[target] for _, target in table.foreign_keys if target in declared]
    return max(parents, default=design.load.users)


def _filled(declared: Mapping[str, int], fixed: frozenset[str], slow: frozenset[str]) -> dict[str, int]:
    """Return each table's rows to one power below 1: large tables shrink most, and none becomes trivial."""
    most = {name: min(rows, SLOWLY_FILLED) if name in slow else rows for name, rows in declared.items()}

    def scaled(power: float) -> dict[str, int]:
        return {n: r if n in fixed else min(r, max(LEAST, round(math.pow(r, power)))) for n, r in most.items()}

    low, high = 0.0, 1.0
    if sum(most.values()) <= BUDGET:
        return most
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(scaled(middle).values()) <= BUDGET else (low, middle)
    return scaled(low)
