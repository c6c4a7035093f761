"""What only an index's own pages tell: the height of a btree, and what the pages of a GIN index hold."""

from collections.abc import Sequence
from dataclasses import replace

from backend_architect.planner_twin import statements
from backend_architect.planner_twin.btree_size import btree_size, with_levels
from backend_architect.planner_twin.model import GinPages, IndexStatistics, Statistics, TableStatistics
from backend_architect.postgres.catalog.model import full_name
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session


def with_inspected_pages(session: Session, found: Sequence[Statistics]) -> list[Statistics] | None:
    """Return the statistics with what the indexes' first pages say; None where the role may not read these.

    Asks within an open transaction, which goes on either way.
    """
    schema = session.value(statements.INSPECTION)
    if schema is None:
        return None
    session.run("SAVEPOINT heights")
    try:
        heights = session.fetch(statements.HEIGHTS.format(schema=schema), _named(found, "btree"))
        gins = session.fetch(statements.GINS.format(schema=schema), _named(found, "gin"))
    except Refused:
        session.run("ROLLBACK TO heights")
        return None
    height = {each["name"]: each["height"] for each in heights}
    parts = {each["name"]: GinPages(each["total"], each["entry"], each["data"], each["entries"]) for each in gins}

    def inspected(schema: str, index: IndexStatistics) -> IndexStatistics:
        name = full_name(schema, index.name)
        return replace(index, height=height.get(name, index.height), gin=parts.get(name))

    return [_changed(each, tuple(
        replace(table, indexes=tuple(inspected(each.schema, index) for index in table.indexes))
        for table in each.tables
    )) for each in found]  # fmt: skip


def with_computed_heights(found: Statistics) -> Statistics:
    """Return the statistics with the height of each btree as its pages and keys make it."""
    return _changed(found, tuple(_with_computed_heights(table) for table in found.tables))


def _with_computed_heights(table: TableStatistics) -> TableStatistics:
    indexes = (
        replace(index, height=with_levels(max(index.pages - 1, 1), btree_size(table, index).fan_out).height)
        if index.method == "btree"
        else index
        for index in table.indexes
    )
    return replace(table, indexes=tuple(indexes))


def _named(found: Sequence[Statistics], method: str) -> list[str]:
    return [
        full_name(each.schema, index.name)
        for each in found
        for table in each.tables
        for index in table.indexes
        if index.method == method and index.pages
    ]


def _changed(found: Statistics, tables: tuple[TableStatistics, ...]) -> Statistics:
    return Statistics(found.schema, tables)
