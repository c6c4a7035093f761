"""Which tables a statement names."""

from functools import lru_cache

from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.sql.parsing import parse
from backend_architect.sql.statement_facts import tables_of


@lru_cache(maxsize=10_000)
def tables_in(text: str) -> frozenset[str]:
    """Return its tables as SQL, with the schema where it names one."""
    found = (each for tree in parse(text) or () for each in tables_of(tree))
    return frozenset(full_name(schema, name) if schema else quoted(name) for schema, name, _ in found)
