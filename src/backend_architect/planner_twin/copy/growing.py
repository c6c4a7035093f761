"""The statistics of several schemas with more rows; keys may point from one schema to another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend_architect.planner_twin.copy.known import References, TableName
from backend_architect.planner_twin.grow import grow
from backend_architect.planner_twin.model import Statistics

SEPARATOR = "\0"
"""No name holds it."""


def grow_schemas(
    statistics: Sequence[Statistics], rows: Mapping[TableName, float], references: References
) -> tuple[Statistics, ...]:
    """Return the statistics with so many `rows` in each table; a table not named keeps its own. See `grow`."""
    together = Statistics("", tuple(
        replace(table, name=_joined(TableName(each.schema, table.name)))
        for each in statistics
        for table in each.tables
    ))  # fmt: skip
    known = together.by_name
    grown = grow(
        together,
        {_joined(table): number for table, number in rows.items()},
        {
            (_joined(table), column): _joined(parent)
            for (table, column), parent in references.items()
            if _joined(parent) in known
        },
    ).by_name
    return tuple(
        Statistics(each.schema, tuple(
            replace(grown[_joined(TableName(each.schema, table.name))], name=table.name) for table in each.tables
        ))
        for each in statistics
    )  # fmt: skip


def _joined(table: TableName) -> str:
    return SEPARATOR.join(table)
