"""A partition key, taken apart."""

from dataclasses import dataclass
from functools import lru_cache

from pglast import ast

from backend_architect.sql.parsing import nodes, parse


@dataclass(frozen=True, slots=True)
class PartitionKey:
    """`strategy` is range, list or hash; `columns` are the columns of the key, also those inside of expressions."""

    strategy: str
    columns: tuple[str, ...]
    expression: bool

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the columns that must be compared so that partitions are left out."""
        return self.columns if self.strategy == "hash" else self.columns[:1]


@lru_cache(maxsize=10_000)
def partition_key(definition: str) -> PartitionKey | None:
    """Return the key of `RANGE (created_at)`, as PARTITION BY takes it, None where it cannot be read."""
    trees = parse(f"CREATE TABLE t (c int) PARTITION BY {definition}")
    if not trees:
        return None
    parts = trees[0].partspec.partParams
    columns = tuple(
        name
        for part in parts
        for name in ([part.name] if part.name else [str(r.fields[-1].sval) for r in nodes(part.expr, ast.ColumnRef)])
    )
    return PartitionKey(definition.partition(" ")[0].lower(), columns, any(not part.name for part in parts))
