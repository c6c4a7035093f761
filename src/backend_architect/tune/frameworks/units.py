"""A migration → units: each index by itself, a partitioned table's with those of its partitions."""

from collections.abc import Iterable
from typing import Any

from pglast import ast, parse_sql

from backend_architect.tune.frameworks.model import Unit
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.migration.model import Migration, MigrationStep, StepKind
from backend_architect.tune.migration.read_index import read_index

TOGETHER = {StepKind.CREATE_INDEX, StepKind.CREATE_PARENT_INDEX, StepKind.ATTACH_INDEX}
GUARD = "IF NOT EXISTS "


def units_of(migration: Migration) -> tuple[Unit, ...]:
    """Return the units in the order in which they run."""
    groups: list[list[MigrationStep]] = []
    place: dict[str, list[MigrationStep]] = {}
    for step in migration.steps:
        group = next((place[each] for each in step.after if each in place), None) if step.kind in TOGETHER else None
        if group is None:
            group = []
            groups.append(group)
        group.append(step)
        if step.kind in TOGETHER:
            place[step.id] = group
    return tuple(_unit(group) for group in groups)


def _unit(steps: Iterable[MigrationStep]) -> Unit:
    """Return the unit; an index by itself is made without a guard, so that one left invalid is no success."""
    steps = tuple(steps)
    made = [step for step in steps if step.makes_index]
    if len(made) != 1 or made[0].kind is not StepKind.CREATE_INDEX:
        return Unit(steps)
    return Unit(steps, _index_of(made[0]), made[0].index)


def _index_of(step: MigrationStep) -> NewIndex | None:
    """Return the index that a step makes; None where it is more than one of ours can be, as a unique one."""
    tree: Any = parse_sql(step.sql)[0].stmt
    plain = isinstance(tree, ast.IndexStmt) and not (tree.unique or tree.options or tree.tableSpace)
    if not plain or any(key.collation for key in tree.indexParams):
        return None
    return read_index(tree)


def without_guard(sql: str) -> str:
    """Return a CREATE INDEX that fails where the index is there."""
    return sql.replace(GUARD, "", 1) if sql.startswith("CREATE INDEX CONCURRENTLY ") else sql
