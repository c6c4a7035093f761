"""What the design says of statements: their names, and for how long an answer may be kept."""

from backend_architect.design.model import Design
from backend_architect.proof.plans.tables import Tables
from backend_architect.queries import Query, build_queries, resolve_design


def expected_queries(design: Design, tables: Tables) -> tuple[Query, ...]:
    """Return the statements of the design; a count is kept where the database has its column."""

    def kept(entity: str, count: str) -> bool:
        table = tables.get(design.entities[entity].table)
        return table is not None and f"{count}_count" in table.columns

    return build_queries(resolve_design(design, kept)).all()


def cached_seconds(design: Design, tables: Tables) -> dict[str, int]:
    """Return for how many seconds each cached statement's answer is kept."""
    found = {query.name: query.list.cache_seconds for query in expected_queries(design, tables) if query.list}
    return {name: seconds for name, seconds in found.items() if seconds}
