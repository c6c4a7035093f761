"""What a statement becomes so that it can be planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ColumnValues = Mapping[tuple[str, str, str], Sequence[str]]
"""Some values of columns in their order, as text, by schema, table and column."""


@dataclass(frozen=True, slots=True)
class PlannableStatement:
    """A statement that EXPLAIN (GENERIC_PLAN) takes. `notes` says what was put in the place of what."""

    sql: str
    notes: tuple[str, ...] = ()
