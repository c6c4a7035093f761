"""What PostgreSQL's planner knows of a schema's tables. Sizes are in pages, widths in bytes, shares from 0 to 1."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

PACKED_AWAY = 3


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What ANALYZE found of one column, of a table or of an index on expressions.

    The fields are those of the view pg_stats, and lists of values stand as it writes them: array literals of the
    column's own type. `length` and `align` are the type's (-1: of any length); the size of an index follows from them.
    """

    attname: str
    type: str
    length: int
    align: int
    inherited: bool
    null_frac: float
    avg_width: int
    n_distinct: float
    most_common_vals: str | None = None
    most_common_freqs: tuple[float, ...] | None = None
    histogram_bounds: str | None = None
    correlation: float | None = None
    most_common_elems: str | None = None
    most_common_elem_freqs: tuple[float, ...] | None = None
    elem_count_histogram: tuple[float, ...] | None = None
    range_length_histogram: str | None = None
    range_empty_frac: float | None = None
    range_bounds_histogram: str | None = None

    def distinct(self, rows: float) -> float:
        """Return how many values there are in so many rows."""
        return -self.n_distinct * rows if self.n_distinct < 0 else min(self.n_distinct, rows)


@dataclass(frozen=True, slots=True)
class GinPages:
    """What a GIN index's first page says of the others."""

    total: int
    entry: int
    data: int
    entries: int


@dataclass(frozen=True, slots=True)
class IndexStatistics:
    """One index. `keys` and `included` name columns of the table, or of `expressions` where the key is one.

    `height` counts the levels of a btree above its leaves. `deduplicates` is whether a btree stores equal keys once.
    `predicate` is a partial index's condition. `opclasses` are those of the keys where they are known.
    """

    name: str
    method: str
    rows: float
    pages: int
    keys: tuple[str, ...]
    included: tuple[str, ...] = ()
    expressions: tuple[ColumnStatistics, ...] = ()
    unique: bool = False
    predicate: str = ""
    fillfactor: int = 90
    deduplicates: bool = True
    height: int = 0
    gin: GinPages | None = None
    opclasses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableStatistics:
    """One table. `all_visible` is the share of its pages that an index-only scan need not read."""

    name: str
    rows: float
    pages: int
    all_visible: float
    columns: tuple[ColumnStatistics, ...]
    indexes: tuple[IndexStatistics, ...]
    default_width: int = 32
    """The width of a row as its types give it, for a table that has no statistics."""
    combined: Mapping[frozenset[str], float] = field(default_factory=dict)
    """How many values a column has, or several have together, where somebody counted."""
    combined_parts: Mapping[tuple[str, frozenset[str]], float] = field(default_factory=dict)
    """The same of the rows that meet a condition, by its SQL as pglast writes it."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """The share of the rows that meet a condition, by its SQL as pglast writes it, where somebody counted."""

    def column(self, name: str) -> ColumnStatistics | None:
        """Return the statistics of a column, by itself and not with those of child tables."""
        return next((column for column in self.columns if column.attname == name and not column.inherited), None)

    def key_columns(self, index: IndexStatistics, names: tuple[str, ...]) -> tuple[ColumnStatistics, ...]:
        """Return the statistics of the named keys of an index; a key without any is left out.

        ANALYZE measures what an expression gives before it is packed, with a head that is three bytes longer.
        """
        own = {
            column.attname: replace(column, avg_width=column.avg_width - PACKED_AWAY) if column.length < 0 else column
            for column in index.expressions
        }
        found = (own.get(name) or self.column(name) for name in names)
        return tuple(column for column in found if column is not None)


@dataclass(frozen=True)
class Statistics:
    """The tables of one schema."""

    schema: str
    tables: tuple[TableStatistics, ...]

    @cached_property
    def by_name(self) -> dict[str, TableStatistics]:
        """Every table by its name."""
        return {table.name: table for table in self.tables}

    def with_index(self, table: str, index: IndexStatistics) -> "Statistics":
        """Return the statistics with one more index of a table, the last."""
        changed = self.by_name[table]
        return self.with_table(replace(changed, indexes=(*changed.indexes, index)))

    def with_table(self, changed: TableStatistics) -> "Statistics":
        """Return the statistics with this table in the place of the one that has its name."""
        return Statistics(self.schema, tuple(changed if each.name == changed.name else each for each in self.tables))
