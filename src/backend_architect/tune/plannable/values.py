"""Values of columns, from what ANALYZE kept of them."""

from collections.abc import Iterable, Sequence

from backend_architect.postgres.twin.array_text import read_array
from backend_architect.postgres.twin.model import ColumnStatistics, Statistics
from backend_architect.tune.plannable.model import ColumnValues

TYPICAL, LOW, HIGH = 0.5, 0.9, 0.95
"""Where in a column's order a value stands that is equalled, a lower bound (most look at the newest), an upper one."""


def column_values(schemas: Iterable[Statistics]) -> ColumnValues:
    """Return the bounds of every column's histogram, or its most common values where it has none."""
    return {
        (statistics.schema, table.name, column.attname): values
        for statistics in schemas
        for table in statistics.tables
        for column in table.columns
        if not column.inherited and (values := _values(column))
    }


def value_at(values: Sequence[str], place: float) -> str:
    """Return the value at a place from 0 to 1."""
    return values[min(int(place * len(values)), len(values) - 1)]


def _values(column: ColumnStatistics) -> tuple[str, ...]:
    """Return the values in order; the most common ones stand in the order of how common they are."""
    text = column.histogram_bounds or column.most_common_vals or "{}"
    return tuple(value for value in read_array(text) if value is not None)
