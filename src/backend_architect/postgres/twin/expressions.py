"""What ANALYZE would find of an index's expressions, from what it found of the column that each is made of.

The column's common values and its histogram are a sample of its rows. PostgreSQL itself computes the expression for
them, and what comes out is a sample of the expression's values.
"""

from collections.abc import Mapping, Sequence

from backend_architect.postgres.session import Session
from backend_architect.postgres.twin.model import ColumnStatistics, Statistics
from backend_architect.postgres.twin.new_indexes import Place


def read_expressions(
    session: Session, schemas: Mapping[str, Statistics], places: Sequence[Place]
) -> Mapping[Place, tuple[ColumnStatistics, ...]]:
    """Return the statistics of each index's expressions."""
    return {}
