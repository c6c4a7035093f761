"""Values of columns, from what ANALYZE kept of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from backend_architect.planner_twin.array_text import read_array
from backend_architect.planner_twin.model import ColumnStatistics, Statistics
from backend_architect.tune.plannable.model import ColumnValues

TYPICAL, LOW, HIGH = 0.5, 0.9, 0.95
"""Where in a column's order a value stands that is equalled, a lower bound (most look at the newest), an upper one."""

Place = tuple[str, str, str]


def column_values(schemas: Iterable[Statistics]) -> ColumnValues:
    """Return the bounds of every column's histogram, or its most common values where it has none."""
    return _Values(_with_values(schemas))


def value_at(values: Sequence[str], place: float) -> str:
    """Return the value at a place from 0 to 1."""
    return values[min(int(place * len(values)), len(values) - 1)]


def rare_values(schemas: Iterable[Statistics]) -> ColumnValues:
    """Return the rarest value of every column that has few, and what column_values returns of the others."""
    return _OneOfFew(_Values(_with_values(schemas)), -1)


def common_values(schemas: Iterable[Statistics]) -> ColumnValues:
    """Return the commonest value of every column that has few, and what column_values returns of the others."""
    return _OneOfFew(_Values(_with_values(schemas)), 0)


class _OneOfFew(Mapping[Place, Sequence[str]]):
    """The values of a column without a histogram stand in the order of how common they are: the last is the rarest."""

    def __init__(self, known: "_Values", which: int) -> None:
        self._known = known
        self._which = which

    def __getitem__(self, place: Place) -> Sequence[str]:
        values = self._known[place]
        return values if self._known.has_histogram(place) or not values else (values[self._which],)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class _Values(Mapping[Place, Sequence[str]]):
    """The values by place; a text is taken apart when it is asked for, as few of a large schema's are."""

    def __init__(self, columns: Mapping[Place, ColumnStatistics]) -> None:
        self._columns = columns
        self._read: dict[Place, Sequence[str]] = {}

    def __getitem__(self, place: Place) -> Sequence[str]:
        if place not in self._read:
            self._read[place] = _values(self._columns[place])
        return self._read[place]

    def has_histogram(self, place: Place) -> bool:
        """Return whether a column has more values than its most common ones."""
        return self._columns[place].histogram_bounds is not None

    def __iter__(self) -> Iterator[Place]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _with_values(schemas: Iterable[Statistics]) -> Mapping[Place, ColumnStatistics]:
    return {
        (statistics.schema, table.name, column.attname): column
        for statistics in schemas
        for table in statistics.tables
        for column in table.columns
        if not column.inherited and _text_of(column) != "{}"
    }


def _text_of(column: ColumnStatistics) -> str:
    return column.histogram_bounds or column.most_common_vals or "{}"


def _values(column: ColumnStatistics) -> tuple[str, ...]:
    """Return the values in order; the most common ones stand in the order of how common they are."""
    return tuple(value for value in read_array(_text_of(column)) if value is not None)
