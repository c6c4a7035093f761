"""How many values the keys of an index have together."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from backend_architect.planner_twin.expressions import column_names
from backend_architect.planner_twin.model import IndexStatistics, TableStatistics

Part = tuple[float, float]
"""How many values a column has, or several have together, and its share of NULLs."""


def distinct_keys(table: TableStatistics, index: IndexStatistics) -> float:
    """Return how many values an index's keys have together; columns that nobody counted are taken for independent.

    A partial index holds the values that are in its rows, an empty one none. What its condition says of its keys leaves
    out whole values, NULL first of all; what it says of other columns leaves out rows by chance.
    """
    counted = table.combined_parts.get((index.predicate, frozenset(index.keys)))
    if counted is not None:
        return counted
    if index.rows <= 0:
        return 0.0
    parts = sorted(_parts(table, index), key=lambda part: (-part[1], part))
    values = _together(parts, table.rows)
    if not index.predicate or index.rows >= table.rows or not values:
        return values
    named = columns_named(index.predicate)
    known_key = table.key_columns(index, tuple(name for name in index.keys if name in named))
    filled = table.rows * math.prod(1 - each.null_frac for each in known_key)
    share = min(index.rows / filled, 1.0) if filled else 1.0
    of_keys = 1.0 if not known_key else share if named <= set(index.keys) else math.sqrt(share)
    left, rows = values * of_keys, filled * of_keys
    unseen: float = (1 - share / of_keys) ** (rows / left)
    return left * (1 - unseen)


@lru_cache(maxsize=1024)
def columns_named(condition: str) -> frozenset[str]:
    """Return the columns that a condition names."""
    return frozenset(column_names(condition))


def _parts(table: TableStatistics, index: IndexStatistics) -> Iterator[Part]:
    """Give the keys that were counted, as many together as were, and the others each by itself."""
    columns = {column.attname: column for column in table.key_columns(index, index.keys)}
    left = set(columns)
    for names in sorted(table.combined, key=lambda names: (-len(names), sorted(names))):
        if names <= left:
            left -= names
            nulls = columns[min(names)].null_frac if len(names) == 1 else 0.0
            yield table.combined[names], nulls
    yield from ((columns[name].distinct(table.rows), columns[name].null_frac) for name in sorted(left))


def _together(parts: Sequence[Part], rows: float) -> float:
    """Return how many values independent parts have together in so many rows."""
    if not parts:
        return min(1.0, rows)
    (values, nulls), rest = parts[0], parts[1:]
    filled, others = rows * (1 - nulls), _together(rest, rows)
    cells = max(values, 1.0) * others
    if rest:
        by_chance = cells * -math.expm1(-filled / cells) if cells else 0.0
        cells = max(by_chance, values, others)
    return min(cells, filled) + (_together(rest, rows * nulls) if nulls else 0.0)
