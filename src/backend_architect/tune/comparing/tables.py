"""Which tables a statement names."""

from functools import lru_cache

from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.parsing import parse
from backend_architect.tune.statement_facts import tables_of


@lru_cache(maxsize=10_000)
def tables_in(text: str) -> frozenset[str]:
    """Return its tables as SQL, with the schema; one without a schema is taken for public's."""
    found = (each for tree in parse(text) or () for each in tables_of(tree))
    return frozenset(full_name(schema or "public", name) for schema, name, _ in found)
