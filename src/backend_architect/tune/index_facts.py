"""What several findings ask of indexes."""

from collections.abc import Sequence

from backend_architect.postgres.catalog import Index, KeyPart


def enforces(index: Index) -> bool:
    """Return whether an index does more than serve reads: it holds a constraint, or identifies rows for replication."""
    return index.unique or index.primary or bool(index.constraint) or index.replica_identity


def same_keys(one: Sequence[KeyPart], other: Sequence[KeyPart]) -> bool:
    """Return whether two lists of keys serve the same searches and orders; a btree is read in both directions."""
    if len(one) != len(other):
        return False
    flipped = tuple(_flipped(key) for key in other)
    return tuple(one) == tuple(other) or tuple(one) == flipped


def statement_to_drop(index: Index) -> str:
    """Return the statement that drops an index without stopping anybody."""
    return f"DROP INDEX CONCURRENTLY IF EXISTS {index.qualified};"


def _flipped(key: KeyPart) -> KeyPart:
    return KeyPart(
        key.column, key.expression, key.opclass, key.collation, not key.descending, nulls_first=not key.nulls_first
    )
